"""Rows of the published database for claims: each revision, its evidence, its chains.

A claim is shown as its file has it.  Where a snapshot is sealed, its words are not: no
quote of it, no translation, no alias, and not the claim file itself.  Around a quote
stand a few words of the text layer; names that are withheld are taken out of them.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archiver.openings import Zone
from claims.anchoring import Anchor
from claims.ceilings import Ceiling
from claims.dates import describe
from claims.elision import MARK, Elider
from claims.model import Claim, Evidence, Link, voice_of
from claims.published.record_rows import HeldSnapshot, Row, canonical

AROUND: Final = {"public": 240, "quotes": 120}  # code points shown beside a quote
TRANSLATOR: Final = "by"  # the key beside the languages of a translation


@dataclass(frozen=True, slots=True)
class Since:
    """The first release that lists a revision: its number, entry and claimed time."""

    number: int
    index: int
    on: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a claim with what the rules make of it.

    ``anchors`` has one for each part of each quote; ``since`` is None in a draft.
    """

    claim: Claim
    number: int
    file: str
    data: bytes
    since: Since | None
    anchors: Mapping[str, tuple[Anchor, ...]]
    ceiling: Ceiling
    citation: str
    csl: Mapping[str, object]

    @property
    def key(self) -> Row:
        """The columns that every row of this revision begins with."""
        return {"claim": self.claim.id, "revision": self.number}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rows of a claim are written against: the case's snapshots, by alias."""

    held: Mapping[str, HeldSnapshot]
    elider: Elider

    def is_sealed(self, alias: str) -> bool:
        """Whether the words of that snapshot may not be shown."""
        return alias in self.held and self.held[alias].exposure.level == "sealed"

    def rests_on_sealed(self, claim: Claim) -> bool:
        """Whether the claim file holds words of a sealed snapshot, or its alias."""
        return any(
            self.is_sealed(alias)
            for item in claim.evidence
            for alias in (item.snapshot, *(link.snapshot for link in item.chain))
        )

    def holds_hidden(self, revision: Revision) -> bool:
        """Whether the claim file holds what may not be shown, and is not given out."""
        return self.rests_on_sealed(revision.claim) or any(
            self.is_cut(item, revision.anchors.get(item.id, ()))
            for item in revision.claim.evidence
        )

    def words_of(self, item: Evidence, anchors: Sequence[Anchor]) -> list[str]:
        """Return prefix, quotes and suffix without the names that are withheld.

        A quote may begin or end within a name: half of one is taken out as well.
        """
        words = [item.prefix, *item.parts, item.suffix]
        whole, place = self.elider.elide(" ".join(words)), 0
        for index, piece in enumerate(words):
            words[index] = whole[place : place + len(piece)]
            place += len(piece) + 1
        held = self.held.get(item.snapshot)
        if held is None or not held.exposure.named:
            return words
        text = self.elider.elide(held.text or "")
        for index, found in enumerate(anchors, 1):
            shown = text[found.start : found.end] if found.start is not None else ""
            words[index] = shown if MARK in shown else words[index]
        beside = [_beside(text, anchors[:1], item.prefix, -1)]
        beside += [_beside(text, anchors[-1:], item.suffix, 1)]
        words[0] = "" if MARK in beside[0] and MARK not in words[0] else words[0]
        words[-1] = "" if MARK in beside[1] and MARK not in words[-1] else words[-1]
        return words

    def is_cut(self, item: Evidence, anchors: Sequence[Anchor]) -> bool:
        """Whether a quote, or what stands beside it, begins or ends within a name."""
        words = (item.prefix, *item.parts, item.suffix)
        return self.words_of(item, anchors) != [*map(self.elider.elide, words)]


def claim_row(
    revision: Revision, *, case: str, position: int, slug: str, verdict: Row
) -> Row:
    """Return the row of a claim; ``verdict`` has its strength, state and stale."""
    return {
        "id": revision.claim.id,
        "case_id": case,
        "position": position,
        "slug": slug,
        "revision": revision.number,
        "kind": revision.claim.kind,
        "claim": revision.claim.claim,
        "ceiling": revision.ceiling.strength,
        **verdict,
    }


def revision_row(revision: Revision, around: Surroundings) -> Row:
    """Return the row of one revision; without the file where it holds sealed words."""
    claim, since = revision.claim, revision.since
    hidden = around.holds_hidden(revision)
    return {
        **revision.key,
        "file": revision.file,
        "sha256": hashlib.sha256(revision.data).hexdigest(),
        "toml": "" if hidden else revision.data.decode(),
        "since_release": since.number if since else None,
        "since_index": since.index if since else None,
        "since_on": since.on if since else None,
        "author": claim.author,
        "kind": claim.kind,
        "sentence": claim.claim,
        "holds": claim.holds or None,
        "holds_words": describe(claim.holds) if claim.holds else None,
        "as_of": claim.as_of or None,
        "as_of_words": describe(claim.as_of) if claim.as_of else None,
        "original_lang": claim.original_lang or None,
        "sensitive": claim.sensitive or None,
        "note": claim.note,
        "ceiling": revision.ceiling.strength,
        "ceiling_steps": canonical(_steps(revision.ceiling)),
        "citation": revision.citation,
        "citation_csl": canonical(revision.csl),
    }


def about_rows(revision: Revision) -> Iterator[Row]:
    """Yield whom and what a claim is about."""
    for position, source in enumerate(revision.claim.about):
        yield revision.key | {"position": position, "source": source}


def evidence_rows(revision: Revision, around: Surroundings) -> Iterator[Row]:
    """Yield each piece of evidence; of a sealed snapshot only that there is one."""
    for position, item in enumerate(revision.claim.evidence):
        held = around.held[item.snapshot]
        row = revision.key | {
            "evidence": item.id,
            "position": position,
            "added": item.added.isoformat(),
            "role": item.role,
            "lang": item.lang,
            **_copy_of(item, around),
        }
        if around.is_sealed(item.snapshot):
            yield row | {"sealed": held.statement_id, "withheld": 1}
        else:
            anchors = revision.anchors.get(item.id, ())
            told = {} if around.is_cut(item, anchors) else item.translations
            yield row | _shown(item, held, anchors, told)


def quote_rows(revision: Revision, around: Surroundings) -> Iterator[Row]:
    """Yield the parts of each quote with the words around it; none that is sealed."""
    for item in revision.claim.evidence:
        if around.is_sealed(item.snapshot):
            continue
        held = around.held[item.snapshot]
        text = held.text or ""
        if held.exposure.named:
            text = around.elider.elide(text)
        anchors = revision.anchors.get(item.id, ())
        prefix, *quotes, suffix = around.words_of(item, anchors)
        for part, (quote, found) in enumerate(zip(quotes, anchors, strict=True)):
            last = part == len(item.parts) - 1
            yield revision.key | {
                "evidence": item.id,
                "part": part,
                "quote": quote,
                "prefix": "" if part else prefix,
                "suffix": suffix if last else "",
                "status": found.status,
                "reason": found.reason,
                "start": found.start,
                "end": found.end,
                **_context(text, found, AROUND[held.exposure.level]),
            }


def link_rows(revision: Revision, around: Surroundings) -> Iterator[Row]:
    """Yield each link of each chain, from the page in hand inwards."""
    for item in revision.claim.evidence:
        for position, link in enumerate(item.chain):
            yield revision.key | {
                "evidence": item.id,
                "position": position,
                "source": link.by,
                "voice": voice_of(item, position),
                "attribution": link.attribution,
                "party": int(link.party),
                "knows": link.knows,
                "primary_kind": link.primary or None,
                **_place(link, around),
            }


def wanted_rows(revision: Revision) -> Iterator[Row]:
    """Yield what would raise or dispute the claim."""
    for position, wanted in enumerate(revision.claim.wanted):
        yield revision.key | {
            "position": position,
            "what": wanted.what,
            "may": wanted.may,
            "lead": wanted.lead or None,
        }


def related_rows(revision: Revision, published: Collection[str]) -> Iterator[Row]:
    """Yield how the claim stands to others that are published."""
    for position, related in enumerate(revision.claim.related):
        if related.claim in published:
            yield revision.key | {
                "position": position,
                "other": related.claim,
                "relation": related.relation,
            }


def _steps(ceiling: Ceiling) -> list[Row]:
    """Return how the ceiling was found: the steps, weakest first, then the caps."""
    steps: list[Row] = [
        {
            "strength": step.strength,
            "met": step.reached,
            "why": step.why,
            "evidence": list(step.evidence),
        }
        for step in ceiling.steps
    ]
    caps: list[Row] = [
        {"cap": cap.strength, "why": cap.why, "evidence": list(cap.evidence)}
        for cap in ceiling.caps
    ]
    return steps + caps


def _copy_of(item: Evidence, around: Surroundings) -> Row:
    """Return what the evidence is a copy of; the alias of a sealed one is not shown."""
    shown = item.copy_of and not around.is_sealed(item.copy_of)
    return {"copy_of": item.copy_of if shown else None}


def _shown(
    item: Evidence,
    held: HeldSnapshot,
    anchors: tuple[Anchor, ...],
    told: Mapping[str, str],
) -> Row:
    zone, zone_by = _zone(item, held.opening.zones if held.opening else (), anchors)
    by = item.translation.get(TRANSLATOR)
    return {
        "snapshot": held.facts.sha256,
        "alias": item.snapshot,
        "record": held.facts.text.record if held.facts.text else None,
        "extractor": held.facts.text.extractor if held.facts.text else None,
        "zone": zone,
        "zone_by": zone_by,
        "withheld": 0,
        "translations": canonical(
            [{"lang": lang, "text": text, "by": by} for lang, text in told.items()]
        ),
    }


def _zone(
    item: Evidence, zones: tuple[Zone, ...], anchors: tuple[Anchor, ...]
) -> tuple[str | None, str | None]:
    """Return the zone of the first part, and who says so."""
    start = anchors[0].start if anchors else None
    for first, end, name in zones:
        if start is not None and first <= start < end:
            return name, "extractor"
    return (item.zone, "author") if item.zone else (None, None)


def _context(text: str, found: Anchor, around: int) -> Row:
    """Return the words of the text layer at a quote and beside it, cut at spaces."""
    if found.start is None or found.end is None:
        return {}
    before = text[max(0, found.start - around) : found.start]
    after = text[found.end : found.end + around]
    if len(before) == around and " " in before:
        before = before.partition(" ")[2]
    if len(after) == around and " " in after:
        after = after.rpartition(" ")[0]
    return {"before": before, "matched": text[found.start : found.end], "after": after}


def _beside(text: str, anchors: Sequence[Anchor], words: str, side: int) -> str:
    """Return what stands in the text where a prefix (-1) or a suffix (1) does."""
    for found in anchors:
        if words and found.start is not None and found.end is not None:
            if side < 0:
                return text[max(0, found.start - len(words) - 1) : found.start]
            return text[found.end : found.end + len(words) + 1]
    return ""


def _place(link: Link, around: Surroundings) -> Row:
    """Return where the link's own words are: in hand, sealed, a lead, or missing."""
    if not link.snapshot:
        return {"lead": link.lead or None, "missing": link.missing or None}
    held = around.held[link.snapshot]
    if around.is_sealed(link.snapshot):
        return {"sealed": held.statement_id}
    return {"snapshot": held.facts.sha256}
