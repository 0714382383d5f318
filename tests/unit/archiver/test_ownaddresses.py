"""Which addresses are this machine's own."""

import socket

import pytest

from archiver.wire.ownaddresses import is_own


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.3.2.1"])
def test_what_this_machine_answers_to_is_its_own(ip):
    assert is_own(ip)


@pytest.mark.parametrize(
    "ip", ["192.0.2.1", "8.8.8.8", "2001:db8::1", "2606:4700:4700::1111", "no address"]
)
def test_an_address_of_others_is_not(ip):
    assert not is_own(ip)


def test_the_address_that_others_know_it_by_is_its_own():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # sends nothing: it looks up the way
        except OSError:  # there is none
            return
        assert is_own(sock.getsockname()[0])


def test_where_anybody_may_bind_any_address_nothing_is_known(monkeypatch):
    monkeypatch.setattr("archiver.wire.ownaddresses._binds", lambda *_: True)
    assert not is_own("8.8.8.8")
