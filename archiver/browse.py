"""The door to captures by a browser, which is opened when one is asked for.

Playwright takes a third of a second to import and comes with an extra of its own, so
whoever does not ask for a browser neither needs it nor waits for it.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from archiver.chance import Clock, Token
from archiver.errors import UnavailableError
from archiver.wire.observation import CaptureOptions, Driver, Observation

DRIVER = "archiver.browser.browsing"
LIBRARY = "playwright"


def observe_in_browser(
    url: str, options: CaptureOptions, workdir: Path, *, clock: Clock, token: Token
) -> Observation:
    """Capture ``url`` with a browser, and write what came into a WARC in ``workdir``.

    Raises:
        UnavailableError: Playwright or a browser is not here, or does not start; or
            what the URL leads to is no page.
        MalformedError: ``url`` is no URL for a capture, an allowed address is none,
            the file of certificates has none, or the login is none for a browser.
        NetworkError: ``url`` itself is an inner address; nothing was tried.
        UnreachedError: it came to no page; the message says of what, and why not, and
            ``seen`` is what came on the way.
        ArchiveError: what came cannot be kept.
    """
    return load_driver()(url, options, workdir, clock=clock, token=token)


def load_driver(library: str = LIBRARY) -> Driver:
    """Return the driver itself.

    Raises:
        UnavailableError: Playwright is not installed.
    """
    if find_spec(library) is None:
        raise UnavailableError(
            f"captures by a browser need {library}, which is not installed",
            hint="run pip install '.[browser]' in the folder of the project",
        )
    return cast("Driver", import_module(DRIVER).observe)
