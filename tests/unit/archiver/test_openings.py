"""Openings: commitments with salts of their own, their root, the index beside it."""

import io
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError, VerificationError
from archiver.openings import (
    ZONES,
    Opening,
    TextOpening,
    Withheld,
    check_openings,
    check_root,
    commit,
    format_openings,
    parse_openings,
    records_root,
)
from archiver.records import walk_records
from tests.warcs import member, packed, record, records

SALTS = [bytes([number]) * 16 for number in range(9)]


def walk(data):
    return list(walk_records(io.BytesIO(data)))


def opening(found, salt):
    return Opening(
        found.index,
        found.sha256,
        salt,
        found.type,
        found.uri,
        found.offset,
        found.length,
        found.member,
    )


RECORDS = walk(packed())
OPENINGS = tuple(map(opening, RECORDS, SALTS))
COMMITS = [commit(each.salt, each.sha256) for each in OPENINGS]
ROOT = records_root(COMMITS).hex()
TEXT = TextOpening("html@1", "5" * 64, SALTS[8], 9, ((0, 4, "heading"), (6, 9, "body")))
LINES = format_openings(OPENINGS, TEXT)


def test_the_commitment_and_the_root_are_those_of_the_format():
    salt, digest = bytes(range(16)), sha256(b"a record").digest()
    first = sha256(salt + digest).digest()
    assert commit(salt, digest.hex()) == first
    leaf = sha256(b"\x00" + first).digest()
    assert records_root([first]) == leaf
    assert records_root([first] * 2) == sha256(b"\x01" + leaf + leaf).digest()
    with pytest.raises(ValueError, match="the salt has 15 bytes, expected 16"):
        commit(salt[1:], digest.hex())


def test_openings_are_a_line_a_record_and_one_for_the_text():
    lines = [json.loads(line) for line in LINES.splitlines()]
    assert list(lines[1].items()) == [
        ("i", 1),
        ("sha256", OPENINGS[1].sha256),
        ("salt", "01" * 16),
        ("type", "response"),
        ("uri", "http://a.example/"),
        ("offset", OPENINGS[1].offset),
        ("length", OPENINGS[1].length),
        ("member", OPENINGS[1].member),
    ]
    assert lines[4] == {
        "text": {
            "extractor": "html@1",
            "sha256": "5" * 64,
            "salt": "08" * 16,
            "length": 9,
            "zones": [[0, 4, "heading"], [6, 9, "body"]],
        }
    }
    assert len(lines) == 5


def test_openings_are_read_back_as_they_were_written():
    assert parse_openings(LINES) == (OPENINGS, TEXT)
    assert parse_openings(format_openings(OPENINGS, None)) == (OPENINGS, None)


def withhold(index):
    held = Withheld(index, COMMITS[index], "7" * 64)
    return (*OPENINGS[:index], held, *OPENINGS[index + 1 :])


def test_a_withheld_record_leaves_its_commitment_and_its_tombstone():
    data = format_openings(withhold(2), None)
    assert json.loads(data.splitlines()[2]) == {
        "i": 2,
        "commit": COMMITS[2].hex(),
        "withheld": "7" * 64,
    }
    assert parse_openings(data) == (withhold(2), None)
    check_root(withhold(2), ROOT, 4)
    check_openings(withhold(2), [*RECORDS[:2], RECORDS[3]], ROOT, 4)


def test_the_records_of_a_file_are_those_that_were_signed():
    check_openings(OPENINGS, RECORDS, ROOT, 4)


def changed(number, **values):
    altered = replace(OPENINGS[number], **values)
    return (*OPENINGS[:number], altered, *OPENINGS[number + 1 :])


@pytest.mark.parametrize(
    "openings",
    [
        changed(0, sha256="0" * 64),
        changed(3, salt=SALTS[7]),
        (OPENINGS[1], OPENINGS[0], *OPENINGS[2:]),
    ],
)
def test_a_hash_a_salt_or_an_order_that_was_not_signed_leads_to_another_root(openings):
    with pytest.raises(VerificationError, match=r"lead to the root .*, expected"):
        check_root(openings, ROOT, 4)


def test_another_number_of_openings_is_refused():
    with pytest.raises(VerificationError, match="there are 3 openings, expected 4"):
        check_root(OPENINGS[:3], ROOT, 4)


PARTS = records()
CHANGED = record("response", b"HTTP/1.1 200 OK\r\n\r\nhallo", number=1)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([PARTS[0], CHANGED, *PARTS[2:]], "record 1 at byte .*: its SHA-256 is"),
        (
            [PARTS[0], PARTS[2], PARTS[1], PARTS[3]],
            "record 1 at byte .* its SHA-256 is",
        ),
        (PARTS[:3], "record 3 at byte .* is not in the file, expected one with"),
        ([*PARTS, PARTS[3]], "record 4 at byte .* not in the statement, expected 4"),
    ],
)
def test_the_first_record_that_differs_is_named_with_its_place(parts, said):
    with pytest.raises(VerificationError, match=said):
        check_openings(OPENINGS, walk(packed(parts)), ROOT, 4)


def test_records_that_were_packed_anew_are_told_apart_from_changed_ones():
    again = walk(b"".join(PARTS))
    with pytest.raises(
        VerificationError, match=r"length .* its content is intact"
    ) as got:
        check_openings(OPENINGS, again, ROOT, 4)
    assert "packed anew" in got.value.hint


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"type": "resource"}, "openings say its type is 'resource', expected 'resp"),
        ({"uri": "http://b/"}, "say its uri is 'http://b/', expected 'http://a.exam"),
        ({"offset": 5}, "its offset is .*, expected 5; its content is intact"),
        ({"member": "0" * 64}, "its member is .*, expected 0"),
    ],
)
def test_an_index_that_does_not_fit_the_bytes_is_refused(values, said):
    with pytest.raises(VerificationError, match=f"^record 1 at byte .*{said}"):
        check_openings(changed(1, **values), RECORDS, ROOT, 4)


def line(number, **values):
    whole = json.loads(LINES.splitlines()[number]) | values
    kept = {key: value for key, value in whole.items() if value is not ...}
    text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
    lines = LINES.decode().splitlines()
    lines[number] = text
    return "".join(f"{each}\n" for each in lines).encode()


def zones(*values, length=9):
    text = json.loads(LINES.splitlines()[4])["text"]
    return line(4, text=text | {"zones": list(values), "length": length})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "do not end in LF"),
        (b"\n", "line 1: Expecting value"),
        (LINES[:-1], "do not end in LF"),
        (LINES + b"\n", "line 6: Expecting value"),
        (LINES.replace(b"\n", b"\r\n"), "not spelled as we write"),
        (b"[]\n", r"line 1 is \[\], expected an object"),
        (line(1, i=2), "line 2.i is 2, expected 1"),
        (line(1, i="1"), "line 2.i is '1', expected an integer"),
        (line(1, sha256="A" * 64), "line 2.sha256 is"),
        (line(1, salt="00"), "line 2.salt is '00', expected 32"),
        (line(1, salt=...), "line 2 has no 'salt'"),
        (line(1, type=""), "line 2.type is ''"),
        (line(1, more=1), "line 2 has 'more', expected only"),
        (line(1, length=0), "line 2.length is 0, expected 1"),
        (line(1, offset=1), "record 1 says byte 1, expected"),
        (line(0, offset=1), "record 0 says byte 1, expected 0"),
        (line(1, uri="http://\\u0061/").replace(b"\\\\u", b"\\u"), "not spelled as we"),
        (line(1, withheld="7" * 64), "line 2 has 'sha256', expected only i, commit"),
        (line(4, i=4), "line 5 has 'i', expected only text"),
        (line(4, text=[]), r"line 5.text is \[\], expected an object"),
        (zones([0, 4, "title"]), r"zones\[0\] is \[0, 4, 'title'\], expected \[start"),
        (zones([False, True, "body"]), r"zones\[0\] is \[False, True"),
        (zones([0, True, "body"]), r"zones\[0\] is \[0, True"),
        (zones([0, 4]), r"zones\[0\] is \[0, 4\], expected"),
        (zones("body"), r"zones\[0\] is 'body', expected"),
        (
            zones([4, 4, "body"]),
            r"expected a start from 0 and an end behind it, up to 9",
        ),
        (zones([0, 10, "body"]), r"\[0, 10, 'body'\], expected a start from 0"),
        (zones([0, 4, "body"], [3, 9, "body"]), r"zones\[1\] .* a start from 4"),
        (line(0) + LINES.splitlines()[4] + b"\n", "line 5 has no 'i'"),
    ],
)
def test_openings_of_another_shape_are_refused(data, said):
    with pytest.raises(MalformedError, match=said):
        parse_openings(data)


HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@st.composite
def some_openings(draw):
    found = []
    end = 0
    for index in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            held = Withheld(index, bytes.fromhex(draw(HEX)), draw(HEX))
            found.append(held)
            continue
        length = draw(st.integers(1, 1000))
        salt = draw(st.binary(min_size=16, max_size=16))
        said = (draw(HEX), salt, draw(WORDS), draw(WORDS))
        found.append(Opening(index, *said, end, length, draw(HEX)))
        end += length
    return tuple(found)


@st.composite
def some_text(draw):
    cuts = sorted(draw(st.sets(st.integers(0, 50), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    found = tuple((start, end, draw(st.sampled_from(ZONES))) for start, end in pairs)
    salt = draw(st.binary(min_size=16, max_size=16))
    return TextOpening("html@1", draw(HEX), salt, 50, found)


@given(some_openings(), st.none() | some_text())
@settings(deadline=None)
def test_any_openings_come_back_from_their_lines(openings, text):
    if not openings and text is None:
        return
    assert parse_openings(format_openings(openings, text)) == (openings, text)


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_change_to_the_lines_is_refused_or_was_not_proven(place, patch):
    place %= len(LINES)
    data = LINES[:place] + patch + LINES[place + len(patch) :]
    try:
        openings, text = parse_openings(data)
        check_openings(openings, RECORDS, ROOT, 4)
    except (MalformedError, VerificationError):
        assert data != LINES
        return
    assert openings == OPENINGS
    assert (text == TEXT) == (data == LINES)


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_with_one_kind_of_error(data):
    with pytest.raises(MalformedError):
        parse_openings(data)


def test_one_commitment_over_a_whole_file_has_the_same_shape():
    data = member(b"".join(records()))
    digest = sha256(data).hexdigest()
    whole = Opening(0, digest, SALTS[0], "file", "", 0, len(data), digest)
    assert parse_openings(format_openings([whole], None)) == ((whole,), None)
