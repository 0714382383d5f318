"""Drafts of the files that people write."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.drafting import (
    ID_BYTES,
    append_block,
    format_alias,
    format_case,
    format_evidence_block,
    format_new_claim,
    format_source,
    format_string,
    format_wanted,
    make_claim_id,
)
from claims.model import (
    Evidence,
    Link,
    Related,
    Wanted,
    parse_case,
    parse_claim,
)
from claims.patterns import CLAIM_LETTERS
from claims.sources import parse_source
from tests.claim_kit import claim, evidence, replace

DAY = date(2026, 11, 25)


def test_a_claim_id_is_made_from_random_bytes():
    assert make_claim_id(bytes(range(ID_BYTES))) == "c-01234567"
    assert make_claim_id(b"\xff" * ID_BYTES) == "c-zzzzzzzz"
    assert len(set(CLAIM_LETTERS)) == 32  # five bits: each letter as likely
    with pytest.raises(ValueError, match="7 random bytes, expected 8"):
        make_claim_id(b"1234567")


@given(st.binary(min_size=ID_BYTES, max_size=ID_BYTES))
def test_any_id_that_is_made_is_well_formed(random):
    about = claim(id=make_claim_id(random))
    assert parse_claim(format_new_claim(about).encode(), "c.toml") == about


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words", '"plain words"'),
        ("d'asile, l’État", '"d\'asile, l’État"'),
        ('he said "no"', "'''he said \"no\"'''"),
        ("two\nlines", "'''two\nlines'''"),
        ("back\\slash", "'''back\\slash'''"),
        ("\nfirst", '"\\u000Afirst"'),
        ("\"ends'", '"\\u0022ends\'"'),
        ("a''' \"b", "\"a''' \\u0022b\""),
        ("bell\x07", '"bell\\u0007"'),
        ("turned\u202e \x9b31m", '"turned\\u202E \\u009B31m"'),
        ("", '""'),
    ],
)
def test_a_string_is_written_as_plainly_as_it_can_be_read(text, written):
    assert format_string(text) == written
    assert tomllib.loads(f"a = {written}") == {"a": text}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_string_is_read_back_as_it_was(text):
    assert tomllib.loads(f"a = {format_string(text)}") == {"a": text}


SEEN = st.text(alphabet="abcÀяж漢 '\"\\\n{}=#,[]-", min_size=1, max_size=12)
ANY = st.text(alphabet="abc'\"\\\n\u202e\u200b\r\t", min_size=1, max_size=12)
SLUG = st.from_regex(r"\A[a-z0-9]{1,3}(-[a-z0-9]{1,2})?\Z")
BY = st.builds("{}/{}".format, st.sampled_from(["person", "org", "channel"]), SLUG)
LEAD = st.builds("lead/{}".format, SLUG)
ID = st.binary(min_size=8, max_size=8).map(make_claim_id)


def _maybe(strategy, otherwise=""):
    return st.one_of(st.just(otherwise), strategy)


LINKS = st.builds(
    Link,
    by=BY,
    snapshot=_maybe(SEEN),
    lead=_maybe(LEAD),
    missing=_maybe(SEEN),
    voice=_maybe(st.sampled_from(["own", "quoted", "facsimile"]), None),
    attribution=st.sampled_from(["explicit", "adjacent"]),
    party=st.booleans(),
    knows=_maybe(st.sampled_from(["witness", "unstated"]), None),
    primary=_maybe(SEEN),
)
EVIDENCE = st.builds(
    Evidence,
    id=st.integers(1, 9999).map("e{}".format),
    added=st.dates(),
    role=st.sampled_from(["supports", "contradicts", "context"]),
    snapshot=SEEN,
    lang=st.sampled_from(["fr", "zh-Hant"]),
    quote=ANY,
    zone=_maybe(st.sampled_from(["body", "heading", "caption"]), None),
    prefix=_maybe(ANY),
    suffix=_maybe(ANY),
    translation=st.sampled_from([{}, {"en": 'it\'s "so"', "by": "machine"}]),
    copy_of=_maybe(SEEN),
    chain=st.lists(LINKS, min_size=1, max_size=3).map(tuple),
)
PARTS = st.builds(
    lambda item, parts: replace(item, quote="", quotes=tuple(parts)),
    EVIDENCE,
    st.lists(ANY, min_size=2, max_size=3),
)
CLAIMS = st.builds(
    claim,
    st.one_of(EVIDENCE, PARTS),
    EVIDENCE,
    id=ID,
    case=SLUG,
    author=SEEN,
    kind=st.sampled_from(["fact", "norm", "quotation"]),
    claim=SEEN,
    about=st.lists(BY, max_size=2).map(tuple),
    holds=_maybe(SEEN),
    as_of=_maybe(SEEN),
    original_lang=_maybe(st.just("ru")),
    sensitive=_maybe(SEEN),
    note=_maybe(SEEN),
    related=st.lists(
        st.builds(
            Related, claim=ID, relation=st.sampled_from(["part-of", "overtakes"])
        ),
        max_size=2,
    ).map(tuple),
    wanted=st.lists(
        st.builds(Wanted, what=SEEN, may=st.just("dispute"), lead=_maybe(LEAD)),
        max_size=2,
    ).map(tuple),
)


@given(CLAIMS)
def test_a_claim_that_is_written_is_read_back_as_it_was(about):
    assert parse_claim(format_new_claim(about).encode(), "c.toml") == about


def test_a_draft_is_laid_out_as_one_writes_it():
    assert format_new_claim(claim(about=("org/a", "org/b"))) == (
        'schema   = "sourcebook/claim@1"\n'
        'id       = "c-00000001"\n'
        'case     = "house"\n'
        'author   = "the project"\n'
        'kind     = "fact"\n'
        'claim    = "The door of the house was open."\n'
        'about    = ["org/a", "org/b"]\n'
    )


def test_a_block_for_a_quote_can_be_put_at_the_end_of_a_claim_file():
    block = format_evidence_block(
        snapshot="euronews-fr",
        quote='qu\'il "dit"',
        added=DAY,
        prefix="ce",
        suffix="hier",
    )
    text = append_block("# mine\n" + format_new_claim(claim()), block)
    item = parse_claim(text.encode(), "c.toml").evidence[0]
    assert text.startswith("# mine\n")
    assert (item.quote, item.prefix, item.suffix) == ('qu\'il "dit"', "ce", "hier")
    assert (item.id, item.lang, item.added) == ("e1", "und", DAY)
    assert item.chain == (
        Link(by="org/name-the-publisher", snapshot="euronews-fr", knows="unstated"),
    )


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_what_an_author_wrote_stays_as_it_is(text, block):
    assert append_block(text, block).startswith(text)
    assert append_block(text, block).endswith(block)


def test_a_block_begins_on_a_line_of_its_own():
    assert append_block("a", "b") == "a\n\nb"
    assert append_block("a\n", "b") == "a\n\nb"
    assert append_block("", "b") == "b"


def test_a_case_and_its_aliases_parse():
    text = format_case(case="house", title='The "house"', language="en")
    assert parse_case(text.encode(), "case.toml").snapshots == {}
    for name in ("first", "second-1"):
        pinned = format_alias(
            alias=name,
            sha256="ab" * 32,
            publisher="org/a",
            language="fr",
            published="2026-02-02/..",
        )
        text = append_block(text, pinned)
    case = parse_case(text.encode(), "case.toml")
    assert case.title == 'The "house"'
    assert list(case.snapshots) == ["first", "second-1"]
    assert case.snapshots["first"].published == "2026-02-02/.."


@pytest.mark.parametrize(
    ("source", "naming", "expected"),
    [
        ("person/a", "", "withheld"),
        ("person/a", "press", "press"),
        ("org/a", "", "public"),
        ("channel/a", "withheld", "withheld"),
    ],
)
def test_a_person_is_not_named_until_somebody_says_that_they_may_be(
    source, naming, expected
):
    text = format_source(source=source, name="A 'B'", lang="en", naming=naming)
    read = parse_source(text.encode(), f"sources/{source}.toml")
    assert (read.naming, read.name) == (expected, "A 'B'")


def test_what_is_wanted_can_be_put_at_the_end():
    item = evidence()
    wanted = Wanted(what="its own page", may="support", lead="lead/a")
    text = append_block(format_new_claim(claim(item)), format_wanted(wanted))
    assert parse_claim(text.encode(), "c.toml").wanted == (wanted,)
