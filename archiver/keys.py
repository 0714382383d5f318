"""Private keys and pins: the operator's own configuration folder, never an archive.

Keys are OpenSSH Ed25519 files (one file serves ``ssh-keygen``, an agent and us) in
``<config>/keys/<origin>/{log,operator}``, mode 0600.  A pin is the SHA-256 by which
this user knows an archive's trust folder: ``<config>/pins/<origin>``.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from platformdirs import user_config_path, user_state_path

from archiver import shipped
from archiver.errors import ArchiveError, MalformedError
from archiver.flushing import flush, keep_file, keep_folder

LOG, OPERATOR = "log", "operator"
MAX_KEY = 1 << 16  # bytes of a key file
_LONGEST = 200  # characters of a file's name, which has endings
Passphrase = Callable[[], bytes]  # asked for only where a key file wants one


def config_folder() -> Path:
    """Return the user's configuration folder for keys and pins."""
    return user_config_path("sourcebook")


def state_folder() -> Path:
    """Return the user's state folder, for the log's lock record and heads seen."""
    return user_state_path("sourcebook")


def escape(origin: str) -> str:
    """Spell a log's origin as one file name: ``_xx`` for each byte it cannot hold.

    No two origins have the same name, and none leads out of the folder: a dot at the
    beginning is spelt out.  One that is too long for a name goes by its SHA-256.
    """
    name = re.sub(r"^\.|[^A-Za-z0-9.-]", _spell, origin)
    return name if len(name) <= _LONGEST else sha256(origin.encode()).hexdigest()


def _spell(found: re.Match[str]) -> str:
    spelt = found[0].encode("utf-8", "surrogatepass")
    return "".join(f"_{byte:02x}" for byte in spelt)


@contextmanager
def own_file(place: Path, act: str) -> Iterator[None]:
    """Tell a failure of the disk, at one of the user's own files, for what it is.

    Raises:
        ArchiveError: the disk fails.
    """
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"{place} cannot be {act}: {error.strerror or error}",
            hint="check that your folder for it is there, writable and not full",
        ) from error


def read_private(place: Path, most: int) -> bytes:
    """Read the first ``most`` bytes of a file that its owner alone may read.

    Raises:
        ArchiveError: it cannot be read, or others may read it.
    """
    try:
        with place.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode & 0o777
            content = stream.read(most)
    except OSError as error:
        raise ArchiveError(f"{place} cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise ArchiveError(
            f"{place} has mode {mode:04o}, expected 0600: others could read it",
            hint=f"chmod 600 '{place}'",
        )
    return content


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """The private keys of one archive, on the machine that writes it."""

    folder: Path
    origin: str

    def read(self, role: str, passphrase: Passphrase) -> Ed25519PrivateKey:
        """Read the private key of ``role``.

        Raises:
            ArchiveError: it is not on this machine, others may read it, the passphrase
                is wrong, or the file holds no Ed25519 key.
        """
        place = self.folder / role
        if not place.exists():
            raise ArchiveError(
                f"the {role} key of {self.origin} is not on this machine:"
                f" {place} is absent",
                hint="writing needs the keys made by 'sourcebook init'; copy their "
                "folder"
                " from the machine that has them. Verifying needs no key",
            )
        return load_key(place, passphrase)

    def write(self, role: str, content: bytes) -> None:
        """Write a new key file, readable by its owner alone."""
        place = self.folder / role
        with own_file(place, "written"):
            keep_folder(self.folder, 0o700)
            place.touch(mode=0o600, exist_ok=False)
            place.write_bytes(content)
            flush(place)
            flush(self.folder)

    def link(self, role: str, file: Path) -> None:
        """Use the key file that the operator keeps elsewhere, without copying it."""
        with own_file(self.folder / role, "written"):
            keep_folder(self.folder, 0o700)
            (self.folder / role).symlink_to(file.resolve())
            flush(self.folder)

    def forget(self) -> None:
        """Remove the keys of an archive that came to nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)


def key_folder(origin: str) -> KeyFolder:
    """Return the place of the private keys of the archive with this log origin."""
    return KeyFolder(config_folder() / "keys" / escape(origin), origin)


def load_key(place: Path, passphrase: Passphrase) -> Ed25519PrivateKey:
    """Load an OpenSSH Ed25519 key file; ask for its passphrase only where it has one.

    Raises:
        ArchiveError: it cannot be read, others may read it, the passphrase is wrong, or
            it holds no Ed25519 key.
    """
    content = read_private(place, MAX_KEY)
    try:
        key = _decrypt(place, content, passphrase)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ArchiveError(
            f"{place} is no key: {error}, expected an OpenSSH Ed25519 private key",
            hint="name the private key's file, as ssh-keygen -t ed25519 makes it",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ArchiveError(f"{place} holds a {type(key).__name__}, expected Ed25519")
    return key


def _decrypt(place: Path, content: bytes, passphrase: Passphrase) -> object:
    try:
        return serialization.load_ssh_private_key(content, password=None)
    except TypeError:  # how the library says that a passphrase is needed
        given = passphrase()
    try:
        return serialization.load_ssh_private_key(content, password=given)
    except (TypeError, ValueError) as error:
        raise ArchiveError(
            f"{place} is not opened by the passphrase that was given",
            hint="give the passphrase that was set when the key was made",
        ) from error


def format_key(key: Ed25519PrivateKey, passphrase: bytes) -> bytes:
    """Write a private key in OpenSSH's format; an empty passphrase encrypts nothing."""
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption
    )


def remember_pin(origin: str, pin: str) -> None:
    """Remember the pin of an archive for this user."""
    place = _pin_file(origin)
    with own_file(place, "written"):
        keep_folder(place.parent, 0o700)
        keep_file(place, f"sha256:{pin}\n".encode())


def forget_pin(origin: str) -> None:
    """Forget the pin of an archive that came to nothing."""
    with suppress(OSError):
        _pin_file(origin).unlink(missing_ok=True)


def recall_pin(origin: str) -> str | None:
    """Return the pin that this user remembers for ``origin``, else the one shipped.

    Raises:
        ArchiveError: the remembered pin cannot be read, or is not a SHA-256.
    """
    place = _pin_file(origin)
    with own_file(place, "read"):
        if not place.exists():
            return shipped.PIN if origin == shipped.ORIGIN else None
        text = place.read_text(encoding="ascii", errors="replace").strip()
    try:
        return parse_pin(text)
    except MalformedError as error:
        raise ArchiveError(
            f"{place}: {error}", hint="write the pin of the archive into it again"
        ) from error


def _pin_file(origin: str) -> Path:
    return config_folder() / "pins" / escape(origin)


def parse_pin(text: str) -> str:
    """Parse ``sha256:<64 hex>`` into the hex.

    Raises:
        MalformedError: it is spelt otherwise.
    """
    found = re.fullmatch(r"sha256:([0-9a-f]{64})", text)
    if not found:
        raise MalformedError(f"the pin is {text!r}, expected sha256: and 64 hex digits")
    return found[1]
