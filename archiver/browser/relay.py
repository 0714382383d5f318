"""One connection of the browser, relayed verbatim and recorded.

Requests go to the server as the browser wrote them, responses to the browser as they
came; nothing is added, changed or held back.  Each request with its response is an
exchange; several may follow one another over the same two connections (RFC 9112, 9.3).
The server is connected to when the first request has come, so that whatever becomes of
the connection is known of a request.
"""

import socket
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from archiver.browser.certificates import ThrowAwayKey
from archiver.browser.ledger import Ledger, LedgerEntry
from archiver.browser.pump import READ, TICK, Pump, read_now, wait_for
from archiver.browser.services import REASON, asks_service
from archiver.browser.socks import Target
from archiver.errors import MalformedError, NetworkError
from archiver.strict import show
from archiver.wire.guard import ParsedUrl, parse_url
from archiver.wire.recorder import Exchange, Route
from archiver.wire.recording import Recording
from archiver.wire.requestheads import RequestHead, RequestReader
from archiver.wire.responses import ResponseReader

TLS_HANDSHAKE: Final = 0x16  # the first byte of a connection over TLS (RFC 8446, 5.1)
HANDSHAKE: Final = 5.0  # seconds for the browser's side of it
MAX_TARGET: Final = 1 << 15  # characters: a record's header has no room for many more
BEFORE_RESET: Final = 0.1  # seconds
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time


@dataclass(frozen=True, slots=True)
class ProxyContext:
    """What all connections of one capture share."""

    route: Route
    recording: Recording
    ledger: Ledger
    key: ThrowAwayKey
    stopping: Callable[[], bool]


@dataclass(slots=True)
class Relay:
    """One connection of the browser to ``target``, and the server's behind it.

    ``ahead`` came from the browser before it was its turn.
    """

    shared: ProxyContext
    browser: socket.socket
    target: Target
    scheme: str = "http"
    last: tuple[Exchange, LedgerEntry] | None = None
    request: RequestReader = field(default_factory=RequestReader)
    ahead: bytes = b""
    orderly: bool = True

    def run(self) -> None:
        """Relay until one of the two sides has closed its connection, or all is over.

        Raises:
            ArchiveError: what came cannot be kept.
        """
        try:
            if self._first_byte() == TLS_HANDSHAKE:
                self._secure()
            while (head := self._await_request()) and self._have_exchange(head):
                pass
        except OSError:  # the browser's side broke, which is its own affair
            self.orderly = False
        finally:
            if self.last:
                self.last[0].close()
                self.shared.ledger.write(*self.last)
            self._close_browser()

    def _first_byte(self) -> int:
        """Return the first byte that the browser sends, and leave it there."""
        while not self.shared.stopping():
            if wait_for({self.browser: READ}):
                first = self.browser.recv(1, socket.MSG_PEEK)
                return first[0] if first else 0
        return 0

    def _secure(self) -> None:
        """Be the server for the browser, by a certificate that it alone trusts."""
        self.scheme = "https"
        self.browser.settimeout(HANDSHAKE)
        context = self.shared.key.context(self.target.host.rstrip("."))
        self.browser = context.wrap_socket(self.browser, server_side=True)

    def _await_request(self) -> tuple[RequestHead, bytes] | None:
        """Read as far as the end of a request's head; None where none comes.

        With it all that came of the request.
        """
        self.request = RequestReader()
        came = self._take(self.ahead)
        while self.request.head is None:
            if self.request.fault:
                self._refuse(self.request.fault)
                return None
            data = self._listen()
            if not data:
                return None
            came += self._take(data)
        return self.request.head, came

    def _take(self, data: bytes) -> bytes:
        """Take what belongs to the request; keep the rest for the next one."""
        taken = self.request.feed(data)
        self.ahead = data[taken:]
        return data[:taken]

    def _listen(self) -> bytes:
        """Return what the browser sends next; nothing once either side has closed."""
        server = self.last[0].sock if self.last else None
        wants = {self.browser: READ} | ({server: READ} if server else {})
        while not self.shared.stopping():
            ready = wait_for(wants)
            if server in ready and not self._take_unasked():
                return b""
            data = read_now(self.browser) if self.browser in ready else None
            if data is not None:
                return data
        return b""

    def _take_unasked(self) -> bool:
        """Pass on what a server sends after its response; False where it has closed."""
        exchange = self.last[0] if self.last else None
        if exchange is None:
            return False
        self.browser.settimeout(HANDSHAKE)
        self.browser.sendall(exchange.receive(0))
        self.orderly = exchange.end in ("open", "close")
        return exchange.end == "open"

    def _have_exchange(self, request: tuple[RequestHead, bytes]) -> bool:
        """Have the exchange for a request; tell whether another may follow it."""
        head, came = request
        url = self._url(head)
        entry = self.shared.ledger.open(head, url.url) if url else None
        if not url or not entry:
            return False
        exchange = self._exchange(head, url, entry)
        try:
            if entry.document:
                self._heed(exchange)
            if exchange.sock is None:
                exchange.connect()
        except NetworkError as error:
            exchange.close()
            self.shared.ledger.fail(exchange, entry, str(error))
            return False
        self.last = (exchange, entry)
        pump = Pump(self.browser, exchange, self.request, came, self.ahead)
        whole = pump.run(
            lambda: self.shared.ledger.move(entry, exchange), self.shared.stopping
        )
        self.shared.ledger.end(entry)
        if not whole:
            exchange.end_detail = exchange.end_detail or self._why_stopped(pump)
            if self._is_over() and not exchange.received:
                exchange.end = "time"  # nothing had come by the end of the capture
        self.ahead = pump.ahead
        self.orderly = whole and exchange.end in ("open", "close")
        return whole and exchange.end == "open" and pump.sending and pump.browser_open

    def _heed(self, exchange: Exchange) -> None:
        """Check that the browser may be led to a document.

        Raises:
            NetworkError: the site does not wish it, and is obeyed.
        """
        if why := self.shared.route.why_not(exchange.url):
            exchange.failure = "robots"
            raise NetworkError(why)

    def _is_over(self) -> bool:
        return self.shared.stopping() or self.shared.ledger.over

    def _why_stopped(self, pump: Pump) -> str:
        if self._is_over():
            return "the capture was over"
        return "" if pump.browser_open else "the browser closed the connection"

    def _url(self, head: RequestHead) -> ParsedUrl | None:
        """Return what a request is for; None where it may not be sent."""
        named = f"{self.scheme}://{head.host}"
        try:
            found = self._check_site(named)
            _check_target(found.host, head.target)
        except MalformedError as error:
            self._refuse(str(error), head.method)
            return None
        whole = f"{named}{head.target}"
        return ParsedUrl(found.scheme, found.host, found.port, whole, "")

    def _check_site(self, named: str) -> ParsedUrl:
        """Check that a request is for the site that the connection is for."""
        found, wanted = parse_url(named), parse_url(self._site)
        if (found.host, found.port) != (wanted.host, wanted.port):
            raise MalformedError(
                f"a request is for {show(named)}, expected {self._site} as the"
                " connection is"
            )
        return found

    @property
    def _site(self) -> str:
        return f"{self.scheme}://{self.target.netloc}"

    def _refuse(self, why: str, method: str = "") -> None:
        self.shared.ledger.block(f"{self._site}/", why, method)
        self.orderly = False

    def _exchange(
        self, head: RequestHead, url: ParsedUrl, entry: LedgerEntry
    ) -> Exchange:
        """Make an exchange, over the connection of the one before if there is one."""
        exchange = Exchange(
            url=url,
            route=self.shared.route,
            started=entry.started,
            request=self.shared.recording.spool(),
            response=self.shared.recording.spool(),
            reader=ResponseReader(head.method, upgrade=head.upgrade),
        )
        if self.last:
            exchange.follow(self.last[0])
            self.shared.ledger.write(*self.last)
            self.last = None
        return exchange

    def _close_browser(self) -> None:
        """Close the browser's side as the server's was: in order, or not.

        Over TLS the lack of close_notify says enough.  A reset takes with it what the
        browser has not read yet, so that is waited for.
        """
        with suppress(OSError):
            if isinstance(self.browser, ssl.SSLSocket):
                self.browser.settimeout(TICK)
                if self.orderly:
                    self.browser.unwrap()  # close_notify
            elif not self.orderly:
                time.sleep(BEFORE_RESET)
                self.browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.browser.close()


def _check_target(host: str, target: str) -> None:
    if asks_service(host, target):
        raise MalformedError(REASON)
    if len(target) > MAX_TARGET:
        raise MalformedError(
            f"its URL has {len(target)} characters, expected at most {MAX_TARGET}"
        )
