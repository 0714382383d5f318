"""The WARC of one capture, while it is being written.

Every driver writes through it, from as many threads as it likes: an exchange goes into
the file as soon as it is over, and its spools are closed, so that a capture of many
exchanges holds few files and little memory.  A file that is not finished is removed.
"""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Self

from archiver.exchanges import (
    Failed,
    Fields,
    Kept,
    Seen,
    record_id,
    write_exchange,
    write_failure,
)
from archiver.observation import SOFTWARE, Token
from archiver.warcfile import RecordHead, WarcFile

TICK = timedelta(microseconds=1)


class Recording:
    """A WARC in ``workdir``; within ``with`` it is removed unless it was finished."""

    def __init__(self, workdir: Path, *, started: datetime, token: Token) -> None:
        self._workdir = workdir
        self._token = token
        self._lock = Lock()
        self._latest: datetime | None = None
        self.started = started
        handle, name = tempfile.mkstemp(".warc.gz", "capture-", workdir)
        self.path = Path(name)
        self._stream = os.fdopen(handle, "wb")
        self._finished = False
        self._warc = WarcFile(self._stream)

    def __enter__(self) -> Self:
        try:
            head = RecordHead(record_id=record_id(self._token), date=self.started)
            self._warc.write_warcinfo(
                head, software=SOFTWARE, nonce=self._token(16).hex()
            )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        if not self._finished:
            self.path.unlink(missing_ok=True)

    def spool(self) -> BinaryIO:
        """Return a file for the bytes of an exchange; nobody else can open it."""
        return tempfile.TemporaryFile(dir=self._workdir)

    def date(self, now: datetime) -> datetime:
        """Return a date that no exchange of this file has, ``now`` or just later.

        The first one is when the capture began.
        """
        with self._lock:
            if self._latest is None:
                self._latest = self.started
            else:
                self._latest = max(now, self._latest + TICK)
            return self._latest

    def keep(self, seen: Seen, more: Fields) -> Kept:
        """Write a finished exchange, and let go of its spools.

        ``more`` stands first in the metadata: what the driver knows.
        """
        with self._lock:
            kept = write_exchange(self._warc, seen, self._token, more)
        _let_go(seen.exchange.request, seen.exchange.response)
        return kept

    def keep_failure(self, failed: Failed, more: Fields) -> None:
        """Write an exchange that came to no response, and let go of its spools."""
        with self._lock:
            write_failure(self._warc, failed, self._token, more)
        _let_go(failed.exchange.request, failed.exchange.response)

    def write_conversion(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> Kept:
        """Write what was derived from another record (WARC 1.1, 6.6)."""
        with self._lock:
            index = self._warc.write_conversion(head, block, media_type)
        return Kept(index, head.record_id)

    def write_resource(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> Kept:
        """Write a view of a page, such as a picture of it."""
        with self._lock:
            index = self._warc.write_resource(head, block, media_type)
        return Kept(index, head.record_id)

    def write_metadata(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> Kept:
        """Write what is known of another record."""
        with self._lock:
            index = self._warc.write_metadata(head, block, media_type)
        return Kept(index, head.record_id)

    def finish(self) -> Path:
        """Bring the file to the disk, whole; nothing more is written to it."""
        with self._lock:
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
            self._finished = True
        return self.path


def _let_go(*spools: BinaryIO) -> None:
    for spool in spools:
        spool.close()
