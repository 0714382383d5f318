"""What a browser made of a page, as records: the DOM, a picture, a PDF, its account.

WARC 1.1: the serialised DOM is a ``conversion`` (6.6) of the response that it refers
to; a picture and a PDF are ``resource`` records (6.3) under a URI of their own, beside
the response; the browser's account is ``metadata`` (6.5).  None of them is a response,
and none stands under the page's address but the DOM, which is derived from it.
"""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from archiver.browser.visit import Visited
from archiver.chance import Clock, Token
from archiver.warcfile import RecordHead, new_record_id
from archiver.wire.exchanges import Kept
from archiver.wire.recording import Recording

PAGES: Final = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class ViewWriter:
    """Where records go, and what each of them needs: a date and an id."""

    recording: Recording
    now: Clock
    token: Token

    def head(self, uri: str, **beside: Any) -> RecordHead:
        """Return the head of a record of ``uri``."""
        date = self.recording.date(self.now())
        return RecordHead(
            record_id=new_record_id(self.token), date=date, uri=uri, **beside
        )


def write_dom(writer: ViewWriter, visited: Visited, main: Kept) -> Kept | None:
    """Write the DOM of the page, in UTF-8; None where there is none of the site's own.

    What a browser shows of an image or of plain text is a document that it made itself.
    """
    shown = visited.shown
    if visited.dom is None or shown is None or shown.media_type not in PAGES:
        return None
    # Half a surrogate pair, which a script can put into a page, is no character.
    text = visited.dom.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    head = writer.head(main.uri, refers_to=main.record_id)
    return writer.recording.write_conversion(
        head, BytesIO(text.encode()), f"{shown.media_type}; charset=utf-8"
    )


def write_views(writer: ViewWriter, visited: Visited, main: Kept) -> None:
    """Write the picture and the PDF, those that there are."""
    views = ((visited.picture, "image/png"), (visited.pdf, "application/pdf"))
    for block, media_type in views:
        if block is not None:
            head = writer.head(f"urn:view:{main.uri}", concurrent_to=(main.record_id,))
            writer.recording.write_resource(head, BytesIO(block), media_type)
    if visited.picture is not None:
        writer.recording.look_through(visited.words, "the picture of the page")


def write_account(writer: ViewWriter, account: dict[str, Any], main: Kept) -> None:
    """Write the browser's account, as JSON."""
    block = json.dumps(account, ensure_ascii=True, indent=1).encode()
    head = writer.head(main.uri, concurrent_to=(main.record_id,))
    writer.recording.write_metadata(head, BytesIO(block), "application/json")
