"""Signed notes and their keys (C2SP signed-note), cosignatures (C2SP tlog-cosignature).

A note is a text, a blank line, and signature lines, each with 4 bytes of key id and the
signature in base64::

    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ…

Signed is the text with its last newline, without the blank line.  Two types of key are
written and read, no other: 0x01, an Ed25519 signature by a log, and 0x04, an Ed25519
cosignature by a witness, with the time at which it was made.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver.ed25519 import (
    KEY_SIZE,
    SIGNATURE_SIZE,
    check_signature,
    load_public_key,
)
from archiver.errors import MalformedError, VerificationError
from archiver.strict import (
    MAX_DECIMAL,
    check_hex,
    decode_base64,
    show,
)

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
ALGORITHMS: Final = (ED25519, COSIGNATURE)

MAX_NOTE: Final = 1024 * 1024  # bytes
MAX_SIGNATURES: Final = 100  # the specification asks for 16 at least

_ID_SIZE = 4  # bytes
_TIME_SIZE = 8  # bytes
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NO_NAME = re.compile(r"[+\x00-\x1f\ud800-\udfff]")  # the last: bytes that are no UTF-8
_NAMED = 5  # names that a message lists
COSIGNED: Final = "cosignature/v1"  # begins what a witness signs, and nothing else


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key that notes are checked with: its name, signature type and 32 raw bytes."""

    name: str
    algorithm: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The 4 bytes that stand before each signature of this key."""
        return key_id(self.name, self.algorithm, self.public)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: whose, with which key, and the signature's own bytes."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its last newline included, and the signatures under it, in order."""

    text: str
    signatures: tuple[NoteSignature, ...]


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """Return SHA-256(name || 0x0A || type || key)[:4], a hint and never a proof."""
    return sha256(
        name.encode(errors="surrogatepass") + b"\n" + bytes([algorithm]) + public
    ).digest()[:4]


def parse_vkey(text: str) -> VerifierKey:
    """Parse a verifier key: ``name+id+base64(type || key)``.

    Raises:
        MalformedError: a part is missing, the name is none, the type is not 0x01 or
            0x04, the key is no Ed25519 key or a weak one, or the id is another key's.
    """
    name, *rest = text.split("+", 2)  # base64 may hold a plus
    if len(rest) != len(("id", "key")):
        raise MalformedError(f"a key is {show(text)}, expected name+id+base64")
    check_name(name, "the name of a key")
    check_hex(rest[0], f"the id of the key {show(name)}", digits=2 * _ID_SIZE)
    data = decode_base64(rest[1], f"the key {show(name)}")
    if len(data) != 1 + KEY_SIZE or data[0] not in ALGORITHMS:
        raise MalformedError(
            f"the key {show(name)} is {show(data.hex())},"
            " expected 01 or 04 and 32 bytes"
        )
    load_public_key(data[1:])
    key = VerifierKey(name, data[0], data[1:])
    if key.id.hex() != rest[0]:
        raise MalformedError(
            f"the key {show(name)} has the id {rest[0]}, expected {key.id.hex()}"
        )
    return key


def format_vkey(key: VerifierKey) -> str:
    """Return ``key`` as ``name+id+base64(type || key)``."""
    return f"{key.name}+{key.id.hex()}+{_base64(bytes([key.algorithm]) + key.public)}"


def check_name(name: str, what: str) -> None:
    """Check a key name: not empty, UTF-8, no Unicode space, plus or control character.

    Raises:
        MalformedError: it is not one.
    """
    if not name or any(c.isspace() or _NO_NAME.match(c) for c in name):
        raise MalformedError(
            f"{what} is {show(name)}, expected one without spaces and plus signs"
        )


def parse_note(data: bytes) -> Note:
    """Parse a signed note.  Nothing is checked yet: see :func:`open_note`.

    Stricter than the specification: at most 1 MiB and 100 signatures, and base64 in its
    canonical spelling, so that one note has one form.

    Raises:
        MalformedError: too long, no UTF-8, a control character other than newline, no
            blank line before the signatures, too many, or a line that is none.
    """
    text, lines = _split(_decode(data))
    if len(lines) > MAX_SIGNATURES:
        raise MalformedError(
            f"a note has {len(lines)} signatures, expected {MAX_SIGNATURES} at most"
        )
    return Note(text, tuple(_parse_signature(line) for line in lines))


def format_note(note: Note) -> bytes:
    """Return ``note`` as the bytes that :func:`parse_note` reads as the same note.

    Raises:
        MalformedError: ``note`` cannot be written so that it reads the same.
    """
    lines = [
        f"— {line.name} {_base64(line.key_id + line.signature)}\n"
        for line in note.signatures
    ]
    data = f"{note.text}\n{''.join(lines)}".encode(errors="surrogatepass")
    if parse_note(data) != note:
        raise MalformedError(
            f"the note {show(note.text)} reads differently when it is written,"
            " expected the same"
        )
    return data


def sign_note(text: str, name: str, private: Ed25519PrivateKey) -> Note:
    """Sign ``text``, its last newline included, as a log does (type 0x01).

    Raises:
        MalformedError: the text or the name can stand in no note, or the text begins as
            what a witness signs does.
    """
    if text.startswith(f"{COSIGNED}\n"):
        raise MalformedError(f"a note begins {COSIGNED!r}, expected no cosignature")
    public = private.public_key().public_bytes_raw()
    signature = private.sign(text.encode(errors="surrogatepass"))
    note = Note(text, (NoteSignature(name, key_id(name, ED25519, public), signature),))
    format_note(note)
    return note


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> Note:
    """Return the note with those of its signatures that ``keys`` made, all verified.

    A line by an unknown key is left out, even if it shares its name or its id with a
    known one.  Stricter than the specification, which is silent there: two lines by one
    known key are refused, and so are two keys that share both name and id.

    Raises:
        MalformedError: the bytes are no note, or two of ``keys`` cannot be told apart.
        VerificationError: a known key signed twice, a signature by a known key does not
            verify, or no known key signed.
    """
    note, known = parse_note(data), _by_name_and_id(keys)
    opened: dict[tuple[str, bytes], NoteSignature] = {}
    for line in note.signatures:
        place = (line.name, line.key_id)
        if place not in known:
            continue
        if place in opened:
            raise VerificationError(
                f"the note has two signatures by {show(line.name)}, expected one"
            )
        _check_line(known[place], note.text, line.signature)
        opened[place] = line
    if not opened:
        raise VerificationError(
            f"the note is signed by {_names(line.name for line in note.signatures)},"
            f" expected {_names(name for name, _ in known)}"
        )
    return Note(note.text, tuple(opened.values()))


def sign_cosignature(
    text: str, name: str, private: Ed25519PrivateKey, *, time: int
) -> NoteSignature:
    """Sign a checkpoint's text at Unix time ``time``, as a witness does (type 0x04)."""
    if not 0 < time <= MAX_DECIMAL:
        raise ValueError(f"a cosignature at the time {time}, expected 1 to 2^63-1")
    public = private.public_key().public_bytes_raw()
    signature = time.to_bytes(_TIME_SIZE) + private.sign(_cosigned(text, time))
    return NoteSignature(name, key_id(name, COSIGNATURE, public), signature)


def cosignature_time(signature: bytes) -> int:
    """Return the time that a cosignature states, in Unix seconds, unverified."""
    return int.from_bytes(signature[:_TIME_SIZE])


def open_cosignature(key: VerifierKey, text: str, signature: bytes) -> int:
    """Open a witness's signature on a checkpoint: return its time (Unix seconds).

    ``signature`` is the time, 8 bytes big-endian, and the Ed25519 signature.

    Raises:
        MalformedError: ``key`` is weak.
        VerificationError: it is not 72 bytes long, the time is 0 (which vouches for no
            time) or above 2^63-1, or the signature does not verify.
    """
    if len(signature) != _TIME_SIZE + SIGNATURE_SIZE:
        raise VerificationError(
            f"the cosignature by {show(key.name)} is {len(signature)} bytes long,"
            f" expected {_TIME_SIZE + SIGNATURE_SIZE}"
        )
    time = cosignature_time(signature)
    if not 0 < time <= MAX_DECIMAL:
        raise VerificationError(
            f"the cosignature by {show(key.name)} has the time {time},"
            " expected 1 to 2^63-1"
        )
    public = load_public_key(key.public)
    check_signature(public, _cosigned(text, time), signature[_TIME_SIZE:])
    return time


def _decode(data: bytes) -> str:
    if len(data) > MAX_NOTE:
        raise MalformedError(
            f"a note is {len(data)} bytes long, expected {MAX_NOTE} at most"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(
            f"byte {error.start} of a note is no UTF-8 ({error.reason}), expected UTF-8"
        ) from error
    control = _CONTROL.search(text)
    if control:
        raise MalformedError(
            f"character {control.start()} of a note is {control.group()!r},"
            " expected no control character but newline"
        )
    return text


def _split(text: str) -> tuple[str, list[str]]:
    """Split a note at its last blank line into text and signature lines."""
    before, blank, after = text.rpartition("\n\n")
    if not blank or not after.endswith("\n"):
        raise MalformedError(
            f"a note ends {text[-40:]!r}, expected a blank line and signature lines"
        )
    return before + "\n", after[:-1].split("\n")


def _parse_signature(line: str) -> NoteSignature:
    dash, *parts = line.split(" ")
    if dash != "—" or len(parts) != len(("name", "base64")):
        raise MalformedError(
            f"a signature line is {show(line)}, expected '— name base64'"
        )
    check_name(parts[0], "the name in a signature line")
    data = decode_base64(parts[1], f"the signature by {show(parts[0])}")
    if len(data) <= _ID_SIZE:
        raise MalformedError(
            f"the signature by {show(parts[0])} is {len(data)} bytes long,"
            f" expected more than the {_ID_SIZE} of the key id"
        )
    return NoteSignature(parts[0], data[:_ID_SIZE], data[_ID_SIZE:])


def _by_name_and_id(
    keys: Iterable[VerifierKey],
) -> dict[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.id), key) != key:
            raise MalformedError(
                f"two keys have the name {show(key.name)} and the id {key.id.hex()},"
                " expected one"
            )
    return known


def _check_line(key: VerifierKey, text: str, signature: bytes) -> None:
    if key.algorithm == COSIGNATURE:
        open_cosignature(key, text, signature)
    else:
        check_signature(load_public_key(key.public), text.encode(), signature)


def _names(names: Iterable[str]) -> str:
    shown = [show(name) for name in names]
    more = ["…"] if len(shown) > _NAMED else []
    return ", ".join(shown[:_NAMED] + more) or "nobody"


def _cosigned(text: str, time: int) -> bytes:
    return f"{COSIGNED}\ntime {time}\n{text}".encode(errors="surrogatepass")


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
