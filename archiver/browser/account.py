"""The browser's own account of a visit: what it asked for, said, and was refused.

A second witness beside the proxy, of another kind: it knows why a request was made and
what a script printed, and it sees neither bytes nor addresses.  A page can fill it with
whatever it likes, so every list and every text in it has an end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Download,
    Error,
    Page,
    Request,
    Response,
    WebError,
    WebSocket,
)

MOST: Final = 10_000  # entries of one list
LONGEST: Final = 2_000  # characters of a message
LONGEST_URL: Final = 8_000
ICON: Final = "/favicon.ico"

Line = dict[str, Any]


@dataclass  # Playwright sets attributes of its own on whoever listens
class Account:
    """What a browser tells of one visit, in the order in which it told it."""

    requests: list[Line] = field(default_factory=list)
    console: list[Line] = field(default_factory=list)
    errors: list[Line] = field(default_factory=list)
    dialogs: list[Line] = field(default_factory=list)
    popups: list[Line] = field(default_factory=list)
    downloads: list[Line] = field(default_factory=list)
    dropped: int = 0
    _lines: dict[Request, Line] = field(default_factory=dict)

    def listen(self, context: BrowserContext, page: Page) -> None:
        """Note what happens in ``context``, whose one page is ``page``."""
        context.on("request", self._note_request)
        context.on("response", self._note_response)
        context.on("requestfailed", self._note_failure)
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)
        context.on("dialog", self._dismiss)
        context.on("page", self._popup(page))
        page.on("websocket", self._note_websocket)
        page.on("download", self._note_download)

    def note_icon(self, request: Line) -> None:
        """Note a request for a site's icon, which Playwright does not tell of."""
        if request["url"].endswith(ICON):
            line = {"url": request["url"][:LONGEST_URL], "type": "icon"}
            self._add(self.requests, {"method": request["method"], **line})

    def as_dict(self) -> Line:
        """Return the account as it is written down."""
        return {
            "requests": self.requests,
            "console": self.console,
            "pageErrors": self.errors,
            "dialogsDismissed": self.dialogs,
            "popupsClosed": self.popups,
            "downloadsRefused": self.downloads,
            "entriesLeftOut": self.dropped,
        }

    def _add(self, lines: list[Line], line: Line) -> bool:
        if len(lines) >= MOST:
            self.dropped += 1
            return False
        lines.append(line)
        return True

    def _note_request(self, request: Request) -> None:
        line = {
            "method": request.method,
            "url": request.url[:LONGEST_URL],
            "type": request.resource_type,
            "frame": _frame_of(request),
            "redirectedFrom": _source_of(request),
        }
        if self._add(self.requests, line):
            self._lines[request] = line

    def _note_response(self, response: Response) -> None:
        line = self._lines.get(response.request)
        if line is not None:
            line["status"] = response.status
            if response.from_service_worker:
                line["fromServiceWorker"] = True

    def _note_failure(self, request: Request) -> None:
        line = self._lines.pop(request, None)
        if line is not None:
            line["failure"] = (request.failure or "")[:LONGEST]

    def _note_websocket(self, socket: WebSocket) -> None:
        line = {"method": "GET", "url": socket.url[:LONGEST_URL], "type": "websocket"}
        self._add(self.requests, line)

    def _note_console(self, message: ConsoleMessage) -> None:
        place = message.location
        line = {
            "type": message.type,
            "text": message.text[:LONGEST],
            "url": place.get("url", "")[:LONGEST_URL],
            "line": place.get("lineNumber", 0),
        }
        self._add(self.console, line)

    def _note_error(self, error: WebError) -> None:
        self._add(self.errors, {"text": str(error.error)[:LONGEST]})

    async def _dismiss(self, dialog: Dialog) -> None:
        line = {"type": dialog.type, "text": dialog.message[:LONGEST]}
        self._add(self.dialogs, line)
        await _quietly(dialog.dismiss)

    def _popup(self, main: Page) -> Callable[[Page], Any]:
        async def note(page: Page) -> None:
            if page != main:
                self._add(self.popups, {"url": page.url[:LONGEST_URL]})
                await _quietly(page.close)

        return note

    async def _note_download(self, download: Download) -> None:
        line = {"url": download.url[:LONGEST_URL], "name": download.suggested_filename}
        self._add(self.downloads, line)
        await _quietly(download.cancel)


async def _quietly(act: Callable[[], Any]) -> None:
    """Do what may fail because the page has gone meanwhile."""
    try:
        await act()
    except Error:
        return


def _frame_of(request: Request) -> str | None:
    """Return the URL of the frame that asked; a service worker has none."""
    try:
        return request.frame.url[:LONGEST_URL]
    except Error:
        return None


def _source_of(request: Request) -> str | None:
    source = request.redirected_from
    return source.url[:LONGEST_URL] if source else None
