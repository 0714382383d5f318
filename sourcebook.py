"""The front door: the command group, where errors become exit codes."""

import errno
import io
import signal
import sys
from pathlib import Path
from typing import Any

import click

from archiver import commands as archiver_commands
from archiver import log_commands
from archiver.errors import SourcebookError
from archiver.terminal import INTERRUPTED, Ordered, report_error, say, visible
from archiver.version import VERSION
from claims import commands as claims_commands


class Front(Ordered):
    """The top command group: the only place where errors meet the terminal."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse an argument that is no text, and no file either.

        Raises:
            UsageError: there is one.
        """
        for arg in args:
            if _is_no_text(arg):
                raise click.UsageError(
                    f"the argument {visible(arg)} is not UTF-8, expected text",
                    ctx,
                )
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print a ``SourcebookError`` and exit with its code.

        What the results are written to may fail as well: a full disk is told, a closed
        pipe is what click ends quietly for. Who stops a command is told so, and never
        that a check failed.
        """
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            if error.option_name == "--archive":
                hint = "It stands before the command: sourcebook --archive DIR …"
                raise click.UsageError(f"{error.message} {hint}", error.ctx) from error
            raise
        except SourcebookError as error:
            report_error(error)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            say("")  # the terminal shows ^C
            say("sourcebook: stopped; what was done before stands")
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE or error.filename is not None:
                raise
            say(f"sourcebook: error: the output cannot be written: {error.strerror}")
            ctx.exit(1)


def _is_no_text(arg: str) -> bool:
    try:
        arg.encode()
    except UnicodeEncodeError:
        return not Path(arg).exists()
    return False


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The archive; else $SOURCEBOOK_ARCHIVE, else the nearest folder that is one.",
)
@click.version_option(VERSION, prog_name="sourcebook")
def cli(archive: Path | None) -> None:
    """Tie claims, quote by quote, to signed and logged snapshots of what was said.

    Begin: sourcebook init my-archive && cd my-archive && sourcebook capture https://…

    Exit codes: 0 it holds, 1 a check failed or could not be made, 2 usage, 3 malformed
    bytes, 4 not reached or not wholly, 5 the archive cannot be opened.
    """


for command in (
    *archiver_commands.COMMANDS,
    *claims_commands.COMMANDS,
    log_commands.log,
):
    cli.add_command(command)


def _end(number: int, _: object) -> None:
    """End as after an error: temporary files are removed, a browser is ended."""
    sys.exit(128 + number)  # as shells say it


def main() -> None:
    """Run the command line; what a terminal cannot show is spelt out, not refused."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # else nohup is at work
            signal.signal(number, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where it is closed
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="sourcebook")


if __name__ == "__main__":
    main()
