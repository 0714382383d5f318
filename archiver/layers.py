"""The text layer of a record: what quotes are anchored in.

A layer is derived from the bytes of one record alone, by a named extractor, so anyone
who has the record and the extractor derives the same text again.  Which extractor that
is follows from the record too: ``telegram@1`` for a page of t.me that holds a post,
else the one of the media type.
"""

from dataclasses import dataclass
from typing import BinaryIO

from archiver.documents.charsets import Charset, read_characters
from archiver.documents.pdf import PATIENCE, SECONDS, extract_pdf, find_letters
from archiver.documents.telegram import extract_telegram, is_telegram
from archiver.records import Record, pass_block
from archiver.text import PDF, TELEGRAM, TextLayer, extract
from archiver.wire.messages import Message, media_type_and_charset
from archiver.wire.unpacking import MAX_DECODED, Unpacker

MAX_BLOCK = 256 << 20  # bytes of one record that a text layer is derived from
GLANCE = 1 << 20  # bytes of a document that no extractor reads
_WRITTEN = ("text/html", "text/plain")  # bytes that are characters
_READ = (*_WRITTEN, "application/pdf")  # what has an extractor
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
    body that is cut has the layer of what came; one whose coding cannot be undone, or
    that is longer than a layer is made from, has none.

    Raises:
        MalformedError: the file does not hold a record at that place.
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


def find_charset(document: Document) -> Charset | None:
    """Find in which encoding a layer reads a document; None for one of no characters.

    In a PDF each font has an encoding of its own.
    """
    kind = document.media_type
    if kind == "application/pdf":
        return find_letters(document.data)
    if kind not in _WRITTEN:
        return None
    is_html = kind == "text/html"
    return read_characters(document.data, document.charset, html=is_html)[1]


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

    Of what no extractor reads, such as a video, the first ``GLANCE`` bytes are enough;
    so they are of what is longer than a layer is made from, which is then no document.

    Raises:
        MalformedError: the file does not hold a record at that place.
        VerificationError: the file does not hold ``record`` at its place.
    """
    taken: _Bare | _Body
    if record.type in _BARE:
        taken = _Bare(record, _described(record))
    elif record.type == "response":
        taken = _Body(record)
    else:
        return None
    pass_block(stream, record, taken.take)
    return taken.document()


class _Bare:
    """A document as its pieces come, as far as it is held."""

    def __init__(self, record: Record, message: Message) -> None:
        self._uri = record.uri
        self._kind = media_type_and_charset(message)
        self._is_read = self._kind[0] in _READ
        self._too_long = self._is_read and record.block_length > MAX_BLOCK
        self._most = MAX_DECODED if self._is_read and not self._too_long else GLANCE
        self._data = bytearray()

    @property
    def is_enough(self) -> bool:
        """Tell whether nothing more is held."""
        return len(self._data) >= self._most

    def take(self, data: bytes) -> None:
        """Take the next piece."""
        self._data += data[: self._most - len(self._data)]

    def document(self) -> Document | None:
        """Return what was taken."""
        if self._too_long:
            return None
        return Document(bytes(self._data), *self._kind, self._uri)


class _Body:
    """The document in a response, as the pieces of its block come."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._body = Unpacker()
        self._held: _Bare | None = None

    def take(self, data: bytes) -> None:
        """Take the next piece of the block."""
        if self._held and self._held.is_enough:
            return
        for piece in self._body.feed(data):
            if self._held is None and self._body.message:
                self._held = _Bare(self._record, self._body.message)
            if self._held:
                self._held.take(piece)

    def document(self) -> Document | None:
        """Return what was taken; None where its coding cannot be undone."""
        if self._body.message is None or self._body.coding_fault:
            return None
        held = self._held or _Bare(self._record, self._body.message)
        return held.document()


def _described(record: Record) -> Message:
    """Return the head that a response with this document would have."""
    field = (b"Content-Type", (record.field("Content-Type") or "").encode())
    return Message("", 0, b"", (field,), 0, 0)
