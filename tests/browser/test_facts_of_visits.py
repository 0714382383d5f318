"""What is signed of a visit is held against the account that the browser left."""

import json
from dataclasses import replace

import pytest

from archiver.browse import observe_in_browser
from archiver.facts import parse_snapshot
from archiver.holdings import read_statements
from archiver.records import walk_records
from archiver.store import snapshot_file
from archiver.verifying.captures import capture_faults
from archiver.verifying.recorded import RecordedFile
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from tests.browsed import everything
from tests.commandline import run
from tests.newsroom import Newsroom
from tests.site import Site

pytestmark = pytest.mark.needs("chromium")

QUERY = "/?token=abcdefgh12345678"


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """Visit a page that asks for something in every way, and once with a secret."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("visits")
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        room = Newsroom(home / "archive")
        writer = Writer(
            room.archive, room.trust, room.operator, room.log_key, room.now, room.token
        )
        with Site({}) as other, Site({}) as site:
            site.pages, other.pages = everything(other.url()[:-1])
            site.pages = {**site.pages, QUERY: site.pages["/"]}
            allowed = (site.address, other.address)
            options = CaptureOptions(timeout=30, allow_addresses=allowed)
            for path in ("/", QUERY):
                take_capture(writer, site.url(path), options, driver=observe_in_browser)
        room.release()
        yield room, run("verify", "--json", archive=room.archive.root)


@pytest.fixture
def visit(visits):
    """Return the facts of the first visit, and its file."""
    room, _ = visits
    found = read_statements(room.archive, room.trust)
    signed = [e.statement for e in found if e.statement.type == "snapshot"]
    facts = [parse_snapshot(each) for each in signed]
    (first,) = (each for each in facts if not each.exchange.redactions)
    place = room.archive.path(snapshot_file(first.sha256, ".warc.gz"))
    with place.open("rb") as stream:
        yield first, RecordedFile(stream, list(walk_records(stream)))


def faults(file, facts, **changed):
    capture = replace(facts.exchange, **changed)
    return list(capture_faults(file, replace(facts, exchange=capture), capture))


def test_of_true_visits_nothing_is_told(visits):
    _, verified = visits
    found = [json.loads(line) for line in verified.stdout.splitlines()]
    assert [e for e in found if e.get("code") not in ("time-order", None)] == []
    assert found[-1]["checked"]["snapshots"] == 2
    assert verified.code == 0


def test_each_fact_of_a_visit_is_compared(visit):
    facts, file = visit
    said = facts.exchange.browser
    assert faults(file, facts) == []
    assert set(said) == {
        *("name", "version", "sandbox", "settled", "requests", "recorded"),
        *("onlyBrowser", "onlyProxy", "blocked", "failed", "cut", "consoleErrors"),
        *("pageErrors", "notMade"),
    }
    for key, value in said.items():
        other = [*value, "another"] if isinstance(value, list) else "another"
        found = faults(file, facts, browser=said | {key: other})
        assert [f"browser.{key} is" in each for each in found] == [True], found


def test_another_address_status_or_driver_of_a_visit_is_told(visit):
    facts, file = visit
    for changed, said in (
        ({"requested_url": "https://a.example/"}, "requestedUrl is"),
        ({"status": 500}, "status is 500"),
        ({"driver": "client"}, "the driver is client, expected a browser"),
    ):
        found = faults(file, facts, **changed)
        assert any(said in each for each in found), found
