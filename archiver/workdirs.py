"""Folders for what is being written, each held by the process that made it.

What lies in one may be secret, such as the cookies of a login.  It is removed at the
end; what a killed process left is removed by the next one that needs a folder, which
tells it by the lock that the kernel let go of.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from archiver.errors import ArchiveError

PREFIX = "sourcebook-"
_NEW = 60.0  # seconds in which a folder may not be locked yet


@contextmanager
def work_folder() -> Iterator[Path]:
    """Make a folder, hold it, and remove it with all that it holds.

    Raises:
        ArchiveError: no folder for temporary files can be made.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        held = _hold(folder)
    except OSError as error:
        raise ArchiveError(
            f"no folder for temporary files can be made: {error.strerror}",
            hint="make room on that disk, or name another folder in TMPDIR",
        ) from error
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(remove)  # for a thread that the end of the process cuts off
    try:
        _sweep(folder.parent)
        yield folder
    finally:
        remove()
        atexit.unregister(remove)
        os.close(held)


def _sweep(parent: Path) -> None:
    """Remove the folders in ``parent`` that processes of this user left when killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another process removes it as well
            found = folder.lstat()
            ours = found.st_uid == os.getuid() and not folder.is_symlink()
            if ours and time.time() - found.st_mtime > _NEW:
                held = _hold(folder)
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)


def _hold(folder: Path) -> int:
    """Lock a folder, and return the descriptor that keeps the lock.

    Raises:
        OSError: another process holds it, or it is no folder.
    """
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held
