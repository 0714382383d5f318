"""Reading the case folders of a real archive."""

from dataclasses import replace

import pytest

from archiver.facts import parse_snapshot
from archiver.holdings import StoredStatement, read_snapshot, read_statement
from archiver.store import statement_file
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from claims.case import examine_archive, make_holding, read_holdings, read_written
from claims.drafting import (
    append_block,
    format_alias,
    format_case,
    format_new_claim,
    format_source,
)
from tests.claim_kit import TEXTS, claim, own
from tests.newsroom import Newsroom
from tests.site import Site, page

PAGE = f"<!doctype html><title>b</title><h1>A house</h1><p>{TEXTS['b']}</p>"
HTML = "Content-Type: text/html; charset=utf-8"


@pytest.fixture
def newsroom(tmp_path):
    """Return a newsroom with a deposit (a), a capture (b) and a case on both."""
    room = Newsroom(tmp_path / "desk")
    room.snapshots = {
        "a": room.deposit("a.txt", TEXTS["a"].encode()),
        "b": _capture(room, page(PAGE.encode(), HTML)),
    }
    text = format_case(case="house", title="The house", language="en")
    for name, sha256 in room.snapshots.items():
        pinned = format_alias(
            alias=name,
            sha256=sha256,
            publisher=f"org/{name}",
            language="en",
            published="2026-02-02",
        )
        text = append_block(text, pinned)
        source = format_source(source=f"org/{name}", name=name, lang="en")
        room.write({f"sources/org/{name}.toml": source})
    second = claim(own("b", zone=None), id="c-00000002")
    room.write(
        {
            "cases/house/case.toml": text,
            "cases/house/claims/first.toml": format_new_claim(claim(own("a"))),
            "cases/house/claims/second.toml": format_new_claim(second),
        }
    )
    return room


def _writer(room):
    return Writer(
        room.archive, room.trust, room.operator, room.log_key, room.now, room.token
    )


def _capture(room, steps):
    with Site({"/": steps}) as site:
        options = CaptureOptions(allow_addresses=(site.address,), timeout=10)
        taken, _ = take_capture(_writer(room), site.url("/"), options)
    return taken.stored.sha256


def _found(room):
    return [(each.code, each.place) for each in examine_archive(room.archive).findings]


def _ceilings(room):
    examined = examine_archive(room.archive).examined
    return {each.claim.id: each.ceiling.strength for each in examined}


def test_a_whole_archive_is_checked(newsroom):
    assert _found(newsroom) == []
    assert _ceilings(newsroom) == {"c-00000001": "reported", "c-00000002": "attested"}
    holdings = examine_archive(newsroom.archive).holdings
    deposit, capture = (holdings[newsroom.snapshots[name]] for name in "ab")
    assert (deposit.custody, deposit.extractor, deposit.zones) == (
        "supplied",
        "plain@1",
        (),
    )
    assert (capture.custody, capture.extractor) == ("observed", "html@1")
    assert {zone for _, _, zone in capture.zones} == {"heading", "body"}
    assert (deposit.text, deposit.outcome) == (TEXTS["a"], "complete")
    assert not deposit.authenticated


def test_only_what_a_case_pins_is_read(newsroom):
    holdings, faults = read_holdings(newsroom.archive, {newsroom.snapshots["a"]})
    assert set(holdings) == {newsroom.snapshots["a"]}
    assert faults == []


def test_a_cut_capture_supports_nothing_above_reported(newsroom):
    cut = f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 9999\r\n\r\n{PAGE}".encode()
    sha256 = _capture(newsroom, [cut])
    text = newsroom.archive.path("cases/house/case.toml").read_text()
    changed = text.replace(newsroom.snapshots["b"], sha256)
    newsroom.write({"cases/house/case.toml": changed})
    assert ("C16", "cases/house/claims/second.toml:12") in _found(newsroom)
    assert _ceilings(newsroom)["c-00000002"] == "reported"


def test_a_changed_text_layer_anchors_nothing(newsroom):
    sha256 = newsroom.snapshots["a"]
    layer = newsroom.archive.path(f"snapshots/{sha256[:2]}/{sha256}.text")
    layer.chmod(0o644)
    layer.write_text(TEXTS["a"].replace("open", "shut"))
    statement = next(
        stored.id
        for stored in _statements(newsroom)
        if stored.statement.subjects[0].sha256 == sha256
    )
    found = examine_archive(newsroom.archive).findings
    assert [(each.code, each.place) for each in found] == [
        ("C05", statement_file(statement)),
        ("C05", "cases/house/claims/first.toml:12"),
        ("C05", "cases/house/claims/first.toml:17"),
    ]
    assert _ceilings(newsroom) == {"c-00000001": "open", "c-00000002": "attested"}


def test_changed_zones_are_found_though_nobody_signed_them(newsroom):
    sha256 = newsroom.snapshots["b"]
    openings = newsroom.archive.path(f"snapshots/{sha256[:2]}/{sha256}.records.jsonl")
    data = openings.read_bytes()
    assert b'"heading"' in data
    openings.chmod(0o644)
    openings.write_bytes(data.replace(b'"heading"', b'"body"'))
    found = examine_archive(newsroom.archive)
    assert {each.code for each in found.findings} == {"C05"}
    assert "the same zones" in found.findings[0].message
    assert _ceilings(newsroom)["c-00000002"] == "open"


def _statements(room):
    for place in sorted(room.archive.path("statements").glob("??/*.sigstore.json")):
        name = place.name.partition(".")[0]
        yield read_statement(room.archive, room.trust, name)


def test_a_changed_file_anchors_nothing(newsroom):
    sha256 = newsroom.snapshots["b"]
    file = newsroom.archive.path(f"snapshots/{sha256[:2]}/{sha256}.warc.gz")
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1])
    assert _ceilings(newsroom)["c-00000002"] == "open"
    assert {code for code, _ in _found(newsroom)} == {"C05"}


def test_a_statement_that_cannot_be_read_is_told_and_the_rest_is_checked(newsroom):
    first = next(_statements(newsroom))
    file = newsroom.archive.path(statement_file(first.id))
    file.chmod(0o644)
    file.write_bytes(b"{}")
    found = examine_archive(newsroom.archive)
    assert ("C05", statement_file(first.id)) in [
        (each.code, each.place) for each in found.findings
    ]
    assert len(found.examined) == 2


def test_observed_counts_only_under_a_capturer_of_ours_in_the_log(newsroom):
    (stored,) = (
        each
        for each in _statements(newsroom)
        if each.statement.subjects[0].sha256 == newsroom.snapshots["b"]
    )
    snapshot = read_snapshot(newsroom.archive, newsroom.trust, stored)
    assert parse_snapshot(stored.statement).custody == "observed"
    assert snapshot.custody == "observed"
    assert make_holding(newsroom.archive, snapshot).custody == "observed"
    waiting = StoredStatement(stored.envelope, stored.statement, None)
    pending = read_snapshot(newsroom.archive, newsroom.trust, waiting)
    assert pending.facts.custody == "observed"
    assert pending.custody == "supplied"
    assert make_holding(newsroom.archive, pending).custody == "supplied"


def test_a_signer_who_is_no_capturer_observed_nothing(newsroom):
    (stored,) = (
        each
        for each in _statements(newsroom)
        if each.statement.subjects[0].sha256 == newsroom.snapshots["b"]
    )
    reviewer = replace(newsroom.trust.signers[0], roles=frozenset(("reviewer",)))
    trust = replace(newsroom.trust, signers=(reviewer,))
    snapshot = read_snapshot(newsroom.archive, trust, stored)
    assert snapshot.custody == "supplied"
    made = make_holding(newsroom.archive, snapshot)
    assert (made.custody, made.in_hand) == ("supplied", False)


def test_a_file_that_cannot_be_read_is_a_finding(newsroom):
    newsroom.write({"cases/house/claims/third.toml": "id = 5\n"})
    place = newsroom.archive.path("cases/house/claims/fourth.toml")
    place.symlink_to("first.toml")
    assert _found(newsroom) == [
        ("C20", "cases/house/claims/fourth.toml:1"),
        ("C20", "cases/house/claims/third.toml:1"),
    ]
    files, faults = read_written(newsroom.archive)
    assert "cases/house/claims/third.toml" in files
    assert "cases/house/claims/fourth.toml" not in files
    assert "a symbolic link" in faults[0].message


def test_an_archive_without_cases_has_nothing_to_find(tmp_path):
    room = Newsroom(tmp_path / "empty")
    checked = examine_archive(room.archive)
    assert (checked.examined, checked.findings, checked.holdings) == ((), (), {})


def test_files_that_are_no_cases_are_passed_by(newsroom):
    newsroom.write({"cases/README.md": "hello", "sources/org/a.txt": "no"})
    files, _ = read_written(newsroom.archive)
    assert set(files) == {
        "cases/house/case.toml",
        "cases/house/claims/first.toml",
        "cases/house/claims/second.toml",
        "sources/org/a.toml",
        "sources/org/b.toml",
    }
