"""What captures brought into an archive, changed kind by kind: each is found and named.

Whoever changes it here has everything but the keys: digests are made again, records
packed anew, and the index of a snapshot's records is written to fit.
"""

import gzip
import hashlib
import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browsed import HTML
from tests.commandline import done, run
from tests.site import Site, page, redirect
from tests.webarchive import WebArchive

WORDS = b"<!doctype html><title>News</title><p>He had asylum-seeker status.</p>"
PAGES = {
    "/story?token=tok-5e1f-secret": page(WORDS, HTML),
    "/robots.txt": page(b"User-agent: *\nAllow: /\n", "Content-Type: text/plain"),
    "/round": redirect("/round"),
    "/silent": [],
}
Findings = Callable[[Path], list[dict[str, str]]]


@pytest.fixture
def captured(archive: Path, tmp_path: Path) -> Path:
    """Return an archive with a capture of every kind that the plain client makes."""
    leads = tmp_path / "leads.txt"
    with Site(PAGES) as site, WebArchive() as web:
        leads.write_text("".join(f"{site.url(path)}\n" for path in PAGES))
        allowed = ("--allow-address", site.address, "--allow-address", web.address)
        many = ("capture", "--from", leads, *allowed, "--delay", "0", "--retries", "0")
        assert run(*many, archive=archive).code == 4  # two of them come to no page
        memento = web.put("https://example.org/news", WORDS)
        done("deposit", "--memento", memento, *allowed, archive=archive)
    return archive


@pytest.fixture
def browsed(archive: Path) -> Path:
    """Return an archive with a capture by a browser."""
    with Site({"/": page(WORDS, HTML)}, keep_alive=True) as site:
        allowed = ("--allow-address", site.address)
        done("capture", "--browser", site.url(), *allowed, archive=archive)
    return archive


def payload_of(bundle: Path) -> dict:
    envelope = json.loads(bundle.read_bytes())["dsseEnvelope"]
    return json.loads(b64decode(envelope["payload"]))


def bundles(archive: Path, kind: str, key: str = "") -> list[Path]:
    """Return the statements of a kind whose predicate says something of ``key``."""
    found = sorted(archive.glob("statements/??/*.sigstore.json"))
    return [
        each
        for each in found
        if payload_of(each)["predicateType"].endswith(f"/{kind}/v1")
        and (not key or payload_of(each)["predicate"].get(key))
    ]


def restate(bundle: Path, change: Callable[[dict], None]) -> None:
    """Write another payload under the signature of a statement."""
    thing = json.loads(bundle.read_bytes())
    said = payload_of(bundle)
    change(said["predicate"])
    assert said != payload_of(bundle)
    text = json.dumps(said, separators=(",", ":")).encode()
    thing["dsseEnvelope"]["payload"] = b64encode(text).decode()
    write(bundle, json.dumps(thing, separators=(",", ":")).encode() + b"\n")


def write(place: Path, data: bytes) -> None:
    place.chmod(0o644)
    place.write_bytes(data)


def members(data: bytes) -> Iterator[bytes]:
    while data:
        stream = zlib.decompressobj(31)
        yield stream.decompress(data)
        data = stream.unused_data


def with_digest(record: bytes) -> bytes:
    """Return a record whose length and block digest are those of its block."""
    head, _, rest = record.partition(b"\r\n\r\n")
    block = rest.removesuffix(b"\r\n\r\n")
    digest = hashlib.sha256(block).hexdigest().encode()
    head = re.sub(rb"(WARC-Block-Digest: sha256:)[0-9a-f]+", rb"\g<1>" + digest, head)
    head = re.sub(rb"(Content-Length: )[0-9]+", rb"\g<1>%d" % len(block), head)
    return re.sub(rb"\r\nWARC-Payload-Digest[^\r]+", b"", head) + b"\r\n\r\n" + rest


def rewrite(archive: Path, bundle: Path, kind: str, old: bytes, new: bytes) -> Path:
    """Change the records of a kind in the file of a statement, and what is to fit."""
    sha256 = payload_of(bundle)["subject"][0]["digest"]["sha256"]
    place = archive / f"snapshots/{sha256[:2]}/{sha256}.warc.gz"
    index = place.with_name(f"{sha256}.records.jsonl")
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    packed = b""
    for number, record in enumerate(members(place.read_bytes())):
        named = f"WARC-Type: {kind}\r\n".encode() in record and old in record
        changed = with_digest(record.replace(old, new)) if named else record
        member = gzip.compress(changed, mtime=0)
        lines[number] |= {
            "sha256": hashlib.sha256(changed).hexdigest(),
            "member": hashlib.sha256(member).hexdigest(),
            "offset": len(packed),
            "length": len(member),
        }
        packed += member
    assert b"".join(members(packed)) != b"".join(members(place.read_bytes()))
    write(place, packed)
    told = [json.dumps(line, separators=(",", ":")) for line in lines]
    write(index, "".join(f"{line}\n" for line in told).encode())
    return place


def told(findings: Findings, archive: Path) -> dict[str, set[str]]:
    """Return the codes of the errors of each file."""
    found: dict[str, set[str]] = {}
    for each in findings(archive):
        if each["severity"] == "error":
            found.setdefault(each["place"].split(" ")[0], set()).add(each["code"])
    return found


def test_a_list_of_captures_verifies_as_it_was_made(captured, findings):
    assert told(findings, captured) == {}
    assert len(bundles(captured, "attempt")) == 2
    assert bundles(captured, "snapshot", "robots")
    assert bundles(captured, "snapshot", "memento")
    assert bundles(captured, "snapshot", "redactions")


STATED = {
    "a failure": ("attempt", "failures", lambda said: said.pop()),
    "why it failed": ("attempt", "failures", lambda said: said[0].update(reason="x")),
    "what came on the way": ("attempt", "snapshot", None),
    "the verdict of robots": (
        *("snapshot", "robots"),
        lambda said: said.update(verdict="disallowed"),
    ),
    "the time of a memento": (
        *("snapshot", "memento"),
        lambda said: said.update(datetime="2020-01-01T00:00:00Z"),
    ),
    "whose memento it is": (
        *("snapshot", "memento"),
        lambda said: said.update(archive="web.archive.org (Wayback Machine)"),
    ),
    "what was replaced": ("snapshot", "redactions", lambda said: said.clear()),
    "that an inner address was let in": (
        *("snapshot", "allowedAddresses"),
        lambda said: said.clear(),
    ),
}


@pytest.mark.parametrize("what", STATED)
def test_what_a_statement_says_of_a_capture_cannot_be_changed(captured, findings, what):
    kind, key, change = STATED[what]
    target = bundles(captured, kind, key)[0]

    def apply(predicate):
        if change:
            change(predicate[key])
        else:
            del predicate[key]

    restate(target, apply)
    rel = target.relative_to(captured).as_posix()
    assert "statement" in told(findings, captured)[rel]


RECORDED = {
    "a response": ("robots", "response", b"asylum-seeker", b"no such"),
    "a request": ("redactions", "request", b"GET /story", b"GET /other"),
    "what was replaced": ("redactions", "metadata", b"redacted: ", b"x-edacted: "),
    "the name of a host": (
        "redactions",
        "metadata",
        b"dns-answer: 1",
        b"dns-answer: 9",
    ),
    "a rule for robots": ("mainRecord", "response", b"Allow: /", b"Disallow: /"),
    "a memento": ("memento", "resource", b"asylum-seeker", b"no such"),
    "whose word a memento is": ("memento", "metadata", b"memento", b"capture"),
}


@pytest.mark.parametrize("what", RECORDED)
def test_what_a_file_holds_of_a_capture_cannot_be_changed(captured, findings, what):
    key, kind, old, new = RECORDED[what]
    for bundle in bundles(captured, "snapshot", key):
        try:
            place = rewrite(captured, bundle, kind, old, new)
        except AssertionError:  # it is of another page
            continue
        break
    found = told(findings, captured)
    rel = place.relative_to(captured).as_posix()
    assert "changed" in found[rel]
    assert "openings" in found[rel.replace(".warc.gz", ".records.jsonl")]


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("conversion", b"asylum-seeker", b"no such"),
        ("resource", b"\x89PNG", b"\x89PNX"),
        ("resource", b"%PDF-1.4", b"%PDF-1.3"),
        ("metadata", b'"settled": true', b'"settled": false'),
        ("metadata", b'"requests": [', b'"asked": ['),
    ],
)
def test_what_a_browser_made_of_a_page_cannot_be_changed(
    browsed, findings, kind, old, new
):
    (bundle,) = bundles(browsed, "snapshot", "browser")
    place = rewrite(browsed, bundle, kind, old, new)
    found = told(findings, browsed)
    rel = place.relative_to(browsed).as_posix()
    assert "changed" in found[rel]
    assert "openings" in found[rel.replace(".warc.gz", ".records.jsonl")]


@pytest.mark.parametrize("kind", ["attempt", "snapshot"])
def test_nothing_of_a_capture_can_be_taken_away(captured, findings, kind):
    for bundle in bundles(captured, kind)[:4]:
        kept = bundle.read_bytes()
        bundle.unlink()
        codes = told(findings, captured).values()
        assert "missing" in set().union(*codes)
        bundle.write_bytes(kept)
