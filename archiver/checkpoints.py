"""Checkpoints: the signed tree head of a log (C2SP tlog-checkpoint).

A checkpoint is a signed note whose text is three lines::

    example.com/behind-the-sofa                       the origin: the log's key name
    20852163                                          the size: leaves in the tree
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      the root hash
"""

from base64 import b64encode
from dataclasses import dataclass

from archiver.errors import MalformedError
from archiver.merkle import EMPTY_ROOT, HASH_SIZE
from archiver.notes import COSIGNED, check_name
from archiver.strict import decode_base64, parse_decimal, show


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's tree head: whose it is, how many leaves, and their root hash."""

    origin: str
    size: int
    root: bytes


def parse_checkpoint(text: str) -> Checkpoint:
    """Parse the text of a checkpoint: origin, size and root, one line each.

    Stricter than the specification: no extension lines, which no one could audit; the
    origin is a key name, and not the first line of a cosigned message; the empty tree
    has its one root.

    Raises:
        MalformedError: there are not three lines, or one is not what it must be.
    """
    lines = text.split("\n")
    if len(lines) != len(("origin", "size", "root", "")) or lines[-1]:
        raise MalformedError(
            f"a checkpoint has the text {show(text)}, expected three lines"
        )
    check_name(lines[0], "the origin of a checkpoint")
    size = parse_decimal(lines[1], "the size of a checkpoint")
    root = decode_base64(lines[2], "the root hash of a checkpoint")
    checkpoint = Checkpoint(lines[0], size, root)
    _check_values(checkpoint)
    return checkpoint


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the note text of ``checkpoint``, its last newline included.

    Raises:
        MalformedError: it is none that :func:`parse_checkpoint` would take.
    """
    root = b64encode(checkpoint.root).decode()
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
    parse_checkpoint(text)
    return text


def _check_values(checkpoint: Checkpoint) -> None:
    if checkpoint.origin == COSIGNED:  # a log of that name could sign cosignatures
        raise MalformedError(f"the origin is {COSIGNED!r}, expected that of a log")
    if len(checkpoint.root) != HASH_SIZE:
        raise MalformedError(
            f"the root hash is {len(checkpoint.root)} bytes long, expected {HASH_SIZE}"
        )
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise MalformedError(
            f"the tree of 0 leaves has the root {checkpoint.root.hex()},"
            f" expected {EMPTY_ROOT.hex()}"
        )
