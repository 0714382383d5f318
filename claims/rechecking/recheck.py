"""Capture again the pages that claims cite, to see which of their quotes still stand.

A new capture is an ordinary snapshot: stored, signed and logged; what comes to no
response is an attempt.  Nothing that people wrote is touched, and no anchor is moved.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress

from archiver.browse import observe_in_browser
from archiver.config import Level
from archiver.errors import (
    ArchiveError,
    SourcebookError,
    UnavailableError,
    UnreachedError,
)
from archiver.findings import Finding
from archiver.harvesting.pacing import Pacing
from archiver.holdings import (
    StoredSnapshot,
    StoredStatement,
    log_order,
    match_id,
    read_snapshot,
    read_statement,
)
from archiver.snapshots import Stored
from archiver.store import Archive, list_statements
from archiver.trust import Trust, read_trust
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from claims.case import make_holding, read_written
from claims.dossier import WRITTEN, Dossier, read_dossier
from claims.published.record_rows import expose
from claims.rechecking.plan import (
    CLIENT,
    CitedPage,
    InHand,
    RecheckPlan,
    choose_claims,
    find_answers,
    list_pins,
    make_plan,
)
from claims.rechecking.verdicts import Answered, NoAnswer, judge_page


class QuotedArchive:
    """An archive as a recheck reads it: what people wrote, and the snapshots quoted.

    Each snapshot is verified anew, and its text derived from its bytes again.
    """

    def __init__(self, archive: Archive) -> None:
        """Read what people wrote, and the statements of all snapshots.

        Raises:
            ArchiveError, MalformedError: the trust folder cannot be read.
        """
        self.archive = archive
        self.trust = read_trust(archive)
        files, unread = read_written(archive)
        self.dossier: Dossier = read_dossier(files)
        self._faults = [*unread, *self.dossier.faults]
        self._statements = _list_snapshots(archive, self.trust)

    def plan(self, wanted: Collection[str]) -> RecheckPlan:
        """Plan what to ask for the cases and claims ``wanted``; for all by none.

        Raises:
            VerificationError: one of them is none of this archive.
        """
        chosen = choose_claims(self.dossier, [*wanted])
        return make_plan(chosen, self.read(list_pins(chosen)))

    def read(self, wanted: Collection[str]) -> dict[str, InHand]:
        """Read the snapshots ``wanted``, those that can be read, by SHA-256.

        Of several statements of one snapshot the first one in the log counts.
        """
        found: dict[str, InHand] = {}
        for stored in self._statements:
            sha256 = _subject(stored)
            if sha256 in wanted and sha256 not in found:
                held = self._try(stored)
                found |= {sha256: held} if held else {}
        return found

    def match(self, wanted: Iterable[str]) -> list[str]:
        """Return the SHA-256 of the snapshots named by it, or by a beginning of it.

        Raises:
            MalformedError: a name is no beginning of a SHA-256.
            VerificationError: it means no snapshot, or several.
        """
        names = [_subject(each) for each in self._statements]
        return list(dict.fromkeys(match_id(names, one) for one in wanted))

    def recall(self, plan: RecheckPlan, wanted: Iterable[str]) -> Iterator[Answered]:
        """Judge the quotes by snapshots in hand, each named by its SHA-256.

        Raises:
            ArchiveError, MalformedError: a snapshot cannot be read.
            VerificationError: it is not what was signed, or of no page that is cited.
        """
        answers = [self._read_one(sha256) for sha256 in wanted]
        for page, answer in find_answers(plan, answers):
            yield judge_page(page, answer)

    def find_faults(self, wanted: Collection[str]) -> list[Finding]:
        """Return the faults by which claims cannot be read, and are not looked at.

        Of cases that are named, those in their folders; by none, all of them.
        """
        return [each for each in self._faults if self._hides(each.place, wanted)]

    def _hides(self, place: str, wanted: Collection[str]) -> bool:
        file = place.rpartition(":")[0]
        match = WRITTEN.fullmatch(file)
        if not match or (wanted and match["folder"] not in wanted):
            return False
        cases = self.dossier.cases
        claims = (each.file for folder in cases.values() for each in folder.claims)
        is_lost = bool(match["claim"]) and file not in claims
        return is_lost or (bool(match["case"]) and match["folder"] not in cases)

    def _read_one(self, sha256: str) -> InHand:
        """Read a snapshot that has to be readable."""
        found = (each for each in self._statements if _subject(each) == sha256)
        return self._read(next(found))

    def _read(self, stored: StoredStatement) -> InHand:
        levels = self._levels(_subject(stored))
        return read_in_hand(self.archive, self.trust, stored, levels)

    def _try(self, stored: StoredStatement) -> InHand | None:
        try:
            return self._read(stored)
        except SourcebookError:
            return None  # whoever quotes it is told that it cannot be read

    def _levels(self, sha256: str) -> list[tuple[Level, str]]:
        """Return what cases say of the access to a snapshot."""
        return [
            (pinned.access, pinned.reason)
            for folder in self.dossier.cases.values()
            for pinned in folder.case.snapshots.values()
            if pinned.sha256 == sha256 and pinned.access
        ]


def ask_again(
    writer: Writer,
    pages: Iterable[CitedPage],
    options: CaptureOptions,
    delay: float,
    announce: Callable[[CitedPage], None],
) -> Iterator[Answered]:
    """Capture each page again, and judge the quotes of it; one is asked for at a time.

    Between two requests to a host are ``delay`` seconds; others are asked meanwhile.
    Each page is announced before it is asked for.

    Raises:
        ArchiveError: the archive cannot be written; what was captured stays.
    """
    pacing = Pacing(((page.host, page) for page in pages), delay=delay)
    while pacing.waiting:
        page = pacing.take(time.monotonic())
        if page:
            announce(page)
            answer = ask(writer, page, options)
            pacing.finish(page.host, time.monotonic())
            yield judge_page(page, answer)
        elif wait := pacing.next_wait():
            time.sleep(max(0, wait.until - time.monotonic()))


def ask(writer: Writer, page: CitedPage, options: CaptureOptions) -> InHand | NoAnswer:
    """Capture a page again, and read the snapshot back from the archive.

    Where no browser is to be had, the plain client asks for a browser's page.

    Raises:
        ArchiveError: the archive cannot be written, or the snapshot not be read back.
    """
    try:
        taken = _take(writer, page, options)
        stored = read_statement(writer.archive, writer.trust, taken.statement_id)
        return read_in_hand(writer.archive, writer.trust, stored, [])
    except UnreachedError as error:
        return NoAnswer(str(error), error.statement_id, error.exit_code)
    except ArchiveError:
        raise
    except SourcebookError as error:  # not tried, or kept by nobody: no attempt either
        return NoAnswer(str(error), "", error.exit_code)


def _take(writer: Writer, page: CitedPage, options: CaptureOptions) -> Stored:
    if page.driver != CLIENT:
        with suppress(UnavailableError):
            taken, _ = take_capture(
                writer, page.url, options, driver=observe_in_browser
            )
            return taken.stored
    taken, _ = take_capture(writer, page.url, options)
    return taken.stored


def read_in_hand(
    archive: Archive,
    trust: Trust,
    stored: StoredStatement,
    levels: list[tuple[Level, str]],
) -> InHand:
    """Read a snapshot back, verified anew; ``levels`` are what cases say of its access.

    Raises:
        ArchiveError, MalformedError, VerificationError: it cannot be read, or is not
            what was signed.
    """
    snapshot = read_snapshot(archive, trust, stored)
    facts = snapshot.facts
    exposure = expose(
        archive.config.access, _counted(snapshot), facts.labels, levels, named=False
    )
    return InHand(
        facts=facts,
        custody=snapshot.custody,
        level=exposure.level,
        holding=make_holding(archive, snapshot),
        statement=stored.id,
        index=stored.index,
    )


def _counted(snapshot: StoredSnapshot) -> str:
    """Return the custody that counts once the log holds the statement."""
    waits = snapshot.stored.index is None
    return snapshot.facts.custody if waits else snapshot.custody


def _list_snapshots(archive: Archive, trust: Trust) -> list[StoredStatement]:
    """Return the statements of snapshots that can be read, in the order of the log."""
    found = []
    for rel in list_statements(archive):
        name = rel.rpartition("/")[2]
        try:
            stored = read_statement(archive, trust, name.partition(".")[0])
        except SourcebookError:
            continue  # whoever quotes its snapshot is told that it cannot be read
        if stored.statement.type == "snapshot" and stored.statement.subjects:
            found.append(stored)
    return sorted(found, key=log_order)


def _subject(stored: StoredStatement) -> str:
    """Return the SHA-256 of the snapshot that a statement is of."""
    return stored.statement.subjects[0].sha256
