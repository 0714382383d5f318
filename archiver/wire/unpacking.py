"""The body of a response from its bytes, without transfer- and content-coding.

The bytes are those of the wire, or of a record's block, fed piece by piece; whoever
wants the body takes it in pieces as well, so that nobody holds more than he asked for.
"""

from collections.abc import Iterator
from typing import Final

from archiver.wire.codings import ContentDecoder
from archiver.wire.messages import Framing, Message
from archiver.wire.responses import ResponseReader

MAX_DECODED: Final = 256 << 20  # bytes of one body
MAX_RATIO: Final = 1000  # decoded bytes for one that came


class Unpacker:
    """One response, unpacked as its bytes come; what is beyond the bounds is not.

    ``reader`` has read nothing yet; without one it is the response to a GET.
    """

    def __init__(
        self,
        reader: ResponseReader | None = None,
        *,
        max_bytes: int = MAX_DECODED,
        max_ratio: int = MAX_RATIO,
    ) -> None:
        self._max_bytes, self._max_ratio = max_bytes, max_ratio
        self._reader = reader or ResponseReader()
        self._decoder: ContentDecoder | None = None

    @property
    def message(self) -> Message | None:
        """The head of the final response, once it has come."""
        return self._reader.message

    @property
    def framing(self) -> Framing:
        """How the body is delimited, once the head has come."""
        return self._reader.framing

    @property
    def fault(self) -> str:
        """Why the body, or what follows of it, is not to be had; "" where it is."""
        return self._reader.fault or self.coding_fault

    @property
    def coding_fault(self) -> str:
        """Why the content coding cannot be undone, "" where it can."""
        decoder = self._decoder
        if decoder and decoder.unknown:
            return f"Content-Encoding {decoder.unknown} is not known here"
        return decoder.fault if decoder else ""

    @property
    def whole(self) -> bool:
        """Tell whether every coding has shown its end, and nothing is amiss."""
        return self._decoder is not None and self._decoder.finished and not self.fault

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes as they came, and yield what they add to the body."""
        body = self._reader.feed(data)
        if self._decoder is None and self.message:
            self._decoder = ContentDecoder(
                self.framing.codings,
                max_bytes=self._max_bytes,
                max_ratio=self._max_ratio,
            )
        if self._decoder:
            yield from self._decoder.feed(body)
