"""Heads as servers send them, and what ends a body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.wire.messages import (
    Framing,
    body_framing,
    media_type_and_charset,
    redirect_location,
)
from archiver.wire.responses import ResponseReader


def parse_response(data: bytes):
    """Return the head of the final response; None where it has not ended."""
    reader = ResponseReader()
    reader.feed(data)
    if reader.fault:
        raise MalformedError(reader.fault)
    return reader.message


def message(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK"):
    return parse_response(b"\r\n".join([status, *lines, b"", b""]))


def test_a_clean_head_is_read_as_it_was_sent():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-a:1\r\nX-A: \t2 \r\n\r\n"
    found = parse_response(head + b"body\r\n\r\n")
    assert (found.version, found.status, found.reason) == ("HTTP/1.1", 200, b"OK")
    assert found.fields == (
        (b"Content-Type", b"text/html"),
        (b"X-a", b"1"),
        (b"X-A", b"2"),
    )
    assert (found.start, found.end, found.oddities) == (0, len(head), ())
    assert found.values("x-a") == [b"1", b"2"]


@pytest.mark.parametrize(
    ("head", "fields", "oddities"),
    [
        (b"HTTP/1.1 200 OK\nA: 1\n\n", ((b"A", b"1"),), ("bare-lf",)),
        (b"HTTP/1.1 200 OK\r\nA: 1\n\r\n", ((b"A", b"1"),), ("bare-lf",)),
        (
            b"HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\n\t3\r\n\r\n",
            ((b"A", b"1 2 3"),),
            ("obs-fold",),
        ),
        (
            b"HTTP/1.1 200 OK\r\nA: caf\xe9\r\n\r\n",
            ((b"A", b"caf\xe9"),),
            ("non-ascii",),
        ),
        (b"HTTP/1.1 200 OK\r\njunk\r\nA: 1\r\n\r\n", ((b"A", b"1"),), ("no-colon",)),
        (b"HTTP/1.1 200 OK\r\n: x\r\nA: 1\r\n\r\n", ((b"A", b"1"),), ("no-colon",)),
        (b"HTTP/1.1 200 OK\r\n  x\r\nA: 1\r\n\r\n", ((b"A", b"1"),), ("no-colon",)),
        (b"HTTP/1.1 200 OK\r\n A: x\r\nA: 1\r\n\r\n", ((b"A", b"1"),), ("no-colon",)),
        (b"HTTP/1.1 200 OK\r\nA: 1\0\r\n\r\n", ((b"A", b"1\0"),), ("control",)),
        (b"HTTP/1.1 200 O\x7f\r\nA: 1\r\n\r\n", ((b"A", b"1"),), ("control",)),
        (b"HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", ((b"A", b"1"),), ()),
        (b"HTTP/1.1 200 OK\r\nA:\r\n\r\n", ((b"A", b""),), ()),
        (b"HTTP/1.1 200 OK\r\nA: b:c\r\n\r\n", ((b"A", b"b:c"),), ()),
    ],
)
def test_what_browsers_tolerate_is_read_and_named(head, fields, oddities):
    found = parse_response(head)
    assert (found.fields, found.oddities, found.end) == (fields, oddities, len(head))


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (b"HTTP/1.1 200", 200, b""),
        (b"HTTP/1.1 200 ", 200, b""),
        (b"HTTP/1.0 404 Not  Found", 404, b"Not  Found"),
        (b"HTTP/1.1\t 999 \xd0\x9d\xd0\xb5\xd1\x82", 999, b"\xd0\x9d\xd0\xb5\xd1\x82"),
    ],
)
def test_a_status_line_may_lack_a_reason_or_have_any(line, status, reason):
    found = message(status=line)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/2.0 200 OK",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1 200OK",
        b"http/1.1 200 OK",
        b"ICY 200 OK",
        b"",
        b"\x16\x03\x01",
    ],
)
def test_what_begins_with_no_status_line_is_no_response(line):
    with pytest.raises(
        MalformedError, match=r"expected (an HTTP/1\.x status|b'HTTP/1)"
    ):
        message(status=line)


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nA: 1\r\n \r\nB: 2\r\n"]
)
def test_a_head_that_does_not_end_is_no_response(data):
    assert parse_response(data) is None


def test_interim_responses_come_before_the_final_one():
    first = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    )
    found = parse_response(first + b"HTTP/1.1 404 No\r\nA: 1\r\n\r\nrest")
    assert (found.status, found.start, found.fields) == (
        404,
        len(first),
        ((b"A", b"1"),),
    )
    assert parse_response(first) is None


def test_switching_protocols_is_a_final_response():
    assert message(status=b"HTTP/1.1 101 Switching").status == 101


@pytest.mark.parametrize(
    ("lines", "framing"),
    [
        ([], Framing("close")),
        ([b"Content-Length: 12"], Framing("length", 12)),
        ([b"content-length: 12", b"Content-Length: 12"], Framing("length", 12)),
        ([b"Content-Length: 12, 12"], Framing("length", 12)),
        ([b"Content-Length: ,"], Framing("close")),
        ([b"Transfer-Encoding: chunked"], Framing("chunked")),
        ([b"Transfer-Encoding: CHUNKED"], Framing("chunked")),
        ([b"Transfer-Encoding: identity", b"Content-Length: 3"], Framing("length", 3)),
        ([b"Transfer-Encoding: gzip"], Framing("close", codings=("gzip",))),
        (
            [b"Content-Encoding: br, identity", b"Transfer-Encoding: gzip, chunked"],
            Framing("chunked", codings=("br", "gzip")),
        ),
        (
            [b"Content-Encoding: gzip", b"Content-Encoding: BR"],
            Framing("close", codings=("gzip", "br")),
        ),
    ],
)
def test_the_framing_follows_the_order_of_the_rfc(lines, framing):
    assert body_framing(message(*lines)) == framing


def test_two_framings_are_told_and_chunked_wins():
    found = message(b"Content-Length: 3", b"Transfer-Encoding: chunked")
    assert found.oddities == ("two-framings",)
    assert body_framing(found) == Framing("chunked")


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: 12", b"Content-Length: 13"],
        [b"Content-Length: 12, 13"],
        [b"Content-Length: -1"],
        [b"Content-Length: +12"],
        [b"Content-Length: 0x10"],
        [b"Content-Length: 1 2"],
        [b"Content-Length: twelve"],
        [b"Content-Length: " + b"9" * 19],
    ],
)
def test_a_length_that_is_none_or_two_is_a_fault(lines):
    found = body_framing(message(*lines))
    assert found.kind == "close"
    assert found.fault.startswith("Content-Length is b'")


@pytest.mark.parametrize("value", [b"chunked, gzip", b"chunked, chunked"])
def test_a_chunked_coding_that_does_not_stand_last_is_a_fault(value):
    found = body_framing(message(b"Transfer-Encoding: " + value))
    assert "expected chunked to stand last" in found.fault


@pytest.mark.parametrize(
    "value",
    [
        b"xchunked",
        b'"chunked"',
        b"chunked;a=b",
        b"\x0bchunked",
        b"chunked\x0c",
        b"chunked\xa0",
        "chun\u212aed".encode(),
        b"br, chunked",
    ],
)
def test_a_transfer_coding_that_nobody_knows_leaves_the_end_of_the_body_open(value):
    found = body_framing(message(b"Transfer-Encoding: " + value, b"Content-Length: 3"))
    assert "expected codings that exist" in found.fault


def test_a_transfer_coding_in_a_response_of_http_1_0_is_a_fault():
    head = message(b"Transfer-Encoding: chunked", status=b"HTTP/1.0 200 OK")
    found = body_framing(head)
    assert found.kind == "chunked"
    assert "a response of HTTP/1.0, which has none" in found.fault


@pytest.mark.parametrize("blanks", [b" ", b"\t", b" \t ", b"\x0b", b"\x0c"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_line_of_blanks_which_others_take_for_the_end_of_a_head_is_a_fault(
    blanks, method
):
    for lines in ([blanks, b"A: 1"], [b"A: 1", blanks, b"<p>another body</p>"]):
        found = message(*lines, b"Content-Length: 3")
        assert "blank-line" in found.oddities
        assert "some take for its end" in body_framing(found, method).fault


@pytest.mark.parametrize(
    "lines",
    [
        [b"A: x\rContent-Length: 3"],
        [b"A: x\rTransfer-Encoding: chunked"],
        [b"A: x\r\rbody"],
        [b"A: x\r"],
        [b"\r"],
    ],
)
def test_a_bare_cr_by_which_others_part_lines_is_a_fault(lines):
    found = message(*lines)
    assert "bare-cr" in found.oddities or "blank-line" in found.oddities
    assert "which some take for" in body_framing(found).fault
    assert "bare-cr" in message(status=b"HTTP/1.1 200 OK\rA: 1").oddities


@pytest.mark.parametrize("status", [b"101", b"204", b"304"])
def test_some_answers_have_no_body_whatever_they_declare(status):
    line = b"HTTP/1.1 " + status
    found = message(b"Content-Length: 5", b"Transfer-Encoding: chunked", status=line)
    assert body_framing(found) == Framing("none")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ("application/octet-stream", None)),
        ([b"Content-Type: Text/HTML; Charset=UTF-8"], ("text/html", "utf-8")),
        ([b"Content-Type: text/html;charset = 'x'"], ("text/html", "'x'")),
        (
            [b'Content-Type: text/html; a=b; charset="windows-1251"'],
            ("text/html", "windows-1251"),
        ),
        ([b"Content-Type: text/html; charset="], ("text/html", None)),
        ([b"Content-Type: text/html; xcharset=a"], ("text/html", None)),
        (
            [b"Content-Type: text/plain", b"Content-Type: text/html"],
            ("text/html", None),
        ),
        (
            [b"Content-Type: text/plain", b"Content-Type: nonsense"],
            ("text/plain", None),
        ),
        ([b"Content-Type: \xff/\xfe"], ("application/octet-stream", None)),
    ],
)
def test_the_declared_media_type_is_the_last_that_is_one(lines, expected):
    assert media_type_and_charset(message(*lines)) == expected


def test_a_redirect_names_its_target_in_utf8_or_latin1():
    line = b"HTTP/1.1 302 Found"
    plain = message(b"Location: /next", b"location: /other", status=line)
    assert redirect_location(plain) == "/next"
    utf8 = message("Location: /жаңа".encode(), status=line)
    assert redirect_location(utf8) == "/жаңа"
    latin = message(b"Location: /caf\xe9", status=line)
    assert redirect_location(latin) == "/café"


@pytest.mark.parametrize("status", [b"200", b"201", b"300", b"304", b"305", b"404"])
def test_an_answer_that_redirects_nobody_has_no_target(status):
    found = message(b"Location: /next", status=b"HTTP/1.1 " + status)
    assert redirect_location(found) is None


def test_a_redirect_without_location_has_no_target():
    assert redirect_location(message(status=b"HTTP/1.1 302 Found")) is None


def test_a_head_of_many_folded_lines_takes_no_quadratic_time():
    found = message(b"A: 1", *[b" x"] * 200_000)
    assert len(found.fields[0][1]) == 400_001


@given(st.binary(max_size=200))
def test_any_bytes_after_a_status_line_are_a_head_or_refused(data):
    try:
        found = parse_response(b"HTTP/1.1 200 OK\r\n" + data + b"\r\n\r\n")
    except MalformedError:
        return
    assert found.end <= 17 + len(data) + 4
    framing = body_framing(found)
    assert framing.length >= 0
    media_type, charset = media_type_and_charset(found)
    assert media_type
    assert charset != ""
