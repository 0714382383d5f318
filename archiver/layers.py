"""The text layer of a record: what quotes are anchored in (formats.md §2).

A layer is derived from the bytes of one record alone, by a named extractor, so anyone
who has the record and the extractor derives the same text again.
"""

from typing import BinaryIO

from archiver.codings import ContentDecoder
from archiver.messages import Message, media_type_and_charset
from archiver.records import Record, read_block
from archiver.responses import ResponseReader
from archiver.text import TextLayer, extract

MAX_BLOCK = 256 << 20  # bytes of one record that a text layer is derived from
MAX_BODY = 256 << 20  # bytes of its body, decoded
MAX_RATIO = 1000
_BARE = ("resource", "conversion")  # record types whose block is the document itself


def derive_text(stream: BinaryIO, record: Record) -> TextLayer | None:
    """Derive the text layer of ``record``; None where no extractor reads its type.

    A body that is cut has the layer of what came; one whose coding cannot be undone
    has none.

    Raises:
        MalformedError: the block is longer than a layer is made from.
        VerificationError: the file does not hold ``record`` at its place.
    """
    if record.type in _BARE:
        block = read_block(stream, record, MAX_BLOCK)
        field = (b"Content-Type", (record.field("Content-Type") or "").encode())
        return _extract(Message("", 0, b"", (field,), 0, 0), block)
    if record.type != "response":
        return None
    reader = ResponseReader()
    body = reader.feed(read_block(stream, record, MAX_BLOCK))
    if reader.message is None:
        return None
    codings = reader.framing.codings
    decoder = ContentDecoder(codings, max_bytes=MAX_BODY, max_ratio=MAX_RATIO)
    decoded = b"".join(decoder.feed(body))
    if decoder.fault or decoder.unknown:
        return None
    return _extract(reader.message, decoded)


def _extract(message: Message, data: bytes) -> TextLayer | None:
    media_type, charset = media_type_and_charset(message)
    return extract(data, media_type, charset)
