"""The body of a response, without transfer- and content-coding.

Of an exchange that is over, piece by piece; and of a response that lies in a WARC, as
its SHA-256, so that two bodies can be compared whatever each was packed in.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from archiver.records import Record, pass_block
from archiver.wire.recorder import BLOCK, Exchange
from archiver.wire.unpacking import Unpacker


def decoded_body(exchange: Exchange) -> Iterator[bytes]:
    """Yield the body of a finished exchange, as far as it came and can be decoded."""
    body = Unpacker(exchange.reader.again())
    exchange.response.seek(0)
    while block := exchange.response.read(BLOCK):
        yield from body.feed(block)


def body_sha256(stream: BinaryIO, records: list[Record], main: int) -> str | None:
    """Return the SHA-256 of the decoded body of the response that ``main`` shows.

    A conversion, such as the page as a browser had it, stands for the response that it
    refers to.  None where no response stands behind it, or not all of its body.

    Raises:
        MalformedError: the file does not hold a record at that place.
        VerificationError: the file does not hold the record.
    """
    record = _response(records, main)
    if record is None:
        return None
    body, digest = Unpacker(), sha256()

    def take(data: bytes) -> None:
        for piece in body.feed(data):
            digest.update(piece)

    pass_block(stream, record, take)
    whole = body.whole and record.field("WARC-Truncated") is None
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
