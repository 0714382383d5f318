"""A browser's account as a statement has it: the beginning of each list, texts cut.

The file has all of it.  Whoever captures makes it so, and whoever verifies makes it
again.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

MOST: Final = 1000  # entries of one list
LONGEST: Final = 300  # characters of one text
_MORE = re.compile("and ([0-9]{1,9}) more, which the file names")


def shorten(entries: Iterable[Any]) -> list[Any]:
    """Return a list that fits into a statement."""
    kept = [_cut(each) for each in entries]
    if len(kept) <= MOST:
        return kept
    return [*kept[:MOST], f"and {len(kept) - MOST} more, which the file names"]


def count_all(entries: Sequence[Any]) -> int:
    """Count a list that was made short: those too that the file alone names."""
    last = entries[-1] if len(entries) == MOST + 1 else None
    more = _MORE.fullmatch(last) if isinstance(last, str) else None
    return MOST + int(more[1]) if more else len(entries)


def _cut(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {key: _cut(value) for key, value in entry.items()}
    return entry[:LONGEST] if isinstance(entry, str) else entry
