"""Pages of t.me, in shapes that we wrote ourselves, and the text that is in them."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.posts import parse_posts
from archiver.documents.telegram import embed_url, extract_telegram, is_telegram

PAGES = Path(__file__).parent / "telegram_pages"


PIER = "Причал Марена ⚓\nt.me/pier_of_maren/"
SIGNED = "Айна Выдуманова"
FORWARDED = "Forwarded from\xa0Гавань Теллин (Н. Вымышленная)"


def page(name):
    return (PAGES / f"{name}.html").read_text(encoding="utf-8")


def blocks(html, charset="utf-8"):
    """Return each block with its zone, after checking that zones tell where it is."""
    layer = extract_telegram(html.encode(), charset)
    found = [(layer.text[start:end], zone) for start, end, zone in layer.zones]
    assert "\n\n".join(text for text, _ in found) == layer.text
    assert layer.extractor == "telegram@1"
    return found


def test_a_preview_is_the_text_of_each_post_after_who_said_it_and_when():
    assert blocks(page("preview")) == [
        (f"{PIER}41\n2031-05-01T05:00:00+00:00", "heading"),
        ("Channel name was changed to «Причал Марена»", "caption"),
        (
            f"{PIER}42\n2031-05-02T06:07:08+00:00, edited\n{SIGNED}\n{FORWARDED}",
            "heading",
        ),
        ("🚢 Срочно. Двух моряков передали капитану.", "body"),
        ("Их имена: Первый и второй.\nПодробнее: в статье #порт", "body"),
        ("Example", "caption"),
        ("Заголовок статьи", "caption"),
        ("Первая строка\nвторая", "caption"),
        (f"{PIER}43\n2031-05-02T07:00:00+00:00", "heading"),
        ("Причал Марена", "caption"),
        ("Срочно. Двух моряков передали…", "caption"),
        ("0:29", "caption"),
        ("Қазақ тілі: ғ, қ, ң, ө, ұ, ү, һ, і, ә.", "body"),
        (f"{PIER}44\n2031-05-03T08:00:00+03:00", "heading"),
        (
            "حصيلة اليوم: ٢ من البحّارة.\nمی\u200cخواهم بنویسم؛ ۲ نفر. Pier 2",
            "body",
        ),
        (
            PIER.replace("t.me", "via @maren_bot\nt.me")
            + "46\n2031-05-03T09:00:00+00:00",
            "heading",
        ),
        ("приказ №7.pdf", "caption"),
        ("1.2 MB", "caption"),
        ("Код: a <b>", "body"),
        ("x = 1\ny = 2", "body"),
        ("Цитата капитана", "body"),
        ("после неё", "body"),
        (f"{PIER}47\n2031-05-03T10:00:00+00:00", "heading"),
        ("Когда откроют порт?", "caption"),
        ("Anonymous Poll", "caption"),
        ("56%", "caption"),
        ("завтра", "caption"),
        ("44%", "caption"),
        ("никогда", "caption"),
    ]


def test_the_embedded_form_is_the_text_of_its_post():
    assert blocks(page("embed")) == [
        ("Причал Марена\nt.me/pier_of_maren/7\n2031-05-04T06:07:08+00:00", "heading"),
        ("Порт закрыт с утра.\nҚала тұрғындары «Ёлка» кемесін күтіп тұр.", "body"),
    ]


def test_what_a_page_only_tells_of_its_post_is_no_body():
    assert blocks(page("plain")) == [
        ("Причал Марена\nt.me/pier_of_maren/7", "heading"),
        ("Порт закрыт с утра.\nҚала тұрғындары «Ёлка» кемесін күтіп тұр.", "caption"),
        ("Третья строка, которую показ обры…", "caption"),
    ]


def test_the_bytes_are_read_in_the_encoding_that_they_are_in():
    data = page("embed").replace("Қала тұрғындары", "Жители").replace("күтіп", "ждут")
    data = data.replace("кемесін", "корабль").replace("тұр", "тут")
    layer = extract_telegram(data.encode("windows-1251"), "windows-1251")
    assert "Жители «Ёлка» корабль ждут тут." in layer.text


@pytest.mark.parametrize("name", ["deleted", "no_channel"])
def test_a_page_without_a_post_has_no_such_layer(name):
    assert extract_telegram(page(name).encode(), "utf-8") is None


@pytest.mark.parametrize(
    ("url", "embedded"),
    [
        ("https://t.me/pier_of_maren/7", "https://t.me/pier_of_maren/7"),
        ("http://t.me/pier_of_maren/7", "http://t.me/pier_of_maren/7"),
        ("https://t.me/pier_of_maren/7/", "https://t.me/pier_of_maren/7"),
        ("https://t.me/pier_of_maren/7?single", "https://t.me/pier_of_maren/7"),
        ("https://t.me/pier_of_maren/7?single=1#x", "https://t.me/pier_of_maren/7"),
        ("https://t.me/pier_of_maren/7?", "https://t.me/pier_of_maren/7"),
        ("HTTPS://T.ME/Pier/7", "HTTPS://T.ME/Pier/7"),
        ("https://www.t.me/pier/7", "https://www.t.me/pier/7"),
        (
            "https://telegram.me/1Pier/9999999999",
            "https://telegram.me/1Pier/9999999999",
        ),
        ("https://t.me:8443/pier/7", "https://t.me:8443/pier/7"),
    ],
)
def test_the_words_of_a_post_are_in_its_embedded_form(url, embedded):
    assert embed_url(url) == f"{embedded}?embed=1&mode=tme"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://t.me/",
        "https://t.me/pier",
        "https://t.me/s/pier",
        "https://t.me/s/pier/7",  # the preview has the words already
        "https://t.me/pier/7?embed=1&mode=tme",  # and so has this
        "https://t.me/pier/7?comment=9",  # words of somebody else
        "https://t.me/pier/7?thread=2",
        "https://t.me/pier/7?single&comment=9",
        "https://t.me/pier/7/8",  # a topic of a group
        "https://t.me/c/1234567/8",  # a private channel
        "https://t.me/joinchat/8",
        "https://t.me/ShareLess/x",
        "https://t.me/share/8",
        "https://t.me/SHARE/8",
        "https://t.me/+77010000000/8",
        "https://t.me/123456/8",
        "https://t.me/abc/8",
        f"https://t.me/{'a' * 33}/8",
        "https://t.me/pier-of/8",
        "https://t.me/причал/8",
        "https://t.me/pier/07",
        "https://t.me/pier/0",
        "https://t.me/pier/-7",
        "https://t.me/pier/٧",
        "https://t.me/pier/7\n",
        "https://t.me/pier/12345678901",
        "https://t.me//pier/7",
        "https://user@t.me/pier/7",
        "https://t.me.example.org/pier/7",
        "https://xt.me/pier/7",
        "https://example.org/https://t.me/pier/7",
        "ftp://t.me/pier/7",
        "tg://resolve?domain=pier&post=7",
        "t.me/pier/7",
    ],
)
def test_what_is_no_address_of_a_public_post_has_no_embedded_form(url):
    assert embed_url(url) is None


@pytest.mark.parametrize(
    ("url", "is_there"),
    [
        ("https://t.me/s/pier", True),
        ("http://T.me/x?y", True),
        ("https://telegram.me", True),
        ("https://t.me?a\nb", True),
        ("https://t.me.example.org/s/pier", False),
        ("https://example.org/t.me/", False),
        ("urn:uuid:0", False),
        ("", False),
    ],
)
def test_an_address_of_telegram_is_known_by_its_host(url, is_there):
    assert is_telegram(url) is is_there


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(url):
    assert embed_url(url) is None or embed_url(url).startswith(url[:8])


NAMES = st.sampled_from(
    ["", "_text", "_reply", "_photo_wrap", "_poll", "_meta", "_date", "_author"]
)


@st.composite
def messages(draw, depth=4):
    """Draw elements of the classes of a post, nested in any way, with words in them."""
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        name = draw(NAMES)
        inner = draw(messages(depth - 1)) if depth else draw(st.text(max_size=5))
        post = draw(st.sampled_from(["", ' data-post="pier/7"', ' data-post="x"']))
        tag = draw(st.sampled_from(["div", "a", "p", "time", "i"]))
        parts.append(
            f'<{tag} class="tgme_widget_message{name}"{post}'
            f' datetime="{draw(st.text(max_size=3))}">{inner}</{tag}>'
        )
    return "".join(parts)


@given(messages() | st.text(max_size=200))
def test_any_page_gives_a_layer_that_is_well_formed_and_always_the_same(html):
    data = html.encode("utf-8", "replace")
    layer = extract_telegram(data, "utf-8")
    assert layer == extract_telegram(data, "utf-8")
    if layer is None:
        return
    assert layer.text.encode("utf-8").decode("utf-8") == layer.text
    assert "\n\n\n" not in layer.text
    last = -2
    for start, end, zone in layer.zones:
        assert start == last + 2
        assert layer.text[start:end].strip()
        assert zone in ("heading", "body", "caption")
        last = end
    assert last == len(layer.text)


def test_a_page_that_is_made_to_cost_time_costs_little():
    message = '<div class="tgme_widget_message" data-post="pier/7">'
    start = time.process_time()
    nested = "".join(message for _ in range(4_000)) + "x"
    assert len(parse_posts(nested)) == 4_000
    text = '<div class="tgme_widget_message_text js-message_text">a'
    assert parse_posts(message + text * 4_000)[0].text.count("a") == 4_000
    poll = '<div class="tgme_widget_message_poll">a'
    assert len(parse_posts(message + poll * 4_000)[0].media) == 1
    assert len(parse_posts((message + "</div>") * 5_000)) == 5_000
    assert extract_telegram(b"<div>" * 300_000, None) is None
    assert time.process_time() - start < 30
