"""The command ``deposit``: take what somebody supplied, and say so."""

from pathlib import Path

import click

from archiver.capture_commands import print_taken
from archiver.deposit import Supplied
from archiver.terminal import (
    act_on_each,
    json_option,
    named_writer,
    passphrase_option,
    say,
)
from archiver.writer import take_deposit


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
        print_taken(writer, taken, str(file), as_json=as_json)
        if reason := taken.stored.facts["reason"]:
            say(f"{file}: {reason}. No quote can be anchored in it.")
        return 0

    click.get_current_context().exit(act_on_each(files, take))
