"""Captures by a real Chromium of a real site: what the site sent is what is kept."""

import io
import struct

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator

from tests.authority import Authority
from tests.browsed import (
    HTML,
    account_of,
    blocks,
    browse,
    everything,
    log_of,
)
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

WORDS = "fetched packed head empty cors event over the socket".split()  # noqa: SIM905


@pytest.mark.parametrize("secured", [False, True])
def test_all_that_a_page_asks_for_is_kept_byte_for_byte(tmp_path, secured):
    authority = Authority(tmp_path)
    tls = authority.server("127.0.0.1") if secured else None
    with Site({}, keep_alive=True, tls=tls) as other:
        pages, other.pages = everything(other.url()[:-1])
        with Site(pages, keep_alive=True, tls=tls) as site:
            allowed = (site.address, other.address)
            seen, records = browse(
                site.url("/#words"), tmp_path, *allowed, ca_file=authority.ca_file
            )
            log = log_of(site, other)
    asked = {
        uri.partition("/")[2].partition("/")[2].partition("/")[2] for uri, *_ in log
    }
    assert asked == {path[1:] for path in pages if "large" not in path} | {"cors"}
    assert len([1 for uri, *_ in log if uri.endswith("/cors")]) == 2  # with preflight
    assert sorted(blocks(records, "request")) == [each[:2] for each in log]
    assert sorted(blocks(records, "response")) == [(uri, sent) for uri, _, sent in log]
    assert (seen.outcome, seen.status, seen.final_url) == ("complete", 200, site.url())
    assert (seen.driver, seen.media_type, seen.charset) == (
        "browser",
        "text/html",
        "utf-8",
    )
    _check_views(records, seen, site)
    _check_browser(records, seen, len(log))
    if secured:
        assert seen.tls["verdict"] == "verified"
        assert len(seen.tls["chain"]) == 2


def _check_views(records, seen, site):
    kind, uri, media_type, dom = records[seen.main_record]
    assert (kind, uri) == ("conversion", site.url())
    assert media_type == "text/html; charset=utf-8"
    assert dom.startswith(b"<!DOCTYPE html>\n<html><head><title>Everything script")
    assert all(word in dom.decode() for word in WORDS)
    (picture, pdf) = [each for each in records if each[0] == "resource"]
    assert picture[1:3] == (f"urn:view:{site.url()}", "image/png")
    width, height = struct.unpack(">II", picture[3][16:24])
    assert picture[3].startswith(b"\x89PNG")
    assert width >= 1200
    assert height > 6000
    assert pdf[1:3] == (f"urn:view:{site.url()}", "application/pdf")
    assert pdf[3].startswith(b"%PDF-")
    with seen.warc.open("rb") as stream:
        fast = FastIterator(io.BytesIO(stream.read()), parse_http=False)
        verdicts = [record.verify_block_digest() for record in fast]
    assert verdicts == [True] * len(records)


def _check_browser(records, seen, asked):
    facts, account = seen.browser, account_of(records)
    assert facts["settled"]
    assert facts["recorded"] == asked
    assert facts["failed"] == facts["cut"] == facts["notMade"] == []
    assert "said by the page" in [each["text"] for each in facts["consoleErrors"]]
    assert any("thrown by the page" in each for each in facts["pageErrors"])
    only = {each.rpartition("/")[2] for each in facts["onlyProxy"]}
    assert only == {"cors", "from-shared"}  # the preflight, and a shared worker
    assert facts["onlyBrowser"] == []
    assert len(account["requests"]) == facts["requests"]
    assert {each["type"] for each in account["requests"]} >= {
        *("document", "stylesheet", "font", "image", "script", "fetch", "xhr"),
        *("websocket", "eventsource", "media"),
    }
    assert account["location"].endswith("/#words")


def test_what_is_refused_to_a_page_never_reaches_it_and_is_shown(tmp_path):
    with Site({}, keep_alive=True) as inner:
        inner.pages = {"/": page(b"secret"), "/ws": page(b"secret"), "/js": page(b"")}
        here = inner.url()[:-1]
        body = f"""<img src="{here}/"><link rel="prefetch" href="{here}/">
        <link rel="dns-prefetch" href="//leak.example"><img src="/go">
        <img src="http://rebind.example:PORT/1"><script>
        new WebSocket("ws{here[4:]}/ws"); new Worker("/worker.js");
        new SharedWorker("/shared.js"); fetch("{here}/").catch(() => 0);
        try {{ new WebTransport("https{here[4:]}/") }} catch {{ }}
        new RTCPeerConnection({{iceServers: [{{urls: "stun:{inner.address}"}}]}})
          .createDataChannel("x");
        </script>"""
        script = f"fetch('{here}/').catch(() => 0)".encode()
        with Site({}, keep_alive=True) as site:
            site.pages = {
                "/": page(body.replace("PORT", str(site.port)).encode(), HTML),
                "/go": page(b"", f"Location: {here}/", status="302 Found"),
                "/worker.js": page(script, "Content-Type: text/javascript"),
                "/shared.js": page(script, "Content-Type: text/javascript"),
            }
            answers = iter([("127.0.0.1",), ("127.0.0.1", "192.168.0.1")])
            names = []

            def resolve(host, _port, _left):
                names.append(host)
                named = host == "rebind.example"
                return next(answers, ("10.0.0.1",)) if named else (host,)

            seen, records = browse(site.url(), tmp_path, site.address, resolve=resolve)
            assert inner.log() == []
    refused = {each["url"] for each in seen.browser["blocked"]}
    assert {f"{here}/", f"{here}/ws"} <= refused
    assert "leak.example" not in names
    assert not any(uri.startswith(here) for uri, _ in blocks(records, "response"))
    assert seen.outcome == "complete"


def test_a_name_that_comes_to_mean_an_inner_address_is_refused(tmp_path):
    answers = iter([("127.0.0.1",)])
    with Site({}, keep_alive=False) as site:
        site.pages = {
            "/": page(b'<img src="/later.png">', HTML),
            "/later.png": page(b"secret"),
        }
        url = site.url("/", "rebind.example")
        seen, _ = browse(
            url,
            tmp_path,
            site.address,
            resolve=lambda *_: next(answers, ("192.168.0.1",)),
        )
        assert site.count("/later.png") == 0
    refused = {each["url"]: each["reason"] for each in seen.browser["blocked"]}
    assert "192.168.0.1" in refused[url + "later.png"]
