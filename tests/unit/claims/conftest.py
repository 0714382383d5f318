"""Published sites for tests of the pages: the invented case, and the shipped one."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.publication_client import open_site, publish_shipped
from tests.publication_harbour import make_publication


@pytest.fixture(scope="session")
def harbour_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the invented archive's files; its database lies beside the folder."""
    archive = tmp_path_factory.mktemp("harbour") / "archive"
    make_publication(archive)
    return archive


@pytest.fixture(scope="session")
def harbour_database(harbour_archive: Path) -> Path:
    """Return the published database of the invented case."""
    return harbour_archive.parent / "sourcebook.db"


@pytest.fixture(scope="session")
def harbour_site(harbour_archive: Path, harbour_database: Path) -> Any:
    """Return the site of the invented case, with its files."""
    return open_site(harbour_database, harbour_archive)


@pytest.fixture(scope="session")
def shipped_site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the site of the archive that ships with the project."""
    database = tmp_path_factory.mktemp("shipped") / "sourcebook.db"
    archive = publish_shipped(database)
    return open_site(database, archive)


@pytest.fixture
def edit_copy(tmp_path: Path) -> Callable[[Path, str], Path]:
    """Copy a database, and change the copy by SQL."""

    def edited(database: Path, sql: str) -> Path:
        copy = tmp_path / "edited.db"
        shutil.copyfile(database, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.executescript(sql)
        return copy

    return edited
