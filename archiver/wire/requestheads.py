"""HTTP/1.1 requests as they stand on the wire: the head, and what ends the body.

RFC 9112.  A request is what our own side sends, a client or a browser, so this module
is strict: one spelling, the origin form, one framing.  What it refuses is not sent.
"""

import re
from dataclasses import dataclass, field

from archiver.errors import MalformedError
from archiver.strict import show
from archiver.wire.codings import Dechunker
from archiver.wire.messages import MAX_HEAD

_END = b"\r\n\r\n"
_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (/[\x21-\x7e]*) (HTTP/1\.[01])")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The head of a request: its line, its fields in the order sent, and its length.

    Field values are Latin-1, without the blanks round them.
    """

    method: str
    target: str
    version: str
    fields: tuple[tuple[str, str], ...]
    end: int

    def values(self, name: str) -> list[str]:
        """Return the values of the field ``name``, in whatever case it was sent."""
        wanted = name.lower()
        return [value for field, value in self.fields if field.lower() == wanted]

    @property
    def host(self) -> str:
        """The host and port that the request is to (RFC 9110, 7.2)."""
        return self.values("host")[0]

    @property
    def upgrade(self) -> bool:
        """Whether the request asks for another protocol (RFC 9110, 7.8)."""
        return bool(self.values("upgrade"))


def parse_request_head(data: bytes | bytearray) -> RequestHead:
    """Parse the head of a request; ``data`` may go on past it.

    Raises:
        MalformedError: the head does not end, its line is no request in origin form, a
            field has no name or holds a control character, or there is not exactly one
            Host.
    """
    end = data.find(_END)
    if end < 0:
        raise MalformedError(
            f"the request head does not end in {len(data)} bytes, expected an empty"
            " line"
        )
    first, *lines = bytes(data[:end]).decode("latin-1").split("\r\n")
    line = _LINE.fullmatch(first)
    if not line:
        raise MalformedError(
            f"the request begins with {show(first)}, expected a method, a path and"
            " HTTP/1.1"
        )
    fields = tuple(map(_parse_field, lines))
    head = RequestHead(line[1], line[2], line[3], fields, end + len(_END))
    if len(head.values("host")) != 1:
        raise MalformedError(
            f"the request has the Host {show(head.values('host'))}, expected one"
        )
    return head


def sent_uri(scheme: str, head: RequestHead) -> str:
    """Return the URI that a request is for (RFC 9110, 7.1)."""
    return f"{scheme}://{head.host}{head.target}"


def body_length(head: RequestHead) -> int | None:
    """Return the length of a request's body; None where it comes in chunks.

    Raises:
        MalformedError: it is framed in two ways, or in none that is known.
    """
    lengths, transfer = head.values("content-length"), head.values("transfer-encoding")
    if [coding.lower() for coding in transfer] == ["chunked"] and not lengths:
        return None
    if transfer or len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
        raise MalformedError(
            f"the request has the Content-Length {show(lengths)} and the"
            f" Transfer-Encoding {show(transfer)}, expected one number, or chunked"
        )
    return int(lengths[0]) if lengths else 0


@dataclass(slots=True)
class RequestReader:
    """A request, followed as its bytes come, in whatever pieces.

    ``head`` is there once it has ended.  With a ``fault`` nothing more can be read.
    """

    head: RequestHead | None = None
    fault: str = ""
    _held: bytearray = field(default_factory=bytearray)
    _left: int = 0
    _chunks: Dechunker | None = None

    @property
    def begun(self) -> bool:
        """Tell whether any byte came."""
        return bool(self._held)

    @property
    def finished(self) -> bool:
        """Tell whether all of the request came."""
        if self.head is None:
            return False
        return self._chunks.finished if self._chunks else not self._left

    def feed(self, data: bytes) -> int:
        """Take the next bytes; return how many of them belong to this request."""
        if self.head:
            return self._feed_body(data)
        before = len(self._held)
        self._held += data
        if self._held.find(_END, max(0, before - len(_END))) < 0:
            if len(self._held) > MAX_HEAD:
                self.fault = f"the request head exceeds {MAX_HEAD} bytes"
            return len(data)
        try:
            self._take_head()
        except MalformedError as error:
            self.fault = str(error)
        if self.head is None:
            return len(data)
        in_head = self.head.end - before
        return in_head + self._feed_body(data[in_head:])

    def _take_head(self) -> None:
        head = parse_request_head(self._held)
        length = body_length(head)
        self._left = length or 0
        self._chunks = Dechunker() if length is None else None
        self.head = head

    def _feed_body(self, data: bytes) -> int:
        if self._chunks is None:
            taken = min(self._left, len(data))
            self._left -= taken
            return taken
        if self._chunks.finished:
            return 0
        self._chunks.feed(data)
        self.fault = self._chunks.fault
        return len(data) - len(self._chunks.rest)


def _parse_field(line: str) -> tuple[str, str]:
    found = _FIELD.fullmatch(line)
    if not found or _CONTROL.search(line):
        raise MalformedError(
            f"the request has the line {show(line)}, expected a field name, a colon and"
            " a value"
        )
    return found[1], found[2].rstrip(" \t")
