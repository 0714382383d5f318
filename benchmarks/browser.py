"""Time the load of a page in one Chromium, through the recording proxy and without it.

Both browsers run side by side, started with the same switches, and load the same page
of a server on loopback in turn, each time in a profile that has seen nothing; the time
is that from the navigation to the ``load`` event, by the browser's own clock.  What the
proxy had is written to a WARC meanwhile.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from archiver.certificates import ThrowAwayKey
from archiver.chromium import find_chromium, launch_options
from archiver.guard import parse_address
from archiver.ledger import Ledger
from archiver.proxy import Proxy
from archiver.recorder import Budget, Route, resolve_host
from archiver.recording import Recording
from archiver.tls import read_roots
from benchmarks.loopback import RESOURCES, serving

SECONDS = 600.0
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


@dataclass(frozen=True)
class Loads:
    """Seconds of each load, through the proxy and without, and what was recorded."""

    proxied: list[float]
    direct: list[float]
    recorded: int

    @property
    def ratio(self) -> float:
        """How many times as long a load takes through the proxy, by the medians."""
        return statistics.median(self.proxied) / statistics.median(self.direct)


def measure_loads(url: str, allowed: Sequence[str], rounds: int) -> Loads:
    """Load ``url`` so many times each way, in turn, after one that is not counted."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, program = Path(name), find_chromium()
        with _proxied(folder, allowed) as (ledger, proxy, key):
            behind = launch_options(program, proxy.port, key.spki_sha256, folder)
            without = {each: behind[each] for each in behind if each != "proxy"}
            without["args"] = [
                each for each in behind["args"] if "host-resolver" not in each
            ]
            proxied = playwright.chromium.launch(**behind)
            direct = playwright.chromium.launch(**without)
            pairs = [
                (_load(proxied, url), _load(direct, url)) for _ in range(rounds + 1)
            ]
            proxied.close()
            direct.close()
        recorded = sum(each.state == "recorded" for each in ledger.entries())
    return Loads([one for one, _ in pairs[1:]], [two for _, two in pairs[1:]], recorded)


@contextmanager
def _proxied(
    folder: Path, allowed: Sequence[str]
) -> Iterator[tuple[Ledger, Proxy, ThrowAwayKey]]:
    route = Route(
        Budget(1 << 30, time.monotonic() + SECONDS),
        [parse_address(each) for each in allowed],
        read_roots(None),
        resolve_host,
    )
    with Recording(folder, started=_now(), token=secrets.token_bytes) as recording:
        ledger, key = Ledger(recording, _now, []), ThrowAwayKey(folder, _now())
        with Proxy(route, recording, ledger, key) as proxy:
            yield ledger, proxy, key
        ledger.close()
        recording.finish()


def _load(browser: Browser, url: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    page.goto(url, wait_until="load")
    seconds = float(page.evaluate(LOADED)) / 1000
    context.close()
    return seconds


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with serving() as server:
        url = server.url("/site")
        loads = measure_loads(url, [url.split("/")[2]], rounds)
    print(f"\n**A page with {RESOURCES} pictures**, {rounds} rounds\n")
    print("| Chromium | seconds to load | times |")
    print("|---|---|---|")
    for title, seconds, ratio in (
        ("without a proxy", loads.direct, 1.0),
        ("behind the recording proxy", loads.proxied, loads.ratio),
    ):
        spread = f"{min(seconds):.3f}-{max(seconds):.3f}"
        print(
            f"| {title} | {statistics.median(seconds):.3f} ({spread}) | {ratio:.2f} |"
        )
    print(f"\n{loads.recorded} responses were recorded.")


if __name__ == "__main__":
    main()
