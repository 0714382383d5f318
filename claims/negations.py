"""What rule C15 asks of a quote: enough words, and no negation left outside.

The lists are short and of whole words.  They name what turns a statement into its
opposite when it is cut off, not every word with a negative sense.  Folded and in lower
case, as they are compared.
"""

from dataclasses import dataclass

from claims.edges import tokens
from claims.folding import BORDER, fold
from claims.scripts import count_spaceless, kind

MIN_WORDS = 3
MIN_SPACELESS = 6  # characters, in a script written without spaces

_ELSEWHERE = frozenset({"se"})  # negates in Hungarian, is a pronoun in four others
_REACH = 64  # characters beside a quote in which its neighbour is looked for
_LIGHT = ' "()[]{}'  # may stand between a quote and the word beside it


@dataclass(frozen=True, slots=True)
class Negations:
    """The negations of a language: whole words, and beginnings and ends of words.

    ``inside`` is for scripts without spaces: the characters themselves, which negate
    what they stand beside.
    """

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def _words(
    words: str, *, beginnings: tuple[str, ...] = (), ends: tuple[str, ...] = ()
) -> Negations:
    return Negations(frozenset(words.split()), beginnings, ends)


LANGUAGES = {
    "ar": _words(
        "لا لم لن ليس ليست ليسوا لست لسنا ما غير دون بدون بلا كلا عدم "
        "ولا ولم ولن وليس وليست وما فلا فلم فلن فليس"
    ),
    "de": _words(
        "nicht nichts nie niemals niemand niemandem niemanden nirgends nirgendwo "
        "kein keine keinen keinem keiner keines ohne weder nein",
        beginnings=("nicht-",),
    ),
    "en": _words(
        "no not never none nobody nothing nowhere neither nor without cannot",
        beginnings=("non-",),
        ends=("n't",),
    ),
    "es": _words(
        "no ni nunca jamás nada nadie ningún ninguno ninguna ningunos ningunas sin "
        "tampoco"
    ),
    "fa": _words(
        "نه نیست نیستند نیستم نیستیم نبود نبودند نباشد نباید نشد نکرد هیچ بدون",
        beginnings=("نمی", "نمي"),
    ),
    "fr": _words(
        "ne n' pas non jamais rien aucun aucune aucunement nullement personne sans ni "
        "guère nul nulle plus",
        beginnings=("n'", "non-"),
    ),
    "he": _words(
        "לא אין אל בל בלי ללא אינו אינה אינם אינן איננו איננה איני "
        "ולא שלא ואין שאין ואינו שאינו ואינה שאינה"
    ),
    "hu": _words("nem ne sem se nincs nincsenek soha senki semmi nélkül sehol"),
    "it": _words(
        "non né no mai nessun nessuno nessuna niente nulla senza neanche nemmeno "
        "neppure"
    ),
    "ja": Negations(
        inside=("ない", "なかっ", "なく", "ません", "ず", "ぬ", "不", "未", "無", "非")
    ),
    "kk": _words(
        "ешқашан ешкім ештеңе ешбір ешқандай",
        beginnings=("емес", "жоқ"),
    ),
    "ko": _words("안 못", beginnings=("않", "못", "아니", "아닌", "없")),
    "pt": _words(
        "não nem nunca jamais nada ninguém nenhum nenhuma nenhuns nenhumas sem tampouco"
    ),
    "ru": _words(
        "не ни нет нету нельзя без никогда никто никого никому никем ничто ничего "
        "ничем нигде никак никакой никакая никакое никаких никакого",
        beginnings=("не-",),
    ),
    "th": Negations(inside=("ไม่", "มิได้", "มิใช่", "ไร้", "ปราศจาก", "ห้าม", "อย่า", "ยังไม่")),
    "tr": _words(
        "yok yoktu yoktur yokmuş hay\u0131r asla hiç hiçbir hiçbiri olmayan olmadan",
        beginnings=("değil",),
    ),
    "uk": _words(
        "не ні немає нема без ніколи ніхто нікого нікому ніщо нічого ніде ніяк "
        "неможливо жоден жодна жодного жодної"
    ),
    "zh": Negations(inside=("不", "没", "沒", "無", "无", "未", "非", "勿", "否")),
}


def is_negation(word: str, lang: str = "") -> bool:
    """Tell whether ``word`` (folded) negates in ``lang``; without one, in any."""
    lower = word.casefold()
    if not lang and lower in _ELSEWHERE:
        return False
    return any(
        lower in language.words
        or lower.startswith(language.beginnings)
        or lower.endswith(language.ends)
        or any(part in lower for part in language.inside)
        for language in _languages(lang)
    )


def negations_beside(text: str, start: int, end: int, lang: str) -> tuple[str, str]:
    """Return the negation directly before ``start`` and the one directly after ``end``.

    ``text`` is unfolded, the places are those of an anchor.  White space, quotation
    marks and brackets may stand between; a comma or a border between blocks parts.
    Where there is none, the string is empty.
    """
    before = fold(text[max(0, start - _REACH) : start]).text.rstrip(_LIGHT)
    after = fold(text[end : end + _REACH]).text.lstrip(_LIGHT)
    return _last_negation(before, lang), _first_negation(after, lang)


def is_long_enough(quote: str) -> bool:
    """Tell whether a quote can stand without a prefix or suffix.

    It has ``MIN_WORDS`` words, or ``MIN_SPACELESS`` characters of scripts that are
    written without spaces.
    """
    text = fold(quote).text.replace(BORDER, " ")
    words = [word for word in text.split() if any(kind(char).word for char in word)]
    return len(words) >= MIN_WORDS or count_spaceless(text) >= MIN_SPACELESS


def _languages(lang: str) -> list[Negations]:
    """Return the lists of a BCP 47 tag's language; all lists where it has none."""
    found = LANGUAGES.get(lang.partition("-")[0].lower())
    return [found] if found else list(LANGUAGES.values())


def _last_negation(text: str, lang: str) -> str:
    for language in _languages(lang):
        for part in language.inside:
            if text.endswith(part):
                return part
    words = tokens(text)
    word = "".join(words[-2:] if words[-1:] == ["'"] else words[-1:])
    return word if word and is_negation(word, lang) else ""


def _first_negation(text: str, lang: str) -> str:
    for language in _languages(lang):
        for part in language.inside:
            if text.startswith(part):
                return part
    words = tokens(text)
    return words[0] if words and is_negation(words[0], lang) else ""
