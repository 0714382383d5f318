"""Pages that say nothing, or that there is nothing, with the status of success."""

import re
from typing import Final

from archiver.labels.glance import MARKUP, Look, PageAddress, bare, parse_page_address
from archiver.labels.pagewords import ERROR, NEEDS_SCRIPTS, NOT_FOUND
from archiver.strict import show
from archiver.wire.messages import SUCCESSFUL

BRIEF: Final = 1500  # letters of a page that says only that nothing is there
FRAMED: Final = 4000  # the same, with menus round it
NOTHING: Final = 40  # letters: less than a sentence
ROBOTS: Final = "/robots.txt"  # RFC 9309, 2.3
SHELL: Final = 200  # letters of a page that waits for its scripts

_APART: Final = frozenset(word for name in ERROR for word in name.split())
_LOST: Final = ("404", "410")
_LANGUAGE: Final = re.compile("[a-z]{2}(-[a-z]{2})?")
_HOMES: Final = ("", "index.html", "index.htm", "index.php", "home")
_ERROR_PAGES: Final = ("404", "notfound", "not-found", "not_found", "page-not-found")
_LONG_NAME: Final = 12  # characters of a part of a path that names one document
_TELEGRAM: Final = ("t.me", "telegram.me", "telegram.dog")
_SAID: Final = ".tgme_widget_message_error, .tme_no_messages_found"
_ROOTS: Final = "#root:empty, #app:empty, #__next:empty, #__nuxt:empty, app-root:empty"
_DOCUMENT: Final = 'meta[property="og:type"][content="article"]'


def find_soft_404(look: Look) -> str | None:
    """Return what shows that the page is not there, though the status is 2xx."""
    if look.page.status not in SUCCESSFUL:
        return None
    return _sent_away(look) or _post_not_found(look) or _says_so(look)


def find_empty(look: Look) -> str | None:
    """Return what shows that a page of success has hardly any text.

    A robots.txt is no page, and may be as short as it likes.
    """
    page = look.page
    if page.status not in SUCCESSFUL or look.final.path == ROBOTS:
        return None
    if not page.document:
        return "The response has no body."
    if page.text is None:
        return None  # an image, or what no extractor reads
    if look.letters < NOTHING:
        return f"It shows {look.letters} letters and digits."
    if page.media_type in MARKUP and look.letters < SHELL:
        words = next((each for each in NEEDS_SCRIPTS if each in look.words), None)
        if words or look.has(_ROOTS):
            said = f"It says {show(words)}" if words else "It waits for its scripts"
            return f"{said}, and shows {look.letters} letters and digits."
    return None


def _sent_away(look: Look) -> str | None:
    """Return where a request for one document was sent, if that is no document."""
    asked, final = look.requested, look.final
    if not look.is_redirected or not _is_deep(asked):
        return None
    last = final.segments[-1].partition(".")[0] if final.segments else ""
    if last in _ERROR_PAGES:
        return f"It was sent on to {show(final.path)}, an error page."
    if _is_home(final) and _site(asked) == _site(final):
        return f"It was sent on from {show(asked.path)} to the front page of the site."
    return None


def _post_not_found(look: Look) -> str | None:
    """Return what shows that Telegram has no such post."""
    if look.final.host not in _TELEGRAM:
        return None
    said = next(look.texts(_SAID), None)
    if said is not None and not look.has(".tgme_widget_message_text"):
        return f"Telegram says {show(' '.join(said.split()))}."
    if look.requested.host not in _TELEGRAM:
        return None
    post = _post(look.requested.segments)
    if len(look.final.segments) < len(post):
        return f"It was sent on to {show(look.final.path)}, which is no post."
    wanted = "/".join(post)
    shown = [each.lower() for each in look.attributes("[data-post]", "data-post")]
    if post and shown and wanted not in shown and not _links_to(look, wanted):
        return f"Telegram shows {show(shown[0])} and others, and not {show(wanted)}."
    return None


def _links_to(look: Look, post: str) -> bool:
    """Say whether a page of Telegram links to a post: to one picture of several."""
    links = look.attributes("a[href]", "href")
    return any(parse_page_address(each).path == f"/{post}" for each in links)


def _post(segments: tuple[str, ...]) -> tuple[str, ...]:
    """Return channel and number of a Telegram post; nothing of another address."""
    path = segments[1:] if segments[:1] == ("s",) else segments
    return path if path[1:] and path[-1].isdecimal() else ()


def _says_so(look: Look) -> str | None:
    """Return the title or heading that says, and says nothing else, that it is gone."""
    if look.letters > FRAMED or look.has(_DOCUMENT):
        return None
    headings = list(filter(_is_not_found, look.headings))
    parts = () if look.title in look.headings else look.parts
    named = [*filter(_is_not_found, parts), *headings]
    if not named or (look.letters > BRIEF and not (headings and named[1:])):
        return None
    return (
        f"The status is {look.page.status}, and it is called {show(named[0])};"
        f" it has {look.letters} letters."
    )


def _is_not_found(title: str) -> bool:
    words = bare(title).split()
    rest = " ".join(word for word in words if word not in _APART)
    return rest in NOT_FOUND or (not rest and any(each in words for each in _LOST))


def _is_deep(place: PageAddress) -> bool:
    """Say whether an address names one document: long, with a number, or deep down."""
    if not place.segments or place.segments[-1] in _HOMES:
        return False
    last = place.segments[-1]
    named = len(last) >= _LONG_NAME or any(each.isdecimal() for each in last)
    return named or len(place.segments) > 1


def _is_home(place: PageAddress) -> bool:
    """Say whether an address is a site's front page, in one of its languages."""
    path = "/".join(place.segments)
    return not place.query and bool(path in _HOMES or _LANGUAGE.fullmatch(path))


def _site(place: PageAddress) -> str:
    """Return a host without what stands before the site's own name."""
    first, _, rest = place.host.partition(".")
    return rest if first in ("www", "m", "mobile", "amp") else place.host
