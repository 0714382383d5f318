"""The robots.txt of every site that a run comes to, by its list or by a redirect.

Each is captured once, whoever asks first; two captures that are led to one site at the
same time wait for the same answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from archiver.harvesting.manners import Asking, RobotsAnswer, why_refused
from archiver.harvesting.robots import Mode, Robots, robots_url
from archiver.wire.guard import ParsedUrl


@dataclass(frozen=True, slots=True)
class Rules:
    """What the sites of a run ask of us; ``known`` by the address of the file.

    ``ask`` captures the robots.txt for a URL.
    """

    mode: Mode
    ask: Callable[[ParsedUrl], RobotsAnswer]
    known: dict[str, Robots] = field(default_factory=dict)
    _locks: dict[str, Lock] = field(default_factory=dict)

    def answer(self, asked: ParsedUrl) -> RobotsAnswer:
        """Return the robots.txt for a URL; one that is known is not asked for again.

        Raises:
            ArchiveError: the archive could not be written.
        """
        url = robots_url(asked)
        with self._locks.setdefault(url, Lock()):
            if url in self.known:
                return RobotsAnswer(self.known[url], None)
            answer = self.ask(asked)
            self.known[url] = answer.robots
            return answer

    def forbids(self, asked: ParsedUrl) -> bool:
        """Tell whether a URL whose robots.txt is known is not asked for, to obey it."""
        robots = self.known[robots_url(asked)]
        return self.mode == "obey" and robots.refuses(asked.url)

    def why_not(self, asking: Asking, first: ParsedUrl, asked: ParsedUrl) -> str:
        """Say why a capture of ``first`` does not go on to ``asked``, "" where it does.

        What the robots.txt says of it is noted.

        Raises:
            ArchiveError: the archive could not be written.
        """
        if self.mode == "ignore" or asked.url == first.url:
            return ""
        robots = self.answer(asked).robots
        asking.note(robots.facts(asked.url))
        return why_refused(robots) if self.forbids(asked) else ""
