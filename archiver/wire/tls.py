"""TLS on the recorded connection: who the server said it was, and on whose word.

The certificates are those that this very handshake brought, in the order presented.
They prove nothing to a third party (TLS does not sign what it carries); they say whose
keys the capturer's machine accepted.
"""

import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import certifi

from archiver.errors import MalformedError

VERIFIED = "verified"
MAX_ROOTS = 16 << 20  # bytes of a file of certificates


@dataclass(frozen=True, slots=True)
class Roots:
    """The certificates that are trusted: a context for them, and their file's hash."""

    context: ssl.SSLContext
    sha256: str


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What was seen of a TLS connection; ``chain`` is DER, the server's own first.

    ``sni`` is the name that was asked for, "" where an address was.  ``verdict`` is
    the handshake's, by the certificates in the file with the hash ``roots``: a
    connection whose certificate does not verify is not used.  ``whole_chain`` is false
    where this Python shows the server's certificate alone.
    """

    version: str
    cipher: str
    sni: str
    verdict: str
    roots: str
    chain: tuple[bytes, ...]
    whole_chain: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as they stand in a statement: certificates by SHA-256."""
        return {
            "version": self.version,
            "cipher": self.cipher,
            "sni": self.sni,
            "verdict": self.verdict,
            "roots": self.roots,
            "chain": [sha256(certificate).hexdigest() for certificate in self.chain],
            "wholeChain": self.whole_chain,
        }


def read_roots(ca_file: Path | None) -> Roots:
    """Read the certificates to trust; TLS 1.2 or later, and the host's name, are due.

    Without ``ca_file`` they are certifi's: no environment variable replaces them.

    Raises:
        MalformedError: the file cannot be read, or holds no certificate.
    """
    path = ca_file or Path(certifi.where())
    try:
        found = path.stat()
        return _load(path, found.st_ino, found.st_size, found.st_mtime_ns)
    except (OSError, ValueError) as error:
        raise MalformedError(
            f"{path} cannot be used ({error}), expected certificates in PEM"
        ) from error


@lru_cache(maxsize=8)
def _load(path: Path, *_: int) -> Roots:
    """Load a file of certificates once, as long as it is the same: it takes 20 ms."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with path.open("rb") as stream:
        data = stream.read(MAX_ROOTS + 1)
    if len(data) > MAX_ROOTS:
        raise ValueError(f"it is longer than {MAX_ROOTS} bytes")
    context.load_verify_locations(cadata=data.decode("ascii", "replace"))
    return Roots(context, sha256(data).hexdigest())


def secure(
    sock: socket.socket, roots: Roots, host: str
) -> tuple[ssl.SSLSocket, TlsFacts]:
    """Shake hands on ``sock``, and return the TLS socket with what was seen.

    A connection that ends without close_notify raises ``ssl.SSLEOFError`` when it is
    read: anybody on the way can cut it there (RFC 8446, 6.1).

    Raises:
        ssl.SSLError: the handshake failed, or the certificate does not verify.
        OSError: the connection broke.
    """
    context = roots.context
    secured = context.wrap_socket(
        sock, server_hostname=host, suppress_ragged_eofs=False
    )
    chain, whole = presented_chain(secured)
    cipher = secured.cipher()
    return secured, TlsFacts(
        version=secured.version() or "",
        cipher=cipher[0] if cipher else "",
        sni="" if is_address(host) else host,
        verdict=VERIFIED,
        roots=roots.sha256,
        chain=chain,
        whole_chain=whole,
    )


def is_address(host: str) -> bool:
    """Tell an address from a name: none is sent as SNI (RFC 6066, 3)."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def presented_chain(sock: ssl.SSLSocket) -> tuple[tuple[bytes, ...], bool]:
    """Return the certificates that the server presented, and whether these are all.

    Python 3.13 has them on the socket, earlier ones on an undocumented object beneath
    it.  The server's own certificate is the fallback.
    """
    leaf = sock.getpeercert(binary_form=True) or b""
    holders = (sock, getattr(sock, "_sslobj", None))
    asks = [getattr(holder, "get_unverified_chain", None) for holder in holders]
    ask = next((ask for ask in asks if ask), None)
    chain = tuple(_der(certificate) for certificate in ask()) if ask else ()
    return (chain, True) if chain[:1] == (leaf,) else ((leaf,), False)


def _der(certificate: Any) -> bytes:
    """Return a certificate in DER: bytes as they are, else what 3.11 and 3.12 give."""
    if isinstance(certificate, bytes):
        return certificate
    return ssl.PEM_cert_to_DER_cert(certificate.public_bytes())
