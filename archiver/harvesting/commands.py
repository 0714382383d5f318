"""``capture --from``: the options of a harvest, its list, its run and its signals."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

import click

from archiver.config import MOST_SECONDS
from archiver.elsewhere.second_custody import CameIn
from archiver.errors import MalformedError
from archiver.harvesting.acts import DELAY, MOST_JOBS, Ended, HarvestPlan
from archiver.harvesting.harvest import Harvest
from archiver.harvesting.report import (
    ProgressBar,
    SummaryRow,
    print_summary,
    row_before,
    row_left,
    row_of,
)
from archiver.harvesting.robots import MODES
from archiver.harvesting.runs import Run, RunSoFar, begin_run, read_since, run_file
from archiver.harvesting.seeds import (
    MAX_LIST,
    Line,
    Seed,
    Seeds,
    collect_seeds,
    parse_list,
)
from archiver.terminal import (
    INTERRUPTED,
    Seconds,
    count_of,
    give_options,
    report_error,
    say,
    worst,
)
from archiver.writer import Writer

STDIN = "-"
NOT_ASKED = 4
INCOMPLETE = 4  # of a capture that is kept, and not whole
STDERR = 2
MOST_FAULTS = 1000  # lines to mend that are named
MOST_SAID = 10  # lines of one kind before it is enough

_STOPPING = b"\nStopping: the captures under way end; once more stops at once.\n"
harvest_options = give_options(
    click.option(
        "--from",
        "source",
        type=click.Path(exists=True, dir_okay=False, allow_dash=True),
        metavar="FILE",
        help="URLs: a CSV with a column url, or one a line; - is standard input.",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(1, MOST_JOBS),
        metavar="N",
        help="Captures at a time, one at a time for each host.",
    ),
    click.option(
        "--delay",
        type=Seconds(0, MOST_SECONDS),
        metavar="SECONDS",
        help=f"Between two requests to one host; with --from or --jobs {DELAY:.0f}.",
    ),
    click.option(
        "--robots",
        type=click.Choice(MODES),
        help="What robots.txt says: with --from it is recorded, else ignored.",
    ),
    click.option(
        "--again",
        is_flag=True,
        help="Begin the list anew, even if its last run was cut off.",
    ),
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a harvest was ordered to do beside its plan.

    ``resumable``: it has a list, whose run is taken up after a kill; ``options`` are
    those that make it another run.  ``allow_partial``: a cut capture is no fault.
    """

    resumable: bool
    again: bool
    allow_partial: bool
    options: tuple[str, ...]


def gather_seeds(
    urls: Sequence[str], source: str | None, *, fragments: bool
) -> tuple[Seed, ...]:
    """Return the URLs that were given, each once; say what is wrong with the others.

    Raises:
        MalformedError: the list is none, or lines of it are no URLs for a capture.
        UsageError: it cannot be read.
    """
    lines = [*map(Line, urls)]
    if source:
        name = "standard input" if source == STDIN else source
        lines += parse_list(_read(source), name)
    found = collect_seeds(lines, fragments=fragments)
    _say_faults(found)
    for repeat in found.repeats[:MOST_SAID]:
        first = repeat.first.place or "the command line"
        where = repeat.place or "the command line"
        say(f"{where}: the same URL as in {first}; it is asked once.")
    if len(found.repeats) > MOST_SAID:
        say(f"{count_of(len(found.repeats) - MOST_SAID, 'more line')} as well.")
    return found.seeds


def no_more(_: Sequence[CameIn]) -> int:
    """Do nothing more with what came in; return the exit code."""
    return 0


@dataclass(frozen=True, slots=True)
class Tell:
    """What is done with what comes: each returns the exit code.

    ``one`` prints what one seed came to.  ``all_in`` is called at the end, if the
    run was not interrupted, with what had come in before it was cut off.
    """

    one: Callable[[Ended], int]
    all_in: Callable[[Sequence[CameIn]], int] = no_more


def run_harvest(writer: Writer, plan: HarvestPlan, order: Order, tell: Tell) -> int:
    """Run a harvest, and print what comes of it; return the exit code.

    Raises:
        ArchiveError: the same list is being captured by another process, or what the
            archive holds cannot be read.
    """
    with _begin(writer, plan, order) as run:
        rows, earlier = _rows_before(writer, plan, run)
        cut = any(row.outcome != "complete" for row in rows.values())
        codes = [INCOMPLETE] if cut and not order.allow_partial else []
        waiting = tuple(seed for seed in plan.seeds if seed not in rows)
        harvest = Harvest(writer, replace(plan, seeds=waiting))
        try:
            with _interruptible(harvest) as stopped:
                codes += _follow(harvest, len(plan.seeds), rows, tell.one)
        except KeyboardInterrupt:
            return INTERRUPTED
        codes += _sum_up(harvest, plan, rows)
        if not stopped():
            codes.append(tell.all_in(earlier))
        is_over = not harvest.left and not harvest.fault
        if run and is_over and not (stopped() and tell.all_in is not no_more):
            run.end()
    return INTERRUPTED if stopped() else worst(codes)


def _rows_before(
    writer: Writer, plan: HarvestPlan, run: Run | None
) -> tuple[dict[Seed, SummaryRow], tuple[CameIn, ...]]:
    """Return what was captured before the run was cut off.

    The rows of the seeds, and the captures that are in no second custody.
    """
    if run is None or not run.resumed:
        return {}, ()
    since = read_since(writer.archive, writer.trust, run.begun, plan.seeds)
    _say_resumed(run, since, len(plan.seeds))
    rows = {
        seed: row_before(seed, since.captured[seed.url])
        for seed in plan.seeds
        if seed.url in since.captured
    }
    return rows, since.alone


def _sum_up(
    harvest: Harvest, plan: HarvestPlan, rows: dict[Seed, SummaryRow]
) -> list[int]:
    """Print what came of it in all; return the exit codes of what did not come."""
    left = harvest.left
    rows |= {seed: row_left(seed, why) for seed, why in left.items()}
    print_summary(
        [rows[seed] for seed in plan.seeds],
        [each.state or "with rules" for each in harvest.robots.values()],
    )
    if harvest.fault is None:
        return [NOT_ASKED] if left else []
    report_error(harvest.fault)
    return [harvest.fault.exit_code]


def _follow(
    harvest: Harvest,
    total: int,
    rows: dict[Seed, SummaryRow],
    tell: Callable[[Ended], int],
) -> list[int]:
    codes = []
    progress = ProgressBar(total, len(rows))
    try:
        for ended in harvest.run(progress.show):
            rows[ended.seed] = row_of(ended)
            with progress.aside():
                codes.append(tell(ended))
    finally:
        progress.close()
    return codes


@contextmanager
def _begin(writer: Writer, plan: HarvestPlan, order: Order) -> Iterator[Run | None]:
    if not order.resumable:
        yield None
        return
    place = run_file(writer.archive.config.origin, plan.seeds, *order.options)
    with begin_run(place, writer.now(), again=order.again) as run:
        yield run


def _say_resumed(run: Run, since: RunSoFar, total: int) -> None:
    begun = run.begun.strftime("%Y-%m-%d %H:%M:%S UTC")
    left, tried = total - len(since.captured), len(since.tried)
    say(
        f"The run of {begun} goes on: of {count_of(total, 'URL')}"
        f" {len(since.captured)} captured since, {left} left to ask for"
        f"{f', {tried} of them once more' if tried else ''}."
        " (--again begins anew.)"
    )


@contextmanager
def _interruptible(harvest: Harvest) -> Iterator[Callable[[], bool]]:
    """Let the first SIGINT end a harvest in order, and the second one at once.

    What is yielded tells whether there was one.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return

    def handle(number: int, _: FrameType | None) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(number)
        harvest.stop()
        os.write(STDERR, _STOPPING)  # print may be what was interrupted

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield lambda: bool(came)
    finally:
        signal.signal(signal.SIGINT, before)


def _read(source: str) -> bytes:
    try:
        if source == STDIN:
            return sys.stdin.buffer.read(MAX_LIST + 1)
        with Path(source).open("rb") as stream:
            return stream.read(MAX_LIST + 1)
    except OSError as error:
        raise click.UsageError(f"{source} cannot be read: {error.strerror}") from error


def _say_faults(found: Seeds) -> None:
    """Name each line that cannot be captured, and refuse the list.

    Raises:
        MalformedError: there is one.
    """
    for fault in found.faults[:MOST_FAULTS]:
        say(f"{fault.place}: {fault.why}")
    if len(found.faults) > MOST_FAULTS:
        more = count_of(len(found.faults) - MOST_FAULTS, "more line")
        say(f"{more} without a URL for a capture.")
    if found.faults:
        hint = found.faults[0].hint or "mend those lines, and run the command again"
        raise MalformedError(
            f"{count_of(len(found.faults), 'line')} without a URL for a capture,"
            " expected none; nothing was asked for",
            hint=hint,
        )
