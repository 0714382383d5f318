"""Who may be asked next, and when: the pace of a harvest, host by host.

One request at a time for each host, and between the end of one and the beginning of the
next a delay; a host that asked to be left alone is, while others go on.  Of the hosts
whose time has come the one that waits longest is next, so nobody starves.  Times are
seconds of any clock that does not go back; the caller tells what time it is.
"""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wait:
    """A host that is waited for, until when, and why."""

    host: str
    until: float
    why: str


@dataclass(slots=True)
class _Host(Generic[T]):
    name: str
    delay: float
    queue: deque[T] = field(default_factory=deque)
    busy: bool = False
    ready: float = 0.0  # not before
    why: str = ""
    entry: tuple[float, int, str] | None = None  # its place in the heap


class Pacing(Generic[T]):
    """The queues of a harvest; ``items`` are in the order in which they are wished."""

    def __init__(self, items: Iterable[tuple[str, T]], *, delay: float) -> None:
        self._delay = delay
        self._hosts: dict[str, _Host[T]] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._turn = 0
        self._waiting = 0
        for name, item in items:
            self._host(name).queue.append(item)
            self._waiting += 1
        for host in self._hosts.values():
            self._line_up(host)

    @property
    def waiting(self) -> int:
        """The number of items that have not been given out."""
        return self._waiting

    def take(self, now: float) -> T | None:
        """Give out the next item; its host is busy until :meth:`finish`.

        None where none may be asked for now.
        """
        host = self._first()
        if host is None or host.ready > now:
            return None
        host.entry = None
        host.busy = True
        self._waiting -= 1
        return host.queue.popleft()

    def next_wait(self) -> Wait | None:
        """Return which host may be asked next; None where every one is busy or done."""
        host = self._first()
        return Wait(host.name, host.ready, host.why) if host else None

    def finish(self, name: str, now: float, *, asked: bool = True) -> None:
        """Let a busy host be asked again, after its delay if it was ``asked``."""
        host = self._hosts[name]
        host.busy = False
        if asked:
            self._not_before(host, now + host.delay, "the delay between two requests")
        self._line_up(host)

    def give_back(self, name: str, item: T) -> None:
        """Put an item at the front of its host's queue; call it before ``finish``."""
        self._hosts[name].queue.appendleft(item)
        self._waiting += 1

    def hold(self, name: str, until: float, why: str) -> None:
        """Ask a host for nothing before ``until``; a later time stands."""
        host = self._host(name)
        self._not_before(host, until, why)
        self._line_up(host)

    def touch(self, name: str, now: float) -> None:
        """Take down that a host was asked by another way, such as a redirect."""
        host = self._host(name)
        self.hold(name, now + host.delay, "the delay between two requests")

    def slow_down(self, name: str, delay: float) -> None:
        """Leave this delay at least between the requests to a host from now on."""
        host = self._host(name)
        host.delay = max(host.delay, delay)

    def drop(self, name: str) -> list[T]:
        """Take away and return what still waits for a host."""
        host = self._host(name)
        dropped = list(host.queue)
        host.queue.clear()
        host.entry = None
        self._waiting -= len(dropped)
        return dropped

    def _host(self, name: str) -> _Host[T]:
        return self._hosts.setdefault(name, _Host(name, self._delay))

    def _not_before(self, host: _Host[T], until: float, why: str) -> None:
        if until > host.ready:
            host.ready, host.why = until, why

    def _line_up(self, host: _Host[T]) -> None:
        """Give a host its place among those that wait, behind equals."""
        if host.busy or not host.queue:
            return
        if host.entry and host.entry[0] == host.ready:
            return
        self._turn += 1
        host.entry = (host.ready, self._turn, host.name)
        heapq.heappush(self._heap, host.entry)

    def _first(self) -> _Host[T] | None:
        """Return the host that is next; drop places that are no longer anybody's."""
        while self._heap:
            host = self._hosts[self._heap[0][2]]
            if host.entry == self._heap[0]:
                return host
            heapq.heappop(self._heap)
        return None
