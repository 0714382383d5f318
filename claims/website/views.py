"""The addresses of the site, and the views behind them.

Each page is a builder of data, a template, and an address that also ends in ``.json``.
"""

import json
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from datasette import Response
from datasette.utils import sqlite_timelimit

from claims.publication import DATABASE
from claims.website import (
    case_pages,
    claim_pages,
    lead_pages,
    record_pages,
    searching,
    source_pages,
)
from claims.website.archive_view import archive, favicon, raw_page, view_page
from claims.website.error_pages import MissingError, RefusedError
from claims.website.refusals import REFUSAL
from claims.website.rows import NoPageError, OtherAddressError, Row

_PAGE_NUMBER = re.compile("[0-9]{1,4}")

View = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request names: the parts of its address, and the fields of its query."""

    parts: Mapping[str, str]
    fields: Mapping[str, str]

    @property
    def page(self) -> int:
        """Return the page asked for, from 0."""
        number = self.fields.get("page", "0")
        return int(number) if _PAGE_NUMBER.fullmatch(number) else 0


Builder = Callable[[sqlite3.Connection, Asked], Row]


def routes() -> list[tuple[str, View]]:
    """Return every address of the site with its view, anchored at both ends."""
    return [
        *((pattern, _page(template, build)) for pattern, template, build in _PAGES),
        (rf"/snapshot/{_HEX}/text$", _guiding(_text)),
        (rf"/snapshot/{_HEX}/raw$", _guiding(raw_page)),
        (rf"/snapshot/{_HEX}/(?P<kind>screenshot|pdf)$", _guiding(view_page)),
        (r"/archive/(?P<path>[^?#]+)$", archive),
        (r"/favicon\.ico$", favicon),
        (r"/-/refused(?:\.json)?$", _refused),
    ]


async def read(datasette: Any, build: Callable[[sqlite3.Connection], Any]) -> Any:
    """Run ``build`` on the published database, within the time of one query."""
    limit = datasette.sql_time_limit_ms

    def bounded(connection: sqlite3.Connection) -> Any:
        with sqlite_timelimit(connection, limit):
            return build(connection)

    return await datasette.get_database(DATABASE).execute_fn(bounded)


def _page(template: str, build: Builder) -> View:
    """Return a view that shows what ``build`` finds by ``template``, or as JSON."""

    async def view(request: Any, datasette: Any) -> Any:
        parts = {key: value or "" for key, value in request.url_vars.items()}
        asked = Asked(parts, {key: request.args[key] for key in request.args})
        data = await read(
            datasette,
            lambda connection: {
                "archive": case_pages.about(connection),
                **build(connection, asked),
            },
        )
        if parts.get("format"):
            return _as_json(data)
        context = {**data, "json_path": _json_path(datasette, request)}
        return Response.html(
            await datasette.render_template(template, context, request=request)
        )

    return _guiding(view)


def _guiding(view: View) -> View:
    """Return ``view``, guiding the reader from what is not there, or elsewhere."""

    async def guided(request: Any, datasette: Any) -> Any:
        try:
            return await view(request, datasette)
        except NoPageError as error:
            raise MissingError(str(error)) from error
        except OtherAddressError as other:
            return _redirect(datasette, request, other.path)

    return guided


def _json_path(datasette: Any, request: Any) -> str:
    """Return the address of the JSON beside a page."""
    path = request.scope.get("route_path", request.path)
    query = f"?{request.query_string}" if request.query_string else ""
    return str(datasette.urls.path(f"{path}.json")) + query


async def _text(request: Any, datasette: Any) -> Any:
    """Answer with a text layer, as plain text."""
    digits = request.url_vars["digits"]
    text = await read(
        datasette, lambda connection: record_pages.snapshot_text(connection, digits)
    )
    return Response(text, content_type="text/plain; charset=utf-8")


async def _refused(request: Any) -> Any:
    """Say why a request was not let through."""
    raise RefusedError(request.scope[REFUSAL])


def _redirect(datasette: Any, request: Any, whole: str) -> Any:
    """Send the reader from a beginning of a hash to the whole of it."""
    path = request.scope.get("route_path", request.path)
    kind, digits = path.split("/")[1:3]
    digits, dot, suffix = digits.partition(".")
    rest = path[len(f"/{kind}/{digits}{dot}{suffix}") :]
    target = datasette.urls.path(f"/{kind}/{whole}{dot}{suffix}{rest}")
    return Response.redirect(target, status=HTTPStatus.FOUND)


def _as_json(data: Row) -> Any:
    return Response(
        json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n",
        content_type="application/json; charset=utf-8",
    )


def _search(connection: sqlite3.Connection, asked: Asked) -> Row:
    query = asked.fields.get("q", "")
    found = searching.find(connection, query, asked.page)
    return {"query": query[: searching.MAX_QUERY], "page": asked.page, **found}


def _claim_revision(connection: sqlite3.Connection, asked: Asked) -> Row:
    number = int(asked.parts["revision"])
    return claim_pages.claim(connection, asked.parts["id"], number)


_HEX: Final = "(?P<digits>[0-9A-Fa-f]+)"
_ID: Final = "(?P<id>[a-z0-9-]+)"
_END: Final = r"(?P<format>\.json)?$"

_PAGES: Final[tuple[tuple[str, str, Builder], ...]] = (
    (rf"/{_END}", "home.html", lambda c, _: case_pages.home(c)),
    (
        rf"/case/{_ID}{_END}",
        "case.html",
        lambda c, asked: case_pages.case(c, asked.parts["id"], asked.fields),
    ),
    (
        rf"/claim/(?P<id>c-[a-z0-9]+){_END}",
        "claim.html",
        lambda c, asked: claim_pages.claim(c, asked.parts["id"]),
    ),
    (
        rf"/claim/(?P<id>c-[a-z0-9]+)/(?P<revision>[1-9][0-9]{{0,5}}){_END}",
        "claim.html",
        _claim_revision,
    ),
    (
        rf"/snapshot/{_HEX}{_END}",
        "snapshot.html",
        lambda c, asked: record_pages.snapshot(c, asked.parts["digits"]),
    ),
    (
        rf"/snapshot/{_HEX}/records{_END}",
        "records.html",
        lambda c, asked: record_pages.snapshot(c, asked.parts["digits"]),
    ),
    (
        rf"/source/(?P<id>(?:person|org|channel)/[a-z0-9-]+){_END}",
        "source.html",
        lambda c, asked: source_pages.source(c, asked.parts["id"]),
    ),
    (
        rf"/(?P<id>lead/[a-z0-9-]+){_END}",
        "lead.html",
        lambda c, asked: lead_pages.lead(c, asked.parts["id"]),
    ),
    (rf"/log{_END}", "log.html", lambda c, asked: record_pages.log(c, asked.page)),
    (
        rf"/log/(?P<index>0|[1-9][0-9]{{0,17}}){_END}",
        "entry.html",
        lambda c, asked: record_pages.entry(c, int(asked.parts["index"])),
    ),
    (
        rf"/statement/{_HEX}{_END}",
        "statement.html",
        lambda c, asked: record_pages.statement(c, asked.parts["digits"]),
    ),
    (rf"/wanted{_END}", "wanted.html", lambda c, _: lead_pages.wanted(c)),
    (
        rf"/corrections{_END}",
        "corrections.html",
        lambda c, _: source_pages.corrections(c),
    ),
    (rf"/method{_END}", "method.html", lambda _c, _a: {}),
    (rf"/verify{_END}", "verify.html", lambda c, _: record_pages.keys(c)),
    (rf"/search{_END}", "search.html", _search),
)
