"""The WARC of one capture, while it is being written.

Every driver writes through it, from as many threads as it likes: an exchange goes into
the file as soon as it is over, and its spools are closed, so that a capture of many
exchanges holds few files and little memory.  A file that is not finished is removed.

Whatever leaves a capture leaves it through here, so this is where its secrets are taken
out: of the records, of the observation, of what is said of a failure.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from archiver.chance import Token
from archiver.errors import UnreachedError
from archiver.failures import Failure
from archiver.redacting.leaks import find_leaks, look_through_text
from archiver.redacting.redaction import Secrets
from archiver.redacting.salts import keep_salts
from archiver.redacting.unreached import redact_failure, redact_unreached
from archiver.warcfile import RecordHead, WarcFile, new_record_id
from archiver.wire.exchanges import (
    Failed,
    Kept,
    MetadataFields,
    Seen,
    write_exchange,
    write_failure,
)
from archiver.wire.login import Login
from archiver.wire.observation import SOFTWARE, DriverName, Observation

TICK = timedelta(microseconds=1)
IN_MEMORY = 1 << 16  # bytes of a spool; beyond them it is a file


class Recording:
    """A WARC in ``workdir``; within ``with`` it is removed unless it was finished.

    A driver says first what the operator brought: the URL (``learn``) and the login
    (``learn_login``); and then each URL that a server led to (``learn_hop``).
    """

    def __init__(self, workdir: Path, *, started: datetime, token: Token) -> None:
        self._workdir = workdir
        self._token = token
        self._lock = RLock()  # what is written may be redacted first
        self._dating = RLock()  # nobody waits for what is being written
        self._latest: datetime | None = None
        self.started = started
        handle, name = tempfile.mkstemp(".warc.gz", "capture-", workdir)
        self.path = Path(name)
        self._stream = os.fdopen(handle, "wb")
        self._finished = False
        self._warc = WarcFile(self._stream)
        self._secrets = Secrets(token)
        self._labels: dict[str, str] = {}
        self._leaks: list[str] = []

    def __enter__(self) -> Self:
        try:
            head = RecordHead(record_id=new_record_id(self._token), date=self.started)
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
        folder = str(self._workdir)
        spool = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - keep() closes it
            IN_MEMORY, "w+b", dir=folder
        )
        return cast("BinaryIO", spool)

    def learn(self, url: str) -> None:
        """Take the secrets of the URL that was typed."""
        with self._lock:
            self._secrets.learn_url(url)
            self._secrets.note(self._secrets.redact_url(url))  # as it will be signed

    def learn_hop(self, url: str) -> None:
        """Take the secrets of a URL that a server led to."""
        with self._lock:
            self._secrets.learn_hop(url)

    def learn_login(self, login: Login) -> None:
        """Take the credentials that are sent; it gives the capture its label."""
        with self._lock:
            self._secrets.learn_credentials(login.fields)
            names = ", ".join(name for name, _ in login.fields)
            self._labels["logged-in"] = f"credentials were sent: {names}"

    @property
    def secretive(self) -> bool:
        """Whether there are secrets that are looked for in all that is written."""
        return bool(self._secrets.sought)

    def look_through(self, words: Sequence[str] | None, where: str) -> None:
        """Look for secrets in words that are drawn; None where they are not to be had.

        ``where`` names what shows them.
        """
        with self._lock:
            sought = self._secrets.sought
            if sought and words is None:
                self._leaks.append(f"{where} cannot be looked through")
            elif sought and words:
                self._leaks += look_through_text(words, where, sought)

    def conceal(self, text: str) -> str:
        """Return a message without the secrets of the capture."""
        with self._lock:
            return self._secrets.conceal(text)

    def date(self, now: datetime) -> datetime:
        """Return a date that no exchange of this file has, ``now`` or just later.

        The first one is when the capture began.
        """
        with self._dating:
            if self._latest is None:
                self._latest = self.started
            else:
                self._latest = max(now, self._latest + TICK)
            return self._latest

    def keep(self, seen: Seen, more: MetadataFields) -> Kept:
        """Write a finished exchange, and let go of its spools.

        ``more`` stands first in the metadata: what the driver knows.
        """
        with self._lock:
            kept = write_exchange(self._warc, seen, self._token, more, self._secrets)
        _let_go(seen.exchange.request, seen.exchange.response)
        return kept

    def keep_failure(self, failed: Failed, more: MetadataFields) -> None:
        """Write an exchange that came to no response, and let go of its spools."""
        with self._lock:
            write_failure(self._warc, failed, self._token, more, self._secrets)
        _let_go(failed.exchange.request, failed.exchange.response)

    def write_conversion(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> Kept:
        """Write what was derived from another record (WARC 1.1, 6.6)."""
        with self._lock:
            head = self._redacted_head(head)
            index = self._warc.write_conversion(head, block, media_type)
        return Kept(index, head.record_id, head.uri)

    def write_resource(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> Kept:
        """Write a view of a page, such as a picture of it."""
        with self._lock:
            head = self._redacted_head(head)
            index = self._warc.write_resource(head, block, media_type)
        return Kept(index, head.record_id, head.uri)

    def write_metadata(
        self, head: RecordHead, block: BinaryIO, media_type: str
    ) -> Kept:
        """Write what is known of another record; it holds no secret."""
        with self._lock:
            head = self._redacted_head(head)
            block.seek(0)
            shown = self._secrets.redact_bytes(block.read())
            self._secrets.note(shown.decode("latin-1"))
            index = self._warc.write_metadata(head, BytesIO(shown), media_type)
        return Kept(index, head.record_id, head.uri)

    def finish(self) -> Path:
        """End the file; nothing more is written to it.

        Whoever stores it brings it to the disk.  Before that it is looked through for
        the secrets of the capture, and the salts of what was redacted are kept.

        Raises:
            ArchiveError: the salts cannot be kept.
        """
        with self._lock:
            self._stream.flush()
            self._stream.close()
            leaks = (*self._leaks, *find_leaks(self.path, self._secrets.sought))
            if self._secrets.overflowed:
                leaks = (*leaks, "there are more secrets than are looked for")
            if leaks:
                self._labels["secret"] = "; ".join(leaks)
            keep_salts(self._secrets.used, self.started)
            self._finished = True
        return self.path

    def redact(self, seen: Observation) -> Observation:
        """Return what a finished capture saw without its secrets, and what says so."""
        secrets = self._secrets
        with self._lock:
            return replace(
                seen,
                requested_url=secrets.redact_url(seen.requested_url),
                final_url=secrets.redact_url(seen.final_url),
                reason=secrets.conceal(seen.reason),
                browser=_concealed(secrets, seen.browser),
                robots=_concealed(secrets, seen.robots),
                redactions=tuple(dict.fromkeys(each.what for each in secrets.used)),
                labels=(*seen.labels, *self._labels),
                label_reasons=(*seen.label_reasons, *self._labels.items()),
            )

    def redact_failure(self, failure: Failure) -> Failure:
        """Return a failure without the secrets of the capture."""
        with self._lock:
            return redact_failure(self._secrets, failure)

    def unreached(
        self,
        url: str,
        error: Exception,
        failures: Sequence[Failure],
        *,
        hint: str = "",
        driver: DriverName = "client",
    ) -> UnreachedError:
        """Return the error of a capture of ``url`` that came to no page.

        No secret is in it; the salts of what is redacted are kept.

        Raises:
            ArchiveError: the salts cannot be kept.
        """
        unreached = UnreachedError(
            f"{url}: {error}", failures, hint=hint, driver=driver
        )
        with self._lock:
            redact_unreached(self._secrets, url, unreached, self.started)
        return unreached

    def _redacted_head(self, head: RecordHead) -> RecordHead:
        uri = self._secrets.redact_url(head.uri)
        self._secrets.note(uri)
        return replace(head, uri=uri)


def _concealed(
    secrets: Secrets, account: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Return an account of the driver's own without the secrets of the capture."""
    return cast("dict[str, Any] | None", secrets.conceal_all(account))


def _let_go(*spools: BinaryIO) -> None:
    for spool in spools:
        spool.close()
