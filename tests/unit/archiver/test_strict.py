"""Strict parsing: whatever two readers could take differently is refused (A32)."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.strict import (
    MAX_DEPTH,
    MAX_INTEGER,
    check_hex,
    decode_base64,
    decode_base64_any,
    parse_decimal,
    parse_json,
    show,
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans())
@settings(deadline=None)
def test_parse_json_reads_back_what_json_wrote(value, ascii_only):
    data = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert parse_json(data, "the value") == value


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_parse_json_refuses_random_bytes_with_one_kind_of_error(data):
    try:
        value = parse_json(data, "the bytes")
    except MalformedError:
        return
    assert json.loads(data.decode()) == value


@given(st.text('[]{}",:\\u0d8\x00 tfn1.-e', max_size=40))
@settings(deadline=None, max_examples=500)
def test_parse_json_agrees_with_json_on_whatever_it_takes(text):
    try:
        value = parse_json(text.encode(), "the text")
    except MalformedError:
        return
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"a":1,"a":2}', "'a' stands twice"),
        (b'{"a":1,"\\u0061":2}', "'a' stands twice"),
        (b'[{"x":{"a":1,"b":2,"a":1}}]', "'a' stands twice"),
        (b"[1.0]", "'1.0' stands here"),
        (b"[1e3]", "'1e3' stands here"),
        (b"[NaN]", "'NaN' stands here"),
        (b"[-Infinity]", "'-Infinity' stands here"),
        (b"[9007199254740992]", "'9007199254740992' stands here"),
        (b"[-9007199254740992]", "'-9007199254740992' stands here"),
        (b"[" + b"9" * 5000 + b"]", "stands here"),
        (b'"\\ud800"', "U+D800"),
        (b'["\\udc00\\ud800"]', "U+DC00"),
        (b'{"\\uDFFF":1}', "U+DFFF"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a":"\xed\xa0\x80"}', "byte 6 is no UTF-8"),
        (b'"\xc0\xaf"', "byte 1 is no UTF-8"),
        (b"{} {}", "Extra data"),
        (b"{}\x00", "Extra data"),
        (b"", "Expecting value"),
        (b"{'a':1}", "Expecting property name"),
        (b'"\n"', "Invalid control character"),
        ("[1]".encode("utf-16"), "no UTF-8"),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else "",
)
def test_parse_json_refuses_what_another_reader_could_take_differently(data, found):
    with pytest.raises(MalformedError, match="the statement") as caught:
        parse_json(data, "the statement")
    assert found in str(caught.value)


def test_parse_json_takes_the_largest_integers_and_whole_surrogate_pairs():
    assert parse_json(b"[9007199254740991,-9007199254740991]", "it") == [
        MAX_INTEGER,
        -MAX_INTEGER,
    ]
    assert parse_json(b'"\\ud83d\\ude00"', "it") == "😀"


def test_parse_json_takes_64_levels_and_no_more():
    at_most = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert parse_json(at_most, "it")
    with pytest.raises(MalformedError, match="opens level 65"):
        parse_json(b"[" + at_most + b"]", "it")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_parse_json_refuses_deep_nesting_before_any_recursion(opening):
    with pytest.raises(MalformedError, match="opens level 65"):
        parse_json(opening * 1_000_000, "it")


def test_parse_json_counts_no_brackets_inside_strings():
    text = '"' + "[{" * 100 + '\\"[[\\\\" '
    assert parse_json(text.encode(), "it") == "[{" * 100 + '"[[\\'


def test_parse_json_is_done_with_a_megabyte_of_open_strings_at_once():
    # A search that goes back over each opened string would take hours here.
    for data in (b'"\\' * 500_000, b'"' * 1_000_000):
        with pytest.raises(MalformedError):
            parse_json(data, "it")


def test_parse_json_refuses_more_bytes_than_it_is_told():
    assert parse_json(b"[1,2]", "it", max_bytes=5) == [1, 2]
    with pytest.raises(MalformedError, match="6 bytes long, expected 5 at most"):
        parse_json(b"[1, 2]", "it", max_bytes=5)


@given(st.binary(max_size=64))
def test_both_base64_readers_read_what_base64_wrote(data):
    standard = base64.b64encode(data).decode()
    url_safe = base64.urlsafe_b64encode(data).decode()
    assert decode_base64(standard, "it") == data
    for text in (standard, url_safe, standard.rstrip("="), url_safe.rstrip("=")):
        assert decode_base64_any(text, "it") == data


@given(st.text(max_size=12) | st.text("AQg=+/-_ \n", max_size=12))
def test_canonical_base64_has_one_spelling_for_one_value(text):
    try:
        data = decode_base64(text, "it")
    except MalformedError:
        return
    assert base64.b64encode(data).decode() == text


@pytest.mark.parametrize(
    "text",
    [
        "QQ",
        "QQ=",
        "QR==",  # bits left over
        "QUJ=",
        "QQ==\n",
        " QQ==",
        "QQ==QQ==",
        "Q-_Q",
        "A",
        "====",
        "QQ\u0660=",
        None,
        7,
        b"QQ==",
    ],
)
def test_decode_base64_refuses_every_other_spelling(text):
    with pytest.raises(MalformedError, match="expected canonical base64"):
        decode_base64(text, "the signature")


@pytest.mark.parametrize("text", ["+-AA", "/_AA", "QQ=", "QR", "Q", "Q Q", "QQ==="])
def test_decode_base64_any_keeps_to_one_alphabet_and_to_whole_bytes(text):
    with pytest.raises(MalformedError, match="expected canonical base64"):
        decode_base64_any(text, "the signature")


def test_decode_base64_any_refuses_what_is_no_text():
    with pytest.raises(MalformedError, match="is None, expected base64"):
        decode_base64_any(None, "the signature")


@given(st.integers(0, 2**63 - 1))
def test_parse_decimal_reads_every_size_that_a_log_can_have(number):
    assert parse_decimal(str(number), "it") == number


@pytest.mark.parametrize(
    "text",
    [
        "007", "00", "-1", "+1", "", " 1", "1 ", "1\n", "1_0", "1.0", "٣", "²", "0x1",
        "9223372036854775808", "9" * 19, "9" * 5000, None, 3,
    ],
)  # fmt: skip
def test_parse_decimal_refuses_every_other_spelling(text):
    with pytest.raises(MalformedError, match="expected a decimal from 0 to"):
        parse_decimal(text, "the size")


def test_check_hex_takes_exactly_the_digits_asked_for():
    check_hex("0f" * 32, "it")
    check_hex("0f", "it", digits=2)


@pytest.mark.parametrize(
    "text", ["0F" * 32, "0f" * 31, "0f" * 33, "0g" * 32, "0f" * 31 + "\n0", "٠" * 64, 3]
)
def test_check_hex_refuses_every_other_spelling(text):
    with pytest.raises(MalformedError, match="expected 64 digits of lower-case hex"):
        check_hex(text, "the digest")


def test_a_message_shows_no_more_than_a_line_of_a_value_and_escapes_it():
    assert show("\u202eabc") == "'\\u202eabc'"
    assert show("a" * 81) == f"'{'a' * 80}'…"
    assert show(b"a" * 81) == f"b'{'a' * 80}'…"
    assert show("\ud800") == "'\\ud800'"
    assert show(7) == "7"
    assert len(show(["a"] * 500)) == 81
