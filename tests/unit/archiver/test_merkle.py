"""The Merkle tree, against the RFC's own recursive definitions (A20, A23, A24)."""

from hashlib import sha256

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archiver.errors import ProofError
from archiver.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    tree_root,
)

LEAVES = [leaf_hash(b"entry %d" % number) for number in range(700)]
SIZES = st.integers(1, len(LEAVES))
HASHES = st.binary(min_size=32, max_size=32)


def split(leaves):
    """Return k of RFC 9162, 2.1.1: the largest power of two below the size."""
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return k


def naive_root(leaves):
    """Hash a tree by RFC 9162, 2.1.1, word for word; ``leaves`` are hashed already."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(leaves)
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves):
    """Prove an inclusion by RFC 9162, 2.1.3.1: PATH(m, D_n)."""
    if len(leaves) == 1:
        return ()
    k = split(leaves)
    if m < k:
        return (*naive_path(m, leaves[:k]), naive_root(leaves[k:]))
    return (*naive_path(m - k, leaves[k:]), naive_root(leaves[:k]))


def naive_subproof(m, leaves, *, whole):
    """Prove a consistency by RFC 9162, 2.1.4.1: SUBPROOF(m, D_n, b)."""
    if m == len(leaves):
        return () if whole else (naive_root(leaves),)
    k = split(leaves)
    if m <= k:
        left = naive_subproof(m, leaves[:k], whole=whole)
        return (*left, naive_root(leaves[k:]))
    right = naive_subproof(m - k, leaves[k:], whole=False)
    return (*right, naive_root(leaves[:k]))


def flipped(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_leaves_and_nodes_are_hashed_under_different_prefixes():
    assert leaf_hash(b"") == sha256(b"\x00").digest()
    assert node_hash(b"l", b"r") == sha256(b"\x01lr").digest()
    assert sha256(b"").digest() == EMPTY_ROOT


def test_a_node_passed_for_an_entry_hashes_to_something_else():
    left, right = LEAVES[:2]
    entry = left + right  # A24: the second preimage of a tree without prefixes
    root = tree_root([left, right])
    assert leaf_hash(entry) != root
    with pytest.raises(ProofError):
        check_inclusion([], index=0, size=1, leaf=leaf_hash(entry), root=root)


@pytest.mark.parametrize("size", range(81))
def test_every_proof_of_a_small_tree_is_the_one_of_the_rfc_and_holds(size):
    leaves = LEAVES[:size]
    tree, root = Tree(leaves), naive_root(leaves)
    assert tree.root == tree_root(leaves) == tree.root_of(size) == root
    assert tree.size == size
    for index in range(size):
        proof = tree.prove_inclusion(index)
        assert proof == naive_path(index, leaves)
        check_inclusion(proof, index=index, size=size, leaf=leaves[index], root=root)
    for old in range(1, size + 1):
        proof = tree.prove_consistency(old)
        assert proof == naive_subproof(old, leaves, whole=True)
        old_root = naive_root(leaves[:old])
        assert tree.root_of(old) == old_root
        check_consistency(proof, old=old, new=size, old_root=old_root, new_root=root)


@given(SIZES, st.data())
@settings(deadline=None, max_examples=60)
def test_an_inclusion_proof_of_a_larger_tree_is_the_one_of_the_rfc(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    proof = Tree(leaves).prove_inclusion(index)
    assert proof == naive_path(index, leaves)
    check_inclusion(
        proof, index=index, size=size, leaf=leaves[index], root=naive_root(leaves)
    )


@given(SIZES, st.data())
@settings(deadline=None, max_examples=60)
def test_a_consistency_proof_of_a_larger_tree_is_the_one_of_the_rfc(size, data):
    old = data.draw(st.integers(1, size))
    leaves = LEAVES[:size]
    proof = Tree(leaves).prove_consistency(old)
    assert proof == naive_subproof(old, leaves, whole=True)
    check_consistency(
        proof,
        old=old,
        new=size,
        old_root=naive_root(leaves[:old]),
        new_root=naive_root(leaves),
    )


@given(st.integers(2, 300), st.data())
@settings(deadline=None, max_examples=150)
def test_an_inclusion_proof_with_any_bit_changed_is_refused(size, data):
    index = data.draw(st.integers(0, size - 1))
    tree = Tree(LEAVES[:size])
    proof = list(tree.prove_inclusion(index))
    leaf, root = LEAVES[index], tree.root
    changed = data.draw(st.sampled_from([*range(len(proof)), "leaf", "root"]))
    bit = data.draw(st.integers(0, 255))
    if changed == "leaf":
        leaf = flipped(leaf, bit)
    elif changed == "root":
        root = flipped(root, bit)
    else:
        proof[changed] = flipped(proof[changed], bit)
    with pytest.raises(ProofError, match="the proof leads to"):
        check_inclusion(proof, index=index, size=size, leaf=leaf, root=root)


@given(st.integers(2, 300), st.data())
@settings(deadline=None, max_examples=150)
def test_a_consistency_proof_with_any_bit_changed_is_refused(size, data):
    old = data.draw(st.integers(1, size - 1))
    tree = Tree(LEAVES[:size])
    proof = list(tree.prove_consistency(old))
    roots = [tree.root_of(old), tree.root]
    changed = data.draw(st.sampled_from([*range(len(proof)), "old", "new"]))
    bit = data.draw(st.integers(0, 255))
    if isinstance(changed, int):
        proof[changed] = flipped(proof[changed], bit)
    else:
        place = ("old", "new").index(changed)
        roots[place] = flipped(roots[place], bit)
    with pytest.raises(ProofError, match="the proof leads to"):
        check_consistency(
            proof, old=old, new=size, old_root=roots[0], new_root=roots[1]
        )


@pytest.mark.parametrize("size", range(1, 34))
def test_an_inclusion_proof_holds_for_no_other_index(size):
    tree = Tree(LEAVES[:size])
    for index in range(size):
        proof = tree.prove_inclusion(index)
        for other in {*range(-1, size + 3), MAX_SIZE} - {index}:
            with pytest.raises(ProofError):
                check_inclusion(
                    proof, index=other, size=size, leaf=LEAVES[index], root=tree.root
                )


@pytest.mark.parametrize("size", range(1, 34))
def test_an_inclusion_proof_holds_for_no_other_tree(size):
    """With the true root of each other size: the size is signed beside its root."""
    tree, larger = Tree(LEAVES[:size]), Tree(LEAVES[:70])
    for index in range(size):
        proof = tree.prove_inclusion(index)
        for other in set(range(71)) - {size}:
            with pytest.raises(ProofError):
                check_inclusion(
                    proof,
                    index=index,
                    size=other,
                    leaf=LEAVES[index],
                    root=larger.root_of(other),
                )


@pytest.mark.parametrize("size", range(1, 34))
def test_an_inclusion_proof_with_a_hash_too_many_or_too_few_is_refused(size):
    tree = Tree(LEAVES[:size])
    for index in range(size):
        proof = tree.prove_inclusion(index)
        place = {"index": index, "size": size, "leaf": LEAVES[index]}
        for longer in ((*proof, tree.root), (LEAVES[index], *proof)):
            with pytest.raises(ProofError, match="too long"):
                check_inclusion(longer, **place, root=tree.root)
        for shorter in (proof[1:], proof[:-1]) if proof else ():
            with pytest.raises(ProofError, match="too short"):
                check_inclusion(shorter, **place, root=tree.root)


@pytest.mark.parametrize("new", range(2, 34))
def test_a_consistency_proof_holds_for_no_other_sizes(new):
    tree = Tree(LEAVES[:40])
    for old in range(1, new):
        proof = Tree(LEAVES[:new]).prove_consistency(old)
        for other in set(range(-1, 41)) - {old}:
            with pytest.raises(ProofError):
                check_consistency(
                    proof,
                    old=other,
                    new=new,
                    old_root=tree.root_of(max(other, 0)),
                    new_root=tree.root_of(new),
                )
        for other in set(range(-1, 41)) - {new}:
            with pytest.raises(ProofError):
                check_consistency(
                    proof,
                    old=old,
                    new=other,
                    old_root=tree.root_of(old),
                    new_root=tree.root_of(max(other, 0)),
                )


@pytest.mark.parametrize("new", range(2, 34))
def test_a_consistency_proof_with_a_hash_too_many_or_too_few_is_refused(new):
    tree = Tree(LEAVES[:new])
    for old in range(1, new):
        proof = tree.prove_consistency(old)
        place = {
            "old": old,
            "new": new,
            "old_root": tree.root_of(old),
            "new_root": tree.root,
        }
        with pytest.raises(ProofError, match="too long"):
            check_consistency((*proof, tree.root), **place)
        for other in ((tree.root, *proof), proof[1:], proof[:-1], ()):
            with pytest.raises(ProofError):
                check_consistency(other, **place)


@pytest.mark.parametrize("new", range(2, 34))
def test_a_log_that_shrank_or_forked_has_no_consistency_proof(new):
    forked = [leaf_hash(b"forked"), *LEAVES[1:new]]
    for old in range(1, new):
        grown = Tree(LEAVES[:new])
        with pytest.raises(ProofError, match="expected growth"):
            check_consistency(
                grown.prove_consistency(old),
                old=new,
                new=old,
                old_root=grown.root,
                new_root=grown.root_of(old),
            )
        with pytest.raises(ProofError, match="the proof leads to the root"):
            check_consistency(
                Tree(forked).prove_consistency(old),
                old=old,
                new=new,
                old_root=grown.root_of(old),
                new_root=tree_root(forked),
            )


def test_the_roots_alone_decide_for_the_same_size_and_for_size_0():
    root, other = tree_root(LEAVES[:3]), tree_root(LEAVES[:4])
    check_consistency((), old=3, new=3, old_root=root, new_root=root)
    check_consistency((), old=0, new=3, old_root=EMPTY_ROOT, new_root=root)
    check_consistency((), old=0, new=0, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)
    assert Tree(LEAVES[:3]).prove_consistency(0) == ()
    assert Tree(LEAVES[:3]).prove_consistency(3) == ()
    with pytest.raises(ProofError, match="two trees of 3 leaves"):
        check_consistency((), old=3, new=3, old_root=root, new_root=other)
    with pytest.raises(ProofError, match="the tree of 0 leaves has the root"):
        check_consistency((), old=0, new=3, old_root=root, new_root=other)
    with pytest.raises(ProofError, match="the tree of 0 leaves has the root"):
        check_consistency((), old=0, new=0, old_root=root, new_root=root)
    with pytest.raises(ProofError, match="has 1 hashes, expected none"):
        check_consistency((root,), old=3, new=3, old_root=root, new_root=root)
    with pytest.raises(ProofError, match="has 1 hashes, expected none"):
        check_consistency((root,), old=0, new=3, old_root=EMPTY_ROOT, new_root=root)


def test_the_empty_tree_has_its_root_and_proves_nothing():
    assert Tree([]).root == tree_root([]) == Tree([]).root_of(0) == EMPTY_ROOT
    assert Tree([]).prove_consistency(0) == ()
    with pytest.raises(ProofError, match="leaf 0 is outside a tree of 0 leaves"):
        check_inclusion([], index=0, size=0, leaf=LEAVES[0], root=EMPTY_ROOT)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_of_another_length_is_refused_wherever_it_stands(length):
    tree, short = Tree(LEAVES[:3]), bytes(length)
    proof, leaf, root = tree.prove_inclusion(1), LEAVES[1], tree.root
    for arguments in (
        {"proof": (short, *proof[1:]), "leaf": leaf, "root": root},
        {"proof": proof, "leaf": short, "root": root},
        {"proof": proof, "leaf": leaf, "root": short},
    ):
        with pytest.raises(ProofError, match=f"{length} bytes long, expected 32"):
            check_inclusion(index=1, size=3, **arguments)
    steps = tree.prove_consistency(2)
    for arguments in (
        {"proof": (short, *steps[1:]), "old_root": root, "new_root": root},
        {"proof": steps, "old_root": short, "new_root": root},
        {"proof": steps, "old_root": root, "new_root": short},
    ):
        with pytest.raises(ProofError, match=f"{length} bytes long, expected 32"):
            check_consistency(old=2, new=3, **arguments)


@given(
    st.lists(HASHES, max_size=70),
    st.integers(-2, 2**64),
    st.integers(-2, 2**64),
    HASHES,
    HASHES,
)
@settings(deadline=None, max_examples=300)
def test_a_random_proof_is_refused_with_one_kind_of_error(proof, low, high, one, two):
    assume(one != two)  # a tree of one leaf needs no proof
    with pytest.raises(ProofError):
        check_inclusion(proof, index=low, size=high, leaf=one, root=two)
    with pytest.raises(ProofError):
        check_consistency(proof, old=low, new=high, old_root=one, new_root=two)


def test_a_proof_for_the_largest_tree_that_there_can_be_is_climbed_to_its_end():
    with pytest.raises(ProofError, match="the proof leads to"):
        check_inclusion(
            LEAVES[:63], index=0, size=MAX_SIZE, leaf=LEAVES[0], root=EMPTY_ROOT
        )
    with pytest.raises(ProofError, match="outside a tree"):
        check_inclusion(
            LEAVES[:63], index=0, size=MAX_SIZE + 1, leaf=LEAVES[0], root=EMPTY_ROOT
        )


@pytest.mark.parametrize("place", [-1, 3])
def test_a_place_outside_the_tree_is_a_mistake_of_the_caller(place):
    tree = Tree(LEAVES[:3])
    with pytest.raises(ValueError, match="outside a tree of 3 leaves"):
        tree.prove_inclusion(place)
    for ask in (tree.prove_consistency, tree.root_of):
        with pytest.raises(ValueError, match="outside a tree of 3 leaves"):
            ask(place + 1 if place > 0 else place)


def test_a_tree_is_a_copy_that_later_leaves_do_not_change():
    leaves = LEAVES[:3]
    tree = Tree(leaves)
    leaves.append(LEAVES[3])
    assert tree.root == naive_root(LEAVES[:3])


def test_full_nodes_are_the_roots_of_whole_subtrees_only():
    tree = Tree(LEAVES[:11])
    assert list(tree.full_nodes(0)) == LEAVES[:11]
    assert list(tree.full_nodes(2)) == [
        naive_root(LEAVES[:4]),
        naive_root(LEAVES[4:8]),
    ]
    assert list(tree.full_nodes(3)) == [naive_root(LEAVES[:8])]
    assert list(tree.full_nodes(4)) == []
    assert list(Tree([]).full_nodes(0)) == []


def test_a_tree_of_100_000_leaves_gives_each_proof_from_one_building():
    leaves = [leaf_hash(b"%d" % number) for number in range(100_000)]
    tree = Tree(leaves)
    assert tree_root(leaves) == tree.root
    for index in range(0, 100_000, 997):
        check_inclusion(
            tree.prove_inclusion(index),
            index=index,
            size=100_000,
            leaf=leaves[index],
            root=tree.root,
        )
        check_consistency(
            tree.prove_consistency(index),
            old=index,
            new=100_000,
            old_root=tree.root_of(index),
            new_root=tree.root,
        )


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_tree_that_grows_is_the_tree_of_all_its_leaves(size, more):
    leaves = LEAVES[: size + more]
    grown = Tree(leaves, Tree(LEAVES[:size]))
    fresh = Tree(leaves)
    assert grown.root == fresh.root == naive_root(leaves)
    assert [list(row) for row in grown._rows] == [list(row) for row in fresh._rows]


def test_a_tree_grows_again_and_again():
    tree = Tree([])
    for size in range(1, 70):
        tree = Tree(LEAVES[:size], tree)
        assert tree.root == tree_root(LEAVES[:size])
        alone = Tree(LEAVES[:size])
        assert tree.prove_inclusion(size - 1) == alone.prove_inclusion(size - 1)


@pytest.mark.parametrize("known", [LEAVES[1:4], LEAVES[:9]])
def test_a_tree_does_not_grow_out_of_another_one(known):
    with pytest.raises(ValueError, match="none of the first"):
        Tree(LEAVES[:8], Tree(known))
