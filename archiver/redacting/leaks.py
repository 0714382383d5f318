"""Looking for the secrets of a capture in all that was written of it.

A response is never changed.  So a page that repeats a token, an answer that sets the
cookie again, a redirect that carries it on: each is found here, in the bytes as they
came and as they decode, and makes the snapshot one that is not given out.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from archiver.records import Record, pass_block, walk_records
from archiver.redacting.spellings import Search
from archiver.wire.unpacking import Unpacker


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


def _look_through(
    stream: BinaryIO, record: Record, sought: Mapping[bytes, str]
) -> Iterator[str]:
    where = f"record {record.index} ({record.type})"
    fields = Search(sought)
    fields.feed("\n".join(value for _, value in record.headers).encode())
    raw, decoded = Search(sought), _Decoded(sought)

    def look(data: bytes) -> None:
        raw.feed(data)
        if record.type == "response":
            decoded.feed(data)

    pass_block(stream, record, look)
    for what in sorted(fields.found | raw.found | decoded.search.found):
        yield f"the value of {what} stands in {where}"
    if decoded.fault:
        yield f"{where} cannot be looked through: {decoded.fault}"


class _Decoded:
    """The body of a response without its chunks and its coding, looked through."""

    def __init__(self, sought: Mapping[bytes, str]) -> None:
        self.search = Search(sought)
        self._body = Unpacker()

    @property
    def fault(self) -> str:
        """Why the body, or a part of it, was not looked through."""
        return self._body.fault

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the response."""
        for piece in self._body.feed(data):
            framing = self._body.framing
            if framing.codings or framing.kind == "chunked":  # else it is as it came
                self.search.feed(piece)
