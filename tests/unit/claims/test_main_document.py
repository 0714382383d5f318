"""In which encoding a snapshot was read, told from the record that was signed."""

from dataclasses import replace

import pytest

from archiver.documents.charsets import Charset
from archiver.holdings import read_snapshots
from archiver.openings import Withheld, commit
from claims.main_document import read_charset, read_main_document
from tests.newsroom import Newsroom

PAGE = "<meta charset=utf-8><p>Порт закрыт с утра, и людей туда не пускают."


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


def supply(room, data, name="page.html"):
    sha256 = room.deposit(name, data)
    return read_snapshots(room.archive, room.trust)[sha256]


def test_it_is_told_in_which_encoding_a_page_was_read(room):
    snapshot = supply(room, PAGE.encode("cp1251"))
    assert "Порт закрыт" in snapshot.text
    found, unread = read_charset(room.archive, snapshot)
    assert (found.name, found.source, unread) == ("windows-1251", "guess", "")
    assert found.doubts[0] == "the document says 'utf-8', and it was not read as that"


def test_what_has_no_text_layer_was_read_in_none(room):
    snapshot = supply(room, b"GIF89a", "a.gif")
    assert read_main_document(room.archive, snapshot) is None
    assert read_charset(room.archive, snapshot) == (None, "")


def test_a_record_that_was_taken_down_was_read_in_none(room):
    snapshot = supply(room, PAGE.encode())
    gone = [
        Withheld(each.index, commit(each.salt, each.sha256), "99" * 32)
        for each in snapshot.openings
    ]
    room.archive.path(snapshot.path).unlink()
    bare = replace(snapshot, openings=tuple(gone))
    assert read_charset(room.archive, bare) == (None, "")


def test_a_record_longer_than_a_page_is_not_looked_at(room, monkeypatch):
    snapshot = supply(room, PAGE.encode())
    assert read_charset(room.archive, snapshot)[0] == Charset("utf-8", "document")
    monkeypatch.setattr("claims.main_document.MAX_PAGE", 10)
    assert read_charset(room.archive, snapshot) == (None, "")


def test_why_a_file_could_not_be_looked_at_is_told(room):
    snapshot = supply(room, PAGE.encode())
    room.archive.path(snapshot.path).unlink()
    found, unread = read_charset(room.archive, snapshot)
    assert found is None
    assert "cannot be read: No such file" in unread
