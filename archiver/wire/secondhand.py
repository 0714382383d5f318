"""A response in a WARC, judged by its bytes as it was, or would have been, on the wire.

How the connection of somebody else's ended nobody wrote down: an orderly close is
assumed, so that what has no other end is taken for whole.
"""

from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from archiver.records import Record, pass_block
from archiver.strict import show
from archiver.wire.codings import ContentDecoder
from archiver.wire.responses import (
    Completeness,
    End,
    ResponseReader,
    judge_completeness,
)
from archiver.wire.unpacking import MAX_DECODED, MAX_RATIO


def judge_recorded(stream: BinaryIO, record: Record) -> Completeness:
    """Judge a record; one that is no response is whole, unless it says that it is not.

    Raises:
        MalformedError, VerificationError: the file does not hold it at its place.
    """
    cut = record.field("WARC-Truncated")
    if cut is not None:
        why = f"its WARC-Truncated says {show(cut)}, as whoever made it had it"
        return Completeness("truncated", why, "unspecified")
    if record.type != "response":
        return Completeness("complete")
    return judge_block(partial(pass_block, stream, record), "close")


def judge_block(
    give: Callable[[Callable[[bytes], None]], None], end: End
) -> Completeness:
    """Judge a response whose bytes ``give`` hands on; ``end`` is its connection's.

    Raises:
        MalformedError, VerificationError: as ``give`` does.
    """
    reader, decoders = ResponseReader(), list[ContentDecoder]()

    def take(data: bytes) -> None:
        body = reader.feed(data)
        if reader.message and not decoders:
            decoders.append(_decoder(reader.framing.codings))
        for decoder in decoders:
            for _ in decoder.feed(body):
                pass

    give(take)
    return judge_completeness(reader, end, decoders[0] if decoders else _decoder(()))


def _decoder(codings: tuple[str, ...]) -> ContentDecoder:
    return ContentDecoder(codings, max_bytes=MAX_DECODED, max_ratio=MAX_RATIO)
