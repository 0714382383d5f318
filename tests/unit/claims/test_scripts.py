"""Classes of characters: scripts, numerals, and what belongs to a cluster."""

import unicodedata

import pytest

from claims.scripts import (
    NOTHING,
    count_spaceless,
    is_hebrew,
    is_joining,
    is_spaceless,
    kind,
)


@pytest.mark.parametrize("char", "中々〇𠀀豈ひカーไลဗကខ")
def test_knows_scripts_without_spaces(char):
    assert is_spaceless(char)


@pytest.mark.parametrize("char", "aжشשक한1 。,-")
def test_knows_scripts_with_spaces(char):
    assert not is_spaceless(char)


@pytest.mark.parametrize("char", "5٣๒²½Ⅳ万十〇两兩壹")
def test_knows_numerals_of_any_kind(char):
    assert kind(char).numeral


@pytest.mark.parametrize("char", "a中年半%-,")
def test_knows_what_is_no_numeral(char):
    assert not kind(char).numeral


def test_knows_what_trails_and_what_leads():
    assert kind("\u0301").trails
    assert kind("\u0e33").trails
    assert kind("\u1039").leads
    assert not kind("ก").trails
    assert not kind("ก").leads


def test_nothing_is_of_no_class():
    assert not any(kind(NOTHING))


def test_hebrew_letters_are_hebrew_and_points_are_not():
    assert is_hebrew("א")
    assert is_hebrew("ת")
    assert not is_hebrew("\u05b8")
    assert not is_hebrew("a")


def test_all_that_composes_backwards_is_joining():
    """Every last part of a canonical composite; so texts can be composed in pieces."""
    seconds = set()
    for point in range(0x110000):
        char = chr(point)
        parts = unicodedata.decomposition(char).split()
        is_canonical = len(parts) == 2 and not parts[0].startswith("<")
        if is_canonical and unicodedata.normalize("NFC", char) == char:
            seconds.add(chr(int(parts[1], 16)))
    seconds |= {
        chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
    }
    assert len(seconds) > 60
    assert all(map(is_joining, seconds))


def test_all_that_is_reordered_is_joining():
    marks = [
        chr(point) for point in range(0x110000) if unicodedata.combining(chr(point))
    ]
    assert len(marks) > 800
    assert all(map(is_joining, marks))


def test_counts_letters_and_not_their_marks():
    assert count_spaceless("ไม่ใช่ abc 中国") == 6
