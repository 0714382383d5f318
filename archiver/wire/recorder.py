"""One request and its response, kept as they stand on the wire.

An :class:`Exchange` owns the socket.  Whoever drives it, a client library or a proxy,
sends and receives through it alone, and it copies each block before anyone parses it:
the request as it was handed to the socket, the response as it came.  The blocks lie on
disk, so memory does not grow with them.  Every address is checked between the DNS
answer and the connection, and nothing resolves a name twice.
"""

import math
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from threading import Lock
from typing import BinaryIO

from archiver.errors import ArchiveError, NetworkError
from archiver.failures import FailureKind
from archiver.wire.guard import (
    Address,
    ParsedUrl,
    allow_hint,
    check_address,
    format_address,
)
from archiver.wire.messages import redirect_location
from archiver.wire.ownaddresses import is_own
from archiver.wire.responses import End, ResponseReader
from archiver.wire.tls import Roots, TlsFacts, is_address, secure

BLOCK = 1 << 16  # bytes received at a time, at most
PATIENCE = 0.25  # seconds of silence after the end of a response
REDIRECT_PATIENCE = 1.0  # seconds of silence in the body of a redirect

NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

Resolver = Callable[[str, int, float], tuple[str, ...]]
WhyNot = Callable[[ParsedUrl], str]


def follow_all(_: ParsedUrl) -> str:
    """Say of no redirect why it is not to be followed."""
    return ""


@dataclass(slots=True)
class Budget:
    """What a capture may still use: bytes from the wire, and time on a steady clock.

    All exchanges of a capture share it, from as many threads as there are.
    """

    bytes_left: int
    deadline: float
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def take(self, count: int) -> int:
        """Use up to ``count`` bytes, and return how many of them there were."""
        with self._lock:
            granted = min(count, self.bytes_left)
            self.bytes_left -= granted
        return granted

    def time_left(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time was up")
        return left


@dataclass(frozen=True, slots=True)
class Route:
    """How a capture reaches a server: what it may use, whom it trusts and allows.

    ``connect_timeout`` in seconds for one connection, from the DNS question to the end
    of the handshake; ``first_byte_timeout`` from then on until something comes.
    ``why_not`` says why a redirect is not to be followed, "" where it is.
    """

    budget: Budget
    allowed: Collection[Address]
    roots: Roots
    resolve: Resolver
    connect_timeout: float = math.inf
    first_byte_timeout: float = math.inf
    why_not: WhyNot = follow_all


@dataclass(slots=True)
class Exchange:
    """One request and its response: what was asked of whom, what came, how it ended.

    ``answers`` are all addresses that the name had, ``peer`` the one that was spoken
    to.  ``end`` is how the connection stood after the last byte, and ``failure`` what
    kept it from coming to a response, if it did not.
    """

    url: ParsedUrl
    route: Route
    started: datetime
    request: BinaryIO
    response: BinaryIO
    answers: tuple[str, ...] = ()
    peer: str = ""
    tls: TlsFacts | None = None
    end: End = "open"
    end_detail: str = ""
    received: int = 0
    failure: FailureKind = "no-response"
    reader: ResponseReader = field(default_factory=ResponseReader)
    sock: socket.socket | None = None
    _until: float = math.inf

    def connect(self) -> socket.socket:
        """Resolve, check every answer, connect to one of them, and shake hands.

        Raises:
            NetworkError: the name has no address or an inner one, nobody answers
                there, the certificate does not verify, or the time was up.
        """
        self._until = time.monotonic() + self.route.connect_timeout
        try:
            self.failure = "dns"
            self._resolve()
            self.failure = "connect"
            self.sock = self._dial()
            if self.url.scheme == "https":
                self.failure = "tls"
                self._secure(self.sock)
        except TimeoutError as error:
            self.failure = "timeout"
            raise self._unreached("the time was up") from error
        except ssl.SSLCertVerificationError as error:
            raise self._unreached(
                f"its certificate does not verify: {error.verify_message}",
                "if its issuer is to be trusted, name its certificate with --ca-file",
            ) from error
        except OSError as error:
            raise self._unreached(str(error)) from error
        self._await_answer()
        return self.sock

    def follow(self, earlier: "Exchange") -> None:
        """Take over the connection of an exchange that is over (RFC 9112, 9.3)."""
        self.sock, self.tls, self.peer = earlier.sock, earlier.tls, earlier.peer
        self.answers = earlier.answers
        self._await_answer()

    def offer(self, data: bytes | memoryview) -> int:
        """Send what the connection takes at once, copied; return how much that is.

        Raises:
            OSError: the connection broke; the response may be there all the same.
        """
        sock = self.sock or self.connect()
        sock.settimeout(0)
        try:
            sent = sock.send(data)
        except NOT_YET:
            return 0
        write_spool(self.request, bytes(data[:sent]))
        return sent

    def send(self, data: bytes) -> None:
        """Copy ``data`` into the request, and send it.

        Raises:
            OSError: the connection broke; the response may be there all the same.
        """
        sock = self.sock or self.connect()
        write_spool(self.request, data)
        sock.settimeout(self.route.budget.time_left())
        sock.sendall(data)

    def receive(self, patience: float | None = None) -> bytes:
        """Return the next bytes from the wire, copied; none once ``end`` is reached.

        With ``patience`` in seconds, silence for so long is no end; 0 does not wait.
        """
        if self.sock is None or self.end != "open":
            return b""
        block = self._receive(self.sock, patience)
        granted = self.route.budget.take(len(block))
        if granted < len(block):
            block, self.end = block[:granted], "length"
        self.received += len(block)
        write_spool(self.response, block)
        self.reader.feed(block)
        return block

    def read_head(self) -> None:
        """Receive until the head of the final response has ended, or never will."""
        while not (self.reader.message or self.reader.fault) and self.receive():
            pass

    def read_rest(self) -> None:
        """Receive until the response has ended, and what a server sends beyond.

        The body of a redirect is read as long as it comes: where a server says neither
        its length nor its end, the way goes on.
        """
        message = self.reader.message
        redirects = message is not None and redirect_location(message) is not None
        patience = REDIRECT_PATIENCE if redirects else None
        while not (self.reader.finished or self.reader.fault) and self.receive(
            patience
        ):
            pass
        while self.receive(PATIENCE):
            pass

    def close(self) -> None:
        """Close the connection."""
        if self.sock:
            self.sock.close()

    def let_go(self) -> None:
        """Give up what was copied: it is written, or is to be kept nowhere."""
        self.request.close()
        self.response.close()

    def _unreached(self, why: str, hint: str = "") -> NetworkError:
        where = f"{self.url.host} port {self.url.port}"
        return NetworkError(f"no connection to {where}: {why}", hint=hint)

    def _resolve(self) -> None:
        """Resolve the host once, and refuse it if any of its addresses is refused."""
        left = self._time_left()
        self.answers = self.route.resolve(self.url.host, self.url.port, left)
        self.failure = "refused-address"
        for ip in self.answers:
            self._check(Address(ip, self.url.port))

    def _check(self, address: Address) -> None:
        check_address(address, self.route.allowed)
        if address not in self.route.allowed and is_own(address.ip):
            spelled = format_address(address)
            raise NetworkError(
                f"{spelled} is an address of this machine, expected one of another",
                hint=allow_hint(address),
            )

    def _dial(self) -> socket.socket:
        """Connect to the first address that answers; each has its share of the time."""
        failures = []
        for place, ip in enumerate(self.answers):
            share = self._time_left() / (len(self.answers) - place)
            try:
                return self._dial_one(ip, share)
            except OSError as error:
                failures.append(f"{ip}: {error}")
        self._time_left()
        raise OSError("; ".join(failures) or "the name has no address")

    def _dial_one(self, ip: str, timeout: float) -> socket.socket:
        """Connect to ``ip``, and check that the connection went there."""
        with ExitStack() as undo:
            sock = socket.create_connection((ip, self.url.port), timeout)
            undo.enter_context(sock)
            peer = sock.getpeername()[0]
            if ip_address(peer) != ip_address(ip):
                raise OSError(f"the connection went to {peer}")
            undo.pop_all()
        self.peer = ip
        return sock

    def _secure(self, sock: socket.socket) -> None:
        sock.settimeout(self._time_left())
        host = self.url.host.rstrip(".")
        self.sock, self.tls = secure(sock, self.route.roots, host)

    def _receive(self, sock: socket.socket, patience: float | None) -> bytes:
        """Receive a block, one byte more than is allowed at most; or note the end."""
        try:
            left = self._time_left()
            sock.settimeout(left if patience is None else min(left, patience))
            block = sock.recv(min(BLOCK, self.route.budget.bytes_left + 1))
        except NOT_YET:
            return b""
        except TimeoutError:
            patient = patience is not None and not self.late
            self.end = "open" if patient else "time"
            return b""
        except ssl.SSLEOFError:
            self.end = "ragged"
            return b""
        except OSError as error:
            self.end, self.end_detail = "reset", str(error)
            return b""
        if not block:
            self.end = "close"
        self._until = math.inf
        return block

    @property
    def late(self) -> bool:
        """Tell whether the time for the step that the exchange is at is up."""
        return time.monotonic() >= min(self._until, self.route.budget.deadline)

    def _time_left(self) -> float:
        """Return the seconds that are left for the step that the exchange is at.

        Raises:
            TimeoutError: none are.
        """
        left = min(self.route.budget.time_left(), self._until - time.monotonic())
        if left <= 0:
            raise TimeoutError("the time was up")
        return left

    def _await_answer(self) -> None:
        self.failure = "no-response"
        self._until = time.monotonic() + self.route.first_byte_timeout


def write_spool(spool: BinaryIO, data: bytes) -> None:
    """Write ``data`` to a spool; what cannot be kept stops the capture.

    Raises:
        ArchiveError: the disk does not take it.
    """
    try:
        spool.write(data)
    except OSError as error:
        raise ArchiveError(f"what came cannot be kept on this disk: {error}") from error


def resolve_host(host: str, port: int, timeout: float) -> tuple[str, ...]:
    """Return the addresses of ``host``, each once, in the order of the answer.

    An address stands for itself.  The system's resolver knows no limit of time, so a
    thread asks it.

    Raises:
        TimeoutError: no answer in ``timeout`` seconds.
        OSError: the name does not resolve.
    """
    if is_address(host):
        return (host,)
    answer: queue.SimpleQueue[tuple[str, ...] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except OSError as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        result = answer.get(timeout=timeout)
    except queue.Empty as error:
        raise TimeoutError(f"{host} was not resolved in time") from error
    if isinstance(result, OSError):
        raise result
    return result
