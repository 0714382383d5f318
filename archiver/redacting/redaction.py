"""Secrets out of what is written: a marker in their place, and a commitment to each.

A request of a capture may carry what nobody else should have: a cookie, a token in a
URL.  Before anything is written it is replaced by ``redacted-`` and 16 digits, and the
exchange's metadata names the field and the salted commitment whose first digits those
are: SHA-256(salt || SHA-256(value)), the value as it stands in the field, or, from a
URL, without its percent-encoding.  Without the salt nobody can try guesses; the salts
are kept outside the archive (``salts``).  One value has one marker in a whole capture.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import unquote_to_bytes

from archiver.chance import Token
from archiver.errors import VerificationError
from archiver.openings import SALT_SIZE, commit
from archiver.redacting.spellings import SHORTEST, Search, either_spelling
from archiver.redacting.urlsecrets import (
    CREDENTIAL_FIELDS,
    MARKER,
    find_secrets,
    hide_secrets,
    inner_secrets,
)

FIELD: Final = "redacted"  # of the metadata record
MOST_SOUGHT: Final = 100  # values; each is looked for in every byte
_DIGITS = 16  # of the commitment, in a marker

_LINE = re.compile(r"(\S* )(.*?)( HTTP/\S*)?(\r?\n?)", re.DOTALL)
_FIELD = re.compile(r"([^:\n]*:[ \t]*)(.*?)([ \t]*\r?\n?)", re.DOTALL)
_LINES = re.compile(r"[^\n]*\n(?:[ \t][^\n]*\n?)*|[^\n]+\Z")  # folded ones together
_AUTHORITY = re.compile(r"[a-z]+://[^/?#]*")
_QUERY = re.compile(r"[?#]|\Z")


@dataclass(frozen=True, slots=True)
class Redaction:
    """A secret that is not written, in words, and what is kept to prove it by."""

    what: str
    commitment: str
    salt: bytes

    @property
    def marker(self) -> str:
        """What stands in its place."""
        return f"redacted-{self.commitment[:_DIGITS]}"

    @property
    def line(self) -> str:
        """What metadata say of it."""
        return f"{self.what} sha256:{self.commitment}"


def is_redacted(text: str) -> bool:
    """Tell whether a marker stands in ``text``: as a URL it leads nowhere."""
    return bool(MARKER.search(text))


def check_value(value: bytes, salt: bytes, commitment: str) -> None:
    """Check that ``value`` is what was sent, by the salt that the operator kept.

    Raises:
        VerificationError: it is not.
    """
    found = commit(salt, sha256(value).hexdigest()).hex()
    if found != commitment:
        raise VerificationError(
            f"the value has the commitment {found}, expected {commitment}"
        )


class Secrets:
    """The secrets of one capture, as they become known; ``token`` gives salts.

    What the operator brought, typed in a URL or given as a login, is ``sought``
    wherever it may stand, by its bytes; and once he has brought something, so is what a
    URL on the way to the page holds, since it was given for that.  What a site gives to
    everybody is no secret: it stands in the same file, in the answer that gave it.  A
    cookie of that kind is replaced in requests, and no more.
    """

    def __init__(self, token: Token) -> None:
        self._token = token
        self._known: dict[tuple[str, bytes], Redaction] = {}
        self._by_marker: dict[str, Redaction] = {}
        self._sought: dict[bytes, Redaction] = {}
        self._pattern: re.Pattern[bytes] | None = None
        self._compiled = 0  # how many values the pattern has
        self._overflowed = False
        self._used: dict[Redaction, None] = {}
        self._brought = False

    @property
    def sought(self) -> dict[bytes, str]:
        """What is to be looked for in all that is written, and what it is called."""
        return {value: each.what for value, each in self._sought.items()}

    @property
    def overflowed(self) -> bool:
        """Tell whether there were more than are sought; all go from URLs by their keys.

        A server can lead to an address of thousands.
        """
        return self._overflowed

    @property
    def used(self) -> tuple[Redaction, ...]:
        """Those whose marker was written, in the order in which they were."""
        return tuple(self._used)

    def stand_in(self, text: str) -> bool:
        """Tell whether one that is sought stands in ``text``, in whatever spelling."""
        search = Search(self.sought)
        search.feed(text.encode("utf-8", "surrogatepass"))
        return bool(search.found)

    def learn_url(self, url: str) -> None:
        """Take the secrets of a URL that is asked for, its fragment included."""
        for found in find_secrets(_raw(url)):
            value = _plain(found.value)
            inner = [_plain(each) for each in inner_secrets(found.value)]
            self._seek(self._know(f"query key {found.key}", value), inner or [value])

    def learn_hop(self, url: str) -> None:
        """Take the secrets of a URL that a server led to, where they are secrets."""
        if self._brought:
            self.learn_url(url)

    def learn_credentials(self, fields: Iterable[tuple[str, str]]) -> None:
        """Take the credentials that the operator gave, field by field."""
        for name, text in fields:
            value = text.encode()
            known = self._know(f"request header {name.title()}", value)
            self._seek(known, credential_parts(name, value))

    def redact_url(self, url: str) -> str:
        """Return ``url`` without the secrets that are known.

        The scheme, the authority and the path stay: the place would be another one.
        """
        return _on_raw(url, self._redact_url)

    def redact_address(self, url: str) -> str:
        """Return ``url`` without the secrets that are known, in its path neither.

        It is for an address at which nothing came, and nothing is ever looked for.
        """
        shown = self.redact_url(url)
        found = _AUTHORITY.match(shown)
        place = found.end() if found else 0
        return shown[:place] + _on_raw(shown[place:], self._replace)

    def redact_request(self, head: bytes) -> bytes:
        """Return the head of a request without its secrets.

        Every field that is for credentials has a marker for its value.  All other bytes
        stay as they are.
        """
        first, *fields = _LINES.findall(head.decode("latin-1")) or [""]
        lines = [self._redact_line(first), *map(self._redact_field, fields)]
        return "".join(lines).encode("latin-1")

    def redact_fields(self, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return fields of metadata without the secrets that are known."""
        return [(name, self._redact_value(name, value)) for name, value in fields]

    def redact_bytes(self, data: bytes) -> bytes:
        """Return what we wrote ourselves without the secrets that are sought."""
        if self._compiled < len(self._sought):
            self._pattern = either_spelling(self._sought)
            self._compiled = len(self._sought)
        return self._pattern.sub(self._marker_of, data) if self._pattern else data

    def conceal(self, text: str) -> str:
        """Return a message without secrets, known or not, whole or cut short."""
        shown = _on_raw(text, self._replace)
        for value, known in self._sought.items():
            shown = _cut_short(shown, value.decode("latin-1"), known.marker)
        return hide_secrets(shown, prose=True)

    def conceal_all(self, thing: object) -> object:
        """Return JSON without secrets: each text in it concealed."""
        if isinstance(thing, str):
            return self.conceal(thing)
        if isinstance(thing, dict):
            return {key: self.conceal_all(value) for key, value in thing.items()}
        if isinstance(thing, list | tuple):
            return [self.conceal_all(value) for value in thing]
        return thing

    def note(self, *written: str) -> tuple[Redaction, ...]:
        """Return what is redacted in texts that are written, and remember it."""
        markers = (found[0] for text in written for found in MARKER.finditer(text))
        known = (self._by_marker.get(marker) for marker in dict.fromkeys(markers))
        found = tuple(each for each in known if each)
        self._used |= dict.fromkeys(found)
        return found

    def _know(self, what: str, value: bytes) -> Redaction:
        known = self._known.get((what, value))
        if known is None:
            salt = self._token(SALT_SIZE)
            commitment = commit(salt, sha256(value).hexdigest()).hex()
            known = Redaction(what, commitment, salt)
            self._known[what, value] = known
            self._by_marker[known.marker] = known
        return known

    def _seek(self, known: Redaction, values: Iterable[bytes]) -> None:
        self._brought = True
        for value in values:
            if len(value) < SHORTEST or value in self._sought:
                continue
            if len(self._sought) < MOST_SOUGHT:
                self._sought[value] = known
            else:
                self._overflowed = True

    def _marker_of(self, found: re.Match[bytes]) -> bytes:
        spelt = found[0]
        known = self._sought.get(spelt) or self._sought.get(unquote_to_bytes(spelt))
        if known is None:  # a value with a percent sign of its own, spelt in part
            known = next(
                each for value, each in self._sought.items() if _spells(spelt, value)
            )
        return known.marker.encode()

    # What follows works on bytes in the form of a text, one character for each.

    def _replace(self, raw: str) -> str:
        return self.redact_bytes(raw.encode("latin-1")).decode("latin-1")

    def _redact_url(self, raw: str) -> str:
        parts, place = [], 0
        for found in find_secrets(raw):
            known = self._known.get((f"query key {found.key}", _plain(found.value)))
            if known:
                parts += [self._in_query(raw, place, found.start), known.marker]
                place = found.end
        return "".join([*parts, self._in_query(raw, place, len(raw))])

    def _in_query(self, raw: str, start: int, end: int) -> str:
        """Return a part of a URL; what lies in its query or fragment is redacted."""
        query = _QUERY.search(raw)
        begin = min(max(query.start() if query else end, start), end)
        return raw[start:begin] + self._replace(raw[begin:end])

    def _redact_line(self, line: str) -> str:
        found = _LINE.fullmatch(line)
        if not found:
            return line
        return f"{found[1]}{self._redact_url(found[2])}{found[3] or ''}{found[4]}"

    def _redact_field(self, line: str) -> str:
        found = _FIELD.fullmatch(line)
        if not found:
            return self._replace(line)
        name, value = found[1].partition(":")[0].strip(), found[2]
        if value and name.lower() in CREDENTIAL_FIELDS:
            what = f"request header {name.title()}"
            value = self._know(what, value.encode("latin-1")).marker
        elif name.lower() == "referer":
            value = self._redact_url(value)
        elif name.lower() != "host":
            value = self._replace(value)
        return f"{found[1]}{value}{found[3]}"

    def _redact_value(self, name: str, value: str) -> str:
        if name == "fragment":
            return self.redact_url(f"#{value}")[1:]
        if name == "reason":
            return self.conceal(value)
        act = self._redact_url if "://" in value else self._replace
        return _on_raw(value, act)


def credential_parts(name: str, value: bytes) -> Iterator[bytes]:
    """Yield what is secret by itself in the value of a field for credentials.

    Of cookies (RFC 6265, 4.2.1) each value; of Authorization (RFC 9110, 11.4) what
    follows the scheme, and of the scheme Basic (RFC 7617) the password.
    """
    yield value
    if name.lower() == "cookie":
        for pair in value.split(b";"):
            yield pair.partition(b"=")[2].strip(b' "')
        return
    scheme, blank, rest = value.partition(b" ")
    token = rest.strip() if blank else scheme
    yield token
    yield _password(token)


def _password(token: bytes) -> bytes:
    try:
        return b64decode(token, validate=True).partition(b":")[2]
    except Base64Error:
        return b""


def _plain(raw: str) -> bytes:
    return unquote_to_bytes(raw.encode("latin-1"))


def _raw(text: str) -> str:
    """Return the UTF-8 of ``text``, one character for each byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _on_raw(text: str, act: Callable[[str], str]) -> str:
    before = _raw(text)
    after = act(before)
    return text if before == after else after.encode("latin-1").decode(errors="replace")


def _spells(spelt: bytes, value: bytes) -> bool:
    pattern = either_spelling([value])
    return bool(pattern and pattern.fullmatch(spelt))


def _cut_short(text: str, value: str, marker: str) -> str:
    """Replace the beginnings of ``value``, as a message that was cut has them."""
    parts = text.split(value[:SHORTEST])
    shown = parts[0]
    for part in parts[1:]:
        length = 0
        rest = value[SHORTEST:]
        while length < min(len(part), len(rest)) and part[length] == rest[length]:
            length += 1
        shown += marker + part[length:]
    return shown
