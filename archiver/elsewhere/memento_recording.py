"""The recording of a way to a memento, which keeps the mementos' bodies at hand."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from archiver.chance import Token
from archiver.elsewhere.bodies import decoded_body
from archiver.elsewhere.memento import is_memento
from archiver.wire.exchanges import Kept, MetadataFields, Seen
from archiver.wire.recorder import write_spool
from archiver.wire.recording import Recording


@dataclass(frozen=True, slots=True)
class Body:
    """A memento's body without codings, in a spool; and what it hashes to."""

    spool: BinaryIO
    length: int
    sha256: str


class MementoRecording(Recording):
    """A recording that keeps the bodies of the mementos in it at hand, decoded."""

    def __init__(self, workdir: Path, *, started: datetime, token: Token) -> None:
        super().__init__(workdir, started=started, token=token)
        self.bodies: dict[int, Body] = {}
        self._folder = workdir

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for body in self.bodies.values():
            body.spool.close()
        super().__exit__(kind, error, trace)

    def keep(self, seen: Seen, more: MetadataFields) -> Kept:
        """Write a finished exchange; keep its body, if it is a memento's."""
        body = self._decode(seen) if is_memento(seen.message) else None
        kept = super().keep(seen, more)
        if body:
            self.bodies[kept.index] = body
        return kept

    def _decode(self, seen: Seen) -> Body:
        # Closed with the recording, so in no 'with' of its own.
        spool = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        digest = hashlib.sha256()
        length = 0
        for piece in decoded_body(seen.exchange):
            write_spool(spool, piece)
            digest.update(piece)
            length += len(piece)
        return Body(spool, length, digest.hexdigest())
