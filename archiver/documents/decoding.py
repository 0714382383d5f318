"""Bytes to characters, by the tables of the Encoding Standard of the WHATWG.

Python's codecs hold other tables: older ones, or other vendors'.  Corrected here is
what a browser shows and they do not: the controls of windows-125x where a code page has
nothing, the Belarusian letter of KOI8-U, GBK as a part of GB18030, the circled numbers
and wide signs of EUC-JP and ISO-2022-JP, the signs of Big5.  ``tests/browser`` compares
them with the ``TextDecoder`` of Chromium.  Left as it is: how many U+FFFD stand for one
broken sequence, and the ideographs and two strokes of Big5 that double others.
"""

import codecs
import io
import re
from collections.abc import Callable
from functools import cache
from typing import Final

from webencodings import lookup  # type: ignore[import-untyped]  # it has no types

BROKEN: Final = "\N{REPLACEMENT CHARACTER}"
MOST_BROKEN: Final = 200_000  # sequences; more are of no page

_NOTHING: Final = "\ufffe"  # where a table has no character (codecs.charmap_decode)
_CONTROLS: Final = range(0x80, 0xA0)
_LETTERS: Final = {  # of single bytes: what Python's table has otherwise
    "koi8-u": {0xAE: "ў", 0xBE: "Ў"},
    "windows-1255": {0xCA: "\N{HEBREW POINT HOLAM HASER FOR VAV}"},
}
_CODECS: Final = {
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp",  # where it is nothing but escapes
    "shift_jis": "cp932",
    "utf-16be": "utf-16-be",
    "utf-16le": "utf-16-le",
    "utf-8": "utf-8",
}
_LACKING: Final = {  # codecs, and bytes that begin what they lack
    "big5hkscs": (),
    "euc_jp": (b"\xad", b"\xf9", b"\xfa", b"\xfb", b"\xfc"),
    "gb18030": (),
}
_JAPANESE: Final = str.maketrans(  # dashes and currencies, which are wide there
    "\u301c\u2016\u2212\u00a2\u00a3\u00ac",
    "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2",
)
_CHINESE: Final = str.maketrans(  # what was private before the edition of 2005
    "\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796"
    "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue7c7\u1e3f",
    "\u3000\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
    "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u1e3f\ue7c7",
)
_SIGNS: Final = {  # which characters Python's codec gives, and the standard
    "big5": str.maketrans(
        "\u2022\uff64\u203e\u223c\u2641\u2609\u00a5\u00a2\u00a3",
        "\u2027\ufe51\u00af\uff5e\u2295\u2299\uffe5\uffe0\uffe1",
    ),
    "euc-jp": _JAPANESE,
    "gb18030": _CHINESE,
    "gbk": _CHINESE,
    "shift_jis": str.maketrans("\uf8f0\uf8f1\uf8f2\uf8f3", BROKEN * 4),
}
_EUC_MORE: Final = re.compile(rb"[\xad\xf9-\xfc][\xa1-\xfe]")  # rows of NEC and of IBM
_ESCAPE: Final = re.compile(rb"\x1b(\([BJI]|\$[@B])")
_LOWER_ROWS, _UPPER_CELLS = 0x1F, 0x3F  # of Shift_JIS, behind what begins no pair
_ROMAN: Final = str.maketrans("\\~", "¥‾")
_HIGH: Final = bytes(byte | 0x80 * (0x20 < byte < 0x7F) for byte in range(256))  # noqa: PLR2004 - the graphic ones
_KATAKANA: Final = {byte: byte - 0x21 + 0xFF61 for byte in range(0x21, 0x60)}


def name_of(label: str) -> str:
    """Return the one name of an encoding in the standard; none for an unknown label."""
    encoding = lookup(label) if label.isascii() else None
    return str(encoding.name) if encoding else ""


def decode_strictly(data: bytes, name: str) -> str | None:
    """Decode ``data``; None where a sequence of it is not of the encoding."""
    try:
        return _decode(data, name, "strict")
    except UnicodeDecodeError:
        return None


def decode_loosely(data: bytes, name: str) -> str:
    """Decode ``data``; what is not of the encoding becomes U+FFFD."""
    return _decode(data, name, "replace")


def _decode(data: bytes, name: str, errors: str) -> str:
    if name == "iso-2022-jp" and data.count(b"\x1b") <= MOST_BROKEN:
        return _decode_escapes(data, errors)
    if name in _CODECS:
        text = _decode_pairs(data, _CODECS[name], errors)
        return text.translate(_SIGNS[name]) if name in _SIGNS else text
    if name == "x-user-defined":
        return str(lookup(name).codec_info.decode(data, errors)[0])
    return codecs.charmap_decode(data, errors, _table(name))[0]


def _decode_pairs(data: bytes, codec: str, errors: str) -> str:
    """Decode by a codec of Python, and ask it for what it lacks.

    Asking costs time, so nothing is asked of data that is broken everywhere.
    """
    if codec in _LACKING:
        asked = sum(map(data.count, _LACKING[codec]))
        broken = data.decode(codec, "replace").count(BROKEN)
        if asked + broken <= MOST_BROKEN:
            return data.decode(codec, f"encoding-standard-{errors}")
    return data.decode(codec, errors)


@cache
def _table(name: str) -> str:
    """Return the characters of the 256 bytes of an encoding of single bytes."""
    decode = lookup(name).codec_info.decode
    letters = [decode(bytes([byte]), "replace")[0] for byte in range(256)]
    for byte, letter in enumerate(letters):
        if letter == BROKEN:
            is_control = byte in _CONTROLS
            letters[byte] = chr(byte) if is_control else _NOTHING
    for byte, letter in _LETTERS.get(name, {}).items():
        letters[byte] = letter
    return "".join(letters)


def _decode_escapes(data: bytes, errors: str) -> str:
    """Decode ISO-2022-JP: sets of characters, which escape sequences choose."""
    text = io.StringIO()
    escape, start = b"(B", 0
    for found in _ESCAPE.finditer(data):
        if start < found.start():
            text.write(_decode_set(escape, data[start : found.start()], errors))
        escape, start = found[1], found.end()
    text.write(_decode_set(escape, data[start:], errors))
    return text.getvalue()


def _decode_set(escape: bytes, part: bytes, errors: str) -> str:
    """Decode what stands behind one escape sequence."""
    if escape in (b"$@", b"$B"):
        return _decode(part.translate(_HIGH), "euc-jp", errors)
    if escape == b"(I":
        return part.decode("latin-1").translate(_KATAKANA)
    plain = part.decode("ascii", errors)
    return plain.translate(_ROMAN) if escape == b"(J" else plain


def _missing(error: UnicodeDecodeError) -> tuple[str, int] | None:
    """Return the character that a codec of Python lacks, and where to go on."""
    at = error.start
    pair = error.object[at : at + 2]
    if error.encoding == "gb18030" and pair[:1] == b"\x80":
        return "€", at + 1
    if error.encoding == "big5hkscs" and pair == b"\xa3\xe1":
        return "€", at + 2
    if error.encoding == "euc_jp" and _EUC_MORE.fullmatch(pair):
        letter = _shifted(*pair).decode("cp932", "ignore")
        return None if letter.isascii() else (letter, at + 2)
    return None


def _shifted(lead: int, trail: int) -> bytes:
    """Return in Shift_JIS what EUC-JP has at these two bytes.

    Two rows of 94 cells, one after another, are one row of 188 there; 0x7F and what is
    from 0xA0 to 0xDF, the half-width letters, begin no pair.
    """
    row, cell = divmod((lead - 0xA1) * 94 + trail - 0xA1, 188)
    first, second = 0x81 + row, 0x40 + cell
    return bytes([first + 0x40 * (row >= _LOWER_ROWS), second + (cell >= _UPPER_CELLS)])


def _handler(name: str) -> Callable[[UnicodeError], tuple[str | bytes, int]]:
    """Return what Python calls at a sequence that its codec does not know."""
    otherwise = codecs.lookup_error(name)

    def handle(error: UnicodeError) -> tuple[str | bytes, int]:
        found = _missing(error) if isinstance(error, UnicodeDecodeError) else None
        return found or otherwise(error)

    return handle


codecs.register_error("encoding-standard-strict", _handler("strict"))
codecs.register_error("encoding-standard-replace", _handler("replace"))
