"""What one piece of evidence can show."""

import pytest

from claims.weights import Standing, name_of, weigh
from tests.claim_kit import claim, evidence, holding, link, own, source, sources


def _weigh(item, about=None, *, known=None, **keys):
    origin = item.origin.snapshot
    defaults = {
        "anchored": True,
        "zones": frozenset(("body",)),
        "snapshot": holding(item.snapshot),
        "origin": holding(origin) if origin else None,
    }
    standing = Standing(item, **defaults | keys)
    return weigh(standing, about or claim(item), known or sources())


def _of(last, **keys):
    first = link("org/a", snapshot="a")
    return evidence(chain=(first, last), **keys)


def test_one_who_says_how_they_know_in_their_own_words_in_hand_attests():
    weight = _weigh(own())
    assert (weight.lacks, weight.limits, weight.attested) == ((), (), True)
    assert weight.primary == ""


@pytest.mark.parametrize("knows", ["witness", "participant", "document"])
def test_to_see_to_take_part_and_to_have_read_are_to_know(knows):
    chain = (link("org/a", snapshot="a", knows=knows),)
    assert _weigh(evidence(chain=chain)).attested


@pytest.mark.parametrize(
    ("knows", "said"),
    [
        ("unstated", "the a does not say how they know"),
        (None, "the a does not say how they know"),
        ("relayed", "the a relays what others say"),
    ],
)
def test_who_does_not_say_how_they_know_attests_nothing(knows, said):
    weight = _weigh(evidence(chain=(link("org/a", snapshot="a", knows=knows),)))
    assert weight.lacks == (said,)
    assert not weight.attested


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (
            link("org/b", missing="her own words", knows="witness"),
            "what the b said is not in hand (her own words)",
        ),
        (
            link("org/b", lead="lead/page-1", knows="witness"),
            "a page of the b is known of (lead/page-1), and no snapshot of it is cited",
        ),
        (
            link("org/b", snapshot="b", knows="witness"),
            "the quote is not taken from the words of the b themselves",
        ),
        (
            link("org/b", snapshot="a", knows="witness"),
            "the page gives the words of the b as paraphrased, not as they stand",
        ),
        (
            link("org/b", snapshot="a", voice="quoted", knows="witness"),
            "the page gives the words of the b as quoted, not as they stand",
        ),
    ],
)
def test_words_that_are_not_the_origins_own_in_hand_attest_nothing(last, said):
    assert _weigh(_of(last)).lacks == (said,)


def test_a_page_that_shows_the_words_whole_is_as_good_as_their_own():
    last = link("org/b", snapshot="a", voice="facsimile", knows="witness")
    assert _weigh(_of(last)).attested


def test_what_was_supplied_attests_nothing_until_it_is_authenticated():
    supplied = holding("a", custody="supplied")
    weight = _weigh(own(), snapshot=supplied, origin=supplied)
    assert weight.lacks == (
        "the words of the a were supplied, and nobody has authenticated them",
    )
    known = holding("a", custody="supplied", authenticated=True)
    assert _weigh(own(), snapshot=known, origin=known).attested


def test_a_snapshot_that_is_not_there_attests_nothing():
    weight = _weigh(own(), origin=None)
    assert weight.lacks == (
        "the snapshot that is said to hold the words of the a is not there",
    )
    assert "not taken from" in _weigh(own(), snapshot=None).lacks[0]


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ((), "nobody says whether the quote stands in the body of the page"),
        (("heading",), "the quote stands in a heading only"),
        (("heading", "caption"), "the quote stands in a caption and a heading only"),
    ],
)
def test_a_heading_or_caption_ends_at_reported(zones, said):
    weight = _weigh(own(), zones=frozenset(zones))
    assert weight.limits == (said,)
    assert not weight.attested


def test_words_that_stand_in_the_body_too_are_not_limited():
    assert _weigh(own(), zones=frozenset(("heading", "body"))).attested


@pytest.mark.parametrize(
    "label", ["bot-check", "consent-wall", "login-wall", "soft-404", "empty"]
)
def test_a_page_that_is_likely_not_the_one_meant_ends_at_reported(label):
    weight = _weigh(own(), snapshot=holding("a", labels=(label,)))
    assert weight.limits == (
        f"the snapshot is labelled {label}: likely not the page that was meant",
    )
    assert not weight.attested


@pytest.mark.parametrize("label", ["paywall", "logged-in", "secret", "unheard-of"])
def test_what_stands_before_a_paywall_or_a_login_is_the_page_that_was_meant(label):
    assert _weigh(own(), snapshot=holding("a", labels=(label,))).attested


def test_what_was_sent_with_an_error_ends_at_reported():
    weight = _weigh(own(), snapshot=holding("a", status=404))
    sent = "the snapshot is what the server sent with status 404"
    assert weight.limits == (f"{sent}: likely not the page that was meant",)
    assert _weigh(own(), snapshot=holding("a", status=200)).attested


@pytest.mark.parametrize("outcome", ["truncated", "malformed"])
def test_a_snapshot_that_is_not_complete_ends_at_reported(outcome):
    weight = _weigh(own(), snapshot=holding("a", outcome=outcome))
    assert weight.limits == (f"the snapshot is {outcome}, not complete",)


@pytest.mark.parametrize(
    ("original", "said"),
    [
        ("ru", "the words are a translation; they were said in 'ru'"),
        ("", "nobody says in which language the words were said"),
    ],
)
def test_a_quotation_in_translation_ends_at_reported(original, said):
    item = own()
    about = claim(item, kind="quotation", original_lang=original)
    assert _weigh(item, about).limits == (said,)


def test_a_quotation_in_the_language_in_which_it_was_said_is_not_limited():
    item = own(lang="en-GB")
    about = claim(item, kind="quotation", original_lang="en")
    assert _weigh(item, about).attested


def test_a_document_in_hand_is_primary_when_it_is_the_origins_own_page():
    chain = (link("org/c", snapshot="c", knows="document", primary="order"),)
    item = evidence(snapshot="c", chain=chain)
    assert _weigh(item).primary == "order"
    assert _weigh(item, origin=holding("c", custody="supplied")).primary == ""
    assert _weigh(item, zones=frozenset(("caption",))).primary == ""


def test_a_facsimile_is_a_page_that_shows_a_document_and_is_no_primary():
    last = link(
        "org/c", snapshot="a", voice="facsimile", knows="document", primary="order"
    )
    weight = _weigh(_of(last))
    assert weight.attested
    assert weight.primary == ""


def test_a_source_is_called_by_its_first_name_unless_it_must_not_be_named():
    known = sources(source("person/x", naming="withheld"))
    assert name_of("org/a", known) == "the a"
    assert name_of("person/x", known) == "person/x"
    assert name_of("person/nobody", known) == "person/nobody"
