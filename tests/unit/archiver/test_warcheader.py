"""Headers of WARC records: the shape that WARC 1.0 and 1.1 give them, and no other."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.warcheader import parse_digest, parse_header, target_uri, value_of
from tests.warcs import fields_of, header

GOOD = fields_of("response", b"x", 1)


def changed(name, value):
    return [(key, value if key == name else old) for key, old in GOOD]


def parse(fields, **more):
    return parse_header(header(fields, **more), "record 7")


@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_a_good_header_is_read_as_it_stands(version):
    assert parse(GOOD, version=version) == tuple(GOOD)


def test_blanks_round_a_value_are_not_part_of_it():
    data = header(GOOD).replace(b"WARC-Type: response", b"WARC-Type:\t response  ")
    assert parse_header(data, "record 7") == tuple(GOOD)


@pytest.mark.parametrize("name", ["WARC-Concurrent-To", "warc-protocol"])
def test_the_fields_that_may_stand_twice_are_kept_in_order(name):
    fields = [*GOOD, (name, "b"), (name, "a")]
    assert parse(fields) == tuple(fields)


@pytest.mark.parametrize("version", ["WARC/0.18", "WARC/1.2", "warc/1.1", ""])
def test_another_version_is_refused(version):
    said = "^record 7: it begins .*, expected WARC/1.0 or WARC/1.1"
    with pytest.raises(MalformedError, match=said):
        parse(GOOD, version=version)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"WARC/1.1\r\nno colon\r\n\r\n", "has the line 'no colon'"),
        (b"WARC/1.1\r\na b: c\r\n\r\n", "has the line 'a b: c'"),
        (b"WARC/1.1\r\n: c\r\n\r\n", "has the line ': c'"),
        (b"WARC/1.1\r\nA: b\r\n folded\r\n\r\n", "has the line ' folded'"),
        (b"WARC/1.1\r\nA: b\nB: c\r\n\r\n", "field 'A' has a control character"),
        (b"WARC/1.1\r\nA: b\x00c\r\n\r\n", "field 'A' has a control character"),
        (b"WARC/1.1\r\nA: caf\xe9\r\n\r\n", "header is not UTF-8"),
        (b"WARC/1.1\r\n\r\n", "has no field WARC-Type"),
    ],
)
def test_a_line_that_two_readers_could_read_differently_is_refused(data, said):
    with pytest.raises(MalformedError, match=f"^record 7: .*{said}"):
        parse_header(data, "record 7")


@pytest.mark.parametrize(
    "name",
    ["WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Length"],
)
def test_a_field_that_must_be_there_is_missed_by_name(name):
    with pytest.raises(MalformedError, match=f"^record 7: it has no field {name}"):
        parse([field for field in GOOD if field[0] != name])


@pytest.mark.parametrize("kind", ["warcinfo", "metadata", "something-new"])
def test_a_record_of_no_address_needs_none(kind):
    fields = [field for field in changed("WARC-Type", kind) if "URI" not in field[0]]
    assert target_uri(parse(fields)) == ""


def test_a_field_that_stands_twice_in_any_case_is_refused():
    with pytest.raises(MalformedError, match="field 'warc-date' stands 2 times"):
        parse([*GOOD, ("warc-DATE", "2026-01-31T23:59:58Z")])


@pytest.mark.parametrize(
    "date",
    [
        "2026",
        "2026-01",
        "2026-01-31",
        "2026-01-31T23:59Z",
        "2026-01-31T23:59:60Z",
        "2026-01-31T23:59:59Z",
        "2026-01-31T23:59:59.123456789Z",
    ],
)
def test_each_precision_that_warc_1_1_has_is_a_date(date):
    assert value_of(parse(changed("WARC-Date", date)), "warc-date") == date


@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "20260131",
        "2026-13",
        "2026-02-30",
        "0000-01-01",
        "2026-01-31T24:00:00Z",
        "2026-01-31T23:59:59",
        "2026-01-31T23:59:59.Z",
        "2026-01-31 23:59:59Z",
        "２０２６-01-31T23:59:59Z",
    ],
)
def test_anything_else_is_no_date(date):
    with pytest.raises(MalformedError, match=r"^record 7: its WARC-Date is"):
        parse(changed("WARC-Date", date))


def test_a_type_that_is_no_token_is_refused():
    with pytest.raises(MalformedError, match="WARC-Type is 'a b', expected a token"):
        parse(changed("WARC-Type", "a b"))


def test_a_record_id_without_its_brackets_is_refused():
    with pytest.raises(MalformedError, match="WARC-Record-ID is 'urn:x', expected"):
        parse(changed("WARC-Record-ID", "urn:x"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("<http://a/>", "http://a/"), ("http://a/", "http://a/"), ("<a", "<a")],
)
def test_the_brackets_that_wget_puts_round_an_address_are_no_part_of_it(written, meant):
    assert target_uri((("WARC-Target-URI", written),)) == meant


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "SHA256"])
def test_a_digest_is_read_in_hex_and_in_base32(algorithm):
    raw = hashlib.new(algorithm, b"x", usedforsecurity=False).digest()
    base32 = base64.b32encode(raw).decode()
    for value in (raw.hex(), raw.hex().upper(), base32, base32.rstrip("=")):
        found = parse_digest(f"{algorithm}:{value}", "record 7")
        assert found == (algorithm.lower(), raw)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("md5:d41d8cd98f00b204e9800998ecf8427e", "unknown algorithm"),
        ("d41d8cd98f00b204e9800998ecf8427e", "unknown algorithm"),
        ("sha256:" + "0" * 63, "neither hex nor base32"),
        ("sha256:" + "g" * 64, "neither hex nor base32"),
        ("sha256:" + "é" * 52, "neither hex nor base32"),
        ("sha256:" + " " * 64, "has 0 bytes, expected 32"),
        ("sha256:" + "A" * 32, "has 20 bytes, expected 32"),
        ("sha1:", "has 0 bytes, expected 20"),
    ],
)
def test_a_digest_that_cannot_be_checked_is_refused_not_passed_over(text, said):
    with pytest.raises(MalformedError, match=f"^record 7: .*{said}"):
        parse_digest(text, "record 7")


NAMES = st.from_regex(r"X-[A-Za-z0-9]{1,8}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_fields_of_any_script_are_read_as_they_were_written(more):
    unique = {name.lower(): (name, value) for name, value in more.items()}
    fields = [*GOOD, *unique.values()]
    assert parse(fields) == tuple(fields)


@given(st.binary(max_size=120))
def test_any_bytes_are_a_header_or_refused_with_one_kind_of_error(data):
    try:
        fields = parse_header(b"WARC/1.1\r\n" + data + b"\r\n\r\n", "record 7")
    except MalformedError:
        return
    assert value_of(fields, "WARC-Type")


@given(st.text(max_size=80))
def test_any_text_is_a_digest_or_refused_with_one_kind_of_error(text):
    try:
        algorithm, raw = parse_digest(f"sha256:{text}", "record 7")
    except MalformedError:
        return
    assert (algorithm, len(raw)) == ("sha256", 32)
