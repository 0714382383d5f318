"""The command ``capture``: observe pages, and make snapshots of what was seen."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from archiver.config import MOST_BYTES, MOST_SECONDS, Config
from archiver.errors import UnreachedError
from archiver.guard import check_url, parse_address
from archiver.observation import CaptureOptions, format_user_agent
from archiver.terminal import (
    act_on_each,
    arguments,
    json_option,
    named_writer,
    passphrase_option,
    print_json,
    say,
    visible,
)
from archiver.writer import Taken, Writer, take_capture


class Seconds(click.FloatRange):
    """A time in seconds: a number, which nan is not."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Convert what was given; refuse nan, which no comparison refuses."""
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return seconds


SECONDS = Seconds(0.1, MOST_SECONDS)
MOST_RETRIES = 10
INCOMPLETE = 4  # exit code of a capture that is kept, and not whole

_BOUNDS = (
    click.option(
        "--timeout", type=SECONDS, metavar="SECONDS", help="For one capture in all."
    ),
    click.option(
        "--max-bytes", type=click.IntRange(1, MOST_BYTES), help="Bytes on the wire."
    ),
    click.option(
        "--allow-address",
        "allowed",
        multiple=True,
        metavar="HOST:PORT",
        help="Let this one inner address through; it stands in the signed statement.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Certificates to trust in place of the usual ones.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0, MOST_RETRIES),
        help="Ask again so often where a failure may pass; each stands in the file.",
    ),
)


def bounds_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that bound a capture: ``read_bounds`` reads them."""
    for option in reversed(_BOUNDS):
        command = option(command)
    return command


def read_bounds(
    config: Config, asked: dict[str, Any], retries: int = 0
) -> CaptureOptions:
    """Return what a capture may do, by the command line and by the archive's limits."""
    limits = config.limits
    return CaptureOptions(
        timeout=asked["timeout"] or limits.timeout,
        max_bytes=asked["max_bytes"] or limits.max_bytes,
        allow_addresses=asked["allowed"],
        ca_file=asked["ca_file"],
        retries=retries if asked["retries"] is None else asked["retries"],
        user_agent=format_user_agent(config.contact or config.operator),
    )


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@bounds_options
@click.option("--allow-partial", is_flag=True, help="Exit 0 for a cut transfer, too.")
@passphrase_option
@json_option
def capture(
    urls: tuple[str, ...],
    allow_partial: bool,
    passphrase_fd: int | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Observe each URL, and make a snapshot of the exchange.

    A cut transfer is kept, and exits 4. Where nothing comes, the attempt is kept.

    Example: sourcebook capture https://example.org/article
    """
    with arguments():
        _check_asked(urls, asked["allowed"])
    writer = named_writer(passphrase_fd)
    options = read_bounds(writer.archive.config, asked)

    def take(url: str) -> int:
        try:
            taken, seen = take_capture(writer, url, options)
        except UnreachedError as error:
            _print_tried(error, url, as_json=as_json)
            raise
        print_taken(writer, taken, url, as_json=as_json)
        if seen.outcome == "complete":
            return 0
        say(
            f"{url}: the capture is {seen.outcome}: {seen.reason}. It is kept, as such."
        )
        return 0 if allow_partial else INCOMPLETE

    click.get_current_context().exit(act_on_each(urls, take))


def _check_asked(urls: Iterable[str], addresses: Iterable[str]) -> None:
    for url in urls:
        check_url(url)
    for address in addresses:
        parse_address(address)


def _print_tried(error: UnreachedError, url: str, *, as_json: bool) -> None:
    if as_json:
        kind = error.failures[-1].kind
        print_json({"attempt": error.statement_id, "failure": kind, "of": url})
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
                "of": what,
            }
        )
    else:
        outcome = f"{facts['custody']}, {facts['outcome']}"
        click.echo(f"{stored.sha256}  {outcome}  {visible(what)}")
    if taken.index is None:
        say(
            "The statement is signed and waits for the log, whose key is not on this"
            " machine: run 'sourcebook log add' where"
            f" {writer.archive.config.origin} is kept."
        )
