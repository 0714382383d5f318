"""The folder of an archive: where each file lies, and how one is added.

Nothing that was archived is changed: a file is written under another name, flushed, and
put into place.  What belongs together goes through a :class:`Batch`, which first lies
complete in ``logs/.staging-…``, then is renamed to ``logs/.ready-…`` and linked into
place file by file: a kill before that rename leaves nothing, a kill after it leaves
what the next writer brings in (:func:`recover`).  Until all of it is on the disk, in
its place, it stays whole in ``.ready-…``: what a lost power undoes is done again.
Writers hold ``flock`` on the archive's folder.
"""

import errno
import fcntl
import filecmp
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from archiver.config import Config, parse_config
from archiver.errors import ArchiveError, MalformedError, VerificationError
from archiver.flushing import flush, flush_all, have_too, make_folders, take_away

CONFIG = "archive.toml"
HELD = ("snapshots", "statements", "logs")  # the release lists every file outside these
LOG = "logs/1"
BUNDLE = ".sigstore.json"
STAGING, READY = ".staging-", ".ready-"
_PATIENCE = 60.0  # seconds that a writer waits for another one
_MAX_CONFIG, _MAX_NAME = 1 << 20, 255  # bytes; of a file's name


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive on this disk."""

    root: Path
    config: Config

    def path(self, rel: str) -> Path:
        """Return the place of the archive's own file ``rel``."""
        return self.root / rel


def open_archive(root: Path) -> Archive:
    """Open the archive in the folder ``root``.

    Raises:
        ArchiveError: there is no such folder, it holds no ``archive.toml``, or that
            file cannot be read or does not parse.
    """
    place = root / CONFIG
    try:
        with open_plain(place) as stream:
            config = parse_config(stream.read(_MAX_CONFIG))
    except OSError as error:
        raise ArchiveError(
            f"{root} is no archive: {CONFIG} cannot be read ({error.strerror})",
            hint="make one with 'sourcebook init DIR', or name one with --archive DIR",
        ) from error
    except MalformedError as error:
        raise ArchiveError(
            f"{root}: {error}", hint="mend the file, or restore it from a copy"
        ) from error
    return Archive(root, config)


def find_archive(named: Path | None, environ: Mapping[str, str], start: Path) -> Path:
    """Find the archive meant: the one named, else the nearest parent with a config.

    Raises:
        ArchiveError: none is named, and no folder from ``start`` upwards is one.
    """
    if named is not None:
        return named
    if environ.get("SOURCEBOOK_ARCHIVE"):
        return Path(environ["SOURCEBOOK_ARCHIVE"])
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise ArchiveError(
        f"no archive here: neither {start} nor a folder above it holds {CONFIG}",
        hint="make one with 'sourcebook init DIR', or name one with --archive DIR",
    )


def snapshot_file(sha256: str, suffix: str) -> str:
    """Return where a snapshot's bytes lie; ``suffix`` is ``.warc.gz``, ``.wacz``, …."""
    return f"snapshots/{sha256[:2]}/{sha256}{suffix}"


def statement_file(statement_id: str) -> str:
    """Return where a statement's bundle lies."""
    return f"statements/{statement_id[:2]}/{statement_id}{BUNDLE}"


def list_statements(archive: Archive) -> list[str]:
    """List every bundle in ``statements/``, wherever it lies there, by path and order.

    Of many thousands: so by names alone, which are far quicker than ``Path`` objects.
    """
    root = str(archive.path("statements"))
    found = []
    for folder, _, files in os.walk(root):
        within = folder.removeprefix(root).removeprefix("/")
        if len(within) == len("aa"):
            bundles = (name for name in files if name.endswith(BUNDLE))
            found += [f"statements/{within}/{name}" for name in bundles]
    return sorted(found)


def receipt_file(statement_id: str) -> str:
    """Return where a statement's receipt lies."""
    return f"statements/{statement_id[:2]}/{statement_id}.tlog-proof"


@contextmanager
def writing(archive: Archive) -> Iterator[None]:
    """Hold the archive for writing; the kernel lets go of it when the process ends.

    Raises:
        ArchiveError: another process held it for a minute, or it cannot be opened.
    """
    with _reported(archive.root, "opened"):
        held = os.open(archive.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _wait(held, archive.root)
        recover(archive)
        yield
    finally:
        os.close(held)


@dataclass(slots=True)
class Batch:
    """Files that come into the archive together, or not at all."""

    archive: Archive
    folder: Path
    names: set[str] = field(default_factory=set)
    given: list[Path] = field(default_factory=list)

    def add(self, rel: str, content: bytes | Path) -> None:
        """Stage ``content`` (bytes, or a file, gone once all is in) to become ``rel``.

        Raises:
            ArchiveError: ``rel`` is there already, or the disk does not take it.
        """
        self.check_free(rel)
        name = _staged_name(rel)
        place = self.folder / name
        with _reported(self.archive.path(rel), "written"):
            if "/" in name:
                place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                have_too(content, place)
                self.given.append(content)
            else:
                place.write_bytes(content)
            place.chmod(0o444 if rel.split("/", 1)[0] in HELD else 0o644)
        self.names.add(rel)

    def check_free(self, rel: str) -> None:
        """Check that there is no ``rel`` in the archive, nor will be.

        Raises:
            ArchiveError: there is.
        """
        if rel in self.names or os.path.lexists(self.archive.path(rel)):
            raise ArchiveError(
                f"{rel} is in the archive already, and is never changed",
                hint="'sourcebook show' tells what is known of it",
            )

    def commit(self) -> None:
        """Move everything into place; from the first rename on it will get there."""
        with _reported(self.archive.root, "written"):
            flush_all(
                os.path.join(folder, name)  # noqa: PTH118 - of many, and quicker
                for folder, _, files in os.walk(self.folder)
                for name in (*files, ".")
            )
            name = READY + self.folder.name.removeprefix(STAGING)
            ready = self.folder.rename(self.folder.with_name(name))
            flush(ready.parent)
        take_away(self.given)  # from here on it is kept, whatever fails
        _move_in(self.archive, ready)


@contextmanager
def batch(archive: Archive, token: str) -> Iterator[Batch]:
    """Stage a batch under the random name ``token``; commit it where nothing fails."""
    folder = archive.path(f"logs/{STAGING}{token}")
    with _reported(folder, "made"):
        folder.mkdir(parents=True)
    staged = Batch(archive, folder)
    try:
        yield staged
        staged.commit()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def recover(archive: Archive) -> None:
    """Finish what a killed writer had ready, and drop what it had only begun."""
    logs = archive.path("logs")
    with _reported(logs, "read"):
        found = sorted(logs.iterdir()) if logs.is_dir() else []
    for folder in found:
        if folder.name.startswith(READY):
            _move_in(archive, folder, again=True)
        elif folder.name.startswith(STAGING):
            with _reported(folder, "removed"):
                shutil.rmtree(folder)


def put(archive: Archive, rel: str, data: bytes, token: str) -> None:
    """Write one file whole, in place of the one that lies there.

    Only the log's checkpoint and new tiles come this way; callers hold the archive.
    """
    staging = archive.path(f"logs/{STAGING}{token}")
    place = archive.path(rel)
    temporary = staging / "file"
    try:
        with _reported(place, "written"):
            staging.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            flush(temporary)
            changed = make_folders(place.parent)
            temporary.replace(place)
            flush_all(map(str, changed))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def read_file(archive: Archive, rel: str, limit: int) -> bytes:
    """Read the archive's own file ``rel``, which is at most ``limit`` bytes long.

    Raises:
        ArchiveError: it is absent, unreadable or no plain file.
        MalformedError: it is longer than ``limit``.
    """
    place = archive.path(rel)
    with _reported(place, "read"):
        if place.is_symlink():
            raise ArchiveError(f"{rel} is a symbolic link, expected a plain file")
        with open_plain(place) as stream:
            data = stream.read(limit + 1)
    if len(data) > limit:
        raise MalformedError(f"{rel} is longer than {limit} bytes")
    return data


@contextmanager
def about(rel: str) -> Iterator[None]:
    """Say in an error which file of the archive it is about, where it does not.

    Raises:
        MalformedError, VerificationError: as it was raised inside.
    """
    try:
        yield
    except (MalformedError, VerificationError) as error:
        if rel in str(error):
            raise
        raise type(error)(
            f"{rel}: {error}",
            hint=error.hint or "restore it from a copy; 'sourcebook verify' tells all",
        ) from error


def open_plain(place: Path) -> BinaryIO:
    """Open a file to read, if it is one.

    A pipe would never end, and a device may do anything: neither is waited for.

    Raises:
        OSError: it is absent or unreadable, a symbolic link, or no plain file.
    """
    handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no plain file", str(place))
    return os.fdopen(handle, "rb")


def walk_files(root: Path) -> Iterator[str]:
    """Yield every file below ``root`` by its relative path, in order, links too.

    A folder that cannot be listed is yielded as if it were a file: nobody can say that
    there is nothing in it.
    """
    closed: list[str] = []

    def note(error: OSError) -> None:
        closed.append(error.filename)

    for folder, names, files in os.walk(root, onerror=note):
        names.sort()
        linked = [name for name in names if (Path(folder) / name).is_symlink()]
        within = Path(folder).relative_to(root).as_posix()
        for name in sorted([*files, *linked]):
            yield name if within == "." else f"{within}/{name}"
    for folder in closed:
        if folder != str(root):
            yield Path(folder).relative_to(root).as_posix()


def _move_in(archive: Archive, ready: Path, *, again: bool = False) -> None:
    """Put all that is ready into place, statements last.

    So no statement is ever without its file, even where the power is lost: the disk has
    the others before.  ``again``: a writer that was killed may have brought none of
    what it did to the disk, not even that this is ready.
    """
    with _reported(archive.root, "written"):
        if again:
            flush(ready.parent)
        staged = {_place_of(name): ready / name for name in walk_files(ready)}
        for last in (False, True):
            touched = []
            for rel in sorted(staged):
                if rel.startswith("statements/") == last:
                    touched += _enter(staged[rel], archive.path(rel))
                    if again:
                        touched += map(archive.path, map(str, Path(rel).parents))
            flush_all(map(str, dict.fromkeys(touched)))
        shutil.rmtree(ready)
        flush(ready.parent)


def _enter(staged: Path, place: Path) -> list[Path]:
    """Put a file into place, and leave it where it is; return what is to be flushed.

    Raises:
        ArchiveError: another file lies there.
    """
    touched = make_folders(place.parent)
    if os.path.lexists(place):
        if not place.is_symlink() and filecmp.cmp(staged, place, shallow=False):
            return [place, *touched]
        raise ArchiveError(
            f"{staged} would take the place of {place}, expected it free",
            hint=f"look at both; then take away one of them, or all of {staged.parent}",
        )
    try:
        os.link(staged, place, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links, such as a stick's, or not this one
        staged.rename(place)
    return touched


def _staged_name(rel: str) -> str:
    """Return how ``rel`` is named in a batch: flat, or its path if that is too long."""
    name = quote(rel, safe="")
    return name if len(name) <= _MAX_NAME else rel


def _place_of(name: str) -> str:
    """Return the path in the archive of what is staged as ``name``.

    A path of several parts stands for itself; so they all did once.
    """
    return name if "/" in name else unquote(name)


def _wait(held: int, root: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise ArchiveError(
                    f"{root} is held by another writer since {_PATIENCE:.0f} seconds",
                    hint="wait for the other sourcebook command to end",
                ) from None
            time.sleep(0.05)
        else:
            return


@contextmanager
def _reported(place: Path, act: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"{place} cannot be {act}: {error.strerror or error}",
            hint="check that the archive's disk is there, writable and not full",
        ) from error
