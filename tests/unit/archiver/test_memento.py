"""What a web archive says of a response: of what, of when; and nothing is guessed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.elsewhere.memento import (
    ARCHIVES,
    MAX_ORIGINAL,
    OwnCapture,
    is_memento,
    memento_facts,
    original_in,
    parse_stamp,
    raw_form,
    read_memento,
    remarks,
    same_url,
)
from archiver.errors import MalformedError
from archiver.wire.messages import Message
from tests.webarchive import dated

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
PAGE = "https://example.org/article"
WAYBACK = "https://web.archive.org/web/20260203080000id_/" + PAGE
DATE = "Tue, 03 Feb 2026 08:00:00 GMT"
MOMENT = DATE.encode()
LINK = f'<{PAGE}>; rel="original"'


def message(*fields: tuple[str, bytes], status: int = 200) -> Message:
    named = tuple((name.encode(), value) for name, value in fields)
    return Message("HTTP/1.1", status, b"OK", named, 0, 0)


def memento(link: str | bytes = LINK, uri: str = WAYBACK, status: int = 200):
    value = link if isinstance(link, bytes) else link.encode()
    fields = [("Memento-Datetime", MOMENT), ("Link", value)]
    return read_memento(uri, message(*fields, status=status), NOW)


def test_a_memento_says_of_what_and_when_and_who_serves_it_says_it():
    found = memento()
    assert found.original == PAGE
    assert found.moment == datetime(2026, 2, 3, 8, tzinfo=UTC)
    assert found.datetime == "2026-02-03T08:00:00Z"
    assert found.archive == "web.archive.org (Wayback Machine)"
    assert found.supplied_by == (
        "a memento by web.archive.org (Wayback Machine) of https://example.org/article,"
        " dated 2026-02-03T08:00:00Z"
    )
    assert found.raw
    assert found.named_by == "Link"


def test_a_response_without_a_date_is_no_memento():
    assert not is_memento(message(("Link", LINK.encode())))
    assert is_memento(message(("MEMENTO-datetime", b"whenever")))


@pytest.mark.parametrize(
    ("link", "original"),
    [
        (LINK, PAGE),
        (f"<{PAGE}>; rel=original", PAGE),
        (f"<{PAGE}>;rel=ORIGINAL;type=x", PAGE),
        (f'<https://a.example/x,y>; rel="timegate", <{PAGE}>; rel="original"', PAGE),
        (f'<{PAGE}>; rel="original timegate"', PAGE),
        (
            f'<https://a.example/1>; rel="first memento"; datetime="{DATE}", {LINK}',
            PAGE,
        ),
        (f'<{PAGE}>; title="a \\", <b>, c"; rel="original"', PAGE),
        (f"<https://first.example/>; rel=original, {LINK}", "https://first.example/"),
        ("<http://example.org:80/>; rel=original", "http://example.org:80/"),
        ("<https://қаз.example/а?б=в>; rel=original", "https://қаз.example/а?б=в"),
        (f'</web/x>; rel="original", {LINK}', PAGE),
        ("<javascript:x y>; rel=original, " + LINK, PAGE),
        ("<https://e.example/\u202eevil>; rel=original, " + LINK, PAGE),
    ],
)
def test_the_original_is_the_first_absolute_uri_of_that_relation(link, original):
    found = memento(link)
    assert found.original == original
    assert found.named_by == "Link"


@pytest.mark.parametrize(
    "link", ["", "nonsense", "<", f"<{PAGE}>", f"<{PAGE}>; rel=up"]
)
def test_without_such_a_link_the_original_in_the_address_counts_and_is_said_to(link):
    found = memento(link)
    assert (found.original, found.named_by) == (PAGE, "its address")


def test_of_no_named_original_no_deposit_can_be_made():
    with pytest.raises(MalformedError, match='rel="original"'):
        memento("", uri="https://archive.ph/Abc12")


@pytest.mark.parametrize(
    "original", ["https://a.example/" + "x" * MAX_ORIGINAL, b"https://a.example/\xff"]
)
def test_an_original_that_cannot_be_signed_is_refused(original):
    value = original if isinstance(original, bytes) else original.encode()
    with pytest.raises(MalformedError, match="the original of the memento is"):
        memento(b"<" + value + b">; rel=original")


@pytest.mark.parametrize(
    "values",
    [
        [],
        [b""],
        [b"20260203080000"],
        [b"2026-02-03T08:00:00Z"],
        [b"Tue, 03 Feb 2026 08:00:00 +0600"],
        [b"Tue, 3 Feb 2026 08:00:00 GMT"],
        [b"Tue, 33 Feb 2026 08:00:00 GMT"],
        [b"Tue, 03 Xyz 2026 08:00:00 GMT"],
        [b"Tue, 03 Feb 0000 08:00:00 GMT"],
        [b"Tue, 03 Feb 2026 08:00:00 GMT", b"Tue, 03 Feb 2026 08:00:01 GMT"],
        [b"Tue, 03 Feb 2026 10:00:01 GMT"],
        ["\u0663".encode() * 29],
    ],
)
def test_a_date_that_is_none_or_two_or_lies_ahead_is_refused(values):
    fields = [("Memento-Datetime", value) for value in values]
    with pytest.raises(MalformedError, match="Memento-Datetime is"):
        read_memento(WAYBACK, message(*fields, ("Link", LINK.encode())), NOW)


def test_the_same_date_twice_is_one_date():
    fields = [("Memento-Datetime", MOMENT)] * 2
    found = read_memento(WAYBACK, message(*fields, ("Link", LINK.encode())), NOW)
    assert found.datetime == "2026-02-03T08:00:00Z"


@pytest.mark.parametrize(
    ("url", "raw"),
    [
        (
            "https://web.archive.org/web/20260203080000/https://example.org/a?b=/c",
            "https://web.archive.org/web/20260203080000id_/https://example.org/a?b=/c",
        ),
        (
            "https://web.archive.org/web/20260203080000if_/http://example.org/",
            "https://web.archive.org/web/20260203080000id_/http://example.org/",
        ),
        (
            "https://web.archive.org/web/2026/https:/example.org/",
            "https://web.archive.org/web/2026id_/https:/example.org/",
        ),
        (
            "https://arquivo.example/a/wayback/20200101000000mp_/http://x.example/",
            "https://arquivo.example/a/wayback/20200101000000id_/http://x.example/",
        ),
        (WAYBACK, WAYBACK),
    ],
)
def test_a_dated_address_has_a_form_for_the_recorded_bytes(url, raw):
    assert raw_form(url) == raw


@pytest.mark.parametrize(
    "url",
    [
        "https://archive.ph/20260203080000/https://example.org/",
        "https://archive.ph/Abc12",
        "https://perma.cc/ABCD-1234",
        "https://web.archive.org/web/https://example.org/",
        "https://web.archive.org/web/*/https://example.org/",
        "https://web.archive.org/web/20260203080000/example.org",
        "https://example.org/?u=/web/20260203080000/https://example.org/",
        "https://example.org/2026/02/03/article",
    ],
)
def test_any_other_address_is_asked_for_as_it_is(url):
    assert raw_form(url) == url


def test_the_original_in_an_address_has_its_two_slashes():
    assert original_in("https://w.example/web/2026/https:/a.example/b//c") == (
        "https://a.example/b//c"
    )
    assert original_in("https://archive.ph/20260203080000/http://a.example/") == (
        "http://a.example/"
    )
    assert original_in(PAGE) is None


@given(st.text(max_size=60))
def test_no_address_breaks_the_reading_of_one(text):
    for url in (text, f"https://w.example/web/20260203080000{text}"):
        raw = raw_form(url)
        assert raw_form(raw) == raw
        assert original_in(raw) == original_in(url)


@given(st.binary(max_size=200))
def test_no_link_breaks_the_reading_of_one(link):
    found = memento(link.replace(b"\n", b"").replace(b"\r", b""))
    assert found.original.isprintable()
    assert len(found.original) <= MAX_ORIGINAL


def test_a_link_of_very_many_quotes_is_read_in_no_time():
    found = memento('<a:b>; t="' + '\\"' * 30_000 + ";,<" * 30_000)
    assert found.named_by == "its address"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("20260203080000", datetime(2026, 2, 3, 8, tzinfo=UTC)),
        ("2026020308000", None),
        ("20261303080000", None),
        ("00000000000000", None),
        ("\u0662" * 14, None),
        ("20260203080000id_", None),
    ],
)
def test_only_fourteen_digits_that_are_a_time_are_a_moment(stamp, moment):
    assert parse_stamp(stamp) == moment


@given(st.datetimes(datetime(1991, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are given without a zone
def test_every_time_of_an_address_is_the_same_in_the_field(moment):
    whole = moment.replace(microsecond=0)
    stamp = f"{whole:%Y%m%d%H%M%S}"
    fields = [("Memento-Datetime", dated(stamp).encode()), ("Link", LINK.encode())]
    found = read_memento(WAYBACK, message(*fields), NOW)
    assert found.moment == whole == parse_stamp(stamp)


def test_of_a_memento_in_order_nothing_is_remarked():
    assert remarks(memento(), WAYBACK) == []
    assert remarks(memento(), "https://web.archive.org/web/" + PAGE) == []


@pytest.mark.parametrize(
    ("changed", "asked", "told"),
    [
        (
            {"link": "<https://other.example/>; rel=original"},
            WAYBACK,
            "of https://example.org/article, and got one of https://other.example/",
        ),
        (
            {"uri": WAYBACK.replace("0800", "0700")},
            WAYBACK,
            "says 2026-02-03T07:00:00Z, its Memento-Datetime 2026-02-03T08:00:00Z",
        ),
        ({"status": 404}, WAYBACK, "a response with status 404"),
        (
            {"uri": WAYBACK.replace("web.archive.org", "evil.example")},
            WAYBACK,
            "evil.example is no web archive that this version knows",
        ),
        (
            {"uri": "https://archive.ph/Abc12"},
            "https://archive.ph/Abc12",
            "it is the page as archive.ph shows it",
        ),
    ],
)
def test_what_a_person_should_know_is_told(changed, asked, told):
    (found,) = remarks(memento(**changed), asked)
    assert told in found


def test_a_port_that_goes_without_saying_makes_no_other_page():
    assert same_url("http://example.org:80/", "http://example.org")
    assert same_url("http://Example.org/a#b", "http://example.org/a")
    assert same_url("mailto:a", "mailto:a")
    assert not same_url("mailto:a", "mailto:b")
    assert not same_url("http://example.org/", "https://example.org/")
    assert not same_url("http://example.org/a", "http://example.org/A")


@pytest.mark.parametrize(
    ("comparison", "same"),
    [
        (OwnCapture(), None),
        (OwnCapture("job", "a" * 64), None),
        (OwnCapture("job", "a" * 64, "b" * 64), True),
        (OwnCapture("job", "a" * 64, "c" * 64), False),
    ],
)
def test_the_facts_say_what_was_compared_and_how_it_came_out(comparison, same):
    found = memento_facts(memento(), PAGE, ("127.0.0.1:1",), comparison, "b" * 64)
    assert found == {
        "uri": WAYBACK,
        "asked": PAGE,
        "original": PAGE,
        "datetime": "2026-02-03T08:00:00Z",
        "archive": "web.archive.org (Wayback Machine)",
        "status": 200,
        "raw": True,
        "allowedAddresses": ["127.0.0.1:1"],
        "jobId": comparison.job,
        "comparedWith": comparison.snapshot,
        "sameBody": same,
    }


def test_the_clock_of_a_web_archive_may_be_a_little_ahead():
    ahead = NOW + timedelta(minutes=59)
    field = ahead.strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
    fields = [("Memento-Datetime", field), ("Link", LINK.encode())]
    assert read_memento(WAYBACK, message(*fields), NOW).moment == ahead


def test_known_web_archives_are_named_by_their_hosts():
    assert all(host == host.lower() and "/" not in host for host in ARCHIVES)
