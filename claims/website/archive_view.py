"""The views that answer with bytes of the archive: its files, and recorded pages."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar
from urllib.parse import unquote

from datasette import Response

from archiver.errors import ArchiveError, MalformedError, VerificationError
from claims.publication import DATABASE, PLUGIN, publication_folder
from claims.website import record_pages
from claims.website.error_pages import MissingError, NotAsReleasedError
from claims.website.ranges import (
    Span,
    UnsatisfiableError,
    none_match_holds,
    parse_range,
    range_holds,
)
from claims.website.recorded import PDF, cut_record, make_inert, read_page, read_view
from claims.website.recorded import POLICY as PAGE_POLICY
from claims.website.rows import NoPageError
from claims.website.served_files import (
    POLICY,
    Listed,
    Served,
    find_listed,
    open_served,
    read_chunks,
)

T = TypeVar("T")
_EXPOSED: Final = "Content-Range, ETag, Accept-Ranges"


async def archive(request: Any, datasette: Any, send: Any) -> None:
    """Answer with a file of the archive, whole or in part (RFC 9110, 14)."""
    if request.method == "OPTIONS":
        await _send(send, HTTPStatus.NO_CONTENT, _preflight_headers())
        return
    served = await _find(datasette, unquote(request.url_vars["path"]))
    headers = _file_headers(served)
    asked = request.headers
    if not none_match_holds(asked.get("if-none-match"), served.etag):
        await _send(send, HTTPStatus.NOT_MODIFIED, headers)
        return
    try:
        span = _asked_span(asked, served)
    except UnsatisfiableError:
        headers |= {"content-range": f"bytes */{served.length}", "content-length": "0"}
        await _send(send, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
        return
    status = HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK
    if span:
        headers["content-range"] = span.content_range(served.length)
    span = span or Span(0, served.length)
    headers["content-length"] = str(span.end - span.start)
    body = read_chunks(served.place, span) if request.method == "GET" else None
    await _send(send, status, headers, body)


async def raw_page(request: Any, datasette: Any) -> Any:
    """Answer with the recorded page of a public snapshot, inert.

    Raises:
        NoPageError, OtherAddressError: it is not there, or elsewhere.
    """
    digits = request.url_vars["digits"]
    found = await _query(
        datasette, lambda connection: record_pages.showable(connection, digits)
    )
    shown = await _read(datasette, found, _read_inert)
    if shown is None:
        raise MissingError("The recorded document is of a type that is not shown here.")
    body, content_type = shown
    if content_type == PDF:
        return _pdf(body, digits)
    return Response(
        body,
        headers={"content-security-policy": PAGE_POLICY},
        content_type=content_type,
    )


async def view_page(request: Any, datasette: Any) -> Any:
    """Answer with the picture, or the PDF, of the page of a public snapshot.

    Raises:
        NoPageError, OtherAddressError: it is not there, or elsewhere.
    """
    digits, kind = request.url_vars["digits"], request.url_vars["kind"]
    found = await _query(
        datasette, lambda connection: record_pages.view(connection, digits, kind)
    )
    body, content_type = await _read(datasette, found, read_view)
    if content_type == PDF:
        return _pdf(body, digits)
    headers = {"content-security-policy": POLICY}
    return Response(body, headers=headers, content_type=content_type)


def _pdf(body: bytes, digits: str) -> Any:
    """Give out a PDF to save: what a browser runs in it is no business of this site."""
    headers = {
        "content-security-policy": POLICY,
        "content-disposition": f'attachment; filename="{digits[:12]}.pdf"',
    }
    return Response(body, headers=headers, content_type=PDF)


async def favicon() -> Any:
    """Answer with the site's own icon instead of Datasette's."""
    icon = publication_folder() / "static" / "icon.svg"
    return Response(icon.read_bytes(), content_type="image/svg+xml")


def archive_root(datasette: Any) -> Path | None:
    """Return the folder of the archive that this server was started with, if any."""
    config = datasette.plugin_config(PLUGIN) or {}
    root = config.get("archive")
    return Path(root) if root else None


async def _query(datasette: Any, build: Callable[..., Any]) -> Any:
    return await datasette.get_database(DATABASE).execute_fn(build)


async def _find(datasette: Any, path: str) -> Served:
    root = archive_root(datasette)
    try:
        listed: Listed = await _query(
            datasette, lambda connection: find_listed(connection, path)
        )
        if root is None:
            raise MissingError(
                "This server has the database alone, not the archive's files."
            )
        return await asyncio.to_thread(open_served, root, listed)
    except (NoPageError, ArchiveError) as error:
        raise MissingError(str(error)) from error
    except VerificationError as error:
        raise NotAsReleasedError(f"Not served: {error}.") from error


async def _read(
    datasette: Any, found: Mapping[str, Any], read: Callable[[BinaryIO], T]
) -> T:
    """Read one record of a file that may be served."""
    served = await _find(datasette, found["path"])
    return await asyncio.to_thread(_read_record, served.place, found, read)


def _read_inert(record: BinaryIO) -> tuple[bytes, str] | None:
    return make_inert(read_page(record, 0))


def _read_record(
    place: Path, found: Mapping[str, Any], read: Callable[[BinaryIO], T]
) -> T:
    try:
        with place.open("rb") as stream:
            return read(cut_record(stream, found["offset"], found["length"]))
    except (MalformedError, VerificationError) as error:
        raise MissingError(
            f"The recorded document cannot be shown: {error}."
        ) from error


def _asked_span(asked: Any, served: Served) -> Span | None:
    if not range_holds(asked.get("if-range"), served.etag):
        return None
    return parse_range(asked.get("range"), served.length)


def _file_headers(served: Served) -> dict[str, str]:
    headers = {
        "content-type": served.media_type,
        "etag": served.etag,
        "accept-ranges": "bytes",
        "cache-control": served.caching,
        "content-security-policy": POLICY,
        "access-control-expose-headers": _EXPOSED,
    }
    if not served.media_type.startswith("text/plain"):
        headers["content-disposition"] = "attachment"
    return headers


def _preflight_headers() -> dict[str, str]:
    return {
        "access-control-allow-methods": "GET, HEAD",
        "access-control-allow-headers": "range, if-range, if-none-match",
        "access-control-max-age": "86400",
        "cache-control": "no-cache",
    }


async def _send(
    send: Any, status: int, headers: dict[str, str], body: Iterator[bytes] | None = None
) -> None:
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    while body and (data := await asyncio.to_thread(next, body, b"")):
        await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
