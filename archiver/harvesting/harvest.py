"""A harvest: many captures in one run, several at a time, each host in its turn.

The thread that runs it gives out the work, prints nothing and captures nothing: each
capture has a thread of its own.  Once its last request is over, another one may begin
and its host be asked again, while what came is read, signed and stored, with all that
came at that time.  Snapshots are appended to the log together, since an append costs
about as much as a capture: whenever no capture is under way, a second after the first
one waits at the latest, and at the end.  What a kill leaves is logged by the next run.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Final

from archiver.errors import ArchiveError, SourcebookError
from archiver.harvesting.acts import MOST_JOBS, Acts, Done, Ended, HarvestPlan
from archiver.harvesting.pacing import Pacing, Wait
from archiver.harvesting.robots import robots_url
from archiver.harvesting.seeds import Seed
from archiver.holdings import read_statement
from archiver.writer import Writer, add_waiting

MOST_THREADS: Final = 128  # with those that wait within a capture
MOST_STORING: Final = MOST_JOBS  # that ask no more, and are not stored yet
GROUP: Final = 1.0  # seconds after which what is stored is logged
MOST_WAIT: Final = 600.0  # seconds that a run waits for one host
FIRST_WAIT: Final = 5.0  # seconds for a host that says "later" and not when
PATIENCE: Final = 20.0  # seconds that captures have to end once the run is stopped
TICK: Final = 0.5  # seconds between two views of what is going on


@dataclass(frozen=True, slots=True)
class HarvestState:
    """What is going on: how many ended and failed, who is asked, who is waited for."""

    ended: int
    failed: int
    asking: tuple[str, ...]
    wait: Wait | None
    now: float


@dataclass(slots=True)
class _Waiting:
    """What is stored and waits for the log; ``since`` is the first one's time.

    ``ended`` are by the turn in which they began.
    """

    since: float | None = None
    ended: dict[int, Ended] = field(default_factory=dict)


class Harvest:
    """One run over the seeds of a plan."""

    def __init__(self, writer: Writer, plan: HarvestPlan) -> None:
        self._writer = writer
        self._plan = plan
        self._pacing = Pacing(
            [(seed.host, seed) for seed in plan.seeds], delay=plan.delay
        )
        self._slots = Semaphore(plan.jobs)
        self._done: SimpleQueue[Done | None] = SimpleQueue()
        self._active: dict[Seed, int] = {}  # those that have a thread, in turn
        self._asking: dict[Seed, None] = {}  # and those of them that still ask
        self._waiting = _Waiting()
        self._indices: dict[str, int] = {}  # of what was logged and is not yet yielded
        self._strikes: dict[str, int] = {}
        self._stopping = Event()
        self._stopped = False
        self._given_up = 0.0
        self._turn = 0
        self._left = dict.fromkeys(plan.seeds, "")
        self._failed = 0
        self._acts = Acts(
            writer, plan, self._done.put, pause=self._pause, wait=self._wait
        )
        self.robots = self._acts.robots
        self.fault: SourcebookError | None = None

    @property
    def left(self) -> dict[Seed, str]:
        """Return the seeds that came to nothing yet, each with why, where that is."""
        return dict(self._left)

    def stop(self) -> None:
        """Begin no capture any more; a handler of a signal may call it.

        So nothing here takes a lock.
        """
        self._stopped = True
        self._done.put(None)

    def run(self, show: Callable[[HarvestState], None]) -> Iterator[Ended]:
        """Run, and yield what each seed came to once the log has it.

        ``show`` is told what is going on, about twice a second.  What makes the archive
        unfit stops the run, and is in ``fault``.
        """
        self._waiting.since = time.monotonic()  # a killed run may have left something
        try:
            while self._goes_on():
                self._begin_ready()  # before the log, which nobody has to wait for
                show(self._view())
                if self._is_log_due():
                    yield from self._log()
                self._take_done()
        finally:
            self._stopping.set()
        yield from self._log()

    def _goes_on(self) -> bool:
        if self._stopped and not self._stopping.is_set():
            self._stopping.set()  # so that pauses end
            self._given_up = time.monotonic() + PATIENCE
        if self._stopped:
            return bool(self._active) and time.monotonic() < self._given_up
        return bool(self._active) or self._pacing.waiting > 0

    def _begin_ready(self) -> None:
        """Begin a capture for each job that is free and each host that may be asked."""
        while not self._stopped and self._has_room():
            if not self._slots.acquire(blocking=False):
                return
            seed = self._pacing.take(time.monotonic())
            if seed is None:
                self._slots.release()
                return
            self._turn += 1
            self._active[seed], self._asking[seed] = self._turn, None
            act = self._next_act(seed)
            Thread(target=self._acts.work, args=(act, seed), daemon=True).start()

    def _has_room(self) -> bool:
        """Tell whether one more thread is none too many."""
        storing = len(self._active) - len(self._asking)
        return len(self._active) < MOST_THREADS and storing < MOST_STORING

    def _next_act(self, seed: Seed) -> Callable[[Seed], Done]:
        robots = self.robots.get(robots_url(seed.asked))
        if robots and self._plan.robots == "obey":
            self._pacing.slow_down(seed.host, robots.delay)
        return self._acts.choose(seed)

    def _take_done(self) -> None:
        """Take in what threads have done, as soon as there is something."""
        try:
            done = self._done.get(timeout=self._until_next())
            while True:
                if done:
                    self._settle(done)
                done = self._done.get_nowait()
        except Empty:
            return

    def _until_next(self) -> float:
        """Return the seconds until there is something to do, whatever threads do."""
        now = time.monotonic()
        wait = self._pacing.next_wait()
        moments = [now + TICK]
        may = not self._stopped and len(self._asking) < self._plan.jobs
        if wait and may and self._has_room():
            moments.append(wait.until)
        if self._waiting.since is not None:
            moments.append(self._waiting.since + GROUP)
        return max(0.0, min(moments) - now)

    def _settle(self, done: Done) -> None:
        """Take in what came of a seed, and let another one be asked for."""
        if done.over:
            self._take_over(done)
        if done.seed in self._asking:
            del self._asking[done.seed]
            self._slots.release()
            self._free(done, time.monotonic())

    def _take_over(self, done: Done) -> None:
        seed = done.seed
        turn = self._active.pop(seed)
        if done.robots:
            self.robots[done.robots.url] = done.robots
            if self._plan.robots == "obey":
                self._pacing.slow_down(seed.host, done.robots.delay)
        if done.ended:
            self._take_ended(done.ended, turn)
        elif done.robots and not self._stopped:
            self._pacing.give_back(seed.host, seed)
        elif not done.robots:
            raise AssertionError(f"the capture of {seed.url} ended without a word")

    def _free(self, done: Done, now: float) -> None:
        """Let the host of a seed be asked again, in its time."""
        seed, last = done.seed, done.host or done.seed.host
        self._pacing.finish(seed.host, now, asked=done.asked)
        if done.asked:
            self._pacing.touch(last, now)
            for host in {seed.host, last}:
                self._hear(host, done.later, now)

    def _take_ended(self, ended: Ended, turn: int) -> None:
        if isinstance(ended.error, ArchiveError):
            self._break(ended.error)
            return
        del self._left[ended.seed]
        self._failed += ended.error is not None
        self._waiting.ended[turn] = ended
        if self._waiting.since is None:
            self._waiting.since = time.monotonic()

    def _hear(self, host: str, later: float | None, now: float) -> None:
        """Leave a host alone for as long as it asked, or for good if that is long."""
        if later is None:
            self._strikes.pop(host, None)
            return
        strikes = self._strikes[host] = self._strikes.get(host, 0) + 1
        seconds = later or FIRST_WAIT * 2 ** (strikes - 1)
        if seconds <= MOST_WAIT:
            self._pacing.hold(host, now + seconds, "it asked to be left alone so long")
            return
        for seed in self._pacing.drop(host):
            self._left[seed] = (
                f"{host} asked to be left alone for {seconds:.0f} seconds, and"
                f" {MOST_WAIT:.0f} are waited at most"
            )

    def _is_log_due(self) -> bool:
        since = self._waiting.since
        return since is not None and (
            not self._active or time.monotonic() - since >= GROUP
        )

    def _log(self) -> Iterator[Ended]:
        """Append what waits, and yield it with its place in the log, each in its turn.

        One that is still being stored is waited for, so that a list stays in order.
        """
        waiting, self._waiting = self._waiting, _Waiting()
        if waiting.since is not None and self._writer.log_key:
            try:
                added = add_waiting(self._writer)
                self._indices |= {each.statement_id: each.index for each in added}
            except SourcebookError as error:
                self._break(error)
        storing = [n for seed, n in self._active.items() if seed not in self._asking]
        first = min(storing, default=self._turn + 1)
        for turn in sorted(waiting.ended):
            if turn < first or self._stopped:
                yield self._with_index(waiting.ended[turn])
            else:
                self._waiting.ended[turn] = waiting.ended[turn]
                self._waiting.since = time.monotonic()

    def _with_index(self, ended: Ended) -> Ended:
        if ended.taken is None:
            return ended
        statement_id = ended.taken.stored.statement_id
        index = self._indices.pop(statement_id, None)
        if index is None:  # another process may have logged it meanwhile
            writer = self._writer
            index = read_statement(writer.archive, writer.trust, statement_id).index
        return replace(ended, taken=replace(ended.taken, index=index))

    def _break(self, error: SourcebookError) -> None:
        self.fault = self.fault or error
        self.stop()

    def _view(self) -> HarvestState:
        left = len(self._left)
        ended = len(self._plan.seeds) - left
        asking = tuple(dict.fromkeys(seed.host for seed in self._asking))
        wait = self._pacing.next_wait()
        return HarvestState(ended, self._failed, asking, wait, time.monotonic())

    def _pause(self, seconds: float) -> bool:
        """Wait before a retry, while another capture has the job; False if stopped.

        It runs in a thread of a capture.
        """
        self._slots.release()
        self._done.put(None)
        goes_on = self._wait(seconds)
        self._slots.acquire()
        return goes_on

    def _wait(self, seconds: float) -> bool:
        """Wait before a retry, and keep the job; False if stopped."""
        return not self._stopping.wait(max(seconds, self._plan.delay))
