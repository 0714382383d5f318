"""Labels of a page: what it is in place of the page that was asked for.

A label is a judgement by fixed rules over the bytes that came, with the reason found in
them.  It discards nothing and proves nothing: the bytes are kept as they are, and the
label says to a reader, and to the rules for claims, what they may be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archiver.labels.absences import find_empty, find_soft_404
from archiver.labels.botchecks import find_bot_check
from archiver.labels.glance import Look, Page
from archiver.labels.walls import find_consent_wall, find_login_wall, find_paywall

# What the person at the keyboard can do.
HINTS: Final = {
    "bot-check": "try --browser, or ask the site's operator; deposit what you can see",
    "consent-wall": "try --browser, or another address of the same text",
    "paywall": "what is behind it is not in this snapshot; deposit a copy you may keep",
    "login-wall": "deposit a copy of what you can see, or capture with a login",
    "soft-404": "look for the page at another address, or in a web archive",
    "empty": "the page may need its scripts: try --browser",
}
LABELS: Final = tuple(HINTS)


@dataclass(frozen=True, slots=True)
class Label:
    """One label: its ``word``, and ``why`` in one sentence with the evidence."""

    word: str
    why: str


_JUDGES: Final[tuple[tuple[str, Callable[[Look], str | None]], ...]] = (
    ("consent-wall", find_consent_wall),
    ("paywall", find_paywall),
    ("login-wall", find_login_wall),
    ("soft-404", find_soft_404),
)


def label_page(page: Page) -> tuple[Label, ...]:
    """Return the labels of a page, in one order; a page that is a page has none.

    A test whether the client is a person is nothing else besides, and *empty* is only
    what has no other label.
    """
    look = Look(page)
    why = find_bot_check(look)
    if why:
        return (Label("bot-check", why),)
    judged = ((word, judge(look)) for word, judge in _JUDGES)
    found = tuple(Label(word, why) for word, why in judged if why)
    why = None if found else find_empty(look)
    return (Label("empty", why),) if why else found
