"""The command ``quote``: find words in a text, and anchor them there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from archiver.errors import (
    ArchiveError,
    MalformedError,
    QuoteError,
    VerificationError,
)
from archiver.holdings import StoredSnapshot, match_id, read_snapshots
from archiver.store import Archive
from archiver.terminal import arguments, json_option, named_archive, print_json, visible
from archiver.text import extract_plain
from archiver.trust import read_trust
from claims.anchoring import Anchor, EmptyQuoteError, anchor, zone_of
from claims.drafting import format_evidence_block
from claims.folding import fold
from claims.tried import check_no_attempt

MAX_FILE = 256 << 20  # bytes of a text to search
_HINTS = {
    "ambiguous": "give the words directly beside it with --prefix or --suffix",
    "changed": "quote the words as they stand there, whole words and whole numbers",
    "absent": "search for fewer words, in the language of the page",
    "not-searchable": "the snapshot has no text layer to search",
}


@dataclass(frozen=True, slots=True)
class Searched:
    """A text to search: a plain file's, or a snapshot's text layer with its zones."""

    text: str
    snapshot: StoredSnapshot | None


@click.command()
@click.argument("words", metavar="[SNAPSHOT] WORDS", nargs=-1, required=True)
@click.option(
    "--text",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Search this plain text file in place of a snapshot.",
)
@click.option("--prefix", default="", help="Words directly before the quote.")
@click.option("--suffix", default="", help="Words directly after it.")
@json_option
def quote(
    words: tuple[str, ...], file: Path | None, prefix: str, suffix: str, as_json: bool
) -> None:
    """Anchor WORDS in a snapshot, and print the block for a claim file.

    SNAPSHOT is a snapshot's SHA-256 or its beginning. Offsets count code points.

    Examples: sourcebook quote 3c835783 "le statut de demandeur d'asile"

    sourcebook quote --text page.txt "words" --suffix "and what follows" --json
    """
    if len(words) != (1 if file else 2):
        given = "WORDS, once" if file else "SNAPSHOT and WORDS"
        raise click.UsageError(f"there are {len(words)} arguments, expected {given}")
    searched = _read_file(file) if file else _read_layer(named_archive(), words[0])
    try:
        found = anchor(fold(searched.text), words[-1], prefix=prefix, suffix=suffix)
    except EmptyQuoteError as error:
        raise click.UsageError(str(error)) from error
    _print_anchor(searched, found, words[-1], (prefix, suffix), as_json=as_json)


def _read_file(file: Path) -> Searched:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise ArchiveError(f"{file} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE:
        raise MalformedError(f"{file} is longer than {MAX_FILE} bytes")
    return Searched(extract_plain(data, None).text, None)


def _read_layer(archive: Archive, wanted: str) -> Searched:
    trust = read_trust(archive)
    snapshots = read_snapshots(archive, trust)
    try:
        with arguments():
            snapshot = snapshots[match_id(snapshots, wanted)]
    except VerificationError:
        check_no_attempt(archive, trust, wanted)
        raise
    return Searched(snapshot.text or "", snapshot)


def _print_anchor(
    searched: Searched,
    found: Anchor,
    words: str,
    context: tuple[str, str],
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json(_as_object(searched, found))
    elif found.start is not None and found.end is not None:
        click.echo(_as_block(searched, found.start, found.end, words, context))
    if not found.is_anchored:
        raise QuoteError(_explain(searched, found), hint=_HINTS.get(found.status, ""))


def _as_object(searched: Searched, found: Anchor) -> dict[str, object]:
    thing: dict[str, object] = {
        "status": found.status,
        "start": found.start,
        "end": found.end,
    }
    if found.reason:
        thing["reason"] = found.reason
    if found.diff:
        thing["diff"] = [[piece.op, piece.text, piece.mark] for piece in found.diff]
    if searched.snapshot:
        thing["snapshot"] = searched.snapshot.sha256
        thing["zone"] = _zone(searched, found)
    return thing


def _zone(searched: Searched, found: Anchor) -> str | None:
    opening = searched.snapshot.text_opening if searched.snapshot else None
    if opening is None or found.start is None or found.end is None:
        return None
    return zone_of(opening.zones, found.start, found.end)


def _as_block(
    searched: Searched, start: int, end: int, words: str, context: tuple[str, str]
) -> str:
    if searched.snapshot is None:
        return f"{start}\t{end}\t{visible(searched.text[start:end])}"
    prefix, suffix = context
    return format_evidence_block(
        snapshot=searched.snapshot.sha256,
        quote=words,
        prefix=prefix,
        suffix=suffix,
        added=datetime.now(UTC).date(),
    )


def _explain(searched: Searched, found: Anchor) -> str:
    if found.status == "ambiguous":
        places = ", ".join(str(start) for start, _ in found.places[:10])
        return f"the quote stands in several places (at {places}), expected one"
    told = f"the quote is {found.status} ({found.reason})"
    if found.nearest is None:
        return f"{told}, expected its words in the text"
    start, end = found.nearest
    return f"{told}; the nearest place, at {start}, says {searched.text[start:end]!r}"
