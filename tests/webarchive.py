"""A stub of a web archive on loopback, written by us: it is nobody else's code.

It answers as RFC 7089 and the public documentation of Save Page Now (SPN2, 2023) say
that a web archive does: dated addresses with the bytes as they were recorded (``id_``)
or with a line of its own put in, the way from an undated address to the last one, jobs
that are asked for.  A test says what else it answers; what it was asked is logged.
"""

import json
import re
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

DATED = re.compile(r"/web/([0-9]{14})([a-z]{2}_)?/(.+)")
STAMP = "20260203080000"
TOOLBAR = b"<!-- the stub's toolbar -->"
JOB = "spn2-" + "0123456789" * 4


@dataclass
class Answer:
    """A response: fields beside Content-Length, and the body."""

    status: int = 200
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    stall: float = 0.0
    length: int | None = None  # what Content-Length says, if not the truth


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    fields: dict[str, str]
    body: bytes


def answer(thing: Any, status: int = 200, **fields: str) -> Answer:
    """Return a JSON answer, as the service gives it."""
    body = thing if isinstance(thing, bytes) else json.dumps(thing).encode()
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return Answer(status, {"Content-Type": "application/json", **named}, body)


def saved(url: str, stamp: str = STAMP, job: str = JOB) -> Answer:
    """Return what a job that is done says, in the shape that is documented."""
    return answer(
        {
            "status": "success",
            "job_id": job,
            "original_url": url,
            "timestamp": stamp,
            "duration_sec": 6.203,
            "http_status": 200,
            "resources": [url],
            "outlinks": {},
            "counters": {"embeds": 1, "outlinks": 0},
        }
    )


def pending(job: str = JOB) -> Answer:
    """Return what a job that is not done says, or one that nobody knows."""
    return answer({"status": "pending", "job_id": job, "resources": []})


def refused(code: str, words: str) -> Answer:
    """Return an error of the service; it comes with status 200."""
    return answer({"status": "error", "status_ext": code, "message": words})


def dated(stamp: str) -> str:
    """Write the time of an address as Memento-Datetime has it."""
    moment = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


class WebArchive:
    """The stub: ``put`` what it holds; script what it says of jobs.

    ``saves`` and ``states`` are given out one after the other, the last for ever.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.held: dict[tuple[str, str], Answer] = {}
        self.pages: dict[str, Answer] = {}
        self.saves: list[Answer] = [answer({"url": "", "job_id": JOB})]
        self.states: list[Answer] = [pending()]
        self.asked: list[Asked] = []
        self.on_save: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.scheme = "http"
        if tls:
            self.scheme = "https"
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Its address as ``--allow-address`` takes it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.address}"

    def put(self, url: str, body: bytes, stamp: str = STAMP, **more: Any) -> str:
        """Hold a memento of ``url``; return its address. ``more`` goes to Answer."""
        address = f"{self.url}/web/{stamp}/{url}"
        fields = {
            "Content-Type": "text/html; charset=utf-8",
            "Memento-Datetime": dated(stamp),
            "Link": (
                f'<{url}>; rel="original", <{self.url}/web/timemap/link/{url}>;'
                ' rel="timemap"; type="application/link-format",'
                f' <{self.url}/web/{url}>; rel="timegate",'
                f' <{address}>; rel="first last memento"; datetime="{dated(stamp)}"'
            ),
        }
        changed = {**fields, **more.pop("fields", {})}
        kept = {name: value for name, value in changed.items() if value}
        self.held[stamp, url] = Answer(body=body, fields=kept, **more)
        return address

    def answer_to(self, asked: Asked) -> Answer:
        """Return the answer to a request, which is logged."""
        with self._lock:
            self.asked.append(asked)
            if asked.path in self.pages:
                return self.pages[asked.path]
            if asked.method == "POST" and asked.path == "/save":
                self.on_save()
                return _next(self.saves)
            if asked.path.startswith("/save/status/"):
                return _next(self.states)
            return self._memento(asked.path)

    def _memento(self, path: str) -> Answer:
        found = DATED.fullmatch(path)
        stamp, form, url = found.groups() if found else ("", None, path[5:])
        stamps = sorted(at for at, held in self.held if held == url)
        if (stamp, url) in self.held:
            held = self.held[stamp, url]
            if form == "id_":
                return held
            return Answer(held.status, held.fields, TOOLBAR + held.body, held.stall)
        if not stamps:
            return Answer(404, {"Content-Type": "text/html"}, b"not in this archive")
        place = f"/web/{stamps[-1]}{form or ''}/{url}"
        return Answer(302, {"Location": place, "Content-Type": "text/html"}, b"moved")


def _next(answers: list[Answer]) -> Answer:
    return answers.pop(0) if len(answers) > 1 else answers[0]


def _handler(archive: WebArchive) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, dict(self.headers), body)
            given = archive.answer_to(asked)
            time.sleep(given.stall)
            self.send_response(given.status)
            for name, value in given.fields.items():
                self.send_header(name, value)
            length = len(given.body) if given.length is None else given.length
            self.send_header("Content-Length", str(length))
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            with suppress(OSError):  # who asked may have given up
                self.wfile.write(given.body)

    return Handler
