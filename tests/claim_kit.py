"""Claims, sources and snapshots in hand, each good until a test changes it."""

from datetime import date

from msgspec.structs import replace

from claims.folding import fold
from claims.holdings import Context, Holding
from claims.leads import Lead
from claims.model import Case, Claim, Evidence, Link, SnapshotAlias
from claims.sources import Source, SourceName

SHA = {name: f"{number:064x}" for number, name in enumerate("abcdef", start=1)}
TEXTS = {
    "a": "Witness Anna Ivanova said on 2 February that the door of the house was open.",
    "b": "I am Boris Petrov. I saw on 2 February that the door of the house was open.",
    "c": "The court orders that the door of the house be kept open from 2 February.",
    "d": "La porte n'était pas ouverte, a dit le témoin Claude Durand le 2 février.",
}
QUOTES = {
    "a": "the door of the house was open",
    "b": "I saw on 2 February that the door of the house was open",
    "c": "the door of the house be kept open from 2 February",
    "d": "La porte n'était pas ouverte, a dit le témoin Claude Durand le 2 février",
}


def link(by="org/a", **keys):
    """Make a link; of nobody's page in hand unless ``snapshot`` says so."""
    if not {"snapshot", "lead", "missing"} & keys.keys():
        keys["missing"] = "its own page"
    return Link(by=by, **keys)


def own(name="a", **keys):
    """Make the evidence of an origin that speaks in its own page in hand, and knows."""
    chain = (link(f"org/{name}", snapshot=name, knows="witness"),)
    return evidence(**{"snapshot": name, "chain": chain, **keys})


def evidence(**keys):
    """Make a supporting quote of snapshot ``a``, whose publisher does not say why."""
    snapshot = keys.get("snapshot", "a")
    defaults = {
        "id": "e1",
        "added": date(2026, 11, 25),
        "role": "supports",
        "snapshot": snapshot,
        "lang": "en",
        "zone": "body",
        "chain": (link(f"org/{snapshot}", snapshot=snapshot, knows="unstated"),),
    }
    if "quotes" not in keys:
        defaults["quote"] = QUOTES.get(snapshot, "words that stand nowhere")
    return Evidence(**defaults | keys)


def claim(*items, **keys):
    """Make a claim of fact that rests on ``items``."""
    defaults = {
        "schema": "sourcebook/claim@1",
        "id": "c-00000001",
        "case": "house",
        "author": "the project",
        "kind": "fact",
        "claim": "The door of the house was open.",
        "evidence": items,
    }
    return Claim(**defaults | keys)


def source(name, **keys):
    """Make the source ``name`` (an id), called by it."""
    named = (SourceName(text=f"the {name.partition('/')[2]}", lang="en"),)
    return Source(**{"id": name, "names": named, "naming": "public", **keys})


def sources(*more):
    """Return the publishers of all snapshots, and ``more``, by id."""
    each = [source(f"org/{name}") for name in TEXTS]
    return {one.id: one for one in (*each, *more)}


def alias(name, **keys):
    """Make what the case says of the snapshot ``name``."""
    defaults = {"sha256": SHA[name], "publisher": f"org/{name}", "language": "en"}
    return SnapshotAlias(**defaults | {"published": "2026-02-02"} | keys)


def case(**snapshots):
    """Make the case, with all snapshots pinned, and those given in place of them."""
    pinned = {name: alias(name) for name in TEXTS} | snapshots
    return Case(id="house", title="The house", language="en", snapshots=pinned)


def holding(name, **keys):
    """Make the snapshot ``name`` in hand: observed, complete, in plain text."""
    text = keys.get("text", TEXTS.get(name))
    defaults = {
        "sha256": SHA[name],
        "custody": "observed",
        "text": text,
        "layer": None if text is None else fold(text),
        "extractor": "plain@1",
    }
    return Holding(**defaults | keys)


def lead(name="lead/page-1", url="https://example.org/page-1"):
    """Make a lead."""
    return Lead(2, name, url, "Example", "en", "2026-02", "the door", "the opening")


def context(*others, case_=None, **keys):
    """Make what a claim is read against; ``others`` are the other claims."""
    defaults = {
        "case": case_ or case(),
        "holdings": {name: holding(name) for name in TEXTS},
        "sources": sources(),
        "leads": {"lead/page-1": lead()},
        "claims": {one.id: one for one in others},
    }
    return Context(**defaults | keys)


__all__ = [
    "QUOTES",
    "SHA",
    "TEXTS",
    "alias",
    "case",
    "claim",
    "context",
    "evidence",
    "holding",
    "lead",
    "link",
    "own",
    "replace",
    "source",
    "sources",
]
