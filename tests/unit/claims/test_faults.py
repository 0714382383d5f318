"""Reading the TOML that a person wrote: the first fault, with file and line."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.findings import Finding
from claims.faults import MAX_BYTES, open_struct, read_struct
from claims.mismatches import Fault


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    said: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str = ""
    inner: tuple[Inner, ...] = ()


def _check(note):
    if note.name == "odd":
        yield Fault(("name",), "the name is odd, expected an even one", "add one")


def _verbatim(path):
    return path[-1] == "said"


def _read(data):
    return read_struct(data, "n.toml", Note, check=_check, verbatim=_verbatim)


def test_a_good_file_is_read():
    data = b'name = "x"\r\n[[inner]]\r\nsaid = "y"\r\n'
    assert _read(data) == Note("x", (Inner("y"),))
    assert open_struct(_read(data)).name == "x"


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        (b"\xef\xbb\xbfname = 'x'", 1, "byte order mark"),
        (b"name = 'x'\n# \xff", 2, "byte 0xff is no UTF-8"),
        (b"a = 1\nb = \n", 2, "no TOML: Invalid value"),
        (b"name = 'x'\n\nname = 'y'\n", 3, "name stands twice, in line 1 and here"),
        (b"name = '''x\n\n\n", 1, "no TOML: Expected"),
        (b"name = 'a\x01'", 1, "no TOML: Found invalid character"),
        (b"a = " + b"[" * 20_000, 1, "lists inside lists without end"),
        (b"\n\na = " + b"9" * 5_000, 3, "4300 digits"),
        (b"nam = 'x'", 1, "unknown key 'nam', expected one of name, inner"),
        (b"\n[[inner]]\n\n[[inner]]\n", 2, "[[inner]] 1 has no key 'said'"),
        (b"\n[[inner]]\nsaid = 'x'\n[[inner]]\nsaid = 5", 5, "of [[inner]] 2 is 5"),
        (b"\nname = 'odd'", 2, "the name is odd, expected an even one"),
        ("# a\u202eb".encode(), 1, "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("name = 'x'\nname2 = 'a\u200bb'".encode(), 2, "U+200B (ZERO WIDTH SPACE)"),
        (b"\nname = 'x'\n[inner]\nq.z = \"\\u2066\"", 4, "U+2066"),
        (b'name = "x"\n"a\\u200bb" = 1', 2, "U+200B"),
        (b"name = 'x'\n[[inner]]\nsaid = 'x'\n#\xe2\x80\x8b", 4, "U+200B"),
    ],
)
def test_the_first_fault_is_told_with_its_line(data, line, found):
    fault = _read(data)
    assert isinstance(fault, Finding)
    assert fault.place == f"n.toml:{line}"
    assert found in fault.message
    assert (fault.code, fault.severity) == ("C20", "error")


def test_a_hint_comes_with_the_fault():
    assert _read(b"nam = 'x'").hint == "did you mean 'name'?"
    assert _read(b"name = 'odd'").hint == "add one"


def test_where_a_page_is_quoted_any_character_may_stand():
    data = (
        "[[inner]]\nsaid = 'a\u202eb\u200b'\n[[inner]]\nsaid = \"\\u2066\"\n".encode()
    )
    assert _read(data).inner == (Inner("a\u202eb\u200b"), Inner("\u2066"))


def test_a_file_that_is_too_long_is_not_read():
    fault = _read(b"#" * (MAX_BYTES + 1))
    assert (
        fault.message
        == f"the file has {MAX_BYTES + 1} bytes, expected {MAX_BYTES} at most"
    )


def test_opening_a_fault_raises_it_with_file_and_line_in_front():
    with pytest.raises(
        MalformedError, match=r"^n\.toml:1: unknown key 'nam'"
    ) as caught:
        open_struct(_read(b"nam = 'x'"))
    assert caught.value.hint == "did you mean 'name'?"
    assert caught.value.exit_code == 3


@given(st.binary(max_size=60))
def test_any_bytes_are_a_note_or_a_fault_with_a_line(data):
    found = _read(data)
    assert isinstance(found, Note) or found.place.startswith("n.toml:")


@given(st.text(alphabet="namesid=[]{}\"'\n.\\u202e1 ", max_size=60))
def test_any_text_is_a_note_or_a_fault_with_a_line_of_it(text):
    found = _read(text.encode())
    if isinstance(found, Finding):
        line = int(found.place.removeprefix("n.toml:"))
        assert 1 <= line <= text.count("\n") + 1
