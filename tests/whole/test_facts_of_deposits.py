"""What a statement says of a deposit is held against the file, fact by fact."""

import json
import secrets
from dataclasses import replace
from hashlib import sha256

import pytest

from archiver.elsewhere.memento import OwnCapture
from archiver.elsewhere.memento_deposit import WantedMemento, fetch_memento
from archiver.facts import parse_snapshot
from archiver.holdings import read_statements
from archiver.records import walk_records
from archiver.store import snapshot_file
from archiver.verifying.deposits import deposit_faults
from archiver.verifying.recorded import RecordedFile
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from tests import warcs
from tests.commandline import run
from tests.newsroom import Newsroom
from tests.site import Site, page
from tests.webarchive import WebArchive

BODY = b"<!doctype html><title>A page</title><p>It says so."
PAGE = "https://example.org/news/article.html"


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "archive")


@pytest.fixture
def opened(room):
    """Return what reads the facts of the one deposit, and its file."""
    streams = []

    def read():
        found = read_statements(room.archive, room.trust)
        (statement,) = (e.statement for e in found if e.statement.type == "snapshot")
        facts = parse_snapshot(statement)
        streams.append(
            room.archive.path(snapshot_file(facts.sha256, ".warc.gz")).open("rb")
        )
        return facts, RecordedFile(streams[-1], list(walk_records(streams[-1])))

    yield read
    for stream in streams:
        stream.close()


@pytest.fixture
def document(room, opened):
    room.deposit("letter.txt", b"The port is closed.", PAGE)
    return opened()


@pytest.fixture
def memento(room, opened):
    with WebArchive() as web:
        address = web.put(PAGE, b"<!doctype html><title>A page</title><p>It says so.")
        options = CaptureOptions(allow_addresses=(web.address,), timeout=10)
        fetched = fetch_memento(
            WantedMemento(address),
            options,
            room.work,
            clock=room.now,
            token=secrets.token_bytes,
        )
    room.store(fetched.draft)
    return opened()


@pytest.fixture
def supplied_warc(room, opened):
    room.deposit("a.warc.gz", warcs.packed(_parts()), warcs.URI)
    return opened()


def _parts():
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"
    return [
        warcs.record("warcinfo", warcs.INFO),
        warcs.record("response", page, number=1),
    ]


def faults(file, facts, **changed):
    deposit = replace(facts.deposit, **changed)
    return list(deposit_faults(file, replace(facts, deposit=deposit), deposit))


@pytest.mark.parametrize("kind", ["document", "memento", "supplied_warc"])
def test_of_a_true_deposit_nothing_is_told(room, kind, request):
    facts, file = request.getfixturevalue(kind)
    assert faults(file, facts) == []
    room.release()
    outcome = run("verify", "--json", archive=room.archive.root)
    assert outcome.code == 0
    assert len(outcome.stdout.splitlines()) == 1, outcome.stdout


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"length": 5}, "document.length is 5, expected 19"),
        ({"media_type": "text/html"}, "document.mediaType is 'text/html'"),
        ({"supplied_by": "the lawyer"}, "suppliedBy is 'the lawyer', expected 'a rea"),
        ({"name": "other.txt"}, "document.name is 'other.txt', expected 'letter.txt'"),
        ({"claimed_url": None}, f"claimedUrl is None, expected '{PAGE}'"),
    ],
)
def test_a_fact_of_a_document_that_its_file_does_not_bear_out_is_told(
    document, changed, said
):
    facts, file = document
    (found,) = faults(file, facts, **changed)
    assert found.startswith(said)


def test_a_document_under_an_address_is_told(document):
    facts, file = document
    records = list(file.records)
    main = records[facts.main_record]
    records[facts.main_record] = replace(main, uri=PAGE)
    found = faults(RecordedFile(file._stream, records), facts)
    assert any("nobody saw it come from an address" in each for each in found)


def test_a_supplied_warc_is_as_long_as_is_said_and_holds_what_is_claimed(
    supplied_warc,
):
    facts, file = supplied_warc
    (found,) = faults(file, facts, length=5)
    assert found == f"document.length is 5, expected {facts.warc.length}"
    (found,) = faults(file, facts, claimed_url=PAGE)
    assert f"the main record 1 is of '{warcs.URI}'" in found
    assert faults(file, facts, claimed_url=None) == []
    none = replace(facts, main_record=None)
    assert list(deposit_faults(file, none, facts.deposit)) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("uri", "https://web.archive.org/web/20260203080000id_/https://a.example/"),
        ("original", "https://a.example/"),
        ("datetime", "2020-01-01T00:00:00Z"),
        ("status", 404),
        ("raw", False),
    ],
)
def test_what_a_web_archive_answered_is_read_again(memento, key, value):
    facts, file = memento
    (found,) = faults(file, facts, memento=facts.deposit.memento | {key: value})
    assert found.startswith(f"memento.{key} is")


def test_a_body_that_the_web_archive_did_not_send_is_told(memento):
    facts, file = memento
    records = list(file.records)
    records[facts.main_record] = replace(records[facts.main_record], block="ab" * 32)
    found = faults(RecordedFile(file._stream, records), facts)
    assert ["the body of record 1" in each for each in found] == [True]
    found = faults(file, facts, media_type="text/plain")
    assert [each[:18] for each in found] == ["document.mediaType"] * 2


def test_a_memento_of_no_answer_in_the_file_is_told(memento):
    facts, file = memento
    records = list(file.records)
    main = records[facts.main_record]
    alone = tuple(f for f in main.headers if f[0] != "WARC-Concurrent-To")
    records[facts.main_record] = replace(main, headers=alone)
    found = faults(RecordedFile(file._stream, records), facts)
    assert any("is of 0 responses in this file" in each for each in found)


@pytest.mark.parametrize(
    ("sent", "body", "same"),
    [
        (BODY, sha256(BODY).hexdigest(), True),
        (BODY + b"!", sha256(BODY + b"!").hexdigest(), False),
        (BODY, "00" * 32, None),
        (BODY, None, None),
    ],
)
def test_the_bodies_of_a_memento_and_of_our_capture_are_compared_again(
    room, sent, body, same
):
    """Of the last two, what is signed is not so: the bodies are the same."""
    writer = Writer(
        room.archive, room.trust, room.operator, room.log_key, room.now, room.token
    )
    with (
        WebArchive() as web,
        Site({"/": page(sent, "Content-Type: text/html")}) as site,
    ):
        allowed = (web.address, site.address)
        options = CaptureOptions(allow_addresses=allowed, timeout=10)
        taken, _ = take_capture(writer, site.url(), options)
        wanted = WantedMemento(
            web.put(PAGE, BODY), OwnCapture("job", taken.stored.sha256, body)
        )
        fetched = fetch_memento(
            wanted, options, room.work, clock=room.now, token=secrets.token_bytes
        )
    room.store(fetched.draft)
    room.release()
    outcome = run("verify", "--json", archive=room.archive.root)
    found = [json.loads(line) for line in outcome.stdout.splitlines()[:-1]]
    faults = [each for each in found if each["code"] == "facts"]
    assert outcome.code == int(same is None)
    assert len(faults) == int(same is None)
    assert all("memento.sameBody is" in each["message"] for each in faults)


def test_a_capture_that_cannot_be_read_is_told_at_its_own_place(room):
    named = {"a" * 64: "a" * 64}
    room.say("snapshot", named, {"memento": {"comparedWith": "a" * 64}})
    room.release()
    outcome = run("verify", "--json", archive=room.archive.root)
    codes = {json.loads(line).get("code") for line in outcome.stdout.splitlines()}
    assert outcome.code == 1
    assert "snapshot-facts" in codes
    assert "facts" not in codes
