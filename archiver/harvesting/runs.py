"""The run of a harvest: when it began, and what the archive has of it since.

A run that was killed goes on where it stopped.  Only its beginning is kept, in a small
file in the user's state folder that is written before the first request and removed at
the end; what was captured since is read from the archive's own statements, so that no
second book can say something else.  One process at a time has a run.
"""

import fcntl
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.attempts import parse_attempt
from archiver.elsewhere.second_custody import CameIn
from archiver.errors import ArchiveError, MalformedError
from archiver.facts import SnapshotFacts, parse_snapshot
from archiver.flushing import flush, keep_folder
from archiver.harvesting.seeds import Seed
from archiver.holdings import StoredStatement, read_statements
from archiver.keys import escape, own_file, state_folder
from archiver.redacting.redaction import Secrets
from archiver.redacting.urlsecrets import HIDDEN, MARKER
from archiver.snapshots import Stored
from archiver.statements import parse_time
from archiver.store import Archive, about, statement_file
from archiver.strict import format_moment, parse_json
from archiver.trust import Trust
from archiver.wire.retries import says_later
from archiver.writer import Taken

MAX_RUN = 1 << 12  # bytes


@dataclass(frozen=True, slots=True)
class Run:
    """A run that goes on: when it began, and whether that was in another process."""

    place: Path
    begun: datetime
    resumed: bool

    def end(self) -> None:
        """Forget the run, which has come to its end."""
        with own_file(self.place, "removed"):
            self.place.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class RunSoFar:
    """What an archive has of a run: captures by the URL as given, failed attempts.

    ``alone`` are the captures that no memento was deposited beside, each with how it
    was had.
    """

    captured: dict[str, SnapshotFacts]
    tried: frozenset[str]
    alone: tuple[CameIn, ...] = ()


@dataclass(frozen=True, slots=True)
class _Requested:
    """A URL that was asked for, and when; ``facts`` where a snapshot came of it."""

    url: str
    started: datetime
    facts: SnapshotFacts | None


def run_file(origin: str, seeds: Sequence[Seed], *options: str) -> Path:
    """Return where the beginning of a run is kept: by its archive, list and options."""
    listed = json.dumps([[seed.url for seed in seeds], *options])
    key = hashlib.sha256(listed.encode()).hexdigest()
    return state_folder() / "runs" / escape(origin) / f"{key}.json"


@contextmanager
def begin_run(place: Path, now: datetime, *, again: bool = False) -> Iterator[Run]:
    """Have the run at ``place``: the one that was cut off, or a new one.

    A file that is no beginning of a run was cut off while it was written, before
    anything was asked: so that is a new one.

    Raises:
        ArchiveError: another process has it, or the disk fails.
    """
    with own_file(place, "written"):
        handle = _lock(place)
    try:
        with own_file(place, "written"):
            begun = None if again else _read(handle)
            if begun is None:
                _write(handle, place, now)
        yield Run(place, begun or now, begun is not None)
    finally:
        os.close(handle)


def read_since(
    archive: Archive, trust: Trust, begun: datetime, seeds: Sequence[Seed]
) -> RunSoFar:
    """Read what the archive has of ``seeds`` since ``begun``.

    URLs are compared without their secrets, as statements have them.  Where two of them
    differ in nothing else, nobody can say which one was captured: both count as not.  A
    capture whose status says "later" is none of the page.

    Raises:
        ArchiveError: a statement cannot be read.
        MalformedError, VerificationError: a statement is not what it must be.
    """
    shown = {seed.url: without_secrets(seed.url) for seed in seeds}
    alike = Counter(shown.values())
    named = {spelt: url for url, spelt in shown.items() if alike[spelt] == 1}
    captured: dict[str, SnapshotFacts] = {}
    taken: dict[str, CameIn] = {}
    tried: set[str] = set()
    beside: set[str] = set()
    for stored in read_statements(archive, trust):
        beside |= _compared_with(stored)
        asked = _requested(stored)
        if asked is None or asked.started < begun:
            continue
        given = named.get(without_secrets(asked.url))
        if given and asked.facts and not _says_later(asked.facts):
            captured[given] = asked.facts
            taken[given] = _taken(stored, asked.facts)
        elif given:
            tried.add(given)
    alone = (each for each in taken.values() if each[0].stored.sha256 not in beside)
    return RunSoFar(captured, frozenset(tried - captured.keys()), tuple(alone))


def without_secrets(url: str) -> str:
    """Spell a URL as it is compared: every secret in it is the same word."""
    secrets = Secrets(bytes)  # the salt does not count, the marker is replaced
    secrets.learn_url(url)
    return MARKER.sub(HIDDEN, secrets.redact_url(url))


def _requested(stored: StoredStatement) -> _Requested | None:
    """Return what a statement says was asked for, if it is one of a request."""
    with about(statement_file(stored.id)):
        if stored.statement.type == "attempt":
            attempt = parse_attempt(stored.statement)
            started = parse_time(attempt.started_on, "startedOn")
            return _Requested(attempt.requested_url, started, None)
        if stored.statement.type == "snapshot":
            facts = parse_snapshot(stored.statement)
            if facts.exchange:
                started = parse_time(facts.exchange.started_on, "startedOn")
                came = None if facts.came_to_no_page else facts
                return _Requested(facts.exchange.requested_url, started, came)
    return None


def _taken(stored: StoredStatement, facts: SnapshotFacts) -> CameIn:
    """Return a capture as it was returned when it came in."""
    if facts.exchange is None:
        raise AssertionError(f"{stored.id} is of no capture")
    kept = Stored(facts.sha256, stored.id, stored.statement.predicate)
    return Taken(kept, stored.index), facts.exchange


def _compared_with(stored: StoredStatement) -> set[str]:
    """Return the SHA-256 of the capture that a memento was deposited beside."""
    memento = stored.statement.predicate.get("memento")
    beside = memento.get("comparedWith") if isinstance(memento, dict) else None
    return {beside} if isinstance(beside, str) else set()


def _says_later(facts: SnapshotFacts) -> bool:
    return facts.exchange is not None and says_later(facts.exchange.status)


def _lock(place: Path) -> int:
    """Open the file and hold it; it may be removed by the one that had it before.

    Raises:
        ArchiveError: another process has it.
    """
    keep_folder(place.parent, 0o700)
    while True:
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if place.exists() and os.path.samestat(os.fstat(handle), place.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise ArchiveError(
                "a capture of this very list is under way in another process",
                hint="wait for it to end; it is taken up again if it is cut off",
            ) from None
        os.close(handle)


def _read(handle: int) -> datetime | None:
    try:
        found = parse_json(os.pread(handle, MAX_RUN, 0), "the run")
        return parse_time(found["startedOn"], "startedOn")
    except (MalformedError, KeyError, TypeError):
        return None


def _write(handle: int, place: Path, begun: datetime) -> None:
    data = json.dumps({"startedOn": format_moment(begun)}) + "\n"
    os.ftruncate(handle, 0)
    os.pwrite(handle, data.encode(), 0)
    os.fsync(handle)
    flush(place.parent)
