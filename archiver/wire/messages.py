"""HTTP/1.x response heads as they stand on the wire, and how their bodies are framed.

RFC 9112.  The bytes are never changed: this module only says where the head of the
final response ends, what its fields are, and what ends its body.  It is tolerant where
browsers are (a bare LF, a folded line, a line without colon, raw bytes above 0x7F) and
names each such oddity; it is strict where two readers could see two different bodies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from archiver.errors import MalformedError
from archiver.strict import show

MAX_HEAD = 1 << 20  # bytes of one response's heads, interim ones included
SWITCHING_PROTOCOLS = 101
OK = 200
SUCCESSFUL = range(200, 300)  # RFC 9110, 15.3
CLIENT_ERROR, SERVER_ERROR = 400, 500  # the first of each class (15.5, 15.6)
NO_BODY = (SWITCHING_PROTOCOLS, 204, 304)
UNKNOWN_TYPE = "application/octet-stream"  # RFC 9110, 8.3: what a recipient may assume

_HEAD_END = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"(HTTP/[0-9]\.[0-9])[ \t]+([1-9][0-9]{2})(?:[ \t]+(.*))?")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS = b" \t\r\x0b\x0c"
# The IANA registry of transfer codings; what is none of them leaves the body's end open
_CODINGS = ("chunked", "compress", "deflate", "gzip", "x-compress", "x-gzip")
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
_CHARSET = re.compile(r";[ \t]*charset[ \t]*=[ \t]*(\"[^\"]*\"|[^;, \t]*)")

_FAULTS: Final = {
    "bare-cr": "a CR without its LF stands in the head, which some take for a line end",
    "blank-line": "a line of blanks stands in the head, which some take for its end",
}

FramingKind = Literal["none", "length", "chunked", "close", "upgrade"]


@dataclass(frozen=True, slots=True)
class Message:
    """The head of a final response.

    ``start`` and ``end`` are offsets in the bytes that came: interim responses lie
    before ``start``, the body begins at ``end``.  Field names and values are raw bytes
    without the blanks round them, in the order sent.  ``oddities`` are stable words.
    """

    version: str
    status: int
    reason: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    start: int
    end: int
    oddities: tuple[str, ...] = ()

    def values(self, name: str) -> list[bytes]:
        """Return the values of the field ``name``, in whatever case it was sent."""
        wanted = name.lower().encode()
        return [value for field, value in self.fields if field.lower() == wanted]


@dataclass(frozen=True, slots=True)
class Framing:
    """What ends the body (RFC 9112, 6.3), and the codings on it, first applied first.

    ``upgrade``: what follows is another protocol, which goes on until the connection is
    closed.  With a ``fault`` the end is a guess: the sender contradicts itself.
    """

    kind: FramingKind
    length: int = 0
    codings: tuple[str, ...] = ()
    fault: str = ""


def head_end(data: bytes | bytearray, start: int, begin: int = 0) -> int | None:
    """Return the offset behind the empty line that ends the head at ``start``.

    The search begins at ``begin`` where that lies later, for a head that arrives in
    pieces.  None if there is no such line yet.
    """
    found = _HEAD_END.search(data, max(start, begin))
    return found.end() if found else None


def is_interim(status: int) -> bool:
    """Tell whether another response follows this one (RFC 9110, 15.2)."""
    return status < OK and status != SWITCHING_PROTOCOLS


def parse_head(data: bytes | bytearray, start: int, end: int) -> Message:
    """Parse one head, which lies from ``start`` to ``end`` with its empty line.

    Raises:
        MalformedError: its first line is no status line of HTTP/1.x.
    """
    lines = bytes(data[start:end]).split(b"\n")[:-2]
    status = _STATUS_LINE.fullmatch(lines[0].removesuffix(b"\r"))
    if not status or not status[1].startswith(b"HTTP/1."):
        raise MalformedError(
            f"the response begins with {show(lines[0])}, expected an HTTP/1.x status"
        )
    odd = {"bare-lf"} if any(not line.endswith(b"\r") for line in lines) else set()
    bare = [line.removesuffix(b"\r") for line in lines]
    odd |= _oddities(bare)
    fields = _parse_fields(bare[1:], odd)
    return Message(
        version=status[1].decode("ascii"),
        status=int(status[2]),
        reason=status[3] or b"",
        fields=tuple(fields),
        start=start,
        end=end,
        oddities=tuple(sorted(odd)),
    )


def _oddities(lines: list[bytes]) -> set[str]:
    """Name what others read otherwise.

    They part lines at a bare CR, end a head at a line of blanks, or stop at a NUL.
    """
    head = b"\n".join(lines)
    found = {
        "bare-cr": b"\r" in head,
        "blank-line": not all(line.strip(_BLANKS) for line in lines),
        "control": bool(_CONTROL.search(head)),
        "non-ascii": not head.isascii(),
    }
    return {name for name, holds in found.items() if holds}


def _parse_fields(lines: list[bytes], odd: set[str]) -> list[tuple[bytes, bytes]]:
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        blank = line.startswith((b" ", b"\t"))
        if blank and fields:
            odd.add("obs-fold")
            fields[-1][1].append(line.strip(b" \t"))
        elif blank or not colon or not name.strip(b" \t"):  # RFC 9112, 2.2
            odd.add("no-colon")
        else:
            fields.append((name.strip(b" \t"), [value.strip(b" \t")]))
    if {b"transfer-encoding", b"content-length"} <= {n.lower() for n, _ in fields}:
        odd.add("two-framings")
    return [(name, b" ".join(parts)) for name, parts in fields]


def body_framing(
    message: Message, method: str = "GET", *, upgrade: bool = False
) -> Framing:
    """Return what ends the body of the answer to a ``method`` (RFC 9112, 6.3).

    Only where the request asked for an ``upgrade`` does 101 begin another protocol.
    Stricter than the RFC: a Content-Length that is no number, or two different ones,
    is a fault even where the connection's end would give a body; and so is a head that
    others read to another end.
    """
    framing = _framing(message, method, upgrade=upgrade)
    fault = framing.fault or next(
        (_FAULTS[each] for each in message.oddities if each in _FAULTS), ""
    )
    return replace(framing, fault=fault) if fault else framing


def _framing(message: Message, method: str, *, upgrade: bool) -> Framing:
    codings = tuple(_tokens(message, "content-encoding"))
    transfer = list(_tokens(message, "transfer-encoding"))
    if is_interim(message.status) or message.status in NO_BODY:
        upgraded = upgrade and message.status == SWITCHING_PROTOCOLS
        return Framing("upgrade" if upgraded else "none", codings=codings)
    if method == "HEAD":  # its fields are those of a body that is not sent
        return Framing("none", codings=codings)
    if transfer:
        return _transfer_framing(message, transfer, codings)
    lengths = set(_elements(message, "content-length"))
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        found = b", ".join(sorted(lengths))
        fault = f"Content-Length is {show(found)}, expected one decimal number"
        return Framing("close", codings=codings, fault=fault)
    if lengths:
        return Framing("length", int(lengths.pop()), codings)
    return Framing("close", codings=codings)


def _transfer_framing(
    message: Message, transfer: list[str], content: tuple[str, ...]
) -> Framing:
    """Frame by Transfer-Encoding, which overrides Content-Length."""
    fault = ""
    if not set(transfer) <= set(_CODINGS):
        fault = f"Transfer-Encoding is {show(transfer)}, expected codings that exist"
    elif message.version == "HTTP/1.0":  # RFC 9112, 6.1
        fault = "Transfer-Encoding stands in a response of HTTP/1.0, which has none"
    elif "chunked" in transfer[:-1]:
        fault = f"Transfer-Encoding is {show(transfer)}, expected chunked to stand last"
    kind: FramingKind = "chunked" if transfer[-1] == "chunked" else "close"
    codings = (*content, *(coding for coding in transfer if coding != "chunked"))
    return Framing(kind, codings=codings, fault=fault)


def media_type_and_charset(message: Message) -> tuple[str, str | None]:
    """Return the declared media type in lower case, and its charset if it names one.

    Of several Content-Type fields the last that names a type counts, as in browsers.
    """
    for value in reversed(message.values("content-type")):
        declared = value.decode("latin-1").lower()
        media_type = declared.partition(";")[0].strip()
        if _MEDIA_TYPE.fullmatch(media_type):
            charset = _CHARSET.search(declared)
            name = charset[1].strip('"').strip() if charset else ""
            return media_type, name or None
    return UNKNOWN_TYPE, None


def redirect_location(message: Message) -> str | None:
    """Return the Location of a redirect that a GET follows (RFC 9110, 15.4), or None.

    The bytes are read as UTF-8 where they are that, else as Latin-1.
    """
    locations = message.values("location")
    if message.status not in (301, 302, 303, 307, 308) or not locations:
        return None
    try:
        return locations[0].decode("utf-8")
    except UnicodeDecodeError:
        return locations[0].decode("latin-1")


def _tokens(message: Message, name: str) -> Iterator[str]:
    """Yield the codings that a field names; ``identity`` is none."""
    for element in _elements(message, name):
        coding = element.decode("latin-1").lower()
        if coding != "identity":
            yield coding


def _elements(message: Message, name: str) -> Iterator[bytes]:
    """Yield the elements of a list (RFC 9110, 5.6.1), leaving out the empty ones."""
    for value in message.values(name):
        for part in value.split(b","):
            if element := part.strip(b" \t"):
                yield element
