"""What a person sees of a harvest: its progress, and at the end what came of it."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from archiver.errors import SourcebookError, UnreachedError
from archiver.facts import SnapshotFacts
from archiver.harvesting.harvest import Ended, View
from archiver.harvesting.seeds import Seed
from archiver.labels.page import HINTS
from archiver.redacting.urlsecrets import hide_secrets
from archiver.terminal import say, visible
from archiver.wire.messages import CLIENT_ERROR
from archiver.wire.retries import says_later

SHOWN = 3  # hosts in the bar

_AGAIN = "run the command again for it"
_ADVICE = {
    "dns": "check the spelling of its host; if the site is gone, a web archive may have"
    " the page: sourcebook deposit --memento URL",
    "refused-address": "it is an inner address: if it is meant, --allow-address",
    "connect": "try again later, or from another network",
    "tls": "look at its certificate; --ca-file if you know whose it is",
    "timeout": "try again with a longer --timeout",
    "no-response": "try again later",
    "redirects": "open it in a browser, and capture the address where it ends",
    "robots": "look at the site's rules; --robots record asks whatever they say",
    "cut": "try again; the bounds are --timeout and --max-bytes",
    "malformed": "it is kept as it came; look at it before resting anything on it",
    "status": "look at the page; what it showed before, a web archive may have",
    "later": "capture it again later: its server had no time for it",
    **HINTS,
    "logged-in": "nothing: it is sealed, as every capture with a login is",
    "secret": "look at it: it repeats what was redacted, and is sealed",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What one URL came to; ``notes`` are (what, why) of all that is not as wished."""

    url: str
    outcome: str
    notes: tuple[tuple[str, str], ...] = ()
    hint: str = ""


class Progress:
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

    def show(self, view: View) -> None:
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


def going_on(view: View) -> str:
    """Say who is asked, how many failed, and who is waited for and why."""
    parts = [f"{view.failed} failed"] if view.failed else []
    if view.asking:
        shown = ", ".join(visible(host) for host in view.asking[:SHOWN])
        more = len(view.asking) - SHOWN
        parts.append(f"asking {shown}{f' and {more} more' if more > 0 else ''}")
    elif view.wait and view.wait.until > view.now:
        seconds = view.wait.until - view.now
        host = visible(view.wait.host)
        parts.append(f"waiting {seconds:.0f} s for {host}: {view.wait.why}")
    return "; ".join(parts)


def row_of(ended: Ended) -> Row:
    """Return the row of a seed that ended."""
    if ended.taken is None or ended.seen is None:
        return _failed(ended.seed, ended.error)
    facts = ended.taken.stored.facts
    return Row(
        ended.seen.requested_url,
        str(facts["outcome"]),
        _notes(
            str(facts["outcome"]),
            facts["reason"] or "",
            ended.seen.status,
            [(word, facts["labelReasons"].get(word, "")) for word in facts["labels"]],
        ),
    )


def row_before(seed: Seed, facts: SnapshotFacts) -> Row:
    """Return the row of a seed that was captured before the run was cut off."""
    reasons = dict(facts.label_reasons)
    status = facts.exchange.status if facts.exchange else 0
    labels = [(word, reasons.get(word, "")) for word in facts.labels]
    notes = _notes(facts.outcome, facts.reason or "", status, labels)
    return Row(hide_secrets(seed.url), facts.outcome, notes)


def row_left(seed: Seed, why: str) -> Row:
    """Return the row of a seed that was not asked for."""
    noted = (("not asked", why or "the run ended before its turn"),)
    return Row(hide_secrets(seed.url), "not asked", noted, _AGAIN)


def print_summary(rows: Sequence[Row], robots: Sequence[str]) -> None:
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


def count_of(count: int, word: str) -> str:
    """Say how many of something there are."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _print_row(row: Row) -> None:
    if not row.notes:
        return
    say(f"{row.outcome:10} {row.url}")
    for what, why in row.notes:
        say(f"{'':10}   {what}{': ' if why else ''}{why}")
    advice = row.hint or "; ".join(
        dict.fromkeys(_ADVICE[what] for what, _ in row.notes if what in _ADVICE)
    )
    if advice:
        say(f"{'':10}   -> {advice}")


def _failed(seed: Seed, error: SourcebookError | None) -> Row:
    url = hide_secrets(seed.url)
    if isinstance(error, UnreachedError) and error.failures:
        last = error.failures[-1]
        hint = "" if last.kind in _ADVICE else error.hint
        return Row(
            error.requested_url or url, "failed", ((last.kind, last.reason),), hint
        )
    return Row(url, "failed", (("error", str(error)),), error.hint if error else "")


def _notes(
    outcome: str, reason: str, status: int, labels: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    words = {"truncated": "cut", "malformed": "malformed"}
    notes = [(words[outcome], reason)] if outcome in words else []
    if status >= CLIENT_ERROR:
        what = "later" if says_later(status) else "status"
        notes.append((what, f"the server answered {status}"))
    return (*notes, *labels)
