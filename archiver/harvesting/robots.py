"""What a site's robots.txt asks of us (RFC 9309), as ``protego`` reads it.

A file may be absent, which allows everything, or out of reach, which allows nothing to
whoever obeys (2.3.1.3 and 2.3.1.4).  Where the RFC leaves it open we are stricter: a
file that cannot be read without doubt, one behind too many redirects, and the statuses
by which a server says "later" count as out of reach.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from protego import Protego

from archiver.wire.guard import ParsedUrl, plain_spelling
from archiver.wire.messages import CLIENT_ERROR, SUCCESSFUL
from archiver.wire.retries import says_later

TOKEN: Final = "Sourcebook"  # noqa: S105 - the product token of RFC 9309, 2.2.1
MAX_ROBOTS: Final = 500 << 10  # bytes that are read: RFC 9309, 2.5
MAX_DELAY: Final = 60.0  # seconds of Crawl-delay that are waited at most
MAX_WORK: Final = 1_000_000  # rules times the agents that they stand under

_SITE_WIDE = ("sitemap", "site-map", "host")  # directives that end no group

Mode = Literal["ignore", "record", "obey"]
MODES: Final[tuple[Mode, ...]] = ("ignore", "record", "obey")
Verdict = Literal["allowed", "disallowed", "absent", "unreachable"]


@dataclass(frozen=True, slots=True)
class Robots:
    """The robots.txt of an origin; ``sha256`` is of the snapshot that holds it.

    ``state`` is "absent" or "unreachable", with ``why``, or "" where it has rules.
    """

    url: str
    state: Literal["", "absent", "unreachable"]
    why: str = ""
    sha256: str | None = None
    rules: Protego | None = field(default=None, repr=False, compare=False)

    def verdict(self, url: str) -> Verdict:
        """Return what it says of ``url`` to our product token.

        A client takes dot segments out before it asks; so they count for nothing here.
        """
        if self.state:
            return self.state
        asked = plain_spelling(url)
        allowed = self.rules is None or self.rules.can_fetch(asked, TOKEN)
        return "allowed" if allowed else "disallowed"

    @property
    def delay(self) -> float:
        """The seconds of Crawl-delay that it asks us for, within our bound."""
        asked = self.rules.crawl_delay(TOKEN) if self.rules else None
        return min(asked or 0.0, MAX_DELAY)

    def refuses(self, url: str) -> bool:
        """Tell whether whoever obeys it does not ask for ``url``."""
        return self.verdict(url) in ("disallowed", "unreachable")

    def facts(self, url: str) -> dict[str, Any]:
        """Return what the statement of a capture of ``url`` says of it."""
        return {
            "url": self.url,
            "verdict": self.verdict(url),
            "sha256": self.sha256,
        }


def robots_url(asked: ParsedUrl) -> str:
    """Return where the robots.txt for a URL is: at the root of its origin (2.3)."""
    scheme, _, rest = asked.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/robots.txt"


def unreachable(url: str, why: str, sha256: str | None = None) -> Robots:
    """Return a robots.txt that nobody could read, and why."""
    return Robots(url, "unreachable", why, sha256)


def read_robots(url: str, status: int, data: bytes, sha256: str) -> Robots:
    """Read the answer for a robots.txt; of a long one the first 500 KiB count."""
    if says_later(status):
        return unreachable(url, f"its server answered {status}", sha256)
    if status >= CLIENT_ERROR:
        return Robots(url, "absent", f"its server answered {status}", sha256)
    if status not in SUCCESSFUL:
        return unreachable(url, f"its server answered {status}", sha256)
    text = data[:MAX_ROBOTS].decode(errors="replace").removeprefix("\ufeff")
    if _work(text) > MAX_WORK:
        why = "its groups hold more rules and agents than can be read"
        return unreachable(url, why, sha256)
    return Robots(url, "", "", sha256, Protego.parse(text))


def _work(text: str) -> int:
    """Return how many times a parser may take a rule down, agent by agent.

    A group of very many agents and rules would fill the memory: each agent has them.
    Where it is not plain that a group has ended, it is counted on.
    """
    work = agents = 0
    ended = True
    for line in text.splitlines():
        words = line.partition("#")[0].strip().lower()
        if words.startswith("user"):
            agents = 1 if ended else agents + 1
            ended = False
        elif ":" in words and not words.startswith(_SITE_WIDE):
            ended = True
        work += agents if words else 0
    return work
