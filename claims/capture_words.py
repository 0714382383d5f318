"""What captures, attempts and labels are in plain words, as the pages show them."""

from collections.abc import Iterable
from typing import Any, Final

from archiver.wire.messages import SUCCESSFUL
from claims.holdings import NOT_THE_PAGE

CAPPED: Final = (
    "Evidence from it permits nothing above reported, and words that are not found in"
    " it are not said to be absent."
)

# A label in a few words, what it means, and what follows from it.
LABELS: Final = {
    "bot-check": (
        "a test, not the page",
        (
            "By its words or its fields, what came asks whether the client is a person."
            " A reader is likely to see something else."
        ),
        CAPPED,
    ),
    "consent-wall": (
        "a question about consent, not the page",
        (
            "What came asks for consent to cookies or the use of data, and shows hardly"
            " anything else."
        ),
        CAPPED,
    ),
    "paywall": (
        "behind a paywall",
        (
            "The site says that the text is for those who pay. Where it breaks off, the"
            " rest is not in this snapshot."
        ),
        "Words that are not found in it are not said to be absent from the page.",
    ),
    "login-wall": (
        "a request to log in, not the page",
        "What came asks for a name and a password, and shows hardly anything else.",
        CAPPED,
    ),
    "soft-404": (
        "it says that nothing is there",
        (
            "The server answered as if all was well, with a page that says that it was"
            " not found, or with another page. That does not show that the page was"
            " taken down, nor that it was ever there."
        ),
        CAPPED,
    ),
    "empty": (
        "hardly any text",
        (
            "What came shows hardly any words. The page may need its scripts, which a"
            " plain client does not run."
        ),
        CAPPED,
    ),
    "no-page": (
        "the way alone, no page",
        (
            "The capture came to no page. What a server answered on the way, such as a"
            " redirect, is kept here, and the attempt is signed beside it."
        ),
        "It has no text: nothing in it can be quoted.",
    ),
    "logged-in": (
        "captured with a login",
        (
            "What came is what somebody who is logged in is sent. Others may be sent"
            " something else."
        ),
        "What the public may have of it is decided by that.",
    ),
    "secret": (
        "holds a secret, or may",
        (
            "Something in it lets others in, and could not be taken out before it was"
            " written; or a part of it could not be looked through for that."
        ),
        "It is sealed.",
    ),
}

# What a text layer is, by the extractor that made it.
EXTRACTORS: Final = {
    "html@1": "the words of the page, as its markup has them",
    "plain@1": "the text as it is",
    "telegram@1": (
        "of each post who posts it, its address, its date as the page gives it, then"
        " its words; what is forwarded or edited is said to be, if the page says so"
    ),
    "pdf@1": "the words of the document, page by page, in the order of the lines",
}

DRIVERS: Final = {
    "client": "a plain client, which runs no scripts",
    "browser": "a browser, which ran the scripts of the page",
}

FAILURES: Final = {
    "dns": "The name did not resolve.",
    "refused-address": "The name led to an address that a capture may not go to.",
    "connect": "No connection came about.",
    "tls": "The certificate of the server, or the handshake, did not hold.",
    "timeout": "The time was up before a response.",
    "no-response": "The connection was there, and no response came.",
    "redirects": "The redirects led nowhere, or had no end.",
    "service": "The web archive that was asked answered, and not with the page.",
    "robots": (
        "The site asks not to be fetched, and that was obeyed: the page was not asked"
        " for."
    ),
}

ATTEMPT: Final = (
    "An attempt is evidence of the attempt alone: no snapshot came of it. It does not"
    " show that the page was gone, nor that others could not read it."
)

ON_THE_WAY: Final = (
    "An attempt is evidence of the attempt alone: no page came of it. What came on the"
    " way is a snapshot of its own, in which nothing can be quoted. It does not show"
    " that the page was gone, nor that others could not read it."
)

# How bytes were had, in one sentence.
OBSERVED: Final = (
    "Observed: this archive\N{RIGHT SINGLE QUOTATION MARK}s own software fetched it."
)
NOT_OURS: Final = "Says that it was observed; counts as supplied."
BY_ARCHIVE: Final = (
    "Supplied by a web archive: nobody here observed the exchange with the original"
    " server."
)
SUPPLIED: Final = "Supplied: nobody here observed the exchange."

SETTLED: Final = {
    True: "yes: the page had come to rest",
    False: "no: the page was still loading when it was taken",
}

# What stands in place of an account's lists where there is none.
AGREES: Final = "Its own list and the record agree, and the page reported no error."
UNSAID: Final = "Whether its own list and the record agree is not said."

# How a snapshot and a lead came together.
HOW: Final = {
    "requested": "asked for at this very address",
    "final": "another address was asked for, and led here",
    "claimed": "supplied, and said to be from this address",
}


_LISTS: Final = {
    "onlyBrowser": "Asked for by the browser, and not recorded",
    "onlyProxy": "Recorded, and not on the list of the browser",
    "blocked": "Refused: not of the page, or not allowed",
    "failed": "Failed",
    "cut": "Came, and not whole",
    "consoleErrors": "Errors that the page reported",
    "pageErrors": "Errors of its scripts",
    "notMade": "Not made of it",
}
_COMPARED: Final = ("onlyBrowser", "onlyProxy", "consoleErrors", "pageErrors")
_SHOWN: Final = 50  # entries of one list; the statement has all


_ROBOTS: Final = {
    "allowed": "It allows this page to be fetched.",
    "disallowed": "It asks that this page not be fetched.",
    "absent": "The site has none.",
    "unreachable": "It was asked for, and did not come.",
}


_LED: Final = "A redirect led to where the robots.txt asks not to be fetched."


def label_name(word: str) -> str:
    """Return a label in a few words; one that is not known as it stands."""
    return LABELS[word][0] if word in LABELS else word


def is_likely_the_page(labels: Iterable[str], status: int | None) -> bool:
    """Say whether what came is likely the page that was meant, as far as it is told.

    An error that a server answered with is not it, nor is what a label says to be a
    test, a wall or nothing.
    """
    answered = status is None or status in SUCCESSFUL
    return answered and set(NOT_THE_PAGE).isdisjoint(labels)


def custody(counted: str, said: str, *, is_memento: bool) -> str:
    """Return how the bytes were had: as it counts here, and as the statement says."""
    if counted == "observed":
        return OBSERVED
    if said == "observed":
        return NOT_OURS
    return BY_ARCHIVE if is_memento else SUPPLIED


def account(browser: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the browser's own account of a capture, as far as it can be read.

    What it signed is any JSON; of each list there is how many, and the first ones;
    ``instead`` is what to say where there is no list.
    """
    if browser is None:
        return None
    lists = [
        {"title": title, **_listed(browser.get(key))}
        for key, title in _LISTS.items()
        if _listed(browser.get(key))["count"]
    ]
    return {
        "name": " ".join(
            each
            for each in (browser.get("name"), browser.get("version"))
            if isinstance(each, str)
        )
        or "a browser",
        "settled": _truth(browser, "settled"),
        "requests": _number(browser.get("requests")),
        "recorded": _number(browser.get("recorded")),
        "lists": lists,
        "instead": "" if lists else AGREES if _says_none(browser) else UNSAID,
    }


def _says_none(browser: dict[str, Any]) -> bool:
    """Tell whether an account has the lists that matter, each of them empty."""
    return all(browser.get(key) == [] for key in _COMPARED)


def robots(said: dict[str, Any]) -> str:
    """Return in words what a site's robots.txt said of a page.

    And, where one asked not to be fetched that a redirect led to, that it did.
    """
    verdict = _text(said, "verdict")
    words = _ROBOTS.get(verdict, verdict or "It was asked for; nothing is said of it.")
    led = said.get("redirects")
    hops = (
        [each for each in led if isinstance(each, dict)]
        if isinstance(led, list)
        else []
    )
    is_refused = any(_text(each, "verdict") == "disallowed" for each in hops)
    return f"{words} {_LED}" if is_refused else words


def memento(said: dict[str, Any]) -> dict[str, Any]:
    """Return whose memento a deposit is, as far as its statement says so.

    ``same`` is None where its body was compared with no capture of ours; ``raw`` is
    False where it is the page as the web archive shows it.
    """
    texts = ("archive", "original", "datetime", "uri", "comparedWith")
    addresses = said.get("allowedAddresses")
    return {
        **{key: _text(said, key) for key in texts},
        "same": _truth(said, "sameBody"),
        "raw": _truth(said, "raw"),
        "status": _number(said.get("status")),
        "allowed": addresses if isinstance(addresses, list) else [],
    }


def _truth(said: dict[str, Any], key: str) -> bool | None:
    value = said.get(key)
    return value if isinstance(value, bool) else None


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number else len(value) if isinstance(value, list) else None


def _listed(value: Any) -> dict[str, Any]:
    items = value if isinstance(value, list) else []
    return {
        "count": _number(value) or 0,
        "entries": [_in_words(each) for each in items[:_SHOWN]],
    }


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        first = sorted(value, key=lambda key: (key != "url", key))
        return ", ".join(filter(None, (_in_words(value[key]) for key in first)))
    if isinstance(value, list):
        return " ".join(map(_in_words, value))
    return str(value)
