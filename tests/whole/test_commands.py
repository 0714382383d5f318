"""Every verb once, as it goes well: results on stdout, the rest on stderr, exit 0."""

import json
import re
import shlex
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from archiver.version import VERSION
from sourcebook import cli
from tests.commandline import contents, done, ended, refused, run, shell, start
from tests.pdfs import one_page
from tests.site import Site, Stall, page

SENTENCE = "Semyon Bazhukov held asylum-seeker status."
QUOTED = "avait le statut de demandeur d'asile"
READING = [
    "list",
    "list snapshots attempts claims sources leads statements",
    "show c-7k3m9q2p",
    "show person/semyon-bazhukov",
    "claim check",
    "claim show a-case/status",
    "cite c-7k3m9q2p",
    "log checkpoint",
    "log proof 2",
    "verify",
]
NO_JSON = {"cite c-7k3m9q2p"}  # it has a style that is JSON


def verbs(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple]:
    """Yield the words of every command, and the command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, (*before, name))
        else:
            yield (*before, name), command


VERBS = dict(verbs(cli))


def objects(printed: str) -> list[dict]:
    """Return what was printed as one JSON object a line."""
    found = [json.loads(line) for line in printed.splitlines()]
    assert all(isinstance(each, dict) for each in found)
    return found


def snapshot_of(archive: Path) -> dict:
    (snapshot,) = objects(done("list", "snapshots", "--json", archive=archive))
    return snapshot


def test_the_verbs_are_those_of_the_design():
    assert {" ".join(words) for words in VERBS} == {
        *("init", "capture", "deposit", "list", "show", "quote", "cite", "release"),
        *("claim new", "claim check", "claim show", "verify", "recheck", "publish"),
        *("log checkpoint", "log proof", "log consistency", "log add", "log resume"),
        *("serve", "demo"),
    }


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_verb_is_documented_with_an_example(words):
    told = done(*words, "--help")
    assert f"sourcebook {' '.join(words)}" in told
    assert "Example" in told
    for parameter in VERBS[words].params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.opts[0] in told


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_example_is_right_when_it_is_pasted(words, archive, monkeypatch):
    """Each is read by its command: files that it names are there, nothing is done."""
    monkeypatch.chdir(archive.parent)
    for name in ("leads.csv", "letter.pdf", "page.txt"):
        Path(name).touch()
    told = done(*words, "--help", terminal_width=80)
    examples = re.findall(r"^  Example: (.*(?:(?<=\\)\n.*)*)", told, re.MULTILINE)
    assert examples
    for example in examples:
        program, *given = shlex.split(example.replace("\\\n", ""))
        assert (program, given[: len(words)]) == ("sourcebook", list(words))
        VERBS[words].make_context(words[-1], given[len(words) :])


def test_the_commands_are_told_in_the_order_of_the_work_and_in_whole_sentences():
    told = done("--help", terminal_width=80)
    listed = told[told.index("Commands:") :].splitlines()[1:]
    names = [line.split()[0] for line in listed]
    assert names[:6] == ["init", "capture", "deposit", "list", "show", "quote"]
    assert [line for line in listed if not line.endswith((".", "?"))] == []
    for group in ("claim", "log"):
        told = done(group, "--help", terminal_width=80)
        listed = told[told.index("Commands:") :].splitlines()[1:]
        assert [line for line in listed if line.endswith("...")] == []


def test_the_front_door_says_its_version_and_its_exit_codes():
    assert done("--version") == f"sourcebook, version {VERSION}\n"
    told = shell("--help")
    assert (told.code, told.stderr) == (0, "")
    for code in ("0 it holds", "1 a check failed", "2 usage", "3 malformed", "5 the"):
        assert code in " ".join(told.stdout.split())


@pytest.mark.parametrize("verb", READING)
def test_reading_prints_its_results_on_stdout_and_changes_nothing(archive, verb):
    before = contents(archive)
    outcome = run(*verb.split(), archive=archive)
    assert (outcome.code, outcome.errors) == (0, [])
    assert outcome.stdout or verb == "claim check"
    if verb not in NO_JSON:
        told = run(*verb.split(), "--json", archive=archive)
        assert (told.code, told.errors) == (0, [])
        assert bool(objects(told.stdout)) == bool(outcome.stdout)
    assert contents(archive) == before


def test_what_is_listed_is_shown_by_the_id_that_was_listed(archive):
    for kind, key in (
        ("snapshots", "snapshot"),
        ("claims", "claim"),
        ("sources", "source"),
        ("statements", "statement"),
    ):
        for thing in objects(done("list", kind, "--json", archive=archive)):
            assert json.loads(done("show", thing[key], "--json", archive=archive))
            assert thing[key] in done("list", kind, archive=archive)


def test_a_snapshot_is_shown_by_the_first_eight_digits_of_its_hash(archive):
    whole = snapshot_of(archive)
    short = done("show", whole["snapshot"][:8], "--json", archive=archive)
    shown = json.loads(short)
    assert {key: shown[key] for key in whole} == whole
    assert (shown["access"], "access" in whole) == ("quotes", False)
    assert (archive / whole["path"]).is_file()


def test_an_empty_archive_holds_nothing_and_says_so(tmp_path):
    done("init", tmp_path / "new", "--no-passphrase")
    for kind in ("snapshots", "attempts", "claims", "sources", "leads"):
        outcome = run("list", kind, archive=tmp_path / "new")
        assert (outcome.code, outcome.stdout) == (0, "")
        assert outcome.stderr.endswith(f"no {kind} yet\n")
    assert (
        len(objects(done("list", "statements", "--json", archive=tmp_path / "new")))
        == 2
    )
    outcome = run("claim", "check", archive=tmp_path / "new")
    assert (outcome.code, outcome.stdout) == (0, "")
    assert "0 claims looked at" in outcome.stderr


def test_a_claim_is_shown_by_its_id_and_by_its_place(archive):
    by_place = done("show", "a-case/status", archive=archive)
    assert by_place == done("show", "c-7k3m9q2p", archive=archive)
    assert by_place == done("claim", "show", "a-case/status", archive=archive)
    refused(run("show", "a-case/none", archive=archive), 1, "no claim", "hint")


def test_init_says_the_pin_and_that_there_is_no_passphrase(tmp_path):
    outcome = run("init", tmp_path / "new", "--no-passphrase", "--json")
    (made,) = objects(outcome.stdout)
    assert made["id"] == "new"
    assert "without a passphrase" in outcome.stderr
    told = run("verify", "--trust", made["pin"], archive=Path(made["archive"]))
    assert told.code == 0
    outcome = run("init", tmp_path / "o t'her", "--no-passphrase")
    assert [line.split()[0] for line in outcome.stdout.splitlines()] == [
        *("archive", "origin", "pin")
    ]
    assert "sourcebook capture" in outcome.stderr
    _, to = shlex.split(outcome.stderr.splitlines()[-1].partition("Next: ")[2])[:2]
    assert to == str(tmp_path / "o t'her")  # as a shell takes it


@pytest.mark.parametrize("as_json", [True, False])
def test_capture_prints_one_line_a_snapshot(archive, as_json):
    pages = {path: page(path.encode(), "Content-Type: text/plain") for path in "ab"}
    with Site({f"/{path}": steps for path, steps in pages.items()}) as site:
        urls = [site.url("/a"), site.url("/b")]
        words = ["capture", *urls, "--allow-address", site.address]
        outcome = run(*words, *(["--json"] if as_json else []), archive=archive)
    assert (outcome.code, outcome.errors) == (0, [])
    lines = outcome.stdout.splitlines()
    assert len(lines) == 2
    for line, url in zip(lines, urls, strict=True):
        if as_json:
            taken = json.loads(line)
            assert (taken["custody"], taken["outcome"]) == ("observed", "complete")
            assert taken["of"] == url
        else:
            assert line.endswith(f"observed, complete  {url}")


def test_a_capture_that_is_stopped_says_so_and_not_that_a_check_failed(archive):
    before = contents(archive)
    with Site({"/": [Stall()]}) as site:
        words = ("capture", site.url("/"), "--allow-address", site.address)
        process = start(*words, archive=archive)
        while not site.count("/"):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        outcome = ended(process)
    assert (outcome.code, outcome.stdout) == (130, "")
    assert outcome.stderr.splitlines()[-1].startswith("sourcebook: stopped")
    assert "Traceback" not in outcome.stderr
    assert contents(archive) == before


def test_what_was_captured_counts_as_observed_once_it_is_in_the_log(archive):
    key = next((archive.parent / "config").rglob("keys/*/log"))
    away = key.rename(archive.parent / "log-key")
    with Site({"/": page(b"words", "Content-Type: text/plain")}) as site:
        words = ["capture", site.url("/"), "--allow-address", site.address, "--json"]
        (taken,) = objects(done(*words, archive=archive))
    shown = json.loads(done("show", taken["snapshot"], "--json", archive=archive))
    assert (shown["custody"], shown["index"]) == ("supplied", None)
    away.rename(key)
    (added,) = objects(done("log", "add", "--json", archive=archive))
    assert added["statement"] == taken["statement"]
    shown = json.loads(done("show", taken["snapshot"], "--json", archive=archive))
    assert (shown["custody"], shown["index"]) == ("observed", added["index"])


def test_deposit_prints_what_it_took_of_each_file(archive):
    files = [archive.parent / "page.html", archive.parent / "letter.txt"]
    files[1].write_text("a letter")
    words = ["deposit", *files, "--source", "a reader", "--url", "https://a.example/"]
    found = objects(done(*words, "--json", archive=archive))
    assert [each["of"] for each in found] == [str(file) for file in files]
    assert [each["index"] for each in found] == [4, 5]
    shown = json.loads(done("show", found[1]["snapshot"], "--json", archive=archive))
    assert (shown["claimedUrl"], shown["suppliedBy"]) == (
        "https://a.example/",
        "a reader",
    )
    assert done(*words, archive=archive).count("supplied, complete") == 2


def test_whatever_nothing_can_be_quoted_in_is_said_to_be_that(archive):
    scan = archive.parent / "scan.pdf"
    scan.write_bytes(one_page(b""))
    outcome = run("deposit", scan, "--source", "a reader", "--json", archive=archive)
    assert json.loads(outcome.stdout)["text"] is None
    assert outcome.stderr == (
        f"{scan}: no text was found in it. No quote can be anchored in it.\n"
    )
    page = archive.parent / "page.html"
    outcome = run("deposit", page, "--source", "a reader", "--json", archive=archive)
    assert json.loads(outcome.stdout)["text"] == "html@1"
    assert outcome.stderr == ""


def test_quote_prints_a_block_for_the_claim_file_or_an_object(archive):
    snapshot = snapshot_of(archive)["snapshot"]
    (found,) = objects(done("quote", snapshot[:8], QUOTED, "--json", archive=archive))
    assert (found["status"], found["zone"]) == ("exact", "body")
    text = (archive / f"snapshots/{snapshot[:2]}/{snapshot}.text").read_text()
    assert text[found["start"] : found["end"]] == QUOTED
    block = done("quote", snapshot[:8], QUOTED, archive=archive)
    assert block.startswith("[[evidence]]\n")
    assert f'"{QUOTED}"' in block


def test_claim_new_writes_a_claim_that_holds_and_can_be_released(archive):
    snapshot = snapshot_of(archive)["snapshot"]
    quoted = ["--snapshot", snapshot, "--quote", QUOTED, "--lang", "fr"]
    words = ["claim", "new", "a-case/new", "--claim", SENTENCE, *quoted]
    about = ["--about", "person/semyon-bazhukov"]
    outcome = run(*words, *about, "--json", archive=archive)
    (made,) = objects(outcome.stdout)
    assert (outcome.code, outcome.errors) == (0, [])
    assert made["files"] == ["cases/a-case/claims/new.toml"]
    assert run("claim", "check", "a-case/new", archive=archive).code == 0
    shown = json.loads(done("claim", "show", made["claim"], "--json", archive=archive))
    assert (shown["sentence"], shown["ceiling"]) == (SENTENCE, "reported")
    assert SENTENCE in done("claim", "show", made["claim"], archive=archive)
    (released,) = objects(done("release", "-m", "new", "--json", archive=archive))
    assert released["release"] == 3
    assert released["revisions"] == [f"cases/a-case/revisions/{made['claim']}/1.toml"]
    assert run("verify", made["claim"], archive=archive).code == 0


def test_release_prints_its_number(archive):
    assert done("release", "-m", "again", archive=archive).startswith("release 3  ")


def test_cite_prints_a_reference_in_each_style(archive):
    snapshot = snapshot_of(archive)["snapshot"]
    for wanted in ("c-7k3m9q2p", snapshot):
        (line,) = done("cite", wanted, archive=archive).splitlines()
        csl = json.loads(done("cite", wanted, "--style", "csl", archive=archive))
        assert csl["id"]
        assert line
    assert SENTENCE.rstrip(".") in done("cite", "c-7k3m9q2p", archive=archive)


def test_verify_says_on_its_last_line_that_all_of_it_holds(archive):
    outcome = shell("verify", archive=archive)
    assert (outcome.code, outcome.stderr) == (0, "")
    assert "all of it holds" in outcome.stdout.splitlines()[-1]
    found = objects(done("verify", "--json", archive=archive))
    assert found[-1]["checked"]["claims"] == 1


def test_verify_of_a_file_needs_no_archive(archive, monkeypatch):
    monkeypatch.chdir(archive.parent)
    file = snapshot_of(archive)["path"]
    (found,) = objects(done("verify", archive / file, "--json"))
    assert (found["records"], found["sha256"] in file) == (3, True)
    assert "3 records" in done("verify", archive / file)


def test_the_log_prints_its_head_a_receipt_and_what_it_added(archive):
    (head,) = objects(done("log", "checkpoint", "--json", archive=archive))
    note = done("log", "checkpoint", archive=archive)
    assert note == f"{head['note']}head {head['head']}\n"
    (proof,) = objects(done("log", "proof", "2", "--json", archive=archive))
    assert done("log", "proof", proof["statement"], archive=archive) == proof["receipt"]
    outcome = run("log", "add", archive=archive)
    assert (outcome.code, outcome.stdout) == (0, "")
    assert outcome.stderr == "no statement waits for the log\n"
    (state,) = (archive.parent / "state").rglob("*.sqlite")
    state.unlink()
    told = done("log", "resume", "--head", head["head"], archive=archive)
    assert told == f"the log goes on here from size {head['size']}\n"


def test_publish_prints_where_the_database_lies_and_its_hash(archive):
    target = archive.parent / "site" / "sourcebook.db"
    (made,) = objects(done("publish", "-o", target, "--json", archive=archive))
    assert (made["database"], made["release"]) == (str(target), 2)
    first = target.read_bytes()
    assert made["sha256"] in done("publish", "-o", target, archive=archive)
    assert target.read_bytes() == first
    assert "sourcebook.db  release 2" in done("publish", archive=archive)


def test_what_was_captured_since_the_release_is_said_not_to_be_published(archive):
    target = archive.parent / "sourcebook.db"
    words = ("publish", "-o", target, "--json")
    assert run(*words, archive=archive).stderr == ""
    page = archive.parent / "page.html"
    done("deposit", page, "--source", "a reader", archive=archive)
    said = "Not published: 1 statement logged after release 2, "
    assert run(*words, archive=archive).stderr.startswith(said)
    done("release", "-m", "a deposit", archive=archive)
    assert run(*words, archive=archive).stderr == ""


@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_a_site_is_served_at_the_address_that_is_printed(archive, verb):
    process = start(verb, "--port", "0", archive=archive)
    line = process.stdout.readline()
    assert line.startswith("serving at http://127.0.0.1:"), line
    with urllib.request.urlopen(line.split()[2]) as answer:  # noqa: S310 - loopback
        assert answer.status == 200
    process.send_signal(signal.SIGINT)
    outcome = ended(process)
    assert outcome.code == 0, outcome
    assert "Traceback" not in outcome.stderr


def test_whoever_names_the_archive_behind_the_command_is_told_where(archive):
    outcome = run("list", "--archive", archive)
    refused(outcome, 2, "No such option", "It stands before the command")
    refused(run("list", "--archiv", archive), 2, "No such option")
    assert "stands before" not in run("list", "--archiv", archive).stderr


def test_the_archive_is_named_by_an_option_a_variable_or_the_place(
    archive, monkeypatch
):
    named = done("list", archive=archive)
    monkeypatch.setenv("SOURCEBOOK_ARCHIVE", str(archive))
    assert done("list") == named
    monkeypatch.delenv("SOURCEBOOK_ARCHIVE")
    monkeypatch.chdir(archive / "cases" / "a-case")
    assert done("list") == named
