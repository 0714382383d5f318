r"""How ids, languages, scripts and hashes are spelled in the files that people write.

Each :class:`Pattern` is one regular expression, in the common part of Python's and
JSON Schema's dialects, with its meaning in words for messages.  ``$`` alone would let a
line end through in Python, so each one ends in ``$(?!\n)``.
"""

from dataclasses import dataclass
from typing import Final

CLAIM_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u
END: Final = r"$(?!\n)"
_SLUG = "[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One regular expression, and what it says in words; ``code`` is its rule."""

    regex: str
    words: str
    code: str = "C19"


CLAIM_ID: Final = Pattern(
    f"^c-[{CLAIM_LETTERS}]{{8}}{END}", f"'c-' and 8 of {CLAIM_LETTERS}"
)
SOURCE_ID: Final = Pattern(
    f"^(person|org|channel)/{_SLUG}{END}",
    "person/…, org/… or channel/… in small letters, digits and single hyphens",
)
LEAD_ID: Final = Pattern(
    f"^lead/{_SLUG}{END}", "lead/… in small letters, digits and single hyphens"
)
SLUG: Final = Pattern(f"^{_SLUG}{END}", "small letters, digits and single hyphens")
EVIDENCE_ID: Final = Pattern(f"^e[1-9][0-9]{{0,3}}{END}", "e1, e2, e3 and so on")
SHA256: Final = Pattern(f"^[0-9a-f]{{64}}{END}", "64 digits of lower-case hex")
LANGUAGE: Final = Pattern(
    f"^[a-z]{{2,3}}(-[A-Za-z0-9]{{2,8}})*{END}",
    "a language tag (BCP 47) such as fr, kk or zh-Hant",
    "C20",
)
SCRIPT: Final = Pattern(
    f"^[A-Z][a-z]{{3}}{END}",
    "a script (ISO 15924) such as Latn, Cyrl or Arab",
    "C20",
)
TRANSLATION_KEY: Final = Pattern(
    f"^([a-z]{{2,3}}(-[A-Za-z0-9]{{2,8}})*){END}",
    "a language tag such as en, or 'by'",
    "C20",
)

BY_REGEX: Final = {
    pattern.regex: pattern
    for pattern in (
        CLAIM_ID,
        SOURCE_ID,
        LEAD_ID,
        SLUG,
        EVIDENCE_ID,
        SHA256,
        LANGUAGE,
        SCRIPT,
        TRANSLATION_KEY,
    )
}
