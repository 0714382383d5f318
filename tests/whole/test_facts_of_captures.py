"""What a statement says of its capture is held against the file, fact by fact."""

import gzip
import json
from dataclasses import replace
from io import BytesIO

import pytest

from archiver.facts import parse_snapshot
from archiver.findings import Report
from archiver.holdings import read_statements
from archiver.layers import derive_text
from archiver.records import walk_records
from archiver.store import snapshot_file
from archiver.verifying.captures import capture_faults
from archiver.verifying.facts import verify_facts
from archiver.verifying.recorded import RecordedFile
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from tests.authority import Authority
from tests.commandline import run
from tests.hostile_answers import CUT, WHOLE, WRONG
from tests.newsroom import Newsroom
from tests.site import Site, page, redirect

HTML = "Content-Type: text/html; charset=utf-8"
BODY = b"<!doctype html><title>The quay</title><h1>The quay is shut</h1><p>" + (
    b"It was shut on Tuesday, said the harbour master, and stays so. " * 20
)


class Desk:
    """An archive, and who captures into it."""

    def __init__(self, folder):
        self.room = Newsroom(folder / "archive")
        room = self.room
        self.writer = Writer(
            room.archive, room.trust, room.operator, room.log_key, room.now, room.token
        )

    def take(self, url, *sites, **options):
        """Capture ``url``; return the facts that are signed of it, and its file."""
        allowed = tuple(site.address for site in sites)
        given = CaptureOptions(**{"allow_addresses": allowed, "timeout": 5} | options)
        taken, _ = take_capture(self.writer, url, given)
        return self.read(taken.stored)

    def read(self, stored):
        found = read_statements(self.room.archive, self.room.trust)
        (statement,) = (e.statement for e in found if e.id == stored.statement_id)
        place = self.room.archive.path(snapshot_file(stored.sha256, ".warc.gz"))
        stream = place.open("rb")
        return parse_snapshot(statement), RecordedFile(
            stream, list(walk_records(stream))
        )

    def findings(self):
        """Verify the archive; return each finding."""
        outcome = run("verify", "--json", archive=self.room.archive.root)
        assert outcome.code in (0, 1), outcome
        return [json.loads(line) for line in outcome.stdout.splitlines()[:-1]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("facts")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def captured(desk):
    """Have a page, come to by two redirects over TLS, and its file."""
    authority = Authority(desk.room.work)
    pages = {
        "/old": redirect("/moved?a=b c"),
        "/moved?a=b%20c": redirect("/new"),
        "/new": page(BODY, HTML),
    }
    with Site(pages, tls=authority.server("127.0.0.1")) as site:
        facts, file = desk.take(site.url("/old"), site, ca_file=authority.ca_file)
        yield facts, file
    file._stream.close()


def faults(file, facts, **changed):
    capture = replace(facts.exchange, **changed)
    return list(capture_faults(file, replace(facts, exchange=capture), capture))


@pytest.mark.parametrize("answers", [WHOLE, CUT, WRONG], ids=["whole", "cut", "wrong"])
def test_of_true_captures_nothing_is_told_whatever_a_server_sends(desk, answers):
    pages = {f"/{place}": answer for place, answer in enumerate(answers.values())}
    with Site(pages) as site:
        for path in pages:
            _, file = desk.take(site.url(path), site, timeout=20)
            file._stream.close()
    desk.room.release()
    assert [e for e in desk.findings() if e["code"] != "time-order"] == []


def test_of_a_way_over_redirects_nothing_is_told(captured, desk):
    facts, file = captured
    assert facts.exchange.tls["verdict"] == "verified"
    assert len(file.of_type("response")) == 3
    assert faults(file, facts) == []
    desk.room.release()
    assert desk.findings() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": 404}, "status is 404, expected 200 as record 7 says"),
        ({"requested_url": "https://b.example/"}, "requestedUrl is 'https://b.example"),
        ({"started_on": "2026-02-03T09:00:00.000001Z"}, "startedOn is"),
        ({"allowed_addresses": ()}, "allowedAddresses are []"),
        ({"allowed_addresses": ("127.0.0.1:1",)}, "allowedAddresses are"),
        ({"tls": None}, "tls is None"),
        ({"tls": {"version": "TLSv1.3"}}, "tls is"),
        ({"final_url": "http://b.example/"}, "came over TLS"),
        ({"driver": "browser"}, "a browser's account is not there"),
        ({"browser": {}}, "the driver is client, and a browser's account is there"),
    ],
)
def test_a_fact_that_the_file_does_not_bear_out_is_told(captured, changed, said):
    facts, file = captured
    found = faults(file, facts, **changed)
    assert any(said in each for each in found), found


@pytest.mark.parametrize("key", ["verdict", "cipher", "roots", "sni", "wholeChain"])
def test_each_fact_of_a_connection_is_compared(captured, key):
    facts, file = captured
    assert key in facts.exchange.tls
    found = faults(file, facts, tls=facts.exchange.tls | {key: "another"})
    assert [each[:6] for each in found] == ["tls is"]


def test_another_certificate_is_told(captured):
    facts, file = captured
    chain = ["ab" * 32, *facts.exchange.tls["chain"][1:]]
    assert faults(file, facts, tls=facts.exchange.tls | {"chain": chain})


@pytest.mark.parametrize("outcome", ["truncated", "malformed"])
def test_another_outcome_or_reason_is_told(captured, outcome):
    facts, file = captured
    found = list(capture_faults(file, replace(facts, outcome=outcome), facts.exchange))
    assert any("outcome is" in each for each in found)
    found = list(capture_faults(file, replace(facts, reason="none"), facts.exchange))
    assert [each[:6] for each in found] == ["reason"]


def test_a_cut_capture_that_is_called_complete_is_told(desk):
    with Site({"/": CUT["length"]}) as site:
        facts, file = desk.take(site.url(), site)
    whole = replace(facts, outcome="complete", reason=None)
    found = list(capture_faults(file, whole, facts.exchange))
    assert "the WARC-Truncated of record 1 is disconnect" in found[0]
    assert any("outcome is complete, expected truncated" in each for each in found)
    report = Report()
    verify_facts(file, whole, (), "a.warc.gz", report)
    assert {each.code for each in report.findings} >= {"facts"}
    file._stream.close()


def test_a_label_that_was_left_out_or_put_in_is_told_and_fails_nothing(desk):
    pages = {"/": page(b"<title>Just a moment...</title><p>Checking.", HTML)}
    with Site(pages) as site:
        facts, file = desk.take(site.url(), site)
    with Site({"/": page(BODY, HTML)}) as site:
        other, its = desk.take(site.url(), site)
    assert facts.labels
    for have, records, labels in (
        (facts, file, ()),
        (other, its, ("paywall", "logged-in")),
    ):
        report = Report()
        layer = derive_text(records._stream, records.records[have.main_record])
        changed = replace(have, labels=labels)
        verify_facts(records, changed, [layer], "a.warc.gz", report)
        found = {(each.code, each.severity) for each in report.findings}
        assert ("judged-otherwise", "warning") in found
        assert not report.errors
        records._stream.close()
        assert len(report.findings) == 1


def test_a_text_layer_of_another_record_than_the_main_one_is_told(captured):
    facts, file = captured
    report = Report()
    text = replace(facts.text, record=1)
    verify_facts(file, replace(facts, text=text), (), "a.warc.gz", report)
    assert [each.code for each in report.findings] == ["facts"]
    assert "expected the main record" in report.findings[0].message


def test_a_redaction_that_the_statement_does_not_tell_is_told(desk):
    with Site({"/?token=s3cr3t-of-ours": page(BODY, HTML)}) as site:
        facts, file = desk.take(site.url("/?token=s3cr3t-of-ours"), site)
    assert facts.exchange.redactions
    assert faults(file, facts) == []
    found = faults(file, facts, redactions=())
    assert any("something is redacted" in each for each in found)
    file._stream.close()


def test_what_came_to_no_page_is_compared_too(desk):
    pages = {"/": redirect("/a"), "/a": redirect("/")}
    with Site(pages) as site:
        outcome = run(
            *("capture", site.url(), "--allow-address", site.address, "--json"),
            archive=desk.room.archive.root,
        )
    assert outcome.code == 4, outcome
    assert [e for e in desk.findings() if e["code"] != "not-released"] == []


def test_a_conversion_that_is_of_no_response_is_told(captured):
    facts, file = captured
    for kind in ("conversion", "resource"):
        records = list(file.records)
        records[facts.main_record] = replace(records[facts.main_record], type=kind)
        other = RecordedFile(file._stream, records)
        found = list(capture_faults(other, facts, facts.exchange))
        assert f"is a {kind} of no response" in found[0]


def moved(file, addresses):
    """Return the file with other addresses in the headers of some records."""
    packed = []
    for record in file.records:
        file._stream.seek(record.offset)
        data = gzip.decompress(file._stream.read(record.length))
        if record.index in addresses:
            head, end, rest = data.partition(b"\r\n\r\n")
            uri = addresses[record.index].encode()
            data = head.replace(record.uri.encode(), uri) + end + rest
        packed.append(gzip.compress(data, mtime=0))
    stream = BytesIO(b"".join(packed))
    return RecordedFile(stream, list(walk_records(stream)))


def test_a_response_under_an_address_that_was_not_asked_for_is_told(captured):
    facts, file = captured
    other = moved(file, {facts.main_record: "https://b.example/"})
    found = list(capture_faults(other, facts, facts.exchange))
    assert any("as the request in record" in each for each in found), found


def test_a_way_that_leads_elsewhere_is_told(captured):
    facts, file = captured
    first, second, main = (each.index for each in file.of_type("response"))
    other = moved(file, {second: "https://b.example/"})
    found = list(capture_faults(other, facts, facts.exchange))
    assert any("and no response of that is before it" in each for each in found)
    other = moved(file, {main: "https://b.example/"})
    found = list(capture_faults(other, facts, facts.exchange))
    assert any("redirects to '/new', expected 'https://b.ex" in e for e in found)
    assert first < second
