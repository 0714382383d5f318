"""Bytes both ways at once: sides that do not read, close early, or break."""

import io
import socket
import struct
import threading
import time
from datetime import UTC, datetime

import pytest

from archiver.browser.pump import Pump
from archiver.wire.guard import parse_url
from archiver.wire.recorder import Budget, Exchange, Route, resolve_host
from archiver.wire.requestheads import RequestReader
from archiver.wire.tls import read_roots
from tests.authority import Authority
from tests.proxying import (
    ask,
    proxying,
    read_all,
    read_exactly,
    read_or_lose,
    wait_until,
)
from tests.site import Pause, Reset, Site, Stall, page

SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
LARGE = page(bytes(range(256)) * 30_000)
RESET = struct.pack("ii", 1, 0)


@pytest.mark.parametrize("secured", [False, True])
def test_a_browser_that_reads_late_has_all_the_same(tmp_path, secured):
    authority = Authority(tmp_path)
    tls = authority.server("127.0.0.1") if secured else None
    with (
        Site({"/": LARGE}, tls=tls) as site,
        proxying(tmp_path, site.address, ca_file=authority.ca_file) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(ask("/", host=site.address))
        time.sleep(0.4)
        assert read_all(sock) == LARGE[0]
    assert bench.entries[0].answer.completeness.outcome == "complete"


def test_a_request_ahead_of_its_turn_waits_for_a_slow_answer(tmp_path):
    hello = page(b"hello")[0]
    pages = {"/1": [Pause(0.6), hello[:9], Pause(0.6), hello[9:]], "/2": [hello]}
    with (
        Site(pages, keep_alive=True) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(b"".join(ask(path, host=site.address) for path in pages))
        assert read_exactly(sock, 2 * len(hello)) == hello * 2
    verdicts = [entry.answer.completeness.outcome for entry in bench.entries]
    assert verdicts == ["complete", "complete"]


def test_a_browser_that_breaks_off_in_the_middle_leaves_what_came(tmp_path):
    halves = [LARGE[0][:20_000], Pause(0.5), LARGE[0][20_000:]]
    with Site({"/": halves}) as site, proxying(tmp_path, site.address) as bench:
        sock = bench.to(site)
        sock.sendall(ask("/", host=site.address))
        assert read_exactly(sock, 10_000) == LARGE[0][:10_000]
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        sock.close()
        wait_until(lambda: bench.entries[0].state == "recorded")
    assert bench.entries[0].answer.completeness.truncated == "unspecified"
    ((_, kept),) = bench.blocks("response")
    assert 10_000 <= len(kept) < len(LARGE[0])
    assert LARGE[0].startswith(kept)
    assert b"the browser closed the connection" in bench.blocks("metadata")[0][1]


def test_a_server_that_breaks_off_an_upload_may_have_answered(tmp_path):
    answer = page(b"too large", status="413 Content Too Large")
    with (
        Site({"/": [*answer, Pause(0.1), Reset()]}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        request = ask(
            "/", "Transfer-Encoding: chunked", host=site.address, method="POST"
        )
        sock.sendall(request + b"800000\r\n")
        sender = threading.Thread(
            target=read_or_lose, args=(sock, b"x" * 0x800000), daemon=True
        )
        sender.start()
        wait_until(lambda: bench.entries and bench.entries[0].state == "recorded", 10)
        sock.close()
        sender.join(5)
    assert bench.entries[0].answer.status == 413
    assert bench.entries[0].answer.completeness.outcome == "complete"


@pytest.mark.parametrize("polite", [True, False])
def test_a_browser_that_ends_another_protocol_first_is_heard(tmp_path, polite):
    heard = []

    def listen(line):
        while block := line.receive():
            heard.append(block)
        if polite:
            line.send(b"bye")

    steps = [SWITCH, listen] if polite else [SWITCH, listen, Stall()]
    with (
        Site({"/": steps}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(ask("/", "Upgrade: websocket", host=site.address))
        assert read_exactly(sock, len(SWITCH)) == SWITCH
        sock.sendall(b"words")
        wait_until(lambda: heard)
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock) == (b"bye" if polite else b"")
        wait_until(lambda: bench.entries[0].state == "recorded")
    assert heard == [b"words"]
    assert bench.blocks("request")[0][1].endswith(b"\r\n\r\nwords")
    assert bench.entries[0].answer.completeness.outcome == "complete"


def test_bytes_after_the_answer_reach_the_browser_and_the_record(tmp_path):
    answer = page(b"hello")[0]
    steps = [answer, Pause(0.3), b"unasked", Pause(0.2)]
    with (
        Site({"/": steps}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(ask("/", host=site.address))
        assert read_all(sock) == answer + b"unasked"
    assert bench.blocks("response")[0][1] == answer + b"unasked"
    assert bench.entries[0].answer.completeness.outcome == "malformed"


def test_there_is_nothing_to_move_without_a_connection():
    route = Route(Budget(1, time.monotonic() + 5), [], read_roots(None), resolve_host)
    exchange = Exchange(
        url=parse_url("http://a.example/"),
        route=route,
        started=datetime(2026, 2, 3, tzinfo=UTC),
        request=io.BytesIO(),
        response=io.BytesIO(),
    )
    here, there = socket.socketpair()
    with here, there, pytest.raises(ValueError, match="no connection"):
        Pump(here, exchange, RequestReader(), b"x").run(lambda: None, lambda: False)
