"""What a capture sends and nobody shall read: redacted, dropped in time, labelled."""

import gzip
import json
import re
from base64 import b64encode

import pytest

from archiver.errors import MalformedError, UnreachedError
from archiver.redacting.redaction import check_value
from archiver.redacting.salts import salts_file
from archiver.wire.login import parse_login
from tests.authority import Authority
from tests.capturing import block, fields, plain, records, take
from tests.site import Reset, Site, page, redirect

TOKEN = "tok-5e1f/SECRET+=="  # noqa: S105 - it opens nothing
COOKIE = "session=cook1e-of-the-desk; lang=kk"
LOGIN = parse_login(f"Cookie: {COOKIE}\nAuthorization: Bearer b3arer\n".encode())
MARKER = "redacted-[0-9a-f]{16}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def capture(tmp_path):
    """Return a function that captures into a folder of the test."""
    folder = tmp_path / "work"
    folder.mkdir()
    return lambda url, *sites, **options: take(folder, url, *sites, **options)


def salts() -> dict[str, dict[str, str]]:
    lines = map(json.loads, salts_file().read_text().splitlines())
    return {line["commitment"]: line for line in lines}


def nowhere(text: str, *things: object) -> None:
    """Check that ``text`` stands in none of the things, in no spelling."""
    spelt = text.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
    for thing in things:
        assert text not in str(thing)
        assert spelt not in str(thing)


def test_a_typed_token_is_sent_and_is_nowhere_in_what_is_written(capture):
    path = f"/p?a=1&token={TOKEN}&b=2"
    with Site({path: page(b"hello")}) as site:
        url = site.url(f"{path}#access_token=fr4gment")
        seen = capture(url, site)
        assert site.received(path).startswith(f"GET {path} HTTP/1.1\r\n".encode())
    written = plain(seen.warc)
    assert TOKEN.encode() not in written
    assert b"fr4gment" not in written
    nowhere(TOKEN, seen, salts_file().read_text())
    request = block(seen.warc, 2).decode()
    assert re.match(f"GET /p\\?a=1&token={MARKER}&b=2 HTTP/1.1\r\n", request)
    assert seen.final_url == records(seen.warc)[1].uri == records(seen.warc)[2].uri
    assert re.fullmatch(site.url(f"/p\\?a=1&token={MARKER}&b=2"), seen.final_url)
    assert seen.requested_url.startswith(f"{seen.final_url}#access_token=redacted-")
    assert seen.redactions == ("query key token", "query key access_token")
    assert (seen.labels, seen.outcome) == ((), "complete")
    assert fields(seen.warc, 3)["typed-url"] == [seen.requested_url]


def test_the_operator_can_prove_what_was_sent_from_the_archive_and_the_salts(capture):
    path = f"/?token={TOKEN}"
    with Site({path: page(b"hello")}) as site:
        seen = capture(site.url(path), site)
    (line,) = fields(seen.warc, 3)["redacted"]
    what, commitment = re.fullmatch("(.*) sha256:([0-9a-f]{64})", line).groups()
    kept = salts()[commitment]
    assert what == kept["what"] == "query key token"
    assert f"redacted-{commitment[:16]}" in seen.final_url
    check_value(TOKEN.encode(), bytes.fromhex(kept["salt"]), commitment)
    assert kept["salt"].encode() not in plain(seen.warc)


def test_nothing_is_said_to_be_redacted_where_nothing_is(capture):
    with Site({"/?id=5": page(b"hello")}) as site:
        seen = capture(site.url("/?id=5"), site)
    assert (seen.redactions, seen.labels) == ((), ())
    assert "redacted" not in fields(seen.warc, 3)
    assert not salts_file().exists()


@pytest.mark.parametrize(
    "answer",
    [
        page(f"<a href='?token={TOKEN}'>".encode()),
        page(TOKEN.replace("/", "\\/").encode()),
        page(b64encode(f"id:{TOKEN}".encode())),
        page(b"hello", f"X-Echo: {TOKEN}"),
        page(b"hello", f"Set-Cookie: t={TOKEN}"),
        page(gzip.compress(f"<p>{TOKEN}".encode()), "Content-Encoding: gzip"),
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"5\r\ntok-5\r\nd\r\ne1f/SECRET+==\r\n0\r\n\r\n",
        ],
    ],
)
def test_a_page_that_repeats_the_token_is_kept_as_it_came_and_labelled(answer, capture):
    path = f"/?token={TOKEN}"
    with Site({path: answer}) as site:
        seen = capture(site.url(path), site)
        assert block(seen.warc, 1) == site.sent(path)
    assert seen.labels == ("secret",)
    assert seen.label_reasons == (
        ("secret", "the value of query key token stands in record 1 (response)"),
    )


def test_what_cannot_be_looked_through_is_labelled_as_well(capture):
    path = f"/?token={TOKEN}"
    for answer, why in (
        (page(b"packed", "Content-Encoding: zstd"), "zstd is not known here"),
        (page(b"no gzip", "Content-Encoding: gzip"), "Error -3"),
    ):
        with Site({path: answer, "/": answer}) as site:
            seen = capture(site.url(path), site)
            assert seen.labels == ("secret",)
            assert why in dict(seen.label_reasons)["secret"]
            assert capture(site.url(), site).labels == ()


def test_a_redirect_that_carries_the_token_on_is_redacted_and_labelled(capture):
    first, second = f"/?token={TOKEN}", f"/in?t={TOKEN}&session=n3w-session"
    with Site({first: redirect(second), second: page(b"hello")}) as site:
        seen = capture(site.url(first), site)
        assert site.count(second) == 1
    found = records(seen.warc)
    assert re.search(f"/in\\?t={MARKER}&session={MARKER}$", found[4].uri)
    assert seen.final_url == found[4].uri
    assert fields(seen.warc, 6)["via"] == [found[1].uri]
    assert b"n3w-session" not in block(seen.warc, 5) + block(seen.warc, 6)
    assert seen.redactions == ("query key token", "query key session")
    assert "record 1 (response)" in dict(seen.label_reasons)["secret"]


def test_a_token_in_a_later_path_is_labelled_since_paths_stay(capture):
    second = "/in/" + TOKEN.replace("/", "%2F")
    first = f"/?token={TOKEN}"
    with Site({first: redirect(second), second: page(b"hello")}) as site:
        seen = capture(site.url(first), site)
    assert seen.final_url == site.url(second)
    reason = dict(seen.label_reasons)["secret"]
    for index, kind in ((1, "response"), (4, "response"), (5, "request")):
        assert f"record {index} ({kind})" in reason


def test_a_signed_address_that_everybody_is_led_to_is_no_secret(capture):
    second = f"/a.pdf?X-Amz-Signature={TOKEN}"
    with Site({"/": redirect(second), second: page(b"hello")}) as site:
        seen = capture(site.url(), site)
    assert seen.final_url == site.url(second)
    assert (seen.redactions, seen.labels) == ((), ())


def test_a_login_is_sent_and_never_written(capture):
    with Site({"/": page(b"hello")}) as site:
        seen = capture(site.url(), site, login=LOGIN)
        received = site.received("/")
    assert f"\r\nCookie: {COOKIE}\r\n".encode() in received
    assert b"\r\nAuthorization: Bearer b3arer\r\n" in received
    written = plain(seen.warc)
    assert b"cook1e" not in written
    assert b"b3arer" not in written
    assert re.search(f"\r\nCookie: {MARKER}\r\n", block(seen.warc, 2).decode())
    assert seen.redactions == (
        "request header Cookie",
        "request header Authorization",
    )
    assert seen.labels == ("logged-in",)
    assert seen.label_reasons == (
        ("logged-in", "credentials were sent: Cookie, Authorization"),
    )
    nowhere("cook1e", seen, salts_file().read_text())
    for line in fields(seen.warc, 3)["redacted"]:
        assert line.rpartition(":")[2] in salts()


def test_a_login_goes_along_within_its_origin_and_with_each_retry(capture):
    with Site({"/": redirect("/in"), "/in": page(b"hello")}) as site:
        capture(site.url(), site, login=LOGIN)
        assert b"cook1e" in site.received("/in")
    cut = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"]
    with Site({"/": cut}) as site:
        capture(site.url(), site, login=LOGIN, retries=1)
        assert site.count("/") == 2
        assert b"cook1e" in site.received("/", 1)


def test_a_login_ends_at_another_origin_and_does_not_come_back(capture):
    with Site({}) as other, Site({}) as site:
        other.pages["/"] = redirect(site.url("/back"))
        site.pages |= {"/": redirect(other.url()), "/back": page(b"hello")}
        seen = capture(site.url(), site, other, login=LOGIN)
        assert b"cook1e" in site.received("/")
        for received in (other.received("/"), site.received("/back")):
            assert b"cook1e" not in received
            assert b"b3arer" not in received
    assert "logged-in" in seen.labels


def test_a_login_is_not_sent_over_a_redirect_to_plain_http(authority, capture):
    with (
        Site({"/": page(b"hello")}) as clear,
        Site({"/": redirect(clear.url())}, tls=authority.server("127.0.0.1")) as site,
    ):
        capture(site.url(), site, clear, login=LOGIN, ca_file=authority.ca_file)
        assert b"cook1e" in site.received("/")
        assert b"cook1e" not in clear.received("/")


def test_a_login_is_not_typed_into_plain_http_either(capture):
    with Site({"/": page(b"hello")}) as site:
        url = site.url(host="news.example")
        with pytest.raises(MalformedError, match="over plain http, expected https"):
            capture(url, site, login=LOGIN, resolve=lambda *_: ("127.0.0.1",))
        assert site.count("/") == 0


def test_an_answer_that_sets_the_cookie_again_is_labelled(capture):
    answer = page(b"hello", "Set-Cookie: session=cook1e-of-the-desk")
    with Site({"/": answer}) as site:
        seen = capture(site.url(), site, login=LOGIN)
    assert seen.labels == ("logged-in", "secret")
    assert (
        "request header Cookie stands in record 1" in dict(seen.label_reasons)["secret"]
    )


@pytest.mark.parametrize(
    "answer",
    [
        [Reset()],
        [f"HTTP/1.1 {TOKEN}\r\n\r\n".encode()],
        [f"token={TOKEN[:12]}".encode()],
        redirect(f"/?token={TOKEN}"),
        redirect(f"ftp://host/?token={TOKEN}"),
        redirect(f"http://127.0.0.1:1/?token={TOKEN}"),
        redirect(f"http://[::1/?token={TOKEN}"),
        redirect(f"http://10.0.0.1/?token={TOKEN}"),
        redirect(f"http://nowhere.invalid/?again={TOKEN}"),
    ],
)
def test_no_error_and_no_failure_holds_the_secret(answer, capture):
    path = f"/?token={TOKEN}"
    with Site({path: answer}) as site:
        url = site.url(path)
        with pytest.raises(UnreachedError) as caught:
            capture(url, site, max_redirects=2)
    error = caught.value
    nowhere(TOKEN, error, error.hint, error.failures, error.requested_url)
    nowhere(TOKEN[:12], error, error.failures)
    marked = re.fullmatch(f".*/\\?token=({MARKER})", error.requested_url)
    assert str(error).startswith(f"{error.requested_url}: ")
    (line,) = error.redactions
    assert line.startswith("query key token sha256:" + marked[1][len("redacted-") :])
    assert line.rpartition(":")[2] in salts()


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://a/?token={TOKEN}",
        f"http://127.1/?token={TOKEN}",
        f"http://a:22/?token={TOKEN}",
        f"http://a b/?token={TOKEN} {TOKEN}",
        f"http://[::1/?token={TOKEN}",
        f"http://a:b/?token={TOKEN}",
    ],
)
def test_the_error_of_a_url_that_is_none_does_not_repeat_its_secret(url, capture):
    with pytest.raises(MalformedError) as caught:
        capture(url)
    nowhere("SECRET", caught.value, caught.value.hint)


def test_an_inner_address_is_refused_without_its_secret(capture):
    with pytest.raises(Exception, match="is an inner or special") as caught:
        capture(f"http://127.0.0.1/?token={TOKEN}")
    nowhere("SECRET", caught.value, caught.value.hint)
