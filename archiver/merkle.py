"""Merkle tree hashes, inclusion and consistency proofs (RFC 9162, section 2.1).

Bytes and integers in, bytes or an error out: nothing here reads a file, a clock or
a network.  The prover keeps the rows of the tree and picks hashes out of them; the
checker climbs up the proof by the RFC's own steps: written apart, so that one does not
repeat the other's mistake.

>>> leaves = [leaf_hash(entry) for entry in (b"a", b"b", b"c")]
>>> proof = Tree(leaves).prove_inclusion(1)
>>> check_inclusion(proof, index=1, size=3, leaf=leaves[1], root=tree_root(leaves))
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from archiver.errors import ProofError

HASH_SIZE: Final = 32  # bytes
MAX_SIZE: Final = 2**63 - 1  # leaves; so a proof has at most 63 hashes
EMPTY_ROOT: Final = sha256(b"").digest()  # section 2.1.1: the tree of no leaves


def leaf_hash(entry: bytes) -> bytes:
    """Hash a log entry; the prefix 0x00 keeps it from passing for a node."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the node above them."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The rows of a tree, built once from leaf hashes; a proof is then a few look-ups.

    Row 0 is the leaves; a node at place i of row h covers the leaves from i·2^h up to
    (i+1)·2^h, or up to the end of the tree.  A last node without a neighbour stands for
    itself in the row above, which is the RFC's split at the largest power of two.

    ``known`` is the tree of the first of these leaves, as it was before the others
    came: its full nodes are taken over.
    """

    def __init__(self, leaves: Sequence[bytes], known: "Tree | None" = None) -> None:
        self._rows: list[Sequence[bytes]] = [tuple(leaves)]
        if known and known.full_nodes(0) != self._rows[0][: known.size]:
            raise ValueError(f"the tree known is none of the first {known.size} leaves")
        while len(self._rows[-1]) > 1:
            kept = known.full_nodes(len(self._rows)) if known else ()
            rest = self._rows[-1][2 * len(kept) :]
            self._rows.append([*kept, *_row_above(rest)])

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._rows[0])

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves (section 2.1.1)."""
        return self._rows[-1][0] if self.size else EMPTY_ROOT

    def root_of(self, size: int) -> bytes:
        """Return the root of the tree as it was with its first ``size`` leaves.

        A size outside 0 to that of this tree is a mistake of the caller.
        """
        if not 0 <= size <= self.size:
            raise ValueError(f"size {size} is outside a tree of {self.size} leaves")
        root, end = EMPTY_ROOT, size
        while end:  # the full subtrees of such a prefix, from its end
            height = (end & -end).bit_length() - 1
            node = self._rows[height][(end - 1) >> height]
            root = node if end == size else node_hash(node, root)
            end -= 1 << height
        return root

    def full_nodes(self, height: int) -> Sequence[bytes]:
        """Return the hashes of all subtrees of exactly 2^height leaves, in order."""
        return self._rows[height][: self.size >> height] if self.size >> height else ()

    def prove_inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return the hashes that lead from the leaf at ``index`` to the root.

        The RFC's audit path (section 2.1.3.1): at most ceil(log2(size)) hashes, the
        lowest first.  An index outside the tree is a mistake of the caller.
        """
        if not 0 <= index < self.size:
            raise ValueError(f"index {index} is outside a tree of {self.size} leaves")
        siblings = (((index >> h) ^ 1, row) for h, row in enumerate(self._rows))
        return tuple(row[place] for place, row in siblings if place < len(row))

    def prove_consistency(self, old: int) -> tuple[bytes, ...]:
        """Return the hashes that show that the first ``old`` leaves are a prefix.

        Section 2.1.4.1; no hashes for an ``old`` of 0 or of the whole tree.  An
        ``old`` outside 0 to size is a mistake of the caller.
        """
        if not 0 <= old <= self.size:
            raise ValueError(f"size {old} is outside a tree of {self.size} leaves")
        if old in (0, self.size):
            return ()
        return tuple(reversed(self._walk_down(old)))

    def _walk_down(self, old: int) -> list[bytes]:
        """Collect a consistency proof from the root down: the RFC's SUBPROOF."""
        proof, start, end = [], 0, self.size
        while end != old:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._subtree(middle, end))
                end = middle
            else:
                proof.append(self._subtree(start, middle))
                start = middle
        if start:  # the old root itself is known to the reader: SUBPROOF's flag b
            proof.append(self._subtree(start, end))
        return proof

    def _subtree(self, start: int, end: int) -> bytes:
        """Return the hash of the leaves [start, end), as the RFC's split cuts them."""
        height = (end - start - 1).bit_length()
        return self._rows[height][start >> height]


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Hash ``leaves`` (leaf hashes, in log order) into the root of their tree."""
    row = leaves
    while len(row) > 1:
        row = _row_above(row)
    return row[0] if row else EMPTY_ROOT


def check_inclusion(
    proof: Sequence[bytes], *, index: int, size: int, leaf: bytes, root: bytes
) -> None:
    """Check that ``leaf`` stands at ``index`` of the tree with ``size`` and ``root``.

    Returns nothing: an answer that must not be overlooked is raised, not returned.

    Raises:
        ProofError: the index is outside the tree, a hash is not 32 bytes long, the
            proof is too short or too long for the tree, or it leads to another root.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofError(f"leaf {index} is outside a tree of {size} leaves")
    _check_lengths(leaf, root, *proof)
    found = _climb(proof, index, size - 1, leaf)
    if found != root:
        raise ProofError(f"the proof leads to {found.hex()}, expected {root.hex()}")


def check_consistency(
    proof: Sequence[bytes], *, old: int, new: int, old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of ``old`` leaves is a prefix of the tree of ``new`` leaves.

    Section 2.1.4.2, which leaves it to the caller that ``old`` is not greater than
    ``new``; without that, some trees that shrank pass for trees that grew.

    Raises:
        ProofError: the sizes are out of order, a hash is not 32 bytes long, the proof
            is too short or too long for them, or it leads to another root.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise ProofError(f"the tree went from {old} to {new} leaves, expected growth")
    _check_lengths(old_root, new_root, *proof)
    if old in (0, new):
        _check_without_proof(proof, old, new, old_root, new_root)
        return
    found_old, found_new = _climb_both(proof, old, new, old_root)
    if found_old != old_root:
        raise ProofError(
            f"the proof leads to the root {found_old.hex()} of {old} leaves,"
            f" expected {old_root.hex()}"
        )
    if found_new != new_root:
        raise ProofError(
            f"the proof leads to the root {found_new.hex()} of {new} leaves,"
            f" expected {new_root.hex()}"
        )


def _check_lengths(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise ProofError(f"a hash is {len(value)} bytes long, expected {HASH_SIZE}")


def _check_without_proof(
    proof: Sequence[bytes], old: int, new: int, old_root: bytes, new_root: bytes
) -> None:
    """Check the two cases in which the roots say everything: same size, and size 0."""
    if proof:
        raise ProofError(
            f"the proof from {old} to {new} leaves has {len(proof)} hashes,"
            " expected none"
        )
    if old == new and old_root != new_root:
        raise ProofError(
            f"two trees of {old} leaves have the roots {old_root.hex()}"
            f" and {new_root.hex()}, expected one"
        )
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError(
            f"the tree of 0 leaves has the root {old_root.hex()},"
            f" expected {EMPTY_ROOT.hex()}"
        )


def _climb(proof: Sequence[bytes], place: int, last: int, leaf: bytes) -> bytes:
    """Hash ``leaf`` upwards: RFC 9162, 2.1.3.2 (``place`` is fn, ``last`` is sn)."""
    found = leaf
    for sibling in proof:
        if last == 0:
            raise ProofError(f"the proof is too long: {len(proof)} hashes")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError(f"the proof is too short: {len(proof)} hashes")
    return found


def _climb_both(
    proof: Sequence[bytes], old: int, new: int, old_root: bytes
) -> tuple[bytes, bytes]:
    """Hash upwards to both roots: RFC 9162, 2.1.4.2, steps 2 to 6."""
    if not proof:
        raise ProofError(f"the proof from {old} to {new} leaves is empty")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError(f"the proof is too long: {len(proof)} hashes")
        if place & 1 or place == last:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError(f"the proof is too short: {len(proof)} hashes")
    return found_old, found_new


def _row_above(row: Sequence[bytes]) -> list[bytes]:
    above = [
        node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)
    ]
    return [*above, row[-1]] if len(row) % 2 else above


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)
