"""Bytes to characters as the Encoding Standard says, where Python's tables differ."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS

from archiver.documents.decoding import decode_loosely, decode_strictly, name_of

NAMES = sorted({*LABELS.values()} - {"replacement"})


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("UTF8", "utf-8"),
        (" latin1 ", "windows-1252"),
        ("GB2312", "gbk"),
        ("x-sjis", "shift_jis"),
        ("koi8-ru", "koi8-u"),
        ("iso-2022-kr", "replacement"),
        ("utf-7", ""),
        ("тест", ""),
        ("", ""),
    ],
)
def test_a_label_is_that_of_one_encoding_or_of_none(label, name):
    assert name_of(label) == name


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("koi8-u", b"\xae\xbe", "ўЎ"),
        ("koi8-r", b"\xae\xbe", "╝╬"),
        ("windows-1255", b"\xe5\xca", "ו\u05ba"),
        ("windows-1252", b"\x80\x81", "€\x81"),
        ("windows-1251", b"\x98\xb9", "\x98№"),
        ("gbk", b"\x80", "€"),
        ("gbk", "价\U00020000".encode("gb18030"), "价\U00020000"),
        ("gb18030", b"\xa6\xd9\xfe\x59\xa8\xbc", "︐龴ḿ"),
        ("euc-jp", b"\xad\xa1\xad\xea", "①㈱"),
        ("euc-jp", b"\xa1\xc1\xa1\xdd\xfc\xe2", "～－髙"),
        ("shift_jis", b"\x87\x40\x81\x60", "①～"),
        ("iso-2022-jp", b"a\x1b$B-!!A\x1b(Bb", "a①～b"),
        ("iso-2022-jp", b"\x1b(I1\x1b(J\\~\x1b(B\\~", "ｱ¥‾\\~"),
        ("iso-2022-jp", b"\x1b$@0!\n0!\x1b(I\n1", "亜\n亜\nｱ"),
        ("big5", b"\xa1\x45\xa1\xe3\xa3\xe1", "‧～€"),
        ("euc-kr", b"\x8c\x63", "똠"),
        ("utf-16le", b"a\x00", "a"),
        ("x-user-defined", b"a\xff", "a\uf7ff"),
    ],
)
def test_it_is_what_a_browser_shows(name, data, text):
    assert decode_strictly(data, name) == text
    assert decode_loosely(data, name) == text


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("utf-8", b"a\xff", "a\ufffd"),
        ("windows-1253", b"a\xaa", "a\ufffd"),
        ("iso-8859-6", b"\xa1a", "\ufffda"),
        ("gbk", b"a\xff", "a\ufffd"),
        ("euc-jp", b"\xad\xbfa", "\ufffd\ufffda"),
        ("euc-jp", b"\xad", "\ufffd"),
        ("big5", b"\x87\x7a", "\ufffdz"),
        ("iso-2022-jp", b"\xe0\x1b$B0!0", "\ufffd亜\ufffd"),
        ("utf-16be", b"\xd8\x00", "\ufffd"),
    ],
)
def test_what_is_not_of_the_encoding_is_told_or_becomes_u_fffd(name, data, text):
    assert decode_loosely(data, name) == text
    assert decode_strictly(data, name) is None


@given(st.binary(max_size=200), st.sampled_from(NAMES))
def test_any_bytes_become_the_same_text_always_and_one_that_can_be_stored(data, name):
    text = decode_loosely(data, name)
    assert text == decode_loosely(data, name)
    assert text.encode().decode() == text
    assert decode_strictly(data, name) in (None, text)


@given(st.sampled_from(NAMES), st.text(alphabet=st.characters(codec="ascii")))
def test_ascii_is_ascii_in_all_that_browsers_take_for_it(name, text):
    if not name.startswith("utf-16") and "\x1b" not in text:
        assert decode_strictly(text.encode(), name) == text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "piece", [b"\xff", b"\x80", b"\x1b$B", b"\x1b(Ia", b"\xad\xa1"]
)
def test_data_that_is_broken_everywhere_costs_little(name, piece):
    start = time.process_time()
    text = decode_loosely(piece * (2_000_000 // len(piece)), name)
    assert time.process_time() - start < 10
    assert decode_strictly(text.encode("utf-8"), "utf-8") == text
