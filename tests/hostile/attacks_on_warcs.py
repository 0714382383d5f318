"""Hostile WARCs, put together by hand: each a name and the bytes."""

import gzip
from collections.abc import Iterator
from hashlib import sha256

from tests.hostile.good_capture import BODY, LIE, PARTS, WARC
from tests.warcs import member, packed, record


def with_part(number: int, part: bytes) -> bytes:
    """Return the WARC with another record in one place."""
    return packed([*PARTS[:number], part, *PARTS[number + 1 :]])


def response(block: bytes = BODY, **changes: str | None) -> bytes:
    """Return the response record with other fields: ``Name_Part`` is Name-Part."""
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return record("response", block, number=1, changes=named)


def headed(start: bytes) -> bytes:
    """Return the WARC whose second member has another gzip header."""
    first, second = member(PARTS[0]), member(PARTS[1])
    return first + b"\x1f\x8b\x08" + start + second[10:] + packed(PARTS[2:])


def warcs() -> Iterator[tuple[str, bytes]]:
    """Yield WARCs with other records than were signed: A1 to A8, and A34."""
    digest = f"sha256:{sha256(BODY).hexdigest()}"
    flipped = bytearray(WARC)
    flipped[len(member(PARTS[0])) + 150] ^= 1
    yield "A1-a-byte-of-the-compressed-data-flipped", bytes(flipped)
    yield "A1-payload-changed", with_part(1, response(LIE, WARC_Block_Digest=digest))
    yield (
        "A2-payload-changed-digest-removed",
        with_part(1, response(LIE, WARC_Block_Digest=None)),
    )
    yield "A2-payload-changed-digest-recomputed", with_part(1, response(LIE))
    yield "A3-date-changed", with_part(1, response(WARC_Date="2026-02-01T00:00:00Z"))
    yield (
        "A3-address-changed",
        with_part(1, response(WARC_Target_URI="http://b.example/")),
    )
    yield "A4-two-records-exchanged", packed([PARTS[0], PARTS[2], PARTS[1], PARTS[3]])
    yield "A4-last-record-dropped", packed(PARTS[:3])
    yield "A4-first-record-dropped", packed(PARTS[1:])
    yield "A4-record-twice", packed([*PARTS[:2], PARTS[1], *PARTS[2:]])
    yield (
        "A5-record-of-another-capture",
        with_part(2, record("request", b"GET /other HTTP/1.1\r\n\r\n", number=92)),
    )
    yield (
        "A34-digest-of-a-weak-algorithm",
        with_part(
            1, response(WARC_Block_Digest="md5:d41d8cd98f00b204e9800998ecf8427e")
        ),
    )
    yield (
        "A34-digest-of-no-algorithm",
        with_part(1, response(WARC_Block_Digest=digest.removeprefix("sha256:"))),
    )
    yield "A34-digest-cut-short", with_part(1, response(WARC_Block_Digest=digest[:-2]))
    yield from containers()
    yield from malformed_records()


def containers() -> Iterator[tuple[str, bytes]]:
    """Yield WARCs whose container was changed: A6 to A8."""
    yield "A6-empty-member-at-the-end", WARC + gzip.compress(b"", mtime=0)
    yield "A6-empty-member-between", member(PARTS[0]) + member(b"") + packed(PARTS[1:])
    yield "A6-zeros-at-the-end", WARC + bytes(32)
    yield "A6-text-at-the-end", WARC + b"<script>alert(1)</script>"
    yield "A6-gzip-comment", headed(b"\x10" + bytes(6) + b"hidden\x00")
    yield "A6-gzip-file-name", headed(b"\x08" + bytes(6) + b"hidden\x00")
    yield "A6-gzip-extra-field", headed(b"\x04" + bytes(6) + b"\x06\x00hidden")
    yield "A6-line-end-behind-a-record", with_part(1, PARTS[1] + b"\r\n")
    yield "A6-record-at-the-end", packed([*PARTS, record(number=4)])
    yield "A7-packed-anew", b"".join(gzip.compress(p, 1, mtime=0) for p in PARTS)
    yield "A7-all-in-one-member", member(b"".join(PARTS))
    yield "A8-cut-by-7-bytes", WARC[:-7]
    yield "A8-cut-inside-a-record", WARC[: len(WARC) // 2]


def malformed_records() -> Iterator[tuple[str, bytes]]:
    """Yield WARCs with a record that two readers could read differently."""
    twice = response().replace(
        b"Content-Length: ", b"Content-Length: 5\r\nContent-Length: ", 1
    )
    folded = response().replace(b"Content-Type: ", b"Content-Type:\r\n ", 1)
    yield "R-length-too-short", with_part(1, response(Content_Length="10"))
    yield "R-length-too-long", with_part(1, response(Content_Length="9999"))
    yield "R-length-negative", with_part(1, response(Content_Length="-1"))
    yield "R-length-beyond-all-bounds", with_part(1, response(Content_Length="9" * 40))
    yield "R-length-twice", with_part(1, twice)
    yield "R-folded-line", with_part(1, folded)
    yield "R-bare-line-ends", with_part(1, PARTS[1].replace(b"\r\n", b"\n"))
    yield "R-control-character", with_part(1, response(WARC_Target_URI="http://a/\x00"))
    yield "R-header-without-an-end", with_part(1, b"WARC/1.1\r\n" + b"X: y\r\n" * 20000)
    yield "R-header-not-utf-8", with_part(1, PARTS[1].replace(b"a.example", b"\xff"))
    yield "R-no-record-id", with_part(1, response(WARC_Record_ID=None))
    yield "R-no-such-version", with_part(1, PARTS[1].replace(b"1.1", b"9.9", 1))
    yield "R-no-such-day", with_part(1, response(WARC_Date="2026-02-30T00:00:00Z"))


def plain_warcs() -> Iterator[tuple[str, bytes]]:
    """Yield hostile WARCs that are not compressed."""
    plain = b"".join(PARTS)
    yield "A7-not-packed", plain
    yield "A6-zeros-at-the-end", plain + bytes(32)
    yield "A6-line-end-between", PARTS[0] + b"\r\n" + b"".join(PARTS[1:])
    yield "A6-packed-record-at-the-end", plain + member(PARTS[3])
    yield "A8-cut-by-one-byte", plain[:-1]
    short = response(Content_Length=str(len(BODY) - 4))
    yield "R-length-too-short", PARTS[0] + short + b"".join(PARTS[2:])
