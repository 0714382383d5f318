"""The command ``capture``: observe pages, and make snapshots of what was seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from archiver.browse import load_driver
from archiver.capture import observe
from archiver.capture_bounds import SECONDS, bounds_options, check_asked, read_bounds
from archiver.capture_lines import print_kept, print_taken, print_tried, say_seen
from archiver.elsewhere.second_custody import (
    TIMEOUT,
    CameIn,
    Patience,
    second_custody,
)
from archiver.errors import UnreachedError
from archiver.facts import CaptureFacts
from archiver.harvesting.acts import DELAY, RETRIES, Ended, HarvestPlan
from archiver.harvesting.commands import (
    INCOMPLETE,
    Order,
    Tell,
    gather_seeds,
    harvest_options,
    no_more,
    run_harvest,
)
from archiver.harvesting.seeds import Line, Seed, collect_seeds
from archiver.redacting.urlsecrets import hide_secrets
from archiver.terminal import (
    INTERRUPTED,
    act_on_each,
    arguments,
    json_option,
    named_writer,
    passphrase_option,
    report_error,
    say,
    visible,
    worst,
)
from archiver.wire.login import Login, origin_of, read_login
from archiver.wire.observation import CaptureOptions, Driver, Observation
from archiver.writer import Taken, Writer, take_capture


@click.command()
@click.argument("urls", metavar="[URL]...", nargs=-1)
@harvest_options
@click.option(
    "--browser", is_flag=True, help="Archive the page with all that it loads."
)
@click.option(
    "--login",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Header fields to send, such as 'Cookie: …'; the snapshot is sealed.",
)
@bounds_options
@click.option("--allow-partial", is_flag=True, help="Exit 0 for a cut transfer, too.")
@click.option(
    "--also",
    type=click.Choice(["wayback"]),
    help="Then have it save the page too, which publishes it; deposit its memento.",
)
@click.option(
    "--also-timeout",
    type=SECONDS,
    metavar="SECONDS",
    help=f"For that, in all; else {TIMEOUT:.0f}.",
)
@passphrase_option
@json_option
def capture(
    urls: tuple[str, ...],
    allow_partial: bool,
    also: str | None,
    also_timeout: float | None,
    passphrase_fd: int | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Observe each URL, and make a snapshot of the exchange.

    It prints the id by which 'show' and 'quote' know the snapshot. A cut transfer is
    kept, and exits 4. Where nothing comes, the attempt is kept. A list whose run was
    cut off is taken up again by the same command.

    Example: sourcebook capture https://example.org/article

    Example: sourcebook capture --from leads.csv --jobs 4
    """
    _check_words(asked, also=also, also_timeout=also_timeout)
    seeds = _asked_seeds(urls, asked)
    login = _read_login(asked["login"], seeds) if asked["login"] else None
    driver = load_driver() if asked["browser"] else observe
    writer = named_writer(passphrase_fd)
    retries = RETRIES if asked["source"] else 0
    options = replace(read_bounds(writer.archive.config, asked, retries), login=login)
    is_harvest = _is_harvest(asked)
    teller = _Teller(writer, as_json, allow_partial, sums_up=is_harvest)
    patience = Patience(also_timeout or TIMEOUT)
    save = partial(teller.save, options, patience) if also else no_more
    if is_harvest:
        plan = _plan(seeds, options, driver, asked)
        order = _order(asked, allow_partial=allow_partial)
        code = run_harvest(writer, plan, order, Tell(teller.tell, save))
    else:
        code = act_on_each(urls, lambda url: teller.take(url, options, driver))
        code = code if code == INTERRUPTED else worst([code, save(())])
    click.get_current_context().exit(code)


@dataclass(slots=True)
class _Teller:
    """Prints what captures came to, and keeps those that came in.

    ``sums_up``: what to do about them is said at the end, all together.
    """

    writer: Writer
    as_json: bool
    allow_partial: bool
    sums_up: bool
    came: list[CameIn] = field(default_factory=list)

    def take(self, url: str, options: CaptureOptions, driver: Driver) -> int:
        """Capture a URL; return the exit code of what came."""
        try:
            taken, seen = take_capture(self.writer, url, options, driver=driver)
        except UnreachedError as error:
            print_tried(error, error.requested_url, as_json=self.as_json)
            raise
        return self._tell_taken(taken, seen)

    def save(
        self, options: CaptureOptions, patience: Patience, earlier: Sequence[CameIn]
    ) -> int:
        """Have all that came in saved by somebody else too; return the exit code.

        ``earlier`` came in before the run was cut off, and was not saved then.
        """

        def save(came: CameIn) -> int:
            _take_second(self.writer, *came, options, patience, as_json=self.as_json)
            return 0

        return act_on_each([*earlier, *self.came], save)

    def tell(self, ended: Ended) -> int:
        """Print what a seed of a harvest came to; return its exit code."""
        if ended.taken and ended.seen:
            return self._tell_taken(ended.taken, ended.seen)
        if isinstance(ended.error, UnreachedError):
            shown = ended.error.requested_url or hide_secrets(ended.seed.url)
            print_tried(ended.error, shown, as_json=self.as_json)
        if ended.error is None:
            raise AssertionError(f"{ended.seed.url} ended with nothing")
        report_error(ended.error)
        return ended.error.exit_code

    def _tell_taken(self, taken: Taken, seen: Observation) -> int:
        self.came.append((taken, seen))
        shown = seen.requested_url  # as it is kept, without its secrets
        print_taken(self.writer, taken, shown, as_json=self.as_json)
        say_seen(taken, seen, advises=not self.sums_up)
        is_fault = seen.outcome != "complete" and not self.allow_partial
        return INCOMPLETE if is_fault else 0


def _check_words(
    asked: dict[str, Any], *, also: str | None, also_timeout: float | None
) -> None:
    """Check that each option has what it is for."""
    if asked["again"] and not asked["source"]:
        raise click.UsageError("--again is of a list: give one with --from")
    if also_timeout is not None and not also:
        raise click.UsageError("--also-timeout is of --also: say --also wayback, too")


def _asked_seeds(urls: tuple[str, ...], asked: dict[str, Any]) -> tuple[Seed, ...]:
    """Check what is asked for, and return it, each URL once.

    What is typed is a matter of usage.

    Raises:
        UsageError: nothing is asked for, or what is typed is none of it.
        MalformedError: a list is none, or holds what is no URL for a capture.
    """
    if not urls and not asked["source"]:
        raise click.UsageError("give a URL, or a list of them with --from")
    with arguments():
        check_asked(urls, asked["allowed"])
    typed = collect_seeds(map(Line, urls)).seeds
    if not _is_harvest(asked):
        return typed
    return gather_seeds(urls, asked["source"], fragments=asked["browser"])


def _read_login(path: Path, seeds: tuple[Seed, ...]) -> Login:
    """Read a login, which is for one site: a list of several is a matter of usage.

    Raises:
        UsageError: the URLs are of several origins, and each would be sent it.
        ArchiveError, MalformedError: it cannot be read, or is none.
    """
    origins = {origin_of(seed.asked) for seed in seeds}
    if len(origins) > 1:
        names = sorted(f"{scheme}://{host}:{port}" for scheme, host, port in origins)
        raise click.UsageError(
            f"--login would go to {len(names)} sites, expected one:"
            f" {visible(', '.join(names[:3]))}; capture those of each site by itself"
        )
    return read_login(path)


def _is_harvest(asked: dict[str, Any]) -> bool:
    """Tell whether one URL after the other, as they are typed, is not what is meant."""
    wanted = (asked["jobs"], asked["delay"], asked["robots"])
    return bool(asked["source"]) or any(each is not None for each in wanted)


def _plan(
    seeds: tuple[Seed, ...],
    options: CaptureOptions,
    driver: Driver,
    asked: dict[str, Any],
) -> HarvestPlan:
    return HarvestPlan(
        seeds=seeds,
        options=options,
        driver=driver,
        jobs=asked["jobs"] or 1,
        delay=DELAY if asked["delay"] is None else asked["delay"],
        robots=asked["robots"] or ("record" if asked["source"] else "ignore"),
    )


def _order(asked: dict[str, Any], *, allow_partial: bool) -> Order:
    words = (
        f"browser {asked['browser']}",
        f"login {asked['login']}",
        f"robots {asked['robots']}",
    )
    return Order(bool(asked["source"]), asked["again"], allow_partial, words)


def _take_second(
    writer: Writer,
    taken: Taken,
    seen: Observation | CaptureFacts,
    options: CaptureOptions,
    patience: Patience,
    *,
    as_json: bool,
) -> None:
    """Have a captured page in second custody; the capture is in, whatever comes."""
    service = writer.archive.config.wayback.url
    say(f"{seen.final_url}: asking {service} to save it too…")
    try:
        kept = second_custody(writer, taken, seen, options, patience)
    except UnreachedError as error:
        print_tried(error, f"{service}/save/{seen.final_url}", as_json=as_json)
        raise
    print_kept(writer, kept, as_json=as_json)
