"""What a claim file names is there, and is no lead."""

import pytest

from claims.inspection import Inspection
from claims.model import Related, Wanted
from claims.places import Places
from claims.references import check_leads, check_references, find_lead
from tests.claim_kit import alias, case, claim, context, evidence, link, own


def _view(*items, where=None, **keys):
    return Inspection(claim(*items, **keys), where or context(), Places("c.toml"), {})


@pytest.mark.parametrize(
    "name", ["lead/page-1", "page-1", "https://example.org/page-1", "lead/unlisted"]
)
def test_a_lead_is_no_evidence_whatever_it_is_called_by(name):
    view = _view(evidence(snapshot=name, chain=(link("org/a", snapshot="a"),)))
    (found,) = check_leads(view)
    assert found.code == "C03"
    assert f"snapshot of [[evidence]] 1 is {name!r}, which is the lead" in found.message
    assert "capture the page" in found.hint


def test_a_lead_in_a_chain_or_as_a_copy_is_no_snapshot():
    chain = (link("org/a", snapshot="a"), link("org/b", snapshot="lead/page-1"))
    found = list(check_leads(_view(evidence(chain=chain, copy_of="lead/page-1"))))
    assert [each.message.partition(" is ")[0] for each in found] == [
        "copy_of of [[evidence]] 1",
        "snapshot of chain 2 of [[evidence]] 1",
    ]


def test_an_alias_that_is_called_as_a_lead_is_an_alias():
    where = context(case_=case(**{"page-1": alias("a")}))
    assert find_lead(_view(where=where), "page-1") == ""
    assert find_lead(_view(), "a") == ""
    assert list(check_leads(_view(own()))) == []


def test_what_is_there_resolves():
    other = claim(id="c-00000002")
    item = own("a", copy_of="e2", chain=(link("org/a", lead="lead/page-1"),))
    view = _view(
        item,
        own("b", id="e2", copy_of="c"),
        where=context(other),
        about=("org/d",),
        related=(Related(claim="c-00000002", relation="part-of"),),
        wanted=(
            Wanted(what="x", may="support", lead="lead/page-1"),
            Wanted(what="y", may="support"),
        ),
    )
    assert list(check_references(view)) == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"about": ("org/aa",)}, "[[about]] 1 is 'org/aa', expected a source"),
        (
            {"wanted": (Wanted(what="x", may="support", lead="lead/page-2"),)},
            "lead of [[wanted]] 1 is 'lead/page-2', expected a lead",
        ),
        (
            {"related": (Related(claim="c-00000009", relation="part-of"),)},
            "claim of [[related]] 1 is 'c-00000009', expected another claim",
        ),
        (
            {"related": (Related(claim="c-00000001", relation="part-of"),)},
            "claim of [[related]] 1 is 'c-00000001', expected another claim",
        ),
    ],
)
def test_what_a_claim_names_must_be_there(keys, said):
    where = context(claim(), claim(id="c-00000002"))
    (found,) = check_references(_view(where=where, **keys))
    assert found.code == "C18"
    assert said in found.message


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"copy_of": "e1"}, "copy_of of [[evidence]] 1 is 'e1', expected other evid"),
        ({"copy_of": "z"}, "copy_of of [[evidence]] 1 is 'z', expected other evidence"),
        ({"chain": (link("org/z"),)}, "by of chain 1 of [[evidence]] 1 is 'org/z'"),
        (
            {"chain": (link("org/a", lead="lead/z"),)},
            "lead of chain 1 of [[evidence]] 1 is 'lead/z', expected a lead",
        ),
    ],
)
def test_what_evidence_names_must_be_there(keys, said):
    (found,) = check_references(_view(evidence(**keys)))
    assert (found.code, found.place) == ("C18", "c.toml:1")
    assert said in found.message


def test_a_near_miss_is_asked_about():
    (found,) = check_references(_view(about=("org/aa",)))
    assert found.hint == "did you mean 'org/a'?"
    (found,) = check_references(_view(about=("person/somebody-else",)))
    assert found.hint == "add it, or mend the id"


def test_a_copy_of_a_lead_is_told_once():
    view = _view(evidence(copy_of="lead/page-1"))
    assert list(check_references(view)) == []
    assert [each.code for each in check_leads(view)] == ["C03"]
