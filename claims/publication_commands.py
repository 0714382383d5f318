"""The commands that publish: ``release``, ``publish``, ``serve``, ``demo``."""

import os
import shlex
import sys
from pathlib import Path

import click

from archiver.errors import VerificationError
from archiver.log import read_published
from archiver.store import Archive, open_archive
from archiver.terminal import (
    count_of,
    counts_of,
    json_option,
    named_archive,
    named_writer,
    passphrase_option,
    print_json,
    say,
    visible,
)
from archiver.trust import read_trust
from archiver.verify import verify_pin
from claims.demonstration import shipped_archive
from claims.publish import PublishedDatabase, default_output, publish
from claims.releasing import make_checked_release
from claims.verify import verify_whole

HOST = "127.0.0.1"
PORT = 8001


@click.command()
@click.option(
    "-m", "--message", "changes", required=True, help="What changed, in words."
)
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@passphrase_option
@json_option
def release(
    changes: str, strict: bool, passphrase_fd: int | None, as_json: bool
) -> None:
    """Sign and log the list of claims, sources and other files.

    It lists every file that no other statement covers. The claims are checked first;
    where a rule is broken nothing is signed.

    Example: sourcebook release -m "two new claims on the hand-over"
    """
    if not changes.strip():
        raise click.UsageError("--message is empty; say in words what changed")
    writer = named_writer(passphrase_fd)
    released = make_checked_release(writer, changes, strict=strict)
    made = released.made
    if as_json:
        print_json(
            {
                "release": made.number,
                "statement": made.statement_id,
                "index": made.index,
                "revisions": list(released.revisions),
            }
        )
    else:
        click.echo(f"release {made.number}  {made.statement_id}")
        for rel in released.revisions:
            click.echo(f"    {visible(rel)}")
    if made.index is None:
        say("The release is signed and waits for the log: 'sourcebook log add'.")


@click.command("publish")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to; else in your cache folder, under the archive's id.",
)
@click.option("--draft", is_flag=True, help="Publish what is not released, and say so.")
@json_option
def publish_command(output: Path | None, draft: bool, as_json: bool) -> None:
    """Make the database of the last release, to be served.

    The same release gives the same bytes.

    Example: sourcebook publish -o site/sourcebook.db
    """
    archive = named_archive()
    made = publish(archive, output or default_output(archive), draft=draft)
    _say_since(archive, made)
    if as_json:
        print_json(
            {
                "database": str(made.path),
                "release": made.number,
                "checkpoint": made.checkpoint_size,
                "sha256": made.sha256,
            }
        )
        return
    click.echo(f"{made.path}  release {made.number}, checkpoint {made.checkpoint_size}")
    click.echo(f"sha256 {made.sha256}")
    say(f"Next: sourcebook serve {shlex.quote(str(made.path))}")


@click.command("serve")
@click.argument(
    "database", required=False, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--host", default=HOST, show_default=True)
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
def serve_command(database: Path | None, host: str, port: int) -> None:
    """Serve the website on this machine, with Datasette.

    Without a DATABASE the last release is published first.

    Example: sourcebook serve --port 8001
    """
    archive = named_archive()
    if database is None:
        made = publish(archive, default_output(archive), draft=False)
        _say_since(archive, made)
        database = made.path
    _serve(database, host, port, archive.root)


@click.command()
@click.option("--host", default=HOST, show_default=True)
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535))
def demo(host: str, port: int) -> None:
    """Verify, publish and serve the first case, without a network.

    Example: sourcebook demo
    """
    archive = open_archive(shipped_archive())
    verified = verify_whole(archive, lambda _kind, _done, _total: None)
    whose = verify_pin(archive, verified, None)
    errors = verified.report.errors
    for finding in errors:
        say(f"{finding.code}  {finding.place}: {finding.message}")
    if errors:
        raise VerificationError(
            f"{count_of(len(errors), 'fault')} in {archive.root}: it is not served",
            hint="'sourcebook verify' tells each; install or clone the project again",
        )
    say(f"verified: {counts_of(verified.report.checked)}; {whose}")
    made = publish(archive, default_output(archive), draft=False)
    say(f"published: release {made.number}, {made.path}")
    _serve(made.path, host, port, archive.root)


def _say_since(archive: Archive, made: PublishedDatabase) -> None:
    """Say how much the log holds that came after what is published."""
    size = read_published(archive, read_trust(archive).policy).size
    if size > made.checkpoint_size:
        since = count_of(size - made.checkpoint_size, "statement")
        say(
            f"Not published: {since} logged after release {made.number}, such as those"
            " of captures. 'sourcebook release' takes them up."
        )


def _serve(database: Path, host: str, port: int, root: Path) -> None:
    """Become the program that serves; -P, since the place we stand in is no package."""
    words = [
        sys.executable,
        "-P",
        "-m",
        "claims.website.server",
        str(database),
        host,
        str(port),
    ]
    sys.stdout.flush()
    os.execv(sys.executable, [*words, str(root)])  # noqa: S606 - our own program
