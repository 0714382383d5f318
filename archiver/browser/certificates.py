"""The certificates that a recording proxy shows to its own browser.

One key for one capture, made when it begins and gone when it ends.  The browser is told
the hash of this key and trusts it alone (Chromium's ``ignore-certificate-errors-
spki-list``), so nothing that is trusted elsewhere comes of it.
"""

import ssl
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
MOST = 1000  # certificates at a time; one more makes all be made again
_LONGEST_NAME = 64  # characters: RFC 5280, ub-common-name


class ThrowAwayKey:
    """A key, and the certificates of whatever host is asked for.

    The key and the certificates lie in ``folder`` while they are read, since the
    standard library reads them from files alone.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()

    @property
    def spki_sha256(self) -> str:
        """The SHA-256 of the public key (SubjectPublicKeyInfo, DER), in base64."""
        der = self._key.public_key().public_bytes(
            serialization.Encoding.DER,
            serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        return b64encode(sha256(der).digest()).decode("ascii")

    def context(self, host: str) -> ssl.SSLContext:
        """Return the context of a server that is ``host``, for HTTP/1.1 alone."""
        with self._lock:
            if host not in self._contexts:
                if len(self._contexts) >= MOST:
                    self._contexts.clear()
                self._contexts[host] = self._make_context(host)
            return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        file = self._folder / "browser.pem"
        file.touch(mode=0o600)
        file.write_bytes(self._key_pem() + self._certificate_pem(host))
        context.load_cert_chain(file)
        file.unlink()
        return context

    def _key_pem(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def _certificate_pem(self, host: str) -> bytes:
        common = x509.NameAttribute(NameOID.COMMON_NAME, host[:_LONGEST_NAME])
        name = x509.Name([common])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - DAY)
            .not_valid_after(self._now + DAY)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(host)]), critical=False
            )
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
