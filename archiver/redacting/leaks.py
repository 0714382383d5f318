"""Looking for the secrets of a capture in all that was written of it.

A response is never changed.  So a page that repeats a token, an answer that sets the
cookie again, a redirect that carries it on: each is found here, in the bytes as they
came and as they decode, and makes the snapshot one that is not given out.  So does what
cannot be looked through: a coding that is not known, another protocol, whose frames are
masked or packed, the packed body of a request, a PDF that cannot be read.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from archiver.documents.pdf import extract_pdf
from archiver.records import Record, pass_block, read_block, walk_records
from archiver.redacting.spellings import Search
from archiver.strict import show
from archiver.wire.messages import SWITCHING_PROTOCOLS
from archiver.wire.requestheads import RequestReader
from archiver.wire.unpacking import Unpacker

MAX_PDF: Final = 64 << 20  # bytes: the browser's are no longer
PIECE: Final = 1 << 16  # bytes that are looked through at a time
_OTHER_PROTOCOL: Final = "it goes on in another protocol"
_FONT: Final = b"/Font"  # stands in a PDF that has words


def find_leaks(warc: Path, sought: Mapping[bytes, str]) -> tuple[str, ...]:
    """Return where secrets stand in a finished file, each in one sentence.

    A response that cannot be decoded, and so not be looked through, is one as well.
    """
    if not sought:
        return ()
    with warc.open("rb") as stream:
        records = list(walk_records(stream))
        return tuple(
            sentence
            for record in records
            for sentence in _look_through(stream, record, sought)
        )


def look_through_text(
    texts: Iterable[str], where: str, sought: Mapping[bytes, str]
) -> tuple[str, ...]:
    """Return which secrets stand in words that are shown, each in one sentence."""
    search = Search(sought)
    data = "\n".join(texts).encode("utf-8", "replace")
    for start in range(0, len(data), PIECE):
        search.feed(data[start : start + PIECE])
    return tuple(
        f"the value of {what} stands in {where}" for what in sorted(search.found)
    )


def _look_through(
    stream: BinaryIO, record: Record, sought: Mapping[bytes, str]
) -> Iterator[str]:
    where = f"record {record.index} ({record.type})"
    fields = Search(sought)
    fields.feed("\n".join(value for _, value in record.headers).encode())
    block = _KINDS.get(record.type, _Block)(sought)
    pass_block(stream, record, block.feed)
    for what in sorted(fields.found | block.search.found):
        yield f"the value of {what} stands in {where}"
    fault = block.fault
    if record.field("Content-Type") == "application/pdf":
        fault = yield from _look_through_pdf(stream, record, where, sought)
    if fault:
        yield f"{where} cannot be looked through: {fault}"


def _look_through_pdf(
    stream: BinaryIO, record: Record, where: str, sought: Mapping[bytes, str]
) -> Generator[str, None, str]:
    """Look through the words of a PDF; return why that cannot be done, "" if it can."""
    data = read_block(stream, record, MAX_PDF)
    layer = extract_pdf(data)
    if layer is None:
        return "its words cannot be read" if _FONT in data else ""
    yield from look_through_text((layer.text,), where, sought)
    return ""


class _Block:
    """A block as it is, with nothing to open in it."""

    def __init__(self, sought: Mapping[bytes, str]) -> None:
        self.search = Search(sought)
        self.length = 0

    @property
    def fault(self) -> str:
        """Why the block, or a part of it, was not looked through."""
        return ""

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the block."""
        self.search.feed(data)
        self.length += len(data)


class _Response(_Block):
    """A response, looked through without its chunks and its coding, too."""

    def __init__(self, sought: Mapping[bytes, str]) -> None:
        super().__init__(sought)
        self.decoded = Search(sought)
        self._body = Unpacker()

    @property
    def fault(self) -> str:
        message = self._body.message
        if message is None or message.status != SWITCHING_PROTOCOLS:
            return self._body.fault
        return _OTHER_PROTOCOL if self.length > message.end else ""

    def feed(self, data: bytes) -> None:
        super().feed(data)
        for piece in self._body.feed(data):
            framing = self._body.framing
            if framing.codings or framing.kind == "chunked":  # else it is as it came
                self.decoded.feed(piece)
        self.search.found |= self.decoded.found


class _Request(_Block):
    """A request; a page can pack its body, or send in another protocol."""

    def __init__(self, sought: Mapping[bytes, str]) -> None:
        super().__init__(sought)
        self._reader = RequestReader()

    @property
    def fault(self) -> str:
        head = self._reader.head
        if head is None or self.length <= head.end:
            return ""
        if head.upgrade:
            return _OTHER_PROTOCOL
        codings = head.values("content-encoding")
        return f"its body is packed: {show(', '.join(codings))}" if codings else ""

    def feed(self, data: bytes) -> None:
        super().feed(data)
        if self._reader.head is None and not self._reader.fault:
            self._reader.feed(data)


_KINDS: Final = {"response": _Response, "request": _Request}
