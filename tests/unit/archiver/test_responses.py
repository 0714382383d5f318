"""A response read in any pieces, and the verdict on whether it is whole."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.wire.codings import ContentDecoder
from archiver.wire.messages import MAX_HEAD
from archiver.wire.responses import (
    ENDS,
    Completeness,
    ResponseReader,
    judge_completeness,
)

TEXT = b"An article with enough words to be worth keeping. " * 20
GZIP = gzip.compress(TEXT)


def answer(body: bytes, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join([status, *lines, b"", body])


def sized(body: bytes, *lines: bytes) -> bytes:
    return answer(body, b"Content-Length: %d" % len(body), *lines)


def chunked(body: bytes, *lines: bytes) -> bytes:
    coded = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return answer(coded, b"Transfer-Encoding: chunked", *lines)


def read(data: bytes, size: int = 1 << 20) -> tuple[ResponseReader, bytes]:
    reader = ResponseReader()
    pieces = [reader.feed(data[i : i + size]) for i in range(0, len(data), size)]
    return reader, b"".join(pieces)


def judge(data: bytes, end: str = "close", size: int = 1 << 20) -> Completeness:
    reader, body = read(data, size)
    decoder = ContentDecoder(reader.framing.codings, max_bytes=1 << 20, max_ratio=200)
    list(decoder.feed(body))
    return judge_completeness(reader, end, decoder)


COMPLETE = {
    "length": sized(TEXT),
    "length, gzip": sized(GZIP, b"Content-Encoding: gzip"),
    "chunked": chunked(TEXT),
    "chunked, gzip": chunked(GZIP, b"Content-Encoding: gzip"),
    "chunked upon gzip": answer(
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(GZIP), GZIP),
        b"Transfer-Encoding: gzip, chunked",
    ),
    "empty": sized(b""),
    "empty, said to be gzip": sized(b"", b"Content-Encoding: gzip"),
    "no content": answer(b"", status=b"HTTP/1.1 204 No Content"),
    "interim": b"HTTP/1.1 103 Early Hints\r\n\r\n" + sized(TEXT),
    "bare line feeds": sized(TEXT).replace(b"\r\n", b"\n"),
    "a coding that nobody here knows": sized(TEXT, b"Content-Encoding: zstd"),
}


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("end", ["open", "close", "ragged", "reset", "time"])
def test_what_its_framing_ends_is_complete_however_the_connection_ends(name, end):
    assert judge(COMPLETE[name], end) == Completeness("complete")


@pytest.mark.parametrize("name", COMPLETE)
def test_one_byte_less_is_truncated(name):
    found = judge(COMPLETE[name][:-1], "close")
    assert (found.outcome, found.truncated) == ("truncated", "disconnect")


@pytest.mark.parametrize("name", COMPLETE)
def test_one_byte_more_is_malformed(name):
    reason = "bytes follow after the end of the response"
    assert judge(COMPLETE[name] + b"x") == Completeness("malformed", reason)
    assert judge(COMPLETE[name], "length") == Completeness("malformed", reason)


def test_an_orderly_close_ends_a_body_without_other_framing():
    for lines in ([], [b"Content-Encoding: gzip"]):
        body = GZIP if lines else TEXT
        assert judge(answer(body, *lines), "close") == Completeness("complete")


@pytest.mark.parametrize("end", ["open", "ragged", "reset", "time", "length"])
def test_any_other_end_truncates_a_body_without_other_framing(end):
    truncated, how = ENDS[end]
    assert judge(answer(TEXT), end) == Completeness(
        "truncated",
        f"{how}: 1000 bytes of the body came, expected an orderly close",
        truncated,
    )


@pytest.mark.parametrize("end", ENDS)
def test_a_cut_body_is_truncated_for_the_reason_that_was_seen(end):
    truncated, how = ENDS[end]
    assert judge(sized(TEXT)[:-400], end) == Completeness(
        "truncated", f"{how}: 600 bytes of the body came, expected 1000", truncated
    )
    found = judge(chunked(TEXT)[:-5], end)
    reason = f"{how}: 1000 bytes of the body came, expected the last chunk and its end"
    assert found == Completeness("truncated", reason, truncated)


def test_a_cut_head_is_truncated():
    for data in (b"", b"HTTP/1.1 200 OK\r\nContent-Le"):
        found = judge(data, "reset")
        reason = "the connection broke: the response head did not come to its end"
        assert found == Completeness("truncated", reason, "disconnect")


def test_a_coding_that_ends_early_is_truncated_though_the_framing_is_whole():
    reason = "the body ends before its coding does: gzip"
    cut = GZIP[:40]
    coded = b"Content-Encoding: gzip"
    found = judge(answer(cut, coded), "close")
    assert found == Completeness("truncated", reason, "disconnect")
    for data in (sized(cut, coded), chunked(cut, coded)):
        assert judge(data) == Completeness("truncated", reason, "unspecified")


def test_a_coding_that_is_broken_is_malformed_and_not_cut():
    found = judge(sized(b"<html>" + TEXT, b"Content-Encoding: gzip"))
    assert found.outcome == "malformed"
    assert found.reason.startswith("Content-Encoding gzip: ")
    assert found.truncated is None


def test_a_bomb_is_malformed_since_its_end_was_not_seen():
    found = judge(sized(gzip.compress(bytes(2 << 20)), b"Content-Encoding: gzip"))
    reason = "the body unpacks to more than 1048576 bytes"
    assert found == Completeness("malformed", reason)


def test_a_sender_that_contradicts_itself_is_malformed():
    found = judge(answer(TEXT, b"Content-Length: 5", b"Content-Length: 6"))
    assert found.outcome == "malformed"
    found = judge(answer(b"5\r\nabcdefgh\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"))
    assert found.reason.startswith("after a chunk stands b'fgh'")


def check_fault(data, fault, size):
    reader, body = read(data, size)
    assert (reader.message, body) == (None, b"")
    assert reader.fault.startswith(fault)
    held = len(reader._head)
    reader.feed(bytes(1 << 20))
    assert len(reader._head) == held


@pytest.mark.parametrize("size", [1, 3, 1 << 20])
@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the response begins with b'SSH-2.0'"),
        (b"HTTP/2.0 200 OK\r\n\r\n", "the response begins with b'HTTP/2.'"),
        (b"HTTP/1.1 2 OK\r\n\r\n", "the response begins with b'HTTP/1.1 2 OK"),
        (b"\n\n", "the response begins with b''"),
        (b"HTTP/1.1 103 x\r\n\r\nnonsense", "the response begins with b'nonsens'"),
    ],
)
def test_a_head_that_cannot_be_read_is_a_fault_and_is_not_held(data, fault, size):
    check_fault(data, fault, size)


@pytest.mark.parametrize("size", [1000, 1 << 21])
def test_heads_without_end_are_a_fault_and_are_not_held(size):
    fault = f"the response head exceeds {MAX_HEAD} bytes"
    fields = b"HTTP/1.1 200 OK\r\n" + b"A: 1\r\n" * (MAX_HEAD // 6) + b"\r\n"
    check_fault(fields, fault, size)
    check_fault(b"HTTP/1.1 103 x\r\n\r\n" * (MAX_HEAD // 18 + 1), fault, size)


def test_nothing_is_held_after_a_fault_in_the_chunks():
    reader, _ = read(answer(b"nonsense\r\n", b"Transfer-Encoding: chunked"))
    assert reader.fault.startswith("a chunk begins with b'nonsense'")
    assert reader.feed(bytes(1 << 20)) == b""
    assert len(reader._dechunker._held) < 100


def test_surplus_and_interim_responses_are_counted():
    reader, body = read(COMPLETE["interim"] + b"more", 10)
    assert (reader.interim, reader.surplus, body) == (1, 4, TEXT)
    reader, body = read(chunked(TEXT) + b"more", 10)
    assert (reader.surplus, reader.body_length) == (4, len(TEXT))


def test_oddities_of_head_and_chunks_are_told():
    reader, _ = read(chunked(TEXT, b"junk"))
    assert reader.oddities == ("no-colon",)
    reader, _ = read(answer(b"0\n\n", b"Transfer-Encoding: chunked"))
    assert reader.oddities == ("bare-lf",)
    assert ResponseReader().oddities == ()


HEADS = st.sampled_from([*COMPLETE.values(), answer(TEXT), sized(TEXT) + b"more"])


@given(HEADS, st.integers(0, 1200), st.lists(st.integers(1, 300), max_size=20))
def test_the_verdict_does_not_depend_on_how_the_bytes_arrive(data, cut, steps):
    data = data[:cut]
    once, body = read(data)
    reader, pieces, place = ResponseReader(), [], 0
    for step in [*steps, len(data)]:
        pieces.append(reader.feed(data[place : place + step]))
        place += step
    assert b"".join(pieces) == body
    for name in ("message", "framing", "fault", "surplus", "finished", "body_length"):
        assert getattr(reader, name) == getattr(once, name), name


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from(sorted(ENDS)))
def test_any_bytes_at_all_end_in_a_verdict(head, rest, end):
    found = judge(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + rest, end, size=7)
    assert found.outcome in ("complete", "truncated", "malformed")
    assert bool(found.truncated) == (found.outcome == "truncated")
    assert bool(found.reason) == (found.outcome != "complete")


def follow(data: bytes, **asked) -> ResponseReader:
    reader = ResponseReader(**asked)
    reader.feed(data)
    return reader


@pytest.mark.parametrize("lines", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
def test_the_answer_to_head_has_no_body_whatever_it_says(lines):
    data = answer(b"", lines)
    assert follow(data, method="HEAD").finished
    assert not follow(data).finished
    more = follow(data + b"hello", method="HEAD")
    assert (more.surplus, more.body_length) == (5, 0)


def test_another_protocol_goes_on_until_the_connection_is_closed():
    data = answer(b"\x81\x05hello", status=b"HTTP/1.1 101 Switching Protocols")
    reader = follow(data, upgrade=True)
    assert (reader.framing.kind, reader.body_length) == ("upgrade", 7)
    assert not reader.finished
    decoder = ContentDecoder((), max_bytes=10, max_ratio=10)
    assert judge_completeness(reader, "close", decoder) == Completeness("complete")
    cut = judge_completeness(reader, "open", decoder)
    assert (cut.outcome, cut.truncated) == ("truncated", "unspecified")


def test_101_that_was_not_asked_for_is_an_end():
    data = answer(b"\x81\x05hello", status=b"HTTP/1.1 101 Switching Protocols")
    assert follow(data).surplus == 7


def test_a_response_is_read_again_as_the_answer_that_it_was():
    reader = follow(b"", method="HEAD", upgrade=True).again()
    assert (reader.method, reader.upgrade) == ("HEAD", True)
