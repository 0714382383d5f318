"""Several processes that verify snapshots, and what becomes of one that dies.

Each is a program that is started anew (``archiver.verifying.worker``), never a fork of
this process, whose threads may hold anything.  It is told of few snapshots at a time
and answers in their order: so if it is killed, for want of memory say, it is known
which one it was at, and that one is told as not checked.  The others go to the process
that takes its place.
"""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final

from archiver.errors import UnavailableError
from archiver.verifying.worker import OUT_OF_MEMORY

AHEAD: Final = 2  # what a process is told of at once, so that it never waits for us
LAST_BREATH: Final = 10  # seconds from the end of its socket to its own
SMALL: Final = 1 << 15  # bytes; a longer one is told of alone, and fills no buffer

Answer = tuple[int, bytes | None, str]  # which task; its answer, or how it was lost


@dataclass(slots=True, eq=False)
class _Worker:
    """One process, its socket, and the tasks that it has not answered, in order."""

    process: subprocess.Popen[bytes]
    line: Connection
    given: deque[int] = field(default_factory=deque)
    ready: bool = False

    def receive(self) -> bytes | None:
        """Return what it says; None where it has ended."""
        try:
            return self.line.recv_bytes()
        except (EOFError, OSError):
            return None

    def end(self) -> int:
        """End it, with all that it started; return what it ended with."""
        self.line.close()
        with suppress(ProcessLookupError):
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()

    def bury(self) -> int:
        """Wait for one that has ended, or is about to; return what it ended with."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(LAST_BREATH)
        return self.end()


class Crew:
    """So many processes for the ``tasks`` of one archive: payloads of statements."""

    def __init__(self, root: Path, tasks: Sequence[bytes], jobs: int) -> None:
        self._root = root
        self._tasks = tasks
        self._jobs = min(jobs, len(tasks))
        self._todo = deque(range(len(tasks)))
        self._workers: dict[Connection, _Worker] = {}
        self._idle_ends = 0

    def answers(self) -> Generator[Answer, None, None]:
        """Yield an answer to each task, as they come; no process outlives it.

        Raises:
            UnavailableError: a process cannot be started.
        """
        try:
            for _ in range(self._jobs):
                self._hire()
            while self._todo or any(each.given for each in self._workers.values()):
                for line in wait([*self._workers]):
                    if isinstance(line, Connection):
                        yield from self._hear(self._workers[line])
        finally:
            for worker in self._workers.values():
                worker.end()

    def _hear(self, worker: _Worker) -> Iterator[Answer]:
        """Take what a process says, and tell it of more."""
        answer = worker.receive()
        if answer is None:
            yield from self._replace(worker)
            return
        if worker.ready:
            yield worker.given.popleft(), answer, ""
        worker.ready = True
        self._supply(worker)

    def _supply(self, worker: _Worker) -> None:
        while self._todo and len(worker.given) < AHEAD:
            task = self._todo[0]
            if worker.given and len(self._tasks[task]) > SMALL:
                return
            try:
                worker.line.send_bytes(self._tasks[task])
            except OSError:
                return  # it has ended, which is heard next
            worker.given.append(self._todo.popleft())

    def _hire(self) -> None:
        """Start a process.

        Raises:
            UnavailableError: it cannot be started.
        """
        ours, its = Pipe()
        words = ["-P", "-m", "archiver.verifying.worker", str(its.fileno())]
        try:
            process = subprocess.Popen(  # noqa: S603 - this program, by fixed words
                [sys.executable, *words, str(self._root)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(its.fileno(),),
                process_group=0,  # Ctrl-C is for us alone, and we end it
            )
        except OSError as error:
            ours.close()
            raise _unavailable(error.strerror or str(error)) from error
        finally:
            its.close()
        self._workers[ours] = _Worker(process, ours)

    def _replace(self, worker: _Worker) -> Iterator[Answer]:
        """Bury a process that ended, tell what it was at, and start another one.

        Raises:
            UnavailableError: it had not begun, or too many ended at nothing at all.
        """
        del self._workers[worker.line]
        how = _describe(worker.bury())
        self._idle_ends += not worker.given
        if not worker.ready or self._idle_ends > self._jobs:
            raise _unavailable(f"one {how} before it did anything")
        if worker.given:
            yield worker.given.popleft(), None, how
        self._todo.extendleft(reversed(worker.given))
        if self._todo:
            self._hire()


def _describe(code: int) -> str:
    """Say how a process ended."""
    if code == OUT_OF_MEMORY:
        return "ran out of memory"
    if code >= 0:
        return f"ended with code {code}"
    return f"was killed by signal {-code} ({signal.strsignal(-code)})"


def _unavailable(why: str) -> UnavailableError:
    return UnavailableError(
        f"the processes that were asked for with --jobs cannot work: {why}",
        hint="verify without --jobs; it takes longer and finds the same",
    )
