"""What the threads of a harvest do for its seeds: ask for robots.txt, capture, refuse.

Nothing here knows what else is going on.  A capture tells when its last request is
over, so that its host can be asked again while what came is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from archiver.capture import observe
from archiver.errors import SourcebookError
from archiver.harvesting.manners import (
    Asking,
    RobotsAnswer,
    ask_robots,
    refuse_by_robots,
)
from archiver.harvesting.robots import Mode, Robots, robots_url
from archiver.harvesting.rules import Rules
from archiver.harvesting.seeds import Seed
from archiver.wire.guard import ParsedUrl
from archiver.wire.observation import CaptureOptions, Driver, Observation, Pause
from archiver.writer import Taken, Writer, take_capture

DELAY: Final = 1.0  # seconds between two requests to one host
RETRIES: Final = 2
MOST_JOBS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPlan:
    """What a harvest is to do, and how."""

    seeds: tuple[Seed, ...]
    options: CaptureOptions
    driver: Driver = observe
    jobs: int = 1
    delay: float = DELAY
    robots: Mode = "record"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a seed came to: a snapshot and what was seen, or an error.

    An ``UnreachedError`` names the attempt that was kept.
    """

    seed: Seed
    taken: Taken | None = None
    seen: Observation | None = None
    error: SourcebookError | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a thread has done for a seed.

    Where it is ``over``, with neither ``ended`` nor ``robots``, the program itself is
    at fault; before that it is the requests alone that are.  ``asked`` tells whether
    one went out, ``host`` where the last one went if not to the seed's, and ``later``
    that its server asked to be left alone.
    """

    seed: Seed
    ended: Ended | None = None
    robots: Robots | None = None
    later: float | None = None
    asked: bool = True
    host: str = ""
    over: bool = True


class Acts:
    """What is done for a seed, in a thread of its own; its statements wait for the log.

    ``pause`` waits before a retry, and another act has the job meanwhile; ``wait``
    keeps it.  ``tell`` is told what was done.
    """

    def __init__(
        self,
        writer: Writer,
        plan: HarvestPlan,
        tell: Callable[[Done], None],
        *,
        pause: Pause,
        wait: Pause,
    ) -> None:
        self._writer = replace(writer, log_key=None)
        self._plan = plan
        self._tell = tell
        self._pause = pause
        self._wait = wait
        self.robots: dict[str, Robots] = {}
        self._rules = Rules(plan.robots, self._ask, self.robots)

    def choose(self, seed: Seed) -> Callable[[Seed], Done]:
        """Return what is to be done next for a seed."""
        if self._plan.robots == "ignore":
            return self._capture
        if robots_url(seed.asked) not in self.robots:
            return self._ask_robots
        return self._refuse if self._rules.forbids(seed.asked) else self._capture

    def work(self, act: Callable[[Seed], Done], seed: Seed) -> None:
        """Do it, and tell what came of it, whatever that was."""
        done = Done(seed)
        try:
            done = act(seed)
        except SourcebookError as error:
            done = Done(seed, Ended(seed, error=error))
        finally:
            self._tell(done)

    def _ask_robots(self, seed: Seed) -> Done:
        answer = self._rules.answer(seed.asked)
        return Done(seed, robots=answer.robots, later=answer.later)

    def _ask(self, asked: ParsedUrl) -> RobotsAnswer:
        """Ask for a robots.txt, which others may wait for, each with a job.

        So this one keeps its own: it might never get it back from those who wait.
        """
        options = replace(self._plan.options, pause=self._wait)
        return ask_robots(self._writer, asked, options)

    def _refuse(self, seed: Seed) -> Done:
        robots = self.robots[robots_url(seed.asked)]
        error = refuse_by_robots(self._writer, seed, robots)
        return Done(seed, Ended(seed, error=error), asked=False)

    def _capture(self, seed: Seed) -> Done:
        robots = self.robots.get(robots_url(seed.asked))
        asking = Asking(
            self._plan.driver, robots.facts(seed.asked.url) if robots else None
        )

        def driver(*what: Any, **how: Any) -> Observation:
            seen = asking(*what, **how)
            host = urlsplit(seen.final_url).hostname or ""
            self._tell(Done(seed, later=asking.later, host=host, over=False))
            return seen

        why_not = partial(self._rules.why_not, asking, seed.asked)
        options = replace(self._plan.options, pause=self._pause, why_not=why_not)
        taken, seen = take_capture(self._writer, seed.url, options, driver=driver)
        return Done(seed, Ended(seed, taken, seen))
