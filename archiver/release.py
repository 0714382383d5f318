"""The act of release: sign and log the list of all files not covered otherwise.

A release is what the operator stands for at that moment, and what is published: claims,
sources, leads, configuration and trust, each with its SHA-256.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver.chance import Token
from archiver.errors import ArchiveError, VerificationError
from archiver.hashing import hash_stream
from archiver.holdings import StoredStatement, read_statements
from archiver.openings import SALT_SIZE
from archiver.statements import (
    Envelope,
    Statement,
    Subject,
    format_bundle,
    sign_statement,
)
from archiver.store import (
    HELD,
    Archive,
    batch,
    open_plain,
    statement_file,
    walk_files,
)
from archiver.trust import Trust

MAX_FILE = 64 << 20  # bytes of one released file; publish reads each whole


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What changed, in words; its claimed time; the files that come in with it."""

    changes: str
    on: str
    added: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is ``changed``, ``missing`` or ``not-released``."""

    code: str
    file: str
    found: str
    expected: str


def released_files(archive: Archive) -> Iterator[str]:
    """Yield every file that a release has to list, sorted."""
    for rel in walk_files(archive.root):
        if rel.split("/", 1)[0] not in HELD:
            yield rel


def sign_release(
    archive: Archive,
    trust: Trust,
    key: Ed25519PrivateKey,
    new: NewRelease,
    token: Token,
) -> tuple[int, Envelope]:
    """Sign a release of all files, and return its number; the caller holds the archive.

    Raises:
        ArchiveError: a file is a link or cannot be read, or the disk fails.
        VerificationError: the release before cannot be opened.
    """
    last = last_release(archive, trust)
    hashes = {rel: hash_file(archive, rel) for rel in released_files(archive)}
    hashes |= {rel: hashlib.sha256(data).hexdigest() for rel, data in new.added.items()}
    number = 1 + (release_number(last) if last else 0)
    predicate = {
        "salt": token(SALT_SIZE).hex(),
        "origin": archive.config.origin,
        "on": new.on,
        "number": number,
        "changes": new.changes,
    }
    subjects = tuple(Subject(rel, hashes[rel]) for rel in sorted(hashes))
    envelope = sign_statement(Statement("release", subjects, predicate), key)
    with batch(archive, token(8).hex()) as staged:
        for rel, data in new.added.items():
            staged.add(rel, data)
        staged.add(statement_file(envelope.id), format_bundle(envelope))
    return number, envelope


def last_release(archive: Archive, trust: Trust) -> StoredStatement | None:
    """Return the release with the highest log index, pending ones last of all."""
    releases = [
        stored
        for stored in read_statements(archive, trust)
        if stored.statement.type == "release"
    ]
    return max(releases, key=release_number, default=None)


def release_number(stored: StoredStatement) -> int:
    """Return the number of a release.

    Raises:
        VerificationError: its predicate has none.
    """
    number = stored.statement.predicate.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise VerificationError(
            f"release {stored.id[:16]}… has the number {number!r}, expected 1 or more"
        )
    return number


def compare_release(archive: Archive, release: Statement) -> Iterator[Difference]:
    """Yield each file that is not as ``release`` lists it, in both directions."""
    listed = {subject.name: subject.sha256 for subject in release.subjects}
    present = set(released_files(archive))
    for rel in sorted(listed.keys() | present):
        if rel not in listed:
            yield Difference("not-released", rel, "a file", "none in the last release")
        elif rel not in present:
            yield Difference("missing", rel, "no file", f"SHA-256 {listed[rel]}")
        else:
            found = _hash_or_fault(archive, rel)
            if found != listed[rel]:
                yield Difference("changed", rel, found, f"SHA-256 {listed[rel]}")


def hash_file(archive: Archive, rel: str) -> str:
    """Return the SHA-256 of one of the archive's own files, in hex.

    Raises:
        ArchiveError: it is no plain file, cannot be read, or is longer than MAX_FILE.
    """
    place = archive.path(rel)
    if place.is_symlink() or not place.is_file():
        raise ArchiveError(
            f"{rel} is no plain file (a link, a pipe or a device), expected one",
            hint="an archive is whole in itself: put the file there instead",
        )
    try:
        with open_plain(place) as stream:
            sha256, length = hash_stream(stream, MAX_FILE)
    except OSError as error:
        raise ArchiveError(f"{rel} cannot be read: {error.strerror}") from error
    _check_length(rel, length)
    return sha256


def _check_length(rel: str, length: int) -> None:
    if length > MAX_FILE:
        raise ArchiveError(
            f"{rel} is longer than {MAX_FILE} bytes, expected a file that a release can"
            " list",
            hint="deposit it: a snapshot may be of any length",
        )


def _hash_or_fault(archive: Archive, rel: str) -> str:
    try:
        return f"{hash_file(archive, rel)}"
    except ArchiveError as error:
        return str(error)
