"""Captures for tests: taken from sites that may be asked, and read back."""

import gzip
import secrets
from datetime import UTC, datetime
from pathlib import Path

from archiver.capture import observe
from archiver.records import Record, read_block, walk_records
from archiver.wire.observation import CaptureOptions, Observation
from tests.site import Site


def now() -> datetime:
    """Return the time by the clock."""
    return datetime.now(UTC)


def take(folder: Path, url: str, *sites: Site, **options) -> Observation:
    """Capture ``url`` into ``folder``; ``sites`` are the ones that may be asked."""
    allowed = tuple(site.address for site in sites)
    given = {"allow_addresses": allowed, "timeout": 10} | options
    return observe(
        url, CaptureOptions(**given), folder, clock=now, token=secrets.token_bytes
    )


def records(warc: Path) -> list[Record]:
    """Walk the records of a file, each of whose digests is checked."""
    with warc.open("rb") as stream:
        return list(walk_records(stream))


def block(warc: Path, index: int) -> bytes:
    """Read the block of a record."""
    with warc.open("rb") as stream:
        found = list(walk_records(stream))[index]
        return read_block(stream, found, 1 << 30)


def fields(warc: Path, index: int) -> dict[str, list[str]]:
    """Read the fields of the metadata record at ``index``."""
    assert records(warc)[index].type == "metadata"
    found: dict[str, list[str]] = {}
    for line in block(warc, index).decode().removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def plain(file: Path) -> bytes:
    """Read all bytes of a file, unpacked where they are packed."""
    data = file.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
