"""The guess: by a detector, and by the shape of words where that one is not at home."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.documents.decoding import name_of
from archiver.documents.sniffing import SNIFFED_BYTES, sniff

NEWS = "Полиция передала армии двух граждан, которые скрывались в городе. "


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("", "ascii", "windows-1252"),
        ("Der »Fall« ist größer.", "cp1252", "windows-1252"),
        ("Un « mot » déjà usé à l’été.", "cp1252", "windows-1252"),
        ("El señor «log» está activo.", "cp1252", "windows-1252"),
        ("Anwältin Fälle Nuñez Århus.", "cp1252", "windows-1252"),
        ("L’été déjà passé, à Nîmes.", "mac-roman", "macintosh"),
        ("Die Prüfung läuft größtenteils.", "mac-roman", "macintosh"),
        ("La polizia però non può: è così.", "mac-roman", "macintosh"),
        (NEWS, "mac-cyrillic", "x-mac-cyrillic"),
        (NEWS, "cp866", "ibm866"),
        (NEWS, "koi8-r", "koi8-u"),
        (NEWS, "cp1251", "windows-1251"),
        ("ตำรวจส่งตัวพลเมืองสองคนให้กองทัพ", "cp874", "windows-874"),
        ("Zażółć gęślą jaźń, wszędzie.", "iso8859-2", "iso-8859-2"),
        ("Zażółć gęślą jaźń, wszędzie.", "cp1250", "windows-1250"),
    ],
)
def test_an_encoding_is_known_by_its_letters_and_by_the_shape_of_its_words(
    text, codec, name
):
    assert sniff(text.encode(codec)) == name


def test_marks_of_tones_join_letters():
    text = "Ca\u0309nh sát đa\u0303 giao hai ngươ\u0300i cho quân đô\u0323i."
    assert sniff(text.encode("cp1258")) == "windows-1258"


def test_a_word_of_another_language_turns_no_page_into_it():
    text = "Die Anwältin größter Fälle, Frau Nuñez aus Århus, erklärte dies. " * 3
    assert sniff(text.encode("cp1252")) == "windows-1252"


def test_only_the_beginning_is_looked_at_even_if_it_ends_inside_a_character():
    data = b"x" + "引き渡した".encode("euc-jp") * (SNIFFED_BYTES // 10 + 1)
    assert sniff(data) == "euc-jp"
    assert sniff(data[:SNIFFED_BYTES] + b"\xff" * 99) == "euc-jp"


@given(st.binary(max_size=300))
def test_any_bytes_have_a_guess_that_has_a_name_in_the_standard(data):
    assert name_of(sniff(data)) == sniff(data)


def test_another_process_makes_the_same_guess():
    program = (
        "import random, sys; from archiver.documents.sniffing import sniff\n"
        "chance = random.Random(7)\n"
        "for _ in range(300): print(sniff(chance.randbytes(chance.randrange(99))))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(found) == 1
