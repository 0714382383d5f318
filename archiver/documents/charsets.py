"""Which characters a document's bytes are, in the encodings of the WHATWG standard.

Tried in this order, and the first that holds is taken: the byte order mark, what the
server declared, what the document declares in ``<meta>``, UTF-8, and last the sniffed
one.  An encoding holds if the bytes decode, or mostly do: a page with one broken
character is still what it says, windows-1251 that says UTF-8 is not.
"""

import re
from codecs import CodecInfo
from collections.abc import Iterator
from typing import Final

from charset_normalizer import from_bytes
from selectolax.lexbor import LexborHTMLParser
from webencodings import lookup  # type: ignore[import-untyped]  # it has no types

MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xfe\xff", "utf-16be"),
    (b"\xff\xfe", "utf-16le"),
)
LAST_RESORT: Final = "windows-1252"  # WHATWG: the default where nothing is known
META_BYTES: Final = 4096  # a <meta> further on is not looked for
SNIFFED_BYTES: Final = 1 << 18
GOOD_PER_BAD: Final = 2  # characters beyond ASCII that one broken one is borne for

# What the sniffer may answer, the more frequent first among the Latin ones.  More
# choices make it wrong more often.
_LATIN: Final = ("cp1252", "cp1250", "cp1254", "cp1257")
_SNIFFED: Final = {
    **{code: code.replace("cp", "windows-") for code in _LATIN},
    "cp1251": "windows-1251",
    "cp1253": "windows-1253",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp874": "windows-874",
    "koi8_r": "koi8-r",
    "koi8_u": "koi8-u",
    "iso8859_5": "iso-8859-5",
    "mac_cyrillic": "x-mac-cyrillic",
    "cp932": "shift_jis",
    "euc_jp": "euc-jp",
    "iso2022_jp": "iso-2022-jp",
    "gb18030": "gb18030",
    "big5hkscs": "big5",
    "cp949": "euc-kr",
}

_MARKUP = re.compile(rb"<[^<>]*>")  # English to a sniffer, whatever the text is


def decode(data: bytes, declared: str | None, *, html: bool = False) -> str:
    """Decode a document; a byte order mark is left out, broken bytes become U+FFFD."""
    for mark, label in MARKS:
        if data.startswith(mark):
            return _replace(data[len(mark) :], label)
    labels = [declared or "", *(_meta_labels(data) if html else ()), "utf-8"]
    for label in filter(_known, labels):
        text = _decode(data, label)
        if text is not None:
            return text
    return _replace(data, sniff(_MARKUP.sub(b" ", data) if html else data))


def sniff(data: bytes) -> str:
    """Guess the encoding of ``data`` from its beginning: a WHATWG label.

    The sniffer knows scripts well, and Latin encodings badly: among those the language
    it hears decides, and where it hears no difference, how frequent they are.
    """
    matches = from_bytes(data[:SNIFFED_BYTES], cp_isolation=list(_SNIFFED))
    best = matches.best()
    if best is None:
        return LAST_RESORT
    if best.encoding not in _LATIN:
        return _SNIFFED.get(best.encoding, LAST_RESORT)
    heard = {match.encoding: match.coherence for match in matches}
    return _SNIFFED[max(_LATIN, key=lambda code: heard.get(code, -1.0))]


def _meta_labels(data: bytes) -> Iterator[str]:
    """Yield the charset of each ``<meta>`` at the beginning of an HTML document.

    A document in UTF-16 could not be read so far, so one that says so is in UTF-8, and
    x-user-defined is windows-1252 (HTML, 13.2.3.2).
    """
    for meta in LexborHTMLParser(data[:META_BYTES].decode("latin-1")).css("meta"):
        label = meta.attributes.get("charset") or ""
        if (meta.attributes.get("http-equiv") or "").lower() == "content-type":
            content = (meta.attributes.get("content") or "").lower()
            label = label or content.partition("charset=")[2].strip(" \"';")
        name = _name(label)
        if name.startswith("utf-16"):
            yield "utf-8"
        else:
            yield LAST_RESORT if name == "x-user-defined" else label


def _name(label: str) -> str:
    """Return the encoding's one name in the standard; none for an unknown label."""
    encoding = lookup(label) if label.isascii() else None
    return str(encoding.name) if encoding else ""


def _known(label: str) -> bool:
    """Say whether a label is of an encoding that decodes to characters."""
    return _name(label) not in ("", "replacement")


def _codec(label: str) -> CodecInfo:
    codec: CodecInfo = lookup(label).codec_info
    return codec


def _replace(data: bytes, label: str) -> str:
    return str(_codec(label).decode(data, "replace")[0])


def _decode(data: bytes, label: str) -> str | None:
    """Decode ``data``; none if more of it is broken than the good can bear."""
    try:
        return str(_codec(label).decode(data, "strict")[0])
    except UnicodeDecodeError:
        text = _replace(data, label)
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    good = len(text) - bad - len(text.encode("ascii", "ignore"))
    return text if bad * GOOD_PER_BAD <= good else None
