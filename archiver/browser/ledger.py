"""What a recording proxy saw, in the order in which it was asked for.

Every request of the browser has an entry: it was answered, or came to nothing, or was
refused.  Finished exchanges are judged and written by one thread of their own, so that
the page does not wait for the disk.
"""

import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Final, Literal

from archiver.chance import Clock
from archiver.errors import ArchiveError, MalformedError, NetworkError
from archiver.failures import Failure
from archiver.wire.exchanges import (
    Kept,
    MetadataFields,
    Seen,
    judge_exchange,
    judge_failure,
)
from archiver.wire.messages import media_type_and_charset, redirect_location
from archiver.wire.recorder import Exchange
from archiver.wire.recording import Recording
from archiver.wire.requestheads import RequestHead
from archiver.wire.responses import Completeness
from archiver.wire.tls import TlsFacts
from archiver.wire.unpacking import MAX_DECODED

MOST_EXCHANGES: Final = 5000  # of one capture
MOST_DECODED: Final = 1 << 29  # bytes of all bodies of one capture, decoded
STALE: Final = 10.0  # seconds of silence after which nobody waits for a response
TICK: Final = 0.02
MOST_WAITING: Final = 500  # exchanges that are over and not written
MOST_HELD: Final = 1 << 24  # bytes of them
STREAM: Final = "text/event-stream"

EntryState = Literal["open", "recorded", "failed", "blocked"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came in answer to a request, and where it is kept.

    ``fields`` are those of a document's head alone: all of all would fill the memory.
    """

    uri: str
    status: int
    location: str | None
    media_type: str
    charset: str | None
    fields: tuple[tuple[bytes, bytes], ...]
    completeness: Completeness
    finished: datetime
    tls: TlsFacts | None
    kept: Kept


@dataclass(slots=True)
class LedgerEntry:
    """One request of the browser, and what became of it.

    ``document`` tells a request for what a tab shows from one for a part of it, by what
    the browser says in the request.  ``moved`` is when bytes last moved, on a steady
    clock; ``stream`` tells a response that is not expected to end.
    """

    method: str
    url: str
    started: datetime
    document: bool = False
    state: EntryState = "open"
    reason: str = ""
    moved: float = 0
    finished: datetime | None = None
    stream: bool = False
    answer: Answer | None = None
    failure: Failure | None = None


class Ledger:
    """The entries of one capture, and the thread that writes its exchanges."""

    def __init__(
        self, recording: Recording, clock: Clock, fields: MetadataFields
    ) -> None:
        self._recording = recording
        self._clock = clock
        self._fields = fields
        self._lock = Lock()
        self._entries: list[LedgerEntry] = []
        self._moved = time.monotonic()
        self._left = MOST_DECODED
        self._sent = 0  # entries that were not blocked
        self._finished: deque[tuple[Exchange, LedgerEntry]] = deque()
        self._held = 0  # bytes of them
        self._ending = Event()
        self._writer = Thread(target=self._write, daemon=True)
        self._writer.start()
        self.error: ArchiveError | None = None
        self.over = False  # the browser is being closed: what is cut is cut by us

    def open(self, head: RequestHead, url: str) -> LedgerEntry | None:
        """Note a request; None where there were too many, which is noted too."""
        entry = LedgerEntry(head.method, url, self._recording.date(self._clock()))
        entry.document = _is_for_a_document(head)
        if entry.document:
            self._recording.learn_hop(url)
        entry.moved = time.monotonic()
        with self._lock:
            if self._sent >= MOST_EXCHANGES:
                entry.state = "blocked"
                entry.reason = f"more than {MOST_EXCHANGES} requests"
            else:
                self._sent += 1
            if len(self._entries) < 2 * MOST_EXCHANGES:
                self._entries.append(entry)
        return entry if entry.state == "open" else None

    def block(self, url: str, reason: str, method: str = "") -> None:
        """Note that something was refused before anything was sent."""
        entry = LedgerEntry(method, url, self._clock(), state="blocked", reason=reason)
        with self._lock:
            if len(self._entries) < 2 * MOST_EXCHANGES:
                self._entries.append(entry)

    def move(self, entry: LedgerEntry, exchange: Exchange) -> None:
        """Note that bytes moved."""
        message = exchange.reader.message
        if message is not None and not entry.stream:
            media_type = media_type_and_charset(message)[0]
            upgraded = exchange.reader.framing.kind == "upgrade"
            entry.stream = upgraded or media_type == STREAM
        entry.moved = time.monotonic()
        if not entry.stream:
            self._moved = entry.moved

    def end(self, entry: LedgerEntry) -> None:
        """Note that an exchange is over, though its connection is not."""
        entry.finished = entry.finished or max(self._clock(), entry.started)
        self._moved = time.monotonic()

    def write(self, exchange: Exchange, entry: LedgerEntry) -> None:
        """Have a finished exchange judged and written, in its turn."""
        self.end(entry)
        with self._lock:
            if not self._ending.is_set():
                self._finished.append((exchange, entry))
                self._held += exchange.received
                return
        exchange.let_go()

    def fail(self, exchange: Exchange, entry: LedgerEntry, reason: str) -> None:
        """Note that an exchange came to nothing before it had a connection."""
        entry.reason = reason
        self.write(exchange, entry)

    def quiet(self) -> float:
        """Return for how many seconds nothing moved, 0 while something is awaited."""
        now = time.monotonic()
        with self._lock:
            awaited = any(
                not each.stream and each.finished is None and now - each.moved < STALE
                for each in self._entries
                if each.state == "open"
            )
        return 0 if awaited else now - self._moved

    def close(self) -> None:
        """Write what is finished, then nothing more.

        Raises:
            ArchiveError: something could not be written.
        """
        with self._lock:
            self._ending.set()
        self._writer.join()
        if self.error:
            raise self.error

    def entries(self) -> tuple[LedgerEntry, ...]:
        """Return all entries, in the order in which they were asked for."""
        with self._lock:
            return tuple(self._entries)

    def _write(self) -> None:
        """Write exchanges when nothing else is to do, in a thread of its own.

        A page that is loading has the processor to itself, until too much is held.
        """
        while not (self._ending.wait(TICK) and not self._finished):
            while self._finished and self._has_time():
                self._write_next()

    def _has_time(self) -> bool:
        full = self._held > MOST_HELD or len(self._finished) > MOST_WAITING
        return full or self._ending.is_set() or self.quiet() > TICK

    def _write_next(self) -> None:
        with self._lock:
            exchange, entry = self._finished.popleft()
            self._held -= exchange.received
        try:
            if self.error is None:
                self._write_one(exchange, entry)
        except ArchiveError as error:
            self.error = error
        except OSError as error:
            self.error = ArchiveError(f"the capture cannot be kept: {error}")
        finally:
            exchange.let_go()

    def _write_one(self, exchange: Exchange, entry: LedgerEntry) -> None:
        finished = entry.finished or self._clock()
        coded = bool(exchange.reader.framing.codings)
        most = min(MAX_DECODED, self._left) if coded else MAX_DECODED
        try:
            seen = judge_exchange(exchange, finished, most)
        except (NetworkError, MalformedError) as error:
            failed = judge_failure(exchange, finished, entry.reason or str(error))
            self._recording.keep_failure(failed, self._fields)
            entry.reason, entry.failure = failed.failure.reason, failed.failure
            refused = failed.failure.kind == "refused-address"
            entry.state = "blocked" if refused else "failed"
            return
        self._left -= seen.body.decoded_length if coded else 0
        kept = self._recording.keep(seen, self._fields)
        entry.answer = _answer(seen, kept, of_document=entry.document)
        entry.state = "recorded"


def _is_for_a_document(head: RequestHead) -> bool:
    """Tell a request for what a tab shows from one for a part of it, as browsers do.

    Where the connection is not secure they say less, and a frame looks the same.  A
    service worker that passes such a request on has no destination for it.
    """
    accept, dest = head.values("accept"), head.values("sec-fetch-dest")
    passed_on = head.values("sec-fetch-mode") == ["navigate"] and dest == ["empty"]
    asks = (passed_on or dest in ([], ["document"])) and not head.values("sec-purpose")
    return asks and any(each.startswith("text/html") for each in accept)


def _answer(seen: Seen, kept: Kept, *, of_document: bool) -> Answer:
    media_type, charset = media_type_and_charset(seen.message)
    return Answer(
        uri=seen.uri,
        status=seen.message.status,
        location=redirect_location(seen.message),
        media_type=media_type,
        charset=charset,
        fields=seen.message.fields if of_document else (),
        completeness=seen.completeness,
        finished=seen.finished,
        tls=seen.exchange.tls,
        kept=kept,
    )
