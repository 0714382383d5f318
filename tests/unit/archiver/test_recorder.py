"""An exchange, driven by hand: as a proxy or another client would."""

import io
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ArchiveError, NetworkError
from archiver.wire.guard import parse_address, parse_url
from archiver.wire.recorder import (
    Budget,
    Exchange,
    Route,
    resolve_host,
    write_spool,
)
from archiver.wire.tls import read_roots
from tests.site import Pause, Reset, Site, Stall, page

ROOTS = read_roots(None)
FULL = Path("/dev/full")
HELLO = page(b"hello")[0]


def halves(data: bytes) -> tuple[bytes, bytes]:
    return data[: len(data) // 2], data[len(data) // 2 :]


def budget(seconds: float = 10, size: int = 1 << 20) -> Budget:
    return Budget(size, time.monotonic() + seconds)


def exchange(
    url="http://example.org/", *allowed, limits=None, resolve=resolve_host, **bounds
):
    return Exchange(
        url=parse_url(url),
        route=Route(
            limits or budget(),
            [parse_address(a) for a in allowed],
            ROOTS,
            resolve,
            **bounds,
        ),
        started=datetime(2026, 2, 3, tzinfo=UTC),
        request=io.BytesIO(),
        response=io.BytesIO(),
    )


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode()


def run(site, path="/", **options):
    """Drive one exchange with a site, and return it closed."""
    found = exchange(site.url(path), site.address, **options)
    found.send(request(path))
    found.read_head()
    found.read_rest()
    found.close()
    return found


def test_what_is_sent_and_what_is_received_is_copied():
    with Site({"/": [HELLO]}) as site:
        found = run(site)
        assert found.request.getvalue() == request("/") == site.received("/")
        assert found.response.getvalue() == HELLO == site.sent("/")
    assert (found.answers, found.peer) == (("127.0.0.1",), "127.0.0.1")
    assert (found.end, found.received) == ("close", len(HELLO))
    assert found.reader.finished
    assert found.receive() == b""


def test_blocks_come_as_they_arrive_for_whoever_passes_them_on():
    steps = [HELLO[:10], Pause(0.05), HELLO[10:30], Pause(0.05), HELLO[30:]]
    with Site({"/": steps}) as site:
        found = exchange(site.url(), site.address)
        found.send(request("/"))
        blocks = [found.receive(), found.receive(), found.receive(), found.receive()]
        found.close()
    assert blocks == [HELLO[:10], HELLO[10:30], HELLO[30:], b""]


def test_two_exchanges_that_take_turns_do_not_mix():
    pages = {
        path: [HELLO[:30], Pause(0.05), path.encode() * 3] for path in ("/a", "/bbb")
    }
    with Site(pages) as site:
        both = [exchange(site.url(path), site.address) for path in pages]
        for found, path in zip(both, pages, strict=True):
            found.send(request(path))
        for _ in range(4):
            for found in both:
                found.receive()
        for found, path in zip(both, pages, strict=True):
            assert found.response.getvalue() == site.sent(path)
            found.close()


def test_silence_for_a_while_is_no_end():
    with Site({"/": [HELLO, Stall()]}) as site:
        found = exchange(site.url(), site.address)
        found.send(request("/"))
        found.read_head()
        before = time.monotonic()
        assert found.receive(0.05) == b""
        assert 0.04 < time.monotonic() - before < 1
        assert found.end == "open"
        found.close()


def test_the_time_is_up_though_one_would_have_more_patience():
    with Site({"/": [HELLO, Stall()]}) as site:
        found = exchange(site.url(), site.address, limits=budget(0.2))
        found.send(request("/"))
        found.read_head()
        assert found.receive(5) == b""
        assert found.end == "time"
        found.close()


def test_a_reset_keeps_what_came_before_it_and_its_name():
    with Site({"/": [HELLO[:20], Pause(0.05), Reset()]}) as site:
        found = run(site)
    assert found.response.getvalue() == HELLO[:20]
    assert (found.end, found.end_detail) == (
        "reset",
        "[Errno 104] Connection reset by peer",
    )


def test_no_byte_more_than_is_allowed_is_kept():
    with Site({"/": [HELLO]}) as site:
        limits = budget(size=12)
        found = run(site, limits=limits)
    assert found.response.getvalue() == HELLO[:12]
    assert (found.end, limits.bytes_left) == ("length", 0)


def test_a_connection_that_goes_elsewhere_is_not_used():
    with Site({"/": [HELLO]}) as site:
        # Linux takes 0.0.0.0 for this machine, and connects to 127.0.0.1.
        found = exchange(f"http://0.0.0.0:{site.port}/", f"0.0.0.0:{site.port}")
        with pytest.raises(NetworkError, match=r"the connection went to 127\.0\.0\.1"):
            found.send(request("/"))
        assert found.sock is None
        assert site.count("/") == 0


def test_a_public_address_of_this_machine_is_not_asked_unless_it_is_allowed(
    monkeypatch,
):
    # No test can give the machine a public address: one that passes for its own.
    public = "198.41.0.4"
    monkeypatch.setattr("archiver.wire.recorder.is_own", lambda ip: ip == public)
    found = exchange("http://visitor.example:8080/", resolve=lambda *_: (public,))
    with pytest.raises(NetworkError, match="an address of this machine") as caught:
        found.send(request("/"))
    assert caught.value.hint.endswith("--allow-address 198.41.0.4:8080")
    assert (found.sock, found.failure) == (None, "refused-address")
    with Site({"/": [HELLO]}) as site:
        monkeypatch.setattr("archiver.wire.recorder.is_own", lambda _: True)
        assert run(site).response.getvalue() == HELLO


def test_every_address_is_tried_and_every_failure_told():
    with Site({}) as site:
        port = site.port
    allowed = [f"127.0.0.{i}:{port}" for i in (1, 2)]
    found = exchange(
        f"http://news.example:{port}/",
        *allowed,
        resolve=lambda *_: ("127.0.0.1", "127.0.0.2"),
    )
    with pytest.raises(NetworkError) as caught:
        found.connect()
    assert str(caught.value) == (
        f"no connection to news.example port {port}:"
        " 127.0.0.1: [Errno 111] Connection refused;"
        " 127.0.0.2: [Errno 111] Connection refused"
    )


def test_an_address_that_does_not_answer_has_only_its_share_of_the_time():
    # A listener whose backlog is full takes no connection and refuses none.
    with Site({"/": [HELLO]}) as site, socket.socket() as deaf:
        deaf.bind(("127.0.0.2", site.port))
        deaf.listen(0)
        callers = [socket.socket() for _ in range(3)]
        for caller in callers:
            caller.settimeout(0)
            caller.connect_ex(("127.0.0.2", site.port))
        url = site.url(host="news.example")
        allowed = (f"127.0.0.2:{site.port}", site.address)
        found = exchange(
            url,
            *allowed,
            limits=budget(1),
            resolve=lambda *_: ("127.0.0.2", "127.0.0.1"),
        )
        found.connect()
        found.close()
        for caller in callers:
            caller.close()
    assert found.peer == "127.0.0.1"


def test_what_the_disk_does_not_take_stops_the_capture():
    with (
        FULL.open("wb", buffering=0) as full,
        pytest.raises(ArchiveError, match="No space left on device"),
    ):
        write_spool(full, b"x")


def test_a_full_disk_stops_an_exchange_in_the_middle():
    with Site({"/": [HELLO]}) as site, FULL.open("wb", buffering=0) as full:
        found = exchange(site.url(), site.address)
        found.response = full
        found.send(request("/"))
        with pytest.raises(ArchiveError, match="cannot be kept on this disk"):
            found.read_head()
        found.close()


def test_the_system_resolves_a_name_or_an_address():
    assert resolve_host("127.0.0.1", 80, 5) == ("127.0.0.1",)
    assert resolve_host("::1", 80, 5) == ("::1",)
    assert set(resolve_host("localhost", 80, 5)) <= {"127.0.0.1", "::1"}


def test_a_name_that_does_not_resolve_in_time_is_given_up():
    with pytest.raises(TimeoutError, match="was not resolved in time"):
        resolve_host("nowhere.invalid", 80, 0)
    with pytest.raises(OSError, match=r"not known|failure"):
        resolve_host("nowhere.invalid", 80, 10)


def test_a_budget_without_time_says_so():
    assert 0 < budget(5).time_left() <= 5
    with pytest.raises(TimeoutError, match="the time was up"):
        budget(0).time_left()


def test_a_server_that_says_nothing_is_given_up_before_the_whole_time_is_up():
    with Site({"/": [Stall()]}) as site:
        before = time.monotonic()
        found = run(site, first_byte_timeout=0.2)
        assert time.monotonic() - before < 2
    assert (found.end, found.late) == ("time", True)


def test_a_server_that_has_begun_may_take_its_time():
    first, rest = halves(HELLO)
    with Site({"/": [first, Pause(0.4), rest]}) as site:
        found = run(site, first_byte_timeout=0.2)
    assert found.response.getvalue() == HELLO
    assert (found.end, found.late) == ("close", False)


def test_a_connection_that_does_not_come_about_is_given_up():
    def never(_host, _port, timeout):
        time.sleep(timeout)
        raise TimeoutError

    found = exchange(resolve=never, connect_timeout=0.2)
    before = time.monotonic()
    with pytest.raises(NetworkError, match="the time was up"):
        found.connect()
    assert time.monotonic() - before < 2
    assert found.failure == "timeout"


def test_a_second_exchange_takes_over_the_connection():
    here, there = socket.socketpair()
    with here, there:
        first, second = exchange(), exchange()
        first.sock, first.peer, first.answers = here, "192.0.2.1", ("192.0.2.1",)
        there.sendall(HELLO)
        first.read_head()
        second.follow(first)
        second.send(request("/"))
        there.sendall(HELLO + HELLO[:3])
        second.read_head()
        assert there.recv(1000) == second.request.getvalue() == request("/")
    assert first.response.getvalue() == HELLO
    assert second.response.getvalue() == HELLO + HELLO[:3]
    assert (second.peer, second.answers) == ("192.0.2.1", ("192.0.2.1",))


def test_what_is_offered_is_copied_as_far_as_it_is_taken():
    with Site({"/": [HELLO]}) as site:
        found = exchange(site.url(), site.address)
        assert found.receive(0) == b""
        assert found.offer(request("/")) == len(request("/"))
        found.read_head()
        found.close()
        assert found.request.getvalue() == site.received("/")
    here, there = socket.socketpair()
    with here, there:
        found = exchange()
        found.sock = here
        assert found.receive(0) == b""
        assert found.end == "open"
        sent = 0
        while taken := found.offer(b"x" * 100_000):
            sent += taken
        assert len(found.request.getvalue()) == sent


def test_bytes_are_taken_by_many_threads_and_none_twice():
    limits = budget(size=8_000)
    taken = []

    def take():
        taken.extend(limits.take(3) for _ in range(1_000))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(taken), limits.bytes_left) == (8_000, 0)


def test_an_exchange_that_never_connected_receives_and_closes_nothing():
    found = exchange()
    assert found.receive() == b""
    found.close()
    assert found.end == "open"


@given(
    st.lists(st.binary(min_size=1, max_size=400), min_size=1, max_size=8),
    st.integers(1, 2000),
)
def test_whatever_bytes_arrive_are_kept_up_to_the_limit(pieces, limit):
    here, there = socket.socketpair()
    with here, there:
        found = exchange(limits=budget(size=limit))
        found.sock = here
        for piece in pieces:
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)
        while found.receive():
            pass
    data = b"".join(pieces)
    assert found.response.getvalue() == data[:limit]
    assert found.end == ("length" if len(data) > limit else "close")
