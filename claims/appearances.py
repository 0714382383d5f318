"""How quoted words appear in the page: shown, hidden, or in a quotation."""

from typing import Final

from archiver.appearance import read_appearance
from archiver.holdings import StoredSnapshot
from archiver.labels.glance import MARKUP
from archiver.store import Archive
from claims.anchoring import anchor
from claims.folding import fold
from claims.main_document import read_main_document

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
    document = read_main_document(archive, snapshot)
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
