"""An outsider's player, ReplayWeb.page, shows what we recorded, and asks nobody for it.

The archived site is down by then.  Its host has no address, and the player's browser
reaches everything but loopback through a proxy that only writes down who is asked for.
"""

import functools
import gzip
import http.server
import secrets
import shutil
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from archiver.browse import observe_in_browser
from archiver.capture import observe
from archiver.wire.observation import CaptureOptions
from tests.hostile_answers import chunks
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

HERE = Path(__file__).parent / "replay"
PLAYER = HERE / "node_modules" / "replaywebpage"
SHOWN = 30_000  # milliseconds until the player must show a page
HOST = "paper.example"
WORDS = "Әділет: the words as they were recorded"
HTML = f"""<!doctype html><html lang="kk"><meta charset="utf-8"><title>A page</title>
<link rel="stylesheet" href="/style.css"><h1>{WORDS}</h1>
<img id="picture" src="/picture.png"></html>""".encode()
CODED = [
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n" + chunks(gzip.compress(HTML, mtime=0))
]
STYLE = b"h1 { color: rgb(12, 34, 56) }"
WIDTH, HEIGHT = 7, 5
NO = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"


def png() -> bytes:
    """Return a picture of the width and height above."""
    rows = (b"\x00" + b"\xc0\x40\x20" * WIDTH) * HEIGHT
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0),
        b"IDAT": zlib.compress(rows),
        b"IEND": b"",
    }
    chunked = [
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunked)


PAGES = {
    "/page": CODED,
    "/style.css": page(STYLE, "Content-Type: text/css"),
    "/picture.png": page(png(), "Content-Type: image/png"),
}


@dataclass
class Recorded:
    """A WARC, and what a player is to show from it."""

    warc: bytes
    url: str
    moment: datetime


def options(site: Site) -> CaptureOptions:
    return CaptureOptions(
        allow_addresses=(site.address,), resolve=lambda *_: ("127.0.0.1",)
    )


def take(driver: Callable, site: Site, path: str, folder: Path) -> Recorded:
    seen = driver(
        site.url(path, host=HOST),
        options(site),
        folder,
        clock=lambda: datetime.now(UTC),
        token=secrets.token_bytes,
    )
    assert seen.outcome == "complete"
    return Recorded(seen.warc.read_bytes(), seen.final_url, seen.started)


def by_client(site: Site, folder: Path) -> Recorded:
    """Record the page and what it needs, each by itself; a WARC may follow another."""
    taken = [take(observe, site, path, folder) for path in PAGES]
    return Recorded(
        b"".join(each.warc for each in taken), taken[0].url, taken[0].moment
    )


def by_browser(site: Site, folder: Path) -> Recorded:
    """Record the page with all that it loads."""
    return take(observe_in_browser, site, "/page", folder)


@pytest.fixture(params=[by_client, by_browser], ids=["client", "browser"])
def recorded(request, tmp_path) -> Recorded:
    with Site(PAGES) as site:
        return request.param(site, tmp_path)


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, in silence."""

    def log_message(self, *_) -> None:
        """Say nothing."""


@pytest.fixture
def player(tmp_path, recorded) -> Iterator[str]:
    """Serve the player and the recording; return the address of the folder."""
    assert (PLAYER / "ui.js").is_file(), (
        f"{PLAYER} does not hold ReplayWeb.page: install npm, and run"
        " 'tools/setup.sh test' where its registry can be reached"
    )
    folder = tmp_path / "www"
    (folder / "replay").mkdir(parents=True)
    for file in (HERE / "index.html", HERE / "boot.js"):
        shutil.copy(file, folder / "replay")
    for name in ("ui.js", "sw.js"):
        shutil.copy(PLAYER / name, folder / "replay")
    (folder / "recorded.warc.gz").write_bytes(recorded.warc)
    handler = functools.partial(Files, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclass
class Gate:
    """A proxy that lets nothing through, and what it was asked for."""

    port: int
    asked: list[bytes] = field(default_factory=list)


@pytest.fixture
def gate() -> Iterator[Gate]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        found = Gate(listener.getsockname()[1])

        def listen():
            while True:
                other, _ = listener.accept()
                with other:
                    if not (asked := other.recv(1 << 16)):
                        return
                    found.asked.append(asked)
                    other.sendall(NO)

        thread = threading.Thread(target=listen)
        thread.start()
        yield found
        socket.create_connection(("127.0.0.1", found.port)).close()
        thread.join()


def open_player(view: Page, address: str, recorded: Recorded) -> FrameLocator:
    """Open a recording in the player; return what finds things in the archived page."""
    stamp = recorded.moment.strftime("%Y%m%d%H%M%S")
    source = f"{address}/recorded.warc.gz"
    view.goto(
        f"{address}/replay/?source={source}&embed=replayonly"
        f"#view=pages&url={recorded.url}&ts={stamp}"
    )
    return view.frame_locator("iframe")


def test_the_player_shows_text_colour_and_picture_and_asks_nobody(
    browser: Browser, player: str, recorded: Recorded, gate: Gate
):
    context = browser.new_context(
        proxy={"server": f"http://127.0.0.1:{gate.port}", "bypass": "127.0.0.1"}
    )
    with closing(context):
        view = context.new_page()
        shown = open_player(view, player, recorded)
        heading = shown.locator("h1")
        expect(heading).to_have_text(WORDS, timeout=SHOWN)
        expect(heading).to_have_css("color", "rgb(12, 34, 56)")
        size = shown.locator("#picture").evaluate(
            "image => [image.naturalWidth, image.naturalHeight]"
        )
        assert size == [WIDTH, HEIGHT]
        assert gate.asked == []
        view.goto(f"http://{HOST}/")  # and it would have been heard
    assert gate.asked[0].startswith(f"GET http://{HOST}/ HTTP/1.1\r\n".encode())
