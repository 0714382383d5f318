"""Who writes an archive: its keys, a clock, randomness; and each act from end to end.

An act signs, brings its files in, and appends to the log.  Where the log's key is not
on this machine the statement stays *pending*, until ``log add`` on the machine that has
it.
"""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import keys
from archiver.capture import CaptureOptions, Observation, observe
from archiver.deposit import Supplied, draft_deposit
from archiver.ed25519 import keyid
from archiver.errors import ArchiveError
from archiver.log import Added, add_pending, prepare
from archiver.release import NewRelease, sign_release
from archiver.snapshots import Draft, Stored, store_snapshot
from archiver.store import Archive, writing
from archiver.trust import Trust, read_trust
from archiver.version import TOOL_FACTS


@dataclass(frozen=True, slots=True)
class Writer:
    """An archive that is open for writing, with the keys and the clock to do it."""

    archive: Archive
    trust: Trust
    operator: Ed25519PrivateKey
    log_key: Ed25519PrivateKey | None
    now: Callable[[], datetime]
    token: Callable[[int], bytes]

    @property
    def on(self) -> str:
        """The claimed time of what is signed now: RFC 3339, UTC, seconds."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was signed; ``index`` is None while it waits for the log."""

    number: int
    statement_id: str
    index: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot that came in; ``index`` is None while it waits for the log."""

    stored: Stored
    index: int | None


def open_writer(archive: Archive, passphrase: keys.Passphrase) -> Writer:
    """Open an archive for writing.

    Raises:
        ArchiveError: the operator's key is not on this machine, is not opened, or is
            not in the archive's signers; or the log cannot be appended to.
    """
    with writing(archive):  # what a killed command had ready is moved in first
        trust = read_trust(archive)
    folder = keys.key_folder(archive.config.origin)
    operator = folder.read(keys.OPERATOR, passphrase)
    if keyid(operator.public_key()) not in trust.keys:
        raise ArchiveError(
            f"the operator key in {folder.folder} is not in this archive's signers",
            hint="this is another archive of the same origin, or its trust was "
            "replaced",
        )
    log_here = (folder.folder / keys.LOG).exists()
    log_key = folder.read(keys.LOG, passphrase) if log_here else None
    if log_key:
        with writing(archive):
            prepare(archive, trust)
    return Writer(archive, trust, operator, log_key, _now, secrets.token_bytes)


def take_capture(
    writer: Writer, url: str, options: CaptureOptions
) -> tuple[Taken, Observation]:
    """Observe ``url`` and make a snapshot of the exchange.

    Raises:
        NetworkError: the capture came to nothing; nothing is stored.
        ArchiveError: the archive could not be written.
    """
    with _workdir() as folder:
        seen = observe(url, options, folder, clock=writer.now, token=writer.token)
        draft = Draft(seen.warc, ".warc.gz", capture_facts(seen), seen.main_record)
        return _take(writer, draft), seen


def take_deposit(writer: Writer, supplied: Supplied) -> Taken:
    """Make a snapshot of a file that somebody supplied.

    Raises:
        ArchiveError: the file cannot be read, or the archive cannot be written.
        MalformedError: it cannot be a deposit.
    """
    with _workdir() as folder:
        draft = draft_deposit(supplied, folder, now=writer.now(), token=writer.token)
        return _take(writer, draft)


def make_release(writer: Writer, changes: str, added: Mapping[str, bytes]) -> Made:
    """Sign and log a release of the files as they are, with ``added`` ones.

    Raises:
        ArchiveError: the archive cannot be read or written.
    """
    with writing(writer.archive):
        number, envelope = sign_release(
            writer.archive,
            writer.trust,
            writer.operator,
            NewRelease(changes, writer.on, added),
            writer.token,
        )
        return Made(number, envelope.id, _index(_append(writer), envelope.id))


def add_waiting(writer: Writer) -> list[Added]:
    """Append what waits for the log.

    Raises:
        ArchiveError: the log's key is not on this machine, or this is an older copy.
    """
    if writer.log_key is None:
        raise ArchiveError(
            f"the log key of {writer.archive.config.origin} is not on this machine",
            hint="run 'sourcebook log add' on the machine that has it",
        )
    with writing(writer.archive):
        return _append(writer)


def capture_facts(seen: Observation) -> dict[str, object]:
    """Return what the statement of a capture says of how it was had."""
    return {
        "custody": "observed",
        "requestedUrl": seen.requested_url,
        "finalUrl": seen.final_url,
        "status": seen.status,
        "startedOn": _stamp(seen.started),
        "finishedOn": _stamp(seen.finished),
        "outcome": seen.outcome,
        "reason": seen.reason or None,
        "labels": list(seen.labels),
        "allowedAddresses": list(seen.allowed_addresses),
        "redactions": [],
        "tls": seen.tls,
        "tool": TOOL_FACTS,
    }


@contextmanager
def _workdir() -> Iterator[Path]:
    """Make a folder for what is being written, and remove it with all that it holds."""
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="sourcebook-", ignore_cleanup_errors=True
        )
    except OSError as error:
        raise ArchiveError(
            f"no folder for temporary files can be made: {error.strerror}",
            hint="make room on that disk, or name another folder in TMPDIR",
        ) from error
    with folder as name:
        yield Path(name)


def _take(writer: Writer, draft: Draft) -> Taken:
    with writing(writer.archive):
        try:
            stored = store_snapshot(
                writer.archive, draft, writer.operator, on=writer.on, token=writer.token
            )
        except ArchiveError:
            _append(writer)  # these bytes may be here from a run that was cut off
            raise
        return Taken(stored, _index(_append(writer), stored.statement_id))


def _append(writer: Writer) -> list[Added]:
    if writer.log_key is None:
        return []
    return add_pending(writer.archive, writer.trust, writer.log_key)


def _index(added: list[Added], statement_id: str) -> int | None:
    found = (each.index for each in added if each.statement_id == statement_id)
    return next(found, None)


def _stamp(moment: datetime) -> str:
    return (
        moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    )


def _now() -> datetime:
    return datetime.now(UTC)
