"""Transfer and content codings, undone piece by piece and within bounds.

RFC 9112, 7.1 (chunked) and RFC 9110, 8.4.1 (gzip, deflate; br is RFC 7932).  Each
decoder is fed bytes as they come and knows whether it has seen the end that the coding
itself marks: the last chunk with its trailer, the gzip trailer, the last deflate block.
A decoder never raises on bad bytes: it stops, and its ``fault`` says what it found.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types

PIECE = 1 << 16  # bytes that a decoder gives out at a time, about
MAX_LINE = 1 << 14  # bytes of a chunk's size line with its extensions
MAX_TRAILER = 1 << 20  # bytes of all trailer fields
MAX_CODINGS = 4  # one upon another
ZLIB_HEADER = 2  # bytes
RATIO_FROM = 1 << 24  # decoded bytes below which no ratio is too high
MAX_MEMBERS = 1 << 18  # of one gzip body: each costs time, however little it holds
SLICE = 1 << 12  # bytes that zlib is given at a time, since it copies what is left

_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;.*)?")
_CR = 0x0D
_CHUNK_BEGIN = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:\r?|;[^\n]*)\n")


class Dechunker:
    """The chunked transfer coding (RFC 9112, 7.1), undone as its bytes come.

    Tolerates a bare LF where CRLF is due, and says so by ``bare_lf``.  Chunks that have
    come whole are taken in one go, since a server may send a million of one byte; what
    is cut or wrong is for the states, which know every case.
    """

    def __init__(self) -> None:
        self.fault = ""
        self.finished = False
        self.bare_lf = False
        self.left = 0  # bytes of the chunk that have not come yet
        self._held = bytearray()
        self._state: Callable[[list[bytes]], bool] = self._size
        self._trailer = 0

    @property
    def rest(self) -> bytes:
        """Return what was fed beyond the end of the coding."""
        return bytes(self._held) if self.finished else b""

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes as they came, and return what they add to the body."""
        pieces: list[bytes] = []
        self._held += data
        while not self.finished and not self.fault and self._state(pieces):
            pass
        return b"".join(pieces)

    def _size(self, pieces: list[bytes]) -> bool:
        self._take_whole(pieces)
        line = self._line()
        if line is None:
            return False
        found = _CHUNK_LINE.fullmatch(line)
        if not found:
            self.fault = f"a chunk begins with {line[:40]!r}, expected its size in hex"
            return False
        self.left = int(found[1], 16)
        self._state = self._data if self.left else self._trailers
        return True

    def _take_whole(self, pieces: list[bytes]) -> None:
        """Take the chunks that have come to their ends, but for the last one of all."""
        held, start = bytes(self._held), 0
        while found := _CHUNK_BEGIN.match(held, start):
            begin = found.end()
            end = begin + int(found[1], 16)
            crlf = held.startswith(b"\r\n", end)
            if not crlf and not held.startswith(b"\n", end):
                break
            if begin == end or begin - start > MAX_LINE:
                break
            self.bare_lf |= not crlf or held[begin - 2] != _CR
            pieces.append(held[begin:end])
            start = end + 1 + crlf
        del self._held[:start]

    def _data(self, pieces: list[bytes]) -> bool:
        piece = bytes(self._held[: self.left])
        del self._held[: len(piece)]
        pieces.append(piece)
        self.left -= len(piece)
        if not self.left:
            self._state = self._data_end
        return not self.left

    def _data_end(self, _: list[bytes]) -> bool:
        line = self._line()
        if line:
            self.fault = f"after a chunk stands {line[:40]!r}, expected the line's end"
        self._state = self._size if line is not None else self._data_end
        return line is not None

    def _trailers(self, _: list[bytes]) -> bool:
        line = self._line()
        if line is None:
            return False
        self._trailer += len(line)
        if self._trailer > MAX_TRAILER:
            self.fault = f"the trailer exceeds {MAX_TRAILER} bytes"
        self.finished = not line
        return True

    def _line(self) -> bytes | None:
        """Take a line without its end from what is held; None until it has come."""
        end = self._held.find(b"\n", 0, MAX_LINE)
        if end < 0:
            if len(self._held) >= MAX_LINE:
                self.fault = f"a line of the chunked coding exceeds {MAX_LINE} bytes"
            return None
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        self.bare_lf |= not line.endswith(b"\r")
        return line.removesuffix(b"\r")


class Stage(Protocol):
    """One content coding; bad bytes raise its library's error."""

    @property
    def finished(self) -> bool:
        """Tell whether the end that the coding marks has come."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes, and yield what they decode to, a piece at a time."""


class _Gzip:
    """Gzip (RFC 1952), of one member or several."""

    window = 31  # zlib's number for: a gzip header and trailer, and check them

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(self.window)
        self._members = 1

    @property
    def finished(self) -> bool:
        return self._inflater.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), SLICE):
            yield from self._inflate(data[start : start + SLICE])

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        full = False
        while data or full:
            if self._inflater.eof:
                self._next_member()
            piece = self._inflater.decompress(data, PIECE)
            if piece:
                yield piece
            data = self._inflater.unconsumed_tail or self._inflater.unused_data
            full = len(piece) == PIECE and not self._inflater.eof

    def _next_member(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise zlib.error(f"more than {MAX_MEMBERS} members")
        self._inflater = zlib.decompressobj(self.window)


class _Deflate(_Gzip):
    """Deflate in its zlib wrapper (RFC 1950), or bare, as some servers send it."""

    window = 15  # zlib's number for: a zlib header and trailer, and check them

    def __init__(self) -> None:
        super().__init__()
        self._begin = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if len(self._begin) < ZLIB_HEADER:
            self._begin += data
            if len(self._begin) < ZLIB_HEADER:
                return
            data = self._begin
            if data[0] & 0x0F != zlib.DEFLATED or int.from_bytes(data[:2]) % 31:
                self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        yield from super().feed(data)

    def _next_member(self) -> None:
        raise zlib.error("bytes stand after the end of the stream")


class _Brotli:
    """Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()
        self._finished = False

    @property
    def finished(self) -> bool:
        return self._finished

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = self._decoder.process(data, output_buffer_limit=PIECE)
        self._finished = self._decoder.is_finished()
        while piece:
            yield piece
            piece = b""
            if not self._finished:  # there may be more: it says so by giving more
                piece = self._decoder.process(b"", output_buffer_limit=PIECE)
                self._finished = self._decoder.is_finished()


STAGES: dict[str, Callable[[], Stage]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}


class ContentDecoder:
    """The codings on a body, undone one after the other, last applied first.

    ``unknown`` names a coding that is not known here: nothing is decoded then.
    """

    def __init__(
        self, codings: Sequence[str], *, max_bytes: int, max_ratio: int
    ) -> None:
        self.codings = tuple(codings)
        self.unknown = next((c for c in codings if c not in STAGES), "")
        self.fault = ""
        if len(codings) > MAX_CODINGS:
            self.fault = f"{len(codings)} codings, expected at most {MAX_CODINGS}"
        usable = not self.unknown and not self.fault
        self._stages = [STAGES[c]() for c in reversed(codings)] if usable else []
        self._max_bytes, self._max_ratio = max_bytes, max_ratio
        self._taken = self._unpacked = 0

    @property
    def finished(self) -> bool:
        """Tell whether every coding has seen its end; nothing at all is an end too."""
        return not self._taken or all(stage.finished for stage in self._stages)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes of the coded body, and yield the decoded pieces."""
        self._taken += len(data)
        if self.fault or self.unknown:
            return
        try:
            yield from self._run(data, self._stages)
        except (zlib.error, brotli.error) as error:
            self.fault = f"Content-Encoding {', '.join(self.codings)}: {error}"

    def _run(self, data: bytes, stages: Sequence[Stage]) -> Iterator[bytes]:
        if not stages:
            yield data
            return
        for piece in stages[0].feed(data):
            self._unpacked += len(piece)
            if self._fault_of_size():
                return
            yield from self._run(piece, stages[1:])

    def _fault_of_size(self) -> str:
        """Bound what is unpacked, by itself and by what it was unpacked from."""
        ratio = self._unpacked // max(self._taken, 1)
        if self._unpacked > self._max_bytes:
            self.fault = f"the body unpacks to more than {self._max_bytes} bytes"
        elif self._unpacked > RATIO_FROM and ratio > self._max_ratio:
            self.fault = (
                f"the body unpacks to more than {self._max_ratio} times its size"
            )
        return self.fault
