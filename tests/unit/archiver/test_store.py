"""Batches: all of their files come into the archive, or none, whatever their names."""

import errno
import os
import shutil
import sys
from urllib.parse import quote

import pytest

from archiver.errors import ArchiveError
from archiver.store import batch, put, recover, writing
from tests.commandline import contents, forked, run
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


# What a lost power leaves: only what was flushed is sure to be there


@pytest.fixture
def flushed(room, monkeypatch):
    """Note what is flushed, in order, each with what the archive held just then."""
    noted = []
    really = os.fsync

    def fsync(handle):
        found = os.fstat(handle)
        noted.append(((found.st_dev, found.st_ino), set(contents(room.archive.root))))
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return noted


def identity(place):
    found = place.stat()
    return found.st_dev, found.st_ino


def test_the_disk_has_a_snapshots_files_before_its_statement_is_in_place(room, flushed):
    stage(room, NAMES, lambda _: None)
    folder = room.archive.path(NAMES[0]).parent
    for place in (folder, folder.parent, room.archive.root):
        before = [held for at, held in flushed if at == identity(place)]
        assert any(NAMES[0] in held and NAMES[1] not in held for held in before)


def test_what_is_ready_stays_whole_until_all_of_it_is_on_the_disk(room, flushed):
    stage(room, NAMES, lambda _: None)
    ready = [{each for each in held if ".ready-" in each} for _, held in flushed]
    assert len({frozenset(each) for each in ready if each}) == 1
    last = [at for at, held in flushed if any(".ready-" in each for each in held)]
    for name in NAMES:
        assert identity(room.archive.path(name).parent) in last
    assert flushed[-1][0] == identity(room.archive.path("logs"))
    assert not ready[-1]


@pytest.mark.parametrize("put_there", [os.link, shutil.copyfile])
def test_what_a_killed_writer_put_into_place_is_brought_to_the_disk(
    room, flushed, put_there
):
    ready = room.archive.path("logs/.ready-ab")
    ready.mkdir()
    for name in NAMES[:2]:
        (ready / quote(name, safe="")).write_bytes(name.encode())
    place = room.archive.path(NAMES[0])
    place.parent.mkdir(parents=True)
    put_there(ready / quote(NAMES[0], safe=""), place)
    recover(room.archive)
    assert not ready.exists()
    at, held = flushed[0]  # that it is ready, before anything of it is in place
    assert at == identity(ready.parent)
    assert NAMES[1] not in held
    assert room.archive.path(NAMES[1]).read_bytes() == NAMES[1].encode()
    assert {identity(each) for each in (place, *place.parents[:3])} <= {
        at for at, _ in flushed
    }


def test_a_folder_that_is_made_for_a_file_is_on_the_disk_with_it(room, flushed):
    put(room.archive, "logs/1/tile/9/x001/000", b"words", "ab")
    place = room.archive.path("logs/1/tile/9/x001/000")
    assert {identity(each) for each in (place, *place.parents[:3])} <= {
        at for at, _ in flushed
    }


def knows_no_links():
    def refuse(event, _):
        if event == "os.link":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    sys.addaudithook(refuse)


def test_on_a_disk_that_knows_no_links_files_are_moved(room, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("words")
    words = ("deposit", letter, "--source", "a reader")
    assert forked(knows_no_links, *words, archive=room.archive.root).code == 0
    assert run("verify", archive=room.archive.root).code == 0


def test_a_file_that_came_in_has_no_other_name_by_which_it_could_be_changed(
    room, tmp_path
):
    file = tmp_path / "made.warc.gz"
    file.write_bytes(b"what came")
    rel = f"snapshots/aa/{'aa' * 32}.warc.gz"
    with batch(room.archive, "one") as staged:
        staged.add(rel, file)
        assert file.exists()  # what fails may be tried again
    assert room.archive.path(rel).stat().st_nlink == 1
    file.write_bytes(b"what comes next")
    assert room.archive.path(rel).read_bytes() == b"what came"
