"""What commands share: the archive meant, passphrases, lines out, exit codes."""

import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import click

from archiver.advice import advise
from archiver.errors import MalformedError, SourcebookError, UnreachedError
from archiver.store import Archive, find_archive, open_archive
from archiver.writer import Writer, open_writer

T = TypeVar("T")
Giving = Callable[[Callable[..., None]], Callable[..., None]]  # a command an option
# controls, half surrogate pairs, separators of lines, marks of direction
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
INTERRUPTED = 130  # what a shell knows an end by SIGINT by
MAX_PASSPHRASE = 1 << 16  # bytes
MAX_FD = (1 << 31) - 1  # what a file descriptor can be
# the worst first: what several faults together exit with
_WORST = (5, 3, 1, 4, 2, 0)
# kinds of things that a verification counts, where one is not told by taking an s away
_ONE = {
    "log entries": "log entry",
    "snapshots by their lengths": "snapshot by its length",
}


class Ordered(click.Group):
    """Commands in the order in which one comes to need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return their names, in the order in which they were added."""
        return list(self.commands)


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


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a line."
)
passphrase_option = click.option(
    "--passphrase-fd",
    type=click.IntRange(0, MAX_FD),
    metavar="N",
    help="Read the keys' passphrase from file descriptor N, up to its first newline.",
)


def give_options(*options: Giving) -> Giving:
    """Return what gives a command these options, in this order."""

    def give(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def named_archive() -> Archive:
    """Open the archive that the command line or the place means."""
    named = click.get_current_context().find_root().params.get("archive")
    return open_archive(find_archive(named, os.environ, Path.cwd()))


def named_writer(passphrase_fd: int | None) -> Writer:
    """Open the archive meant for writing; ask for a passphrase only if one is set."""
    return open_writer(named_archive(), asked_passphrase(passphrase_fd))


def asked_passphrase(fd: int | None) -> Callable[[], bytes]:
    """Return what gives the passphrase, asked for once, and only when needed."""

    @cache
    def ask() -> bytes:
        if fd is not None:
            return read_line(fd)
        if not sys.stdin.isatty():
            raise click.UsageError(
                "the keys have a passphrase, and there is no terminal to ask for it;"
                " give it with --passphrase-fd N, such as --passphrase-fd 3 3<FILE"
            )
        return str(click.prompt("Passphrase", hide_input=True, err=True)).encode()

    return ask


def new_passphrase(
    fd: int | None, asked: Callable[[], bytes], *, without: bool
) -> Callable[[], bytes]:
    """Return what gives the passphrase of new keys; none ``without`` one.

    A descriptor is read once, by ``asked``: one passphrase for all keys.
    """

    @cache
    def ask() -> bytes:
        if without:
            return b""
        if fd is None and not sys.stdin.isatty():
            raise click.UsageError(
                "new keys need a passphrase, and there is no terminal to ask for it;"
                " give it with --passphrase-fd N, or say --no-passphrase"
            )
        found = asked() if fd is not None else _ask_twice()
        if not found:
            raise click.UsageError("the passphrase is empty; or say --no-passphrase")
        return found

    return ask


@contextmanager
def arguments(refusal: type[SourcebookError] = MalformedError) -> Iterator[None]:
    """Take the ``refusal`` of an argument for a mistake of usage: exit 2.

    Raises:
        UsageError: an argument is not what it must be.
    """
    try:
        yield
    except refusal as error:
        hint = f"\nHint: {visible(error.hint)}" if error.hint else ""
        raise click.UsageError(f"{visible(str(error))}{hint}") from error


def report_error(error: SourcebookError) -> None:
    """Print one error and its hint, each on a line of its own.

    What to do about a page that was not reached depends on how its last request failed.
    """
    say(f"sourcebook: error: {error}")
    hint = error.hint
    if not hint and isinstance(error, UnreachedError) and error.failures:
        hint = advise([error.failures[-1].kind])
    if hint:
        say(f"sourcebook: hint: {hint}")


def act_on_each(things: Iterable[T], act: Callable[[T], int]) -> int:
    """Do ``act`` to each thing; go on after an error; return the worst exit code."""
    codes = []
    for thing in things:
        try:
            codes.append(act(thing))
        except SourcebookError as error:
            report_error(error)
            codes.append(error.exit_code)
    return worst(codes)


def _ask_twice() -> bytes:
    asked = click.prompt(
        "Passphrase for the new keys",
        hide_input=True,
        confirmation_prompt=True,
        err=True,
    )
    return str(asked).encode()


def read_line(fd: int) -> bytes:
    """Read the first line of an open file descriptor, without its newline."""
    try:
        with os.fdopen(fd, "rb", closefd=False) as stream:
            return stream.readline(MAX_PASSPHRASE).rstrip(b"\r\n")
    except OSError as error:
        raise click.UsageError(
            f"--passphrase-fd {fd}: it cannot be read ({error.strerror})"
        ) from error


def say(text: str) -> None:
    """Print a line for the person at the terminal, beside the results."""
    click.echo(visible(text), err=True)


def count_of(count: int, word: str) -> str:
    """Say how many of something there are."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def counts_of(checked: Mapping[str, int]) -> str:
    """Say how much a verification looked at; its kinds are plurals."""
    return ", ".join(
        f"{number:,} {_ONE.get(kind, kind.removesuffix('s')) if number == 1 else kind}"
        for kind, number in checked.items()
    )


def print_json(thing: dict[str, Any]) -> None:
    """Print one JSON object on one line; what acts on a terminal is escaped in it."""
    text = json.dumps(thing, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(thing)
    click.echo(_ACTING.sub(lambda found: json.dumps(found[0])[1:-1], text))


def visible(text: str) -> str:
    """Return ``text`` as one line in which nothing acts on a terminal.

    A file's name may hold a line end, an escape sequence, a sign that turns the
    direction of what follows, or bytes that are no text.  Each is shown by its number.
    """
    return _ACTING.sub(lambda found: ascii(found[0])[1:-1], text)


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of several outcomes: 5 > 3 > 1 > 4 > 0."""
    found = set(codes)
    return next((code for code in _WORST if code in found), 0)
