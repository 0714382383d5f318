"""A real site on loopback, and a real Chromium that looks at it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.publication_cases import make_publication

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
from claims.serving import serve
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
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", SERVE, str(database), str(archive)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent.parent,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), f"it did not start: {url!r}"
        yield Site(url.rstrip("/"), database, archive)
        process.terminate()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the two cases of the fixture."""
    archive = tmp_path_factory.mktemp("site") / "archive"
    yield from serving(make_publication(archive), archive)


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


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open pages of the site, each in a context of its own."""
    contexts = []

    def opened(
        path: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type] # "light" or "dark"
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(site.address(path))
        return page

    yield opened
    for context in contexts:
        context.close()
