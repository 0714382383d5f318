"""Flushing: every place is brought to the disk, however many there are."""

import pytest

from archiver.flushing import FLUSHERS, SHARE, flush, flush_all


@pytest.mark.parametrize("count", [0, 1, SHARE, 2 * SHARE, FLUSHERS * SHARE * 2 + 3])
def test_one_that_is_not_there_is_told_wherever_it_stands(tmp_path, count):
    places = [tmp_path / f"{number}" for number in range(count)]
    for place in places:
        place.write_bytes(b"words")
    flush_all(map(str, [*places, tmp_path]))
    for place in {*places[:2], *places[-2:]}:
        place.unlink()
        with pytest.raises(FileNotFoundError, match=str(place)):
            flush_all(map(str, places))
        place.write_bytes(b"words")


def test_a_folder_is_flushed_as_a_file_is(tmp_path):
    flush(tmp_path)
    with pytest.raises(FileNotFoundError):
        flush(tmp_path / "none")
