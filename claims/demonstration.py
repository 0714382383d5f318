"""The archive that ships with the project: where it lies."""

from pathlib import Path

from archiver.errors import ArchiveError
from archiver.store import CONFIG

NAME = "kz-handover-2026"
_HERE = Path(__file__).parent
_PLACES = (_HERE / "_demo", _HERE.parent / "archives" / NAME)


def shipped_archive() -> Path:
    """Return the folder of the shipped archive: in the package, or in the checkout.

    Raises:
        ArchiveError: it is in neither.
    """
    for place in _PLACES:
        if (place / CONFIG).is_file():
            return place
    raise ArchiveError(
        f"the shipped archive is in none of {', '.join(map(str, _PLACES))}",
        hint="in a checkout, 'make archive' makes it; else install the package again",
    )
