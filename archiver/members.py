"""Gzip members (RFC 1952), one after the other to the end of the file.

Stricter than the RFC, since a signed offset must have one meaning: no extra field, file
name, comment or header checksum, no empty member, and nothing between two members or
behind the last.  The memory in use does not grow with the member.
"""

import zlib
from hashlib import sha256
from struct import unpack
from typing import BinaryIO

from archiver.errors import MalformedError

MAGIC = b"\x1f\x8b"
HEADER_SIZE = 10  # bytes: magic, method, flags, mtime (4), extra flags, system
TRAILER_SIZE = 8  # bytes: CRC-32 and ISIZE, both little-endian
CHUNK = 1 << 14  # compressed bytes fed at once
PIECE = 1 << 17  # inflated bytes taken at once

_FLAGS = {
    0x01: "a text flag",
    0x02: "a header checksum",
    0x04: "an extra field",
    0x08: "a file name",
    0x10: "a comment",
}


class OffsetStream:
    """A binary stream that knows its offset and takes bytes back.

    ``offset`` is the number of bytes handed out, counted from ``start``.
    """

    def __init__(self, stream: BinaryIO, *, start: int = 0) -> None:
        self._stream = stream
        self._held = b""
        self.offset = start

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer at the end, without taking them."""
        while len(self._held) < size:
            data = self._stream.read(CHUNK)
            if not data:
                break
            self._held += data
        return self._held[:size]

    def take(self, size: int) -> bytes:
        """Take the next ``size`` bytes, fewer at the end."""
        data = self.peek(size)
        self._held = self._held[len(data) :]
        self.offset += len(data)
        return data

    def chunk(self) -> bytes:
        """Take what comes next, at least one byte; none at the end."""
        self.peek(1)
        return self.take(len(self._held))

    def give_back(self, data: bytes) -> None:
        """Put back ``data``, the last bytes that were taken."""
        self._held = data + self._held
        self.offset -= len(data)


class Member:
    """One gzip member: its inflated pieces, then its length and SHA-256.

    ``where`` begins every message.  ``length`` and ``sha256`` are of the compressed
    member and hold once :meth:`piece` has returned no bytes.
    """

    def __init__(self, source: OffsetStream, where: str) -> None:
        self._source = source
        self._where = where
        self._hash = sha256()
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._tail = b""
        self._crc = 0
        self._inflated = 0
        self._closed = False
        self.length = 0
        self._open()

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of the compressed member."""
        return self._hash.hexdigest()

    def piece(self) -> bytes:
        """Return the next inflated bytes, at most ``PIECE``; none at the end.

        Raises:
            MalformedError: the deflate data is broken or cut short, or the member's
                CRC-32 or ISIZE is not that of the inflated bytes.
        """
        data = b""
        while not data and not self._inflater.eof:
            data = self._inflate()
        if not data and not self._closed:
            self._close()
        self._crc = zlib.crc32(data, self._crc)
        self._inflated += len(data)
        return data

    def _open(self) -> None:
        """Check the member's header (RFC 1952, 2.3)."""
        header = self._take(HEADER_SIZE, "header")
        if header[:2] != MAGIC:
            raise MalformedError(
                f"{self._where}: found the bytes {header[:2].hex()}, expected a gzip"
                f" member ({MAGIC.hex()}) or the end of the file"
            )
        if header[2] != zlib.DEFLATED:
            raise MalformedError(
                f"{self._where}: the gzip method is {header[2]}, expected 8 (deflate)"
            )
        if header[3]:
            raise MalformedError(
                f"{self._where}: the gzip header has {_name_flags(header[3])},"
                " expected none"
            )

    def _inflate(self) -> bytes:
        """Inflate the next input; hash and count what was used of it."""
        data = self._tail or self._source.chunk()
        if not data:
            raise MalformedError(
                f"{self._where}: the file ends inside a gzip member,"
                f" after {self.length} bytes of it"
            )
        try:
            inflated = self._inflater.decompress(data, PIECE)
        except zlib.error as error:
            raise MalformedError(
                f"{self._where}: the gzip member is broken after about"
                f" {self.length} bytes of it: {error}"
            ) from error
        self._tail = self._inflater.unconsumed_tail
        if self._inflater.eof:
            self._tail = b""
            self._source.give_back(self._inflater.unused_data)
            data = data.removesuffix(self._inflater.unused_data)
        self._count(data.removesuffix(self._tail))
        return inflated

    def _close(self) -> None:
        """Check the member's trailer: CRC-32, then ISIZE."""
        crc, size = unpack("<II", self._take(TRAILER_SIZE, "trailer"))
        if crc != self._crc:
            raise MalformedError(
                f"{self._where}: the CRC-32 of the inflated bytes is {self._crc:08x},"
                f" expected {crc:08x} as the gzip member says"
            )
        if size != self._inflated & 0xFFFFFFFF:
            raise MalformedError(
                f"{self._where}: {self._inflated} bytes were inflated,"
                f" expected {size} as the gzip member says"
            )
        if not self._inflated:
            raise MalformedError(
                f"{self._where}: the gzip member is empty, expected a record in it"
            )
        self._closed = True

    def _take(self, size: int, part: str) -> bytes:
        data = self._source.take(size)
        if len(data) < size:
            raise MalformedError(
                f"{self._where}: the file ends {len(data)} bytes into the gzip"
                f" {part}, expected {size}"
            )
        self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        self._hash.update(data)
        self.length += len(data)


def _name_flags(flags: int) -> str:
    """Say in words which flags of a gzip header are set."""
    named = [words for bit, words in _FLAGS.items() if flags & bit]
    if flags & 0xE0:
        named.append("a reserved flag")
    return " and ".join(named)
