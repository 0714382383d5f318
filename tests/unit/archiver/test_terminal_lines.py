"""What commands print in common."""

from archiver.terminal import counts_of


def test_one_thing_that_was_looked_at_is_told_as_one():
    looked_at = {"log entries": 1, "snapshots": 1, "quotes": 2, "released files": 1234}
    told = "1 log entry, 1 snapshot, 2 quotes, 1,234 released files"
    assert counts_of(looked_at) == told
    assert counts_of({"snapshots by their lengths": 1}) == "1 snapshot by its length"
