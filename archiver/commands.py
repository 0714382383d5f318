"""The commands that bring bytes in: ``init``, ``capture``, ``deposit``."""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from archiver import founding
from archiver.capture import CaptureOptions, format_user_agent
from archiver.deposit import Supplied
from archiver.errors import MalformedError, SourcebookError
from archiver.guard import check_url
from archiver.terminal import (
    asked_passphrase,
    json_option,
    named_writer,
    new_passphrase,
    passphrase_option,
    print_json,
    report_error,
    say,
    worst,
)
from archiver.writer import Taken, Writer, take_capture, take_deposit

T = TypeVar("T")
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
    type=click.Path(path_type=Path),
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
    name = archive_id or _slug(folder.resolve().name)
    made = founding.found(
        founding.Founding(
            root=folder.resolve(),
            archive_id=name,
            title=title or name,
            operator=operator or f"the operator of {name}",
            contact=contact,
            origin=origin,
            operator_key=key_file,
            key_passphrase=asked_passphrase(passphrase_fd),
            passphrase=new_passphrase(passphrase_fd, without=no_passphrase),
        ),
        on=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        token=secrets.token_bytes,
    )
    if no_passphrase:
        say("The keys are kept without a passphrase: whoever reads them can sign.")
    if as_json:
        print_json(_founded(made))
        return
    click.echo(f"archive  {folder}")
    click.echo(f"origin   {made.archive.config.origin}")
    click.echo(f"pin      sha256:{made.trust.pin}")
    say(
        "Tell the pin to those who shall verify this archive: in print, on another "
        "site."
    )
    say(f"Next: cd {folder} && sourcebook capture https://…")


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--timeout", type=click.FloatRange(0.1), help="Seconds, in all.")
@click.option("--max-bytes", type=click.IntRange(1), help="Bytes on the wire.")
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
    for url in urls:
        _check_url(url)
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

    _each(urls, take)


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
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

    _each(files, take)


def _each(things: Sequence[T], act: Callable[[T], int]) -> None:
    """Do ``act`` to each thing; go on after an error, and exit with the worst code."""
    codes = []
    for thing in things:
        try:
            codes.append(act(thing))
        except SourcebookError as error:
            report_error(error)
            codes.append(error.exit_code)
    click.get_current_context().exit(worst(codes))


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
        return
    click.echo(f"{stored.sha256}  {facts['custody']}, {facts['outcome']}  {what}")
    if taken.index is None:
        say(
            "The statement is signed and waits for the log, whose key is not on this"
            " machine: run 'sourcebook log add' where"
            f" {writer.archive.config.origin} is kept."
        )


def _check_url(url: str) -> None:
    try:
        check_url(url)
    except MalformedError as error:
        raise click.UsageError(f"{error}") from error


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
