"""Receipts: the proof that a log holds an entry (C2SP tlog-proof).

::

    c2sp.org/tlog-proof@v1
    index 1
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=     the leaf's neighbour first

    example.com/log                                  the whole checkpoint, with its
    2                                                signatures and cosignatures
    …

A receipt needs no network: with the policy it is checked against nothing but the entry.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from archiver.errors import MalformedError
from archiver.merkle import HASH_SIZE, check_inclusion, leaf_hash
from archiver.notes import MAX_NOTE, parse_note
from archiver.policy import OpenedCheckpoint, Policy, open_checkpoint
from archiver.strict import decode_base64, parse_decimal, show

OPENING: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 63  # of a proof in a tree of 2^63-1 leaves
MAX_RECEIPT: Final = MAX_NOTE + 4096  # bytes: a note behind the longest proof

_HEAD = re.compile(
    r"(?P<opening>[^\n]*)\nindex (?P<index>[^\n]*)(?P<hashes>(?:\n[^\n]+)*)"
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a log gave out for one entry: its place, the proof, the signed tree head."""

    index: int
    proof: tuple[bytes, ...]
    note: bytes


def parse_receipt(data: bytes) -> Receipt:
    """Parse a receipt: three parts, of which the last is a signed note.

    Stricter than the specification: no ``extra`` line, since nothing vouches for it, at
    most 63 hashes, and base64 in its canonical spelling.

    Raises:
        MalformedError: too long, another opening line, an index that is no canonical
            decimal, a hash that is not 32 bytes, or no note behind the blank line.
    """
    if len(data) > MAX_RECEIPT:
        raise MalformedError(
            f"a receipt is {len(data)} bytes long, expected {MAX_RECEIPT} at most"
        )
    before, _, note = data.partition(b"\n\n")
    head = before.decode("ascii", errors="replace")
    match = _HEAD.fullmatch(head)
    if not match or match["opening"] != OPENING:
        raise MalformedError(
            f"a receipt begins {show(head)}, expected the lines {OPENING!r}"
            " and 'index <decimal>', then hashes"
        )
    index = parse_decimal(match["index"], "the index of a receipt")
    proof = _parse_hashes(match["hashes"].split("\n")[1:])
    parse_note(note)
    return Receipt(index, proof, note)


def format_receipt(receipt: Receipt) -> bytes:
    """Return ``receipt`` as the bytes that :func:`parse_receipt` reads as the same one.

    Raises:
        MalformedError: it is none that could be read.
    """
    hashes = (f"{b64encode(value).decode()}\n" for value in receipt.proof)
    head = f"{OPENING}\nindex {receipt.index}\n{''.join(hashes)}\n"
    data = head.encode() + receipt.note
    if parse_receipt(data) != receipt:
        raise MalformedError(
            f"the receipt {show(data)} reads differently when it is written,"
            " expected the same"
        )
    return data


def open_receipt(
    receipt: Receipt, entry: bytes, policy: Policy, origin: str | None = None
) -> OpenedCheckpoint:
    """Open the checkpoint of a receipt, by which a log of ``policy`` holds ``entry``.

    1. The checkpoint opens under the policy, and is of ``origin`` where one is given.
    2. The proof leads from the entry's leaf hash to the checkpoint's root.

    Raises:
        MalformedError: the note's text is no checkpoint.
        VerificationError: the checkpoint does not open under the policy.
        ProofError: the entry, the index or the proof does not belong to its root.
    """
    opened = open_checkpoint(receipt.note, policy, origin)
    check_inclusion(
        receipt.proof,
        index=receipt.index,
        size=opened.checkpoint.size,
        leaf=leaf_hash(entry),
        root=opened.checkpoint.root,
    )
    return opened


def _parse_hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_HASHES:
        raise MalformedError(
            f"a receipt has {len(lines)} hashes, expected {MAX_HASHES} at most"
        )
    proof = tuple(decode_base64(line, "a hash of a receipt") for line in lines)
    for value in proof:
        if len(value) != HASH_SIZE:
            raise MalformedError(
                f"a hash of a receipt is {len(value)} bytes long, expected {HASH_SIZE}"
            )
    return proof
