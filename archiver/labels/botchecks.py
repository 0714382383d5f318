"""Pages that are no page, but a test whether the client is a person.

The services that stand before websites are known by a header, by what is wired into
their pages, or by words.  What is wired in is never what an article shows: an article
about such a service has the words, at length, and not the wiring.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archiver.labels.glance import Look, fold_for_labels
from archiver.labels.pagewords import HUMAN
from archiver.strict import show

MOST_LETTERS: Final = 3000  # of such a page; what explains itself at length has 1,500
FEW_LETTERS: Final = 600
REFUSALS: Final = (401, 403, 405, 406, 429, 503)

_WIDGETS: Final = (
    ".g-recaptcha, .h-captcha, .cf-turnstile, .smart-captcha, .geetest_captcha,"
    " #captcha-form, [data-hcaptcha-widget-id]"
)


@dataclass(frozen=True, slots=True)
class BotCheck:
    """What tells the test of one service.

    ``field`` and the value of it are certain; ``wired`` is looked for in scripts and
    addresses, ``elements`` is a selector, ``names`` are titles or headings, ``said``
    is a set of words that all stand in the text.
    """

    name: str
    field: tuple[bytes, tuple[str, ...]] | None = None
    wired: tuple[str, ...] = ()
    elements: str = ""
    names: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


SERVICES: Final = (
    BotCheck(
        "Cloudflare",
        field=(b"cf-mitigated", ("challenge",)),
        wired=("_cf_chl_opt", "/cdn-cgi/challenge-platform/h/b/orchestrate/"),
        elements='form[action*="__cf_chl_"], .cf-browser-verification',
        names=("just a moment...", "attention required!", "один момент..."),
    ),
    BotCheck("DataDome", wired=("captcha-delivery.com/",)),
    BotCheck(
        "HUMAN (PerimeterX)",
        wired=("captcha.px-cdn.net", "captcha.px-cloud.net", "/px/captcha/"),
        elements="#px-captcha, #px-captcha-wrapper, .px-captcha-container",
    ),
    BotCheck(
        "Akamai",
        wired=("/_sec/cp_challenge/", "triggerinterstitialchallenge"),
        elements="#sec-if-cpt-container, #sec-cpt-if",
        said=("access denied", "you don't have permission to access", "reference #"),
    ),
    BotCheck(
        "Imperva",
        elements='#main-iframe[src*="_Incapsula_Resource" i]',
        said=("incapsula incident id",),
    ),
    BotCheck(
        "AWS WAF",
        field=(b"x-amzn-waf-action", ("challenge", "captcha")),
        wired=("window.gokuprops",),
    ),
    BotCheck(
        "Vercel",
        field=(b"x-vercel-mitigated", ("challenge",)),
        names=("vercel security checkpoint",),
    ),
    BotCheck(
        "Anubis",
        wired=("/.within.website/x/cmd/anubis/",),
        elements="#anubis_challenge, #anubis_version",
        said=("protected by anubis",),
    ),
    BotCheck(
        "DDoS-Guard",
        wired=("/ddos-guard/js-challenge", "/ddos-guard/ddg-captcha-page"),
        names=("ddos-guard",),
    ),
    BotCheck("Qrator", wired=("/__qrator/qauth",)),
    BotCheck("Yandex SmartCaptcha", wired=("/checkcaptcha?", "/checkcaptchafast?")),
    BotCheck(
        "Sucuri", wired=("sucuri_cloudproxy_js",), said=("sucuri website firewall",)
    ),
    BotCheck(
        "Wordfence", said=("your access to this site has been limited", "wordfence")
    ),
)
# Addresses that a client is sent to for the test: the end of a host, and of a path.
_PLACES: Final = (
    ("Yandex SmartCaptcha", "", "/showcaptcha"),
    ("Yandex SmartCaptcha", "", "/showcaptchafast"),
    ("Google", ".google.com", "/sorry/index"),
    ("hCaptcha", ".hcaptcha.com", ""),
    ("DataDome", ".captcha-delivery.com", ""),
)


def find_bot_check(look: Look) -> str | None:
    """Return what shows that the page is a test whether the client is a person."""
    return next(_signs(look), None)


def _signs(look: Look) -> Iterator[str]:
    yield from _by_field(look)
    yield from _by_place(look)
    if look.letters <= MOST_LETTERS:
        for service in SERVICES:
            yield from _by_wiring(service, look)
    if look.is_article:  # a short one has such words; what stands before it is wired
        return
    if look.letters <= (MOST_LETTERS if look.page.status in REFUSALS else FEW_LETTERS):
        for service in SERVICES:
            yield from _by_name(service, look)
        yield from _by_words(look)


def _by_field(look: Look) -> Iterator[str]:
    for service in SERVICES:
        name, values = service.field or (b"", ())
        found = look.field(name).lower()
        if found in values:
            yield f"The header {name.decode()} is {show(found)} ({service.name})."


def _by_place(look: Look) -> Iterator[str]:
    host, path = f".{look.final.host}", look.final.path
    for service, end, tail in _PLACES:
        if look.is_redirected and host.endswith(end) and path.endswith(tail):
            yield f"It was sent on to {show(host[1:] + path)} ({service})."


def _by_wiring(service: BotCheck, look: Look) -> Iterator[str]:
    for piece in service.wired:
        if piece in look.wiring:
            yield f"{show(piece)} of {service.name} is wired into it."
    if service.elements and look.has(service.elements):
        yield f"It has the elements of a test of {service.name}."


def _by_name(service: BotCheck, look: Look) -> Iterator[str]:
    for title in look.titles:
        if fold_for_labels(title) in service.names:
            yield f"It is called {show(title)}, as tests of {service.name} are."
    if service.said and all(words in look.words for words in service.said):
        quoted = " and ".join(map(show, service.said))
        yield f"It says {quoted}, as {service.name} does."


def _by_words(look: Look) -> Iterator[str]:
    """Find a test of no service that is known, by its words or its widget."""
    for words in HUMAN:
        if any(words in fold_for_labels(title) for title in look.titles):
            yield f"It is called {show(words)}, and has only {look.letters} letters."
        elif words in look.words:
            yield f"It says {show(words)}, and only {look.letters} letters in all."
    if look.has(_WIDGETS):
        yield f"It has a captcha, and only {look.letters} letters of text."
