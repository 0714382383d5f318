"""Groups of evidence that are one voice."""

from claims.groups import group_evidence, is_unknown
from tests.claim_kit import SHA, evidence, link, own, source, sources


def _groups(*items, known=None, pins=SHA):
    """Return the groups as sets of evidence ids."""
    found = group_evidence(items, known or sources(), pins)
    numbers = set(found.values())
    assert numbers == set(range(len(numbers)))
    return sorted(
        sorted(name for name in found if found[name] == number) for number in numbers
    )


def test_two_origins_that_know_are_two_groups():
    assert _groups(own("a", id="e1"), own("b", id="e2")) == [["e1"], ["e2"]]


def test_one_origin_is_one_group_however_often_it_is_quoted():
    assert _groups(own("a", id="e1"), own("a", id="e2", quote="x")) == [["e1", "e2"]]


def test_a_publisher_family_is_one_group():
    known = sources(source("org/a", family="agency"), source("org/b", family="agency"))
    assert _groups(own("a", id="e1"), own("b", id="e2"), known=known) == [["e1", "e2"]]


def test_a_family_called_by_the_name_of_its_head_is_one_group_with_it():
    known = sources(source("org/b", family="a"))
    assert _groups(own("a", id="e1"), own("b", id="e2"), known=known) == [["e1", "e2"]]


def test_a_person_is_no_head_of_a_family():
    person = link("person/agency", snapshot="a", knows="witness")
    known = sources(source("person/agency"), source("org/b", family="agency"))
    items = (evidence(chain=(person,)), own("b", id="e2"))
    assert _groups(*items, known=known) == [["e1"], ["e2"]]


def test_all_that_relay_or_do_not_say_how_they_know_are_one_group():
    items = (
        evidence(id="e1"),
        evidence(id="e2", snapshot="b"),
        evidence(id="e3", chain=(link("org/c", snapshot="c", knows="relayed"),)),
        evidence(id="e4", chain=(link("org/d"),)),
        own("b", id="e5", chain=(link("org/b", snapshot="b", knows="witness"),)),
    )
    # e5 has the origin of e2, and so is one with all of them
    assert _groups(*items) == [["e1", "e2", "e3", "e4", "e5"]]


def test_whoever_is_not_named_may_be_anybody():
    chain = (link("person/unnamed-1", snapshot="b", knows="witness"),)
    other = (link("person/nobody-knows", snapshot="c", knows="witness"),)
    known = sources(source("person/unnamed-1"))
    items = (evidence(id="e1", chain=chain), evidence(id="e2", chain=other))
    assert _groups(*items, own("a", id="e3"), known=known) == [["e1", "e2"], ["e3"]]
    assert is_unknown("person/unnamed-1", known)
    assert is_unknown("person/nobody-knows", known)
    assert not is_unknown("org/a", known)


def test_evidence_that_is_declared_a_copy_is_one_with_what_it_copies():
    first, second = own("a", id="e1"), own("b", id="e2", copy_of="e1")
    assert _groups(first, second) == [["e1", "e2"]]
    assert _groups(second, first) == [["e1", "e2"]]


def test_a_copy_of_a_snapshot_is_one_with_all_that_is_quoted_of_it():
    items = (own("a", id="e1"), own("b", id="e2", copy_of="c"), own("c", id="e3"))
    assert _groups(*items) == [["e1"], ["e2", "e3"]]


def test_two_copies_of_one_text_are_one_group_though_the_text_is_not_quoted():
    items = (own("a", id="e1", copy_of="c"), own("b", id="e2", copy_of="c"))
    assert _groups(*items) == [["e1", "e2"]]


def test_two_aliases_of_one_snapshot_are_one_text():
    pins = SHA | {"again": SHA["c"]}
    items = (own("a", id="e1", copy_of="again"), own("c", id="e2"))
    assert _groups(*items, pins=pins) == [["e1", "e2"]]


def test_evidence_may_bind_two_others_together():
    bridge = own("c", id="e3", copy_of="e1", chain=(link("org/b", knows="document"),))
    items = (own("a", id="e1"), own("b", id="e2"), bridge)
    assert _groups(*items) == [["e1", "e2", "e3"]]
