"""What can be seen of an open page: its DOM, a picture of it, a PDF.

Everything is asked of the browser over its own protocol, and what has to be asked of
the page, in a world of its own that the page's scripts do not see.
"""

import asyncio
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import CDPSession

from archiver.browser.account import LONGEST

MOST_PIXELS: Final = 16_384  # of a picture's sides, which is what Chromium can draw
MOST_DOM: Final = 64 << 20  # characters
MOST_PDF: Final = 64 << 20  # bytes
ONE_VIEW: Final = 8.0  # seconds for one of them
ONE_STEP: Final = 3.0  # seconds for a word with the browser

# The getters are the browser's own: an element that the page has named like a property
# of the document does not stand in its place.
_DOM: Final = """(() => {
  const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name)
    .get.call(document);
  const doctype = get("doctype"), root = get("documentElement");
  const text = (doctype ? new XMLSerializer().serializeToString(doctype) + "\\n" : "")
    + (root ? Object.getOwnPropertyDescriptor(Element.prototype, "outerHTML")
      .get.call(root) : "");
  return text.length > %d ? null : text;
})()"""


class TooMuchError(Exception):
    """A view is longer than is kept."""


@dataclass(slots=True)
class Eye:
    """One page, by the session of its tab and the id of its main frame.

    ``short`` is what a picture does not show, and why.
    """

    session: CDPSession
    frame: str
    short: dict[str, str] = field(default_factory=dict)

    async def loader(self) -> str:
        """Return the id of the load that the shown document came with."""
        tree = await self.session.send("Page.getFrameTree")
        return str(tree["frameTree"]["frame"]["loaderId"])

    async def dom(self) -> str:
        """Return the document as it is now, serialised.

        Raises:
            TooMuchError: it is longer than is kept.
        """
        text = await self.ask(_DOM % MOST_DOM)
        if not isinstance(text, str):
            raise TooMuchError(f"it has more than {MOST_DOM} characters")
        return text

    async def size(self) -> tuple[int, int]:
        """Return the width and height of the whole page, in pixels."""
        found = await asyncio.wait_for(
            self.session.send("Page.getLayoutMetrics"), ONE_STEP
        )
        size = found["cssContentSize"]
        return int(size["width"]), int(size["height"])

    async def words(self) -> list[str]:
        """Return what the page shows in words, its frames and shadow trees included.

        What stands in a field, or is put in by a style, is in no DOM.
        """
        found = await self.session.send(
            "DOMSnapshot.captureSnapshot", {"computedStyles": []}
        )
        strings = found["strings"]
        places: list[int] = []
        for each in found["documents"]:
            nodes = each["nodes"]
            fields = [nodes[name]["value"] for name in ("textValue", "inputValue")]
            places += [*each["layout"]["text"], *fields[0], *fields[1]]
        return [strings[place] for place in places if place >= 0]

    async def picture(self) -> bytes:
        """Return a picture of the whole page, PNG, as far down as one can be drawn."""
        width, height = await self.size()
        if height > MOST_PIXELS:
            self.short["screenshot below"] = (
                f"the page is {height} pixels high, the picture shows {MOST_PIXELS}"
            )
        clip = {"x": 0, "y": 0, "scale": 1}
        clip |= {
            "width": min(max(width, 1), MOST_PIXELS),
            "height": min(max(height, 1), MOST_PIXELS),
        }
        shot = await self.session.send(
            "Page.captureScreenshot",
            {"format": "png", "captureBeyondViewport": True, "clip": clip},
        )
        return b64decode(shot["data"])

    async def pdf(self) -> bytes:
        """Return the page as it is printed.

        Raises:
            TooMuchError: it is longer than is kept.
        """
        printed = await self.session.send(
            "Page.printToPDF",
            {"printBackground": True, "transferMode": "ReturnAsStream"},
        )
        data = b""
        while len(data) <= MOST_PDF:
            piece = await self.session.send("IO.read", {"handle": printed["stream"]})
            data += b64decode(piece["data"])
            if piece["eof"]:
                return data
        raise TooMuchError(f"it has more than {MOST_PDF} bytes")

    async def ask(self, expression: str) -> Any:
        """Evaluate something in a world of its own, beside that of the page's scripts.

        Raises:
            Error: the page has gone to another document, or has crashed.
            TimeoutError: it does not answer.
        """
        world = await asyncio.wait_for(
            self.session.send(
                "Page.createIsolatedWorld",
                {"frameId": self.frame, "worldName": "sourcebook"},
            ),
            ONE_STEP,
        )
        found = await asyncio.wait_for(
            self.session.send(
                "Runtime.evaluate",
                {
                    "expression": expression,
                    "contextId": world["executionContextId"],
                    "returnByValue": True,
                },
            ),
            ONE_VIEW,
        )
        return found["result"].get("value")


def first_line(error: Exception) -> str:
    """Return what a failure says of itself, without the log that follows."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].removeprefix("Page.goto: ")[:LONGEST]
