"""Heads that an outsider holds: `log consistency`, and the newest that `verify` saw."""

import json
import os
import shutil
from pathlib import Path

import pytest

from archiver.merkle import check_consistency
from tests.commandline import done, forked, no_override, refused, run

CHECKPOINT = "logs/1/checkpoint"


@pytest.fixture
def elsewhere(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have an outsider's machine: the pin is remembered there, and nothing signed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "outsider"))
    return archive


def second_copy(archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy an archive, with what its machine knows, and go on in the copy."""
    home = archive.parent
    copy = home.with_name("second")
    shutil.copytree(home, copy, symlinks=True)
    with monkeypatch.context() as there:
        there.setenv("XDG_STATE_HOME", str(copy / "state"))
        done("release", "-m", "something else", archive=copy / "archive")
    return copy / "archive"


def grown(archive: Path) -> None:
    """Go on in an archive, on the machine that writes it."""
    outsider = os.environ["XDG_STATE_HOME"]
    os.environ["XDG_STATE_HOME"] = str(archive.parent / "state")
    try:
        done("release", "-m", "more", archive=archive)
    finally:
        os.environ["XDG_STATE_HOME"] = outsider


def codes(archive: Path, *words: str) -> list[str]:
    """Verify; return the code of each finding."""
    outcome = run("verify", "--json", *words, archive=archive)
    lines = [json.loads(line) for line in outcome.stdout.splitlines()[:-1]]
    assert outcome.code == int(any(line["severity"] == "error" for line in lines))
    return [line["code"] for line in lines]


def lead_elsewhere(archive: Path) -> None:
    """Change the entries of a log, and take away what they could be made from again."""
    for place in archive.glob("logs/1/tile/entries/*/*"):
        place.chmod(0o644)
        place.write_bytes(place.read_bytes().replace(b"type release", b"type RELEASE"))
    for place in archive.glob("statements/*/*"):
        place.unlink()


def seen() -> Path:
    (place,) = (Path(os.environ["XDG_STATE_HOME"]) / "sourcebook/heads").glob("[!.]*")
    return place


def test_the_newest_head_is_kept_as_it_was_signed(elsewhere):
    assert codes(elsewhere) == []
    assert seen().read_bytes() == (elsewhere / CHECKPOINT).read_bytes()
    grown(elsewhere)
    assert codes(elsewhere, "--quick") == []
    assert seen().read_bytes() == (elsewhere / CHECKPOINT).read_bytes()


def test_a_log_that_was_rolled_back_is_found_by_whoever_saw_more_of_it(
    elsewhere, monkeypatch
):
    older = second_copy(elsewhere, monkeypatch)
    assert codes(older) == []
    kept = seen().read_bytes()
    assert codes(elsewhere) == ["rolled-back"]
    assert codes(elsewhere) == ["rolled-back"]  # and is not forgotten
    assert seen().read_bytes() == kept
    assert codes(older) == []


@pytest.mark.parametrize("more", [0, 2])
def test_a_fork_is_found_by_whoever_saw_the_other_branch(elsewhere, monkeypatch, more):
    other = second_copy(elsewhere, monkeypatch)
    for _ in range(1 + more):
        grown(elsewhere)
    assert codes(other) == []
    outcome = run("verify", archive=elsewhere)
    assert outcome.code == 1
    assert "forked  logs/1/checkpoint" in outcome.stdout
    assert str(seen()) in outcome.stdout
    assert "all of it holds" not in outcome.stdout
    assert seen().read_bytes() == (other / CHECKPOINT).read_bytes()
    told = run("log", "consistency", seen(), archive=elsewhere)
    refused(told, 1, "the log is a fork")


def test_a_fork_concerns_whoever_asks_for_one_snapshot(elsewhere, monkeypatch):
    other = second_copy(elsewhere, monkeypatch)
    grown(elsewhere)
    assert codes(other) == []
    (place,) = elsewhere.glob("snapshots/*/*.warc.gz")
    assert codes(elsewhere, place.name[:12]) == ["forked"]


def test_the_machine_that_signs_says_once_that_its_log_was_rolled_back(
    archive,
):
    shutil.copytree(archive, archive.with_name("backup"))
    done("release", "-m", "more", archive=archive)
    assert codes(archive) == []
    assert codes(archive.with_name("backup")) == ["rolled-back"]


def test_damaged_entries_do_not_hide_that_the_log_is_shorter(elsewhere, monkeypatch):
    newer = second_copy(elsewhere, monkeypatch)
    assert codes(newer) == []
    for place in elsewhere.glob("statements/*/*.sigstore.json"):
        place.unlink()
    found = codes(elsewhere)
    assert {"missing", "rolled-back"} <= {*found}
    assert codes(newer) == []


def test_entries_that_lead_elsewhere_do_not_hide_that_the_log_is_shorter(
    elsewhere, monkeypatch
):
    newer = second_copy(elsewhere, monkeypatch)
    assert codes(newer) == []
    lead_elsewhere(elsewhere)
    assert {"log-root", "rolled-back"} <= {*codes(elsewhere)}


def test_a_head_is_not_kept_of_a_log_that_does_not_hold(elsewhere):
    lead_elsewhere(elsewhere)
    assert "log-root" in codes(elsewhere)
    assert not [*Path(os.environ["XDG_STATE_HOME"]).rglob("heads/*")]


def test_an_archive_of_other_keys_is_another_one(elsewhere, tmp_path):
    """Whoever replaces everything cannot put his head in the place of the true one."""
    done("verify", archive=elsewhere)
    kept = seen()
    origin = json.loads(done("log", "checkpoint", "--json", archive=elsewhere))["note"]
    false = tmp_path / "false"
    done("init", false, "--no-passphrase", "--id", origin.split("/")[1])
    done("verify", "--self-consistent", archive=false)
    heads = [*kept.parent.glob("[!.]*")]
    assert len(heads) == 2
    assert kept.read_bytes() == (elsewhere / CHECKPOINT).read_bytes()


@pytest.mark.parametrize("data", [b"", b"nothing\n", b"a\n1\n" + b"A" * 43 + b"=\n"])
def test_a_damaged_memory_is_told_and_fails_nothing(elsewhere, data):
    done("verify", archive=elsewhere)
    kept = seen()
    kept.write_bytes(data)
    assert codes(elsewhere) == ["seen-head"]
    kept.unlink()
    assert codes(elsewhere) == []


def test_where_nothing_can_be_kept_it_is_told_and_the_rest_is_verified(elsewhere):
    state = Path(os.environ["XDG_STATE_HOME"])
    state.mkdir()
    state.chmod(0o500)
    outcome = forked(no_override, "verify", archive=elsewhere)
    assert outcome.code == 0, outcome
    assert "seen-head" in outcome.stdout
    assert "all of it holds; 1 warning; " in outcome.stdout


def test_a_proof_from_a_kept_checkpoint_is_printed_and_holds(archive, tmp_path):
    kept = tmp_path / "kept"
    shutil.copyfile(archive / CHECKPOINT, kept)
    done("release", "-m", "more", archive=archive)
    outcome = run("log", "consistency", kept, archive=archive)
    assert outcome.code == 0
    first, *_ = outcome.stdout.splitlines()
    assert first == f"old {kept.read_text().splitlines()[1]}"
    assert outcome.stdout.endswith("\n\n" + (archive / CHECKPOINT).read_text())
    assert "goes on from it" in outcome.stderr
    told = json.loads(done("log", "consistency", kept, "--json", archive=archive))
    old, new = told["old"], told["new"]
    check_consistency(
        [bytes.fromhex(each) for each in told["proof"]],
        old=old["size"],
        new=new["size"],
        old_root=bytes.fromhex(old["root"]),
        new_root=bytes.fromhex(new["root"]),
    )
    words = f"{old['size']}:{old['root']}"
    said = json.loads(done("log", "consistency", words, "--json", archive=archive))
    assert said == told


def test_a_receipt_holds_a_head_too(archive):
    for receipt in archive.glob("statements/*/*.tlog-proof"):
        done("log", "consistency", receipt, archive=archive)


def test_a_proof_can_end_at_an_older_head_of_the_log(archive, tmp_path):
    kept = [tmp_path / "first", tmp_path / "second"]
    for place in kept:
        shutil.copyfile(archive / CHECKPOINT, place)
        done("release", "-m", "more", archive=archive)
    printed = done("log", "consistency", *kept, archive=archive)
    assert printed.endswith(kept[1].read_text())
    root = json.loads(done("log", "checkpoint", "--json", archive=archive))
    words = f"{root['size']}:{root['root']}"
    printed = done("log", "consistency", kept[0], words, archive=archive)
    assert printed.endswith("=\n")  # of mere words there is no signature
    outcome = run("log", "consistency", *reversed(kept), archive=archive)
    refused(outcome, 1, "expected the older one first", "exchange the two")


def test_a_log_that_lost_entries_names_both_heads(archive):
    shutil.copytree(archive, archive.with_name("backup"))
    done("release", "-m", "more", archive=archive)
    outcome = run(
        "log", "consistency", archive / CHECKPOINT, archive=archive.with_name("backup")
    )
    size, root = (archive / CHECKPOINT).read_text().splitlines()[1:3]
    refused(outcome, 1, f"{size}:{root}", "it lacks 1 entries")


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("nowhere", 2, "neither a file with a checkpoint nor SIZE:ROOT"),
        ("3", 2, "neither a file with a checkpoint nor SIZE:ROOT"),
        ("3:abc=", 2, "2 bytes long"),
        ("3:" + "a" * 64, 1, "the log is a fork"),
        ("999:" + "a" * 64, 1, "it lacks"),
    ],
)
def test_a_head_that_is_none_of_this_log_is_refused(archive, given, code, said):
    refused(run("log", "consistency", given, archive=archive), code, said)


def test_a_file_that_holds_no_checkpoint_of_this_log_is_refused(archive, tmp_path):
    place = tmp_path / "kept"
    place.write_bytes(b"words\n")
    outcome = run("log", "consistency", place, archive=archive)
    refused(outcome, 3, str(place), "give SIZE:ROOT")
    done("init", tmp_path / "other", "--no-passphrase")
    other = tmp_path / "other" / CHECKPOINT
    refused(run("log", "consistency", other, archive=archive), 1, str(other))
    other.chmod(0)
    outcome = forked(no_override, "log", "consistency", other, archive=archive)
    refused(outcome, 5, str(other))
