"""In which encoding a document was read, in words for a person."""

import json
from dataclasses import asdict
from typing import Any, Final

from archiver.documents.charsets import Charset

SOURCES: Final = {
    "mark": "by its byte order mark",
    "server": "as its Content-Type says",
    "document": "as the document itself says",
    "bytes": "by its bytes: no declaration that holds says it",
    "guess": "guessed",
    "fonts": "each letter as its font says",
}


def charset_told(charset: Charset) -> dict[str, Any]:
    """Return the encoding, who says that it is that, and the doubts as sentences."""
    return {
        "name": charset.name,
        "how": SOURCES[charset.source],
        "doubts": [f"{doubt[:1].upper()}{doubt[1:]}." for doubt in charset.doubts],
    }


def charset_value(charset: Charset) -> dict[str, Any]:
    """Return what JSON can hold of it."""
    return asdict(charset) | {"doubts": list(charset.doubts)}


def charset_stored(value: str | None) -> dict[str, Any] | None:
    """Return what is told of a value that was written as JSON; None where none was."""
    if value is None:
        return None
    found = json.loads(value)
    doubts = tuple(found["doubts"])
    return charset_told(Charset(found["name"], found["source"], doubts))
