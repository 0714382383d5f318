"""A newsroom for tests: a real archive, with its keys, made by the archiver itself.

Clock and chance are counters, so that two newsrooms that do the same make the same
bytes.  Keys lie where the test's own XDG folders are (``tests/conftest.py``).
"""

import hashlib
import itertools
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import keys
from archiver.chance import Token
from archiver.deposit import Supplied, draft_deposit
from archiver.ed25519 import keyid
from archiver.founding import Founding, found
from archiver.log import add_pending
from archiver.policy import format_policy
from archiver.release import NewRelease, sign_release
from archiver.signers import LogPlace, Signer, format_signers
from archiver.snapshots import (
    Draft,
    Stored,
    prepare_snapshot,
    sign_snapshot,
    store_signed,
)
from archiver.statements import (
    Statement,
    Subject,
    format_bundle,
    sign_statement,
)
from archiver.store import Archive, batch, statement_file, writing
from archiver.trust import read_trust

BEGINNING = datetime(2026, 2, 3, 9, tzinfo=UTC)


def store_snapshot(
    archive: Archive, draft: Draft, key: Ed25519PrivateKey, *, on: str, token: Token
) -> Stored:
    """Sign ``draft`` and bring it in by itself; the caller holds the archive."""
    prepared = prepare_snapshot(draft, token)
    return store_signed(
        archive, sign_snapshot(archive, prepared, key, on=on, token=token), token
    )


class Newsroom:
    """One archive, and all that is needed to write in it."""

    def __init__(self, root: Path, archive_id: str = "desk") -> None:
        self.numbers = itertools.count()
        self.work = root.with_name(f"{root.name}.work")
        self.work.mkdir(parents=True)
        founding = Founding(
            root=root,
            archive_id=archive_id,
            title="A desk",
            operator="The Desk",
            origin=f"{archive_id}.example/log",
            contact="desk@desk.example",
            operator_key=None,
            key_passphrase=lambda: b"",
            passphrase=lambda: b"",
        )
        made = found(founding, on=self.on(), token=self.token)
        self.archive, self.trust = made.archive, made.trust
        folder = keys.key_folder(self.archive.config.origin)
        self.log_key = folder.read(keys.LOG, lambda: b"")
        self.operator = folder.read(keys.OPERATOR, lambda: b"")

    def token(self, size: int) -> bytes:
        """Return the next bytes of chance."""
        number = next(self.numbers)
        return hashlib.shake_256(b"%d" % number).digest(size)

    def now(self) -> datetime:
        """Return the next moment."""
        return BEGINNING + timedelta(minutes=next(self.numbers))

    def on(self) -> str:
        """Return the next moment as a statement says it."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files of the archive that a release has to list."""
        for rel, content in files.items():
            place = self.archive.path(rel)
            place.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            place.unlink(missing_ok=True)
            place.write_bytes(data)

    def deposit(self, name: str, data: bytes, url: str | None = None) -> str:
        """Deposit a document; return the snapshot's SHA-256."""
        file = self.work / name
        file.write_bytes(data)
        supplied = Supplied(file, "a reader", url, None)
        draft = draft_deposit(supplied, self.work, now=self.now(), token=self.token)
        return self.store(draft)

    def store(self, draft: Draft) -> str:
        """Make a snapshot of a finished file, and log it."""
        with writing(self.archive):
            stored = store_snapshot(
                self.archive, draft, self.operator, on=self.on(), token=self.token
            )
            add_pending(self.archive, self.trust, self.log_key)
        return stored.sha256

    def release_case(self, changes: str = "new") -> str:
        """Release, with a copy of each claim whose content is new as a revision."""
        added = {}
        for place in sorted(self.archive.root.glob("cases/*/claims/*.toml")):
            data = place.read_bytes()
            folder = (
                place.parent.parent / "revisions" / tomllib.loads(data.decode())["id"]
            )
            copies = [other.read_bytes() for other in folder.glob("*.toml")]
            if data not in copies:
                rel = folder / f"{len(copies) + 1}.toml"
                added[rel.relative_to(self.archive.root).as_posix()] = data
        return self.release(changes, added)

    def release(self, changes: str = "new", added: Mapping[str, bytes] = {}) -> str:
        """Release the files as they are; return the statement's id."""
        with writing(self.archive):
            new = NewRelease(changes, self.on(), added)
            _, envelope = sign_release(
                self.archive, self.trust, self.operator, new, self.token
            )
            add_pending(self.archive, self.trust, self.log_key)
        return envelope.id

    def enrol(self, name: str, *roles: str) -> Ed25519PrivateKey:
        """Put a new key into the next version of the trust folder; return it."""
        key = Ed25519PrivateKey.from_private_bytes(self.token(32))
        number = self.trust.number + 1
        signer = Signer(
            keyid=keyid(key.public_key()),
            public=key.public_key(),
            roles=frozenset(roles),
            start=LogPlace(1, 0),
            end=None,
            name=name,
        )
        files = {
            f"trust/{number}/policy": format_policy(self.trust.policy),
            f"trust/{number}/signers": format_signers((*self.trust.signers, signer)),
        }
        self.write(files)
        hashes = {rel: hashlib.sha256(data).hexdigest() for rel, data in files.items()}
        self.say("policy", hashes, {"n": number, "why": f"{name} joined"})
        self.trust = read_trust(self.archive)
        return key

    def say(
        self,
        kind: str,
        subjects: Mapping[str, str],
        predicate: dict,
        key: Ed25519PrivateKey | None = None,
    ) -> str:
        """Sign any other statement, as the operator or with ``key``, and log it."""
        common = {
            "salt": self.token(16).hex(),
            "origin": self.archive.config.origin,
            "on": self.on(),
        }
        named = tuple(Subject(name, digest) for name, digest in subjects.items())
        statement = Statement(kind, named, common | predicate)
        envelope = sign_statement(statement, key or self.operator)
        with writing(self.archive):
            with batch(self.archive, self.token(8).hex()) as staged:
                staged.add(statement_file(envelope.id), format_bundle(envelope))
            add_pending(self.archive, self.trust, self.log_key)
        return envelope.id
