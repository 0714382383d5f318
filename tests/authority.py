"""A certificate authority for the tests: a root, an issuer below it, and servers."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
SHA256 = hashes.SHA256()


class Authority:
    """A root that signs an issuer, which signs the certificates of servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root_key = ec.generate_private_key(ec.SECP256R1())
        self._issuer_key = ec.generate_private_key(ec.SECP256R1())
        root, issuer = _name("Test root"), _name("Test issuer")
        self.root = _authority(root, root, root_key).sign(root_key, SHA256)
        self.issuer = _authority(issuer, root, self._issuer_key).sign(root_key, SHA256)
        self.ca_file = folder / "root.pem"
        self.ca_file.write_bytes(_pem(self.root))

    def server(self, *hosts: str, days: int = 30) -> ssl.SSLContext:
        """Return the context of a server with a certificate for ``hosts``.

        It presents its own certificate and the issuer's.  With negative ``days`` the
        certificate has run out.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general(host) for host in hosts])
        builder = _builder(_name(hosts[0]), self.issuer.subject, key, days)
        builder = builder.add_extension(names, critical=False)
        leaf = builder.sign(self._issuer_key, SHA256)
        file = self.folder / f"{hosts[0]}{days}.pem"
        file.write_bytes(_pem(leaf) + _pem(self.issuer) + _key_pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject, issuer, key, days):
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 90 * DAY)
        .not_valid_after(now + days * DAY)
    )


def _authority(subject, issuer, key):
    builder = _builder(subject, issuer, key, 30)
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    return builder.add_extension(constraints, critical=True)


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
