"""Publishing as it is done: the same bytes wherever, and nothing that may not be had.

One archive has a letter of which only quotes are public, a diary that is sealed, and an
article that names somebody who must not be named: in the article, in what was written
about it, in an address, in who supplied it.  Everything that leaves the archive is then
searched for it, in every spelling in which it could be told.
"""

import gzip
import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import pytest

from archiver.deposit import Supplied, draft_deposit
from claims.publish import publish
from tests.newsroom import Newsroom
from tests.publication_client import ask, open_site

NAME = "Åse Høiby"
CYRILLIC = "Осе Хёйбю"
LINES = range(200)
QUOTED = 100  # the line of the letter that is quoted
NEAR = 2  # lines beside it that the context may reach into


def letter_line(number: int) -> str:
    return f"Letter line {number:03}: the third quay was shut to me on day {number}."


def diary_line(number: int) -> str:
    return f"Diary line {number:03}: I was on the quay and saw the ship {number} go."


LETTER = "\n\n".join(map(letter_line, LINES)) + "\n"
DIARY = "\n\n".join(map(diary_line, LINES)) + "\n"
ARTICLE = (
    "Harbour\n\nThe office said that quay three is closed. It was seen by"
    f" {NAME}, who lives at the quay.\n\n{CYRILLIC} сказала то же самое.\n"
)
ADDRESS = f"https://paper.example/{quote(CYRILLIC)}"
ESCAPED = NAME.encode("ascii", "backslashreplace").decode().replace("\\x", "\\u00")

SOURCES = {
    "sources/org/paper.toml": 'names = [{ text = "The Paper", lang = "en" }]\n',
    "sources/person/unnamed-7q2k.toml": f"""\
names = [
  {{ text = "{NAME}", lang = "no" }},
  {{ text = "Høiby", lang = "no" }},
  {{ text = "{CYRILLIC}", lang = "ru" }},
]
naming = "withheld"
note = "lives at the quay"
""",
}
CASE = """\
id       = "quay"
title    = "The quay"
language = "en"

[snapshots.letter]
sha256    = "{letter}"
publisher = "org/paper"
language  = "en"
published = "2026-02-02/.."

[snapshots.the-diary-of-the-clerk]
sha256    = "{diary}"
publisher = "org/paper"
language  = "en"
published = "2026-02-02/.."
access    = "sealed"
reason    = "it would tell who wrote it"

[snapshots.article]
sha256    = "{article}"
publisher = "org/paper"
language  = "en"
published = "2026-02-02/.."
access    = "public"
reason    = "a published article"
"""
LEADS = (
    "id,url,publisher,language,published,about,bears_on\n"
    f"lead/paper-1,{ADDRESS},The Paper,en,2026-02,what {NAME} saw,the closing\n"
)
CLAIM = """\
schema = "sourcebook/claim@1"
id     = "{id}"
case   = "quay"
author = "the desk"
kind   = "fact"
claim  = "{sentence}"
about  = ["org/paper"]
note   = "{note}"

[[evidence]]
id       = "e1"
added    = 2026-02-03
role     = "supports"
snapshot = "{alias}"
lang     = "en"
quote    = '''{quote}'''
zone     = "body"
translation = {{ no = "på norsk: {quote}", by = "machine" }}
chain    = [
  {{ by = "org/paper", snapshot = "{alias}" }},
  {{ by = "person/unnamed-7q2k", lead = "lead/paper-1", knows = "unstated" }},
]

[[wanted]]
what = "the words of {name} herself"
may  = "support"
lead = "lead/paper-1"
"""


def claim(
    number: int, sentence: str, alias: str, words: str, note: str = "none"
) -> str:
    return CLAIM.format(
        id=f"c-0000000{number}",
        sentence=sentence,
        alias=alias,
        quote=words,
        note=note,
        name=NAME,
    )


CLAIMS = {
    "shut": claim(1, "The third quay was shut.", "letter", letter_line(QUOTED)),
    "went": claim(2, "A ship went.", "the-diary-of-the-clerk", diary_line(QUOTED)),
    "seen": claim(
        3,
        f"{NAME} saw that the quay is closed.",
        "article",
        f"It was seen by {NAME}",
        note=f"{NAME.upper()} is written {ESCAPED} too.",
    ),
}


@dataclass(frozen=True)
class Made:
    """The archive, its snapshots by what they are, and a database of its release."""

    root: Path
    letter: str
    diary: str
    article: str
    database: Path


def supply(desk: Newsroom, name: str, text: str, by: str, url: str | None) -> str:
    file = desk.work / name
    file.write_text(text, encoding="utf-8")
    supplied = Supplied(file, by, url, None)
    return desk.store(
        draft_deposit(supplied, desk.work, now=desk.now(), token=desk.token)
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Make the archive and publish it; deposits are ``quotes`` by default."""
    home = tmp_path_factory.mktemp("publishing")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        desk = Newsroom(home / "desk")
        assert desk.archive.config.access.deposits == "quotes"
        hashes = {
            "letter": supply(desk, "letter.txt", LETTER, "a reader", None),
            "diary": supply(desk, "diary.txt", DIARY, "the clerk", None),
            "article": supply(desk, f"{NAME}.txt", ARTICLE, NAME, ADDRESS),
        }
        claims = {
            f"cases/quay/claims/{slug}.toml": text for slug, text in CLAIMS.items()
        }
        case = {"cases/quay/case.toml": CASE.format(**hashes)}
        desk.write({**SOURCES, **case, "cases/quay/leads.csv": LEADS, **claims})
        desk.release_case(f"what {NAME} saw")
        database = publish(desk.archive, home / "site" / "sourcebook.db").path
    return Made(desk.archive.root, database=database, **hashes)


# The same bytes, wherever and however


def run_publish(archive: Path, output: Path, **options: object) -> dict[str, str]:
    """Run the command in a process of its own; return what it says."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sourcebook", "--archive", str(archive)),
            *("publish", "-o", str(output), "--json"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **options,  # type: ignore[call-overload]
    )
    if done.returncode:
        return {"exit": str(done.returncode), "error": done.stderr}
    said: dict[str, str] = json.loads(done.stdout)
    return said


def surroundings(**changed: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | changed


def test_another_folder_clock_language_and_mask_change_no_byte(made, tmp_path):
    copy = tmp_path / "другая папка" / "copy"
    copy.mkdir(parents=True)
    for place in sorted(made.root.rglob("*"), reverse=True):
        if place.is_file():
            to = copy / place.relative_to(made.root)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place, to)
            os.utime(to, (1, 1))
    link = tmp_path / "link"
    link.symlink_to(copy)
    ways = {
        made.root: ({"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}, 0o022),
        link: (
            {"LANG": "tr_TR.UTF-8", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2"},
            0o077,
        ),
    }
    for number, (archive, (environment, umask)) in enumerate(ways.items()):
        cwd = tmp_path / f"cwd-{number}"
        cwd.mkdir()
        output = Path("here", "any name.db")
        said = run_publish(
            archive, output, cwd=cwd, umask=umask, env=surroundings(**environment)
        )
        assert (cwd / output).read_bytes() == made.database.read_bytes(), said


def test_publishing_leaves_the_archive_as_it_was(made, tmp_path):
    before = {place: place.stat().st_mtime_ns for place in made.root.rglob("*")}
    assert "sha256" in run_publish(made.root, tmp_path / "x.db", env=surroundings())
    assert {place: place.stat().st_mtime_ns for place in made.root.rglob("*")} == before


@pytest.mark.parametrize("most", [0, 8192, 200_000])
def test_an_old_database_stays_where_the_disk_takes_no_more(made, tmp_path, most):
    output = tmp_path / "sourcebook.db"
    output.write_bytes(b"the old one")
    assert most < made.database.stat().st_size

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    said = run_publish(made.root, output, env=surroundings(), preexec_fn=full)
    assert said["exit"] == "5"
    assert "sourcebook.db cannot be written" in said["error"]
    assert "Traceback" not in said["error"]
    assert output.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [output]


def test_an_old_database_stays_where_something_is_not_released(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made.root, copy)
    (copy / "cases/quay/claims/more.toml").write_text(CLAIMS["shut"], encoding="utf-8")
    output = tmp_path / "site" / "sourcebook.db"
    output.parent.mkdir()
    output.write_bytes(b"the old one")
    said = run_publish(copy, output, env=surroundings())
    assert said["exit"] == "1"
    assert "cases/quay/claims/more.toml (not-released)" in said["error"]
    assert output.read_bytes() == b"the old one"
    assert list(output.parent.iterdir()) == [output]


# Nothing that may not be had


def spellings(words: str) -> Iterator[bytes]:
    """Yield every way in which a file could tell ``words``."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        data = words.encode(encoding)
        yield data
        yield data.hex().encode()
        yield data.hex().upper().encode()
        for before in range(3):  # base64 at each of its three places
            text = b64encode(b"\0" * before + data)
            yield text[(before * 8 + 5) // 6 : len(data) * 8 // 6]
    yield quote(words).encode()
    yield quote(words).lower().encode()
    escaped = json.dumps(words)[1:-1]
    yield escaped.encode()
    yield re.sub(
        r"\\u\w{4}", lambda each: "\\u" + each[0][2:].upper(), escaped
    ).encode()


def told(data: bytes, words: str) -> list[bytes]:
    """Return the spellings of ``words`` that ``data`` holds."""
    return [each for each in spellings(words) if each in data]


def rows(database: Path, sql: str, *values: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql, values).fetchall()


def test_the_search_for_what_is_told_would_find_it(made):
    data = made.database.read_bytes()
    assert told(data, letter_line(QUOTED))
    assert told(b"x" + b64encode(b"he saw Layla there"), "Layla")
    assert told(json.dumps({"by": CYRILLIC}).encode(), CYRILLIC)
    assert told(ADDRESS.encode(), CYRILLIC)


def test_of_a_letter_the_file_holds_its_quote_and_a_little_beside_it(made):
    data = made.database.read_bytes()
    found = {number for number in LINES if told(data, letter_line(number)[:24])}
    assert QUOTED in found
    assert found <= set(range(QUOTED - NEAR, QUOTED + NEAR + 1))


def test_of_a_sealed_diary_the_file_holds_no_line_and_not_its_hash(made):
    data = made.database.read_bytes()
    assert not [n for n in LINES if told(data, diary_line(n)[:14])]
    for secret in (made.diary, "the-diary-of-the-clerk", "the clerk", "who wrote it"):
        assert told(data, secret) == [], secret
    assert bytes.fromhex(made.diary) not in data


@pytest.mark.parametrize(
    "name", [NAME, NAME.lower(), NAME.upper(), "Høiby", CYRILLIC, CYRILLIC.upper()]
)
def test_a_withheld_name_is_nowhere_in_the_file_in_any_spelling(made, name):
    assert told(made.database.read_bytes(), name) == []


def test_what_was_said_with_the_name_is_there_without_it(made):
    [(sentence,)] = rows(
        made.database, "select claim from claims where id = 'c-00000003'"
    )
    assert sentence == f"{'▒' * len(NAME)} saw that the quay is closed."
    [(text, by)] = rows(
        made.database,
        "select text, supplied_by from snapshots where sha256 = ?",
        made.article,
    )
    assert text == ARTICLE.replace(NAME, "▒" * len(NAME)).replace(
        CYRILLIC, "▒" * len(CYRILLIC)
    )
    assert by == "▒" * len(NAME)


SECRETS = (letter_line(3), letter_line(QUOTED + 50), diary_line(QUOTED), NAME, CYRILLIC)


def plain(data: bytes) -> bytes:
    """Return a body with what is packed or escaped in it as plain bytes too."""
    unpacked = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else b""
    return data + unpacked + unquote_to_bytes(data)


def test_no_file_that_the_site_gives_out_tells_it(made):
    site = open_site(made.database, made.root)
    given = set()
    for place in sorted(made.root.rglob("*")):
        rel = place.relative_to(made.root).as_posix()
        if place.is_file() and ask(site, f"/archive/{quote(rel)}").status_code == 200:
            given.add(rel)
    for rel in given:
        data = plain(made.root.joinpath(rel).read_bytes())
        assert not [each for each in SECRETS if told(data, each)], rel
    for secret in (made.letter, made.diary, made.article, "7q2k", "/went", "/seen"):
        assert not [rel for rel in given if secret in rel]
    assert {"archive.toml", "trust/1/policy", "sources/org/paper.toml"} <= given
    listed = {rel for (rel,) in rows(made.database, "select path from files")}
    assert {rel for rel in given if not rel.startswith("logs/")} == listed


def test_no_page_tells_it_and_no_search_finds_it(made):
    site = open_site(made.database, made.root)
    snapshots = (made.letter, made.diary, made.article)
    paths = [
        *("/", "/case/quay", "/wanted", "/log", "/corrections", "/verify"),
        *(f"/claim/c-0000000{number}" for number in (1, 2, 3)),
        *(f"/snapshot/{each}" for each in snapshots),
        *(f"/snapshot/{each}/{part}" for each in snapshots for part in ("text", "raw")),
        *(f"/snapshot/{each}/records" for each in snapshots),
        *("/source/person/unnamed-7q2k", "/source/org/paper", "/lead/paper-1"),
        *(f"/log/{index}" for index in range(7)),
        *(f"/search?q={quote(each[:20])}" for each in SECRETS),
        *(f"/sourcebook/{table}.json?_size=max" for table in ("quotes", "search")),
    ]
    answers = {path: ask(site, path, follow_redirects=True) for path in paths}
    answers |= {
        f"{path}.json": ask(site, f"{path}.json")
        for path in paths
        if "?" not in path and path != "/"
    }
    for path, answer in answers.items():
        if "/search?q=" not in path:  # which repeats what was asked
            data = plain(answer.content)
            assert not [each for each in SECRETS if told(data, each)], path
    for path in ("/claim/c-00000001", f"/snapshot/{made.article}"):
        assert answers[path].status_code == 200
    for part in ("", "/text", "/raw", "/records"):
        assert answers[f"/snapshot/{made.diary}{part}"].status_code == 404
    for each in (made.letter, made.article):
        assert answers[f"/snapshot/{each}/raw"].status_code == 404
    assert answers[f"/snapshot/{made.letter}/text"].status_code == 404


def test_no_search_finds_what_may_not_be_had(made):
    site = open_site(made.database, made.root)
    for words in ("Letter line 003", "Diary line", "Høiby", "hoiby", "Хёйбю", "clerk"):
        found = ask(site, f"/search.json?q={quote(words)}").json()
        assert found["results"] == [], words
    assert ask(site, "/search.json?q=shut%20to%20me").json()["results"] != []
