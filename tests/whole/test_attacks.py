"""Attacks on a whole archive: each is found, named by its code and its place.

What the attacker has differs: a folder that he can write in, a stranger's keys, the
operator's key, the key of the log.  In every test two more files are planted: one that
only the last of the archive's checks sees, and a claim that only the claims' rules see.
A check that stops at an attack, or crashes, does not see them.
"""

import gzip
import hashlib
import json
import os
import resource
import shutil
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import keys, tiles
from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.ed25519 import keyid
from archiver.log import read_published
from archiver.merkle import Tree, leaf_hash
from archiver.notes import ED25519, VerifierKey, format_note, sign_note
from archiver.policy import LogKey, Policy, format_policy
from archiver.receipts import Receipt, format_receipt, parse_receipt
from archiver.signers import LogPlace, Signer, format_signers, parse_signers
from archiver.snapshots import Draft
from archiver.statements import (
    Envelope,
    Statement,
    Subject,
    format_bundle,
    format_entry,
    parse_bundle,
    parse_entry,
    parse_statement,
    sign_statement,
)
from archiver.store import Archive, open_archive, receipt_file, statement_file
from archiver.trust import read_trust
from archiver.version import TOOL_FACTS
from sourcebook import cli
from tests import warcs
from tests.newsroom import Newsroom

Found = set[tuple[str, str]]
Verify = Callable[[Path], Found]
LAST = "logs/zz-planted"
CASE = "cases/a-case/case.toml"
CLAIM = "cases/a-case/claims/zz-planted.toml"
CHECKPOINT = "logs/1/checkpoint"


@pytest.fixture
def attacked(
    findings: Callable[[Path], list[dict[str, str]]],
) -> Verify:
    """Return what verifies an attacked archive to its end; gives codes and places."""

    def verify(archive: Path) -> Found:
        for rel in (LAST, CLAIM):
            write(archive / rel, b"id =")
        caseless = not (archive / CASE).exists()
        found = findings(archive)
        errors = {(f["code"], f["place"]) for f in found if f["severity"] == "error"}
        ends = {("unknown", LAST), ("not-released", CLAIM)}
        assert ends <= errors, found
        told = {place for code, place in errors if code.startswith("C20")}
        assert any(place.startswith(CLAIM) for place in told), found
        ends |= {("C20", f"{CASE}:1")} if caseless else set()
        return {each for each in errors - ends if not each[1].startswith(CLAIM)}

    return verify


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """Return an archive with a deposit and a release, whose every key is at hand."""
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.delenv("SOURCEBOOK_ARCHIVE", raising=False)
    desk = Newsroom(tmp_path / "desk")
    desk.deposit("a.html", b"<!doctype html><p>A first page.</p>")
    desk.release()
    return desk


def write(place: Path, data: bytes) -> None:
    """Write a file as somebody who may, whatever its mode says."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.chmod(0o644)
    place.write_bytes(data)


def only(archive: Path, pattern: str) -> Path:
    (found,) = archive.glob(pattern)
    return found


def rel(archive: Path, place: Path) -> str:
    return place.relative_to(archive).as_posix()


def snapshot(archive: Path) -> Path:
    return only(archive, "snapshots/??/*.warc.gz")


def of_type(archive: Path, kind: str) -> list[Path]:
    """Return the bundles of one type, in the order of the log."""
    found = []
    for place in archive.glob("statements/??/*.sigstore.json"):
        envelope = parse_bundle(place.read_bytes())
        if parse_statement(envelope.payload).type == kind:
            receipt = parse_receipt(receipt_of(place).read_bytes())
            found.append((receipt.index, place))
    return [place for _, place in sorted(found)]


def receipt_of(bundle: Path) -> Path:
    return bundle.with_name(bundle.name.partition(".")[0] + ".tlog-proof")


def members(data: bytes) -> Iterator[bytes]:
    """Yield each record of a packed WARC, unpacked."""
    while data:
        stream = zlib.decompressobj(31)
        yield stream.decompress(data)
        data = stream.unused_data


def pack(records: Iterable[bytes], level: int = 6) -> bytes:
    return b"".join(gzip.compress(each, level, mtime=0) for each in records)


def with_digests(record: bytes) -> bytes:
    """Return a record whose block digest is that of its block."""
    head, _, rest = record.partition(b"\r\n\r\n")
    block = hashlib.sha256(rest.removesuffix(b"\r\n\r\n")).hexdigest().encode()
    lines = [
        b"WARC-Block-Digest: sha256:" + block
        if line.lower().startswith(b"warc-block-digest")
        else line
        for line in head.split(b"\r\n")
        if not line.lower().startswith(b"warc-payload-digest")
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + rest


def stranger(number: int = 7) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def key_of(archive: Archive, role: str) -> Ed25519PrivateKey:
    return keys.key_folder(archive.config.origin).read(role, lambda: b"")


def plant(archive: Path, envelope: Envelope) -> str:
    """Put a statement into its place; return its path."""
    place = statement_file(envelope.id)
    write(archive / place, format_bundle(envelope))
    return place


def common(archive: Path, on: str = "2026-11-25T12:00:00Z") -> dict[str, str]:
    origin = open_archive(archive).config.origin
    return {"salt": "00" * 16, "origin": origin, "on": on}


def relog(archive: Path, entries: list[bytes], key: Ed25519PrivateKey) -> None:
    """Write the log anew over ``entries``, whole in itself, signed with ``key``."""
    origin = open_archive(archive).config.origin
    leaves = [leaf_hash(entry) for entry in entries]
    head = Checkpoint(origin, len(entries), Tree(leaves).root)
    note = format_note(sign_note(format_checkpoint(head), origin, key))
    shutil.rmtree(archive / "logs/1/tile")
    files = {**tiles.tiles_of(leaves), **tiles.bundles_of(entries)}
    for path, data in files.items():
        write(archive / "logs/1" / path, data)
    write(archive / CHECKPOINT, note)


def receipt_for(archive: Path, statement_id: str, entries: list[bytes]) -> None:
    """Give a statement the receipt of the log as it is now."""
    tree = Tree([leaf_hash(entry) for entry in entries])
    ids = [parse_entry(entry).statement_id for entry in entries]
    index = ids.index(statement_id)
    note = (archive / CHECKPOINT).read_bytes()
    receipt = Receipt(index, tree.prove_inclusion(index), note)
    write(archive / receipt_file(statement_id), format_receipt(receipt))


def entries_of(archive: Path) -> list[bytes]:
    opened = open_archive(archive)
    return list(read_published(opened, read_trust(opened).policy).entries)


# --- the bytes of a snapshot (A1 to A8) --------------------------------------


def payload_changed(records: list[bytes]) -> bytes:
    records[1] = with_digests(records[1].replace(b"avait", b"aurai"))
    return pack(records)


def digests_stripped(records: list[bytes]) -> bytes:
    head, _, rest = records[1].replace(b"avait", b"aurai").partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if b"-Digest" not in line]
    records[1] = b"\r\n".join(lines) + b"\r\n\r\n" + rest
    return pack(records)


def date_changed(records: list[bytes]) -> bytes:
    date = records[1].partition(b"WARC-Date: ")[2][:4]
    records[1] = records[1].replace(b"WARC-Date: " + date, b"WARC-Date: 1999", 1)
    return pack(records)


def address_changed(records: list[bytes]) -> bytes:
    records[1] = records[1].replace(b"Target-URI: urn:uuid:", b"Target-URI: urn:uuix:")
    return pack(records)


@pytest.mark.parametrize(
    "change", [payload_changed, digests_stripped, date_changed, address_changed]
)
def test_a_changed_record_is_named_though_its_digests_fit(
    archive: Path, attacked: Verify, change: Callable[[list[bytes]], bytes]
) -> None:
    place = snapshot(archive)
    write(place, change(list(members(place.read_bytes()))))
    path = rel(archive, place)
    found = attacked(archive)
    assert {("changed", path), ("records", f"{path} records")} <= found
    assert {
        where for _, where in found if "statements" in where or "logs" in where
    } == (set())


def test_the_record_that_was_changed_is_told_by_its_number_and_byte(
    archive: Path, findings: Callable[[Path], list[dict[str, str]]]
) -> None:
    place = snapshot(archive)
    write(place, payload_changed(list(members(place.read_bytes()))))
    (told,) = (each for each in findings(archive) if each["code"] == "records")
    assert told["message"].startswith("record 1 at byte ")


def test_a_container_packed_anew_is_told_from_changed_content(
    archive: Path, findings: Callable[[Path], list[dict[str, str]]]
) -> None:
    place = snapshot(archive)
    write(place, pack(members(place.read_bytes()), level=1))
    told = {each["code"]: each["message"] for each in findings(archive)}
    assert "changed" in told
    assert "content is intact" in told["records"]


@pytest.mark.parametrize(
    ("rearrange", "code"),
    [
        (lambda records: pack([records[1], records[0], records[2]]), "records"),
        (lambda records: pack(records[:1]), "records"),
        (lambda records: pack(records[:2]), "records"),
        (lambda records: pack([*records, records[1]]), "records"),
        (lambda records: pack(records) + gzip.compress(b""), "record"),
        (lambda records: pack(records) + b"\0" * 512, "record"),
        (lambda records: pack(records)[:-9], "record"),
    ],
)
def test_records_moved_dropped_repeated_and_bytes_behind_them_are_found(
    archive: Path,
    attacked: Verify,
    rearrange: Callable[[list[bytes]], bytes],
    code: str,
) -> None:
    place = snapshot(archive)
    write(place, rearrange(list(members(place.read_bytes()))))
    found = attacked(archive)
    assert ("changed", rel(archive, place)) in found
    assert any(each == code and place.name in where for each, where in found)


def test_a_record_of_another_capture_is_found(desk: Newsroom, attacked: Verify) -> None:
    other = desk.deposit("b.html", b"<!doctype html><p>Another page.</p>")
    root = desk.archive.root
    bad = only(root, f"snapshots/??/{other}.warc.gz")
    good = next(p for p in root.glob("snapshots/??/*.warc.gz") if p != bad)
    mixed = list(members(bad.read_bytes()))
    mixed[1] = list(members(good.read_bytes()))[1]
    write(bad, pack(mixed))
    found = attacked(root)
    assert ("records", f"{rel(root, bad)} records") in found
    assert not any(good.name in where for _, where in found)


def test_a_file_with_a_hole_of_a_terabyte_is_not_read_to_its_end(
    archive: Path, attacked: Verify
) -> None:
    place = snapshot(archive)
    for each in (place, archive / "sources/org/outlet.toml"):
        each.chmod(0o644)
        os.truncate(each, 1 << 40)
    found = attacked(archive)
    assert ("changed", rel(archive, place)) in found
    assert ("changed", "sources/org/outlet.toml") in found


# --- openings and text layers -------------------------------------------------


def test_openings_and_texts_exchanged_between_snapshots_are_found(
    desk: Newsroom, attacked: Verify
) -> None:
    desk.deposit("b.html", b"<!doctype html><p>Another page.</p>")
    root = desk.archive.root
    for suffix in ("records.jsonl", "text"):
        one, two = sorted(root.glob(f"snapshots/??/*.{suffix}"))
        first, second = one.read_bytes(), two.read_bytes()
        write(one, second)
        write(two, first)
    found = attacked(root)
    for place in root.glob("snapshots/??/*.records.jsonl"):
        assert ("openings", rel(root, place)) in found
    assert {code for code, _ in found} == {"openings"}


def test_a_text_of_another_snapshot_is_found(desk: Newsroom, attacked: Verify) -> None:
    desk.deposit("b.html", b"<!doctype html><p>Another page.</p>")
    root = desk.archive.root
    one, two = sorted(root.glob("snapshots/??/*.text"))
    write(one, two.read_bytes())
    assert attacked(root) == {("changed", rel(root, one))}


def test_zones_are_signed_by_nobody_and_compared_with_the_bytes(
    archive: Path, attacked: Verify
) -> None:
    place = only(archive, "snapshots/??/*.records.jsonl")
    before = place.read_bytes()
    write(
        place, before.replace(b'"heading"', b'"caption"').replace(b"body", b"heading")
    )
    assert place.read_bytes() != before
    assert ("text", rel(archive, place)) in attacked(archive)


@pytest.mark.parametrize("member", ["type", "uri", "member", "offset"])
def test_an_index_that_says_otherwise_than_the_bytes_is_found(
    archive: Path, attacked: Verify, member: str
) -> None:
    place = only(archive, "snapshots/??/*.records.jsonl")
    lines = [json.loads(line) for line in place.read_text().splitlines()]
    lie = {"type": "file", "uri": "http://a.example/", "member": "0" * 64, "offset": 1}
    lines[0][member] = lie[member]
    dumped = (
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines
    )
    write(place, "".join(f"{line}\n" for line in dumped).encode())
    found = attacked(archive)
    assert {code for code, where in found if where == rel(archive, place)} == {
        "openings"
    } or ("records", f"{rel(archive, snapshot(archive))} records") in found


def test_openings_of_a_gigabyte_and_of_many_lines_are_not_parsed(
    archive: Path, attacked: Verify
) -> None:
    place = only(archive, "snapshots/??/*.records.jsonl")
    write(place, b"{}\n" * 60_000)
    assert ("openings", rel(archive, place)) in attacked(archive)
    os.truncate(place, 1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert ("openings", rel(archive, place)) in attacked(archive)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def test_a_withheld_record_is_never_passed_over_in_silence(
    archive: Path, attacked: Verify
) -> None:
    """A41, A40: the file is gone, and a line says so under a made-up tombstone."""
    place = only(archive, "snapshots/??/*.records.jsonl")
    lines = place.read_bytes().split(b"\n")
    known = json.loads(lines[1])
    salted = bytes.fromhex(known["salt"]) + bytes.fromhex(known["sha256"])
    commit = hashlib.sha256(salted).hexdigest()
    withheld = {"i": 1, "commit": commit, "withheld": "0" * 64}
    lines[1] = json.dumps(withheld, separators=(",", ":")).encode()
    write(place, b"\n".join(lines))
    gone = rel(archive, snapshot(archive))
    snapshot(archive).unlink()
    assert ("missing", gone) in attacked(archive)


# --- statements (A9 to A16, A32, A34, A46) --------------------------------------


def test_statements_swapped_between_two_snapshots_are_found(
    desk: Newsroom, attacked: Verify
) -> None:
    desk.deposit("b.html", b"<!doctype html><p>Another page.</p>")
    root = desk.archive.root
    one, two = of_type(root, "snapshot")
    first, second = one.read_bytes(), two.read_bytes()
    write(one, second)
    write(two, first)
    found = attacked(root)
    assert {("statement", rel(root, one)), ("statement", rel(root, two))} <= found
    assert {code for code, _ in found} <= {"statement", "receipt", "pending", "C05"}


def test_a_signature_of_another_statement_is_found(
    archive: Path, attacked: Verify
) -> None:
    (policy,) = of_type(archive, "policy")
    (target,) = of_type(archive, "snapshot")
    other = parse_bundle(policy.read_bytes()).signature
    envelope = parse_bundle(target.read_bytes())
    write(target, format_bundle(replace(envelope, signature=other)))
    found = attacked(archive)
    assert ("statement", rel(archive, target)) in found
    assert not any(where.startswith("logs/") for _, where in found)


def test_a_receipt_taken_away_is_not_passed_over(
    archive: Path, attacked: Verify
) -> None:
    (target,) = of_type(archive, "snapshot")
    receipt_of(target).unlink()
    assert attacked(archive) == {("pending", rel(archive, receipt_of(target)))}


def rebundled(change: Callable[[dict], None]) -> Callable[[bytes], bytes]:
    def apply(data: bytes) -> bytes:
        bundle = json.loads(data)
        change(bundle)
        text = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
        return text.encode() + b"\n"

    return apply


def unsigned(bundle: dict) -> None:
    bundle["dsseEnvelope"]["signatures"] = []


def retyped(bundle: dict) -> None:
    bundle["dsseEnvelope"]["payloadType"] = "text/plain"


def by_a_stranger(bundle: dict) -> None:
    name = keyid(stranger().public_key())
    bundle["dsseEnvelope"]["signatures"][0]["keyid"] = name
    bundle["verificationMaterial"]["publicKey"]["hint"] = name


def with_more(bundle: dict) -> None:
    bundle["dsseEnvelope"]["note"] = "signed by a court"


@pytest.mark.parametrize("change", [unsigned, retyped, by_a_stranger, with_more])
def test_what_stands_around_a_signed_payload_is_not_believed(
    archive: Path, attacked: Verify, change: Callable[[dict], None]
) -> None:
    (target,) = of_type(archive, "snapshot")
    write(target, rebundled(change)(target.read_bytes()))
    found = attacked(archive)
    assert ("statement", rel(archive, target)) in found
    assert not any(where.startswith("logs/1/tile") for _, where in found)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"mediaType":NaN}',
        b'{"mediaType":1e999}',
        b'{"mediaType":' + b"9" * 100_000 + b"}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b'{"mediaType":"\\ud800"}',
        b'{"a":1,"a":2}',
    ],
)
def test_hostile_json_is_a_finding_at_its_file(
    archive: Path, attacked: Verify, data: bytes
) -> None:
    planted = f"statements/00/{'0' * 64}.sigstore.json"
    write(archive / planted, data)
    assert ("statement", planted) in attacked(archive)


def test_a_huge_payload_of_a_stranger_is_not_looked_at(
    archive: Path, attacked: Verify
) -> None:
    payload = b"[" + b"[]," * 4_000_000 + b"0]"
    envelope = Envelope(payload, b"\0" * 64, keyid(stranger().public_key()))
    planted = plant(archive, envelope)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert ("statement", planted) in attacked(archive)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KiB


def test_a_strangers_statement_that_says_observed_does_not_count(
    archive: Path, attacked: Verify
) -> None:
    (target,) = of_type(archive, "snapshot")
    statement = parse_statement(parse_bundle(target.read_bytes()).payload)
    predicate = observed(statement.predicate) | {"outcome": "malformed"}
    forged = sign_statement(replace(statement, predicate=predicate), stranger())
    planted = plant(archive, forged)
    found = attacked(archive)
    assert {("statement", planted), ("pending", planted)} <= found
    # the snapshot that it speaks of is judged by our own statement alone
    assert not any(where.startswith("snapshots/") for _, where in found)


def observed(supplied: Mapping[str, object]) -> dict[str, object]:
    """Return a deposit's predicate made into that of a capture."""
    kept = {k: v for k, v in supplied.items() if k not in ("suppliedBy", "document")}
    kept.pop("claimedUrl")
    url = "https://a.example/"
    return {
        **kept,
        "custody": "observed",
        "requestedUrl": url,
        "finalUrl": url,
        "status": 200,
        "startedOn": "2026-11-25T12:00:00Z",
        "finishedOn": "2026-11-25T12:00:09Z",
        "allowedAddresses": [],
        "redactions": [],
        "tls": None,
    }


def test_a_deposit_cannot_be_made_a_capture_by_a_second_statement(
    desk: Newsroom, attacked: Verify
) -> None:
    """The operator himself signs and logs it: the first statement counts."""
    root = desk.archive.root
    (target,) = of_type(root, "snapshot")
    statement = parse_statement(parse_bundle(target.read_bytes()).payload)
    named = {each.name: each.sha256 for each in statement.subjects}
    made = desk.say("snapshot", named, observed(statement.predicate))
    assert ("second-statement", statement_file(made)) in attacked(root)


def capture(desk: Newsroom, facts: Mapping[str, object]) -> str:
    """Store a capture that we made ourselves; return where its openings lie."""
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"
    parts = [
        warcs.record("warcinfo", warcs.INFO),
        warcs.record("response", page, number=1),
    ]
    file = desk.work / "own.warc.gz"
    file.write_bytes(warcs.packed(parts))
    base = {"outcome": "complete", "reason": None, "labels": [], "tool": TOOL_FACTS}
    supplied = {"suppliedBy": "", "document": {}, "claimedUrl": None}
    draft = Draft(file, ".warc.gz", {**observed(base | supplied), **facts}, 1)
    sha256 = desk.store(draft)
    return f"snapshots/{sha256[:2]}/{sha256}.records.jsonl"


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"finalUrl": "https://b.example/"}, ["openings"]),
        ({"startedOn": "2026-02-01T00:00:00Z"}, ["openings"]),
        ({"finishedOn": "2026-01-31T23:59:59.1Z"}, ["openings"]),
    ],
)
def test_a_capture_whose_statement_says_another_address_or_time_is_found(
    desk: Newsroom, attacked: Verify, facts: Mapping[str, object], codes: list[str]
) -> None:
    true = {
        "requestedUrl": warcs.URI,
        "finalUrl": warcs.URI,
        "startedOn": "2026-01-31T23:59:59.123456Z",
        "finishedOn": "2026-02-01T00:00:01Z",
    }
    place = capture(desk, true | facts)
    assert attacked(desk.archive.root) == {(code, place) for code in codes}


# --- the log (A18 to A24) -------------------------------------------------------


def test_a_receipt_of_another_index_is_found_and_harms_nothing_else(
    archive: Path, attacked: Verify
) -> None:
    (target,) = of_type(archive, "snapshot")
    (policy,) = of_type(archive, "policy")
    taken = receipt_of(policy).read_bytes()
    write(receipt_of(target), taken)
    assert attacked(archive) == {("receipt", rel(archive, receipt_of(target)))}


def test_a_proof_too_long_and_a_leaf_passed_as_a_node_are_found(
    archive: Path, attacked: Verify
) -> None:
    (target,) = of_type(archive, "snapshot")
    place = receipt_of(target)
    good = parse_receipt(place.read_bytes())
    for proof in ((*good.proof, b"\0" * 32), good.proof[:-1], good.proof[::-1] * 2):
        write(place, format_receipt(replace(good, proof=proof)))
        assert attacked(archive) == {("receipt", rel(archive, place))}


def test_a_checkpoint_of_another_archive_is_found(
    archive: Path, desk: Newsroom, attacked: Verify
) -> None:
    write(archive / CHECKPOINT, (desk.archive.root / CHECKPOINT).read_bytes())
    assert ("checkpoint", CHECKPOINT) in attacked(archive)


@pytest.mark.parametrize("size", [67_108_864, 9_000_000_000_000_000_000, 0, 1])
def test_a_size_that_nobody_signed_is_not_gone_through(
    archive: Path, attacked: Verify, size: int
) -> None:
    lines = (archive / CHECKPOINT).read_text(encoding="utf-8").split("\n")
    lines[1] = str(size)
    write(archive / CHECKPOINT, "\n".join(lines).encode())
    found = attacked(archive)
    assert ("checkpoint", CHECKPOINT) in found
    assert len(found) < 20


def test_an_entry_bundle_edited_is_named_alone(archive: Path, attacked: Verify) -> None:
    place = only(archive, "logs/1/tile/entries/*.p/*")
    write(place, place.read_bytes().replace(b"type snapshot", b"type textfile"))
    assert attacked(archive) == {("changed", rel(archive, place))}


def test_a_tile_off_every_path_is_compared(archive: Path, attacked: Verify) -> None:
    place = only(archive, "logs/1/tile/0/*.p/*")
    write(place, place.read_bytes()[::-1])
    assert attacked(archive) == {("changed", rel(archive, place))}


def truncate(desk: Newsroom) -> None:
    """Take the last entry out of a log, with its statement; sign it rightly."""
    root = desk.archive.root
    gone = of_type(root, "release")[-1]
    entries = entries_of(root)[:-1]
    gone.unlink()
    receipt_of(gone).unlink()
    relog(root, entries, desk.log_key)


def test_a_log_cut_by_one_entry_is_known_to_the_machine_that_signed_it(
    desk: Newsroom, attacked: Verify
) -> None:
    desk.release()
    truncate(desk)
    assert ("rolled-back", CHECKPOINT) in attacked(desk.archive.root)


def test_a_log_cut_by_one_entry_is_consistent_to_a_machine_that_never_saw_it(
    desk: Newsroom, attacked: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nothing can detect: it is stated here, so that nobody promises it."""
    desk.release()
    truncate(desk)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another machine"))
    assert attacked(desk.archive.root) == set()


def fork(desk: Newsroom, more: int) -> None:
    """Replace the last statement by another, and add some, with the real keys."""
    root = desk.archive.root
    entries = entries_of(root)
    gone = of_type(root, "release")[-1]
    gone.unlink()
    receipt_of(gone).unlink()
    entries = entries[:-1]
    for number in range(1 + more):
        fields = common(root, f"2026-03-0{number + 1}T00:00:00Z")
        statement = Statement(
            "attempt", (Subject("https://a.example/", "0" * 64),), fields
        )
        envelope = sign_statement(statement, desk.operator)
        plant(root, envelope)
        entries.append(format_entry("attempt", envelope))
    relog(root, entries, desk.log_key)
    for entry in entries[-1 - more :]:
        receipt_for(root, parse_entry(entry).statement_id, entries)


@pytest.mark.parametrize("more", [0, 1, 5])
def test_a_fork_signed_with_the_real_key_is_known_by_the_head_signed_before(
    desk: Newsroom, attacked: Verify, more: int
) -> None:
    desk.release()
    fork(desk, more)
    assert ("rolled-back", CHECKPOINT) in attacked(desk.archive.root)


def test_a_receipt_of_a_forks_head_is_found(desk: Newsroom, attacked: Verify) -> None:
    """Whoever has a receipt from before the fork can prove it."""
    root = desk.archive.root
    desk.release()
    first, last = of_type(root, "release")[-2:]
    note = parse_receipt(receipt_of(last).read_bytes()).note
    tree = Tree([leaf_hash(entry) for entry in entries_of(root)])
    index = parse_receipt(receipt_of(first).read_bytes()).index
    kept = format_receipt(Receipt(index, tree.prove_inclusion(index), note))
    fork(desk, 1)
    write(receipt_of(first), kept)
    assert ("receipt", rel(root, receipt_of(first))) in attacked(root)


def test_a_statement_that_is_twice_in_the_log_is_found(
    desk: Newsroom, attacked: Verify
) -> None:
    root = desk.archive.root
    entries = entries_of(root)
    entries.append(entries[2])
    relog(root, entries, desk.log_key)
    found = attacked(root)
    assert ("twice-in-log", f"logs/1 entry {len(entries) - 1}") in found


def test_an_entry_that_is_none_is_found(desk: Newsroom, attacked: Verify) -> None:
    root = desk.archive.root
    entries = entries_of(root)
    relog(root, [*entries, b"type snapshot\nhello\n"], desk.log_key)
    assert ("missing", f"logs/1 entry {len(entries)}") in attacked(root)


def test_a_time_that_goes_backwards_is_told(
    desk: Newsroom, findings: Callable[[Path], list[dict[str, str]]]
) -> None:
    subjects = {"https://a.example/": "0" * 64}
    made = desk.say("attempt", subjects, {"on": "1999-01-01T00:00:00Z"})
    told = {(f["code"], f["place"], f["severity"]) for f in findings(desk.archive.root)}
    assert ("time-order", statement_file(made), "warning") in told


# --- releases (A31, A36, A37) ----------------------------------------------------


def test_an_older_release_in_place_of_the_last_is_found(
    desk: Newsroom,
) -> None:
    root = desk.archive.root
    desk.write({"sources/org/outlet.toml": "names = []\n"})
    desk.release()
    first, last = of_type(root, "release")[-2:]
    last.unlink()
    receipt_of(last).unlink()
    write(last, first.read_bytes())
    write(receipt_of(last), receipt_of(first).read_bytes())
    found = findings_without_end(root)
    assert ("release", rel(root, last)) in found
    # the older one does not speak for the files of today
    assert ("not-released", "sources/org/outlet.toml") not in found
    assert ("statement", rel(root, last)) in found


def findings_without_end(archive: Path) -> Found:
    """Return what is found where no release can be compared with the files."""
    result = CliRunner().invoke(cli, ["--archive", str(archive), "verify", "--json"])
    assert result.exit_code == 1, result.output
    lines = map(json.loads, result.stdout.splitlines())
    return {(each["code"], each["place"]) for each in lines if "code" in each}


@pytest.mark.parametrize("number", [1, 2, 99])
def test_a_release_number_that_repeats_or_jumps_is_found(
    desk: Newsroom, attacked: Verify, number: int
) -> None:
    root = desk.archive.root
    (last,) = of_type(root, "release")[-1:]
    statement = parse_statement(parse_bundle(last.read_bytes()).payload)
    predicate = statement.predicate | {"number": number, "salt": "11" * 16}
    envelope = sign_statement(replace(statement, predicate=predicate), desk.operator)
    planted = plant(root, envelope)
    entries = [*entries_of(root), format_entry("release", envelope)]
    relog(root, entries, desk.log_key)
    receipt_for(root, envelope.id, entries)
    assert ("release-order", planted) in attacked(root)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "a/../../b", "a\0b", "C:\\b", "cases//x", "."]
)
def test_a_release_that_lists_a_name_outside_the_archive_reads_nothing_there(
    desk: Newsroom, attacked: Verify, name: str
) -> None:
    root = desk.archive.root
    write(root.parent / "outside", b"kept")
    listed = {
        rel(root, place): hashlib.sha256(place.read_bytes()).hexdigest()
        for place in root.rglob("*")
        if place.is_file() and rel(root, place).startswith(("archive", "trust"))
    }
    listed[name] = hashlib.sha256(b"kept").hexdigest()
    desk.say("release", listed, {"number": 3, "changes": "x"})
    assert attacked(root) == {("missing", name)}


def test_a_claim_a_case_and_a_source_changed_after_release_are_found(
    archive: Path, attacked: Verify
) -> None:
    changed = [
        "cases/a-case/claims/status.toml",
        "cases/a-case/case.toml",
        "sources/person/semyon-bazhukov.toml",
        "archive.toml",
    ]
    for name in changed:
        place = archive / name
        write(place, place.read_bytes() + b"# a word\n")
    assert {("changed", name) for name in changed} <= attacked(archive)


def test_an_alias_that_points_to_another_snapshot_is_found(
    archive: Path, attacked: Verify
) -> None:
    place = archive / "cases/a-case/case.toml"
    sha256 = snapshot(archive).name[:64]
    write(place, place.read_bytes().replace(sha256.encode(), b"0" * 64))
    found = attacked(archive)
    assert ("changed", "cases/a-case/case.toml") in found
    assert any(code.startswith("C0") and "a-case" in where for code, where in found)


# --- keys and trust (A14, A16, A38, A44, A47) --------------------------------------


def signer(key: Ed25519PrivateKey, *roles: str, name: str = "A friend") -> Signer:
    public = key.public_key()
    return Signer(keyid(public), public, frozenset(roles), LogPlace(1, 0), None, name)


def test_a_strangers_key_added_to_the_signers_is_found(
    archive: Path, attacked: Verify
) -> None:
    place = archive / "trust/1/signers"
    known = parse_signers(place.read_bytes())
    added = signer(stranger(), "operator", "capturer")
    write(place, format_signers((*known, added)))
    found = attacked(archive)
    assert {
        ("pin", "trust/1"),
        ("changed", "trust/1/signers"),
        ("trust-chain", "trust/1/signers"),
    } <= found


def own_trust(archive: Path, number: int, key: Ed25519PrivateKey) -> dict[str, bytes]:
    """Return a version of trust/ with a stranger's own log and own operator."""
    origin = open_archive(archive).config.origin
    log = LogKey(VerifierKey(origin, ED25519, key.public_key().public_bytes_raw()))
    own = signer(stranger(9), "operator", "capturer")
    return {
        f"trust/{number}/policy": format_policy(Policy((log,))),
        f"trust/{number}/signers": format_signers((own,)),
    }


def take_over(archive: Path, number: int) -> None:
    """Put a stranger's trust in force, and sign everything anew with his keys."""
    files = own_trust(archive, number, stranger(8))
    for name, data in files.items():
        write(archive / name, data)
    entries = []
    old = [parse_entry(entry).statement_id for entry in entries_before(archive)]
    policy = sign_statement(
        Statement(
            "policy",
            tuple(Subject(n, hashlib.sha256(d).hexdigest()) for n, d in files.items()),
            {**common(archive, "2026-01-01T00:00:00Z"), "n": number, "why": "new"},
        ),
        stranger(9),
    )
    envelopes = [("policy", policy)]
    for statement_id in old:
        place = archive / statement_file(statement_id)
        statement = parse_statement(parse_bundle(place.read_bytes()).payload)
        place.unlink()
        receipt_of(place).unlink()
        if statement.type == "release":
            subjects = tuple(
                Subject(rel(archive, p), hashlib.sha256(p.read_bytes()).hexdigest())
                for p in sorted(archive.rglob("*"))
                if p.is_file()
                and rel(archive, p).split("/")[0]
                not in ("snapshots", "statements", "logs")
            )
            statement = replace(statement, subjects=subjects)
        envelopes.append((statement.type, sign_statement(statement, stranger(9))))
    for kind, envelope in envelopes:
        plant(archive, envelope)
        entries.append(format_entry(kind, envelope))
    relog(archive, entries, stranger(8))
    for _, envelope in envelopes:
        receipt_for(archive, envelope.id, entries)


def entries_before(archive: Path) -> list[bytes]:
    place = only(archive, "logs/1/tile/entries/*.p/*")
    return list(tiles.parse_entries(place.read_bytes()))


def test_a_trust_folder_replaced_whole_is_found_by_the_pin(
    archive: Path, attacked: Verify
) -> None:
    take_over(archive, 1)
    assert attacked(archive) >= {("pin", "trust/1")}


def test_a_second_trust_folder_of_a_stranger_is_never_in_force(
    archive: Path, attacked: Verify
) -> None:
    """The pin names trust/1, which stays as it was: the chain has to catch it."""
    take_over(archive, 2)
    found = attacked(archive)
    assert ("trust-chain", "trust/2") in found
    assert ("checkpoint", CHECKPOINT) in found
    assert sum(code == "statement" for code, _ in found) >= 4


@pytest.mark.parametrize("number", [2, 99])
def test_an_empty_trust_folder_stops_nothing(
    archive: Path, attacked: Verify, number: int
) -> None:
    (archive / f"trust/{number}").mkdir()
    assert attacked(archive) == {("trust-chain", f"trust/{number}")}


def test_a_trust_folder_that_the_operator_signed_is_in_force(
    desk: Newsroom, attacked: Verify
) -> None:
    desk.enrol("A photographer", "capturer")
    desk.release()
    assert attacked(desk.archive.root) == set()
    shutil.rmtree(desk.archive.path("trust/2"))
    found = attacked(desk.archive.root)
    assert {("trust-chain", f"trust/2/{n}") for n in ("policy", "signers")} <= found


@pytest.mark.parametrize("kind", ["policy", "release", "assessment", "tombstone"])
def test_a_statement_of_a_key_without_its_role_does_not_count(
    desk: Newsroom, attacked: Verify, kind: str
) -> None:
    photographer = desk.enrol("A photographer", "capturer")
    desk.release()
    root = desk.archive.root
    subject = Subject("trust/2/policy", "0" * 64)
    fields = {**common(root), "number": 4, "n": 2}
    envelope = sign_statement(Statement(kind, (subject,), fields), photographer)
    planted = plant(root, envelope)
    entries = [*entries_of(root), format_entry(kind, envelope)]
    relog(root, entries, desk.log_key)
    receipt_for(root, envelope.id, entries)
    assert ("statement", planted) in attacked(root)


def test_a_capturer_cannot_put_a_trust_folder_in_force(
    desk: Newsroom, attacked: Verify
) -> None:
    photographer = desk.enrol("A photographer", "capturer")
    desk.release()
    root = desk.archive.root
    files = own_trust(root, 3, stranger(8))
    for name, data in files.items():
        write(root / name, data)
    subjects = tuple(
        Subject(name, hashlib.sha256(data).hexdigest()) for name, data in files.items()
    )
    fields = {**common(root), "n": 3, "why": "mine"}
    envelope = sign_statement(Statement("policy", subjects, fields), photographer)
    planted = plant(root, envelope)
    entries = [*entries_of(root), format_entry("policy", envelope)]
    relog(root, entries, desk.log_key)
    receipt_for(root, envelope.id, entries)
    found = attacked(root)
    assert {("statement", planted), ("trust-chain", "trust/3")} <= found


@pytest.mark.parametrize("kind", ["revoke", "tombstone", "custody"])
def test_a_statement_that_is_not_acted_upon_is_never_green(
    desk: Newsroom, attacked: Verify, kind: str
) -> None:
    made = desk.say(kind, {"a key": "0" * 64}, {"effectiveIndex": "1/0"})
    assert attacked(desk.archive.root) == {("not-checked", statement_file(made))}


def test_an_alias_that_is_moved_and_released_anew_is_the_operators_word(
    archive: Path, attacked: Verify
) -> None:
    """What nothing can detect: the log holds both releases, and the last one counts."""
    page = archive.parent / "other.html"
    page.write_bytes((archive.parent / "page.html").read_bytes() + b"<p>And more.</p>")
    command = ["--archive", str(archive), "deposit", str(page), "--source", "a reader"]
    result = CliRunner().invoke(cli, [*command, "--json"])
    moved = json.loads(result.stdout)["snapshot"]
    place = archive / CASE
    before = (
        parse_statement(
            parse_bundle(of_type(archive, "snapshot")[0].read_bytes()).payload
        )
        .subjects[0]
        .sha256
    )
    write(place, place.read_bytes().replace(before.encode(), moved.encode()))
    assert ("changed", CASE) in attacked(archive)
    (archive / CLAIM).unlink()
    (archive / LAST).unlink()
    command = ["--archive", str(archive), "release", "-m", "a word"]
    assert CliRunner().invoke(cli, command).exit_code == 0
    assert attacked(archive) == set()


def test_a_key_that_verifies_anything_is_refused_before_it_is_used(
    archive: Path,
) -> None:
    place = archive / "trust/1/signers"
    spki = bytes.fromhex("302a300506032b6570032100") + b"\x01" + b"\0" * 31
    name = hashlib.sha256(spki).hexdigest()
    line = f"{name} {b64encode(spki).decode()} operator from 1/0 A weak one\n"
    write(place, place.read_bytes() + line.encode())
    found = findings_without_end(archive)
    assert ("trust", "trust") in found
    assert ("changed", "trust/1/signers") in found


# --- names, links, pipes (A29) ------------------------------------------------------


def test_a_pipe_in_place_of_any_file_does_not_hang(
    archive: Path, attacked: Verify
) -> None:
    places = [
        snapshot(archive),
        only(archive, "snapshots/??/*.text"),
        only(archive, "snapshots/??/*.records.jsonl"),
        receipt_of(of_type(archive, "policy")[0]),
        of_type(archive, "snapshot")[0],
        archive / CHECKPOINT,
        only(archive, "logs/1/tile/0/*.p/*"),
        only(archive, "logs/1/tile/entries/*.p/*"),
        archive / "cases/a-case/claims/status.toml",
        archive / "sources/org/outlet.toml",
        archive / "trust/1/signers",
    ]
    for place in places:
        kept = place.with_name("kept-aside")
        place.rename(kept)
        os.mkfifo(place)
        found = findings_without_end(archive)
        assert any(rel(archive, place) in f or f == "trust" for _, f in found), place
        place.unlink()
        kept.rename(place)
    assert attacked(archive) == set()


def test_a_pipe_in_place_of_the_configuration_does_not_hang(archive: Path) -> None:
    (archive / "archive.toml").unlink()
    os.mkfifo(archive / "archive.toml")
    result = CliRunner().invoke(cli, ["--archive", str(archive), "verify"])
    assert result.exit_code == 5


def test_pipes_where_no_file_belongs_are_found(archive: Path, attacked: Verify) -> None:
    planted = [
        "logs/1/pipe",
        "snapshots/pipe",
        f"statements/00/{'0' * 64}.sigstore.json",
    ]
    for name in [*planted, "cases/pipe"]:
        (archive / name).parent.mkdir(exist_ok=True)
        os.mkfifo(archive / name)
    found = attacked(archive)
    assert {("unknown", name) for name in planted} <= found
    assert ("not-released", "cases/pipe") in found


@pytest.mark.parametrize("folder", ["snapshots", "statements", "logs", "logs/1"])
def test_a_folder_that_is_a_link_is_found(
    archive: Path, attacked: Verify, folder: str
) -> None:
    place = archive / folder
    elsewhere = archive.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert ("unknown", folder) in attacked(archive)


@pytest.mark.parametrize("folder", ["cases", "sources", "trust", "cases/a-case/claims"])
def test_a_released_folder_that_is_a_link_is_found(
    archive: Path, findings: Callable[[Path], list[dict[str, str]]], folder: str
) -> None:
    place = archive / folder
    elsewhere = archive.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    found = {(each["code"], each["place"]) for each in findings(archive)}
    assert ("not-released", folder) in found


def test_a_snapshots_folder_that_is_a_link_is_found(
    archive: Path, attacked: Verify
) -> None:
    place = snapshot(archive).parent
    elsewhere = archive.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert ("unknown", rel(archive, place)) in attacked(archive)


def test_names_in_other_cases_are_other_names(archive: Path, attacked: Verify) -> None:
    place = snapshot(archive)
    planted = [
        f"snapshots/{place.parent.name}/{place.name.upper()}",
        f"snapshots/zz/{place.name}",
        "Statements/x",
        "cases/A-Case/case.toml",
        "sources/org/OUTLET.toml",
        "trust/1/Policy",
        "trust/01/policy",
    ]
    for name in planted:
        write(archive / name, b"x")
    found = {where for _, where in attacked(archive)}
    assert set(planted) <= found


def test_a_copy_of_a_statement_in_another_folder_harms_only_itself(
    archive: Path, attacked: Verify
) -> None:
    (last,) = of_type(archive, "release")[-1:]
    planted = archive / "statements/zz" / last.name
    write(planted, last.read_bytes())
    name = rel(archive, planted)
    assert attacked(archive) == {("statement", name), ("unknown", name)}


NAMES = [
    b"line\nevidence: all of it holds",
    b"\x1b[2J\x1b[31mred",
    b"back\x08\x08\x08\rspace",
    "\u202etxt.exe".encode(),
    b"not-utf-8-\xff\xfe",
    b"\xc2\x9bcsi",
    b"'\"`$(reboot)",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("folder", ["cases", "logs", "sources/org", "trust"])
def test_a_files_name_cannot_act_on_the_terminal(
    archive: Path, name: bytes, folder: str
) -> None:
    (archive / folder / os.fsdecode(name)).touch()
    for options in ([], ["--json"]):
        arguments = ["--archive", str(archive), "verify", *options]
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 1, result.exception
        shown = result.stdout_bytes
        assert not any((byte < 0x20 and byte != 0x0A) or byte == 0x7F for byte in shown)
        text = shown.decode("utf-8")  # it is text, whatever the name was
        assert not {"\u202e", "\x9b"} & set(text)
        lines = text.splitlines()
        assert not any(line.startswith("evidence: all") for line in lines)
        assert any(
            folder in line and ("unknown" in line or "not-rel" in line)
            for line in lines
        )


def test_a_file_named_as_a_claim_is_not_verified_in_its_place(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted WARC with the claim's id for a name would be found whole."""
    monkeypatch.chdir(archive)
    shutil.copy(snapshot(archive), archive / "c-7k3m9q2p")
    write(archive / "cases/a-case/claims/status.toml", b"x")
    arguments = ["--archive", str(archive), "verify", "c-7k3m9q2p"]
    assert CliRunner().invoke(cli, arguments).exit_code != 0


def test_a_claim_is_not_verified_where_its_snapshots_statement_is_forged(
    archive: Path,
) -> None:
    (target,) = of_type(archive, "snapshot")
    receipt_of(target).unlink()
    arguments = ["--archive", str(archive), "verify", "--json", "c-7k3m9q2p"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1
    assert receipt_of(target).name in result.stdout


def test_a_deposited_warc_verifies(desk: Newsroom, attacked: Verify) -> None:
    """No attack: a WARC that was supplied holds a document of its own."""
    root = desk.archive.root
    theirs = pack(members(snapshot(root).read_bytes()), level=1)
    desk.deposit("theirs.warc.gz", theirs)
    assert attacked(root) == set()


def test_a_batch_that_a_stranger_made_ready_takes_the_place_of_nothing(
    archive: Path,
) -> None:
    ready = archive / "logs/.ready-0000000000000000"
    write(ready / "cases/a-case/claims/status.toml", b"his words")
    before = (archive / "cases/a-case/claims/status.toml").read_bytes()
    arguments = ["--archive", str(archive), "release", "-m", "x"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 5
    assert (archive / "cases/a-case/claims/status.toml").read_bytes() == before


def test_a_tile_planted_ahead_of_the_log_does_not_become_part_of_it(
    desk: Newsroom, attacked: Verify
) -> None:
    root = desk.archive.root
    size = len(entries_of(root))
    for path in tiles.layout(size + 1):
        write(root / "logs/1" / path, b"garbage")
    desk.release()
    assert attacked(root) == set()
