"""An archive's files and the rows of its published database, for tests of the pages.

Signatures, hashes and the log are real; the rows are written by hand, so that a page
can be tested in every state that the schema allows.
"""

import gzip
import json
import sqlite3
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver.ed25519 import keyid, raw, spki
from archiver.merkle import Tree, leaf_hash, tree_root
from archiver.notes import VerifierKey, format_note, format_vkey, sign_note
from archiver.receipts import Receipt, format_receipt
from archiver.statements import (
    Envelope,
    Statement,
    Subject,
    format_bundle,
    format_entry,
    sign_statement,
)
from archiver.tiles import bundles_of, tiles_of
from claims.website.searching import fill_search

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "claims" / "published" / "schema.sql"
ORIGIN = "sourcebook.internal/test-archive/0a1b2c3d"
NOW = "2026-11-25T09:00:00Z"


CEILING_STEPS = [
    {"strength": "open", "met": True, "why": "a claim begins here", "evidence": []},
    {
        "strength": "reported",
        "met": True,
        "why": "a quote that supports it stands in a text that we hold",
        "evidence": ["e1"],
    },
    {
        "strength": "attested",
        "met": False,
        "why": "no origin's own words are in hand: what the origin said reaches us"
        " through others",
        "evidence": [],
    },
    {
        "strength": "corroborated",
        "met": False,
        "why": "no two independent origins are attested",
        "evidence": [],
    },
    {
        "strength": "established",
        "met": False,
        "why": "it is not corroborated, and no primary document is in hand",
        "evidence": [],
    },
]


@dataclass
class Book:
    """The archive being made: its files, its statements in log order, its rows."""

    folder: Path
    key: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
    )
    log_key: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
    )
    envelopes: list[tuple[str, Envelope, bool]] = field(default_factory=list)
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, table: str, **row: Any) -> None:
        """Add one row."""
        self.rows.append((table, row))

    def put(self, path: str, data: bytes, kind: str) -> None:
        """Write one file of the archive, and list it."""
        self.write(path, data)
        renewed = kind == "receipt"
        self.add(
            "files",
            path=path,
            length=None if renewed else len(data),
            sha256=None if renewed else sha256(data).hexdigest(),
            kind=kind,
        )

    def write(self, path: str, data: bytes) -> None:
        """Write one file of the archive."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def say(
        self, kind: str, subject: str, digest: str, *, sealed: bool = False, **said: Any
    ) -> str:
        """Sign a statement for the log; return its id."""
        salt = sha256(f"{len(self.envelopes)}".encode()).hexdigest()[:32]
        predicate = {"salt": salt, "origin": ORIGIN, "on": NOW, **said}
        statement = Statement(kind, (Subject(subject, digest),), predicate)
        envelope = sign_statement(statement, self.key)
        self.envelopes.append((kind, envelope, sealed))
        return envelope.id

    @property
    def keyid(self) -> str:
        """The id of the key that signs statements."""
        return keyid(self.key.public_key())


def write_rows(database: Path, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Write rows into a new database, whatever their order."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(SCHEMA.read_text())
        connection.execute("pragma defer_foreign_keys = on")
        for table, row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"insert into {table} ({names}) values ({marks})",  # noqa: S608 - the test's own names
                tuple(row.values()),
            )
        fill_search(connection)


def dump(value: Any) -> str:
    """Write JSON as the database holds it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def warc_record(kind: str, uri: str, media_type: str, block: bytes) -> bytes:
    """Write one WARC record as one gzip member."""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\n"
        f"WARC-Date: {NOW}\r\nWARC-Record-ID: <urn:uuid:{len(block):032x}>\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {len(block)}\r\n"
        f"WARC-Block-Digest: sha256:{sha256(block).hexdigest()}\r\n\r\n"
    )
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def add_snapshot(
    book: Book, document: tuple[str, str, str, bytes], text: str, **facts: Any
) -> str:
    """Add a snapshot of one document (type, uri, media type, block)."""
    kind, uri, media_type, block = document
    beside: list[tuple[str, str, str, bytes]] = facts.pop("beside", [])
    info = b"software: sourcebook test\r\nnonce: 00\r\n"
    records = [
        ("warcinfo", "urn:none", "application/warc-fields", info),
        (kind, uri, media_type, block),
        *beside,
    ]
    members = [warc_record(*record) for record in records]
    data = b"".join(members)
    digest = sha256(data).hexdigest()
    path = f"snapshots/{digest[:2]}/{digest}.warc.gz"
    access = facts.pop("access", "public")
    observed = facts["custody"] == "observed"
    said = book.say(
        "snapshot",
        f"{digest}.warc.gz",
        digest,
        custody=facts["custody"],
        outcome="complete",
        **({"finalUrl": uri} if observed else {"suppliedBy": facts["supplied_by"]}),
    )
    if access == "public":
        book.put(path, data, "snapshot")
        book.put(f"snapshots/{digest[:2]}/{digest}.text", text.encode(), "text")
    book.add(
        "snapshots",
        sha256=digest,
        path=path,
        length=len(data),
        statement=said,
        access=access,
        outcome="complete",
        tool="sourcebook 0.1.0",
        main_record=1,
        record_count=len(records),
        records_root=sha256(digest.encode()).hexdigest(),
        extractor="html@1" if "html" in media_type or kind == "response" else "plain@1",
        text_length=len(text),
        text_sha256=sha256(text.encode()).hexdigest() if access == "public" else None,
        text=text if access == "public" else None,
        custody_said=facts["custody"],
        **facts,
    )
    add_records(book, digest, records, members)
    return digest


def add_records(
    book: Book, digest: str, records: list[Any], members: list[bytes]
) -> None:
    """Add the rows of a snapshot's records."""
    offset = 0
    for position, (record, member) in enumerate(zip(records, members, strict=True)):
        inflated = sha256(gzip.decompress(member)).digest()
        salt = bytes([position]) * 16
        book.add(
            "records",
            snapshot=digest,
            position=position,
            type=record[0],
            uri=record[1],
            date=NOW,
            media_type=record[2],
            offset=offset,
            length=len(member),
            sha256=inflated.hex(),
            member=sha256(member).hexdigest(),
            salt=salt.hex(),
            commit=sha256(salt + inflated).hexdigest(),
        )
        offset += len(member)


def add_log(book: Book, release: str) -> None:
    """Add the log over all statements, their receipts, and the row of the archive."""
    entries = [format_entry(kind, envelope) for kind, envelope, _ in book.envelopes]
    leaves = [leaf_hash(entry) for entry in entries]
    text = f"{ORIGIN}\n{len(leaves)}\n{b64encode(tree_root(leaves)).decode()}\n"
    note = format_note(sign_note(text, ORIGIN, book.log_key))
    book.write("logs/1/checkpoint", note)
    for path, data in {**tiles_of(leaves), **bundles_of(entries)}.items():
        book.write(f"logs/1/{path}", data)
    tree = Tree(leaves)
    for index, entry in enumerate(entries):
        receipt = Receipt(index, tree.prove_inclusion(index), note)
        add_statement(book, index, entry, format_receipt(receipt))
    add_trust(book)
    vkey = VerifierKey(ORIGIN, 1, raw(book.log_key.public_key()))
    book.add(
        "about",
        one=1,
        archive="test-archive",
        title="The archive of the tests",
        operator="Nobody in particular",
        origin=ORIGIN,
        notice="This archive is made for tests, and all of it is invented.",
        draft=0,
        release=1,
        release_statement=release,
        release_index=len(leaves) - 1,
        release_on=NOW,
        release_changes="first",
        checkpoint_size=len(leaves),
        checkpoint_root=tree_root(leaves).hex(),
        checkpoint_note=text,
        policy=f"log {format_vkey(vkey)}\nquorum none\n",
        pin=sha256(b"pin").hexdigest(),
    )


def add_statement(book: Book, index: int, entry: bytes, receipt: bytes) -> None:
    """Add one statement with its log entry."""
    kind, envelope, sealed = book.envelopes[index]
    stem = f"statements/{envelope.id[:2]}/{envelope.id}"
    bundle = format_bundle(envelope)
    book.put(f"{stem}.tlog-proof", receipt, "receipt")
    if not sealed:
        book.put(f"{stem}.sigstore.json", bundle, "statement")
    book.add(
        "log_entries",
        log=1,
        idx=index,
        type=kind,
        statement=envelope.id,
        keyid=book.keyid,
        signature=b64encode(envelope.signature).decode(),
        entry=entry.decode(),
        leaf_hash=leaf_hash(entry).hex(),
    )
    book.add(
        "statements",
        id=envelope.id,
        type=kind,
        log=1,
        log_index=index,
        keyid=book.keyid,
        signer="The operator",
        said_on=None if sealed else NOW,
        sealed=int(sealed),
        payload=None if sealed else envelope.payload.decode(),
        bundle=None if sealed else bundle.decode(),
        bundle_path=None if sealed else f"{stem}.sigstore.json",
        receipt=receipt.decode(),
        receipt_path=f"{stem}.tlog-proof",
    )


def add_trust(book: Book) -> None:
    """Add the one signer."""
    book.add(
        "signers",
        keyid=book.keyid,
        position=0,
        name="The operator",
        roles="capturer,operator,reviewer",
        spki=b64encode(spki(book.key.public_key())).decode(),
        valid_from="1/0",
    )
