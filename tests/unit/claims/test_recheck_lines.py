"""What a person reads of a recheck."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.nearest import Piece, compare
from claims.rechecking.lines import (
    case_and_slug,
    format_diff,
    list_left_out,
    list_page,
    list_plan,
    list_touched,
    summarise,
)
from claims.rechecking.plan import RecheckPlan, choose_claims, make_plan
from claims.rechecking.verdicts import NoAnswer, judge_page
from tests.claim_kit import QUOTES, SHA, TEXTS, claim, evidence, own
from tests.recheck_kit import answer, dossier, in_hand, one_page, plan

SHUT = TEXTS["a"].replace("open", "shut")
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen"


def _lines(found, *items, **keys):
    return list(list_page(judge_page(one_page(*items, **keys), found)))


def test_a_page_is_told_with_the_snapshot_in_hand_and_the_new_one():
    assert _lines(answer(TEXTS["a"])) == [
        "https://a.example/page",
        f"  in hand  {SHA['a']}  observed 2026-02-03T09:00:02Z, complete, 200",
        f"  new      {SHA['f']}  observed 2026-02-03T09:00:02Z, complete, 200",
        "  c-00000001  house/c-00000001",
        f"    stands          e1 supports  “{QUOTES['a']}”",
    ]


def test_what_changed_is_told_in_two_lines_and_by_what_it_is():
    item = own("a", quote="said on 2 February that the door of the house was open")
    assert _lines(answer(SHUT.replace("2 Feb", "3 Feb")), item)[-4:] == [
        f"    changed         e1 supports  “{item.quote}”",
        "        was  said on [-2-] February that the door of the house was [-open-]",
        "        now  said on {+3+} February that the door of the house was {+shut+}",
        "        number   2 → 3",
    ]


def test_a_page_that_did_not_come_is_told_with_the_attempt():
    tried = _lines(NoAnswer("no such host", "ef" * 32, 4))
    assert tried[2:4] == [f"  attempt  {'ef' * 32}", "  why      no such host"]
    assert tried[-2:] == [
        f"    not reached     e1 supports  “{QUOTES['a']}”",
        "        why  no such host",
    ]
    assert _lines(NoAnswer("an inner address", "", 4))[2] == (
        "  attempt  nothing was signed"
    )


def test_an_address_that_is_only_claimed_is_told_to_be():
    deposit = in_hand("a", exchange=None, url="https://a.example/page")
    lines = _lines(answer(TEXTS["a"]), held={"a": deposit})
    assert lines[1] == f"  in hand  {SHA['a']}  supplied 2026-02-03T09:00:02Z, complete"
    assert lines[2] == "  note     the address is claimed, by a reader"
    stranger = in_hand("a", custody="supplied")
    assert _lines(answer(TEXTS["a"]), held={"a": stranger})[2] == (
        "  note     the address is claimed: no capturer of ours signed it"
    )


def test_a_snapshot_that_waits_for_the_log_is_told_to():
    found = answer(TEXTS["a"])
    waiting = type(found)(
        found.facts, found.custody, found.level, found.holding, found.statement, None
    )
    assert _lines(waiting)[2].endswith("complete, 200, waits for the log")


def test_doubts_and_notes_stand_where_they_belong():
    item = own("a", quote="words of another page")
    lines = _lines(answer(SHUT, labels=("bot-check",)), item)
    assert lines[3].startswith("  note     it is labelled bot-check; words that")
    assert lines[-3:] == [
        "    cannot tell     e1 supports  “words of another page”",
        "        why  it is labelled bot-check",
        "        note in the snapshot in hand it does not stand either (absent)",
    ]


@pytest.mark.parametrize(
    ("text", "item", "why"),
    [
        (f"{TEXTS['a']} {TEXTS['a']}", own("a"), "it stands in several places"),
        ("", own("a"), "the new snapshot has no text"),
        ("Say indoors.", own("a", quote="door"), "it stands only inside longer words"),
        (SHUT, own("a", quote=" \u200b "), "nothing but white space is in it"),
        ("Nothing at all is like it.", own("a"), None),
        (SHUT, own("a"), None),
    ],
)
def test_why_a_quote_does_not_stand_is_told_where_there_is_more_to_say(text, item, why):
    lines = [each for each in _lines(answer(text), item) if "  why  " in each]
    assert [each.strip()[5:].startswith(why) for each in lines] == (
        [True] if why else []
    )


def test_quotes_are_grouped_by_claim_whatever_snapshot_they_are_of():
    held = {"a": in_hand("a"), "b": in_hand("b")}
    items = (own("a"), own("b", id="e2"), own("a", id="e3"))
    lines = _lines(answer(TEXTS["a"]), *items, held=held)
    assert sum(each.startswith("  c-00000001") for each in lines) == 1
    told = [
        each.split()[1] for each in lines if each.startswith("    ") and "“" in each
    ]
    assert told == ["e1", "e3", "e2"]  # by snapshot


def test_a_long_quote_is_shortened_between_words():
    lines = _lines(answer(LONG), own("a", quote=LONG * 2))
    (shown,) = (each.partition("“")[2] for each in lines if "“" in each)
    assert shown == f"{LONG}one two three four …”"


def test_a_plan_says_whom_it_would_ask_and_how_many_quotes_it_looks_for():
    found = list(list_plan(plan(own("a"), own("a", id="e2"), own("b", id="e3"))))
    why = "it is no snapshot of this archive, or cannot be read: 'sourcebook verify'"
    why += " says more"
    assert found[0] == "https://a.example/page"
    assert found[2:] == [
        "  to ask   by the client; 2 quotes of 1 claim",
        "left out: no address",
        f"  in hand  {SHA['b']}",
        f"  why      {why}",
        "  so       1 quote of 1 claim not looked for:",
        "           house/c-00000001",
    ]
    assert list(list_plan(RecheckPlan((), ()))) == []


def test_what_is_left_out_is_told_with_its_address():
    (left_out,) = plan(held={"a": in_hand("a", level="sealed")}).left_out
    told = list(list_left_out([left_out]))
    assert told[0] == "left out: https://a.example/page"
    many = [claim(own("b"), id=f"c-0000000{number}") for number in range(1, 8)]
    (left_out,) = make_plan(choose_claims(dossier(*many), ()), {}).left_out
    assert list(list_left_out([left_out]))[-2:] == [
        "  so       7 quotes of 7 claims not looked for:",
        f"           {', '.join(f'house/c-0000000{n}' for n in range(1, 6))} …",
    ]


def test_claims_to_look_at_are_told_with_their_sentences():
    page = one_page(own("a"), evidence(id="e2", quote="Witness Anna Ivanova"))
    changed = judge_page(page, answer(SHUT))
    assert list(list_touched([changed])) == [
        "c-00000001  house/c-00000001: 1 stands, 1 changed",
        "    The door of the house was open.",
    ]
    assert list(list_touched([judge_page(page, answer(TEXTS["a"]))])) == []


def test_all_in_all_is_one_line():
    page = one_page(own("a"), evidence(id="e2", quote="Witness Anna Ivanova"))
    stands = judge_page(page, answer(TEXTS["a"]))
    changed = judge_page(page, answer(SHUT))
    left_out = plan(own("b")).left_out
    assert summarise([stands], ()) == "2 quotes on 1 page: 2 stand"
    assert summarise([stands, changed], left_out) == (
        "4 quotes on 2 pages: 3 stand, 1 changed; 1 quote left out"
    )
    assert summarise([], ()) == "0 quotes on 0 pages"


def test_what_is_far_from_a_difference_is_left_out():
    twice = f"{LONG} {LONG}"
    diff = compare(f"{LONG} A {twice} B {LONG}", f"{LONG} C {twice} D {LONG}")
    head, tail = (
        " eight nine ten eleven twelve thirteen ",
        " one two three four five six",
    )
    assert format_diff(diff, "quote").split("…") == [
        "",
        f"{head}[-A-]{tail} seven eight",
        f"{head}[-B-]{tail} seven eight",
        "",
    ]
    assert format_diff(diff, "page").count("…") == 3


def test_a_border_between_blocks_is_shown_and_a_line_is_one():
    diff = (Piece("quote", "a\n\nb\n c"), Piece("page", "\n \n"))
    assert format_diff(diff, "quote") == "[-a ¶ b c-]"
    assert format_diff(diff, "page") == "{+ ¶ +}"


def test_the_place_of_a_claim_is_its_case_and_its_slug():
    assert case_and_slug("cases/house/claims/the-door.toml") == "house/the-door"


@given(st.text("абв где.ёж ", max_size=60), st.text("абв где.ёж ", max_size=60))
def test_each_side_of_a_difference_is_that_side(quote, page):
    diff = compare(quote, page)
    for op, text in (("quote", quote), ("page", page)):
        line = format_diff(diff, op)
        for mark in ("[-", "-]", "{+", "+}"):
            line = line.replace(mark, "")
        one_line = re.sub(" +", " ", text)
        parts = [re.sub(" +", " ", part) for part in line.split("…")]
        assert all(part in one_line for part in parts)
        assert "…" in line or one_line == parts[0]
