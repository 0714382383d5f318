"""The SHA-256 of a stream, read piece by piece: memory does not grow with it."""

from hashlib import sha256
from typing import BinaryIO

_CHUNK = 1 << 16  # bytes


def hash_stream(stream: BinaryIO, limit: int | None = None) -> tuple[str, int]:
    """Return the SHA-256, in hex, of what ``stream`` still holds, and its length.

    With a ``limit`` in bytes no more is read once the length is over it, since a file
    with a hole in it may have no end: such a length tells that the digest is of a part.
    """
    digest = sha256()
    length = 0
    while (limit is None or length <= limit) and (data := stream.read(_CHUNK)):
        digest.update(data)
        length += len(data)
    return digest.hexdigest(), length
