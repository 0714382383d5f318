"""The codes of claim files and statements in plain words, as the pages show them."""

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlencode

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
    "own": "Speaks in its own words",
    "quoted": "Quoted word for word by the one before",
    "paraphrased": "Given in the words of the one before",
    "facsimile": "Reproduced whole by the one before",
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
    "not-searchable": (
        "cannot be looked for: there is no text layer, or it is likely not the page, or"
        " not all of it"
    ),
}

OUTCOMES: Final = {
    "complete": (
        "The response came to its own end, as its length, its chunks, its compression"
        " or the close of the connection marks it."
    ),
    "truncated": "The transfer ended before the response did: some of it is missing.",
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
    "und": "a language that nobody states",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "zh": "Chinese",
}
_RIGHT_TO_LEFT: Final = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\]+(?:[/?#][^\s\\]*)?", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_LONGEST_CUT = 40  # characters of a word that is left out where the context was cut
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


def capitalize_first(text: str) -> str:
    """Return a text with its first letter large; a name or an address as it is."""
    first = text.partition(" ")[0]
    if text[1:2].isdigit() or "://" in first:
        return text
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Return a text with its first letter small, and the others as they are."""
    return text[:1].lower() + text[1:]


def context_before(text: str, cut: bool) -> str:  # noqa: FBT001 - a filter's argument
    """Return the words before a quote; one that was cut begins with a whole word."""
    text = text.lstrip() if not cut else text
    space = _SPACE.search(text, 0, _LONGEST_CUT)
    return "… " + text[space.end() :] if cut and space else ("…" if cut else "") + text


def context_after(text: str, cut: bool) -> str:  # noqa: FBT001 - a filter's argument
    """Return the words behind a quote; one that was cut ends with a whole word."""
    text = text.rstrip() if not cut else text
    space = text.rfind(" ", len(text) - _LONGEST_CUT)
    return text[:space] + " …" if cut and space > 0 else text + ("…" if cut else "")


def pretty_json(value: object) -> str:
    """Return JSON for the eye, from its text or from a value; other text as it is."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def query_with(fields: Mapping[str, str], name: str, value: object) -> str:
    """Return the query of ``fields`` with one of them set, or dropped for None."""
    merged = {**fields, name: value}
    kept = {key: item for key, item in merged.items() if item is not None}
    return "?" + urlencode(kept) if kept else ""


def short_hash(digits: str) -> str:
    """Return the first digits of a hash, enough to tell it from others at a glance."""
    return digits[:12]
