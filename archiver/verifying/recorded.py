"""What the records of one file say of each other, read from their bytes.

The file was verified before: each record is the one that is signed.  What a record says
is still a stranger's, or was written by whoever made the capture.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

from archiver.errors import MalformedError
from archiver.layers import Document, read_document
from archiver.records import Record, pass_block, read_block
from archiver.warcfile import FIELDS_TYPE
from archiver.wire.exchanges import MetadataFields
from archiver.wire.messages import MAX_HEAD, Message
from archiver.wire.responses import ResponseReader

MAX_METADATA: Final = 16 << 20  # bytes of one record that are read

Taker = Callable[[bytes], None]


class RecordedFile:
    """The records of one file, and what stands in their blocks."""

    def __init__(self, stream: BinaryIO, records: Sequence[Record]) -> None:
        self._stream = stream
        self.records = records
        self._by_id = {each.field("WARC-Record-ID"): each for each in records}
        self._beside: dict[str, list[Record]] = {}
        self._messages: dict[int, Message | None] = {}
        for each in records:
            for name in concurrent_to(each):
                self._beside.setdefault(name, []).append(each)

    def of_type(self, kind: str) -> list[Record]:
        """Return the records of one type, in their order."""
        return [each for each in self.records if each.type == kind]

    def referred(self, record: Record) -> Record | None:
        """Return the record that ``record`` refers to."""
        return self._by_id.get(record.field("WARC-Refers-To"))

    def beside(self, record: Record, kind: str) -> list[Record]:
        """Return the records of one type that were written beside ``record``."""
        found = self._beside.get(record.field("WARC-Record-ID") or "", [])
        return [each for each in found if each.type == kind]

    def base(self, record: Record) -> list[Record]:
        """Return the records that ``record`` was written beside."""
        found = map(self._by_id.get, concurrent_to(record))
        return [each for each in found if each is not None]

    def fields(self, record: Record, *, first: bool = False) -> MetadataFields | None:
        """Return what is said of ``record`` beside it, None where nothing is.

        Of several such records only the ``first`` is read, or none.

        Raises:
            MalformedError: there are several, or it is none that we write.
        """
        told = [
            each
            for each in self.beside(record, "metadata")
            if each.field("Content-Type") == FIELDS_TYPE
        ]
        if len(told) > 1 and not first:
            raise MalformedError(
                f"{len(told)} metadata records are beside record {record.index},"
                " expected one"
            )
        return parse_fields(self.block(told[0]), told[0]) if told else None

    def block(self, record: Record) -> bytes:
        """Return the block of a metadata record.

        Raises:
            MalformedError: it is longer than is read.
        """
        return read_block(self._stream, record, MAX_METADATA)

    def message(self, record: Record) -> Message | None:
        """Return the head of the final response in ``record``, None where it has none.

        Interim responses may stand before it, as they came.
        """
        if record.index not in self._messages:
            reader = ResponseReader()

            def take(data: bytes) -> None:
                if reader.message is None:
                    reader.feed(data)

            pass_block(self._stream, record, take)
            self._messages[record.index] = reader.message
        return self._messages[record.index]

    def head(self, record: Record) -> bytes:
        """Return the beginning of a block, as far as a head can reach."""
        kept = bytearray()

        def take(data: bytes) -> None:
            kept.extend(data[: MAX_HEAD - len(kept)])

        pass_block(self._stream, record, take)
        return bytes(kept)

    def document(self, record: Record) -> Document | None:
        """Return the document in ``record``; None where it holds none to be read."""
        return read_document(self._stream, record)

    def pass_block(self, record: Record, take: Taker) -> None:
        """Hand the block of ``record`` to ``take``, piece by piece."""
        pass_block(self._stream, record, take)


def concurrent_to(record: Record) -> Iterator[str]:
    """Yield the ids of the records that ``record`` was written beside."""
    for name, value in record.headers:
        if name.lower() == "warc-concurrent-to":
            yield value


def parse_fields(data: bytes, record: Record) -> MetadataFields:
    """Parse ``application/warc-fields``: one ``name: value`` a line.

    Raises:
        MalformedError: a line is none, or not UTF-8.
    """
    try:
        lines = data.decode("utf-8").removesuffix("\r\n").split("\r\n")
    except UnicodeDecodeError as error:
        raise MalformedError(f"record {record.index} is not UTF-8: {error}") from error
    found = [line.partition(": ") for line in lines]
    if not all(colon for _, colon, _ in found):
        raise MalformedError(
            f"record {record.index} has a line that is no 'name: value'"
        )
    return [(name, value) for name, _, value in found]


def values(fields: MetadataFields, name: str) -> list[str]:
    """Return the values of the field ``name``, in their order."""
    return [value for key, value in fields if key == name]


def value(fields: MetadataFields, name: str) -> str | None:
    """Return the first value of the field ``name``, None where there is none."""
    return next(iter(values(fields, name)), None)
