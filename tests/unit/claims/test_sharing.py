"""Ids that are their own, and the facts of a case."""

from datetime import date

from claims.places import Places, locate
from claims.sharing import check_case, check_ids, check_leads_dates, check_reuse
from tests.claim_kit import alias, case, claim, lead, own, replace, sources

PLACES = locate("id = 'x'\n[[evidence]]\nlang = 'a'\nid = 'e1'\n", "c.toml")


def test_an_id_is_nobody_elses():
    assert list(check_ids([("a", "x:1"), ("b", "x:2")])) == []
    first, second = check_ids([("a", "x:1"), ("a", "y:3"), ("b", "y:4"), ("a", "z:5")])
    assert (first.code, first.place) == ("C19", "y:3")
    assert "the id a stands at x:1 too" in first.message
    assert (second.place, "x:1" in second.message) == ("z:5", True)


def test_the_id_of_a_claim_is_not_used_in_another_case():
    (found,) = check_reuse(claim(case="other"), PLACES, [claim()])
    assert (found.code, found.place) == ("C19", "c.toml:1")
    assert "was published in the case 'house'" in found.message


def test_evidence_may_be_mended_and_is_never_another_one():
    older = claim(own("a", added=date(2026, 11, 1)))
    mended = claim(own("a", added=date(2026, 11, 2), quote="the house was open"))
    corrected = claim(own("b", added=date(2026, 11, 1)))
    assert list(check_reuse(mended, PLACES, [older])) == []
    assert list(check_reuse(corrected, PLACES, [older])) == []
    assert list(check_reuse(claim(own("b", id="e2")), PLACES, [older])) == []
    (found,) = check_reuse(claim(own("b")), PLACES, [older])
    assert (found.code, found.place) == ("C19", "c.toml:4")
    assert "e1 was published for 'a', added 2026-11-01" in found.message


def test_the_dates_and_publishers_of_a_case_are_checked():
    places = locate("[snapshots.a]\npublisher = 'x'\npublished = 'y'\n", "case.toml")
    assert list(check_case(case(), Places(), sources())) == []
    pinned = {"a": alias("a", publisher="org/z", published="soon")}
    wrong = replace(case(), snapshots=pinned)
    date_found, publisher = check_case(wrong, places, sources())
    assert (date_found.code, date_found.place) == ("C17", "case.toml:3")
    assert "published of a 'soon'" in date_found.message
    assert (publisher.code, publisher.place) == ("C18", "case.toml:2")
    assert "is 'org/z', expected a source" in publisher.message


def test_the_dates_of_leads_are_checked_where_they_are_given():
    good = lead()
    leads = [good, replaced(good, published=""), replaced(good, published="2026-13")]
    (found,) = check_leads_dates(leads, "leads.csv")
    assert (found.code, found.place) == ("C17", "leads.csv:2")


def replaced(one, **keys):
    given = {name: getattr(one, name) for name in one.__slots__}
    return type(one)(**given | keys)
