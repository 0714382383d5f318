"""Writing the published database: the same rows give the same bytes.

Tables are filled in one order, rows in the order in which they are given, in a new file
with a fixed page size; then the file is rewritten by VACUUM, which lays the tables out
by what is in them alone.  It takes the place of an older database only when it is whole
and on the disk: until then the older one is served.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from archiver.errors import ArchiveError

PAGE_SIZE: Final = 4096  # bytes
SCHEMA: Final = Path(__file__).parent / "schema.sql"

Tables = Mapping[str, Iterable[Mapping[str, object]]]


def write_database(
    output: Path, tables: Tables, fill: Callable[[sqlite3.Connection], None]
) -> None:
    """Write ``tables``, in their order, and then what ``fill`` derives from them.

    Raises:
        ArchiveError: the file cannot be written.
    """
    try:
        with _replacing(output) as (draft, final):
            with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
                _write(connection, tables, fill)
                connection.execute("vacuum into ?", (str(final),))
            _flush(final)
    except (OSError, sqlite3.OperationalError) as error:
        raise ArchiveError(
            f"{output} cannot be written: {error}",
            hint="name another file with -o, or make room on its disk",
        ) from error


def _write(
    connection: sqlite3.Connection,
    tables: Tables,
    fill: Callable[[sqlite3.Connection], None],
) -> None:
    """Fill a new database; nothing of it has to survive a crash."""
    for pragma in (
        f"page_size = {PAGE_SIZE}",
        "journal_mode = off",
        "synchronous = off",
    ):
        connection.execute(f"pragma {pragma}")
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))
    connection.execute("begin")
    for table, rows in tables.items():
        for row in rows:
            _insert(connection, table, row)
    fill(connection)
    connection.execute("commit")


def _insert(
    connection: sqlite3.Connection, table: str, row: Mapping[str, object]
) -> None:
    """Insert one row; names of tables and columns are ours, never of the archive."""
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    sql = f'insert into "{table}" ({columns}) values ({marks})'  # noqa: S608 (see above)
    connection.execute(sql, tuple(row.values()))


@contextmanager
def _replacing(output: Path) -> Iterator[tuple[Path, Path]]:
    """Give two free names on the disk of ``output``; rename the second one to it."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{output.name}.", dir=output.parent
    ) as folder:
        final = Path(folder) / "final"
        yield Path(folder) / "draft", final
        final.replace(output)
    _flush(output.parent)


def _flush(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
