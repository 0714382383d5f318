"""What a statement has of a browser's account is short, and says that it is."""

from archiver.browser.brief import LONGEST, MOST, shorten


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
