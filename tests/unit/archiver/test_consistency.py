"""A log goes on from each head that it had, and from no other."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.consistency import (
    check_goes_on,
    check_not_older,
    format_growth,
    name_head,
    open_held,
    parse_held,
    prove_growth,
)
from archiver.errors import MalformedError, VerificationError
from archiver.merkle import EMPTY_ROOT, Tree, check_consistency, leaf_hash
from archiver.notes import ED25519, VerifierKey, format_note, sign_note
from archiver.policy import LogKey, Policy, Witness

ORIGIN = "a.example/log"
LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
TREE = Tree(LEAVES)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))


def head(size):
    return Checkpoint(ORIGIN, size, TREE.root_of(size))


def vkey(private, name=ORIGIN, kind=ED25519):
    return VerifierKey(name, kind, private.public_key().public_bytes_raw())


def signed(checkpoint, private=KEY, name=ORIGIN):
    return format_note(sign_note(format_checkpoint(checkpoint), name, private))


POLICY = Policy((LogKey(vkey(KEY)),))


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_proof_between_two_heads_convinces_whoever_holds_them(first, second):
    old, new = sorted((first, second))
    proof = prove_growth(LEAVES, head(old), head(new))
    check_consistency(
        proof, old=old, new=new, old_root=head(old).root, new_root=head(new).root
    )


@given(st.integers(1, 40), st.integers(0, 255))
def test_a_head_with_another_root_is_a_fork_and_both_heads_are_named(size, bit):
    root = bytearray(TREE.root_of(size))
    root[bit // 8] ^= 1 << bit % 8
    held = Checkpoint(ORIGIN, size, bytes(root))
    with pytest.raises(VerificationError, match="is a fork") as raised:
        prove_growth(LEAVES, held, head(40))
    assert name_head(held) in str(raised.value)
    assert name_head(head(40)) in str(raised.value)


def test_a_log_that_is_shorter_than_what_is_held_lacks_entries():
    held = Checkpoint(ORIGIN, 43, bytes(32))
    with pytest.raises(VerificationError, match="it lacks 3 entries") as raised:
        check_goes_on(TREE, held)
    assert name_head(held) in str(raised.value)
    assert name_head(head(40)) in str(raised.value)
    with pytest.raises(VerificationError, match="it lacks 2 entries"):
        check_not_older(Checkpoint(ORIGIN, 41, bytes(32)), held)
    check_not_older(held, held)


def test_a_new_head_that_the_log_had_not_is_refused_as_an_old_one_is():
    with pytest.raises(VerificationError, match="is a fork"):
        prove_growth(LEAVES, head(3), Checkpoint(ORIGIN, 9, bytes(32)))


def test_two_heads_in_the_wrong_order_are_refused():
    with pytest.raises(VerificationError, match="expected the older one first") as told:
        prove_growth(LEAVES, head(9), head(3))
    assert told.value.hint == "exchange the two"


def test_a_log_goes_on_from_the_empty_one():
    assert prove_growth(LEAVES, Checkpoint(ORIGIN, 0, EMPTY_ROOT), head(40)) == ()


def test_a_held_checkpoint_needs_the_logs_signature_and_no_cosignature():
    witness = Witness("w", vkey(OTHER, "w.example/w", 4))
    policy = Policy((LogKey(vkey(KEY)),), (witness,), (), "w")
    assert open_held(signed(head(5)), policy, ORIGIN) == head(5)


@pytest.mark.parametrize(
    ("note", "error"),
    [
        (signed(head(5), OTHER), VerificationError),
        (
            signed(Checkpoint("b.example/log", 5, bytes(32)), KEY, "b.example/log"),
            VerificationError,
        ),
        (signed(Checkpoint("b.example/log", 5, bytes(32))), VerificationError),
        (format_checkpoint(head(5)).encode(), MalformedError),
        (b"", MalformedError),
    ],
)
def test_a_checkpoint_that_is_not_of_this_log_is_refused(note, error):
    with pytest.raises(error):
        open_held(note, POLICY, ORIGIN)


def test_a_head_is_spelt_by_its_size_and_its_root_in_hex_or_base64():
    assert parse_held(f"5:{head(5).root.hex()}", ORIGIN) == head(5)
    assert parse_held(name_head(head(5)), ORIGIN) == head(5)


@pytest.mark.parametrize(
    "text",
    [
        *("", "5", "5:", ":", "-1:aaaa", "05:" + "a" * 64, "5:" + "a" * 63),
        "٥:" + "a" * 64,
        "5:" + "A" * 64,
        "5:" + b64encode(bytes(31)).decode(),
        "5:" + b64encode(bytes(32)).decode().rstrip("="),
    ],
)
def test_a_head_that_is_spelt_otherwise_is_refused(text):
    with pytest.raises(MalformedError):
        parse_held(text, ORIGIN)


def test_a_proof_is_written_as_a_witness_takes_it():
    note = signed(head(5))
    proof = prove_growth(LEAVES, head(3), head(5))
    lines = [b64encode(each).decode() for each in proof]
    text = "\n".join(["old 3", *lines, "", note.decode()])
    assert format_growth(3, proof, note).decode() == text
    assert format_growth(5, (), note) == b"old 5\n\n" + note
