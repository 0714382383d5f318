"""The header of a WARC record (WARC 1.0 and 1.1, sections 4 and 5).

Stricter than the standard: no folded line, no control character, no field twice but
those that may be, and no version but 1.0 and 1.1.  ``where`` begins every message.
"""

import re
from base64 import b32decode
from collections import Counter
from collections.abc import Mapping
from datetime import date

from archiver.errors import MalformedError
from archiver.strict import show

Fields = tuple[tuple[str, str], ...]  # name and value, in the order of the header

VERSIONS = ("WARC/1.0", "WARC/1.1")
END = b"\r\n\r\n"  # ends a header, and ends a record

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DATE = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T([01][0-9]|2[0-3]):[0-5][0-9]"
    r"(:([0-5][0-9]|60)(\.[0-9]{1,9})?)?Z)?)?)?"
)
_RECORD_ID = re.compile(r"<[^\s<>]+>")
_NEEDED = ("WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length")
# WARC 1.1, 5.7; and the proposal that browser crawlers write, one protocol a field
_REPEATED = ("warc-concurrent-to", "warc-protocol")
_WITH_URI = frozenset(
    {"response", "resource", "request", "revisit", "conversion", "continuation"}
)
_DIGEST_SIZES = {"sha256": 32, "sha1": 20}


def parse_header(data: bytes, where: str) -> Fields:
    """Parse a record's version line and named fields, up to its empty line.

    Raises:
        MalformedError: it is not UTF-8, its version is another one, a line is no field,
            a field is missing or stands twice, or a value has not the shape it must.
    """
    try:
        version, *lines = data.removesuffix(END).decode("utf-8").split("\r\n")
    except UnicodeDecodeError as error:
        raise MalformedError(f"{where}: its header is not UTF-8: {error}") from error
    if version not in VERSIONS:
        raise MalformedError(
            f"{where}: it begins {show(version)}, expected {' or '.join(VERSIONS)}"
        )
    fields = tuple(_parse_field(line, where) for line in lines)
    _check_fields(fields, where)
    return fields


def _parse_field(line: str, where: str) -> tuple[str, str]:
    """Parse one named field."""
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.fullmatch(name):
        raise MalformedError(
            f"{where}: its header has the line {show(line)}, expected 'name: value'"
        )
    if _CONTROL.search(value):
        raise MalformedError(
            f"{where}: its field {show(name)} has a control character: {show(value)}"
        )
    return name, value.strip(" \t")


def _check_fields(fields: Fields, where: str) -> None:
    """Check that a record has the fields that it must have, each of them once."""
    names = [name.lower() for name, _ in fields]
    values = dict(zip(names, (value for _, value in fields), strict=True))
    if len(values) < len(names):
        _check_repeated(names, where)
    kind = values.get("warc-type", "")
    needed = (*_NEEDED, "WARC-Target-URI") if kind in _WITH_URI else _NEEDED
    for name in needed:
        if not values.get(name.lower()):
            raise MalformedError(f"{where}: it has no field {name}, expected one")
    _check_values(values, kind, where)


def _check_repeated(names: list[str], where: str) -> None:
    for name, count in Counter(names).items():
        if name not in _REPEATED and count > 1:
            raise MalformedError(
                f"{where}: its field {show(name)} stands {count} times, expected once"
            )


def _check_values(values: Mapping[str, str], kind: str, where: str) -> None:
    """Check the values that must have one shape: type, record id and date."""
    if not _TOKEN.fullmatch(kind):
        raise MalformedError(
            f"{where}: its WARC-Type is {show(kind)}, expected a token"
        )
    record_id = values["warc-record-id"]
    if not _RECORD_ID.fullmatch(record_id):
        raise MalformedError(
            f"{where}: its WARC-Record-ID is {show(record_id)}, expected a URI in <>"
        )
    when = values["warc-date"]
    try:
        good = bool(_DATE.fullmatch(when))
        date.fromisoformat((when[:10] + "-01-01")[:10])
    except ValueError:
        good = False
    if not good:
        raise MalformedError(
            f"{where}: its WARC-Date is {show(when)}, expected a date as"
            " 2026-01-31T23:59:59Z"
        )


def value_of(fields: Fields, name: str) -> str | None:
    """Return the first value of the field ``name``, whatever its case."""
    wanted = name.lower()
    return next((value for key, value in fields if key.lower() == wanted), None)


def target_uri(fields: Fields) -> str:
    """Return the target URI, without the <> that some WARC 1.0 writers put round it."""
    uri = value_of(fields, "WARC-Target-URI") or ""
    return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri


def parse_digest(text: str, where: str) -> tuple[str, bytes]:
    """Parse ``algorithm:value`` (WARC 1.1, 5.8), the value in hex or base32.

    Raises:
        MalformedError: the algorithm is another than SHA-256 and SHA-1, or the value is
            in neither spelling, or not as long as the algorithm's digests are.
    """
    algorithm, _, value = text.partition(":")
    algorithm = algorithm.lower()
    size = _DIGEST_SIZES.get(algorithm)
    if size is None:
        raise MalformedError(
            f"{where}: the digest {show(text)} is of an unknown algorithm,"
            f" expected one of {', '.join(_DIGEST_SIZES)}"
        )
    try:
        data = _decode_digest(value, size)
    except ValueError as error:
        raise MalformedError(
            f"{where}: the digest {show(text)} is neither hex nor base32: {error}"
        ) from error
    if len(data) != size:
        raise MalformedError(
            f"{where}: the digest {show(text)} has {len(data)} bytes, expected {size}"
        )
    return algorithm, data


def _decode_digest(value: str, size: int) -> bytes:
    """Decode hex, if the value is as long as hex is, else base32 (padding or not)."""
    if len(value) == 2 * size:
        return bytes.fromhex(value)
    bare = value.rstrip("=").upper()
    return b32decode(bare + "=" * (-len(bare) % 8))
