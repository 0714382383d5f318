"""What several threads bring comes in together, and each is told of its own alone."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from archiver.deposit import Supplied, draft_deposit
from archiver.errors import ArchiveError, MalformedError
from archiver.intake import Intake, held
from archiver.snapshots import prepare_snapshot, sign_snapshot
from archiver.store import list_statements, snapshot_file
from tests.commandline import contents
from tests.newsroom import Newsroom

THREADS = 8


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


def prepare(room, words):
    folder = room.work / words
    folder.mkdir()
    file = folder / "letter.txt"
    file.write_text(words, encoding="utf-8")
    supplied = Supplied(file, "a reader", None, None)
    draft = draft_deposit(supplied, folder, now=room.now(), token=room.token)
    return prepare_snapshot(draft, room.token)


def sign(room, prepared):
    return sign_snapshot(
        room.archive, prepared, room.operator, on=room.on(), token=room.token
    )


def bring_all(room, prepared, sign, meanwhile=lambda: None):
    """Bring each in a thread of its own, while the archive is held; return what came.

    ``meanwhile`` is done once all have brought what they have.
    """
    intake = Intake()
    begun = threading.Barrier(len(prepared) + 1)

    def bring(one):
        begun.wait()
        try:
            return intake.bring(room.archive, one, sign, room.token)
        except Exception as error:  # noqa: BLE001 - it is what came
            return error

    with ThreadPoolExecutor(len(prepared)) as pool:
        with held(room.archive):
            came = [pool.submit(bring, one) for one in prepared]
            begun.wait()
            while len(intake._waiting) < len(prepared):
                threading.Event().wait(0.001)
            meanwhile()
        return [each.result() for each in came]


def test_what_waits_comes_in_by_one_batch_and_each_thread_has_its_own(room):
    prepared = [prepare(room, f"words {number}") for number in range(THREADS)]
    batches = []

    def noting(one):
        (folder,) = room.archive.path("logs").glob(".staging-*")
        batches.append(folder.name)
        return sign(room, one)

    before = set(list_statements(room.archive))
    came = bring_all(room, prepared, noting)
    assert [each.stored.sha256 for each in came] == [each.sha256 for each in prepared]
    assert len(set(list_statements(room.archive)) - before) == THREADS
    assert len(batches) == THREADS
    assert len(set(batches)) == 1


def test_the_same_bytes_twice_in_one_batch_are_refused_once(room):
    one = prepare(room, "words")
    copied = shutil.copy(one.draft.file, room.work)
    other = replace(one, draft=replace(one.draft, file=Path(copied)))
    came = bring_all(room, [one, other, prepare(room, "more")], partial(sign, room))
    refused = [each for each in came if isinstance(each, ArchiveError)]
    assert len(refused) == 1
    assert "is in the archive already" in str(refused[0])


def test_what_cannot_be_signed_keeps_nothing_else_out(room):
    bad, good = prepare(room, "bad"), prepare(room, "good")

    def picky(one):
        if one is bad:
            raise MalformedError("it fits into no statement")
        return sign(room, one)

    first, second = bring_all(room, [bad, good], picky)
    assert isinstance(first, MalformedError)
    assert second.stored.sha256 == good.sha256


def test_where_the_disk_fails_all_are_told_and_nothing_came_in(room):
    prepared = [prepare(room, f"words {number}") for number in range(3)]
    before = contents(room.archive.root)

    def lose():
        for each in prepared:
            each.draft.file.unlink()

    came = bring_all(room, prepared, partial(sign, room), lose)
    assert all(isinstance(each, ArchiveError) for each in came)
    assert contents(room.archive.root) == before


@pytest.mark.parametrize("lost", range(3))
def test_what_cannot_be_stored_keeps_nothing_else_out(room, lost):
    prepared = [prepare(room, f"words {number}") for number in range(3)]
    came = bring_all(
        room, prepared, partial(sign, room), prepared[lost].draft.file.unlink
    )
    assert isinstance(came[lost], ArchiveError)
    others = [each for each in came if each is not came[lost]]
    places = [room.archive.path(rel) for each in others for rel, _ in each.files]
    assert len(others) == 2
    assert all(place.exists() for place in places)


def test_a_mistake_of_ours_with_one_is_told_of_that_one(room):
    prepared = [prepare(room, f"words {number}") for number in range(3)]

    def mistaken(one):
        if one is prepared[1]:
            raise ZeroDivisionError
        return sign(room, one)

    first, second, third = bring_all(room, prepared, mistaken)
    assert isinstance(second, ZeroDivisionError)
    assert first.stored.sha256 == prepared[0].sha256
    assert third.stored.sha256 == prepared[2].sha256


def test_what_is_ready_and_cannot_be_brought_in_is_left_to_the_next_writer(room):
    prepared = [prepare(room, f"words {number}") for number in range(3)]
    (room.archive.root / "snapshots").write_bytes(b"no folder")
    before = len(list_statements(room.archive))
    came = bring_all(room, prepared, partial(sign, room))
    assert all(isinstance(each, ArchiveError) for each in came)
    assert not any(each.draft.file.exists() for each in prepared)  # no second name
    assert len(list_statements(room.archive)) == before
    (room.archive.root / "snapshots").unlink()
    with held(room.archive):
        assert len(list_statements(room.archive)) == before + len(prepared)
    for each in prepared:
        assert room.archive.path(snapshot_file(each.sha256, ".warc.gz")).exists()
