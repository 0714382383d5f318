"""An archive's trust folder: the log's policy and the signers, every version kept.

The highest version is in force.  Version 1 is what a pin names; each later one counts
only where a ``policy`` statement in the log covers it (``verify`` checks that chain).
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archiver.errors import ArchiveError
from archiver.policy import Policy, parse_policy
from archiver.signers import (
    LogPlace,
    Signer,
    check_separate,
    parse_signers,
    pin,
    signer_for,
)
from archiver.store import Archive, read_file

POLICY, SIGNERS = "policy", "signers"
_MAX_FILE = 1 << 20  # bytes
# who may sign what (formats.md §3)
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

    def check_signer(self, keyid: str, statement_type: str, index: int) -> Signer:
        """Check that ``keyid`` may sign a statement of this type at this log index.

        Raises:
            VerificationError: the key is in no line of signers, lacks the role, or
                does not hold it at that place.
        """
        role = ROLE_OF_TYPE[statement_type]
        return signer_for(self.signers, keyid, role, LogPlace(1, index))


def read_trust(archive: Archive) -> Trust:
    """Read the version of the trust folder that is in force.

    Raises:
        ArchiveError: there is no version, or one cannot be read.
        MalformedError: a file is not what its format says, or a key signs both notes
            and statements.
    """
    number = max(trust_versions(archive), default=0)
    if not number:
        raise ArchiveError(
            f"{archive.root} has no trust/1: the archive is not whole",
            hint="restore trust/ from a copy; without it nothing can be verified",
        )
    policy, signers = (_read(archive, number, name) for name in (POLICY, SIGNERS))
    first = pin(_read(archive, 1, POLICY), _read(archive, 1, SIGNERS))
    trust = Trust(number, parse_policy(policy), parse_signers(signers), first)
    check_separate(trust.policy, trust.signers)
    return trust


def trust_versions(archive: Archive) -> list[int]:
    """List the numbers of the versions in the trust folder, in order."""
    folder = archive.path("trust")
    if not folder.is_dir():
        return []
    names = (place.name for place in folder.iterdir())
    return sorted(int(name) for name in names if name.isascii() and name.isdecimal())


def _read(archive: Archive, number: int, name: str) -> bytes:
    return read_file(archive, f"trust/{number}/{name}", _MAX_FILE)
