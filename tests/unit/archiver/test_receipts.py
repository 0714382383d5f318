"""Receipts: what a log gave out for one entry, checked without the log (A23)."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.errors import MalformedError, ProofError, VerificationError
from archiver.merkle import Tree, leaf_hash
from archiver.notes import ED25519, VerifierKey, format_note, sign_note
from archiver.policy import LogKey, Policy
from archiver.receipts import (
    MAX_RECEIPT,
    Receipt,
    format_receipt,
    open_receipt,
    parse_receipt,
)

LOG = "example.com/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
KEY = VerifierKey(LOG, ED25519, PRIVATE.public_key().public_bytes_raw())
POLICY = Policy((LogKey(KEY),))
ENTRIES = [b"entry %d" % number for number in range(20)]
TREE = Tree([leaf_hash(entry) for entry in ENTRIES])


def note_of(size=20, root=TREE.root):
    return format_note(
        sign_note(format_checkpoint(Checkpoint(LOG, size, root)), LOG, PRIVATE)
    )


def receipt_of(index):
    return Receipt(index, TREE.prove_inclusion(index), note_of())


HASH = b64encode(bytes(range(32))).decode()
NOTE = note_of().decode()


@pytest.mark.parametrize("index", range(len(ENTRIES)))
def test_a_receipt_proves_its_entry_and_reads_back_as_it_was_written(index):
    receipt = receipt_of(index)
    assert parse_receipt(format_receipt(receipt)) == receipt
    opened = open_receipt(receipt, ENTRIES[index], POLICY)
    assert opened.checkpoint == Checkpoint(LOG, 20, TREE.root)
    assert opened.log == KEY


def test_a_receipt_of_a_log_with_one_entry_has_no_hashes():
    root = leaf_hash(b"alone")
    receipt = Receipt(0, (), note_of(1, root))
    data = format_receipt(receipt)
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nexample.com/log\n1\n")
    assert parse_receipt(data) == receipt
    assert open_receipt(receipt, b"alone", POLICY).checkpoint.size == 1


def test_a_receipt_is_written_as_the_specification_shows_it():
    lines = format_receipt(receipt_of(5)).decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert lines[2] == b64encode(leaf_hash(ENTRIES[4])).decode()
    assert lines[7:10] == ["", LOG, "20"]


@given(st.integers(0, 19), st.data())
@settings(deadline=None, max_examples=150)
def test_a_receipt_with_any_bit_changed_proves_nothing(index, data):
    whole = bytearray(format_receipt(receipt_of(index)))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedError, VerificationError)):
        open_receipt(parse_receipt(bytes(whole)), ENTRIES[index], POLICY)


@given(st.integers(0, 19), st.integers(0, 19))
@settings(deadline=None)
def test_a_receipt_proves_no_other_entry_and_no_other_place(index, other):
    receipt = receipt_of(index)
    if index == other:
        open_receipt(receipt, ENTRIES[other], POLICY)
        return
    with pytest.raises(ProofError):
        open_receipt(receipt, ENTRIES[other], POLICY)
    moved = Receipt(other, receipt.proof, receipt.note)
    with pytest.raises(ProofError):
        open_receipt(moved, ENTRIES[index], POLICY)


def test_a_receipt_is_of_the_origin_that_was_asked_for():
    open_receipt(receipt_of(3), ENTRIES[3], POLICY, LOG)
    with pytest.raises(VerificationError, match=r"expected 'example\.com/other'"):
        open_receipt(receipt_of(3), ENTRIES[3], POLICY, "example.com/other")


def test_a_receipt_under_an_unknown_log_key_is_refused():
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32).public_key()
    key = VerifierKey(LOG, ED25519, stranger.public_bytes_raw())
    with pytest.raises(VerificationError, match="the note is signed by"):
        open_receipt(receipt_of(3), ENTRIES[3], Policy((LogKey(key),)))


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_random_bytes_are_refused_with_one_kind_of_error(data):
    for prefix in (
        b"",
        b"c2sp.org/tlog-proof@v1\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n",
    ):
        with pytest.raises(MalformedError):
            parse_receipt(prefix + data)


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_a_receipt_has_one_form_so_whatever_parses_is_written_back_the_same(data):
    whole = bytearray(format_receipt(receipt_of(5)))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    try:
        receipt = parse_receipt(bytes(whole))
    except MalformedError:
        return
    assert format_receipt(receipt) == whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "a receipt begins ''"),
        ("\n\n" + NOTE, "a receipt begins ''"),
        (f"c2sp.org/tlog-proof@v2\nindex 0\n\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1 \nindex 0\n\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\n\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\n{HASH}\n\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\nIndex 0\n\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\nindex\n\n{NOTE}", "a receipt begins"),
        (
            f"c2sp.org/tlog-proof@v1\nindex 00\n\n{NOTE}",
            "the index of a receipt is '00'",
        ),
        (
            f"c2sp.org/tlog-proof@v1\nindex -1\n\n{NOTE}",
            "the index of a receipt is '-1'",
        ),
        (f"c2sp.org/tlog-proof@v1\nindex ٣\n\n{NOTE}", "the index of a receipt is"),
        (
            f"c2sp.org/tlog-proof@v1\nindex 0 \n\n{NOTE}",
            "the index of a receipt is '0 '",
        ),
        (f"c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n{NOTE}", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH} \n\n{NOTE}", "canonical base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH[:-1]}\n\n{NOTE}", "canonical base64"),
        (
            f"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n{NOTE}",
            "3 bytes long, expected 32",
        ),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH}\n", "a receipt begins"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH}", "a note ends"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE[:-1]}", "a note ends"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n", "a note ends"),
    ],
)
def test_what_is_no_receipt_is_refused(text, found):
    with pytest.raises(MalformedError, match=found):
        parse_receipt(text.encode())


def test_a_proof_has_63_hashes_at_most():
    head = "c2sp.org/tlog-proof@v1\nindex 0\n"
    longest = f"{head}{(HASH + chr(10)) * 63}\n{NOTE}"
    assert len(parse_receipt(longest.encode()).proof) == 63
    with pytest.raises(MalformedError, match="has 64 hashes, expected 63 at most"):
        parse_receipt(longest.replace(f"{HASH}\n", f"{HASH}\n{HASH}\n", 1).encode())


def test_a_receipt_that_is_too_long_is_refused():
    with pytest.raises(MalformedError, match="expected 1052672 at most"):
        parse_receipt(b"a" * (MAX_RECEIPT + 1))


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt(-1, (), note_of()),
        Receipt(2**63, (), note_of()),
        Receipt(0, (b"short",), note_of()),
        Receipt(0, (b"",), note_of()),
        Receipt(0, (bytes(32),) * 64, note_of()),
        Receipt(0, (), b""),
        Receipt(0, (), b"no note\n"),
    ],
)
def test_a_receipt_that_could_not_be_read_is_not_written(receipt):
    with pytest.raises(MalformedError):
        format_receipt(receipt)
