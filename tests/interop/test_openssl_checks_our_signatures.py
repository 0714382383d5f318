"""OpenSSL's command line checks what we signed, and we check what it signed.

The signed bytes are put together here by hand, from the words of the standards and the
fields of the stored file, and not by the functions that sign.
"""

import hashlib
import json
import subprocess
from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import ed25519
from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.errors import MalformedError, VerificationError
from archiver.notes import format_note, sign_cosignature, sign_note
from archiver.statements import (
    Statement,
    Subject,
    format_bundle,
    open_statement,
    parse_bundle,
    sign_statement,
)

pytestmark = pytest.mark.needs("openssl")

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x2a" * 32)
PUBLIC = PRIVATE.public_key()
ORIGIN = "sourcebook.internal/example/1d7a21ee"
STATEMENT = Statement(
    "custody",
    (Subject("what was found.txt", hashlib.sha256(b"a document").hexdigest()),),
    {
        "salt": "00112233445566778899aabbccddeeff",
        "origin": ORIGIN,
        "on": "2026-01-31T12:00:00Z",
        "note": "Кто это сказал? « Personne. » 😀",
    },
)


def openssl(*arguments, data=b""):
    return subprocess.run(
        ["openssl", *map(str, arguments)],
        input=data,
        capture_output=True,
        check=False,
        timeout=60,
    )


def pem_of(der):
    body = b64encode(der).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


@pytest.fixture
def verify(tmp_path):
    """Return a function that asks openssl whether a raw Ed25519 signature verifies."""

    def ask(message, signature, der):
        files = {"pub.pem": pem_of(der).encode(), "message": message, "sig": signature}
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        return openssl(
            *("pkeyutl", "-verify", "-rawin", "-in", tmp_path / "message"),
            *("-pubin", "-inkey", tmp_path / "pub.pem", "-sigfile", tmp_path / "sig"),
        )

    return ask


def assert_good(answer):
    assert answer.returncode == 0, answer.stderr
    assert b"Signature Verified Successfully" in answer.stdout


def assert_bad(answer):
    assert answer.returncode != 0
    assert b"Signature Verified Successfully" not in answer.stdout


def stored_parts(bundle):
    """Return payload type, payload and signature of a bundle, read as plain JSON."""
    envelope = json.loads(bundle)["dsseEnvelope"]
    (signature,) = envelope["signatures"]
    payload, raw = b64decode(envelope["payload"]), b64decode(signature["sig"])
    return envelope["payloadType"].encode(), payload, raw


def pae_by_hand(kind, payload):
    """Put the PAE together by the DSSE protocol: lengths in ASCII decimal, of bytes."""
    lengths = [str(len(part)).encode() for part in (kind, payload)]
    return b" ".join([b"DSSEv1", lengths[0], kind, lengths[1], payload])


def test_openssl_verifies_a_statement_from_its_stored_bundle(verify):
    bundle = format_bundle(sign_statement(STATEMENT, PRIVATE))
    kind, payload, signature = stored_parts(bundle)
    assert kind == b"application/vnd.in-toto+json"
    message = pae_by_hand(kind, payload)
    assert_good(verify(message, signature, ed25519.spki(PUBLIC)))
    assert parse_bundle(bundle).id == hashlib.sha256(message).hexdigest()


def test_openssl_refuses_a_statement_with_its_payload_or_type_changed(verify):
    kind, payload, signature = stored_parts(
        format_bundle(sign_statement(STATEMENT, PRIVATE))
    )
    changed = payload.replace(b"what was found", b"what was faked")
    assert changed != payload
    der = ed25519.spki(PUBLIC)
    assert_bad(verify(pae_by_hand(kind, changed), signature, der))
    assert_bad(verify(pae_by_hand(b"application/json", payload), signature, der))
    assert_bad(verify(payload, signature, der))


def test_openssl_verifies_a_checkpoint_and_its_cosignature(verify):
    text = format_checkpoint(Checkpoint(ORIGIN, 3, bytes(range(32))))
    lines = format_note(sign_note(text, ORIGIN, PRIVATE)).decode().splitlines()
    signature = b64decode(lines[-1].split(" ")[2])[4:]
    assert_good(verify(text.encode(), signature, ed25519.spki(PUBLIC)))
    assert_bad(verify(text.rstrip("\n").encode(), signature, ed25519.spki(PUBLIC)))

    witness = Ed25519PrivateKey.from_private_bytes(b"\x2b" * 32)
    cosigned = sign_cosignature(text, "witness.example", witness, time=1679315147)
    message = f"cosignature/v1\ntime 1679315147\n{text}".encode()
    der = ed25519.spki(witness.public_key())
    assert_good(verify(message, cosigned.signature[8:], der))


def test_openssl_writes_the_same_public_key_and_so_the_same_keyid(tmp_path):
    pem = tmp_path / "pub.pem"
    pem.write_text(pem_of(ed25519.spki(PUBLIC)))
    der = openssl("pkey", "-pubin", "-in", pem, "-outform", "DER").stdout
    assert der == ed25519.spki(PUBLIC)
    assert hashlib.sha256(der).hexdigest() == ed25519.keyid(PUBLIC)
    assert ed25519.load_spki(der) == PUBLIC


def test_a_statement_that_openssl_signed_opens_here(tmp_path):
    key, message, sig = (tmp_path / name for name in ("key.pem", "message", "sig"))
    assert openssl("genpkey", "-algorithm", "ed25519", "-out", key).returncode == 0
    der = openssl("pkey", "-in", key, "-pubout", "-outform", "DER").stdout
    public = ed25519.load_spki(der)
    bundle = json.loads(format_bundle(sign_statement(STATEMENT, PRIVATE)))
    payload = b64decode(bundle["dsseEnvelope"]["payload"])
    message.write_bytes(pae_by_hand(b"application/vnd.in-toto+json", payload))
    signed = openssl(
        *("pkeyutl", "-sign", "-rawin", "-in", message),
        *("-inkey", key, "-out", sig),
    )
    assert signed.returncode == 0, signed.stderr
    keyid = hashlib.sha256(der).hexdigest()
    bundle["verificationMaterial"]["publicKey"]["hint"] = keyid
    bundle["dsseEnvelope"]["signatures"] = [
        {"sig": b64encode(sig.read_bytes()).decode(), "keyid": keyid}
    ]
    envelope = parse_bundle(json.dumps(bundle).encode())
    opened = open_statement(envelope, {keyid: public}, ORIGIN)
    assert opened.subjects == STATEMENT.subjects
    assert opened.predicate == STATEMENT.predicate
    with pytest.raises(VerificationError, match="is signed by the key"):
        open_statement(envelope, {ed25519.keyid(PUBLIC): PUBLIC}, ORIGIN)


def test_openssl_too_takes_a_forged_signature_under_a_weak_key(verify):
    """So the refusal must be ours, when a key is loaded (A16)."""
    weak = bytes.fromhex("302a300506032b6570032100") + bytes([1, *bytes(31)])
    forged = bytes([1, *bytes(63)])
    assert_good(verify(b"what nobody signed", forged, weak))
    with pytest.raises(MalformedError, match="point of small order"):
        ed25519.load_spki(weak)
