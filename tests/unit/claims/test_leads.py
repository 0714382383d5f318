"""The list of leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.findings import Finding
from claims.leads import COLUMNS, MAX_BYTES, parse_leads, read_leads

HEADER = "id,url,publisher,language,published,about,bears_on\n"
ROW = (
    'lead/a-1,https://example.org/x?y=1,"Example, Ltd",it,2026-02-03,all,"a ""copy"""\n'
)


def test_a_row_is_a_lead_with_its_line():
    (lead,) = parse_leads((HEADER + ROW).encode(), "leads.csv")
    assert (lead.line, lead.id, lead.publisher) == (2, "lead/a-1", "Example, Ltd")
    assert lead.bears_on == 'a "copy"'
    assert (lead.language, lead.published) == ("it", "2026-02-03")


def test_a_list_without_rows_has_no_leads():
    assert parse_leads(HEADER.encode(), "leads.csv") == ()
    assert HEADER.strip() == ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("data", "line", "found", "code"),
    [
        (b"", 1, "the columns are ''", "C20"),
        (b"id,url\n", 1, "expected id,url,publisher,language", "C20"),
        (
            (HEADER + ROW + "\n" + ROW).encode(),
            3,
            "0 fields in a row, expected 7",
            "C20",
        ),
        ((HEADER + ROW.replace(",all", "")).encode(), 2, "6 fields in a row", "C20"),
        ((HEADER + ROW + ROW).encode(), 3, "stands twice, in line 2 and here", "C19"),
        (
            (HEADER + ROW.replace("lead/", "")).encode(),
            2,
            "id is 'a-1', expected",
            "C19",
        ),
        (
            (HEADER + ROW.replace("https:", "ftp:")).encode(),
            2,
            "an http or https",
            "C20",
        ),
        (
            (HEADER + ROW.replace("//ex", "// ex")).encode(),
            2,
            "an http or https",
            "C20",
        ),
        (
            (HEADER + ROW.replace("//ex", "//me@ex")).encode(),
            2,
            "an http or https",
            "C20",
        ),
        (
            (HEADER + ROW.replace(",it,", ",Italian,")).encode(),
            2,
            "language tag",
            "C20",
        ),
        ((HEADER + ROW.replace("all", '"a\nb"')).encode(), 2, "a line end in", "C20"),
        ((HEADER + ROW.replace("all", "a\u202eb")).encode(), 2, "U+202E", "C20"),
        ((HEADER + '"open').encode(), 2, "no CSV: unexpected end of data", "C20"),
        (HEADER.encode() + b"\xff", 2, "byte 0xff is no UTF-8", "C20"),
        (b"\xef\xbb\xbf" + HEADER.encode(), 1, "U+FEFF", "C20"),
        (b"x" * (MAX_BYTES + 1), 1, f"{MAX_BYTES + 1} bytes, expected", "C20"),
    ],
)
def test_a_wrong_list_is_told_by_its_line(data, line, found, code):
    fault = read_leads(data, "leads.csv")
    assert isinstance(fault, Finding)
    assert (fault.place, fault.code) == (f"leads.csv:{line}", code)
    assert found in fault.message


def test_parsing_raises_with_file_and_line_in_front():
    with pytest.raises(MalformedError, match=r"^leads\.csv:1: the columns are"):
        parse_leads(b"id\n", "leads.csv")


@given(st.text(alphabet='lead/a1,"\n\r h:', max_size=60))
def test_any_rows_are_leads_or_a_fault(text):
    found = read_leads((HEADER + text).encode(), "leads.csv")
    assert isinstance(found, tuple) or found.place.startswith("leads.csv:")
