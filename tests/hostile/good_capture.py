"""The good capture that the attacks are on: its WARC, statement and openings."""

from hashlib import sha256
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver.ed25519 import keyid
from archiver.openings import Opening, commit, records_root
from archiver.records import walk_records
from archiver.statements import Statement, Subject, sign_statement
from tests.warcs import INFO, URI, packed, record

GOOD_KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"the capturer").digest())
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"somebody else").digest())
KEYS = {keyid(GOOD_KEY.public_key()): GOOD_KEY.public_key()}
ORIGIN = "sourcebook.internal/hostile/00000000"
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nThe court sat on Monday."
LIE = BODY.replace(b"Monday", b"Friday")
PARTS = [
    record("warcinfo", INFO, number=0),
    record("response", BODY, number=1),
    record("request", b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", number=2),
    record("metadata", b"outcome: complete\r\n", number=3),
]
WARC = packed(PARTS)
SALT = "00112233445566778899aabbccddeeff"


def openings_of(data: bytes) -> list[Opening]:
    """Return the openings of a WARC, each with a salt of its own."""
    return [
        Opening(
            index=each.index,
            sha256=each.sha256,
            salt=sha256(b"salt %d" % each.index).digest()[:16],
            type=each.type,
            uri=each.uri,
            offset=each.offset,
            length=each.length,
            member=each.member,
        )
        for each in walk_records(BytesIO(data))
    ]


def predicate_of(data: bytes) -> dict[str, Any]:
    """Return what the capture of a WARC says."""
    opened = openings_of(data)
    commits = [commit(each.salt, each.sha256) for each in opened]
    return {
        "salt": SALT,
        "origin": ORIGIN,
        "on": "2026-01-31T23:59:59Z",
        "custody": "observed",
        "requestedUrl": URI,
        "finalUrl": URI,
        "status": 200,
        "startedOn": "2026-01-31T23:59:57Z",
        "finishedOn": "2026-01-31T23:59:58Z",
        "mainRecord": 1,
        "outcome": "complete",
        "reason": None,
        "labels": [],
        "allowedAddresses": [],
        "redactions": [],
        "tls": None,
        "tool": {"name": "sourcebook", "version": "0.1.0"},
        "warc": {
            "length": len(data),
            "recordCount": len(opened),
            "recordsRoot": records_root(commits).hex(),
        },
        "text": None,
    }


def statement_of(data: bytes, *, kind: str = "snapshot", **changed: Any) -> Statement:
    """Return the statement of a WARC, with facts ``changed``."""
    digest = sha256(data).hexdigest()
    subject = Subject(f"{digest}.warc.gz", digest)
    return Statement(kind, (subject,), predicate_of(data) | changed)


GOOD = sign_statement(statement_of(WARC), GOOD_KEY)
OPENINGS = openings_of(WARC)
