"""The recording proxy, by a client that speaks to it by hand, and hostile servers."""

import socket
import ssl
import struct
import threading
import time
from contextlib import suppress

import pytest

from tests.authority import Authority
from tests.proxying import (
    ask,
    proxying,
    read_all,
    read_exactly,
    read_or_lose,
    wait_until,
)
from tests.site import Cut, Pause, Reset, Site, Stall, page

HELLO = page(b"hello", "Content-Type: text/plain")[0]
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def talk(bench, site, *requests, host=None):
    """Send requests one after another; return all that came until the end."""
    with bench.to(site, host) as sock:
        for request in requests:
            sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        return read_all(sock)


def outcomes(bench):
    return [
        entry.answer.completeness.outcome if entry.answer else entry.state
        for entry in bench.entries
    ]


def test_bytes_pass_as_they_are_and_are_recorded_as_they_passed(tmp_path):
    odd = b"HTTP/1.1 200\nX: \xe9 \r\n fold\nno colon\r\nContent-Length: 2\r\n\r\nok"
    with Site({"/?a=\\": [odd[:20], Pause(0.05), odd[20:]]}) as site:
        request = ask("/?a=\\", "X:  y ", host=site.address)
        with proxying(tmp_path, site.address) as bench, bench.to(site) as sock:
            sock.sendall(request[:10])
            time.sleep(0.05)
            sock.sendall(request[10:])
            assert read_all(sock) == odd == site.sent("/?a=\\")
    assert site.received("/?a=\\") == request
    uri = site.url("/?a=\\")
    assert bench.blocks("response") == [(uri, odd)]
    assert bench.blocks("request") == [(uri, request)]
    (entry,) = bench.entries
    assert (entry.method, entry.url, entry.state) == ("GET", uri, "recorded")
    assert (entry.answer.status, entry.answer.completeness.outcome) == (200, "complete")


def test_several_exchanges_follow_one_another_over_one_connection(tmp_path, authority):
    pages = {
        "/length": [HELLO],
        "/chunks": [CHUNKS],
        "/head": [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"],
        "/none": [b"HTTP/1.1 204 No Content\r\n\r\n"],
        "/not": [b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"],
        "/hints": [
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
            Pause(0.05),
            HELLO,
        ],
        "/post": [HELLO],
    }
    tls = authority.server("news.example")
    with (
        Site(pages, tls=tls, keep_alive=True) as site,
        proxying(
            tmp_path,
            site.address,
            ca_file=authority.ca_file,
            resolve=lambda *_: ("127.0.0.1",),
        ) as bench,
    ):
        host = f"news.example:{site.port}"
        with bench.to(site, "news.example") as sock:
            for path, steps in pages.items():
                method = {"/head": "HEAD", "/post": "POST"}.get(path, "GET")
                body = bytes(range(256)) * 500 if method == "POST" else b""
                length = [f"Content-Length: {len(body)}"] if body else []
                request = ask(path, *length, host=host, method=method, body=body)
                sock.sendall(request)
                expected = b"".join(step for step in steps if isinstance(step, bytes))
                assert read_exactly(sock, len(expected)) == expected
                assert site.received(path) == request
    log = sorted((site.url(path, "news.example"), *both) for path, *both in site.log())
    assert sorted(bench.blocks("request")) == [(uri, sent) for uri, sent, _ in log]
    assert sorted(bench.blocks("response")) == [(uri, came) for uri, _, came in log]
    assert outcomes(bench) == ["complete"] * 7
    facts = {id(entry.answer.tls) for entry in bench.entries}
    assert len(facts) == 1
    assert len(bench.entries[0].answer.tls.chain) == 2
    dates = [uri for uri, _ in bench.blocks("response")]
    assert len(set(dates)) == 7


def test_requests_that_come_before_their_turn_wait_for_it(tmp_path):
    pages = {"/1": [HELLO[:9], Pause(0.1), HELLO[9:]], "/2": [CHUNKS]}
    with (
        Site(pages, keep_alive=True) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        both = [ask(path, host=site.address) for path in pages]
        sock.sendall(b"".join(both))
        assert read_exactly(sock, len(HELLO + CHUNKS)) == HELLO + CHUNKS
    assert [block for _, block in bench.blocks("request")] == both
    assert [block for _, block in bench.blocks("response")] == [HELLO, CHUNKS]
    assert outcomes(bench) == ["complete"] * 2


def test_another_protocol_is_kept_both_ways_until_it_is_closed(tmp_path):
    def echo(line):
        for _ in range(3):
            line.send(line.receive(5).upper())

    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    with (
        Site({"/ws": [switch, echo]}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        request = ask("/ws", "Upgrade: websocket", host=site.address)
        sock.sendall(request)
        assert read_exactly(sock, len(switch)) == switch
        for word in (b"one..", b"two..", b"three"):
            sock.sendall(word)
            assert read_exactly(sock, 5) == word.upper()
        assert read_all(sock) == b""
    assert [block for _, block in bench.blocks("response")] == [
        switch + b"ONE..TWO..THREE"
    ]
    assert [block for _, block in bench.blocks("request")] == [
        request + b"one..two..three"
    ]
    assert outcomes(bench) == ["complete"]
    assert bench.entries[0].stream


def test_both_ways_may_be_full_at_once(tmp_path):
    size = 3 << 20

    def echo(line):
        got = 0
        while got < size and (block := line.receive()):
            got += len(block)
            line.send(block)

    head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode()
    with (
        Site({"/": [head, echo]}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        # no Content-Length that the site reads: the body is its page's to echo
        request = ask("/", "Transfer-Encoding: chunked", host=site.address)
        body = b"x" * size
        chunk = f"{size:x}\r\n".encode()
        sock.sendall(request + chunk)
        sender = threading.Thread(target=sock.sendall, args=(body,))
        sender.start()
        assert len(read_exactly(sock, len(head) + size - len(chunk))) > size
        sender.join(10)
        assert not sender.is_alive()
    assert bench.entries[0].state == "recorded"


@pytest.mark.parametrize(
    ("steps", "outcome", "truncated"),
    [
        ([HELLO[:-2]], "truncated", "disconnect"),
        ([HELLO[:-2], Pause(0.05), Reset()], "truncated", "disconnect"),
        ([CHUNKS[:-5]], "truncated", "disconnect"),
        ([HELLO + b"surplus"], "malformed", None),
        ([HELLO, Pause(0.05), b"late"], "malformed", None),
        ([b"HTTP/1.1 200 OK\r\n\r\nuntil the end"], "complete", None),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"], "malformed", None),
        (
            [CHUNKS.replace(b"\r\n5\r\n", b"\r\nfive\r\n"), Stall()],
            "malformed",
            None,
        ),
    ],
)
def test_what_a_server_sends_reaches_the_browser_and_is_judged(
    tmp_path, steps, outcome, truncated
):
    came = b"".join(step for step in steps if isinstance(step, bytes))
    with (
        Site({"/": steps}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(ask("/", host=site.address))
        assert read_exactly(sock, len(came)) == came
        assert read_or_lose(sock) == b""
    verdict = bench.entries[0].answer.completeness
    assert (verdict.outcome, verdict.truncated) == (outcome, truncated)
    assert bench.blocks("response") == [(site.url(), came)]


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([b""], "no-response"),
        ([b"SSH-2.0-OpenSSH\r\n"], "no-response"),
        ([b"HTTP/1.1 200 OK\r\nX: y"], "no-response"),
        ([Reset()], "no-response"),
    ],
)
def test_an_exchange_without_a_response_is_kept_with_its_request(tmp_path, steps, kind):
    with Site({"/": steps}) as site, proxying(tmp_path, site.address) as bench:
        request = ask("/", host=site.address)
        with bench.to(site) as sock:
            assert read_or_lose(sock, request) == b"".join(
                step for step in steps if isinstance(step, bytes)
            )
    (entry,) = bench.entries
    assert (entry.state, entry.failure.kind) == ("failed", kind)
    assert bench.blocks("request") == [(site.url(), request)]
    assert bench.blocks("response") == []
    ((_, told),) = bench.blocks("metadata")
    assert b"outcome: failed" in told


def test_a_server_that_says_nothing_is_given_up(tmp_path):
    with (
        Site({"/": [Stall()]}) as site,
        proxying(tmp_path, site.address, first_byte_timeout=0.3) as bench,
    ):
        before = time.monotonic()
        with bench.to(site) as sock:
            assert read_or_lose(sock, ask("/", host=site.address)) == b""
        assert time.monotonic() - before < 3
    assert bench.entries[0].failure.kind == "timeout"


def test_a_certificate_that_does_not_verify_ends_the_connection(tmp_path, authority):
    tls = authority.server("other.example")
    with (
        Site({"/": [HELLO]}, tls=tls) as site,
        proxying(tmp_path, site.address, ca_file=authority.ca_file) as bench,
        bench.to(site) as sock,
    ):
        assert read_or_lose(sock, ask("/", host=site.address)) == b""
    (entry,) = bench.entries
    assert (entry.state, entry.failure.kind) == ("failed", "tls")
    assert "does not verify" in entry.reason
    assert site.count("/") == 0


def test_a_cut_without_close_notify_is_no_end(tmp_path, authority):
    data = b"HTTP/1.1 200 OK\r\n\r\nhalf"
    with (
        Site({"/": [data, Cut()]}, tls=authority.server("127.0.0.1")) as site,
        proxying(tmp_path, site.address, ca_file=authority.ca_file) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(ask("/", host=site.address))
        assert read_exactly(sock, len(data)) == data
        with pytest.raises(ssl.SSLEOFError):
            sock.recv(1)
    verdict = bench.entries[0].answer.completeness
    assert (verdict.outcome, verdict.truncated) == ("truncated", "disconnect")


def test_an_inner_address_is_refused_and_said_to_be(tmp_path):
    with Site({"/": [HELLO]}) as site, proxying(tmp_path) as bench:
        assert talk_reset(bench, site, ask("/", host=site.address)) == b""
    (entry,) = bench.entries
    assert (entry.state, entry.failure.kind) == ("blocked", "refused-address")
    assert "inner or special address" in entry.reason
    assert site.count("/") == 0


def talk_reset(bench, site, request, host=None):
    """Send a request over a connection of its own; return all that came."""
    with bench.to(site, host) as sock:
        return read_or_lose(sock, request)


def test_a_name_whose_address_changes_is_checked_each_time(tmp_path):
    answers = iter([("127.0.0.1",), ("127.0.0.1", "10.0.0.1")])
    with (
        Site({"/": [HELLO]}) as site,
        proxying(tmp_path, site.address, resolve=lambda *_: next(answers)) as bench,
    ):
        request = ask("/", host=f"rebind.example:{site.port}")
        assert talk_reset(bench, site, request, "rebind.example") == HELLO
        assert talk_reset(bench, site, request, "rebind.example") == b""
    assert [entry.state for entry in bench.entries] == ["recorded", "blocked"]
    assert site.count("/") == 1


@pytest.mark.parametrize(
    ("host", "port", "why"),
    [
        ("news.example", 25, "names port 25"),
        ("update.googleapis.com", 443, "a service of the browser's own"),
        ("0x7f.1", 80, "four decimal numbers"),
        ("user@news.example", 80, "names a user"),
        ("", 80, "no host"),
    ],
)
def test_what_may_not_be_connected_to_is_refused_at_once(tmp_path, host, port, why):
    with proxying(tmp_path) as bench:
        sock, reply = bench.client(host, port)
        sock.close()
        assert reply == 2
    (entry,) = bench.entries
    assert entry.state == "blocked"
    assert why in entry.reason


def test_a_capture_of_what_the_browser_asks_for_by_itself_may_have_it(tmp_path):
    with proxying(tmp_path, wanted="update.googleapis.com") as bench:
        sock, reply = bench.client("update.googleapis.com", 443)
        sock.close()
        assert reply == 0


@pytest.mark.parametrize(
    ("request_head", "why"),
    [
        (ask("/", host="other.example"), "as the connection is"),
        (ask("/", host="127.0.0.1"), "as the connection is"),
        (ask("http://127.0.0.1/", host="a"), "expected a method, a path"),
        (b"\x00\x01garbage\r\n\r\n", "expected a method, a path"),
        (ask("/", "Content-Length: 1", "Content-Length: 2", host="a"), "one number"),
        (ask("/", host="a b"), "expected no blank"),
    ],
)
def test_a_request_that_is_none_of_a_browser_is_not_sent(tmp_path, request_head, why):
    with Site({"/": [HELLO]}) as site, proxying(tmp_path, site.address) as bench:
        assert talk_reset(bench, site, request_head) == b""
    (entry,) = bench.entries
    assert entry.state == "blocked"
    assert why in entry.reason
    assert site.log() == []


def test_a_url_that_no_record_could_name_is_not_sent(tmp_path):
    with Site({}) as site, proxying(tmp_path, site.address) as bench:
        request = ask("/" + "a" * 40_000, host=site.address)
        assert talk_reset(bench, site, request) == b""
    assert "its URL has 40001 characters" in bench.entries[0].reason


@pytest.mark.parametrize(
    "greeting",
    [
        b"",
        b"\x05",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00",
        b"\x05\x01\x02",
        b"\x05\x01\x00\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50",
        b"\x05\x01\x00\x05\x01\x00\x09\x7f\x00\x00\x01\x00\x50",
        b"\x05\x01\x00\x05\x01\x00\x03\x02\xff\xff\x00\x50",
        b"\x05\x01\x00\x05\x01\x00\x03\xffshort",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_no_greeting_of_a_browser_is_turned_away(tmp_path, greeting):
    with proxying(tmp_path) as bench:
        with socket.create_connection(("127.0.0.1", bench.proxy.port), 5) as sock:
            sock.sendall(greeting)
            with suppress(OSError):  # it may have been turned away by now
                sock.shutdown(socket.SHUT_WR)
            read_or_lose(sock)
        wait_until(lambda: bench.entries)
    (entry,) = bench.entries
    assert entry.state == "blocked"
    assert entry.reason.startswith("a connection to the proxy was refused")


@pytest.mark.parametrize(
    ("kind", "packed"), [(b"\x01", b"\x7f\0\0\1"), (b"\x04", b"\0" * 15 + b"\1")]
)
def test_an_address_may_be_named_by_its_bytes(tmp_path, kind, packed):
    with (
        proxying(tmp_path) as bench,
        socket.create_connection(("127.0.0.1", bench.proxy.port), 5) as sock,
    ):
        sock.sendall(b"\x05\x01\x00\x05\x01\x00" + kind + packed + b"\x00\x50")
        assert read_exactly(sock, 12)[:4] == b"\x05\x00\x05\x00"


def test_the_limits_of_bytes_are_shared_by_all_connections(tmp_path):
    big = page(b"x" * 100_000)
    with (
        Site({"/": big}) as site,
        proxying(tmp_path, site.address, size=150_000) as bench,
    ):
        request = ask("/", host=site.address)
        assert len(talk_reset(bench, site, request)) > 100_000
        talk_reset(bench, site, request)
    first, second = (entry.answer.completeness for entry in bench.entries)
    assert first.outcome == "complete"
    assert (second.outcome, second.truncated) == ("truncated", "length")


def test_what_the_browser_sends_counts_as_well(tmp_path):
    with (
        Site({"/": [HELLO]}) as site,
        proxying(tmp_path, site.address, size=50_000) as bench,
        bench.to(site) as sock,
    ):
        body = b"x" * 1_000_000
        length = f"Content-Length: {len(body)}"
        request = ask("/", length, host=site.address, method="POST", body=body)
        assert read_or_lose(sock, request) == b""
    ((_, block),) = bench.blocks("request")
    assert len(block) < 400_000


def test_a_browser_that_goes_away_leaves_a_cut_exchange(tmp_path):
    with (
        Site({"/": [HELLO[:-2], Stall()]}) as site,
        proxying(tmp_path, site.address) as bench,
    ):
        sock = bench.to(site)
        sock.sendall(ask("/", host=site.address))
        assert read_exactly(sock, len(HELLO) - 2)
        sock.close()
        wait_until(lambda: bench.entries[0].state == "recorded")
    verdict = bench.entries[0].answer.completeness
    assert (verdict.outcome, verdict.truncated) == ("truncated", "unspecified")
    assert b"the browser closed the connection" in bench.blocks("metadata")[0][1]


def test_a_browser_that_says_no_more_still_has_its_answer(tmp_path):
    with (
        Site({"/": [Pause(0.3), HELLO]}) as site,
        proxying(tmp_path, site.address) as bench,
        bench.to(site) as sock,
    ):
        sock.sendall(ask("/", host=site.address))
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock) == HELLO
    assert outcomes(bench) == ["complete"]


def test_what_is_under_way_at_the_end_is_cut_and_says_why(tmp_path):
    with Site({"/": [HELLO[:-2], Stall()]}) as site:
        before = time.monotonic()
        with proxying(tmp_path, site.address) as bench:
            sock = bench.to(site)
            sock.sendall(ask("/", host=site.address))
            assert read_exactly(sock, len(HELLO) - 2)
            idle = bench.to(site)
        assert time.monotonic() - before < 3
        sock.close()
        idle.close()
    verdict = bench.entries[0].answer.completeness
    assert (verdict.outcome, verdict.truncated) == ("truncated", "unspecified")
    assert b"the capture was over" in bench.blocks("metadata")[0][1]


def test_a_response_that_had_not_begun_by_the_end_did_not_come_in_time(tmp_path):
    with Site({"/": [Stall()]}) as site:
        with proxying(tmp_path, site.address) as bench:
            sock = bench.to(site)
            sock.sendall(ask("/", host=site.address))
            wait_until(lambda: site.count("/"))
        sock.close()
    assert bench.entries[0].failure.kind == "timeout"
    assert "the time was up after 0 bytes" in bench.entries[0].reason


def test_a_connection_in_the_making_does_not_hold_up_the_end(tmp_path):
    started = threading.Event()

    def slow(*_):
        started.set()
        time.sleep(4)
        return ("127.0.0.1",)

    with Site({}) as site:
        before = time.monotonic()
        with proxying(tmp_path, site.address, resolve=slow) as bench:
            sock = bench.to(site, "slow.example")
            sock.sendall(ask("/", host=f"slow.example:{site.port}"))
            assert started.wait(5)
        assert time.monotonic() - before < 3.5
        sock.close()
        assert [entry.state for entry in bench.entries] == ["open"]
        wait_until(lambda: threading.active_count() < 4, 10)


def test_a_hundred_connections_and_no_more(tmp_path):
    with proxying(tmp_path) as bench:
        socks = [
            socket.create_connection(("127.0.0.1", bench.proxy.port), 5)
            for _ in range(101)
        ]
        assert read_all(socks[-1]) == b""
        for sock in socks:
            sock.close()
        wait_until(lambda: bench.entries)
    assert "more than 100 connections" in {
        e.reason.split(": ")[1] for e in bench.entries
    }


def test_threads_of_a_capture_end_with_it(tmp_path):
    before = threading.active_count()
    with Site({"/": [HELLO]}) as site, proxying(tmp_path, site.address) as bench:
        for _ in range(20):
            assert talk(bench, site, ask("/", host=site.address)) == HELLO
    wait_until(lambda: threading.active_count() <= before)


def test_a_reset_by_the_browser_harms_nothing(tmp_path):
    with Site({"/": [HELLO]}) as site, proxying(tmp_path, site.address) as bench:
        sock = bench.to(site)
        sock.sendall(ask("/", host=site.address)[:10])
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
        assert talk(bench, site, ask("/", host=site.address)) == HELLO
    assert outcomes(bench) == ["complete"]
