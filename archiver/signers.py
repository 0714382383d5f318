"""The signers of an archive: which statement key holds which roles, and from where on.

A line a key, nothing else in the file (the format is this project's own)::

    <keyid hex> <base64 SPKI> <role[,role]> from <log>/<index> [to <log>/<index>] <name>

``from`` is the first place in the log at which the key counts, ``to`` the first at
which it does not any more.  The name is for people and may hold spaces.  One spelling
for one list: roles in the order of :data:`ROLES`, single spaces, no comments.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archiver import ed25519
from archiver.errors import MalformedError, VerificationError
from archiver.policy import Policy
from archiver.strict import check_hex, decode_base64, parse_decimal, show

ROLES: Final = ("operator", "capturer", "reviewer", "root")
MAX_SIGNERS: Final = 1024 * 1024  # bytes
MAX_NAME: Final = 200  # characters

# No name begins with "to ", so that an end without a name is never taken for a name.
_LINE = re.compile(
    r"(?P<keyid>[^ ]+) (?P<spki>[^ ]+) (?P<roles>[^ ]+)"
    r" from (?P<start>[^ ]+)(?: to (?P<end>[^ ]+))? (?P<name>(?!to ).+)"
)
# Controls, half surrogate pairs, separators of lines: none belongs to a name.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# A name that turns the direction of what follows it could hide the key shown there.
_REFUSED_DIRECTIONS = frozenset(
    {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
)


@dataclass(frozen=True, slots=True, order=True)
class LogPlace:
    """A place in the logs of an archive: the log's number, then the leaf's index."""

    log: int
    index: int

    def __str__(self) -> str:
        return f"{self.log}/{self.index}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A statement key, the roles it holds, and the places between which it counts."""

    keyid: str
    public: Ed25519PublicKey
    roles: frozenset[str]
    start: LogPlace
    end: LogPlace | None
    name: str


def parse_signers(data: bytes) -> tuple[Signer, ...]:
    """Parse a file of signers.

    Raises:
        MalformedError: the file is empty, no UTF-8, or does not end with a newline; a
            line is none; a keyid is not that of its key; a key is weak or stands twice;
            a role is unknown; a key ends before it begins.
    """
    signers: dict[str, Signer] = {}
    for number, line in enumerate(_lines(data), 1):
        try:
            signer = _parse_line(line)
        except MalformedError as error:
            raise MalformedError(
                f"line {number} of the signers: {error}", hint=error.hint
            ) from error
        if signer.keyid in signers:
            raise MalformedError(
                f"line {number} of the signers: the key {signer.keyid} stands a second"
                " time, expected once"
            )
        signers[signer.keyid] = signer
    return tuple(signers.values())


def format_signers(signers: Iterable[Signer]) -> bytes:
    """Return ``signers`` as a file that :func:`parse_signers` reads as the same ones.

    Raises:
        MalformedError: they are none that could be read.
    """
    wanted = tuple(signers)
    text = "".join(_format_line(signer) for signer in wanted)
    data = text.encode(errors="surrogatepass")
    if parse_signers(data) != wanted:
        raise MalformedError(
            f"the signers {show(text)} read differently when they are written,"
            " expected the same"
        )
    return data


def signer_for(
    signers: Iterable[Signer], keyid: str, role: str, place: LogPlace
) -> Signer:
    """Return the signer with ``keyid``, if it holds ``role`` at ``place``.

    Raises:
        VerificationError: no signer has that key, or it does not hold the role, or the
            place is before its ``from`` or not before its ``to``.
    """
    signer = next((signer for signer in signers if signer.keyid == keyid), None)
    if signer is None:
        raise VerificationError(f"the key {keyid} is not among the signers")
    if role not in signer.roles:
        raise VerificationError(
            f"the key {keyid} ({show(signer.name)}) is {_format_roles(signer.roles)},"
            f" expected {role}"
        )
    if place < signer.start or (signer.end is not None and place >= signer.end):
        end = "" if signer.end is None else f" to before {signer.end}"
        raise VerificationError(
            f"the key {keyid} ({show(signer.name)}) signed entry {place},"
            f" expected one from {signer.start}{end}"
        )
    return signer


def check_separate(policy: Policy, signers: Iterable[Signer]) -> None:
    """Check that no key signs both notes and statements.

    A key that did could be led to sign one thing that reads as the other.

    Raises:
        VerificationError: a key is in the policy and among the signers.
    """
    names = {vkey.public: vkey.name for vkey in policy.vkeys}
    for signer in signers:
        name = names.get(ed25519.raw(signer.public))
        if name is not None:
            raise VerificationError(
                f"the signer {show(signer.name)} has the note key of {show(name)},"
                " expected a key of its own"
            )


def pin(policy: bytes, signers: bytes) -> str:
    """Return the hex SHA-256 by which an outsider knows the first trust folder.

    Over ``<length>``, a newline and the bytes of ``trust/1/policy``, then the same of
    ``trust/1/signers``.
    """
    parts = (b"%d\n%b" % (len(part), part) for part in (policy, signers))
    return sha256(b"".join(parts)).hexdigest()


def _lines(data: bytes) -> Sequence[str]:
    if len(data) > MAX_SIGNERS:
        raise MalformedError(
            f"the signers are {len(data)} bytes long, expected {MAX_SIGNERS} at most"
        )
    try:
        *lines, rest = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError(
            f"byte {error.start} of the signers is no UTF-8 ({error.reason}),"
            " expected UTF-8"
        ) from error
    if rest or not lines:
        raise MalformedError(
            f"the signers end {show(rest)}, expected a newline after each line"
        )
    return lines


def _parse_line(line: str) -> Signer:
    match = _LINE.fullmatch(line)
    if not match:
        raise MalformedError(
            f"the line is {show(line)}, expected '<keyid> <SPKI> <role[,role]>"
            " from <log>/<index> [to <log>/<index>] <name>'"
        )
    start = _parse_place(match["start"])
    end = _parse_place(match["end"]) if match["end"] else None
    if end is not None and end <= start:
        raise MalformedError(f"the key counts to {end}, expected later than {start}")
    _check_name(match["name"])
    public = _parse_key(match["keyid"], match["spki"])
    roles = _parse_roles(match["roles"])
    return Signer(match["keyid"], public, roles, start, end, match["name"])


def _parse_key(keyid: str, spki: str) -> Ed25519PublicKey:
    check_hex(keyid, "the keyid")
    public = ed25519.load_spki(decode_base64(spki, "the key"))
    if ed25519.keyid(public) != keyid:
        raise MalformedError(
            f"the keyid is {keyid}, expected {ed25519.keyid(public)}, that of the key"
        )
    return public


def _parse_roles(text: str) -> frozenset[str]:
    roles = frozenset(text.split(","))
    if not roles <= frozenset(ROLES) or _format_roles(roles) != text:
        raise MalformedError(
            f"the roles are {show(text)}, expected some of {','.join(ROLES)},"
            " in this order"
        )
    return roles


def _parse_place(text: str) -> LogPlace:
    log, _, index = text.partition("/")
    place = LogPlace(
        parse_decimal(log, "the number of a log"), parse_decimal(index, "an index")
    )
    if not place.log:
        raise MalformedError(f"the place is {place}, expected a log from 1 on")
    return place


def _check_name(name: str) -> None:
    refused = [c for c in name if _is_refused(c)]
    if refused or len(name) > MAX_NAME or name.strip() != name:
        raise MalformedError(
            f"the name is {show(name)}, expected at most {MAX_NAME} characters without"
            " controls, and no space at either end"
        )


def _is_refused(character: str) -> bool:
    return (
        unicodedata.category(character) in _REFUSED_CATEGORIES
        or unicodedata.bidirectional(character) in _REFUSED_DIRECTIONS
    )


def _format_line(signer: Signer) -> str:
    spki = b64encode(ed25519.spki(signer.public)).decode()
    end = "" if signer.end is None else f" to {signer.end}"
    return (
        f"{signer.keyid} {spki} {_format_roles(signer.roles)}"
        f" from {signer.start}{end} {signer.name}\n"
    )


def _format_roles(roles: Iterable[str]) -> str:
    held = frozenset(roles)
    return ",".join(role for role in ROLES if role in held)
