"""Who writes an archive: its keys, a clock, randomness; and each act from end to end.

An act signs, brings its files in, and appends to the log.  Where the log's key is not
on this machine the statement stays *pending*, until ``log add`` on the machine that has
it.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import keys
from archiver.attempts import (
    attempt_facts,
    attempt_subject,
    parse_attempt,
)
from archiver.capture import observe
from archiver.chance import Clock, Token
from archiver.deposit import Supplied, draft_deposit
from archiver.ed25519 import keyid
from archiver.errors import (
    ArchiveError,
    MalformedError,
    UnreachedError,
    VerificationError,
)
from archiver.holdings import StoredStatement
from archiver.intake import Intake, held
from archiver.labels.capture import judge_capture
from archiver.log import Added, Appender, add_pending, prepare
from archiver.openings import SALT_SIZE
from archiver.redacting.redaction import Secrets
from archiver.redacting.unreached import redact_unreached
from archiver.release import NewRelease, sign_release
from archiver.snapshots import (
    Draft,
    Prepared,
    Signed,
    Stored,
    prepare_snapshot,
    sign_snapshot,
    store_signed,
)
from archiver.statements import (
    Envelope,
    Statement,
    format_bundle,
    sign_statement,
)
from archiver.store import Archive, batch, statement_file, writing
from archiver.strict import format_moment
from archiver.trust import Trust, read_trust
from archiver.version import TOOL_FACTS
from archiver.wire.observation import CaptureOptions, Driver, Observation
from archiver.workdirs import work_folder


@dataclass(frozen=True, slots=True)
class Writer:
    """An archive that is open for writing, with the keys and the clock to do it."""

    archive: Archive
    trust: Trust
    operator: Ed25519PrivateKey
    log_key: Ed25519PrivateKey | None
    now: Clock
    token: Token
    appender: Appender | None = None
    intake: Intake = field(default_factory=Intake)

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
    appender = Appender(archive, trust, log_key) if log_key else None
    return Writer(
        archive, trust, operator, log_key, _now, secrets.token_bytes, appender
    )


def take_capture(
    writer: Writer, url: str, options: CaptureOptions, *, driver: Driver = observe
) -> tuple[Taken, Observation]:
    """Observe ``url`` and make a snapshot of the exchange.

    Raises:
        UnreachedError: it came to no page; the attempt is signed and logged, and named
            in the error, and what came on the way is a snapshot beside it.
        ArchiveError: the archive could not be written.
    """
    with work_folder() as folder:
        try:
            seen = driver(url, options, folder, clock=writer.now, token=writer.token)
        except UnreachedError as error:
            error.snapshot = _take_way(writer, error.seen)
            error.statement_id = take_attempt(writer, url, error)
            raise
        draft = Draft(
            seen.warc,
            ".warc.gz",
            capture_facts(seen),
            seen.main_record,
            judge=judge_capture(seen),
        )
        return _take(writer, draft), seen


def take_draft(writer: Writer, make: Callable[[Path], Draft]) -> Taken:
    """Make a snapshot of the file that ``make`` leaves in the folder it is given.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    with work_folder() as folder:
        return _take(writer, make(folder))


def take_deposit(writer: Writer, supplied: Supplied) -> Taken:
    """Make a snapshot of a file that somebody supplied.

    Raises:
        ArchiveError: the file cannot be read, or the archive cannot be written.
        MalformedError: it cannot be a deposit.
    """
    with work_folder() as folder:
        draft = draft_deposit(supplied, folder, now=writer.now(), token=writer.token)
        return _take(writer, draft)


def take_attempt(writer: Writer, url: str, error: UnreachedError) -> str:
    """Sign and log what was tried; return the statement's id.

    Where a secret is in ``url``, the error is left without it, as its driver did.

    Raises:
        ArchiveError: the archive cannot be written.
        MalformedError: what was tried fits into no statement.
    """
    if not error.requested_url:  # no driver was at work
        brought = Secrets(writer.token)
        brought.learn_url(url)
        redact_unreached(brought, url, error, writer.now())
    with held(writer.archive):
        envelope = _sign_attempt(writer, error)
        with batch(writer.archive, writer.token(8).hex()) as staged:
            staged.add(statement_file(envelope.id), format_bundle(envelope))
        with _kept(f"the attempt {envelope.id[:16]}…"):
            _append(writer)
    return envelope.id


def _sign_attempt(writer: Writer, error: UnreachedError) -> Envelope:
    asked = error.requested_url
    predicate = {
        "salt": writer.token(SALT_SIZE).hex(),
        "origin": writer.archive.config.origin,
        "on": writer.on,
        **attempt_facts(
            asked, error.failures, error.driver, TOOL_FACTS, error.redactions
        ),
        **({"snapshot": error.snapshot} if error.snapshot else {}),
    }
    statement = Statement("attempt", (attempt_subject(asked),), predicate)
    parse_attempt(statement)  # nothing is signed that could not be read again
    return sign_statement(statement, writer.operator)


def make_release(writer: Writer, changes: str, added: Mapping[str, bytes]) -> Made:
    """Sign and log a release of the files as they are, with ``added`` ones.

    Raises:
        ArchiveError: the archive cannot be read or written.
    """
    with held(writer.archive):
        number, envelope = sign_release(
            writer.archive,
            writer.trust,
            writer.operator,
            NewRelease(changes, writer.on, added),
            writer.token,
        )
        with _kept(f"release {number}"):
            logged = _append(writer)
        return Made(number, envelope.id, _index(logged, envelope.id))


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
    with held(writer.archive):
        return _append(writer)


def capture_facts(seen: Observation) -> dict[str, object]:
    """Return what the statement of a capture says of how it was had."""
    return {
        "custody": "observed",
        "requestedUrl": seen.requested_url,
        "finalUrl": seen.final_url,
        "status": seen.status,
        "startedOn": format_moment(seen.started),
        "finishedOn": format_moment(seen.finished),
        "outcome": seen.outcome,
        "reason": seen.reason or None,
        "labels": list(seen.labels),
        "labelReasons": dict(seen.label_reasons),
        "allowedAddresses": list(seen.allowed_addresses),
        "redactions": list(seen.redactions),
        "tls": seen.tls,
        "driver": seen.driver,
        "browser": seen.browser,
        "robots": seen.robots,
        "tool": TOOL_FACTS,
    }


def _take_way(writer: Writer, seen: Observation | None) -> str:
    """Make a snapshot of what came on a way that came to no page; return its SHA-256.

    It has no main record, and so no text: nothing in it can be quoted.
    """
    if seen is None:
        return ""
    draft = Draft(seen.warc, ".warc.gz", capture_facts(seen), main=None)
    return _take(writer, draft).stored.sha256


def _take(writer: Writer, draft: Draft) -> Taken:
    """Make a snapshot, and log it where the log's key is at hand."""
    prepared = prepare_snapshot(draft, writer.token)
    sign = partial(_sign, writer)
    if writer.log_key is None:
        signed = writer.intake.bring(writer.archive, prepared, sign, writer.token)
        if writer.appender:
            made = StoredStatement(signed.envelope, signed.statement, None)
            writer.appender.remember(made)
        return Taken(signed.stored, None)
    with held(writer.archive):
        try:
            stored = store_signed(writer.archive, sign(prepared), writer.token)
        except ArchiveError:
            _append(writer)  # these bytes may be here from a run that was cut off
            raise
        with _kept(f"the snapshot {stored.sha256[:16]}…"):
            added = _append(writer)
        return Taken(stored, _index(added, stored.statement_id))


@contextmanager
def _kept(what: str) -> Iterator[None]:
    """Say in an error that ``what`` is stored all the same, and need not be had again.

    Raises:
        ArchiveError, MalformedError, VerificationError: as it was raised inside.
    """
    try:
        yield
    except (ArchiveError, MalformedError, VerificationError) as error:
        raise type(error)(
            f"{what} is kept, and waits for the log: {error}", hint=error.hint
        ) from error


def _sign(writer: Writer, prepared: Prepared) -> Signed:
    return sign_snapshot(
        writer.archive,
        prepared,
        writer.operator,
        on=writer.on,
        token=writer.token,
    )


def _append(writer: Writer) -> list[Added]:
    if writer.log_key is None:
        return []
    if writer.appender:
        return writer.appender.add_pending()
    return add_pending(writer.archive, writer.trust, writer.log_key)


def _index(added: list[Added], statement_id: str) -> int | None:
    found = (each.index for each in added if each.statement_id == statement_id)
    return next(found, None)


def _now() -> datetime:
    return datetime.now(UTC)
