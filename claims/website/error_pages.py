"""Pages for what went wrong: one sentence for the reader, one line for the operator.

Datasette's own handler prints a traceback for each fault, with the local values where
``rich`` is installed; this one takes its place (``claims.plugin``).
"""

import json
import logging
import sqlite3
import traceback
from http import HTTPStatus
from typing import Any, Final

from datasette import Forbidden, Response
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from claims.website.refusals import Refusal

_LOGGER: Final = logging.getLogger("sourcebook")
_TITLES: Final = {
    HTTPStatus.BAD_REQUEST: "This request cannot be answered",
    HTTPStatus.FORBIDDEN: "Not open to the public",
    HTTPStatus.NOT_FOUND: "Nothing at this address",
    HTTPStatus.METHOD_NOT_ALLOWED: "Reading only",
    HTTPStatus.SERVICE_UNAVAILABLE: "It would take too long",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here",
}
_BARE_NOT_FOUND: Final = ("404", "Database not found", "Table not found")


class RefusedError(Exception):
    """A request that was not let through."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.status = refusal.status


class MissingError(Exception):
    """Nothing of ours at this address; not ``NotFound``, which Datasette redirects."""

    status = HTTPStatus.NOT_FOUND


class NotAsReleasedError(Exception):
    """A file of the archive is not what the release says."""


_SPOKEN: Final = (RefusedError, MissingError, Base400, NotAsReleasedError)


async def answer(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return the page, or the JSON, for an exception that a view raised."""
    status, message = describe(exception)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOGGER.error("%s: %s", request.path, in_one_line(exception))
    title = _TITLES.get(HTTPStatus(status), HTTPStatus(status).phrase)
    if request.path.endswith(".json"):
        body = {"ok": False, "status": int(status), "title": title, "error": message}
        return Response(
            json.dumps(body, ensure_ascii=False) + "\n",
            status=status,
            content_type="application/json; charset=utf-8",
        )
    page = await datasette.render_template(
        "error.html",
        {"status": int(status), "title": title, "error": message},
        request=request,
    )
    return Response.html(page, status=status)


def describe(exception: Exception) -> tuple[int, str]:
    """Return the status of an exception, and what a reader may know of it."""
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(exception, (RefusedError, MissingError, Base400, DatasetteError)):
        status = exception.status
    if isinstance(exception, DatasetteError) and status == HTTPStatus(500):
        status = HTTPStatus.BAD_REQUEST  # a field of the query is at fault
    if isinstance(exception, QueryInterrupted) or _is_interrupted(exception):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    return status, _message(exception)


def in_one_line(exception: Exception) -> str:
    """Return an exception and the place it was raised at, without any local value."""
    frames = traceback.extract_tb(exception.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(exception).__name__}: {exception}{place}".replace("\n", " ")


def _message(exception: Exception) -> str:
    """Return what an exception tells a reader; nothing of one that was not expected."""
    if isinstance(exception, Forbidden):
        return ""
    if isinstance(exception, DatasetteError):
        return "" if exception.message_is_html else str(exception.message)
    if isinstance(exception, _SPOKEN):
        return "" if str(exception) in _BARE_NOT_FOUND else str(exception)
    return ""


def _is_interrupted(exception: Exception) -> bool:
    is_sql = isinstance(exception, sqlite3.OperationalError)
    return is_sql and str(exception) == "interrupted"
