"""Making a snapshot: openings, text layer, signed statement, one batch.

A capture and a deposit end alike: a finished file becomes a snapshot by its openings,
its text layer and its signed statement, which come into the archive in one batch.  How
the bytes were had is in ``Draft.facts``; nothing here can turn one custody into the
other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver.chance import Token
from archiver.facts import parse_snapshot
from archiver.hashing import hash_stream
from archiver.layers import Document, extract_document, read_document
from archiver.openings import (
    SALT_SIZE,
    Opening,
    TextOpening,
    commit,
    format_openings,
    records_root,
)
from archiver.records import Record, walk_records, whole_file
from archiver.statements import (
    Envelope,
    Statement,
    Subject,
    format_bundle,
    sign_statement,
)
from archiver.store import Archive, batch, snapshot_file, statement_file
from archiver.text import TextLayer

Judge = Callable[[Document, TextLayer | None], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished file, and how its bytes were had (``facts``: predicate keys).

    ``whole``: its records cannot be told apart, so one commitment covers all of it.
    ``judge`` gives further facts, from the main record's document and its text.
    """

    file: Path
    suffix: str
    facts: dict[str, Any]
    main: int | None
    whole: bool = False
    judge: Judge | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot that has come into the archive: its name, and its statement's."""

    sha256: str
    statement_id: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A finished file that was read to its end, and what its statement says of it.

    ``openings`` and ``text`` are the files beside it; ``facts`` are the predicate but
    for its first members.
    """

    draft: Draft
    sha256: str
    openings: bytes
    text: bytes | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """A snapshot that was signed, its statement, and all of its files, by place."""

    stored: Stored
    envelope: Envelope
    statement: Statement
    files: tuple[tuple[str, bytes | Path], ...]


def store_signed(archive: Archive, signed: Signed, token: Token) -> Stored:
    """Bring one signed snapshot into the archive; the caller holds the archive.

    Raises:
        ArchiveError: a snapshot of the same bytes is there, or the disk fails.
    """
    with batch(archive, token(8).hex()) as staged:
        for rel, content in signed.files:
            staged.add(rel, content)
    return signed.stored


def prepare_snapshot(draft: Draft, token: Token) -> Prepared:
    """Read ``draft``: its records, its text, its hash; nobody need hold the archive.

    Raises:
        MalformedError, VerificationError: a record is not what it says.
    """
    records = _records(draft)
    document = _main_document(draft, records)
    layer = extract_document(document) if document else None
    judged = draft.judge(document, layer) if draft.judge and document else {}
    openings = tuple(_opening(record, token(SALT_SIZE)) for record in records)
    text = _text_opening(layer, token(SALT_SIZE)) if layer else None
    with draft.file.open("rb") as stream:
        sha256, length = hash_stream(stream)
    facts = {
        **draft.facts,
        **judged,
        "mainRecord": draft.main,
        "warc": {"length": length, **_records_facts(openings)},
        "text": _text_facts(text, draft.main),
    }
    return Prepared(
        draft,
        sha256,
        format_openings(openings, text),
        layer.text.encode() if layer else None,
        facts,
    )


def sign_snapshot(
    archive: Archive,
    prepared: Prepared,
    key: Ed25519PrivateKey,
    *,
    on: str,
    token: Token,
) -> Signed:
    """Sign what was prepared; it comes into the archive in one batch, or not at all.

    Raises:
        MalformedError, VerificationError: what is said of it fits into no statement.
    """
    sha256, suffix = prepared.sha256, prepared.draft.suffix
    predicate = {
        "salt": token(SALT_SIZE).hex(),
        "origin": archive.config.origin,
        "on": on,
        **prepared.facts,
    }
    subject = Subject(f"{sha256}{suffix}", sha256)
    statement = Statement("snapshot", (subject,), predicate)
    parse_snapshot(statement)  # nothing is signed that could not be read again
    envelope = sign_statement(statement, key)
    files: list[tuple[str, bytes | Path]] = [
        (snapshot_file(sha256, suffix), prepared.draft.file),
        (snapshot_file(sha256, ".records.jsonl"), prepared.openings),
    ]
    if prepared.text is not None:
        files.append((snapshot_file(sha256, ".text"), prepared.text))
    files.append((statement_file(envelope.id), format_bundle(envelope)))
    stored = Stored(sha256, envelope.id, predicate)
    return Signed(stored, envelope, statement, tuple(files))


def _records(draft: Draft) -> list[Record]:
    """Walk a file's records; where it is ``whole``, take one record for all of it."""
    with draft.file.open("rb") as stream:
        return [whole_file(stream)] if draft.whole else list(walk_records(stream))


def _records_facts(openings: tuple[Opening, ...]) -> dict[str, Any]:
    root = records_root([commit(each.salt, each.sha256) for each in openings])
    return {"recordCount": len(openings), "recordsRoot": root.hex()}


def _main_document(draft: Draft, records: list[Record]) -> Document | None:
    if draft.main is None:
        return None
    with draft.file.open("rb") as stream:
        return read_document(stream, records[draft.main])


def _opening(record: Record, salt: bytes) -> Opening:
    return Opening(
        index=record.index,
        sha256=record.sha256,
        salt=salt,
        type=record.type,
        uri=record.uri,
        offset=record.offset,
        length=record.length,
        member=record.member,
    )


def _text_opening(layer: TextLayer, salt: bytes) -> TextOpening:
    sha256 = hashlib.sha256(layer.text.encode()).hexdigest()
    return TextOpening(layer.extractor, sha256, salt, len(layer.text), layer.zones)


def _text_facts(text: TextOpening | None, main: int | None) -> dict[str, Any] | None:
    if text is None:
        return None
    return {
        "record": main,
        "extractor": text.extractor,
        "length": text.length,
        "commit": commit(text.salt, text.sha256).hex(),
    }
