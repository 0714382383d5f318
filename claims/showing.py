"""Looking at one snapshot of the archive: its facts, its access, the posts of its page.

The posts, and the encoding of the page, are read from the record that was signed.
"""

from dataclasses import replace

from archiver.documents.charsets import decode
from archiver.documents.posts import Post, parse_posts
from archiver.findings import Finding
from archiver.holdings import StoredSnapshot, StoredStatement, read_snapshot
from archiver.store import Archive
from archiver.text import TELEGRAM
from archiver.trust import Trust
from claims.case import read_written
from claims.dossier import Dossier, read_dossier
from claims.elision import Elider
from claims.main_document import read_charset, read_main_document
from claims.published.record_rows import LOGGED_IN, SEALING, expose
from claims.snapshot_objects import Allowed, ShownSnapshot

UNREAD = "A case file cannot be read, and may say otherwise: 'claim check' says which."


def list_snapshot(snapshot: StoredSnapshot) -> ShownSnapshot:
    """Return what a list shows of a snapshot."""
    return ShownSnapshot(
        facts=snapshot.facts,
        custody=snapshot.custody,
        path=snapshot.path,
        statement=snapshot.stored.id,
        keyid=snapshot.stored.envelope.keyid,
        index=snapshot.stored.index,
    )


def show_snapshot(
    archive: Archive, trust: Trust, stored: StoredStatement
) -> ShownSnapshot:
    """Return all that is shown of the snapshot of a statement.

    Raises:
        ArchiveError: a file of it is absent or unreadable.
        MalformedError: a file of it is not what its format says.
        VerificationError: its text layer, or the record of its posts, is not the one
            that was signed.
    """
    snapshot = read_snapshot(archive, trust, stored)
    charset, unread = read_charset(archive, snapshot)
    return replace(
        list_snapshot(snapshot),
        allowed=read_allowed(archive, snapshot),
        posts=read_posts(archive, snapshot),
        charset=charset,
        unread=unread,
    )


def read_allowed(archive: Archive, snapshot: StoredSnapshot) -> Allowed:
    """Return what the public may have of a snapshot, as configuration and cases stand.

    While its statement waits for the log it is as it will be then.
    """
    files, faults = read_written(archive)
    dossier = read_dossier(files)
    facts = snapshot.facts
    counted = facts.custody if snapshot.stored.index is None else snapshot.custody
    said = [
        (pinned.access, pinned.reason)
        for folder in dossier.cases.values()
        for pinned in folder.case.snapshots.values()
        if pinned.sha256 == facts.sha256 and pinned.access
    ]
    named = _elider(dossier).is_named_in(snapshot.text or "")
    found = expose(archive.config.access, counted, facts.labels, said, named=named)
    if SEALING & {*facts.labels}:
        why = "It holds a secret, whatever else is said."
    elif said:
        why = f"So says a case: {found.reason}"
    else:
        kind = "captures" if counted == "observed" else "deposits"
        with_login = " with a login" if LOGGED_IN in facts.labels else ""
        why = f"So says archive.toml of {kind}{with_login}."
    unread = any(map(_is_of_a_case, [*faults, *dossier.faults]))
    return Allowed(found.level, f"{why} {UNREAD}" if unread else why, named)


def read_posts(archive: Archive, snapshot: StoredSnapshot) -> tuple[Post, ...]:
    """Read the posts of a page of Telegram; none of any other, or if it was taken down.

    Raises:
        ArchiveError: the file is absent or unreadable.
        MalformedError: the record cannot be read.
        VerificationError: the record is not the one that was signed.
    """
    text = snapshot.facts.text
    if text is None or text.extractor != TELEGRAM:
        return ()
    document = read_main_document(archive, snapshot)
    if document is None:
        return ()
    return parse_posts(decode(document.data, document.charset, html=True))


def _elider(dossier: Dossier) -> Elider:
    """Return what finds the names that are withheld."""
    return Elider(
        name.text
        for source in dossier.sources.values()
        if source.naming == "withheld"
        for name in source.names
    )


def _is_of_a_case(fault: Finding) -> bool:
    return "/case.toml" in fault.place
