"""The commands for second custody, against a stub of a web archive on loopback."""

import json
import os
import signal

import pytest

from archiver import capture_commands
from archiver.elsewhere import second_custody
from tests.commandline import done, forked, refused, run
from tests.site import Site, page
from tests.webarchive import JOB, STAMP, Answer, WebArchive, saved
from tests.webarchive import refused as refusal

PAGE = "https://example.org/news/article"
HTML = b"<!doctype html><title>News</title><p>He had asylum-seeker status.</p>"


@pytest.fixture
def web():
    with WebArchive() as archive:
        yield archive


@pytest.fixture
def site():
    with Site({"/a": page(HTML, "Content-Type: text/html")}) as server:
        yield server


@pytest.fixture
def desk(archive, web):
    """Name the stub in the archive's configuration, and release that."""
    config = archive / "archive.toml"
    named = config.read_text(encoding="utf-8").replace(
        "https://web.archive.org", web.url
    )
    config.write_text(named, encoding="utf-8")
    done("release", "-m", "a web archive", archive=archive)
    return archive


def deposit(archive, web, url, *words):
    allowed = ("--allow-address", web.address)
    return run("deposit", "--memento", url, *allowed, *words, archive=archive)


def capture(archive, web, site, *words):
    allowed = ("--allow-address", site.address, "--allow-address", web.address)
    also = ("--also", "wayback", "--also-timeout", "20")
    return run("capture", site.url("/a"), *allowed, *also, *words, archive=archive)


def test_a_memento_is_deposited_and_said_to_be_somebody_elses_word(archive, web):
    outcome = deposit(archive, web, web.put(PAGE, HTML))
    assert outcome.code == 0, outcome
    raw = f"{web.url}/web/{STAMP}id_/{PAGE}"
    assert outcome.stdout.splitlines()[0].endswith(f"supplied, complete  {raw}")
    assert f"a memento by 127.0.0.1 of {PAGE}, dated 2026-02-03" in outcome.stderr
    assert "that is its word, not ours" in outcome.stderr
    assert "no web archive that this version knows" in outcome.stderr
    done("verify", archive=archive)
    snapshot = outcome.stdout[:64]
    quoted = done("quote", snapshot, "He had asylum-seeker status.", archive=archive)
    assert snapshot[:8] in quoted
    done("show", snapshot, archive=archive)


def test_a_memento_is_one_object_with_json(archive, web):
    outcome = deposit(archive, web, web.put(PAGE, HTML), "--json")
    (found,) = map(json.loads, outcome.stdout.splitlines())
    assert found["custody"] == "supplied"
    assert found["of"] == f"{web.url}/web/{STAMP}id_/{PAGE}"


def test_files_and_mementos_are_deposited_in_one_go(archive, web, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("a letter", encoding="utf-8")
    words = (letter, "--source", "a reader")
    outcome = deposit(archive, web, web.put(PAGE, HTML), *words)
    assert outcome.code == 0, outcome
    assert len(outcome.stdout.splitlines()) == 2


def test_a_page_that_is_no_memento_is_to_be_captured(archive, web):
    web.pages["/a"] = Answer(200, {"Content-Type": "text/html"}, HTML)
    refused(
        deposit(archive, web, f"{web.url}/a"),
        3,
        "answered without Memento-Datetime",
        f"hint: if you want this page itself, run 'sourcebook capture {web.url}/a'",
    )


def test_a_memento_that_is_not_there_leaves_a_signed_attempt(archive, web):
    url = f"{web.url}/web/{STAMP}/{PAGE}"
    outcome = deposit(archive, web, url)
    refused(outcome, 4, "answered 404, expected a memento")
    assert outcome.stdout.rstrip().endswith(f"attempt, no memento  {url}")
    done("verify", archive=archive)


def test_a_cut_memento_is_kept_and_exits_4_unless_that_is_allowed(archive, web):
    address = web.put(PAGE, HTML, length=len(HTML) + 1)
    outcome = deposit(archive, web, address)
    assert outcome.code == 4
    assert "the memento is truncated" in outcome.stderr
    assert deposit(archive, web, address, "--allow-partial").code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name a FILE"),
        (("--source", "a reader"), "name a FILE"),
        (("--memento", "nonsense"), "nonsense"),
        (("--memento", "ftp://a.example/"), "expected http or https"),
        (("--memento", "http://a.example/", "--source", "me"), "--source is of a FILE"),
        (("--memento", "http://a.example/", "--url", "x"), "--url is of a FILE"),
        (
            ("--memento", "http://a.example/", "--media-type", "text/html"),
            "--media-type is of a FILE",
        ),
        (("FILE",), "with --source"),
        (("FILE", "--source", " "), "--source is empty"),
        (("FILE", "--source", "me", "--retries", "1"), "--retries is of a --memento"),
        (
            ("FILE", "--source", "me", "--allow-address", "127.0.0.1:1"),
            "--allow-address is of a --memento",
        ),
        (
            ("--memento", "http://a.example/", "--allow-address", "a"),
            "no address and port",
        ),
    ],
)
def test_an_option_that_is_of_something_else_is_refused(archive, tmp_path, words, told):
    letter = tmp_path / "letter.txt"
    letter.write_text("a letter", encoding="utf-8")
    given = [str(letter) if word == "FILE" else word for word in words]
    refused(run("deposit", *given, archive=archive), 2, told)


def test_a_page_at_an_inner_address_is_captured_and_told_to_nobody(desk, web, site):
    outcome = capture(desk, web, site)
    assert outcome.code == 4
    assert "observed, complete" in outcome.stdout
    assert "is not submitted to" in outcome.stderr
    assert web.asked == []
    done("verify", archive=desk)


@pytest.fixture
def public(monkeypatch):
    """Let a page on loopback pass for a public one, which no test can reach."""
    monkeypatch.setattr(second_custody, "why_not_public", lambda *_: "")


@pytest.mark.usefixtures("public")
def test_a_page_is_captured_saved_elsewhere_and_its_memento_deposited(desk, web, site):
    web.put(site.url("/a"), HTML)
    web.states = [saved(site.url("/a"))]
    outcome = capture(desk, web, site, "--json")
    assert outcome.code == 0, outcome
    observed, supplied = map(json.loads, outcome.stdout.splitlines())
    assert (observed["custody"], supplied["custody"]) == ("observed", "supplied")
    assert observed["index"] < supplied["index"]
    assert "its body is the same as the capture's, byte for byte" in outcome.stderr
    shown = done("show", supplied["snapshot"], "--json", archive=desk)
    assert f'"claimedUrl": "{site.url("/a")}"' in shown
    done("verify", archive=desk)


@pytest.mark.usefixtures("public")
def test_a_page_that_is_not_saved_elsewhere_is_captured_all_the_same(desk, web, site):
    web.saves = [refusal("error:blocked-url", "This URL is on a list.")]
    outcome = capture(desk, web, site)
    assert outcome.code == 4
    taken, attempt = outcome.stdout.splitlines()
    assert "observed, complete" in taken
    assert attempt.endswith(f"attempt, no memento  {web.url}/save/{site.url('/a')}")
    assert "error:blocked-url: This URL is on a list." in outcome.stderr
    assert JOB not in outcome.stderr
    done("verify", archive=desk)


def kill_at_the_second_save():
    """Let pages pass for public ones, and be killed when the second is to be saved."""
    save, calls = capture_commands.second_custody, []

    def count(*given):
        calls.append(given)
        if len(calls) > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return save(*given)

    second_custody.why_not_public = lambda *_: ""
    capture_commands.second_custody = count


@pytest.mark.usefixtures("public")
def test_after_a_kill_the_same_command_has_saved_elsewhere_what_is_missing(
    desk, web, tmp_path
):
    shown = page(HTML, "Content-Type: text/html")
    with Site({"/a": shown, "/b": shown}) as site:
        urls = [site.url("/a"), site.url("/b")]
        listed = tmp_path / "urls.txt"
        listed.write_text("\n".join(urls), encoding="utf-8")
        for url in urls:
            web.put(url, HTML)
        web.states = [saved(url) for url in urls]
        allowed = ("--allow-address", site.address, "--allow-address", web.address)
        words = ("--from", listed, "--delay", "0", "--robots", "ignore", *allowed)
        words = ("capture", *words, "--also", "wayback", "--also-timeout", "20")
        killed = forked(kill_at_the_second_save, *words, archive=desk)
        assert killed.code == -signal.SIGKILL
        outcome = run(*words, archive=desk)
        assert outcome.code == 0, outcome
        assert [site.count("/a"), site.count("/b")] == [1, 1]
    saves = [each for each in web.asked if each.method == "POST"]
    assert len(saves) == 2
    assert "2 captured since, 0 left to ask for" in outcome.stderr
    (line,) = outcome.stdout.splitlines()
    assert line.endswith(f"supplied, complete  {web.url}/web/{STAMP}id_/{urls[1]}")
    again = run(*words, archive=desk)
    assert "goes on" not in again.stderr, "the run had come to its end"
    done("verify", archive=desk)
