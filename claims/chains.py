"""Rules of the chain: who says it, whom they cite, and what is known of each.

C02, C06 and C21 (docs/claims.md).
"""

from collections import Counter
from collections.abc import Iterator

from archiver.findings import Finding
from archiver.strict import show
from claims.inspection import Inspection
from claims.model import Evidence, Link, voice_of
from claims.places import Path


def check_primary(view: Inspection) -> Iterator[Finding]:
    """C02: ``supplied`` never counts as ``observed``; it is no primary by itself."""
    for path, item in view.evidence():
        holding = view.holding(item.origin.snapshot)
        if item.origin.primary and holding is not None and not holding.in_hand:
            yield view.finding(
                "C02",
                (*path, "chain", len(item.chain) - 1, "primary"),
                f"the primary document of {item.id} was supplied and is not"
                " authenticated, expected one observed, or authenticated by two",
                "leave 'primary' out until it is authenticated",
            )


def check_chains(view: Inspection) -> Iterator[Finding]:
    """C06: a chain leads from the publisher in hand, link by link, to one origin."""
    for path, item in view.evidence():
        chain = (*path, "chain")
        yield from _check_first(view, chain, item)
        yield from _check_cycle(view, chain, item)
        for index, link in enumerate(item.chain):
            place = (*chain, index)
            last = index == len(item.chain) - 1
            yield from _check_place(view, place, link)
            yield from _check_knowledge(view, place, link, last=last)
            yield from _check_voice(view, place, item, index)


def _check_first(view: Inspection, chain: Path, item: Evidence) -> Iterator[Finding]:
    first = item.chain[0]
    if first.snapshot != item.snapshot:
        yield view.finding(
            "C06",
            (*chain, 0),
            f"the chain of {item.id} begins with"
            f" {show(first.snapshot or first.lead or first.missing)},"
            f" expected its snapshot {item.snapshot!r}: the page in hand",
        )
    alias = view.context.case.snapshots.get(item.snapshot)
    if alias is not None and first.by != alias.publisher:
        yield view.finding(
            "C06",
            (*chain, 0, "by"),
            f"the chain of {item.id} begins with {first.by}, expected"
            f" {alias.publisher}, the publisher of {item.snapshot!r}",
        )


def _check_cycle(view: Inspection, chain: Path, item: Evidence) -> Iterator[Finding]:
    for by, times in Counter(link.by for link in item.chain).items():
        if times > 1:
            yield view.finding(
                "C06",
                chain,
                f"{by} stands {times} times in the chain of {item.id}, expected once:"
                " nobody is their own source",
            )


def _check_place(view: Inspection, place: Path, link: Link) -> Iterator[Finding]:
    given = [key for key in ("snapshot", "lead", "missing") if getattr(link, key)]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        message = f"the link of {link.by} has {found}, expected one of snapshot, lead,"
        yield view.finding("C06", place, f"{message} missing")


def _check_knowledge(
    view: Inspection, place: Path, link: Link, *, last: bool
) -> Iterator[Finding]:
    if last and link.knows is None:
        message = f"the last link, {link.by}, has no 'knows', expected how the origin"
        hint = "where it does not say how, knows is 'unstated'"
        yield view.finding("C06", place, f"{message} says that it knows", hint)
    for key in ("knows", "primary"):
        if not last and getattr(link, key):
            message = f"{key} stands on the link of {link.by}, expected on the last"
            yield view.finding("C06", (*place, key), f"{message} link only")


def _check_voice(
    view: Inspection, place: Path, item: Evidence, index: int
) -> Iterator[Finding]:
    """A link that speaks for itself in a snapshot published that snapshot."""
    link = item.chain[index]
    alias = view.context.case.snapshots.get(link.snapshot)
    if index == 0 or alias is None or voice_of(item, index) != "own":
        return
    if link.by != alias.publisher:
        yield view.finding(
            "C06",
            (*place, "voice"),
            f"{link.by} speaks with its own voice in {link.snapshot!r}, which"
            f" {alias.publisher} published, expected its publisher",
            "a page of somebody else that shows the words whole is a 'facsimile'",
        )


def check_wanted(view: Inspection) -> Iterator[Finding]:
    """C21: ``wanted`` is there whenever a chain has ``missing``."""
    for path, item in view.evidence():
        for index, link in enumerate(item.chain):
            if link.missing and not view.claim.wanted:
                yield view.finding(
                    "C21",
                    (*path, "chain", index, "missing"),
                    f"what {link.by} said is missing, and nothing is wanted, expected"
                    " a [[wanted]] block that says what would be",
                )
                return
