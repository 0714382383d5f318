"""Statements: in-toto Statements in DSSE envelopes, and their entries in the log.

What is signed is PAE(payload), the payload's very bytes: nothing is put into another
form before a signature is checked, and the payload is parsed only afterwards.  A stored
statement is a Sigstore bundle v0.3 with one signature; what stands in the bundle beside
the payload is a hint and never evidence.  A log entry is built from the statement.

>>> pae(b"{}")
b'DSSEv1 28 application/vnd.in-toto+json 2 {}'
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from archiver.ed25519 import SIGNATURE_SIZE, check_signature, keyid
from archiver.errors import MalformedError, VerificationError
from archiver.jsonobject import JsonObject
from archiver.strict import decode_base64, decode_base64_any, parse_json, show

NS: Final = "https://sourcebook.internal/ns/"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
MEDIA_TYPE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"
TYPES: Final = (
    "policy",
    "snapshot",
    "text",
    "release",
    "assessment",
    "authentication",
    "attempt",
    "custody",
    "key",
    "revoke",
    "tombstone",
)
SALT_DIGITS: Final = 32  # 16 bytes in hex
MAX_PAYLOAD: Final = 16 << 20  # bytes
MAX_BUNDLE: Final = 24 << 20  # bytes: a payload in base64, and the rest

_PREDICATE_TYPE = re.compile(re.escape(NS) + r"([a-z]+)/v1")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,6})?Z"
)
_ENTRY = re.compile(
    rf"{re.escape(NS)}log-entry@v1\n"
    r"type ([a-z]+)\n"
    r"statement sha256:([0-9a-f]{64})\n"
    r"signed-by ([0-9a-f]{64}) ([A-Za-z0-9+/]{86}==)\n"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about: a name, and the hex SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said, without who says it.

    ``unknown`` names the fields that no version known here has, outside the predicate;
    they are kept in the signed bytes and mean nothing.
    """

    type: str
    subjects: tuple[Subject, ...]
    predicate: dict[str, Any]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, a signature over its PAE, and the key that is said to have made it."""

    payload: bytes
    signature: bytes
    keyid: str

    @property
    def id(self) -> str:
        """The hex SHA-256 of the PAE, by which a statement is known."""
        return sha256(pae(self.payload)).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log: which statement, of what type, signed by whom."""

    type: str
    statement_id: str
    keyid: str
    signature: bytes


def pae(payload: bytes) -> bytes:
    """Return the DSSE pre-authentication encoding of a payload (DSSE v1, protocol)."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def format_statement(statement: Statement) -> bytes:
    """Write a statement as JSON, one line, and check that it can be read again.

    Raises:
        MalformedError: what stands in the statement is nothing that
            :func:`parse_statement` takes.
    """
    subjects = [
        {"name": subject.name, "digest": {"sha256": subject.sha256}}
        for subject in statement.subjects
    ]
    payload = _dump(
        {
            "_type": STATEMENT_TYPE,
            "subject": subjects,
            "predicateType": f"{NS}{statement.type}/v1",
            "predicate": statement.predicate,
        }
    )
    parse_statement(payload)
    return payload


def parse_statement(payload: bytes, origin: str | None = None) -> Statement:
    """Parse a payload that is already verified (in-toto Statement v1).

    Stricter than in-toto: each subject has a name of its own and one digest, SHA-256.

    Raises:
        MalformedError: the payload is no strict JSON, no statement, of a type that is
            not in ``TYPES``, or without a salt, an origin or a time.
        VerificationError: the statement was made for another origin than ``origin``.
    """
    whole = JsonObject(
        parse_json(payload, "the statement", max_bytes=MAX_PAYLOAD), "the statement"
    )
    whole.one_of("_type", (STATEMENT_TYPE,))
    kind = _parse_type(whole.text("predicateType"))
    subjects = [
        JsonObject(value, f"the statement.subject[{index}]")
        for index, value in enumerate(whole.array("subject"))
    ]
    predicate = whole.object("predicate")
    _check_predicate(predicate, origin)
    known = ("_type", "subject", "predicateType", "predicate")
    unknown = [*whole.unknown(known)]
    for subject in subjects:
        unknown += map(subject.place, subject.unknown(("name", "digest")))
    return Statement(kind, _parse_subjects(subjects), predicate.members, tuple(unknown))


def parse_time(text: object, what: str) -> datetime:
    """Parse an RFC 3339 time in UTC, ``Z`` and capitals only.

    Raises:
        MalformedError: it is none, or no day of the calendar.
    """
    if isinstance(text, str) and _TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError:
            pass  # 2026-02-30: told below with the rest
    raise MalformedError(
        f"{what} is {show(text)}, expected a time as 2026-01-31T23:59:59Z"
    )


def sign_statement(statement: Statement, private: Ed25519PrivateKey) -> Envelope:
    """Sign a statement.

    Raises:
        MalformedError: see :func:`format_statement`.
    """
    payload = format_statement(statement)
    return Envelope(payload, private.sign(pae(payload)), keyid(private.public_key()))


def open_statement(
    envelope: Envelope,
    keys: Mapping[str, Ed25519PublicKey],
    origin: str | None = None,
) -> Statement:
    """Check the signature with one of ``keys`` (by keyid), then parse the payload.

    The envelope's keyid only chooses among ``keys``; that it names the key which
    verified is checked, since the log's entry repeats it.

    Raises:
        VerificationError: the key is not among ``keys``, the signature does not verify,
            or the statement was made for another origin than ``origin``.
        MalformedError: see :func:`parse_statement`.
    """
    key = keys.get(envelope.keyid)
    if key is None or keyid(key) != envelope.keyid:
        raise VerificationError(
            f"the statement {envelope.id} is signed by the key {envelope.keyid},"
            f" expected one of the {len(keys)} keys that are trusted",
            hint="A keyid inside a bundle proves nothing; see trust/ for who may sign.",
        )
    check_signature(key, pae(envelope.payload), envelope.signature)
    return parse_statement(envelope.payload, origin)


def format_bundle(envelope: Envelope) -> bytes:
    """Write an envelope as a Sigstore bundle v0.3, one line of JSON."""
    signature = {
        "sig": b64encode(envelope.signature).decode(),
        "keyid": envelope.keyid,
    }
    return _dump(
        {
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {
                "publicKey": {"hint": envelope.keyid},
                "tlogEntries": [],
            },
            "dsseEnvelope": {
                "payload": b64encode(envelope.payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [signature],
            },
        },
        end="\n",
    )


def parse_bundle(data: bytes, *, canonical: bool = False) -> Envelope:
    """Parse a Sigstore bundle v0.3 that holds a DSSE envelope; nothing is verified yet.

    Both alphabets of base64 are read.  ``canonical`` asks for the very bytes that
    :func:`format_bundle` writes, so that a stored file has no byte that nothing covers.

    Raises:
        MalformedError: the bytes are no strict JSON or no such bundle, there is not
            exactly one signature, it names another key than the bundle, there is a
            transparency log entry, which nothing here checks, or it is not canonical.
    """
    bundle = JsonObject(
        parse_json(data, "the bundle", max_bytes=MAX_BUNDLE), "the bundle"
    )
    bundle.one_of("mediaType", (MEDIA_TYPE,))
    envelope = _parse_envelope(bundle.object("dsseEnvelope"))
    _check_material(bundle.object("verificationMaterial"), envelope.keyid)
    if canonical and format_bundle(envelope) != data:
        raise MalformedError(
            f"the bundle of statement {envelope.id} has other bytes than we write for"
            " it, expected the same",
            hint="Something outside the signed payload was changed or added.",
        )
    return envelope


def format_entry(kind: str, envelope: Envelope) -> bytes:
    """Write the log entry of a statement of type ``kind``: four lines."""
    signature = b64encode(envelope.signature).decode()
    return (
        f"{NS}log-entry@v1\n"
        f"type {kind}\n"
        f"statement sha256:{envelope.id}\n"
        f"signed-by {envelope.keyid} {signature}\n"
    ).encode()


def parse_entry(data: bytes) -> Entry:
    """Parse a log entry: exactly four lines, each ended by LF.

    Raises:
        MalformedError: it is anything else, or of a type that is not in ``TYPES``.
    """
    found = _ENTRY.fullmatch(data.decode("ascii", "replace"))
    if not found or found[1] not in TYPES:
        raise MalformedError(
            f"the log entry is {show(data)}, expected the four lines of"
            f" {NS}log-entry@v1"
        )
    signature = decode_base64(found[4], "the log entry's signature")
    return Entry(found[1], found[2], found[3], signature)


def _dump(value: dict[str, Any], *, end: str = "") -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + end
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedError(
            f"a string holds half a surrogate pair ({error.object[error.start]!r}),"
            " expected whole characters"
        ) from error


def _parse_type(text: str) -> str:
    found = _PREDICATE_TYPE.fullmatch(text)
    if not found or found[1] not in TYPES:
        raise MalformedError(
            f"the statement.predicateType is {show(text)}, expected {NS}<type>/v1 with"
            f" one of the types {', '.join(TYPES)}"
        )
    return found[1]


def _parse_subjects(subjects: list[JsonObject]) -> tuple[Subject, ...]:
    """Parse the subjects, at least one, each of another name."""
    found: dict[str, Subject] = {}
    for subject in subjects:
        digest = subject.object("digest")
        digest.check_no_more(("sha256",))
        name = subject.text("name")
        if name in found:
            raise MalformedError(
                f"{subject.place('name')} is {show(name)} again, expected another name"
            )
        found[name] = Subject(name, digest.hex("sha256"))
    if not found:
        raise MalformedError("the statement.subject is empty, expected at least one")
    return tuple(found.values())


def _check_predicate(predicate: JsonObject, origin: str | None) -> None:
    """Check what every predicate has: salt, origin and claimed time."""
    predicate.hex("salt", digits=SALT_DIGITS)
    parse_time(predicate.value("on"), predicate.place("on"))
    found = predicate.text("origin")
    if origin is not None and found != origin:
        raise VerificationError(
            f"the statement was made for the log {show(found)}, expected {origin!r}"
        )


def _parse_envelope(envelope: JsonObject) -> Envelope:
    """Parse a DSSE envelope with exactly one signature."""
    envelope.one_of("payloadType", (PAYLOAD_TYPE,))
    payload = decode_base64_any(envelope.value("payload"), envelope.place("payload"))
    signatures = envelope.array("signatures")
    if len(signatures) != 1:
        raise MalformedError(
            f"{envelope.place('signatures')} has {len(signatures)} signatures,"
            " expected exactly one"
        )
    only = JsonObject(signatures[0], envelope.place("signatures[0]"))
    signature = decode_base64_any(only.value("sig"), only.place("sig"))
    if len(signature) != SIGNATURE_SIZE:
        raise MalformedError(
            f"{only.place('sig')} has {len(signature)} bytes, expected {SIGNATURE_SIZE}"
        )
    return Envelope(payload, signature, only.hex("keyid"))


def _check_material(material: JsonObject, wanted: str) -> None:
    """Check that the bundle names the envelope's key, and no log of another kind."""
    hint = material.object("publicKey").text("hint")
    if hint != wanted:
        raise MalformedError(
            f"{material.place('publicKey.hint')} is {show(hint)}, expected {wanted},"
            " the keyid of the signature"
        )
    if material.array("tlogEntries"):
        raise MalformedError(
            f"{material.place('tlogEntries')} has entries, expected none: the log is"
            " proven by a receipt beside the bundle"
        )
