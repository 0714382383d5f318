"""A login that a capture may use: header fields that the operator gives in a file.

A text file of lines as ``Cookie: name=value`` or ``Authorization: Bearer …``, each
field once; empty lines and lines that begin with ``#`` mean nothing.  It stays where it
is, readable by its owner alone: nothing of it comes into an archive, a message or a
command line.  No error repeats what stands in the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archiver.errors import MalformedError
from archiver.keys import read_private
from archiver.redacting.urlsecrets import CREDENTIAL_FIELDS
from archiver.wire.guard import ParsedUrl

MAX_LOGIN = 1 << 16  # bytes
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_COOKIE = re.compile(r"([^\s=;]+)=([^;]*)")
_EXPECTED = "such as 'Cookie: name=value' or 'Authorization: Bearer …'"


@dataclass(frozen=True, slots=True)
class Login:
    """Fields for the requests to one origin: that of the page that is asked for."""

    fields: tuple[tuple[str, str], ...] = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """Return the fields by their names."""
        return dict(self.fields)

    def cookies(self, url: str) -> list[dict[str, str]]:
        """Return the cookies for a browser: name, value, and the URL that they are for.

        Raises:
            MalformedError: there is another field than Cookie, which a browser would
                send to everybody, or what stands in it is no cookie.
        """
        others = [name for name, _ in self.fields if name != "Cookie"]
        if others:
            raise MalformedError(
                f"the login has {', '.join(others)}, expected Cookie alone for a"
                " capture by the browser",
                hint="give the site's cookies, or capture without --browser",
            )
        return [_cookie(pair, url) for pair in self.fields[0][1].split(";")]


def parse_login(data: bytes) -> Login:
    """Parse the lines of a login.

    Raises:
        MalformedError: it is too long, or a line is no header field for credentials.
    """
    if len(data) > MAX_LOGIN:
        raise MalformedError(
            f"the login has more than {MAX_LOGIN} bytes, expected a few lines"
        )
    found: dict[str, str] = {}
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.strip()
        if text and not text.startswith(b"#"):
            name, value = _parse_line(text, number)
            if name in found:
                raise MalformedError(
                    f"line {number} of the login gives {name} again, expected it once"
                )
            found[name] = value
    if not found:
        raise MalformedError(f"the login has no lines, expected {_EXPECTED}")
    return Login(tuple(found.items()))


def read_login(path: Path) -> Login:
    """Read a login from a file that nobody but its owner can read.

    Raises:
        ArchiveError: it cannot be read, or others may read it.
        MalformedError: it is no login.
    """
    data = read_private(path, MAX_LOGIN + 1)
    try:
        return parse_login(data)
    except MalformedError as error:
        raise MalformedError(f"{path}: {error}", hint=error.hint) from error


def origin_of(url: ParsedUrl) -> tuple[str, str, int]:
    """Return the origin of a URL (RFC 6454): what a login is for."""
    return url.scheme, url.host, url.port


def _parse_line(line: bytes, number: int) -> tuple[str, str]:
    name, colon, value = line.decode("latin-1").partition(":")
    name, value = name.strip().title(), value.strip()
    if not colon or name.lower() not in CREDENTIAL_FIELDS:
        raise MalformedError(
            f"line {number} of the login is no header field for credentials, expected"
            f" {_EXPECTED}"
        )
    if not _VALUE.fullmatch(value):
        raise MalformedError(
            f"line {number} of the login has a value for {name} that no header can"
            " have, expected printable ASCII"
        )
    return name, value


def _cookie(pair: str, url: str) -> dict[str, str]:
    found = _COOKIE.fullmatch(pair.strip())
    if not found:
        raise MalformedError(
            "the Cookie of the login is no list of name=value, with ; between them"
        )
    return {"name": found[1], "value": found[2], "url": url}
