"""Appending to a log: what an appender keeps is on the disk, or is read again."""

import os
import shutil
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import log, notes
from archiver.errors import ArchiveError, VerificationError
from archiver.holdings import StoredStatement
from archiver.log import Appender, read_published
from archiver.statements import (
    Statement,
    Subject,
    format_bundle,
    sign_statement,
)
from archiver.store import statement_file, walk_files, writing
from tests.commandline import contents
from tests.newsroom import Newsroom


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


@pytest.fixture
def appender(room):
    return Appender(room.archive, room.trust, room.log_key)


def put(room, count=1):
    """Leave statements that wait for the log; return their ids."""
    ids = []
    for _ in range(count):
        predicate = {
            "salt": room.token(16).hex(),
            "origin": room.archive.config.origin,
            "on": room.on(),
        }
        statement = Statement("attempt", (Subject("a", "0" * 64),), predicate)
        envelope = sign_statement(statement, room.operator)
        place = room.archive.path(statement_file(envelope.id))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(format_bundle(envelope))
        ids.append(envelope.id)
    return ids


def add(room, appender):
    with writing(room.archive):
        return appender.add_pending()


def test_appends_one_after_the_other_leave_the_files_that_fresh_ones_leave(
    room, appender, tmp_path
):
    twin = tmp_path / "twin"
    for count in (1, 3, 0, 256, 1):
        ids = put(room, count)
        shutil.rmtree(twin, ignore_errors=True)
        shutil.copytree(room.archive.root, twin)
        before = read_published(room.archive, room.trust.policy).size
        added = add(room, appender)
        assert [each.statement_id for each in added] == ids
        assert [each.index for each in added] == list(range(before, before + count))
        published = read_published(room.archive, room.trust.policy)
        assert published.size == before + count
        assert published.tree.root == published.root
        _same_as_a_fresh_append(room, twin)
    expected = set(log.tiles.layout(published.size))
    folder = room.archive.path(f"{log.LOG}")
    found = {f"tile/{rel}" for rel in walk_files(folder / "tile")}
    assert found == expected


def _same_as_a_fresh_append(room, twin):
    other = log.Archive(twin, room.archive.config)
    record = log.lock_record(room.archive.config.origin)
    aside = record.place.with_suffix(".aside")
    shutil.copy(record.place, aside)
    head = read_published(other, room.trust.policy)
    record.place.unlink()
    if head.size:
        first = log.Head(head.size, head.root, head.note, ())
        record.advance(None, first)
    with writing(other):
        log.add_pending(other, room.trust, room.log_key)
    assert contents(twin) == contents(room.archive.root)
    shutil.copy(aside, record.place)


def test_what_is_known_is_not_read_again(room, appender, monkeypatch):
    put(room)
    add(room, appender)
    asked = []
    monkeypatch.setattr(log, "read_entries", lambda *_: asked.append(1))
    put(room)
    assert len(add(room, appender)) == 1
    assert asked == []


def test_an_append_of_another_process_is_seen(room, appender):
    put(room)
    add(room, appender)
    put(room, 2)
    add(room, Appender(room.archive, room.trust, room.log_key))
    (mine,) = put(room)
    (added,) = add(room, appender)
    assert (added.statement_id, added.index) == (
        mine,
        read_published(room.archive, room.trust.policy).size - 1,
    )


def test_a_checkpoint_that_somebody_else_signed_too_is_read_again(
    room, appender, monkeypatch
):
    put(room)
    add(room, appender)
    place = room.archive.path(log.CHECKPOINT)
    note = notes.parse_note(place.read_bytes())
    other = Ed25519PrivateKey.from_private_bytes(room.token(32))
    signed = notes.sign_note(note.text, "other.example/witness", other)
    both = replace(note, signatures=(*note.signatures, *signed.signatures))
    place.chmod(0o644)
    place.write_bytes(notes.format_note(both))
    asked = []
    real = log.read_entries
    monkeypatch.setattr(log, "read_entries", lambda *a: asked.append(1) or real(*a))
    put(room)
    assert len(add(room, appender)) == 1
    assert asked == [1]


def test_a_damaged_checkpoint_stops_the_next_append(room, appender):
    put(room)
    add(room, appender)
    place = room.archive.path(log.CHECKPOINT)
    kept = place.read_bytes()
    place.chmod(0o644)
    place.write_bytes(kept.replace(b"desk", b"dusk", 1))
    put(room)
    with pytest.raises(VerificationError):
        add(room, appender)
    place.write_bytes(kept)
    assert len(add(room, appender)) == 1


def test_a_checkpoint_that_is_gone_stops_the_next_append(room, appender):
    put(room)
    add(room, appender)
    place = room.archive.path(log.CHECKPOINT)
    place.rename(place.with_name("away"))
    put(room)
    with pytest.raises(ArchiveError, match="cannot be read"):
        add(room, appender)


def test_an_older_copy_is_found_by_an_appender_that_knows_the_newer_one(room, appender):
    root, older = room.archive.root, room.work / "older"
    put(room)
    add(room, appender)
    shutil.copytree(root, older)
    put(room)
    add(room, appender)
    shutil.rmtree(root)
    shutil.copytree(older, root)
    put(room)
    with pytest.raises(ArchiveError, match="older or another copy"):
        add(room, appender)


def remember(room, appender, key):
    """Leave a statement signed with ``key``, and tell the appender of it."""
    predicate = {
        "salt": room.token(16).hex(),
        "origin": room.archive.config.origin,
        "on": room.on(),
    }
    statement = Statement("attempt", (Subject("a", "0" * 64),), predicate)
    envelope = sign_statement(statement, key)
    place = room.archive.path(statement_file(envelope.id))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(format_bundle(envelope))
    appender.remember(StoredStatement(envelope, statement, None))
    return envelope.id


def test_what_was_signed_here_is_appended_with_what_others_left(room, appender):
    (other,) = put(room)
    own = remember(room, appender, room.operator)
    assert [each.statement_id for each in add(room, appender)] == [other, own]
    with writing(room.archive):
        held = read_published(room.archive, room.trust.policy).held
    assert [entry.statement_id for entry in held[-2:]] == [other, own]
    assert add(room, appender) == []


def test_what_was_signed_here_by_a_stranger_is_not_appended(room, appender):
    remember(room, appender, Ed25519PrivateKey.generate())
    with pytest.raises(VerificationError, match="is not among the signers"):
        add(room, appender)


def test_a_checkpoint_is_on_the_disk_before_what_it_supersedes_is_removed(
    room, appender, monkeypatch
):
    old = room.archive.path("logs/1/tile/entries/000.p/1")
    old.write_bytes(b"left by a writer that was killed")
    flushed = []
    really = os.fsync

    def fsync(handle):
        flushed.append((os.fstat(handle).st_ino, old.exists()))
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    add(room, appender)
    assert flushed == [(room.archive.path("logs/1").stat().st_ino, True)]
    assert not old.exists()
