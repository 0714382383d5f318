"""The command ``quote``: find words in a text, and anchor them there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from archiver.errors import (
    ArchiveError,
    MalformedError,
    QuoteError,
    SourcebookError,
    VerificationError,
)
from archiver.facts import SnapshotFacts
from archiver.holdings import StoredSnapshot, match_id, read_snapshots
from archiver.store import Archive
from archiver.terminal import (
    arguments,
    json_option,
    named_archive,
    print_json,
    say,
    visible,
)
from archiver.text import extract_plain
from archiver.trust import read_trust
from claims.anchoring import Anchor, EmptyQuoteError, anchor, zone_of
from claims.appearances import REMARKS, find_appearance
from claims.authoring import NewQuote
from claims.capture_words import LABELS
from claims.drafting import format_evidence_block
from claims.folding import fold
from claims.holdings import is_success, is_whole_page
from claims.quoting import REASONS
from claims.tried import check_no_attempt

MAX_FILE: Final = 256 << 20  # bytes of a text to search
MOST_PLACES: Final = 10
BESIDE: Final = 40  # characters that are shown on either side of a place
_HINTS: Final = {
    "ambiguous": "give the words directly beside it with --prefix or --suffix",
    "changed": "quote the words as they stand there, whole words and whole numbers",
    "absent": "search for fewer words, in the language of the page",
    "no-text": "the snapshot has no text layer to search; quote another one",
    "doubtful": "that says nothing of the page; capture it again, or quote another"
    " snapshot",
}


@dataclass(frozen=True, slots=True)
class Searched:
    """A text to search: a plain file's, or a snapshot's text layer with its zones."""

    text: str
    snapshot: StoredSnapshot | None
    archive: Archive | None = None


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

    SNAPSHOT is a snapshot's SHA-256 or its beginning, as 'list' shows it. Offsets
    count code points. Where the words stand in several places, each is shown.

    Example: sourcebook quote 3c835783 "le statut de demandeur d'asile"

    Example: sourcebook quote --text page.txt "words" --suffix "what follows" --json
    """
    if len(words) != (1 if file else 2):
        given = "WORDS, once" if file else "SNAPSHOT and WORDS"
        raise click.UsageError(f"there are {len(words)} arguments, expected {given}")
    searched = _read_file(file) if file else read_layer(named_archive(), words[0])
    found = _find(searched, words[-1], (prefix, suffix))
    appears = _appearance(searched, found, words[-1])
    if as_json:
        shown = {"appears": appears} if appears else {}
        print_json(_as_object(searched, found) | shown)
    elif found.start is not None and found.end is not None:
        context = (prefix, suffix)
        click.echo(_as_block(searched, found.start, found.end, words[-1], context))
    _warn(searched, appears)
    _refuse(searched, found)


def check_quote(archive: Archive, new: NewQuote) -> None:
    """Check that the quote of a new claim stands in its snapshot, in one place.

    Raises:
        UsageError: there are no words, or what is named is no id.
        QuoteError: they do not stand there.
        VerificationError: there is no such snapshot.
    """
    searched = read_layer(archive, new.snapshot)
    found = _find(searched, new.quote, (new.prefix, new.suffix))
    _warn(searched, _appearance(searched, found, new.quote))
    _refuse(searched, found)


def _appearance(searched: Searched, found: Anchor, words: str) -> str:
    """Return how anchored words appear in the page of a snapshot, "" if as its own."""
    if not (searched.archive and searched.snapshot and found.is_anchored):
        return ""
    try:
        return find_appearance(searched.archive, searched.snapshot, words)
    except SourcebookError as error:
        say(f"How the words appear in the page is not known: {error}")
        return ""


def _find(searched: Searched, words: str, context: tuple[str, str]) -> Anchor:
    prefix, suffix = context
    try:
        return anchor(
            fold(searched.text),
            words,
            prefix=prefix,
            suffix=suffix,
            searchable=not searched.snapshot or _is_whole(searched.snapshot.facts),
        )
    except EmptyQuoteError as error:
        raise click.UsageError(str(error)) from error


def _is_whole(facts: SnapshotFacts) -> bool:
    return is_whole_page(facts.outcome, facts.labels, _status(facts))


def _status(facts: SnapshotFacts) -> int | None:
    return facts.exchange.status if facts.exchange else None


def _warn(searched: Searched, appears: str) -> None:
    """Say why evidence from the snapshot counts for less, where it does."""
    if appears:
        say(REMARKS[appears])
    if searched.snapshot is None:
        return
    facts = searched.snapshot.facts
    if facts.outcome != "complete":
        say(
            f"The snapshot is {facts.outcome}: {facts.reason}. Evidence from it permits"
            " nothing above reported."
        )
    if not is_success(status := _status(facts)):
        say(
            f"The server sent it with status {status}. Evidence from it permits nothing"
            " above reported."
        )
    for label in facts.labels:
        if label in LABELS:
            say(f"The snapshot is labelled {label}. {LABELS[label][2]}")


def _refuse(searched: Searched, found: Anchor) -> None:
    """Refuse words that are not anchored, and show where they stand instead.

    Raises:
        QuoteError: they are not.
    """
    if found.is_anchored:
        return
    for start, end in found.places[:MOST_PLACES]:
        say(f"  at {start}: {_in_context(searched.text, start, end)}")
    hint = _HINTS.get(found.status) or _HINTS[found.reason]
    raise QuoteError(_explain(searched, found), hint=hint)


def _in_context(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - BESIDE) : start], text[end : end + BESIDE]
    shown = f"{before}[{text[start:end]}]{after}"
    return " ".join(shown.split())


def _read_file(file: Path) -> Searched:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise ArchiveError(f"{file} cannot be read: {error.strerror}") from error
    if len(data) > MAX_FILE:
        raise MalformedError(f"{file} is longer than {MAX_FILE} bytes")
    return Searched(extract_plain(data, None).text, None)


def read_layer(archive: Archive, wanted: str) -> Searched:
    """Return the text layer of the snapshot that is meant; none is an empty text.

    Raises:
        UsageError: what is named is no id.
        VerificationError: there is no such snapshot.
        ArchiveError, MalformedError: it cannot be read.
    """
    trust = read_trust(archive)
    snapshots = read_snapshots(archive, trust)
    try:
        with arguments():
            snapshot = snapshots[match_id(snapshots, wanted)]
    except VerificationError:
        check_no_attempt(archive, trust, wanted)
        raise
    return Searched(snapshot.text or "", snapshot, archive)


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
        thing["outcome"] = searched.snapshot.facts.outcome
        thing["labels"] = list(searched.snapshot.facts.labels)
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
    told = f"the quote is {found.status} ({found.reason}): {REASONS[found.reason]}"
    if found.nearest is None:
        return f"{told}, expected its words in the text"
    start, end = found.nearest
    return f"{told}; the nearest place, at {start}, says {searched.text[start:end]!r}"
