"""Drafts of the files that people write: TOML that parses, to be gone over by hand.

``tomllib`` cannot write, and an author's file is never written again: blocks are made
here as text and put at its end.  Randomness comes in as bytes.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from claims.model import UNDETERMINED, Claim, Evidence, Link, Related, Wanted
from claims.patterns import CLAIM_LETTERS

ID_BYTES: Final = 8  # random bytes that a claim id is made from
PUBLISHER: Final = "org/name-the-publisher"  # resolves to nothing until it is named
# What TOML lets stand and acts on a terminal or an editor: C1 controls, separators of
# lines, marks of direction.
_ACTING = r"\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_BARE_LINE = re.compile(rf"[^\x00-\x1f{_ACTING}\"\\]*")
_LITERAL = re.compile(rf"[^\x00-\x08\x0b-\x1f{_ACTING}]*")
_ESCAPED = re.compile(rf"[\x00-\x1f{_ACTING}\"\\]")
_WIDTH: Final = 8  # of the keys, so that the values stand in a column


def make_claim_id(random: bytes) -> str:
    """Make a claim id from ``ID_BYTES`` random bytes; each letter takes five bits."""
    if len(random) != ID_BYTES:
        raise ValueError(f"{len(random)} random bytes, expected {ID_BYTES}")
    return "c-" + "".join(CLAIM_LETTERS[byte % len(CLAIM_LETTERS)] for byte in random)


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


def format_new_claim(claim: Claim) -> str:
    """Write a claim as a claim file; ``parse_claim`` reads the same claim from it."""
    head = _keys(
        ("schema", format_string(claim.schema)),
        ("id", format_string(claim.id)),
        ("case", format_string(claim.case)),
        ("author", format_string(claim.author)),
        ("kind", format_string(claim.kind)),
        ("claim", format_string(claim.claim)),
        ("about", _list(claim.about)),
        ("holds", _optional(claim.holds)),
        ("as_of", _optional(claim.as_of)),
        ("original_lang", _optional(claim.original_lang)),
        ("sensitive", _optional(claim.sensitive)),
        ("note", _optional(claim.note)),
        ("related", _related(claim.related)),
    )
    blocks = (*map(format_evidence, claim.evidence), *map(format_wanted, claim.wanted))
    return "\n".join((head, *blocks))


def format_evidence(item: Evidence) -> str:
    """Write one evidence block."""
    return "[[evidence]]\n" + _keys(
        ("id", format_string(item.id)),
        ("added", item.added.isoformat()),
        ("role", format_string(item.role)),
        ("snapshot", format_string(item.snapshot)),
        ("lang", format_string(item.lang)),
        ("quote", _optional(item.quote)),
        ("quotes", _lines(map(format_string, item.quotes))),
        ("zone", _optional(item.zone)),
        ("prefix", _optional(item.prefix)),
        ("suffix", _optional(item.suffix)),
        ("translation", _table(item.translation) if item.translation else ""),
        ("copy_of", _optional(item.copy_of)),
        ("chain", _lines(map(_link, item.chain))),
    )


def format_evidence_block(
    *, snapshot: str, quote: str, added: date, prefix: str = "", suffix: str = ""
) -> str:
    """Draft a block whose chain ends with the publisher, on its own word.

    An outlet's own voice without a stated basis is ``unstated``.  The author goes on
    from there: the number, the language, the zone, and whom the page cites.
    """
    link = Link(by=PUBLISHER, snapshot=snapshot, knows="unstated")
    return format_evidence(
        Evidence(
            id="e1",
            added=added,
            role="supports",
            snapshot=snapshot,
            lang=UNDETERMINED,
            quote=quote,
            prefix=prefix,
            suffix=suffix,
            chain=(link,),
        )
    )


def format_wanted(wanted: Wanted) -> str:
    """Write a block that says what would raise the claim, or dispute it."""
    return "[[wanted]]\n" + _keys(
        ("what", format_string(wanted.what)),
        ("may", format_string(wanted.may)),
        ("lead", _optional(wanted.lead)),
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


def _optional(text: str | None) -> str:
    return format_string(text) if text else ""


def _list(items: Iterable[str]) -> str:
    written = ", ".join(map(format_string, items))
    return f"[{written}]" if written else ""


def _lines(values: Iterable[str]) -> str:
    """Write a list of TOML values, one a line."""
    written = "".join(f"  {value},\n" for value in values)
    return f"[\n{written}]" if written else ""


def _table(values: Mapping[str, str | None]) -> str:
    """Write an inline table of strings; an empty one is left out."""
    given = {key: value for key, value in values.items() if value}
    pairs = ", ".join(f"{key} = {format_string(text)}" for key, text in given.items())
    return f"{{ {pairs} }}"


def _related(related: Iterable[Related]) -> str:
    return _lines(_table({"claim": one.claim, "as": one.relation}) for one in related)


def _link(link: Link) -> str:
    told = {
        "by": link.by,
        "snapshot": link.snapshot,
        "lead": link.lead,
        "missing": link.missing,
        "voice": link.voice,
        "attribution": link.attribution if link.attribution != "explicit" else None,
        "knows": link.knows,
        "primary": link.primary,
    }
    written = _table(told)
    return f"{written[:-2]}, party = true }}" if link.party else written
