"""What a statement has of a browser's account is short, and says that it is."""

import pytest

from archiver.browser.brief import LONGEST, MOST, count_all, shorten


def test_a_list_that_is_short_stays_as_it_is():
    assert shorten([]) == []
    entries = [{"url": "https://a.example/", "line": 3}, "x" * LONGEST]
    assert shorten(entries) == entries
    assert shorten(range(MOST)) == list(range(MOST))


def test_of_a_long_list_the_first_stand_and_how_many_more_there_are():
    assert shorten(map(str, range(MOST + 7))) == [
        *map(str, range(MOST)),
        "and 7 more, which the file names",
    ]


def test_long_texts_are_cut_wherever_they_stand():
    found = shorten(["x" * 1000, {"text": "y" * 1000, "more": {"text": "z" * 1000}}])
    assert found == [
        "x" * LONGEST,
        {"text": "y" * LONGEST, "more": {"text": "z" * LONGEST}},
    ]


@pytest.mark.parametrize("number", [0, 1, MOST, MOST + 1, 3 * MOST])
def test_all_of_a_list_are_counted_however_short_it_was_made(number):
    assert count_all(shorten(map(str, range(number)))) == number


def test_what_only_looks_like_a_count_is_an_entry():
    said = "and 7 more, which the file names"
    assert count_all([said]) == 1
    assert count_all([*map(str, range(MOST)), "and more"]) == MOST + 1
    assert count_all([*map(str, range(MOST)), {"url": said}]) == MOST + 1
