"""Snapshots, statements and the log as data; and the commands on their pages."""

import html
import re
import sqlite3
import subprocess

import pytest

from claims.record_pages import complete, mark_quotes
from claims.rows import NoPageError, OtherAddressError
from tests.publication_client import ask, open_site
from tests.publication_fixture import SCHEMA


@pytest.fixture
def two():
    """Return a database of two snapshots whose hashes begin alike."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA.read_text())
    connection.execute("pragma foreign_keys = off")
    for last in "ab":
        connection.execute(
            "insert into snapshots (sha256, path, length, statement, access, custody,"
            " custody_said, tool, record_count, records_root)"
            " values (?, '', 0, '', 'public', 'supplied', 'supplied', '', 0, '')",
            ("0123456789" + last * 54,),
        )
    yield connection
    connection.close()


def test_a_whole_hash_is_itself(two):
    whole = "0123456789" + "a" * 54
    assert complete(two, "snapshot", whole) == whole


@pytest.mark.parametrize("digits", ["0123456789a", "0123456789" + "A" * 54])
def test_a_unique_beginning_has_another_address(two, digits):
    with pytest.raises(OtherAddressError) as caught:
        complete(two, "snapshot", digits)
    assert caught.value.path == "0123456789" + "a" * 54


@pytest.mark.parametrize(
    ("digits", "message"),
    [
        ("0123456", "is too short: a snapshot is named by at least 8 digits"),
        ("01234567", "Several snapshots begin with 01234567"),
        ("ffffffff", "There is no snapshot ffffffff"),
        ("0123456789" + "a" * 55, "There is no snapshot"),
    ],
)
def test_any_other_beginning_is_told(two, digits, message):
    with pytest.raises(NoPageError, match=message):
        complete(two, "snapshot", digits)


def test_quotes_that_overlap_are_cut_at_every_edge():
    spans = [
        {"claim": "c-a", "start": 1, "end": 4},
        {"claim": "c-b", "start": 3, "end": 5},
    ]
    assert mark_quotes("abcdef", spans) == [
        {"text": "a", "claims": []},
        {"text": "bc", "claims": ["c-a"]},
        {"text": "d", "claims": ["c-a", "c-b"]},
        {"text": "e", "claims": ["c-b"]},
        {"text": "f", "claims": []},
    ]
    assert mark_quotes("", []) == []


def commands(page):
    """Return the blocks of commands on a page, as a reader copies them."""
    blocks = re.findall(
        r'<pre class="commands"[^>]*><code>(.*?)</code>', page, re.DOTALL
    )
    return [html.unescape(block) for block in blocks]


def run(script, folder):
    """Run a script as it stands on the page, but for downloading."""
    script = re.sub(r"^(SITE=|curl ).*\n", "", script, flags=re.MULTILINE)
    return subprocess.run(
        ["sh", "-e"],
        input=script,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_commands_of_an_entry_give_its_leaf_hash(shipped_site, tmp_path):
    entry = ask(shipped_site, "/log/2.json").json()["entry"]
    block = commands(ask(shipped_site, "/log/2").text)[0]
    assert run(block, tmp_path).split()[0] == entry["leaf_hash"]
    assert (tmp_path / "entry").read_text() == entry["entry"]


@pytest.mark.needs("openssl")
def test_the_commands_of_a_statement_check_its_signature(shipped_site, tmp_path):
    statement = ask(shipped_site, "/log/2.json").json()["entry"]["statement"]
    page = ask(shipped_site, f"/statement/{statement}").text
    block = commands(page)[-1]
    path = re.search(r'"\$SITE(/archive/[^"]+)"', block)[1]
    (tmp_path / "statement.json").write_bytes(ask(shipped_site, path).content)
    out = run(block, tmp_path)
    assert out.split()[0] == statement
    assert "Signature Verified Successfully" in out
    changed = (
        (tmp_path / "statement.json").read_text().replace('"sig":"', '"sig":"AAAA')
    )
    (tmp_path / "statement.json").write_text(changed)
    with pytest.raises(subprocess.CalledProcessError):
        run(block, tmp_path)


def test_the_commands_of_a_snapshot_give_the_hash_that_is_its_address(
    shipped_site, tmp_path
):
    claim = ask(shipped_site, "/claim/c-aa9vzf4n.json").json()
    sha = claim["evidence"][0]["snapshot"]
    block = commands(ask(shipped_site, f"/snapshot/{sha}").text)[1]
    path = re.search(r'"\$SITE(/archive/[^"]+)"', block)[1]
    (tmp_path / "snapshot").write_bytes(ask(shipped_site, path).content)
    assert run(block, tmp_path).split()[0] == sha


def test_the_statement_of_a_sealed_snapshot_shows_entry_and_receipt_only(harbour_site):
    entry = ask(harbour_site, "/log/3.json").json()["entry"]
    assert entry["sealed"] == 1
    page = ask(harbour_site, f"/statement/{entry['statement']}").text
    assert "withheld by the operator, not checkable here" in page
    assert "tlog-proof" in page
    assert "in-toto" not in page


def test_a_statement_by_a_key_that_is_none_of_ours_says_so(harbour_database, edit_copy):
    site = open_site(edit_copy(harbour_database, "delete from signers"))
    entry = ask(site, "/log/1.json").json()["entry"]
    page = ask(site, f"/statement/{entry['statement']}").text
    assert "not one of this archive’s signers" in page
