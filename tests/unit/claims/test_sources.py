"""The source file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.findings import Finding
from claims.sources import Source, parse_source, read_source

PERSON = "sources/person/semyon-bazhukov.toml"
TEXT = """\
names = [
  { text = "Semyon Bazhukov", lang = "fr", script = "Latn", seen_in = "euronews-fr" },
  { text = "Семён Бажуков", lang = "ru", script = "Cyrl", scheme = "none" },
]
naming = "press"
note = "A spelling is no evidence of who is meant."
"""


def test_a_source_has_its_place_for_an_id_and_its_first_name_for_a_name():
    source = parse_source(TEXT.encode(), PERSON)
    assert (source.id, source.kind) == ("person/semyon-bazhukov", "person")
    assert (source.name, source.naming) == ("Semyon Bazhukov", "press")
    assert source.names[1].script == "Cyrl"
    assert not source.unnamed


def test_an_organisation_may_be_named_unless_its_file_says_otherwise():
    text = TEXT.replace('naming = "press"\n', 'family = "kibhr"\n')
    source = parse_source(text.encode(), "a/sources/org/kibhr.toml")
    assert (source.naming, source.family) == ("public", "kibhr")


def test_an_id_may_stand_in_the_file_if_it_is_that_of_its_place():
    good = 'id = "person/semyon-bazhukov"\n' + TEXT
    assert parse_source(good.encode(), PERSON).id == "person/semyon-bazhukov"
    fault = read_source(good.encode(), "sources/person/x.toml")
    assert (fault.code, fault.place) == ("C19", "sources/person/x.toml:1")
    assert "expected 'person/x', the file's place" in fault.message


def test_a_slug_that_begins_with_unnamed_stands_for_nobody_named():
    source = parse_source(TEXT.encode(), "sources/person/unnamed-4t9x.toml")
    assert source.unnamed


@pytest.mark.parametrize(
    ("old", "new", "line", "found"),
    [
        ('naming = "press"\n', "", 1, "a person has no key 'naming'"),
        ('"press"', '"secret"', 5, "expected one of press, public, withheld"),
        ('lang = "ru"', 'lang = "RU"', 3, "lang of [[names]] 2 is 'RU'"),
        ('"Cyrl"', '"cyrl"', 3, "a script (ISO 15924)"),
        ("names = [", "names = []\nx = [", 1, "names is [], expected something"),
        ("Semyon", "Semyon\u200b", 2, "U+200B"),
        ("note", "family = 'a b'\nnote", 6, "family is 'a b', expected small letters"),
    ],
)
def test_a_wrong_source_file_is_told_by_its_line(old, new, line, found):
    fault = read_source(TEXT.replace(old, new, 1).encode(), PERSON)
    assert isinstance(fault, Finding)
    assert fault.place == f"{PERSON}:{line}"
    assert found in fault.message


@pytest.mark.parametrize(
    "file",
    [
        "sources/person/A.toml",
        "sources/people/a.toml",
        "person/a.toml",
        "sources/org/a/b.toml",
        "sources/org/.toml",
        "sources/org/a\n.toml",
    ],
)
def test_a_source_lies_in_its_place(file):
    with pytest.raises(MalformedError, match="expected sources/ and a source id"):
        parse_source(TEXT.encode(), file)


@given(st.binary(max_size=50))
def test_any_bytes_are_a_source_or_a_fault(data):
    found = read_source(data, "sources/org/a.toml")
    assert isinstance(found, Source) or found.place.startswith("sources/org/a.toml:")
