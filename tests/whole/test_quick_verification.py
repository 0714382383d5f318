"""``verify --quick`` says what it looked at, and never more."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from tests.commandline import refused, run
from tests.newsroom import Newsroom

LEFT_OUT = [
    "the bytes, records, facts and text layers of 1 snapshot",
    "the rules of the claims",
]


def quick(archive, *words):
    outcome = run("verify", "--quick", "--json", *words, archive=archive)
    lines = [json.loads(line) for line in outcome.stdout.splitlines()]
    return outcome.code, [line["code"] for line in lines[:-1]], lines[-1]


def only(archive, pattern):
    (place,) = archive.glob(pattern)
    place.chmod(0o644)
    return place


def flip(place):
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(bytes(data))


def test_what_is_left_out_stands_on_the_last_line_and_in_the_last_object(archive):
    code, codes, last = quick(archive)
    assert (code, codes) == (0, [])
    assert last["notChecked"] == LEFT_OUT
    assert "snapshots" not in last["checked"]
    assert last["checked"]["snapshots by their lengths"] == 1
    told = run("verify", "--quick", archive=archive).stdout.splitlines()[-1]
    assert "what was looked at holds" in told
    assert told.endswith("NOT CHECKED: " + "; ".join(LEFT_OUT))
    assert "all of it holds" not in told


def test_a_whole_verification_leaves_nothing_out(archive):
    told = run("verify", "--json", archive=archive).stdout.splitlines()[-1]
    assert json.loads(told)["notChecked"] == []
    assert "NOT CHECKED" not in run("verify", archive=archive).stdout


def test_a_byte_that_changed_in_a_snapshot_passes_the_quick_one_alone(archive):
    flip(only(archive, "snapshots/*/*.warc.gz"))
    assert quick(archive)[0] == 0
    assert run("verify", archive=archive).code == 1


@pytest.mark.parametrize("suffix", [".warc.gz", ".text", ".records.jsonl"])
@pytest.mark.parametrize("act", ["empty", "remove", "link"])
def test_a_file_of_a_snapshot_that_is_not_there_or_cut_is_found(archive, suffix, act):
    place = only(archive, f"snapshots/*/*{suffix}")
    data = place.read_bytes()
    place.unlink()
    if act == "empty":
        place.write_bytes(b"")
    if act == "link":
        elsewhere = archive.parent / "elsewhere"
        elsewhere.write_bytes(data)
        place.symlink_to(elsewhere)
    code, codes, last = quick(archive)
    assert code == 1
    assert {"changed", "missing"} & {*codes}
    assert last["notChecked"] == LEFT_OUT


def test_no_length_is_said_to_be_signed_that_is_not(archive):
    for suffix in (".records.jsonl", ".text", ".warc.gz"):
        only(archive, f"snapshots/*/*{suffix}").write_bytes(b"")
    outcome = run("verify", "--quick", "--json", archive=archive)
    found = [json.loads(line) for line in outcome.stdout.splitlines()[:-1]]
    told = {each["place"].partition(".")[2]: each["message"] for each in found}
    assert told["records.jsonl"] == "0 bytes, expected at least 1"
    assert told["warc.gz"].endswith("as is signed")
    assert told["text"].endswith("as is signed")


def test_a_file_of_a_snapshot_that_grew_is_found(archive):
    for suffix in (".warc.gz", ".text"):
        place = only(archive, f"snapshots/*/*{suffix}")
        before = place.read_bytes()
        place.write_bytes(before + b"\n" * 4 * len(before))
        assert quick(archive)[:2] == (1, ["changed"])
        place.write_bytes(before)


@pytest.mark.parametrize(
    "pattern",
    [
        "statements/*/*.tlog-proof",
        "statements/*/*.sigstore.json",
        "logs/1/checkpoint",
        "logs/1/tile/0/000.p/3",
        "cases/a-case/claims/status.toml",
        "sources/org/outlet.toml",
    ],
)
def test_signatures_log_receipts_and_release_are_checked(archive, pattern):
    for place in archive.glob(pattern):
        place.chmod(0o644)
        before = place.read_bytes()
        place.write_bytes(before.replace(b"a", b"b", 1))
        assert quick(archive)[0] == 1, place
        place.write_bytes(before)
    assert quick(archive)[0] == 0


def test_a_file_that_nothing_accounts_for_is_found(archive):
    (archive / "snapshots" / "note").write_text("a note")
    assert quick(archive)[:2] == (1, ["unknown"])


def test_a_statement_that_says_nothing_of_a_file_is_found(newsroom):
    newsroom.say("snapshot", {"a" * 64: "a" * 64}, {})
    newsroom.release()
    code, codes, _ = quick(newsroom.archive.root)
    assert code == 1
    assert "snapshot-facts" in codes


def test_what_quick_leaves_out_cannot_be_asked_for(archive):
    outcome = run("verify", "--quick", "c-7k3m9q2p", archive=archive)
    refused(outcome, 2, "--quick judges no claim", "c-7k3m9q2p")
    place = only(archive, "snapshots/*/*.warc.gz")
    outcome = run("verify", "--quick", place, archive=archive)
    refused(outcome, 2, "--quick reads no snapshot", place.name)


def test_of_a_snapshot_that_is_named_only_its_own_findings_are_told(archive):
    place = only(archive, "snapshots/*/*.warc.gz")
    (archive / "snapshots" / "note").write_text("a note")
    named = place.name.partition(".")[0]
    assert quick(archive, named)[:2] == (0, [])
    place.unlink()
    assert quick(archive, named)[:2] == (1, ["missing"])


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path / "desk")


def named(archive, *words):
    """Verify by ids; return the code, the findings' codes, and the last object."""
    outcome = run("verify", "--json", *words, archive=archive)
    lines = [json.loads(line) for line in outcome.stdout.splitlines()]
    return outcome.code, [line["code"] for line in lines[:-1]], lines[-1]


def test_of_a_snapshot_that_is_named_no_other_one_is_read(newsroom):
    archive = newsroom.archive.root
    shas = [newsroom.deposit(f"{n}.txt", b"Port %d." % n) for n in range(3)]
    newsroom.release()
    for sha256 in shas[1:]:
        flip(only(archive, f"snapshots/*/{sha256}.warc.gz"))
    code, codes, last = named(archive, shas[0])
    assert (code, codes) == (0, [])
    assert last["checked"]["snapshots"] == 1
    assert last["notChecked"] == [
        "the bytes, records, facts and text layers of 2 other snapshots",
        "the rules of the claims",
    ]
    told = run("verify", shas[0], archive=archive).stdout
    assert "all of it holds" not in told
    code, codes, last = named(archive, shas[1][:12], shas[2])
    assert (code, len(codes)) == (1, 4)
    assert last["checked"]["snapshots"] == 2


def test_a_statement_that_is_named_has_its_snapshot_read(newsroom):
    archive = newsroom.archive.root
    sha256 = newsroom.deposit("a.txt", b"A port.")
    newsroom.release()
    flip(only(archive, f"snapshots/*/{sha256}.warc.gz"))
    for place in archive.glob("statements/*/*.sigstore.json"):
        envelope = json.loads(place.read_bytes())["dsseEnvelope"]
        about = sha256.encode() in b64decode(envelope["payload"])
        code, _, last = named(archive, place.name.partition(".")[0])
        assert (code, "snapshots" in last["checked"]) == (int(about), about)


def test_a_claim_that_is_named_may_rest_on_any_snapshot(archive):
    code, _, last = named(archive, "c-7k3m9q2p")
    assert (code, last["notChecked"], last["checked"]["snapshots"]) == (0, [], 1)
