"""Which header fields and which keys in a URL hold secrets, and where they stand.

Every list is here.  A field that is missing leaves a credential in the archive; a key
too many changes a public address.  So the keys are of three kinds: those that name a
secret whatever it is, those that may name a number or a word as well, and those that
name something else more often than not.  A link that anyone may pass on
(``resourcekey``, ``authkey``, ``invite``) is an address, and no secret.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_FIELDS = """
    authorization proxy-authorization cookie cookie2 api-key apikey private-token
    x-access-token x-amz-security-token x-api-key x-apikey x-api-token x-auth x-auth-key
    x-auth-token x-authorization x-client-secret x-csrf x-csrf-token x-csrftoken
    x-goog-api-key x-goog-iap-jwt-assertion x-id-token x-refresh-token x-secret
    x-session-id x-session-token x-token x-user-token x-vault-token x-xsrf-token
"""
CREDENTIAL_FIELDS: Final = frozenset(_FIELDS.split())

# Without case, - and _, as sites spell them in many ways; of user[password] the last.
_KEYS = """
    accesskey accesstoken apikey apisecret apitoken authenticitytoken authtoken bearer
    clientsecret confirmationtoken csrf csrfmiddlewaretoken csrftoken idtoken
    invitetoken jsessionid jwt logintoken magictoken oauthsignature oauthtoken
    oauthverifier otp passphrase passwd password phpsessid privatekey privatetoken pwd
    refreshtoken resettoken samlresponse secret secretkey securitytoken sessid sessionid
    sessionkey sessiontoken sig signature token usertoken xamzcredential
    xamzsecuritytoken xamzsignature xgoogcredential xgoogsignature xsrftoken
"""
SECRET_KEYS: Final = frozenset(_KEYS.split())
# A parliament has ?session=45 and a news system ?sid=4711: those are no secrets.
SESSION_KEYS: Final = frozenset(("auth", "pass", "session", "sid", "ticket"))
DOUBTFUL_KEYS: Final = frozenset(("code", "key"))  # of a country, of an article
LONG: Final = 16  # characters: no number and no word has so many
SHORTEST_SESSION: Final = 6

HIDDEN: Final = "redacted"
MARKER: Final = re.compile(r"redacted-[0-9a-f]{16}")  # what stands for a secret

_NUMBER = re.compile(r"[0-9]{1,10}|[0-9/.-]{1,15}")  # or a date
_DELIMITER = re.compile(r"[?&;#]")
_KEY = re.compile(r"[^=?&;#]*=")
_VALUES = {
    "path": re.compile(r"[^/?&;#]*"),
    "query": re.compile(r"[^&#]*"),
    "prose": re.compile(r"""[^&#\s'"<>\\…]*"""),
    "other": re.compile(r"[^?&;#]*"),  # of a key that is none of ours
}
_PUNCTUATION = ":,.;)]"  # at the end of a URL in prose: it is not of the URL
_NOT_IN_WORDS = re.compile(r"[^A-Za-z0-9._\[\]-]")
_DEEPEST = 3  # URLs in the values of URLs


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret in a text: its key, in plain characters, and where its value stands."""

    key: str
    value: str
    start: int

    @property
    def end(self) -> int:
        """The place behind the value."""
        return self.start + len(self.value)


def holds_secret(key: str, value: str) -> bool:
    """Tell whether a key of a URL has a secret for its value, as they stand there."""
    name, plain = _normal(key), unquote(value)
    if not plain or MARKER.fullmatch(plain):
        return False
    if name in SECRET_KEYS:
        return True
    mixed = any(map(str.isdigit, plain)) and any(map(str.isalpha, plain))
    if name in SESSION_KEYS:
        opaque = len(plain) >= LONG or (mixed and len(plain) >= SHORTEST_SESSION)
        return opaque and not _NUMBER.fullmatch(plain)
    return name in DOUBTFUL_KEYS and mixed and len(plain) >= LONG


def find_secrets(text: str, *, prose: bool = False) -> Iterator[FoundSecret]:
    """Yield each secret by its key in a URL, or in ``prose`` with URLs in it.

    In a query and in a fragment a value ends at ``&`` or ``#``, in a parameter of a
    path (``;jsessionid=…``) at the next delimiter.  A value that is a URL with a secret
    in it, escaped, is one as well.
    """
    return _find(text, "prose" if prose else "", 0)


def inner_secrets(value: str) -> Iterator[str]:
    """Yield the secrets of a URL that stands, escaped, in the value of another one."""
    return _find_inside(value, 0)


def hide_secrets(text: str, *, prose: bool = False) -> str:
    """Return a URL, or ``prose`` with URLs in it, without its secrets."""
    parts, place = [], 0
    for found in find_secrets(text, prose=prose):
        parts += [text[place : found.start], HIDDEN]
        place = found.end
    return "".join([*parts, text[place:]])


def _find(text: str, ends: str, depth: int) -> Iterator[FoundSecret]:
    place, part = 0, "path"
    while found := _DELIMITER.search(text, place):
        place = found.end()
        part = part if found[0] == ";" else "query"
        key = _KEY.match(text, place)
        if not key:
            continue
        name, start = key[0][:-1], key.end()
        value = _value(text, start, "other")
        if _normal(name) in SECRET_KEYS or holds_secret(name, value):
            value = _value(text, start, ends or part)
        if not (holds_secret(name, value) or any(_find_inside(value, depth))):
            continue
        yield FoundSecret(_NOT_IN_WORDS.sub("?", unquote(name))[:64], value, start)
        place = start + len(value)


def _find_inside(value: str, depth: int) -> Iterator[str]:
    if "%" not in value or depth == _DEEPEST:
        return
    plain = unquote(value)
    for found in _find(plain, "", depth + 1):
        yield found.value
        yield from _find_inside(found.value, depth + 1)
    yield from _find_inside(plain, depth + 1)


def _value(text: str, start: int, part: str) -> str:
    found = _VALUES[part].match(text, start)
    value = found[0] if found else ""
    return value.rstrip(_PUNCTUATION) if part == "prose" else value


def _normal(key: str) -> str:
    last = unquote(key).rstrip("]").rpartition("[")[2]
    return last.strip().lower().replace("-", "").replace("_", "")
