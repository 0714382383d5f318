"""The headers of every answer, and what is refused before Datasette sees it.

An ASGI wrapper around the whole of Datasette.  It lets GET and HEAD through, and of
Datasette's own ``/-/`` pages only the static files; it drops cookies and credentials
both ways, since nobody logs in; it gives each page an ETag and the headers without
which a browser would do more with it than show it.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from claims.website.ranges import none_match_holds
from claims.website.refusals import (
    REFUSAL,
    REFUSED_PATH,
    Scope,
    SiteSettings,
    allowed_methods,
    local_path,
    refuse,
)
from claims.website.verifier_page import PATH as VERIFIER
from claims.website.verifier_page import page_policy, read_page

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = dict[bytes, bytes]
Policies = dict[str, bytes]  # of single paths, instead of PAGE_POLICY

PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
)

_PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "hid",
        "idle-detection",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "screen-wake-lock",
        "serial",
        "storage-access",
        "usb",
        "xr-spatial-tracking",
    )
)
_ALWAYS: Final[Headers] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": _PERMISSIONS.encode(),
    b"cross-origin-opener-policy": b"same-origin",
    b"x-dns-prefetch-control": b"off",
}
_DROPPED_FROM_ANSWERS: Final = (b"set-cookie", b"vary", b"server")
_DROPPED_FROM_REQUESTS: Final = (b"cookie", b"authorization")
_OPEN_SUFFIXES: Final = (".json", ".csv")


def wrap(app: App, settings: SiteSettings) -> App:
    """Return ``app`` behind the checks and headers of this module.

    Raises:
        ArchiveError: the reader's verifier cannot be read, the one page with a script.
    """
    policies = {VERIFIER: page_policy(read_page()).encode()}

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await _answer(app, (settings, policies), scope, receive, send)

    return wrapped


async def _answer(
    app: App,
    site: tuple[SiteSettings, Policies],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    settings, policies = site
    path = local_path(scope, settings)
    refusal = refuse(scope["method"], path, scope.get("query_string", b""))
    inner = dict(scope, headers=_without(scope["headers"], _DROPPED_FROM_REQUESTS))
    raw = path.startswith("/archive/")
    if refusal:
        path = REFUSED_PATH + (".json" if path.endswith(".json") else "")
        inner |= {
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            REFUSAL: refusal,
        }
    elif scope["method"] == "HEAD" and not raw:
        inner["method"] = "GET"
    out = _Outgoing(send, scope, path, settings, policies)
    await app(inner, receive, out.stream if raw and not refusal else out.collect)


class _Outgoing:
    """The answer on its way out."""

    def __init__(
        self,
        send: Send,
        scope: Scope,
        path: str,
        settings: SiteSettings,
        policies: Policies,
    ) -> None:
        self._send = send
        self._scope = scope
        self._path = path
        self._settings = settings
        self._policies = policies
        self._start: Message = {}
        self._body: list[bytes] = []

    async def stream(self, message: Message) -> None:
        """Pass a file of the archive on; its view has set what is its own."""
        if message["type"] == "http.response.start":
            message = self._with_headers(message)
        await self._send(message)

    async def collect(self, message: Message) -> None:
        """Keep a page until it is whole, and send it with its ETag."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body.append(message.get("body", b""))
        if not message.get("more_body", False):
            await self._send_whole(b"".join(self._body))

    async def _send_whole(self, body: bytes) -> None:
        start = self._with_headers(self._start)
        headers: Headers = dict(start["headers"])
        if start["status"] == HTTPStatus.OK:
            own = f'"{sha256(body).hexdigest()}"'
            etag = headers.setdefault(b"etag", own.encode())
            asked = dict(self._scope["headers"]).get(b"if-none-match")
            if not none_match_holds(_text(asked), etag.decode("latin-1")):
                start["status"], body = HTTPStatus.NOT_MODIFIED, b""
                headers.pop(b"content-type", None)
        if start["status"] == HTTPStatus.NOT_MODIFIED:
            headers.pop(b"content-length", None)
        else:
            headers[b"content-length"] = b"%d" % len(body)
        start["headers"] = list(headers.items())
        await self._send(start)
        sent = b"" if self._scope["method"] == "HEAD" else body
        await self._send({"type": "http.response.body", "body": sent})

    def _with_headers(self, message: Message) -> Message:
        given = {key.lower(): value for key, value in message["headers"]}
        headers = {
            key: value
            for key, value in given.items()
            if key not in _DROPPED_FROM_ANSWERS
        }
        headers |= _ALWAYS
        self._set_policies(headers)
        self._set_caching(headers, message["status"])
        if message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
            headers[b"allow"] = ", ".join(allowed_methods(self._asked())).encode()
        if self._settings.https:
            headers[b"strict-transport-security"] = b"max-age=31536000"
        return dict(message, headers=list(headers.items()))

    def _asked(self) -> str:
        return local_path(self._scope, self._settings)

    def _set_policies(self, headers: Headers) -> None:
        is_page = headers.get(b"content-type", b"").startswith(b"text/html")
        policy = (PAGE_POLICY if is_page else DATA_POLICY).encode()
        if is_page and self._path in self._policies:
            policy = self._policies[self._path]
        headers.setdefault(b"content-security-policy", policy)
        if b"frame-ancestors 'self'" not in headers[b"content-security-policy"]:
            headers[b"x-frame-options"] = b"DENY"
        if self._path.startswith("/archive/") or self._path.endswith(_OPEN_SUFFIXES):
            headers[b"access-control-allow-origin"] = b"*"
            headers[b"cross-origin-resource-policy"] = b"cross-origin"
        else:
            headers[b"cross-origin-resource-policy"] = b"same-origin"

    def _set_caching(self, headers: Headers, status: int) -> None:
        seconds = self._settings.cache_seconds
        if status >= HTTPStatus.BAD_REQUEST:
            headers[b"cache-control"] = b"no-store"
        elif self._path.startswith("/static/") or b"cache-control" not in headers:
            caching = f"public, max-age={seconds}" if seconds else "no-cache"
            headers[b"cache-control"] = caching.encode()


def _without(
    headers: Iterable[tuple[bytes, bytes]], names: Iterable[bytes]
) -> list[tuple[bytes, bytes]]:
    return [(key, value) for key, value in headers if key.lower() not in names]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
