"""The run of a list: its beginning on the disk, and what came of it since."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.attempts import attempt_facts, attempt_subject
from archiver.capture import observe
from archiver.errors import ArchiveError
from archiver.failures import Failure
from archiver.harvesting.runs import begin_run, read_since, run_file, without_secrets
from archiver.harvesting.seeds import Line, collect_seeds
from archiver.statements import Statement, format_bundle, sign_statement
from archiver.store import batch, statement_file, writing
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from tests.forking import start_child, wait_for
from tests.newsroom import BEGINNING, Newsroom
from tests.site import Site, page

NOW = datetime(2026, 2, 3, 10, 0, 0, 123456, tzinfo=UTC)


def seeds_of(*urls):
    return collect_seeds(map(Line, urls)).seeds


def test_a_run_is_known_by_archive_list_and_options():
    one = seeds_of("https://a.example/1", "https://a.example/2")
    other = seeds_of("https://a.example/2", "https://a.example/1")
    places = [
        run_file("desk.example/log", one, "a"),
        run_file("desk.example/log", one, "b"),
        run_file("desk.example/log", other, "a"),
        run_file("desk.example/other", one, "a"),
        run_file("../../x", one, "a"),
    ]
    assert len(set(places)) == 5
    assert run_file("desk.example/log", one, "a") == places[0]
    assert {place.parent.parent for place in places} == {places[0].parent.parent}
    assert places[0].parent.parent.name == "runs"


def test_the_beginning_of_a_run_is_kept_until_its_end(tmp_path):
    place = tmp_path / "runs" / "desk" / "run.json"
    with begin_run(place, NOW) as run:
        assert (run.begun, run.resumed) == (NOW, False)
        assert place.stat().st_mode & 0o777 == 0o600
        assert "https" not in place.read_text()
    with begin_run(place, NOW + timedelta(days=2)) as run:
        assert (run.begun, run.resumed) == (NOW, True)
        run.end()
        run.end()
    assert not place.exists()
    with begin_run(place, NOW + timedelta(days=3)) as run:
        assert (run.begun.day, run.resumed) == (6, False)


def test_again_begins_anew_and_that_is_what_is_kept(tmp_path):
    place = tmp_path / "run.json"
    with begin_run(place, NOW):
        pass
    later = NOW + timedelta(hours=1)
    with begin_run(place, later, again=True) as run:
        assert (run.begun, run.resumed) == (later, False)
    with begin_run(place, NOW + timedelta(days=1)) as run:
        assert (run.begun, run.resumed) == (later, True)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"{}", b'{"startedOn": 1}', b'{"startedOn": "today"}', b"\xff",
     b'{"startedOn": "2026-02-30T00:00:00Z"}', b"x" * 100_000, b'"startedOn"', b"null"],
)  # fmt: skip
def test_what_was_cut_off_while_it_was_written_is_a_new_run(data, tmp_path):
    place = tmp_path / "run.json"
    place.write_bytes(data)
    with begin_run(place, NOW) as run:
        assert (run.begun, run.resumed) == (NOW, False)
    with begin_run(place, NOW + timedelta(days=1)) as run:
        assert (run.begun, run.resumed) == (NOW, True)


def test_one_process_has_a_run_at_a_time(tmp_path):
    place = tmp_path / "run.json"
    with (
        begin_run(place, NOW),
        pytest.raises(ArchiveError, match="in another process"),
        begin_run(place, NOW),
    ):
        pass
    with begin_run(place, NOW) as run:
        assert run.resumed


def _take_and_end(place: Path, turns: int) -> None:
    for _ in range(turns):
        try:
            with begin_run(place, NOW) as run:
                assert not run.resumed, "a run that had ended was taken up"
                run.end()
        except ArchiveError:
            continue


def test_a_file_that_is_removed_while_another_waits_for_it_is_not_had(tmp_path):
    place = tmp_path / "run.json"
    children = [start_child(_take_and_end, place, 200) for _ in range(4)]
    assert [wait_for(child) for child in children] == [0] * 4
    assert not place.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(ArchiveError, match="cannot be written"),
        begin_run(tmp_path / "file" / "run.json", NOW),
    ):
        pass


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


def writer_of(room, now):
    return Writer(
        room.archive, room.trust, room.operator, room.log_key, lambda: now, os.urandom
    )


def capture(room, site, path, now):
    options = CaptureOptions(allow_addresses=(site.address,))
    take_capture(writer_of(room, now), site.url(path), options, driver=observe)


def tried(room, url, now):
    """Sign an attempt at ``url``, as a capture that fails does."""
    failure = Failure(url=url, kind="dns", reason="x", started=now, finished=now)
    predicate = {
        "salt": room.token(16).hex(),
        "origin": room.archive.config.origin,
        "on": room.on(),
        **attempt_facts(url, [failure], "client", {"name": "x", "version": "1"}),
    }
    statement = Statement("attempt", (attempt_subject(url),), predicate)
    envelope = sign_statement(statement, room.operator)
    with writing(room.archive), batch(room.archive, room.token(8).hex()) as staged:
        staged.add(statement_file(envelope.id), format_bundle(envelope))


def since(room, begun, *urls):
    found = read_since(room.archive, room.trust, begun, seeds_of(*urls))
    return sorted(found.captured), sorted(found.tried)


def test_what_was_captured_since_the_beginning_counts_and_what_was_before_does_not(
    room,
):
    pages = {"/old": page(b"old"), "/new": page(b"new"), "/never": page(b"never")}
    with Site(pages) as site:
        capture(room, site, "/old", BEGINNING)
        capture(room, site, "/new", BEGINNING + timedelta(hours=2))
        urls = [site.url(path) for path in pages]
        begun = BEGINNING + timedelta(hours=1)
        room.deposit("x.txt", b"supplied", urls[2])
        assert since(room, begun, *urls) == ([urls[1]], [])
        assert since(room, BEGINNING, *urls) == ([urls[1], urls[0]], [])
        assert since(room, begun + timedelta(hours=2), *urls) == ([], [])


def test_attempts_and_answers_that_say_later_are_tried_again(room):
    busy = page(b"busy", status="503 Busy")
    with Site({"/busy": busy, "/gone": page(b"gone", status="404 Gone")}) as site:
        for path in ("/busy", "/gone"):
            capture(room, site, path, BEGINNING + timedelta(hours=1))
        urls = [site.url("/busy"), site.url("/gone"), "https://a.example/dead"]
        tried(room, urls[2], BEGINNING + timedelta(hours=1))
        assert since(room, BEGINNING, *urls) == ([urls[1]], sorted([urls[0], urls[2]]))
        site.pages["/busy"] = page(b"here")
        capture(room, site, "/busy", BEGINNING + timedelta(hours=2))
        assert since(room, BEGINNING, *urls) == (sorted(urls[:2]), [urls[2]])


TOKEN = "Zx81QkP0aLw93mNtR7"  # noqa: S105 - what is hidden


def test_a_url_with_a_secret_is_known_again_by_what_is_left_of_it(room):
    path = f"/a?token={TOKEN}&again={TOKEN}&n=1"
    with Site({path: page(b"words")}) as site:
        capture(room, site, path, BEGINNING + timedelta(hours=1))
        url, other = site.url(path), site.url("/a?token=Another1AnotherOne&n=2")
        assert since(room, BEGINNING, url) == ([url], [])
        assert since(room, BEGINNING, url, other) == ([url], [])


def test_urls_that_differ_in_a_secret_alone_are_all_asked_again(room):
    path = f"/a?token={TOKEN}"
    with Site({path: page(b"words")}) as site:
        capture(room, site, path, BEGINNING + timedelta(hours=1))
        urls = site.url(path), site.url("/a?token=Another1AnotherOne")
        assert since(room, BEGINNING, *urls) == ([], [])


@pytest.mark.parametrize(
    ("url", "spelt"),
    [
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        (f"https://a.example/?token={TOKEN}", "https://a.example/?token=redacted"),
        (
            "https://a.example/?token=redacted-0123456789abcdef",
            "https://a.example/?token=redacted",
        ),
    ],
)
def test_each_secret_is_the_same_word(url, spelt):
    assert without_secrets(url) == spelt
