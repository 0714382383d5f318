"""Which characters a document's bytes are, and how that is known.

Tried in this order, and the first that holds is taken: the byte order mark; the zero
bytes of UTF-16; what is declared beside the document, by the server; what the document
declares, in ``<meta>`` or in its XML declaration; the escape sequences of ISO-2022-JP;
UTF-8; and last a guess.  An encoding holds if the bytes decode, or mostly do: a page
with one broken character is still what it says, windows-1251 that says UTF-8 is not.

What is not certain of it is told in words, since nobody can see it in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from selectolax.lexbor import LexborHTMLParser

from archiver.documents.decoding import (
    BROKEN,
    decode_loosely,
    decode_strictly,
    name_of,
)
from archiver.documents.sniffing import sniff
from archiver.strict import show

Voucher = Literal["mark", "server", "document", "bytes", "guess", "fonts"]

MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16be"),
    (b"\xff\xfe", "utf-16le"),
)
META_BYTES: Final = 1 << 18  # a <meta> further on is not looked for
MOST_METAS: Final = 200
GOOD_PER_BAD: Final = 2  # characters beyond ASCII that one broken one is borne for

_USER_DEFINED: Final = "windows-1252"  # WHATWG: what a page means by x-user-defined
_SIXTEEN: Final = (  # two characters of ASCII at the beginning
    (re.compile(rb"[\t\n\r -~]\0[\t\n\r -~]\0"), "utf-16le"),
    (re.compile(rb"\0[\t\n\r -~]\0[\t\n\r -~]"), "utf-16be"),
)
_ESCAPES: Final = re.compile(rb"\x1b(?:\$[@B]|\(I)")
_META: Final = re.compile(  # passing over what holds text in place of elements
    rb"<!--(?:.*?-->|.*)"
    rb"|<(script|style|title|textarea|template|noframes|iframe)\b(?:.*?</\1\b|.*)"
    rb"|(<meta\b[^>]{0,2000}>)",
    re.IGNORECASE | re.DOTALL,
)
_XML: Final = re.compile(
    rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._:-]{0,40})[\"']"
)
_WHO: Final = {"server": "its Content-Type", "document": "the document"}
_UNREAD: Final = ("", "replacement")


@dataclass(frozen=True, slots=True)
class Charset:
    """The encoding that a document was read in, by its name in the Encoding Standard.

    ``source``: the byte order mark, what is declared beside the document or in it, the
    bytes themselves (UTF-8, UTF-16 or ISO-2022-JP, which nothing else looks like; for
    ASCII all are the same), or a guess; of a PDF its fonts.  ``doubts`` are sentences
    without a full stop.
    """

    name: str
    source: Voucher
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Declared:
    """A label that is declared, by whom, and what it means there."""

    source: Voucher
    label: str
    name: str


def decode(data: bytes, declared: str | None, *, html: bool = False) -> str:
    """Decode a document; a byte order mark is left out, broken bytes become U+FFFD."""
    return read_characters(data, declared, html=html)[0]


def read_characters(
    data: bytes, declared: str | None, *, html: bool = False
) -> tuple[str, Charset]:
    """Read a document's characters; what is declared in it counts in HTML alone."""
    said = []
    if declared:
        said.append(_Declared("server", declared, name_of(declared)))
    if html:
        said += [_Declared("document", *each) for each in _labels_within(data)]
    text, name, source = _choose(data, said)
    doubts = (*_of_declarations(said, name), *_of_bytes(data, text, name, source))
    return text, Charset(name, source, doubts)


def _choose(data: bytes, said: list[_Declared]) -> tuple[str, str, Voucher]:
    for mark, name in MARKS:
        if data.startswith(mark):
            return decode_loosely(data[len(mark) :], name), name, "mark"
    candidates: list[tuple[Voucher, str]] = [
        *(("bytes", name) for pattern, name in _SIXTEEN if pattern.match(data)),
        *((each.source, each.name) for each in said if each.name not in _UNREAD),
        *((("bytes", "iso-2022-jp"),) if _ESCAPES.search(data) else ()),
        ("bytes", "utf-8"),
    ]
    for source, name in candidates:
        text = _decode_mostly(data, name)
        if text is not None:
            return text, name, _who_says(name, said) or source
    name = sniff(data)
    return decode_loosely(data, name), name, "guess"


def _who_says(name: str, said: list[_Declared]) -> Voucher | None:
    return next((each.source for each in said if each.name == name), None)


def _decode_mostly(data: bytes, name: str) -> str | None:
    """Decode ``data``; None if more of it is broken than the good can bear.

    The last character may be one that was cut: that tells nothing of the encoding.
    """
    text = decode_strictly(data, name)
    if text is not None:
        return text
    text = decode_loosely(data, name)
    bad = text.count(BROKEN)
    good = len(text) - bad - len(text.encode("ascii", "ignore"))
    bad -= good > 0 and text.endswith(BROKEN)
    return text if bad * GOOD_PER_BAD <= good else None


def _labels_within(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what an HTML document declares: each label, and the encoding it means.

    A document in UTF-16 could not be read so far, so one that says so is in UTF-8, and
    x-user-defined is windows-1252 (HTML, 13.2.3.2).
    """
    for label in (*_meta_labels(data), *_xml_labels(data)):
        name = name_of(label)
        if name.startswith("utf-16"):
            name = "utf-8"
        yield label, _USER_DEFINED if name == "x-user-defined" else name


def _meta_labels(data: bytes) -> Iterator[str]:
    """Yield the charset of each ``<meta>`` at the beginning of an HTML document.

    No tree is made of it: that of a page nested without end costs the square of time.
    """
    found = (each[2] for each in _META.finditer(data[:META_BYTES]) if each[2])
    metas = b"".join(islice(found, MOST_METAS)).decode("latin-1")
    for meta in LexborHTMLParser(metas).css("meta"):
        label = meta.attributes.get("charset") or ""
        if (meta.attributes.get("http-equiv") or "").lower() == "content-type":
            content = (meta.attributes.get("content") or "").lower()
            label = label or content.partition("charset=")[2].strip(" \"';")
        if label:
            yield label


def _xml_labels(data: bytes) -> Iterator[str]:
    """Yield the encoding of the XML declaration that a document begins with, if any."""
    found = _XML.match(data)
    if found:
        yield found[1].decode("ascii")


def _of_declarations(said: list[_Declared], read_as: str) -> Iterator[str]:
    """Tell of each declaration that the characters were not read by."""
    for each in dict.fromkeys(said):
        says = f"{_WHO[each.source]} says {show(each.label)}"
        if not each.name:
            yield f"{says}, which no browser knows"
        elif each.name == "replacement":
            yield f"{says}, which browsers do not read"
        elif each.name != read_as:
            yield f"{says}, and it was not read as that"


def _of_bytes(data: bytes, text: str, read_as: str, source: Voucher) -> Iterator[str]:
    """Tell what the bytes have against the encoding that they were read in."""
    if source == "guess":
        yield "no declaration that holds says which it is: it is a guess"
    elif source in _WHO and read_as != "utf-8" and _is_utf_8(data):
        yield "the bytes are UTF-8 as well, which they hardly are by chance"
    if read_as == "iso-8859-8" and not data.isascii():
        yield "words in it may stand as they look, from their end to their beginning"
    broken = text.count(BROKEN)
    if broken:
        places = "one place" if broken == 1 else f"{broken:,} places"
        was_so = decode_strictly(data, read_as) is not None
        why = "stood there as U+FFFD before" if was_so else "cannot be read: U+FFFD"
        yield f"{places} {why}"


def _is_utf_8(data: bytes) -> bool:
    return not data.isascii() and decode_strictly(data, "utf-8") is not None
