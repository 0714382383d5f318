"""What a hostile server may send, and the verdict: data for tests and for benchmarks.

Each answer is a page of :class:`tests.site.Site`: bytes, and acts between them.  What
the server logged of it is the oracle for every reader.
"""

import gzip

import brotli

from tests.site import Cut, Pause, Reset, Stall

TEXT = ("Әділет пен шындық туралы мақала. " * 60).encode()
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
GZIP = gzip.compress(TEXT, mtime=0)
BOMB = gzip.compress(bytes(20 << 20), mtime=0)  # 1028 times its size
BR_BOMB = brotli.compress(bytes(17 << 20), quality=1)


def http(fields: bytes, body: bytes = b"", line: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return line + b"\r\n" + fields + b"\r\n" + body


def sized(body: bytes, fields: bytes = HTML) -> bytes:
    return http(fields + b"Content-Length: %d\r\n" % len(body), body)


def chunks(body: bytes, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:])
    coded = b"".join(b"%x%b\r\n%b\r\n" % (len(p), extension, p) for p in parts)
    return coded + b"0\r\n" + trailer + b"\r\n"


CHUNKED = HTML + b"Transfer-Encoding: chunked\r\n"
CODED = HTML + b"Content-Encoding: gzip\r\n"
MANY = b"".join(b"X-Field-%d: %d\r\n" % (i, i) for i in range(3000))

# What a server may do, and the verdict: the outcome, WARC-Truncated, and the reason.
WHOLE = {
    "clean": [sized(TEXT)],
    "in many pieces": [sized(TEXT)[i : i + 97] for i in range(0, len(sized(TEXT)), 97)],
    "empty": [sized(b"")],
    "chunked": [http(CHUNKED, chunks(TEXT))],
    "chunked with extension and trailer": [
        http(CHUNKED, chunks(TEXT, b";a=b", b"X-Sum: 1\r\n"))
    ],
    "gzip": [sized(GZIP, CODED)],
    "chunked gzip": [http(CODED + b"Transfer-Encoding: chunked\r\n", chunks(GZIP))],
    "br": [sized(brotli.compress(TEXT), HTML + b"Content-Encoding: br\r\n")],
    "unknown coding": [sized(TEXT, HTML + b"Content-Encoding: zstd\r\n")],
    "HTTP/1.0 until the close": [http(HTML, TEXT, b"HTTP/1.0 200 OK")],
    "until the close": [http(HTML, TEXT)],
    "gzip until the close": [http(CODED, GZIP)],
    "no content": [http(b"", line=b"HTTP/1.1 204 No Content")],
    "duplicate fields": [sized(TEXT, HTML + b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n")],
    "odd case": [http(b"cOnTeNt-lEnGtH: 5\r\nX-UPPER: y\r\n", b"hello")],
    "blanks round values": [http(b"Content-Length:\t 5 \t\r\nX:y\r\n", b"hello")],
    "obs-fold": [sized(TEXT, b"X-Long: one\r\n\t two\r\n   three\r\n")],
    "latin-1 field": [sized(TEXT, b"X-Name: caf\xe9\r\n")],
    "line without colon": [sized(TEXT, b"this is no field\r\n")],
    "bare LF": [sized(TEXT).replace(b"\r\n", b"\n", 4)],
    "bare LF in chunks": [http(CHUNKED, b"5\nhello\n0\n\n")],
    "empty reason": [http(b"Content-Length: 5\r\n", b"hello", b"HTTP/1.1 200 ")],
    "no reason": [http(b"Content-Length: 5\r\n", b"hello", b"HTTP/1.1 200")],
    "latin-1 reason": [
        http(b"Content-Length: 2\r\n", b"hi", b"HTTP/1.1 200 D\xe9j\xe0")
    ],
    "100 first": [b"HTTP/1.1 100 Continue\r\n\r\n", sized(TEXT)],
    "103 first": [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", sized(TEXT)],
    "102, 103, 103 first": [
        b"HTTP/1.1 102 Processing\r\n\r\n" + b"HTTP/1.1 103 x\r\n\r\n" * 2 + sized(TEXT)
    ],
    "103 by the hundred": [
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 300 + sized(TEXT)
    ],
    "NUL in fields": [sized(TEXT, HTML + b"X: a\0b\r\nY\0: c\r\n")],
    "chunked in odd case": [http(b"tRANSFER-eNCODING: ChUnKeD\r\n", chunks(TEXT))],
    "chunked, and nothing": [
        http(HTML + b"Transfer-Encoding: , chunked,\r\n", chunks(TEXT))
    ],
    "chunk extension with quotes": [http(CHUNKED, chunks(TEXT, b';a="0\\";b"'))],
    "trailer like a head": [
        http(
            CHUNKED,
            chunks(TEXT, b"", b"Content-Length: 3\r\nContent-Encoding: gzip\r\n"),
        )
    ],
    "a length given twice in one": [http(b"Content-Length: 2, 2\r\n", b"hi")],
    "reset content": [http(b"Content-Length: 2\r\n", b"hi", b"HTTP/1.1 205 Reset")],
    "gzip of two members": [sized(GZIP + GZIP, CODED)],
    "3000 fields": [sized(TEXT, MANY)],
    "a field of 64 KiB and more": [sized(TEXT, b"X-Long: " + b"x" * 100_000 + b"\r\n")],
    "not found": [http(b"Content-Length: 4\r\n", b"gone", b"HTTP/1.1 404 Not Found")],
    "two framings": [http(CHUNKED + b"Content-Length: 3\r\n", chunks(TEXT))],
    "the same length twice": [http(b"Content-Length: 2\r\n" * 2, b"hi")],
    "whole, then a reset": [sized(TEXT), Pause(0.05), Reset()],
    "whole, and kept open": [sized(TEXT), Stall()],
    "more than one block": [sized(b"x" * 70_000)],
}
CUT = {
    "length": [sized(TEXT)[:-500]],
    "length, only the head": [http(b"Content-Length: 10\r\n")],
    "chunk": [http(CHUNKED, chunks(TEXT)[:200])],
    "chunk size": [http(CHUNKED, b"5\r\nhello\r\n1")],
    "last chunk missing": [http(CHUNKED, b"5\r\nhello\r\n")],
    "end of the trailer missing": [http(CHUNKED, b"5\r\nhello\r\n0\r\nX: 1\r\n")],
    "gzip until the close": [http(CODED, GZIP[:60])],
    "reset in the body": [sized(TEXT)[:1063], Pause(0.05), Reset()],
    "reset until the close": [http(HTML, TEXT), Pause(0.05), Reset()],
    "an empty body": [http(b"Content-Length: 5\r\n"), Cut()],
}
WRONG = {
    "bytes beyond": [sized(TEXT) + b"HTTP/1.1 200 OK\r\n\r\nsmuggled"],
    "bytes beyond, late": [sized(TEXT), Pause(0.1), b"late"],
    "bytes after the last chunk": [http(CHUNKED, chunks(TEXT) + b"more")],
    "two lengths": [http(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello")],
    "no number for a length": [http(b"Content-Length: many\r\n", b"hello")],
    "a chunk size that is none": [http(CHUNKED, b"hello\r\n0\r\n\r\n")],
    "no gzip": [sized(TEXT, CODED)],
    "gzip with a wrong checksum": [sized(GZIP[:-8] + bytes(8), CODED)],
    "bytes after gzip": [sized(GZIP + b"more", CODED)],
    "a bomb": [sized(BOMB, CODED)],
    "a br bomb": [sized(BR_BOMB, HTML + b"Content-Encoding: br\r\n")],
    "a coding that is not quite chunked": [
        http(HTML + b"Transfer-Encoding: chunked;q=1\r\n", chunks(TEXT))
    ],
    "chunked in HTTP/1.0": [http(CHUNKED, chunks(TEXT), b"HTTP/1.0 200 OK")],
    "a line of blanks in the head": [
        http(HTML + b" \r\n<p>Another page.</p>\r\n", TEXT)
    ],
    "a bare CR before a length": [http(HTML + b"X: y\rContent-Length: 9\r\n", TEXT)],
    "a body after 204": [http(HTML, TEXT, b"HTTP/1.1 204 No Content")],
    "101 that nobody asked for": [
        http(b"Upgrade: h2c\r\n", b"PRI * HTTP/2.0", b"HTTP/1.1 101 Switching")
    ],
    "chunked twice": [http(HTML + b"Transfer-Encoding: chunked\r\n" * 2, chunks(TEXT))],
    "a chunk that ends in a bare CR": [http(CHUNKED, b"5\rhello\r\n0\r\n\r\n")],
    "a chunk of a negative size": [http(CHUNKED, b"-5\r\nhello\r\n0\r\n\r\n")],
    "a chunk size with a sign": [http(CHUNKED, b"+5\r\nhello\r\n0\r\n\r\n")],
    "a body where none may be": [http(b"", b"body", b"HTTP/1.1 304 Not Modified")],
}
CUT_IN_TLS = {"until the close, no close_notify": [http(HTML, TEXT), Cut()]}
NO_RESPONSE = {
    "empty reply": [],
    "100 alone": [b"HTTP/1.1 100 Continue\r\n\r\n"],
    "ICY": [b"ICY 200 OK\r\n\r\nwords"],
    "HTTP/2": [b"\0\0\x12\4\0\0\0\0\0" + bytes(18)],
    "HTTP/3.0 by name": [http(HTML, TEXT, b"HTTP/3.0 200 OK")],
    "an empty line first": [b"\r\n" + sized(TEXT)],
    "a byte order mark first": [b"\xef\xbb\xbf" + sized(TEXT)],
    "HTTP/0.9": [b"<!doctype html><title>No head</title>"],
}
UNENDING = {  # the one goes on for 40 seconds, the other for 50
    "a body without end": [http(HTML), *[b"x" * (64 << 10), Pause(0.02)] * 2000],
    "a head that drips": [b"HTTP/1.1 200 OK\r\nX-Drip: ", *[b"x", Pause(0.2)] * 250],
}
