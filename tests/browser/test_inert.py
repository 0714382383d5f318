"""A recorded page shows its words and does nothing else."""

import socket
import threading
from contextlib import closing

import pytest

from tests.browser.conftest import Site
from tests.publication_fixture import Book, add_log, add_snapshot, write_rows
from tests.publication_harbour import add_harbour

pytestmark = pytest.mark.needs("chromium")

HOSTILE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>as recorded</title>
<link rel="preconnect" href="http://127.0.0.1:{port}">
<LINK REL="dns-prefetch" href="http://127.0.0.1:{port}">
<link rel="prefetch" href="http://127.0.0.1:{port}/prefetch">
<link rel="stylesheet" href="http://127.0.0.1:{port}/style.css">
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{port}/refresh">
<base href="http://127.0.0.1:{port}/">
<style>p {{ color: rgb(1, 2, 3); background: url(http://127.0.0.1:{port}/css.png) }}
@import url(http://127.0.0.1:{port}/import.css);</style>
<script>document.title = "ran"; parent.document.title = "ran";</script>
<script src="http://127.0.0.1:{port}/script.js"></script>
<script type="speculationrules">{{"prefetch": [{{"urls": ["http://127.0.0.1:{port}/"]}}]}}
</script></head>
<body onload="document.title = 'ran'"><p id="words">The words as recorded.</p>
<img src="http://127.0.0.1:{port}/img.png" onerror="document.title = 'ran'">
<svg onload="document.title = 'ran'"></svg>
<iframe src="http://127.0.0.1:{port}/frame"></iframe>
<object data="http://127.0.0.1:{port}/object"></object>
<video poster="http://127.0.0.1:{port}/poster" src="http://127.0.0.1:{port}/video"></video>
<form action="http://127.0.0.1:{port}/form"><button id="send">send</button></form>
<a id="script" href="javascript:document.title='ran'">a link</a>
</body></html>"""


@pytest.fixture
def listener():
    """Listen on a port of this machine; yield it and who has knocked there."""
    knocks = []
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        over = threading.Event()

        def listen():
            while not over.is_set():
                try:
                    other, _ = server.accept()
                except TimeoutError:
                    continue
                knocks.append(other.getpeername())
                other.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], knocks
        over.set()
        thread.join()


@pytest.fixture
def hostile_page(serve, tmp_path, listener):
    """Return the address of a recorded page that tries to reach out."""
    body = HOSTILE.format(port=listener[0]).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    book = Book(tmp_path / "archive")
    digest = add_snapshot(
        book,
        ("response", "http://evil.example/", "application/http", head + body),
        "The words as recorded.\n",
        custody="observed",
        final_url="http://evil.example/",
    )
    add_harbour(book)
    release = book.say("release", "archive.toml", "0" * 64, number=1)
    add_log(book, release)
    database = tmp_path / "sourcebook.db"
    write_rows(database, book.rows)
    site: Site = serve(database, tmp_path / "archive")
    return site.address(f"/snapshot/{digest}/raw")


def test_a_recorded_page_runs_nothing_and_reaches_nobody(
    browser, hostile_page, listener
):
    _, knocks = listener
    context = browser.new_context()
    page = context.new_page()
    asked = []
    page.on("response", lambda response: asked.append(response.url))
    page.goto(hostile_page)
    page.wait_for_timeout(1500)
    assert page.title() == "as recorded"
    words = page.locator("#words")
    assert words.inner_text() == "The words as recorded."
    assert words.evaluate("node => getComputedStyle(node).color") == "rgb(1, 2, 3)"
    page.locator("#send").click()
    page.locator("#script").click()
    page.wait_for_timeout(500)
    assert page.title() == "as recorded"
    assert page.url == hostile_page
    assert knocks == []
    assert asked == [hostile_page]
    context.close()


def test_the_same_page_reaches_out_where_it_is_not_made_inert(browser, listener):
    port, knocks = listener
    context = browser.new_context()
    page = context.new_page()
    page.set_content(HOSTILE.format(port=port), wait_until="commit")
    page.wait_for_timeout(1500)
    context.close()
    assert knocks
