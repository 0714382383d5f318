"""Flushing: every place is brought to the disk, however many there are."""

import pytest

from archiver.flushing import (
    FLUSHERS,
    SHARE,
    flush,
    flush_all,
    have_too,
    keep_file,
    make_folders,
)


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


def test_a_file_that_is_had_in_two_places_takes_its_room_once(tmp_path):
    file, place = tmp_path / "file", tmp_path / "place"
    file.write_bytes(b"words")
    have_too(file, place)
    assert place.samefile(file)
    with pytest.raises(FileNotFoundError):
        have_too(tmp_path / "none", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_file_that_is_kept_takes_the_place_of_the_one_before(tmp_path):
    for words in (b"words", b"more"):
        keep_file(tmp_path / "file", words)
        assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
            ("file", words)
        ]


def test_all_folders_whose_names_change_are_told(tmp_path):
    folder = tmp_path / "a" / "b"
    assert make_folders(folder) == [folder, folder.parent, tmp_path]
    assert make_folders(folder) == [folder]
