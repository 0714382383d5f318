"""Published vectors, and vectors derived here by code that shares nothing with ours.

The files lie in ``c2sp/``, with a README that says where each comes from.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archiver import ed25519
from archiver.errors import MalformedError, ProofError, VerificationError
from archiver.merkle import (
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    tree_root,
)
from archiver.notes import (
    VerifierKey,
    format_note,
    format_vkey,
    open_note,
    parse_note,
    parse_vkey,
)

FOLDER = Path(__file__).parent / "c2sp"


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


NOTE, RFC8032, TREES, WEAK = (
    load(f"{name}.json") for name in ("signed-note", "rfc8032", "trees", "weak-keys")
)
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in TREES["entries"]]


# --- C2SP signed-note ----------------------------------------------------------------


def note_bytes(text=NOTE["text"]):
    return f"{text}\n{NOTE['signature']}\n".encode()


def test_the_note_of_the_specification_opens_with_the_key_of_the_specification():
    key = parse_vkey(NOTE["vkey"])
    assert key.name == "example.com/foo"
    assert key.id.hex() == "530d903a"
    assert format_vkey(key) == NOTE["vkey"]
    opened = open_note(note_bytes(), [key])
    assert opened.text == "This is an example message.\n"
    assert [line.key_id for line in opened.signatures] == [key.id]


def test_the_note_of_the_specification_is_written_back_byte_for_byte():
    assert format_note(parse_note(note_bytes())) == note_bytes()


def test_the_note_of_the_specification_with_a_word_changed_does_not_open():
    with pytest.raises(VerificationError, match="does not verify"):
        open_note(
            note_bytes("This is no example message.\n"), [parse_vkey(NOTE["vkey"])]
        )


# --- RFC 8032 ------------------------------------------------------------------------


@pytest.mark.parametrize("case", RFC8032["tests"], ids=lambda case: case["name"])
def test_the_signatures_of_rfc_8032_verify(case):
    key = ed25519.load_public_key(bytes.fromhex(case["public"]))
    message, signature = (
        bytes.fromhex(case[part]) for part in ("message", "signature")
    )
    ed25519.check_signature(key, message, signature)
    with pytest.raises(VerificationError, match="does not verify"):
        ed25519.check_signature(key, message + b"\x00", signature)


# --- RFC 9162: the definitions, recursive and slow ------------------------------------


def split(d):
    k = 1
    while k * 2 < len(d):
        k *= 2
    return k


def mth(d):
    """Hash the entries ``d`` by section 2.1.1."""
    if not d:
        return sha256(b"").digest()
    if len(d) == 1:
        return sha256(b"\x00" + d[0]).digest()
    k = split(d)
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m, d):
    """Prove entry ``m`` of ``d`` by section 2.1.3.1."""
    if len(d) == 1:
        return []
    k = split(d)
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m, d, *, known):
    """Prove that the first ``m`` of ``d`` are a prefix by section 2.1.4.1."""
    if m == len(d):
        return [] if known else [mth(d)]
    k = split(d)
    if m <= k:
        return [*subproof(m, d[:k], known=known), mth(d[k:])]
    return [*subproof(m - k, d[k:], known=False), mth(d[:k])]


def entries(size):
    return [bytes.fromhex(entry) for entry in TREES["entries"][:size]]


def hexes(hashes):
    return [value.hex() for value in hashes]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_known_trees_are_found(size):
    root = TREES["roots"][size]
    assert mth(entries(size)).hex() == root
    assert tree_root(LEAVES[:size]).hex() == root
    assert Tree(LEAVES).root_of(size).hex() == root


@pytest.mark.parametrize("case", TREES["inclusion"], ids=str)
def test_the_inclusion_proofs_of_the_known_trees_are_made_and_hold(case):
    index, size = case["index"], case["size"]
    assert hexes(path(index, entries(size))) == case["proof"]
    assert hexes(Tree(LEAVES[:size]).prove_inclusion(index)) == case["proof"]
    proof = [bytes.fromhex(value) for value in case["proof"]]
    root = bytes.fromhex(TREES["roots"][size])
    check_inclusion(proof, index=index, size=size, leaf=LEAVES[index], root=root)
    with pytest.raises(ProofError):
        check_inclusion(
            [*proof, root], index=index, size=size, leaf=LEAVES[index], root=root
        )


@pytest.mark.parametrize("case", TREES["consistency"], ids=str)
def test_the_consistency_proofs_of_the_known_trees_are_made_and_hold(case):
    old, new = case["old"], case["new"]
    assert hexes(subproof(old, entries(new), known=True)) == case["proof"]
    assert hexes(Tree(LEAVES[:new]).prove_consistency(old)) == case["proof"]
    proof = [bytes.fromhex(value) for value in case["proof"]]
    roots = {
        "old_root": bytes.fromhex(TREES["roots"][old]),
        "new_root": bytes.fromhex(TREES["roots"][new]),
    }
    check_consistency(proof, old=old, new=new, **roots)
    with pytest.raises(ProofError):
        check_consistency([*proof, LEAVES[0]], old=old, new=new, **roots)


# --- Weak keys: the curve of RFC 8032, section 5.1, in affine coordinates -------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1)


def add(one, two):
    (x1, y1), (x2, y2) = one, two
    k = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def multiply(number, point):
    result = IDENTITY
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def find_points():
    """Yield the points with the smallest y, whatever their order."""
    for y in range(2, 40):
        square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        x = pow(square, (P + 3) // 8, P)
        if (x * x - square) % P:
            x = x * pow(2, (P - 1) // 4, P) % P
        if (x * x - square) % P == 0:
            yield x, y


def weak_y():
    """Return y of each point whose order divides 8: L times any point is one."""
    torsion = {multiply(L, point) for point in find_points()}
    generators = [point for point in torsion if multiply(4, point) != IDENTITY]
    assert generators
    return {multiply(number, generators[0])[1] for number in range(8)}


def encodings(y):
    return {(y | sign << 255).to_bytes(32, "little").hex() for sign in (0, 1)}


def test_the_list_of_weak_keys_is_all_of_them():
    values = weak_y() | set(range(P, 2**255))
    assert len(weak_y()) == 5
    found = {encoding for y in values for encoding in encodings(y)}
    assert {entry["key"] for entry in WEAK["keys"]} == found
    assert len(WEAK["keys"]) == len(found) == 48


@pytest.mark.parametrize("entry", WEAK["keys"], ids=lambda entry: entry["why"])
def test_a_weak_key_is_refused_in_every_form_in_which_a_key_comes(entry):
    raw = bytes.fromhex(entry["key"])
    spki = bytes.fromhex("302a300506032b6570032100") + raw
    with pytest.raises(MalformedError, match="the Ed25519 key"):
        ed25519.load_public_key(raw)
    with pytest.raises(MalformedError, match="the Ed25519 key"):
        ed25519.load_spki(spki)
    for algorithm in (1, 4):
        with pytest.raises(MalformedError, match="the Ed25519 key"):
            parse_vkey(format_vkey(VerifierKey("weak.example", algorithm, raw)))


@pytest.mark.parametrize("key", WEAK["forged"]["holdsFor"])
def test_the_library_alone_would_take_the_forged_signature_for_any_message(key):
    forged = bytes.fromhex(WEAK["forged"]["signature"])
    for number in range(50):
        message = b"what nobody signed, number %d" % number
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(forged, message)
    assert key in {entry["key"] for entry in WEAK["keys"]}
