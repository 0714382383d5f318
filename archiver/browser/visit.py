"""A visit: a page opened in Chromium, left to settle, scrolled, and looked at.

What the page shows is a stranger's program.  Every step has a limit of time, and what
is asked of the page is asked in a world of its own that the page's scripts do not see.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from playwright.async_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    async_playwright,
)

from archiver.browser.account import Account
from archiver.browser.chromium import VIEWPORT, does_not_start
from archiver.browser.eye import ONE_STEP, ONE_VIEW, Eye, TooMuchError, first_line
from archiver.browser.ledger import Ledger
from archiver.errors import MalformedError

NO_COOKIE: Final = "Invalid cookie fields"  # Chromium's words for it
QUIET: Final = 0.5  # seconds without a byte, after which a page has settled
SILENT: Final = 5.0  # seconds without one, after which it has not, and will not
TICK: Final = 0.1
PAUSE: Final = 0.15  # seconds at each screen on the way down
MOST_SCREENS: Final = 60
FOR_VIEWS: Final = 10.0  # seconds kept back for the DOM, the picture and the PDF
LATE: Final = 3.0  # seconds after the deadline, for a view that has begun

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """What is to be visited, by when, and with what identity.

    A ``secretive`` visit takes the words of the page as well, to look for secrets.
    """

    url: str
    deadline: float
    launch: Mapping[str, Any]
    user_agent: str
    cookies: tuple[Mapping[str, str], ...] = ()
    secretive: bool = False

    @property
    def until_views(self) -> float:
        """When the page is taken as it is, settled or not."""
        left = self.deadline - time.monotonic()
        return self.deadline - min(FOR_VIEWS, left / 3)


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document that the main frame showed: its request, and what was had by then.

    ``seen`` is the number of requests that the proxy had seen when its head came.
    Where a service worker gave it, which can make one without asking anybody, ``since``
    is how many had been seen when the one before came; else it may be one of a cache.
    """

    loader: str
    method: str
    url: str
    status: int
    media_type: str
    seen: int
    since: int = 0


@dataclass(slots=True)
class Visited:
    """What a visit brought; what it did not bring is named in ``missing``, with why."""

    account: Account = field(default_factory=Account)
    documents: list[ShownDocument] = field(default_factory=list)
    product: str = ""
    user_agent: str = ""
    process: int = 0
    closed: bool = False
    location: str = ""
    shown: ShownDocument | None = None
    settled: bool = False
    screens: int = 0
    error: str = ""
    dom: str | None = None
    picture: bytes | None = None
    pdf: bytes | None = None
    words: list[str] | None = None
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """How many requests the proxy had seen when the last document came."""
        return self.documents[-1].seen if self.documents else 0


@dataclass(slots=True)
class Visit:
    """One visit, while it goes on."""

    plan: VisitPlan
    ledger: Ledger
    visited: Visited
    page: Page
    eye: Eye
    until_views: float = 0

    async def run(self) -> None:
        """Open the page, let it settle, scroll it, and look at it."""
        self.until_views = self.plan.until_views
        await self._watch()
        if not await self._open():
            return
        half = time.monotonic() + (self.until_views - time.monotonic()) / 2
        await self._settle(half)
        await self._scroll()
        self.visited.settled = await self._settle(self.until_views)
        await self._look()

    async def _watch(self) -> None:
        """Have the browser tell of each document of the main frame."""
        methods: dict[str, str] = {}

        def asked(event: dict[str, Any]) -> None:
            self.visited.account.note_icon(event["request"])
            if event.get("frameId") == self.eye.frame and event["type"] == "Document":
                methods[event["loaderId"]] = event["request"]["method"]

        def came(event: dict[str, Any]) -> None:
            if event.get("frameId") == self.eye.frame and event["type"] == "Document":
                loader, response = event["loaderId"], event["response"]
                made = bool(response.get("fromServiceWorker"))
                self.visited.documents.append(
                    ShownDocument(
                        loader,
                        methods.get(loader, "GET"),
                        response["url"],
                        response["status"],
                        response["mimeType"],
                        len(self.ledger.entries()),
                        self.visited.seen if made else 0,
                    )
                )

        self.eye.session.on("Network.requestWillBeSent", asked)
        self.eye.session.on("Network.responseReceived", came)
        await self.eye.session.send("Network.enable")

    async def _open(self) -> bool:
        """Go to the page; False where nothing came of it."""
        left = max(self.until_views - time.monotonic(), TICK)
        try:
            await self.page.goto(
                self.plan.url, wait_until="commit", timeout=left * 1000
            )
        except Error as error:
            self.visited.error = first_line(error)
            return False
        return True

    async def _settle(self, until: float) -> bool:
        """Wait until nothing has moved for a while; False where the time is up first.

        A page that has not loaded has not settled, however silent it is.
        """
        while (left := until - time.monotonic()) > 0:
            quiet = self.ledger.quiet()
            if quiet >= QUIET and await self._has_loaded():
                return True
            if quiet >= SILENT:
                return False
            await asyncio.sleep(min(TICK, left))
        return False

    async def _has_loaded(self) -> bool:
        try:
            state = await self.eye.ask("document.readyState")
        except (Error, TimeoutError):
            return False
        return bool(state == "complete")

    async def _scroll(self) -> None:
        """Go down screen by screen, so that what loads when it is seen does load."""
        try:
            for screen in range(1, MOST_SCREENS + 1):
                if time.monotonic() > self.until_views:
                    break
                await self.eye.ask(f"window.scrollTo(0, {screen * VIEWPORT[1]})")
                self.visited.screens = screen
                await asyncio.sleep(PAUSE)
                if (screen + 1) * VIEWPORT[1] >= (await self.eye.size())[1]:
                    break
            await self.eye.ask("window.scrollTo(0, 0)")
        except (Error, TimeoutError) as error:
            self.visited.missing["scroll"] = first_line(error)

    async def _look(self) -> None:
        """Take the DOM, and be sure whose it is; then the views."""
        visited = self.visited
        for _ in range(3):  # it may go to another document meanwhile
            before = await self._take("document", self.eye.loader)
            visited.dom = await self._take("dom", self.eye.dom)
            after = await self._take("document", self.eye.loader)
            if before == after or after is None:
                break
            await self._settle(time.monotonic() + 2 * QUIET)
        visited.shown = next(
            (each for each in reversed(visited.documents) if each.loader == after), None
        )
        if visited.shown is None:
            visited.missing.setdefault(
                "dom", "the page went to a document of no server"
            )
        visited.location = self.page.url
        visited.picture = await self._take("screenshot", self.eye.picture)
        visited.pdf = await self._take("pdf", self.eye.pdf)
        if self.plan.secretive:
            visited.words = await self._take("words of the picture", self.eye.words)
        visited.missing |= self.eye.short

    async def _take(self, what: str, how: Callable[[], Awaitable[T]]) -> T | None:
        """Take one view within its time; note why where it is not to be had.

        A page whose script never ends is stopped, and asked once more.
        """
        for stopped in (False, True):
            left = self.plan.deadline + LATE - time.monotonic()
            try:
                return await asyncio.wait_for(how(), min(ONE_VIEW, max(left, TICK)))
            except TimeoutError:
                self.visited.missing[what] = "the page did not answer in time"
            except (Error, TooMuchError) as error:
                self.visited.missing[what] = first_line(error)
            if stopped or not await self._stop_scripts():
                return None
        return None

    async def _stop_scripts(self) -> bool:
        try:
            stop = self.eye.session.send("Runtime.terminateExecution")
            await asyncio.wait_for(stop, TICK * 5)
        except (Error, TimeoutError):
            return False
        return True


async def visit_page(plan: VisitPlan, ledger: Ledger, visited: Visited) -> None:
    """Visit a page with a browser that is started for it and ended after it.

    What comes is put into ``visited`` as it comes.

    Raises:
        UnavailableError: the browser does not start.
        MalformedError: it takes no such cookies.
    """
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(**plan.launch)
        except Error as error:
            raise does_not_start(plan.launch["executable_path"], error) from error
        try:
            visit = await _start(plan, ledger, visited, browser)
            await visit.run()
        except (Error, TimeoutError) as error:
            visited.error = visited.error or first_line(error)
        finally:
            ledger.over = True
            with suppress(Error, TimeoutError):
                await asyncio.wait_for(browser.close(), ONE_STEP)
                visited.closed = True


async def _start(
    plan: VisitPlan, ledger: Ledger, visited: Visited, browser: Browser
) -> Visit:
    """Begin a visit; a browser that fails before it was asked for a page did not start.

    Raises:
        UnavailableError: it did not.
        MalformedError: it takes no such cookies.
    """
    try:
        return await _begin(plan, ledger, visited, browser)
    except (Error, TimeoutError) as error:
        raise does_not_start(plan.launch["executable_path"], error) from error


async def _begin(
    plan: VisitPlan, ledger: Ledger, visited: Visited, browser: Browser
) -> Visit:
    """Open an empty page, in a context of its own."""
    session = await browser.new_browser_cdp_session()
    about = await session.send("Browser.getVersion")
    running = await session.send("SystemInfo.getProcessInfo")
    visited.product = about["product"]
    visited.process = next(
        each["id"] for each in running["processInfo"] if each["type"] == "browser"
    )
    visited.user_agent = f"{about['userAgent']} {plan.user_agent}"
    width, height = VIEWPORT
    context = await browser.new_context(
        accept_downloads=False,
        user_agent=visited.user_agent,
        viewport={"width": width, "height": height},
    )
    await _give_cookies(context, plan)
    page = await context.new_page()
    visited.account.listen(context, page)
    session = await context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    eye = Eye(session, tree["frameTree"]["frame"]["id"])
    return Visit(plan, ledger, visited, page, eye)


async def _give_cookies(context: BrowserContext, plan: VisitPlan) -> None:
    """Give a browser the cookies of a visit.

    Raises:
        MalformedError: it takes no such cookies.
    """
    try:
        await context.add_cookies(
            [
                {"name": each["name"], "value": each["value"], "url": each["url"]}
                for each in plan.cookies
            ]
        )
    except Error as error:
        if NO_COOKIE not in str(error):
            raise
        raise MalformedError(
            "the browser takes no such cookies as the login has, expected none of more"
            " than 4096 bytes",
            hint="names with __Host- or __Secure- are for https alone; or capture"
            " without --browser",
        ) from error
