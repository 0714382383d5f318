"""A page that Chromium prints to PDF has its words in the PDF, in the order of reading.

No outside tool is asked what the PDF says: the page says it.
"""

import shutil
import subprocess
from unicodedata import normalize

import pytest

from archiver.documents.pdf import extract_pdf
from tests.conftest import find_program

pytestmark = pytest.mark.needs("chromium")

LEFT = "First column begins here and goes on for a while, as columns do: marker alpha."
RIGHT = "Second column, set beside the first one, comes after it: marker beta."
PAGE = f"""<!doctype html><meta charset=utf-8><html lang=ru>
<style>body {{ font-family: "DejaVu Sans", sans-serif }} .c {{ columns: 2 }}
.c p {{ break-inside: avoid; margin: 0 }}</style>
<h1>Заголовок: «Ёлка»</h1>
<p>Полиция передала двух человек.</p>
<p lang=kk>Қазақ тілі: ғылым, қала, ұлт, өнер, әлем, һәм.</p>
<p lang=he dir=rtl>הוא נמלט מהבסיס ב־2 בפברואר.</p>
<p lang=ar dir=rtl>سلمت المدينة رجلين في شباط 2026.</p>
<div class=c><p>{LEFT}</p><p>{RIGHT}</p></div>
<p style="break-before: page">Вторая страница.</p>
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Print the page, and return the PDF."""
    folder = tmp_path_factory.mktemp("print")
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    program = find_program("chromium")
    options = "--headless --no-sandbox --disable-gpu --no-first-run"
    options += " --disable-background-networking --no-pdf-header-footer"
    words = [f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/page.pdf"]
    subprocess.run(
        [program, *options.split(), *words, f"file://{folder}/page.html"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    shutil.rmtree(folder / "profile", ignore_errors=True)
    return (folder / "page.pdf").read_bytes()


def test_the_words_of_a_printed_page_come_in_the_order_of_reading(printed):
    layer = extract_pdf(printed)
    assert layer == extract_pdf(printed)
    blocks = normalize("NFKC", layer.text).split("\n\n")
    found = [" ".join(block.split()) for block in blocks]
    assert found == [
        "Заголовок: «Ёлка»",
        "Полиция передала двух человек.",
        "Қазақ тілі: ғылым, қала, ұлт, өнер, әлем, һәм.",
        "הוא נמלט מהבסיס ב־2 בפברואר.",
        "سلمت المدينة رجلين في شباط 2026.",
        LEFT,
        RIGHT,
        "Вторая страница.",
    ]
