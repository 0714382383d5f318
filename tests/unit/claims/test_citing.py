"""How a claim and a snapshot are cited."""

import json
from dataclasses import replace

import pytest

from claims.ceilings import Ceiling
from claims.citing import (
    Imprint,
    Provenance,
    format_csl,
    format_plain,
    refer_claim,
    refer_snapshot,
)
from tests.claim_kit import SHA, alias, case, claim

IMPRINT = Imprint(
    "The hand-over", "The Desk", "desk.example/log", "https://desk.example"
)
CAPTURE = Provenance(
    sha256=SHA["a"],
    observed=True,
    url="https://example.org/x",
    supplied_by="",
    day="2026-02-03",
    log_index=7,
)
DEPOSIT = Provenance(
    sha256=SHA["a"],
    observed=False,
    url="",
    supplied_by="a reader",
    day="2026-11-25",
    log_index=None,
)


def _claim(imprint=IMPRINT, **keys):
    return refer_claim(claim(**keys), case(), Ceiling("reported", ()), 3, imprint)


def test_a_claim_is_cited_by_revision_with_what_the_evidence_permits():
    assert format_plain(_claim()) == (
        "the project. “The door of the house was open.” The house. The hand-over."
        " The Desk. claim c-00000001, revision 3."
        " https://desk.example/claim/c-00000001/3."
        " Not assessed by a person. The evidence permits at most: reported."
    )


def test_a_claim_as_csl_json():
    assert format_csl(_claim()) == {
        "id": "c-00000001",
        "type": "document",
        "title": "The door of the house was open.",
        "author": [{"literal": "the project"}],
        "container-title": "The house",
        "publisher": "The Desk",
        "archive": "The hand-over",
        "archive_location": "claim c-00000001, revision 3",
        "URL": "https://desk.example/claim/c-00000001/3",
        "language": "en",
        "version": "3",
        "note": "Not assessed by a person. The evidence permits at most: reported.",
    }


def test_where_no_site_is_known_the_address_is_a_path_and_no_url():
    reference = _claim(Imprint("The hand-over", "The Desk", "desk.example/log"))
    assert " /claim/c-00000001/3. " in format_plain(reference)
    assert "URL" not in format_csl(reference)


def test_a_reference_is_one_line():
    assert "\n" not in format_plain(_claim(claim="Two\n\nlines  of it."))


def test_a_capture_is_cited_as_observed():
    reference = refer_snapshot(CAPTURE, alias("a"), "Example", IMPRINT)
    assert format_plain(reference) == (
        "Example. “https://example.org/x”. published 2 February 2026. The hand-over."
        f" The Desk. snapshot sha256:{SHA['a']}, entry 7 in the log desk.example/log."
        f" https://desk.example/snapshot/{SHA['a']}."
        " Observed by the archive on 3 February 2026."
    )
    item = format_csl(reference)
    assert item["type"] == "webpage"
    assert item["issued"] == {"date-parts": [[2026, 2, 2]]}
    assert item["accessed"] == {"date-parts": [[2026, 2, 3]]}
    assert json.loads(json.dumps(item)) == item


def test_a_deposit_is_never_cited_as_observed():
    reference = refer_snapshot(DEPOSIT, alias("a"), "", IMPRINT)
    plain = format_plain(reference)
    assert plain.startswith("“document 000000000000”. published 2 February 2026.")
    assert f"snapshot sha256:{SHA['a']}, not yet in the log desk.example/log." in plain
    assert plain.endswith(
        "Supplied by a reader and deposited on 25 November 2026;"
        " nobody here observed how it was published."
    )
    item = format_csl(reference)
    assert item["type"] == "document"
    assert "author" not in item


def test_the_address_of_a_deposit_is_as_claimed():
    claimed = replace(DEPOSIT, url="https://example.org/x")
    reference = refer_snapshot(claimed, None, "", IMPRINT)
    assert reference.title == "https://example.org/x (address as claimed)"
    assert (reference.issued, reference.language) == ("", "")
    assert "issued" not in format_csl(reference)


@pytest.mark.parametrize(
    ("published", "issued"),
    [
        ("2026", {"date-parts": [[2026]]}),
        ("2026-02", {"date-parts": [[2026, 2]]}),
        ("2026-02-02/..", {"literal": "from 2 February 2026 on"}),
        ("2025-23", {"literal": "autumn 2025"}),
    ],
)
def test_a_date_that_is_no_day_month_or_year_is_given_in_words(published, issued):
    known = alias("a", published=published)
    item = format_csl(refer_snapshot(CAPTURE, known, "Example", IMPRINT))
    assert item["issued"] == issued
