"""Statements: signed as stored, verified before they are parsed, parsed strictly."""

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.ed25519 import keyid
from archiver.errors import MalformedError, SourcebookError, VerificationError
from archiver.statements import (
    NS,
    TYPES,
    Entry,
    Envelope,
    Statement,
    Subject,
    format_bundle,
    format_entry,
    format_statement,
    open_statement,
    pae,
    parse_bundle,
    parse_entry,
    parse_statement,
    parse_time,
    sign_statement,
)

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = PRIVATE.public_key()
KEYS = {keyid(PUBLIC): PUBLIC}
ORIGIN = "sourcebook.internal/example/00000000"
PREDICATE = {
    "salt": "00112233445566778899aabbccddeeff",
    "origin": ORIGIN,
    "on": "2026-01-31T23:59:59Z",
    "why": "дело ✓",
}
STATEMENT = Statement("release", (Subject("a/b", "0" * 64),), PREDICATE)
ENVELOPE = sign_statement(STATEMENT, PRIVATE)


def payload(**changed):
    whole = json.loads(ENVELOPE.payload) | changed
    kept = {key: value for key, value in whole.items() if value is not None}
    return json.dumps(kept).encode()


def signed(data):
    return Envelope(data, PRIVATE.sign(pae(data)), keyid(PUBLIC))


def bundle(change):
    whole = json.loads(format_bundle(ENVELOPE))
    change(whole)
    return json.dumps(whole).encode()


def test_the_bytes_that_are_signed_are_those_of_the_standard():
    assert pae(b"hello") == b"DSSEv1 28 application/vnd.in-toto+json 5 hello"
    assert ENVELOPE.id == sha256(pae(ENVELOPE.payload)).hexdigest()


def test_what_was_signed_is_opened_with_the_key_that_signed_it():
    assert open_statement(ENVELOPE, KEYS) == STATEMENT
    assert open_statement(ENVELOPE, KEYS, ORIGIN) == STATEMENT


def test_a_statement_is_written_in_one_way():
    assert ENVELOPE.payload == (
        b'{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a/b",'
        b'"digest":{"sha256":"' + b"0" * 64 + b'"}}],"predicateType":'
        b'"https://sourcebook.internal/ns/release/v1","predicate":{"salt":'
        b'"00112233445566778899aabbccddeeff","origin":'
        b'"sourcebook.internal/example/00000000","on":"2026-01-31T23:59:59Z",'
        b'"why":"' + "дело ✓".encode() + b'"}}'
    )


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_payload_with_one_byte_changed_is_refused(place):
    changed = bytearray(ENVELOPE.payload)
    changed[place] ^= 1
    envelope = Envelope(bytes(changed), ENVELOPE.signature, ENVELOPE.keyid)
    with pytest.raises(VerificationError, match="the signature does not verify"):
        open_statement(envelope, KEYS)


def test_a_signature_spliced_from_another_statement_is_refused():
    other = sign_statement(
        Statement("release", (Subject("c", "1" * 64),), PREDICATE), PRIVATE
    )
    spliced = Envelope(ENVELOPE.payload, other.signature, ENVELOPE.keyid)
    with pytest.raises(VerificationError, match="the signature does not verify"):
        open_statement(spliced, KEYS)


def test_a_payload_that_is_not_verified_is_not_parsed():
    broken = Envelope(b"\xff{", bytes(64), ENVELOPE.keyid)
    with pytest.raises(VerificationError, match="the signature does not verify"):
        open_statement(broken, KEYS)
    with pytest.raises(MalformedError, match="the statement: byte 0 is no UTF-8"):
        open_statement(signed(b"\xff{"), KEYS)


def test_a_key_that_only_the_bundle_vouches_for_is_refused():
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
    envelope = sign_statement(STATEMENT, stranger)
    with pytest.raises(VerificationError, match="expected one of the 1 keys") as caught:
        open_statement(envelope, KEYS)
    assert "proves nothing" in caught.value.hint


def test_a_key_that_is_filed_under_another_keyid_is_refused():
    wrong = Envelope(ENVELOPE.payload, ENVELOPE.signature, "0" * 64)
    with pytest.raises(VerificationError, match=f"signed by the key {'0' * 64}"):
        open_statement(wrong, {"0" * 64: PUBLIC})


def test_a_statement_of_another_origin_is_refused():
    said = f"made for the log '{ORIGIN}', expected 'other/log'"
    with pytest.raises(VerificationError, match=said):
        open_statement(ENVELOPE, KEYS, "other/log")


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_the_list_is_known(kind):
    statement = Statement(kind, STATEMENT.subjects, PREDICATE)
    assert parse_statement(format_statement(statement)) == statement


SUBJECT = {"name": "a", "digest": {"sha256": "0" * 64}}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"_type": "https://in-toto.io/Statement/v0.1"},
            "_type is .*, expected one of",
        ),
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "predicateType is"),
        ({"predicateType": f"{NS}rumour/v1"}, "predicateType is .*rumour"),
        ({"predicateType": f"{NS}release/v2"}, "predicateType is .*release/v2"),
        ({"predicateType": f"{NS}release/v1 "}, "predicateType is"),
        ({"predicateType": None}, "has no 'predicateType'"),
        ({"predicate": []}, r"the statement.predicate is \[\], expected an object"),
        ({"subject": {}}, "the statement.subject is {}, expected an array"),
        ({"subject": []}, "the statement.subject is empty"),
        ({"subject": ["x"]}, r"the statement.subject\[0\] is 'x', expected an obj"),
        ({"subject": [SUBJECT, SUBJECT]}, r"subject\[1\].name is 'a' again"),
        ({"subject": [{"digest": SUBJECT["digest"]}]}, "has no 'name'"),
        ({"subject": [{"name": "a", "digest": {}}]}, "digest has no 'sha256'"),
        (
            {"subject": [{"name": "a", "digest": {"sha1": "0" * 40}}]},
            "digest has 'sha1', expected only sha256",
        ),
        (
            {"subject": [{"name": "a", "digest": SUBJECT["digest"] | {"md5": "0"}}]},
            "digest has 'md5', expected only sha256",
        ),
        (
            {"subject": [{"name": "a", "digest": {"sha256": "0" * 63 + "A"}}]},
            "digest.sha256 is .*, expected 64 digits of lower-case hex",
        ),
        ({"predicate": PREDICATE | {"salt": "00"}}, "salt is '00', expected 32 digits"),
        ({"predicate": PREDICATE | {"origin": ""}}, "origin is '', expected a non-emp"),
        ({"predicate": PREDICATE | {"on": "now"}}, "on is 'now', expected a time as"),
        ({"predicate": PREDICATE | {"n": 1.5}}, "the number '1.5' stands here"),
    ],
)
def test_a_payload_of_another_shape_is_refused_though_it_is_signed(changed, said):
    with pytest.raises(MalformedError, match=said):
        open_statement(signed(payload(**changed)), KEYS)


@pytest.mark.parametrize("key", ["salt", "origin", "on"])
def test_a_predicate_without_salt_origin_or_time_is_refused(key):
    without = {name: value for name, value in PREDICATE.items() if name != key}
    with pytest.raises(MalformedError, match=f"predicate has no '{key}'"):
        parse_statement(payload(predicate=without))


def test_fields_that_nobody_knows_yet_are_kept_and_named():
    subject = SUBJECT | {"uri": "http://a/"}
    found = parse_statement(payload(later=1, subject=[subject]))
    assert found.unknown == ("later", "the statement.subject[0].uri")


def test_what_could_not_be_read_again_is_not_signed():
    for wrong in ({"salt": "00"}, {"why": "\ud800"}, {"why": 1.5}):
        statement = Statement("release", STATEMENT.subjects, PREDICATE | wrong)
        with pytest.raises(MalformedError):
            sign_statement(statement, PRIVATE)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T23:59:59Z", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-01-31T00:00:00.5Z", datetime(2026, 1, 31, 0, 0, 0, 500000, UTC)),
    ],
)
def test_a_time_is_a_moment_in_utc(text, moment):
    assert parse_time(text, "it") == moment


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "2026-01-31",
        "2026-01-31T23:59:59",
        "2026-01-31T23:59:59+00:00",
        "2026-01-31t23:59:59z",
        "2026-02-30T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T23:59:60Z",
        "2026-01-31T23:59:59.Z",
        "2026-01-31T23:59:59.1234567Z",
        "٢٠٢٦-01-31T23:59:59Z",
        "2026-01-31T23:59:59Z\n",
    ],
)
def test_a_time_in_any_other_spelling_is_refused(text):
    with pytest.raises(MalformedError, match=r"^it is .*, expected a time as 2026"):
        parse_time(text, "it")


def test_a_bundle_is_read_back_as_it_was_written():
    data = format_bundle(ENVELOPE)
    assert parse_bundle(data) == ENVELOPE
    assert parse_bundle(data, canonical=True) == ENVELOPE
    assert data.endswith(b"\n")
    assert json.loads(data)["verificationMaterial"]["tlogEntries"] == []


def test_both_alphabets_of_base64_are_read_and_one_is_written():
    def change(whole):
        inner = whole["dsseEnvelope"]
        inner["payload"] = urlsafe_b64encode(ENVELOPE.payload).decode()
        signature = urlsafe_b64encode(ENVELOPE.signature).decode()
        inner["signatures"][0]["sig"] = signature.rstrip("=")

    data = bundle(change)
    assert b64encode(ENVELOPE.signature) not in data
    assert parse_bundle(data) == ENVELOPE
    with pytest.raises(MalformedError, match="has other bytes than we write"):
        parse_bundle(data, canonical=True)


def test_a_byte_outside_the_payload_does_not_go_unseen_in_a_stored_bundle():
    spaced = format_bundle(ENVELOPE).replace(b",", b", ", 1)
    assert parse_bundle(spaced) == ENVELOPE
    with pytest.raises(MalformedError, match="has other bytes than we write") as caught:
        parse_bundle(spaced, canonical=True)
    assert "outside the signed payload" in caught.value.hint


def set_at(*path, to):
    def change(whole):
        for key in path[:-1]:
            whole = whole[key]
        whole[path[-1]] = to

    return change


INNER = "dsseEnvelope"
MATERIAL = "verificationMaterial"
ONE = {"sig": b64encode(ENVELOPE.signature).decode(), "keyid": ENVELOPE.keyid}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_at("mediaType", to="application/json"), "the bundle.mediaType is"),
        (set_at(INNER, to=None), "the bundle.dsseEnvelope is None, expected an object"),
        (set_at(INNER, "payloadType", to="text/plain"), "payloadType is 'text/plain'"),
        (set_at(INNER, "payload", to="*"), "the bundle.dsseEnvelope.payload is"),
        (set_at(INNER, "payload", to=7), "the bundle.dsseEnvelope.payload is 7"),
        (set_at(INNER, "signatures", to=[]), "has 0 signatures, expected exactly one"),
        (set_at(INNER, "signatures", to=[ONE, ONE]), "has 2 signatures"),
        (set_at(INNER, "signatures", to=["x"]), r"signatures\[0\] is 'x'"),
        (set_at(INNER, "signatures", 0, "sig", to="AAAA"), "sig has 3 bytes, .* 64"),
        (
            set_at(INNER, "signatures", 0, "keyid", to="AA"),
            "keyid is 'AA', expected 64",
        ),
        (
            set_at(INNER, "signatures", 0, "keyid", to="0" * 64),
            "hint is .*, expected 0",
        ),
        (set_at(MATERIAL, "publicKey", "hint", to="0" * 64), "hint is '0"),
        (set_at(MATERIAL, "publicKey", to={}), "publicKey has no 'hint'"),
        (set_at(MATERIAL, to={"certificate": {}}), "has no 'publicKey'"),
        (set_at(MATERIAL, "tlogEntries", to=[{}]), "tlogEntries has entries"),
        (set_at(MATERIAL, "tlogEntries", to=None), "tlogEntries is None, expected an"),
    ],
)
def test_a_bundle_of_another_shape_is_refused(change, said):
    with pytest.raises(MalformedError, match=said):
        parse_bundle(bundle(change))


def test_a_log_entry_is_four_lines():
    data = format_entry("release", ENVELOPE)
    signature = b64encode(ENVELOPE.signature).decode()
    assert data.decode() == (
        "https://sourcebook.internal/ns/log-entry@v1\n"
        "type release\n"
        f"statement sha256:{ENVELOPE.id}\n"
        f"signed-by {ENVELOPE.keyid} {signature}\n"
    )
    found = parse_entry(data)
    assert found == Entry("release", ENVELOPE.id, ENVELOPE.keyid, ENVELOPE.signature)


LINES = format_entry("release", ENVELOPE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        LINES[:-1],
        LINES + b"\n",
        LINES + LINES,
        LINES.replace(b"\n", b"\r\n"),
        LINES.replace(b"type release", b"type rumour"),
        LINES.replace(b"type release", b"type  release"),
        LINES.replace(b"@v1", b"@v2"),
        LINES.replace(b"sha256:", b"sha1:"),
        LINES.replace(b"signed-by", b"signed-by "),
        LINES.replace(b"type", "тип".encode()),
        LINES.replace(b"==\n", b"=\n"),
    ],
)
def test_a_log_entry_in_any_other_spelling_is_refused(data):
    with pytest.raises(MalformedError, match=r"the log entry is .*, expected the four"):
        parse_entry(data)


def test_a_log_entry_with_bits_left_over_in_its_base64_is_refused():
    last = LINES[-4]  # one of A, Q, g and w: its lower four bits are zero
    data = LINES[:-4] + bytes([last + 1]) + LINES[-3:]
    with pytest.raises(MalformedError, match="expected canonical base64"):
        parse_entry(data)


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
    max_leaves=8,
)


@given(
    st.sampled_from(TYPES),
    st.dictionaries(NAMES, DIGESTS, min_size=1, max_size=3),
    st.dictionaries(NAMES, JSON, max_size=3),
)
@settings(deadline=None)
def test_every_statement_comes_back_from_its_bundle_and_its_entry(kind, named, more):
    subjects = tuple(Subject(name, digest) for name, digest in named.items())
    statement = Statement(kind, subjects, more | PREDICATE)
    envelope = sign_statement(statement, PRIVATE)
    assert parse_bundle(format_bundle(envelope), canonical=True) == envelope
    assert open_statement(envelope, KEYS, ORIGIN) == statement
    entry = parse_entry(format_entry(kind, envelope))
    assert (entry.type, entry.statement_id) == (kind, envelope.id)
    assert (entry.keyid, entry.signature) == (envelope.keyid, envelope.signature)


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_any_change_to_a_stored_bundle_is_refused(place, patch):
    good = format_bundle(ENVELOPE)
    place %= len(good)
    data = good[:place] + patch + good[place + len(patch) :]
    try:
        found = open_statement(parse_bundle(data, canonical=True), KEYS, ORIGIN)
    except SourcebookError:
        assert data != good
        return
    assert (data, found) == (good, STATEMENT)


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_with_one_kind_of_error(data):
    for parse in (parse_bundle, parse_statement, parse_entry):
        with pytest.raises(MalformedError):
            parse(data)


@given(JSON)
def test_any_json_is_refused_with_one_kind_of_error(value):
    for parse in (parse_bundle, parse_statement):
        with pytest.raises(MalformedError):
            parse(json.dumps(value).encode())
