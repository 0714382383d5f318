"""Writing our own WARC files: WARC/1.1, one gzip member a record, ``warcinfo`` first.

A block is written as it came, byte for byte, with the SHA-256 of those bytes; nothing
in it is parsed.  The file has the same bytes whenever the same is written: no clock and
no randomness is used here, ids, dates and the nonce are given.  A block is a file
object, so that memory does not grow with it.  What is written here, ``records`` reads.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Final, Literal
from uuid import UUID

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver.chance import Token
from archiver.errors import MalformedError
from archiver.hashing import hash_stream
from archiver.strict import check_hex, format_moment, show
from archiver.warcheader import END, parse_header

VERSION: Final = "WARC/1.1"
FIELDS_TYPE: Final = "application/warc-fields"
NONCE_DIGITS: Final = 32  # 16 random bytes, so that the file's hash cannot be guessed
_CHUNK = 1 << 16
_STORED, _QUICKEST, _USUAL = 0, 1, 6  # levels of zlib; 9 takes seven times as long as 6
_WORTH: Final = 0.95  # of its length at the most, or a block is stored as it is
_LINE_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # and other controls
_FORMAT = (
    ("format", "WARC File Format 1.1"),
    (
        "conformsTo",
        "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    ),
)

Truncated = Literal["", "length", "time", "disconnect", "unspecified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHead:
    """What a record's header says beside its type, its length and its digest.

    ``payload`` is the hex SHA-256 of the payload, for a response whose body has no
    transfer-coding: other readers fail a correct digest of a chunked one.
    """

    record_id: UUID
    date: datetime
    uri: str = ""
    concurrent_to: tuple[UUID, ...] = ()
    refers_to: UUID | None = None
    ip: str = ""
    protocols: tuple[str, ...] = ()
    truncated: Truncated = ""
    payload: str = ""


class _Member:
    """A gzip member for each record, at the ``level`` that suits its block.

    warcio's own members are all at the highest level.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.begin(_USUAL)

    def begin(self, level: int) -> None:
        """Begin the next member."""
        self._compressor = zlib.compressobj(level, wbits=zlib.MAX_WBITS | 16)

    def write(self, data: bytes) -> None:
        """Write bytes of the record."""
        self._stream.write(self._compressor.compress(data))

    def flush(self) -> None:
        """End the member."""
        self._stream.write(self._compressor.flush())
        self._stream.flush()


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's writer, kept from computing SHA-1 digests of payloads."""

    NO_PAYLOAD_DIGEST_TYPES = (
        *("warcinfo", "response", "request", "resource", "metadata"),
    )


class WarcFile:
    """A WARC that is being written to an open binary stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._member = _Member(stream)
        self._writer = _Writer(self._member, gzip=False, warc_version=VERSION)
        self._info: UUID | None = None
        self.count = 0

    def write_warcinfo(
        self,
        head: RecordHead,
        *,
        software: str,
        nonce: str,
        more: Iterable[tuple[str, str]] = (),
    ) -> int:
        """Write the first record: what made this file, and the nonce.

        Each ``write_…`` returns the index of the record.

        Raises:
            MalformedError: a value has a control character or half a surrogate pair.
        """
        if self.count:
            raise ValueError("the warcinfo record stands first, and once")
        check_hex(nonce, "the nonce", digits=NONCE_DIGITS)
        fields = [("software", software), *_FORMAT, *more, ("nonce", nonce)]
        index = self._write(
            "warcinfo", head, BytesIO(format_fields(fields)), FIELDS_TYPE
        )
        self._info = head.record_id
        return index

    def write_response(self, head: RecordHead, block: BinaryIO) -> int:
        """Write an HTTP response: the bytes of the wire, all of ``block``."""
        return self._write(
            "response", head, block, "application/http; msgtype=response"
        )

    def write_request(self, head: RecordHead, block: BinaryIO) -> int:
        """Write an HTTP request: the bytes of the wire, all of ``block``."""
        return self._write("request", head, block, "application/http; msgtype=request")

    def write_resource(self, head: RecordHead, block: BinaryIO, media_type: str) -> int:
        """Write a document that no exchange was seen of."""
        return self._write("resource", head, block, media_type)

    def write_conversion(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> int:
        """Write what was made from the record that the head refers to."""
        return self._write("conversion", head, block, media_type)

    def write_metadata(
        self, head: RecordHead, block: BinaryIO, media_type: str = FIELDS_TYPE
    ) -> int:
        """Write what is known of another record, ``concurrent_to`` it."""
        return self._write("metadata", head, block, media_type)

    def _write(
        self, kind: str, head: RecordHead, block: BinaryIO, media_type: str
    ) -> int:
        if kind != "warcinfo" and self._info is None:
            raise ValueError(f"a {kind} record came before the warcinfo record")
        digest, length = _measure(block)
        fields = [
            ("WARC-Type", kind),
            *_head_fields(head, self._info),
            ("WARC-Block-Digest", f"sha256:{digest}"),
            ("Content-Type", media_type),
            ("Content-Length", str(length)),
        ]
        _check_fields(fields, f"record {self.count}")
        headers = StatusAndHeaders("", fields, protocol=VERSION)
        # No http_headers: warcio would write its own rendering of what came.
        record = ArcWarcRecord("warc", kind, headers, block, None, None, length)
        self._member.begin(_level(block, length))
        self._writer.write_record(record)
        self.count += 1
        return self.count - 1


def format_fields(fields: Sequence[tuple[str, str]]) -> bytes:
    """Write ``application/warc-fields``: one ``name: value`` a line, CRLF-ended.

    Raises:
        MalformedError: a value would not come back as it is: it has a control
            character, blanks round it, or half a surrogate pair.
    """
    for name, value in fields:
        if _LINE_BREAK.search(value) or value != value.strip():
            raise MalformedError(
                f"the field {name} is {show(value)}, expected one line of text"
            )
    return _join(fields)


def format_date(moment: datetime) -> str:
    """Write a WARC-Date: UTC with microseconds (WARC 1.1, 5.4)."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return format_moment(moment)


def new_record_id(token: Token) -> UUID:
    """Return a random record id; ``token`` gives random bytes."""
    return UUID(bytes=token(16), version=4)


def format_record_id(record_id: UUID) -> str:
    """Write a WARC-Record-ID."""
    return f"<{record_id.urn}>"


def _head_fields(head: RecordHead, info: UUID | None) -> list[tuple[str, str]]:
    """Return the fields of ``head`` that have a value, in the order we write."""
    fields = [
        ("WARC-Record-ID", format_record_id(head.record_id)),
        ("WARC-Date", format_date(head.date)),
        ("WARC-Target-URI", head.uri),
        *(("WARC-Concurrent-To", format_record_id(one)) for one in head.concurrent_to),
        ("WARC-Refers-To", format_record_id(head.refers_to) if head.refers_to else ""),
        ("WARC-Warcinfo-ID", format_record_id(info) if info else ""),
        ("WARC-IP-Address", head.ip),
        *(("WARC-Protocol", protocol) for protocol in head.protocols),
        ("WARC-Truncated", head.truncated),
        ("WARC-Payload-Digest", f"sha256:{head.payload}" if head.payload else ""),
    ]
    return [(name, value) for name, value in fields if value]


def _check_fields(fields: Sequence[tuple[str, str]], where: str) -> None:
    """Check that a strict reader finds the very fields that are written."""
    found = parse_header(f"{VERSION}\r\n".encode() + _join(fields) + END[2:], where)
    if found != tuple(fields):
        raise MalformedError(
            f"{where}: its header reads {show(found)}, expected {show(tuple(fields))}"
        )


def _join(fields: Sequence[tuple[str, str]]) -> bytes:
    text = "".join(f"{name}: {value}\r\n" for name, value in fields)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError(
            f"a field holds half a surrogate pair ({error.object[error.start]!r}),"
            " expected whole characters"
        ) from error


def _measure(block: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 and the length of ``block``, and go back to its start."""
    block.seek(0)
    measured = hash_stream(block)
    block.seek(0)
    return measured


def _level(block: BinaryIO, length: int) -> int:
    """Return the level of compression for a block: what does not shrink is stored.

    A picture or a video is compressed already, and trying it again takes forty times as
    long as writing it.  What stands in the middle of a block tells which it is.
    """
    if length <= _CHUNK:
        return _USUAL
    block.seek((length - _CHUNK) // 2)
    sample = block.read(_CHUNK)
    block.seek(0)
    shrinks = len(zlib.compress(sample, _QUICKEST)) <= len(sample) * _WORTH
    return _USUAL if shrinks else _STORED
