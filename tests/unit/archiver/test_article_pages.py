"""Pages as newsrooms' programs make them, written by us: which words, in which zone.

A dozen shapes; in each the words of the article stand in the body, its headlines in
headings, and what is around it is there too: nothing is left out for style's sake.
"""

import time

import pytest

from archiver.text import extract_html

H, B, C = "heading", "body", "caption"


def blocks(page):
    layer = extract_html(page.encode(), "utf-8")
    found = [(layer.text[start:end], zone) for start, end, zone in layer.zones]
    assert "\n\n".join(text for text, _ in found) == layer.text
    assert extract_html(page.encode(), "utf-8") == layer
    return found


def text(page):
    return extract_html(page.encode(), "utf-8").text


BLOG = """<!doctype html><html lang=ru><head><title>Порт закрыт – Причал</title></head>
<body class="single"><a class="skip-link" href="#c">К содержанию</a>
<header><p class="site-title"><a href=/>Причал</a></p>
<nav><ul><li><a>Новости</a></li><li><a>О нас</a></li></ul></nav></header>
<main><article><header><h1 class="entry-title">Порт закрыт</h1>
<div class="meta">3 мая, <span class="byline">Айна Выдуманова</span></div></header>
<p>Первый абзац.</p><figure><img alt="не видно"><figcaption>Фото: архив</figcaption>
</figure><blockquote><p>Цитата.</p><cite>Капитан</cite></blockquote><h2>Дальше</h2>
<p>Второй<br>абзац.</p></article><aside><h3>Читайте также</h3><ul><li><a>Другое</a></ul>
</aside></main><div class="cookie"><p>Мы используем cookie.</p><button>Принять</button>
</div></body></html>"""
PORTAL = """<title>x</title><table width=100%><tr><td class=left><b>Меню</b><td>
<span class=title>Заголовок словами вёрстки</span><br><br>
<font size=2>Первый абзац.<br><br>Второй абзац.</font></table>"""
ROLES = """<div role="heading" aria-level=1>Заголовок <b>ролью</b></div>
<div role='Heading other'>Второй</div><div role=presentation>Нет</div>
<div role=button>Кнопка</div><p>role=heading</p>"""
AMP = """<html amp><body><amp-sidebar><ul><li>Меню</ul></amp-sidebar><h1>Заголовок</h1>
<amp-img alt=x><noscript><img alt=y></noscript></amp-img><p>Текст.</p>
<amp-iframe src=a><div placeholder>Ждите</div></amp-iframe></body>"""
LIVE = """<h1>Хроника</h1><ol reversed><li><time>12:40</time><h2>Вошли</h2><p>Один.</li>
<li><time>12:30</time><h2>Вышли</h2><p>Два.</li></ol>"""
FRAMED = """<p>До</p><iframe srcdoc="&lt;p&gt;внутри"></iframe>
<object data=a>Вместо</object><noscript><p>Включите сценарии.</p></noscript>
<p>После</p>"""
DRAWN = """<figure><svg><title>т</title><desc>о</desc><text>2025</text><text>120</text>
<g><text><tspan>Год </tspan><tspan>и число</tspan></text></g></svg>
<figcaption><h3>Потери</h3>по годам</figcaption></figure>"""
SHADOW = """<news-item><template shadowrootmode=open><style>p{}</style><p>В тени.</p>
<slot></slot></template><p>На свету.</p></news-item><template><p>Заготовка</template>
<template shadowrootmode=never><p>Нет</template>"""
ASKED = """<form><label>Имя <input value=v></label><fieldset><legend>Поля</legend>
<select><option>А<option>Б</select></fieldset><button>Да</button></form>
<details><summary>Ещё</summary><p>Под ней.</details><progress>50 %</progress>
<meter>6 из 10</meter><output>7</output>"""
CODED = """<p>Команда <code>a  b</code>, <kbd>Ctrl</kbd>+<kbd>C</kbd>.</p>
<pre><code><span>if x:</span>
    <span>go()</span></code></pre>"""
READ = """<p>これは<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>です。</p>
<p dir=rtl>هرب <bdi>Ivan</bdi> من <bdo dir=ltr>12</bdo></p>"""
TABLE = """<table><caption>Итоги</caption><thead><tr><th>Год<th>Число</thead>
<tr><td>2025<td>1<sup>2</sup><tfoot><tr><td colspan=2>всего 12</table>
<dl><dt>слово<dd>значение</dl>"""
PAGES = {
    "a blog": (
        BLOG,
        [
            ("Порт закрыт – Причал", H),
            ("К содержанию", B),
            ("Причал", B),
            ("Новости", B),
            ("О нас", B),
            ("Порт закрыт", H),
            ("3 мая, Айна Выдуманова", B),
            ("Первый абзац.", B),
            ("Фото: архив", C),
            ("Цитата.", B),
            ("Капитан", B),
            ("Дальше", H),
            ("Второй\nабзац.", B),
            ("Читайте также", H),
            ("Другое", B),
            ("Мы используем cookie.", B),
            ("Принять", B),
        ],
    ),
    "a portal laid out in tables": (
        PORTAL,
        [
            ("x", H),
            ("Меню", B),
            ("Заголовок словами вёрстки", B),  # nothing but its look says so
            ("Первый абзац.", B),
            ("Второй абзац.", B),
        ],
    ),
    "headings by role": (
        ROLES,
        [
            ("Заголовок ролью", H),
            ("Второй", H),
            ("Нет", B),
            ("Кнопка", B),
            ("role=heading", B),
        ],
    ),
    "AMP": (AMP, [("Меню", B), ("Заголовок", H), ("Текст.", B), ("Ждите", B)]),
    "a live blog": (
        LIVE,
        [
            ("Хроника", H),
            ("12:40", B),
            ("Вошли", H),
            ("Один.", B),
            ("12:30", B),
            ("Вышли", H),
            ("Два.", B),
        ],
    ),
    "frames": (
        FRAMED,
        [("До", B), ("Вместо", B), ("Включите сценарии.", B), ("После", B)],
    ),
    "a drawing": (
        DRAWN,
        [("2025", B), ("120", B), ("Год и число", B), ("Потери", H), ("по годам", C)],
    ),
    "shadow trees": (SHADOW, [("В тени.", B), ("На свету.", B)]),
    "a form": (
        ASKED,
        [
            ("Имя", B),
            ("Поля", B),
            ("А", B),
            ("Б", B),
            ("Да", B),
            ("Ещё", B),
            ("Под ней.", B),
            ("7", B),
        ],
    ),
    "code": (CODED, [("Команда a b, Ctrl+C.", B), ("if x:\ngo()", B)]),
    "two directions": (READ, [("これは漢字(かんじ)です。", B), ("هرب Ivan من 12", B)]),
    "a table": (
        TABLE,
        [
            ("Итоги", C),
            ("Год", B),
            ("Число", B),
            ("2025", B),
            ("1²", B),
            ("всего 12", B),
            ("слово", B),
            ("значение", B),
        ],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_words_of_a_page_stand_in_their_zones(name):
    page, expected = PAGES[name]
    assert blocks(page) == expected


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("2020<sup>1,2</sup> г.", "2020¹,² г."),
        ("2020<sup><a>1</a>, <a>2</a></sup>", "2020¹, ²"),
        ("2020<sup>1–3</sup>", "2020¹–³"),
        ("10<sup>3.5</sup>", "10³.⁵"),
        ("5<sup>2n</sup>", "5 2n"),
        ("5<sup><b>2</b>n</sup>", "5 2n"),
        ("x<sup>2n</sup>", "x2n"),
        ("1<sup>er</sup>", "1er"),
        (
            "<math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>",
            "E=mc²",
        ),
        ("<math><msup> <mn>5</mn> <mn>2</mn> </msup></math>", "5 ²"),
        ("<math><msub><mi>x</mi><mn>1</mn></msub></math>", "x₁"),
        (
            "<math><msup><mn>5</mn><mrow><mn>2</mn><mi>n</mi></mrow></msup></math>",
            "5 2n",
        ),
        ("<math><mfrac><mn>1</mn><mn>2</mn></mfrac><mn>3</mn></math>", "1 2 3"),
        ("<math><mn>5</mn><mo></mo><mi>x</mi></math>", "5x"),
        ("<math><mn></mn><mn>5</mn></math>", "5"),
        ("<b>1</b>2", "12"),
    ],
)
def test_numbers_that_are_set_apart_are_not_read_as_one(page, said):
    assert text(f"<p>{page}</p>") == said


def test_parts_of_formulas_without_end_cost_little():
    start = time.process_time()
    assert text("<math><msup>" + "<mn>5</mn>" * 20_000).startswith("5")
    assert text("<math>" + "<msup><mn>5</mn>" * 4_000).startswith("5")
    nested = "<template shadowrootmode=open>" * 2_000
    assert text(f"<p>{nested}x") == "x"
    assert time.process_time() - start < 20
