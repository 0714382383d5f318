"""The published database that the tests of the pages look at: two cases."""

from hashlib import sha256
from pathlib import Path

from tests.publication_case import add_first_case
from tests.publication_fixture import Book, add_log, write_rows
from tests.publication_harbour import add_harbour


def make_publication(folder: Path) -> Path:
    """Make an archive's files in ``folder`` and return its published database."""
    book = Book(folder)
    book.say("policy", "trust/1/policy", sha256(b"").hexdigest(), n=1, why="the first")
    add_first_case(book)
    add_harbour(book)
    release = book.say(
        "release", "archive.toml", sha256(b"").hexdigest(), number=1, changed="first"
    )
    book.put("archive.toml", b'id = "test-archive"\n', "released")
    add_log(book, release)
    database = folder.parent / "sourcebook.db"
    write_rows(database, book.rows)
    return database
