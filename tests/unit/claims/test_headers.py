"""The headers of every answer."""

import asyncio

import pytest

from claims.website.headers import DATA_POLICY, PAGE_POLICY, wrap
from claims.website.refusals import REFUSAL, REFUSED_PATH, SiteSettings
from tests.publication_client import ask, open_site

PAGES = ("/", "/claim/c-har60001", "/sourcebook", "/sourcebook/claims", "/nothing")


async def an_app(scope, receive, send):
    """Answer with what was asked, and with headers that must not get out."""
    assert receive
    body = f"{scope['method']} {scope['path']} {scope.get(REFUSAL)}".encode()
    names = sorted(key.decode() for key, _ in scope["headers"])
    headers = [
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Set-Cookie", b"a=b"),
        (b"Vary", b"Cookie"),
        (b"Server", b"s"),
        (b"x-request-headers", ",".join(names).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body[:3], "more_body": True})
    await send({"type": "http.response.body", "body": body[3:]})


def request(path="/", *, method="GET", settings=None, headers=(), app=an_app):
    """Send one request through the wrapper; return status, headers and body."""
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": list(headers),
    }
    asyncio.run(wrap(app, settings or SiteSettings())(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), body


def test_cookies_and_credentials_are_dropped_both_ways():
    _, headers, _ = request(
        headers=[
            (b"cookie", b"ds_actor=x"),
            (b"Authorization", b"y"),
            (b"accept", b"*"),
        ]
    )
    assert headers[b"x-request-headers"] == b"accept"
    assert not {b"set-cookie", b"vary", b"server"} & {key.lower() for key in headers}


def test_a_page_in_pieces_is_sent_whole_with_its_length_and_etag():
    status, headers, body = request("/a")
    assert (status, body) == (200, b"GET /a None")
    assert headers[b"content-length"] == b"11"
    assert len(headers[b"etag"]) == 66


def test_the_same_page_has_the_same_etag_and_another_has_another():
    first, second, other = (request(path)[1][b"etag"] for path in ("/a", "/a", "/b"))
    assert first == second != other


def test_who_has_the_page_is_told_so():
    etag = request("/a")[1][b"etag"]
    status, headers, body = request("/a", headers=[(b"if-none-match", etag)])
    assert (status, body) == (304, b"")
    assert b"content-length" not in headers
    assert b"content-type" not in headers
    assert headers[b"etag"] == etag


def test_head_has_the_headers_of_get_and_no_body():
    get, head = request("/a"), request("/a", method="HEAD")
    assert head == (get[0], get[1], b"")


def test_a_refused_request_is_answered_by_the_route_that_says_so():
    status, headers, body = request("/-/versions")
    assert body.startswith(f"GET {REFUSED_PATH} Refusal(".encode())
    assert status == 200  # of this test's app: the route itself says 404
    assert request("/-/versions.json")[2].startswith(b"GET /-/refused.json ")
    assert headers[b"content-security-policy"] == PAGE_POLICY.encode()


def test_405_says_what_is_allowed():
    async def refuse_all(scope, receive, send):
        assert scope[REFUSAL].status == 405
        assert receive
        await send({"type": "http.response.start", "status": 405, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    status, headers, _ = request("/a", method="POST", app=refuse_all)
    assert (status, headers[b"allow"]) == (405, b"GET, HEAD")
    _, headers, _ = request("/archive/a", method="POST", app=refuse_all)
    assert headers[b"allow"] == b"GET, HEAD, OPTIONS"


def test_what_is_no_http_request_passes_through():
    seen = []

    async def app(scope, receive, send):
        seen.append((scope, receive, send))

    async def run():
        await wrap(app, SiteSettings())({"type": "lifespan"}, "receive", "send")

    asyncio.run(run())
    assert seen == [({"type": "lifespan"}, "receive", "send")]


def test_caching_is_as_long_as_the_setting_says_and_errors_are_not_kept():
    assert request()[1][b"cache-control"] == b"no-cache"
    settings = SiteSettings(cache_seconds=300)
    assert request(settings=settings)[1][b"cache-control"] == b"public, max-age=300"

    async def fails(scope, receive, send):
        assert scope
        assert receive
        headers = [(b"cache-control", b"max-age=9")]
        await send({"type": "http.response.start", "status": 500, "headers": headers})
        await send({"type": "http.response.body"})

    assert request(app=fails, settings=settings)[1][b"cache-control"] == b"no-store"


def test_over_https_the_browser_is_told_to_stay_there():
    assert b"strict-transport-security" not in request()[1]
    found = request(settings=SiteSettings(https=True))[1]
    assert found[b"strict-transport-security"] == b"max-age=31536000"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_strict_headers(harbour_site, path):
    headers = ask(harbour_site, path).headers
    assert headers["content-security-policy"] == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert "script-src" not in PAGE_POLICY  # so default-src 'none' holds for scripts
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "access-control-allow-origin" not in headers
    assert not {"set-cookie", "vary", "server"} & set(headers)


@pytest.mark.parametrize(
    "path",
    ["/claim/c-har60001.json", "/sourcebook/claims.json", "/sourcebook/claims.csv"],
)
def test_data_may_be_read_from_other_sites_without_credentials(harbour_site, path):
    headers = ask(harbour_site, path).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["content-security-policy"] == DATA_POLICY


def test_static_files_are_revalidated_by_their_etag(harbour_site):
    first = ask(harbour_site, "/static/sourcebook.css")
    assert first.headers["content-type"].startswith("text/css")
    again = ask(
        harbour_site,
        "/static/sourcebook.css",
        headers={"if-none-match": first.headers["etag"]},
    )
    assert again.status_code == 304


def test_a_cookie_or_credential_changes_nothing(harbour_site):
    plain = ask(harbour_site, "/")
    other = ask(
        harbour_site,
        "/",
        headers={"cookie": "ds_actor=x; ds_messages=y", "authorization": "Bearer z"},
    )
    assert plain.headers == other.headers
    assert plain.content == other.content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_answered_405_with_a_page(harbour_site, method):
    answer = ask(harbour_site, "/claim/c-har60001", method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert "Reading only" in answer.text


def test_the_site_stands_below_a_base_url(harbour_database):
    site = open_site(harbour_database)
    site._settings["base_url"] = "/sb/"
    page = ask(site, "/sb/claim/c-har60001", avoid_path_rewrites=True)
    assert page.status_code == 200
    assert 'href="/sb/case/harbour"' in page.text
    assert 'href="/sb/static/sourcebook.css"' in page.text
    assert 'href="/sb/claim/c-har60001.json"' in page.text
