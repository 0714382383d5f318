"""What capture and deposit print of what came in, and of what was tried in vain."""

import click

from archiver.elsewhere.second_custody import DepositedMemento
from archiver.errors import UnreachedError
from archiver.terminal import print_json, say, visible
from archiver.writer import Taken, Writer


def print_tried(error: UnreachedError, url: str, *, as_json: bool) -> None:
    """Print the attempt that was kept, and the snapshot of what came on the way."""
    if as_json:
        kind = error.failures[-1].kind
        way = {"snapshot": error.snapshot} if error.snapshot else {}
        print_json({"attempt": error.statement_id, "failure": kind, "of": url, **way})
    elif error.snapshot:
        click.echo(f"{error.statement_id}  attempt, no page  {visible(url)}")
        click.echo(f"{error.snapshot}  what came on the way  {visible(url)}")
    else:
        click.echo(f"{error.statement_id}  attempt, no response  {visible(url)}")


def print_taken(writer: Writer, taken: Taken, what: str, *, as_json: bool) -> None:
    """Print a snapshot that came in, and say where it waits for the log."""
    stored, facts = taken.stored, taken.stored.facts
    if as_json:
        print_json(
            {
                "snapshot": stored.sha256,
                "statement": stored.statement_id,
                "index": taken.index,
                "custody": facts["custody"],
                "outcome": facts["outcome"],
                "reason": facts["reason"],
                "status": facts.get("status"),
                "labels": facts["labels"],
                "of": what,
            }
        )
    else:
        outcome = f"{facts['custody']}, {facts['outcome']}"
        click.echo(f"{stored.sha256}  {outcome}  {visible(what)}")
    for word in facts["labels"]:
        why = facts.get("labelReasons", {}).get(word, "")
        say(f"{what}: {word}{': ' if why else ''}{why}")
    if taken.index is None and writer.log_key is None:
        say(
            "The statement is signed and waits for the log, whose key is not on this"
            " machine: run 'sourcebook log add' where"
            f" {writer.archive.config.origin} is kept."
        )


def print_kept(writer: Writer, kept: DepositedMemento, *, as_json: bool) -> None:
    """Print the deposit of a memento, and what to know of it."""
    memento = kept.memento
    print_taken(writer, kept.taken, memento.uri, as_json=as_json)
    say(f"{memento.uri}: {memento.supplied_by}: that is its word, not ours.")
    for remark in kept.said:
        say(f"{memento.uri}: {remark}.")
