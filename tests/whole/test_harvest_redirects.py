"""Where a redirect leads, the robots.txt of that place counts too.

It is recorded as that of the list's own pages is, and obeyed before anything is asked.
"""

from pathlib import Path

import pytest

from tests.capturing import block, records
from tests.commandline import ended, start
from tests.site import page, redirect
from tests.whole.test_harvesting import (
    HTML,
    RULES,
    WORDS,
    Findings,
    Host,
    allow,
    attempts,
    captured,
    errors,
    harvest,
    hosts,
    pages_of,
    write_list,
)

ASKED = {"/robots.txt": RULES, "/no": page(WORDS, HTML), "/yes": page(WORDS, HTML)}


def led(asked: Host, *paths: str) -> Host:
    """Return a site whose pages lead to those of another one."""
    return Host(
        21, {f"/{n}": redirect(asked.url(each)) for n, each in enumerate(paths)}
    )


def test_rules_of_where_a_redirect_leads_are_recorded_and_it_is_followed(
    archive: Path, findings: Findings
) -> None:
    with hosts(ASKED) as (asked,), led(asked, "/no", "/yes") as first:
        urls = [first.url("/0"), first.url("/1")]
        outcome = harvest(archive, [first, asked], "--delay", "0", urls=urls)
    assert outcome.code == 0, outcome
    assert asked.count("/robots.txt") == 1
    (rules,) = captured(archive)[asked.url("/robots.txt")]
    found = pages_of(archive)
    for url, verdict in zip(urls, ("disallowed", "allowed"), strict=True):
        ((robots),) = [each["robots"] for each in found[url]]
        assert robots["verdict"] == "absent"
        assert robots["redirects"] == [
            {
                "url": asked.url("/robots.txt"),
                "verdict": verdict,
                "sha256": rules["sha256"],
            }
        ]
    assert errors(findings(archive)) == []


@pytest.mark.parametrize("driver", [(), ("--browser",)])
@pytest.mark.needs("chromium")
def test_where_rules_are_obeyed_no_redirect_leads_to_what_they_do_not_allow(
    archive: Path, findings: Findings, driver: tuple[str, ...]
) -> None:
    with hosts(ASKED) as (asked,), led(asked, "/no", "/yes") as first:
        urls = [first.url("/0"), first.url("/1")]
        words = ("--delay", "0", "--robots", "obey", "--retries", "0", *driver)
        outcome = harvest(archive, [first, asked], *words, urls=urls)
    assert outcome.code == 4, outcome
    assert asked.paths() == ["/yes"]
    ((came),) = pages_of(archive)[urls[1]]
    assert [each["verdict"] for each in came["robots"]["redirects"]] == ["allowed"]
    (attempt,) = attempts(archive)
    assert attempt["requestedUrl"] == urls[0]
    failure = attempt["failures"][-1]
    assert (failure["failure"], failure["url"]) == ("robots", asked.url("/no"))
    assert failure["reason"] == f"{asked.url('/robots.txt')} does not allow it"
    way = attempt["snapshot"]
    file = archive / f"snapshots/{way[:2]}/{way}.warc.gz"
    came = [
        block(file, each.index) for each in records(file) if each.type == "response"
    ]
    assert came == [first.sent("/0")]
    assert errors(findings(archive)) == []


def test_a_rule_of_the_same_site_holds_for_where_it_leads_by_itself(
    archive: Path, findings: Findings
) -> None:
    pages = {"/robots.txt": RULES, "/a": redirect("/no"), "/no": page(WORDS, HTML)}
    with hosts(pages) as sites:
        words = ("--delay", "0", "--robots", "obey", "--retries", "0")
        outcome = harvest(archive, sites, *words, urls=[sites[0].url("/a")])
    assert outcome.code == 4, outcome
    assert sites[0].paths() == ["/a"]
    assert sites[0].count("/robots.txt") == 1
    assert errors(findings(archive)) == []


def test_a_site_whose_rules_come_late_holds_up_nobody_who_is_led_to_it(
    archive: Path, findings: Findings
) -> None:
    busy = page(b"busy", status="503 Busy")
    pages = {"/robots.txt": busy, "/a": page(WORDS, HTML)}
    with hosts(pages) as (asked,), led(asked, "/a") as first:
        urls = [asked.url("/a"), first.url("/0")]
        listed = ["--from", write_list(archive, urls), *allow([first, asked])]
        words = ("--delay", "0", "--jobs", "1", "--retries", "1")
        process = start("capture", *listed, *words, archive=archive)
        try:
            outcome = ended(process)
        finally:
            process.kill()
            process.wait()
    assert outcome.code == 0, outcome
    assert asked.count("/robots.txt") == 2
    assert set(pages_of(archive)) == set(urls)
    assert errors(findings(archive)) == []
