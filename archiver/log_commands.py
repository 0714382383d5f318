"""The commands of the log: ``log checkpoint | proof | consistency | add | resume``."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import click

from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.consistency import (
    format_growth,
    name_head,
    open_held,
    parse_held,
    prove_growth,
)
from archiver.errors import MalformedError, VerificationError
from archiver.holdings import SHORTEST_ID, match_id, read_statement
from archiver.keys import own_file
from archiver.log import PublishedLog, head_hash, read_published, resume
from archiver.receipts import MAX_RECEIPT, OPENING, parse_receipt
from archiver.statements import Entry, parse_entry
from archiver.store import Archive, about, read_file, receipt_file, writing
from archiver.strict import check_hex
from archiver.terminal import (
    Ordered,
    arguments,
    json_option,
    named_archive,
    named_writer,
    passphrase_option,
    print_json,
    say,
    visible,
)
from archiver.trust import Trust, read_trust
from archiver.writer import add_waiting

_RECEIPT: Final = OPENING.encode()
_WORDS = re.compile(r"[0-9]+:[A-Za-z0-9+/=]+")
_HELD: Final = "of a head whose signature is lost, give SIZE:ROOT"


@click.group(cls=Ordered)
def log() -> None:
    """Show the log of statements, and append to it."""


@log.command()
@json_option
def checkpoint(as_json: bool) -> None:
    """Print the log's signed head, and its hash.

    The hash is what 'log resume' asks for.

    Example: sourcebook log checkpoint
    """
    published = _published()
    head = head_hash(published.note)
    if as_json:
        print_json(
            {
                "size": published.size,
                "root": published.root.hex(),
                "head": head,
                "note": published.note.decode(),
            }
        )
        return
    click.echo(published.note.decode(), nl=False)
    click.echo(f"head {head}")


@log.command()
@click.argument("wanted", metavar="ID|INDEX")
@json_option
def proof(wanted: str, as_json: bool) -> None:
    """Print the receipt of a statement.

    It is named by its id, its index, or its snapshot's hash.

    Example: sourcebook log proof 2
    """
    archive = named_archive()
    statement_id = _find(archive, read_trust(archive), wanted)
    rel = receipt_file(statement_id)
    data = read_file(archive, rel, MAX_RECEIPT)
    with about(rel):
        parse_receipt(data)
    text = data.decode()
    if as_json:
        print_json({"statement": statement_id, "receipt": text})
    else:
        click.echo(text, nl=False)


@log.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@json_option
def consistency(old: str, new: str | None, as_json: bool) -> None:
    """Prove that this log goes on from a head that one holds.

    OLD is a file with a signed checkpoint, or SIZE:ROOT (the root hash in hex or
    base64). NEW is another head of this log, in the same words; else its newest. What
    is printed is the proof as a witness takes it, and was checked as whoever holds both
    heads can check it.

    Exit status: 0 the log goes on from OLD, 1 it is a fork of it, or lacks entries.

    Example: sourcebook log consistency kept-checkpoint
    """
    archive = named_archive()
    trust = read_trust(archive)
    held, _ = _read_head(archive, trust, old)
    published = read_published(archive, trust.policy)
    head = Checkpoint(archive.config.origin, published.size, published.root)
    note = published.note
    if new is not None:
        head, note = _read_head(archive, trust, new)
    proof = prove_growth(published.tree.full_nodes(0), held, head)
    if as_json:
        print_json(_growth_object(held, head, proof, note))
        return
    click.echo(format_growth(held.size, proof, note).decode(), nl=False)
    say(f"the log had {name_head(held)}, and {name_head(head)} goes on from it")


@log.command()
@passphrase_option
@json_option
def add(passphrase_fd: int | None, as_json: bool) -> None:
    """Append the statements that wait for the log.

    Example: sourcebook log add
    """
    found = add_waiting(named_writer(passphrase_fd))
    if not found:
        say("no statement waits for the log")
    for added in found:
        if as_json:
            print_json({"statement": added.statement_id, "index": added.index})
        else:
            click.echo(f"{added.index}  {added.statement_id}")


@log.command("resume")
@click.option("--head", required=True, metavar="SHA256", help="From 'log checkpoint'.")
def resume_command(head: str) -> None:
    """Go on with the log on this machine.

    SHA256 names the head to go on from.
    Run it once on a new machine, with the newest copy of the archive and its keys.
    The machine that wrote the log before must not write it any more.

    Example: sourcebook log resume --head 5f0c…
    """
    with arguments():
        check_hex(head, "--head")
    archive = named_archive()
    with writing(archive):
        published = resume(archive, read_trust(archive), head)
    click.echo(f"the log goes on here from size {published.size}")


def _read_head(archive: Archive, trust: Trust, given: str) -> tuple[Checkpoint, bytes]:
    """Read a head that is held: a file with a checkpoint or a receipt, or its words.

    Returns it with its note; of mere words the text that a note would have.

    Raises:
        UsageError: it is none of the three.
        ArchiveError: the file cannot be read.
        MalformedError, VerificationError: the file holds no checkpoint of this log.
    """
    origin, place = archive.config.origin, Path(given)
    if place.is_file():
        with own_file(place, "read"), place.open("rb") as stream:
            data = stream.read(MAX_RECEIPT + 1)
        try:
            note = parse_receipt(data).note if data.startswith(_RECEIPT) else data
            return open_held(note, trust.policy, origin), note
        except (MalformedError, VerificationError) as error:
            raise type(error)(f"{given}: {error}", hint=error.hint or _HELD) from error
    if not _WORDS.fullmatch(given):
        raise click.UsageError(
            f"{visible(given)} is neither a file with a checkpoint nor SIZE:ROOT"
        )
    with arguments():
        head = parse_held(given, origin)
    return head, format_checkpoint(head).encode()


def _growth_object(
    held: Checkpoint, head: Checkpoint, proof: Sequence[bytes], note: bytes
) -> dict[str, object]:
    return {
        "old": {"size": held.size, "root": held.root.hex()},
        "new": {"size": head.size, "root": head.root.hex()},
        "proof": [each.hex() for each in proof],
        "note": note.decode(),
    }


def _published() -> PublishedLog:
    archive = named_archive()
    return read_published(archive, read_trust(archive).policy)


def _find(archive: Archive, trust: Trust, wanted: str) -> str:
    """Return the id of the logged statement that is meant, in one of three ways."""
    published = read_published(archive, trust.policy)
    entries = [parse_entry(entry) for entry in published.entries]
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < SHORTEST_ID:
        if int(wanted) >= len(entries):
            raise VerificationError(
                f"the log has {len(entries)} entries, expected one at index {wanted}"
            )
        return entries[int(wanted)].statement_id
    known = {entry.statement_id: entry.statement_id for entry in entries}
    if wanted not in known:
        known |= _by_snapshot(archive, trust, entries)
    with arguments():
        return known[match_id(known, wanted)]


def _by_snapshot(
    archive: Archive, trust: Trust, entries: Iterable[Entry]
) -> dict[str, str]:
    """Return the statement of each snapshot that the log holds, by its file's hash."""
    stored = (
        read_statement(archive, trust, entry.statement_id)
        for entry in entries
        if entry.type == "snapshot"
    )
    return {each.statement.subjects[0].sha256: each.id for each in stored}
