"""The server's side of SOCKS 5 (RFC 1928), as far as a browser speaks it.

A browser behind it sends to every server the very bytes that it would send without a
proxy, over plain connections and over TLS, and leaves the names to be resolved here.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from archiver.errors import MalformedError

PATIENCE: Final = 5  # seconds for a greeting
SUCCEEDED: Final = 0
NOT_ALLOWED: Final = 2
_NO_SUCH_COMMAND: Final = 7
_VERSION: Final = 5
_NO_AUTHENTICATION: Final = 0
_NONE_ACCEPTABLE: Final = 0xFF
_CONNECT: Final = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_LENGTHS: Final = {_IPV4: 4, _IPV6: 16}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a connection is to go: a name or an address, and a port."""

    host: str
    port: int

    @property
    def netloc(self) -> str:
        """The host and port as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_target(sock: socket.socket) -> Target:
    """Greet a client, and read where it wants to go; :func:`answer` is due.

    Raises:
        MalformedError: it speaks something else, offers no connection without
            authentication, or asks for another command than CONNECT.
        OSError: the connection broke, or nothing came for too long.
    """
    sock.settimeout(PATIENCE)
    version, count = _read(sock, 2)
    if version != _VERSION:
        raise MalformedError(f"a greeting begins with {version}, expected {_VERSION}")
    if _NO_AUTHENTICATION not in _read(sock, count):
        sock.sendall(bytes((_VERSION, _NONE_ACCEPTABLE)))
        raise MalformedError("a client offers no connection without authentication")
    sock.sendall(bytes((_VERSION, _NO_AUTHENTICATION)))
    version, command, _, kind = _read(sock, 4)
    if (version, command) != (_VERSION, _CONNECT):
        answer(sock, _NO_SUCH_COMMAND)
        raise MalformedError(f"a client asks for command {command}, expected CONNECT")
    host = _read_host(sock, kind)
    return Target(host, int.from_bytes(_read(sock, 2)))


def answer(sock: socket.socket, reply: int) -> None:
    """Answer a request (RFC 1928, 6); the address that is bound is nobody's concern.

    Raises:
        OSError: the connection broke.
    """
    sock.sendall(bytes((_VERSION, reply, 0, _IPV4, 0, 0, 0, 0, 0, 0)))


def _read_host(sock: socket.socket, kind: int) -> str:
    if kind == _NAME:
        name = _read(sock, _read(sock, 1)[0])
        try:
            return name.decode("ascii").lower()
        except UnicodeDecodeError as error:
            raise MalformedError(f"a client asks for the host {name!r}") from error
    if kind not in _LENGTHS:
        raise MalformedError(f"a client names an address of type {kind}")
    packed = _read(sock, _LENGTHS[kind])
    return str(IPv4Address(packed) if kind == _IPV4 else IPv6Address(packed))


def _read(sock: socket.socket, length: int) -> bytes:
    """Read exactly so many bytes."""
    data = b""
    while len(data) < length:
        block = sock.recv(length - len(data))
        if not block:
            raise MalformedError(
                f"a client sent {len(data)} bytes, expected {length} more of SOCKS 5"
            )
        data += block
    return data
