"""What is seen of a TLS connection."""

import hashlib
import socket
import ssl
from pathlib import Path

import certifi
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from archiver.errors import MalformedError
from archiver.wire.tls import is_address, presented_chain, read_roots, secure
from tests.authority import Authority
from tests.site import Site, page


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def shake_hands(site, roots, host):
    sock = socket.create_connection((site.host, site.port), timeout=5)
    secured, facts = secure(sock, roots, host)
    with secured:
        return facts, secured.suppress_ragged_eofs


def test_the_chain_is_what_this_handshake_presented(authority):
    with Site({}, tls=authority.server("127.0.0.1", "news.example")) as site:
        roots = read_roots(authority.ca_file)
        facts, tolerant = shake_hands(site, roots, "news.example")
        again, _ = shake_hands(site, roots, "127.0.0.1")
    assert (facts.sni, again.sni) == ("news.example", "")
    assert facts.chain == again.chain
    leaf, issuer = facts.chain
    assert issuer == ssl.PEM_cert_to_DER_cert(
        authority.issuer.public_bytes(Encoding.PEM).decode()
    )
    assert facts.as_dict()["chain"] == [
        hashlib.sha256(leaf).hexdigest(),
        hashlib.sha256(issuer).hexdigest(),
    ]
    assert facts.as_dict()["verdict"] == "verified"
    assert not tolerant


class OnlyLeaf:
    """A socket of a Python that shows no chain."""

    def getpeercert(self, *, binary_form):
        assert binary_form
        return b"leaf"


class Modern(OnlyLeaf):
    """A socket of Python 3.13, which has the chain in DER."""

    chain = (b"leaf", b"issuer")

    def get_unverified_chain(self):
        return list(self.chain)


def test_the_certificate_of_the_server_alone_is_the_fallback():
    assert presented_chain(OnlyLeaf()) == ((b"leaf",), False)


def test_a_later_python_gives_the_chain_itself():
    assert presented_chain(Modern()) == ((b"leaf", b"issuer"), True)


def test_a_chain_that_does_not_begin_with_the_server_is_not_taken():
    other = Modern()
    other.chain = (b"issuer", b"leaf")
    assert presented_chain(other) == ((b"leaf",), False)


def test_the_usual_roots_are_certifis_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    roots = read_roots(None)
    data = Path(certifi.where()).read_bytes()
    assert roots.sha256 == hashlib.sha256(data).hexdigest()
    assert roots.context.verify_mode is ssl.CERT_REQUIRED
    assert roots.context.check_hostname
    assert roots.context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert len(roots.context.get_ca_certs()) > 50


def test_a_missing_file_of_roots_is_told(tmp_path):
    with pytest.raises(MalformedError, match="expected certificates in PEM"):
        read_roots(tmp_path / "none.pem")


def test_an_old_tls_is_refused(authority):
    context = authority.server("127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Site({"/": page(b"hi")}, tls=context) as site:
        sock = socket.create_connection((site.host, site.port), timeout=5)
        with pytest.raises(ssl.SSLError):
            secure(sock, read_roots(authority.ca_file), "127.0.0.1")
        sock.close()


def test_an_address_is_told_from_a_name():
    assert is_address("127.0.0.1")
    assert is_address("::1")
    assert not is_address("news.example")


def test_a_file_of_certificates_without_end_is_refused():
    with pytest.raises(MalformedError, match="is longer than 16777216 bytes"):
        read_roots(Path("/dev/zero"))
