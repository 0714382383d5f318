"""Why a browser does not start: what a machine, or a limit, does not give it.

Chromium and what starts it say so in their own words, far down in a log, or die without
any; then the limits of this process may tell.
"""

import resource
import tempfile
from dataclasses import dataclass
from typing import Final

FEW_FILES: Final = 256  # open at a time; a page needs about 120
FEW_PROCESSES: Final = 100  # with threads; a page needs about 80


@dataclass(frozen=True, slots=True)
class Want:
    """What a browser lacks: the words that tell it, what it is, and the remedy."""

    told_by: tuple[str, ...]
    what: str
    remedy: str


_FILES: Final = Want(
    ("EMFILE", "ENFILE", "Too many open files"),
    "it may open too few files at a time",
    "let it open more, such as with 'ulimit -n 4096'",
)
_ROOM: Final = Want(
    ("ENOSPC", "EDQUOT", "No space left on device", "Disk quota", "SIGXFSZ"),
    "there is no room for its temporary files",
    "make room in {folder}, or name a folder that has some with TMPDIR;"
    " 'ulimit -f' must say unlimited",
)
_FOLDER: Final = Want(
    (
        "EACCES: permission denied, mkdtemp",
        "EROFS",
        "ENOENT: no such file or directory",
    ),
    "its temporary files cannot be written",
    "{folder} must be a folder that this user can write; another is named with TMPDIR",
)
_PROCESSES: Final = Want(
    ("EAGAIN", "Resource temporarily unavailable", "can't start new thread"),
    "it may have too few processes",
    "let this user have more, such as with 'ulimit -u 4096'; a container has a limit of"
    " its own",
)
_MEMORY: Final = Want(
    (
        *("ENOMEM", "Cannot allocate memory", "ut of memory", "bad_alloc"),
        *("Failed to reserve virtual memory", "signal=SIGKILL"),
    ),
    "there is too little memory for it",
    "free some: it needs about 1 GB; 'ulimit -v' must say unlimited",
)
_SANDBOX: Final = Want(
    ("No usable sandbox",),
    "it found no sandbox that it can use",
    "let programs of this user have user namespaces, which it needs",
)
_WANTS: Final = (_SANDBOX, _FILES, _ROOM, _FOLDER, _PROCESSES, _MEMORY)


def find_want(said: str) -> tuple[str, str] | None:
    """Return what a browser lacks, and the remedy, by what was said as it failed.

    Where nothing tells, perhaps by the limits of this process; None where they are
    none.
    """
    told = next((each for each in _WANTS if _is_told(each, said)), None)
    found = told or _by_limits()
    if found is None:
        return None
    what = found.what if told else f"perhaps {found.what}"
    return what, found.remedy.format(folder=tempfile.gettempdir())


def _is_told(want: Want, said: str) -> bool:
    return any(words in said for words in want.told_by)


def _by_limits() -> Want | None:
    if _limit(resource.RLIMIT_AS) is not None:
        return _MEMORY
    if _limit(resource.RLIMIT_FSIZE) is not None:
        return _ROOM
    if _is_below(resource.RLIMIT_NOFILE, FEW_FILES):
        return _FILES
    return _PROCESSES if _is_below(resource.RLIMIT_NPROC, FEW_PROCESSES) else None


def _is_below(which: int, few: int) -> bool:
    limit = _limit(which)
    return limit is not None and limit < few


def _limit(which: int) -> int | None:
    """Return a limit of this process; None where there is none."""
    limit, _ = resource.getrlimit(which)
    return None if limit == resource.RLIM_INFINITY else limit
