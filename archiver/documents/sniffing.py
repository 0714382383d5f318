"""Which encoding bytes are in that say nothing of it: a guess.

Two judges.  chardetng, the detector of Firefox, knows the frequencies of letters in the
encodings of the web; it counts in whole numbers, and only from the bytes.  It does not
know the two encodings of old Macintoshes, and takes guillemets for letters.  So its
answer among Latin or Cyrillic encodings is held against the others of that script:
another is taken where the answer makes words that nobody writes, and the other makes
less than half as many.

Words that nobody writes have a capital after a small letter, letters of two scripts, a
sign or a control between two letters, or letters of which no one language has all.
"""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from chardetng_py.detector import (  # type: ignore[import-untyped]
    EncodingDetector,
)

from archiver.documents.decoding import BROKEN, decode_loosely, name_of

SNIFFED_BYTES: Final = 1 << 18

# The more frequent first: of two that are as good, the first is taken.
_LATIN: Final = (
    "windows-1252",
    "windows-1250",
    "iso-8859-2",
    "windows-1254",
    "windows-1257",
    "iso-8859-13",
    "iso-8859-4",
    "macintosh",
)
_THAI: Final = "windows-874"  # the binding tells it by Python's name
_CYRILLIC: Final = ("windows-1251", "x-mac-cyrillic")
_RIVALS: Final = {
    **dict.fromkeys((*_LATIN, "windows-1258", "iso-8859-16"), _LATIN),
    **dict.fromkeys((*_CYRILLIC, "koi8-u", "ibm866", "iso-8859-5"), _CYRILLIC),
    "windows-1252": (*_LATIN, "x-mac-cyrillic"),  # what a few capitals look like
}

# The letters beyond ASCII that a language has, in its small ones; a line a language, or
# a few that share them.
_ALPHABETS: Final = tuple(
    frozenset(letters)
    for letters in (
        "äöüßé",  # German
        "àâæçéèêëîïôœùûüÿ",  # French
        "áéíóúüñ",  # Spanish
        "àçèéíïòóúü",  # Catalan
        "áàâãçéêíóôõúü",  # Portuguese
        "àèéìíîòóùú",  # Italian
        "áéèëêïíóöü",  # Dutch
        "åäöéšž",  # Finnish, Swedish
        "æøåéèêòôó",  # Danish, Norwegian
        "áéíóúýðþæö",  # Icelandic
        "õäöüšž",  # Estonian
        "ąčęėįšųūž",  # Lithuanian
        "āčēģīķļņōŗšūž",  # Latvian
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíĺľňóôŕšťúýž",  # Slovak
        "čćđšž",  # Croatian, Slovene
        "áéíóöőúüű",  # Hungarian
        "ăâîşţșț",  # Romanian
        "âçğıîöşüû\u0307",  # Turkish; the dot is that of a small İ
        "çëâ",  # Albanian
        "ċġħżàèìòù",  # Maltese
        "ĉĝĥĵŝŭ",  # Esperanto
        "âêîôûŵŷáéíóúàèìòùäëïöü",  # Welsh
        "àáâãăèéêìíòóôõơùúưýđ",  # Vietnamese, without the marks of the tones
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",  # Russian
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",  # Ukrainian
        "абвгдеёжзійклмнопрстуўфхцчшыьэюя",  # Belarusian
        "абвгдежзийклмнопрстуфхцчшщъьюя",  # Bulgarian
        "абвгдђежзијклљмнњопрстћуфхцчџш",  # Serbian
        "абвгдѓежзѕијклљмнњопрстќуфхцчџш",  # Macedonian
    )
)

_BEYOND: Final = r"\x80-\U0010ffff"
_WORD: Final = re.compile(f"[A-Za-z{_BEYOND}]*[{_BEYOND}][A-Za-z{_BEYOND}]*")
_CONTROL: Final = re.compile(f"[\x80-\x9f{BROKEN}]")
_IN_WORDS: Final = frozenset(  # apostrophes, dots and hyphens between letters
    "\u2018\u2019\u02bc\u00ad\u00b7\u2010\u2011"
)
_LONE_MARKS: Final = frozenset(  # accents without their letter
    "\u02dc\u02c6\u00a8\u00b8\u00af\u02c7\u02d8\u02d9\u02db\u02dd"
)
_CYRILLIC_A: Final = "\u0400"  # behind it are no Latin letters of these encodings
_NO_LETTERS: Final = frozenset("ªºµ")
_CONSONANTS: Final = frozenset("ćčďĺľńňŕřśšťźž")


def sniff(data: bytes) -> str:
    """Guess the encoding of ``data`` from its beginning: its name in the standard."""
    beginning = data[:SNIFFED_BYTES]
    detector = EncodingDetector()
    detector.feed(beginning, last=len(data) <= SNIFFED_BYTES)
    guessed = detector.guess(tld=None, allow_utf8=False)
    best = _THAI if guessed == "cp874" else name_of(guessed)
    faults = _faults(beginning, best) if best in _RIVALS else 0
    for rival in _RIVALS.get(best, ()):
        fewer = _faults(beginning, rival) if faults else 0
        if 2 * fewer < faults:
            best, faults = rival, fewer
    return best


def _faults(data: bytes, name: str) -> int:
    """Count what nobody writes in the words that ``data`` is in an encoding."""
    words = Counter(_WORD.findall(decode_loosely(data, name)))
    shapes = sum(times * _misshapes(word) for word, times in words.items())
    return shapes + _strangers(words)


def _misshapes(word: str) -> int:
    """Count the places of a word that no word has."""
    found = 2 * len(_CONTROL.findall(word)) + (word.lower() in _CONSONANTS)
    for letter, following in pairwise(word):
        if letter.isascii() and following.isascii():
            continue  # in every encoding the same
        found += letter.islower() and following.isupper()
        found += letter.isalpha() and following.isalpha() and _mixes(letter, following)
        found += letter.isalpha() and following in _LONE_MARKS
    for before, sign, behind in zip(word, word[1:], word[2:], strict=False):
        if before.isalpha() and behind.isalpha():
            found += not (sign.isalpha() or _joins(sign))
    return found


def _mixes(letter: str, following: str) -> bool:
    """Say whether one is Latin, and the other Cyrillic."""
    return (letter >= _CYRILLIC_A) != (following >= _CYRILLIC_A)


def _joins(sign: str) -> bool:
    is_mark = "\u0300" <= sign <= "\u036f"  # of a tone, in Vietnamese
    return is_mark or sign in _IN_WORDS or bool(_CONTROL.fullmatch(sign))


def _strangers(words: Counter[str]) -> int:
    """Count the letters that are not of the one language that has the most of them."""
    letters: Counter[str] = Counter()
    for word, times in words.items():
        for letter in word.lower():
            if not letter.isascii() and letter.isalpha() and letter not in _NO_LETTERS:
                letters[letter] += times
    return min(
        sum(times for letter, times in letters.items() if letter not in alphabet)
        for alphabet in _ALPHABETS
    )
