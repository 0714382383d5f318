"""What an exception tells a reader, and what it does not."""

import sqlite3

import pytest
from datasette import Forbidden, NotFound
from datasette.database import QueryInterrupted
from datasette.views.base import DatasetteError

from claims.website.error_pages import (
    MissingError,
    NotAsReleasedError,
    RefusedError,
    describe,
    in_one_line,
)
from claims.website.refusals import Refusal
from tests.publication_client import ask


@pytest.mark.parametrize(
    ("exception", "status", "message"),
    [
        (RefusedError(Refusal(405, "reading only")), 405, "reading only"),
        (MissingError("no such claim"), 404, "no such claim"),
        (NotFound("Table not found"), 404, ""),
        (NotFound("Record not found: ['x']"), 404, "Record not found: ['x']"),
        (Forbidden("secret"), 403, ""),
        (DatasetteError("Cannot sort", status=500), 400, "Cannot sort"),
        (DatasetteError("<b>", status=400, message_is_html=True), 400, ""),
        (QueryInterrupted(None, "select 1", {}), 503, ""),
        (sqlite3.OperationalError("interrupted"), 503, ""),
        (sqlite3.OperationalError("no such table: x"), 500, ""),
        (NotAsReleasedError("not what it was"), 500, "not what it was"),
        (KeyError("secret"), 500, ""),
    ],
)
def test_a_reader_is_told_what_is_meant_for_readers(exception, status, message):
    assert describe(exception) == (status, message)


def test_a_fault_is_one_line_with_its_place_and_no_value():
    try:
        secret = {"password": "hidden"}
        secret["other\nkey"]
    except KeyError as error:
        line = in_one_line(error)
    assert "KeyError: 'other\\nkey' at " in line
    assert "test_error_pages.py:" in line
    assert "hidden" not in line
    assert in_one_line(ValueError("a\nb")) == "ValueError: a b"


def test_an_error_page_looks_like_the_others(harbour_site):
    page = ask(harbour_site, "/claim/c-00000000").text
    assert "No claim &#39;c-00000000&#39; is published here." in page
    assert 'href="/static/sourcebook.css"' in page
    assert '<main id="main"' in page
