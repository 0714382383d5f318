"""What the public may have of a snapshot, and that no row holds more."""

import json
import random
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver.config import Access
from archiver.documents.charsets import Charset
from archiver.ed25519 import keyid
from archiver.openings import Opening, TextOpening, Withheld, commit
from archiver.records import Record
from archiver.signers import LogPlace, Signer
from archiver.statements import Envelope, Statement, format_entry, parse_entry
from claims.elision import Elider
from claims.published.record_rows import (
    Exposure,
    HeldSnapshot,
    LoggedStatement,
    canonical,
    entry_row,
    expose,
    record_row,
    signer_rows,
    snapshot_row,
    statement_row,
)
from tests.snapshot_facts import DOCUMENT_SHA, SALT, SHA, facts

NAME = "Maria Petrova"
TEXT = f"{NAME} was there."
TEXT_SHA, RECORD_SHA, MEMBER = "11" * 32, "22" * 32, "44" * 32
ACCESS = Access()
ELIDER = Elider([NAME])
OPENING = Opening(0, RECORD_SHA, SALT, "resource", "urn:x", 0, 99, MEMBER)


def held(exposure, **more):
    return HeldSnapshot(
        facts=facts(**more),
        exposure=exposure,
        statement_id="77" * 32,
        custody=more.get("custody", "supplied"),
        authenticated=False,
        text=TEXT,
        opening=TextOpening("plain@1", TEXT_SHA, SALT, len(TEXT), ((0, 5, "body"),)),
        openings=(OPENING,),
    )


@pytest.mark.parametrize(
    ("custody", "labels", "overrides", "level"),
    [
        ("observed", (), [], "public"),
        ("observed", ("logged-in",), [], "sealed"),
        ("supplied", (), [], "quotes"),
        ("supplied", ("logged-in",), [], "sealed"),
        ("observed", ("soft-404", "paywall"), [], "public"),
        ("observed", ("logged-in",), [("public", "why")], "public"),
        ("observed", ("secret",), [], "sealed"),
        ("supplied", ("paywall", "secret"), [], "sealed"),
        ("supplied", (), [("public", "why")], "public"),
        ("observed", (), [("quotes", "why"), ("public", "other")], "quotes"),
        ("observed", (), [("public", "other"), ("sealed", "why")], "sealed"),
    ],
)
def test_the_strictest_case_decides_else_the_custody(custody, labels, overrides, level):
    exposure = expose(ACCESS, custody, labels, overrides, named=False)
    assert exposure.level == level
    assert exposure.reason == ("why" if overrides else "")


def test_no_case_opens_a_snapshot_that_holds_a_secret():
    opened = [("public", "the operator thought it over")]
    exposure = expose(ACCESS, "observed", ("secret",), opened, named=False)
    assert (exposure.level, exposure.has_bytes) == ("sealed", False)


def test_a_login_never_opens_what_is_closed_without_one():
    access = Access(captures="quotes", logged_in="public")
    assert expose(access, "observed", ("logged-in",), [], named=False).level == "quotes"


def test_a_public_snapshot_shows_its_text_and_its_hashes():
    row = snapshot_row(held(Exposure("public")), Elider([]))
    assert row["text"] == TEXT
    assert (row["text_sha256"], row["text_elided"]) == (TEXT_SHA, 0)
    assert row["document_sha256"] == DOCUMENT_SHA
    assert json.loads(row["zones"]) == [[0, 5, "body"]]
    assert row["path"] == f"snapshots/ab/{SHA}.warc.gz"
    assert row["tool"] == "sourcebook 0.1.0"
    assert "requested_url" not in row


@pytest.mark.parametrize(
    ("exposure", "found"),
    [
        (Exposure("public"), '{"doubts":["it"],"name":"koi8-u","source":"guess"}'),
        (Exposure("public", named=True), None),  # what a page declares may be a name
        (Exposure("quotes"), None),
    ],
)
def test_the_encoding_is_shown_where_the_bytes_are(exposure, found):
    read = replace(held(exposure), charset=Charset("koi8-u", "guess", ("it",)))
    assert snapshot_row(read, Elider([]))["charset"] == found
    assert snapshot_row(held(exposure), Elider([]))["charset"] is None


def test_with_quotes_only_neither_the_text_nor_its_hash_is_shown():
    row = snapshot_row(held(Exposure("quotes", "a source asked")), Elider([]))
    assert (row["text"], row["text_sha256"], row["zones"]) == (None, None, "[]")
    assert row["access_reason"] == "a source asked"
    assert row["text_length"] == len(TEXT)


def test_a_text_that_names_somebody_withheld_is_elided_and_no_hash_bears_out_a_guess():
    exposure = Exposure("public", named=True)
    rows = canonical(
        [
            snapshot_row(held(exposure), ELIDER),
            record_row(SHA, OPENING, None, exposure),
        ]
    )
    assert "▒▒▒▒▒▒▒▒▒▒▒▒▒ was there." in rows
    for secret in (NAME, TEXT_SHA, RECORD_SHA, DOCUMENT_SHA, MEMBER, SALT.hex()):
        assert secret not in rows
    assert not exposure.has_bytes
    assert not exposure.has_statement


@pytest.mark.parametrize(
    ("level", "has_bytes", "has_statement"),
    [("public", True, True), ("quotes", False, True), ("sealed", False, False)],
)
def test_each_level_gives_what_it_says(level, has_bytes, has_statement):
    exposure = Exposure(level)
    assert (exposure.has_bytes, exposure.has_statement) == (has_bytes, has_statement)


def test_a_capture_shows_the_exchange_and_a_snapshot_may_have_no_text():
    snapshot = held(Exposure("public"), custody="observed", labels=("bot-check",))
    row = snapshot_row(snapshot, ELIDER)
    assert row["http_status"] == 200
    assert row["labels"] == '["bot-check"]'
    assert row["tls"] == '{"version":"TLSv1.3"}'
    assert "supplied_by" not in row
    bare = HeldSnapshot(
        facts=facts(),
        exposure=Exposure("public"),
        statement_id="77" * 32,
        custody="supplied",
        authenticated=True,
        text=None,
        opening=None,
        openings=(),
    )
    row = snapshot_row(bare, ELIDER)
    assert row["text"] is row["extractor"] is row["text_length"] is None
    assert row["authenticated"] == 1


def test_a_record_shows_its_opening_and_its_own_date():
    record = Record(
        index=0,
        offset=0,
        length=99,
        sha256=RECORD_SHA,
        member=MEMBER,
        inflated=200,
        block="88" * 32,
        type="resource",
        uri="urn:x",
        date="2026-02-03T09:00:00Z",
        headers=(("Content-Type", "text/plain"),),
    )
    row = record_row(SHA, OPENING, record, Exposure("quotes"))
    assert (row["date"], row["media_type"]) == (record.date, "text/plain")
    assert row["commit"] == commit(SALT, RECORD_SHA).hex()
    assert (row["sha256"], row["salt"], row["member"]) == (
        RECORD_SHA,
        SALT.hex(),
        MEMBER,
    )
    assert record_row(SHA, OPENING, None, Exposure("public"))["date"] is None


def test_a_record_taken_down_shows_its_commitment_and_its_tombstone_alone():
    gone = Withheld(3, b"\1" * 32, "99" * 32)
    assert record_row(SHA, gone, None, Exposure("public")) == {
        "snapshot": SHA,
        "position": 3,
        "commit": "01" * 32,
        "withheld": "99" * 32,
    }


def test_a_sealed_statement_shows_its_entry_and_its_receipt_alone():
    envelope = Envelope(b'{"a":"b"}', b"\1" * 64, "cd" * 32)
    logged = LoggedStatement(
        index=4,
        envelope=envelope,
        statement=Statement("snapshot", (), {"on": "2026-02-03T09:00:00Z"}),
        signer="The Desk",
        bundle=b"{}",
        bundle_file="statements/x.sigstore.json",
        receipt=b"receipt",
        receipt_file="statements/x.tlog-proof",
    )
    open_row = statement_row(logged, sealed=False)
    assert open_row["payload"] == '{"a":"b"}'
    assert open_row["said_on"] == "2026-02-03T09:00:00Z"
    row = statement_row(logged, sealed=True)
    hidden = [name for name, value in row.items() if value is None]
    assert hidden == ["said_on", "payload", "bundle", "bundle_path"]
    assert row["receipt"] == "receipt"
    data = format_entry("snapshot", envelope)
    entry = entry_row(4, data, parse_entry(data))
    assert entry["entry"] == data.decode()
    assert (entry["idx"], entry["statement"]) == (4, envelope.id)


def test_a_signer_has_a_row_as_its_line_says():
    public = Ed25519PrivateKey.from_private_bytes(
        random.Random(1).randbytes(32)  # noqa: S311 - any key will do
    ).public_key()
    start, end = LogPlace(1, 0), LogPlace(1, 9)
    first = Signer(
        keyid(public), public, frozenset(["operator", "capturer"]), start, end, "A"
    )
    second = Signer(keyid(public), public, frozenset(["reviewer"]), end, None, "B")
    rows = signer_rows([first, second])
    assert [row["roles"] for row in rows] == ["capturer,operator", "reviewer"]
    assert [(row["valid_from"], row["valid_to"]) for row in rows] == [
        ("1/0", "1/9"),
        ("1/9", None),
    ]
    assert [row["position"] for row in rows] == [0, 1]
