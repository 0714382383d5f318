"""The lock record: the head that was signed last is on the disk once it is written."""

from archiver.lockrecord import Head, lock_record

FULL_AND_THE_FOLDER = 3  # what SQLite calls EXTRA


def test_a_lost_power_does_not_bring_the_head_before_back():
    record = lock_record("desk.example/log")
    record.advance(None, Head(1, b"a root", b"a note", (b"an entry",)))
    with record._opened() as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        found = database.execute("PRAGMA synchronous").fetchone()
    assert found == (FULL_AND_THE_FOLDER,)
