"""A real site on loopback, and a real Chromium that looks at it."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.publication_client import publish_shipped
from tests.publication_fixture import ROOT
from tests.publication_harbour import make_publication

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SERVE = """
import sys
from pathlib import Path
from claims.website.serving import serve
serve(Path(sys.argv[1]), "127.0.0.1", 0, archive_root=Path(sys.argv[2]),
      ready=lambda address: print(address, flush=True))
"""


@dataclass(frozen=True)
class Site:
    """A site that is being served."""

    url: str
    database: Path
    archive: Path

    def address(self, path: str) -> str:
        """Return the whole address of a path."""
        return self.url + path


def serving(database: Path, archive: Path) -> Iterator[Site]:
    """Serve a database in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(database), str(archive)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), f"it did not start: {url!r}"
        yield Site(url.rstrip("/"), database, archive)
        process.terminate()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path, Path], Site]]:
    """Serve databases, until all tests are over."""
    with ExitStack() as running:
        yield lambda *what: running.enter_context(contextmanager(serving)(*what))


@pytest.fixture(scope="session")
def site(
    serve: Callable[[Path, Path], Site], tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """Serve the invented case."""
    archive = tmp_path_factory.mktemp("site") / "archive"
    return serve(make_publication(archive), archive)


@pytest.fixture(scope="session")
def shipped(
    serve: Callable[[Path, Path], Site], tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """Serve the archive that ships with the project."""
    database = tmp_path_factory.mktemp("shipped") / "sourcebook.db"
    archive = publish_shipped(database)
    return serve(database, archive)


@pytest.fixture(scope="session")
def names(site: Site) -> dict[str, str]:
    """Return the hashes of the invented case by what they name."""
    with closing(sqlite3.connect(site.database)) as connection:
        page, statement = connection.execute(
            "select sha256, statement from snapshots where driver = 'client'"
        ).fetchone()
        (minutes,) = connection.execute(
            "select sha256 from snapshots where access = 'quotes'"
        ).fetchone()
        (browsed,) = connection.execute(
            "select sha256 from snapshots where driver = 'browser'"
        ).fetchone()
        (memento,) = connection.execute(
            "select sha256 from snapshots where memento is not null"
        ).fetchone()
        (attempt,) = connection.execute(
            "select max(statement) from attempts"
        ).fetchone()
    found = {"page": page, "minutes": minutes, "statement": statement}
    return found | {"browsed": browsed, "memento": memento, "attempt": attempt}


@pytest.fixture(scope="session")
def shipped_names(shipped: Site) -> dict[str, str]:
    """Return the hash of the article."""
    with closing(sqlite3.connect(shipped.database)) as connection:
        (article,) = connection.execute("select sha256 from snapshots").fetchone()
    return {"article": article}


@pytest.fixture(scope="session")
def browser(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Start one Chromium for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            args=list(FLAGS),
            env={"HOME": str(tmp_path_factory.mktemp("home"))},
        )
        yield started
        started.close()


def opening(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open pages of a site, each in a context of its own."""
    contexts = []

    def opened(path: str, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(site.address(path))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open pages of the invented case."""
    yield from opening(browser, site)


@pytest.fixture
def open_shipped(browser: Browser, shipped: Site) -> Iterator[Callable[..., Page]]:
    """Open pages of the shipped archive."""
    yield from opening(browser, shipped)
