"""Certificates that one browser trusts for the time of one capture."""

import socket
import ssl
import stat
import threading
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import DNSName, IPAddress, SubjectAlternativeName

from archiver.browser import certificates
from archiver.browser.certificates import ThrowAwayKey


@pytest.fixture
def key(tmp_path):
    return ThrowAwayKey(tmp_path, datetime.now(UTC))


def shown(context):
    """Shake hands with a server; return its certificate and the protocol."""
    here, there = socket.socketpair()
    done = []

    def serve():
        with context.wrap_socket(there, server_side=True) as server:
            done.append(server.selected_alpn_protocol())

    thread = threading.Thread(target=serve)
    thread.start()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_alpn_protocols(["h2", "http/1.1"])
    with client.wrap_socket(here) as sock:
        der = sock.getpeercert(binary_form=True)
    thread.join()
    return x509.load_der_x509_certificate(der), done[0]


def names(certificate):
    extension = certificate.extensions.get_extension_for_class(SubjectAlternativeName)
    return extension.value


def test_each_host_has_a_certificate_on_the_one_key_that_the_browser_is_told_of(key):
    spki = []
    for host, kind in (("news.example", DNSName), ("127.0.0.1", IPAddress)):
        certificate, protocol = shown(key.context(host))
        assert [str(each) for each in names(certificate).get_values_for_type(kind)] == [
            host
        ]
        assert protocol == "http/1.1"
        der = certificate.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        spki.append(sha256(der).digest())
    assert spki == [b64decode(key.spki_sha256)] * 2


def test_two_captures_have_two_keys(tmp_path):
    keys = [ThrowAwayKey(tmp_path, datetime.now(UTC)).spki_sha256 for _ in range(2)]
    assert keys[0] != keys[1]


def test_no_key_is_left_on_the_disk(key, tmp_path):
    key.context("news.example")
    assert list(tmp_path.iterdir()) == []


def test_the_key_is_read_by_its_owner_alone(key, monkeypatch):
    modes = []
    load = ssl.SSLContext.load_cert_chain

    def note(context, file):
        modes.append(stat.S_IMODE(file.stat().st_mode))
        load(context, file)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", note)
    key.context("news.example")
    assert modes == [0o600]


def test_a_certificate_is_made_once_and_not_for_hosts_without_end(key, monkeypatch):
    assert key.context("a.example") is key.context("a.example")
    monkeypatch.setattr(certificates, "MOST", 2)
    first = key.context("a.example")
    for host in ("b.example", "c.example", "d.example"):
        key.context(host)
    assert key.context("a.example") is not first


def test_a_long_name_has_a_certificate(key):
    host = ".".join(["a" * 60] * 4)
    certificate, _ = shown(key.context(host))
    assert names(certificate).get_values_for_type(DNSName) == [host]
