"""How quoted words appear in the page: shown, hidden, or in a quotation.

The record is compared with the signed statement first, as everything that is shown is.
"""

from itertools import islice
from typing import Final

from archiver.appearance import read_appearance
from archiver.errors import ArchiveError, VerificationError
from archiver.holdings import StoredSnapshot
from archiver.labels.glance import MARKUP
from archiver.layers import Document, read_document
from archiver.openings import Opening, check_root
from archiver.records import walk_records
from archiver.store import Archive, about, open_plain
from claims.anchoring import anchor
from claims.folding import fold

# What the person who quotes should know, by how the words appear.
REMARKS: Final = {
    "hidden": "The page's own markup hides these words, or shows them only where"
    " scripts are off: its readers may never have seen them.",
    "quotation": "These words stand in a quotation that the page sets apart: they may"
    " be somebody else's.",
}


def find_appearance(archive: Archive, snapshot: StoredSnapshot, words: str) -> str:
    """Return how words that are anchored appear: a key of ``REMARKS``, or "".

    Raises:
        ArchiveError: the file is absent or unreadable.
        MalformedError: the record cannot be read.
        VerificationError: the record is not the one that was signed.
    """
    document = _read_document(archive, snapshot)
    if document is None or document.media_type not in MARKUP:
        return ""
    found = read_appearance(document.data, document.charset)
    if found is None or not _stand(words, found.whole):
        return ""
    if not _stand(words, found.shown):
        return "hidden"
    return "" if _stand(words, found.own) else "quotation"


def _stand(words: str, text: str) -> bool:
    found = anchor(fold(text), words)
    return found.is_anchored or found.status == "ambiguous"


def _read_document(archive: Archive, snapshot: StoredSnapshot) -> Document | None:
    """Read the document of the text layer; None where it was taken down."""
    text, warc = snapshot.facts.text, snapshot.facts.warc
    if text is None:
        return None
    with about(snapshot.path):
        check_root(snapshot.openings, warc.records_root, warc.record_count)
        opening = snapshot.openings[text.record]
        if not isinstance(opening, Opening):
            return None
        return _read_record(archive, snapshot.path, opening)


def _read_record(archive: Archive, rel: str, opening: Opening) -> Document | None:
    try:
        with open_plain(archive.path(rel)) as stream:
            record = next(islice(walk_records(stream), opening.index, None), None)
            if record is None or record.sha256 != opening.sha256:
                raise VerificationError(
                    f"record {opening.index} is not the one that was signed",
                    hint="'sourcebook verify' says what is amiss",
                )
            return read_document(stream, record)
    except OSError as error:
        raise ArchiveError(f"{rel} cannot be read: {error.strerror}") from error
