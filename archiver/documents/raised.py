"""Numbers that are raised or lowered on a page: 5² is not 52.

They are written as such where they are nothing but numbers, with what stands between
them, as the marks of notes have it: ``2020¹,²``.
"""

import re
from typing import Final

DIGITS: Final = {
    "sup": str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻"),
    "sub": str.maketrans("0123456789+-\u2212", "₀₁₂₃₄₅₆₇₈₉₊₋₋"),
}
_NUMBER: Final = r"[+\-\u2212]?[0-9]+"
_NUMBERS: Final = re.compile(rf"{_NUMBER}(?:\s*[.,;:/\u2013-]?\s*{_NUMBER})*", re.ASCII)


def is_numbers(text: str) -> bool:
    """Say whether a text is numbers and nothing else."""
    return _NUMBERS.fullmatch(text.strip()) is not None


def run_together(before: str, behind: str) -> bool:
    """Say whether two texts beside one another would read as one number."""
    return before[-1:].isdigit() and behind[:1].isdigit()
