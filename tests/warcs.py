"""WARC records put together by hand from the standard, good ones and bad ones.

Nothing here uses the project's own writer, which has the same reader's blind spots.
"""

import gzip
from hashlib import sha256

URI = "http://a.example/"
DATE = "2026-01-31T23:59:59.123456Z"
INFO = b"software: by hand\r\nnonce: 00112233445566778899aabbccddeeff\r\n"


def header(fields, *, version="WARC/1.1"):
    """Return a record's header; a field may stand twice."""
    lines = [version, *(f"{name}: {value}" for name, value in fields)]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def fields_of(kind, block, number):
    """Return the fields of a good record."""
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:00000000-0000-0000-0000-{number:012}>"),
        ("WARC-Date", DATE),
        ("WARC-Block-Digest", f"sha256:{sha256(block).hexdigest()}"),
        ("Content-Type", "text/plain"),
        ("Content-Length", str(len(block))),
    ]
    return named if kind == "warcinfo" else [*named, ("WARC-Target-URI", URI)]


def record(kind="resource", block=b"hello", *, number=0, changes=()):
    """Return one record; ``changes`` sets fields by name, None takes one out."""
    named = dict(fields_of(kind, block, number)) | dict(changes)
    kept = [(name, value) for name, value in named.items() if value is not None]
    return header(kept) + block + b"\r\n\r\n"


def member(data):
    """Return one gzip member."""
    return gzip.compress(data, mtime=0)


def records():
    """Return the records of a good WARC."""
    return [
        record("warcinfo", INFO, number=0),
        record("response", b"HTTP/1.1 200 OK\r\n\r\nhello", number=1),
        record("request", b"GET / HTTP/1.1\r\n\r\n", number=2),
        record("metadata", b"", number=3),
    ]


def packed(parts=None):
    """Return a WARC of one gzip member a record."""
    return b"".join(map(member, records() if parts is None else parts))
