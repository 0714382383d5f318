"""The highest strength that the evidence permits, and why not more."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.ceilings import STRENGTHS, Ground, find_ceiling, rank
from claims.weights import LEGAL_TEXTS, Standing
from tests.claim_kit import (
    SHA,
    claim,
    evidence,
    holding,
    link,
    own,
    replace,
    source,
    sources,
)

PRIMARY = (link("org/c", snapshot="c", knows="document", primary="order"),)
DOCUMENT = evidence(id="e3", snapshot="c", chain=PRIMARY)
AGAINST = own("d", id="e4", role="contradicts")


def _standing(item, **keys):
    origin = item.origin.snapshot
    defaults = {
        "anchored": True,
        "zones": frozenset(("body",)),
        "snapshot": holding(item.snapshot),
        "origin": holding(origin) if origin else None,
    }
    return Standing(item, **defaults | keys)


def _ceiling(*items, set_aside=(), known=None, standing=_standing, **keys):
    ground = Ground(
        tuple(standing(item) for item in items),
        known or sources(),
        SHA,
        frozenset(set_aside),
    )
    return find_ceiling(claim(*items, **keys), ground)


def _why(ceiling, strength):
    return next(step.why for step in ceiling.steps if step.strength == strength)


def test_without_evidence_a_claim_is_open():
    ceiling = _ceiling()
    assert ceiling.strength == "open"
    assert "leads count for nothing" in _why(ceiling, "reported")
    assert _why(ceiling, "attested") == "there is nothing that supports it"
    assert [step.strength for step in ceiling.steps] == list(STRENGTHS)


def test_a_quote_that_is_not_anchored_counts_for_nothing():
    def lost(item):
        return _standing(item, anchored=False)

    assert _ceiling(own(), standing=lost).strength == "open"


def test_context_supports_nothing():
    assert _ceiling(own(role="context")).strength == "open"


def test_one_anchored_quote_is_a_report_and_it_says_why_not_more():
    ceiling = _ceiling(evidence())
    assert ceiling.strength == "reported"
    assert _why(ceiling, "reported") == "somebody says so"
    assert _why(ceiling, "attested") == "e1: the a does not say how they know"
    assert _why(ceiling, "corroborated").startswith("there are no two")
    assert "no primary document" in _why(ceiling, "established")


def test_one_who_says_they_know_attests():
    ceiling = _ceiling(own())
    assert ceiling.strength == "attested"
    assert "that they said it, not that it is so" in _why(ceiling, "attested")
    assert _why(ceiling, "corroborated") == "one alone says that they know"


def test_two_independent_ones_corroborate_and_nothing_against_it_establishes():
    ceiling = _ceiling(own("a"), own("b", id="e2"))
    assert [step.reached for step in ceiling.steps] == [True] * 5
    assert ceiling.strength == "established"
    assert _why(ceiling, "corroborated").startswith(
        "2 that do not depend on each other"
    )
    assert "needs a second reviewer" in _why(ceiling, "established")


def test_an_organisation_does_not_corroborate_itself():
    ceiling = _ceiling(own("a"), own("a", id="e2"))
    assert ceiling.strength == "attested"
    assert "count as one" in _why(ceiling, "corroborated")


def test_two_with_a_side_in_the_matter_do_not_corroborate():
    def one(name, number):
        chain = (link(f"org/{name}", snapshot=name, knows="witness", party=True),)
        return evidence(id=f"e{number}", snapshot=name, chain=chain)

    both = _ceiling(one("a", 1), one("b", 2))
    assert both.strength == "attested"
    assert "have a side in the matter" in _why(both, "corroborated")
    assert _ceiling(one("a", 1), own("b", id="e2")).strength == "established"


def test_who_is_a_party_once_is_a_party_everywhere_in_the_claim():
    said = (link("org/a", snapshot="a", knows="unstated", party=True),)
    other = (link("org/b", snapshot="b", knows="witness", party=True),)
    items = (
        own("a"),
        evidence(id="e2", chain=said),
        evidence(id="e3", snapshot="b", chain=other),
    )
    assert _ceiling(*items).strength == "attested"


def test_a_primary_document_in_hand_establishes_by_itself():
    ceiling = _ceiling(DOCUMENT)
    assert ceiling.strength == "established"
    assert _why(ceiling, "established").startswith("the document itself is in hand")
    assert [step.reached for step in ceiling.steps] == [True, True, True, False, True]


def test_an_open_contradiction_keeps_a_claim_from_being_established():
    ceiling = _ceiling(own("a"), own("b", id="e2"), AGAINST)
    assert ceiling.strength == "corroborated"
    assert ceiling.contradicted_by == ("e4",)
    assert "e4 contradicts it" in _why(ceiling, "established")
    assert _ceiling(DOCUMENT, AGAINST).strength == "attested"


def test_a_contradiction_that_is_set_aside_is_not_open():
    ceiling = _ceiling(DOCUMENT, AGAINST, set_aside=["e4"])
    assert (ceiling.strength, ceiling.contradicted_by) == ("established", ())


def test_support_that_is_set_aside_supports_nothing():
    assert (
        _ceiling(own("a"), own("b", id="e2"), set_aside=["e1"]).strength == "attested"
    )


def test_evidence_set_aside_still_binds_groups_together():
    bridge = own("c", id="e3", copy_of="e1", chain=(link("org/b", knows="document"),))
    items = (own("a"), own("b", id="e2"), bridge)
    assert _ceiling(*items, set_aside=["e3"]).strength == "attested"


@pytest.mark.parametrize(
    "kind", ["attribution", "quotation", "evaluation", "prediction"]
)
def test_what_somebody_says_or_holds_ends_at_attested(kind):
    ceiling = _ceiling(own("a"), own("b", id="e2"), kind=kind, original_lang="en")
    assert ceiling.strength == "attested"
    assert ceiling.caps[0].strength == "attested"
    assert f"{kind} ends at attested" in ceiling.caps[0].why


@pytest.mark.parametrize("kind", ["fact", "negative", "statistic"])
def test_a_fact_may_be_established(kind):
    assert _ceiling(DOCUMENT, kind=kind).strength == "established"


def test_a_norm_ends_at_reported_without_the_legal_text():
    ceiling = _ceiling(own("a"), own("b", id="e2"), kind="norm")
    assert ceiling.strength == "reported"
    assert "without the legal text" in ceiling.caps[0].why


@pytest.mark.parametrize("primary", LEGAL_TEXTS)
def test_a_norm_is_established_by_its_legal_text(primary):
    chain = (replace(PRIMARY[0], primary=primary),)
    ceiling = _ceiling(replace(DOCUMENT, chain=chain), kind="norm")
    assert (ceiling.strength, ceiling.caps) == ("established", ())


@pytest.mark.parametrize("primary", ["recording", "register", "photograph"])
def test_a_recording_is_no_legal_text(primary):
    chain = (replace(PRIMARY[0], primary=primary),)
    assert _ceiling(replace(DOCUMENT, chain=chain), kind="norm").strength == "reported"


def test_a_limit_of_evidence_is_a_cap_that_names_it():
    def in_heading(item):
        return _standing(item, zones=frozenset(("heading",)))

    ceiling = _ceiling(own("a"), own("b", id="e2"), standing=in_heading)
    assert ceiling.strength == "reported"
    assert [cap.evidence for cap in ceiling.caps] == [("e1",), ("e2",)]
    assert ceiling.caps[0].why == "e1: the quote stands in a heading only"


def test_a_capped_quote_does_not_cap_the_others():
    def first_in_heading(item):
        zones = ("heading",) if item.id == "e1" else ("body",)
        return _standing(item, zones=frozenset(zones))

    items = (own("a"), own("b", id="e2"))
    assert _ceiling(*items, standing=first_in_heading).strength == "attested"


def test_a_side_that_is_corroborated_or_a_document_makes_a_claim_refutable():
    against = (
        own("a", role="contradicts"),
        own("b", id="e2", role="contradicts"),
        replace(DOCUMENT, role="contradicts"),
    )
    assert not _ceiling(against[0]).refutable
    assert _ceiling(*against[:2]).refutable
    assert _ceiling(against[2]).refutable
    assert not _ceiling(*against[:2], set_aside=["e2"]).refutable
    assert not _ceiling(*against[:2], kind="evaluation").refutable
    assert not _ceiling(*against[:2], kind="norm").refutable


def test_strengths_have_their_places():
    assert [rank(strength) for strength in STRENGTHS] == [0, 1, 2, 3, 4]


def test_an_origin_that_is_unknown_adds_no_second_voice_to_itself():
    known = sources(source("person/unnamed-1"), source("person/unnamed-2"))
    items = [
        evidence(
            id=f"e{number}",
            snapshot=name,
            chain=(
                link(f"org/{name}", snapshot=name),
                link(
                    f"person/unnamed-{number}",
                    snapshot=name,
                    voice="facsimile",
                    knows="witness",
                ),
            ),
        )
        for number, name in ((1, "a"), (2, "b"))
    ]
    assert _ceiling(*items, known=known).strength == "attested"


# Whatever is taken away of what speaks for a claim, its ceiling does not rise.

ITEMS = st.builds(
    lambda number, name, role, knows, party, in_body: (
        number,
        name,
        role,
        knows,
        party,
        in_body,
    ),
    st.integers(1, 4),
    st.sampled_from("abcd"),
    st.sampled_from(["supports", "contradicts", "context"]),
    st.sampled_from(["witness", "document", "relayed", "unstated"]),
    st.booleans(),
    st.booleans(),
)


def _make(drawn):
    items, zones = [], {}
    for number, name, role, knows, party, in_body in drawn:
        chain = (link(f"org/{name}", snapshot=name, knows=knows, party=party),)
        items.append(evidence(id=f"e{number}", snapshot=name, role=role, chain=chain))
        zones[f"e{number}"] = frozenset(("body" if in_body else "heading",))
    return items, zones


@given(
    st.lists(ITEMS, max_size=4, unique_by=lambda one: one[0]),
    st.sampled_from(["fact", "norm", "evaluation", "quotation"]),
)
def test_setting_support_aside_never_raises_the_ceiling(drawn, kind):
    items, zones = _make(drawn)

    def standing(item):
        return _standing(item, zones=zones[item.id])

    whole = _ceiling(*items, kind=kind, standing=standing)
    support = [item.id for item in items if item.role == "supports"]
    for count in range(1, len(support) + 1):
        for aside in combinations(support, count):
            less = _ceiling(*items, kind=kind, standing=standing, set_aside=aside)
            assert rank(less.strength) <= rank(whole.strength)


@given(st.lists(ITEMS, max_size=4, unique_by=lambda one: one[0]))
def test_a_deposit_that_nobody_authenticated_never_attests(drawn):
    items, zones = _make(drawn)

    def standing(item):
        held = holding(item.snapshot, custody="supplied")
        return _standing(item, zones=zones[item.id], snapshot=held, origin=held)

    assert rank(_ceiling(*items, standing=standing).strength) <= rank("reported")


@given(st.lists(ITEMS, max_size=4, unique_by=lambda one: one[0]))
def test_the_ceiling_does_not_depend_on_the_order_of_the_evidence(drawn):
    items, zones = _make(drawn)

    def standing(item):
        return _standing(item, zones=zones[item.id])

    there = _ceiling(*items, standing=standing)
    back = _ceiling(*reversed(items), standing=standing)
    assert (there.strength, there.refutable) == (back.strength, back.refutable)
