"""A server that means harm: what it may do to an archive is one clear word, no more.

What is signed stands in a log for good.  So nothing may be signed that a verifier could
not read again, whatever a name stands for and wherever a redirect leads.
"""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from archiver.errors import UnreachedError
from archiver.store import open_archive
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, open_writer, take_capture
from tests import warcs
from tests.commandline import ROOT, done, ended, run, start
from tests.site import Site, Stall, page, redirect

HTML = "Content-Type: text/html; charset=utf-8"
WORDS = page(b"<p>words that stand in a page of their own</p>", HTML)


@pytest.fixture
def writer(archive: Path) -> Writer:
    return open_writer(open_archive(archive), lambda: b"")


def test_a_name_with_thousands_of_addresses_leaves_an_attempt_that_verifies(
    archive, writer
):
    answers = tuple(f"127.7.{a}.{b}" for a in range(40) for b in range(1, 101))
    options = CaptureOptions(
        timeout=20,
        resolve=lambda *_: answers,
        allow_addresses=tuple(f"{each}:8181" for each in answers),
    )
    with pytest.raises(UnreachedError, match="refused"):
        take_capture(writer, "http://many.example:8181/", options)
    assert "1 attempt," in done("verify", archive=archive)


@pytest.mark.parametrize("path", ["/" + "a" * 65_000, "/" + "\xe9" * 20_000])
def test_a_redirect_to_an_endless_address_is_kept_as_an_attempt(archive, path):
    with Site({"/": redirect(path)}) as site:
        outcome = run(
            "capture", site.url(), "--allow-address", site.address, archive=archive
        )
    assert outcome.code == 4
    assert "expected at most 32768" in outcome.stderr
    assert "1 attempt," in done("verify", archive=archive)


def test_thousands_of_secrets_in_a_redirect_do_not_hold_up_a_capture(archive):
    many = "&".join(f"token=thousands{place:05}" for place in range(90))
    pages = {"/?token=typed-secret": redirect(f"/0?{many}0"), f"/19?{many}19": WORDS}
    for hop in range(19):
        pages[f"/{hop}?{many}{hop}"] = redirect(f"/{hop + 1}?{many}{hop + 1}")
    with Site(pages) as site:
        before = time.monotonic()
        outcome = run(
            *("capture", site.url("/?token=typed-secret"), "--timeout", "20"),
            *("--allow-address", site.address),
            archive=archive,
        )
        assert time.monotonic() - before < 30
    assert outcome.code == 0, outcome
    assert "typed-secret" not in outcome.stdout + outcome.stderr
    done("verify", archive=archive)


def test_an_address_with_thousands_of_secrets_is_refused_and_repeats_none(archive):
    many = "&".join(f"token=thousands{place:05}" for place in range(1000))
    outcome = run("capture", f"http://news.example/?{many}", archive=archive)
    assert outcome.code == 2
    assert "1000 keys for secrets, expected at most 100" in outcome.stderr
    assert "thousands" not in outcome.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_capture_that_is_told_to_end_leaves_no_temporary_file(
    archive, tmp_path, number
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    with Site({"/": [b"HTTP/1.1 200 OK\r\n\r\nsome of it", Stall()]}) as site:
        words = ("capture", site.url(), "--allow-address", site.address)
        process = start(*words, archive=archive, env=env)
        until = time.monotonic() + 30
        while not site.count("/") and time.monotonic() < until:
            time.sleep(0.05)
        assert list(temporary.iterdir())
        process.send_signal(number)
        outcome = ended(process)
    assert outcome.code == 128 + number, outcome
    assert outcome.stderr == ""
    assert list(temporary.iterdir()) == []


def test_of_a_list_of_thousands_of_faults_the_first_are_named(archive, tmp_path):
    leads = tmp_path / "leads.txt"
    leads.write_text("x\n" * 5000, encoding="utf-8")
    outcome = run("capture", "--from", leads, archive=archive)
    assert outcome.code == 3
    assert "5,000 lines without a URL" in outcome.stderr
    assert "4,000 more lines without a URL for a capture." in outcome.stderr
    assert len(outcome.stderr.splitlines()) < 1010


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (
            b"Content-Length: 500\r\n\r\n<p>The words that were let through.</p>",
            "truncated",
        ),
        (b" \r\n<p>What others read.</p>\r\n\r\n<p>What we read.</p>", "malformed"),
        (b"X: y\r\n\r\n<p>The whole page.</p>", "complete"),
    ],
)
def test_a_warc_that_somebody_sends_is_not_called_whole_for_what_is_cut_in_it(
    archive, tmp_path, response, outcome
):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    info, _, request, _ = warcs.records()
    given = tmp_path / "given.warc.gz"
    given.write_bytes(
        warcs.packed([info, warcs.record("response", head + response), request])
    )
    words = ("deposit", given, "--source", "a stranger", "--json")
    deposited = json.loads(done(*words, archive=archive))
    assert deposited["outcome"] == outcome
    shown = done("show", deposited["snapshot"], archive=archive)
    assert (outcome == "complete") != ("as it was supplied" in shown)
    done("verify", archive=archive)


TWO_FACED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>News</title>
<style>.aside { display: none }</style><p>The minister denied it.</p>
<p class="aside">The minister confirmed it.</p>
<blockquote>Others say he fled.</blockquote>"""


@pytest.mark.parametrize(
    ("words", "appears", "said"),
    [
        ("The minister denied it.", None, ""),
        ("The minister confirmed it.", "hidden", "own markup hides these words"),
        ("Others say he fled.", "quotation", "may be somebody else's"),
    ],
)
def test_whoever_quotes_what_a_page_does_not_show_as_its_own_is_told(
    archive, tmp_path, words, appears, said
):
    given = tmp_path / "page.html"
    given.write_text(TWO_FACED)
    deposited = done("deposit", given, "--source", "x", "--json", archive=archive)
    snapshot = json.loads(deposited)["snapshot"]
    outcome = run("quote", snapshot, words, "--json", archive=archive)
    assert (outcome.code, json.loads(outcome.stdout).get("appears")) == (0, appears)
    assert (said in outcome.stderr) if said else not outcome.stderr
    new = ("claim", "new", "a-case/new", "--claim", "A sentence.")
    written = run(*new, "--snapshot", snapshot, "--quote", words, archive=archive)
    assert written.code == 0, written
    assert (said in written.stderr) if said else True
    next(archive.glob(f"snapshots/??/{snapshot}.warc.gz")).unlink()
    outcome = run("quote", snapshot, words, archive=archive)
    assert outcome.code == 0
    assert "How the words appear in the page is not known" in outcome.stderr


def test_a_file_whose_digests_were_taken_out_is_not_said_to_be_as_they_say(tmp_path):
    given = tmp_path / "given.warc.gz"
    info, response, *_ = warcs.records()
    bare = warcs.record("response", number=1, changes=[("WARC-Block-Digest", None)])
    for parts, said in (
        ([info, response], "2 records, each as its digest says"),
        ([info, bare], "2 records: 1 as their digests say, 1 with none"),
    ):
        given.write_bytes(warcs.packed(parts))
        assert said in done("verify", given)
    assert json.loads(done("verify", given, "--json"))["withoutDigest"] == 1


@pytest.mark.parametrize(
    "location",
    ["/caf\xe9", "/100%/%d0%b6?", "/%7ea/../b|", "?q=%zz%2f", "/[x]?[y]", "/a b#c"],
)
def test_a_redirect_in_an_odd_spelling_is_followed_and_verifies(archive, location):
    with Site({"/": redirect(location), **dict.fromkeys(SPELT, WORDS)}) as site:
        words = ("capture", site.url(), "--allow-address", site.address)
        assert run(*words, archive=archive).code == 0
    done("verify", archive=archive)


SPELT = (
    *("/caf%C3%A9", "/100%25/%D0%B6?", "/b%7C", "/?q=%25zz%2F", "/%5Bx%5D?%5By%5D"),
    *("/a%20b",),
)
