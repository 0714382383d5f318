"""Drafts of the files that people write: TOML text that parses, to be gone over by hand.

``tomllib`` cannot write, and an author's file is never written again: blocks are made
here as text and put at its end.  Randomness comes in as bytes.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from claims.model import SCHEMA, Claim, Kind
from claims.patterns import CLAIM_LETTERS

ID_BYTES: Final = 8  # random bytes that a claim id is made from
UNDETERMINED: Final = "und"  # the language tag of what nobody has looked at
_BARE_LINE = re.compile(r"[^\x00-\x1f\x7f\"\\]*")
_LITERAL = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\"\\]")
_WIDTH: Final = 8  # of the keys, so that the values stand in a column


def make_claim_id(random: bytes) -> str:
    """Make a claim id from ``ID_BYTES`` random bytes; each letter takes five bits."""
    if len(random) != ID_BYTES:
        raise ValueError(f"{len(random)} random bytes, expected {ID_BYTES}")
    return "c-" + "".join(CLAIM_LETTERS[byte % len(CLAIM_LETTERS)] for byte in random)


def next_evidence_id(claim: Claim) -> str:
    """Return the next number: one more than the highest that the file has."""
    return f"e{max((int(item.id[1:]) for item in claim.evidence), default=0) + 1}"


def format_string(text: str) -> str:
    """Write ``text`` as a TOML string, as plainly as it can be read.

    ``"…"`` where nothing has to be escaped, ``'''…'''`` where that takes it as it is,
    else ``"…"`` with escapes.
    """
    if _BARE_LINE.fullmatch(text):
        return f'"{text}"'
    literal = _LITERAL.fullmatch(text) and "'''" not in text
    if literal and not text.endswith("'") and not text.startswith("\n"):
        return f"'''{text}'''"
    return '"' + _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04X}", text) + '"'


def format_new_claim(
    *,
    claim_id: str,
    case: str,
    author: str,
    claim: str,
    kind: Kind = "fact",
    about: Sequence[str] = (),
    as_of: str = "",
    original_lang: str = "",
    note: str = "",
) -> str:
    """Draft a claim file without evidence; blocks are put at its end."""
    return _keys(
        ("schema", format_string(SCHEMA)),
        ("id", format_string(claim_id)),
        ("case", format_string(case)),
        ("author", format_string(author)),
        ("kind", format_string(kind)),
        ("claim", format_string(claim)),
        ("about", f"[{', '.join(map(format_string, about))}]" if about else ""),
        ("as_of", _optional(as_of)),
        ("original_lang", _optional(original_lang)),
        ("note", _optional(note)),
    )


def format_evidence_block(
    *,
    snapshot: str,
    quote: str,
    added: date,
    evidence_id: str = "e1",
    prefix: str = "",
    suffix: str = "",
    lang: str = UNDETERMINED,
    zone: str = "",
    publisher: str = "org/name-the-publisher",
) -> str:
    """Draft an evidence block whose chain ends with the publisher, on its own word.

    An outlet's own voice without a stated basis is ``unstated``.  The author goes on
    from there: the language, and whom the page cites.
    """
    publisher_link = f"by = {format_string(publisher)}"
    snapshot_link = f"snapshot = {format_string(snapshot)}"
    link = f'  {{ {publisher_link}, {snapshot_link}, knows = "unstated" }},'
    return "[[evidence]]\n" + _keys(
        ("id", format_string(evidence_id)),
        ("added", added.isoformat()),
        ("role", '"supports"'),
        ("snapshot", format_string(snapshot)),
        ("lang", format_string(lang)),
        ("quote", format_string(quote)),
        ("zone", _optional(zone)),
        ("prefix", _optional(prefix)),
        ("suffix", _optional(suffix)),
        ("chain", f"[\n{link}\n]"),
    )


def format_wanted_block(*, what: str, may: str = "support", lead: str = "") -> str:
    """Draft a block that says what would raise the claim, or dispute it."""
    return "[[wanted]]\n" + _keys(
        ("what", format_string(what)),
        ("may", format_string(may)),
        ("lead", _optional(lead)),
    )


def format_case(*, case: str, title: str, language: str) -> str:
    """Draft a case file without snapshots."""
    return _keys(
        ("id", format_string(case)),
        ("title", format_string(title)),
        ("language", format_string(language)),
    )


def format_alias(
    *, alias: str, sha256: str, publisher: str, language: str, published: str
) -> str:
    """Draft the table of a case file that pins a snapshot."""
    return f"[snapshots.{alias}]\n" + _keys(
        ("sha256", format_string(sha256)),
        ("publisher", format_string(publisher)),
        ("language", format_string(language)),
        ("published", format_string(published)),
    )


def format_source(*, source: str, name: str, lang: str, naming: str = "") -> str:
    """Draft a source file; a person is ``withheld`` until somebody says otherwise."""
    held = "withheld" if source.startswith("person/") else ""
    entry = f"{{ text = {format_string(name)}, lang = {format_string(lang)} }}"
    return _keys(("names", f"[\n  {entry},\n]"), ("naming", _optional(naming or held)))


def append_block(text: str, block: str) -> str:
    """Put ``block`` at the end of a file's ``text``, which itself stays as it is."""
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{end}\n{block}" if text else block


def _keys(*pairs: tuple[str, str]) -> str:
    """Write keys with their TOML values, one a line; an empty value is left out."""
    return "".join(f"{key:{_WIDTH}} = {value}\n" for key, value in pairs if value)


def _optional(text: str) -> str:
    return format_string(text) if text else ""
