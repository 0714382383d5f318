"""Characters are those that a browser shows: its TextDecoder is the judge."""

import base64

import pytest
from playwright.sync_api import Browser
from webencodings.labels import LABELS

from archiver.documents.decoding import BROKEN, decode_loosely, decode_strictly

pytestmark = pytest.mark.needs("chromium")

PAIRS = {"big5", "euc-jp", "euc-kr", "gb18030", "gbk", "shift_jis"}
OTHERS = {"iso-2022-jp", "replacement", "utf-16be", "utf-16le", "utf-8"}
SINGLES = sorted({*LABELS.values()} - PAIRS - OTHERS)
STROKES = {b"\xa2\x41": "／", b"\xa2\x42": "＼"}  # Python has no others for them
TWO = {  # pairs that are two characters, which this browser's decoder garbles
    b"\x88\x62": "Ê\u0304",
    b"\x88\x64": "Ê\u030c",
    b"\x88\xa3": "ê\u0304",
    b"\x88\xa5": "ê\u030c",
}
EDGES = 199  # characters of Big5's annexes and one of EUC-JP that Python does not have
ASK = """([name, all]) => all.map(each => new TextDecoder(name).decode(
    Uint8Array.from(atob(each), letter => letter.charCodeAt(0))))"""


def shown(browser: Browser, name: str, sequences: list[bytes]) -> list[str]:
    """Return what the browser makes of each sequence."""
    page = browser.new_page()
    packed = [base64.b64encode(each).decode() for each in sequences]
    found: list[str] = page.evaluate(ASK, [name, packed])
    page.close()
    return found


@pytest.mark.parametrize("name", SINGLES)
def test_each_byte_is_the_character_that_a_browser_shows(
    browser: Browser, name: str
) -> None:
    each = [bytes([byte]) for byte in range(256)]
    for data, text in zip(each, shown(browser, name, each), strict=True):
        assert decode_loosely(data, name) == text
        assert (decode_strictly(data, name) is None) == (text == BROKEN)


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_each_pair_that_a_browser_reads_is_the_character_that_it_shows(
    browser: Browser, name: str
) -> None:
    each = [bytes(pair) for a in range(0x80, 0x100) for pair in pairs(a)]
    found = zip(each, shown(browser, name, each), strict=True)
    whole = [(data, text) for data, text in found if BROKEN not in text]
    assert len(whole) > 6_000
    others = {data: text for data, text in whole if decode_loosely(data, name) != text}
    if name == "big5":
        assert all(decode_strictly(data, name) == text for data, text in TWO.items())
        others = {x: text for x, text in others.items() if x not in {*TWO, *STROKES}}
        assert all(decode_strictly(data, name) == x for data, x in STROKES.items())
        assert len(others) < EDGES
        assert all(BROKEN in decode_loosely(each, name) for each in others)
    else:
        assert others == {}


def pairs(lead: int) -> list[tuple[int, int]]:
    """Return the pairs that begin with a byte."""
    return [(lead, trail) for trail in range(0x20, 0x100)]


def test_each_character_of_an_escaped_set_is_the_one_that_a_browser_shows(
    browser: Browser,
) -> None:
    each = [
        b"\x1b$B%c%c\x1b(B." % (bytes([a]), bytes([b]))
        for a in range(0x21, 0x7F)
        for b in range(0x21, 0x7F)
    ]
    each += [b"\x1b(I%c" % bytes([byte]) for byte in range(0x21, 0x60)]
    each += [b"\x1b(J%c" % bytes([byte]) for byte in range(0x20, 0x7F)]
    found = zip(each, shown(browser, "iso-2022-jp", each), strict=True)
    whole = [(data, text) for data, text in found if BROKEN not in text]
    assert len(whole) > 6_000
    assert [x for x, text in whole if decode_loosely(x, "iso-2022-jp") != text] == []
