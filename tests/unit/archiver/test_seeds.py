"""Lists and tables of URLs, as people have them."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.harvesting import seeds
from archiver.harvesting.seeds import Line, collect_seeds, parse_list

A, B = "https://a.example/one", "https://b.example/two?x=1"


def urls(data: bytes, name: str = "urls.txt") -> list[tuple[str, str]]:
    return [(line.place, line.url) for line in parse_list(data, name)]


@pytest.mark.parametrize(
    "data",
    [
        f"{A}\n{B}\n",
        f"{A}\n{B}",
        f"\ufeff{A}\r\n{B}\r\n",
        f"  {A}  \n\t{B}\n",
        f"{A}  # the first\n{B}\t#the second\n",
    ],
)
def test_a_list_has_one_url_a_line_whatever_its_line_ends(data):
    assert urls(data.encode()) == [("urls.txt:1", A), ("urls.txt:2", B)]


def test_empty_lines_and_comments_mean_nothing_and_count_as_lines():
    found = urls(f"# leads\n\n   \n  # more\n{A}\n".encode())
    assert found == [("urls.txt:5", A)]


def test_a_fragment_is_no_comment():
    assert urls(f"{A}#part\n".encode()) == [("urls.txt:1", f"{A}#part")]


def test_a_line_of_two_words_is_shown_whole_since_it_is_no_url():
    (line,) = parse_list(f"{A} and {B}\n".encode(), "urls.txt")
    assert line.url == f"{A} and {B}"
    assert [fault.place for fault in collect_seeds([line]).faults] == ["urls.txt:1"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("head", ["id{0}url{0}note", "ID{0} URL {0}Note", 'id{0}"url"'])
def test_of_a_table_the_column_url_is_read(separator, head):
    rows = [head.format(separator), f"1{separator}{A}{separator}x", f"2{separator}{B}"]
    data = "\n".join(rows).encode()
    for name in ("leads.csv", "leads.txt", "standard input"):
        assert urls(data, name) == [(f"{name}:2", A), (f"{name}:3", B)]


def test_a_table_of_one_column_is_one():
    assert urls(f"url\n{A}\n".encode()) == [("urls.txt:2", A)]


def test_the_leads_of_a_case_can_be_captured(root):
    data = (
        root / "archives/material/kz-handover-2026/cases/kz-handover/leads.csv"
    ).read_bytes()
    lines = parse_list(data, "leads.csv")
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert [line.url for line in lines] == [row["url"] for row in rows]
    assert not collect_seeds(lines).faults


def test_a_field_of_several_lines_does_not_move_the_places_of_others():
    data = f'note,url\n"one\ntwo, ""three""\n",{A}\n\nx,{B}\n'.encode()
    assert urls(data, "l.csv") == [("l.csv:2", A), ("l.csv:6", B)]


def test_a_row_without_its_url_is_a_fault_and_an_empty_one_is_none():
    data = f"id,url\n1\n,\n2,\n3,{A}\n".encode()
    found = collect_seeds(parse_list(data, "l.csv"))
    assert [fault.place for fault in found.faults] == ["l.csv:2", "l.csv:4"]
    assert [seed.place for seed in found.seeds] == ["l.csv:5"]


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"id,address\n", "l.csv", "l.csv:1: the columns are"),
        (A.encode(), "L.CSV", "L.CSV:1: the columns are"),
        (b"", "l.txt", "l.txt names no URL"),
        (b"\n# nothing\n", "l.txt", "l.txt names no URL"),
        (b"url\n", "l.csv", "l.csv names no URL"),
        (b"", "l.csv", "l.csv:1: the columns are"),
        (b"a\nb\xff\n", "l.txt", "l.txt:2: the byte 0xff is no UTF-8"),
        ("url".encode("utf-16"), "l.txt", "l.txt:1: the byte 0xff"),
        (b'url,x\n"a\n', "l.csv", "l.csv:2: no CSV"),
        (b'url,x\n"a"b,c\n', "l.csv", "l.csv:2: no CSV"),
        (b"url,x\n" + b"a" * 200_000 + b",b\n", "l.csv", "l.csv:2: no CSV"),
        (b'"url\n', "l.csv", "l.csv:1: no CSV"),
    ],
)
def test_what_is_no_list_is_named_with_its_line(data, name, told):
    with pytest.raises(MalformedError) as error:
        parse_list(data, name)
    assert told in str(error.value)


def test_a_list_beyond_the_bound_is_refused(monkeypatch):
    monkeypatch.setattr(seeds, "MAX_LIST", 10)
    with pytest.raises(MalformedError, match="longer than 10 bytes"):
        parse_list(A.encode(), "l.txt")


@given(st.binary(max_size=200), st.sampled_from(["l.csv", "l.txt"]))
@example(b"url\r\r", "l.csv")
@example(b"url,\0\n\0,\0", "l.csv")
def test_any_bytes_are_a_list_or_malformed(data, name):
    with suppress(MalformedError):
        lines = parse_list(data, name)
        assert lines
        assert all(line.place.startswith(f"{name}:") for line in lines)
        found = collect_seeds(lines)
        assert len(found.seeds) + len(found.repeats) + len(found.faults) == len(lines)


@given(st.lists(st.sampled_from([A, B, "# no", "", "  "]), max_size=8))
def test_each_place_is_the_line_in_which_its_url_stands(rows):
    data = "\n".join(rows)
    if not any(row.startswith("http") for row in rows):
        return
    for line in parse_list(data.encode(), "l"):
        number = int(line.place.removeprefix("l:"))
        assert rows[number - 1] == line.url


def test_the_same_request_is_asked_once_and_its_repeats_are_told():
    lines = [
        Line("HTTPS://A.example:443/one#a", "l:1"),
        Line("https://a.example/one#b", "l:2"),
        Line(B, ""),
        Line(B, "l:3"),
    ]
    found = collect_seeds(lines)
    assert [seed.url for seed in found.seeds] == ["HTTPS://A.example:443/one#a", B]
    assert [(each.place, each.first.place) for each in found.repeats] == [
        ("l:2", "l:1"),
        ("l:3", ""),
    ]
    assert found.seeds[0].host == "a.example"


def test_fragments_tell_pages_apart_where_they_count():
    lines = [Line(f"{A}#a"), Line(f"{A}#b"), Line(f"{A}#a")]
    found = collect_seeds(lines, fragments=True)
    assert [seed.url for seed in found.seeds] == [f"{A}#a", f"{A}#b"]
    assert len(found.repeats) == 1


def test_every_bad_line_is_a_fault_with_its_hint():
    bad = ["ftp://a.example/", "a.example/x", "http://u:p@a.example/", "http://a b/"]
    found = collect_seeds([Line(url, f"l:{n}") for n, url in enumerate(bad, 1)])
    assert [fault.place for fault in found.faults] == ["l:1", "l:2", "l:3", "l:4"]
    assert "scheme" in found.faults[0].why
    assert "https://example.org/page" in found.faults[1].hint
    assert "p@" not in found.faults[2].why
    assert not found.seeds
