"""Which characters the bytes are: what is declared, unless the bytes are not that."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.charsets import decode, sniff

RUSSIAN = (
    "Рано утром в понедельник полиция передала российской армии дезертира."
    ' Об этом сообщил автор проекта "Прощай, оружие".'
)
TEXTS = {
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "windows-1252": "L’article, « déjà » publié à l’été, cite les deux frères. " * 3,
    "iso-8859-1": "La policía remitió al fiscal a los dos. ¿Quién lo decidió? Él.",
    "windows-1250": "Zażółć gęślą jaźń. Dwóch obywateli rosyjskich ściganych. " * 3,
    "windows-1253": "Το Καζακστάν εξέδωσε στη Ρωσία δύο Ρώσους πολίτες.",
    "windows-1254": "Kazakistan iki Rus vatandaşını Rusya'ya iade etti; insan hakları"
    " savunucuları ülkenin artık güvenli olmadığını söylüyor.",
    "windows-1255": "קזחסטן הסגירה לרוסיה שני אזרחים רוסים שנרדפו.",
    "windows-1256": "سلمت كازاخستان إلى روسيا مواطنين روسيين ملاحقين لأسباب سياسية.",
    "cp874": "คาซัคสถานส่งตัวชาวรัสเซียสองคนที่ถูกดำเนินคดี",
    "shift_jis": "カザフスタンは、訴追されていたロシア人2人をロシアに引き渡した。",
    "euc-jp": "カザフスタンは、訴追されていたロシア人2人をロシアに引き渡した。",
    "gb18030": "哈萨克斯坦已将两名因政治原因被起诉的俄罗斯公民引渡到俄罗斯。",
    "big5": "哈薩克已將兩名因政治原因被起訴的俄羅斯公民引渡到俄羅斯。",
    "euc-kr": "카자흐스탄은 정치적 이유로 기소된 러시아 국민 두 명을 인도했다.",
}


def page(text, charset):
    return f'<!doctype html><meta charset="{charset}"><title>x</title><p>{text}</p>'


@pytest.mark.parametrize("label", TEXTS)
def test_a_declared_encoding_is_taken_wherever_it_stands(label):
    text = TEXTS[label]
    assert decode(text.encode(label), label) == text
    declared = page(text, label)
    assert decode(declared.encode(label), None, html=True) == declared


@pytest.mark.parametrize("label", TEXTS)
def test_an_encoding_that_says_it_is_utf_8_is_found_out(label):
    lying = page(TEXTS[label], "utf-8")
    assert decode(lying.encode(label), "utf-8", html=True) == lying


@pytest.mark.parametrize("label", TEXTS)
def test_an_encoding_that_nobody_declares_is_sniffed(label):
    assert decode(TEXTS[label].encode(label), None) == TEXTS[label]


@pytest.mark.parametrize("text", [*TEXTS.values(), "plain ASCII", ""])
def test_utf_8_needs_no_declaration(text):
    assert decode(text.encode(), None) == text
    assert decode(text.encode(), "") == text


@pytest.mark.parametrize(
    ("mark", "label"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_byte_order_mark_goes_before_what_is_declared_and_is_no_text(mark, label):
    data = mark + RUSSIAN.encode(label)
    for declared in (None, "windows-1251", "utf-8"):
        assert decode(data, declared) == RUSSIAN
        assert decode(data, declared, html=True) == RUSSIAN


def test_what_the_server_declares_goes_before_what_the_page_declares():
    data = page(RUSSIAN, "koi8-r").encode("windows-1251")
    assert RUSSIAN in decode(data, "windows-1251", html=True)
    assert RUSSIAN not in decode(data, None, html=True)


def test_what_a_plain_text_declares_in_itself_is_only_its_text():
    data = page("déjà", "koi8-r").encode()
    assert decode(data, None) == page("déjà", "koi8-r")


@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset=windows-1251>",
        "<META CHARSET='Windows-1251'>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        '<meta content="text/html;CHARSET=cp1251" http-equiv=content-type>',
        "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>",
        "<script>'<meta charset=koi8-r>'</script><meta charset=windows-1251>",
        "<meta name=charset content=koi8-r><meta charset=windows-1251>",
        "<meta charset=nonsense><meta charset=windows-1251>",
        '<meta charset><meta charset="é"><meta charset=windows-1251>',
    ],
)
def test_a_page_declares_its_encoding_in_a_meta_element(meta):
    text = "ёЁ " * 20  # too little for a sniffer, so that the declaration decides
    data = (f"{meta}<p>{text}").encode("windows-1251", "replace")
    assert text in decode(data, None, html=True)


def test_a_page_that_says_utf_16_in_ascii_is_in_utf_8():
    text = page("déjà", "utf-16")
    assert decode(text.encode(), None, html=True) == text


def test_a_page_that_says_x_user_defined_is_in_windows_1252():
    text = page("déjà ", "x-user-defined")
    assert decode(text.encode("windows-1252"), None, html=True) == text


@pytest.mark.parametrize("label", ["iso-2022-kr", "hz-gb-2312", "utf-7", "тест"])
def test_an_encoding_that_browsers_refuse_is_not_used(label):
    assert decode("déjà +AGE-".encode(), label) == "déjà +AGE-"


def test_one_broken_character_does_not_turn_a_page_into_another_script():
    data = RUSSIAN.encode() + b" \xff"
    assert decode(data, "utf-8") == f"{RUSSIAN} \N{REPLACEMENT CHARACTER}"
    assert decode(data, None) == f"{RUSSIAN} \N{REPLACEMENT CHARACTER}"


def test_a_page_cut_inside_a_character_keeps_all_the_others():
    text = RUSSIAN[:50]
    data = text.encode() + "я".encode()[:1]
    assert decode(data, "utf-8") == text + "\N{REPLACEMENT CHARACTER}"


def test_bytes_of_no_encoding_are_still_a_text():
    assert isinstance(sniff(b""), str)
    for data in (b"\x81", bytes(range(128, 256)) * 3):
        assert isinstance(decode(data, None), str)


@given(st.binary(max_size=300), st.none() | st.text(max_size=10), st.booleans())
def test_any_bytes_become_a_text_that_can_be_stored_and_always_the_same(
    data, declared, html
):
    found = decode(data, declared, html=html)
    assert found.encode("utf-8").decode("utf-8") == found
    assert decode(data, declared, html=html) == found
