"""Cells of the table pages that name something with a page of its own."""

from collections.abc import Callable
from typing import Any, Final

from markupsafe import Markup

_CLAIM: Final = "/claim/{}"
_SNAPSHOT: Final = "/snapshot/{}"
_SOURCE: Final = "/source/{}"
_STATEMENT: Final = "/statement/{}"
_LEAD: Final = "/{}"
_CASE: Final = "/case/{}"

# Table and column → address.  A column that is not here is shown as it is.
_ADDRESSES: Final = {
    ("cases", "id"): _CASE,
    ("claims", "id"): _CLAIM,
    ("snapshots", "sha256"): _SNAPSHOT,
    ("sources", "id"): _SOURCE,
    ("statements", "id"): _STATEMENT,
    ("leads", "id"): _LEAD,
    ("log_entries", "idx"): "/log/{}",
    ("attempts", "log_index"): "/log/{}",
}
_BY_COLUMN: Final = {
    "claim": _CLAIM,
    "other": _CLAIM,
    "by_claim": _CLAIM,
    "snapshot": _SNAPSHOT,
    "source": _SOURCE,
    "publisher": _SOURCE,
    "statement": _STATEMENT,
    "sealed": _STATEMENT,
    "seconds": _STATEMENT,
    "release_statement": _STATEMENT,
    "lead": _LEAD,
    "case_id": _CASE,
}
_PROSE: Final = frozenset((("claims", "claim"), ("leads", "publisher")))


def link_cell(
    table: str, column: str, value: Any, path: Callable[[str], str]
) -> Markup | None:
    """Return a link for a cell that names a thing; None for any other cell.

    Datasette gives a foreign key as a dictionary where it knows a label for it.
    """
    label = value
    if isinstance(value, dict):
        label, value = value.get("label") or value["value"], value["value"]
    if value is None or isinstance(value, bytes) or (table, column) in _PROSE:
        return None
    address = _ADDRESSES.get((table, column)) or _BY_COLUMN.get(column)
    if address is None or (table, column) == ("statements", "sealed"):
        return None
    return Markup('<a href="{}">{}</a>').format(path(address.format(value)), label)
