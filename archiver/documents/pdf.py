"""The text layer of a PDF, ``pdf@1``: page after page, block after block.

What a block is, and in which order they come, is in ``archiver.documents.pdflines``.
There are no zones: nobody can tell a heading from the body there.  The letters are
those that the file itself gives for its glyphs, as pdfminer.six reads them: that
library is pinned, as another version may read another text.

A file that needs a password, that cannot be read to its end, whose pages are pictures,
or that exceeds the bounds of ``archiver.documents.pdfreader`` has no layer.  Those
bounds hold in a process of its own, and time is one of them: so a layer is made in less
time than it is given when it is derived again, or a slower machine would not find what
was signed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from archiver.documents.charsets import Charset
from archiver.text import PDF, TextLayer, layer_of

MAX_PDF: Final = 128 << 20  # bytes
SECONDS: Final = 60  # of processor time, to make a layer
GLANCE: Final = 10  # of processor time, to look at one that is shown
PATIENCE: Final = 4  # times as long, to derive one again
_WAIT: Final = 10  # times as long by the clock: the machine may be busy


def extract_pdf(data: bytes, *, seconds: int = SECONDS) -> TextLayer | None:
    """Extract the text of a PDF within ``seconds`` of processor time, if it has any."""
    found = _read(data, seconds)
    blocks = found["blocks"] if found else []
    if not any(map(str.isalnum, "".join(blocks))):
        return None
    text = layer_of(PDF, [(block, "body") for block in blocks]).text
    return TextLayer(PDF, text, ())


def find_letters(data: bytes) -> Charset:
    """Find what speaks against the letters that are read in a PDF."""
    found = _read(data, GLANCE)
    untold = f"nothing could be told of it in {GLANCE} seconds"
    doubts = tuple(_doubts(found)) if found else (untold,)
    return Charset("PDF", "fonts", doubts)


def _doubts(found: dict[str, Any]) -> Iterator[str]:
    pages, glyphs = found["pages"], found["glyphs"]
    if found["bare"]:
        yield f"{found['bare']:,} of {pages:,} pages hold no words: look at them"
    if found["unknown"]:
        yield f"of {found['unknown']:,} of {glyphs:,} glyphs no font tells the letter"
    if found["unseen"]:
        yield (
            f"{found['unseen']:,} of {glyphs:,} glyphs are drawn invisible: most likely"
            " a program read them in a picture"
        )


def _read(data: bytes, seconds: int) -> dict[str, Any] | None:
    """Read a PDF in a process of its own; None where that came to no end."""
    if len(data) > MAX_PDF:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - this program, by fixed words
            [sys.executable, "-P", "-m", "archiver.documents.pdfreader", str(seconds)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds * _WAIT,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        return None
    return dict(json.loads(done.stdout)) if done.returncode == 0 else None


def _environment() -> dict[str, str]:
    """Return our environment, without what could make another text of the same file."""
    fixed = {
        "CMAP_PATH": os.devnull,  # no tables of letters but those of the library
        "PYTHONHASHSEED": "0",
    }
    return {**os.environ, **fixed}
