"""Writing our own WARCs: the very bytes, one member a record, the same each time."""

import io
import secrets
import tempfile
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.records import read_block, walk_records
from archiver.warcfile import (
    RecordHead,
    WarcFile,
    format_date,
    format_fields,
    format_record_id,
)

NOW = datetime(2026, 1, 31, 23, 59, 59, 120, tzinfo=UTC)
NONCE = "00112233445566778899aabbccddeeff"
INFO, RESPONSE, REQUEST = UUID(int=1), UUID(int=2), UUID(int=3)
WIRE = b"HTTP/1.1 200\nx-caf\xe9:  y \r\n folded\r\nno colon\r\n\r\n\x00body"


def head(number, **more):
    return RecordHead(record_id=UUID(int=number), date=NOW, **more)


def begin(stream=None):
    stream = io.BytesIO() if stream is None else stream
    warc = WarcFile(stream)
    warc.write_warcinfo(head(1), software="sourcebook/0.1.0", nonce=NONCE)
    return warc, stream


def read(stream):
    """Return the records and their blocks."""
    stream.seek(0)
    found = list(walk_records(stream))
    return found, [read_block(stream, each, 1 << 20) for each in found]


def test_the_first_record_says_what_wrote_the_file_and_holds_the_nonce():
    stream = io.BytesIO()
    warc = WarcFile(stream)
    more = [("operator", "Ольга Ким")]
    index = warc.write_warcinfo(head(1), software="x/1", nonce=NONCE, more=more)
    (info,), (block,) = read(stream)
    assert index == 0
    assert (info.type, info.date) == ("warcinfo", "2026-01-31T23:59:59.000120Z")
    assert info.field("WARC-Record-ID") == f"<urn:uuid:{INFO}>"
    assert info.field("Content-Type") == "application/warc-fields"
    assert info.field("WARC-Warcinfo-ID") is None
    assert block.decode() == (
        "software: x/1\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/"
        "warc-format/warc-1.1/\r\n"
        "operator: Ольга Ким\r\n"
        f"nonce: {NONCE}\r\n"
    )


def test_an_exchange_is_written_byte_for_byte_with_all_that_is_known_of_it():
    warc, stream = begin()
    uri = "http://a.example/ж?q=%2f"
    payload = sha256(b"body").hexdigest()
    said = head(
        2,
        uri=uri,
        ip="2001:db8::1",
        protocols=("http/1.1", "tls/1.3"),
        truncated="disconnect",
        payload=payload,
    )
    assert warc.write_response(said, io.BytesIO(WIRE)) == 1
    beside = head(3, uri=uri, concurrent_to=(RESPONSE,))
    assert warc.write_request(beside, io.BytesIO(b"GET / HTTP/1.1\r\n\r\n")) == 2
    both = head(4, uri=uri, concurrent_to=(RESPONSE, REQUEST))
    assert warc.write_metadata(both, io.BytesIO(b"a: b\r\n")) == 3
    assert warc.count == 4
    found, blocks = read(stream)
    assert blocks[1:] == [WIRE, b"GET / HTTP/1.1\r\n\r\n", b"a: b\r\n"]
    assert found[1].headers == (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", f"<urn:uuid:{RESPONSE}>"),
        ("WARC-Date", "2026-01-31T23:59:59.000120Z"),
        ("WARC-Target-URI", uri),
        ("WARC-Warcinfo-ID", f"<urn:uuid:{INFO}>"),
        ("WARC-IP-Address", "2001:db8::1"),
        ("WARC-Protocol", "http/1.1"),
        ("WARC-Protocol", "tls/1.3"),
        ("WARC-Truncated", "disconnect"),
        ("WARC-Payload-Digest", f"sha256:{payload}"),
        ("WARC-Block-Digest", f"sha256:{sha256(WIRE).hexdigest()}"),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", str(len(WIRE))),
    )
    assert found[2].field("Content-Type") == "application/http; msgtype=request"
    assert found[2].field("WARC-Payload-Digest") is None
    concurrent = [v for name, v in found[3].headers if name == "WARC-Concurrent-To"]
    assert concurrent == [format_record_id(RESPONSE), format_record_id(REQUEST)]


def test_a_document_that_no_exchange_was_seen_of_is_a_resource():
    warc, stream = begin()
    block = io.BytesIO(b"before what is read")
    block.seek(7)
    warc.write_resource(head(2, uri="urn:uuid:x"), block, "text/plain")
    found, blocks = read(stream)
    assert (found[1].type, found[1].uri) == ("resource", "urn:uuid:x")
    assert found[1].field("Content-Type") == "text/plain"
    assert blocks[1] == b"before what is read"


def test_what_was_made_of_a_record_is_a_conversion_that_refers_to_it():
    warc, stream = begin()
    made = head(3, uri="http://a.example/", refers_to=UUID(int=2))
    warc.write_conversion(made, io.BytesIO(b"<p>words"), "text/html")
    record = read(stream)[0][1]
    assert record.type == "conversion"
    assert record.field("Content-Type") == "text/html"
    assert record.field("WARC-Refers-To") == f"<{UUID(int=2).urn}>"


def test_the_same_records_make_the_same_file():
    first, second = (begin()[1].getvalue() for _ in range(2))
    assert first == second
    assert first[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"


def test_memory_does_not_grow_with_the_block():
    with tempfile.TemporaryFile() as block, tempfile.TemporaryFile() as stream:
        for _ in range(30):
            block.write(bytes(1_000_000))
        tracemalloc.start()
        try:
            warc, _ = begin(stream)
            warc.write_resource(head(2, uri="urn:x:y"), block, "text/plain")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        stream.seek(0)
        assert [each.block_length for each in walk_records(stream)][1] == 30_000_000
    assert peak < 3_000_000


def test_nothing_comes_before_the_warcinfo_record_and_there_is_one():
    warc = WarcFile(io.BytesIO())
    with pytest.raises(ValueError, match="a response record came before the warcinfo"):
        warc.write_response(head(2, uri="http://a/"), io.BytesIO(b""))
    warc, _ = begin()
    with pytest.raises(ValueError, match="stands first, and once"):
        warc.write_warcinfo(head(9), software="x", nonce=NONCE)


@pytest.mark.parametrize("nonce", ["", "00", NONCE.upper(), "../" + NONCE])
def test_a_nonce_is_16_bytes_in_hex(nonce):
    warc = WarcFile(io.BytesIO())
    with pytest.raises(MalformedError, match=r"the nonce is .*, expected 32 digits"):
        warc.write_warcinfo(head(1), software="x", nonce=nonce)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"uri": "http://a/\r\nWARC-Date: 1999"},
            "field 'warc-date' stands 2 times",
        ),
        ({"uri": "http://a/\x00"}, "control character"),
        ({"uri": " http://a/"}, "its header reads"),
        ({"uri": ""}, "it has no field WARC-Target-URI"),
        ({"uri": "http://a/\ud800"}, "half a surrogate pair"),
        ({"uri": "http://a/", "ip": "1.2.3.4\n"}, "control character"),
    ],
)
def test_a_header_that_would_read_otherwise_is_not_written(more, said):
    warc, stream = begin()
    before = stream.getvalue()
    with pytest.raises(MalformedError, match=said):
        warc.write_response(head(2, **more), io.BytesIO(b""))
    assert stream.getvalue() == before
    assert warc.count == 1


@pytest.mark.parametrize("value", ["a\r\nb", "a\n", " a", "a\u2028b", "\x85", "\ud800"])
def test_a_value_that_is_not_one_line_is_not_written(value):
    with pytest.raises(MalformedError):
        format_fields([("operator", value)])


def test_a_date_is_in_utc_with_microseconds():
    east = timezone(timedelta(hours=5))
    assert format_date(datetime(2026, 2, 1, 4, tzinfo=east)) == (
        "2026-01-31T23:00:00.000000Z"
    )
    with pytest.raises(ValueError, match="has no time zone"):
        format_date(datetime(2026, 2, 1))  # noqa: DTZ001 (the case itself)


@given(st.lists(st.binary(max_size=500), max_size=4))
@settings(deadline=None)
def test_any_blocks_come_back_as_they_were(blocks):
    warc, stream = begin()
    for number, block in enumerate(blocks, 2):
        warc.write_response(head(number, uri="http://a/"), io.BytesIO(block))
    assert read(stream)[1][1:] == blocks


VALUES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(st.lists(st.tuples(st.just("about"), VALUES), max_size=4), VALUES)
@settings(deadline=None)
def test_values_and_addresses_of_any_script_come_back_as_they_were(fields, uri):
    warc, stream = begin()
    warc.write_metadata(head(2, uri=uri), io.BytesIO(format_fields(fields)))
    found, blocks = read(stream)
    assert found[1].field("WARC-Target-URI") == uri
    lines = [line.partition(": ") for line in blocks[1].decode().split("\r\n")[:-1]]
    assert [(name, value) for name, _, value in lines] == fields


def test_what_shrinks_is_compressed_and_what_does_not_is_stored():
    noise = secrets.token_bytes(300_000)
    words = b"the words of an article, and more of them. " * 7_000
    for block, least, most in (
        (words, 0, len(words) // 50),
        (noise, len(noise), len(noise) + 500),
        (words + noise + words, len(noise), len(noise) + 2_000 + len(words) * 2),
        (noise[:100] + words + noise[:100], 0, len(words) // 20),
        (b"", 0, 500),
        (b"x", 0, 500),
    ):
        warc, stream = begin()
        before = stream.tell()
        warc.write_response(head(2, uri="http://a.example/"), io.BytesIO(block))
        assert least <= stream.tell() - before <= most + 500
        found, blocks = read(stream)
        assert blocks[1] == block
        assert len(found) == 2
