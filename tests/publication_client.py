"""Asking a published site in this process, without a socket."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from archiver.store import open_archive
from claims.demonstration import shipped_archive
from claims.publish import publish
from claims.website.serving import make_site


def ask(site: Any, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    """Send one request to a site and return its answer."""

    async def send() -> httpx.Response:
        await site.invoke_startup()
        response: httpx.Response = await site.client.request(method, path, **options)
        return response

    return asyncio.run(send())


def ask_as_it_stands(site: Any, path: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send a path that no client would send, byte for byte; return what is answered."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"localhost")],
    }

    async def run() -> None:
        await site.invoke_startup()
        await site.client.app(scope, receive, send)

    asyncio.run(run())
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), body


def open_site(database: Path, archive: Path | None = None, **options: Any) -> Any:
    """Return the site of a database, as ``serve`` makes it."""
    return make_site(database, archive_root=archive, **options)


def publish_shipped(output: Path) -> Path:
    """Publish the archive that ships with the project; return its folder."""
    archive = open_archive(shipped_archive())
    publish(archive, output)
    return archive.root
