"""Serving a published database on this machine, by Datasette.

Datasette is given all of its configuration here, so that nothing of the folder's is
left out: ``settings.json`` and ``metadata.yaml`` are read, our own values are merged
into them, and the database is attached under the name that the metadata goes by.
"""

import json
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import parse_metadata

from archiver.errors import ArchiveError
from claims.publication import DATABASE, PLUGIN, publication_folder

SCHEMA_VERSION: Final = 1  # the user_version of schema.sql
LOOPBACK: Final = frozenset(("127.0.0.1", "::1", "localhost"))
_ON_LOOPBACK: Final[dict[str, Any]] = {
    "force_https_urls": False,  # there is no TLS on this machine's own interface
    "default_cache_ttl": 0,  # the next release is shown at once
}


def serve(
    database: Path,
    host: str,
    port: int,
    *,
    archive_root: Path | None,
    ready: Callable[[str], None],
) -> None:
    """Serve ``database`` until interrupted; call ``ready`` with the address once.

    With port 0 the system chooses one.  ``archive_root`` is the archive whose files
    ``/archive/`` gives out; without it there are none.

    Raises:
        ArchiveError: the database cannot be read, or the address cannot be had.
    """
    site = make_site(database, archive_root=archive_root, loopback=host in LOOPBACK)
    with closing(_listen(host, port)) as listener:
        config = uvicorn.Config(
            site.app(),
            log_level="warning",
            server_header=False,
            lifespan="on",
            workers=1,
        )
        server = _Server(config, lambda: ready(_address(host, listener)))
        with suppress(KeyboardInterrupt):  # uvicorn raises it again when it has ended
            server.run(sockets=[listener])


def make_site(
    database: Path, *, archive_root: Path | None = None, loopback: bool = True
) -> Any:
    """Return the Datasette of ``database``, with its whole configuration.

    Raises:
        ArchiveError: the database cannot be read, or is none of ours.
    """
    if not database.is_file():
        raise ArchiveError(
            f"{database} is no file, expected a published database",
            hint="make it with 'sourcebook publish'",
        )
    _check_database(database)
    folder = publication_folder()
    site = Datasette(
        config_dir=folder,
        settings=_settings(folder, loopback=loopback),
        metadata=_metadata(folder, archive_root),
    )
    for name in list(site.databases):
        if name != "_internal":
            site.remove_database(name)
    site.add_database(Database(site, str(database), is_mutable=False), name=DATABASE)
    return site


def _check_database(database: Path) -> None:
    """Check that a file is a published database of the version that is shown here."""
    address = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            found = connection.execute("pragma user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise ArchiveError(
            f"{database} is no published database: {error}",
            hint="make it with 'sourcebook publish'",
        ) from error
    if found != SCHEMA_VERSION:
        raise ArchiveError(
            f"{database} is no published database: its version is {found},"
            f" expected {SCHEMA_VERSION}",
            hint="make it again with 'sourcebook publish'",
        )


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def _settings(folder: Path, *, loopback: bool) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((folder / "settings.json").read_bytes())
    return {**settings, **_ON_LOOPBACK} if loopback else settings


def _metadata(folder: Path, archive_root: Path | None) -> dict[str, Any]:
    metadata: dict[str, Any] = parse_metadata(
        (folder / "metadata.yaml").read_text("utf-8")
    )
    root = str(archive_root.resolve()) if archive_root else None
    metadata["plugins"][PLUGIN]["archive"] = root
    return metadata


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise ArchiveError(
            f"{host}:{port} cannot be listened on: {error}",
            hint="name another port with --port, or 0 for any free one",
        ) from error
    listener.listen(128)
    return listener


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"
