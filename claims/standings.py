"""Where the evidence of a claim stands: anchors, zones, and the ground of a ceiling."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from claims.anchoring import Anchor, EmptyQuoteError, anchor_parts
from claims.ceilings import Ground
from claims.folding import fold
from claims.holdings import Context, Holding
from claims.model import Claim, Evidence
from claims.weights import Standing

Anchors = Mapping[str, tuple[Anchor, ...]]  # by evidence id, one for each part

_NOTHING: Final = fold("")


def anchor_claim(claim: Claim, context: Context) -> dict[str, tuple[Anchor, ...]]:
    """Anchor each quote of ``claim``; of evidence ids given twice the first counts."""
    anchors: dict[str, tuple[Anchor, ...]] = {}
    for item in claim.evidence:
        if item.id not in anchors:
            anchors[item.id] = _anchor(item, context.holdings.get(item.snapshot))
    return anchors


def find_ground(
    claim: Claim, context: Context, anchors: Anchors, set_aside: Collection[str]
) -> Ground:
    """Return what the ceiling of ``claim`` is computed from."""
    items = {item.id: item for item in reversed(claim.evidence)}
    return Ground(
        tuple(_stand(items[name], context, anchors[name]) for name in anchors),
        context.sources,
        {alias: pinned.sha256 for alias, pinned in context.case.snapshots.items()},
        frozenset(set_aside),
    )


def find_layer_zones(holding: Holding, anchors: Sequence[Anchor]) -> frozenset[str]:
    """Return the zones of the text layer in which the anchored words stand."""
    return frozenset(
        zone
        for anchor in anchors
        for first, last, zone in holding.zones
        if anchor.start is not None
        and anchor.end is not None
        and first < anchor.end
        and anchor.start < last
    )


def _anchor(item: Evidence, holding: Holding | None) -> tuple[Anchor, ...]:
    """Anchor the parts of a quote; in what nobody signed, nothing is anchored."""
    if holding is None or not holding.consistent:
        return ()
    try:
        return anchor_parts(
            holding.layer or _NOTHING,
            item.parts,
            item.prefix,
            item.suffix,
            holding.zones if item.quotes else (),
            searchable=holding.searchable,
        )
    except EmptyQuoteError:
        return tuple(Anchor("absent", reason="empty") for _ in item.parts)


def _stand(item: Evidence, context: Context, anchors: Sequence[Anchor]) -> Standing:
    holding = context.holdings.get(item.snapshot)
    zones = find_layer_zones(holding, anchors) if holding else frozenset()
    if not zones and item.zone:
        zones = frozenset((item.zone,))
    return Standing(
        item,
        anchored=bool(anchors) and all(anchor.is_anchored for anchor in anchors),
        zones=zones,
        snapshot=holding,
        origin=context.holdings.get(item.origin.snapshot),
    )
