"""The rules, applied to one claim: each code on a fault of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.findings import Finding
from claims.anchoring import Anchor
from claims.places import locate
from claims.rules import MALFORMED, RULES, examine, exit_code
from claims.verdicts import Assessment
from tests.claim_kit import (
    QUOTES,
    case,
    claim,
    context,
    evidence,
    holding,
    link,
    own,
    replace,
)


def _codes(*items, where=None, **keys):
    examined = examine(claim(*items, **keys), where or context())
    return [finding.code for finding in examined.findings]


def test_a_good_claim_has_no_findings():
    examined = examine(claim(own("a"), own("b", id="e2")), context())
    assert examined.findings == ()
    assert examined.ceiling.strength == "established"
    assert examined.state == "none"
    assert examined.anchors["e1"] == (Anchor("exact", 45, 75),)


def test_a_finding_has_the_file_and_the_line_of_its_key():
    text = "\n\n\n[[evidence]]\nid = 'e1'\nquote = 'x'\n"
    about = claim(evidence(quote="the door of the house was shut"))
    (found,) = examine(about, context(), locate(text, "cases/a/claims/b.toml")).findings
    assert (found.code, found.place) == ("C04", "cases/a/claims/b.toml:6")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (evidence(chain=(link("org/a", snapshot="a", primary="order"),)), "C06"),
        (evidence(snapshot="lead/page-1"), "C03"),
        (evidence(quote="the door of the house was shut"), "C04"),
        (evidence(snapshot="nothing"), "C05"),
        (evidence(chain=(link("org/b", snapshot="a", knows="unstated"),)), "C06"),
        (evidence(translation={"fr": "ouverte"}), "C14"),
        (evidence(quote="door"), "C15"),
        (evidence(copy_of="e9"), "C18"),
        (evidence(zone=None), "C22"),
    ],
)
def test_each_rule_is_applied(item, code):
    assert code in _codes(item)


def test_the_rules_of_the_claim_itself_are_applied():
    item = own()
    assert _codes(item, holds="yesterday") == ["C17"]
    assert _codes(item, about=("org/nobody",)) == ["C18"]
    assert _codes(item, case="other") == ["C19"]
    assert _codes(item, claim="The door of Paris was open.") == ["C23"]
    chain = (link("org/a", snapshot="a"), link("org/b", knows="unstated"))
    assert _codes(evidence(chain=chain)) == ["C21"]
    assert len(RULES) == len({rule.__name__ for rule in RULES})


def test_a_supplied_document_is_no_primary_and_a_cut_snapshot_is_named():
    chain = (link("org/c", snapshot="c", knows="document", primary="order"),)
    item = evidence(snapshot="c", chain=chain)
    about = {"claim": "The door was open.", "wanted": ()}
    supplied = context(holdings={"c": holding("c", custody="supplied")})
    assert _codes(item, where=supplied, **about) == ["C02"]
    cut = context(holdings={"c": holding("c", outcome="truncated")})
    assert _codes(item, where=cut, **about) == ["C16"]


def test_evidence_ids_are_unique_in_the_file_and_the_first_counts():
    items = (own("a"), own("b", quotes=("I saw on 2 February", "the house was open")))
    examined = examine(claim(*items), context())
    assert [finding.code for finding in examined.findings] == ["C19"]
    assert examined.ceiling.strength == "attested"
    assert set(examined.anchors) == {"e1"}


def test_a_contradiction_makes_the_state_disputed_until_it_is_set_aside():
    against = own("d", id="e2", role="contradicts", lang="fr")
    verdict = Assessment("s", "c-00000001", 1, "kim", "attested", "none", "why")
    about = claim(own("a"), against)
    examined = examine(about, context(), assessments=[verdict])
    assert examined.state == "disputed"
    assert [each.code for each in examined.findings] == ["C01"]
    aside = replace_verdict(verdict, sets_aside=("e2",), rests_on=("e1",))
    assert examine(about, context(), assessments=[aside]).findings == ()
    wrong = replace_verdict(verdict, sets_aside=("e2",), rests_on=("e7",))
    found = examine(about, context(), assessments=[wrong]).findings
    assert [each.code for each in found] == ["C08"]


def replace_verdict(verdict, **keys):
    given = {name: getattr(verdict, name) for name in verdict.__slots__}
    return Assessment(**given | keys)


def test_findings_come_in_the_order_of_the_rules():
    item = evidence(quote="door", zone=None, copy_of="e9")
    codes = _codes(item, holds="x", claim="Paris")
    assert codes == sorted(codes)


@pytest.mark.parametrize(
    ("codes", "severity", "expected"),
    [
        ([], "error", 0),
        (["C23", "C17"], "warning", 0),
        (["C04"], "error", 1),
        (["C04", "C17"], "error", 3),
        (["C19"], "error", 3),
        (["C20"], "error", 3),
        (["C20"], "note", 0),
    ],
)
def test_what_is_malformed_exits_3_what_is_wrong_1_and_a_warning_0(
    codes, severity, expected
):
    findings = [Finding(code, "x", "y", severity) for code in codes]
    assert exit_code(findings) == expected
    assert sorted(MALFORMED) == ["C17", "C19", "C20"]


def test_in_what_nobody_signed_nothing_is_anchored():
    where = context(holdings={"a": holding("a", fault="its bytes are others")})
    examined = examine(claim(own("a")), where)
    assert examined.anchors == {"e1": ()}
    assert examined.ceiling.strength == "open"
    assert [finding.code for finding in examined.findings] == ["C05", "C05"]


def test_a_snapshot_without_text_is_not_searchable():
    where = context(holdings={"a": holding("a", text=None, layer=None)})
    (anchor,) = examine(claim(own("a")), where).anchors["e1"]
    assert anchor.status == "not-searchable"


@pytest.mark.parametrize(
    ("label", "status"),
    [
        ("bot-check", "not-searchable"),
        ("consent-wall", "not-searchable"),
        ("login-wall", "not-searchable"),
        ("soft-404", "not-searchable"),
        ("empty", "not-searchable"),
        ("paywall", "not-searchable"),
        ("logged-in", "absent"),
    ],
)
def test_what_does_not_stand_before_a_wall_may_stand_behind_it(label, status):
    labelled = context(holdings={"a": holding("a", labels=(label,))})
    item = own("a", quote="nothing of this is in the page")
    (anchor,) = examine(claim(item), labelled).anchors["e1"]
    assert anchor.status == status


def test_what_does_not_stand_in_a_cut_page_may_stand_in_the_rest_of_it():
    cut = context(holdings={"a": holding("a", outcome="truncated")})
    item = own("a", quote="nothing of this is in the page")
    (anchor,) = examine(claim(item), cut).anchors["e1"]
    assert anchor.status == "not-searchable"


def test_a_quote_of_nothing_is_absent():
    examined = examine(claim(own("a", quote=" \u200b ")), context())
    assert examined.anchors["e1"] == (Anchor("absent", reason="empty"),)
    assert examined.findings[0].code == "C04"


def test_the_zone_is_that_of_the_text_layer_where_it_has_one():
    end = len(QUOTES["a"]) + 60
    headed = context(holdings={"a": holding("a", zones=((0, end, "heading"),))})
    examined = examine(claim(own("a", zone=None)), headed)
    assert examined.findings == ()
    assert examined.ceiling.strength == "reported"
    examined = examine(claim(own("a", zone="body")), headed)
    assert [each.code for each in examined.findings] == ["C22"]
    assert examined.ceiling.strength == "reported"


def test_parts_stand_in_one_zone():
    zones = ((0, 20, "heading"), (20, 80, "body"))
    where = context(holdings={"a": holding("a", zones=zones)})
    parts = ("Witness Anna", "the door of the house")
    examined = examine(claim(own("a", quotes=parts, suffix="was open")), where)
    assert [each.code for each in examined.findings] == ["C04", "C15", "C22"]


TEXT = st.text(alphabet="the door of house was open n't2.«\n ", min_size=1, max_size=30)


@given(TEXT, TEXT, st.sampled_from(["", "e1", "a"]), st.sampled_from([*"abcdz"]))
def test_whatever_is_quoted_is_examined(quote, prefix, copy_of, snapshot):
    item = evidence(snapshot=snapshot, quote=quote, prefix=prefix, copy_of=copy_of)
    examined = examine(claim(item, claim=quote), context())
    assert all(each.code[0] == "C" for each in examined.findings)
    assert examined.ceiling.strength in ("open", "reported")


@given(st.sampled_from([*"abcd"]), st.integers(0, 80), st.integers(1, 80))
def test_a_quote_cut_from_the_page_is_exact_or_said_to_be_wrong(name, start, length):
    text = context().holdings[name].text
    quote = text[start : start + length]
    if not quote.strip():
        return
    (anchor,) = examine(claim(own(name, quote=quote)), context()).anchors["e1"]
    if anchor.is_anchored:
        assert text[anchor.start : anchor.end].strip() == quote.strip()
    else:
        assert anchor.status in ("ambiguous", "changed")


def test_the_case_pins_what_is_quoted():
    unpinned = case()
    smaller = replace(unpinned, snapshots={"a": unpinned.snapshots["a"]})
    where = context(case_=smaller, holdings={"a": holding("a")})
    examined = examine(claim(own("b")), where)
    assert {each.code for each in examined.findings} == {"C05"}
    assert examined.ceiling.strength == "open"
