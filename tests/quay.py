"""A case for tests of what is published: every access level, and what must stay in."""

import json
import sqlite3
from base64 import b64decode
from contextlib import closing

NAME = "Layla Haddad"
PAGE = "Titre\n\nLe quai trois est fermé depuis dimanche, dit le port.\n"
MINUTES = "The third quay is shut. " + "Nobody may read this line. " * 20
LETTER = "I saw that the quay was open, and I was there.\n"
DIARY = f"Monday. {NAME} saw the quay from her window.\n"
SENSITIVE = "A clerk of the harbour is accused of a crime."
SOURCES = {
    "sources/org/port.toml": 'names = [{ text = "Le port", lang = "fr" }]\n',
    "sources/person/unnamed-7q2k.toml": (
        f'names = [{{ text = "{NAME}", lang = "en" }}]\nnaming = "withheld"\n'
        'note = "Lives at the quay."\n'
    ),
}
LEADS = (
    "id,url,publisher,language,published,about,bears_on\n"
    "lead/radio-1,https://radio.example/1,Radio,en,2026-02,the quay,the closing\n"
)
CLAIM = """\
schema = "sourcebook/claim@1"
id     = "{id}"
case   = "quay"
author = "the desk"
kind   = "fact"
claim  = "{sentence}"
about  = ["org/port"]
{more}
[[evidence]]
id       = "e1"
added    = 2026-02-03
role     = "{role}"
snapshot = "{alias}"
lang     = "en"
quote    = '''{quote}'''
zone     = "body"
translation = {{ fr = "en français: {quote}", by = "machine" }}
chain    = [
  {{ by = "org/port", snapshot = "{alias}" }},
  {{ by = "person/unnamed-7q2k", lead = "lead/radio-1", knows = "unstated" }},
]
"""
CASE = """\
id       = "quay"
title    = "The quay"
language = "en"
"""
ALIAS = """
[snapshots.{alias}]
sha256    = "{sha256}"
publisher = "org/port"
language  = "en"
published = "2026-02-02/.."
"""


def claim(number, sentence, alias, quote, **more):
    """Return a claim file with one piece of evidence."""
    words = {"sentence": sentence, "alias": alias, "quote": quote}
    other = {"role": "supports", "more": ""} | more
    return CLAIM.format(id=f"c-0000000{number}", **words, **other)


CLAIMS = {
    "closed": claim(
        1,
        "The port says that the third quay is closed.",
        "page",
        "Le quai trois est fermé",
        more='related = [{ claim = "c-00000004", as = "same-event" }]',
    ),
    "shut": claim(2, "The third quay is shut.", "minutes", "The third quay is shut"),
    "open": claim(
        3, "The third quay is open.", "letter-from-inside", "the quay was open"
    ),
    "d": claim(4, SENSITIVE, "page", "depuis dimanche, dit", more='sensitive = "why"'),
    "seen": claim(
        5, "The quay was seen.", "diary", f"{NAME} saw the quay", role="context"
    ),
}


def fill(desk, order=1):
    """Write the whole case; ``order`` -1 writes the files the other way round."""
    hashes = {
        alias: desk.deposit(f"{alias[0]}.txt", text.encode())
        for alias, text in (
            ("page", PAGE),
            ("minutes", MINUTES),
            ("letter-from-inside", LETTER),
            ("diary", DIARY),
        )
    }
    access = {
        "page": 'access = "public"\nreason = "a public page"\n',
        "diary": 'access = "public"\nreason = "she allowed it"\n',
        "letter-from-inside": 'access = "sealed"\nreason = "a source"\n',
    }
    case = CASE + "".join(
        ALIAS.format(alias=alias, sha256=sha256) + access.get(alias, "")
        for alias, sha256 in hashes.items()
    )
    files = {
        **SOURCES,
        "cases/quay/case.toml": case,
        "cases/quay/leads.csv": LEADS,
        **{f"cases/quay/claims/{slug}.toml": text for slug, text in CLAIMS.items()},
    }
    desk.write(dict(list(files.items())[::order]))
    return hashes


def rows(place, sql, *values):
    """Return the rows of a query of a database file."""
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute(sql, values).fetchall()


def everything(place):
    """Return all that the file holds, with what is in it as base64 decoded too."""
    data = place.read_bytes()
    for (bundle,) in rows(place, "select bundle from statements where bundle notnull"):
        data += b64decode(json.loads(bundle)["dsseEnvelope"]["payload"])
    return data
