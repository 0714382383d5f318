"""Batches: all of their files come into the archive, or none, whatever their names."""

import shutil
from urllib.parse import quote

import pytest

from archiver.errors import ArchiveError
from archiver.store import batch, recover, writing
from tests.commandline import contents
from tests.newsroom import Newsroom

LONG = "cases/a-case/claims/" + "ä" * 100 + ".toml"  # each byte escaped takes three
NAMES = (
    "snapshots/ab/cd.text",
    "statements/ab/ef.sigstore.json",
    "a 100%25.toml",
    LONG,
)


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


def stage(room, names, end):
    """Stage files, and let ``end`` be done with their folder before they are moved."""
    before = contents(room.archive.root)
    with writing(room.archive), batch(room.archive, "ab") as staged:
        for name in names:
            staged.add(name, name.encode())
        end(staged.folder)
    after = contents(room.archive.root)
    return {rel: data for rel, data in after.items() if data and rel not in before}


def test_a_batch_comes_into_place_whatever_its_names(room):
    assert stage(room, NAMES, lambda _: None) == {n: n.encode() for n in NAMES}


def test_what_is_staged_lies_flat_but_for_a_name_too_long(room):
    def look(folder):
        found = {each.relative_to(folder).as_posix() for each in folder.rglob("*.*")}
        assert found == {LONG, *(quote(name, safe="") for name in NAMES[:-1])}

    stage(room, NAMES, look)


def test_a_batch_that_an_earlier_version_left_ready_is_moved_into_place(room):
    ready = room.archive.path("logs/.ready-ab")
    for name in (*NAMES[:2], LONG):
        place = ready / name
        place.parent.mkdir(parents=True)
        place.write_bytes(name.encode())
    with writing(room.archive):
        found = contents(room.archive.root)
    assert {name: found[name] for name in (*NAMES[:2], LONG)} == {
        name: name.encode() for name in (*NAMES[:2], LONG)
    }
    assert not ready.exists()


def test_a_batch_left_ready_is_moved_into_place_by_the_next_writer(room):
    def copy(folder):
        shutil.copytree(folder, room.archive.path("logs/.ready-cd"))
        raise ArchiveError("the machine went out")

    with pytest.raises(ArchiveError, match="went out"):
        stage(room, NAMES, copy)
    assert not room.archive.path(LONG).exists()
    recover(room.archive)
    assert all(room.archive.path(name).read_bytes() == name.encode() for name in NAMES)


def test_a_file_that_is_there_already_is_refused_and_nothing_comes_in(room):
    there = next(rel for rel in contents(room.archive.root) if "statements" in rel)
    with pytest.raises(ArchiveError, match="is in the archive already"):
        stage(room, (NAMES[0], there), lambda _: None)
    assert not room.archive.path(NAMES[0]).exists()
    assert not list(room.archive.path("logs").glob(".*"))
