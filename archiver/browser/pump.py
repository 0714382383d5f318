"""Bytes moved both ways between a browser and a server, for one exchange.

One thread waits for both sides at once, so that a server may answer before it has the
whole request, and either side may stop reading without holding up the other.  What is
moved is copied by the exchange, and is never changed.
"""

import math
import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from archiver.wire.recorder import BLOCK, NOT_YET, PATIENCE, Exchange
from archiver.wire.requestheads import RequestReader

OUT_OF_STEP: Final = 5.0  # seconds of silence, where the browser takes it for over
HALF_CLOSED: Final = 1.0  # seconds of silence after the browser has closed its side
TICK: Final = 0.25  # seconds after which a wait looks whether the time is up
READ: Final = select.POLLIN
WRITE: Final = select.POLLOUT


@dataclass(slots=True)
class Pump:
    """An exchange and the browser's connection that it serves.

    ``up`` waits to go to the server, ``down`` to the browser; ``ahead`` came from the
    browser beyond the end of its request.  A browser that is not ``browser_open`` says
    no more; to one that is ``browser_gone`` nothing can be sent, either.
    """

    browser: socket.socket
    exchange: Exchange
    request: RequestReader
    up: bytes
    ahead: bytes = b""
    down: bytes = b""
    browser_open: bool = True
    browser_gone: bool = False
    sending: bool = True

    def run(self, moved: Callable[[], None], stopping: Callable[[], bool]) -> bool:
        """Move bytes until the exchange is over; tell whether it ended by itself.

        ``moved`` is called after something was; ``stopping`` tells that all is over.
        """
        silent_since = time.monotonic()
        while not self._is_over():
            if self._step():
                silent_since = time.monotonic()
                moved()
            silent = time.monotonic() - silent_since
            if stopping() or self.browser_gone or silent > self._patience():
                return False
        return True

    @property
    def upgraded(self) -> bool:
        """Whether the two sides speak another protocol by now."""
        return self.exchange.reader.framing.kind == "upgrade"

    def _is_over(self) -> bool:
        if self.down:
            return False
        sent = not self.sending or (self.request.finished and not self.up)
        return self.exchange.end != "open" or (sent and self.exchange.reader.finished)

    def _patience(self) -> float:
        """Return how many seconds of silence are borne, as things stand."""
        if not self.browser_open:
            return HALF_CLOSED
        if self.exchange.reader.fault:
            return PATIENCE
        answered = self.exchange.reader.message is not None
        return OUT_OF_STEP if self.ahead and answered else math.inf

    def _step(self) -> bool:
        """Wait until something can move, and move it; tell whether anything did."""
        server = self.exchange.sock
        if server is None:
            raise ValueError("the exchange has no connection")
        ready = wait_for({self.browser: self._of_browser(), server: self._of_server()})
        moved = self.browser in ready and self._read_browser()
        if self.up:
            moved = self._send_up() or moved
        if not self.down and (server in ready or self.exchange.late):
            self.down = self.exchange.receive(0)
        if self.down:
            moved = self._send_down() or moved
        return moved

    def _of_browser(self) -> int:
        listens = self.browser_open and self.sending and not self.up and not self.ahead
        return (READ if listens else 0) | (WRITE if self.down else 0)

    def _of_server(self) -> int:
        listens = not self.down and self.exchange.end == "open"
        return (READ if listens else 0) | (WRITE if self.up else 0)

    def _read_browser(self) -> bool:
        """Read what the browser sends, where it is wanted; note that it has closed."""
        if not self._of_browser() & READ:
            return False
        data = read_now(self.browser)
        if data is None:
            return False
        if not data:
            self.browser_open = False
            self._pass_end_on()
        elif self.upgraded:
            self.up = data
        else:
            taken = 0 if self.request.finished else self.request.feed(data)
            self.up, self.ahead = data[:taken], data[taken:]
        return bool(data)

    def _pass_end_on(self) -> None:
        """Tell the server of another protocol that the browser says no more."""
        if self.upgraded and self.exchange.sock:
            with suppress(OSError):
                socket.socket.shutdown(self.exchange.sock, socket.SHUT_WR)

    def _send_up(self) -> bool:
        exchange = self.exchange
        try:
            sent = exchange.offer(self.up)
        except OSError:  # its response may be there all the same
            self.up, self.sending = b"", False
            return False
        self.up = self.up[sent:]
        if exchange.route.budget.take(sent) < sent:
            exchange.end, self.up = "length", b""
        return bool(sent)

    def _send_down(self) -> bool:
        self.browser.settimeout(0)
        try:
            sent = self.browser.send(self.down)
        except NOT_YET:
            return False
        except OSError:
            self.browser_open, self.browser_gone = False, True
            return False
        self.down = self.down[sent:]
        return bool(sent)


def wait_for(wants: Mapping[socket.socket, int]) -> set[socket.socket]:
    """Wait for a tick, or until one of the connections is ready for what is wanted."""
    poll = select.poll()
    pending = set()
    for sock, mask in wants.items():
        if mask:
            poll.register(sock, mask)
        if mask & READ and isinstance(sock, ssl.SSLSocket) and sock.pending():
            pending.add(sock)
    found = {fd for fd, _ in poll.poll(0 if pending else TICK * 1000)}
    return pending | {sock for sock in wants if sock.fileno() in found}


def read_now(sock: socket.socket) -> bytes | None:
    """Return what has come; None where nothing has, nothing where it was the end."""
    sock.settimeout(0)
    try:
        return sock.recv(BLOCK)
    except NOT_YET:
        return None
    except OSError:
        return b""
