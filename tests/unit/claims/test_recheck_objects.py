"""What a program reads of a recheck."""

import json

from claims.rechecking.objects import (
    left_out_object,
    page_objects,
    plan_objects,
    summary_object,
)
from claims.rechecking.verdicts import NoAnswer, judge_page
from tests.claim_kit import QUOTES, SHA, TEXTS, evidence, own
from tests.recheck_kit import answer, in_hand, one_page, plan

SHUT = TEXTS["a"].replace("open", "shut")
PAGE = {
    "page": "https://a.example/page",
    "driver": "client",
    "claimed": False,
    "snapshots": [SHA["a"]],
}


def _objects(found, *items, **keys):
    made = list(page_objects(judge_page(one_page(*items, **keys), found)))
    return json.loads(json.dumps(made))


def test_a_page_comes_before_its_quotes():
    page, quote = _objects(answer(SHUT))
    assert page == {
        **PAGE,
        "new": SHA["f"],
        "statement": "cd" * 32,
        "index": 7,
        "finalUrl": "https://a.example/page",
        "status": 200,
        "outcome": "complete",
        "reason": None,
        "labels": [],
        "notes": [],
    }
    assert quote == {
        "page": "https://a.example/page",
        "case": "house",
        "claim": "c-00000001",
        "file": "cases/house/claims/c-00000001.toml",
        "evidence": "e1",
        "role": "supports",
        "part": 0,
        "quote": QUOTES["a"],
        "verdict": "changed",
        "exit": 1,
        "why": "",
        "was": "exact",
        "status": "changed",
        "reason": "words",
        "at": None,
        "places": [],
        "nearest": [SHUT.index("the door"), SHUT.index("shut")],
        "diff": [
            ["same", "the door of the house was ", ""],
            *(["quote", "open", ""], ["page", "shut", ""]),
        ],
        "notes": [],
    }


def test_a_quote_that_stands_has_its_place_in_the_new_text():
    _, quote = _objects(answer(f"So: {TEXTS['a']}"))
    start = TEXTS["a"].index(QUOTES["a"]) + 4
    assert (quote["verdict"], quote["at"]) == ("stands", [start, start + 30])


def test_a_page_that_did_not_come_has_no_new_snapshot():
    page, quote = _objects(NoAnswer("no such host", "ef" * 32, 4))
    why = {"new": None, "attempt": "ef" * 32, "why": "no such host"}
    assert page == {**PAGE, **why}
    assert (quote["verdict"], quote["exit"]) == ("not-reached", 4)
    assert {quote[key] for key in ("status", "reason", "at", "nearest")} == {None}
    assert _objects(NoAnswer("an inner address", "", 4))[0]["attempt"] is None


def test_an_answer_that_was_supplied_has_no_status():
    later = answer(TEXTS["a"], exchange=None, url="https://a.example/page")
    assert _objects(later)[0]["status"] is None


def test_an_address_is_claimed_where_no_capture_of_ours_has_it():
    deposit = in_hand("a", exchange=None, url="https://a.example/page")
    assert _objects(answer(SHUT), held={"a": deposit})[0]["claimed"]
    both = {"a": deposit, "b": in_hand("b")}
    items = (own("a"), own("b", id="e2"))
    assert not _objects(answer(SHUT), *items, held=both)[0]["claimed"]


def test_a_plan_has_the_pages_and_what_is_left_out():
    made = list(plan_objects(plan(own("a"), own("b", id="e2"))))
    assert made[0] == {**PAGE, "quotes": 1}
    assert made[1]["page"] is None
    assert made[1]["snapshot"] == SHA["b"]
    assert made[1]["fault"]
    assert made[1]["claims"] == ["c-00000001"]


def test_what_is_left_out_has_its_address_and_why():
    (left_out,) = plan(held={"a": in_hand("a", level="sealed")}).left_out
    assert left_out_object(left_out) == {
        "page": "https://a.example/page",
        "leftOut": "it is sealed",
        "snapshot": SHA["a"],
        "fault": False,
        "claims": ["c-00000001"],
    }


def test_all_in_all_has_counts_and_the_claims_that_do_not_stand():
    page = one_page(own("a"), evidence(id="e2", quote="Witness Anna Ivanova"))
    changed = judge_page(page, answer(SHUT))
    assert summary_object([changed], 1) == {
        "pages": 1,
        "verdicts": {"stands": 1, "changed": 1},
        "touched": ["c-00000001"],
        "untold": [],
        "exit": 1,
    }
    cut = judge_page(page, answer(SHUT, outcome="truncated"))
    assert summary_object([cut], 4) == {
        "pages": 1,
        "verdicts": {"stands": 1, "cannot-tell": 1},
        "touched": [],
        "untold": ["c-00000001"],
        "exit": 4,
    }
