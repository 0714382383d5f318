"""What was tried, and what came of the pages of leads: rows, and what is kept back."""

from dataclasses import replace
from uuid import UUID

import pytest

from archiver.attempts import AttemptFacts, attempt_facts, attempt_subject
from archiver.failures import FAILURES, Failure
from archiver.snapshots import Draft
from archiver.statements import Statement
from archiver.version import TOOL_FACTS
from archiver.warcfile import RecordHead, WarcFile
from claims.leads import parse_leads
from claims.publish import publish
from claims.published.record_rows import Exposure, HeldSnapshot
from claims.published.visits import (
    address_of,
    closed_addresses,
    goes_to,
    lead_attempt_rows,
    lead_snapshot_rows,
    read_attempts,
)
from tests.newsroom import BEGINNING, Newsroom
from tests.publication_client import ask, open_site
from tests.quay import ALIAS, NAME, everything, fill, rows
from tests.snapshot_facts import facts

LEAD = "https://radio.example/1"
OTHER = "https://other.example/"
PRIVATE = "https://private.example/letter?key=1"
LINES = (
    "id,url,publisher,language,published,about,bears_on\n"
    f"lead/a,{LEAD},R,en,2026,x,y\n"
    f"lead/b,https://Radio.example:443/1#part,R,en,2026,x,y\n"
    f"lead/c,{OTHER},R,en,2026,x,y\n"
)
LEADS = parse_leads(LINES.encode(), "leads.csv")


def failure(url=LEAD, kind="timeout", **more):
    defaults = {"reason": "60 s are over", "started": BEGINNING, "finished": BEGINNING}
    return Failure(url=url, kind=kind, **defaults | more)


def attempted(*failures, url=LEAD):
    """Return what the statement of an attempt says, as it is read."""
    return AttemptFacts(url, "", "", "", "", "client", failures, "", "", ())


def held(level="public", *, exchange=None, deposit=None, sha256="ab" * 32):
    made = facts(custody="observed" if exchange else "supplied")
    if exchange:
        urls = dict(zip(("requested_url", "final_url"), exchange, strict=True))
        made = replace(made, exchange=replace(made.exchange, **urls))
    if deposit:
        made = replace(made, deposit=replace(made.deposit, claimed_url=deposit))
    made = replace(made, sha256=sha256)
    return HeldSnapshot(
        facts=made,
        exposure=Exposure(level),
        statement_id="",
        custody=made.custody,
        authenticated=False,
        text=None,
        opening=None,
        openings=(),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://A.example", "https://a.example:443/#x"),
        ("http://a.example:80/x", "http://a.example/x"),
        ("https://a.example/%d1%8f", "https://a.example/я"),
        ("https://пример.example/", "https://xn--e1afmkfd.example/"),
    ],
)
def test_an_address_has_one_spelling(one, other):
    assert address_of(one) == address_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/", "http://a.example/"),
        ("https://a.example/x", "https://a.example/x/"),
        ("https://a.example/%2f", "https://a.example//"),
        ("https://a.example/?a=1&b=2", "https://a.example/?b=2&a=1"),
    ],
)
def test_addresses_that_a_server_may_tell_apart_are_two(one, other):
    assert address_of(one) != address_of(other)


def test_what_is_no_address_stays_as_it_is():
    assert address_of("ftp://a.example/%d1") == "ftp://a.example/%d1"


def test_attempts_are_of_the_leads_whose_page_was_asked_for():
    attempts = {"11": attempted(failure()), "22": attempted(failure(), url=OTHER)}
    found = list(lead_attempt_rows(LEADS, attempts))
    assert [(row["lead"], row["statement"]) for row in found] == [
        ("lead/a", "11"),
        ("lead/b", "11"),
        ("lead/c", "22"),
    ]


def test_snapshots_are_of_leads_by_the_strongest_account_of_their_address():
    snapshots = [
        held(exchange=(LEAD, LEAD), sha256="11" * 32),
        held(exchange=("http://short.example/", LEAD), sha256="22" * 32),
        held(deposit=OTHER, sha256="33" * 32),
        held(sha256="44" * 32),
    ]
    found = list(lead_snapshot_rows(LEADS[1:], snapshots))
    assert [(row["lead"], row["snapshot"][:2], row["how"]) for row in found] == [
        ("lead/b", "11", "requested"),
        ("lead/b", "22", "final"),
        ("lead/c", "33", "claimed"),
    ]


def test_what_came_on_the_way_to_no_page_is_no_snapshot_of_a_lead():
    whole = held(exchange=(LEAD, LEAD))
    way = replace(whole, facts=replace(whole.facts, main_record=None))
    assert list(lead_snapshot_rows(LEADS, [whole]))
    assert list(lead_snapshot_rows(LEADS, [way])) == []


def test_an_attempt_at_a_sealed_address_goes_there_by_request_or_by_redirect():
    sealed = [held("sealed", exchange=(PRIVATE, OTHER)), held(exchange=(LEAD, LEAD))]
    closed = closed_addresses(sealed)
    assert closed == {PRIVATE, OTHER}
    assert goes_to(attempted(failure(), url=PRIVATE + "#x"), closed)
    assert goes_to(attempted(failure(), failure(OTHER)), closed)
    assert not goes_to(attempted(failure()), closed)


def test_only_attempts_are_read_among_statements():
    class Logged:
        statement = Statement("release", (attempt_subject("x"),), {})

    assert read_attempts([Logged()]) == {}


def say_attempt(desk, url, *failures, driver="client"):
    """Sign and log an attempt, as a capture does; return the statement's id."""
    subject = attempt_subject(url)
    said = attempt_facts(url, failures, driver, TOOL_FACTS)
    return desk.say("attempt", {subject.name: subject.sha256}, said)


def capture(desk, url, *labels):
    """Store a capture of ``url`` as a driver would hand it over."""
    place = desk.work / f"{next(desk.numbers)}.warc.gz"
    with place.open("wb") as stream:
        warc = WarcFile(stream)
        head = RecordHead(record_id=UUID(int=2), date=desk.now(), uri=url)
        warc.write_warcinfo(
            RecordHead(record_id=UUID(int=1), date=desk.now()),
            software="x",
            nonce=desk.token(16).hex(),
        )
        block = desk.work / "block"
        block.write_bytes(b"<p>Somebody said so.</p>")
        with block.open("rb") as document:
            warc.write_conversion(head, document, "text/html")
    said = {
        "custody": "observed",
        "requestedUrl": url,
        "finalUrl": url,
        "status": 200,
        "startedOn": "2026-02-03T09:00:00.000001Z",
        "finishedOn": "2026-02-03T09:00:01.000001Z",
        "outcome": "complete",
        "reason": None,
        "labels": list(labels),
        "labelReasons": dict.fromkeys(labels, f"It is so at {url}."),
        "allowedAddresses": [],
        "redactions": [],
        "tls": None,
        "driver": "client",
        "browser": None,
        "robots": None,
        "tool": TOOL_FACTS,
    }
    return desk.store(Draft(place, ".warc.gz", said, 1))


@pytest.fixture
def desk(tmp_path):
    desk = Newsroom(tmp_path / "desk")
    fill(desk)
    return desk


@pytest.fixture
def output(tmp_path):
    return tmp_path / "site" / "sourcebook.db"


def test_attempts_up_to_the_release_are_published_and_no_later_ones(desk, output):
    told = [
        say_attempt(desk, LEAD, failure(), failure(kind="dns", reason="no such name")),
        say_attempt(desk, OTHER, failure(OTHER, "robots"), driver="browser"),
    ]
    desk.release_case()
    before = (publish(desk.archive, output).sha256, output.read_bytes())
    say_attempt(desk, LEAD, failure(kind="tls"))
    assert (publish(desk.archive, output).sha256, output.read_bytes()) == before
    found = rows(
        output,
        "select statement, requested_url, driver, failure, reason, requests"
        " from attempts order by log_index",
    )
    assert found == [
        (told[0], LEAD, "client", "dns", "no such name", 2),
        (told[1], OTHER, "browser", "robots", "60 s are over", 1),
    ]
    assert rows(output, "select * from lead_attempts") == [("lead/radio-1", told[0])]


def test_a_lead_shows_what_was_captured_of_it_and_what_was_tried(desk, output):
    say_attempt(desk, LEAD, failure(peer="192.0.2.1", received=7))
    sha256 = capture(desk, LEAD, "soft-404")
    desk.release_case()
    publish(desk.archive, output)
    site = open_site(output, desk.archive.root)
    page = ask(site, "/lead/radio-1").text
    assert f"/snapshot/{sha256}" in page
    assert "No claim quotes it yet" in page
    assert "Labelled <em>soft-404</em>: it says that nothing is there" in page
    assert "The time was up before a response." in page
    assert "It does not show that the page was gone" in page
    told = ask(site, "/lead/radio-1.json").json()
    assert [one["how"] for one in told["snapshots"]] == ["requested"]
    assert told["attempts"][0]["failures"][0]["bytesReceived"] == 7
    page = ask(site, f"/snapshot/{sha256}").text
    assert "It is so at https://radio.example/1." in page


@pytest.mark.parametrize("kind", FAILURES)
def test_each_failure_is_told_in_words(desk, output, kind):
    told = say_attempt(desk, LEAD, failure(kind=kind))
    desk.release_case()
    publish(desk.archive, output)
    page = ask(open_site(output, None), f"/statement/{told}").text
    assert "Not what was asked for." in page
    assert "evidence of the attempt alone" in page


def test_an_attempt_that_names_somebody_withheld_is_not_told(desk, output):
    url = "https://radio.example/" + NAME.lower().replace(" ", "-")
    told = say_attempt(desk, url, failure(url))
    desk.release_case()
    publish(desk.archive, output)
    assert rows(output, "select * from attempts") == []
    assert rows(output, "select sealed from statements where id = ?", told) == [(1,)]
    assert b"haddad" not in everything(output).lower()


@pytest.mark.parametrize("label", ["secret", "logged-in"])
def test_an_attempt_at_a_page_that_is_sealed_does_not_tell_its_address(
    desk, output, label
):
    told = say_attempt(desk, PRIVATE, failure(PRIVATE))
    sha256 = capture(desk, PRIVATE, label)
    desk.release_case()
    publish(desk.archive, output)
    assert rows(output, "select * from attempts") == []
    assert rows(output, "select sealed from statements where id = ?", told) == [(1,)]
    assert rows(output, "select * from snapshots where sha256 = ?", sha256) == []
    for kept in (b"private.example", sha256.encode()):
        assert kept not in everything(output)


@pytest.mark.parametrize(("access", "there"), [("sealed", False), ("quotes", True)])
def test_what_else_there_is_of_a_page_that_a_case_seals_is_sealed_as_well(
    desk, output, access, there
):
    first, again, named = (capture(desk, PRIVATE) for _ in range(3))
    supplied = desk.deposit("p.txt", b"Somebody said so.", PRIVATE + "#x")
    other = capture(desk, OTHER)
    case = desk.archive.path("cases/quay/case.toml").read_text()
    case += ALIAS.format(alias="closed", sha256=first)
    case += f'access = "{access}"\nreason = "a source"\n'
    case += ALIAS.format(alias="named", sha256=named)
    desk.write({"cases/quay/case.toml": case})
    desk.release_case()
    publish(desk.archive, output)
    found = {sha256 for (sha256,) in rows(output, "select sha256 from snapshots")}
    assert {named, other} <= found
    for sha256 in (first, again, supplied):
        assert (sha256 in found) == there
        assert (sha256.encode() in everything(output)) == there
