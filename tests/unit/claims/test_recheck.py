"""Reading an archive for a recheck, and asking for its pages, on a real site."""

import json
import shutil
from dataclasses import replace

import pytest

from archiver.errors import ArchiveError, VerificationError
from archiver.store import snapshot_file, statement_file
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from claims.drafting import append_block, format_alias, format_case, format_new_claim
from claims.rechecking.plan import InHand
from claims.rechecking.recheck import QuotedArchive, ask, ask_again
from claims.rechecking.verdicts import NoAnswer
from tests.claim_kit import QUOTES, TEXTS, claim, own
from tests.newsroom import Newsroom
from tests.site import Site, page

HTML = "Content-Type: text/html; charset=utf-8"
WORDS = f"<p>{TEXTS['a']}</p><p>{'It is read in all of the town. ' * 3}</p>"
PAGE = f"<!doctype html><title>a</title><h1>A house</h1>{WORDS}".encode()


@pytest.fixture
def site():
    """Return a site of one page."""
    with Site({"/a": page(PAGE, HTML)}) as running:
        yield running


@pytest.fixture
def room(tmp_path, site):
    """Return a newsroom with one claim that quotes a capture of the page."""
    made = Newsroom(tmp_path / "desk")
    made.options = CaptureOptions(allow_addresses=(site.address,), timeout=10)
    made.writer = Writer(
        made.archive, made.trust, made.operator, made.log_key, made.now, made.token
    )
    taken, _ = take_capture(made.writer, site.url("/a"), made.options)
    made.taken = taken.stored
    _write(made)
    return made


def _write(room, more=""):
    pinned = format_alias(
        alias="a",
        sha256=room.taken.sha256,
        publisher="org/a",
        language="en",
        published="2026-02-02",
    )
    text = format_case(case="house", title="The house", language="en")
    room.write(
        {
            "cases/house/case.toml": append_block(text, pinned) + more,
            "cases/house/claims/first.toml": format_new_claim(claim(own(zone=None))),
        }
    )


def _damage(room, rel):
    data = bytearray(room.archive.path(rel).read_bytes())
    data[len(data) // 2] ^= 1
    room.write({rel: bytes(data)})


def test_a_page_is_asked_for_and_read_back_from_the_archive(room, site):
    plan = QuotedArchive(room.archive).plan(())
    (found,) = ask_again(room.writer, plan.pages, room.options, 0, print)
    assert found.judged[0].verdict == "stands"
    answer = found.answer
    assert isinstance(answer, InHand)
    assert (answer.custody, answer.level, answer.final) == (
        *("observed", "public", site.url("/a")),
    )
    assert answer.sha256 != room.taken.sha256
    assert answer.index == 3  # policy, release, the first capture, this one
    assert QUOTES["a"] in answer.holding.text


def test_what_the_public_may_have_of_the_snapshot_in_hand_is_what_the_case_says(room):
    _write(room, 'access = "quotes"\nreason = "a photograph"\n')
    (page_,) = QuotedArchive(room.archive).plan(()).pages
    assert page_.cited[0].held.level == "quotes"
    answer = ask(room.writer, page_, room.options)
    assert answer.level == "public"


def test_a_statement_that_cannot_be_read_is_of_no_snapshot(room):
    _damage(room, statement_file(room.taken.statement_id))
    plan = QuotedArchive(room.archive).plan(())
    assert plan.pages == ()
    assert [each.is_fault for each in plan.left_out] == [True]


def test_a_snapshot_whose_text_was_changed_is_left_out_as_a_fault(room):
    _damage(room, snapshot_file(room.taken.sha256, ".text"))
    desk = QuotedArchive(room.archive)
    assert [each.is_fault for each in desk.plan(()).left_out] == [True]
    with pytest.raises(VerificationError, match="SHA-256"):
        list(desk.recall(desk.plan(()), [room.taken.sha256]))


def test_a_snapshot_whose_bytes_were_changed_is_asked_for_and_told_of(room):
    _damage(room, snapshot_file(room.taken.sha256, ".warc.gz"))
    plan = QuotedArchive(room.archive).plan(())
    (found,) = ask_again(room.writer, plan.pages, room.options, 0, print)
    (one,) = found.judged
    assert (one.verdict, one.was) == ("stands", "not-checked")
    assert "not as it was signed" in one.notes[0]


def test_a_statement_that_waits_for_the_log_counts_as_what_it_will_be(room):
    (page_,) = QuotedArchive(room.archive).plan(()).pages
    without = replace(room.writer, log_key=None)
    answer = ask(without, page_, room.options)
    assert (answer.index, answer.custody, answer.level) == (None, "supplied", "public")


def test_a_capture_that_is_kept_by_nobody_says_why(room, tmp_path):
    (page_,) = QuotedArchive(room.archive).plan(()).pages
    none = tmp_path / "none.pem"
    none.write_text("no certificate", encoding="utf-8")
    found = ask(room.writer, page_, replace(room.options, ca_file=none))
    assert isinstance(found, NoAnswer)
    assert (found.attempt, found.code) == ("", 3)
    assert "none.pem" in found.why


def test_an_archive_that_cannot_be_written_stops_it(room):
    plan = QuotedArchive(room.archive).plan(())
    snapshots = room.archive.path("snapshots")
    shutil.rmtree(snapshots)
    snapshots.write_bytes(b"no folder")
    with pytest.raises(ArchiveError):
        list(ask_again(room.writer, plan.pages, room.options, 0, print))


def test_a_snapshot_is_found_by_the_beginning_of_its_name_once(room):
    desk = QuotedArchive(room.archive)
    sha256 = room.taken.sha256
    assert desk.match([sha256[:8], sha256[:12]]) == [sha256]
    with pytest.raises(VerificationError):
        desk.match(["0" * 8])


def test_a_fault_that_hides_no_claim_is_not_told(room):
    room.write(
        {
            "sources/org/b.toml": "names = 1\n",
            "cases/house/leads.csv": "id\nx\n",
            "cases/house/revisions/c-00000001/1.toml": "id = 1\n",
        }
    )
    assert QuotedArchive(room.archive).find_faults(()) == []
    room.write({"cases/house/claims/second.toml": "id = 1\n"})
    for wanted in ((), ("house",)):
        (fault,) = QuotedArchive(room.archive).find_faults(wanted)
        assert fault.place.startswith("cases/house/claims/second.toml:")
    assert QuotedArchive(room.archive).find_faults(("other",)) == []


def test_a_case_in_the_folder_of_another_is_read_and_hides_nothing(room):
    text = room.archive.path("cases/house/case.toml").read_text()
    room.write({"cases/house/case.toml": text.replace('"house"', '"home"')})
    desk = QuotedArchive(room.archive)
    assert desk.find_faults(()) == []
    assert len(desk.plan(("house",)).pages) == 1


def test_an_attempt_is_a_statement_of_the_archive(room, site):
    (page_,) = QuotedArchive(room.archive).plan(()).pages
    site.pages["/a"] = []
    found = ask(room.writer, page_, room.options)
    assert isinstance(found, NoAnswer)
    data = room.archive.path(statement_file(found.attempt)).read_bytes()
    assert "dsseEnvelope" in json.loads(data)
