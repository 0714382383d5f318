"""A quick HTTP server on loopback for the benchmarks, in a process of its own.

It prints its port and serves until its standard input ends; then it prints how many
answers it gave and the seconds of processor that it used, so that a benchmark can say
whether the server was what limited it.
"""

import asyncio
import random
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 18  # bytes handed to the kernel at a time
LARGE = 64 << 20
HOSTS = 8
LATE = {"late": 0.03, "far": 0.05}  # seconds that such a site takes to answer
RESOURCES = 60  # that the page for browsers loads
WORDS = ("a", "claim", "is", "tied", "quote", "by", "quote", "to", "bytes", "seen")


@dataclass
class Server:
    """The server that runs; the last two are known once it has stopped."""

    port: int
    answers: int = 0
    seconds: float = 0
    scheme: str = "http"

    def url(self, path: str, place: int = 0) -> str:
        """Return the URL of a page, on one of the hosts that this machine is."""
        return f"{self.scheme}://{host(place)}:{self.port}{path}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that it listens at, as ``--allow-address`` takes them."""
        return tuple(f"{host(place)}:{self.port}" for place in range(HOSTS))


def host(place: int) -> str:
    """Return one of the addresses that this machine has on loopback."""
    return f"127.0.0.{1 + place % HOSTS}"


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Server]:
    """Run the server in a process of its own; over TLS if it has a ``certificate``."""
    more = [str(certificate)] if certificate else []
    with subprocess.Popen(  # noqa: S603 - this very file
        [sys.executable, __file__, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin  # noqa: S101 - it was asked for
        assert process.stdout  # noqa: S101
        server = Server(int(process.stdout.readline()))
        server.scheme = "https" if certificate else "http"
        yield server
        process.stdin.close()
        answers, seconds = process.stdout.readline().split()
        server.answers, server.seconds = int(answers), float(seconds)


class Pages:
    """What is served: every page of a kind has the same length and other words."""

    def __init__(self, port: int) -> None:
        self.port = port
        chance = random.Random(1)  # noqa: S311 - the same pages at each run
        self.paragraph = " ".join(chance.choices(WORDS, k=1400)).encode()
        words = " ".join(chance.choices(WORDS, k=250_000)).encode()[: 1 << 20]
        self.large = {
            "words": words * (LARGE // len(words)),
            "media": chance.randbytes(1 << 20) * (LARGE >> 20),
        }

    def answer(self, path: str) -> tuple[str, bytes]:
        """Return the type and the body of a page."""
        kind = path.split("/")[1]
        if kind in self.large:
            return "application/octet-stream", self.large[kind]
        if kind == "site":
            return "text/html; charset=utf-8", self.site(path)
        if kind in ("image", "late"):
            return "image/svg+xml", self.image(path)
        head = f"<!doctype html><title>{path}</title><h1>{path}</h1><p>"
        return "text/html; charset=utf-8", head.encode() + self.paragraph

    def site(self, path: str) -> bytes:
        """Return a page that loads many pictures, of the kind that its path names."""
        kind = path.split("/")[2]
        images = "".join(
            f'<img src="//{host(i)}:{self.port}/{kind}/{i}.svg">'
            for i in range(RESOURCES)
        )
        return f"<!doctype html><title>site</title>{images}".encode()

    def image(self, path: str) -> bytes:
        """Return a small picture, another one for each path."""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
            f"<title>{path}</title><desc>{self.paragraph.decode()}</desc>"
            '<rect width="20" height="20" fill="green"/></svg>'
        ).encode()


class Answering(asyncio.Protocol):
    """One connection: it answers each request, and closes where that is asked for."""

    count = 0

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.waiting = b""
        self.writable = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the types
        self.transport = transport
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come to its end."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self._answer(head)

    def pause_writing(self) -> None:
        """Wait until the kernel has taken what it has."""
        self.writable.clear()

    def resume_writing(self) -> None:
        """Go on."""
        self.writable.set()

    def connection_lost(self, _: Exception | None) -> None:
        """Let whoever waits find that it is over."""
        self.writable.set()

    def _answer(self, head: bytes) -> None:
        Answering.count += 1
        path = head.split(b" ", 2)[1].decode()
        late = LATE.get(path.split("/")[1], 0)
        kind, body = self.pages.answer(path)
        closes = b"connection: close" in head.lower()
        lines = ["HTTP/1.1 200 OK", f"Content-Type: {kind}"]
        lines += [f"Content-Length: {len(body)}", *["Connection: close"] * closes]
        start = "\r\n".join([*lines, "", ""]).encode()
        if len(body) <= PIECE and not late:
            self.transport.write(start + body)
            if closes:
                self.transport.close()
            return
        pieces = memoryview(start + body if len(body) <= PIECE else body)
        if len(body) > PIECE:
            self.transport.write(start)
        task = asyncio.ensure_future(self._send(pieces, closes=closes, late=late))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _send(self, body: memoryview, *, closes: bool, late: float) -> None:
        await asyncio.sleep(late)
        for start in range(0, len(body), PIECE):
            await self.writable.wait()
            if self.transport.is_closing():
                return
            self.transport.write(body[start : start + PIECE])
        if closes:
            self.transport.close()


def listen() -> list[socket.socket]:
    """Listen on one port of several addresses, as if they were several hosts."""
    first = socket.create_server((host(0), 0), backlog=512)
    port = first.getsockname()[1]
    others = [(host(place), port) for place in range(1, HOSTS)]
    return [first, *(socket.create_server(each, backlog=512) for each in others)]


async def serve(certificate: str | None) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    sockets = listen()
    pages = Pages(sockets[0].getsockname()[1])
    servers = [
        await loop.create_server(lambda: Answering(pages), sock=each, ssl=context)
        for each in sockets
    ]
    print(pages.port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    with suppress(BrokenPipeError):  # a benchmark that failed asks for nothing more
        print(Answering.count, time.process_time(), flush=True)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1] if len(sys.argv) > 1 else None))
