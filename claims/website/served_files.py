"""The archive's own files, as /archive/ gives them out: which, of what type, how long.

A file is served if the database lists it, or if its name is one that a log's layout
gives (C2SP tlog-tiles); nothing else in the folder is reached.  A listed file is hashed
before it is first sent, and again when it changed on disk: what is not what the release
says is not served under its name.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from archiver.errors import ArchiveError, VerificationError
from archiver.hashing import hash_stream
from claims.website.ranges import Span
from claims.website.rows import NoPageError, fetch

CHUNK: Final = 1 << 16
IMMUTABLE: Final = "public, max-age=31536000, immutable, no-transform"
CURRENT: Final = "no-cache, no-transform"
POLICY: Final = "sandbox; default-src 'none'"

_LOG_FILE = re.compile(
    r"logs/[1-9][0-9]{0,5}/(?:checkpoint|checkpoints/(?:0|[1-9][0-9]{0,18})"
    r"|tile/(?:[0-9]|[1-5][0-9]|6[0-3]|entries)/(?:x[0-9]{3}/){0,6}[0-9]{3}"
    r"(?:\.p/[1-9][0-9]{0,2})?"
    r"|timestamps/(?:0|[1-9][0-9]{0,18})\.[a-z0-9-]{1,60}\.(?:tsq|tsr|ots))"
)
_NAMED_BY_HASH: Final = frozenset(("snapshot", "openings", "text", "statement"))
_TYPES: Final = {
    ".warc.gz": "application/warc",
    ".warc": "application/warc",
    ".wacz": "application/wacz+zip",
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".tsq": "application/timestamp-query",
    ".tsr": "application/timestamp-reply",
    ".ots": "application/octet-stream",
}
_PLAIN: Final = (".text", ".toml", ".csv", ".tlog-proof", ".md", ".pem")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that may be served: ``sha256`` is None where it may be renewed."""

    path: str
    kind: str
    length: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """A file about to be served."""

    place: Path
    length: int
    etag: str
    media_type: str
    caching: str


def find_listed(connection: sqlite3.Connection, path: str) -> Listed:
    """Return the file of that path, if it is one that may be served.

    Raises:
        NoPageError: it is not; whether it exists is not said.
    """
    found = fetch(connection, "select * from files where path = ?", (path,))
    if found:
        return Listed(**found[0])
    if _LOG_FILE.fullmatch(path):
        return Listed(path, "log")
    raise NoPageError("This archive gives out no file of that name.")


def open_served(root: Path, listed: Listed) -> Served:
    """Look at a file on disk and return how it is to be served.

    Raises:
        ArchiveError: it is not there, or is reached by a link that leads elsewhere.
        VerificationError: it is not the file that the release lists.
    """
    place = root / listed.path
    try:
        if place.resolve(strict=True) != root.resolve(strict=True) / listed.path:
            raise ArchiveError(f"{listed.path} is a link, expected a file")
        found = _hash(place)
        length = place.stat().st_size
    except OSError as error:
        raise ArchiveError(f"{listed.path} is not in the archive's folder") from error
    if listed.sha256 is not None and found != listed.sha256:
        raise VerificationError(
            f"{listed.path}: its SHA-256 is {found}, expected {listed.sha256}"
        )
    fixed = listed.kind in _NAMED_BY_HASH
    return Served(
        place=place,
        length=length,
        etag=f'"sha256:{found}"',
        media_type=media_type(listed.path),
        caching=IMMUTABLE if fixed else CURRENT,
    )


def media_type(path: str) -> str:
    """Return the media type of a file of an archive; never one that a page can be."""
    for suffix, found in _TYPES.items():
        if path.endswith(suffix):
            return found
    name = path.rpartition("/")[2]
    if path.endswith(_PLAIN) or name in ("policy", "signers", "checkpoint"):
        return "text/plain; charset=utf-8"
    return "application/octet-stream"


def read_chunks(place: Path, span: Span) -> Iterator[bytes]:
    """Yield the bytes of ``span``, piece by piece."""
    with place.open("rb") as stream:
        stream.seek(span.start)
        left = span.end - span.start
        while left and (data := stream.read(min(CHUNK, left))):
            left -= len(data)
            yield data


def _hash(place: Path) -> str:
    """Return a file's SHA-256; of one that has not changed, the one found before."""
    facts = place.stat()
    return _hash_once(place, facts.st_ino, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=1 << 14)
def _hash_once(place: Path, _inode: int, size: int, _changed: int) -> str:
    with place.open("rb") as stream:
        sha256, _ = hash_stream(stream, size)
    return sha256
