"""warcio's own checker and FastWARC read the WARCs that we write, and find no fault."""

import gzip
import io
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archiver.records import walk_records
from archiver.warcfile import RecordHead, WarcFile, format_fields

NOW = datetime(2026, 1, 31, 23, 59, 59, 123456, tzinfo=UTC)
URI = "https://a.example/дело?q=%2f"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: text/html\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
)
ODD = b"HTTP/1.0 200\nSet-Cookie: a\nSet-Cookie: caf\xe9\n\n5;x=y\r\nbody\x00\xff"
BLOCKS = {
    "response": CHUNKED,
    "request": b"GET /%D0%B4 HTTP/1.1\r\nHost: a.example\r\n\r\n",
    "metadata": format_fields([("note", "что видно"), ("typed", URI)]),
    "odd": ODD,
    "empty": b"",
    "resource": "Документ\n".encode() * 5000,
}


def write(path: Path) -> None:
    """Write one record of every kind that we write."""

    def head(number, **more):
        return RecordHead(record_id=UUID(int=number), date=NOW, uri=URI, **more)

    with path.open("wb") as stream:
        warc = WarcFile(stream)
        info = RecordHead(record_id=UUID(int=1), date=NOW)
        warc.write_warcinfo(info, software="sourcebook/0.1.0", nonce="0f" * 16)
        more = {"ip": "192.0.2.1", "protocols": ("http/1.1", "tls/1.3")}
        warc.write_response(head(2, **more), io.BytesIO(BLOCKS["response"]))
        beside = {"concurrent_to": (UUID(int=2),)}
        warc.write_request(head(3, **beside), io.BytesIO(BLOCKS["request"]))
        warc.write_metadata(head(4, **beside), io.BytesIO(BLOCKS["metadata"]))
        cut = {"truncated": "disconnect"}
        warc.write_response(head(5, **cut), io.BytesIO(BLOCKS["odd"]))
        warc.write_resource(head(6), io.BytesIO(BLOCKS["empty"]), "text/plain")
        warc.write_resource(head(7), io.BytesIO(BLOCKS["resource"]), "text/plain")


@pytest.fixture
def warc(tmp_path):
    path = tmp_path / "written.warc.gz"
    write(path)
    return path


def check(*paths):
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", *map(str, paths)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120
    )


def test_warcio_check_passes_every_digest(warc):
    done = check(warc)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("digest pass") == 6
    assert done.stdout.count("digest present but not checked") == 1  # the empty block
    assert "fail" not in done.stdout.lower()


def test_warcio_check_fails_a_block_that_was_changed(warc, tmp_path):
    parts = []
    with warc.open("rb") as stream:
        for each in walk_records(stream):
            stream.seek(each.offset)
            parts.append(gzip.decompress(stream.read(each.length)))
    changed = tmp_path / "changed.warc"
    changed.write_bytes(b"".join(parts).replace(b"hello", b"hallo"))
    done = check(changed)
    assert done.returncode == 1
    assert done.stdout.count("digest failed") == 1


def test_warcio_reads_the_very_bytes_that_were_written(warc):
    with warc.open("rb") as stream:
        found = [
            (record.rec_type, record.raw_stream.read(), record.rec_headers)
            for record in WarcioIterator(stream, no_record_parse=True)
        ]
    assert [kind for kind, _, _ in found] == [
        *("warcinfo", "response", "request", "metadata"),
        *("response", "resource", "resource"),
    ]
    assert [block for _, block, _ in found[1:]] == list(BLOCKS.values())
    assert {headers.get_header("WARC-Target-URI") for _, _, headers in found[1:]} == {
        URI
    }
    assert found[0][2].protocol == "WARC/1.1"


def test_warcio_undoes_the_chunks_of_a_response(warc):
    with warc.open("rb") as stream:
        records = WarcioIterator(stream)
        next(records)
        assert next(records).content_stream().read() == b"hello"


def test_fastwarc_reads_the_very_bytes_and_every_digest_is_right(warc):
    # With parse_http it takes the head off a block and then says that its digest fails.
    with warc.open("rb") as stream:
        found = [
            (
                str(record.record_type),
                record.verify_block_digest(),
                record.reader.read(),
            )
            for record in FastIterator(stream, parse_http=False)
        ]
    assert [good for _, good, _ in found] == [True] * 7
    assert [block for _, _, block in found[1:]] == list(BLOCKS.values())
    assert [kind for kind, _, _ in found] == [
        *("warcinfo", "response", "request", "metadata"),
        *("response", "resource", "resource"),
    ]


def test_fastwarc_finds_each_record_at_the_offset_that_we_say(warc):
    with warc.open("rb") as stream:
        theirs = [
            (record.record_id, record.stream_pos)
            for record in FastIterator(stream, parse_http=False)
        ]
        stream.seek(0)
        ours = [(r.field("WARC-Record-ID"), r.offset) for r in walk_records(stream)]
    assert ours == theirs


def test_gzip_reads_the_whole_file_and_each_record_hashes_to_what_we_say(warc):
    unpacked = subprocess.run(
        [sys.executable, "-m", "gzip", "-d", str(warc)],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert unpacked.returncode == 0, unpacked.stderr
    data = warc.with_suffix("").read_bytes()
    with warc.open("rb") as stream:
        for each in walk_records(stream):
            record, data = data[: each.inflated], data[each.inflated :]
            assert sha256(record).hexdigest() == each.sha256
    assert data == b""
