"""Where the folder with Datasette's configuration, templates and static files lies."""

from pathlib import Path
from typing import Final

from archiver.errors import ArchiveError

DATABASE: Final = "sourcebook"  # the database's name in Datasette: its rules go by name
PLUGIN: Final = "sourcebook"  # what its metadata call this plugin
_HERE: Final = Path(__file__).parent
_PLACES: Final = (_HERE / "_publication", _HERE.parent / "datasette")


def publication_folder(places: tuple[Path, ...] = _PLACES) -> Path:
    """Return the folder of the installed package, or else that of the checkout.

    Raises:
        ArchiveError: neither holds ``metadata.yaml``.
    """
    for place in places:
        if (place / "metadata.yaml").is_file():
            return place
    raise ArchiveError(
        f"metadata.yaml is in none of {', '.join(map(str, places))}",
        hint="install the package again: its folder _publication is missing",
    )
