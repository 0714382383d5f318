"""What several threads bring at the same time comes into the archive in one batch.

To bring a snapshot to the disk takes longer than to capture a small page.  So whoever
has his turn stores what the others have brought as well, and they find it done.  Nobody
goes on before his own is in the archive.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from archiver.chance import Token
from archiver.errors import SourcebookError
from archiver.snapshots import Prepared, Signed
from archiver.store import READY, Archive, Batch, batch, writing

Sign = Callable[[Prepared], Signed]

_TURN = Lock()  # before the lock of the archive, whose waiting is for processes


@contextmanager
def held(archive: Archive) -> Iterator[None]:
    """Hold the archive for writing; threads of this process take turns.

    Raises:
        ArchiveError: another process holds it, or it cannot be opened.
    """
    with _TURN, writing(archive):
        yield


@dataclass(slots=True, eq=False)
class _Brought:
    """What a thread has brought, and what became of it: one of the last two."""

    prepared: Prepared
    signed: Signed | None = None
    error: Exception | None = None


class Intake:
    """Where the threads that write one archive bring what they have prepared."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: list[_Brought] = []

    def bring(
        self, archive: Archive, prepared: Prepared, sign: Sign, token: Token
    ) -> Signed:
        """Have a snapshot signed and stored, with what others have brought.

        It is signed while the archive is held: claimed times go on as the log does.

        Raises:
            ArchiveError: a snapshot of the same bytes is there, or the disk fails.
            MalformedError, VerificationError: what is said of it fits into no
                statement.
        """
        brought = _Brought(prepared)
        with self._guard:
            self._waiting.append(brought)
        with _TURN:
            if not (brought.signed or brought.error):
                self._store_all(archive, sign, token)
        if brought.signed is None:
            raise brought.error or AssertionError("nobody took what was brought")
        return brought.signed

    def _store_all(self, archive: Archive, sign: Sign, token: Token) -> None:
        """Store what waits, and tell each thread what became of its own."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
        try:
            with writing(archive):
                _store(archive, waiting, sign, token)
        except Exception as error:  # noqa: BLE001 - each thread raises it
            for each in waiting:
                if each.signed is None:
                    each.error = each.error or error


def _store(
    archive: Archive, brought: Sequence[_Brought], sign: Sign, token: Token
) -> None:
    """Sign and store what was brought; what fails together is tried one by one.

    So a disk that gets full keeps what it has room for, and one that cannot be stored
    keeps no other out.  What is ready is not tried again: the next writer brings it in.
    """
    try:
        with batch(archive, token(8).hex()) as staged:
            signed = [_stage(staged, each, sign) for each in brought]
    except Exception as error:  # noqa: BLE001 - it is told to whose it is
        left = [each for each in brought if each.error is None]
        if len(brought) == 1 or any(archive.path("logs").glob(f"{READY}*")):
            for each in left:
                each.error = error
            return
        for each in left:
            _store(archive, [each], sign, token)
        return
    for each, one in zip(brought, signed, strict=True):
        each.signed = one


def _stage(staged: Batch, brought: _Brought, sign: Sign) -> Signed | None:
    """Sign and stage one snapshot; None, and its error, where it is refused alone."""
    try:
        signed = sign(brought.prepared)
        for rel, _ in signed.files:
            staged.check_free(rel)
    except SourcebookError as error:
        brought.error = error
        return None
    for rel, content in signed.files:
        staged.add(rel, content)
    return signed
