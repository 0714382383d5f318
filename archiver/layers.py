"""The text layer of a record: what quotes are anchored in (formats.md §2).

A layer is derived from the bytes of one record alone, by a named extractor, so anyone
who has the record and the extractor derives the same text again.  Which extractor that
is follows from the record too: ``telegram@1`` for a page of t.me that holds a post,
else the one of the media type.
"""

from dataclasses import dataclass
from typing import BinaryIO

from archiver.codings import ContentDecoder
from archiver.messages import Message, media_type_and_charset
from archiver.pdf import PATIENCE, SECONDS, extract_pdf
from archiver.records import Record, read_block
from archiver.responses import ResponseReader
from archiver.telegram import extract_telegram, is_telegram
from archiver.text import PDF, TELEGRAM, TextLayer, extract

MAX_BLOCK = 256 << 20  # bytes of one record that a text layer is derived from
MAX_BODY = 256 << 20  # bytes of its body, decoded
MAX_RATIO = 1000
_BARE = ("resource", "conversion")  # record types whose block is the document itself


@dataclass(frozen=True, slots=True)
class Document:
    """A record's document: its bytes, decoded, and what the record says of them."""

    data: bytes
    media_type: str
    charset: str | None
    uri: str


def derive_text(
    stream: BinaryIO, record: Record, extractor: str | None = None
) -> TextLayer | None:
    """Derive the text layer of ``record``; None where no extractor reads it.

    With ``extractor`` it is derived by that one, as a statement names it, whichever
    would be chosen today; None where it is not at hand or does not read the record.  A
    body that is cut has the layer of what came; one whose coding cannot be undone has
    none.

    Raises:
        MalformedError: the block is longer than a layer is made from.
        VerificationError: the file does not hold ``record`` at its place.
    """
    document = read_document(stream, record)
    if document is None:
        return None
    if extractor is None:
        return extract_document(document)
    return _extract_again(document, extractor)


def extract_document(document: Document) -> TextLayer | None:
    """Derive the text layer of a document; None where no extractor reads it."""
    if document.media_type == "application/pdf":
        return extract_pdf(document.data, seconds=SECONDS)
    return _extract_telegram(document) or _extract_by_type(document)


def _extract_again(document: Document, extractor: str) -> TextLayer | None:
    if extractor == TELEGRAM:
        return _extract_telegram(document)
    if extractor == PDF and document.media_type == "application/pdf":
        return extract_pdf(document.data, seconds=SECONDS * PATIENCE)
    layer = _extract_by_type(document)
    return layer if layer and layer.extractor == extractor else None


def _extract_telegram(document: Document) -> TextLayer | None:
    if document.media_type != "text/html" or not is_telegram(document.uri):
        return None
    return extract_telegram(document.data, document.charset)


def _extract_by_type(document: Document) -> TextLayer | None:
    return extract(document.data, document.media_type, document.charset)


def read_document(stream: BinaryIO, record: Record) -> Document | None:
    """Read a record's document; None where it holds none, or none that can be read.

    Raises:
        MalformedError: the block is longer than a layer is made from.
        VerificationError: the file does not hold ``record`` at its place.
    """
    if record.type in _BARE:
        block = read_block(stream, record, MAX_BLOCK)
        field = (b"Content-Type", (record.field("Content-Type") or "").encode())
        return _described(Message("", 0, b"", (field,), 0, 0), block, record.uri)
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
    return _described(reader.message, decoded, record.uri)


def _described(message: Message, data: bytes, uri: str) -> Document:
    return Document(data, *media_type_and_charset(message), uri)
