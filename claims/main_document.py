"""The document of a snapshot's text layer, read from the record that was signed.

The record is compared with the signed statement first: nothing is told of bytes that
nobody signed.
"""

from typing import BinaryIO

from archiver.documents.charsets import Charset
from archiver.errors import ArchiveError, SourcebookError, VerificationError
from archiver.findings import RESTORE
from archiver.holdings import StoredSnapshot
from archiver.layers import Document, find_charset, read_document
from archiver.openings import Opening, check_root
from archiver.records import walk_records
from archiver.store import Archive, about, open_plain
from claims.website.recorded import MAX_PAGE, cut_record


def read_main_document(archive: Archive, snapshot: StoredSnapshot) -> Document | None:
    """Read the document that the text layer of a snapshot was derived from.

    None where there is no layer, the record was taken down, its coding cannot be undone
    or it is longer than ``MAX_PAGE``.

    Raises:
        ArchiveError: the file is absent or unreadable.
        MalformedError: the record cannot be read.
        VerificationError: the record is not the one that was signed.
    """
    text, warc = snapshot.facts.text, snapshot.facts.warc
    if text is None:
        return None
    with about(snapshot.path):
        check_root(snapshot.openings, warc.records_root, warc.record_count)
        opening = snapshot.openings[text.record]
        if not isinstance(opening, Opening) or opening.length > MAX_PAGE:
            return None
        return _read(_cut(archive, snapshot.path, opening), opening)


def read_charset(
    archive: Archive, snapshot: StoredSnapshot
) -> tuple[Charset | None, str]:
    """Return in which encoding the layer's document was read, or why nobody can say.

    A file that is not as it was signed is named by ``verify``; here all else that is
    known of the snapshot is still told.
    """
    try:
        document = read_main_document(archive, snapshot)
    except SourcebookError as error:
        return None, str(error)
    return (find_charset(document) if document else None), ""


def _read(cut: BinaryIO, opening: Opening) -> Document | None:
    record = next(walk_records(cut))
    if record.sha256 != opening.sha256:
        raise VerificationError(
            f"record {opening.index} at byte {opening.offset}: its SHA-256 is"
            f" {record.sha256}, expected {opening.sha256}"
        )
    return read_document(cut, record)


def _cut(archive: Archive, rel: str, opening: Opening) -> BinaryIO:
    try:
        with open_plain(archive.path(rel)) as stream:
            return cut_record(stream, opening.offset, opening.length)
    except OSError as error:
        raise ArchiveError(
            f"{rel} cannot be read: {error.strerror}",
            hint=RESTORE,
        ) from error
