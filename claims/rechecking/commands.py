"""The command ``recheck``: do the quotes of a case still stand on its pages?"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click
from tqdm import tqdm

from archiver.capture_bounds import bounds_options, read_bounds
from archiver.config import MOST_SECONDS
from archiver.errors import ArchiveError
from archiver.findings import Finding
from archiver.terminal import (
    Seconds,
    arguments,
    json_option,
    named_archive,
    named_writer,
    passphrase_option,
    print_json,
    say,
    visible,
    worst,
)
from archiver.wire.guard import parse_address
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer
from claims.rechecking.lines import (
    list_left_out,
    list_page,
    list_plan,
    list_touched,
    summarise,
)
from claims.rechecking.objects import (
    left_out_object,
    page_objects,
    plan_objects,
    summary_object,
)
from claims.rechecking.plan import CitedPage, LeftOut, RecheckPlan
from claims.rechecking.recheck import QuotedArchive, ask_again
from claims.rechecking.verdicts import DIFFERS, UNTOLD, Answered, count_verdicts
from claims.rules import exit_code

DELAY = 1.0  # seconds between two requests of one host


@click.command()
@click.argument("wanted", metavar="[CASE|CASE/SLUG|ID]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be asked; ask nobody.")
@click.option(
    "--against",
    multiple=True,
    metavar="SNAPSHOT",
    help="Ask nobody: compare with this later snapshot of a page that is cited.",
)
@click.option(
    "--delay",
    type=Seconds(0, MOST_SECONDS),
    default=DELAY,
    show_default=True,
    metavar="SECONDS",
    help="Between two requests of one host.",
)
@bounds_options
@passphrase_option
@json_option
def recheck(
    wanted: tuple[str, ...],
    dry_run: bool,
    against: tuple[str, ...],
    delay: float,
    passphrase_fd: int | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Do the quotes of a case still stand on its pages?

    The pages that all claims cite, or those of the cases and claims named, are captured
    again. Each is asked for once, and becomes a snapshot like any other. No claim is
    changed, and the snapshots in hand stay what they are: evidence of what the pages
    said when they were taken.

    Exit status: 0 all stand, 1 a quote does not, 4 a page was not reached or not
    wholly, or what came is likely not the page.

    Example: sourcebook recheck a-case
    """
    _check_asked(asked["allowed"], both=dry_run and bool(against))
    writer = None if dry_run or against else named_writer(passphrase_fd)
    quoted = QuotedArchive(writer.archive if writer else named_archive())
    plan = quoted.plan(wanted)
    codes = _tell_faults(quoted.find_faults(wanted), plan.left_out)
    if writer:
        options = read_bounds(writer.archive.config, asked)
        found = _ask(writer, plan, options, delay)
        codes += _print_all(found, plan.left_out, as_json=as_json)
    elif against:
        with arguments():
            snapshots = quoted.match(against)
        recalled = list(quoted.recall(plan, snapshots))
        codes += _print_all(recalled, (), as_json=as_json)
        _tell_others(plan, recalled)
    else:
        _print_plan(plan, as_json=as_json)
    click.get_current_context().exit(worst(codes))


def _check_asked(addresses: Iterable[str], *, both: bool) -> None:
    if both:
        raise click.UsageError("--dry-run and --against do not go together")
    with arguments():
        for address in addresses:
            parse_address(address)


def _ask(
    writer: Writer, plan: RecheckPlan, options: CaptureOptions, delay: float
) -> Iterator[Answered]:
    """Ask for the pages of a plan, with a bar that says which one it is at."""
    with tqdm(
        total=len(plan.pages),
        desc="rechecking",
        unit=" pages",
        leave=False,
        disable=None,
    ) as bar:

        def announce(page: CitedPage) -> None:
            bar.set_postfix_str(visible(page.url))

        for each in ask_again(writer, plan.pages, options, delay, announce):
            bar.update()
            yield each


def _tell_faults(faults: Sequence[Finding], left_out: Iterable[LeftOut]) -> list[int]:
    """Say which files hold claims that are not looked at; return the exit codes."""
    for fault in faults:
        say(f"{fault.place}: {fault.code}: {fault.message}; it is not looked at")
    return [exit_code(faults), int(any(each.is_fault for each in left_out))]


def _tell_others(plan: RecheckPlan, answered: Iterable[Answered]) -> None:
    """Say how many pages there are of which no other snapshot was named."""
    compared = {each.page.url for each in answered}
    others = sum(page.url not in compared for page in plan.pages) + len(plan.left_out)
    if others:
        say(f"of the pages cited, {others} more were not looked at")


def _print_plan(plan: RecheckPlan, *, as_json: bool) -> None:
    if as_json:
        for thing in plan_objects(plan):
            print_json(thing)
        return
    _print_lines(list_plan(plan))
    if not plan.pages:
        say("no page to ask for again")


def _print_all(
    found: Iterable[Answered], left_out: Sequence[LeftOut], *, as_json: bool
) -> list[int]:
    """Print each page as soon as it is judged, then all in all; return exit codes.

    Raises:
        ArchiveError: the archive cannot be written; what there is was printed.
    """
    answered: list[Answered] = []
    try:
        for each in found:
            answered.append(each)
            _print_page(each, as_json=as_json)
    except ArchiveError:
        _print_end(answered, left_out, as_json=as_json)
        raise
    _print_end(answered, left_out, as_json=as_json)
    return _codes(answered)


def _print_page(answered: Answered, *, as_json: bool) -> None:
    with tqdm.external_write_mode():
        if as_json:
            for thing in page_objects(answered):
                print_json(thing)
        else:
            _print_lines(list_page(answered))
            click.echo()


def _print_end(
    answered: Sequence[Answered], left_out: Sequence[LeftOut], *, as_json: bool
) -> None:
    if as_json:
        for each in left_out:
            print_json(left_out_object(each))
        print_json(summary_object(answered, worst(_codes(answered))))
        return
    _print_lines(list_left_out(left_out))
    touched = list(list_touched(answered))
    if touched:
        click.echo("claims to look at:")
        _print_lines(f"  {line}" for line in touched)
    click.echo(summarise(answered, left_out))
    if not answered and not left_out:
        say("No claim here quotes a page: 'sourcebook claim new' writes one that does.")
    _advise(answered)


def _advise(answered: Sequence[Answered]) -> None:
    """Say what a person can do next."""
    verdicts = {verdict for verdict, _ in count_verdicts(answered)}
    if verdicts & DIFFERS:
        say(
            "The snapshots in hand stay evidence of what the pages said. To show what"
            " they say now, pin the new snapshot in case.toml beside the old one, and"
            ' quote it: sourcebook quote SNAPSHOT "words".'
        )
    if verdicts & UNTOLD:
        say(
            "What was not reached, or cannot be told, says nothing of the page: look at"
            " it in a browser, and ask again later."
        )


def _codes(answered: Iterable[Answered]) -> list[int]:
    return [each.code_of(one) for each in answered for one in each.judged]


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(visible(line))
