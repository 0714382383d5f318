"""What capture and deposit print of what came in, and of what was tried in vain."""

from typing import Any, Final

import click

from archiver.browser.brief import count_all
from archiver.elsewhere.second_custody import DepositedMemento
from archiver.errors import UnreachedError
from archiver.harvesting.report import SHORT, advise_on, notes_of
from archiver.terminal import count_of, print_json, say, visible
from archiver.wire.messages import SUCCESSFUL
from archiver.wire.observation import Observation
from archiver.writer import Taken, Writer

# The lists in a browser's account of a page that a person is told of at once.
_LISTS: Final = {
    "failed": ("part", "failed"),
    "cut": ("part", "came cut"),
    "onlyBrowser": ("request", "on the browser's list alone"),
    "onlyProxy": ("request", "on the record alone"),
    "notMade": ("view", "not made"),
}
_IN_VAIN: Final = {"service": "no memento", "robots": "not asked for"}


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
        why = _IN_VAIN.get(error.failures[-1].kind, "no response")
        click.echo(f"{error.statement_id}  attempt, {why}  {visible(url)}")


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
                "text": facts["text"] and facts["text"]["extractor"],
                "of": what,
            }
        )
    else:
        outcome = f"{facts['custody']}, {facts['outcome']}"
        click.echo(f"{stored.sha256}  {outcome}  {visible(what)}")
    for word in facts["labels"]:
        why = facts.get("labelReasons", {}).get(word, "")
        say(f"{what}: {word}{': ' if why else ''}{why}")
    if facts["text"] is None:
        say(f"{what}: no text was found in it. No quote can be anchored in it.")
    if taken.index is None and writer.log_key is None:
        say(
            "The statement is signed and waits for the log, whose key is not on this"
            " machine: run 'sourcebook log add' where"
            f" {writer.archive.config.origin} is kept."
        )
    elif taken.index is None:
        say("The statement is signed and waits for the log: run 'sourcebook log add'.")


def say_seen(taken: Taken, seen: Observation, *, advises: bool) -> None:
    """Say what to know of a capture beside its labels; and, if asked, what to do."""
    what, facts = seen.requested_url, taken.stored.facts
    if seen.status not in SUCCESSFUL:
        say(f"{what}: the server answered {seen.status}. It is kept, as such.")
    if seen.outcome != "complete":
        became = f"{seen.outcome}: {seen.reason}"
        say(f"{what}: the capture is {became}. It is kept, as such.")
    remarks = remarks_on(facts.get("browser") or {})
    if remarks:
        short = taken.stored.sha256[:SHORT]
        say(f"{what}: {'; '.join(remarks)}. See: sourcebook show {short}")
    advice = advise_on(notes_of(facts, seen.status), seen.driver)
    if advises and advice:
        say(f"  -> {advice}")


def remarks_on(browser: dict[str, Any]) -> list[str]:
    """Return what stands out in a browser's account of a page, as it is signed."""
    is_loading = browser.get("settled") is False
    return [
        *(["it was still loading when it was taken"] if is_loading else []),
        *(
            f"{count_of(count_all(browser[key]), what)} {became}"
            for key, (what, became) in _LISTS.items()
            if browser.get(key)
        ),
    ]


def print_kept(writer: Writer, kept: DepositedMemento, *, as_json: bool) -> None:
    """Print the deposit of a memento, and what to know of it."""
    memento = kept.memento
    print_taken(writer, kept.taken, memento.uri, as_json=as_json)
    say(f"{memento.uri}: {memento.supplied_by}: that is its word, not ours.")
    for remark in kept.said:
        say(f"{memento.uri}: {remark}.")
