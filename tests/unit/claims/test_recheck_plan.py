"""Which pages are asked for again, and which are left out."""

from dataclasses import replace

import pytest

from archiver.errors import VerificationError
from claims.rechecking.plan import (
    anchor_quote,
    choose_claims,
    find_answers,
    list_pins,
    make_plan,
)
from tests.claim_kit import QUOTES, SHA, claim, evidence, holding, own
from tests.recheck_kit import dossier, exchange, in_hand, one_page, plan

FIRST = claim(own("a"))
SECOND = claim(own("b"), own("a", id="e2"), id="c-00000002")


def _ids(chosen):
    return [file.claim.id for _, file in chosen]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((), ["c-00000001", "c-00000002"]),
        (("house",), ["c-00000001", "c-00000002"]),
        (("c-00000002",), ["c-00000002"]),
        (("house/c-00000001",), ["c-00000001"]),
        (("house/c-00000001", "c-00000002"), ["c-00000001", "c-00000002"]),
    ],
)
def test_claims_are_chosen_by_case_by_place_and_by_id(wanted, found):
    assert _ids(choose_claims(dossier(FIRST, SECOND), wanted)) == found


def test_a_case_without_claims_is_a_case():
    assert choose_claims(dossier(), ("house",)) == []


@pytest.mark.parametrize("wanted", ["hose", "house/first", "c-00000009", "house/"])
def test_what_is_neither_case_nor_claim_is_refused(wanted):
    with pytest.raises(VerificationError, match="no case and no claim") as refused:
        choose_claims(dossier(FIRST), ("house", wanted))
    assert refused.value.hint == "the cases are: house"


def test_an_archive_without_cases_says_so():
    empty = replace(dossier(), cases={})
    with pytest.raises(VerificationError) as refused:
        choose_claims(empty, ("house",))
    assert refused.value.hint == "the cases are: none"


def test_the_snapshots_wanted_are_those_that_are_quoted_and_pinned():
    lost = claim(own("a"), evidence(id="e2", snapshot="nobody"))
    assert list_pins(choose_claims(dossier(lost), ())) == {SHA["a"]}
    assert list_pins(choose_claims(dossier(FIRST, SECOND), ())) == {SHA["a"], SHA["b"]}


def test_one_address_is_one_page_in_whatever_spelling_or_snapshot():
    held = {
        "a": in_hand("a", exchange=exchange("https://A.example:443/page#top")),
        "b": in_hand("b", exchange=exchange("https://a.example/page")),
    }
    page = one_page(own("a"), own("b", id="e2"), own("a", id="e3"), held=held)
    assert page.url == "https://A.example:443/page#top"
    assert (page.host, page.driver, page.quotes) == ("a.example", "client", 3)
    assert [one.held.sha256 for one in page.cited] == [SHA["a"], SHA["b"]]
    assert [len(one.quoted) for one in page.cited] == [2, 1]


def test_another_driver_and_another_query_are_other_pages():
    held = {
        "a": in_hand("a"),
        "b": in_hand("b", exchange=exchange(driver="browser")),
        "c": in_hand("c", exchange=exchange("https://a.example/page?p=2")),
    }
    items = (own(name, id=f"e{at}") for at, name in enumerate("abc", start=1))
    found = plan(*items, held=held).pages
    assert [each.driver for each in found] == ["client", "browser", "client"]


def test_parts_of_a_quote_are_counted_each():
    page = one_page(evidence(quotes=("the door", "was open on"), quote=""))
    assert page.quotes == 2


def test_a_quote_says_how_it_stands_in_the_snapshot_in_hand():
    page = one_page(own("a"), own("a", id="e2", quote="the door was shut then"))
    assert [one.was[0].status for one in page.cited[0].quoted] == ["exact", "absent"]
    held = {"a": in_hand("a", fault="byte 3 was changed")}
    assert one_page(held=held).cited[0].quoted[0].was == ()


def test_a_deposit_is_asked_for_where_it_is_claimed_to_be_from():
    held = {"a": in_hand("a", exchange=None, url="http://b.example/x")}
    page = one_page(held=held)
    assert (page.url, page.driver) == ("http://b.example/x", "client")
    assert page.cited[0].held.final == "http://b.example/x"


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (in_hand("a", labels=("logged-in",)), "it was captured with a login"),
        (in_hand("a", labels=("secret",)), "it holds a secret, and is sealed"),
        (in_hand("a", level="sealed"), "it is sealed"),
        (
            in_hand(
                "a", exchange=exchange(f"https://a.example/?key=redacted-{'5' * 16}")
            ),
            "its address holds a secret",
        ),
        (in_hand("a", exchange=None), "no address of it is known"),
        (in_hand("a", exchange=None, url="ftp://a.example/"), "its address cannot"),
        (in_hand("a", exchange=None, url="http://u:p@a.example/"), "its address can"),
    ],
)
def test_what_may_not_or_cannot_be_asked_for_is_left_out(held, why):
    found = plan(held={"a": held})
    assert found.pages == ()
    (left_out,) = found.left_out
    assert left_out.why.startswith(why)
    assert (left_out.snapshot, left_out.url) == (SHA["a"], held.requested)
    assert (left_out.is_fault, len(left_out.quoted)) == (False, 1)


def test_what_ought_to_be_here_and_is_not_is_a_fault():
    found = plan(own("b"), evidence(id="e2", snapshot="nobody"))
    assert found.pages == ()
    assert [each.snapshot for each in found.left_out] == [SHA["b"], "house:nobody"]
    assert all(each.is_fault for each in found.left_out)


def test_a_later_snapshot_is_paired_with_the_pages_of_its_address():
    held = {
        "a": in_hand("a"),
        "b": in_hand("b"),
        "c": in_hand("c", exchange=exchange("https://c.example/")),
    }
    items = (own(name, id=f"e{at}") for at, name in enumerate("abc", start=1))
    made = plan(*items, held=held)
    later = in_hand("f", exchange=exchange("https://a.example:443/page"))
    ((page, found),) = find_answers(made, [later])
    assert found is later
    assert [one.held.sha256 for one in page.cited] == [SHA["a"], SHA["b"]]
    ((page, _),) = find_answers(made, [held["b"]])
    assert [one.held.sha256 for one in page.cited] == [SHA["a"]]


@pytest.mark.parametrize(
    ("name", "held", "told"),
    [
        ("f", in_hand("f", exchange=exchange("https://z.example/")), "z.example"),
        ("f", in_hand("f", exchange=None), "no address"),
        ("a", in_hand("a"), "a.example"),
    ],
)
def test_a_snapshot_of_no_other_page_that_is_cited_is_refused(name, held, told):
    with pytest.raises(VerificationError, match=told) as refused:
        find_answers(plan(), [held])
    assert SHA[name] in str(refused.value)


def test_a_quote_is_anchored_in_whatever_text_it_is_given():
    quoted = one_page().cited[0].quoted[0]
    elsewhere = f"They say that {QUOTES['a']}, and it was."
    (found,) = anchor_quote(quoted, holding("f", text=elsewhere))
    assert found.span == (14, 14 + len(QUOTES["a"]))
    assert anchor_quote(quoted, holding("f", text=elsewhere, fault="changed")) == ()


def test_a_plan_of_nothing_asks_for_nothing():
    assert make_plan([], {}).pages == ()
