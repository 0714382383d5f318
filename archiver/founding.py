"""The act of founding an archive: ``init``.

The folder is built whole beside its place and renamed into it: entry 0 (``policy``:
whose log, whose keys) and entry 1 (release 1: ``archive.toml`` and ``trust/``) are in
its log, and the pin of its trust folder is remembered for this user.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import keys
from archiver.chance import Token
from archiver.config import (
    Config,
    check_id,
    default_origin,
    format_config,
    parse_config,
)
from archiver.ed25519 import keyid
from archiver.errors import ArchiveError
from archiver.flushing import flush, keep_folder
from archiver.lockrecord import lock_record
from archiver.log import add_pending
from archiver.notes import ED25519, VerifierKey, check_name
from archiver.openings import SALT_SIZE
from archiver.policy import LogKey, Policy, format_policy
from archiver.release import NewRelease, sign_release
from archiver.signers import LogPlace, Signer, format_signers
from archiver.statements import (
    Envelope,
    Statement,
    Subject,
    format_bundle,
    sign_statement,
)
from archiver.store import CONFIG, Archive, batch, statement_file, writing
from archiver.trust import POLICY, SIGNERS, Trust, read_trust

OPERATOR_ROLES = frozenset({"operator", "capturer"})
_WHY = "the archive was founded"


@dataclass(frozen=True, slots=True)
class Founding:
    """What a new archive is to be; the operator key may be a file kept elsewhere."""

    root: Path
    archive_id: str
    title: str
    operator: str
    contact: str
    origin: str | None
    operator_key: Path | None
    key_passphrase: keys.Passphrase  # of the operator's own key file
    passphrase: keys.Passphrase  # of the keys that are made


@dataclass(frozen=True, slots=True)
class Founded:
    """A new archive, its log origin, and the pin that outsiders should be told."""

    archive: Archive
    trust: Trust


def found(founding: Founding, *, on: str, token: Token) -> Founded:
    """Make a new archive in a folder that is absent or empty.

    Raises:
        ArchiveError: the folder holds something, or cannot be written; keys of the same
            origin are on this machine.
        MalformedError: the id cannot be one, or a name or title cannot be written.
    """
    check_id(founding.archive_id)
    _check_free(founding.root)
    log_key = Ed25519PrivateKey.from_private_bytes(token(32))
    config = _configure(founding, log_key)
    _check_unused(config.origin)
    operator = _operator_key(founding, token)
    passphrase = founding.passphrase()
    name = f".{founding.root.name[:64]}.founding-{token(4).hex()}"
    draft = Archive(founding.root.with_name(name), config)
    try:
        trust = _fill(draft, log_key, operator, on=on, token=token)
        _keep_keys(founding, config.origin, log_key, operator, passphrase)
        keys.remember_pin(config.origin, trust.pin)
        _put_in_place(draft.root, founding.root)
    except BaseException:
        _forget(config.origin)
        raise
    finally:
        shutil.rmtree(draft.root, ignore_errors=True)
    return Founded(Archive(founding.root, config), trust)


def _configure(founding: Founding, log_key: Ed25519PrivateKey) -> Config:
    """Return the configuration; what is written of it must be read back the same."""
    public = log_key.public_key().public_bytes_raw()
    origin = founding.origin or default_origin(
        founding.archive_id, sha256(public).hexdigest()
    )
    check_name(origin, "the log's origin")
    config = Config(
        id=founding.archive_id,
        title=founding.title,
        operator=founding.operator,
        origin=origin,
        contact=founding.contact,
    )
    return parse_config(format_config(config))


def _check_free(root: Path) -> None:
    try:
        taken = root.exists() and (not root.is_dir() or any(root.iterdir()))
    except OSError as error:
        raise ArchiveError(f"{root} cannot be read: {error.strerror}") from error
    if taken:
        raise ArchiveError(
            f"{root} is there and not empty, expected a new or an empty folder",
            hint="name another folder; an archive is never made over something",
        )


def _check_unused(origin: str) -> None:
    """Check that this machine knows nothing of a log with this origin."""
    folder = keys.key_folder(origin).folder
    with keys.own_file(folder, "read"):
        known = os.path.lexists(folder) or lock_record(origin).read() is not None
    if known:
        raise ArchiveError(
            f"a log {origin} was begun on this machine already, with keys in {folder}",
            hint="an origin is never used again: give the new archive another one",
        )


def _operator_key(founding: Founding, token: Token) -> Ed25519PrivateKey:
    if founding.operator_key:
        return keys.load_key(founding.operator_key, founding.key_passphrase)
    return Ed25519PrivateKey.from_private_bytes(token(32))


def _keep_keys(
    founding: Founding,
    origin: str,
    log_key: Ed25519PrivateKey,
    operator: Ed25519PrivateKey,
    passphrase: bytes,
) -> None:
    folder = keys.key_folder(origin)
    folder.write(keys.LOG, keys.format_key(log_key, passphrase))
    if founding.operator_key:
        folder.link(keys.OPERATOR, founding.operator_key)
    else:
        folder.write(keys.OPERATOR, keys.format_key(operator, passphrase))


def _forget(origin: str) -> None:
    """Remove what this machine keeps of an archive that came to nothing."""
    keys.key_folder(origin).forget()
    keys.forget_pin(origin)
    lock_record(origin).forget()


def _fill(
    archive: Archive,
    log_key: Ed25519PrivateKey,
    operator: Ed25519PrivateKey,
    *,
    on: str,
    token: Token,
) -> Trust:
    """Write configuration, trust, entry 0 and entry 1 into the draft of an archive."""
    try:
        keep_folder(archive.root)
    except OSError as error:
        raise ArchiveError(
            f"{archive.root.parent} cannot be written: {error.strerror}",
            hint="name a folder in a place that is there and writable",
        ) from error
    trust_files = _trust_files(archive.config, log_key, operator)
    with writing(archive), batch(archive, token(8).hex()) as staged:
        staged.add(CONFIG, format_config(archive.config))
        for rel, data in trust_files.items():
            staged.add(rel, data)
        said = {
            "salt": token(SALT_SIZE).hex(),
            "origin": archive.config.origin,
            "on": on,
        }
        policy = _sign_policy(trust_files, said, operator)
        staged.add(statement_file(policy.id), format_bundle(policy))
    trust = read_trust(archive)
    with writing(archive):
        add_pending(archive, trust, log_key)
        sign_release(archive, trust, operator, NewRelease(_WHY, on, {}), token)
        add_pending(archive, trust, log_key)
    return trust


def _sign_policy(
    trust_files: Mapping[str, bytes],
    said: Mapping[str, str],
    operator: Ed25519PrivateKey,
) -> Envelope:
    """Sign the statement of entry 0: whose keys count from the beginning on."""
    subjects = tuple(
        Subject(rel, sha256(data).hexdigest()) for rel, data in trust_files.items()
    )
    predicate = {**said, "n": 1, "why": _WHY}
    return sign_statement(Statement("policy", subjects, predicate), operator)


def _trust_files(
    config: Config, log_key: Ed25519PrivateKey, operator: Ed25519PrivateKey
) -> dict[str, bytes]:
    public = log_key.public_key().public_bytes_raw()
    log = LogKey(VerifierKey(config.origin, ED25519, public), None)
    signer = Signer(
        keyid=keyid(operator.public_key()),
        public=operator.public_key(),
        roles=OPERATOR_ROLES,
        start=LogPlace(1, 0),
        end=None,
        name=config.operator,
    )
    return {
        f"trust/1/{POLICY}": format_policy(Policy((log,), (), (), "none")),
        f"trust/1/{SIGNERS}": format_signers((signer,)),
    }


def _put_in_place(draft: Path, root: Path) -> None:
    try:
        draft.rename(root)  # both lie in one folder
        flush(root.parent)
    except OSError as error:
        raise ArchiveError(f"{root} cannot be made: {error.strerror}") from error
