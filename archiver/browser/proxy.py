"""The recording proxy: what one browser asks for, through one guard, into one WARC.

It listens on this machine alone, at a port that is the system's choice, while one
capture lasts.  Every connection has a thread.  Connections of other users of this
machine are turned away where the system tells whose they are (Linux does); elsewhere a
program that finds the port could have its requests made and recorded: they pass the
same guard, and stand in the record as requests that the browser does not know of.
"""

import socket
from contextlib import suppress
from threading import Event, Lock, Thread, current_thread
from time import monotonic
from typing import Final, Self

from archiver.browser.certificates import ThrowAwayKey
from archiver.browser.ledger import Ledger
from archiver.browser.owners import SocketAddress, is_ours
from archiver.browser.relay import ProxyContext, Relay
from archiver.browser.services import REASON, is_service
from archiver.browser.socks import NOT_ALLOWED, SUCCEEDED, Target, answer, read_target
from archiver.errors import ArchiveError, MalformedError
from archiver.wire.guard import parse_url
from archiver.wire.recorder import Route
from archiver.wire.recording import Recording

MOST_CONNECTIONS: Final = 100  # at a time; a browser opens 32 to one proxy
PATIENCE: Final = 2.0  # seconds for connections to end when the capture does


class Proxy:
    """A SOCKS 5 server on loopback; ``port`` is where it listens within ``with``.

    ``wanted`` is the host that the capture is of, which is none of the browser's own
    concerns even where it serves browsers, too.
    """

    def __init__(
        self,
        route: Route,
        recording: Recording,
        ledger: Ledger,
        key: ThrowAwayKey,
        *,
        wanted: str = "",
    ) -> None:
        self._wanted = wanted
        self._stop = Event()
        self._shared = ProxyContext(route, recording, ledger, key, self._stop.is_set)
        self._ledger = ledger
        self._lock = Lock()
        self._open: dict[Thread, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = Thread(target=self._accept, daemon=True)
        self.error: ArchiveError | None = None

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections; what they brought has gone to the ledger.

        One that does not end, in the middle of connecting, is left to itself: nothing
        it brings is kept.
        """
        if self._stop.is_set():
            return
        self._stop.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        until = monotonic() + PATIENCE
        for thread in self._threads():
            thread.join(max(0.0, until - monotonic()))

    def _threads(self) -> list[Thread]:
        with self._lock:
            return list(self._open)

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                sock, peer = self._listener.accept()
            except OSError:
                return
            self._take(sock, peer)

    def _take(self, sock: socket.socket, peer: SocketAddress) -> None:
        """Give a connection its thread, unless it may not come in."""
        with self._lock:
            full = len(self._open) >= MOST_CONNECTIONS
        if full or not is_ours(peer, self._listener.getsockname()):
            why = f"more than {MOST_CONNECTIONS} connections" if full else "a stranger"
            self._ledger.block("", f"a connection to the proxy was refused: {why}")
            sock.close()
            return
        thread = Thread(target=self._serve, args=(sock,), daemon=True)
        with self._lock:
            self._open[thread] = sock
        thread.start()

    def _serve(self, sock: socket.socket) -> None:
        """Serve one connection, in a thread of its own."""
        try:
            target = read_target(sock)
            reason = self._refusal(target)
            answer(sock, NOT_ALLOWED if reason else SUCCEEDED)
            if reason:
                self._ledger.block(f"//{target.netloc}", reason)
            else:
                Relay(self._shared, sock, target).run()
        except MalformedError as error:
            self._ledger.block("", f"a connection to the proxy was refused: {error}")
        except ArchiveError as error:
            self.error = error
            self._stop.set()
        except OSError:  # the browser has gone
            return
        finally:
            sock.close()
            with self._lock:
                del self._open[current_thread()]

    def _refusal(self, target: Target) -> str:
        """Say why nothing may be sent to ``target``, "" where something may."""
        if is_service(target.host) and target.host != self._wanted:
            return REASON
        try:
            parse_url(f"http://{target.netloc}/")
        except MalformedError as error:
            return str(error)
        return ""
