"""Dates parse, and what is said of their order can be so."""

import pytest

from claims.inspection import Inspection
from claims.model import Related
from claims.moments import check_dates, refuse_date
from claims.places import locate
from tests.claim_kit import claim, context

FILE = "holds = 'x'\nas_of = 'y'\nrelated = [\n  {claim = 'c', as = 'z'},\n]\n"


def _find(holds, relation=None, theirs="", *, there=True, **keys):
    other = claim(id="c-00000002", holds=theirs)
    related = ()
    if relation:
        related = (Related(claim="c-00000002", relation=relation),)
    about = claim(holds=holds, related=related, **keys)
    where = context(*([other] if there else []))
    return list(check_dates(Inspection(about, where, locate(FILE, "c.toml"), {})))


@pytest.mark.parametrize(
    "text", ["", "2026", "/2026-02-02", "2026-02-02/..", "2025-23", "2026-01/2026-02"]
)
def test_a_date_that_parses_or_is_absent_is_fine(text):
    assert _find(text, as_of=text) == []


def test_a_date_that_does_not_parse_is_an_error_at_its_key():
    first, second = _find("February", as_of="2026-02-30")
    assert (first.code, first.severity, first.place) == ("C17", "error", "c.toml:1")
    assert "holds 'February' is no date, expected EDTF" in first.message
    assert first.hint
    assert second.place == "c.toml:2"
    assert "as_of '2026-02-30'" in second.message


def test_a_date_elsewhere_has_the_place_that_is_given():
    (found,) = refuse_date("x", "published of lead/a", "leads.csv:3")
    assert found.place == "leads.csv:3"
    assert list(refuse_date("2026", "x", "y")) == []


@pytest.mark.parametrize(
    ("ours", "relation", "theirs", "told"),
    [
        ("2026-02", "overtakes", "2026-03", True),
        ("2026-03", "overtakes", "2026-02", False),
        ("2026-02", "overtakes", "2026", False),
        ("/2026-02", "overtakes", "2026-03", True),
        ("/2026-02", "overtakes", "2026-02-02", False),
        ("2026-02-01", "same-event", "2026-02-02", True),
        ("2026-02", "same-event", "2026-02-02", False),
        ("2026-02-01", "conflicts-with", "2026-02-02", False),
        ("2026-03", "needed-by", "2026-02", False),
        ("", "same-event", "2026-02-02", False),
        ("2026-02-02", "same-event", "", False),
    ],
)
def test_an_order_that_cannot_be_is_a_warning(ours, relation, theirs, told):
    found = _find(ours, relation, theirs)
    assert [(each.severity, each.place) for each in found] == (
        [("warning", "c.toml:4")] if told else []
    )
    if told:
        assert repr(ours) in found[0].message
        assert repr(theirs) in found[0].message


def test_a_claim_that_is_not_there_has_no_date_to_compare():
    assert _find("2026", "same-event", there=False) == []
