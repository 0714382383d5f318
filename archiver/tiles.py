"""The files of a log: tiles of hashes and bundles of entries (C2SP tlog-tiles).

A tile holds up to 256 hashes of one level; hash i of tile n at level L is the Merkle
tree hash of the 256^L leaves from (256n+i)·256^L on.  The last tile of a level may be
partial; a partial tile is never hashed into the level above.  A bundle holds the
entries whose leaf hashes a tile of level 0 holds, each behind its length.

>>> tile_path(0, 1234067), entries_path(273, 112)
('tile/0/x001/x234/067', 'tile/entries/273.p/112')
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archiver.errors import MalformedError
from archiver.merkle import HASH_SIZE, Tree
from archiver.strict import show

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT  # hashes in a full tile
MAX_LEVEL: Final = 63
MAX_ENTRY: Final = 2**16 - 1  # bytes
# A layout is one path for every 128 leaves.  A size that nobody has checked against the
# entries must not fill the memory.
MAX_LAYOUT: Final = 2**26  # leaves

_LENGTH_SIZE = 2  # bytes before each entry
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<n>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """What a path names: a tile of ``level``, or a bundle where that is None."""

    level: int | None
    n: int
    width: int = WIDTH


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """Return the path of tile ``n`` of ``level`` below the log's folder."""
    return f"tile/{level}/{_number(n)}{_suffix(width)}"


def entries_path(n: int, width: int = WIDTH) -> str:
    """Return the path of bundle ``n`` of entries below the log's folder."""
    return f"tile/entries/{_number(n)}{_suffix(width)}"


def parse_tile_path(path: str) -> TilePath:
    """Parse the path of a tile or of a bundle of entries.

    Raises:
        MalformedError: it is none, or not in its one spelling: a group of digits too
            many, a leading zero, a level above 63, a width of 0 or above 255.
    """
    match = _PATH.fullmatch(path)
    if match:
        level = None if match["level"] == "entries" else int(match["level"])
        n = int(re.sub("[x/]", "", match["n"]))
        found = TilePath(level, n, int(match["width"] or WIDTH))
        if _is_canonical(found, path):
            return found
    raise MalformedError(
        f"the path is {show(path)}, expected"
        " tile/<level>/<number>[.p/<width>] or tile/entries/<number>[.p/<width>]"
    )


def layout(size: int) -> list[str]:
    """Return the path of every tile and bundle of a log with ``size`` leaves.

    The log's folder holds exactly these, beside the checkpoint.  Bundles come first,
    then the levels from 0 up.

    Raises:
        MalformedError: ``size`` is above 2^26, more than a log of this kind can hold.
    """
    if size > MAX_LAYOUT:
        raise MalformedError(
            f"the log has {size} leaves, expected {MAX_LAYOUT} at most"
        )
    paths = [entries_path(n, width) for n, width in _widths(size)]
    level, hashes = 0, size
    while hashes:
        paths += [tile_path(level, n, width) for n, width in _widths(hashes)]
        level, hashes = level + 1, hashes >> HEIGHT
    return paths


def tiles_of(leaves: Sequence[bytes] | Tree) -> dict[str, bytes]:
    """Return every tile of the log with these leaf hashes, by its path."""
    tree = leaves if isinstance(leaves, Tree) else Tree(leaves)
    tiles: dict[str, bytes] = {}
    level, hashes = 0, tree.full_nodes(0)
    while hashes:
        for n, width in _widths(len(hashes)):
            chunk = hashes[n * WIDTH : n * WIDTH + width]
            tiles[tile_path(level, n, width)] = format_tile(chunk)
        level += 1
        hashes = tree.full_nodes(level * HEIGHT)
    return tiles


def bundles_of(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Return every bundle of the log with these entries, by its path."""
    return {
        entries_path(n, width): format_entries(entries[n * WIDTH : n * WIDTH + width])
        for n, width in _widths(len(entries))
    }


def tile_of(path: str, tree: Tree, entries: Sequence[bytes]) -> bytes:
    """Return the tile or bundle at ``path`` of the log with this tree and entries.

    Raises:
        MalformedError: ``path`` is none of a tile or bundle.
    """
    found = parse_tile_path(path)
    start, end = found.n * WIDTH, found.n * WIDTH + found.width
    if found.level is None:
        return format_entries(entries[start:end])
    return format_tile(tree.full_nodes(found.level * HEIGHT)[start:end])


def format_tile(hashes: Sequence[bytes]) -> bytes:
    """Return the bytes of a tile: the hashes, one after the other."""
    if not 1 <= len(hashes) <= WIDTH or any(len(h) != HASH_SIZE for h in hashes):
        raise ValueError(
            f"a tile of {len(hashes)} hashes, expected 1 to 256 of 32 bytes"
        )
    return b"".join(hashes)


def parse_tile(data: bytes, width: int = WIDTH) -> tuple[bytes, ...]:
    """Parse a tile of ``width`` hashes.

    Raises:
        MalformedError: the tile does not hold exactly ``width`` hashes.
    """
    if len(data) != width * HASH_SIZE:
        raise MalformedError(
            f"a tile is {len(data)} bytes long, expected {width * HASH_SIZE},"
            f" {width} hashes"
        )
    return tuple(
        data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)
    )


def format_entries(entries: Sequence[bytes]) -> bytes:
    """Return the bytes of a bundle: each entry behind its length (u16 big-endian)."""
    if not 1 <= len(entries) <= WIDTH or any(len(e) > MAX_ENTRY for e in entries):
        raise ValueError(
            f"a bundle of {len(entries)} entries, expected 1 to 256"
            f" of {MAX_ENTRY} bytes at most"
        )
    return b"".join(len(entry).to_bytes(_LENGTH_SIZE) + entry for entry in entries)


def parse_entries(data: bytes, width: int | None = None) -> tuple[bytes, ...]:
    """Parse a bundle of ``width`` entries, or of 1 to 256 where that is not given.

    Raises:
        MalformedError: an entry is cut short, or there are more or fewer of them.
    """
    entries = tuple(_read_entries(data))
    low, high = (1, WIDTH) if width is None else (width, width)
    if not low <= len(entries) <= high:
        raise MalformedError(
            f"a bundle holds {len(entries)} entries, expected {low} to {high}"
        )
    return entries


def _read_entries(data: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        length = int.from_bytes(data[start : start + _LENGTH_SIZE])
        end = start + _LENGTH_SIZE + length
        if end > len(data):
            raise MalformedError(
                f"the entry at byte {start} of a bundle ends at byte {end},"
                f" expected {len(data)} at most"
            )
        yield data[start + _LENGTH_SIZE : end]
        start = end


def _widths(hashes: int) -> Iterator[tuple[int, int]]:
    """Yield the number and the width of each tile that ``hashes`` hashes fill."""
    for n in range(hashes // WIDTH):
        yield n, WIDTH
    if hashes % WIDTH:
        yield hashes // WIDTH, hashes % WIDTH


def _is_canonical(found: TilePath, path: str) -> bool:
    if not 1 <= found.width <= WIDTH or (found.level or 0) > MAX_LEVEL:
        return False
    if found.level is None:
        return entries_path(found.n, found.width) == path
    return tile_path(found.level, found.n, found.width) == path


def _number(n: int) -> str:
    """Write a number in groups of three digits, all but the last behind an x."""
    digits = str(n).zfill(-(-len(str(n)) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _suffix(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
