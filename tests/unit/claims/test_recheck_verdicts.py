"""What has become of a quote, by what its page answers now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.anchoring import anchor
from claims.folding import fold
from claims.holdings import NOT_THE_PAGE
from claims.rechecking.verdicts import (
    VERDICTS,
    NoAnswer,
    count_verdicts,
    find_doubts,
    find_notes,
    find_touched,
    judge_page,
)
from tests.claim_kit import QUOTES, TEXTS, evidence, own
from tests.recheck_kit import answer, exchange, in_hand, one_page

OTHER = "Nothing of the kind stands on this page any more; it is about the weather."
WALLS = (*NOT_THE_PAGE, "paywall")
REFUSALS = (300, 401, 403, 429, 451, 500, 503)


def _judge(found, *items, **keys):
    return judge_page(one_page(*items, **keys), found).judged


def _verdicts(found, *items, **keys):
    return [one.verdict for one in _judge(found, *items, **keys)]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (TEXTS["a"], "stands"),
        (f"Today: {TEXTS['a'].replace(' ', '  ', 1)}", "stands"),
        (TEXTS["a"].replace("open", "shut"), "changed"),
        (OTHER, "gone"),
        (f"{TEXTS['a']} {TEXTS['a']}", "ambiguous"),
        ("", "not-searchable"),
    ],
)
def test_a_verdict_is_what_anchoring_says(text, verdict):
    (one,) = _judge(answer(text))
    assert (one.verdict, one.why, one.was) == (verdict, "", "exact")
    assert one.words == QUOTES["a"]


def test_a_snapshot_without_a_text_layer_is_not_searchable():
    assert _verdicts(answer(layer=None)) == ["not-searchable"]


@pytest.mark.parametrize("label", WALLS)
@pytest.mark.parametrize("text", [OTHER, TEXTS["a"].replace("open", "shut"), ""])
def test_of_a_test_or_a_wall_absence_says_nothing(label, text):
    (one,) = _judge(answer(text, labels=(label,)))
    assert (one.verdict, one.why) == ("cannot-tell", f"it is labelled {label}")
    assert _verdicts(answer(TEXTS["a"], labels=(label,))) == ["stands"]


@pytest.mark.parametrize("label", NOT_THE_PAGE)
def test_words_that_stand_twice_on_another_page_say_nothing(label):
    twice = f"{TEXTS['a']} {TEXTS['a']}"
    assert _verdicts(answer(twice, labels=(label,))) == ["cannot-tell"]
    assert _verdicts(answer(twice, labels=("paywall",))) == ["ambiguous"]


@pytest.mark.parametrize("outcome", ["truncated", "malformed"])
def test_of_what_is_cut_absence_says_nothing(outcome):
    (one,) = _judge(answer(OTHER, outcome=outcome))
    assert (one.verdict, one.why) == ("cannot-tell", f"it is {outcome}: cut")
    twice = f"{TEXTS['a']} {TEXTS['a']}"
    assert _verdicts(answer(twice, outcome=outcome)) == ["ambiguous"]
    page = one_page()
    found = judge_page(page, answer(TEXTS["a"], outcome=outcome))
    assert found.judged[0].verdict == "stands"
    assert found.code_of(found.judged[0]) == 4


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_says_nothing(status):
    (one,) = _judge(answer(OTHER, exchange=exchange(status=status)))
    assert (one.verdict, one.why) == ("cannot-tell", f"the server answered {status}")
    twice = f"{TEXTS['a']} {TEXTS['a']}"
    found = answer(twice, exchange=exchange(status=status))
    assert _verdicts(found) == ["cannot-tell"]


@pytest.mark.parametrize("status", [404, 410])
def test_the_server_may_say_that_there_is_no_such_page(status):
    gone = exchange(status=status)
    for text in (OTHER, TEXTS["a"].replace("open", "shut"), ""):
        (one,) = _judge(answer(text, exchange=gone, outcome="truncated"))
        assert (one.verdict, str(status) in one.why) == ("gone", True)
    assert _verdicts(answer(TEXTS["a"], exchange=gone)) == ["stands"]
    walled = answer(OTHER, exchange=gone, labels=("bot-check",))
    assert _verdicts(walled) == ["cannot-tell"]


def test_a_page_first_seen_by_a_browser_is_in_doubt_without_its_scripts():
    page = one_page(held={"a": in_hand("a", exchange=exchange(driver="browser"))})
    assert [one.verdict for one in judge_page(page, answer(OTHER)).judged] == [
        "cannot-tell"
    ]
    again = answer(OTHER, exchange=exchange(driver="browser"))
    assert [one.verdict for one in judge_page(page, again).judged] == ["gone"]


def test_a_new_snapshot_that_is_not_as_it_was_signed_is_no_answer():
    (one,) = _judge(answer(TEXTS["a"], fault="byte 3 was changed"))
    assert (one.verdict, one.anchor) == ("cannot-tell", None)
    assert "byte 3 was changed" in one.why


def test_a_deposit_in_hand_may_be_an_answer():
    later = answer(OTHER, exchange=None, url="https://a.example/page")
    assert _verdicts(later) == ["gone"]
    assert list(find_notes(one_page(), later)) == []


def test_a_page_that_did_not_come_reaches_every_part_of_every_quote():
    parts = evidence(id="e2", quote="", quotes=("the door", "was open"))
    nothing = NoAnswer("no such host", "ef" * 32, 4)
    found = judge_page(one_page(own("a"), parts), nothing)
    assert [(one.verdict, one.part) for one in found.judged] == [
        *(("not-reached", 0), ("not-reached", 0), ("not-reached", 1)),
    ]
    assert {one.why for one in found.judged} == {"no such host"}
    assert {found.code_of(one) for one in found.judged} == {4}
    kept_by_nobody = judge_page(one_page(), NoAnswer("malformed", "", 3))
    assert kept_by_nobody.code_of(kept_by_nobody.judged[0]) == 3


def test_each_part_of_a_quote_has_its_own_verdict():
    parts = evidence(quote="", quotes=("Witness Anna Ivanova said", QUOTES["a"]))
    text = f"{QUOTES['a']}. Witness Anna Ivanova said so."
    first, second = _judge(answer(text), parts)
    assert (first.verdict, second.verdict) == ("stands", "changed")
    assert (second.anchor.reason, second.diff) == ("order", ())


def test_a_snapshot_in_hand_that_was_changed_is_told_of():
    held = {"a": in_hand("a", fault="byte 3 was changed")}
    item = own("a", prefix="that")
    (one,) = _judge(answer(f"Was {QUOTES['a']}?"), item, held=held)
    assert (one.was, one.verdict) == ("not-checked", "changed")
    assert "not as it was signed" in one.notes[0]
    assert "that" in {piece.text for piece in one.diff if piece.op == "quote"}


@pytest.mark.parametrize(
    ("older", "newer", "notes"),
    [
        ("body", "body", ()),
        ("body", "heading", ("it stood in the body, now it stands in the heading",)),
        ("body", None, ()),
        (None, "heading", ()),
    ],
)
def test_a_quote_that_came_into_another_zone_is_told_of(older, newer, notes):
    def zones(name):
        return ((0, 999, name),) if name else ()

    held = {"a": in_hand("a", zones=zones(older))}
    (one,) = _judge(answer(TEXTS["a"], zones=zones(newer)), held=held)
    assert (one.verdict, one.notes) == ("stands", notes)


def test_no_doubt_is_left_by_the_page_itself():
    assert find_doubts(answer(TEXTS["a"]), "client") == ()
    assert find_doubts(answer(TEXTS["a"]), "browser") != ()
    assert list(find_notes(one_page(), answer(TEXTS["a"]))) == []


def test_what_should_be_known_of_the_new_snapshot_is_said():
    held = {"a": in_hand("a", level="quotes")}
    led = exchange(final_url="https://a.example/other", status=404)
    found = answer(TEXTS["a"], exchange=led, extractor="html@1", labels=("paywall",))
    notes = list(find_notes(one_page(held=held), found))
    assert len(notes) == 5
    assert notes[0].startswith("it is labelled paywall; words that")
    assert notes[1] == "the server says that there is no such page (404)"
    assert notes[2] == (
        "it was led elsewhere: https://a.example/other answered, not"
        " https://a.example/page"
    )
    assert "by plain@1, the new one's by html@1" in notes[3]
    assert "quotes of 00000000 only" in notes[4]


def test_a_new_snapshot_that_is_sealed_is_told_to_be():
    (note,) = find_notes(one_page(), answer(TEXTS["a"], level="sealed"))
    assert note == "it is sealed: the public may have nothing of it"


def test_https_in_place_of_http_is_no_other_place():
    held = {"a": in_hand("a", exchange=exchange("http://a.example/page"))}
    found = answer(TEXTS["a"], exchange=exchange("https://a.example/page#end"))
    assert list(find_notes(one_page(held=held), found)) == []


def test_an_extractor_that_is_not_known_is_not_compared():
    found = answer(TEXTS["a"], extractor="")
    assert list(find_notes(one_page(), found)) == []


def test_verdicts_are_counted_and_claims_that_do_not_stand_are_named():
    page = one_page(own("a"), own("a", id="e2", quote="Witness Anna Ivanova"))
    stands = judge_page(page, answer(TEXTS["a"]))
    assert count_verdicts([stands]) == [("stands", 2)]
    assert list(find_touched([stands])) == []
    changed = judge_page(page, answer(TEXTS["a"].replace("open", "shut")))
    assert count_verdicts([changed, stands]) == [("stands", 3), ("changed", 1)]
    ((quoted, counted),) = find_touched([changed])
    assert quoted.claim.id == "c-00000001"
    assert counted == [("stands", 1), ("changed", 1)]


def test_every_verdict_has_its_words_and_its_exit_code():
    assert {verdict: code for verdict, (_, code) in VERDICTS.items()} == {
        **dict.fromkeys(("changed", "gone", "ambiguous", "not-searchable"), 1),
        **dict.fromkeys(("cannot-tell", "not-reached"), 4),
        "stands": 0,
    }
    assert next(iter(VERDICTS)) == "stands"


@given(
    beside=st.text("abc de.\n\u00a0", max_size=60),
    labels=st.sets(st.sampled_from(WALLS)),
    status=st.sampled_from((200, 204, 404, 410, *REFUSALS)),
    outcome=st.sampled_from(("complete", "truncated", "malformed")),
    cut=st.integers(0, 200),
)
def test_whatever_came_only_what_anchors_stands_and_only_a_page_is_without_it(
    beside, labels, status, outcome, cut
):
    text = f"{beside} {QUOTES['a']} {beside}"[:cut]
    sent = exchange(status=status)
    found = answer(text, labels=tuple(labels), outcome=outcome, exchange=sent)
    (one,) = _judge(found)
    assert (one.verdict == "stands") == anchor(fold(text), QUOTES["a"]).is_anchored
    if one.verdict in ("gone", "changed", "not-searchable"):
        assert not labels
        assert outcome == "complete" or status in (404, 410)
        assert status not in REFUSALS
