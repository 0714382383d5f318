"""Pages that stand before the page: for consent, for money, for a name and password.

A wall is told from a page with a banner by what is left when the banner is taken away:
of a wall hardly anything.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from archiver.labels.glance import Look, bare, count_letters, fold_for_labels
from archiver.labels.wallwords import ACCEPT, CONSENT, LOG_IN, LOG_IN_FIRST, PAY
from archiver.strict import show

TEASER: Final = 5000  # letters, with all that stands round a text that breaks off
QUESTION: Final = 4000  # letters of a question about cookies, at most
UNAUTHORIZED: Final = 401  # RFC 9110, 15.5.2
PROSE: Final = 200  # letters of a block that is more than a label
GATE: Final = 800  # letters of a page that asks for a password, and has nothing else
PARAGRAPHS: Final = 4  # of a question; an article about such questions has more

_LABEL: Final = 80  # letters of a block that is less than a sentence or two
_LINE: Final = 200  # letters of a block that breaks a text off; prose has more
_MORE_WORDS: Final = 3  # as in "Log in to the forum"
_MOST_DATA: Final = 200_000  # characters of schema.org data
_CONSENT_HOSTS: Final = ("consent", "guce", "myprivacy", "cmp-consent-tool")
_CONSENT_PATHS: Final = frozenset(
    ("consent", "zustimmung", "cookiewall", "cookie-wall", "privacygate")
)
_LOG_IN_PATHS: Final = re.compile(
    r"/(?:log-?in|sign-?in|logon|sso|auth|oauth2?|anmelden|connexion|accedi|vhod)"
    r"(?:[./;]|$)"
)
_ARTICLE: Final = re.compile("(Article|Posting|Report|CreativeWork|WebPage|Review)$")
_MICRODATA: Final = (
    '[itemtype*="Article"] [itemprop="isAccessibleForFree"],'
    ' [itemtype*="Posting"] [itemprop="isAccessibleForFree"]'
)
_KEY_FIELD: Final = 'input[type="password" i]'
_BUTTONS: Final = "button, [role=button], a"
_INPUTS: Final = "input[type=submit], input[type=button]"


def find_consent_wall(look: Look) -> str | None:
    """Return what shows that the page asks for consent, and is nothing else."""
    host = look.final.host
    ways = set(look.final.segments) - set(look.requested.segments)
    if host.partition(".")[0] in _CONSENT_HOSTS or ways & _CONSENT_PATHS:
        return f"It was answered by {show(host + look.final.path)}, a consent page."
    if look.letters > QUESTION or look.shows_article:
        return None
    blocks = look.blocks[1:] if look.title in look.blocks[:1] else look.blocks
    asked = [block for block in blocks if _asks(block)]
    about = sum(map(count_letters, asked))
    if not asked or about * 2 < look.letters:
        return None
    prose = [block for block in blocks if count_letters(block) >= PROSE]
    if len(prose) > PARAGRAPHS or not set(prose) <= set(asked):
        return None
    button = _button(look)
    if button is None:
        return None
    return (
        f"It asks about cookies or consent in {about} of its {look.letters} letters,"
        f" with a button {show(button)}, and has no other text."
    )


def find_paywall(look: Look) -> str | None:
    """Return what shows that the text is for those who pay, or breaks off for them."""
    free = [*_said_of_articles(look), *look.attributes(_MICRODATA, "content")]
    if free and all(map(_is_false, free)):
        return "Its own data say isAccessibleForFree: false (schema.org)."
    tiers = look.attributes('meta[property="article:content_tier"]', "content")
    if "locked" in map(str.lower, tiers):
        return "Its own data say article:content_tier: locked."
    if look.letters > TEASER:
        return None
    for block in look.blocks:
        words = fold_for_labels(block) if count_letters(block) <= _LINE else ""
        for phrase in PAY:
            if phrase in words:
                return f"It says {show(phrase)}, and has {look.letters} letters."
    return None


def find_login_wall(look: Look) -> str | None:
    """Return what shows that the page asks who one is, and shows nothing else."""
    if look.page.status == UNAUTHORIZED:
        asked = look.field(b"www-authenticate")
        said = f", and asks for {show(asked)}" if asked else ""
        return f"The status is 401, Unauthorized{said}."
    path = look.final.path
    sent = _LOG_IN_PATHS.search(path) and not _LOG_IN_PATHS.search(look.requested.path)
    if look.is_redirected and sent:
        return f"It was sent on to {show(path)}, a page to log in."
    named = next(filter(_names_a_login, look.titles), None)
    if look.has(_KEY_FIELD):
        if named and look.letters <= QUESTION:
            return f"It is called {show(named)}, and asks for a password."
        if look.letters <= GATE and not look.shows_article:
            return f"It asks for a password, and has {look.letters} letters of text."
    for phrase in LOG_IN_FIRST:
        if phrase in look.words and look.letters <= GATE:
            return f"It says {show(phrase)}, and only {look.letters} letters in all."
    return None


def _asks(block: str) -> bool:
    """Say whether a block is of a question about consent, or its button.

    Prose that has one such word may be an article's.
    """
    words = fold_for_labels(block)
    subjects = sum(subject in words for subject in CONSENT)
    return subjects > (count_letters(block) >= _LABEL) or bare(block) in ACCEPT


def _button(look: Look) -> str | None:
    """Return what stands on a button that accepts."""
    said = (*look.texts(_BUTTONS), *look.attributes(_INPUTS, "value"))
    return next((each.strip() for each in said if bare(each[:80]) in ACCEPT), None)


def _names_a_login(title: str) -> bool:
    words = bare(title)
    return any(
        words == name
        or (words.startswith(f"{name} ") and words.count(" ", len(name)) <= _MORE_WORDS)
        for name in LOG_IN
    )


def _said_of_articles(look: Look) -> Iterator[Any]:
    """Yield what schema.org data say of each article, whether it is free to read."""
    for data in look.texts('script[type="application/ld+json" i]'):
        for item in _items(_load(data)):
            is_article = any(map(_ARTICLE.search, _types(item)))
            if is_article and item.get("isAccessibleForFree") is not None:
                yield item["isAccessibleForFree"]


def _load(data: str) -> Any:
    try:
        return json.loads(data) if len(data) <= _MOST_DATA else None
    except (ValueError, RecursionError):
        return None


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Yield what the data are about: neither parts of it nor what a list names."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            parts = graph if isinstance(graph, list) else []
            yield from (each for each in parts if isinstance(each, dict))


def _types(item: dict[str, Any]) -> list[str]:
    kinds = item.get("@type")
    return [
        each
        for each in (kinds if isinstance(kinds, list) else [kinds])
        if isinstance(each, str)
    ]


def _is_false(value: Any) -> bool:
    """Say whether a value is schema.org's False, in any of its spellings."""
    if isinstance(value, str):
        return value.strip().lower().rpartition("/")[2] == "false"
    return value is False
