"""Scripts times encodings: declared, declared as UTF-8, undeclared, or with a mark.

What is mistaken is in the table too: a guess cannot know everything.
"""

import codecs

import pytest
from webencodings import encode

from archiver.documents.charsets import decode
from archiver.documents.telegram import extract_telegram
from archiver.text import extract_html, extract_plain

WORDS = {
    "Russian": "Рано утром в понедельник полиция передала армии двух граждан.",
    "Ukrainian": "Поліція передала армії двох громадян. Їхні ґрати ще є тут.",
    "Kazakh": "Қазақ полициясы екі адамды тапсырды. Ғылым, өнер, әлем, ұлт, һ.",
    "Bulgarian": "Полицията предаде на армията двама граждани, съобщи авторът.",
    "French": "L’article, « déjà » publié à l’été, cite les deux frères. " * 3,
    "Spanish": "La policía remitió al fiscal a los dos. ¿Quién lo decidió? Él.",
    "German": "Die Behörden übergaben zwei Männer; das größte Übel blieb.",
    "Polish": "Zażółć gęślą jaźń. Dwóch obywateli rosyjskich ściganych. " * 3,
    "Czech": "Policie předala dva ruské občany stíhané z politických důvodů. " * 3,
    "Hungarian": "A rendőrség átadott két orosz állampolgárt, akiket űztek. " * 3,
    "Romanian": "Poliția a predat doi cetățeni ruși urmăriți din motive politice.",
    "Lithuanian": "Kazachstanas išdavė Rusijai du persekiojamus piliečius. " * 3,
    "Turkish": "Kazakistan iki Rus vatandaşını Rusya'ya iade etti; insan hakları"
    " savunucuları ülkenin artık güvenli olmadığını söylüyor.",
    "Vietnamese": "Kazakhstan đã dẫn độ hai công dân Nga bị truy tố.",
    "Greek": "Το Καζακστάν εξέδωσε στη Ρωσία δύο Ρώσους πολίτες.",
    "Hebrew": "קזחסטן הסגירה לרוסיה שני אזרחים רוסים שנרדפו.",
    "Arabic": "سلمت كازاخستان إلى روسيا مواطنين روسيين ملاحقين لأسباب سياسية.",
    "Persian": "قزاقستان دو شهروند روس را به روسیه تحویل داد؛ می‌خواهند بمانند.",
    "Uyghur": "قازاقىستان ئىككى رۇسىيە پۇقراسىنى رۇسىيەگە قايتۇرۇپ بەردى.",
    "Armenian": "Ղազախստանը Ռուսաստանին է հանձնել երկու քաղաքացու։",
    "Georgian": "ყაზახეთმა რუსეთს ორი მოქალაქე გადასცა.",
    "Hindi": "कज़ाख़स्तान ने दो रूसी नागरिकों को रूस को सौंप दिया।",
    "Thai": "คาซัคสถานส่งตัวชาวรัสเซียสองคนที่ถูกดำเนินคดี",
    "Japanese": "カザフスタンは、訴追されていたロシア人2人をロシアに引き渡した。",
    "Chinese": "哈萨克斯坦已将两名因政治原因被起诉的俄罗斯公民引渡到俄罗斯。",
    "Chinese, traditional": "哈薩克已將兩名因政治原因被起訴的俄羅斯公民引渡到俄羅斯。",
    "Korean": "카자흐스탄은 정치적 이유로 기소된 러시아 국민 두 명을 인도했다.",
    "Belarusian": "Паліцыя перадала войску двух грамадзян; іх шукаюць ужо ўвосень.",
    "Serbian": "Полиција је предала војсци два човека који су се крили у граду.",
    "Italian": "La polizia li ha consegnati lunedì, perché così è stato deciso.",
    "Swedish": "Polisen överlämnade två män på måndagen; de får inte återvända.",
    "Estonian": "Politsei andis kaks meest üle. Žürii šokeeris kõiki sõjaväes.",
    "Latvian, a headline": "Policija nodeva armijai divus pilsoņus",
    "Croatian, a headline": "Policija je predala vojsci dvojicu građana",
    "Romanian, old letters": "Poliţia a predat armatei doi cetăţeni şi n-a spus de ce.",
    "Vietnamese, old letters": "Ca\u0309nh sát đa\u0303 giao hai ngươ\u0300i.",
    "Persian, old letters": "پليس دو شهروند را که در شهر پنهان بودند به ارتش داد.",
    "emoji": "Порт закрыт 🚢 с утра, 👩‍🚒 и 🇰🇿 тут.",
}
KNOWN = {  # found whatever is declared, or nothing
    "Russian": "windows-1251 koi8-r iso-8859-5 x-mac-cyrillic ibm866",
    "Ukrainian": "windows-1251 koi8-u x-mac-cyrillic",
    "Belarusian": "windows-1251 koi8-u iso-8859-5 x-mac-cyrillic",
    "Kazakh": "gb18030",
    "Bulgarian": "windows-1251 iso-8859-5 ibm866 x-mac-cyrillic",
    "Serbian": "windows-1251 iso-8859-5 x-mac-cyrillic",
    "French": "windows-1252 macintosh",
    "Spanish": "iso-8859-1 iso-8859-15 macintosh",
    "German": "windows-1252 macintosh",
    "Italian": "windows-1252 macintosh",
    "Swedish": "windows-1252 iso-8859-10 macintosh",
    "Polish": "windows-1250 iso-8859-2",
    "Czech": "windows-1250 iso-8859-2",
    "Hungarian": "windows-1250 iso-8859-2",
    "Romanian, old letters": "windows-1250 iso-8859-2",
    "Lithuanian": "windows-1257 iso-8859-13",
    "Estonian": "windows-1257 iso-8859-13",
    "Turkish": "windows-1254 iso-8859-9",
    "Vietnamese, old letters": "windows-1258",
    "Greek": "windows-1253 iso-8859-7",
    "Hebrew": "windows-1255 iso-8859-8-i iso-8859-8",
    "Arabic": "windows-1256 iso-8859-6",
    "Persian, old letters": "windows-1256",
    "Thai": "windows-874",
    "Japanese": "shift_jis euc-jp",
    "Chinese": "gb18030 gbk",
    "Chinese, traditional": "big5",
    "Korean": "euc-kr",
}
DECLARED = {  # found where they are declared, and mistaken elsewhere
    "Romanian": "iso-8859-16",
    "Lithuanian": "iso-8859-4",
    "Latvian, a headline": "windows-1257 iso-8859-13 iso-8859-4",
    "Croatian, a headline": "windows-1250 iso-8859-2",
}
ESCAPED = {"Japanese": "iso-2022-jp"}  # found where nothing is declared: it is ASCII


def rows(table):
    return [(name, label) for name, some in table.items() for label in some.split()]


EVERY = [*((name, "utf-8") for name in WORDS), *rows(KNOWN), *rows(DECLARED)]
EVERY += rows(ESCAPED)


def data(text, label):
    if label == "koi8-u":  # the standard has two letters where Python has lines
        text = text.translate({ord("ў"): "╝", ord("Ў"): "╬"})
    return encode(text, label, errors="strict")


def page(words):
    return f"<!doctype html><title>x</title><p>{words}</p>"


def said(raw, declared):
    """Return the words of the paragraph that ``html@1`` reads."""
    return extract_html(raw, declared).text.partition("\n\n")[2]


@pytest.mark.parametrize(("name", "label"), EVERY)
def test_what_is_declared_rightly_is_read(name, label):
    words = WORDS[name].strip()
    assert said(data(page(words), label), label) == words
    meta = f"<meta charset={label}>{page(words)}"
    assert said(data(meta, label), None) == words
    assert extract_plain(data(words, label), label).text == words


@pytest.mark.parametrize(
    ("name", "label"), [*((name, "utf-8") for name in WORDS), *rows(KNOWN)]
)
@pytest.mark.parametrize("declared", ["utf-8", None, "of-our-own"])
def test_what_is_undeclared_or_said_to_be_utf_8_is_read(name, label, declared):
    words = WORDS[name].strip()
    assert said(data(page(words), label), declared) == words
    assert extract_plain(data(words, label), declared).text == words


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(
    ("mark", "label"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("declared", ["windows-1251", "utf-8", None])
def test_a_byte_order_mark_goes_before_every_declaration(name, mark, label, declared):
    words = WORDS[name].strip()
    assert said(mark + page(words).encode(label), declared) == words
    assert extract_plain(mark + words.encode(label), declared).text == words


@pytest.mark.parametrize(("name", "label"), rows(DECLARED))
def test_rare_encodings_that_nobody_declares_are_mistaken(name, label):
    found = decode(data(WORDS[name], label), None)
    assert found != WORDS[name]
    assert found == decode(data(WORDS[name], label), "utf-8")


@pytest.mark.parametrize(("name", "label"), rows(ESCAPED))
def test_what_shifts_by_escapes_is_read_where_nothing_else_is_declared(name, label):
    words = WORDS[name]
    for declared in (None, "of-our-own", "iso-2022-jp"):
        assert said(data(page(words), label), declared) == words
    assert said(data(page(words), label), "utf-8") != words  # a browser shows the same


@pytest.mark.parametrize("label", ["windows-1251", "iso-8859-1"])
def test_utf_8_that_is_said_to_be_of_one_byte_a_letter_is_read_as_said(label):
    words = WORDS["Kazakh"]  # a browser shows the same
    assert decode(words.encode(), label) != words


def test_a_page_of_telegram_is_read_like_any_other():
    words = WORDS["Russian"]
    post = '<div class="tgme_widget_message" data-post="pier_of_maren/7">'
    text = f'{post}<div class="tgme_widget_message_text">{words}</div></div>'
    for declared in ("windows-1251", "utf-8", None):
        layer = extract_telegram(data(text, "windows-1251"), declared)
        assert layer.text == f"t.me/pier_of_maren/7\n\n{words}"
