"""JSON Schemas (2020-12) of the files that people write, for editors.

They are made from the dataclasses that the reader itself uses, with what those cannot
say added by hand: which keys go together, and what each key means.  A committed copy
lies in ``docs/schemas/``; a test says when it is not current.
"""

import json
from typing import Any, Final

import msgspec

from claims.model import Case, Claim
from claims.patterns import END
from claims.sources import Source

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ROOTS: Final = {"claim": Claim, "case": Case, "source": Source}
_TITLES: Final = {
    "claim": "A claim file of Sourcebook: cases/<case>/claims/<slug>.toml",
    "case": "A case file of Sourcebook: cases/<case>/case.toml",
    "source": "A source file of Sourcebook: sources/{person,org,channel}/<id>.toml",
}
_ONE_PLACE: Final = ("snapshot", "lead", "missing")
_TOGETHER: Final[dict[str, dict[str, Any]]] = {
    "Claim": {
        "if": {"properties": {"kind": {"enum": ["negative", "statistic"]}}},
        "then": {"required": ["as_of"]},
    },
    "Evidence": {"oneOf": [{"required": ["quote"]}, {"required": ["quotes"]}]},
    "Link": {"oneOf": [{"required": [key]} for key in _ONE_PLACE]},
    "SnapshotAlias": {"dependentRequired": {"access": ["reason"]}},
}
_EXTRA: Final[dict[str, dict[str, Any]]] = {
    "Evidence.translation": {"required": ["by"], "minProperties": 2},
}
_MEANINGS: Final = {
    "Claim.schema": "The format of this file.",
    "Claim.id": "Made at random by 'claim new'; in every address and log entry.",
    "Claim.case": "The id of the case: the name of its folder.",
    "Claim.author": "A name in the archive's signers, or any name.",
    "Claim.kind": "What sort of sentence it is.",
    "Claim.claim": "A checkable sentence in our own words; no more than the quotes.",
    "Claim.about": "Sources that the claim is about.",
    "Claim.holds": "When it is said to have been so (EDTF), such as /2026-02-02.",
    "Claim.as_of": "Of which day a negative or a statistic is so (EDTF).",
    "Claim.original_lang": "Of a quotation: the language in which it was said.",
    "Claim.sensitive": "Why it is not published before two reviewers assessed it.",
    "Claim.note": "What a reader should know of this claim.",
    "Claim.related": "Other claims: this claim is needed by, part of, … that one.",
    "Claim.evidence": "Quotes, each with the chain of those who say it.",
    "Claim.wanted": "What would raise the claim or dispute it.",
    "Evidence.id": "e1, e2, …: unique in the file, never used again.",
    "Evidence.added": "The day on which it was added.",
    "Evidence.role": "Whether the quote supports, contradicts or gives context.",
    "Evidence.snapshot": "An alias of case.toml. A lead is no evidence.",
    "Evidence.lang": "The language of the quote.",
    "Evidence.quote": "The page's own words, as they stand.",
    "Evidence.quotes": "In place of quote: parts that support only together, in order.",
    "Evidence.zone": "Where it stands; needed where the text layer has no zones.",
    "Evidence.prefix": "The words directly before the (first) quote.",
    "Evidence.suffix": "The words directly behind the (last) quote.",
    "Evidence.translation": "Translations by language, and who made them.",
    "Evidence.copy_of": "An evidence id or a snapshot that is declared the same text.",
    "Evidence.chain": "From the page in hand inwards, to the one who is said to know.",
    "Link.by": "The source; an unnamed one is a source of its own (person/unnamed-…).",
    "Link.snapshot": "An alias: the source's own words are in hand.",
    "Link.lead": "A lead: a page of the source is known of.",
    "Link.missing": "What is missing, in words.",
    "Link.voice": "How the words stand in the page; own on the first link by default.",
    "Link.attribution": "adjacent: the reader infers it from the sentence beside it.",
    "Link.party": "It has a side in the matter.",
    "Link.knows": "On the last link: how the origin says that it knows.",
    "Link.primary": "On the last link: the snapshot is the document (order, …).",
    "Related.claim": "The id of the other claim.",
    "Related.as": "How this claim stands to the other one.",
    "Wanted.what": "What is wanted, in words.",
    "Wanted.may": "What it would do.",
    "Wanted.lead": "The lead to it, where one is known.",
    "Case.id": "The name of the case's folder.",
    "Case.title": "The title of the case.",
    "Case.language": "The language of the title and of the claims.",
    "Case.snapshots": "What the case calls each snapshot; added to, never re-pointed.",
    "SnapshotAlias.sha256": "The SHA-256 of the snapshot's bytes.",
    "SnapshotAlias.publisher": "The source that published the document.",
    "SnapshotAlias.language": "The language of the document.",
    "SnapshotAlias.published": "When it was published (EDTF), such as 2026-02-02/..",
    "SnapshotAlias.access": "What the public may have of it, if not the default.",
    "SnapshotAlias.reason": "Why the access is not the default.",
    "Source.names": "Names in several scripts; no evidence of identity.",
    "Source.id": "The file's place: person/…, org/… or channel/….",
    "Source.family": "The publisher family: its members do not corroborate each other.",
    "Source.naming": "public, press (named in published press), or withheld.",
    "Source.note": "What a reader should know of this source.",
    "SourceName.text": "The name as it is written.",
    "SourceName.lang": "The language of this form.",
    "SourceName.script": "Its script (ISO 15924), such as Latn or Cyrl.",
    "SourceName.scheme": "The scheme of transliteration.",
    "SourceName.seen_in": "Where this form was seen.",
}


def make_schema(name: str) -> dict[str, Any]:
    """Make the JSON Schema of a ``claim``, ``case`` or ``source`` file."""
    made = msgspec.json.schema(_ROOTS[name])
    # JSON Schema's `$` is the very end; Python's needs to be told so.
    made = json.loads(json.dumps(made).replace(json.dumps(END)[1:-1], "$"))
    definitions = {
        title: _complete(title, definition)
        for title, definition in made["$defs"].items()
    }
    return {
        "$schema": DIALECT,
        "title": _TITLES[name],
        "$ref": made["$ref"],
        "$defs": definitions,
    }


def format_schema(name: str) -> str:
    """Return the schema as the file ``docs/schemas/<name>.json`` holds it."""
    return json.dumps(make_schema(name), indent=2, ensure_ascii=False) + "\n"


def _complete(title: str, definition: dict[str, Any]) -> dict[str, Any]:
    """Add which keys go together, and what each one means."""
    properties = {
        key: _describe(f"{title}.{key}", item)
        for key, item in definition["properties"].items()
    }
    return {**definition, **_TOGETHER.get(title, {}), "properties": properties}


def _describe(place: str, item: dict[str, Any]) -> dict[str, Any]:
    """Add the meaning of a key; take out what stands for its absence."""
    if item.get("default") in ("", None, [], {}):
        item.pop(
            "default", None
        )  # TOML has no null, and a key that is given is not empty
    if "anyOf" in item:
        (item,) = (one for one in item["anyOf"] if one != {"type": "null"})
    return {"description": _MEANINGS[place], **item, **_EXTRA.get(place, {})}
