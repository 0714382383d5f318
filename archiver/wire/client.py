"""The plain client: one GET over an exchange.

The request is one block of bytes, written here.  Connecting, sending and receiving are
the exchange's, and the response is read by our own reader alone, so that no limit,
quirk or early close of a library changes what is kept, and nothing of the environment
has a part in it: no cookies, proxies, netrc or certificates.
"""

from collections.abc import Mapping
from contextlib import suppress

from archiver.errors import MalformedError, NetworkError
from archiver.wire.recorder import Exchange
from archiver.wire.requestheads import format_request

ACCEPTED = "gzip, deflate, br"  # no zstd: nothing here undoes it


def fetch(exchange: Exchange, user_agent: str, more: Mapping[str, str] = {}) -> None:
    """Send a GET for the exchange's URL, and receive all of the response.

    One connection, one request: the server is asked to close, so that what it sends
    beyond the response is seen as well.  ``more`` are fields beside those that every
    request has, such as a login.

    Raises:
        NetworkError: there is no connection, or no such request can be written.
    """
    try:
        request = format_request(exchange.url.url, request_headers(user_agent, more))
    except MalformedError as error:
        raise NetworkError(f"it cannot be asked for: {error}") from error
    with suppress(OSError):  # where the connection broke there may be a response
        exchange.send(request)
    exchange.read_head()  # for what is read of the rest depends on it
    exchange.read_rest()


def request_headers(user_agent: str, more: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the fields that every request has, beside Host, and then ``more``.

    One of ``more`` takes the place of one of the same name, in whatever case.
    """
    usual = {
        "User-Agent": user_agent,
        "Accept": "*/*",
        "Accept-Encoding": ACCEPTED,
        "Connection": "close",
    }
    given = {name.lower() for name in more}
    kept = {name: value for name, value in usual.items() if name.lower() not in given}
    return {**kept, **more}
