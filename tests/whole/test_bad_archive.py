"""Archives that are damaged, old, read-only, full, shared: told, not made worse."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.commandline import (
    contents,
    done,
    ended,
    forked,
    full_at,
    no_override,
    refused,
    run,
    shell,
    start,
)

READING = ["list", "show c-7k3m9q2p", "claim check", "publish", "log checkpoint"]
WRITING = [
    ["deposit", "PAGE", "--source", "a reader"],
    ["capture", "http://a.invalid/"],
    ["release", "-m", "a word"],
    ["log", "add"],
]


def writes(archive: Path):
    """Yield each command that writes, with the name of a file to deposit."""
    page = str(archive.parent / "page.html")
    for words in WRITING:
        yield [page if word == "PAGE" else word for word in words]


def errors_of(findings, archive):
    return [each for each in findings(archive) if each["severity"] == "error"]


# No archive, or not all of it


@pytest.mark.parametrize("verb", [*READING, "verify", "release -m x", "log add"])
def test_an_empty_folder_is_no_archive(tmp_path, verb):
    empty = tmp_path / "empty"
    empty.mkdir()
    outcome = run(*verb.split(), archive=empty)
    refused(outcome, 5, f"{empty} is no archive", "archive.toml", "sourcebook init")
    assert contents(empty) == {}


def test_where_no_folder_is_one_the_error_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(shell("list"), 5, "no archive here", str(tmp_path), "sourcebook init")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "required field `id`"),
        (b"id = \n", "line 1"),
        (b"id = 1\n", "Expected `str`, got `int`"),
        (b"\xff", "'utf-8'"),
    ],
)
def test_a_damaged_configuration_is_told_with_its_place(archive, data, said):
    (archive / "archive.toml").write_bytes(data)
    before = contents(archive)
    for words in (["list"], ["verify"], *writes(archive)):
        refused(run(*words, archive=archive), 5, "archive.toml", said, "restore it")
    assert contents(archive) == before


def test_limits_of_nothing_are_refused(archive):
    place = archive / "archive.toml"
    place.write_text(place.read_text().replace("timeout   = 60", "timeout   = 0"))
    refused(run("list", archive=archive), 5, "limits.timeout is 0, expected 1 to")


@pytest.mark.parametrize("damage", ["absent", "junk", "a file"])
def test_without_its_trust_folder_nothing_is_read_or_written(archive, damage):
    trust = archive / "trust"
    if damage == "junk":
        (trust / "1/policy").write_bytes(b"junk\n")
    else:
        shutil.rmtree(trust)
    if damage == "a file":
        trust.write_text("a file")
    before = contents(archive)
    for words in [verb.split() for verb in READING] + list(writes(archive)):
        refused(run(*words, archive=archive), 5, "trust/1", "restore trust/")
    assert contents(archive) == before
    assert run("verify", archive=archive).code == 1


@pytest.mark.parametrize("size", ["9223372036854775807", "9" * 40, "5", "3", "0"])
def test_a_forged_size_of_the_log_is_told_at_once(archive, size):
    place = archive / "logs/1/checkpoint"
    lines = place.read_text().split("\n")
    place.chmod(0o644)
    place.write_text("\n".join([lines[0], size, *lines[2:]]))
    before = contents(archive)
    outcome = run("verify", "--json", archive=archive)
    found = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert outcome.code == 1
    assert "logs/1/checkpoint" in {each.get("place") for each in found}
    refused(run("log", "checkpoint", archive=archive), 1, "logs/1/checkpoint")
    for words in writes(archive):
        refused(run(*words, archive=archive), 5, "logs/1/checkpoint", "hint")
    assert contents(archive) == before


@pytest.mark.parametrize(
    "pattern",
    [
        "snapshots/??/*.records.jsonl",
        "snapshots/??/*.text",
        "statements/??/*.sigstore.json",
        "statements/??/*.tlog-proof",
        "logs/1/tile/entries/*.p/*",
    ],
)
@pytest.mark.parametrize("data", [b"", b"\xff\n", b"{}\n"])
def test_a_damaged_file_is_named_by_whoever_reads_it(archive, pattern, data):
    names = []
    for place in archive.glob(pattern):
        names.append(place.relative_to(archive).as_posix())
        place.chmod(0o644)
        place.write_bytes(data)
    refusals = 0
    for verb in [*READING, "list statements", "log proof 0"]:
        outcome = run(*verb.split(), archive=archive)
        assert "Traceback" not in outcome.stderr, outcome
        if outcome.code:
            text = outcome.stderr + outcome.stdout
            assert outcome.code in (1, 3), outcome
            assert any(name in text for name in names), (verb, outcome)
            refusals += 1
    assert refusals


# Half written


def test_what_a_killed_writer_left_is_told_and_then_taken_up(archive, findings):
    begun = archive / "logs/.staging-0123"
    begun.mkdir()
    (begun / "file").write_bytes(b"half")
    ready = archive / "logs/.ready-4567/cases/a-case"
    ready.mkdir(parents=True)
    (ready / "note.txt").write_bytes(b"ready")
    assert {each["code"] for each in errors_of(findings, archive)} == {"unknown"}
    done("release", "-m", "a word", archive=archive)
    assert errors_of(findings, archive) == []
    assert (archive / "cases/a-case/note.txt").read_bytes() == b"ready"
    assert not begun.exists()


def test_a_lost_receipt_is_written_again_or_told(archive, findings):
    lost = next(archive.glob("statements/??/*.tlog-proof"))
    lost.unlink()
    found = [each for each in findings(archive) if lost.name in each["place"]]
    assert [(each["code"], bool(each["hint"])) for each in found] == [("pending", True)]


# Read-only


def read_only(archive: Path, *, mode: int) -> None:
    for folder in [archive, *(p for p in archive.rglob("*") if p.is_dir())]:
        folder.chmod(mode)


@pytest.fixture
def closed(archive):
    """Return an archive in whose folders nothing can be written."""
    read_only(archive, mode=0o555)
    yield archive
    read_only(archive, mode=0o755)


def test_a_read_only_archive_is_read_and_every_write_is_refused(closed):
    before = contents(closed)
    for verb in (["list"], ["verify"], ["claim", "check"]):
        outcome = forked(no_override, *verb, archive=closed)
        assert outcome.code == 0, outcome
    page = closed.parent / "page.html"
    claim = ["claim", "new", "a-case/other", "--claim", "x"]
    words = ["deposit", page, "--source", "x"], ["release", "-m", "x"], claim
    for each in words:
        outcome = forked(no_override, *each, archive=closed)
        refused(outcome, 5, str(closed), "Permission denied", "writable")
    assert contents(closed) == before


def test_a_folder_that_may_not_be_written_takes_no_archive(tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    words = ["init", shut / "new", "--no-passphrase"]
    refused(forked(no_override, *words), 5, str(shut), "Permission denied")
    assert contents(shut) == {}


# Another machine


@pytest.fixture
def elsewhere(archive, monkeypatch):
    """Return a copy of the archive on a machine that has none of its keys."""
    for kind in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(archive.parent / f"other-{kind}"))
    return archive


def test_without_its_keys_an_archive_is_verified_by_its_pin(elsewhere):
    outcome = run("verify", archive=elsewhere)
    assert outcome.code == 1
    assert outcome.stdout.endswith("consistent with itself; keys not pinned\n")
    assert run("verify", "--self-consistent", archive=elsewhere).code == 0
    assert run("verify", "--trust", elsewhere / "trust", archive=elsewhere).code == 0
    other = f"sha256:{'0' * 64}"
    outcome = run("verify", "--trust", other, archive=elsewhere)
    assert (outcome.code, "expected " + other in outcome.stdout) == (1, True)


def test_without_its_keys_an_archive_is_not_written(elsewhere):
    before = contents(elsewhere)
    for words in writes(elsewhere):
        refused(run(*words, archive=elsewhere), 5, "is not on this machine", "hint")
    assert contents(elsewhere) == before


def test_without_the_log_key_a_snapshot_waits_for_the_log(archive, findings):
    key = next((archive.parent / "config").rglob("keys/*/log"))
    away = key.rename(archive.parent / "log-key")
    words = ["deposit", archive.parent / "page.html", "--source", "a", "--json"]
    outcome = run(*words, archive=archive)
    assert (outcome.code, json.loads(outcome.stdout)["index"]) == (0, None)
    assert "log add" in outcome.stderr
    assert {each["code"] for each in errors_of(findings, archive)} == {"pending"}
    refused(run("log", "add", archive=archive), 5, "the log key", "hint")
    away.rename(key)
    done("log", "add", archive=archive)
    assert errors_of(findings, archive) == []


def test_without_the_lock_record_the_log_goes_on_only_when_told_where(
    archive, findings
):
    head = json.loads(done("log", "checkpoint", "--json", archive=archive))["head"]
    shutil.rmtree(archive.parent / "state")
    before = contents(archive)
    for words in writes(archive):
        refused(run(*words, archive=archive), 5, "no lock record", "log resume")
    other = "0" * 64
    refused(run("log", "resume", "--head", other, archive=archive), 1, head, other)
    assert contents(archive) == before
    done("log", "resume", "--head", head, archive=archive)
    again = run("log", "resume", "--head", head, archive=archive)
    refused(again, 5, "stands at size 4 already", "log add")
    done(*next(writes(archive)), archive=archive)
    assert errors_of(findings, archive) == []


@pytest.mark.parametrize("damage", ["bytes", "row"])
def test_a_damaged_lock_record_is_told(archive, damage):
    (place,) = (archive.parent / "state").rglob("*.sqlite")
    if damage == "bytes":
        place.write_bytes(b"no database" * 100)
    else:
        with sqlite3.connect(place) as database:
            database.execute("UPDATE head SET root = 'zz'")
        database.close()
    before = contents(archive)
    outcome = run(
        "deposit", archive.parent / "page.html", "--source", "a", archive=archive
    )
    refused(outcome, 5, str(place), "log resume")
    assert contents(archive) == before


# An older copy


def test_an_older_copy_is_not_written_and_the_newest_goes_on(archive, findings):
    older = archive.with_name("older")
    newest = archive.with_name("newest")
    shutil.copytree(archive, older, symlinks=True)
    done(*next(writes(archive)), archive=archive)
    archive.rename(newest)
    older.rename(archive)
    before = contents(archive)
    assert {each["code"] for each in errors_of(findings, archive)} == {"rolled-back"}
    for words in writes(archive):
        refused(run(*words, archive=archive), 5, "an older or another copy", "newest")
    assert contents(archive) == before
    shutil.rmtree(archive)
    newest.rename(archive)
    assert errors_of(findings, archive) == []
    done("release", "-m", "a word", archive=archive)
    assert errors_of(findings, archive) == []


# Two at once, and a full disk


def test_two_writers_at_once_both_succeed(archive, findings):
    size = json.loads(done("log", "checkpoint", "--json", archive=archive))["size"]
    words = [*next(writes(archive)), "--json"]
    both = [start(*words, archive=archive) for _ in range(2)]
    outcomes = [ended(process) for process in both]
    assert [each.code for each in outcomes] == [0, 0], outcomes
    indexes = {json.loads(each.stdout)["index"] for each in outcomes}
    assert indexes == {size, size + 1}
    assert errors_of(findings, archive) == []


@pytest.mark.parametrize("size", [0, 100, 800, 1400, 1600, 2000, 4096, 8192])
@pytest.mark.parametrize("verb", ["deposit", "deposit of a few bytes", "release"])
def test_a_full_disk_is_one_error_and_leaves_a_whole_archive(
    archive, findings, verb, size
):
    place = archive / "cases/a-case/claims/status.toml"
    place.write_text(place.read_text().replace("held", "had"))
    files = {rel: data for rel, data in contents(archive).items() if data}
    words = next(each for each in writes(archive) if each[0] == verb.split()[0])
    if verb not in words:  # so small that it is the archive's files that are too large
        words[1] = str(archive.parent / "small.wacz")
        Path(words[1]).write_bytes(b"small")
    outcome = forked(full_at(size), *words, archive=archive)
    refused(outcome, 5, "cannot be", "hint")
    after = contents(archive)
    moving = ("logs/1/checkpoint", "logs/1/tile/")
    for rel, data in files.items():
        assert rel.startswith(moving) or after[rel] == data, rel
    known = {"not-released", "changed", "pending"}
    assert {each["code"] for each in errors_of(findings, archive)} <= known
    again = run(*words, archive=archive)
    assert again.code == 0 or "in the archive already" in again.stderr, again
    assert "pending" not in {each["code"] for each in findings(archive)}
    done("release", "-m", "the rest", archive=archive)
    assert errors_of(findings, archive) == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (WRITING[0], "the snapshot "),
        (WRITING[1], "the attempt "),
        (WRITING[2], "release 3 "),
    ],
)
def test_what_is_stored_and_not_logged_is_said_to_be_kept(
    archive, findings, words, kept
):
    words = next(each for each in writes(archive) if each[0] == words[0])
    tiles = archive / "logs/1/tile/entries/000.p"
    tiles.chmod(0o555)
    outcome = forked(no_override, *words, archive=archive)
    tiles.chmod(0o755)
    refused(outcome, 5, kept, " is kept, and waits for the log: ", "cannot be written")
    assert "pending" in {each["code"] for each in findings(archive)}
    done("log", "add", archive=archive)
    assert "pending" not in {each["code"] for each in findings(archive)}


def test_a_full_disk_writes_no_half_of_a_claim(archive):
    before = contents(archive)
    words = ["claim", "new", "b-case/new", "--claim", "x" * 500]
    outcome = forked(full_at(200), *words, archive=archive)
    refused(outcome, 5, "File too large", "not full")
    assert contents(archive) == before
