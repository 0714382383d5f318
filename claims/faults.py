"""What is wrong with the bytes of an author's TOML file, where, and what was expected.

Every file that a person writes (claim, case, source) comes in by :func:`read_struct`:
UTF-8, TOML 1.0 with no key twice, no invisible characters but where a page's own words
are quoted, no key that the format does not have, every value of its type.  The first
fault is a :class:`~archiver.findings.Finding` with file and line (rules C19 and C20).
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

import msgspec

from archiver.errors import MalformedError
from archiver.findings import Finding
from claims.characters import find_invisible, name_character
from claims.mismatches import BUILTIN, Fault, explain
from claims.places import Path, Places, locate, words

MAX_BYTES: Final = 1 << 20  # a claim file of the first case has 2 kB

T = TypeVar("T")
Verbatim = Callable[[Path], bool]  # whether a page's own words stand at that path

_TOML_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class _RefusedError(Exception):
    """Carries the first fault out of the reading."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_struct(
    data: bytes,
    file: str,
    kind: type[T],
    *,
    check: Callable[[T], Iterable[Fault]],
    verbatim: Verbatim = lambda _: False,
) -> T | Finding:
    """Read ``data``, the contents of ``file``, as a ``kind``; or say what is wrong.

    ``check`` yields the faults that the types of ``kind`` cannot express; ``verbatim``
    says at which paths any character may stand.
    """
    places = Places(file)
    try:
        text = _decode(data)
        places = locate(text, file)
        document = _load(text, places)
        _refuse_invisible(text, document, places, verbatim)
        return _convert(document, kind, check)
    except _RefusedError as error:
        fault = error.fault
    line = fault.line or places.line(*fault.path)
    return Finding(fault.code, f"{file}:{line}", fault.message, hint=fault.hint)


def open_struct(value: T | Finding) -> T:
    """Return what was read.

    Raises:
        MalformedError: it is a fault; the message begins with file and line.
    """
    if isinstance(value, Finding):
        raise MalformedError(f"{value.place}: {value.message}", hint=value.hint)
    return value


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data)} bytes, expected {MAX_BYTES} at most"
        raise _RefusedError(Fault((), message))
    if data.startswith(b"\xef\xbb\xbf"):
        message = "the file begins with a byte order mark, expected UTF-8 without one"
        raise _RefusedError(Fault((), message))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x} is no UTF-8 ({error.reason})"
        raise _RefusedError(Fault((), f"{found}, expected UTF-8", line=line)) from error


def _load(text: str, places: Places) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        message = "lists inside lists without end, expected four levels at most"
        raise _RefusedError(Fault((), message)) from error
    except ValueError as error:  # TOMLDecodeError is one; so is too long an integer
        fault = _twice(places) if places.twice else _no_toml(text, str(error))
        raise _RefusedError(fault) from error


def _twice(places: Places) -> Fault:
    path, line = places.twice[0]
    message = (
        f"the key {words(path)} stands twice, in line {places.line(*path)} and here,"
        " expected once"
    )
    return Fault((), message, "remove one of them", line=line)


def _no_toml(text: str, said: str) -> Fault:
    match = _TOML_LINE.search(said)
    line = int(match[1]) if match and match[1] else text.rstrip("\n").count("\n") + 1
    message = f"no TOML: {said[: match.start()] if match else said}, expected TOML 1.0"
    return Fault((), message, line=line)


def _convert(
    document: dict[str, Any], kind: type[T], check: Callable[[T], Iterable[Fault]]
) -> T:
    try:
        value = msgspec.convert(document, kind, builtin_types=BUILTIN)
    except msgspec.ValidationError as error:
        raise _RefusedError(explain(str(error), document, kind)) from error
    for fault in check(value):
        raise _RefusedError(fault)
    return value


def _refuse_invisible(
    text: str, document: dict[str, Any], places: Places, verbatim: Verbatim
) -> None:
    """Refuse an invisible character in the file's own text, or escaped in a string."""
    exempt = sorted(span for path, span in places.spans.items() if verbatim(path))
    place = find_invisible(text)
    while place >= 0:
        index = bisect_right(exempt, (place, len(text))) - 1
        if index < 0 or exempt[index][1] <= place:
            line = text.count("\n", 0, place) + 1
            raise _RefusedError(_invisible((), text[place], line))
        place = find_invisible(text, exempt[index][1])
    for path, value in _strings((), document):
        place = -1 if verbatim(path) else find_invisible(value)
        if place >= 0:
            raise _RefusedError(_invisible(path, value[place], 0))


def _invisible(path: Path, character: str, line: int) -> Fault:
    message = (
        f"an invisible character stands here, {name_character(character)},"
        " expected none outside of quote, quotes, prefix and suffix"
    )
    return Fault(path, message, "delete it", line=line)


def _strings(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """Yield every string of a document with its path; a key at its own path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings((*path, index), item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key), key
            yield from _strings((*path, key), item)
