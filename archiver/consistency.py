"""That a log goes on from a head which somebody holds: the proof, and its spelling.

A head is held as a signed checkpoint, or as its size and root hash alone, which is all
that a proof needs (RFC 9162, 2.1.4).  The proof is written as a witness of the log
takes it (C2SP tlog-witness, ``add-checkpoint``)::

    old 20852014                                      the size of the head that is held
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=      the proof's hashes, if there are
    jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=      any, the lowest first

    sourcebook.internal/example/1d7a21ee              the checkpoint that goes on
    20852163
    …
"""

import re
from base64 import b64encode
from collections.abc import Sequence

from archiver.checkpoints import Checkpoint
from archiver.errors import MalformedError, VerificationError
from archiver.merkle import HASH_SIZE, Tree, check_consistency
from archiver.policy import Policy, open_checkpoint
from archiver.strict import decode_base64, parse_decimal

_HEX = re.compile(r"[0-9a-f]{64}")


def open_held(note: bytes, policy: Policy, origin: str) -> Checkpoint:
    """Open a checkpoint that is held: one that a log of the policy signed.

    It needs no cosignatures: what the log signed binds the log, whoever saw it.

    Raises:
        MalformedError: the bytes are no note, or its text is no checkpoint.
        VerificationError: it is of another log, or not signed by the log's key.
    """
    return open_checkpoint(note, Policy(policy.logs), origin).checkpoint


def parse_held(text: str, origin: str) -> Checkpoint:
    """Parse ``SIZE:ROOT``, the root hash in hex or in base64, as a head of ``origin``.

    Raises:
        MalformedError: it is spelt otherwise.
    """
    size, _, root = text.partition(":")
    number = parse_decimal(size, "the size of a head")
    if _HEX.fullmatch(root):
        return Checkpoint(origin, number, bytes.fromhex(root))
    data = decode_base64(root, "the root hash of a head")
    if len(data) != HASH_SIZE:
        raise MalformedError(
            f"the root hash of a head is {len(data)} bytes long, expected {HASH_SIZE}"
        )
    return Checkpoint(origin, number, data)


def check_not_older(head: Checkpoint, held: Checkpoint) -> None:
    """Check what two heads alone can tell: that ``head`` is not the shorter one.

    Raises:
        VerificationError: it is.
    """
    if held.size > head.size:
        raise VerificationError(
            f"the log has the head {name_head(head)}, expected at least"
            f" {name_head(held)}, which is held: it lacks"
            f" {held.size - head.size} entries"
        )


def check_goes_on(tree: Tree, held: Checkpoint) -> None:
    """Check that the log of ``tree`` had the head ``held``, and goes on from there.

    Raises:
        VerificationError: the log is shorter than it was, or a fork of it.
    """
    now = Checkpoint(held.origin, tree.size, tree.root)
    check_not_older(now, held)
    found = tree.root_of(held.size)
    if found != held.root:
        raise VerificationError(
            f"the log is a fork: its first {held.size} entries have the root"
            f" {_base64(found)}, expected {name_head(held)}, which is held; its head is"
            f" {name_head(now)}"
        )


def prove_growth(
    leaves: Sequence[bytes], held: Checkpoint, new: Checkpoint
) -> tuple[bytes, ...]:
    """Prove that the tree ``new`` goes on from ``held``; ``leaves`` are the log's.

    Of both it is checked first that this log had them, and the proof is checked as
    whoever holds the two heads will check it.

    Raises:
        VerificationError: the log had one of them not, or they are in the wrong order.
        ProofError: the proof does not hold, which would be our mistake.
    """
    tree = Tree(leaves)
    for head in (held, new):
        check_goes_on(tree, head)
    if held.size > new.size:
        raise VerificationError(
            f"the head {name_head(new)} is older than {name_head(held)},"
            " expected the older one first",
            hint="exchange the two",
        )
    proof = Tree(leaves[: new.size]).prove_consistency(held.size)
    check_consistency(
        proof, old=held.size, new=new.size, old_root=held.root, new_root=new.root
    )
    return proof


def format_growth(old: int, proof: Sequence[bytes], new: bytes) -> bytes:
    """Write a proof, with the checkpoint ``new`` that goes on from the size ``old``."""
    lines = [f"old {old}", *map(_base64, proof)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + new


def name_head(head: Checkpoint) -> str:
    """Name a head in a message: ``SIZE:ROOT``, as :func:`parse_held` takes it."""
    return f"{head.size}:{_base64(head.root)}"


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
