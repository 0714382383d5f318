"""The body of a response, without transfer- and content-coding.

Of an exchange that is over, piece by piece; and of a response that lies in a WARC, as
its SHA-256, so that two bodies can be compared whatever each was packed in.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from archiver.codings import ContentDecoder
from archiver.exchanges import MAX_DECODED, MAX_RATIO
from archiver.recorder import BLOCK, Exchange
from archiver.records import Record, read_block
from archiver.responses import ResponseReader

MAX_BLOCK = 256 << 20  # bytes of one record


def decoded_body(exchange: Exchange) -> Iterator[bytes]:
    """Yield the body of a finished exchange, as far as it came and can be decoded."""
    reader = exchange.reader.again()
    codings = exchange.reader.framing.codings
    decoder = ContentDecoder(codings, max_bytes=MAX_DECODED, max_ratio=MAX_RATIO)
    exchange.response.seek(0)
    while block := exchange.response.read(BLOCK):
        yield from decoder.feed(reader.feed(block))


def body_sha256(stream: BinaryIO, records: list[Record], main: int) -> str | None:
    """Return the SHA-256 of the decoded body of the response that ``main`` shows.

    A conversion, such as the page as a browser had it, stands for the response that it
    refers to.  None where no response stands behind it, or not all of its body.

    Raises:
        MalformedError: the record is longer than is read.
        VerificationError: the file does not hold the record.
    """
    record = _response(records, main)
    if record is None:
        return None
    reader = ResponseReader()
    body = reader.feed(read_block(stream, record, MAX_BLOCK))
    codings = reader.framing.codings
    decoder = ContentDecoder(codings, max_bytes=MAX_DECODED, max_ratio=MAX_RATIO)
    digest = sha256()
    for piece in decoder.feed(body):
        digest.update(piece)
    decoded = decoder.finished and not decoder.fault and not decoder.unknown
    whole = decoded and not reader.fault and record.field("WARC-Truncated") is None
    return digest.hexdigest() if whole else None


def _response(records: list[Record], main: int) -> Record | None:
    record = records[main]
    if record.type == "response":
        return record
    meant = record.field("WARC-Refers-To")
    behind = [
        each
        for each in records
        if each.type == "response" and each.field("WARC-Record-ID") == meant
    ]
    return behind[0] if behind else None
