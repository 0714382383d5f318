"""What a person sees of a harvest: its progress, and at the end what came of it."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from archiver.advice import LATER, STATUS, advise
from archiver.errors import SourcebookError, UnreachedError
from archiver.facts import SnapshotFacts
from archiver.harvesting.acts import Ended
from archiver.harvesting.harvest import HarvestState
from archiver.harvesting.seeds import Seed
from archiver.redacting.urlsecrets import hide_secrets
from archiver.terminal import count_of, say, visible
from archiver.wire.messages import CLIENT_ERROR
from archiver.wire.retries import says_later

SHOWN = 3  # hosts in the bar
SHORT = 12  # digits of an id, which name one thing in any archive

_AGAIN = "run the command again for it"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """What one URL came to; ``notes`` are (what, why) of all that is not as wished.

    ``found`` is the id by which ``show`` knows what was kept of it, "" for nothing.
    """

    url: str
    outcome: str
    notes: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    found: str = ""


class ProgressBar:
    """A bar on the terminal; nothing where stderr is none."""

    def __init__(self, total: int, before: int) -> None:
        self._before = before
        self._bar: tqdm[Any] = tqdm(
            total=total,
            initial=before,
            disable=None,
            file=sys.stderr,
            leave=False,
            dynamic_ncols=True,
            bar_format="{percentage:3.0f}% |{bar:16}| {n}/{total} {elapsed}{postfix}",
        )

    def show(self, view: HarvestState) -> None:
        """Show what is going on."""
        if not self._bar.disable:
            self._bar.n = self._before + view.ended
            self._bar.set_postfix_str(going_on(view))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar away while something else is printed."""
        with tqdm.external_write_mode(file=sys.stdout):
            yield

    def close(self) -> None:
        """Take the bar away for good."""
        self._bar.close()


def going_on(view: HarvestState) -> str:
    """Say who is asked, how many failed, and who is waited for and why."""
    parts = [f"{view.failed} failed"] if view.failed else []
    if view.asking:
        shown = ", ".join(visible(host) for host in view.asking[:SHOWN])
        more = len(view.asking) - SHOWN
        parts.append(f"asking {shown}{f' and {more} more' if more > 0 else ''}")
    elif view.wait and view.wait.until > view.now:
        seconds = max(1.0, view.wait.until - view.now)
        host = visible(view.wait.host)
        parts.append(f"waiting {seconds:.0f} s for {host}: {view.wait.why}")
    return "; ".join(parts)


def row_of(ended: Ended) -> SummaryRow:
    """Return the row of a seed that ended."""
    if ended.taken is None or ended.seen is None:
        return _failed(ended.seed, ended.error)
    stored = ended.taken.stored
    notes = notes_of(stored.facts, ended.seen.status)
    return SummaryRow(
        ended.seen.requested_url,
        str(stored.facts["outcome"]),
        notes,
        advise_on(notes, ended.seen.driver),
        stored.sha256,
    )


def row_before(seed: Seed, facts: SnapshotFacts) -> SummaryRow:
    """Return the row of a seed that was captured before the run was cut off."""
    said = {
        "outcome": facts.outcome,
        "reason": facts.reason,
        "labels": facts.labels,
        "labelReasons": dict(facts.label_reasons),
    }
    exchange = facts.exchange
    notes = notes_of(said, exchange.status if exchange else 0)
    hint = advise_on(notes, exchange.driver if exchange else "")
    url = hide_secrets(seed.url)
    return SummaryRow(url, facts.outcome, notes, hint, facts.sha256)


def row_left(seed: Seed, why: str) -> SummaryRow:
    """Return the row of a seed that was not asked for."""
    noted = (("not asked", why or "the run ended before its turn"),)
    return SummaryRow(hide_secrets(seed.url), "not asked", noted, _AGAIN)


def print_summary(rows: Sequence[SummaryRow], robots: Sequence[str]) -> None:
    """Print how many came to what, and each that is not as wished, with what to do."""
    counts = Counter(row.outcome for row in rows)
    words = [f"{count} {word}" for word, count in counts.most_common()]
    noted = sum(row.outcome == "complete" and bool(row.notes) for row in rows)
    if noted:
        words.append(f"{noted} of the complete ones to look at")
    say(f"{count_of(len(rows), 'URL')}: {', '.join(words)}.")
    if robots:
        asked = Counter(robots)
        said = [f"{count} {word}" for word, count in asked.most_common()]
        say(f"robots.txt of {count_of(len(robots), 'site')}: {', '.join(said)}.")
    for row in rows:
        _print_row(row)


def notes_of(facts: Mapping[str, Any], status: int) -> tuple[tuple[str, str], ...]:
    """Return what is not as wished of a capture, as (what, why)."""
    words = {"truncated": "cut", "malformed": "malformed"}
    outcome = facts["outcome"]
    notes = [(words[outcome], facts["reason"] or "")] if outcome in words else []
    if status >= CLIENT_ERROR:
        what = LATER if says_later(status) else STATUS
        notes.append((what, f"the server answered {status}"))
    reasons = facts["labelReasons"]
    return (*notes, *((word, reasons.get(word, "")) for word in facts["labels"]))


def advise_on(notes: Iterable[tuple[str, str]], driver: str) -> str:
    """Return what to do about a capture by ``driver`` of which ``notes`` are made."""
    return advise((what for what, _ in notes), in_browser=driver == "browser")


def _print_row(row: SummaryRow) -> None:
    if not row.notes:
        return
    say(f"{row.outcome:10} {row.url}  {row.found[:SHORT]}".rstrip())
    for what, why in row.notes:
        say(f"{'':10}   {what}{': ' if why else ''}{why}")
    advice = row.hint or advise(what for what, _ in row.notes)
    if advice:
        say(f"{'':10}   -> {advice}")


def _failed(seed: Seed, error: SourcebookError | None) -> SummaryRow:
    url = hide_secrets(seed.url)
    hint = error.hint if error else ""
    if isinstance(error, UnreachedError) and error.failures:
        last = error.failures[-1]
        shown = error.requested_url or url
        noted = ((last.kind, last.reason),)
        return SummaryRow(shown, "failed", noted, hint, error.statement_id)
    why = str(error).removeprefix(f"{url}: ")  # which the row says
    return SummaryRow(url, "failed", (("error", why),), hint)
