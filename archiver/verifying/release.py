"""Verifying the releases of an archive: their order, and the files of the last one.

The log says which release is the last one, not a number that it bears: a release that
was lost must not let an older one speak for the files of today.
"""

from collections.abc import Mapping

from archiver.errors import SourcebookError, VerificationError
from archiver.findings import Report
from archiver.release import compare_release, release_number
from archiver.statements import Entry
from archiver.store import HELD, Archive, statement_file
from archiver.verifying.statements import CheckedStatement

_RESTORE = "restore it from a copy; 'sourcebook release' only if the change is meant"
_SIGN = "'sourcebook release' signs the files as they are, if that is meant"


def verify_releases(
    archive: Archive,
    statements: Mapping[str, CheckedStatement],
    logged: Mapping[int, Entry],
    report: Report,
) -> None:
    """Verify that releases count from 1, and every file that the last one lists.

    ``logged`` holds the entries of the log that can be read, by their index.
    """
    _verify_folders(archive, report)
    entries = [logged[index] for index in sorted(logged)]
    named = [entry.statement_id for entry in entries if entry.type == "release"]
    if not named:
        report.add("release", "statements", "there is no release, expected one or more")
        return
    _verify_numbers(statements, named, report)
    last = statements.get(named[-1])
    if last is None or last.envelope.id != named[-1]:
        report.add(
            "release",
            statement_file(named[-1]),
            "the last release of the log cannot be read: no file was compared with it",
            hint="restore it from a copy",
        )
        return
    _verify_files(archive, last, report)


def _verify_folders(archive: Archive, report: Report) -> None:
    """Check that the folders which no release lists are folders of this archive."""
    for name in HELD:
        place = archive.path(name)
        if place.is_symlink() or not place.is_dir():
            found = "a symbolic link" if place.is_symlink() else "no folder"
            if place.is_symlink() or place.exists():
                report.add("unknown", name, f"{found}, expected a folder")


def _verify_numbers(
    statements: Mapping[str, CheckedStatement], named: list[str], report: Report
) -> None:
    for expected, statement_id in enumerate(named, 1):
        checked = statements.get(statement_id)
        if checked is None:
            continue  # told already: its statement is missing
        try:
            number = release_number(checked.stored)
            if number != expected:
                raise VerificationError(
                    f"it is release number {number}, expected {expected}, its place"
                    " among the releases of the log"
                )
        except SourcebookError as error:
            report.add("release-order", checked.file, str(error))


def _verify_files(archive: Archive, last: CheckedStatement, report: Report) -> None:
    for difference in compare_release(archive, last.statement):
        report.add(
            difference.code,
            difference.file,
            f"found {difference.found}, expected {difference.expected}",
            hint=_SIGN if difference.code == "not-released" else _RESTORE,
        )
    report.count("released files", len(last.statement.subjects))
