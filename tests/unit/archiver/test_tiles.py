"""Tiles and bundles: the files of a log, by the words of tlog-tiles (A22)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.merkle import Tree, leaf_hash, tree_root
from archiver.tiles import (
    MAX_ENTRY,
    MAX_LAYOUT,
    TilePath,
    bundles_of,
    entries_path,
    format_entries,
    format_tile,
    layout,
    parse_entries,
    parse_tile,
    parse_tile_path,
    tile_of,
    tile_path,
    tiles_of,
)

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000]


def entries_of(size):
    return [b"entry %d" % number for number in range(size)]


def leaves_of(size):
    return [leaf_hash(entry) for entry in entries_of(size)]


@pytest.mark.parametrize(
    ("path", "parsed"),
    [
        ("tile/0/000", TilePath(0, 0)),
        ("tile/0/005", TilePath(0, 5)),
        ("tile/0/x001/x234/067", TilePath(0, 1234067)),
        ("tile/0/x001/000", TilePath(0, 1000)),
        ("tile/63/999.p/255", TilePath(63, 999, 255)),
        ("tile/1/x123/456.p/1", TilePath(1, 123456, 1)),
        ("tile/entries/x001/x234/067", TilePath(None, 1234067)),
        ("tile/entries/273.p/112", TilePath(None, 273, 112)),
    ],
)
def test_a_path_is_written_in_groups_of_three_digits(path, parsed):
    assert parse_tile_path(path) == parsed
    if parsed.level is None:
        assert entries_path(parsed.n, parsed.width) == path
    else:
        assert tile_path(parsed.level, parsed.n, parsed.width) == path


@given(st.none() | st.integers(0, 63), st.integers(0, 10**21 - 1), st.integers(1, 256))
def test_a_path_reads_back_as_it_was_written(level, n, width):
    tile = entries_path(n, width) if level is None else tile_path(level, n, width)
    assert parse_tile_path(tile) == TilePath(level, n, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/5",
        "tile/0/0005",
        "tile/0/x000/005",
        "tile/0/x01/005",
        "tile/0/001/005",
        "tile/0/x001",
        "tile/00/005",
        "tile/64/005",
        "tile/-1/005",
        "tile/8/0/005",
        "tile/entry/005",
        "tile/0/005.p/0",
        "tile/0/005.p/01",
        "tile/0/005.p/256",
        "tile/0/005.p/257",
        "tile/0/005.p/",
        "tile/0/005.p",
        "tile/0/005/",
        "tile/0/005\n",
        "/tile/0/005",
        "tile/0/../0/005",
        "tile\\0\\005",
        "tile/0/٠٠٥",
        "tile/0/" + "x001/" * 7 + "001",
    ],
)
def test_a_path_has_one_spelling(path):
    with pytest.raises(MalformedError, match="the path is"):
        parse_tile_path(path)


@given(st.text(max_size=30) | st.text("tile/0x12.pnrs", max_size=30))
def test_a_random_path_is_refused_with_one_kind_of_error(path):
    with pytest.raises(MalformedError):
        parse_tile_path(path)


def test_70_000_leaves_have_the_tiles_that_the_specification_counts():
    paths = layout(70_000)
    bundles = [path for path in paths if path.startswith("tile/entries/")]
    assert len(bundles) == 274
    assert bundles[-1] == "tile/entries/273.p/112"
    tiles = [path for path in paths if path not in bundles]
    assert len([path for path in tiles if path.startswith("tile/0/")]) == 274
    assert tiles[273:] == [
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@pytest.mark.parametrize(
    ("size", "paths"),
    [
        (0, []),
        (1, ["tile/entries/000.p/1", "tile/0/000.p/1"]),
        (255, ["tile/entries/000.p/255", "tile/0/000.p/255"]),
        (256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]),
        (
            257,
            [
                "tile/entries/000",
                "tile/entries/001.p/1",
                "tile/0/000",
                "tile/0/001.p/1",
                "tile/1/000.p/1",
            ],
        ),
    ],
)
def test_a_log_has_exactly_the_files_of_its_size(size, paths):
    assert layout(size) == paths


def test_a_size_that_would_fill_the_memory_is_refused():
    with pytest.raises(MalformedError, match="9223372036854775807 leaves, expected"):
        layout(2**63 - 1)
    with pytest.raises(MalformedError, match="expected 67108864 at most"):
        layout(MAX_LAYOUT + 1)


@pytest.mark.parametrize("size", SIZES)
def test_the_tiles_and_bundles_of_a_log_are_those_of_its_layout(size):
    files = {**bundles_of(entries_of(size)), **tiles_of(leaves_of(size))}
    assert list(files) == layout(size)
    tree = Tree(leaves_of(size))
    one_by_one = {path: tile_of(path, tree, entries_of(size)) for path in layout(size)}
    assert one_by_one == files


@pytest.mark.parametrize("size", SIZES)
def test_each_hash_of_a_tile_is_the_root_of_the_leaves_below_it(size):
    leaves = leaves_of(size)
    for path, data in tiles_of(leaves).items():
        tile = parse_tile_path(path)
        hashes = parse_tile(data, tile.width)
        span = 256**tile.level
        for i, value in enumerate(hashes):
            start = (tile.n * 256 + i) * span
            assert value == tree_root(leaves[start : start + span])


def test_a_third_level_of_tiles_covers_65_536_leaves():
    leaves = leaves_of(65_537)
    tiles = tiles_of(leaves)
    assert list(tiles)[-2:] == ["tile/1/000", "tile/2/000.p/1"]
    assert tiles["tile/2/000.p/1"] == tree_root(leaves[:65_536])
    assert list(tiles) == [p for p in layout(65_537) if "entries" not in p]


@pytest.mark.parametrize("size", SIZES)
def test_the_bundles_of_a_log_hold_its_entries_in_their_order(size):
    found = []
    for path, data in bundles_of(entries_of(size)).items():
        found += parse_entries(data, parse_tile_path(path).width)
    assert found == entries_of(size)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=256))
@settings(deadline=None)
def test_a_tile_reads_back_as_it_was_written(hashes):
    data = format_tile(hashes)
    assert parse_tile(data, len(hashes)) == tuple(hashes)
    for width in (len(hashes) - 1, len(hashes) + 1):
        with pytest.raises(MalformedError, match=f"expected {width * 32}"):
            parse_tile(data, width)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
@settings(deadline=None)
def test_a_bundle_reads_back_as_it_was_written(entries):
    data = format_entries(entries)
    assert parse_entries(data) == parse_entries(data, len(entries)) == tuple(entries)
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(MalformedError, match=f"holds {len(entries)} entries"):
            parse_entries(data, width)


@given(st.binary(max_size=200))
def test_a_bundle_has_one_form_and_random_bytes_one_kind_of_error(data):
    try:
        entries = parse_entries(data)
    except MalformedError:
        return
    assert format_entries(entries) == data


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "holds 0 entries, expected 1 to 256"),
        (b"\x00", "byte 0 of a bundle ends at byte 2, expected 1"),
        (b"\x00\x03ab", "byte 0 of a bundle ends at byte 5, expected 4"),
        (b"\x00\x01a\x00\x01", "byte 3 of a bundle ends at byte 6, expected 5"),
        (b"\x00\x01a" * 257, "holds 257 entries, expected 1 to 256"),
    ],
)
def test_a_bundle_that_is_cut_short_or_too_long_is_refused(data, found):
    with pytest.raises(MalformedError, match=found):
        parse_entries(data)


def test_an_entry_has_65_535_bytes_at_most():
    longest = b"a" * MAX_ENTRY
    assert parse_entries(format_entries([longest, b""])) == (longest, b"")
    with pytest.raises(ValueError, match="65535 bytes at most"):
        format_entries([longest + b"a"])


@pytest.mark.parametrize("number", [0, 257])
def test_a_tile_or_bundle_of_another_number_is_a_mistake_of_the_caller(number):
    with pytest.raises(ValueError, match=f"a tile of {number} hashes"):
        format_tile([bytes(32)] * number)
    with pytest.raises(ValueError, match=f"a bundle of {number} entries"):
        format_entries([b""] * number)


def test_a_tile_of_hashes_of_another_length_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="of 32 bytes"):
        format_tile([bytes(32), bytes(31)])
