"""Whole captures from a real server: the block is what was sent, and the verdict."""

import hashlib
import itertools
import secrets
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastWarc
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as Warcio

from archiver.capture import observe
from archiver.errors import (
    ArchiveError,
    MalformedError,
    NetworkError,
    UnreachedError,
)
from archiver.records import read_block, walk_records
from archiver.wire.observation import CaptureOptions, format_user_agent
from tests.authority import Authority
from tests.hostile_answers import (
    CHUNKED,
    CODED,
    CUT,
    GZIP,
    HTML,
    TEXT,
    WHOLE,
    WRONG,
    chunks,
    http,
    sized,
)
from tests.site import Cut, Pause, Reset, Site, Stall, page, redirect


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["http", "https"])
def tls(request, authority):
    return authority.server("127.0.0.1") if request.param == "https" else None


@pytest.fixture
def capture(tmp_path, authority):
    """Return a function that captures from sites that it may go to."""

    def take(url, *sites, **options):
        allowed = tuple(site.address for site in sites)
        settings = {"allow_addresses": allowed, "timeout": 10} | options
        settings.setdefault("ca_file", authority.ca_file)
        return observe(
            url,
            CaptureOptions(**settings),
            tmp_path,
            clock=now,
            token=secrets.token_bytes,
        )

    return take


def now() -> datetime:
    return datetime.now(UTC)


def blocks(warc: Path) -> list[tuple[str, bytes]]:
    """Read types and blocks by our own reader, which checks every digest."""
    with warc.open("rb") as stream:
        records = list(walk_records(stream))
        return [(r.type, read_block(stream, r, 1 << 30)) for r in records]


def heads(warc: Path):
    with warc.open("rb") as stream:
        return list(walk_records(stream))


def facts(warc: Path, index: int) -> dict[str, list[str]]:
    """Return the fields of the metadata record of the response at ``index``."""
    kind, block = blocks(warc)[index + 2]
    assert kind == "metadata"
    found: dict[str, list[str]] = {}
    for line in block.decode().removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def check_block(seen, site, path="/"):
    """Check the oracle: the blocks are what the server sent and received."""
    found = blocks(seen.warc)
    assert found[seen.main_record] == ("response", site.sent(path))
    assert found[seen.main_record + 1] == ("request", site.received(path))


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_is_kept_to_the_byte_and_complete(name, tls, capture):
    with Site({"/": WHOLE[name]}, tls=tls) as site:
        seen = capture(site.url(), site)
        check_block(seen, site)
    assert (seen.outcome, seen.reason) == ("complete", "")
    assert heads(seen.warc)[seen.main_record].field("WARC-Truncated") is None


@pytest.mark.parametrize("name", CUT)
def test_what_is_cut_is_kept_to_the_byte_and_truncated(name, tls, capture):
    with Site({"/": CUT[name]}, tls=tls) as site:
        seen = capture(site.url(), site)
        check_block(seen, site)
    assert seen.outcome == "truncated"
    assert seen.reason
    record = heads(seen.warc)[seen.main_record]
    assert record.field("WARC-Truncated") == "disconnect"
    assert facts(seen.warc, seen.main_record)["reason"] == [seen.reason]


@pytest.mark.parametrize("name", WRONG)
def test_what_contradicts_itself_is_kept_to_the_byte_and_malformed(name, tls, capture):
    with Site({"/": WRONG[name]}, tls=tls) as site:
        seen = capture(site.url(), site)
        check_block(seen, site)
    assert seen.outcome == "malformed"
    assert seen.reason
    assert heads(seen.warc)[seen.main_record].field("WARC-Truncated") is None


def test_a_gzip_body_cut_within_its_length_is_truncated_for_no_known_reason(capture):
    with Site({"/": [sized(GZIP[:60], CODED)]}) as site:
        seen = capture(site.url(), site)
        check_block(seen, site)
    assert seen.outcome == "truncated"
    record = heads(seen.warc)[seen.main_record]
    assert record.field("WARC-Truncated") == "unspecified"


@pytest.mark.parametrize(
    ("steps", "outcome", "end"),
    [
        ([http(HTML, TEXT), Cut()], "truncated", "ragged"),
        ([http(CODED, GZIP), Cut()], "truncated", "ragged"),
        ([http(CODED, GZIP[:60]), Cut()], "truncated", "ragged"),
        ([http(HTML, TEXT)], "complete", "close"),
        ([sized(TEXT), Cut()], "complete", "ragged"),
        ([http(CHUNKED, chunks(TEXT)), Cut()], "complete", "ragged"),
    ],
)
def test_tls_that_ends_without_close_notify_ends_no_body(
    steps, outcome, end, authority, capture
):
    with Site({"/": steps}, tls=authority.server("127.0.0.1")) as site:
        seen = capture(site.url(), site)
        check_block(seen, site)
    assert seen.outcome == outcome
    assert facts(seen.warc, seen.main_record)["connection-end"] == [end]
    if outcome == "truncated":
        assert "without TLS close_notify" in seen.reason


@pytest.mark.parametrize("steps", [*WHOLE.values(), *CUT.values(), *WRONG.values()])
def test_other_readers_find_the_same_bytes(steps, capture):
    with Site({"/": steps}) as site:
        seen = capture(site.url(), site)
        sent = site.sent("/")
    with seen.warc.open("rb") as stream:
        kinds = []
        for record in Warcio(stream, no_record_parse=True):
            block = record.content_stream().read()
            kinds.append(record.rec_type)
            if record.rec_type == "response":
                assert block == sent
    assert kinds == ["warcinfo", "response", "request", "metadata"]
    with seen.warc.open("rb") as stream:
        kinds = []
        for record in FastWarc(stream, parse_http=False):
            assert record.verify_block_digest()
            kinds.append(record.headers["WARC-Type"])
    assert kinds == ["warcinfo", "response", "request", "metadata"]


@pytest.mark.parametrize("steps", [*WHOLE.values(), *CUT.values(), *WRONG.values()])
def test_warcio_finds_no_digest_wrong_when_it_reads_the_http_as_well(steps, capture):
    with Site({"/": steps}) as site:
        seen = capture(site.url(), site)
    with seen.warc.open("rb") as stream:
        for record in Warcio(stream, check_digests=True):
            record.raw_stream.read()
            assert record.digest_checker.problems == []


def test_a_payload_digest_stands_where_every_reader_finds_that_payload(capture):
    with Site({"/": [sized(TEXT)], "/chunked": [http(CHUNKED, chunks(TEXT))]}) as site:
        plain = capture(site.url("/"), site)
        chunked = capture(site.url("/chunked"), site)
    digest = f"sha256:{hashlib.sha256(TEXT).hexdigest()}"
    assert heads(plain.warc)[1].field("WARC-Payload-Digest") == digest
    assert heads(chunked.warc)[1].field("WARC-Payload-Digest") is None
    assert facts(chunked.warc, 1)["body-sha256"] == [digest.removeprefix("sha256:")]


def test_the_body_is_measured_without_its_chunks_and_without_its_coding(capture):
    fields = CODED + b"Transfer-Encoding: chunked\r\n"
    with Site({"/": [http(fields, chunks(GZIP))]}) as site:
        seen = capture(site.url(), site)
    found = facts(seen.warc, 1)
    assert found["body-length"] == [str(len(GZIP))]
    assert found["body-sha256"] == [hashlib.sha256(GZIP).hexdigest()]
    assert found["decoded-length"] == [str(len(TEXT))]
    assert found["decoded-sha256"] == [hashlib.sha256(TEXT).hexdigest()]


def test_the_request_says_who_asks_and_nothing_of_who_sits_here(
    capture, monkeypatch, tmp_path
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    with Site({"/p?q=1": redirect("/end"), "/end": page(b"hi")}) as site:
        site.pages["/p?q=1"] = redirect("/end")
        site.pages["/p?q=1"][0] = site.pages["/p?q=1"][0].replace(
            b"Location", b"Set-Cookie: id=7\r\nLocation"
        )
        agent = format_user_agent("Редакция <desk@example.org>")
        capture(site.url("/p?q=1"), site, user_agent=agent)
        first, second = site.received("/p?q=1"), site.received("/end")
    lines = [
        b"GET /p?q=1 HTTP/1.1",
        b"Host: " + site.address.encode(),
        b"User-Agent: " + agent.encode("ascii"),
        b"Accept: */*",
        b"Accept-Encoding: gzip, deflate, br",
        b"Connection: close",
    ]
    assert first == b"\r\n".join([*lines, b"", b""])
    assert second == first.replace(b"/p?q=1", b"/end")
    assert "desk@example.org" in agent


def test_an_observation_says_what_was_asked_and_what_came(capture):
    with Site({"/": [sized(TEXT)]}) as site:
        before = now()
        url = site.url("/#part")
        seen = capture(url, site)
        after = now()
    assert (seen.requested_url, seen.final_url) == (url, site.url("/"))
    assert (seen.status, seen.main_record, seen.labels) == (200, 1, ())
    assert (seen.media_type, seen.charset) == ("text/html", "utf-8")
    assert seen.allowed_addresses == (site.address,)
    assert seen.tls is None
    assert before <= seen.started <= seen.finished <= after
    found = facts(seen.warc, 1)
    assert found["typed-url"] == [url]
    assert found["fragment"] == ["part"]
    assert found["dns-answer"] == ["127.0.0.1"]
    assert found["allowed-address"] == [site.address]
    assert found["outcome"] == ["complete"]
    assert found["bytes-received"] == [str(len(site.sent("/")))]
    record = heads(seen.warc)[1]
    assert record.uri == site.url("/")
    assert record.field("WARC-IP-Address") == "127.0.0.1"
    assert record.field("WARC-Protocol") == "http/1.1"
    assert record.date == seen.started.isoformat().replace("+00:00", "Z")


def test_the_uri_is_what_was_sent_and_not_what_was_typed(capture):
    sent = "/~a/c%2F?q=%7C%22%C3%A9"
    with Site({sent: [sized(TEXT)]}) as site:
        typed = site.url('/%7ea/./b/../c%2f?q=|"é#top')
        seen = capture(typed, site)
        check_block(seen, site, sent)
        assert site.received(sent).startswith(
            b"GET " + sent.encode() + b" HTTP/1.1\r\n"
        )
    assert (seen.requested_url, seen.final_url) == (typed, site.url(sent))
    assert heads(seen.warc)[1].uri == site.url(sent)
    assert facts(seen.warc, 1)["typed-url"] == [typed]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/?", "/?"),
        ("?#top", "/?"),
        ("/a??", "/a??"),
        ("/a?b?c#d", "/a?b?c"),
        ("/ж/%d0%b6?q=ж#ж", "/%D0%B6/%D0%B6?q=%D0%B6"),
        ("/100%/%D0%B6?50%", "/100%25/%D0%B6?50%25"),
        ("/a%0d%0aX:y", "/a%0D%0AX:y"),
        ("//a//b/;c=d", "//a//b/;c=d"),
        ("/" + "a" * 32_000, "/" + "a" * 32_000),
    ],
)
def test_an_odd_url_is_recorded_as_it_was_sent(capture, typed, sent):
    with Site({sent: [sized(TEXT)]}) as site:
        seen = capture(site.url(typed), site)
        check_block(seen, site, sent)
    assert (seen.requested_url, seen.final_url) == (site.url(typed), site.url(sent))


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("EXAMPLE.org.", "example.org."),
        ("straße.example", "xn--strae-oqa.example"),
        ("e\u0301x。example", "xn--x-9fa.example"),
        ("a\u00adb.example", "ab.example"),
    ],
)
def test_the_name_that_is_resolved_is_the_one_that_is_sent_and_recorded(
    capture, name, sent
):
    asked = []

    def resolve(host, *_):
        asked.append(host)
        return ("127.0.0.1",)

    with Site({"/": [sized(TEXT)]}) as site:
        seen = capture(site.url(host=name), site, resolve=resolve)
        check_block(seen, site)
        host = f"Host: {sent}:{site.port}".encode()
        assert host in site.received("/").split(b"\r\n")
    assert asked == [sent]
    assert seen.final_url == f"http://{sent}:{site.port}/"


def test_a_redirect_to_an_empty_query_leads_there(capture):
    with Site({"/": redirect("/a?#x"), "/a?": [sized(TEXT)]}) as site:
        seen = capture(site.url(), site)
    assert seen.final_url == site.url("/a?")


def test_whatever_a_server_sends_is_kept_or_nothing_is(authority, tmp_path_factory):
    heads_sent = st.sampled_from(
        [sized(TEXT), http(CHUNKED, chunks(TEXT)), http(CODED)]
    )
    with Site({}) as site:
        options = CaptureOptions(
            allow_addresses=(site.address,), ca_file=authority.ca_file
        )

        @settings(max_examples=60, deadline=None)
        @given(heads_sent, st.binary(max_size=80), st.integers(0, 400))
        def check(answer, junk, cut):
            site.pages["/"] = [answer[:17] + junk + answer[17:][:cut]]
            folder = tmp_path_factory.mktemp("any")
            token = secrets.token_bytes
            try:
                seen = observe(site.url(), options, folder, clock=now, token=token)
            except NetworkError:
                assert list(folder.iterdir()) == []
                return
            check_block(seen, site)
            assert seen.outcome in ("complete", "truncated", "malformed")

        check()


def test_the_file_begins_with_a_nonce_and_is_the_only_one(capture, tmp_path):
    with Site({"/": [sized(TEXT)]}) as site:
        one, two = capture(site.url(), site), capture(site.url(), site)
    infos = {blocks(seen.warc)[0] for seen in (one, two)}
    assert len(infos) == 2
    assert {kind for kind, _ in infos} == {"warcinfo"}
    assert all(b"\r\nnonce: " in block for _, block in infos)
    assert sorted(tmp_path.glob("capture-*")) == sorted([one.warc, two.warc])


def test_the_same_clock_and_chance_give_the_same_file(tmp_path):
    def take(site):
        turns = itertools.count()
        return observe(
            site.url("/a"),
            CaptureOptions(allow_addresses=(site.address,)),
            tmp_path,
            clock=lambda: datetime(2026, 2, 3, tzinfo=UTC),
            token=lambda size: next(turns).to_bytes(size),
        )

    with Site({"/a": redirect("/b"), "/b": [sized(TEXT)]}) as site:
        one, two = take(site), take(site)
    assert one.warc.read_bytes() == two.warc.read_bytes()
    dates = [record.date for record in heads(one.warc)]
    assert dates[1] == dates[2] == dates[3] == "2026-02-03T00:00:00.000000Z"
    assert dates[4] == dates[5] == dates[6] == "2026-02-03T00:00:00.000001Z"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirect_is_an_exchange_and_the_last_is_the_main_one(status, capture):
    pages = {
        "/a": redirect("b/c?d#e", f"{status} Moved"),
        "/b/c?d": redirect("../f", f"{status} Moved"),
        "/f": [sized(TEXT)],
    }
    with Site(pages) as site:
        seen = capture(site.url("/a"), site)
        found = blocks(seen.warc)
        for index, path in ((1, "/a"), (4, "/b/c?d"), (7, "/f")):
            assert found[index] == ("response", site.sent(path))
            assert found[index + 1] == ("request", site.received(path))
            assert heads(seen.warc)[index].uri == site.url(path)
    assert (seen.main_record, seen.final_url) == (7, site.url("/f"))
    assert (seen.status, seen.outcome) == (200, "complete")
    assert facts(seen.warc, 1).get("via") is None
    assert facts(seen.warc, 4)["via"] == [site.url("/a")]
    assert facts(seen.warc, 7)["via"] == [site.url("/b/c?d")]
    assert facts(seen.warc, 7)["hopsFromSeed"] == ["RR"]
    assert len({record.date for record in heads(seen.warc)}) == 3


def test_a_redirect_is_followed_from_one_scheme_to_the_other(authority, capture):
    with (
        Site({"/end": [sized(TEXT)]}, tls=authority.server("127.0.0.1")) as secure,
        Site({"/": redirect(secure.url("/end"))}) as plain,
    ):
        seen = capture(plain.url(), plain, secure)
        check_block(seen, secure, "/end")
    assert seen.tls is not None
    assert facts(seen.warc, 1).get("tls-version") is None


def test_a_location_of_raw_bytes_is_followed(capture):
    target = "/%D0%B6%D0%B0%D2%A3%D0%B0%20%D3%A9"
    pages = {
        "/": [
            http(
                "Location: /жаңа ө\r\nContent-Length: 0\r\n".encode(),
                line=b"HTTP/1.1 302 F",
            )
        ],
        target: [sized(TEXT)],
    }
    with Site(pages) as site:
        seen = capture(site.url(), site)
        check_block(seen, site, target)
    assert seen.final_url == site.url(target)


def test_a_redirect_with_a_wrong_body_still_leads_on(capture):
    first = http(b"Location: /end\r\nContent-Length: 50\r\n", b"cut", b"HTTP/1.1 302 F")
    with Site({"/": [first], "/end": [sized(TEXT)]}) as site:
        seen = capture(site.url(), site)
    assert seen.outcome == "complete"
    assert facts(seen.warc, 1)["outcome"] == ["truncated"]
    assert heads(seen.warc)[1].field("WARC-Truncated") == "disconnect"


def test_a_redirect_whose_body_never_ends_still_leads_on(capture):
    first = http(b"Location: /end\r\n", b"wait", b"HTTP/1.1 302 F")
    with Site({"/": [first, Stall()], "/end": [sized(TEXT)]}) as site:
        seen = capture(site.url(), site)
    assert seen.outcome == "complete"
    assert facts(seen.warc, 1)["reason"][0].startswith("the reading stopped: ")
    assert heads(seen.warc)[1].field("WARC-Truncated") == "unspecified"


def test_a_redirect_without_a_target_is_what_came(capture):
    with Site({"/": page(b"moved", status="302 Found")}) as site:
        seen = capture(site.url(), site)
    assert (seen.status, seen.main_record) == (302, 1)


def test_redirects_without_end_come_to_no_page_and_every_one_is_kept(capture, tmp_path):
    with Site({"/": redirect("/")}) as site:
        with pytest.raises(
            UnreachedError, match="more than 3 redirects, the last to '/'"
        ) as caught:
            capture(site.url(), site, max_redirects=3)
        assert site.count("/") == 4
        sent = [site.sent("/", turn) for turn in range(4)]
        asked = [site.received("/", turn) for turn in range(4)]
    seen = caught.value.seen
    assert list(tmp_path.glob("capture-*")) == [seen.warc]
    kept = blocks(seen.warc)
    assert [each for kind, each in kept if kind == "response"] == sent
    assert [each for kind, each in kept if kind == "request"] == asked
    assert (seen.status, seen.final_url) == (302, site.url())
    assert seen.labels == ("no-page",)
    why = "No page came: more than 3 redirects, the last to '/'."
    assert seen.label_reasons == (("no-page", why),)


def test_a_redirect_to_another_inner_port_is_refused_and_asks_nothing(
    capture, tmp_path
):
    with (
        Site({"/": page(b"secret")}) as inner,
        Site({"/": redirect(inner.url())}) as site,
    ):
        with pytest.raises(NetworkError) as caught:
            capture(site.url(), site)
        assert inner.count("/") == 0
    message = str(caught.value)
    assert message.startswith(f"{site.url()}: redirected to '{inner.url()}': ")
    assert f"{inner.address} is an inner or special address" in message
    assert caught.value.hint.endswith(f"--allow-address {inner.address}")
    seen = caught.value.seen
    assert list(tmp_path.glob("capture-*")) == [seen.warc]
    assert blocks(seen.warc)[1] == ("response", site.sent("/"))
    assert facts(seen.warc, 2)["failure"] == ["refused-address"]


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("ftp://example.org/", "has the scheme 'ftp'"),
        ("javascript:alert(1)", "has the scheme 'javascript'"),
        ("file:///etc/passwd", "has the scheme 'file'"),
        ("http://me:secret@127.0.0.1/", "names a user"),
        ("http://2130706433/", "ends in a number"),
        ("http://127.0.0.1:22/", "names port 22"),
        ("http://[::1", "Invalid IPv6 URL"),
        ("http://127.0.0.1\\@example.org/", "no blank, control character or backslash"),
        ("//169.254.169.254/latest", "inner or special address"),
        ("http://[::ffff:7f00:1]/", "inner or special address"),
    ],
)
def test_a_redirect_to_nowhere_that_may_be_asked_comes_to_nothing(
    location, message, capture
):
    with Site({"/": redirect(location)}) as site, pytest.raises(NetworkError) as caught:
        capture(site.url(), site)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{site.url()}: redirected to ")


def test_a_typed_inner_address_is_refused_with_the_flag_that_allows_it(capture):
    with Site({"/": page(b"hi")}) as site:
        with pytest.raises(NetworkError) as caught:
            capture(site.url())
        assert site.count("/") == 0
    assert caught.value.exit_code == 4
    assert caught.value.hint.endswith(f"--allow-address {site.address}")


def test_a_name_is_refused_if_any_of_its_addresses_is(capture):
    asked = []

    def resolve(host, port, timeout):
        asked.append((host, port, timeout > 0))
        return ("127.0.0.1", "10.0.0.1")

    with Site({"/": page(b"hi")}) as site:
        url = site.url(host="news.example")
        with pytest.raises(
            NetworkError, match=r"10\.0\.0\.1:\d+ is an inner or special"
        ):
            capture(url, site, resolve=resolve)
        assert site.count("/") == 0
    assert asked == [("news.example", site.port, True)]


def test_a_name_that_changes_its_answer_is_asked_once_a_hop(capture):
    answers = iter([("127.0.0.1",), ("169.254.169.254",)])
    with Site({"/": redirect("/next"), "/next": page(b"hi")}) as site:
        url = site.url(host="rebind.example")
        with pytest.raises(NetworkError, match=r"169\.254\.169\.254:\d+ is an inner"):
            capture(url, site, resolve=lambda *_: next(answers))
        assert (site.count("/"), site.count("/next")) == (1, 0)


def test_every_answer_of_the_name_is_recorded_and_the_one_that_was_used(capture):
    answers = ("127.0.0.2", "127.0.0.1", "127.0.0.3")  # nobody listens at the first
    with Site({"/": [sized(TEXT)]}) as site:
        seen = capture(
            site.url(host="news.example"),
            resolve=lambda *_: answers,
            allow_addresses=tuple(f"{ip}:{site.port}" for ip in answers),
        )
        check_block(seen, site)
    assert facts(seen.warc, 1)["dns-answer"] == list(answers)
    assert heads(seen.warc)[1].field("WARC-IP-Address") == "127.0.0.1"
    assert seen.final_url == site.url(host="news.example")


def test_a_real_name_is_resolved_by_the_system(capture):
    with Site({"/": [sized(TEXT)]}) as site:
        flags = (site.address, f"[::1]:{site.port}")
        seen = capture(site.url(host="localhost"), allow_addresses=flags)
        check_block(seen, site)
    assert b"\r\nHost: localhost:" in site.received("/")


def test_ipv6_is_spoken_too(capture):
    with Site({"/": [sized(TEXT)]}, host="::1") as site:
        seen = capture(site.url(), site)
        check_block(seen, site)
        assert b"\r\nHost: " + site.address.encode() + b"\r\n" in site.received("/")
    assert seen.final_url == site.url("/")
    assert heads(seen.warc)[1].field("WARC-IP-Address") == "::1"


def test_tls_facts_are_those_of_this_connection(authority, capture):
    context = authority.server("news.example")
    with Site({"/": [sized(TEXT)]}, tls=context) as site:
        seen = capture(
            site.url(host="news.example"), site, resolve=lambda *_: ("127.0.0.1",)
        )
        check_block(seen, site)
    found = facts(seen.warc, 1)
    assert seen.tls is not None
    assert seen.tls["version"] == "TLSv1.3"
    assert (seen.tls["sni"], seen.tls["verdict"]) == ("news.example", "verified")
    assert seen.tls["wholeChain"] is True
    assert len(seen.tls["chain"]) == 2
    assert found["tls-sni"] == ["news.example"]
    assert len(found["tls-certificate"]) == 2
    roots = hashlib.sha256(authority.ca_file.read_bytes()).hexdigest()
    assert seen.tls["roots"] == roots
    record = heads(seen.warc)[1]
    assert [v for n, v in record.headers if n == "WARC-Protocol"] == [
        "http/1.1",
        "tls/1.3",
    ]


@pytest.mark.parametrize(
    ("host", "days", "message"),
    [
        ("127.0.0.1", -1, "certificate has expired"),
        ("news.example", 30, "IP address mismatch"),
    ],
)
def test_a_certificate_that_does_not_verify_comes_to_nothing(
    host, days, message, authority, capture
):
    context = authority.server(host, days=days)
    with Site({"/": page(b"hi")}, tls=context) as site:
        with pytest.raises(NetworkError, match=message) as caught:
            capture(site.url(), site)
        assert site.count("/") == 0
    assert "--ca-file" in caught.value.hint


def test_an_issuer_that_nobody_knows_is_not_trusted_by_an_environment(
    authority, capture, monkeypatch
):
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.ca_file))
    context = authority.server("127.0.0.1")
    with (
        Site({"/": page(b"hi")}, tls=context) as site,
        pytest.raises(NetworkError, match="unable to get local issuer certificate"),
    ):
        capture(site.url(), site, ca_file=None)


def test_https_where_none_is_spoken_comes_to_nothing(capture):
    with Site({"/": page(b"hi")}) as site:
        url = site.url().replace("http:", "https:")
        with pytest.raises(NetworkError, match="no connection to 127"):
            capture(url, site, timeout=0.5)


@pytest.mark.parametrize("content", ["", "no certificate\n"])
def test_a_file_without_certificates_is_no_trust(content, capture, tmp_path):
    file = tmp_path / "roots.pem"
    file.write_text(content)
    with pytest.raises(MalformedError, match=r"roots\.pem cannot be used"):
        capture("https://example.org/", ca_file=file)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "the server closed the connection after 0 bytes"),
        ([b"HTTP/1.1 200 OK\r\nContent-"], "closed the connection after 25 bytes"),
        ([b"HTTP/1.1 103 Early\r\n\r\n"], "closed the connection after 22 bytes"),
        ([Reset()], "after 0 bytes, expected the end of a response head"),
        ([b"SSH-2.0-OpenSSH_9.2p1\r\n"], "no HTTP/1.1 response: the response begins"),
        ([b"HTTP/2.0 200 OK\r\n\r\n"], "no HTTP/1.1 response: the response begins"),
        ([b"HTTP/1.1 twenty\r\n\r\n"], "no HTTP/1.1 response: the response begins"),
        ([b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 180_000], "the response head exceeds"),
    ],
)
def test_what_comes_to_no_response_says_why_and_leaves_nothing(
    steps, message, tls, capture, tmp_path
):
    with Site({"/": steps}, tls=tls) as site, pytest.raises(NetworkError) as caught:
        capture(site.url(), site)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{site.url()}: ")
    assert [file for file in tmp_path.iterdir() if file.suffix != ".pem"] == []


def test_nobody_listening_comes_to_nothing(capture):
    with Site({}) as site:
        address, url = site.address, site.url()
    with pytest.raises(NetworkError, match=r"no connection to .*Connection refused"):
        capture(url, allow_addresses=(address,))


def test_a_name_that_does_not_exist_comes_to_nothing(capture):
    with pytest.raises(
        NetworkError, match=r"no connection to nowhere\.invalid port 80"
    ):
        capture("http://nowhere.invalid/")
    with pytest.raises(NetworkError, match="the name has no address"):
        capture("http://nowhere.invalid/", resolve=lambda *_: ())


def test_the_time_is_up_when_a_server_stalls(tls, capture):
    drips = itertools.chain.from_iterable([(b".", Pause(0.1))] * 200)
    pages = {
        "/silent": [Stall()],
        "/head": [b"HTTP/1.1 200 OK\r\n", Stall()],
        "/body": [http(b"Content-Length: 50\r\n", b"begun"), Stall()],
        "/drip": [http(HTML), *drips],
    }
    with Site(pages, tls=tls) as site, ThreadPoolExecutor() as pool:
        waiting = {
            path: pool.submit(capture, site.url(path), site, timeout=3.0)
            for path in pages
        }
        for path in ("/silent", "/head"):
            with pytest.raises(
                NetworkError, match="no response: the time was up after"
            ):
                waiting[path].result()
        for path in ("/body", "/drip"):
            seen = waiting[path].result()
            assert seen.outcome == "truncated"
            assert seen.reason.startswith("the time was up: ")
            assert seen.finished - seen.started < timedelta(seconds=15)
            assert heads(seen.warc)[1].field("WARC-Truncated") == "time"
            assert site.sent(path).startswith(blocks(seen.warc)[1][1])


def test_the_time_is_up_before_a_name_is_resolved(capture):
    with pytest.raises(NetworkError, match="the time was up"):
        capture("http://example.org/", timeout=1e-9)


@pytest.mark.parametrize(
    "steps", [[http(HTML, TEXT)], [sized(TEXT)], [http(CHUNKED, chunks(TEXT))]]
)
def test_the_limit_of_bytes_may_be_reached_and_not_exceeded(steps, tls, capture):
    size = sum(map(len, steps))
    with Site({"/": steps}, tls=tls) as site:
        seen = capture(site.url(), site, max_bytes=size)
        assert (seen.outcome, seen.reason) == ("complete", "")
        check_block(seen, site)
        seen = capture(site.url(), site, max_bytes=size - 1)
        assert blocks(seen.warc)[1] == ("response", site.sent("/")[:-1])
    assert seen.outcome == "truncated"
    assert seen.reason.startswith("the limit of bytes was reached: ")
    assert heads(seen.warc)[1].field("WARC-Truncated") == "length"


def test_bytes_beyond_a_whole_response_are_noticed_at_the_limit_too(capture):
    with Site({"/": [sized(TEXT) + b"x"]}) as site:
        seen = capture(site.url(), site, max_bytes=len(sized(TEXT)))
        assert blocks(seen.warc)[1] == ("response", sized(TEXT))
    assert (seen.outcome, seen.reason) == (
        "malformed",
        "bytes follow after the end of the response",
    )


def test_the_limit_of_bytes_holds_for_all_hops_together(capture):
    with Site({"/": redirect("/end"), "/end": [sized(TEXT)]}) as site:
        size = len(redirect("/end")[0])
        seen = capture(site.url(), site, max_bytes=size + 100)
        assert seen.outcome == "truncated"
        assert blocks(seen.warc)[4] == ("response", site.sent("/end")[:100])
        with pytest.raises(NetworkError, match="no response: the limit of bytes"):
            capture(site.url(), site, max_bytes=size)


def test_memory_does_not_grow_with_the_body(capture):
    body = secrets.token_bytes(1 << 20)
    steps = [http(HTML + b"Content-Length: %d\r\n" % (48 << 20)), *[body] * 48]
    with Site({"/": steps}) as site:
        tracemalloc.start()
        seen = capture(site.url(), site)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert seen.outcome == "complete"
    assert peak < (48 + 8) << 20  # the server's own log of what it sent is 48 MiB


def test_many_threads_capture_at_once_and_each_has_its_own(capture, tls):
    pages = {f"/{i}": [sized(TEXT + b"%d" % i)] for i in range(40)}
    pages |= {f"/r{i}": redirect(f"/{i}") for i in range(0, 40, 2)}
    with Site(pages, tls=tls) as site:
        paths = [f"/r{i}" if i % 2 == 0 else f"/{i}" for i in range(40)]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda path: capture(site.url(path), site), paths))
        for i, seen in enumerate(found):
            assert seen.outcome == "complete"
            assert blocks(seen.warc)[seen.main_record] == (
                "response",
                site.sent(f"/{i}"),
            )
    assert len({seen.warc for seen in found}) == 40


def test_a_place_that_takes_no_file_is_told(tmp_path):
    with Site({"/": page(b"hi")}) as site:
        options = CaptureOptions(allow_addresses=(site.address,))
        missing = tmp_path / "missing"
        with pytest.raises(ArchiveError, match="the capture cannot be kept in"):
            observe(site.url(), options, missing, clock=now, token=secrets.token_bytes)


def test_a_failure_in_the_writing_leaves_no_file(tmp_path):
    def token(_):
        raise ArchiveError("no chance left")

    with Site({"/": page(b"hi")}) as site:
        options = CaptureOptions(allow_addresses=(site.address,))
        with pytest.raises(ArchiveError, match="no chance left"):
            observe(site.url(), options, tmp_path, clock=now, token=token)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org/", "http://127.1/"]
)
def test_what_is_no_url_is_malformed(url, capture):
    with pytest.raises(MalformedError):
        capture(url)


def test_an_allowed_address_that_is_none_is_malformed(capture):
    with pytest.raises(MalformedError, match="'localhost:80' is no address and port"):
        capture("http://localhost/", allow_addresses=("localhost:80",))


def test_a_request_that_cannot_be_written_comes_to_nothing(capture):
    with Site({"/": page(b"hi")}) as site:
        with pytest.raises(NetworkError, match="it cannot be asked for: "):
            capture(site.url(), site, user_agent="two\r\nlines: 1")
        assert site.count("/") == 0
