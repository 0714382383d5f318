"""What a proxy saw: bounds, quiet, and the thread that writes."""

import gzip
from pathlib import Path

import pytest

from archiver.browser import ledger as ledgers
from archiver.errors import ArchiveError
from tests.proxying import ask, proxying, read_exactly, read_or_lose, wait_until
from tests.site import Pause, Site, Stall, page

FULL = Path("/dev/full")
HELLO = page(b"hello", "Content-Type: text/plain")[0]
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n"


def test_no_more_requests_than_a_capture_may_make(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "MOST_EXCHANGES", 2)
    with (
        Site({"/": [HELLO]}, keep_alive=True) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        request = ask("/", host=site.address)
        for _ in range(2):
            sock.sendall(request)
            assert read_exactly(sock, len(HELLO)) == HELLO
        assert read_or_lose(sock, request) == b""
        for number in range(4):
            bench.ledger.block(str(number), "too many")
    assert site.count("/") == 2
    states = [entry.state for entry in bench.entries]
    assert states == ["recorded", "recorded", "blocked", "blocked"]
    assert bench.entries[2].reason == "more than 2 requests"


def test_a_page_is_quiet_when_nothing_moves_and_nothing_is_awaited(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(ledgers, "STALE", 0.5)
    with (
        Site({"/": [HELLO[:9], Stall()], "/events": [STREAM, Stall()]}) as site,
        proxying(tmp_path, site.address) as bench,
    ):
        events, waits = bench.to(site), bench.to(site)
        events.sendall(ask("/events", host=site.address))
        assert read_exactly(events, len(STREAM)) == STREAM
        wait_until(lambda: bench.ledger.quiet() > 0.1)
        waits.sendall(ask("/", host=site.address))
        assert read_exactly(waits, 9) == HELLO[:9]
        assert bench.ledger.quiet() == 0
        wait_until(lambda: bench.ledger.quiet() > 0.5)
        events.close()
        waits.close()


def test_what_is_over_is_written_while_others_go_on_when_too_much_is_held(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(ledgers, "MOST_WAITING", 0)
    slow = [HELLO[:-1], *[Pause(0.05)] * 40, HELLO[-1:]]
    with (
        Site({"/": [HELLO], "/slow": slow}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as waits,
        bench.to(site) as sock,
    ):
        waits.sendall(ask("/slow", host=site.address))
        assert read_exactly(waits, 9)
        sock.sendall(ask("/", host=site.address))
        assert read_exactly(sock, len(HELLO)) == HELLO
        sock.close()
        wait_until(lambda: bench.entries[1].state == "recorded", 1.5)
        assert bench.entries[0].state == "open"


def fill_the_disk(folder):
    """Have two exchanges of which the disk takes nothing."""
    with (
        FULL.open("wb", buffering=0) as full,
        Site({"/": [HELLO]}) as site,
        proxying(folder, site.address) as bench,
    ):
        bench.recording._warc._writer.out = full
        for _ in range(2):
            with bench.to(site) as sock:
                assert read_or_lose(sock, ask("/", host=site.address)) == HELLO
            wait_until(lambda: bench.ledger.error)


def test_a_disk_that_is_full_stops_the_capture_with_its_name(tmp_path):
    with pytest.raises(ArchiveError, match="No space left on device"):
        fill_the_disk(tmp_path)
    assert list(tmp_path.glob("*.warc.gz")) == []


def test_bodies_are_undone_up_to_a_bound_of_all_together(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "MOST_DECODED", 150_000)
    packed = page(gzip.compress(b"x" * 100_000), "Content-Encoding: gzip")
    with Site({"/": packed}) as site, proxying(tmp_path, site.address) as bench:
        for _ in range(2):
            with bench.to(site) as sock:
                read_or_lose(sock, ask("/", host=site.address))
    verdicts = [entry.answer.completeness.outcome for entry in bench.entries]
    assert verdicts == ["complete", "malformed"]
