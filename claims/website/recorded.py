"""The recorded page of a snapshot, made fit to be shown and to do nothing.

The page keeps its text and its own styles.  What would reach out is switched off:
scripts, images, fonts and forms by the headers that the page is served with; and the
elements for which a browser opens a connection whatever the headers say (measured in
Chromium: ``<iframe>``, ``<frame>``; elsewhere ``<link rel="preconnect">``) by another
name, as long as theirs.  Since a coding can spell a tag in other bytes, the page is
decoded first, as its text layer was, and served as UTF-8.  The exact bytes are in the
snapshot's file.
"""

import io
import re
from dataclasses import dataclass
from typing import BinaryIO, Final

from archiver.documents.charsets import decode
from archiver.errors import MalformedError
from archiver.records import read_block, walk_records
from archiver.wire.messages import media_type_and_charset, parse_head
from archiver.wire.unpacking import Unpacker

MAX_PAGE: Final = 32 << 20  # bytes, recorded and decoded
MAX_RATIO: Final = 200
POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

_MARKUP: Final = frozenset(("text/html", "application/xhtml+xml"))
_SHOWN: Final = frozenset(
    ("text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")
)
PDF: Final = "application/pdf"
_PDF_BEGINS: Final = b"%PDF-"
_VIEWS: Final = {"image/png": b"\x89PNG\r\n\x1a\n", PDF: _PDF_BEGINS}
_REACHING = re.compile(
    r"<([a-z])(?=(?<=l)ink|(?<=i)frame|(?<=f)rame|(?<=o)bject|(?<=e)mbed"
    r"|(?<=p)ortal|(?<=f)encedframe)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """A document as recorded: its bytes without codings, and what it was said to be."""

    data: bytes
    media_type: str
    charset: str | None


def read_page(stream: BinaryIO, index: int) -> RecordedPage:
    """Read the document in record ``index`` of a WARC.

    Raises:
        MalformedError: there is no such record, it holds no document, or the document
            is larger than ``MAX_PAGE`` or cannot be decoded.
        VerificationError: a record is not what its digest says.
    """
    record = next((one for one in walk_records(stream) if one.index == index), None)
    if record is None:
        raise MalformedError(f"the file has no record {index}")
    block = read_block(stream, record, MAX_PAGE)
    if record.type == "response":
        return _from_response(block)
    said = record.field("Content-Type") or ""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + said.encode("latin-1") + b"\r\n\r\n"
    return RecordedPage(block, *media_type_and_charset(parse_head(head, 0, len(head))))


def cut_record(stream: BinaryIO, offset: int, length: int) -> BinaryIO:
    """Return one record of a file, cut out: the only one of what is returned.

    Raises:
        MalformedError: it has more than ``MAX_PAGE`` bytes, or the file ends before it.
    """
    if length > MAX_PAGE:
        raise MalformedError(
            f"the record has {length} bytes, expected {MAX_PAGE} at most"
        )
    stream.seek(offset)
    data = stream.read(length)
    if len(data) != length:
        raise MalformedError(f"the file ends inside the record at byte {offset}")
    return io.BytesIO(data)


def read_view(stream: BinaryIO) -> tuple[bytes, str]:
    """Read a picture or a PDF of a page from the first record; its type with it.

    Raises:
        MalformedError: the record holds no view, or not what its type says.
        VerificationError: the record is not what its digest says.
    """
    page = read_page(stream, 0)
    magic = _VIEWS.get(page.media_type)
    if magic is None or not page.data.startswith(magic):
        raise MalformedError(
            f"the record does not hold what {page.media_type} begins with"
        )
    return page.data, page.media_type


def make_inert(page: RecordedPage) -> tuple[bytes, str] | None:
    """Return the body and Content-Type to serve; None for what is not shown."""
    if page.media_type in _MARKUP:
        text = decode(page.data, page.charset, html=True)
        return _REACHING.sub("<x", text).encode(), "text/html; charset=utf-8"
    if page.media_type == "text/plain":
        text = decode(page.data, page.charset)
        return text.encode(), "text/plain; charset=utf-8"
    if page.media_type in _SHOWN:
        return page.data, page.media_type
    if page.media_type == PDF and page.data.startswith(_PDF_BEGINS):
        return page.data, PDF
    return None


def _from_response(block: bytes) -> RecordedPage:
    body = Unpacker(max_bytes=MAX_PAGE, max_ratio=MAX_RATIO)
    data = b"".join(body.feed(block))
    if body.message is None:
        raise MalformedError(body.fault or "the record holds no whole response head")
    if body.coding_fault:
        raise MalformedError(body.coding_fault)
    return RecordedPage(data, *media_type_and_charset(body.message))
