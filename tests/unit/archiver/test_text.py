"""The text layer: what a reader could see, in document order, block by block."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.documents.burden import MAX_DEPTH, MAX_MARKUP
from archiver.text import (
    EXTRACTORS,
    HTML,
    PDF,
    PLAIN,
    TELEGRAM,
    TextLayer,
    extract,
    extract_html,
    extract_plain,
)


def html(page):
    layer = extract_html(page.encode(), "utf-8")
    assert layer is not None
    return layer


def blocks(page):
    """Return each block of a page with its zone, after checking where zones lie."""
    layer = html(page)
    found = [(layer.text[start:end], zone) for start, end, zone in layer.zones]
    assert "\n\n".join(text for text, _ in found) == layer.text
    return found


def text(page):
    return html(page).text


def test_the_blocks_of_a_page_stand_in_document_order_with_their_zones():
    page = """<!doctype html><html lang=fr><head><title> Le  titre </title></head>
    <body><header><nav><a href=/>Accueil</a> <a href=/eu>Europe</a></nav></header>
    <main><h1>Astana livre <em>des Russes</em></h1>
    <p>Le Kazakhstan a extradé
       deux personnes.</p>
    <figure><img src=a.jpg alt="not shown"><figcaption>Les dirigeants</figcaption>
    </figure><ul><li>un<li>deux</ul>
    <table><caption>Les chiffres</caption><tr><th>an<td>2026</table>
    <h2>Suite</h2>fin</main></body></html>"""
    assert blocks(page) == [
        ("Le titre", "heading"),
        ("Accueil Europe", "body"),
        ("Astana livre des Russes", "heading"),
        ("Le Kazakhstan a extradé deux personnes.", "body"),
        ("Les dirigeants", "caption"),
        ("un", "body"),
        ("deux", "body"),
        ("Les chiffres", "caption"),
        ("an", "body"),
        ("2026", "body"),
        ("Suite", "heading"),
        ("fin", "body"),
    ]


@pytest.mark.parametrize("level", range(1, 7))
def test_a_heading_is_a_heading_whatever_stands_in_it(level):
    page = f"a<h{level}><a href=/><div>b</div><span>c</span></a></h{level}>d"
    assert blocks(page) == [
        ("a", "body"),
        ("b", "heading"),
        ("c", "heading"),
        ("d", "body"),
    ]


def test_a_paragraph_in_a_caption_is_a_caption():
    page = "<figure><figcaption>a<p>b</figcaption>c</figure>"
    assert blocks(page) == [("a", "caption"), ("b", "caption"), ("c", "body")]


@pytest.mark.parametrize(
    "hide",
    [
        '<p style="display:none">x</p>',
        '<p style="visibility:hidden">x</p>',
        "<p hidden>x</p>",
        '<p aria-hidden="true">x</p>',
        "<details><summary>x</summary></details>",
        "<dialog>x</dialog>",
        '<font color="white">x</font>',
        "<blink><marquee>x</marquee></blink>",
        "<unknown-element>x</unknown-element>",
        "<select><option>x</select>",
        "<textarea>x</textarea>",
        "<svg><title>no</title><desc>no</desc><text>x</text></svg>",
        "<math><mi>x</mi></math>",
        "<noscript><p>x</noscript>",
        "<object data=a.swf>x</object>",
    ],
)
def test_what_only_a_style_hides_is_not_left_out(hide):
    assert text(f"a<div>{hide}</div>b") == "a\n\nx\n\nb"


@pytest.mark.parametrize(
    "never",
    [
        "<!-- x -->",
        "<script>x</script>",
        "<script type=application/json>x</script>",
        "<style>x{}</style>",
        "<template><p>x</p></template>",
        "<iframe>x</iframe>",
        "<noembed>x</noembed>",
        "<video>x</video>",
        "<audio>x</audio>",
        "<canvas>x</canvas>",
        "<datalist id=d><option>x</datalist>",
        '<img alt="x" title="x">',
        '<input value="x" placeholder="x">',
        "<title>x</title>",
        "<svg><metadata>x</metadata></svg>",
    ],
)
def test_what_no_style_can_show_is_left_out(never):
    assert text(f"<title>t</title><p>a{never}b</p>") == "t\n\nab"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("a<br>b", "a\nb"),
        ("a <br/> b<wbr>c", "a\nbc"),
        ("a<br><br>b", "a\n\nb"),
        ("a<br> \n<br><br>b", "a\n\nb"),
        ("<br>a<br>", "a"),
        ("<p>a<br>b</p><br>c", "a\nb\n\nc"),
        ("a&nbsp;&nbsp;b", "a\u00a0\u00a0b"),
        ("<p>&nbsp;</p><p>a</p>", "a"),
        (" \t\n\f\r a \t\n\f\r b ", "a b"),
        ("a&#13;&#10;b", "a b"),
        ("a\u2003b\u200bc", "a\u2003b\u200bc"),
        ("<b>a</b><i>b</i> <u>c</u>", "ab c"),
        ("<button>a</button><button>b</button>", "a\n\nb"),
        ("a<hr>b", "a\n\nb"),
        ("<pre>\n a  b\n\tc\n\n d</pre>", "a b\nc\n\nd"),
        ("<pre>a<b>b\n</b>c<br>d</pre>e", "ab\nc\nd\n\ne"),
        ("<textarea>a\r\nb</textarea>", "a\nb"),
        ("&lt;b&gt; &amp;amp; &eacute; &#x416; &#128;", "<b> &amp; é Ж €"),
        ("a\x00b&#0;c&#xD800;d", "ab\ufffdc\ufffdd"),
        ("", ""),
        ("<html><head></head></html>", ""),
        ("<table><tr><td>a<td>b</table>", "a\n\nb"),
        ("<dl><dt>a<dd>b</dl>", "a\n\nb"),
        ("<p>a<p>b<div>c</div>d", "a\n\nb\n\nc\n\nd"),
    ],
)
def test_white_space_is_folded_inside_a_block_and_one_blank_line_parts_blocks(
    page, said
):
    assert text(page) == said


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("5<sup>2</sup>", "5²"),
        ("10<sup>-9</sup> 10<sup>\u221212</sup>", "10⁻⁹ 10⁻¹²"),
        ("H<sub>2</sub>O, CO<sub><i>2</i></sub>", "H₂O, CO₂"),
        ("note<sup><a href=#n>12</a></sup>", "note¹²"),
        ("wiki<sup>[<a>1</a>]</sup>", "wiki[1]"),
        ("1<sup>er</sup>, M<sup>me</sup>", "1er, Mme"),
        ("x<sup>a<sup>2</sup></sup>", "xa2"),
        ("<sup>1</sup>/<sub>2</sub>", "¹/₂"),
        ("<sup> 3 </sup>", "³"),
    ],
)
def test_a_raised_number_does_not_become_another_number(page, said):
    assert text(page) == said


@pytest.mark.parametrize(
    "words",
    [
        "Прошлой ночью его выдали: «Ёлка».",
        "هرب الجندي من القاعدة في ٢ شباط.",
        "הוא נמלט מהבסיס ב־2 בפברואר.",
        "哈萨克斯坦引渡了两名俄罗斯公民。",
        "カザフスタンは2人を引き渡した。",
        "คาซัคสถานส่งตัวสองคน",
        "\u202bעברית ו-English\u202c e\u0301 \U0001f1f0\U0001f1ff",
    ],
)
def test_any_script_stays_as_it_is_written(words):
    assert text(f'<p dir="rtl">{words}</p>') == words
    layer = html(f"<h1>{words}</h1><p>a")
    assert layer.zones[0] == (0, len(words), "heading")


def test_a_page_in_windows_1251_that_says_utf_8_is_read():
    words = "Казахская полиция передала российской армии дезертира"
    data = f"<meta charset=utf-8><p>{words}</p>".encode("windows-1251")
    layer = extract(data, "text/html", "utf-8")
    assert layer is not None
    assert layer.text == words


@pytest.mark.parametrize(
    ("data", "charset", "said"),
    [
        (b"a\r\nb\rc\nd\r\r\ne", None, "a\nb\nc\nd\n\ne"),
        (b"\xef\xbb\xbfa  \t b\n", "utf-8", "a  \t b\n"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", None, "\ufeffa"),
        ("<p>é</p>\f".encode(), None, "<p>é</p>\f"),
        ("дело".encode("koi8-r"), "koi8-r", "дело"),
        (b"", None, ""),
    ],
)
def test_a_plain_text_is_changed_in_nothing_but_its_line_ends(data, charset, said):
    assert extract_plain(data, charset) == TextLayer(PLAIN, said, ())


def test_the_extractor_is_chosen_by_the_media_type():
    assert extract(b"<p>a", "text/html", None) == TextLayer(
        HTML, "a", ((0, 1, "body"),)
    )
    assert extract(b"<p>a", "text/plain", None) == TextLayer(PLAIN, "<p>a", ())
    for other in (
        "application/pdf",
        "application/xhtml+xml",
        "image/png",
        "",
        "text/x",
    ):
        assert extract(b"<p>a", other, None) is None
    assert EXTRACTORS == (HTML, PLAIN, TELEGRAM, PDF)


def test_a_page_nested_beyond_all_reason_has_no_text_layer_and_costs_no_time():
    start = time.process_time()
    for tag in ("div", "x", "table", "svg", "ul><li"):
        assert extract_html(f"<{tag}>".encode() * 300_000, None) is None
    assert time.process_time() - start < 20
    assert text("<div>" * (MAX_DEPTH - 5) + "a") == "a"


def test_elements_that_end_by_themselves_do_not_nest():
    page = "<p>a<br><img>" * (MAX_DEPTH + 5)
    assert text(page) == "\n\n".join(["a"] * (MAX_DEPTH + 5))
    many = "<div><b>a</b></div></i>" * (MAX_DEPTH + 5)
    assert text(many).count("a") == MAX_DEPTH + 5


TAGS = ["p", "div", "h2", "li", "td", "b", "span", "figcaption", "pre", "sup", "svg"]


@st.composite
def pages(draw, depth=3):
    """Draw a page of numbered words in nested elements."""
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        if depth and draw(st.booleans()):
            tag = draw(st.sampled_from(TAGS))
            parts.append(f"<{tag}>{draw(pages(depth - 1))}</{tag}>")
        else:
            parts.append(draw(st.sampled_from(["@ ", "<br>", " ", "@", "<!--x-->"])))
    return "".join(parts)


@given(pages())
@settings(deadline=None)
def test_every_word_of_a_page_comes_out_once_and_in_its_order(page):
    numbers = itertools.count()
    while "@" in page:
        page = page.replace("@", f"w{next(numbers)};", 1)
    layer = html(page)
    words = [word for word in layer.text.replace(";", "; ").split() if word]
    assert words == [f"w{number};" for number in range(next(numbers))]


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@settings(deadline=None)
def test_any_bytes_give_a_text_that_is_well_formed_and_always_the_same(data):
    page = b"<p>" + data
    layer = extract_html(page, None)
    assert layer is not None
    assert layer == extract_html(page, None)
    assert layer.text.encode("utf-8").decode("utf-8") == layer.text
    assert "\n\n\n" not in layer.text
    assert " \n" not in layer.text
    last = -2
    for start, end, zone in layer.zones:
        assert start == last + 2
        assert layer.text[start:end].strip()
        assert zone in ("heading", "body", "caption")
        last = end
    assert last in (len(layer.text), -2)


def test_markup_longer_than_memory_bears_has_no_layer():
    assert extract(b"<p>" * (MAX_MARKUP // 3 + 1), "text/html", None) is None
