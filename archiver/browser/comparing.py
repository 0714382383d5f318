"""Two lists of the same requests: the browser's own account, and what the proxy had.

Neither is whole.  A browser does not tell its scripts' host of every request that it
makes (prefetches, CORS preflights, shared workers), and a request that it answers from
its cache reaches no proxy.  What stands in one list alone is shown, never hidden.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag

MethodAndUrl = tuple[str, str]  # a method and a URL

_ON_THE_WIRE = ("http://", "https://")
_WEBSOCKETS = (("ws://", "http://"), ("wss://", "https://"))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many requests stand in both lists, and those that stand in one alone."""

    both: int
    only_browser: tuple[MethodAndUrl, ...]
    only_proxy: tuple[MethodAndUrl, ...]


def compare_requests(
    browser: Iterable[MethodAndUrl], proxy: Iterable[MethodAndUrl]
) -> Comparison:
    """Compare two lists; a request that was made twice counts twice.

    URLs without a server behind them (``data:``, ``blob:``) are left out.
    """
    here, there = Counter(_on_the_wire(browser)), Counter(_on_the_wire(proxy))
    return Comparison(
        both=(here & there).total(),
        only_browser=tuple((here - there).elements()),
        only_proxy=tuple((there - here).elements()),
    )


def wire_url(url: str) -> str:
    """Return a URL as a request on the wire names it: a WebSocket begins as HTTP."""
    bare = urldefrag(url).url
    for scheme, wire in _WEBSOCKETS:
        if bare.startswith(scheme):
            return wire + bare.removeprefix(scheme)
    return bare


def _on_the_wire(asked: Iterable[MethodAndUrl]) -> Iterable[MethodAndUrl]:
    named = ((method, wire_url(url)) for method, url in asked)
    return [each for each in named if each[1].startswith(_ON_THE_WIRE)]
