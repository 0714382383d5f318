"""The command ``deposit``: take what somebody supplied, and say so."""

import re
from pathlib import Path
from typing import Any, Final

import click

from archiver.capture_bounds import bounds_options, check_asked, read_bounds
from archiver.capture_lines import print_kept, print_taken, print_tried
from archiver.deposit import Supplied
from archiver.elsewhere.second_custody import take_memento
from archiver.errors import UnreachedError
from archiver.harvesting.commands import INCOMPLETE
from archiver.terminal import (
    act_on_each,
    arguments,
    json_option,
    named_writer,
    passphrase_option,
    say,
    visible,
    worst,
)
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_deposit

_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s]")  # RFC 3986, 3
_OF_FILES = ("source", "url", "media_type")
_OF_MEMENTOS = ("timeout", "max_bytes", "allowed", "ca_file", "retries")


@click.command()
@click.argument(
    "files",
    metavar="[FILE]...",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--source", metavar="WORDS", help="Who supplied it, in free words.")
@click.option(
    "--url", metavar="URL", help="The address that is claimed for it. Not observed."
)
@click.option(
    "--media-type", metavar="TYPE", help="Its media type; else told by the file's name."
)
@click.option(
    "--memento",
    "mementos",
    multiple=True,
    metavar="URL",
    help="Fetch a web archive's copy of a page; it supplies it, and dates it.",
)
@bounds_options
@click.option("--allow-partial", is_flag=True, help="Exit 0 for a cut memento, too.")
@passphrase_option
@json_option
def deposit(
    files: tuple[Path, ...],
    mementos: tuple[str, ...],
    allow_partial: bool,
    passphrase_fd: int | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Take what somebody supplied, and sign it as that.

    Each FILE is taken as it is, and never shown as a capture. A memento is a deposit
    too: we see that a web archive answers so; what the page said at that time is the
    web archive's word.

    Example: sourcebook deposit letter.pdf --source "the family's lawyer"

    \b
    Example: sourcebook deposit --memento \\
        https://web.archive.org/web/20260203090000/https://example.org/article
    """  # noqa: D301 - click's sign that lines stay as they are
    _check_words(files, mementos, asked)
    writer = named_writer(passphrase_fd)
    options = read_bounds(writer.archive.config, asked)

    def take(file: Path) -> int:
        given = Supplied(
            file, asked["source"].strip(), asked["url"], asked["media_type"]
        )
        taken = take_deposit(writer, given)
        print_taken(writer, taken, str(file), as_json=as_json)
        if reason := taken.stored.facts["reason"]:
            say(f"{file}: {reason}.")
        return 0

    def fetch(url: str) -> int:
        whole = _take_memento(writer, url, options, as_json=as_json)
        return 0 if whole or allow_partial else INCOMPLETE

    codes = (act_on_each(files, take), act_on_each(mementos, fetch))
    click.get_current_context().exit(worst(codes))


def _check_words(
    files: tuple[Path, ...], mementos: tuple[str, ...], asked: dict[str, Any]
) -> None:
    """Check that each option has what it is for."""
    if not files and not mementos:
        raise click.UsageError("name a FILE, or a web archive's copy with --memento")
    if files and asked["source"] is None:
        raise click.UsageError("say in words who supplied the file, with --source")
    if files and not asked["source"].strip():
        raise click.UsageError("--source is empty; say in words who supplied the file")
    given = {name for name, value in asked.items() if value not in (None, ())}
    if not files and (found := given & {*_OF_FILES}):
        name = min(found).replace("_", "-")
        raise click.UsageError(
            f"--{name} is of a FILE: a memento says itself whose it is, and of what"
        )
    if not mementos and (found := given & {*_OF_MEMENTOS}):
        names = {"allowed": "allow-address"}
        name = min(names.get(each, each.replace("_", "-")) for each in found)
        raise click.UsageError(f"--{name} is of a --memento: a FILE is not fetched")
    if asked["url"] is not None and not _ADDRESS.match(asked["url"]):
        raise click.UsageError(
            f"--url is {visible(asked['url'])}, expected a whole address, such as"
            " https://example.org/page"
        )
    with arguments():
        check_asked(mementos, asked["allowed"])


def _take_memento(
    writer: Writer, url: str, options: CaptureOptions, *, as_json: bool
) -> bool:
    """Deposit one memento; tell whether all of it came."""
    try:
        kept = take_memento(writer, url, options)
    except UnreachedError as error:
        print_tried(error, url, as_json=as_json)
        raise
    print_kept(writer, kept, as_json=as_json)
    facts = kept.taken.stored.facts
    if facts["outcome"] == "complete":
        return True
    say(f"{url}: the memento is {facts['outcome']}: {facts['reason']}. It is kept.")
    return False
