"""Which URLs and which addresses a capture may go to.

A page names where the next request goes (by a redirect, by its DNS answer), so each
is checked before the connection.  An address counts by what it is, not by how it is
spelled: only global unicast is allowed (the IANA special-purpose address registries,
RFC 6890), and an IPv4 address inside an IPv6 one is checked as well.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from archiver.errors import MalformedError, NetworkError
from archiver.redacting.urlsecrets import find_secrets, hide_secrets
from archiver.strict import show

PORTS = {"http": 80, "https": 443}
MAX_URL = 1 << 15  # characters as it is sent: a record's header has no room for more
MOST_SECRETS = 100  # keys of one URL
MAX_HOST = 253  # characters: RFC 1035, 2.3.4
LAST_PORT = 65535

# Ports that no browser opens for HTTP (Fetch, 2.9), since what listens there may take
# a request line for a command of its own protocol.
_BAD_PORTS = """
    1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109
    110 111 113 115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526
    530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659
    4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
"""
BAD_PORTS = frozenset(map(int, _BAD_PORTS.split()))

# Spelled out, since what Python calls global changes with its version.
_INNER_V4 = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
    192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15
    198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
"""
INNER_V4 = tuple(map(IPv4Network, _INNER_V4.split()))
GLOBAL_V6 = IPv6Network("2000::/3")
INNER_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
TEREDO = IPv6Network("2001::/32")
SIX_TO_FOUR = IPv6Network("2002::/16")
NAT64 = IPv6Network("64:ff9b::/96")
ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214, 6.1: before the IPv4 address

_SENT_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"
LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_ESCAPABLE = re.compile(b"%([0-9A-Fa-f]{2})|[^0-9A-Za-z%]")
_MARKS = b"!$&()*+,/:;=?@"  # not "'" nor brackets, which some escape
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\\]|\s")
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f]|\s")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^\[\]:]*)(?::([0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")


class Address(NamedTuple):
    """One address and port; ``ip`` in the standard's spelling, without brackets."""

    ip: str
    port: int


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """A URL that may be captured, as far as its spelling goes.

    ``host`` is ASCII and lower case, an IPv6 address without brackets; ``url`` is the
    whole without its fragment, and what is asked for.
    """

    scheme: str
    host: str
    port: int
    url: str
    fragment: str


def parse_url(url: str) -> ParsedUrl:
    """Parse an absolute http or https URL in a plain spelling.

    Refused though RFC 3986 permits them: userinfo (a password does not belong into an
    archive), blanks and control characters, a backslash, a percent sign in the host,
    numbers that stand for an IPv4 address, and the ports that browsers refuse.

    Raises:
        MalformedError: it is none.
    """
    _check_length(url)
    if found := _CONTROL.search(url):
        raise MalformedError(
            f"{_shown(url)} holds {found[0]!r}, expected no blank, control character"
            " or backslash",
            hint="write such a character as % and its two hex digits",
        )
    parts = _split(url)
    host, port = _parse_authority(url, parts)
    default = port == PORTS[parts.scheme]
    name = f"[{host}]" if ":" in host else host
    netloc = name if default else f"{name}:{port}"
    whole = parts._replace(netloc=netloc, path=parts.path or "/", fragment="")
    # An empty query is one, which the standard library forgets (RFC 3986, 6.2.3).
    empty = "?" if has_empty_query(url) else ""
    return ParsedUrl(parts.scheme, host, port, whole.geturl() + empty, parts.fragment)


def join_url(base: str, reference: str) -> ParsedUrl:
    """Return where a reference leads from ``base`` (RFC 3986, 5.2).

    Raises:
        MalformedError: nowhere that a capture may go to.
    """
    asked, mark, fragment = reference.partition("#")
    held = "-" if has_empty_query(reference) else ""  # so that the query is not lost
    try:
        joined = urljoin(base, f"{asked}{held}").removesuffix(held)
    except ValueError as error:
        raise MalformedError(f"{_shown(reference)} is no URL: {error}") from error
    return parse_url(f"{joined}{mark}{fragment}")


def redirect_url(base: str, location: str) -> ParsedUrl:
    """Return where a Location leads; blanks in it are escaped, as browsers do.

    Raises:
        MalformedError: nowhere that a capture may go to.
    """
    escaped = _BLANK.sub(lambda found: quote(found[0]), location.strip())
    return join_url(base, escaped)


def has_empty_query(url: str) -> bool:
    """Tell whether a question mark ends what is asked for, with nothing behind it."""
    asked = url.partition("#")[0]
    return asked.endswith("?") and asked.count("?") == 1


def plain_spelling(url: str) -> str:
    """Spell the path and the query of a URL that was parsed in one way.

    A client, a browser and a server write escapes each in its own (RFC 3986, 6.2.2):
    here all that is an escape is one, with capitals, and dot segments are removed.
    """
    data = LONE_PERCENT.sub("%25", url).encode("utf-8", "surrogatepass")
    spelt = _ESCAPABLE.sub(_spell, data).decode("ascii")
    place, mark, query = spelt.partition("?")
    scheme, _, rest = place.partition("://")
    netloc, *segments = rest.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return f"{scheme}://{'/'.join([netloc, *kept])}{mark}{query}"


def _spell(found: re.Match[bytes]) -> bytes:
    byte = int(found[1], 16) if found[1] else found[0][0]
    is_plain = chr(byte).isascii() and (chr(byte).isalnum() or byte in b"-._~")
    is_mark = not found[1] and byte in _MARKS
    return bytes([byte]) if is_plain or is_mark else b"%%%02X" % byte


def _check_length(url: str) -> None:
    """Check that what is written of ``url`` has room, and can be read again.

    Each byte that is escaped takes three characters, each secret those of its marker.
    """
    length = len(quote(url, _SENT_AS_IT_IS, errors="surrogatepass"))
    if length > MAX_URL:
        raise MalformedError(
            f"a URL of {length} characters, expected at most {MAX_URL}"
        )
    secrets = sum(1 for _ in find_secrets(url))
    if secrets > MOST_SECRETS:
        raise MalformedError(
            f"a URL with {secrets} keys for secrets, expected at most {MOST_SECRETS}"
        )


def _shown(url: str) -> str:
    """Return a URL as a message may repeat it."""
    return show(hide_secrets(url))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        url.encode()
    except ValueError as error:
        raise MalformedError(f"{_shown(url)} is no URL: {error}") from error
    if parts.scheme not in PORTS:
        raise MalformedError(
            f"{_shown(url)} has the scheme {show(parts.scheme)}, expected http or"
            " https",
            hint="write the whole URL, such as https://example.org/page",
        )
    if "@" in parts.netloc:
        raise MalformedError(
            f"the URL names a user before {parts.netloc.rpartition('@')[2]!r}, expected"
            " none",
            hint="take the user and password out of the URL",
        )
    return parts


def _parse_authority(url: str, parts: SplitResult) -> tuple[str, int]:
    found = _AUTHORITY.fullmatch(parts.netloc)
    if not found:
        raise MalformedError(f"{_shown(url)} has no host and port that can be read")
    port = int(found[2]) if found[2] else PORTS[parts.scheme]
    if not 0 < port <= LAST_PORT or port in BAD_PORTS:
        raise MalformedError(
            f"{_shown(url)} names port {port}, expected one that a browser opens"
        )
    return _parse_host(found[1]), port


def _parse_host(host: str) -> str:
    """Return a host in the one spelling that is connected to."""
    if host.startswith("["):
        return _parse_ipv6(host[1:-1])
    name = _to_ascii(host)
    labels = name.removesuffix(".").split(".")
    if len(name) > MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise MalformedError(f"{show(host)} is no host name, expected labels and dots")
    if _NUMBER.fullmatch(labels[-1]):
        return _parse_ipv4(name)
    return name


def _to_ascii(host: str) -> str:
    """Return a host name in ASCII (UTS 46, as browsers do)."""
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError as error:
        raise MalformedError(
            f"{show(host)} is no host name: {error}",
            hint="if browsers open it, write it as they send it, with xn--",
        ) from error


def _parse_ipv4(host: str) -> str:
    """Refuse 127.1, 0x7f.1, 2130706433 and the like: each may hide an address."""
    try:
        return str(IPv4Address(host))
    except ValueError as error:
        raise MalformedError(
            f"the host {show(host)} ends in a number, expected an IPv4 address of four"
            " decimal numbers"
        ) from error


def _parse_ipv6(host: str) -> str:
    try:
        address = IPv6Address(host)
    except ValueError as error:
        raise MalformedError(f"{show(host)} is no IPv6 address: {error}") from error
    if address.scope_id is not None:
        raise MalformedError(f"{show(host)} names a network interface, expected none")
    return str(address)


def parse_address(text: str) -> Address:
    """Parse ``127.0.0.1:8000`` or ``[::1]:8000``: one address, never a name.

    Raises:
        MalformedError: it is neither.
    """
    host, _, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ip = ip_address(bare)
    except ValueError as error:
        raise MalformedError(
            f"{show(text)} is no address and port, expected such as 127.0.0.1:8000 or"
            " [::1]:8000",
            hint="write the address itself: what a name stands for can change",
        ) from error
    if not _PORT.fullmatch(port) or int(port) > LAST_PORT:
        raise MalformedError(
            f"{show(text)} has the port {port!r}, expected 1 to {LAST_PORT}"
        )
    if isinstance(ip, IPv6Address) != (bare != host):
        raise MalformedError(f"{show(text)}: brackets stand round IPv6 addresses alone")
    return Address(str(ip), int(port))


def format_address(address: Address) -> str:
    """Write an address and port as a URL does."""
    host = f"[{address.ip}]" if ":" in address.ip else address.ip
    return f"{host}:{address.port}"


def allow_hint(address: Address) -> str:
    """Say how to let an address in, and who may have wished for it."""
    return (
        "a name or a redirect can lead to what only you can reach; if you mean that"
        f" machine, allow it with --allow-address {format_address(address)}"
    )


def check_address(address: Address, allowed: Collection[Address]) -> None:
    """Check that a connection may go to ``address``.

    It may where ``allowed`` names exactly this address and port, or where the address
    and every IPv4 address inside it is global unicast.

    Raises:
        NetworkError: it may not.
    """
    if address in allowed:
        return
    try:
        ip = ip_address(address.ip)
    except ValueError as error:
        raise NetworkError(f"{address.ip!r} is no IP address: {error}") from error
    for inner in (ip, *_embedded(ip)):
        if not _is_global(inner):
            spelled = format_address(address)
            raise NetworkError(
                f"{spelled} is an inner or special address ({inner}), expected one of"
                " the public Internet",
                hint=allow_hint(address),
            )


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return ip.is_global and not any(ip in network for network in INNER_V4)
    if ip in NAT64 or ip in TEREDO or ip in SIX_TO_FOUR or ip.ipv4_mapped:
        return ip.scope_id is None  # these count by the IPv4 addresses inside
    inner = any(ip in network for network in INNER_V6)
    return ip.scope_id is None and ip in GLOBAL_V6 and ip.is_global and not inner


def _embedded(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address carries to a router."""
    if isinstance(ip, IPv4Address):
        return
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
    if ip.sixtofour:
        yield ip.sixtofour
    if ip.teredo:
        yield from ip.teredo  # the server, and the client behind it
    if ip in NAT64 or int(ip) >> 32 & 0xFFFF_FFFF in ISATAP:
        yield IPv4Address(int(ip) & 0xFFFF_FFFF)
