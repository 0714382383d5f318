"""What a visit came to: the browser's word and the proxy's, put side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from archiver.browser.brief import shorten
from archiver.browser.chromium import VIEWPORT, has_sandbox
from archiver.browser.comparing import (
    Comparison,
    MethodAndUrl,
    compare_requests,
    wire_url,
)
from archiver.browser.ledger import Answer, LedgerEntry
from archiver.browser.visit import ShownDocument, Visited
from archiver.failures import Failure

KEPT: Final = ("recorded", "failed")  # states of what stands in the file


@dataclass(frozen=True, slots=True)
class Main:
    """The exchange that the page came with; ``shown`` tells that it was still there.

    What was looked at is derived from it only then.
    """

    answer: Answer
    shown: bool


class Tally:
    """The two lists of one visit."""

    def __init__(self, visited: Visited, entries: Sequence[LedgerEntry]) -> None:
        self.visited = visited
        self._entries = entries
        self._console = [
            {"text": line["text"], "url": line["url"], "line": line["line"]}
            for line in visited.account.console
            if line["type"] == "error"
        ]

    def main(self) -> Main | None:
        """Return the main exchange: that of the last document that has one.

        A document that a script made has none; then it is the one before.
        """
        documents = self.visited.documents
        for document in reversed(documents):
            answer = self._answer(document)
            if answer:
                return Main(answer, document == self.visited.shown)
        asked = [each for each in self._entries if each.document and each.answer]
        return (
            Main(asked[-1].answer, shown=False) if asked and asked[-1].answer else None
        )

    def failures(self) -> tuple[Failure, ...]:
        """Return how requests for documents failed, in order."""
        found = (each.failure for each in self._entries if each.document)
        return tuple(each for each in found if each)

    def facts(self, missing: dict[str, str]) -> dict[str, Any]:
        """Return what a statement says of the browser and of what it did."""
        name, _, version = self.visited.product.partition("/")
        compared = self._compare()
        return {
            "name": name,
            "version": version,
            "sandbox": has_sandbox(),
            "settled": self.visited.settled,
            "requests": len(self.visited.account.requests),
            "recorded": sum(each.state == "recorded" for each in self._entries),
            "onlyBrowser": shorten(map(" ".join, compared.only_browser)),
            "onlyProxy": shorten(map(" ".join, compared.only_proxy)),
            "blocked": shorten(self._in_state("blocked")),
            "failed": shorten([*self._in_state("failed"), *self._in_state("open")]),
            "cut": shorten(self._cut()),
            "consoleErrors": shorten(self._console),
            "pageErrors": shorten(each["text"] for each in self.visited.account.errors),
            "notMade": shorten(f"{what}: {why}" for what, why in missing.items()),
        }

    def account(self, typed: str, missing: dict[str, str]) -> dict[str, Any]:
        """Return the browser's whole account, with what the proxy has beyond it."""
        visited, compared = self.visited, self._compare()
        return {
            "product": visited.product,
            "userAgent": visited.user_agent,
            "sandbox": has_sandbox(),
            "viewport": list(VIEWPORT),
            "asked": typed,
            "location": visited.location,
            "settled": visited.settled,
            "screensScrolled": visited.screens,
            "error": visited.error or None,
            "notMade": missing,
            "documents": [
                {"method": each.method, "url": each.url, "status": each.status}
                for each in visited.documents
            ],
            **visited.account.as_dict(),
            "onlyBrowser": _asked(compared.only_browser),
            "onlyProxy": _asked(compared.only_proxy),
            "blocked": self._in_state("blocked"),
            "failed": self._in_state("failed"),
            "unanswered": self._in_state("open"),
            "cut": self._cut(),
        }

    def _answer(self, document: ShownDocument) -> Answer | None:
        """Return the last answer to what a document was asked for with, by its head."""
        url = wire_url(document.url)
        found = [
            each.answer
            for each in self._entries[document.since : document.seen]
            if each.document
            and each.answer
            and (each.method, each.url) == (document.method, url)
        ]
        same = [each for each in found if each.status == document.status]
        return next(reversed(same or found), None)

    def _compare(self) -> Comparison:
        """Compare the lists; what was refused before it was sent is in no record."""
        told = [(each["method"], each["url"]) for each in self.visited.account.requests]
        asked = [each for each in self._entries if each.method]
        kept = [each for each in asked if each.state in KEPT]
        compared = compare_requests(told, map(_name, asked))
        only_proxy = compare_requests(told, map(_name, kept)).only_proxy
        return replace(compared, only_proxy=only_proxy)

    def _in_state(self, state: str) -> list[dict[str, str]]:
        return [
            {"method": each.method, "url": each.url, "reason": each.reason}
            for each in self._entries
            if each.state == state
        ]

    def _cut(self) -> list[dict[str, str]]:
        """Return the responses that are not whole."""
        answers = [each.answer for each in self._entries if each.answer]
        return [
            {"url": each.uri, "reason": each.completeness.reason}
            for each in answers
            if each.completeness.outcome != "complete"
        ]


def _name(entry: LedgerEntry) -> MethodAndUrl:
    return entry.method, entry.url


def _asked(requests: Iterable[MethodAndUrl]) -> list[dict[str, str]]:
    return [{"method": method, "url": url} for method, url in requests]
