"""The claim file and the case file: a checkable sentence, and what it rests on.

A claim file is TOML, one claim per file (``cases/<case>/claims/<slug>.toml``).  It
holds the claim in our own words, its evidence quote by quote, and for each quote the
chain of those who say it, from the page in hand inwards.  It never holds a judgement:
that is a signed assessment.  ``case.toml`` pins the snapshots that the claims call by
an alias.

A string that is absent is empty here, a choice that is absent is None; a key that is
given is never empty.  What a value *means* (whether a quote stands in the page, whether
a date is one) is the rules'.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from archiver.config import Level
from archiver.findings import Finding
from claims.faults import open_struct, read_struct
from claims.mismatches import Fault
from claims.patterns import (
    CLAIM_ID,
    EVIDENCE_ID,
    LANGUAGE,
    LEAD_ID,
    SHA256,
    SLUG,
    SOURCE_ID,
    TRANSLATION_KEY,
)
from claims.places import Path

SCHEMA: Final = "sourcebook/claim@1"
UNDETERMINED: Final = "und"  # BCP 47: a language that nobody has looked at

Text = Annotated[str, Meta(min_length=1)]
ClaimId = Annotated[str, Meta(pattern=CLAIM_ID.regex)]
EvidenceId = Annotated[str, Meta(pattern=EVIDENCE_ID.regex)]
SourceId = Annotated[str, Meta(pattern=SOURCE_ID.regex)]
LeadId = Annotated[str, Meta(pattern=LEAD_ID.regex)]
Slug = Annotated[str, Meta(pattern=SLUG.regex)]
Language = Annotated[str, Meta(pattern=LANGUAGE.regex)]
Sha256 = Annotated[str, Meta(pattern=SHA256.regex)]
TranslationKey = Annotated[str, Meta(pattern=TRANSLATION_KEY.regex)]

Kind = Literal[
    "fact",
    "attribution",
    "quotation",
    "evaluation",
    "norm",
    "prediction",
    "negative",
    "statistic",
]
Role = Literal["supports", "contradicts", "context"]
ZoneName = Literal["heading", "body", "caption"]
Voice = Literal["own", "quoted", "paraphrased", "facsimile"]
Attribution = Literal["explicit", "adjacent"]
Knows = Literal["witness", "participant", "document", "relayed", "unstated"]
May = Literal["support", "dispute", "supersede", "same-copy", "context"]
Relation = Literal["needed-by", "part-of", "conflicts-with", "overtakes", "same-event"]


class Link(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One who says it, and its page in hand, or a lead to it, or what is missing.

    ``knows`` and ``primary`` belong to the last link, the origin: how it says that it
    knows, and that the snapshot is the document itself.  ``voice`` is None where the
    file does not give it; :func:`voice_of` fills it in.
    """

    by: SourceId
    snapshot: Text = ""
    lead: LeadId = ""
    missing: Text = ""
    voice: Voice | None = None
    attribution: Attribution = "explicit"
    party: bool = False
    knows: Knows | None = None
    primary: Text = ""


class Evidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quote in a snapshot, or parts of one that support only together."""

    id: EvidenceId
    added: date
    role: Role
    snapshot: Text
    lang: Language
    quote: Text = ""
    quotes: Annotated[tuple[Text, ...], Meta(min_length=2)] = ()
    zone: ZoneName | None = None
    prefix: Text = ""
    suffix: Text = ""
    translation: dict[TranslationKey, Text] = field(default_factory=dict)
    copy_of: Text = ""
    chain: Annotated[tuple[Link, ...], Meta(min_length=1)]

    @property
    def parts(self) -> tuple[str, ...]:
        """The words quoted: one part, or those that support only together."""
        return self.quotes or (self.quote,)

    @property
    def origin(self) -> Link:
        """The last link of the chain: the one who is said to know."""
        return self.chain[-1]

    @property
    def translations(self) -> dict[str, str]:
        """The translations by language, without the name of the translator."""
        return {key: text for key, text in self.translation.items() if key != "by"}


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would raise the claim or dispute it, and a lead to it where one is known."""

    what: Text
    may: May
    lead: LeadId = ""


class Related(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another claim, and how this one stands to it: this claim is *needed by* that."""

    claim: ClaimId
    relation: Relation = field(name="as")


class Claim(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checkable sentence in our own words, and the evidence for and against it."""

    schema: Literal["sourcebook/claim@1"]
    id: ClaimId
    case: Slug
    author: Text
    kind: Kind
    claim: Text
    about: tuple[SourceId, ...] = ()
    holds: Text = ""
    as_of: Text = ""
    original_lang: Language = ""
    sensitive: Text = ""
    note: Text = ""
    related: tuple[Related, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    wanted: tuple[Wanted, ...] = ()


class SnapshotAlias(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a case calls a snapshot, and what is known of the document in it.

    ``access`` is None where the custody's default of ``archive.toml`` holds.
    """

    sha256: Sha256
    publisher: SourceId
    language: Language
    published: Text
    access: Level | None = None
    reason: Text = ""


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Claims that belong together, and the snapshots that they quote."""

    id: Slug
    title: Text
    language: Language
    snapshots: dict[Slug, SnapshotAlias] = field(default_factory=dict)


def voice_of(evidence: Evidence, index: int) -> str:
    """Return the voice of the link at ``index``: the first speaks for itself."""
    return evidence.chain[index].voice or ("paraphrased" if index else "own")


def read_claim(data: bytes, file: str) -> Claim | Finding:
    """Read a claim file, or say what is wrong with it and where."""
    return read_struct(data, file, Claim, check=_check_claim, verbatim=_is_quoted)


def parse_claim(data: bytes, file: str) -> Claim:
    """Parse a claim file (docs/claims.md).

    Raises:
        MalformedError: the bytes are no claim file; the message begins ``file:line:``.
    """
    return open_struct(read_claim(data, file))


def read_case(data: bytes, file: str) -> Case | Finding:
    """Read a case file, or say what is wrong with it and where."""
    return read_struct(data, file, Case, check=_check_case)


def parse_case(data: bytes, file: str) -> Case:
    """Parse ``case.toml`` (docs/schemas/case.json).

    Raises:
        MalformedError: the bytes are no case file; the message begins ``file:line:``.
    """
    return open_struct(read_case(data, file))


def _is_quoted(path: Path) -> bool:
    """Say whether a page's own words stand at ``path``, with all their characters."""
    match path:
        case ("evidence", int(), "quote" | "prefix" | "suffix"):
            return True
        case ("evidence", int(), "quotes", int()):
            return True
    return False


def _check_claim(claim: Claim) -> Iterator[Fault]:
    for index, item in enumerate(claim.evidence):
        if bool(item.quote) == bool(item.quotes):
            found = "both 'quote' and 'quotes'" if item.quote else "neither of them"
            yield Fault(
                ("evidence", index),
                f"[[evidence]] {index + 1} has {found},"
                " expected one of 'quote' and 'quotes'",
            )
        if item.translation and not item.translations:
            yield Fault(
                ("evidence", index, "translation"),
                "the translation has no text, expected a language and the words",
            )
    if claim.kind in ("negative", "statistic") and not claim.as_of:
        message = f"a {claim.kind} has no key 'as_of', which is required of one"
        yield Fault(("kind",), message, "say of which day it is so, as EDTF")


def _check_case(case: Case) -> Iterator[Fault]:
    for alias, pinned in case.snapshots.items():
        if pinned.access and not pinned.reason:
            message = f"access is {pinned.access!r} without a reason, expected 'reason'"
            yield Fault(("snapshots", alias, "access"), message)
