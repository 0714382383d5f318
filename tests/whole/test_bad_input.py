"""Bad input, as people give it: one clear error, its exit code, nothing changed."""

import hashlib
import json
import os
import socket
from pathlib import Path

import pytest

from archiver.errors import MalformedError
from archiver.members import MAGIC
from archiver.snapshots import Draft
from archiver.store import open_archive, writing
from archiver.writer import open_writer
from tests.commandline import ROOT, contents, done, ended, refused, run, shell, start
from tests.newsroom import store_snapshot
from tests.site import Site, Stall, page, redirect

STATUS = "cases/a-case/claims/status.toml"
QUOTED = "avait le statut de demandeur d'asile"
UNKNOWN = "deadbeef00"
NEW = ["claim", "new", "a-case/x", "--claim", "A sentence."]


def sha256_of(archive: Path) -> str:
    """Return the SHA-256 of the one snapshot of the made archive."""
    (place,) = archive.glob("snapshots/??/*.warc.gz")
    return place.name.removesuffix(".warc.gz")


def edit(place: Path, old: str, new: str) -> None:
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new, 1), encoding="utf-8")


# Claim files


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ('"the project"', '"the project', 3, f"{STATUS}:4: error C20: no TOML"),
        ('author = "', 'author = "a"\nauthor = "', 3, f"{STATUS}:5: error C20"),
        ('author = "', 'authro = "a"\nauthor = "', 3, "unknown key 'authro'"),
        ("le statut", "le status", 1, f"{STATUS}:15: error C04"),
        ('snapshot = "page"\nlang', 'snapshot = "lead/l"\nlang', 1, "C03"),
    ],
    ids=["typo", "key twice", "unknown key", "a word changed", "lead as evidence"],
)
def test_a_broken_claim_is_told_by_its_line_and_nothing_is_released(
    archive, old, new, code, said
):
    leads = archive / "cases/a-case/leads.csv"
    row = "lead/l,https://a.example/,org/outlet,fr,2026-02-02,,\n"
    leads.write_text(leads.read_text() + row)
    edit(archive / STATUS, old, new)
    before = contents(archive)
    checked = run("claim", "check", "a-case/status", archive=archive)
    assert (checked.code, checked.errors) == (code, [])
    first = checked.stdout.splitlines()[0]
    assert first.startswith(f"{STATUS}:")
    assert said in first
    assert "expected" in first
    refused(shell("release", "-m", "x", archive=archive), 1, f"{STATUS}:", "the first")
    assert contents(archive) == before


def test_each_finding_is_one_object_a_line(archive):
    edit(archive / STATUS, 'author = "', 'authro = "a"\nauthor = "')
    outcome = run("claim", "check", "--json", archive=archive)
    (line,) = outcome.stdout.splitlines()
    found = json.loads(line)
    assert (found["place"], found["hint"]) == (f"{STATUS}:4", "did you mean 'author'?")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--claim", ""], "claim is ''"),
        (["--about", "somebody"], "a source is 'somebody'"),
        (["--snapshot", "9d"], "go together"),
        (["--snapshot", "9d", "--quote", "x"], "the id is '9d'"),
        (["--publisher", "org/../../../evil"], "a source is 'org/../../../evil'"),
        (["--alias", "A B"], "the alias is 'A B'"),
        (["--published", "soon"], "'soon' is no date"),
        (["--lang", "french!"], "a language tag"),
        (["--language", "french!"], "a language tag"),
    ],
)
def test_what_cannot_stand_in_a_claim_file_is_refused_and_nothing_is_written(
    archive, options, said
):
    before = contents(archive.parent)
    quoted = ["--snapshot", sha256_of(archive), "--quote", QUOTED]
    words = options if "--snapshot" in options else [*quoted, *options]
    claim = [] if "--claim" in options else ["--claim", "A sentence."]
    outcome = run("claim", "new", "b-case/new", *claim, *words, archive=archive)
    refused(outcome, 2, said)
    assert contents(archive.parent) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--again"], "give one with --from"),
        (["--also-timeout", "9"], "say --also wayback"),
    ],
)
def test_an_option_without_what_it_is_of_is_refused(archive, words, said):
    before = contents(archive)
    refused(run("capture", "https://a.example/", *words, archive=archive), 2, said)
    assert contents(archive) == before


@pytest.mark.parametrize("url", ["foo", "example.org/a", "https://", "http:///a", ""])
def test_where_a_deposit_is_said_to_be_from_is_a_whole_address(archive, url):
    before = contents(archive)
    words = ("deposit", archive.parent / "page.html", "--source", "x", "--url", url)
    refused(run(*words, archive=archive), 2, "expected a whole address")
    assert contents(archive) == before


@pytest.mark.parametrize("place", ["no-slash", "A/b", "../x/y", "a-case/B", "a/b/c"])
def test_a_claims_place_is_a_case_and_a_slug(archive, place):
    refused(run("claim", "new", place, "--claim", "x", archive=archive), 2, "expected")


def test_a_claim_is_not_written_over(archive):
    before = contents(archive)
    outcome = run("claim", "new", "a-case/status", "--claim", "x", archive=archive)
    refused(outcome, 5, STATUS, "is there already", "hint")
    assert contents(archive) == before


def test_a_damaged_case_file_is_named_and_not_added_to(archive):
    place = archive / "cases/a-case/case.toml"
    place.write_bytes(place.read_bytes() + b"\xff")
    before = contents(archive)
    words = ["--claim", "x", "--snapshot", sha256_of(archive), "--quote", QUOTED]
    outcome = run("claim", "new", "a-case/new", *words, archive=archive)
    refused(outcome, 3, "cases/a-case/case.toml", "UTF-8")
    assert contents(archive) == before


# WARC files


@pytest.fixture
def cut(archive: Path) -> Path:
    """Return a WARC that was cut short in its second record."""
    (whole,) = archive.glob("snapshots/??/*.warc.gz")
    data = whole.read_bytes()
    place = archive.parent / "cut.warc.gz"
    place.write_bytes(data[: data.index(MAGIC, 1) + 40])
    return place


def test_a_warc_cut_short_is_told_by_its_record_and_byte(archive, cut):
    offset = cut.stat().st_size - 40
    outcome = shell("verify", cut, archive=archive)
    refused(
        outcome, 3, f"{cut}: record 1 at byte {offset}", "ends inside a gzip member"
    )
    assert outcome.stdout == ""


def test_each_file_is_verified_though_one_before_it_is_broken(archive, cut):
    (whole,) = archive.glob("snapshots/??/*.warc.gz")
    empty = archive.parent / "empty.warc"
    empty.write_bytes(b"")
    outcome = run("verify", cut, whole, empty, "--json")
    assert (outcome.code, len(outcome.errors)) == (3, 2)
    assert json.loads(outcome.stdout) == {
        "file": str(whole),
        "sha256": sha256_of(archive),
        "records": 3,
        "withoutDigest": 0,
    }


def test_a_warc_cut_short_is_kept_as_supplied_with_the_reason(archive, cut, findings):
    outcome = run("deposit", cut, "--source", "a reader", "--json", archive=archive)
    taken = json.loads(outcome.stdout)
    assert (outcome.code, taken["outcome"]) == (0, "malformed")
    assert "record 1" in taken["reason"]
    assert "record 1" in outcome.stderr
    assert "No quote can be anchored in it" in outcome.stderr
    shown = json.loads(done("show", taken["snapshot"], "--json", archive=archive))
    assert (shown["reason"], shown["records"]) == (taken["reason"], 1)
    kept = archive / shown["path"]
    assert kept.read_bytes() == cut.read_bytes()
    assert [each for each in findings(archive) if each["severity"] == "error"] == []
    told = run("quote", taken["snapshot"], "words", archive=archive)
    refused(told, 1, "not-searchable")


def test_the_same_file_twice_is_refused_the_second_time(archive, cut):
    done("deposit", cut, "--source", "a reader", archive=archive)
    before = contents(archive)
    outcome = run("deposit", cut, "--source", "a reader", archive=archive)
    refused(outcome, 5, "in the archive already", "hint")
    assert contents(archive) == before


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("nothing.txt", b"", "is empty"), ("bad\nname.txt", b"x", "cannot be signed")],
)
def test_what_cannot_be_a_document_is_refused(archive, name, data, said):
    place = archive.parent / name
    place.write_bytes(data)
    before = contents(archive)
    refused(run("deposit", place, "--source", "a", archive=archive), 3, said)
    assert contents(archive) == before


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_where_one_file_is_none_no_file_is_deposited(archive, name):
    before = contents(archive)
    words = [archive.parent / "page.html", archive.parent / name, "--source", "a"]
    refused(run("deposit", *words, archive=archive), 2, name)
    assert contents(archive) == before


def test_who_supplied_it_must_be_said(archive):
    words = ["deposit", archive.parent / "page.html", "--source"]
    refused(run(*words, " ", archive=archive), 2, "--source is empty")
    refused(run(*words[:2], archive=archive), 2, "--source")


def test_a_capture_of_ours_that_cannot_be_read_again_is_never_stored(archive, cut):
    writer = open_writer(open_archive(archive), lambda: b"")
    before = contents(archive)
    draft = Draft(cut, ".warc.gz", {"custody": "observed"}, 1)
    with (
        writing(writer.archive),
        pytest.raises(MalformedError, match="record 1 at byte"),
    ):
        store_snapshot(
            writer.archive, draft, writer.operator, on=writer.on, token=writer.token
        )
    assert contents(archive) == before


# URLs


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("notaurl", "has the scheme ''"),
        ("ftp://a.example/", "'ftp'"),
        ("http://", "host"),
        ("http://a.example/ b", "holds ' '"),
        ("http://me:secret@a.example/", "user"),
        ("http://a.example:22/", "port 22"),
        ("http://[::1/", "is no URL"),
    ],
)
def test_a_url_that_is_none_is_a_mistake_of_usage(archive, url, said):
    before = contents(archive.parent)
    outcome = run("capture", "https://a.example/", url, archive=archive)
    refused(outcome, 2, said)
    assert "secret" not in outcome.stderr
    assert contents(archive.parent) == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("--timeout", value) for value in ("nan", "inf", "0", "-1", "x")],
        *[("--max-bytes", value) for value in ("0", "-1", "1e3", "9" * 30)],
        *[("--allow-address", value) for value in ("localhost:80", "127.0.0.1", "::1")],
        ("--ca-file", "/absent"),
    ],
)
def test_bounds_and_addresses_are_looked_at_before_anything_is_asked(
    archive, option, value
):
    words = ["capture", "https://a.example/", option, value]
    refused(run(*words, archive=archive), 2, value.rpartition(":")[0] or value)


def attempted(outcome, archive, kind, *words, ways=0):
    """Check that a capture came to nothing, and is in the archive as an attempt.

    ``ways``: how many snapshots of what came on the way there are beside it.
    """
    assert outcome.code == 4
    assert all(word in outcome.stderr for word in words)
    assert "Traceback" not in outcome.stderr
    told = json.loads(outcome.stdout)
    assert told["failure"] == kind
    found = json.loads(done("show", told["attempt"], "--json", archive=archive))
    assert found["type"] == "attempt"
    taken = [name for name in contents(archive) if name.endswith(".warc.gz")]
    assert len(taken) == 1 + ways  # one that every archive here begins with


def test_a_server_that_refuses_is_kept_as_an_attempt_alone(archive, findings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        words = ["capture", f"http://{address}/", "--allow-address", address, "--json"]
        outcome = shell(*words, archive=archive)
    attempted(outcome, archive, "connect", address, "refused")
    assert [each for each in findings(archive) if each["severity"] == "error"] == []


def test_a_server_that_stalls_is_kept_as_an_attempt_alone(archive):
    with Site({"/": [Stall()]}) as site:
        words = [site.url("/"), "--allow-address", site.address, "--timeout", "0.5"]
        outcome = run("capture", *words, "--json", archive=archive)
    attempted(outcome, archive, "timeout", site.url("/"), "time")


def test_a_redirect_to_this_machine_is_not_followed_and_is_an_attempt(archive):
    with Site({"/": page(b"secret")}) as inner:
        to = f"http://127.0.0.1:{inner.port}/"
        with Site({"/": redirect(to)}) as outer:
            words = [outer.url("/"), "--allow-address", outer.address, "--json"]
            outcome = run("capture", *words, archive=archive)
        assert inner.count("/") == 0
    attempted(outcome, archive, "refused-address", to, "127.0.0.1", ways=1)


def test_a_transfer_that_is_cut_is_kept_as_such_and_exits_4(archive, findings):
    half = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"]
    with Site({"/": half}) as site:
        words = ["capture", site.url("/"), "--allow-address", site.address, "--json"]
        outcome = run(*words, archive=archive)
        allowed = run(*words, "--allow-partial", archive=archive)
    assert (outcome.code, allowed.code) == (4, 0)
    assert json.loads(outcome.stdout)["outcome"] == "truncated"
    assert "It is kept, as such" in outcome.stderr
    assert [each for each in findings(archive) if each["severity"] == "error"] == []


def test_the_other_urls_are_captured_though_one_is_not_reached(archive):
    with Site({"/": page(b"a page", "Content-Type: text/plain")}) as site:
        allowed = ["--allow-address", site.address, "--json"]
        urls = [site.url("/absent"), site.url("/")]
        outcome = run("capture", *urls, *allowed, archive=archive)
    assert (outcome.code, len(outcome.errors)) == (4, 1)
    tried, taken = map(json.loads, outcome.stdout.splitlines())
    assert (tried["of"], tried["failure"]) == (urls[0], "no-response")
    assert (taken["of"], taken["outcome"]) == (urls[1], "complete")


# Ids and quotes


@pytest.mark.parametrize(
    "words",
    [
        ["show", UNKNOWN],
        ["show", "c-00000000"],
        ["show", "person/nobody"],
        ["show", "lead/nothing"],
        ["cite", UNKNOWN],
        ["cite", "c-00000000"],
        ["quote", UNKNOWN, "words"],
        ["verify", UNKNOWN],
        ["verify", "c-00000000"],
        ["claim", "show", "a-case/nothing"],
        ["claim", "check", "nothing"],
        [*NEW, "--quote", "y", "--snapshot", UNKNOWN],
        ["log", "proof", UNKNOWN],
        ["log", "proof", "99"],
    ],
    ids=" ".join,
)
def test_what_names_nothing_in_the_archive_exits_1(archive, words):
    before = contents(archive)
    refused(run(*words, archive=archive), 1)
    assert contents(archive) == before


@pytest.mark.parametrize(
    "words",
    [
        ["show", "9d"],
        ["show", "g" * 64],
        ["show", "a/b/c"],
        ["show", "A/b"],
        ["quote", "9d", "words"],
        ["verify", "9d"],
        ["verify", "absent.warc"],
        ["verify", "person/nobody"],
        ["verify", "--trust", "sha256:zz"],
        ["verify", "--trust", "/absent"],
        ["log", "proof", "9d"],
        ["log", "resume", "--head", "zz"],
        ["list", "everything"],
        ["release", "-m", " "],
        ["release"],
        ["nothing"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_what_is_no_id_and_no_word_of_ours_exits_2(archive, words):
    before = contents(archive)
    refused(run(*words, archive=archive), 2)
    assert contents(archive) == before


def alike(digits: int) -> tuple[bytes, bytes]:
    """Find two contents whose SHA-256 begin with the same digits, by their number."""
    seen: dict[str, bytes] = {}
    number = 0
    while True:
        data = b"%d" % number
        begins = hashlib.sha256(data).hexdigest()[:digits]
        if begins in seen:
            return seen[begins], data
        seen[begins] = data
        number += 1


def test_an_id_that_two_things_begin_with_is_told_with_both(archive):
    ids = []
    for data in alike(8):
        place = archive.parent / f"{data.decode()}.wacz"
        place.write_bytes(data)
        done("deposit", place, "--source", "a reader", archive=archive)
        ids.append(hashlib.sha256(data).hexdigest())
    for words in (["show"], ["cite"], ["verify"]):
        refused(run(*words, ids[0][:8], archive=archive), 1, *ids, "more of its digits")
    assert json.loads(done("show", ids[0], "--json", archive=archive))["path"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([""], 2, "is empty"),
        (["  "], 2, "is empty"),
        ([], 2, "expected SNAPSHOT and WORDS"),
        (["a", "b"], 2, "expected SNAPSHOT and WORDS"),
        (["avait le status"], 1, "changed"),
        (["quite another thing"], 1, "absent (nowhere): nothing in the page is like"),
        (["demandeur", "--prefix", "nobody"], 1, "changed (context)"),
    ],
)
def test_words_that_cannot_be_anchored_are_refused_with_the_reason(
    archive, words, code, said
):
    refused(run("quote", sha256_of(archive), *words, archive=archive), code, said)


def test_a_quote_that_stands_twice_is_told_with_its_places(archive):
    place = archive.parent / "twice.txt"
    place.write_text("we said yes, and yes it was")
    taken = done("deposit", place, "--source", "a", "--json", archive=archive)
    for words in ([json.loads(taken)["snapshot"]], ["--text", place]):
        outcome = run("quote", *words, "yes", archive=archive)
        refused(outcome, 1, "several places (at 8, 17)", "--prefix or --suffix")
        assert "at 8: we said [yes], and yes it was\n" in outcome.stderr
        assert "at 17: we said yes, and [yes] it was\n" in outcome.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--quote", "quite another thing"], 1, "the quote is absent"),
        (["--quote", "avait le status"], 1, "the quote is changed"),
        (["--quote", "Semyon", "--prefix", "nobody"], 1, "changed (context)"),
        (["--quote", " "], 2, "is empty"),
    ],
)
def test_no_claim_is_written_on_a_quote_that_does_not_stand(archive, words, code, said):
    before = contents(archive)
    new = ("claim", "new", "a-case/new", "--claim", "A sentence.")
    snapshot = ("--snapshot", sha256_of(archive))
    refused(run(*new, *snapshot, *words, archive=archive), code, said)
    assert contents(archive) == before


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [(["tut"], 1, "changed"), (["zzz"], 1, "absent"), (["Une page"], 0, "exact")],
)
def test_quoting_in_a_text_file_needs_no_archive(
    archive, monkeypatch, words, code, status
):
    monkeypatch.chdir(archive.parent)
    outcome = run("quote", "--text", "page.html", *words, "--json")
    assert outcome.code == code
    assert json.loads(outcome.stdout)["status"] == status


@pytest.mark.parametrize("words", [["absent.txt", "a"], [".", "a"], ["page.html"]])
def test_a_text_file_to_quote_from_is_there_and_the_words_too(
    archive, monkeypatch, words
):
    monkeypatch.chdir(archive.parent)
    refused(run("quote", "--text", *words), 2)
    refused(run("quote", "--text", "page.html", "a", "b"), 2, "expected WORDS, once")


# What is not released, and where a database may lie


def test_what_is_not_released_is_not_published_but_as_a_draft(archive):
    edit(archive / STATUS, "held", "had")
    target = archive.parent / "site" / "sourcebook.db"
    refused(run("publish", "-o", target, archive=archive), 1, STATUS, "release")
    assert not target.exists()
    done("publish", "-o", target, "--draft", archive=archive)
    assert target.exists()


def test_no_output_lies_in_the_archive(archive):
    before = contents(archive)
    target = archive / "site" / "sourcebook.db"
    refused(run("publish", "-o", target, archive=archive), 5, str(target), "outside")
    assert contents(archive) == before


# Bytes that are no text, and outputs that fail


def test_an_argument_that_is_no_text_is_a_mistake_of_usage(archive):
    for words in (["release", "-m", b"\xff"], ["init", b"\xff", "--no-passphrase"]):
        refused(shell(*map(os.fsdecode, words), archive=archive), 2, "\\udcff")


def test_a_file_whose_name_is_no_text_is_not_a_traceback(archive):
    place = archive.parent / os.fsdecode(b"l\xff.txt")
    place.write_text("a letter")
    refused(shell("deposit", place, "--source", "x", archive=archive), 3, "\\udcff")


@pytest.mark.parametrize("verb", [["list"], ["verify", "--json"], ["claim", "check"]])
def test_a_closed_pipe_ends_a_command_quietly(archive, verb):
    edit(archive / STATUS, "le statut", "le status")
    read, write = os.pipe()
    os.close(read)
    outcome = ended(start(*verb, archive=archive, stdout=write))
    os.close(write)
    assert (outcome.code, outcome.stderr) == (1, "")


def test_an_output_that_is_full_is_told(archive):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        outcome = ended(start("list", archive=archive, stdout=full))
    refused(outcome, 1, "the output cannot be written", "No space left")


@pytest.mark.parametrize("encoding", ["cp1251", "latin-1", "utf-8"])
def test_json_is_json_whatever_the_terminal_can_show(archive, encoding):
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    words = ["claim", "show", "c-7k3m9q2p"]
    given = {"env": env, "encoding": encoding}
    told = shell(*words, "--json", archive=archive, **given)
    assert json.loads(told.stdout)["evidence"][0]["quotes"] == [
        "Semyon Bazhukov avait le statut de demandeur d'asile"
    ]
    assert shell(*words, archive=archive, **given).code == 0
