"""A recording proxy with a site behind it, and a client that speaks to it by hand."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

from warcio.archiveiterator import ArchiveIterator

from archiver.browser.certificates import ThrowAwayKey
from archiver.browser.ledger import Ledger
from archiver.browser.proxy import Proxy
from archiver.records import walk_records
from archiver.wire.guard import parse_address
from archiver.wire.recorder import Budget, Route, resolve_host
from archiver.wire.recording import Recording
from archiver.wire.tls import read_roots

CONNECT = b"\x05\x01\x00\x05\x01\x00\x03"


def now():
    return datetime.now(UTC)


@dataclass
class Bench:
    """A proxy that runs, and what it has seen once it has ended."""

    proxy: Proxy
    ledger: Ledger
    recording: Recording
    key: ThrowAwayKey
    warc: Path | None = None

    @property
    def entries(self):
        return self.ledger.entries()

    def blocks(self, kind):
        """Return (URI, block) of all records of a kind, as warcio reads them."""
        with self.warc.open("rb") as stream:
            assert list(walk_records(stream))
            stream.seek(0)
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
            stream.seek(0)
            return [
                (
                    record.rec_headers.get_header("WARC-Target-URI"),
                    record.raw_stream.read(),
                )
                for record in ArchiveIterator(stream, no_record_parse=True)
                if record.rec_type == kind
            ]

    def client(self, host, port):
        """Return a connection to a host through the proxy."""
        sock = socket.create_connection(("127.0.0.1", self.proxy.port), 10)
        name = host.encode()
        sock.sendall(CONNECT + bytes((len(name),)) + name + port.to_bytes(2))
        assert sock.recv(2) == b"\x05\x00"
        reply = sock.recv(10)
        assert len(reply) == 10
        return sock, reply[1]

    def to(self, site, host=None):
        """Return a connection to a site through the proxy, over TLS where it is so."""
        sock, reply = self.client(host or site.host, site.port)
        assert reply == 0
        if site.url().startswith("https"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            sock = context.wrap_socket(
                sock, server_hostname=host or site.host, suppress_ragged_eofs=False
            )
        return sock


@contextmanager
def proxying(
    folder,
    *allowed,
    seconds=20.0,
    size=1 << 24,
    resolve=resolve_host,
    ca_file=None,
    **more,
):
    """Run a proxy; on leaving, end it and finish its WARC."""
    bounds = {
        name: more.pop(name)
        for name in ("connect_timeout", "first_byte_timeout")
        if name in more
    }
    route = Route(
        Budget(size, time.monotonic() + seconds),
        [parse_address(each) for each in allowed],
        read_roots(ca_file),
        resolve,
        **bounds,
    )
    with Recording(folder, started=now(), token=token_bytes) as recording:
        ledger = Ledger(recording, now, [])
        key = ThrowAwayKey(folder, now())
        with Proxy(route, recording, ledger, key, **more) as proxy:
            bench = Bench(proxy, ledger, recording, key)
            yield bench
        ledger.close()
        bench.warc = recording.finish()


def ask(path, *lines, host, method="GET", body=b""):
    """Return a request."""
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def read_exactly(sock, length):
    """Read so many bytes, or as many as come."""
    data = b""
    while len(data) < length:
        block = sock.recv(length - len(data))
        if not block:
            break
        data += block
    return data


def read_all(sock):
    """Read until the end."""
    data = b""
    while block := sock.recv(1 << 16):
        data += block
    return data


def read_or_lose(sock, request=b""):
    """Send a request and read until the end, which may be a reset; return what came."""
    data = b""
    with suppress(ConnectionResetError, BrokenPipeError):
        if request:
            sock.sendall(request)
        while block := sock.recv(1 << 16):
            data += block
    return data


def wait_until(condition, seconds=5.0):
    """Wait for a condition."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        threading.Event().wait(0.01)
