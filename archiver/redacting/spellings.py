"""The bytes of a secret, as they may be spelt in a document that holds it.

As they are, percent-encoded or freed of that, escaped as HTML or in a string of
JavaScript, one of these upon another, in hexadecimal, or inside of base64 at any of its
three alignments; in UTF-16 and in lines as well.  A secret that was encrypted, hashed,
packed inside of a file of its own or drawn as a picture is not found.
"""

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

SHORTEST: Final = 6  # bytes; what is shorter stands anywhere by chance
_LONGEST_ESCAPE = 24  # bytes for one: \u002f or &#x2f; twice escaped, or in UTF-16
_DEEPEST = 3  # escapes upon escapes
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_BACKSLASHED = re.compile(
    rb"\\(?:u00([0-9A-Fa-f]{2})|u\{0*([0-9A-Fa-f]{1,2})\}|x([0-9A-Fa-f]{2})|([/\\\"']))"
)
_NOT_SHOWN = b"\0\r\n"  # of UTF-16, and of text that is broken into lines


class Search:
    """What to look for in bytes that come in pieces; ``found`` names what was there.

    ``wanted`` has for each secret what it is called.
    """

    def __init__(self, wanted: Mapping[bytes, str]) -> None:
        self._needles = {
            needle: name for value, name in wanted.items() for needle in needles(value)
        }
        self._reach = _LONGEST_ESCAPE * max(map(len, self._needles), default=1)
        self._tail = b""
        self.found: set[str] = set()

    def feed(self, data: bytes) -> None:
        """Look through the next bytes."""
        window = self._tail + data
        for text in _unescaped(window):
            self.found |= {
                name
                for needle, name in self._needles.items()
                if name not in self.found and needle in text
            }
        self._tail = window[-self._reach :]


def needles(value: bytes) -> Iterator[bytes]:
    """Yield what to look for in unescaped bytes; nothing for a short value."""
    bare = unquote_to_bytes(value)  # cookies are percent-encoded where they are set
    for each in {value, bare}:
        if len(each) >= SHORTEST:
            yield from _needles(each)


def _needles(value: bytes) -> Iterator[bytes]:
    yield from (value, value.hex().encode(), value.hex().upper().encode())
    for before, partial in ((0, 0), (1, 2), (2, 3)):
        coded = b64encode(bytes(before) + value)
        inside = coded[partial : (before + len(value)) * 8 // 6]
        yield from {inside, inside.translate(_URL_SAFE)}


def either_spelling(values: Iterable[bytes]) -> re.Pattern[bytes] | None:
    """Return a pattern for any of the values, percent-encoded in whatever way.

    None where each of them is too short to be known again.
    """
    known = sorted((v for v in set(values) if len(v) >= SHORTEST), key=len)
    spelt = (b"".join(map(_byte_pattern, value)) for value in reversed(known))
    return re.compile(b"|".join(spelt)) if known else None


def _byte_pattern(byte: int) -> bytes:
    # The escape first: a percent sign is where one begins.
    return b"(?:%%(?i:%02x)|%b)" % (byte, re.escape(bytes([byte])))


def _unescaped(window: bytes) -> Iterator[bytes]:
    """Yield the bytes as they are, as each kind of escape has them, and as all have."""
    yield window
    yield from _each_unescaped(window)
    text = window.translate(None, _NOT_SHOWN)
    for _ in range(_DEEPEST):
        yield text
        before = text
        for act in (_without_percent, _without_entities, _without_backslashes):
            text = act(text)
        if text == before:
            return
    yield text


def _each_unescaped(window: bytes) -> Iterator[bytes]:
    if b"%" in window:
        yield _without_percent(window)
    if b"&" in window:
        yield _without_entities(window)
    if b"\\" in window:
        yield _without_backslashes(window)


def _without_percent(text: bytes) -> bytes:
    return unquote_to_bytes(text)


def _without_entities(text: bytes) -> bytes:
    return html.unescape(text.decode("latin-1")).encode("latin-1", "replace")


def _without_backslashes(text: bytes) -> bytes:
    return _BACKSLASHED.sub(_plain, text)


def _plain(found: re.Match[bytes]) -> bytes:
    digits = found[1] or found[2] or found[3]
    return bytes([int(digits, 16)]) if digits else found[4]
