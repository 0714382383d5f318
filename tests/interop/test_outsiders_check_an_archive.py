"""Outsiders check the archive that ships, with nothing of ours.

The first half is written from the standards' words.  The second runs the page that is
written for outsiders, as it stands there: on the archive that ships, on copies that
somebody changed, and on an archive of somebody else (the one thing that our own code
makes here).
"""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator

from tests.newsroom import Newsroom
from tests.quay import fill

pytestmark = pytest.mark.needs("openssl")

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "archives" / "kz-handover-2026"
PAGE = ROOT / "docs" / "verify-without-sourcebook.md"
PIN_FILE = ROOT / "archiver" / "shipped.py"
# RFC 8410: what stands in front of the 32 bytes of an Ed25519 key in its SPKI
SPKI_HEAD = bytes.fromhex("302a300506032b6570032100")
WARCS = sorted(SHIPPED.glob("snapshots/??/*.warc.gz"))
STATEMENTS = sorted(SHIPPED.glob("statements/??/*.sigstore.json"))
NOTES = [SHIPPED / "logs/1/checkpoint", *sorted(SHIPPED.rglob("*.tlog-proof"))]


def run(*command, **options):
    return subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **options,
    )


def name(path):
    return path.name[:8]


def read_statement(place):
    """Return key id, signed bytes, signature, payload of a statement; plain JSON."""
    envelope = json.loads(place.read_bytes())["dsseEnvelope"]
    (signed,) = envelope["signatures"]
    kind, payload = envelope["payloadType"].encode(), b64decode(envelope["payload"])
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    return signed["keyid"], pae, b64decode(signed["sig"]), payload


def signers():
    """Return the SPKI of each signer, by its key id."""
    lines = (SHIPPED / "trust/1/signers").read_text("utf-8").splitlines()
    return {line.split(" ")[0]: b64decode(line.split(" ")[1]) for line in lines}


def log_key():
    """Return the log's name and public key, as the policy says them."""
    (line,) = re.findall(
        r"^log (\S+)", (SHIPPED / "trust/1/policy").read_text(), re.MULTILINE
    )
    origin, _, key = line.split("+", 2)
    algorithm, public = b64decode(key)[:1], b64decode(key)[1:]
    assert (algorithm, len(public)) == (b"\x01", 32)
    return origin, public


def note_of(place):
    """Return the checkpoint note of a checkpoint file or a receipt."""
    text = place.read_text("utf-8")
    return text.partition("\n\n")[2] if place.suffix == ".tlog-proof" else text


def openssl_verifies(folder, message, signature, spki):
    for file, data in (("m", message), ("s", signature), ("k", spki)):
        (folder / file).write_bytes(data)
    done = run(
        *("openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER"),
        *("-inkey", folder / "k", "-rawin", "-in", folder / "m"),
        *("-sigfile", folder / "s"),
    )
    return "Signature Verified Successfully" in done.stdout and done.returncode == 0


def mth(leaves):
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    """PATH of RFC 9162, section 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def entries():
    """Return the log's entries by index, each made anew from its statement."""
    found = {}
    for place in STATEMENTS:
        keyid, pae, signature, payload = read_statement(place)
        kind = json.loads(payload)["predicateType"].split("/")[-2]
        lines = (
            "https://sourcebook.internal/ns/log-entry@v1",
            f"type {kind}",
            f"statement sha256:{hashlib.sha256(pae).hexdigest()}",
            f"signed-by {keyid} {b64encode(signature).decode()}",
        )
        receipt = place.with_name(place.name.split(".")[0] + ".tlog-proof")
        index = int(receipt.read_text("utf-8").splitlines()[1].split(" ")[1])
        found[index] = ("".join(f"{line}\n" for line in lines).encode(), receipt)
    assert sorted(found) == list(range(len(STATEMENTS)))
    return [found[index] for index in sorted(found)]


def test_there_is_something_to_check():
    assert WARCS
    assert len(STATEMENTS) >= 4
    assert len(NOTES) == len(STATEMENTS) + 1


@pytest.mark.parametrize("warc", WARCS, ids=name)
def test_warcio_check_passes_every_warc(warc):
    done = run(sys.executable, "-m", "warcio.cli", "check", "-v", warc)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "digest pass" in done.stdout
    assert "fail" not in done.stdout.lower()


@pytest.mark.parametrize("warc", WARCS, ids=name)
def test_fastwarc_reads_every_warc_and_finds_each_digest_right(warc):
    with warc.open("rb") as stream:
        found = [
            (str(record.record_type), record.verify_block_digest())
            for record in ArchiveIterator(stream, parse_http=False)
        ]
    assert found[0][0] == "warcinfo"
    assert len(found) >= 2
    assert all(good for _, good in found)


@pytest.mark.parametrize("warc", WARCS, ids=name)
def test_the_document_in_the_warc_is_the_one_whose_hash_was_signed(warc):
    said = [json.loads(read_statement(place)[3]) for place in STATEMENTS]
    (statement,) = [each for each in said if each["subject"][0]["name"] == warc.name]
    main = statement["predicate"]["mainRecord"]
    with warc.open("rb") as stream:
        blocks = [
            record.reader.read() for record in ArchiveIterator(stream, parse_http=False)
        ]
    document = hashlib.sha256(blocks[main]).hexdigest()
    assert document == statement["predicate"]["document"]["sha256"]


def test_sha256sum_finds_each_file_to_be_the_one_that_it_is_named_for():
    lines = [f"{place.name.split('.')[0]}  {place}\n" for place in WARCS]
    done = run("sha256sum", "--check", "--strict", input="".join(lines))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK\n") == len(WARCS)


@pytest.mark.parametrize("place", STATEMENTS, ids=name)
def test_openssl_verifies_every_statement_with_the_key_of_the_trust_folder(
    place, tmp_path
):
    keyid, pae, signature, _ = read_statement(place)
    spki = signers()[keyid]
    assert hashlib.sha256(spki).hexdigest() == keyid
    assert hashlib.sha256(pae).hexdigest() == place.name.split(".")[0]
    assert openssl_verifies(tmp_path, pae, signature, spki)
    assert not openssl_verifies(tmp_path, pae + b" ", signature, spki)


@pytest.mark.parametrize("place", NOTES, ids=name)
def test_openssl_verifies_the_signature_on_every_head_of_the_log(place, tmp_path):
    origin, public = log_key()
    text, _, lines = note_of(place).rpartition("\n\n")
    text += "\n"
    assert text.startswith(f"{origin}\n")
    ours = [line.split(" ") for line in lines.splitlines() if f" {origin} " in line]
    ((dash, _, encoded),) = ours
    key_id, signature = b64decode(encoded)[:4], b64decode(encoded)[4:]
    assert dash == "—"
    expected = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
    assert key_id == expected
    spki = SPKI_HEAD + public
    assert openssl_verifies(tmp_path, text.encode(), signature, spki)
    assert not openssl_verifies(tmp_path, text[:-1].encode(), signature, spki)


def test_the_log_s_root_and_every_receipt_are_those_of_the_standard_s_own_words():
    made = entries()
    leaves = [entry for entry, _ in made]
    _, size, root = note_of(NOTES[0]).splitlines()[:3]
    assert (int(size), b64decode(root)) == (len(leaves), mth(leaves))
    for index, (_, receipt) in enumerate(made):
        head = receipt.read_text("utf-8").partition("\n\n")[0].splitlines()
        _, size, root = note_of(receipt).splitlines()[:3]
        then = leaves[: int(size)]
        assert b64decode(root) == mth(then)
        assert [b64decode(line) for line in head[2:]] == path(index, then)


# The page for outsiders, run as it stands.

BLOCK = re.compile(
    r"^(?:## (?P<title>[^\n]*)|```sh\n(?P<shell>.*?)^```"
    r"(?:\n\n```text\n(?P<says>.*?)^```)?)",
    re.MULTILINE | re.DOTALL,
)
BETWEEN = "=== and then ==="


def read_steps():
    """Return title, commands and expected lines of each step of the page."""
    steps, title = [], ""
    for match in BLOCK.finditer(PAGE.read_text("utf-8")):
        title = match["title"] or title
        if match["shell"]:
            steps.append((title, match["shell"], (match["says"] or "").splitlines()))
    return steps


def follow(checkout):
    """Do what the page says, in one shell; return what each step printed."""
    script = f"echo '{BETWEEN}'\n".join(shell for _, shell, _ in read_steps())
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8"}
    done = run(
        *("sh", "-c", f"exec 2>&1\n{script}"),
        cwd=checkout,
        env=environment | {"TMPDIR": str(checkout / "tmp")},
    )
    return [each.splitlines() for each in done.stdout.split(f"{BETWEEN}\n")]


def judge(printed, expected):
    """Return the lines that the page does not say, and those of it that are missing."""
    patterns = [re.escape(line).replace("…", ".+") for line in expected]
    other = [
        line
        for line in printed
        if not any(re.fullmatch(pattern, line) for pattern in patterns)
    ]
    missing = [
        f"missing: {line}"
        for line, pattern in zip(expected, patterns, strict=True)
        if not any(re.fullmatch(pattern, each) for each in printed)
    ]
    return other + missing


def faulty_steps(checkout):
    """Follow the page; return the numbers of the steps that show a fault."""
    steps, printed = read_steps(), follow(checkout)
    assert len(printed) == len(steps), printed
    found = {}
    for (title, _, expected), lines in zip(steps, printed, strict=True):
        found.setdefault(title.split(".")[0], []).extend(judge(lines, expected))
    return {number: lines for number, lines in found.items() if lines}


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with a copy of the archive and of the file with the pin."""
    shutil.copytree(SHIPPED, tmp_path / "archives" / SHIPPED.name)
    (tmp_path / "archiver").mkdir()
    (tmp_path / "tmp").mkdir()
    shutil.copyfile(PIN_FILE, tmp_path / "archiver" / PIN_FILE.name)
    return tmp_path


def test_the_page_has_a_step_for_everything_and_says_what_each_prints():
    steps = read_steps()
    assert [title.split(".")[0] for title, _, _ in steps] == [
        *map(str, range(1, 12)),
        "11",
    ]
    assert all(says for _, _, says in steps[:-1])
    assert not re.search("sourcebook (?:--|[a-z])", "".join(s for _, s, _ in steps))


def test_following_the_page_finds_the_shipped_archive_whole(checkout):
    before = sorted((p, p.stat().st_mtime_ns) for p in checkout.glob("archives/**/*"))
    printed = follow(checkout)
    assert faulty_steps(checkout) == {}
    assert printed[1] == [
        f"snapshots/{warc.parent.name}/{warc.name}: OK" for warc in WARCS
    ]
    assert len(printed[3]) == len(STATEMENTS)
    assert len(printed[8]) == len(NOTES)
    assert len(printed[9]) == len(STATEMENTS) + 1
    assert len(printed[10]) >= 55
    assert not any("not letter for letter" in line for line in printed[10])
    assert list((checkout / "tmp").iterdir()) == []
    after = sorted((p, p.stat().st_mtime_ns) for p in checkout.glob("archives/**/*"))
    assert after == before


def first(checkout, pattern):
    return min((checkout / "archives" / SHIPPED.name).glob(pattern))


def write(place, data):
    place.chmod(0o644)
    place.write_bytes(data)


def flip(place):
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    write(place, bytes(data))


def rename_with_another_byte(checkout):
    """Change the document, pack it again, and name the file for its new hash."""
    place = first(checkout, "snapshots/??/*.warc.gz")
    old = place.name.split(".")[0]
    data = gzip.compress(gzip.decompress(place.read_bytes()).replace(b"2 f", b"3 f"))
    new = hashlib.sha256(data).hexdigest()
    (place.parent.parent / new[:2]).mkdir()
    write(place, data)
    for other in place.parent.glob(f"{old}.*"):
        suffix = other.name.removeprefix(old)
        other.rename(place.parent.parent / new[:2] / f"{new}{suffix}")


def put_another_key(checkout):
    """Put a stranger's key into the trust folder, under the signer's own id."""
    place = first(checkout, "trust/1/signers")
    line = place.read_text("utf-8")
    other = b64encode(SPKI_HEAD + bytes(range(32))).decode()
    write(place, line.replace(line.split(" ")[1], other).encode())


def claim_less(checkout):
    """Take a claim and its revision out of the archive."""
    first(checkout, "cases/*/claims/*.toml").unlink()


def claim_more(checkout):
    """Add a claim that nobody released."""
    first(checkout, "cases/*/claims/*.toml").with_name("zz.toml").write_text(
        "claim = ''"
    )


def change(pattern):
    return lambda checkout: flip(first(checkout, pattern))


def remove_a_statement(checkout):
    """Take a statement out, with its receipt, as one who regrets it would."""
    place = first(checkout, "statements/??/*.sigstore.json")
    place.with_name(place.name.split(".")[0] + ".tlog-proof").unlink()
    place.unlink()


def change_a_salt(checkout):
    """Change the salt that opens the commitment to one record."""
    place = first(checkout, "snapshots/??/*.records.jsonl")
    text = place.read_text("utf-8")
    (salt, *_) = re.findall(r'"salt":"([0-9a-f]{32})"', text)
    write(place, text.replace(salt, salt[::-1]).encode())


def change_the_payload(checkout):
    """Change a word in what was signed, and name the file for what it is then."""
    for place in sorted(checkout.glob("archives/*/statements/??/*.json")):
        bundle = json.loads(place.read_bytes())
        payload = b64decode(bundle["dsseEnvelope"]["payload"])
        changed = payload.replace(b'"supplied"', b'"observed"')
        if changed != payload:
            bundle["dsseEnvelope"]["payload"] = b64encode(changed).decode()
            write(place, json.dumps(bundle, separators=(",", ":")).encode())


def change_the_root(checkout):
    """Put another root into the log's head."""
    place = first(checkout, "logs/1/checkpoint")
    lines = place.read_text("utf-8").split("\n")
    lines[2] = b64encode(hashlib.sha256(b"another").digest()).decode()
    write(place, "\n".join(lines).encode())


@pytest.mark.parametrize(
    ("tamper", "steps"),
    [
        (change("trust/1/policy"), {"1"}),
        (put_another_key, {"1", "4"}),
        (change("snapshots/??/*.warc.gz"), {"2", "6"}),
        (rename_with_another_byte, {"6"}),
        (change("snapshots/??/*.text"), {"7"}),
        (change_a_salt, {"7"}),
        (change_the_payload, {"3", "4"}),
        (change("cases/*/claims/*.toml"), {"8"}),
        (claim_less, {"8"}),
        (claim_more, {"8"}),
        (change("archive.toml"), {"8"}),
        (change_the_root, {"9", "10"}),
        (remove_a_statement, {"10"}),
    ],
)
def test_following_the_page_shows_what_somebody_changed(checkout, tamper, steps):
    tamper(checkout)
    assert steps <= set(faulty_steps(checkout))


def test_an_archive_that_was_made_whole_by_a_stranger_fails_by_the_pin_alone(
    checkout, tmp_path
):
    desk = Newsroom(tmp_path / "strangers")
    fill(desk)
    desk.release_case("all of it false")
    there = checkout / "archives" / SHIPPED.name
    shutil.rmtree(there)
    shutil.copytree(desk.archive.root, there)
    assert set(faulty_steps(checkout)) == {"1"}

    (checkout / "archiver" / PIN_FILE.name).write_text(f'PIN = "{desk.trust.pin}"\n')
    assert faulty_steps(checkout) == {}
