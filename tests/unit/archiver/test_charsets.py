"""Which characters the bytes are: what is declared, unless the bytes are not that."""

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.charsets import META_BYTES, Charset, decode, read_characters
from archiver.documents.sniffing import sniff

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


def read(data, declared=None):
    text, found = read_characters(data, declared, html=True)
    assert text == decode(data, declared, html=True)
    return found.name, found.source, found.doubts


UTF_8, CP1251 = page(RUSSIAN, "utf-8").encode(), page(RUSSIAN, "utf-8").encode("cp1251")
GUESS = "no declaration that holds says which it is: it is a guess"
CHANCE = "the bytes are UTF-8 as well, which they hardly are by chance"


@pytest.mark.parametrize(
    ("data", "declared", "charset", "source", "doubts"),
    [
        (b"", None, "utf-8", "bytes", ()),
        (b"<p>hi", None, "utf-8", "bytes", ()),
        (UTF_8, "UTF-8", "utf-8", "server", ()),
        (UTF_8, None, "utf-8", "document", ()),
        ("<p>ё".encode(), None, "utf-8", "bytes", ()),
        ("<p>ё".encode("cp1251"), "cp1251", "windows-1251", "server", ()),
        (RUSSIAN.encode("cp1251"), None, "windows-1251", "guess", (GUESS,)),
    ],
)
def test_it_is_told_who_says_in_which_encoding_a_document_is(
    data, declared, charset, source, doubts
):
    assert read(data, declared) == (charset, source, doubts)


@pytest.mark.parametrize(
    ("data", "declared", "charset", "source", "doubts"),
    [
        (
            CP1251,  # windows-1251 said to be UTF-8, twice
            "utf-8",
            "windows-1251",
            "guess",
            (
                "its Content-Type says 'utf-8', and it was not read as that",
                "the document says 'utf-8', and it was not read as that",
                GUESS,
            ),
        ),
        (
            UTF_8,  # UTF-8 said to be windows-1251
            "windows-1251",
            "windows-1251",
            "server",
            ("the document says 'utf-8', and it was not read as that", CHANCE),
        ),
        (
            page(RUSSIAN, "koi8-r").encode("cp1251"),  # two that conflict
            "windows-1251",
            "windows-1251",
            "server",
            ("the document says 'koi8-r', and it was not read as that",),
        ),
        (
            UTF_8 + b"<meta charset=ibm866><meta charset=ibm866>",
            None,
            "utf-8",
            "document",
            ("the document says 'ibm866', and it was not read as that",),
        ),
        (
            codecs.BOM_UTF8 + UTF_8,
            "windows-1251",
            "utf-8",
            "mark",
            ("its Content-Type says 'windows-1251', and it was not read as that",),
        ),
        (
            b"<p>+BBQEMA-",
            "utf-7",
            "utf-8",
            "bytes",
            ("its Content-Type says 'utf-7', which no browser knows",),
        ),
        (
            b"<meta charset=hz-gb-2312><p>~{<:Ky2;~}",
            None,
            "utf-8",
            "bytes",
            ("the document says 'hz-gb-2312', which browsers do not read",),
        ),
    ],
)
def test_a_declaration_that_did_not_count_is_told(
    data, declared, charset, source, doubts
):
    assert read(data, declared) == (charset, source, doubts)


@pytest.mark.parametrize(
    ("data", "doubts"),
    [
        ("я".encode()[:1], ("one place cannot be read: U+FFFD",)),
        (b" \xff \xff", ("2 places cannot be read: U+FFFD",)),
        (" \ufffd \ufffd".encode(), ("2 places stood there as U+FFFD before",)),
    ],
)
def test_what_cannot_be_read_is_counted(data, doubts):
    assert read(RUSSIAN.encode() + data, "utf-8") == ("utf-8", "server", doubts)


def test_hebrew_that_may_be_written_as_it_looks_is_told():
    look = "words in it may stand as they look, from their end to their beginning"
    hebrew = TEXTS["windows-1255"].encode("windows-1255")
    assert read(hebrew, "iso-8859-8") == ("iso-8859-8", "server", (look,))
    assert read(hebrew, "iso-8859-8-i") == ("iso-8859-8-i", "server", ())
    assert read(b"<p>ascii", "visual") == ("iso-8859-8", "server", ())


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_page_cut_inside_a_character_is_still_what_it_was(cut):
    text = "été 茶 😀"
    data = text.encode()[:-cut]
    assert read(data)[0] == "utf-8"
    sjis = "カザフスタン".encode("cp932")[:-cut]
    assert decode(sjis, "shift_jis")[:3] == "カザフ"


def test_letters_of_one_byte_at_the_end_are_no_cut_character():
    assert decode("café".encode("cp1252"), None) == "café"


@pytest.mark.parametrize(
    ("codec", "charset"), [("utf-16-le", "utf-16le"), ("utf-16-be", "utf-16be")]
)
def test_utf_16_without_a_mark_is_known_by_its_zeros(codec, charset):
    text = page(RUSSIAN, "utf-16")
    data = text.encode(codec)
    assert decode(data, None, html=True) == text
    assert read(data) == (charset, "bytes", ())
    assert read(data, charset) == (charset, "server", ())
    said = "its Content-Type says 'utf-8', and it was not read as that"
    assert read(data, "utf-8") == (charset, "bytes", (said,))


@pytest.mark.parametrize(
    ("declaration", "charset"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?>', "windows-1251"),
        ("<?xml version='1.0' encoding = 'cp1251' standalone='no'?>", "windows-1251"),
        ('<?xml version="1.0" encoding="utf-16"?>', "utf-8"),
        (
            '<?xml version="1.0" encoding="koi8-r"?><meta charset=cp1251>',
            "windows-1251",
        ),
    ],
)
def test_the_declaration_of_xhtml_counts_behind_that_of_html(declaration, charset):
    codec = charset.replace("windows-", "cp")
    data = f"{declaration}<p>{RUSSIAN}".encode(codec)
    assert read(data)[:2] == (charset, "document")
    assert RUSSIAN in decode(data, None, html=True)
    assert read(b" " + data)[1] != "document" or "meta" in declaration


def test_a_declaration_behind_long_scripts_counts_as_it_does_in_a_browser():
    text = f"<script>{'a;' * 20_000}</script><meta charset=ibm866><p>{RUSSIAN}"
    assert read(text.encode("cp866")) == ("ibm866", "document", ())


def test_what_a_plain_text_says_is_not_asked():
    text, found = read_characters(CP1251, None)
    assert text == page(RUSSIAN, "utf-8")
    assert found == Charset("windows-1251", "guess", (GUESS,))


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<script>",
        "<!--",
        "<meta ",
        "<meta charset=x>",
        "<title>",
        "<",
        "<!--x",
    ],
)
def test_a_page_that_is_made_to_cost_time_costs_little(piece):
    start = time.process_time()
    read(piece.encode() * (META_BYTES // len(piece)))
    assert time.process_time() - start < 10
