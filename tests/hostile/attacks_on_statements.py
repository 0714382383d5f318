"""Hostile statements, openings and log entries: each a name and the bytes.

A payload is signed with the good key, unless the attack is on the signature.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

from archiver.ed25519 import keyid
from archiver.openings import Withheld, format_openings
from archiver.statements import (
    NS,
    Envelope,
    format_bundle,
    format_entry,
    pae,
    sign_statement,
)
from tests.hostile.attacks_on_warcs import response, with_part
from tests.hostile.good_capture import (
    GOOD,
    GOOD_KEY,
    LIE,
    OPENINGS,
    ORIGIN,
    OTHER_KEY,
    SALT,
    WARC,
    statement_of,
)


def bundle(change: Any) -> bytes:
    """Return the good bundle after ``change`` to its JSON."""
    whole = json.loads(format_bundle(GOOD))
    change(whole["dsseEnvelope"])
    return json.dumps(whole, separators=(",", ":")).encode() + b"\n"


def signed(payload: bytes) -> bytes:
    """Return a bundle of any payload, signed with the good key."""
    kid = keyid(GOOD_KEY.public_key())
    return format_bundle(Envelope(payload, GOOD_KEY.sign(pae(payload)), kid))


def said(**changed: Any) -> bytes:
    """Return a bundle of the good statement with facts changed, signed."""
    return format_bundle(sign_statement(statement_of(WARC, **changed), GOOD_KEY))


def edited(old: bytes, new: bytes) -> bytes:
    """Return a bundle of the good payload after an edit, signed."""
    assert GOOD.payload.count(old) >= 1, old
    return signed(GOOD.payload.replace(old, new, 1))


def bundles() -> Iterator[tuple[str, bytes]]:
    """Yield the hostile statements: A9 to A14, A29, A34 and A46."""
    other = sign_statement(statement_of(with_part(1, response(LIE))), GOOD_KEY)
    older = sign_statement(statement_of(WARC, status=404), GOOD_KEY)
    stranger = sign_statement(statement_of(WARC), OTHER_KEY)
    note = f"{ORIGIN}\n1\n{b64encode(bytes(32)).decode()}\n".encode()
    digest = sha256(WARC).hexdigest().encode()
    one = {"sig": b64encode(GOOD.signature).decode(), "keyid": GOOD.keyid}
    yield "A9-statement-of-another-capture", format_bundle(other)
    yield (
        "A10-signature-of-an-older-statement",
        format_bundle(replace(GOOD, signature=older.signature)),
    )
    yield (
        "A10-payload-changed",
        format_bundle(
            replace(
                GOOD, payload=GOOD.payload.replace(b'"status":200', b'"status":404')
            )
        ),
    )
    yield "A11-no-signature", bundle(lambda inner: inner.pop("signatures"))
    yield "A11-empty-list-of-signatures", bundle(lambda i: i.update(signatures=[]))
    yield "A11-empty-signature", bundle(lambda i: i["signatures"][0].update(sig=""))
    yield "A11-two-signatures", bundle(lambda i: i["signatures"].append(one))
    yield (
        "A12-payload-type-changed",
        bundle(lambda inner: inner.update(payloadType="application/json")),
    )
    yield "A12-statement-of-another-type", said(kind="release")
    yield "A12-statement-of-no-known-type", edited(b"snapshot/v1", b"rumour/v1")
    yield (
        "A12-statement-of-another-namespace",
        edited(NS.encode(), b"https://a.example/"),
    )
    yield (
        "A13-a-note-for-a-statement",
        format_bundle(Envelope(note, GOOD_KEY.sign(note), GOOD.keyid)),
    )
    yield "A13-a-signed-note-for-a-payload", signed(note)
    yield "A14-key-of-a-stranger", format_bundle(stranger)
    yield (
        "A14-our-keyid-on-a-strangers-signature",
        format_bundle(replace(stranger, keyid=GOOD.keyid)),
    )
    yield (
        "A29-file-name-that-leads-elsewhere",
        edited(digest + b".warc.gz", b"../" + digest),
    )
    yield (
        "A34-sha1-beside-sha256",
        edited(b'"digest":{', b'"digest":{"sha1":"' + b"0" * 40 + b'",'),
    )
    yield "A34-sha512-in-place-of-sha256", edited(b'"sha256":"', b'"sha512":"')
    yield (
        "A34-digest-in-capitals",
        edited(b'"sha256":"' + digest, b'"sha256":"' + digest.upper()),
    )
    yield "A46-statement-of-another-log", said(origin="sourcebook.internal/other/1")
    yield from facts()
    yield from hostile_json()


def facts() -> Iterator[tuple[str, bytes]]:
    """Yield statements of facts that cannot be, signed all the same."""
    yield "F-custody-that-is-none", said(custody="witnessed")
    yield "F-main-record-outside-the-file", said(mainRecord=4)
    yield "F-salt-cut-short", edited(SALT.encode(), SALT[:-2].encode())
    yield "F-status-that-is-true", said(status=True)
    yield (
        "F-two-files",
        edited(
            b'"subject":[',
            b'"subject":[{"name":"x","digest":{"sha256":"' + b"0" * 64 + b'"}},',
        ),
    )


def hostile_json() -> Iterator[tuple[str, bytes]]:
    """Yield statements whose JSON two readers could read differently: A32."""
    good = format_bundle(GOOD)
    yield (
        "A32-payload-key-twice",
        edited(b'"custody":"observed"', b'"custody":"supplied","custody":"observed"'),
    )
    yield (
        "A32-payload-key-twice-by-an-escape",
        edited(b'"status":200', b'"status":200,"statu\\u0073":404'),
    )
    for name, value in {
        "not-a-number": b"NaN",
        "infinity": b"-Infinity",
        "float": b"200.0",
        "exponent": b"2e2",
        "big-integer": b"9007199254740993",
        "very-big-integer": b"9" * 4500,
        "leading-zero": b"0200",
    }.items():
        yield f"A32-payload-{name}", edited(b'"status":200', b'"status":' + value)
    yield (
        "A32-payload-half-a-surrogate-pair",
        edited(b'"labels":[]', b'"labels":["\\ud800"]'),
    )
    yield "A32-payload-byte-order-mark", signed(b"\xef\xbb\xbf" + GOOD.payload)
    yield "A32-payload-not-utf-8", edited(b"observed", b"\xff")
    yield "A32-payload-in-utf-16", signed(GOOD.payload.decode().encode("utf-16"))
    yield "A32-payload-with-something-behind", signed(GOOD.payload + b"{}")
    yield (
        "A32-payload-nested-deep",
        edited(b'"tls":null', b'"tls":' + b'{"a":[' * 500 + b"]}" * 500),
    )
    yield "A32-payload-empty", signed(b"")
    yield "A32-bundle-key-twice", good.replace(b"{", b'{"mediaType":"x",', 1)
    yield "A32-bundle-nested-deep", b"[" * 5000
    yield "A32-bundle-with-something-behind", good + good
    yield "A32-bundle-byte-order-mark", b"\xef\xbb\xbf" + good
    yield "A32-bundle-with-a-blank", good.replace(b",", b", ", 1)
    yield "A32-bundle-with-a-member-more", good.replace(b"{", b'{"x":1,', 1)
    yield (
        "A32-bundle-in-the-other-base64",
        bundle(
            lambda inner: inner["signatures"][0].update(
                sig=urlsafe_b64encode(GOOD.signature).decode()
            )
        ),
    )
    yield "A32-bundle-that-is-a-number", b"9" * 4500


def openings() -> Iterator[tuple[str, bytes]]:
    """Yield the hostile openings of the good WARC."""

    def other(number: int, **values: Any) -> bytes:
        lines = list(OPENINGS)
        lines[number] = replace(lines[number], **values)
        return format_openings(lines, None)

    good = format_openings(OPENINGS, None)
    held = [*OPENINGS[:2], Withheld(2, bytes(32), "7" * 64), OPENINGS[3]]
    yield "A1-hash-replaced", other(1, sha256=sha256(response(LIE)).hexdigest())
    yield "A3-address-replaced", other(1, uri="http://b.example/")
    yield "A3-type-replaced", other(1, type="resource")
    yield "A4-last-line-dropped", format_openings(OPENINGS[:3], None)
    yield (
        "A4-lines-exchanged",
        b"\n".join(good.splitlines()[place] for place in (1, 0, 2, 3)) + b"\n",
    )
    yield "A5-salt-replaced", other(1, salt=bytes(16))
    yield "A6-records-with-a-gap", other(0, length=OPENINGS[0].length - 1)
    yield "A7-member-replaced", other(1, member="0" * 64)
    yield "A8-cut-by-one-byte", good[:-1]
    yield "A32-key-twice", good.replace(b'{"i":1,', b'{"i":0,"i":1,', 1)
    yield "A32-blank-line", good.replace(b"\n", b"\n\n", 1)
    yield "A32-with-a-blank", good.replace(b",", b", ", 1)
    yield "A32-index-that-is-true", good.replace(b'{"i":1,', b'{"i":true,', 1)
    yield "A41-withheld-with-another-commitment", format_openings(held, None)
    yield "A34-digest-of-another-algorithm", good.replace(b'"sha256"', b'"sha1"', 1)


def entries() -> Iterator[tuple[str, bytes]]:
    """Yield the hostile log entries of the good statement."""
    good = format_entry("snapshot", GOOD)
    yield (
        "A10-signature-replaced",
        format_entry("snapshot", replace(GOOD, signature=bytes(64))),
    )
    yield "A11-no-signature", b"".join(good.splitlines(keepends=True)[:3])
    yield "A12-type-replaced", format_entry("release", GOOD)
    yield "A12-type-of-no-statement", format_entry("rumour", GOOD)
    yield "A14-keyid-replaced", format_entry("snapshot", replace(GOOD, keyid="0" * 64))
    yield "A32-carriage-returns", good.replace(b"\n", b"\r\n")
    yield "A32-line-more", good + b"why because\n"
    yield "A32-final-line-end-missing", good[:-1]
    yield "A34-digest-of-another-algorithm", good.replace(b"sha256", b"sha512")
