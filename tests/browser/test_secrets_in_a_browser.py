"""A browser sends what it was given and what sites gave it; none of it is written."""

import json
import re

import pytest

from archiver.errors import MalformedError, UnreachedError
from archiver.redacting.salts import salts_file
from archiver.wire.login import parse_login
from tests.authority import Authority
from tests.browsed import HTML, browse
from tests.capturing import block, plain, records
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

TOKEN = "tok-5e1f/SECRET"  # noqa: S105 - it opens nothing
PATH = f"/story?token={TOKEN}"
MARKER = "redacted-[0-9a-f]{16}"
STORY = b"""<!doctype html><title>A story</title><h1>A story</h1>
<p>Words of the story.</p><img src="/picture.png"><script src="/script.js"></script>"""


def requests(seen):
    """Return the heads of the requests in a file, by their URI."""
    return {
        record.uri: block(seen.warc, record.index).decode()
        for record in records(seen.warc)
        if record.type == "request"
    }


def site_of(*fields, **more):
    pages = {
        PATH: page(STORY, HTML, *fields),
        "/": page(STORY, HTML, *fields),
        "/picture.png": page(b"no picture", "Content-Type: image/png"),
        "/script.js": page(b"1", "Content-Type: text/javascript"),
    }
    return Site(pages, **more)


def test_a_typed_token_is_in_no_record_and_in_no_account(tmp_path):
    with site_of("Referrer-Policy: unsafe-url") as site:
        seen, _ = browse(site.url(PATH), tmp_path, site.address)
        assert f"GET {PATH} ".encode() in site.received(PATH)
        referer = f"Referer: {site.url(PATH)}\r\n".encode()
        assert referer in site.received("/script.js")
    written = plain(seen.warc)
    for spelt in (TOKEN, TOKEN.replace("/", "%2F")):
        assert spelt.encode() not in written
        assert spelt not in f"{seen} {salts_file().read_text()}"
    assert re.fullmatch(re.escape(site.url("/story?token=")) + MARKER, seen.final_url)
    assert records(seen.warc)[seen.main_record].uri == seen.final_url
    sent = requests(seen)
    assert f"\r\nReferer: {seen.final_url}\r\n" in sent[site.url("/script.js")]
    assert (
        f"GET {seen.final_url.removeprefix(site.url()[:-1])} " in sent[seen.final_url]
    )
    assert (seen.redactions, seen.labels) == (("query key token",), ())


def test_a_page_that_writes_its_own_address_into_itself_is_labelled(tmp_path):
    with site_of() as site:
        script = b"document.body.append('You are at ' + location.href)"
        site.pages["/script.js"] = page(script, "Content-Type: text/javascript")
        seen, _ = browse(site.url(PATH), tmp_path, site.address)
    assert seen.labels == ("secret",)
    assert "(conversion)" in dict(seen.label_reasons)["secret"]
    assert TOKEN not in f"{seen}"


SHOWN = {
    "a field": "<input id=i><script>i.value = location.href</script>",
    "a closed tree": """<div id=d></div><script>
        d.attachShadow({mode: "closed"}).innerHTML = location.href</script>""",
    "a frame": """<iframe id=f></iframe><script>
        f.contentDocument.body.append(location.href)</script>""",
    "a style": """<style>p {}</style><script>document.styleSheets[0].insertRule(
        `p::after { content: "${location.href}" }`)</script>""",
    "the screen alone": """<style>@media print { input { display: none } }</style>
        <input id=i><script>i.value = location.href</script>""",
}


@pytest.mark.parametrize("how", SHOWN)
def test_a_token_that_is_shown_and_stands_in_no_dom_seals_the_capture(tmp_path, how):
    token = "tok-5e1f-SECRET"  # noqa: S105 - it opens nothing
    path = f"/share?token={token}"
    body = f"<!doctype html><title>t</title><p>words</p>{SHOWN[how]}".encode()
    with Site({path: page(body, HTML)}) as site:
        seen, _ = browse(site.url(path), tmp_path, site.address)
    assert token.encode() not in plain(seen.warc)
    assert seen.labels == ("secret",)
    assert "the picture of the page" in dict(seen.label_reasons)["secret"]
    assert token not in f"{seen}"


def test_a_cookie_that_the_site_gave_is_in_no_request_and_seals_nothing(tmp_path):
    with site_of("Set-Cookie: visitor=number-4711") as site:
        seen, _ = browse(site.url(), tmp_path, site.address)
        assert b"Cookie: visitor=number-4711\r\n" in site.received("/script.js")
    sent = requests(seen)[site.url("/script.js")]
    assert re.search(f"\r\nCookie: {MARKER}\r\n", sent)
    assert "4711" not in sent
    assert seen.redactions == ("request header Cookie",)
    assert (seen.labels, seen.final_url) == ((), site.url())


def test_a_login_goes_to_its_site_alone_and_is_written_nowhere(tmp_path):
    authority = Authority(tmp_path)
    tls = authority.server("127.0.0.1")
    login = parse_login(b"Cookie: session=cook1e-of-the-desk; lang=kk-or-ru\n")
    with (
        site_of(tls=tls) as site,
        Site({"/x.js": page(b"1")}, tls=authority.server("localhost")) as other,
    ):
        far = other.url("/x.js", host="localhost")
        body = STORY + f'<script src="{far}"></script>'.encode()
        site.pages["/"] = page(body, HTML)
        seen, _ = browse(
            site.url(),
            tmp_path,
            site.address,
            other.address,
            f"[::1]:{other.port}",
            ca_file=authority.ca_file,
            login=login,
        )
        for path in ("/", "/script.js"):
            assert b"session=cook1e-of-the-desk" in site.received(path)
        assert b"cook1e" not in other.received("/x.js")
    assert b"cook1e" not in plain(seen.warc)
    assert "cook1e" not in f"{seen} {salts_file().read_text()}"
    assert seen.labels == ("logged-in",)
    assert seen.redactions == ("request header Cookie",)


def test_a_browser_is_given_no_other_login_than_cookies(tmp_path):
    login = parse_login(b"Authorization: Bearer b3arer\n")
    with site_of() as site:
        with pytest.raises(MalformedError, match="expected Cookie alone") as caught:
            browse(site.url(), tmp_path, site.address, login=login)
        assert site.count("/") == 0
    assert "b3arer" not in f"{caught.value} {caught.value.hint}"


def test_a_page_that_does_not_come_leaves_no_secret_in_its_attempt(tmp_path):
    with Site({PATH: []}) as site, pytest.raises(UnreachedError) as caught:
        browse(site.url(PATH), tmp_path, site.address)
    error = caught.value
    said = f"{error} {error.hint} {error.failures} {error.requested_url}"
    assert "SECRET" not in said
    assert error.driver == "browser"
    (line,) = error.redactions
    kept = [json.loads(each) for each in salts_file().read_text().splitlines()]
    assert line.rpartition(":")[2] in {each["commitment"] for each in kept}
