"""Bringing files and folders to the disk: several at once, where there are many.

A disk does at the same time what it is asked for at the same time: to ask for one after
the other takes four times as long.
"""

import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

FLUSHERS: Final = 8  # threads at most
SHARE: Final = 4  # places for each of them at least


def flush(place: Path | str) -> None:
    """Bring a file, or the names in a folder, to the disk.

    Raises:
        OSError: it is not there, or the disk does not take it.
    """
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(folder: Path, mode: int = 0o777) -> list[Path]:
    """Make a folder and those above it; return all whose names change with it.

    ``mode`` is that of the folder itself.

    Raises:
        OSError: it cannot be made.
    """
    changed = [folder]
    while not changed[-1].is_dir():
        changed.append(changed[-1].parent)
    if len(changed) > 1:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    return changed


def keep_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder where it is not there, and bring it to the disk.

    Raises:
        OSError: it cannot be made, or the disk does not take it.
    """
    for made in make_folders(folder, mode)[1:]:
        flush(made)


def keep_file(place: Path, content: bytes) -> None:
    """Write a file whole, in place of what lies there, and bring it to the disk.

    The caller sees to it that nobody else writes it at the same time.

    Raises:
        OSError: it cannot be written.
    """
    staged = place.with_name(f".{place.name}")
    staged.write_bytes(content)
    flush(staged)
    staged.replace(place)
    flush(place.parent)


def have_too(file: Path, place: Path) -> None:
    """Have a finished file at ``place`` too: a link, or a copy on another disk.

    Raises:
        OSError: it is not there, or the disk does not take it.
    """
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def take_away(files: Iterable[Path]) -> None:
    """Remove the names by which files were given: what is kept has one of its own.

    Whoever wrote to such a name again would write into what is kept.  One that cannot
    be removed stays: what was to be kept is.
    """
    for file in files:
        with suppress(OSError):
            file.unlink()


def flush_all(places: Iterable[str]) -> None:
    """Bring files and folders to the disk; which of them is there first is open.

    Raises:
        OSError: one is not there, or the disk does not take it.
    """
    waiting = list(places)
    shares = max(1, min(FLUSHERS, len(waiting) // SHARE))
    if shares == 1:
        _flush_each(waiting)
        return
    with ThreadPoolExecutor(shares) as pool:
        list(pool.map(_flush_each, (waiting[n::shares] for n in range(shares))))


def _flush_each(places: Iterable[str]) -> None:
    for place in places:
        flush(place)
