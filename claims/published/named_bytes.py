"""Whether the bytes of a snapshot name somebody whose name is withheld.

A text layer is not all that a file says: a page names people in its attributes, data
and scripts, and so do the responses that led to it, or that a browser loaded beside
it.  Every block that is no picture, sound or font is looked through as text, with its
codings undone.  What cannot be looked through to its end, for its length or for a
coding that is broken, counts as if it named somebody.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from archiver.documents.charsets import decode
from archiver.errors import MalformedError
from archiver.records import Record, pass_block, walk_records
from archiver.wire.messages import Message, media_type_and_charset, parse_head
from archiver.wire.unpacking import Unpacker
from claims.elision import Elider

MOST: Final = 32 << 20  # bytes of one block, as it is and unpacked
_RATIO: Final = 200
_NO_TEXT: Final = re.compile("(image/(?!svg)|audio/|video/|font/).*")
_MARKUP: Final = ("text/html", "application/xhtml+xml")
_HEADS: Final = ("request", "response")
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")


def names_somebody(stream: BinaryIO, elider: Elider) -> bool:
    """Say whether a name that is withheld stands in a file.

    A file whose records cannot be told apart is looked through as it is.

    Raises:
        VerificationError: a block is not what its digest says.
    """
    if not elider.names:
        return False
    try:
        records = list(walk_records(stream))
    except MalformedError:
        stream.seek(0)
        data = stream.read(MOST + 1)
        return len(data) > MOST or elider.is_named_in(decode(data, None))
    return any(_names(stream, record, elider) for record in records)


def _names(stream: BinaryIO, record: Record, elider: Elider) -> bool:
    kept = bytearray()
    pass_block(stream, record, lambda data: kept.extend(data[: MOST + 1 - len(kept)]))
    if elider.is_named_in(record.field("WARC-Target-URI") or ""):
        return True
    return any(
        text is None or elider.is_named_in(text) for text in _texts(record, bytes(kept))
    )


def _texts(record: Record, block: bytes) -> Iterator[str | None]:
    """Yield the texts in a block; None for one that cannot be read to its end."""
    said = record.field("Content-Type") or ""
    if record.type not in _HEADS:
        yield _text(block, *_type_of(said))
        return
    head = _HEAD_ENDS.split(block, maxsplit=1)[0]
    yield head.decode("utf-8", "replace")
    body = Unpacker(max_bytes=MOST, max_ratio=_RATIO)
    data = b"".join(body.feed(block)) if record.type == "response" else b""
    if body.message is None:
        yield _text(block, "", None)
    else:
        media_type, charset = media_type_and_charset(body.message)
        yield _text(data, media_type, charset, whole=not body.coding_fault)


def _text(
    data: bytes, media_type: str, charset: str | None, *, whole: bool = True
) -> str | None:
    if _NO_TEXT.fullmatch(media_type):
        return ""
    if len(data) > MOST or not whole:
        return None
    return decode(data, charset, html=media_type in _MARKUP)


def _type_of(said: str) -> tuple[str, str | None]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + said.encode("latin-1") + b"\r\n\r\n"
    message: Message = parse_head(head, 0, len(head))
    return media_type_and_charset(message)
