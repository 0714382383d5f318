"""A verdict is permitted, and rests on evidence of its own revision."""

import pytest

from claims.ceilings import STRENGTHS, Ceiling
from claims.verdicts import Assessment, check_named, check_verdict, state_of
from tests.claim_kit import claim, own

PLACE = "statements/ab/abcd.sigstore.json"


def _assess(strength="reported", state="none", **keys):
    return Assessment(PLACE, "c-00000001", 2, "kim", strength, state, "why", **keys)


@pytest.mark.parametrize("ceiling", STRENGTHS)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_verdict_is_at_most_the_ceiling(strength, ceiling):
    found = list(check_verdict(_assess(strength), Ceiling(ceiling, ())))
    if STRENGTHS.index(strength) <= STRENGTHS.index(ceiling):
        assert found == []
    else:
        assert [(each.code, each.place) for each in found] == [("C01", PLACE)]
        assert f"is {strength}, expected at most {ceiling}" in found[0].message


@pytest.mark.parametrize(
    ("state", "against", "refutable", "permitted"),
    [
        ("none", (), False, True),
        ("disputed", (), False, False),
        ("refuted", (), False, False),
        ("refuted", (), True, True),
        ("superseded", (), False, True),
        ("withdrawn", (), False, True),
        ("none", ("e2",), False, False),
        ("disputed", ("e2",), False, True),
        ("refuted", ("e2",), False, False),
        ("refuted", ("e2",), True, True),
        ("superseded", ("e2",), False, False),
        ("withdrawn", ("e2",), False, True),
    ],
)
def test_the_state_is_one_that_the_evidence_permits(
    state, against, refutable, permitted
):
    ceiling = Ceiling("reported", (), (), against, refutable)
    found = list(check_verdict(_assess(state=state), ceiling))
    assert (found == []) is permitted
    if not permitted:
        assert f"is {state}, expected" in found[0].message
        assert ("e2 contradicts" if against else "nothing that") in found[0].message


def test_an_open_contradiction_makes_the_state_disputed():
    assert state_of(Ceiling("reported", (), (), ("e2",))) == "disputed"
    assert state_of(Ceiling("reported", ())) == "none"


def test_a_verdict_names_evidence_of_its_own_revision():
    about = claim(own(id="e1"), own(id="e2"))
    good = _assess(rests_on=("e1",), sets_aside=("e2",))
    assert list(check_named(good, about)) == []
    bad = _assess(rests_on=("e1", "e3"), sets_aside=("e4",))
    first, second = check_named(bad, about)
    assert (first.code, first.place) == ("C08", PLACE)
    assert "restsOn names 'e3', expected evidence of revision 2" in first.message
    assert first.message.endswith("e1, e2")
    assert "setsAside names 'e4'" in second.message
    (third,) = check_named(_assess(rests_on=("e1",)), claim())
    assert third.message.endswith("there is none")
