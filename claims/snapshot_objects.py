"""A snapshot of the archive as an object for a program: what ``list`` and ``show`` say.

Everything of it is as its statement signs it, but for custody, which is as it counts
here, and for what the public may have, which is the archive's own decision.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from archiver.config import Level
from archiver.documents.charsets import Charset
from archiver.documents.posts import Post
from archiver.facts import CaptureFacts, Deposit, SnapshotFacts
from claims.charset_words import charset_value

_HUMP: Final = re.compile("_([a-z])")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the public may have of a snapshot, and who says so.

    ``names``: its text names somebody whose name is withheld.
    """

    level: Level
    why: str
    names: bool = False


@dataclass(frozen=True, slots=True)
class ShownSnapshot:
    """A snapshot that is shown; ``custody`` is as it counts under our own signers.

    ``index`` is None while the statement waits for the log.  What follows it is there
    where one snapshot is looked at, and not in a list; ``unread`` is why nobody can
    tell the encoding of its document.
    """

    facts: SnapshotFacts
    custody: str
    path: str
    statement: str
    keyid: str
    index: int | None
    allowed: Allowed | None = None
    posts: tuple[Post, ...] = ()
    charset: Charset | None = None
    unread: str = ""

    @property
    def of(self) -> str:
        """What it is of: the address that answered, or the document's name."""
        if self.facts.exchange:
            return self.facts.exchange.final_url
        return self.facts.deposit.name if self.facts.deposit else ""


def snapshot_object(shown: ShownSnapshot) -> dict[str, object]:
    """Return what is known of a snapshot as one JSON object."""
    facts = shown.facts
    thing: dict[str, object] = {
        "snapshot": facts.sha256,
        "path": shown.path,
        "custody": shown.custody,
        "custodySaid": facts.custody,
        "outcome": facts.outcome,
        "reason": facts.reason,
        "labels": list(facts.labels),
        "labelReasons": dict(facts.label_reasons),
        "on": facts.on,
        "statement": shown.statement,
        "keyid": shown.keyid,
        "index": shown.index,
        "length": facts.warc.length,
        "records": facts.warc.record_count,
        "mainRecord": facts.main_record,
        "text": facts.text.extractor if facts.text else None,
        "textLength": facts.text.length if facts.text else None,
        "tool": f"{facts.tool_name} {facts.tool_version}",
        "of": shown.of,
    }
    thing |= _exchange_object(facts.exchange) if facts.exchange else {}
    thing |= _deposit_object(facts.deposit) if facts.deposit else {}
    return thing | {"notRead": list(facts.unknown)} | _here_object(shown)


def post_object(post: Post) -> dict[str, object]:
    """Return the facts of a post, and its text, as one JSON object."""
    return {_HUMP.sub(_raise, key): value for key, value in post.as_dict().items()}


def _here_object(shown: ShownSnapshot) -> dict[str, object]:
    """Return what is not of the statement, where one snapshot is looked at."""
    found: dict[str, object] = {}
    if shown.allowed:
        found["access"] = shown.allowed.level
        found["accessWhy"] = shown.allowed.why
        found["namesWithheld"] = shown.allowed.names
    if shown.charset:
        found["charset"] = charset_value(shown.charset)
    if shown.posts:
        found["posts"] = [post_object(post) for post in shown.posts]
    return found


def _exchange_object(exchange: CaptureFacts) -> dict[str, Any]:
    return {
        "status": exchange.status,
        "requestedUrl": exchange.requested_url,
        "finalUrl": exchange.final_url,
        "startedOn": exchange.started_on,
        "finishedOn": exchange.finished_on,
        "driver": exchange.driver,
        "browser": exchange.browser,
        "robots": exchange.robots,
        "tls": exchange.tls,
        "redactions": list(exchange.redactions),
        "allowedAddresses": list(exchange.allowed_addresses),
    }


def _deposit_object(deposit: Deposit) -> dict[str, Any]:
    return {
        "suppliedBy": deposit.supplied_by,
        "claimedUrl": deposit.claimed_url,
        "document": deposit.sha256,
        "documentType": deposit.media_type,
        "documentLength": deposit.length,
        "memento": deposit.memento,
    }


def _raise(found: re.Match[str]) -> str:
    return found[1].upper()
