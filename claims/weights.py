"""What one piece of evidence can show, and what it lacks (docs/claims.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from claims.holdings import Holding
from claims.model import UNDETERMINED, Claim, Evidence, voice_of
from claims.sources import Source

KNOWING: Final = ("witness", "participant", "document")
BESIDE_BODY: Final = frozenset(("heading", "caption"))
# What `primary` may say of the text of a norm; a recording or a register is none.
LEGAL_TEXTS: Final = (
    *("statute", "constitution", "code", "treaty", "decree", "regulation", "order"),
    "judgment",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one piece of evidence stands: whether it is anchored, where, and in what.

    ``anchored``: every part is found, and all in one zone.  ``zones`` are those that
    its words stand in, empty where nobody says so.  ``origin`` is the holding of the
    last link's snapshot.
    """

    evidence: Evidence
    anchored: bool = False
    zones: frozenset[str] = frozenset()
    snapshot: Holding | None = None
    origin: Holding | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """What a piece of evidence can show.

    ``lacks`` says in plain words why it attests nothing, ``limits`` why it supports
    nothing above *reported*; it is attested where both are empty.
    """

    lacks: tuple[str, ...]
    limits: tuple[str, ...]
    primary: str

    @property
    def attested(self) -> bool:
        """An origin in hand, its own words anchored, which says how it knows."""
        return not self.lacks and not self.limits


def weigh(standing: Standing, claim: Claim, sources: Mapping[str, Source]) -> Weight:
    """Return what an anchored piece of evidence can show of ``claim``.

    A ``primary`` document counts when the evidence is attested and the document is the
    origin's own page: a facsimile is a page that shows a document.
    """
    lacks = tuple(_lacks(standing, sources))
    limits = tuple(_limits(standing, claim))
    item = standing.evidence
    own = voice_of(item, len(item.chain) - 1) == "own"
    primary = item.origin.primary if own and not lacks and not limits else ""
    return Weight(lacks, limits, primary)


def name_of(by: str, sources: Mapping[str, Source]) -> str:
    """Return the first name of a source, or its id where it must not be named."""
    source = sources.get(by)
    return by if source is None or source.naming == "withheld" else source.name


def _lacks(standing: Standing, sources: Mapping[str, Source]) -> Iterator[str]:
    """Say what is missing for the words of one who says that they know."""
    item = standing.evidence
    origin = item.origin
    name = name_of(origin.by, sources)
    voice = voice_of(item, len(item.chain) - 1)
    if not origin.snapshot:
        yield _not_in_hand(name, origin.lead, origin.missing)
    elif standing.origin is None:
        yield f"the snapshot that is said to hold the words of {name} is not there"
    elif not standing.origin.in_hand:
        yield f"the words of {name} were supplied, and nobody has authenticated them"
    elif (
        standing.snapshot is None or standing.snapshot.sha256 != standing.origin.sha256
    ):
        yield f"the quote is not taken from the words of {name} themselves"
    elif voice not in ("own", "facsimile"):
        yield f"the page gives the words of {name} as {voice}, not as they stand"
    if origin.knows not in KNOWING:
        yield (
            f"{name} relays what others say"
            if origin.knows == "relayed"
            else f"{name} does not say how they know"
        )


def _not_in_hand(name: str, lead: str, missing: str) -> str:
    if lead:
        return f"a page of {name} is known of ({lead}), and no snapshot of it is cited"
    return f"what {name} said is not in hand ({missing})"


def _limits(standing: Standing, claim: Claim) -> Iterator[str]:
    """Say what keeps the evidence at *reported*, whatever its origin."""
    item = standing.evidence
    if standing.snapshot is not None and standing.snapshot.outcome != "complete":
        yield f"the snapshot is {standing.snapshot.outcome}, not complete"
    if standing.snapshot is not None and (mismatch := standing.snapshot.mismatch):
        yield f"the snapshot is {mismatch}: likely not the page that was meant"
    if not standing.zones:
        yield "nobody says whether the quote stands in the body of the page"
    elif standing.zones <= BESIDE_BODY:
        yield f"the quote stands in a {' and a '.join(sorted(standing.zones))} only"
    if claim.kind == "quotation" and not _is_original(item.lang, claim.original_lang):
        yield (
            f"the words are a translation; they were said in {claim.original_lang!r}"
            if claim.original_lang not in ("", UNDETERMINED)
            else "nobody says in which language the words were said"
        )


def _is_original(lang: str, original: str) -> bool:
    spoken = original.partition("-")[0]
    return spoken != UNDETERMINED and lang.partition("-")[0] == spoken
