"""Search in any script: what the index holds, and how a query is put to it.

Both sides are folded in the same way: case, accents, Arabic and Hebrew vowel signs and
invisible characters do not count, nor does which of the letters or digits that are
written for each other was typed (Arabic and Persian kaf, o and ø, Arabic digits).  This
is wider than the folding of quotes (``claims.folding``): a search may find too much, a
quote may not.  The index is made of trigrams, so a part of a word is found, and so are
words of scripts without spaces; a word of one or two characters is looked for without
the index.
"""

import json
import sqlite3
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from claims.website.rows import Row, fetch

MAX_QUERY = 200  # characters
MAX_TERMS = 8
PAGE_SIZE = 30
QUOTE = '"'
_INDEXED = 3  # the shortest term that trigrams find
_AROUND = 90  # characters of a snippet, on either side of the first hit
_STRETCH = 2048  # characters that are looked through at a time
_FIRST_FREE_MARK = 10  # combining classes below it are part of the letter (nukta, kana)
_DROPPED: Final = frozenset("\u0640")  # tatweel
_SAME: Final = str.maketrans(
    "\u2018\u2019\u201b\u02bc\u2032`\u201c\u201d\u201e\u00ab\u00bb"
    "\u2010\u2011\u2012\u2013\u2014\u2212",
    "''''''\"\"\"\"\"------",
)
_ALIKE: Final = {
    **dict(zip("øłđðħıŧ", "olddhit", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "\u0643": "\u06a9",  # kaf
    "\u064a": "\u06cc",  # yeh, and below it alef maksura
    "\u0649": "\u06cc",
    **dict.fromkeys("\u0629\u06d5\u06c1\u06c3\u06be", "\u0647"),  # heh
}


def fold_for_search(text: str) -> str:
    """Return ``text`` as the index sees it."""
    return text.translate(_FOLDED)


def split_query(query: str) -> tuple[str, ...]:
    """Return the folded terms of a query, at most ``MAX_TERMS``; all must be found.

    A term is a word, or words between quotation marks, which stand together.
    """
    parts = fold_for_search(query[:MAX_QUERY]).split(QUOTE)
    terms: list[str] = []
    for place, part in enumerate(parts):
        words = part.split()
        is_closed = place % 2 == 1 and place < len(parts) - 1
        terms += [" ".join(words)] if is_closed and words else words
    return tuple(dict.fromkeys(terms))[:MAX_TERMS]


def fill_search(connection: sqlite3.Connection) -> None:
    """Fill ``search`` and ``search_fts`` from the other tables, in a fixed order."""
    for kind, sql in _FILL:
        for row in fetch(connection, sql):
            connection.execute(
                "insert into search (kind, target, title, lang, text, folded)"
                " values (?, ?, ?, ?, ?, ?)",
                (
                    kind,
                    row["target"],
                    row["title"],
                    row["lang"],
                    row["text"],
                    fold_for_search(row["text"]),
                ),
            )
    connection.execute("insert into search_fts (search_fts) values ('rebuild')")
    connection.execute("insert into search_fts (search_fts) values ('optimize')")


def find(connection: sqlite3.Connection, query: str, page: int = 0) -> Row:
    """Return one page of what a query finds: sources first, whole texts last."""
    terms = split_query(query)
    if not terms:
        return {"terms": [], "results": [], "more": False}
    long = [term for term in terms if len(term) >= _INDEXED]
    short = json.dumps([term for term in terms if len(term) < _INDEXED])
    window = (short, PAGE_SIZE + 1, page * PAGE_SIZE)
    if long:
        match = " AND ".join(f'"{term.replace(QUOTE, QUOTE * 2)}"' for term in long)
        rows = fetch(connection, _FIND_INDEXED, (match, *window))
    else:
        rows = fetch(connection, _FIND_SHORT, window)
    return {
        "terms": list(terms),
        "results": [_result(connection, row["id"], terms) for row in rows[:PAGE_SIZE]],
        "more": len(rows) > PAGE_SIZE,
    }


def snippet(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """Return ``text`` around its first hit, cut into (words, is a hit)."""
    first = max(0, _stretch_with_hit(text, terms) - _AROUND)
    near = text[first : first + 3 * _STRETCH]
    hits = sorted(_hits(near, terms))
    start = max(0, hits[0][0] - _AROUND) if hits else 0
    end = min(len(near), start + 3 * _AROUND)
    parts = [("…", False)] if first + start else []
    for begin, stop in hits:
        if begin < start or stop > end:
            continue
        parts += [(near[start:begin], False), (near[begin:stop], True)]
        start = stop
    is_cut = first + end < len(text)
    parts += [(near[start:end], False), ("…" if is_cut else "", False)]
    return [(words, hit) for words, hit in parts if words]


def _stretch_with_hit(text: str, terms: Sequence[str]) -> int:
    """Return where the first stretch of a text begins that a hit is in; 0 for none.

    A hit may reach into the next stretch: each is looked through with that behind it.
    """
    for start in range(0, len(text), _STRETCH):
        folded = fold_for_search(text[start : start + 2 * _STRETCH])
        if any(term in folded for term in terms):
            return start
    return 0


def _hits(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    pairs = list(_fold(text))
    folded = "".join(part for part, _ in pairs)
    places = [place for part, place in pairs for _ in part]
    ends = [*places, len(text)]
    for term in terms:
        at = folded.find(term)
        while at >= 0:
            last = at + len(term)
            yield places[at], ends[bisect_right(ends, places[last - 1])]
            at = folded.find(term, last)


def _fold(text: str) -> Iterator[tuple[str, int]]:
    """Yield what each character folds to, and its place; nothing for those dropped."""
    for place, character in enumerate(text):
        folded = _FOLDED[ord(character)]
        if folded:
            yield folded, place


class _Folded(dict[int, str]):
    """What each character folds to, by code point: found once, then looked up."""

    def __missing__(self, point: int) -> str:
        folded = "".join(_fold_one(chr(point).translate(_SAME)))
        return self.setdefault(point, folded)


_FOLDED: Final = _Folded()


def _fold_one(character: str) -> Iterator[str]:
    for part in unicodedata.normalize("NFKD", character).casefold():
        category = unicodedata.category(part)
        if part.isspace() or category == "Cc":
            yield " "
        elif category == "Cf" or part in _DROPPED:
            continue
        elif category == "Nd":
            yield str(unicodedata.decimal(part))
        elif unicodedata.combining(part) < _FIRST_FREE_MARK:
            yield _ALIKE.get(part, part)


def _facts(connection: sqlite3.Connection, result: Row) -> Row:
    """Return what tells a snapshot from others, and what speaks against it."""
    if result["kind"] != "snapshot":
        return {}
    name = result["target"].rpartition("/")[2]
    return {"snapshot": fetch(connection, _SNAPSHOT, (name,))[0]}


def _result(connection: sqlite3.Connection, number: int, terms: Sequence[str]) -> Row:
    row = fetch(connection, _RESULT, (number,))[0]
    row["parts"] = snippet(row.pop("text"), terms)
    return row | _facts(connection, row)


_SNAPSHOT: Final = """
    select s.custody, s.authenticated, s.started_on, s.outcome, s.labels, s.http_status,
        t.said_on
    from snapshots s join statements t on t.id = s.statement where s.sha256 = ?"""

_RESULT: Final = "select kind, target, title, lang, text from search where id = ?"

# What is found is put in order by its numbers alone: not with their texts.
_FIND_INDEXED: Final = """
    select s.id
    from search_fts join search s on s.id = search_fts.rowid
    where search_fts match ? and not exists
        (select 1 from json_each(?) term where instr(s.folded, term.value) = 0)
    order by instr('source claim quote lead snapshot', s.kind), bm25(search_fts), s.id
    limit ? offset ?"""

_FIND_SHORT: Final = """
    select s.id from search s
    where not exists
        (select 1 from json_each(?) term where instr(s.folded, term.value) = 0)
    order by instr('source claim quote lead snapshot', s.kind), s.id
    limit ? offset ?"""

_FILL: Final = (
    (
        "claim",
        """select '/claim/' || c.id as target, c.claim as title, cases.language as lang,
               c.claim || char(10) || r.note || char(10) || c.id as text
           from claims c join cases on cases.id = c.case_id
           join claim_revisions r on r.claim = c.id and r.revision = c.revision
           order by c.case_id, c.position""",
    ),
    (
        "quote",
        """select '/claim/' || c.id || '#' || q.evidence as target, c.claim as title,
               e.lang as lang, q.prefix || ' ' || q.quote || ' ' || q.suffix as text
           from claims c join evidence e on e.claim = c.id and e.revision = c.revision
           join quotes q on q.claim = e.claim and q.revision = e.revision
               and q.evidence = e.evidence
           order by c.case_id, c.position, e.position, q.part""",
    ),
    (
        "quote",
        """select '/claim/' || c.id || '#' || e.evidence as target, c.claim as title,
               json_extract(t.value, '$.lang') as lang,
               json_extract(t.value, '$.text') as text
           from claims c join evidence e on e.claim = c.id and e.revision = c.revision
           join json_each(e.translations) t
           order by c.case_id, c.position, e.position, t.key""",
    ),
    (
        "source",
        """select '/source/' || s.id as target, s.name as title, null as lang,
               coalesce((select group_concat(name, ' · ') from
                   (select name from source_names where source = s.id order by position)
               ), s.name) || ' · ' || s.id as text
           from sources s where s.name is not null order by s.id""",
    ),
    (
        "lead",
        """select '/' || id as target, publisher as title, null as lang,
               publisher || char(10) || about || char(10) || bears_on || char(10) || url
               || char(10) || id as text
           from leads order by id""",
    ),
    (
        "snapshot",
        """select '/snapshot/' || sha256 as target,
               coalesce(final_url, document_name, claimed_url, sha256) as title,
               (select language from snapshot_aliases
                where snapshot = sha256 order by case_id, alias limit 1) as lang,
               coalesce(final_url || char(10), '') ||
               coalesce(document_name || char(10), '') ||
               coalesce(claimed_url || char(10), '') || sha256 || char(10) ||
               coalesce(text, '') as text
           from snapshots order by sha256""",
    ),
)
