"""The claim file and the case file."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.findings import Finding
from claims.model import (
    Case,
    Claim,
    parse_case,
    parse_claim,
    read_case,
    read_claim,
    voice_of,
)

CLAIM = """\
schema   = "sourcebook/claim@1"
id       = "c-7k3m9q2p"
case     = "kz-handover"
author   = "the project"
kind     = "fact"
claim    = "Semyon Bazhukov held asylum-seeker status in Kazakhstan."
about    = ["person/semyon-bazhukov"]
holds    = "/2026-02-02"
note     = "Neither piece is in hand."
related  = [{ claim = "c-2h8w5x0r", as = "needed-by" }]

[[evidence]]
id       = "e1"
added    = 2026-11-25
role     = "supports"
snapshot = "euronews-fr"
lang     = "fr"
quote    = '''Bazhukov avait le statut de demandeur d'asile dans la république'''
zone     = "body"
prefix   = '''qui a noté que'''
translation = { en = "Bazhukov had asylum-seeker status", by = "machine" }
chain    = [
  { by = "org/euronews",      snapshot = "euronews-fr" },
  { by = "org/radio-liberty", missing = "the piece cited is not identified" },
  { by = "org/kibhr",         missing = "its own statement", knows = "unstated" },
]

[[wanted]]
what = "KIBHR's own statement: the origin"
may  = "support"
[[wanted]]
what = "a Radio Liberty item that quotes KIBHR"
lead = "lead/svoboda-33680616"
may  = "support"
"""
CASE = """\
id       = "kz-handover"
title    = "The hand-over"
language = "en"

[snapshots.euronews-fr]
sha256    = "3c8357833f323bc2b94cad171ab885eae9d4b97600da6146b714c3e6591a780c"
publisher = "org/euronews"
language  = "fr"
published = "2026-02-02/.."
access    = "public"
reason    = "a published article"
"""


def _fault(old, new, text=CLAIM, read=read_claim):
    assert old in text
    found = read(text.replace(old, new, 1).encode(), "x.toml")
    assert isinstance(found, Finding)
    return found


def test_the_example_of_the_design_is_a_claim():
    claim = parse_claim(CLAIM.encode(), "x.toml")
    item = claim.evidence[0]
    assert (claim.id, claim.kind, claim.holds) == ("c-7k3m9q2p", "fact", "/2026-02-02")
    assert claim.related[0].relation == "needed-by"
    assert item.added == date(2026, 11, 25)
    assert item.parts == (item.quote,)
    assert item.translations == {"en": "Bazhukov had asylum-seeker status"}
    assert item.origin.by == "org/kibhr"
    assert [voice_of(item, at) for at in range(3)] == ["own", *["paraphrased"] * 2]
    assert claim.wanted[1].lead == "lead/svoboda-33680616"


def test_what_is_absent_is_empty_or_none():
    claim = parse_claim(CLAIM.encode(), "x.toml")
    link = claim.evidence[0].chain[0]
    assert (claim.as_of, claim.sensitive, claim.original_lang) == ("", "", "")
    assert (link.lead, link.missing, link.knows, link.voice) == ("", "", None, None)
    assert (link.attribution, link.party, link.primary) == ("explicit", False, "")


@pytest.mark.parametrize(
    ("old", "new", "place", "found", "code"),
    [
        ("role     =", "roel     =", 15, "unknown key 'roel' in [[evidence]] 1", "C20"),
        ('"supports"', '"support"', 15, "is 'support', expected one of", "C20"),
        (
            '"supports"',
            "5",
            15,
            "role of [[evidence]] 1 is 5, expected a string",
            "C20",
        ),
        ("2026-11-25", '"2026-11-25"', 14, "expected a date without quotes", "C20"),
        ("2026-11-25", "2026-11-25T10:00:00", 14, "expected a date without", "C20"),
        ("c-7k3m9q2p", "c-7k3m9q2l", 2, "expected 'c-' and 8 of 0123", "C19"),
        ('"c-7k3m9q2p"', '"c-7k3m9q2p\\n"', 2, "expected 'c-' and 8 of", "C19"),
        ("c-2h8w5x0r", "c-2H8w5x0r", 10, "claim of [[related]] 1", "C19"),
        ('"e1"', '"e01"', 13, "expected e1, e2, e3", "C19"),
        ("person/", "persons/", 7, "[[about]] 1 is 'persons/", "C19"),
        ("org/kibhr", "org/Kibhr", 25, "by of chain 3 of [[evidence]] 1", "C19"),
        ("lead/s", "leads/s", 33, "lead of [[wanted]] 2", "C19"),
        ('lang     = "fr"', 'lang = "french!"', 17, "a language tag (BCP 47)", "C20"),
        ('missing = "its', 'mising = "its', 25, "unknown key 'mising'", "C20"),
        ('{ en = "', '{ EN = "', 21, "expected a language tag such as en", "C20"),
        ("claim@1", "claim@2", 1, "expected sourcebook/claim@1", "C20"),
        ('"body"', '"margin"', 19, "zone of [[evidence]] 1 is 'margin'", "C20"),
        ('"the project"', '""', 4, "author is '', expected something", "C20"),
        ("the project", "the\u2066 project", 4, "U+2066", "C20"),
        ("quote    = ", "quotes   = ", 18, "expected a list", "C20"),
        ("quote    = ", "quotes = ['''a b c''']\n#", 18, "expected 2 or more", "C20"),
        ("quote    = ", "#", 12, "has neither of them, expected one of", "C20"),
        ("zone ", "quotes = ['a', 'b']\nzone ", 12, "has both 'quote' and", "C20"),
        ('en = "Bazhukov had asylum-seeker status", ', "", 21, "has no text", "C20"),
        ('"fact"', '"negative"', 5, "a negative has no key 'as_of'", "C20"),
        ('"fact"', '"statistic"', 5, "a statistic has no key 'as_of'", "C20"),
        ("chain    = [", "chain = []\nx = [", 22, "expected something", "C20"),
        ("author ", "verdict", 4, "unknown key 'verdict'", "C20"),
    ],
)
def test_a_wrong_claim_file_is_told_by_its_line(old, new, place, found, code):
    fault = _fault(old, new)
    assert fault.place == f"x.toml:{place}"
    assert found in fault.message
    assert fault.code == code


def test_a_pages_own_words_may_hold_any_character():
    changed = CLAIM.replace("qui a noté", "qui a\u202e noté")
    changed = changed.replace("quote    = '''Bazhukov", "quote = '''Ba\u00adzhukov")
    claim = parse_claim(changed.encode(), "x.toml")
    assert claim.evidence[0].prefix == "qui a\u202e noté que"
    parts = "quotes = ['''a\u200bb''', '''c''']\n"
    changed = CLAIM.replace("quote    =", parts + "#")
    assert parse_claim(changed.encode(), "x.toml").evidence[0].parts[0] == "a\u200bb"


def test_an_invisible_character_beside_the_parts_of_a_quote_is_refused():
    fault = _fault("quote    =", "quotes = ['a', # \u200b\n 'b']\n#")
    assert fault.place == "x.toml:18"


def test_parsing_raises_with_file_and_line_in_front():
    with pytest.raises(
        MalformedError, match=r"^x\.toml:15: unknown key 'roel'"
    ) as caught:
        parse_claim(CLAIM.replace("role ", "roel ").encode(), "x.toml")
    assert caught.value.hint == "did you mean 'role'?"


@given(st.integers(0, len(CLAIM.encode()) - 1), st.binary(max_size=3))
def test_a_damaged_file_is_a_claim_or_a_fault_with_a_line(at, put):
    data = CLAIM.encode()
    found = read_claim(data[:at] + put + data[at + 2 :], "x.toml")
    assert isinstance(found, Claim) or found.place.startswith("x.toml:")


def test_a_case_file_pins_its_snapshots():
    case = parse_case(CASE.encode(), "case.toml")
    assert isinstance(case, Case)
    pinned = case.snapshots["euronews-fr"]
    assert (pinned.publisher, pinned.access) == ("org/euronews", "public")


@pytest.mark.parametrize(
    ("old", "new", "place", "found", "code"),
    [
        ("3c83", "3C83", 6, "expected 64 digits of lower-case hex", "C19"),
        ("snapshots.euronews-fr", 'snapshots."A/b"', 5, "small letters", "C19"),
        ('"public"', '"open"', 10, "expected one of public, quotes, sealed", "C20"),
        ("reason ", "#", 10, "access is 'public' without a reason", "C20"),
        ("publisher =", "#", 5, "has no key 'publisher', which is required", "C20"),
        ("[snapshots.euronews-fr]", "[snapshots]\n[snapshots]", 6, "twice", "C20"),
    ],
)
def test_a_wrong_case_file_is_told_by_its_line(old, new, place, found, code):
    fault = _fault(old, new, CASE, read_case)
    assert fault.place == f"x.toml:{place}"
    assert found in fault.message
    assert fault.code == code


def test_access_by_the_custodys_default_needs_no_reason():
    text = CASE.replace("access", "#").replace("reason", "#")
    assert parse_case(text.encode(), "x").snapshots["euronews-fr"].access is None
