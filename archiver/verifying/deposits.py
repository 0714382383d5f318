"""Verifying what the statement of a deposit says, against the records of its file.

What somebody said when he supplied it is his word.  What the file says of it a second
time, and what a web archive's answer says of a memento, is held against it.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from archiver.elsewhere.memento import Memento, read_memento
from archiver.facts import Deposit, SnapshotFacts
from archiver.records import Record
from archiver.statements import parse_time
from archiver.strict import show
from archiver.verifying.recorded import (
    RecordedFile,
    value,
    values,
)
from archiver.wire.exchanges import MetadataFields
from archiver.wire.messages import media_type_and_charset
from archiver.wire.unpacking import Unpacker

_OURS: Final = "urn:uuid:"  # what a document that we wrapped stands under


def deposit_faults(
    file: RecordedFile, facts: SnapshotFacts, deposit: Deposit
) -> Iterator[str]:
    """Yield each way in which a deposit's statement and its file differ."""
    if deposit.sha256 == facts.sha256 and deposit.length != facts.warc.length:
        yield f"document.length is {deposit.length}, expected {facts.warc.length}"
    if facts.main_record is None:
        return
    main = file.records[facts.main_record]
    if deposit.sha256 == facts.sha256:  # kept as it was supplied
        if deposit.claimed_url not in (None, main.uri):
            yield (
                f"claimedUrl is {show(deposit.claimed_url)}, and the main record"
                f" {main.index} is of {show(main.uri)}"
            )
        return
    yield from _document_faults(main, deposit)
    told = file.fields(main)
    if told is not None:
        yield from _word_faults(told, deposit, f"record {main.index}")
    if deposit.memento is not None:
        yield from _memento_faults(file, facts, deposit, deposit.memento)


def _document_faults(main: Record, deposit: Deposit) -> Iterator[str]:
    """Compare a document with the record that it was wrapped in."""
    where = f"record {main.index}"
    if main.type != "resource" or not main.uri.startswith(_OURS):
        yield (
            f"the main {where} is a {main.type} of {show(main.uri)}, expected a"
            f" resource under {_OURS}…, since nobody saw it come from an address"
        )
    if deposit.length != main.block_length:
        yield (
            f"document.length is {deposit.length}, expected {main.block_length} as"
            f" {where} has"
        )
    media_type = (main.field("Content-Type") or "").partition(";")[0]
    if deposit.media_type.partition(";")[0] != media_type:
        yield (
            f"document.mediaType is {show(deposit.media_type)}, expected"
            f" {show(media_type)} as {where} says"
        )


def _word_faults(told: MetadataFields, deposit: Deposit, where: str) -> Iterator[str]:
    """Compare whose word it is, and of what, in the two places."""
    said = (
        ("suppliedBy", deposit.supplied_by, "supplied-by"),
        ("document.name", deposit.name, "document-name"),
        ("claimedUrl", deposit.claimed_url, "claimed-url"),
    )
    for key, found, name in said:
        expected = value(told, name)
        if values(told, name) and found != expected:
            yield (
                f"{key} is {show(found)}, expected {show(expected)} as is said of"
                f" {where}"
            )


def _memento_faults(
    file: RecordedFile, facts: SnapshotFacts, deposit: Deposit, said: dict[str, Any]
) -> Iterator[str]:
    """Read the web archive's answer again; compare what the statement says of it."""
    main = file.records[facts.main_record or 0]
    answers = [each for each in file.base(main) if each.type == "response"]
    message = file.message(answers[0]) if len(answers) == 1 else None
    if message is None:
        yield (
            f"the memento in record {main.index} is of {len(answers)} responses in this"
            " file, expected one with a head"
        )
        return
    answer = answers[0]
    fetched = parse_time(answer.date, f"the date of record {answer.index}")
    found = _memento_facts(read_memento(answer.uri, message, fetched))
    for key, expected in found.items():
        if said.get(key) != expected:
            yield (
                f"memento.{key} is {show(said.get(key))}, expected {show(expected)} as"
                f" record {answer.index} says"
            )
    if deposit.media_type != media_type_and_charset(message)[0]:
        yield (
            f"document.mediaType is {show(deposit.media_type)}, expected that of record"
            f" {answer.index}"
        )
    body = _body_sha256(file, answer)
    if body != main.block:
        yield (
            f"the body of record {answer.index} has the SHA-256 {body}, expected"
            f" {main.block} as record {main.index} has"
        )


def _memento_facts(memento: Memento) -> dict[str, Any]:
    """Return what an answer says of itself; the archive's name is of our version."""
    return {
        "uri": memento.uri,
        "original": memento.original,
        "datetime": memento.datetime,
        "status": memento.status,
        "raw": memento.raw,
    }


def _body_sha256(file: RecordedFile, response: Record) -> str:
    """Hash the body of a response without its codings."""
    unpacker, digest = Unpacker(), sha256()

    def take(data: bytes) -> None:
        for piece in unpacker.feed(data):
            digest.update(piece)

    file.pass_block(response, take)
    return digest.hexdigest()
