"""What the person at the keyboard can do about a page that did not come as wished.

A word is a kind of failure, a label, or one of our own for what a response is: ``cut``,
``malformed``, ``status`` (it is an error's) or ``later`` (the server had no time).
"""

from collections.abc import Iterable
from typing import Final

from archiver.labels.page import HINTS

STATUS: Final = "status"
LATER: Final = "later"
_ADVICE: Final = {
    "dns": "check the spelling of its host, and that this machine is online; if the"
    " site is gone, a web archive may have the page: sourcebook deposit --memento URL",
    "refused-address": "a name or a redirect led to an inner address; if you mean that"
    " machine, --allow-address",
    "connect": "try again later, or from another network",
    "tls": "look at its certificate; --ca-file if you know whose it is",
    "timeout": "try again with a longer --timeout",
    "no-response": "try again later",
    "redirects": "open it in a browser, and capture the address where it ends",
    "robots": "look at the site's rules; --robots record asks whatever they say",
    "service": "look at that address in a browser: it may have no copy of the page",
    "cut": "try again; the bounds are --timeout and --max-bytes",
    "malformed": "it is kept as it came; look at it before resting anything on it",
    STATUS: "look at the page; what it showed before, a web archive may have:"
    " sourcebook deposit --memento URL",
    LATER: "capture it again later: its server had no time for it",
    **HINTS,
    "logged-in": "nothing: it is sealed, as every capture with a login is",
    "secret": "look at it: it repeats what was redacted, and is sealed",
}
_IN_BROWSER: Final = {  # where --browser was not enough
    "bot-check": "ask the site's operator; deposit what you can see",
    "consent-wall": "try another address of the same text; deposit what you can see",
    "empty": "look at the picture of the page; try without --browser, too",
}


def advise(words: Iterable[str], *, in_browser: bool = False) -> str:
    """Return what to do about all of that, "" where nothing is to be done.

    A label says better than the status what an error page is.
    """
    known = dict.fromkeys(word for word in words if word in _ADVICE)
    if known.keys() & HINTS.keys():
        known.pop(STATUS, None)
    advice = _ADVICE | _IN_BROWSER if in_browser else _ADVICE
    return "; ".join(advice[word] for word in known)
