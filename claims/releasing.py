"""The act of releasing claims: check them, keep each new revision, sign the list."""

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.errors import ArchiveError, VerificationError
from archiver.store import Archive, read_file
from archiver.terminal import count_of
from archiver.writer import Made, Writer, make_release
from claims.case import Checked, examine_archive
from claims.faults import MAX_BYTES


@dataclass(frozen=True, slots=True)
class MadeRelease:
    """A release that was signed, and the revisions that came in with it."""

    made: Made
    revisions: tuple[str, ...]


def make_checked_release(writer: Writer, changes: str, *, strict: bool) -> MadeRelease:
    """Release the archive's files, each claim whose content is new as a revision.

    Raises:
        VerificationError: a rule is broken; with ``strict`` a warning is enough.
        ArchiveError: the archive cannot be read or written.
    """
    checked = examine_archive(writer.archive)
    _refuse_broken(checked, strict=strict)
    revisions = dict(_new_revisions(writer.archive, checked))
    return MadeRelease(make_release(writer, changes, revisions), tuple(revisions))


def _refuse_broken(checked: Checked, *, strict: bool) -> None:
    broken = [
        finding
        for finding in checked.findings
        if finding.severity == "error" or (strict and finding.severity == "warning")
    ]
    if broken:
        first = broken[0]
        raise VerificationError(
            f"{count_of(len(broken), 'rule')} broken: nothing is released; the first:"
            f" {first.place}: {first.code}: {first.message}",
            hint="'sourcebook claim check' tells each, with what to do",
        )


def _new_revisions(archive: Archive, checked: Checked) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of each claim that is not its newest revision."""
    dossier = checked.dossier
    for name, folder in dossier.cases.items():
        for each in folder.claims:
            data = read_file(archive, each.file, MAX_BYTES)
            place = f"cases/{name}/revisions/{each.claim.id}"
            last = max(dossier.revisions.get(each.claim.id, {}), default=0)
            if not last or _read(archive, f"{place}/{last}.toml") != data:
                yield f"{place}/{last + 1}.toml", data


def _read(archive: Archive, rel: str) -> bytes | None:
    try:
        return read_file(archive, rel, MAX_BYTES)
    except ArchiveError:
        return None  # the case was renamed: its revisions lie in the old folder
