"""Groups of evidence that are one voice (docs/claims.md).

Evidence belongs to one group when it has the same origin, when it is declared a copy,
or when its origins are of one publisher family: an organisation does not corroborate
itself.  All origins that are unknown, that relay, or that do not say how they know form
one group, since they may all rest on the same one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from claims.model import Evidence
from claims.sources import Source

VAGUE: Final = ("relayed", "unstated")
_UNKNOWN: Final = "unknown"


def group_evidence(
    evidence: Iterable[Evidence],
    sources: Mapping[str, Source],
    pins: Mapping[str, str],
) -> dict[str, int]:
    """Return the number of the group of each evidence id; groups count from 0.

    All evidence of a claim binds groups together, whatever its role.  ``pins`` are the
    SHA-256 of the case's aliases: two aliases of one snapshot are one text.
    """
    items = list(evidence)
    copied = {pins.get(item.copy_of, item.copy_of) for item in items if item.copy_of}
    forest: dict[str, str] = {}  # each name leads to another one of its group
    for item in items:
        for key in (*_origin_keys(item, sources), *_text_keys(item, copied, pins)):
            forest[_root(forest, key)] = _root(forest, f"evidence {item.id}")
    roots = {item.id: _root(forest, f"evidence {item.id}") for item in items}
    numbers = {
        root: number for number, root in enumerate(dict.fromkeys(roots.values()))
    }
    return {name: numbers[root] for name, root in roots.items()}


def is_unknown(by: str, sources: Mapping[str, Source]) -> bool:
    """Say whether nobody knows who ``by`` is: it has no file, or stands for no name."""
    return by not in sources or sources[by].unnamed


def _root(forest: dict[str, str], name: str) -> str:
    """Return the one name that all of a group lead to; shorten the way there."""
    while forest.setdefault(name, name) != name:
        forest[name] = forest[forest[name]]
        name = forest[name]
    return name


def _origin_keys(item: Evidence, sources: Mapping[str, Source]) -> Iterator[str]:
    origin = item.origin
    yield f"origin {origin.by}"
    if is_unknown(origin.by, sources) or (origin.knows or VAGUE[-1]) in VAGUE:
        yield _UNKNOWN
    if origin.by in sources and sources[origin.by].family:
        yield f"family {sources[origin.by].family}"
    kind, _, slug = origin.by.partition("/")
    if kind != "person":  # a family may be called by the name of its head
        yield f"family {slug}"


def _text_keys(
    item: Evidence, copied: set[str], pins: Mapping[str, str]
) -> Iterator[str]:
    """Yield the texts that ``item`` is declared a copy of, or that are its own."""
    if item.copy_of:
        yield f"text {pins.get(item.copy_of, item.copy_of)}"
    for own in (item.id, pins.get(item.snapshot, item.snapshot)):
        if own in copied:
            yield f"text {own}"
