"""A page that asks for something in every way that a page can, and its site."""

import gzip
import hashlib
import json
import secrets
import struct
from base64 import b64encode
from datetime import UTC, datetime

from warcio.archiveiterator import ArchiveIterator

from archiver.browse import observe_in_browser
from archiver.records import check_main_record, walk_records
from archiver.wire.observation import CaptureOptions
from tests.site import page

HTML = "Content-Type: text/html; charset=utf-8"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3

EVERYTHING = """<!doctype html><html><head><title>Everything</title>
<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png">
<link rel="prefetch" href="/prefetch.txt">
<link rel="preload" as="script" href="/preload.js">
<script src="/script.js"></script><script type="module" src="/module.js"></script>
</head><body><h1>Everything</h1><p id="words">Words of the page.</p>
<img src="/img.png"><img srcset="/small.png 1x, /large.png 2x"><img src="/moved">
<img src="/missing.png"><audio preload="auto" src="/sound.wav"></audio>
<video poster="/poster.png"></video><iframe src="/frame.html"></iframe>
<object data="/object.html"></object>
<div style="height: 6000px"></div><img loading="lazy" src="/lazy.png">
<script>
const say = (word) => document.body.append(word + " ");
fetch("/fetch.json").then((r) => r.json()).then((j) => say(j.word));
fetch("/gzip.json").then((r) => r.json()).then((j) => say(j.word));
fetch("/head", {method: "HEAD"}).then(() => say("head"));
fetch("/empty").then(() => say("empty"));
fetch("/post", {method: "POST", body: new Uint8Array([0, 13, 10, 255])});
fetch("OTHER/cors", {method: "PUT", headers: {"X-Own": "1"}, body: "put"})
  .then(() => say("cors"));
navigator.sendBeacon("/beacon", "beacon");
const xhr = new XMLHttpRequest(); xhr.open("GET", "/xhr.txt"); xhr.send();
import("/dynamic.js");
new Worker("/worker.js");
new SharedWorker("/shared.js");
navigator.serviceWorker.register("/sw.js");
const events = new EventSource("/events");
events.onmessage = (event) => { say(event.data); events.close(); };
const socket = new WebSocket("ws" + location.origin.slice(4) + "/ws");
socket.onopen = () => socket.send("over the socket");
socket.onmessage = (event) => { say(event.data); socket.close(); };
console.error("said by the page"); console.log("not an error");
setTimeout(() => { throw new Error("thrown by the page"); });
</script></body></html>"""


def echo_once(line):
    """Speak the server's side of a WebSocket: one message back, and the close."""
    key = line.request.split(b"Sec-WebSocket-Key: ")[1].split(b"\r\n")[0]
    accept = b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
    line.send(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    for _ in range(2):
        first, length = line.receive(2)
        mask = line.receive(4)
        masked = line.receive(length & 0x7F)
        data = bytes(each ^ mask[i % 4] for i, each in enumerate(masked))
        line.send(struct.pack("BB", first, len(data)) + data)


def typed(body, media_type, *more):
    return page(body, f"Content-Type: {media_type}", *more)


def everything(other):
    """Return the pages of a site, whose page asks another one, too."""
    script, css, png = "text/javascript", "text/css", "image/png"
    cors = (
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Headers: *",
        "Access-Control-Allow-Methods: PUT",
    )
    style = b'@import "/import.css"; @font-face { font-family: f; src: url(/f.woff2) }'
    style += b" body { font-family: f; background: url(/bg.png) }"
    word = json.dumps({"word": "packed"}).encode()
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding:"
    chunked += b" gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    packed = gzip.compress(word)
    wav = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x88\x58\1\0\2\0\x10\0"
    wav += b"data\4\0\0\0\0\0\0\0"
    pages = {
        "/": page(EVERYTHING.replace("OTHER", other).encode(), HTML),
        "/style.css": typed(style, css),
        "/import.css": typed(b"p { color: rgb(1, 2, 3) }", css),
        "/f.woff2": typed(b"no font", "font/woff2"),
        "/script.js": typed(b"document.title += ' script'", script),
        "/module.js": typed(b"import '/dep.js'", script),
        "/dep.js": typed(b"document.title += ' module'", script),
        "/dynamic.js": typed(b"document.title += ' dynamic'", script),
        "/preload.js": typed(b"", script),
        "/prefetch.txt": typed(b"later", "text/plain"),
        "/moved": page(b"", "Location: /moved-to.png", status="302 Found"),
        "/missing.png": page(b"none", status="404 Not Found"),
        "/sound.wav": typed(wav, "audio/wav"),
        "/frame.html": page(b'<p>frame</p><img src="/in-frame.png">', HTML),
        "/object.html": page(b"<p>object</p>", HTML),
        "/fetch.json": typed(b'{"word": "fetched"}', "application/json"),
        "/gzip.json": [chunked, b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)],
        "/head": [b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"],
        "/empty": [b"HTTP/1.1 204 No Content\r\n\r\n"],
        "/post": page(b"thanks"),
        "/beacon": page(b""),
        "/xhr.txt": typed(b"xhr", "text/plain"),
        "/worker.js": typed(b"fetch('/from-worker')", script),
        "/from-worker": page(b"worker"),
        "/shared.js": typed(b"fetch('/from-shared')", script),
        "/from-shared": page(b"shared"),
        "/sw.js": typed(b"oninstall = (e) => e.waitUntil(fetch('/from-sw'))", script),
        "/from-sw": page(b"service"),
        "/events": typed(b"data: an event\n\n", "text/event-stream"),
        "/ws": [echo_once],
    }
    drawn = "icon img small large moved-to poster lazy bg in-frame".split()  # noqa: SIM905
    pages |= {f"/{name}.png": typed(b"\x89PNG not", png) for name in drawn}
    return pages, {"/cors": page(b"", *cors)}


def browse(url, folder, *allowed, **options):
    """Capture by the browser; return the observation and the records of its file."""
    options = {"timeout": 30, "retries": 0} | options
    seen = observe_in_browser(
        url,
        CaptureOptions(allow_addresses=allowed, **options),
        folder,
        clock=lambda: datetime.now(UTC),
        token=secrets.token_bytes,
    )
    return seen, records_of(seen)


def records_of(seen):
    """Return (type, URI, media type, block) of each record, read by warcio."""
    with seen.warc.open("rb") as stream:
        walked = list(walk_records(stream))
        check_main_record(walked, seen.main_record)
        stream.seek(0)
        for record in ArchiveIterator(stream, check_digests="raise"):
            record.content_stream().read()
        stream.seek(0)
        return [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI"),
                record.rec_headers.get_header("Content-Type"),
                record.raw_stream.read(),
            )
            for record in ArchiveIterator(stream, no_record_parse=True)
        ]


def blocks(records, kind):
    return [(uri, block) for found, uri, _, block in records if found == kind]


def account_of(records):
    """Return the browser's account."""
    (block,) = (each[3] for each in records if each[2] == "application/json")
    return json.loads(block)


def log_of(*sites):
    """Return (URI, request, response) of all that sites answered."""
    return sorted(
        (site.url(path), request, response)
        for site in sites
        for path, request, response in site.log()
    )
