"""What a page of t.me says of a post: who, when, from whom, and what is beside it."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from archiver.documents.posts import Media, Post, parse_posts

PAGES = Path(__file__).parent / "telegram_pages"


def posts(name):
    found = parse_posts((PAGES / f"{name}.html").read_text(encoding="utf-8"))
    return {post.id: post for post in found}


def message(inside, **attributes):
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return (
        f'<div class="tgme_widget_message" data-post="pier_of_maren/5" {said}>'
        f"{inside}</div>"
    )


def post(inside):
    (found,) = parse_posts(message(inside))
    return found


def element(name, inside="", more=""):
    return f'<div class="tgme_widget_message_{name}" {more}>{inside}</div>'


def test_a_preview_holds_its_posts_in_order():
    assert list(posts("preview")) == [41, 42, 43, 44, 46, 47]
    assert {each.channel for each in posts("preview").values()} == {"pier_of_maren"}


def test_a_post_says_who_wrote_it_when_and_from_whom_it_came():
    found = posts("preview")[42]
    assert found.author == "Причал Марена ⚓"
    assert found.signature == "Айна Выдуманова"
    assert found.date == "2031-05-02T06:07:08+00:00"
    assert found.edited == "edited"
    assert found.forwarded == "Forwarded from\xa0Гавань Теллин (Н. Вымышленная)"
    assert found.forwarded_from == "Гавань Теллин"
    assert found.forwarded_url == "https://t.me/harbour_of_tellin/12"
    assert found.views == "1.2K"
    assert found.reply_to == ""
    assert found.links[0] == "https://example.invalid/news?a=1&b=2"
    assert unquote(found.links[1]) == "?q=#порт"
    assert len(found.links) == 2
    assert found.text.startswith("🚢 Срочно. Двух моряков")
    assert not any((found.service, found.withheld, found.preview_only))


def test_a_date_is_as_given_with_its_zone():
    assert posts("preview")[44].date == "2031-05-03T08:00:00+03:00"


def test_a_post_that_nobody_edited_signed_or_forwarded_says_nothing_of_it():
    found = posts("preview")[43]
    assert found.edited == found.signature == found.forwarded == found.via == ""
    assert found.reply_to == "https://t.me/pier_of_maren/42"


def test_the_quoted_words_of_another_post_are_not_those_of_the_answer():
    assert posts("preview")[43].text == "Қазақ тілі: ғ, қ, ң, ө, ұ, ү, һ, і, ә."
    quote = element("reply", element("text", "quoted"), "data-reply-to=4")
    bare = '<div class="tgme_widget_message_text js-message_reply_text">old</div>'
    found = post(quote + bare + element("text", "own"))
    assert found.text == "own"
    assert found.reply_to == "4"
    assert ("quoted", "caption") in found.blocks
    assert ("old", "caption") in found.blocks


def test_the_links_in_a_quote_are_not_those_of_the_post():
    bare = '<div class="tgme_widget_message_text js-message_reply_text"><a href=x>a</a>'
    own = '<div class="tgme_widget_message_text"><a href=y>b</a><a>c</a></div>'
    assert post(f"{bare}</div>{own}").links == ("y",)


def test_an_event_is_telling_of_telegram_itself():
    found = posts("preview")[41]
    assert found.service
    assert found.text == "Channel name was changed to «Причал Марена»"
    assert {zone for _, zone in found.blocks} == {"caption"}


def test_a_post_that_only_the_application_shows_is_withheld():
    assert posts("withheld")[8].withheld
    assert posts("withheld")[8].text == ""
    assert not any(each.withheld for each in posts("preview").values())


def test_the_media_of_a_post_are_told_with_their_kind_and_address():
    found = posts("preview")
    cdn = "https://cdn.invalid/file"
    assert found[42].media == (
        Media(
            "link-preview",
            "https://example.invalid/news?a=1&b=2",
            f"{cdn}/link.jpg",
            "Example\nЗаголовок статьи\nПервая строка\nвторая",
        ),
    )
    assert found[43].media == (
        Media("video", f"{cdn}/clip.mp4?token=x", f"{cdn}/still.jpg", "0:29"),
    )
    assert found[44].media == (
        Media("photo", f"{cdn}/one.jpg", "", ""),
        Media("photo", f"{cdn}/two.jpg", "", ""),
    )
    assert found[46].media == (Media("document", "", "", "приказ №7.pdf\n1.2 MB"),)
    assert [media.kind for media in found[47].media] == ["poll"]
    assert "завтра" in found[47].media[0].words


@pytest.mark.parametrize(
    ("inside", "media"),
    [
        (
            element("voice_player", "<audio src=v.ogg></audio><time>0:07</time>"),
            Media("voice", "v.ogg", "", "0:07"),
        ),
        (
            element("roundvideo_player", "<video src=r.mp4></video>"),
            Media("round-video", "r.mp4", "", ""),
        ),
        (
            element("sticker_wrap", '<i data-webp="s.webp"></i>'),
            Media("sticker", "s.webp", "", ""),
        ),
        (
            element("sticker_wrap", "<i style='background-image: url(s.png)'></i>"),
            Media("sticker", "s.png", "", ""),
        ),
        (
            element("service_photo", "<img src=p.jpg>"),
            Media("service-photo", "p.jpg", "", ""),
        ),
        (
            element(
                "location_wrap",
                "<div style=\"background-image:url('map.png')\"></div>",
                "href=https://maps.invalid/1",
            ),
            Media("location", "https://maps.invalid/1", "map.png", ""),
        ),
        (
            element("contact", "<div>А. Вымышленный</div><div>+0 000</div>"),
            Media("contact", "", "", "А. Вымышленный\n+0 000"),
        ),
        (element("photo_wrap"), Media("photo", "", "", "")),
    ],
)
def test_each_kind_of_media_is_known_by_its_class(inside, media):
    assert post(inside).media == (media,)


def test_what_the_page_of_one_post_tells_of_it_is_marked_as_a_preview():
    found = posts("plain")[7]
    assert found.preview_only
    assert found.author == "Причал Марена"
    assert found.text.startswith("Порт закрыт с утра.\nҚала")
    assert found.text.endswith("обры…")
    assert found.date == ""


@pytest.mark.parametrize(
    "told",
    [
        '<meta property="al:ios:url" content="tg://resolve?domain=pier&amp;post=9">',
        '<meta content="tg://resolve?domain=pier&amp;post=9&amp;single" name="x">',
        '<script data-telegram-post="pier/9"></script>',
    ],
)
def test_a_preview_is_taken_only_where_the_page_names_the_post(told):
    words = '<meta property="og:description" content="a">'
    (found,) = parse_posts(words + told)
    assert (found.channel, found.id, found.text) == ("pier", 9, "a")
    assert parse_posts(words) == ()
    assert parse_posts(words + told.replace("9", "x")) == ()


def test_where_a_page_holds_posts_its_own_description_is_none():
    told = '<script data-telegram-post="pier/9"></script>'
    (found,) = parse_posts(told + message(element("text", "own")))
    assert found.id == 5


@pytest.mark.parametrize("told", ["", "pier", "pier/", "pier/x", "pier/05", "a/b/5"])
def test_a_message_without_a_channel_and_a_number_is_no_post(told):
    assert parse_posts(f'<div class="tgme_widget_message" data-post="{told}">a') == ()
    assert (
        parse_posts('<div class="tgme_widget_message" data-post-id="5">a</div>') == ()
    )


def test_a_date_without_a_machine_s_form_is_as_a_reader_sees_it():
    assert post(element("date", "yesterday")).date == "yesterday"
    assert post(element("date", '<time datetime="a\nb">x</time>')).date == "a b"


@pytest.mark.parametrize(
    ("inside", "mark"),
    [
        ("edited &nbsp;<a>03:15</a>", "edited"),
        ("<span>Signed</span>,&nbsp;изменено <a>03:15</a>", "изменено"),
        ("<span>Signed</span>, · <a>03:15</a>", ""),
        ("<a>03:15</a>", ""),
    ],
)
def test_an_edit_is_told_by_the_word_beside_the_date(inside, mark):
    assert post(element("meta", inside)).edited == mark


def test_a_message_inside_another_is_a_post_of_its_own():
    inner = message(element("text", "inner")).replace("/5", "/6")
    outer, found = parse_posts(message(element("text", "outer") + inner))
    assert (outer.id, outer.text) == (5, "outer")
    assert (found.id, found.text) == (6, "inner")


def test_words_of_a_kind_that_we_do_not_know_are_kept_as_a_caption():
    found = post('<div class="tgme_of_next_year">new</div>' + element("text", "own"))
    assert found.blocks == (("new", "caption"), ("own", "body"))


def test_a_post_can_be_written_as_json():
    found = posts("preview")[42]
    facts = json.loads(json.dumps(found.as_dict()))
    assert facts["text"] == found.text
    assert facts["links"] == list(found.links)
    assert facts["media"][0]["kind"] == "link-preview"
    assert Post("pier", 5).as_dict()["edited"] == ""
    assert "blocks" not in facts


CDN = "https://cdn.invalid/file"
KINDS = {  # of tests/unit/archiver/telegram_pages/kinds.html: own words, others, media
    51: ("", ["0:17"], [("voice", f"{CDN}/v.ogg", "")]),
    52: ("", ["0:09"], [("round-video", f"{CDN}/r.mp4", f"{CDN}/r.jpg")]),
    53: ("", [], [("sticker", f"{CDN}/s.webp", "")]),
    54: ("", [], [("sticker", f"{CDN}/a.tgs", "data:image/svg+xml;base64,AA==")]),
    55: ("", [], [("sticker", f"{CDN}/a.webm", "")]),
    56: ("Послушайте.", ["Песня моряка", "Хор причала"], [("document", "", "")]),
    57: (
        "",
        ["Старый маяк", "Причал, 1"],
        [("location", "https://maps.invalid/?q=1,2", f"{CDN}/map.png")],
    ),
    58: ("", ["А. Вымышленный", "+0 000"], [("contact", "", "")]),
    59: (
        "",
        ["Сколько причалов?", "Anonymous Quiz", "100%", "два", "7 voters"],
        [("poll", "", "")],
    ),
    60: ("Прочтите.", ["Открыть сайт"], []),
    61: ("Чужие слова.", [], []),
    62: (
        "Чужая строка\n\nОтвет на неё.\n\nДлинная\nцитата",
        ["Гавань Теллин", "Photo"],
        [],
    ),
    63: ("Скрыто: тайна. Черта, наклон, код.\n\nx = 1", [], []),
    64: (
        "🚢 Плывём 👩\u200d🚒",
        [],
        [],
    ),  # the second emoji is drawn without any character
    65: ("", [], []),
    66: ("Слова при закладке.", [], []),
    67: ("", [], [("video", f"{CDN}/g.mp4", f"{CDN}/g.jpg")]),
    68: ("Большое видео.", ["1:02:03"], [("video", "", f"{CDN}/b.jpg")]),
    69: ("Исправлено.", [], []),
    70: (
        "Смотрите: example.invalid/v",
        ["Видео", "Заголовок", "Описание чужой страницы"],
        [("link-preview", "https://example.invalid/v", "")],
    ),
}


@pytest.mark.parametrize("number", KINDS)
def test_of_each_kind_of_post_its_own_words_are_told_from_all_others(number):
    own, others, media = KINDS[number]
    found = posts("kinds")[number]
    assert found.text == own
    assert [words for words, zone in found.blocks if zone == "caption"] == others
    assert [(each.kind, each.url, each.preview) for each in found.media] == media


def test_what_stands_beside_the_words_of_each_kind_is_told():
    found = posts("kinds")
    assert list(found) == list(KINDS)
    assert found[61].forwarded_from == "Скрытый Моряк"  # who hides behind no address
    assert found[61].forwarded_url == ""
    assert found[62].reply_to == "https://t.me/harbour_of_tellin/9"
    assert found[69].edited == "edited"
    assert [n for n, post in found.items() if post.withheld] == [65, 66]
    assert {post.views for post in found.values()} == {"842"}
    reactions = "200"  # paid ones have no character
    assert not any(reactions in words for words, _ in found[64].blocks)
