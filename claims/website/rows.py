"""Rows of the published database as plain dictionaries, for the pages and their JSON.

A page's data is built by plain functions of a SQLite connection, so that the JSON
beside a page is the data that the page shows.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

Row = dict[str, Any]

JSON_COLUMNS: Final = frozenset(
    (
        "allowed_addresses",
        "browser",
        "ceiling_steps",
        "citation_csl",
        "failures",
        "label_reasons",
        "labels",
        "memento",
        "redactions",
        "rests_on",
        "robots",
        "sets_aside",
        "tls",
        "translations",
        "zones",
    )
)


class NoPageError(Exception):
    """The database holds nothing that this address names; the message says what."""


class OtherAddressError(Exception):
    """What was asked for has another address, which is ``path``."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def fetch(
    connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()
) -> list[Row]:
    """Return all rows of a query, with the columns that hold JSON decoded."""
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    for name in JSON_COLUMNS.intersection(names):
        for row in rows:
            row[name] = _decode(row[name])
    return rows


def fetch_one(
    connection: sqlite3.Connection, sql: str, values: Sequence[object], what: str
) -> Row:
    """Return the one row of a query.

    Raises:
        NoPageError: there is none; the message is ``what``.
    """
    found = fetch(connection, sql, values)
    if not found:
        raise NoPageError(what)
    return found[0]


def _decode(value: object) -> object:
    if value == "[]":
        return []  # most lists, in long tables: reading them took half of the time
    return json.loads(value) if isinstance(value, str) else value
