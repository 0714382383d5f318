"""The codes of claim files and statements in plain words, as the pages show them."""

import re
from typing import Final
from urllib.parse import unquote

STRENGTHS: Final = {
    "open": "We know of no text that says so.",
    "reported": "Somebody says so.",
    "attested": (
        "We hold the statement of one who says they know. It shows that they said it,"
        " not that it is so."
    ),
    "corroborated": "Independent ones who say they know agree.",
    "established": "As good as a record can make it.",
}

NEEDS: Final = {
    "open": "Nothing is needed.",
    "reported": "One quote that supports it, found in a text that we hold.",
    "attested": (
        "The origin's own words in hand: of one who says they saw it, took part in it,"
        " or points to a document."
    ),
    "corroborated": (
        "Two independent origins of that kind, not all with a side in the matter."
    ),
    "established": (
        "That, or the primary document itself, with nothing open against it;"
        " a second reviewer must agree."
    ),
}

STATES: Final = {
    "disputed": "Something in hand says otherwise.",
    "refuted": "What says otherwise is itself corroborated, or is a primary document.",
    "superseded": "True or in force when it was said; overtaken since.",
    "withdrawn": "Our own error. The old text stays, so that it can be seen.",
}

KINDS: Final = {
    "fact": "something that is so or is not",
    "attribution": "that somebody says something",
    "quotation": "somebody's very words",
    "evaluation": "a judgement",
    "norm": "what a law or rule says",
    "prediction": "what is to come",
    "negative": "that something is not, or did not happen",
    "statistic": "a number",
}

ROLES: Final = {
    "supports": "Supports it",
    "contradicts": "Contradicts it",
    "context": "Gives context",
}

HOLDINGS: Final = {
    "held": "In hand",
    "supplied": "In hand, as supplied",
    "lead": "A lead, not in hand",
    "sealed": "Withheld by the operator",
    "missing": "Missing",
}

VOICES: Final = {
    "own": "in its own words",
    "quoted": "quoted word for word by the one before",
    "paraphrased": "in the words of the one before",
    "facsimile": "reproduced whole by the one before",
}

KNOWS: Final = {
    "witness": "says that it saw or heard this itself",
    "participant": "says that it took part in this",
    "document": "points to a document",
    "relayed": "passes on what others say",
    "unstated": "does not say how it knows",
}

MAY: Final = {
    "support": "may support it",
    "dispute": "may dispute it",
    "supersede": "may supersede it",
    "same-copy": "is likely the same copy: not independent",
    "context": "may give context",
}

# What a relation says of the other claim: as this claim states it, and the other way.
RELATIONS: Final = {
    "conflicts-with": ("Conflicts with", "Conflicts with"),
    "overtakes": ("Overtakes", "Is overtaken by"),
    "same-event": ("Speaks of the same event as", "Speaks of the same event as"),
    "needed-by": ("Is needed by", "Needs"),
    "part-of": ("Is part of", "Has as a part"),
}

STATUSES: Final = {
    "exact": "stands there character for character",
    "normalised": "stands there but for spacing or typography",
    "ambiguous": "stands there in several places",
    "changed": "stands there in other words",
    "absent": "does not stand there",
    "not-searchable": "cannot be looked for: the text layer is missing or not a text",
}

OUTCOMES: Final = {
    "complete": "Everything the server meant to send is there.",
    "truncated": "The transfer was cut: what is there is not all that was meant.",
    "malformed": "What came is not what HTTP allows; it is kept as it came.",
}

NAMELESS: Final = "a person whose name is withheld"

_LANGUAGES: Final = {
    "ar": "Arabic",
    "be": "Belarusian",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "kk": "Kazakh",
    "ko": "Korean",
    "ky": "Kyrgyz",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "zh": "Chinese",
}
_RIGHT_TO_LEFT: Final = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\]+(?:[/?#][^\s\\]*)?", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def language(tag: str) -> str:
    """Return the English name of a language tag, or the tag itself."""
    return _LANGUAGES.get(tag.partition("-")[0].lower(), tag)


def language_tag(tag: str | None) -> str:
    """Return a tag that may stand in ``lang``; ``und`` for what is none."""
    return tag if tag and _TAG.fullmatch(tag) else "und"


def direction(tag: str | None) -> str:
    """Return the direction of a language's text; ``auto`` where it is not known."""
    if not tag or not _TAG.fullmatch(tag):
        return "auto"
    first, *others = tag.lower().split("-")
    if "latn" in others or "cyrl" in others:
        return "ltr"
    rtl = first in _RIGHT_TO_LEFT or not {"arab", "hebr"}.isdisjoint(others)
    return "rtl" if rtl else "ltr"


def is_web_address(text: object) -> bool:
    """Tell whether a text may be a link: http or https, with a host, nothing odd."""
    return isinstance(text, str) and bool(_WEB_ADDRESS.fullmatch(text))


def readable_address(address: str) -> str:
    """Return an address for the eye: escapes undone where they are printable UTF-8."""
    try:
        plain = unquote(address, errors="strict")
    except UnicodeDecodeError:
        return address
    return plain if plain.isprintable() and " " not in plain else address


def short_hash(digits: str) -> str:
    """Return the first digits of a hash, enough to tell it from others at a glance."""
    return digits[:12]
