"""A snapshot in lines for a person, and as an object for a program."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.charsets import Charset
from archiver.documents.posts import Media, Post
from claims.capture_words import LABELS
from claims.post_lines import (
    PREVIEW,
    SERVICE,
    WITHHELD,
    WITHHELD_IN_PART,
    post_lines,
)
from claims.snapshot_lines import snapshot_line, snapshot_lines
from claims.snapshot_objects import (
    Allowed,
    ShownSnapshot,
    post_object,
    snapshot_object,
)
from tests.snapshot_facts import DEPOSIT, DOCUMENT_SHA, EXCHANGE, SHA, facts

ON = "2026-02-03T09:00:02Z"
BROWSER = {
    "name": "Chromium",
    "version": "156",
    "settled": False,
    "requests": 4,
    "recorded": 3,
    "onlyBrowser": ["GET https://a.example/worker.js"],
    "onlyProxy": [],
    "blocked": [{"method": "", "url": "//b.example:443", "reason": "not of the page"}],
    "failed": [],
    "cut": [],
    "consoleErrors": [{"text": f"oh {n}", "url": "x", "line": n} for n in range(7)],
    "notMade": ["the picture: it took too long"],
}
MEMENTO = {
    "uri": "https://web.example/2026/https://a.example/",
    "original": "https://a.example/",
    "datetime": "2026-02-03T08:00:00Z",
    "archive": "web.example",
    "status": 404,
    "raw": False,
    "allowedAddresses": ["127.0.0.1:9"],
    "comparedWith": SHA,
    "sameBody": False,
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda each: st.lists(each) | st.dictionaries(st.text(max_size=9), each),
    max_leaves=9,
)


def shown(*, custody="observed", index=5, exchange=EXCHANGE, deposit=DEPOSIT, **more):
    said = facts(custody=custody)
    said = replace(
        said,
        exchange=exchange if custody == "observed" else None,
        deposit=deposit if custody == "supplied" else None,
        **more,
    )
    counted = custody if index is not None else "supplied"
    path = f"snapshots/ab/{SHA}.warc.gz"
    return ShownSnapshot(said, counted, path, "12" * 32, "34" * 32, index)


def told(thing):
    return list(snapshot_lines(thing))


def test_a_capture_is_told_as_it_was_signed():
    assert told(shown()) == [
        f"snapshot    {SHA}, entry 5",
        "of          https://a.example/",
        "custody     Observed: this archive’s own software fetched it.",
        "outcome     complete",
        "asked for   http://a.example/",
        "status      200",
        "fetched     2026-02-03T09:00:00Z to 2026-02-03T09:00:01Z",
        "by          a plain client, which runs no scripts",
        "tls         TLSv1.3",
        "let through to 127.0.0.1:80, an inner address, for this capture",
        f"file        snapshots/ab/{SHA}.warc.gz, 99 bytes",
        "written by  sourcebook 0.1.0",
        "main        record 0 of 1, counted from 0",
        "text        plain@1, 30 characters, of record 0",
        f"signed      2026-02-03T09:00:02Z by {'34' * 32}",
        f"statement   {'12' * 32}",
    ]


def test_what_was_not_seen_of_a_capture_is_not_told():
    exchange = replace(EXCHANGE, requested_url=EXCHANGE.final_url, allowed_addresses=())
    lines = told(shown(exchange=exchange))
    begins = {line.split()[0] for line in lines}
    assert begins.isdisjoint({"asked", "browser", "robots.txt", "redacted", "let"})
    assert "None" not in "\n".join(lines)


def test_why_a_capture_is_not_whole_stands_beside_its_outcome():
    thing = shown(outcome="truncated", reason="9 bytes came, expected 40")
    lines = told(thing)
    at = lines.index("outcome     truncated: 9 bytes came, expected 40")
    assert "permits nothing above reported" in lines[at + 1]


@pytest.mark.parametrize(
    ("url", "tls", "words"),
    [
        ("http://a.example/", None, "none: plain http"),
        ("https://a.example/", None, "nothing readable is said of it"),
        (
            "https://a.example/",
            {"version": "TLSv1.3", "verdict": "verified", "cipher": "x"},
            "TLSv1.3, verified",
        ),
        (
            "https://a.example/",
            {"version": 3, "verdict": ""},
            "nothing readable is said of it",
        ),
    ],
)
def test_a_connection_is_told_by_its_version_and_verdict(url, tls, words):
    exchange = replace(EXCHANGE, final_url=url, tls=tls)
    assert f"tls         {words}" in told(shown(exchange=exchange))


def test_a_label_is_told_with_its_signed_reason_and_what_follows():
    thing = shown(
        labels=("bot-check", "of-tomorrow"),
        label_reasons=(("bot-check", "It is called 'Just a moment...'."),),
    )
    lines = told(thing)
    at = lines.index("label       bot-check: a test, not the page")
    assert lines[at + 1 : at + 5] == [
        "            Why: It is called 'Just a moment...'.",
        f"            What follows: {LABELS['bot-check'][2]}",
        "label       of-tomorrow",
        "            Why: the statement gives no reason",
    ]


def test_a_browser_is_told_with_its_list_against_the_record():
    exchange = replace(EXCHANGE, driver="browser", browser=BROWSER)
    lines = told(shown(exchange=exchange))
    at = lines.index("by          a browser, which ran the scripts of the page")
    assert lines[at + 1 : at + 19] == [
        "browser     Chromium 156",
        "            Settled: no: the page was still loading when it was taken",
        "            Requests on its own list: 4",
        "            Exchanges recorded: 3",
        "            Asked for by the browser, and not recorded: 1",
        "              GET https://a.example/worker.js",
        "            Refused: not of the page, or not allowed: 1",
        "              //b.example:443, not of the page",
        "            Errors that the page reported: 7",
        *(f"              x, {number}, oh {number}" for number in range(5)),
        "              … and 2 more",
        "            Not made of it: 1",
        "              the picture: it took too long",
        "tls         TLSv1.3",
    ]


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        (
            {"onlyBrowser": [], "onlyProxy": [], "consoleErrors": [], "pageErrors": []},
            "Its own list and the record agree, and the page reported no error.",
        ),
        ({}, "Whether its own list and the record agree is not said."),
    ],
)
def test_a_browser_whose_list_is_the_record_is_told_as_one(browser, words):
    exchange = replace(EXCHANGE, driver="browser", browser=browser)
    lines = told(shown(exchange=exchange))
    at = lines.index("browser     a browser")
    assert lines[at + 1] == f"            {words}"


def test_a_count_without_its_entries_is_told_alone():
    exchange = replace(EXCHANGE, browser={"failed": 3})
    lines = told(shown(exchange=exchange))
    at = lines.index("            Failed: 3")
    assert not lines[at + 1].startswith("      ")


def test_robots_and_redactions_are_told():
    exchange = replace(
        EXCHANGE,
        robots={"url": "https://a.example/robots.txt", "verdict": "disallowed"},
        redactions=("query key token",),
    )
    lines = told(shown(exchange=exchange))
    at = lines.index("robots.txt  It asks that this page not be fetched.")
    assert lines[at + 1 : at + 3] == [
        "            at https://a.example/robots.txt",
        "redacted    query key token: a secret, which was not written",
    ]
    exchange = replace(EXCHANGE, robots={"verdict": "allowed", "sha256": SHA})
    assert f"            captured {SHA}" in told(shown(exchange=exchange))


def test_a_deposit_is_told_with_whoever_supplied_it():
    lines = told(shown(custody="supplied"))
    assert lines[2:8] == [
        "custody     Supplied: nobody here observed the exchange.",
        "outcome     complete",
        "supplied by a reader",
        "said from   no address was supplied with it",
        "document    text/plain, 30 bytes",
        f"            SHA-256 {DOCUMENT_SHA}",
    ]
    deposit = replace(DEPOSIT, claimed_url="https://a.example/")
    lines = told(shown(custody="supplied", deposit=deposit))
    at = lines.index("said from   https://a.example/")
    assert lines[at + 1] == "            So it is said; nobody here saw it there."


def memento_lines(**said):
    deposit = replace(DEPOSIT, memento=said)
    lines = told(shown(custody="supplied", deposit=deposit))
    assert any("Supplied by a web archive" in line for line in lines)
    at = next(n for n, line in enumerate(lines) if line.startswith("memento "))
    end = next(n for n, line in enumerate(lines) if line.startswith("file "))
    return lines[at:end]


def test_a_memento_is_told_as_its_archives_word():
    assert memento_lines(**MEMENTO) == [
        "memento     by web.example",
        "            of https://a.example/",
        "            dated 2026-02-03T08:00:00Z, by that archive",
        "            at https://web.example/2026/https://a.example/",
        "            It is the page as that archive shows it, not as recorded.",
        "            What was recorded there has the status 404.",
        f"            Its bytes are not the same as those of our own capture {SHA}.",
        "let through to 127.0.0.1:9, an inner address, for this deposit",
    ]


@pytest.mark.parametrize(
    ("same", "other", "words"),
    [
        (True, SHA, f"Its bytes are the same as those of our own capture {SHA}."),
        (True, None, "Its bytes are the same as those of our own capture, not named."),
        (None, None, "Its bytes were compared with no capture of ours."),
    ],
)
def test_a_comparison_is_told_as_it_was_made(same, other, words):
    said = MEMENTO | {"sameBody": same, "comparedWith": other, "status": 200}
    lines = memento_lines(**said)
    assert f"            {words}" in lines
    assert not any("has the status" in line for line in lines)


def test_a_memento_of_which_nothing_is_said_is_told_as_such():
    assert memento_lines() == [
        "memento     by an archive that is not named",
        "            of an address that is not named",
        "            dated by nobody, by that archive",
        "            Its bytes were compared with no capture of ours.",
    ]


def test_what_waits_for_the_log_counts_as_supplied_until_then():
    lines = told(shown(index=None))
    assert lines[0] == f"snapshot    {SHA}, waits for the log"
    assert lines[2:4] == [
        "custody     Says that it was observed; counts as supplied.",
        "            Until the log holds it, nothing counts as observed.",
    ]


def test_a_file_that_cannot_be_read_is_told_without_record_and_text():
    lines = told(shown(custody="supplied", main_record=None, text=None, unknown=("z",)))
    assert "main        its records cannot be told apart" in lines
    assert "text        none: no text was found in it" in lines
    assert lines[-1] == "not read    z"


def test_a_pdf_of_pictures_is_told_to_hold_no_words():
    scan = replace(DEPOSIT, media_type="application/pdf")
    lines = told(shown(custody="supplied", deposit=scan, text=None))
    assert "text        none: no words could be read in it, as in pictures" in lines


def test_what_the_public_may_have_is_told_with_who_says_so():
    thing = replace(
        shown(), allowed=Allowed("quotes", "So says a case: why", names=True)
    )
    assert told(thing)[-3:] == [
        "access      quotes: the quotes with a little context, and the proofs",
        "            So says a case: why",
        "            It names somebody whose name is withheld: no bytes are given out.",
    ]
    assert snapshot_object(thing)["access"] == "quotes"
    assert snapshot_object(thing)["namesWithheld"]
    plain = replace(shown(), allowed=Allowed("public", "So says archive.toml."))
    assert told(plain)[-1] == "            So says archive.toml."


def test_a_line_of_a_list_begins_with_the_id_says_when_and_what_stands_out():
    assert snapshot_line(shown()) == f"{SHA}  {ON}  observed  https://a.example/"
    thing = shown(outcome="truncated", labels=("empty",), index=None)
    assert snapshot_line(thing) == (
        f"{SHA}  {ON}  supplied, truncated, empty, waits for the log  https://a.example/"
    )
    gone = shown(exchange=replace(EXCHANGE, status=404))
    assert (
        snapshot_line(gone) == f"{SHA}  {ON}  observed, status 404  https://a.example/"
    )
    deposit = replace(DEPOSIT, claimed_url="https://a.example/")
    assert snapshot_line(shown(custody="supplied", deposit=deposit)) == (
        f"{SHA}  {ON}  supplied  page.txt, said to be from https://a.example/"
    )


def test_an_object_has_every_fact_of_the_statement():
    exchange = replace(EXCHANGE, browser=BROWSER, robots={"verdict": "absent"})
    found = snapshot_object(shown(exchange=exchange, labels=("empty",)))
    assert json.loads(json.dumps(found)) == found
    assert found["browser"] == BROWSER
    assert found["robots"] == {"verdict": "absent"}
    assert (found["startedOn"], found["labels"]) == (EXCHANGE.started_on, ["empty"])
    assert (found["requestedUrl"], found["of"]) == (
        "http://a.example/",
        "https://a.example/",
    )
    assert "access" not in found
    deposit = replace(DEPOSIT, memento=MEMENTO)
    found = snapshot_object(shown(custody="supplied", deposit=deposit, text=None))
    assert (found["memento"], found["suppliedBy"]) == (MEMENTO, "a reader")
    assert (found["text"], found["of"]) == (None, "page.txt")


POST = Post(
    channel="pier_of_maren",
    id=42,
    author="Pier",
    signature="A. Author",
    date="2031-05-02T06:07:08+00:00",
    edited="edited",
    forwarded="Forwarded from Harbour (N. N.)",
    forwarded_from="Harbour",
    forwarded_url="https://t.me/harbour/12",
    reply_to="https://t.me/pier_of_maren/41",
    views="1.2K",
    media=(Media("photo", "", "https://cdn.example/a.jpg", ""),),
    links=("https://a.example/",),
    blocks=(("The quay\nis shut.", "body"),),
)


def test_a_post_is_told_fact_by_fact():
    assert list(post_lines(POST)) == [
        "post        t.me/pier_of_maren/42",
        "            dated         2031-05-02T06:07:08+00:00",
        "            mark          edited",
        "            by            Pier",
        "            signed by     A. Author",
        "            forwarded     Forwarded from Harbour (N. N.)",
        "            from          Harbour https://t.me/harbour/12",
        "            answers       https://t.me/pier_of_maren/41",
        "            views         1.2K",
        "            photo         https://cdn.example/a.jpg",
        "            link          https://a.example/",
        "            words         The quay",
        "                          is shut.",
    ]
    thing = replace(shown(), posts=(POST,))
    assert told(thing)[-13:] == list(post_lines(POST))


def test_a_post_of_which_little_is_shown_says_so():
    assert list(post_lines(Post("pier_of_maren", 7))) == [
        "post        t.me/pier_of_maren/7",
        "            words         none",
    ]
    thing = Post("pier_of_maren", 7, withheld=True, preview_only=True, service=True)
    lines = list(post_lines(thing))
    assert lines[2:] == [f"            {each}" for each in (WITHHELD, PREVIEW, SERVICE)]


def test_a_post_is_an_object_with_its_text():
    found = post_object(POST)
    assert found["forwardedFrom"] == "Harbour"
    assert (found["previewOnly"], found["text"]) == (False, POST.text)
    assert found["media"][0]["preview"] == "https://cdn.example/a.jpg"
    assert json.loads(json.dumps(found)) == found
    assert snapshot_object(replace(shown(), posts=(POST,)))["posts"] == [found]


@given(st.dictionaries(st.sampled_from([*BROWSER, *MEMENTO, "sha256"]), ANYTHING))
def test_whatever_a_statement_holds_is_told(said):
    exchange = replace(EXCHANGE, browser=said, robots=said, tls=said)
    deposit = replace(DEPOSIT, memento=said)
    for thing in (
        shown(exchange=exchange),
        shown(custody="supplied", deposit=deposit),
    ):
        assert all(isinstance(line, str) for line in snapshot_lines(thing))
        assert json.loads(json.dumps(snapshot_object(thing)))["snapshot"] == SHA


def test_a_post_that_is_shown_in_part_is_not_said_to_be_withheld_whole():
    shown_in_part = Post("pier", 5, withheld=True, blocks=(("words", "body"),))
    assert list(post_lines(shown_in_part))[-1].strip() == WITHHELD_IN_PART


def test_the_encoding_that_a_page_was_read_in_is_told_with_what_speaks_against_it():
    charset = Charset("windows-1251", "guess", ("it says 'utf-8', and is not that",))
    thing = replace(shown(), charset=charset)
    lines = told(thing)
    at = next(i for i, line in enumerate(lines) if line.startswith("text"))
    assert lines[at + 1 : at + 3] == [
        "charset     windows-1251, guessed",
        "            It says 'utf-8', and is not that.",
    ]
    assert snapshot_object(thing)["charset"] == {
        "name": "windows-1251",
        "source": "guess",
        "doubts": ["it says 'utf-8', and is not that"],
    }


def test_why_nobody_can_tell_the_encoding_is_told():
    lines = told(replace(shown(), unread="the file is absent"))
    assert "charset     not looked at: the file is absent" in lines
    assert not any(line.startswith("charset") for line in told(shown()))
