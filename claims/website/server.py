"""The program that serves: ``python -m claims.website.server``, a process of its own.

Datasette takes longer to load than most commands run, and only this needs it.
"""

import sys
from pathlib import Path

import click

from archiver.errors import SourcebookError
from archiver.terminal import report_error
from claims.website.serving import serve


def main(words: list[str]) -> int:
    """Serve the database, host, port and archive that ``words`` name, in this order."""
    database, host, port, root = words
    try:
        serve(
            Path(database), host, int(port), archive_root=Path(root), ready=_say_address
        )
    except SourcebookError as error:
        report_error(error)
        return error.exit_code
    return 0


def _say_address(address: str) -> None:
    click.echo(f"serving at {address}  (Ctrl-C ends it)")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
