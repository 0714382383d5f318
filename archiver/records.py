"""Records of a WARC file (WARC 1.0 and 1.1), each with what it hashes to.

The walk is strict, since a signed offset must have one meaning: in a ``.warc.gz`` each
record is one gzip member, in a ``.warc`` the records lie end to end; in both there is
nothing else up to the end of the file.  Only a record's header is held in memory.

The block's digest is checked where the record has one.  SHA-256 and SHA-1 are known; a
digest of another algorithm is refused, not ignored.  SHA-1 proves nothing against an
attacker: what a record hashes to is :attr:`Record.sha256`, over the whole record.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from archiver.errors import MalformedError, VerificationError
from archiver.hashing import hash_stream
from archiver.members import MAGIC, Member, OffsetStream
from archiver.strict import parse_decimal, show
from archiver.warcheader import (
    END,
    Fields,
    parse_digest,
    parse_header,
    target_uri,
    value_of,
)

BEGIN = b"WARC/"
MAX_HEADER = 1 << 16  # bytes
MAX_INFLATED = 1 << 36  # bytes of one record: a bound on the time a walk can take
WHOLE_FILE = "file"  # the type of the one commitment over a whole file


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its place in the file, its hashes, and what its header says.

    ``offset`` and ``length`` are of the record as it lies in the file, ``member`` is
    the SHA-256 of those bytes; ``inflated`` and ``sha256`` are of the whole record,
    header to final CRLFCRLF, inflated.  ``block`` is the SHA-256 of its block alone.
    """

    index: int
    offset: int
    length: int
    sha256: str
    member: str
    inflated: int
    block: str
    type: str
    uri: str
    date: str
    headers: Fields

    def field(self, name: str) -> str | None:
        """Return the first value of the header field ``name``, whatever its case."""
        return value_of(self.headers, name)

    @property
    def block_length(self) -> int:
        """The number of bytes of the block."""
        return int(self.field("Content-Length") or 0)


def walk_records(
    stream: BinaryIO, max_inflated: int = MAX_INFLATED
) -> Iterator[Record]:
    """Yield each record of a WARC from the start of the file to its end.

    A block has at most ``max_inflated`` bytes.
    A file that is not one gzip member a record has no records that can be told apart
    without doubt: it is refused, and :func:`whole_file` stands for it.

    Raises:
        MalformedError: the file is empty, no WARC, cut short, or not one record after
            the other with nothing between; a gzip member or a record's header is not
            what its standard says.
        VerificationError: a block is not what its WARC-Block-Digest says.
    """
    source = OffsetStream(stream)
    if not source.peek(1):
        raise MalformedError("the file is empty, expected a WARC record")
    packed = source.peek(2) == MAGIC
    index = 0
    while source.peek(1):
        yield _read_record(source, index, packed=packed, sink=_drop, limit=max_inflated)
        index += 1


def read_block(stream: BinaryIO, record: Record, max_bytes: int) -> bytes:
    """Return the block of ``record``, after checking that it is still that record.

    Raises:
        MalformedError: the block is longer than ``max_bytes``, or the file does not
            hold a record at that place.
        VerificationError: the file holds another record at that place.
    """
    kept = bytearray()
    pass_block(stream, record, kept.extend, max_bytes)
    return bytes(kept)


def pass_block(
    stream: BinaryIO,
    record: Record,
    sink: Callable[[bytes], None],
    max_bytes: int = MAX_INFLATED,
) -> None:
    """Hand the block of ``record`` to ``sink`` piece by piece, and check it at the end.

    Raises:
        MalformedError, VerificationError: as :func:`read_block` says.
    """
    if record.block_length > max_bytes:
        raise MalformedError(
            f"record {record.index} at byte {record.offset}: its block has"
            f" {record.block_length} bytes, expected at most {max_bytes}"
        )
    stream.seek(record.offset)
    source = OffsetStream(stream, start=record.offset)
    packed = source.peek(2) == MAGIC
    found = _read_record(
        source, record.index, packed=packed, sink=sink, limit=max_bytes
    )
    if found != record:
        raise VerificationError(
            f"record {record.index} at byte {record.offset}: its SHA-256 is"
            f" {found.sha256}, expected {record.sha256}"
        )


def whole_file(stream: BinaryIO) -> Record:
    """Return one record that stands for a whole file, read from where ``stream`` is.

    Its commitment is over the file's own SHA-256, so it cannot pass for a record.
    """
    found, size = hash_stream(stream)
    return Record(0, 0, size, found, found, size, found, WHOLE_FILE, "", "", ())


def check_main_record(records: Sequence[Record], main: int) -> None:
    """Check that no other response record has the main record's URI and date.

    Raises:
        VerificationError: there is no record ``main``, or there is such another one.
    """
    if not 0 <= main < len(records):
        raise VerificationError(
            f"the main record is {main}, expected one of {len(records)} records"
        )
    wanted = records[main]
    for record in records:
        same = (record.uri, record.date) == (wanted.uri, wanted.date)
        if record.index != main and record.type == "response" and same:
            raise VerificationError(
                f"record {record.index} is a second response of {show(record.uri)} at"
                f" {record.date}, expected record {main} alone"
            )


class _Text:
    """The bytes of one record as they are inflated: hashed, counted, never kept."""

    def __init__(self, more: Callable[[], bytes], where: str) -> None:
        self._more = more
        self._where = where
        self._hash = hashlib.sha256()
        self.rest = b""
        self.count = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def header(self) -> bytes:
        """Take the record's header with its empty line."""
        while (end := self.rest.find(END, 0, MAX_HEADER)) < 0:
            if len(self.rest) >= MAX_HEADER:
                raise MalformedError(
                    f"{self._where}: the record's header has no end in"
                    f" {len(self.rest)} bytes, expected one in {MAX_HEADER}"
                )
            self._refill("header")
        return self._take(end + len(END))

    def pieces(self, length: int, part: str) -> Iterator[bytes]:
        """Take the next ``length`` bytes, piece by piece."""
        while length:
            if not self.rest:
                self._refill(part)
            piece = self._take(min(length, len(self.rest)))
            length -= len(piece)
            yield piece

    def check_end(self) -> None:
        """Check that the gzip member ends where its record ends."""
        self.rest = self.rest or self._more()
        if self.rest:
            raise MalformedError(
                f"{self._where}: the gzip member goes on after its record, with"
                f" {self.rest[:16]!r}, expected one record a member"
            )

    def _refill(self, part: str) -> None:
        data = self._more()
        if not data:
            raise MalformedError(
                f"{self._where}: the bytes end inside the record's {part},"
                f" after {self.count + len(self.rest)} bytes of the record"
            )
        self.rest += data

    def _take(self, size: int) -> bytes:
        data, self.rest = self.rest[:size], self.rest[size:]
        self._hash.update(data)
        self.count += size
        return data


def _read_record(
    source: OffsetStream,
    index: int,
    *,
    packed: bool,
    sink: Callable[[bytes], None],
    limit: int = MAX_INFLATED,
) -> Record:
    """Read one record; hand the pieces of its block to ``sink``."""
    offset = source.offset
    where = f"record {index} at byte {offset}"
    if not packed:
        _check_begin(source, where)
    member = Member(source, where) if packed else None
    text = _Text(member.piece if member else source.chunk, where)
    headers = parse_header(text.header(), where)
    declared = value_of(headers, "WARC-Block-Digest")
    length = _block_length(headers, limit, where)
    digests = _read_block(text, length, sink, _needed_digests(declared, where))
    _check_record_end(text, where)
    if member:
        text.check_end()
    else:
        source.give_back(text.rest)
    _check_block_digest(declared, digests, where)
    return Record(
        index=index,
        offset=offset,
        length=source.offset - offset,
        sha256=text.sha256,
        member=member.sha256 if member else text.sha256,
        inflated=text.count,
        block=digests["sha256"].hex(),
        type=value_of(headers, "WARC-Type") or "",
        uri=target_uri(headers),
        date=value_of(headers, "WARC-Date") or "",
        headers=headers,
    )


def _check_begin(source: OffsetStream, where: str) -> None:
    """Check that a record begins here."""
    if source.peek(len(BEGIN)) != BEGIN:
        raise MalformedError(
            f"{where}: found {source.peek(16)!r}, expected a record ({BEGIN!r}) or the"
            " end of the file"
        )


def _drop(_: bytes) -> None:
    """Keep nothing of a block."""


def _needed_digests(declared: str | None, where: str) -> tuple[str, ...]:
    """Return the algorithms that a block is hashed by: SHA-256, and a declared one."""
    named = parse_digest(declared, where)[0] if declared is not None else "sha256"
    return ("sha256",) if named == "sha256" else ("sha256", named)


def _read_block(
    text: _Text, length: int, sink: Callable[[bytes], None], names: Sequence[str]
) -> dict[str, bytes]:
    """Read a block of ``length`` bytes; return its digests by algorithm."""
    hashes = {name: hashlib.new(name, usedforsecurity=False) for name in names}
    for piece in text.pieces(length, "block"):
        for each in hashes.values():
            each.update(piece)
        sink(piece)
    return {name: each.digest() for name, each in hashes.items()}


def _check_record_end(text: _Text, where: str) -> None:
    """Check that CRLFCRLF follows the block (WARC 1.1, 4)."""
    found = b"".join(text.pieces(len(END), "end"))
    if found != END:
        raise MalformedError(
            f"{where}: its block is followed by {found!r}, expected {END!r};"
            " Content-Length is not the block's length"
        )


def _check_block_digest(
    declared: str | None, digests: dict[str, bytes], where: str
) -> None:
    """Check the block against its WARC-Block-Digest, where it has one."""
    if declared is None:
        return
    algorithm, expected = parse_digest(declared, where)
    found = digests[algorithm]
    if found != expected:
        raise VerificationError(
            f"{where}: the {algorithm} of its block is {found.hex()},"
            f" expected {expected.hex()} as its WARC-Block-Digest says"
        )


def _block_length(headers: Fields, limit: int, where: str) -> int:
    """Return the Content-Length, at most ``limit``."""
    length = parse_decimal(
        value_of(headers, "Content-Length") or "", f"{where}: Content-Length"
    )
    if length > limit:
        raise MalformedError(
            f"{where}: its Content-Length is {length}, expected at most {limit}"
        )
    return length
