r"""Strict readings of JSON, base64, decimals and hex: one spelling for one value.

What is signed must mean the same to every reader.  So each function here refuses what
another program could read in another way: a key given twice, a float, an integer that
a JavaScript number cannot hold, half a surrogate pair, a byte order mark, base64 with
bits left over, ``007``.  The limits on size and depth come before any other work.

>>> parse_json(b'{"size": 3}', "the example")
{'size': 3}
>>> decode_base64("AAE=", "the example")
b'\x00\x01'
"""

import json
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any, Final

from archiver.errors import MalformedError

MAX_JSON: Final = 16 * 1024 * 1024  # bytes
MAX_DEPTH: Final = 64  # arrays and objects inside one another
MAX_INTEGER: Final = 2**53 - 1  # RFC 8259, section 6: what every reader holds exactly
MAX_DECIMAL: Final = 2**63 - 1

_SHOWN = 80  # characters of a value that a message repeats
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_HEX = re.compile(r"[0-9a-f]*")
# A string is taken whole, closed or not, so that the search never goes back over it.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


class _RefusedError(ValueError):
    """A value that RFC 8259 allows and that is refused here."""


def show(value: object) -> str:
    """Return ``value`` as a message repeats it: escaped, and cut to 80 characters."""
    if isinstance(value, str | bytes) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]!r}…"
    text = repr(value)
    return text if len(text) <= 6 * _SHOWN else f"{text[:_SHOWN]}…"


def parse_json(data: bytes, what: str, *, max_bytes: int = MAX_JSON) -> Any:
    """Parse one JSON text (RFC 8259) that every reader understands alike.

    Stricter than the RFC: UTF-8 without a byte order mark; no key twice in an object;
    integers only, from -(2^53-1) to 2^53-1; no half of a surrogate pair; at most
    ``max_bytes`` bytes and 64 levels.  ``what`` names the bytes in messages.

    Raises:
        MalformedError: the bytes are too many, no UTF-8, too deep, no JSON, or JSON
            with one of the values above.
    """
    text = _decode_utf8(data, what, max_bytes)
    _check_depth(text, what)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(
            f"{what}: {error.msg} at line {error.lineno} column {error.colno},"
            " expected JSON"
        ) from error
    except _RefusedError as error:
        raise MalformedError(f"{what}: {error}") from error
    _check_surrogates(text, value, what)
    return value


def decode_base64(text: object, what: str) -> bytes:
    """Decode standard base64 (RFC 4648, section 4) in its one canonical spelling.

    Raises:
        MalformedError: no string, another alphabet, white space, missing padding, or
            bits left over that are not zero (section 3.5).
    """
    if isinstance(text, str) and text.isascii():
        try:
            data = b64decode(text, validate=True)
        except ValueError:  # binascii.Error is one
            data = None
        if data is not None and b64encode(data).decode() == text:
            return data
    raise MalformedError(f"{what} is {show(text)}, expected canonical base64")


def decode_base64_any(text: object, what: str) -> bytes:
    """Decode base64 in the standard or the URL-safe alphabet, padded or not.

    For what others wrote: DSSE demands that both alphabets be read, and the JSON form
    of protocol buffers leaves the padding out.  One text keeps to one alphabet.

    Raises:
        MalformedError: no string, a mixture of the alphabets, or bits left over.
    """
    if not isinstance(text, str):
        raise MalformedError(f"{what} is {show(text)}, expected base64")
    padded = text if "=" in text else text + "=" * (-len(text) % 4)
    if "+" not in text and "/" not in text:
        padded = padded.replace("-", "+").replace("_", "/")
    return decode_base64(padded, what)


def parse_decimal(text: object, what: str) -> int:
    """Parse an ASCII decimal from 0 to 2^63-1 without leading zeros.

    Raises:
        MalformedError: it is anything else; ``str.isdigit`` would take ``٣`` or ``²``.
    """
    if isinstance(text, str) and _DECIMAL.fullmatch(text):
        number = int(text)
        if number <= MAX_DECIMAL:
            return number
    raise MalformedError(
        f"{what} is {show(text)}, expected a decimal from 0 to 2^63-1,"
        " without leading zeros"
    )


def check_hex(text: object, what: str, *, digits: int = 64) -> None:
    """Check that ``text`` is lower-case hex of exactly ``digits`` digits.

    Raises:
        MalformedError: it is not.
    """
    if not isinstance(text, str) or len(text) != digits or not _HEX.fullmatch(text):
        raise MalformedError(
            f"{what} is {show(text)}, expected {digits} digits of lower-case hex"
        )


def _decode_utf8(data: bytes, what: str, max_bytes: int) -> str:
    if len(data) > max_bytes:
        raise MalformedError(
            f"{what} is {len(data)} bytes long, expected {max_bytes} at most"
        )
    if data.startswith(b"\xef\xbb\xbf"):
        raise MalformedError(f"{what} begins with a byte order mark, expected none")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(
            f"{what}: byte {error.start} is no UTF-8 ({error.reason}), expected UTF-8"
        ) from error


def _check_depth(text: str, what: str) -> None:
    """Refuse nesting that a recursive parser could not come back from."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        found = match.group()
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise MalformedError(
                f"{what}: character {match.start()} opens level {depth},"
                f" expected {MAX_DEPTH} levels at most"
            )


def _check_surrogates(text: str, value: Any, what: str) -> None:
    if "\\u" not in text:  # UTF-8 cannot hold one, so only an escape can
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError(
            f"{what}: a string holds half a surrogate pair,"
            f" U+{ord(error.object[error.start]):04X}, expected whole characters"
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            raise _RefusedError(f"the key {show(key)} stands twice, expected once")
        value[key] = item
    return value


def _integer(text: str) -> int:
    # The length first: int() of very many digits is slow, and refused by Python.
    if len(text) > len(str(-MAX_INTEGER)) or abs(int(text)) > MAX_INTEGER:
        raise _RefusedError(
            f"the number {show(text)} stands here, expected -(2^53-1) to 2^53-1"
        )
    return int(text)


def _no_number(text: str) -> Any:
    raise _RefusedError(f"the number {show(text)} stands here, expected integers only")


def format_moment(moment: datetime) -> str:
    """Write a moment in its one spelling: RFC 3339, UTC with ``Z``, microseconds."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "Z")
