"""One response, read from the raw bytes as they come; and whether it is whole.

That rests on the bytes and on how the connection ended, never on what a client library
made of them (RFC 9112, 8: handling incomplete messages).
"""

from dataclasses import dataclass
from typing import Literal

from archiver.errors import MalformedError
from archiver.wire.codings import ContentDecoder, Dechunker
from archiver.wire.messages import (
    MAX_HEAD,
    Framing,
    Message,
    body_framing,
    head_end,
    is_interim,
    parse_head,
)

BEGINNING = b"HTTP/1."  # what every response that we can read begins with
UNFRAMED = ("close", "upgrade")  # what only the end of the connection ends

End = Literal["open", "close", "ragged", "reset", "time", "length"]
Outcome = Literal["complete", "truncated", "malformed"]
Truncated = Literal["length", "time", "disconnect", "unspecified"]

ENDS: dict[End, tuple[Truncated, str]] = {
    "open": ("unspecified", "the reading stopped"),
    "close": ("disconnect", "the server closed the connection"),
    "ragged": ("disconnect", "the connection ended without TLS close_notify"),
    "reset": ("disconnect", "the connection broke"),
    "time": ("time", "the time was up"),
    "length": ("length", "the limit of bytes was reached"),
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether a response came to its own end, and if not, why.

    Without TLS that is the word of whoever was on the way: he who cuts a body that only
    the close of the connection ends is not found out.

    ``truncated`` is the value of WARC-Truncated (WARC 1.1, 5.13); only a truncated
    response has one.
    """

    outcome: Outcome
    reason: str = ""
    truncated: Truncated | None = None


class ResponseReader:
    """A response to a ``method``, followed as its bytes arrive, in whatever pieces.

    ``upgrade`` tells that the request asked for another protocol.  ``message`` is there
    once the head of the final response has ended; ``interim`` counts the responses
    before it.  ``finished`` tells that the framing itself has shown the end, and
    ``surplus`` counts the bytes beyond.  With a ``fault`` nothing that follows can be
    read.
    """

    def __init__(self, method: str = "GET", *, upgrade: bool = False) -> None:
        self.method = method
        self.upgrade = upgrade
        self.message: Message | None = None
        self.framing = Framing("close")
        self.fault = ""
        self.body_length = 0
        self.surplus = 0
        self.interim = 0
        self._head = bytearray()
        self._start = 0
        self._left = 0
        self._dechunker = Dechunker()

    @property
    def finished(self) -> bool:
        """Tell whether the framing has shown the end of the message."""
        if self.message is None or self.framing.kind in UNFRAMED:
            return False
        if self.framing.kind == "chunked":
            return self._dechunker.finished
        return not self._left

    @property
    def oddities(self) -> tuple[str, ...]:
        """Return stable words for what is odd in the message and yet readable."""
        odd = set(self.message.oddities if self.message else ())
        odd |= {"bare-lf"} if self._dechunker.bare_lf else set()
        return tuple(sorted(odd))

    def again(self) -> "ResponseReader":
        """Return a reader of the same response from its first byte."""
        return ResponseReader(self.method, upgrade=self.upgrade)

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes; return what they add to the body, without chunking."""
        if self.fault:
            return b""
        if self.message is None:
            data = self._feed_head(data)
        body = self._feed_body(data)
        self.body_length += len(body)
        return body

    def _feed_head(self, data: bytes) -> bytes:
        """Take bytes of the head; return those behind its end, once it has come."""
        searched = len(self._head) - 2  # the empty line may have begun before
        self._head += data
        while self.message is None and not self.fault:
            end = head_end(self._head, self._start, searched)
            self._check_head(len(self._head) if end is None else end)
            if end is None:
                return b""
            self._take_head(end)
        return bytes(self._head[self.message.end :]) if self.message else b""

    def _check_head(self, end: int) -> None:
        """Find early that a head is none, or too long, and so need not be held."""
        begin = bytes(self._head[self._start : self._start + len(BEGINNING)])
        if begin != BEGINNING and len(begin) == len(BEGINNING):
            self.fault = f"the response begins with {begin!r}, expected {BEGINNING!r}"
        elif end > MAX_HEAD:
            self.fault = f"the response head exceeds {MAX_HEAD} bytes"

    def _take_head(self, end: int) -> None:
        if self.fault:
            return
        try:
            message = parse_head(self._head, self._start, end)
        except MalformedError as error:
            self.fault = str(error)
            return
        if is_interim(message.status):
            self.interim += 1
            self._start = end
            return
        self.message = message
        self.framing = body_framing(message, self.method, upgrade=self.upgrade)
        self._left = self.framing.length

    def _feed_body(self, data: bytes) -> bytes:
        if self.message is None:
            return b""
        if self.framing.kind in UNFRAMED:
            return data
        if self.finished:
            self.surplus += len(data)
            return b""
        if self.framing.kind == "chunked":
            return self._feed_chunks(data)
        body = data[: self._left]
        self._left -= len(body)
        self.surplus += len(data) - len(body)
        return body

    def _feed_chunks(self, data: bytes) -> bytes:
        body = self._dechunker.feed(data)
        self.surplus += len(self._dechunker.rest)
        self.fault = self._dechunker.fault
        return body


def judge_completeness(
    reader: ResponseReader, end: End, decoder: ContentDecoder
) -> Completeness:
    """Judge whether the response is whole.

    ``reader`` was fed every byte that came, ``decoder`` every byte of the body, and
    ``end`` is how the connection ended.  An orderly close ends only a body that no
    other framing ends (RFC 9112, 6.3, the last rule); a content coding must have shown
    its own end as well.
    """
    fault = reader.framing.fault or reader.fault
    if fault:
        return Completeness("malformed", fault)
    if reader.surplus or (reader.finished and end == "length"):
        return Completeness("malformed", "bytes follow after the end of the response")
    unframed = reader.message is not None and reader.framing.kind in UNFRAMED
    closed = unframed and end == "close"
    if not reader.finished and not closed:
        truncated, how = ENDS[end]
        return Completeness("truncated", f"{how}: {_progress(reader)}", truncated)
    if decoder.fault:
        return Completeness("malformed", decoder.fault)
    if not decoder.finished:
        reason = f"the body ends before its coding does: {', '.join(decoder.codings)}"
        return Completeness(
            "truncated", reason, "disconnect" if closed else "unspecified"
        )
    return Completeness("complete")


def _progress(reader: ResponseReader) -> str:
    """Say how much of a response came, and how much was due."""
    if reader.message is None:
        return "the response head did not come to its end"
    came = f"{reader.body_length} bytes of the body came"
    if reader.framing.kind == "length":
        return f"{came}, expected {reader.framing.length}"
    if reader.framing.kind == "chunked":
        return f"{came}, expected the last chunk and its end"
    return f"{came}, expected an orderly close"
