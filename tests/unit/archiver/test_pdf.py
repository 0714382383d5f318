"""The text of a PDF, or none; whatever is in the file, and in bounded time."""

import io
import os
import random
import resource
import time
import zlib

import pypdf
import pytest

from archiver.documents.charsets import Charset
from archiver.documents.pdf import MAX_PDF, extract_pdf, find_letters
from archiver.documents.pdfreader import read_blocks
from archiver.errors import MalformedError
from archiver.text import TextLayer
from tests.pdfs import FONT, form, one_page, pdf, stream, text_page


def text(data, **bounds):
    layer = extract_pdf(data, **bounds)
    assert layer is not None
    assert layer == TextLayer("pdf@1", layer.text, ())
    return layer.text


def test_a_page_is_the_text_of_its_lines_and_blocks():
    content = (
        b"BT /F1 24 Tf 50 700 Td (Hello, world) Tj 0 -30 Td (second line) Tj"
        b" 0 -90 Td [(Ke) -50 (rn) -300 (gap) -4000 (cell)] TJ ET"
    )
    assert text(one_page(content)) == "Hello, world\nsecond line\n\nKern gap\n\ncell"


def test_it_is_the_same_in_the_process_that_has_the_bounds_and_here():
    data = text_page(b"One", b"two")
    assert text(data) == text(data) == "\n\n".join(read_blocks(data)) == "One\ntwo"


def test_pages_come_one_after_another():
    kids = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    page = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /Font"
    page += b" << /F1 4 0 R >> >>"
    data = pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        kids,
        b"<< %b /Contents 5 0 R >>" % page,
        FONT,
        stream(b"BT /F1 5 Tf (first) Tj ET"),
        b"<< %b /Contents 7 0 R >>" % page,
        stream(b"BT /F1 5 Tf (second) Tj ET"),
    )
    assert text(data) == "first\n\nsecond"


@pytest.mark.parametrize("turn", ["0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
def test_words_may_be_turned_on_the_page(turn):
    content = f"BT /F1 12 Tf {turn} 300 300 Tm (Turned) Tj ( words) Tj T* ET"
    assert list(read_blocks(one_page(content.encode()))) == ["Turned words"]


def test_a_glyph_whose_letter_the_file_does_not_tell_is_not_guessed():
    font = (
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Own /FirstChar 65 /LastChar 66"
        b" /Widths [500 500] /Encoding << /Type /Encoding /Differences [65 /g17 /B] >>"
        b" /FontDescriptor << /Type /FontDescriptor /FontName /Own /Flags 4"
        b" /FontBBox [0 0 1000 1000] /Ascent 800 /Descent -200 >> >>"
    )
    content = b"BT /F1 12 Tf 50 700 Td (AB) Tj ET"
    data = one_page(content).replace(FONT, font)
    assert list(read_blocks(data)) == ["\N{REPLACEMENT CHARACTER}B"]
    only = one_page(content.replace(b"AB", b"AA")).replace(FONT, font)
    assert extract_pdf(only) is None


def test_a_table_of_glyph_names_may_hold_anything():
    font = FONT[:-2] + b"/Encoding << /Differences [(x) 65 /Zhe /afii10017 null] >> >>"
    content = b"BT /F1 12 Tf 50 700 Td (ABC) Tj ET"
    assert list(read_blocks(one_page(content).replace(FONT, font))) == ["\ufffdАC"]


def test_words_from_top_to_bottom_are_words():
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /UniJIS-UTF16-V"
        b" /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Own"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >>"
        b" /FontDescriptor << /Type /FontDescriptor /FontName /Own /Flags 4"
        b" /FontBBox [0 -120 1000 880] /Ascent 880 /Descent -120 >> >>] >>"
    )
    words = "引き渡した".encode("utf-16-be").hex().encode()
    content = b"BT /F1 12 Tf 300 700 Td <%b> Tj ET" % words
    data = one_page(content).replace(FONT, font)
    assert list(read_blocks(data)) == ["引き渡した"]


def test_a_page_that_is_a_picture_has_no_text():
    picture = stream(
        b"\x00" * 64,
        b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8"
        b" /ColorSpace /DeviceGray",
    )
    scanned = one_page(b"q 600 0 0 800 0 0 cm /P Do Q", picture, objects=b"/P 6 0 R")
    assert list(read_blocks(scanned)) == []
    assert extract_pdf(scanned) is None
    assert extract_pdf(one_page(b"BT /F1 12 Tf 50 700 Td (.) Tj ET")) is None


@pytest.mark.parametrize(
    ("data", "doubts"),
    [
        (text_page(b"Words"), ()),
        (b"no PDF", ("nothing could be told of it in 10 seconds",)),
    ],
)
def test_what_speaks_against_its_letters_is_told(data, doubts):
    assert find_letters(data) == Charset("PDF", "fonts", doubts)


def test_words_that_a_program_read_in_a_picture_are_told():
    seen = b"BT /F1 12 Tf 50 700 Td (seen) Tj 3 Tr ( unseen) Tj 0 Tr ( seen) Tj ET"
    data = one_page(seen)
    assert text(data) == "seen unseen seen"
    (doubt,) = find_letters(data).doubts
    assert doubt.startswith("7 of 16 glyphs are drawn invisible: most likely a program")


def test_pages_without_words_and_glyphs_without_letters_are_told():
    font = FONT[:-2] + b"/Encoding << /Differences [65 /g17 /B] >> >>"
    kids = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    page = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /Font"
    page += b" << /F1 4 0 R >> >>"
    data = pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        kids,
        b"<< %b /Contents 5 0 R >>" % page,
        font,
        stream(b"BT /F1 5 Tf (AB) Tj ET"),
        b"<< %b /Contents 7 0 R >>" % page,
        stream(b"0 0 9 9 re f"),
    )
    assert text(data) == "\N{REPLACEMENT CHARACTER}B"
    assert find_letters(data).doubts == (
        "1 of 2 pages hold no words: look at them",
        "of 1 of 2 glyphs no font tells the letter",
    )


def type_3(names, more=b""):
    """Write a font whose glyphs are drawings of the file."""
    return (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 500] /CharProcs <<"
        b" /a 6 0 R /g1 6 0 R >> /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97"
        b" /LastChar 98 /Widths [500 500] /Encoding << /Type /Encoding /Differences"
        b" [97 %b] >> %b >>" % (names, more)
    )


LETTERS = stream(
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def"
    b" 1 begincodespacerange <00> <ff> endcodespacerange"
    b" 2 beginbfchar <61> <0416> <62> <0436> endbfchar endcmap end end"
)


@pytest.mark.parametrize(
    ("font", "said"),
    [
        (type_3(b"/a /b"), ["ab"]),
        (type_3(b"/g1 /g2"), ["\ufffd\ufffd"]),
        (type_3(b"/g1 /g2", b"/ToUnicode 7 0 R"), ["Жж"]),
    ],
)
def test_drawings_that_are_letters_are_those_that_the_file_names(font, said):
    drawing = stream(b"500 0 0 0 500 500 d1 0 0 500 500 re f")
    content = b"BT /F1 24 Tf 50 700 Td (ab) Tj ET"
    data = one_page(content, drawing, LETTERS).replace(FONT, font)
    assert list(read_blocks(data)) == said


def test_a_page_that_is_turned_as_a_whole_reads_as_it_was_written():
    turned = text_page(b"One", b"two").replace(b"/MediaBox", b"/Rotate 90 /MediaBox")
    assert list(read_blocks(turned)) == ["One\ntwo"]


def test_columns_that_are_drawn_line_by_line_are_not_run_together():
    content = (
        b"BT /F1 12 Tf 50 700 Td (left one) Tj 250 0 Td (right one) Tj"
        b" -250 -14 Td (left two) Tj 250 0 Td (right two) Tj ET"
    )
    found = list(read_blocks(one_page(content)))
    assert found == ["left one", "right one", "left two", "right two"]


def test_the_cells_of_a_table_and_the_mark_of_a_note_are_numbers_of_their_own():
    cells = b"BT /F1 12 Tf 50 700 Td (2024) Tj 30 0 Td (1200) Tj 30 0 Td (17) Tj ET"
    assert list(read_blocks(one_page(cells))) == ["2024 1200 17"]
    note = b"BT /F1 12 Tf 50 700 Td (2020) Tj /F1 7 Tf 5 Ts (2) Tj 0 Ts"
    note += b" /F1 12 Tf ( on) Tj ET"
    assert list(read_blocks(one_page(note))) == ["2020² on"]


def test_a_word_that_is_broken_at_the_end_of_a_line_stays_broken():
    assert text(text_page(b"The govern-", b"ment said")) == "The govern-\nment said"


def encrypted(password, algorithm):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(text_page(b"Hello")))
    writer.encrypt(password, "of the owner", algorithm=algorithm)
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_file_that_asks_for_no_password_is_read_and_another_is_not(algorithm):
    assert text(encrypted("", algorithm)) == "Hello"
    assert extract_pdf(encrypted("secret", algorithm)) is None


def looped_xref():
    data = text_page(b"Hello")
    at = data.rindex(b"xref\n0")
    return data[:at] + data[at:].replace(b"/Size", b"/Prev %d /Size" % at)


def bomb(size):
    """Return a deflate stream that becomes so many MiB of white space."""
    deflate = zlib.compressobj(9)
    first = deflate.compress(b" " * (1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(b" " * (1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return first + again * (size - 1) + deflate.flush()


def nested_forms(depth, times):
    """Draw forms that draw forms: the words come out ``times ** depth`` times."""
    more = [
        form((b"/X%d Do " % (i + 1)) * times, b"/X%d %d 0 R" % (i + 1, 7 + i))
        for i in range(depth)
    ]
    last = form(b"BT /F1 9 Tf (aaaaaaaaaaaaaaaaaaaa) Tj ET")
    return one_page(b"/X0 Do", *more, last, objects=b"/X0 6 0 R")


FLATE = b"/Filter /FlateDecode"
HOSTILE = {
    "nothing": b"",
    "no PDF": b"%PDF-1.7" + bytes(range(256)) * 100,
    "half a file": text_page(b"Hello")[:200],
    "pages that hold themselves": pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
    ),
    "a form that draws itself": one_page(
        b"/X Do", form(b"/X Do", b"/X 6 0 R"), objects=b"/X 6 0 R"
    ),
    "forms in forms": nested_forms(12, 10),
    "arrays in arrays": one_page(b"[" * 300_000),
    "dictionaries in dictionaries": b"%PDF-1.7\n1 0 obj\n" + b"<</a " * 200_000,
    "a table that goes on with itself": looped_xref(),
    "glyphs without end": one_page(
        zlib.compress(b"(aaaaaaaa) Tj " * (1 << 22)), filters=FLATE
    ),
    "a bomb": one_page(bomb(4096), filters=FLATE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_has_no_text_and_costs_a_bounded_time(name):
    start = time.monotonic()
    extract_pdf(HOSTILE[name], seconds=2)
    assert time.monotonic() - start < 20
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak < 1_200_000  # KiB


@pytest.mark.parametrize(
    "name", sorted(set(HOSTILE) - {"a table that goes on with itself", "a bomb"})
)
def test_what_cannot_be_read_to_its_end_has_no_layer(name):
    assert extract_pdf(HOSTILE[name], seconds=1) is None


def test_a_table_of_a_thousand_million_entries_costs_nothing():
    data = text_page(b"Hello").replace(b"xref\n0 6", b"xref\n0 999999999")
    assert extract_pdf(data, seconds=2) in (None, TextLayer("pdf@1", "Hello", ()))


def test_a_file_of_too_many_bytes_is_not_read():
    assert extract_pdf(b"%PDF-1.7" + b" " * MAX_PDF) is None


def test_a_process_that_waits_is_ended(monkeypatch):
    monkeypatch.setattr("archiver.documents.pdf._WAIT", 0.01)
    assert extract_pdf(text_page(b"Hello"), seconds=1) is None


def test_the_environment_does_not_choose_the_letters(monkeypatch, tmp_path):
    monkeypatch.setenv("CMAP_PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # nor does the folder
    (tmp_path / "json.py").write_text("raise SystemExit(0)", encoding="utf-8")
    assert text(text_page(b"Hello")) == "Hello"
    assert os.environ["CMAP_PATH"] == str(tmp_path)


@pytest.mark.parametrize("bound", ["MAX_PAGES", "MAX_GLYPHS"])
def test_pages_and_glyphs_have_their_bounds(monkeypatch, bound):
    monkeypatch.setattr(f"archiver.documents.pdfreader.{bound}", 0)
    with pytest.raises(MalformedError, match=r"has more (pages|glyphs) than 0"):
        list(read_blocks(text_page(b"Hello")))


def test_a_file_with_any_byte_changed_has_a_text_or_none():
    whole = text_page(b"Hello", b"again")
    chance = random.Random(5)  # noqa: S311 - the same bytes every time
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        layer = extract_pdf(bytes(data), seconds=5)
        assert layer is None or any(map(str.isalnum, layer.text))
