"""Which files are given out, and of what type."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ArchiveError, VerificationError
from archiver.tiles import layout
from claims.website.ranges import Span
from claims.website.rows import NoPageError
from claims.website.served_files import (
    CURRENT,
    IMMUTABLE,
    Listed,
    find_listed,
    media_type,
    open_served,
    read_chunks,
)
from tests.publication_fixture import SCHEMA


@pytest.fixture(scope="module")
def listing():
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(SCHEMA.read_text())
    connection.execute(
        "insert into files (path, length, sha256, kind) values ('a', 1, ?, 'released')",
        ("0" * 64,),
    )
    yield connection
    connection.close()


def test_a_listed_file_is_found(listing):
    assert find_listed(listing, "a") == Listed("a", "released", 1, "0" * 64)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 70_000])
def test_every_tile_of_a_log_may_be_had(listing, size):
    for path in layout(size):
        assert find_listed(listing, f"logs/1/{path}").kind == "log"


@pytest.mark.parametrize(
    "path",
    [
        "logs/1/checkpoint",
        "logs/2/checkpoints/0",
        "logs/1/checkpoints/70000",
        "logs/1/timestamps/4.tsa-one.tsr",
        "logs/1/timestamps/4.ots-1.ots",
    ],
)
def test_checkpoints_and_stamps_may_be_had(listing, path):
    assert find_listed(listing, path).sha256 is None


@given(st.text())
def test_no_other_name_is_found(listing, path):
    if path != "a":
        with pytest.raises(NoPageError):
            find_listed(listing, path)


@pytest.mark.parametrize(
    "path",
    [
        "logs/1/checkpoint\n",
        "logs/0/checkpoint",
        "logs/1/checkpoints/01",
        "logs/1/.lock",
        "logs/1/tile/64/000",
        "logs/1/tile/0/x001/../000",
        "logs/1/timestamps/4.a/b.tsr",
    ],
)
def test_what_only_looks_like_a_file_of_the_log_is_not_found(listing, path):
    with pytest.raises(NoPageError):
        find_listed(listing, path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("snapshots/00/0.warc.gz", "application/warc"),
        ("a.wacz", "application/wacz+zip"),
        ("a.records.jsonl", "application/jsonl"),
        ("a.sigstore.json", "application/json"),
        ("a.tlog-proof", "text/plain; charset=utf-8"),
        ("cases/a/claims/b.toml", "text/plain; charset=utf-8"),
        ("trust/1/policy", "text/plain; charset=utf-8"),
        ("logs/1/tile/0/000", "application/octet-stream"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.xml", "application/octet-stream"),
    ],
)
def test_no_file_is_of_a_type_that_a_browser_makes_a_page_of(path, expected):
    assert media_type(path) == expected


def test_a_file_named_by_its_hash_is_kept_and_others_are_asked_for_again(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    assert open_served(tmp_path, Listed("a", "snapshot")).caching == IMMUTABLE
    assert open_served(tmp_path, Listed("a", "receipt")).caching == CURRENT


def test_another_hash_or_no_file_is_told(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(VerificationError, match="expected 00"):
        open_served(tmp_path, Listed("a", "released", 1, "00"))
    with pytest.raises(ArchiveError, match="b is not in the archive's folder"):
        open_served(tmp_path, Listed("b", "released"))


def test_a_file_changed_in_place_is_hashed_again(tmp_path):
    place = tmp_path / "a"
    place.write_bytes(b"x")
    first = open_served(tmp_path, Listed("a", "receipt")).etag
    place.write_bytes(b"longer")
    assert open_served(tmp_path, Listed("a", "receipt")).etag != first


def test_a_span_is_read_in_pieces_and_ends_with_the_file(tmp_path):
    place = tmp_path / "a"
    place.write_bytes(bytes(200_000))
    pieces = list(read_chunks(place, Span(10, 150_000)))
    assert sum(map(len, pieces)) == 149_990
    assert len(pieces) == 3
    assert b"".join(read_chunks(place, Span(199_999, 999_999))) == b"\0"
