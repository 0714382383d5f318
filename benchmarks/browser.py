"""Time a page in Chromium with and without our recording proxy.

The page has 60 pictures on eight hosts.  Each load has a browser of its own, whose
start is not timed: from the navigation until the load event.  With ``late`` every
picture comes after 30 ms, as from servers that are not in the same room.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from archiver.browser.certificates import ThrowAwayKey
from archiver.browser.chromium import find_chromium, launch_options
from archiver.browser.ledger import Ledger
from archiver.browser.proxy import Proxy
from archiver.wire.guard import parse_url
from archiver.wire.observation import CaptureOptions
from archiver.wire.recording import Recording
from archiver.wire.routes import open_route
from benchmarks.loopback import RESOURCES, Server, serving
from tests.authority import Authority

TIMEOUT = 60_000  # milliseconds for one load
RESOLVING = "--host-resolver-rules"


def main() -> None:
    """Load each kind of page in turn with and without the proxy, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    print("| page | direct, ms | with our proxy, ms | x direct |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        authority = Authority(home)
        authority.server(*(f"127.0.0.{i}" for i in range(1, 9)))
        for certificate in (None, home / "127.0.0.130.pem"):
            with serving(certificate) as server:
                for kind in ("image", "late"):
                    compare(playwright, server, kind, rounds, authority)


def compare(
    playwright: Playwright, server: Server, kind: str, rounds: int, authority: Authority
) -> None:
    """Load one page so many times in both ways, in turn, and print a line."""
    url = server.url(f"/site/{kind}")
    direct, proxied = [], []
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory(dir=authority.folder) as folder:
            home = Path(folder)
            direct.append(load(playwright, without_proxy(home), url))
            with recording(server, url, home, authority.ca_file) as options:
                proxied.append(load(playwright, options, url))
        if number == 0:  # what is read from the disk for the first time
            direct.clear()
            proxied.clear()
    ratio = statistics.median(proxied) / statistics.median(direct)
    cells = [f"{server.scheme}, {kind}", told(direct), told(proxied), f"{ratio:.2f}"]
    print(f"| {' | '.join(cells)} |", flush=True)


def told(seconds: list[float]) -> str:
    """Write a median, and the least and the most."""
    least, most = min(seconds) * 1000, max(seconds) * 1000
    return f"{statistics.median(seconds) * 1000:.0f} ({least:.0f}-{most:.0f})"


def without_proxy(home: Path) -> dict[str, Any]:
    """Return how the same browser is started without the proxy."""
    options = launch_options(find_chromium(), 1, "", home)
    del options["proxy"]
    kept = [each for each in options["args"] if not each.startswith(RESOLVING)]
    return {**options, "args": kept}


@contextmanager
def recording(
    server: Server, url: str, home: Path, ca_file: Path
) -> Iterator[dict[str, Any]]:
    """Run our proxy over a recording, and see that it had all of the page."""
    options = CaptureOptions(allow_addresses=server.addresses, ca_file=ca_file)
    first = parse_url(url)
    with Recording(home, started=now(), token=secrets.token_bytes) as warc:
        warc.learn(url)
        ledger = Ledger(warc, now, [])
        key = ThrowAwayKey(home, now())
        route = open_route(first, options)
        with Proxy(route, warc, ledger, key, wanted=first.host) as proxy:
            yield launch_options(find_chromium(), proxy.port, key.spki_sha256, home)
        ledger.close()
        warc.finish()
    kept = sum(each.state == "recorded" for each in ledger.entries())
    assert kept > RESOURCES, f"{kept} exchanges were recorded"  # noqa: S101 - or nothing was measured


def load(playwright: Playwright, options: dict[str, Any], url: str) -> float:
    """Load a page in a browser that is started for it; return seconds."""
    browser = playwright.chromium.launch(**options)
    try:
        page = browser.new_context(ignore_https_errors=True).new_page()
        start = time.perf_counter()
        page.goto(url, wait_until="load", timeout=TIMEOUT)
        seconds = time.perf_counter() - start
        shown = page.evaluate("[...document.images].filter(i => i.naturalWidth).length")
        assert shown == RESOURCES, f"{shown} pictures came"  # noqa: S101
    finally:
        browser.close()
    return seconds


def now() -> datetime:
    """Return the time by the clock."""
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
