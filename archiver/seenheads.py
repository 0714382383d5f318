"""The newest head that ``verify`` saw of each log, kept for whoever only reads it.

``<state>/heads/<pin>`` holds the signed checkpoint as it came, a file that other
programs read too and that proves a fork together with another one.  It goes by the pin,
not by the log's name: whoever replaces a whole archive, keys and all, has another pin,
and cannot put a head of his into this place.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archiver.flushing import keep_file, keep_folder
from archiver.keys import own_file, state_folder
from archiver.notes import MAX_NOTE


def seen_head_file(pin: str) -> Path:
    """Return where the newest head seen of the archive with this pin lies."""
    return state_folder() / "heads" / pin


@contextmanager
def comparing_heads() -> Iterator[None]:
    """Hold the heads that were seen, from the look at one until a newer one is kept.

    Raises:
        ArchiveError: their folder cannot be made or held.
    """
    folder = state_folder() / "heads"
    with own_file(folder, "made"):
        keep_folder(folder, 0o700)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with own_file(folder, "held"):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def recall_head(pin: str) -> bytes | None:
    """Return the newest checkpoint seen; None where none was.

    Raises:
        ArchiveError: it cannot be read.
    """
    place = seen_head_file(pin)
    with own_file(place, "read"):
        if not place.exists():
            return None
        with place.open("rb") as stream:
            return stream.read(MAX_NOTE + 1)


def remember_head(pin: str, note: bytes) -> None:
    """Keep a checkpoint as the newest one seen; the caller holds the heads.

    Raises:
        ArchiveError: it cannot be written.
    """
    place = seen_head_file(pin)
    with own_file(place, "written"):
        keep_file(place, note)
