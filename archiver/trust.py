"""An archive's trust folder: the log's policy and the signers, every version kept.

A pin names version 1.  Each later version counts only where a ``policy`` statement
covers its files, signed by an operator of the version before and proven to be in the
log by that version's log key: else whoever can write a file could put his own keys in
force.  The highest version that is chained so is the one in force.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archiver.errors import (
    ArchiveError,
    MalformedError,
    SourcebookError,
    VerificationError,
)
from archiver.policy import Policy, parse_policy
from archiver.receipts import open_receipt, parse_receipt
from archiver.signers import (
    LogPlace,
    Signer,
    check_separate,
    parse_signers,
    pin,
    signer_for,
)
from archiver.statements import (
    Envelope,
    format_entry,
    open_statement,
    parse_bundle,
    parse_statement,
)
from archiver.store import (
    Archive,
    list_statements,
    read_file,
    receipt_file,
    statement_file,
)

POLICY, SIGNERS = "policy", "signers"
_MAX_FILE = 1 << 20  # bytes
_NUMBER = re.compile("[1-9][0-9]{0,5}")
_MAX_STATEMENT = 1 << 20  # bytes; a policy statement has a few subjects
# who may sign what (docs/formats.md, Signers)
ROLE_OF_TYPE = {
    "snapshot": "capturer",
    "text": "capturer",
    "attempt": "capturer",
    "assessment": "reviewer",
    "authentication": "reviewer",
    "policy": "operator",
    "release": "operator",
    "custody": "operator",
    "key": "operator",
    "revoke": "operator",
    "tombstone": "operator",
}


@dataclass(frozen=True, slots=True)
class Trust:
    """One version of the trust folder, and the pin of its first version."""

    number: int
    policy: Policy
    signers: tuple[Signer, ...]
    pin: str

    @property
    def keys(self) -> dict[str, Ed25519PublicKey]:
        """The statement keys by keyid."""
        return {signer.keyid: signer.public for signer in self.signers}

    def find_signer(self, keyid: str, statement_type: str, index: int) -> Signer:
        """Find whose ``keyid`` may sign a statement of this type at this log index.

        Raises:
            VerificationError: the key is in no line of signers, lacks the role, or
                does not hold it at that place.
        """
        role = ROLE_OF_TYPE[statement_type]
        return signer_for(self.signers, keyid, role, LogPlace(1, index))


class _WaitingError(VerificationError):
    """A version is signed by the one before it, and waits for its place in the log."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The version in force, and why each version above it is not."""

    trust: Trust
    faults: tuple[tuple[int, SourcebookError], ...]


def read_trust(archive: Archive) -> Trust:
    """Read the version of the trust folder that is in force.

    One whose policy statement waits for the log is not in force yet, and no fault.

    Raises:
        ArchiveError: there is no version, or one cannot be read or is not what its
            format says, or a key signs both notes and statements.
        VerificationError: a version is not chained to the one before it.
    """
    chain = read_chain(archive)
    for _, error in chain.faults:
        if not isinstance(error, _WaitingError):
            raise error
    return chain.trust


def read_chain(archive: Archive) -> Chain:
    """Read every version from the first on, as far as each is chained to the last.

    Raises:
        ArchiveError: version 1 cannot be read.
    """
    numbers = trust_versions(archive)
    if 1 not in numbers:
        raise ArchiveError(
            f"{archive.root} has no trust/1: the archive is not whole",
            hint="restore trust/ from a copy; without it nothing can be verified",
        )
    trust = _read_version(archive, 1, "")
    faults: list[tuple[int, SourcebookError]] = []
    for number in numbers[1:]:
        try:
            _check_chained(archive, trust, number)
            trust = _read_version(archive, number, trust.pin)
        except SourcebookError as error:
            faults.append((number, error))
    return Chain(trust, tuple(faults))


def trust_versions(archive: Archive) -> list[int]:
    """List the numbers of the versions in the trust folder, in order.

    A name such as ``٣`` or ``01`` is no number: it is no version, and in no release.
    """
    folder = archive.path("trust")
    if not folder.is_dir():
        return []
    names = (place.name for place in folder.iterdir())
    return sorted(int(name) for name in names if _NUMBER.fullmatch(name))


def _read_version(archive: Archive, number: int, first: str) -> Trust:
    policy, signers = (_read(archive, number, name) for name in (POLICY, SIGNERS))
    named = first or pin(policy, signers)
    try:
        trust = Trust(number, parse_policy(policy), parse_signers(signers), named)
        check_separate(trust.policy, trust.signers)
    except MalformedError as error:
        raise ArchiveError(
            f"trust/{number} cannot be read: {error}",
            hint=error.hint or "restore trust/ from a copy",
        ) from error
    return trust


def _check_chained(archive: Archive, before: Trust, number: int) -> None:
    """Check that the version before put version ``number`` in force."""
    if number != before.number + 1:
        raise VerificationError(
            f"trust/{number} follows trust/{before.number}, the last one that is"
            f" chained, expected trust/{before.number + 1}",
            hint="take it away, or restore the versions between",
        )
    wanted = {
        f"trust/{number}/{name}": hashlib.sha256(
            _read(archive, number, name)
        ).hexdigest()
        for name in (POLICY, SIGNERS)
    }
    why = "there is none"
    for envelope in _policies(archive, wanted):
        try:
            _check_policy(archive, before, envelope)
        except _WaitingError:
            raise
        except SourcebookError as error:
            why = str(error)
        else:
            return
    raise VerificationError(
        f"trust/{number} has no policy statement that counts ({why}), expected one by"
        f" an operator of trust/{before.number}, in its log",
        hint=f"nothing of trust/{number} counts; take it away if nobody meant it",
    )


def _policies(archive: Archive, wanted: dict[str, str]) -> Iterator[Envelope]:
    """Yield each envelope that says it is a policy statement over ``wanted``."""
    for rel in list_statements(archive):
        try:
            envelope = parse_bundle(read_file(archive, rel, _MAX_STATEMENT))
            statement = parse_statement(envelope.payload)
        except SourcebookError:
            continue  # told where statements are verified
        listed = {each.name: each.sha256 for each in statement.subjects}
        named = rel == statement_file(envelope.id) and statement.type == "policy"
        if named and wanted.items() <= listed.items():
            yield envelope


def _check_policy(archive: Archive, before: Trust, envelope: Envelope) -> None:
    open_statement(envelope, before.keys, archive.config.origin)
    if not archive.path(receipt_file(envelope.id)).exists():
        raise _WaitingError(
            f"its policy statement {envelope.id} has no receipt, expected one",
            hint="'sourcebook log add' appends it",
        )
    data = read_file(archive, receipt_file(envelope.id), _MAX_FILE)
    receipt = parse_receipt(data)
    entry = format_entry("policy", envelope)
    open_receipt(receipt, entry, before.policy, archive.config.origin)
    before.find_signer(envelope.keyid, "policy", receipt.index)


def _read(archive: Archive, number: int, name: str) -> bytes:
    return read_file(archive, f"trust/{number}/{name}", _MAX_FILE)
