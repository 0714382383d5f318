"""Who says it, link by link."""

import pytest

from claims.chains import check_chains, check_primary, check_wanted
from claims.inspection import Inspection
from claims.model import Wanted
from claims.places import Places
from tests.claim_kit import claim, context, evidence, holding, link


def _view(item, where=None, **keys):
    return Inspection(claim(item, **keys), where or context(), Places("c.toml"), {})


def _chain(*links, **keys):
    return _view(evidence(chain=links, **keys))


FIRST = link("org/a", snapshot="a")
LAST = link("org/b", knows="unstated")


def test_a_chain_leads_from_the_publisher_in_hand_to_one_origin():
    assert list(check_chains(_chain(FIRST, LAST))) == []
    lead = link("org/b", lead="lead/page-1", knows="relayed")
    assert list(check_chains(_chain(FIRST, lead))) == []


@pytest.mark.parametrize(
    ("links", "said"),
    [
        (
            (link("org/b", snapshot="a", knows="witness"),),
            "begins with org/b, expected org/a, the publisher of 'a'",
        ),
        (
            (link("org/a", snapshot="b", knows="witness"),),
            "begins with 'b', expected its snapshot 'a': the page in hand",
        ),
        (
            (link("org/a", lead="lead/page-1", knows="witness"),),
            "begins with 'lead/page-1', expected its snapshot 'a'",
        ),
        ((FIRST, link("org/a", knows="witness")), "org/a stands 2 times in the chain"),
        (
            (FIRST, link("org/b", snapshot="b", lead="lead/x", knows="unstated")),
            "org/b has snapshot and lead, expected one of snapshot, lead, missing",
        ),
        (
            (FIRST, link("org/b", missing="", knows="unstated")),
            "org/b has none of them, expected one of",
        ),
        ((FIRST, link("org/b")), "the last link, org/b, has no 'knows'"),
        (
            (link("org/a", snapshot="a", knows="witness"), LAST),
            "knows stands on the link of org/a, expected on the last link only",
        ),
        (
            (link("org/a", snapshot="a", primary="order"), LAST),
            "primary stands on the link of org/a, expected on the last link only",
        ),
        (
            (FIRST, link("person/x", snapshot="b", voice="own", knows="witness")),
            "person/x speaks with its own voice in 'b', which org/b published",
        ),
    ],
)
def test_a_broken_chain_is_told(links, said):
    (found,) = check_chains(_chain(*links))
    assert found.code == "C06"
    assert said in found.message
    assert found.place == "c.toml:1"


@pytest.mark.parametrize("voice", ["facsimile", "quoted", None])
def test_a_link_that_does_not_speak_itself_need_not_be_the_publisher(voice):
    last = link("person/x", snapshot="b", voice=voice, knows="witness")
    assert list(check_chains(_chain(FIRST, last))) == []


def test_a_publisher_speaks_with_its_own_voice():
    last = link("org/b", snapshot="b", voice="own", knows="witness")
    assert list(check_chains(_chain(FIRST, last))) == []


def test_a_snapshot_that_is_not_pinned_has_no_publisher_to_compare():
    last = link("person/x", snapshot="y", voice="own", knows="witness")
    links = (link("org/b", snapshot="z"), last)
    assert list(check_chains(_chain(*links, snapshot="z"))) == []


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"custody": "supplied"}, ["C02"]),
        ({"custody": "supplied", "authenticated": True}, []),
        ({"custody": "observed"}, []),
    ],
)
def test_a_deposit_is_no_primary_unless_authenticated(keys, found):
    chain = (link("org/c", snapshot="c", knows="document", primary="order"),)
    where = context(holdings={"c": holding("c", **keys)})
    view = _view(evidence(snapshot="c", chain=chain), where)
    assert [each.code for each in check_primary(view)] == found


def test_a_primary_that_is_not_in_the_archive_is_left_to_c05():
    chain = (link("org/c", snapshot="c", knows="document", primary="order"),)
    view = _view(evidence(snapshot="c", chain=chain), context(holdings={}))
    assert list(check_primary(view)) == []


def test_what_is_missing_is_wanted():
    (found,) = check_wanted(_chain(FIRST, LAST))
    assert found.code == "C21"
    assert "what org/b said is missing, and nothing is wanted" in found.message
    wanted = (Wanted(what="its own page", may="support"),)
    view = _view(evidence(chain=(FIRST, LAST)), wanted=wanted)
    assert list(check_wanted(view)) == []


def test_where_nothing_is_missing_nothing_need_be_wanted():
    assert list(check_wanted(_view(evidence()))) == []
