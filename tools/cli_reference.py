"""Write docs/cli.md from the commands themselves: ``tools/cli_reference.py FILE``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from sourcebook import cli

WIDTH = 88
INTRODUCTION = """\
# The command line

Made from the program by `make docs`; do not edit.

Results go to standard output (`--json` makes them one object a line), progress and
errors to standard error. The archive is the nearest folder above that holds
`archive.toml`, or the one named by `--archive` or `SOURCEBOOK_ARCHIVE`.

| exit | means |
|---|---|
| 0 | it holds |
| 1 | a check failed, or was asked for and could not be made |
| 2 | the command was not used as it is meant |
| 3 | the bytes given are of no format that we know, or not what their format says |
| 4 | a page, authority or witness was not reached, or not wholly |
| 5 | the archive is absent, locked or cannot be opened |
"""


def sections(
    command: click.Command, name: str, parent: click.Context | None = None
) -> Iterator[str]:
    """Yield the help of a command and of all commands below it."""
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=WIDTH,
        **command.context_settings,
    )
    path, text = context.command_path, command.get_help(context)
    yield f"{'#' * (2 + path.count(' '))} {path}\n\n```text\n{text}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            yield from sections(command.commands[child], child, context)


def reference() -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *sections(cli, "sourcebook")])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8", newline="\n")
