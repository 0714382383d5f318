r"""A real HTTP server on loopback that sends exactly what a test says, and logs it.

It knows nothing of HTTP but the end of a request head: a page is a sequence of steps,
and a step is bytes to send or one of the acts below.  So it can redirect, stall, cut,
reset and lie, and what it logged is the oracle for what a capture has.

    with Site({"/": [b"HTTP/1.1 200 OK\r\n\r\nHello"]}) as site:
        ...
        assert site.sent("/") == b"HTTP/1.1 200 OK\r\n\r\nHello"
"""

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

PATIENCE = 10  # seconds after which no connection is kept for a test that hangs
MAX_REQUEST = 1 << 20


@dataclass(frozen=True)
class Pause:
    """Wait for some seconds, then go on."""

    seconds: float


class Stall:
    """Send nothing more, and keep the connection until the other side gives up."""


class Reset:
    """End the connection with a TCP reset."""


class Cut:
    """Close the connection; over TLS without close_notify, as a cut cable looks."""


class Line:
    """One connection in the hands of a page that talks: what passes is logged."""

    def __init__(
        self, sock: socket.socket, ahead: bytes, sent: bytearray, received: bytearray
    ) -> None:
        self._sock = sock
        self._ahead = ahead
        self._sent = sent
        self._received = received

    @property
    def request(self) -> bytes:
        """What came so far, the request first."""
        return bytes(self._received)

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self._sent += data
        self._sock.sendall(data)

    def receive(self, size: int = 1 << 16) -> bytes:
        """Return what comes next, nothing at the end."""
        block = self._ahead[:size] or self._sock.recv(size)
        self._ahead = self._ahead[size:]
        self._received += block
        return block


Talk = Callable[[Line], None]
Step = bytes | Pause | Stall | Reset | Cut | Talk
Page = Iterable[Step]


def page(body: bytes, *fields: str, status: str = "200 OK") -> list[Step]:
    """Return a clean response with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    return ["\r\n".join(lines).encode("latin-1") + body]


def redirect(location: str, status: str = "302 Found") -> list[Step]:
    """Return a redirect with a short body."""
    return page(b"moved", f"Location: {location}", status=status)


class Site:
    """A server of ``pages`` by path; ``pages`` may be changed while it runs.

    After the last step the connection is closed in order: FIN, and over TLS
    close_notify before it.  With ``keep_alive`` it goes on to the next request, unless
    the last step was none of bytes.
    """

    def __init__(
        self,
        pages: Mapping[str, Page],
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        keep_alive: bool = False,
    ) -> None:
        self.pages = dict(pages)
        self.host = host
        self._tls = tls
        self._keep_alive = keep_alive
        self._ahead = threading.local()
        self._lock = threading.Lock()
        self._sent: dict[str, list[bytearray]] = {}
        self._received: dict[str, list[bytearray]] = {}
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server(
            (host, 0), family=self._family, backlog=64
        )
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._open = True

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        with suppress(OSError), socket.socket(self._family) as knock:
            knock.connect((self.host, self.port))
        self._threads[0].join()
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    @property
    def address(self) -> str:
        """Its address as ``--allow-address`` takes it."""
        return (
            f"[{self.host}]:{self.port}"
            if ":" in self.host
            else f"{self.host}:{self.port}"
        )

    def url(self, path: str = "/", host: str | None = None) -> str:
        """Return the URL of a page, by the address or by a name for it."""
        scheme = "https" if self._tls else "http"
        netloc = f"{host}:{self.port}" if host else self.address
        return f"{scheme}://{netloc}{path}"

    def sent(self, path: str, turn: int = -1) -> bytes:
        """Return the bytes that were sent for a path, the last time or another."""
        with self._lock:
            return bytes(self._sent[path][turn])

    def received(self, path: str, turn: int = -1) -> bytes:
        """Return the request that came for a path."""
        with self._lock:
            return bytes(self._received[path][turn])

    def log(self) -> list[tuple[str, bytes, bytes]]:
        """Return (path, request, response) of all that was answered."""
        with self._lock:
            return [
                (path, bytes(request), bytes(response))
                for path, requests in self._received.items()
                for request, response in zip(requests, self._sent[path], strict=True)
            ]

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        with self._lock:
            return len(self._received.get(path, ()))

    def _serve(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if not self._open:
                sock.close()
                return
            thread = threading.Thread(target=self._answer, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _answer(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        with suppress(OSError):
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            self._ahead.bytes = b""
            while request := self._read_request(sock):
                path = request.split(b" ", 2)[1].decode("latin-1")
                if path not in self.pages or not self._play(sock, path, request):
                    break
        sock.close()

    def _read_request(self, sock: socket.socket) -> bytes:
        """Read a head, and the body that its Content-Length says."""
        request = self._ahead.bytes
        while (length := _length(request)) is None or len(request) < length:
            block = sock.recv(1 << 16)
            if not block or len(request) > MAX_REQUEST:
                return request
            request += block
        self._ahead.bytes = request[length:]
        return request[:length]

    def _play(self, sock: socket.socket, path: str, request: bytes) -> bool:
        """Send a page; tell whether the connection goes on."""
        sent, received = bytearray(), bytearray(request)
        with self._lock:
            self._sent.setdefault(path, []).append(sent)
            self._received.setdefault(path, []).append(received)
        step: Step | None = None
        for step in self.pages[path]:
            if isinstance(step, bytes):
                sent += step  # a client may have it before sendall returns
                sock.sendall(step)
            elif isinstance(step, Pause):
                time.sleep(step.seconds)
            elif isinstance(step, Stall | Reset | Cut):
                _end(sock, step)
                return False
            else:
                step(Line(sock, self._ahead.bytes, sent, received))
        if self._keep_alive and isinstance(step, bytes):
            return True
        _close_in_order(sock)
        return False


def _length(request: bytes) -> int | None:
    """Return how long a request is, as far as it says so."""
    head, end, _ = request.partition(b"\r\n\r\n")
    if not end:
        return None
    found = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
    return len(head) + len(end) + (int(found[1]) if found else 0)


def _end(sock: socket.socket, step: Stall | Reset | Cut) -> None:
    if isinstance(step, Stall):
        sock.recv(1)
    elif isinstance(step, Reset):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        # A plain shutdown below TLS: what was sent arrives, and then the end.
        socket.socket.shutdown(sock, socket.SHUT_WR)
    if isinstance(step, Cut):
        _drain(sock)


def _close_in_order(sock: socket.socket) -> None:
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(1)
        with suppress(OSError):
            sock.unwrap()  # close_notify
        return
    sock.shutdown(socket.SHUT_WR)
    _drain(sock)


def _drain(sock: socket.socket) -> None:
    """Wait for the other side, since closing over unread bytes would reset."""
    sock.settimeout(1)
    with suppress(OSError):
        while sock.recv(1 << 16):
            pass
