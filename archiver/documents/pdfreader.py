"""A program that reads one PDF, in a process of its own.

``python -P -m archiver.documents.pdfreader SECONDS`` takes the file on its input and
writes a JSON object on its output: the text of its ``blocks``, how many ``pages`` it
has and how many are ``bare`` of words; how many ``glyphs``, of how many the letter is
``unknown``, and how many are ``unseen``: drawn invisible (PDF 2.0, 9.3.6), as programs
do that read the words in a picture.

A PDF can hold loops, bombs and tables without end, and the library has no bounds: so
the process has them, in memory and in processor time.  Whatever goes wrong ends it with
another code than 0, and no output.
"""

import io
import json
import math
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from pdfminer.encodingdb import name2unicode
from pdfminer.layout import LTChar
from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFTextDevice, PDFTextSeq
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdffont import PDFFont, PDFSimpleFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import (
    PDFGraphicState,
    PDFPageInterpreter,
    PDFResourceManager,
    PDFTextState,
)
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import list_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name
from pdfminer.utils import Matrix

from archiver.documents.pdflines import DOWN, Glyph, text_blocks
from archiver.errors import MalformedError

MAX_PAGES: Final = 10_000
MAX_GLYPHS: Final = 5_000_000  # a book of two thousand pages
MAX_MEMORY: Final = 1 << 30  # bytes of address space
UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"
_INVISIBLE: Final = (3, 7)  # modes of drawing text


def main() -> None:
    """Read the input within the bounds, and write its blocks."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    account = GlyphAccount()
    blocks = list(read_blocks(sys.stdin.buffer.read(), account))
    sys.stdout.write(json.dumps(asdict(account) | {"blocks": blocks}))


@dataclass(slots=True)
class GlyphAccount:
    """What was met with while a file was read, in numbers."""

    pages: int = 0
    bare: int = 0
    glyphs: int = 0
    unknown: int = 0
    unseen: int = 0


def read_blocks(data: bytes, account: GlyphAccount | None = None) -> Iterator[str]:
    """Yield the text of each block of a PDF, page after page; keep the account.

    A file that is encrypted without a password is read as any other.

    Raises:
        MalformedError: it has more pages or glyphs than are read.
        Exception: the library cannot read it, in many ways of its own.
    """
    document = PDFDocument(PDFParser(io.BytesIO(data)))
    account = account or GlyphAccount()
    manager = _Resources()
    device = _Device(manager, account)
    interpreter = PDFPageInterpreter(manager, device)
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > MAX_PAGES:
            raise MalformedError(f"the PDF has more pages than {MAX_PAGES}")
        interpreter.process_page(page)
        glyphs = device.take()
        account.pages += 1
        account.bare += not any(glyph.text.strip() for glyph in glyphs)
        yield from text_blocks(glyphs)


class _Resources(PDFResourceManager):
    """Gives out fonts that tell no letter which the file does not tell.

    Where a file renames a glyph, and the name says nothing, the library would go on to
    take the letter of the encoding that the file had set aside.
    """

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """Return the font of ``spec``."""
        font = super().get_font(objid, spec)
        encoding = resolve1(spec.get("Encoding"))
        if isinstance(font, PDFSimpleFont) and isinstance(encoding, dict):
            for cid in _unnamed(list_value(encoding.get("Differences", []))):
                font.cid2unicode.pop(cid, None)
        return font


def _unnamed(differences: Iterable[object]) -> Iterator[int]:
    """Yield the codes whose glyphs have names that say nothing (PDF 2.0, 9.6.5.1)."""
    cid = 0
    for each in differences:
        if isinstance(each, int):
            cid = each
        elif isinstance(each, PSLiteral):
            if not _is_letter(literal_name(each)):
                yield cid
            cid += 1


def _is_letter(name: str) -> bool:
    try:
        return bool(name2unicode(name))
    except (KeyError, ValueError):
        return False


class _Device(PDFTextDevice):
    """Draws nothing: it takes note of each glyph and its place."""

    def __init__(self, manager: PDFResourceManager, account: GlyphAccount) -> None:
        super().__init__(manager)
        self._glyphs: list[Glyph] = []
        self._account = account
        self._is_unseen = False

    def take(self) -> list[Glyph]:
        """Return the glyphs of a page, and forget them."""
        glyphs, self._glyphs = self._glyphs, []
        return glyphs

    def render_string(
        self,
        textstate: PDFTextState,
        seq: PDFTextSeq,
        ncs: PDFColorSpace,
        graphicstate: PDFGraphicState,
    ) -> None:
        """Take note of the glyphs of a string, and of whether they are seen."""
        self._is_unseen = textstate.render in _INVISIBLE
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(  # noqa: PLR0913, PLR0917 - the library's own signature
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: PDFColorSpace,
        graphicstate: PDFGraphicState,
    ) -> float:
        """Take note of one glyph; return how far it leads on."""
        self._account.glyphs += 1
        if self._account.glyphs > MAX_GLYPHS:
            raise MalformedError(f"the PDF has more glyphs than {MAX_GLYPHS}")
        text = _letters(font, cid)
        self._account.unknown += text == UNKNOWN
        self._account.unseen += self._is_unseen
        width, shift = font.char_width(cid), font.char_disp(cid)
        place = (matrix, font, fontsize, scaling, rise)
        char = LTChar(*place, text, width, shift, ncs, graphicstate)
        turn = DOWN if font.is_vertical() else _quarters(matrix)
        self._glyphs.append(_turned(text, char.bbox, turn))
        return char.adv


def _letters(font: PDFFont, cid: int) -> str:
    try:
        return font.to_unichr(cid)
    except PDFUnicodeNotDefined:
        return UNKNOWN


def _quarters(matrix: Matrix) -> int:
    """Return by how many quarters, against the clock, the words are turned."""
    return round(math.atan2(matrix[1], matrix[0]) / (math.pi / 2)) % 4


def _turned(text: str, box: tuple[float, float, float, float], turn: int) -> Glyph:
    """Turn a box back, so that the words go to the right."""
    x0, y0, x1, y1 = box
    for _ in range(turn):
        x0, y0, x1, y1 = y0, -x1, y1, -x0
    return Glyph(text, x0, y0, x1, y1, turn)


if __name__ == "__main__":
    main()
