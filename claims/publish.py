"""The act of publishing: the database of one release, the same bytes every time.

What is not released is not published; a draft is, and says so on every page.  The
database is a function of the release alone: the log up to it, the checkpoint in its
receipt without cosignatures, the files that it lists.  It never lies in the archive.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from archiver.errors import ArchiveError
from archiver.findings import Finding
from archiver.hashing import hash_stream
from archiver.shipped import ORIGIN
from archiver.store import Archive
from archiver.trust import read_trust
from claims.published.database import write_database
from claims.published.edition import make_edition
from claims.published.released import read_release
from claims.published.tables import make_tables
from claims.website.searching import fill_search

FILE_NAME: Final = "sourcebook.db"  # plain Datasette names the database after the file

# On every page of the archive that ships with the software.
NOTICE: Final = (
    "This archive ships with the software, as an example. Its keys were thrown away."
    " Until the software's first release it may be made again, with other hashes and"
    " addresses of its snapshots."
)


@dataclass(frozen=True, slots=True)
class PublishedDatabase:
    """A database: what it was made from, and what the rules found on the way."""

    path: Path
    number: int
    checkpoint_size: int
    sha256: str
    findings: tuple[Finding, ...]


def default_output(archive: Archive) -> Path:
    """Return where the archive's database lies in the user's cache folder."""
    return user_cache_path("sourcebook") / archive.config.id / FILE_NAME


def publish(
    archive: Archive, output: Path, *, draft: bool = False
) -> PublishedDatabase:
    """Write the database of the last release to ``output``; of a draft, as it is now.

    Raises:
        ArchiveError: a file is absent or unreadable, or ``output`` cannot be written or
            lies in the archive.
        MalformedError: a file is not what its format says.
        VerificationError: a file is not as the release lists it, something is not what
            was signed, or a rule is broken without which there is no page.
    """
    if output.resolve().is_relative_to(archive.root.resolve()):
        raise ArchiveError(
            f"{output} lies in the archive {archive.root}, expected a place outside it:"
            " an archive holds nothing that is not signed",
            hint="name another file with -o, or leave -o out",
        )
    release = read_release(archive, read_trust(archive), draft=draft)
    edition = make_edition(release)
    notice = NOTICE if archive.config.origin == ORIGIN else ""
    write_database(output, make_tables(edition, notice), fill_search)
    with output.open("rb") as stream:
        sha256, _ = hash_stream(stream)
    return PublishedDatabase(
        path=output,
        number=release.number,
        checkpoint_size=release.checkpoint.size,
        sha256=sha256,
        findings=edition.findings,
    )
