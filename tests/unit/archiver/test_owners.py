"""Whose connection it is: asked of the kernel, and looked up."""

import os
import socket
import subprocess
import sys

import pytest

from archiver.browser.owners import ask_owner, find_owners, is_ours

CLIENT = """
import os, socket, sys
os.setuid(int(sys.argv[1]))
with socket.socket() as sock:
    sock.connect(("127.0.0.1", int(sys.argv[2])))
    sys.stdin.read()
"""
LINE = "   0: 0100007F:0051 0100007F:0050 01 0:0 00:0 0 {uid} 0 1\n"
PEER, HERE = ("127.0.0.1", 0x51), ("127.0.0.1", 0x50)


@pytest.fixture
def connection():
    """Connect to a listener; yield both ends as the listener sees them."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        other, peer = listener.accept()
        with other:
            yield peer, listener.getsockname(), client


def test_a_connection_of_our_own_is_ours(connection):
    peer, here, _ = connection
    assert is_ours(peer, here)
    assert find_owners(peer, here) == {os.getuid()}
    assert ask_owner(peer, here) in (os.getuid(), None)


def test_a_connection_of_another_user_is_not():
    stranger = 12345 if os.getuid() == 0 else os.getuid()  # only root can be another
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        here = listener.getsockname()
        words = [sys.executable, "-c", CLIENT, str(stranger), str(here[1])]
        with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
            other, peer = listener.accept()
            with other:
                found = is_ours(peer, here), find_owners(peer, here)
            process.kill()
    assert found == (stranger == os.getuid(), {stranger})


def test_the_table_names_the_user_of_a_connection(tmp_path):
    table = tmp_path / "tcp"
    table.write_text("  sl  local rem\n" + LINE.format(uid=1001))
    assert find_owners(PEER, HERE, table) == {1001}
    assert find_owners(HERE, PEER, table) == set()
    assert find_owners(PEER, HERE, tmp_path / "none") == set()


def test_a_connection_that_is_none_has_no_owner():
    assert ask_owner(("127.0.0.1", 1), ("127.0.0.1", 2)) is None
    assert is_ours(("127.0.0.1", 1), ("127.0.0.1", 2))
