"""The plain client: ``requests`` over an exchange.

``requests`` and urllib3 write the request.  They never have the socket: connecting,
sending and receiving are the exchange's, and the response is read by our own reader
alone, so that no limit, quirk or early close of a client changes what is kept.
"""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ProtocolError

from archiver.errors import NetworkError
from archiver.wire.guard import LONE_PERCENT, has_empty_query
from archiver.wire.recorder import Exchange

ACCEPTED = "gzip, deflate, br"  # no zstd: nothing here undoes it


def fetch(exchange: Exchange, user_agent: str, more: Mapping[str, str] = {}) -> None:
    """Send a GET for the exchange's URL, and receive all of the response.

    One connection, one request: the server is asked to close, so that what it sends
    beyond the response is seen as well.  ``more`` are fields beside those that every
    request has, such as a login.  There is no session: cookies, proxies, netrc and
    certificates of the environment have no part in it.

    Raises:
        NetworkError: there is no connection, or no such request can be written.
    """
    headers = request_headers(user_agent, more)
    if exchange.url.host.endswith("."):  # the dot is left out otherwise
        headers = {"Host": urlsplit(exchange.url.url).netloc, **headers}
    # Beside a lone one urllib3 would escape those of real escapes, too.
    url = LONE_PERCENT.sub("%25", exchange.url.url)
    try:
        request = requests.Request("GET", url, headers).prepare()
        _Adapter(exchange).send(request, stream=True).close()
    except (requests.RequestException, HTTPError, OSError) as error:
        if exchange.sock is None:
            raise NetworkError(f"it cannot be asked for: {error}") from error
    exchange.read_rest()


def request_headers(user_agent: str, more: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the fields that every request has, beside Host, and then ``more``."""
    return {
        "User-Agent": user_agent,
        "Accept": "*/*",
        "Accept-Encoding": ACCEPTED,
        "Connection": "close",
        **more,
    }


class _Connection(HTTPConnection):
    """A connection that hands each request to its exchange."""

    def __init__(
        self, host: str, port: int, *, exchange: Exchange, **more: Any
    ) -> None:
        super().__init__(host, port, **more)
        self._exchange = exchange

    def send(self, data: Any) -> None:
        """Send bytes; a request without a body has nothing else."""
        self._exchange.send(bytes(data))

    # urllib3 itself returns its own response where http.client says its own is due.
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        """Return a response with a status and nothing in it: it is read elsewhere."""
        self._exchange.read_head()
        message = self._exchange.reader.message
        if message is None:
            raise ProtocolError("no response head came")
        return HTTPResponse(BytesIO(), status=message.status, preload_content=False)


class _TlsConnection(_Connection):
    # The port that Host leaves out; a class variable in urllib3, against the stubs.
    default_port = 443  # type: ignore[misc]


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """An adapter whose every connection is one exchange's."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self._exchange = exchange

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        """Return the exchange's connection, whatever the request says."""
        url = self._exchange.url
        pool = _TlsPool if url.scheme == "https" else _Pool
        return pool(url.host, url.port, exchange=self._exchange)

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """Return the target; ``requests`` forgets a query that is empty."""
        target: str = super().request_url(request, proxies)
        return f"{target}?" if has_empty_query(self._exchange.url.url) else target

    def cert_verify(self, *_: Any) -> None:
        """Do nothing: the exchange verifies certificates in the handshake."""
