"""Snapshots, statements and the log as data; and the commands on their pages."""

import html
import re
import sqlite3
import subprocess
import time

import pytest

from claims.website.record_pages import complete, mark_quotes
from claims.website.rows import NoPageError, OtherAddressError
from tests.publication_client import ask, open_site
from tests.publication_fixture import SCHEMA


@pytest.fixture
def two():
    """Return a database of two snapshots whose hashes begin alike."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA.read_text())
    connection.execute("pragma foreign_keys = off")
    for last in "ab":
        connection.execute(
            "insert into snapshots (sha256, path, length, statement, access, custody,"
            " custody_said, tool, record_count, records_root)"
            " values (?, '', 0, '', 'public', 'supplied', 'supplied', '', 0, '')",
            ("0123456789" + last * 54,),
        )
    yield connection
    connection.close()


def test_a_whole_hash_is_itself(two):
    whole = "0123456789" + "a" * 54
    assert complete(two, "snapshot", whole) == whole


@pytest.mark.parametrize("digits", ["0123456789a", "0123456789" + "A" * 54])
def test_a_unique_beginning_has_another_address(two, digits):
    with pytest.raises(OtherAddressError) as caught:
        complete(two, "snapshot", digits)
    assert caught.value.path == "0123456789" + "a" * 54


@pytest.mark.parametrize(
    ("digits", "message"),
    [
        ("0123456", "is too short: a snapshot is named by at least 8 digits"),
        ("01234567", "Several snapshots begin with 01234567"),
        ("ffffffff", "No snapshot ffffffff is published here"),
        ("0123456789" + "a" * 55, "is published here"),
    ],
)
def test_any_other_beginning_is_told(two, digits, message):
    with pytest.raises(NoPageError, match=message):
        complete(two, "snapshot", digits)


def test_quotes_that_overlap_are_cut_at_every_edge():
    spans = [
        {"claim": "c-a", "start": 1, "end": 4},
        {"claim": "c-b", "start": 3, "end": 5},
    ]
    assert mark_quotes("abcdef", spans) == [
        {"text": "a", "claims": []},
        {"text": "bc", "claims": ["c-a"]},
        {"text": "d", "claims": ["c-a", "c-b"]},
        {"text": "e", "claims": ["c-b"]},
        {"text": "f", "claims": []},
    ]
    assert mark_quotes("", []) == []


def test_a_text_that_is_quoted_many_thousand_times_is_cut_without_the_square_of_it():
    spans = [{"claim": f"c-{at}", "start": at, "end": at + 2} for at in range(30_000)]
    begun = time.process_time()
    pieces = mark_quotes("a" * 40_000, spans)
    assert time.process_time() - begun < 20
    assert pieces[0]["claims"] == ["c-0"]
    assert pieces[9]["claims"] == ["c-8", "c-9"]
    assert pieces[-1] == {"text": "a" * 9_999, "claims": []}


def commands(page):
    """Return the blocks of commands on a page, as a reader copies them."""
    blocks = re.findall(
        r'<pre class="commands"[^>]*><code>(.*?)</code>', page, re.DOTALL
    )
    return [html.unescape(block) for block in blocks]


def run(script, folder):
    """Run a script as it stands on the page, but for downloading."""
    script = re.sub(r"^(SITE=|curl ).*\n", "", script, flags=re.MULTILINE)
    return subprocess.run(
        ["sh", "-e"],
        input=script,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_commands_of_an_entry_give_its_leaf_hash(shipped_site, tmp_path):
    entry = ask(shipped_site, "/log/2.json").json()["entry"]
    block = commands(ask(shipped_site, "/log/2").text)[0]
    assert run(block, tmp_path).split()[0] == entry["leaf_hash"]
    assert (tmp_path / "entry").read_text() == entry["entry"]


@pytest.mark.needs("openssl")
def test_the_commands_of_a_statement_check_its_signature(shipped_site, tmp_path):
    statement = ask(shipped_site, "/log/2.json").json()["entry"]["statement"]
    page = ask(shipped_site, f"/statement/{statement}").text
    block = commands(page)[-1]
    path = re.search(r'"\$SITE(/archive/[^"]+)"', block)[1]
    (tmp_path / "statement.json").write_bytes(ask(shipped_site, path).content)
    out = run(block, tmp_path)
    assert out.split()[0] == statement
    assert "Signature Verified Successfully" in out
    changed = (
        (tmp_path / "statement.json").read_text().replace('"sig":"', '"sig":"AAAA')
    )
    (tmp_path / "statement.json").write_text(changed)
    with pytest.raises(subprocess.CalledProcessError):
        run(block, tmp_path)


def test_the_commands_of_a_snapshot_give_the_hash_that_is_its_address(
    shipped_site, tmp_path
):
    claim = ask(shipped_site, "/claim/c-aa9vzf4n.json").json()
    sha = claim["evidence"][0]["snapshot"]
    block = commands(ask(shipped_site, f"/snapshot/{sha}").text)[1]
    path = re.search(r'"\$SITE(/archive/[^"]+)"', block)[1]
    (tmp_path / "snapshot").write_bytes(ask(shipped_site, path).content)
    assert run(block, tmp_path).split()[0] == sha


def test_the_statement_of_a_sealed_snapshot_shows_entry_and_receipt_only(harbour_site):
    entry = ask(harbour_site, "/log/3.json").json()["entry"]
    assert entry["sealed"] == 1
    page = ask(harbour_site, f"/statement/{entry['statement']}").text
    assert "withheld by the operator, not checkable here" in page
    assert "tlog-proof" in page
    assert "in-toto" not in page


def test_a_statement_by_a_key_that_is_none_of_ours_says_so(harbour_database, edit_copy):
    site = open_site(edit_copy(harbour_database, "delete from signers"))
    entry = ask(site, "/log/1.json").json()["entry"]
    page = ask(site, f"/statement/{entry['statement']}").text
    assert "not one of this archive’s signers" in page


def snapshots(site):
    """Return the snapshots of the invented case, by what they are."""
    shown = ask(site, "/sourcebook/snapshots.json?_shape=array").json()
    return {
        "memento" if row["memento"] else row["driver"] or "supplied": row["sha256"]
        for row in shown
    }


def test_the_log_says_of_what_each_snapshot_and_attempt_is(harbour_site):
    page = ask(harbour_site, "/log").text
    assert page.count("<bdi>https://example.org/صوت?x=1</bdi>") == 3
    entries = ask(harbour_site, "/log.json").json()["entries"]
    shown = [one["snapshot"] for one in entries if one["snapshot"]]
    assert all(f'<a href="/snapshot/{name}"><bdi>' in page for name in shown)
    sealed = [one for one in entries if one["sealed"]]
    assert [one["url"] or one["snapshot"] for one in sealed] == [None] * len(sealed)


def test_a_label_is_shown_with_its_words_its_reason_and_what_follows(harbour_site):
    sha256 = snapshots(harbour_site)["client"]
    page = ask(harbour_site, f"/snapshot/{sha256}").text
    assert "a question about consent, not the page" in page
    assert "It asks about cookies in 90 letters." in page
    assert "permits nothing above reported" in page
    assert "<em>a-label-of-tomorrow</em>: a-label-of-tomorrow" in page
    assert "the statement gives no reason" in page
    for told in (
        "<code>Cookie</code>",
        "TLSv1.3",
        "asks that this page not be fetched",
    ):
        assert told in page


@pytest.mark.parametrize(
    "address", ["/claim/c-har60001", "/case/harbour", "/source/org/harbour-office"]
)
def test_a_label_stands_wherever_its_snapshot_is_named(harbour_site, address):
    page = ask(harbour_site, address).text
    assert "Labelled <em>consent-wall</em>: a question about consent" in page


def test_a_claim_gives_the_reason_of_a_label_and_says_that_a_browser_was_there(
    harbour_database, harbour_site, edit_copy
):
    page = ask(harbour_site, "/claim/c-har60001").text
    assert "It asks about cookies in 90 letters." in page
    assert "after its scripts had run" not in page
    browsed = "update records set type = 'conversion' where type = 'response'"
    page = ask(open_site(edit_copy(harbour_database, browsed)), "/claim/c-har60001")
    assert "after its scripts had run in a browser" in page.text


def test_a_browsers_account_is_shown_with_what_it_and_the_record_do_not_share(
    harbour_site,
):
    sha256 = snapshots(harbour_site)["browser"]
    page = ask(harbour_site, f"/snapshot/{sha256}").text
    for told in (
        "derived from the page as it stood after its scripts had run",
        "Chromium 156.0",
        "the page was still loading",
        "31 requests on its own list; 30 exchanges recorded",
        "Asked for by the browser, and not recorded: 1",
        "https://radio.example/worker.js",
        "https://update.example/, not of the page",
        "Errors that the page reported: 60",
        "The first 50; the statement has all.",
    ):
        assert told in page
    assert "Recorded, and not on the list" not in page


def test_a_browser_that_showed_a_picture_has_no_text_of_its_own(
    harbour_database, edit_copy
):
    change = "update records set type = 'response' where type = 'conversion'"
    site = open_site(edit_copy(harbour_database, change))
    page = ask(site, f"/snapshot/{snapshots(site)['browser']}").text
    assert "Its text is that of the response itself, as it came." in page
    assert "derived from the page" not in page


def test_an_account_without_differences_says_so(harbour_database, edit_copy):
    change = """update snapshots set browser = '{"name":"Chromium","settled":true,
        "onlyBrowser":[],"onlyProxy":[],"consoleErrors":[],"pageErrors":[]}'
        where driver = 'browser'"""
    site = open_site(edit_copy(harbour_database, change))
    page = ask(site, f"/snapshot/{snapshots(site)['browser']}").text
    assert "Its own list and the record agree" in page
    assert "the page had come to rest" in page


def test_the_encoding_that_a_page_was_read_in_is_shown_with_what_speaks_against_it(
    harbour_database, edit_copy
):
    change = """update snapshots set charset = '{"name":"koi8-u","source":"guess",
        "doubts":["it says ''<i>'', and is not that"]}' where driver = 'browser'"""
    site = open_site(edit_copy(harbour_database, change))
    page = ask(site, f"/snapshot/{snapshots(site)['browser']}").text
    assert "read as <code>koi8-u</code>, guessed." in page
    assert "It says &#39;&lt;i&gt;&#39;, and is not that." in page


def test_a_memento_says_whose_it_is_and_whether_it_is_what_we_captured(harbour_site):
    found = snapshots(harbour_site)
    page = ask(harbour_site, f"/snapshot/{found['memento']}").text
    for told in (
        "Supplied by a web archive",
        "Web Archive (web.example)",
        "2026-11-22T00:00:00Z",
        "It is the page as that archive shows it",
        "the status 203",
        "<strong>are not the same</strong>",
        f"/snapshot/{found['client']}",
        "127.0.0.1:99",
        "not vouched for here",
    ):
        assert told in page


def test_a_robots_txt_that_was_captured_is_linked_where_it_has_a_page(
    harbour_database, harbour_site, edit_copy
):
    found = snapshots(harbour_site)
    said = '{"url":"x","verdict":"allowed","sha256":"%s"}'
    change = "update snapshots set robots = '{}' where driver = 'client'"
    for sha256, linked in ((found["browser"], True), ("ab" * 32, False)):
        database = edit_copy(harbour_database, change.replace("{}", said % sha256))
        page = ask(open_site(database), f"/snapshot/{found['client']}").text
        assert "It allows this page to be fetched." in page
        assert (f"/snapshot/{sha256}" in page) is linked


@pytest.mark.parametrize(
    ("memento", "told"),
    [
        ('{"sameBody":true,"comparedWith":"ab"}', "our own capture, which is not"),
        ('{"sameBody":true,"comparedWith":7}', "<strong>are the same</strong>"),
        ('{"sameBody":null,"comparedWith":null}', "compared with no capture of ours"),
        ("{}", "an archive that is not named"),
    ],
)
def test_a_memento_that_says_less_is_shown_with_less(
    harbour_database, edit_copy, memento, told
):
    change = "update snapshots set memento = '{}' where memento is not null"
    site = open_site(edit_copy(harbour_database, change.replace("{}", memento)))
    page = ask(site, f"/snapshot/{snapshots(site)['memento']}").text
    assert told in page
    assert ">None<" not in page


def test_an_attempt_is_readable_and_says_what_it_does_not_show(harbour_site):
    lead = ask(harbour_site, "/lead/harbour-recording.json").json()
    first, second = lead["attempts"]
    page = ask(harbour_site, f"/statement/{first['statement']}").text
    for told in (
        "The time was up before a response.",
        "The reason was timeout.",
        "2001:db8::1",
        "0 bytes came",
        "evidence of the attempt alone",
        "does not show that the page was gone",
    ):
        assert told in page
    assert page.count("<li><a class=") == 1
    page = ask(harbour_site, f"/statement/{second['statement']}").text
    assert page.count("The name did not resolve. ") == 2
    assert "Spoken to" not in page


def test_a_lead_is_shown_with_its_snapshots_and_attempts_wherever_it_is_wanted(
    harbour_site,
):
    page = ask(harbour_site, "/lead/harbour-recording").text
    assert "asked for at this very address" in page
    assert "Status 404." in page
    assert "No claim quotes it yet." in page
    assert page.count("The signed statement") == 2
    page = ask(harbour_site, "/wanted").text
    assert "1 snapshot" in page
    assert "2 times in vain, last on" in page
    assert ask(harbour_site, "/.json").json()["counts"]["attempts"] == 2
    assert "attempts in vain" in ask(harbour_site, "/").text


def test_a_lead_of_which_nothing_came_is_not_in_hand(harbour_database, edit_copy):
    change = "delete from lead_snapshots; delete from lead_attempts"
    site = open_site(edit_copy(harbour_database, change))
    page = ask(site, "/lead/harbour-recording").text
    assert "A lead, not in hand" in page
    assert "What came of it" not in page
    assert "in vain" not in ask(site, "/wanted").text
