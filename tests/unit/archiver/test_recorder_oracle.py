"""The recorder against its oracle: the bytes that the server logged as sent.

Many threads, streams that take turns, names that change their address, any bytes in a
head.  warcio and FastWARC read what was written.
"""

import itertools
import secrets
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastWarc
from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as Warcio

from archiver.capture import observe
from archiver.errors import NetworkError
from archiver.wire.exchanges import judge_exchange
from archiver.wire.guard import parse_url
from archiver.wire.observation import CaptureOptions
from archiver.wire.recorder import Exchange
from archiver.wire.recording import Recording
from archiver.wire.routes import open_route
from tests.hostile_answers import CUT, NO_RESPONSE, TEXT, WHOLE, WRONG, sized
from tests.site import Pause, Site, Stall, redirect

THREADS = 16
EXCHANGES = 200
OUTCOMES = {
    **dict.fromkeys(WHOLE, "complete"),
    **dict.fromkeys(CUT, "truncated"),
    **dict.fromkeys(WRONG, "malformed"),
    **dict.fromkeys(NO_RESPONSE, "none"),
}
ANSWERS = {**WHOLE, **CUT, **WRONG, **NO_RESPONSE}


def now() -> datetime:
    return datetime.now(UTC)


def options(*sites, **more) -> CaptureOptions:
    allowed = tuple(site.address for site in sites)
    return CaptureOptions(**{"allow_addresses": allowed, "timeout": 20, **more})


def capture(url, folder, *sites, **more):
    given = options(*sites, **more)
    return observe(url, given, folder, clock=now, token=secrets.token_bytes)


def read_by_warcio(warc: Path) -> list[tuple[str, str, bytes]]:
    """Read type, URI and block of each record as warcio finds them."""
    with warc.open("rb") as stream:
        return [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI") or "",
                record.content_stream().read(),
            )
            for record in Warcio(stream, no_record_parse=True)
        ]


def read_by_fastwarc(warc: Path) -> list[tuple[str, str, bytes]]:
    """Read the same with FastWARC, which must find every block's digest right."""
    found = []
    with warc.open("rb") as stream:
        for record in FastWarc(stream, parse_http=False):
            assert record.verify_block_digest(consume=False)
            kind, uri = (
                record.headers.get(name, "")
                for name in ("WARC-Type", "WARC-Target-URI")
            )
            found.append((kind, uri, record.reader.read()))
    return found


def read(warc: Path) -> list[tuple[str, str, bytes]]:
    """Read a WARC with both; they must agree."""
    found = read_by_warcio(warc)
    assert read_by_fastwarc(warc) == found
    return found


def test_16_threads_capture_what_one_hostile_site_sends_and_mix_nothing(tmp_path):
    kinds = list(itertools.islice(itertools.cycle(ANSWERS), EXCHANGES))
    pages = {f"/{number}": ANSWERS[kind] for number, kind in enumerate(kinds)}

    def take(path):
        try:
            return capture(site.url(path), tmp_path, site)
        except NetworkError as error:
            return error

    with Site(pages) as site, ThreadPoolExecutor(THREADS) as pool:
        found = dict(zip(pages, pool.map(take, pages), strict=True))
        for (path, seen), kind in zip(found.items(), kinds, strict=True):
            outcome = getattr(seen, "outcome", "none")
            assert (kind, outcome) == (kind, OUTCOMES[kind])
            assert site.count(path) == 1
            if outcome == "none":
                assert len(seen.failures) == 1
                continue
            records = read(seen.warc)
            assert records[1] == ("response", site.url(path), site.sent(path)), kind
            assert records[2] == ("request", site.url(path), site.received(path))
            assert [each[0] for each in records] == [
                *("warcinfo", "response", "request", "metadata")
            ]
    assert len({seen.warc for seen in found.values() if hasattr(seen, "warc")}) == sum(
        OUTCOMES[kind] != "none" for kind in kinds
    )


def begin(recording, site, path) -> Exchange:
    """Begin an exchange by hand, as a proxy does: its request is sent."""
    url = parse_url(site.url(path))
    exchange = Exchange(
        url=url,
        route=open_route(url, options(site)),
        started=recording.date(now()),
        request=recording.spool(),
        response=recording.spool(),
    )
    exchange.send(f"GET {path} HTTP/1.1\r\nHost: {site.address}\r\n\r\n".encode())
    return exchange


def keep(recording, exchange) -> None:
    exchange.close()
    recording.keep(judge_exchange(exchange, now()), [("by", "hand")])


def check_all(warc, site, pages) -> None:
    """Check that the file has every exchange, each with its own three records."""
    records = read(warc)
    assert records[0][0] == "warcinfo"
    threes = [records[i : i + 3] for i in range(1, len(records), 3)]
    assert len(threes) == len(pages)
    by_uri = {three[0][1]: three for three in threes}
    for path in pages:
        response, request, metadata = by_uri[site.url(path)]
        assert response == ("response", site.url(path), site.sent(path)), path
        assert request == ("request", site.url(path), site.received(path)), path
        assert metadata[:2] == ("metadata", site.url(path))
        assert metadata[2].startswith(b"by: hand\r\n")


@pytest.fixture
def recording(tmp_path):
    with Recording(tmp_path, started=now(), token=secrets.token_bytes) as made:
        yield made


def test_16_threads_write_into_one_file_and_every_exchange_stays_whole(recording):
    with_response = [kind for kind in ANSWERS if kind not in NO_RESPONSE]
    kinds = itertools.islice(itertools.cycle(with_response), EXCHANGES)
    pages = {f"/{number}": ANSWERS[kind] for number, kind in enumerate(kinds)}

    def take(path):
        exchange = begin(recording, site, path)
        exchange.read_head()
        exchange.read_rest()
        keep(recording, exchange)

    with Site(pages) as site, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(take, pages))
        check_all(recording.finish(), site, pages)


def test_streams_that_take_turns_in_one_thread_do_not_mix(recording):
    def slowly(steps):
        for step in steps:
            if not isinstance(step, bytes):
                yield step
                continue
            third = len(step) // 3 + 1
            for start in range(0, len(step), third):
                yield step[start : start + third]
                yield Pause(0.005)

    kinds = [k for k in ANSWERS if k not in NO_RESPONSE and Stall not in kind_of(k)]
    pages = {
        f"/{kind}".replace(" ", "-"): list(slowly(ANSWERS[kind])) for kind in kinds
    }
    with Site(pages) as site:
        waiting = [begin(recording, site, path) for path in pages]
        while waiting:
            for exchange in list(waiting):
                if not exchange.receive() and exchange.end != "open":
                    waiting.remove(exchange)
                    keep(recording, exchange)
        check_all(recording.finish(), site, pages)


def kind_of(name: str) -> set[type]:
    return {type(step) for step in ANSWERS[name]}


class Rebinding:
    """A resolver whose answer changes with every question, and which logs them."""

    def __init__(self, *answers: str) -> None:
        self.answers = itertools.cycle(answers)
        self.given: list[str] = []

    def __call__(self, host: str, _port: int, _timeout: float) -> tuple[str, ...]:
        assert host == "rebind.example"
        self.given.append(next(self.answers))
        return (self.given[-1],)


def by_peer(warc: Path) -> list[str]:
    """Return the address of each response, in order."""
    with warc.open("rb") as stream:
        return [
            record.rec_headers.get_header("WARC-IP-Address")
            for record in Warcio(stream, no_record_parse=True)
            if record.rec_type == "response"
        ]


def test_each_hop_goes_to_the_address_that_was_checked_for_it(tmp_path):
    resolver = Rebinding("127.0.0.1", "127.0.0.2", "127.0.0.3")
    pages = {f"/{hop}": redirect(f"/{hop + 1}") for hop in range(5)}
    with Site({**pages, "/5": [sized(TEXT)]}, host="0.0.0.0") as site:  # noqa: S104
        allowed = tuple(f"127.0.0.{i}:{site.port}" for i in (1, 2, 3))
        url = site.url("/0", host="rebind.example")
        seen = capture(url, tmp_path, allow_addresses=allowed, resolve=resolver)
        assert site.sent("/5") in [block for _, _, block in read(seen.warc)]
    assert resolver.given == [f"127.0.0.{1 + hop % 3}" for hop in range(6)]
    assert by_peer(seen.warc) == resolver.given


LATER = b"HTTP/1.1 503 Later\r\nRetry-After: 0\r\nContent-Length: 4\r\n\r\nwait"


@pytest.mark.parametrize(
    "inner", ["127.0.0.2", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1"]
)
def test_a_name_that_turns_inward_for_a_retry_is_not_asked_there(inner, tmp_path):
    resolver = Rebinding("127.0.0.1", inner)
    with Site({"/": [LATER]}, host="0.0.0.0") as site:  # noqa: S104
        seen = capture(
            site.url("/", host="rebind.example"),
            tmp_path,
            allow_addresses=(f"127.0.0.1:{site.port}",),
            resolve=resolver,
            retries=1,
        )
        assert site.count("/") == 1
    records = read(seen.warc)
    assert (seen.status, by_peer(seen.warc)) == (503, ["127.0.0.1"])
    assert resolver.given == ["127.0.0.1", inner]
    kind, _, refused = records[-1]
    assert kind == "metadata"
    assert b"failure: refused-address\r\n" in refused
    assert f"dns-answer: {inner}\r\n".encode() in refused


def test_a_name_that_turns_outward_for_a_retry_is_asked_at_the_new_address(tmp_path):
    resolver = Rebinding("127.0.0.1", "127.0.0.2")
    with Site({"/": [LATER]}, host="0.0.0.0") as site:  # noqa: S104
        seen = capture(
            site.url("/", host="rebind.example"),
            tmp_path,
            allow_addresses=tuple(f"127.0.0.{i}:{site.port}" for i in (1, 2)),
            resolve=resolver,
            retries=1,
        )
        assert site.count("/") == 2
    assert by_peer(seen.warc) == resolver.given == ["127.0.0.1", "127.0.0.2"]


ENDINGS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"", b"\x00\r\n"])
LINES = st.lists(
    st.tuples(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [b"Content-Length", b"Transfer-Encoding", b"Content-Encoding"]
            ),
            st.sampled_from([b"Location", b"Set-Cookie", b"X-Y", b" fold", b"\t"]),
        ),
        st.sampled_from([b":", b": ", b"", b" :", b":\t ", b"::"]),
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [b"chunked", b"gzip", b"5", b"005", b"5, 5", b"-1", b"\xff"]
            ),
        ),
        ENDINGS,
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def one_site():
    with Site({}) as site:
        yield site


@settings(max_examples=150)
@given(
    st.one_of(st.just(b"HTTP/1.1 200 OK\r\n"), st.binary(max_size=30)),
    LINES,
    st.binary(max_size=40),
)
@example(b"HTTP/1.1 200 OK\r\n", [(b"X\x00", b":", b"\r", b"\r\n")], b"")
@example(b"HTTP/1.1 200 OK\r\n", [(b"Location", b": ", b"\xff\xfe", b"\n")], b"x")
def test_whatever_bytes_a_head_is_made_of_they_are_kept_or_refused_as_none(
    one_site, line, lines, body
):
    head = line + b"".join(itertools.chain.from_iterable(lines))
    one_site.pages["/"] = [head + b"\r\n\r\n" + body]
    with tempfile.TemporaryDirectory() as folder:
        try:
            seen = capture(one_site.url(), Path(folder), one_site, max_redirects=0)
        except NetworkError as refused:
            seen, failure = None, refused.failures[0]
        found = read(seen.warc) if seen else []
    sent = one_site.sent("/")
    if seen:
        assert found[1][2] == sent
        assert seen.outcome in ("complete", "truncated", "malformed")
    else:
        assert failure.received == len(sent)
        assert failure.kind in ("no-response", "redirects")
