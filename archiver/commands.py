"""The commands that bring bytes in: ``init``, ``capture``, ``deposit``."""

import math
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archiver import founding
from archiver.capture import CaptureOptions, format_user_agent
from archiver.config import MOST_BYTES, MOST_SECONDS
from archiver.deposit import Supplied
from archiver.guard import check_url, parse_address
from archiver.terminal import (
    act_on_each,
    arguments,
    asked_passphrase,
    json_option,
    named_writer,
    new_passphrase,
    passphrase_option,
    print_json,
    say,
    visible,
)
from archiver.writer import Taken, Writer, take_capture, take_deposit


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
INCOMPLETE = 4  # exit code of a capture that is kept, and not whole


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--id", "archive_id", help="The archive's id; else made from DIR's name.")
@click.option("--title", help="The archive's title; else its id.")
@click.option("--operator", help="Who stands for it, as readers shall see it.")
@click.option("--contact", default="", help="An address that sites may ask.")
@click.option("--origin", help="A log origin under a domain that you own.")
@click.option("--no-passphrase", is_flag=True, help="Keep the new keys unencrypted.")
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Use this OpenSSH Ed25519 key as the operator's.",
)
@passphrase_option
@json_option
def init(
    folder: Path,
    archive_id: str | None,
    title: str | None,
    operator: str | None,
    contact: str,
    origin: str | None,
    no_passphrase: bool,
    key_file: Path | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Make a new archive in DIR, with its keys and its log.

    Example: sourcebook init my-archive --operator "The Newsroom"
    """
    asked = asked_passphrase(passphrase_fd)
    name = _slug(folder.resolve().name) if archive_id is None else archive_id
    wanted = founding.Founding(
        root=folder.resolve(),
        archive_id=name,
        title=title or name,
        operator=operator or f"the operator of {name}",
        contact=contact,
        origin=origin,
        operator_key=key_file,
        key_passphrase=asked,
        passphrase=new_passphrase(passphrase_fd, asked, without=no_passphrase),
    )
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with arguments():
        made = founding.found(wanted, on=now, token=secrets.token_bytes)
    if no_passphrase:
        say("The keys are kept without a passphrase: whoever reads them can sign.")
    if as_json:
        print_json(_founded(made))
    else:
        _print_founded(made, folder)


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--timeout", type=SECONDS, metavar="SECONDS", help="For one capture in all."
)
@click.option(
    "--max-bytes", type=click.IntRange(1, MOST_BYTES), help="Bytes on the wire."
)
@click.option(
    "--allow-address",
    "allowed",
    multiple=True,
    metavar="HOST:PORT",
    help="Let this one inner address through; it stands in the signed statement.",
)
@click.option("--allow-partial", is_flag=True, help="Exit 0 for a cut transfer, too.")
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificates to trust in place of the usual ones.",
)
@passphrase_option
@json_option
def capture(
    urls: tuple[str, ...],
    timeout: float | None,
    max_bytes: int | None,
    allowed: tuple[str, ...],
    allow_partial: bool,
    ca_file: Path | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Observe each URL, and make a snapshot of the exchange.

    A cut transfer is kept, and exits 4. Where nothing comes, nothing is stored.

    Example: sourcebook capture https://example.org/article
    """
    with arguments():
        _check_asked(urls, allowed)
    writer = named_writer(passphrase_fd)
    config = writer.archive.config
    limits = config.limits
    options = CaptureOptions(
        timeout=timeout or limits.timeout,
        max_bytes=max_bytes or limits.max_bytes,
        allow_addresses=allowed,
        ca_file=ca_file,
        user_agent=format_user_agent(config.contact or config.operator),
    )

    def take(url: str) -> int:
        taken, seen = take_capture(writer, url, options)
        _print_taken(writer, taken, url, as_json=as_json)
        if seen.outcome == "complete":
            return 0
        say(
            f"{url}: the capture is {seen.outcome}: {seen.reason}. It is kept, as such."
        )
        return 0 if allow_partial else INCOMPLETE

    click.get_current_context().exit(act_on_each(urls, take))


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--source", required=True, help="Who supplied it, in free words.")
@click.option("--url", help="The address that is claimed for it. Not observed.")
@click.option("--media-type", help="Its media type; else told by the file's name.")
@passphrase_option
@json_option
def deposit(
    files: tuple[Path, ...],
    source: str,
    url: str | None,
    media_type: str | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Take each FILE as it was supplied, and sign it as that: never as a capture.

    Example: sourcebook deposit letter.pdf --source "handed over by the family's lawyer"
    """
    if not source.strip():
        raise click.UsageError("--source is empty; say in words who supplied the file")
    writer = named_writer(passphrase_fd)

    def take(file: Path) -> int:
        taken = take_deposit(writer, Supplied(file, source.strip(), url, media_type))
        _print_taken(writer, taken, str(file), as_json=as_json)
        if reason := taken.stored.facts["reason"]:
            say(f"{file}: {reason}. No quote can be anchored in it.")
        return 0

    click.get_current_context().exit(act_on_each(files, take))


def _check_asked(urls: Iterable[str], addresses: Iterable[str]) -> None:
    for url in urls:
        check_url(url)
    for address in addresses:
        parse_address(address)


def _print_taken(writer: Writer, taken: Taken, what: str, *, as_json: bool) -> None:
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


def _print_founded(made: founding.Founded, folder: Path) -> None:
    click.echo(f"archive  {visible(str(folder))}")
    click.echo(f"origin   {made.archive.config.origin}")
    click.echo(f"pin      sha256:{made.trust.pin}")
    say(
        "Tell the pin to those who shall verify this archive: in print, on another "
        "site."
    )
    say(f"Next: cd {folder} && sourcebook capture https://…")


def _founded(made: founding.Founded) -> dict[str, object]:
    config = made.archive.config
    return {
        "archive": str(made.archive.root),
        "id": config.id,
        "origin": config.origin,
        "pin": f"sha256:{made.trust.pin}",
    }


def _slug(name: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63]
    return found or "archive"


COMMANDS = (init, capture, deposit)
