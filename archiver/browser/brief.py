"""A browser's account as a statement has it: the beginning of each list, texts cut.

The file has all of it.  Whoever captures makes it so, and whoever verifies makes it
again.
"""

from collections.abc import Iterable
from typing import Any, Final

MOST: Final = 1000  # entries of one list
LONGEST: Final = 300  # characters of one text


def shorten(entries: Iterable[Any]) -> list[Any]:
    """Return a list that fits into a statement."""
    kept = [_cut(each) for each in entries]
    if len(kept) <= MOST:
        return kept
    return [*kept[:MOST], f"and {len(kept) - MOST} more, which the file names"]


def _cut(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {key: _cut(value) for key, value in entry.items()}
    return entry[:LONGEST] if isinstance(entry, str) else entry
