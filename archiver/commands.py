"""The command that founds an archive, ``init``; and the list of the commands."""

import re
import secrets
import shlex
from datetime import UTC, datetime
from pathlib import Path

import click

from archiver import founding
from archiver.capture_commands import capture
from archiver.deposit_commands import deposit
from archiver.terminal import (
    arguments,
    asked_passphrase,
    json_option,
    new_passphrase,
    passphrase_option,
    print_json,
    say,
    visible,
)


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


def _print_founded(made: founding.Founded, folder: Path) -> None:
    click.echo(f"archive  {visible(str(folder))}")
    click.echo(f"origin   {made.archive.config.origin}")
    click.echo(f"pin      sha256:{made.trust.pin}")
    say(
        "Tell the pin to those who shall verify this archive: in print, on another "
        "site."
    )
    say(f"Next: cd {shlex.quote(str(folder))} && sourcebook capture https://…")


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
