"""Ask for each URL with our recorder alone, nothing signed: JOBS FOLDER URL..."""

import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archiver.capture import observe
from archiver.wire.observation import CaptureOptions

HOSTS = {urlsplit(url).netloc for url in sys.argv[3:]}
OPTIONS = CaptureOptions(allow_addresses=tuple(HOSTS))


def now() -> datetime:
    """Return the time by the clock."""
    return datetime.now(UTC)


def ask(url: str) -> None:
    """Write one capture into the folder."""
    seen = observe(
        url, OPTIONS, Path(sys.argv[2]), clock=now, token=secrets.token_bytes
    )
    assert seen.outcome == "complete"  # noqa: S101 - else nothing was measured


with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    list(pool.map(ask, sys.argv[3:]))
