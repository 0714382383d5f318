"""A typed token and a login: sent, and then nowhere but where they were before.

Every byte is looked through: of the archive (unpacked where it is packed), of the
user's folders, of the folder for temporary files, of what was printed.
"""

import json
import os
import sqlite3
from base64 import b64encode
from itertools import chain
from pathlib import Path

import pytest

from archiver.errors import UnreachedError
from archiver.failures import Failure
from archiver.redacting.redaction import check_value
from archiver.redacting.spellings import Search
from archiver.store import open_archive
from archiver.writer import open_writer, take_attempt
from tests.capturing import plain
from tests.commandline import ROOT, Outcome, done, run, shell
from tests.site import Reset, Site, page, redirect

TOKEN = "tok-5e1f/SECRET+=="  # noqa: S105 - it opens nothing
PATH = f"/story?token={TOKEN}"
COOKIE = "cook1e-of-the-desk"
LOGIN = f"Cookie: session={COOKIE}\n"
WORDS = "Semyon Bazhukov had the status of an asylum seeker in Kazakhstan. " * 20
STORY = page(f"<h1>A story</h1><p>{WORDS}".encode(), "Content-Type: text/html")


@pytest.fixture
def site():
    with Site({PATH: STORY, "/": STORY}) as found:
        yield found


@pytest.fixture
def login(tmp_path):
    file = tmp_path / "login"
    file.write_text(LOGIN)
    file.chmod(0o600)
    return file


def check_nowhere(secret: str, home: Path, *outcomes: Outcome) -> None:
    """Check that a secret stands in no file and in nothing that was printed."""
    places = {str(file): plain(file) for file in home.rglob("*") if file.is_file()}
    for outcome in outcomes:
        places[f"stdout {outcome.code}"] = outcome.stdout.encode()
        places[f"stderr {outcome.code}"] = outcome.stderr.encode()
    assert len(places) > 2 * len(outcomes), "no file was looked through"
    for place, data in places.items():
        search = Search({secret.encode(): "the secret"})
        search.feed(place.encode())
        search.feed(data)
        assert not search.found, place


def capture(archive: Path, site: Site, path: str, *options: str | Path) -> Outcome:
    return run(
        *("capture", site.url(path), "--allow-address", site.address, *options),
        archive=archive,
    )


def statement_of(archive: Path, outcome: Outcome) -> dict:
    """Return the predicate of the statement that a capture printed first."""
    printed = json.loads(outcome.stdout.splitlines()[0])
    statement_id = printed.get("statement") or printed["attempt"]
    shown = json.loads(done("show", statement_id, "--json", archive=archive))
    return shown["predicate"]


def test_a_typed_token_is_in_no_file_and_in_nothing_that_is_printed(archive, site):
    took = capture(archive, site, PATH, "--json")
    assert took.code == 0, took
    assert site.received(PATH).startswith(f"GET {PATH} ".encode())
    said = statement_of(archive, took)
    assert said["redactions"] == ["query key token"]
    assert said["labels"] == []
    assert "redacted-" in said["finalUrl"]
    assert json.loads(took.stdout)["of"] == said["requestedUrl"]
    outcomes = [
        took,
        capture(archive, site, PATH),
        run("list", "snapshots", archive=archive),
        run("show", json.loads(took.stdout)["snapshot"], archive=archive),
        run("release", "-m", "a page", archive=archive),
        run("verify", archive=archive),
        run("publish", "-o", archive.parent / "site.db", archive=archive),
    ]
    assert [each.code for each in outcomes] == [0] * len(outcomes), outcomes
    check_nowhere(TOKEN, archive.parent, *outcomes)


def test_a_typed_token_is_in_no_attempt_and_in_no_error(archive, site):
    outcomes = []
    for answer in (
        [Reset()],
        [f"SSH {TOKEN}\r\n".encode()],
        redirect(f"http://127.0.0.1:1/in?token={TOKEN}"),
        redirect(f"http://10.0.0.1/{TOKEN}?session=abc123"),
        redirect(f"ftp://a/?token={TOKEN}"),
        redirect(f"http://10.0.0.1/next/{b64encode(TOKEN.encode()).decode()}"),
        redirect(f"http://{TOKEN.encode().hex()}.invalid/?next={TOKEN.encode().hex()}"),
    ):
        site.pages[PATH] = answer
        outcomes += [
            capture(archive, site, PATH, "--json"),
            capture(archive, site, PATH, "--retries", "1"),
        ]
    assert {each.code for each in outcomes} == {4}
    said = statement_of(archive, outcomes[0])
    assert "redacted-" in said["requestedUrl"]
    (line,) = said["redactions"]
    assert line.startswith("query key token sha256:")
    outcomes += [run("verify", archive=archive)]
    assert outcomes[-1].code == 0, outcomes[-1]
    attempt = json.loads(outcomes[0].stdout)["attempt"]
    outcomes += [run("show", attempt, archive=archive)]
    assert line in outcomes[-1].stdout
    # An answer is never changed: one that holds the token is kept, and sealed.
    listed = done("list", "snapshots", "--json", archive=archive).splitlines()
    kept = [one for one in map(json.loads, listed) if "no-page" in one["labels"]]
    assert [one["labels"] for one in kept] == [["secret", "no-page"]] * 10
    outcomes += [run("publish", "-o", archive.parent / "site.db", archive=archive)]
    for one in kept:
        stem = one["path"].partition(".")[0]
        for file in archive.glob(f"{stem}.*"):  # an address in it has it in its path
            file.unlink()
    check_nowhere(TOKEN, archive.parent, *outcomes)
    check_nowhere("abc123", archive.parent, *outcomes)


def test_a_url_that_is_none_is_refused_without_its_token(archive):
    for url in (
        f"ftp://a/?token={TOKEN}",
        f"http://a b/?token={TOKEN}",
        f"http://10.0.0.1/?token={TOKEN}",
        f"http://a:22/?token={TOKEN}",
    ):
        outcome = run("capture", url, archive=archive)
        assert outcome.code in (2, 4)
        check_nowhere(TOKEN, archive.parent, outcome)


def test_a_page_that_repeats_the_token_is_sealed_whatever_a_case_says(archive, site):
    site.pages[PATH] = page(
        f"<p>{WORDS}<p>You came from /story?token={TOKEN}.".encode(),
        "Content-Type: text/html",
    )
    took = capture(archive, site, PATH, "--json")
    said = statement_of(archive, took)
    assert said["labels"] == ["secret"]
    assert "stands in record 1 (response)" in said["labelReasons"]["secret"]
    done("release", "-m", "a page", archive=archive)
    database = archive.parent / "site.db"
    done("publish", "-o", database, archive=archive)
    check_nowhere(TOKEN, archive.parent / "state", took)
    assert TOKEN.encode() not in database.read_bytes()
    with sqlite3.connect(database) as connection:
        (sealed,) = connection.execute(
            "select sealed from statements where id = ?",
            (json.loads(took.stdout)["statement"],),
        ).fetchone()
    connection.close()
    assert sealed == 1


def test_a_login_is_sent_and_is_in_no_file_but_its_own(archive, site, login):
    took = capture(archive, site, "/", "--login", login, "--json")
    assert took.code == 0, took
    assert f"Cookie: session={COOKIE}\r\n".encode() in site.received("/")
    said = statement_of(archive, took)
    assert said["labels"] == ["logged-in"]
    assert said["redactions"] == ["request header Cookie"]
    outcomes = [took, run("verify", archive=archive)]
    assert outcomes[1].code == 0
    check_nowhere(COOKIE, archive.parent, *outcomes)


def test_a_login_that_others_can_read_is_not_used(archive, site, login):
    login.chmod(0o644)
    outcome = capture(archive, site, "/", "--login", login)
    assert outcome.code == 5
    assert "has mode 0644, expected 0600" in outcome.stderr
    assert site.count("/") == 0
    check_nowhere(COOKIE, archive.parent, outcome)


@pytest.mark.parametrize("as_list", [False, True])
def test_a_login_is_not_sent_to_the_sites_of_a_list(
    archive, site, login, tmp_path, as_list
):
    with Site({"/": STORY}) as other:
        urls = [site.url("/"), other.url("/")]
        given = urls
        if as_list:
            seeds = tmp_path / "urls.txt"
            seeds.write_text("\n".join(urls))
            given = ["--from", seeds]
        allowed = (("--allow-address", each.address) for each in (site, other))
        outcome = run(
            *("capture", *given, *chain(*allowed), "--login", login), archive=archive
        )
        assert outcome.code == 2
        assert "--login would go to 2 sites" in outcome.stderr
        assert (site.count("/"), other.count("/")) == (0, 0)
    check_nowhere(COOKIE, archive.parent, outcome)


def test_no_temporary_file_is_left_and_the_salts_are_the_owners_alone(
    archive, site, login, tmp_path
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    home = archive.parent
    kinds = ("CONFIG", "STATE", "CACHE", "DATA")
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in kinds}
    outcome = shell(
        *("capture", site.url(PATH), "--allow-address", site.address, "--login", login),
        archive=archive,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            **folders,
            "TMPDIR": str(temporary),
        },
    )
    assert outcome.code == 0, outcome
    assert list(temporary.iterdir()) == []
    check_nowhere(TOKEN, home, outcome)
    check_nowhere(COOKIE, home, outcome)
    salts = home / "state" / "sourcebook" / "redactions.jsonl"
    assert salts.stat().st_mode & 0o777 == 0o600
    kept = {
        each["what"]: each for each in map(json.loads, salts.read_text().splitlines())
    }
    token = kept["query key token"]
    check_value(TOKEN.encode(), bytes.fromhex(token["salt"]), token["commitment"])
    cookie = kept["request header Cookie"]
    value = f"session={COOKIE}".encode()
    check_value(value, bytes.fromhex(cookie["salt"]), cookie["commitment"])


def test_an_attempt_that_no_driver_made_is_signed_without_the_secret(archive):
    writer = open_writer(open_archive(archive), lambda: b"")
    url = f"http://news.example/?token={TOKEN}"
    now = writer.now()
    failure = Failure(url=url, kind="robots", reason=url, started=now, finished=now)
    error = UnreachedError(f"{url}: not asked for", [failure], hint=f"see {url}")
    statement_id = take_attempt(writer, url, error)
    shown = done("show", statement_id, archive=archive)
    assert f"at         {error.requested_url}\n" in shown
    assert str(error) == f"{error.requested_url}: not asked for"
    check_nowhere(TOKEN, archive.parent, Outcome(0, shown, f"{error} {error.hint}"))
