"""Pages that do what they can against a capture: none holds it up, or is left out."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from archiver.errors import (
    MalformedError,
    NetworkError,
    UnavailableError,
    UnreachedError,
)
from tests.authority import Authority
from tests.browsed import HTML, account_of, blocks, browse
from tests.capturing import block, records
from tests.site import Reset, Site, Stall, page, redirect

pytestmark = pytest.mark.needs("chromium")

SECONDS = 8.0
MARGIN = 8.0  # for the start of the browser, and its end


def chromiums(folder):
    """Return the browsers that a capture in ``folder`` has started and not ended."""
    home = f"HOME={folder}/".encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            if home in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


def capture(folder, body, *more, **options):
    """Capture a page in less than its time and a margin; return what was seen."""
    pages = {"/": page(body.encode(), HTML)} | dict(more)
    with Site(pages, keep_alive=True) as site:
        before = time.monotonic()
        seen, records = browse(
            site.url(), folder, site.address, **{"timeout": SECONDS} | options
        )
        most = options.get("timeout", SECONDS) + MARGIN
        assert time.monotonic() - before < most
    assert chromiums(folder) == []
    return seen, records, site


@pytest.mark.parametrize(
    ("script", "settled"),
    [
        ("setInterval(() => window.open('/popup'), 20)", None),
        ("setInterval(() => fetch('/' + Math.random()).catch(() => 0), 50)", False),
        ("onscroll = () => document.body.style.height = scrollY + 9e3 + 'px'", None),
        ("onbeforeunload = () => 'stay'; onunload = () => { while (true); }", True),
        ("navigator.geolocation.getCurrentPosition(() => 0); print()", None),
        ("navigator.mediaDevices.getUserMedia({video: true}).catch(() => 0)", True),
        (
            "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'no'})",
            True,
        ),
    ],
)
def test_a_page_that_gives_no_rest_is_taken_as_it_is(tmp_path, script, settled):
    forged = '<img name="documentElement"><form name="body"></form>'
    body = f"<!doctype html><body><p>The words.</p>{forged}<script>{script}</script>"
    seen, records, site = capture(tmp_path, body)
    assert (seen.outcome, seen.status) == ("complete", 200)
    assert settled is None or seen.browser["settled"] == settled
    kind, uri, _, dom = records[seen.main_record]
    assert (kind, uri) == ("conversion", site.url())
    assert b"<p>The words.</p>" in dom
    assert dom.startswith(b"<!DOCTYPE html>\n<html>")


@pytest.mark.parametrize("never", ["while (true);", "while (true) alert('again');"])
def test_a_script_that_never_ends_leaves_at_least_the_response(tmp_path, never):
    body = f"<p>The words.</p><script>{never}</script>"
    seen, records, site = capture(tmp_path, body)
    assert (seen.outcome, seen.status, seen.final_url) == ("complete", 200, site.url())
    assert not seen.browser["settled"]
    assert b"The words." in records[seen.main_record][3]
    if records[seen.main_record][0] == "response":
        assert any(each.startswith("dom") for each in seen.browser["notMade"])


def test_dialogs_popups_and_downloads_are_named(tmp_path):
    body = """<p>words</p><a id="a" download href="/file">x</a><script>
    alert("one"); confirm("two"); prompt("three"); a.click();
    window.open("/popup");</script>"""
    _, records, _ = capture(tmp_path, body, ("/file", page(b"x" * 10_000)))
    account = account_of(records)
    assert [each["text"] for each in account["dialogsDismissed"]] == [
        *("one", "two", "three"),
    ]
    assert [each["url"].rpartition("/")[2] for each in account["downloadsRefused"]] == [
        "file"
    ]


def test_a_page_that_goes_elsewhere_is_kept_as_what_it_became(tmp_path):
    body = "<p>first</p><script>onscroll = () => location.replace('/second')</script>"
    body += "<div style='height: 5000px'></div>"
    second = page(b"<p>second</p>", HTML)
    seen, records, site = capture(tmp_path, body, ("/second", second))
    assert seen.final_url == site.url("/second")
    assert b"<p>second</p>" in records[seen.main_record][3]
    assert [each["url"] for each in account_of(records)["documents"]] == [
        site.url(),
        site.url("/second"),
    ]


def test_a_document_that_no_server_sent_is_not_the_page(tmp_path):
    body = (
        "<p>first</p><script>setTimeout(() => location = 'about:blank', 300)</script>"
    )
    seen, records, site = capture(tmp_path, body)
    assert seen.final_url == site.url()
    assert records[seen.main_record][0] == "response"
    assert [each[0] for each in records].count("conversion") == 0


WORKER = """
oninstall = () => skipWaiting();
onactivate = (event) => event.waitUntil(clients.claim());
const made = () => new Response("<!doctype html><p>Words of the worker.", {
  headers: {"Content-Type": "text/html"}});
onfetch = (event) => event.request.mode == "navigate" && event.respondWith(%s);"""


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("made()", "response"), ("fetch(event.request)", "conversion")],
)
def test_a_document_that_a_service_worker_made_is_not_what_the_server_sent(
    tmp_path, answer, kind
):
    body = """<!doctype html><p>Words of the server.</p><script>
    navigator.serviceWorker.register("/worker.js");
    navigator.serviceWorker.ready.then(() => {
      if (!sessionStorage.once) { sessionStorage.once = 1; location.reload(); }
    });</script>"""
    worker = page((WORKER % answer).encode(), "Content-Type: text/javascript")
    seen, records, site = capture(tmp_path, body, ("/worker.js", worker))
    assert (seen.final_url, seen.outcome) == (site.url(), "complete")
    assert records[seen.main_record][0] == kind
    assert b"Words of the server." in records[seen.main_record][3]
    assert b"Words of the worker." not in records[seen.main_record][3]
    told = "dom: the document that was shown is of no response"
    assert (told in seen.browser["notMade"]) == (kind == "response")


@pytest.mark.parametrize(("megabytes", "kind"), [(50, "conversion"), (70, "response")])
def test_a_very_large_document_is_kept_up_to_a_limit(tmp_path, megabytes, kind):
    body = f"""<p>words</p><div hidden></div><script>
    const text = "x".repeat(1 << 20), div = document.querySelector("div");
    for (let i = 0; i < {megabytes}; i++) div.append(text);</script>"""
    seen, records, _ = capture(tmp_path, body, timeout=30)
    assert records[seen.main_record][0] == kind
    said = [each for each in seen.browser["notMade"] if each.startswith("dom")]
    if kind == "conversion":
        assert len(records[seen.main_record][3]) > megabytes << 20
        assert said == []
    else:
        assert said == [f"dom: it has more than {64 << 20} characters"]


def test_half_a_surrogate_pair_is_no_character(tmp_path):
    body = "<p>words</p><script>document.body.append('\\ud800 end')</script>"
    seen, records, _ = capture(tmp_path, body)
    assert records[seen.main_record][3].decode().count("\ufffd end") == 1


def test_a_page_in_another_charset_becomes_utf_8(tmp_path):
    text = "<meta charset=windows-1251><p>Слова страницы</p>".encode("windows-1251")
    with Site({"/": page(text, "Content-Type: text/html")}) as site:
        seen, records = browse(site.url(), tmp_path, site.address)
    assert "<p>Слова страницы</p>" in records[seen.main_record][3].decode()
    assert seen.charset == "utf-8"


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([page(b"<p>The words." + b" " * 9, HTML)[0][:-9]], "truncated"),
        (page(b"<p>The words.", HTML, status="404 Not Found"), "complete"),
        ([b"HTTP/1.1 103 Hi\r\n\r\n", *page(b"<p>The words.", HTML)], "complete"),
    ],
)
def test_a_response_is_judged_by_its_bytes(tmp_path, steps, outcome):
    with Site({"/": steps}) as site:
        seen, records = browse(site.url(), tmp_path, site.address)
        sent = site.sent("/")
    assert seen.outcome == outcome
    assert (site.url(), sent) in blocks(records, "response")
    assert b"The words." in records[seen.main_record][3]


def test_an_error_without_a_body_is_kept_though_the_browser_shows_one_of_its_own(
    tmp_path,
):
    with Site({"/": page(b"", HTML, status="500 Oh")}) as site:
        seen, records = browse(site.url(), tmp_path, site.address)
        sent = site.sent("/")
    assert (seen.status, seen.outcome) == (500, "complete")
    assert records[seen.main_record][3] == sent


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("image/png", b"\x89PNG"),
        ("text/plain", b"words"),
        ("application/pdf", b"%PDF-1.7\n%%EOF"),
    ],
)
def test_what_the_browser_shows_by_a_viewer_of_its_own_has_no_dom(
    tmp_path, media_type, body
):
    with Site({"/": page(body, f"Content-Type: {media_type}")}) as site:
        seen, records = browse(site.url(), tmp_path, site.address)
        sent = site.sent("/")
    assert (seen.media_type, seen.outcome) == (media_type, "complete")
    assert records[seen.main_record][:2] == ("response", site.url())
    assert records[seen.main_record][3] == sent


@pytest.mark.parametrize(
    "steps",
    [
        page(b"x", HTML, "Content-Disposition: attachment"),
        [b"HTTP/1.1 204 No Content\r\n\r\n"],
    ],
)
def test_what_is_no_page_is_sent_back_to_the_plain_client(tmp_path, steps):
    with (
        Site({"/": steps}) as site,
        pytest.raises(UnavailableError, match="which is no page") as caught,
    ):
        browse(site.url(), tmp_path, site.address)
    assert "without --browser" in caught.value.hint
    assert list(tmp_path.glob("*.warc.gz")) == []
    assert chromiums(tmp_path) == []


@pytest.mark.parametrize(
    ("steps", "kind", "kept"),
    [
        ([Reset()], "no-response", False),
        ([b"SSH-2.0-x\r\n"], "no-response", False),
        ([Stall()], "timeout", False),
        (redirect("http://127.0.0.1:81/"), "refused-address", True),
        (redirect("/"), "redirects", True),
    ],
)
def test_what_comes_to_no_page_is_told_as_the_plain_client_tells_it(
    tmp_path, steps, kind, kept
):
    with (
        Site({"/": steps}, keep_alive=True) as site,
        pytest.raises(UnreachedError) as caught,
    ):
        browse(site.url(), tmp_path, site.address, timeout=10, first_byte_timeout=2)
    assert caught.value.driver == "browser"
    assert caught.value.failures[-1].kind == kind
    seen = caught.value.seen
    assert list(tmp_path.glob("*")) == ([seen.warc] if kept else [])
    if kept:
        sent = [site.sent("/", turn) for turn in range(site.count("/"))]
        came = [each.index for each in records(seen.warc) if each.type == "response"]
        assert [block(seen.warc, index) for index in came] == sent
        assert (seen.labels, seen.driver) == (("no-page",), "browser")
    assert chromiums(tmp_path) == []


def test_names_and_certificates_fail_as_with_the_plain_client(tmp_path):
    authority = Authority(tmp_path)

    def resolve(host, *_):
        if host == "news.example":
            return ("127.0.0.1",)
        raise OSError("no such name")

    with Site({"/": page(b"")}, tls=authority.server("other.example")) as site:
        for url, kind in (
            (site.url(host="news.example"), "tls"),
            ("http://nowhere.example/", "dns"),
        ):
            with pytest.raises(UnreachedError) as caught:
                browse(
                    url,
                    tmp_path,
                    site.address,
                    resolve=resolve,
                    ca_file=authority.ca_file,
                )
            assert caught.value.failures[0].kind == kind
        assert site.count("/") == 0


def test_what_may_not_be_asked_for_starts_no_browser(tmp_path):
    with pytest.raises(NetworkError, match="inner or special"):
        browse("http://10.0.0.1/", tmp_path)
    with pytest.raises(MalformedError, match="expected http or https"):
        browse("file:///etc/passwd", tmp_path)


def test_the_bytes_of_all_exchanges_together_have_a_limit(tmp_path):
    big = page(b"x" * 200_000, "Content-Type: image/png")
    images = [(f"/{i}.png", big) for i in range(5)]
    body = "<p>words</p>" + "".join(f'<img src="/{i}.png">' for i in range(5))
    seen, _, _ = capture(tmp_path, body, *images, max_bytes=500_000)
    assert seen.outcome == "complete"
    assert any("the limit of bytes" in each["reason"] for each in seen.browser["cut"])


def test_a_browser_that_no_longer_answers_is_killed_and_what_came_is_kept(tmp_path):
    body = page(b"<p>The words.</p><img src=/i>", HTML)
    with Site({"/": body, "/i": [Stall()]}) as site:

        def freeze():
            while not site.count("/i"):
                time.sleep(0.05)
            for process in chromiums(tmp_path):
                if b"crashpad" not in Path(f"/proc/{process}/cmdline").read_bytes():
                    os.kill(int(process), signal.SIGSTOP)

        thread = threading.Thread(target=freeze)
        thread.start()
        before = time.monotonic()
        seen, records = browse(site.url(), tmp_path, site.address, timeout=5)
        assert time.monotonic() - before < 5 + MARGIN
        thread.join()
    assert chromiums(tmp_path) == []
    assert (seen.status, seen.outcome) == (200, "complete")
    assert records[seen.main_record][0] == "response"
    assert "did not answer" in " ".join(seen.browser["notMade"])


INTERRUPTED = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.browsed import browse
from tests.site import Site, Stall, page
pages = {{"/": page(b"<img src=/i>", "Content-Type: text/html"), "/i": [Stall()]}}
with Site(pages) as site:
    print("ready", flush=True)
    browse(site.url(), Path({folder!r}), site.address, timeout=60)
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_browser_is_left_when_a_capture_is_interrupted(tmp_path, root, sent):
    program = INTERRUPTED.format(root=str(root), folder=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        until = time.monotonic() + 20
        while not chromiums(tmp_path):
            assert time.monotonic() < until
            time.sleep(0.1)
        time.sleep(1)
        os.kill(process.pid, sent)
        assert process.wait(15) != 0
        until = time.monotonic() + 10
        while chromiums(tmp_path):
            assert time.monotonic() < until, "a browser was left"
            time.sleep(0.1)
