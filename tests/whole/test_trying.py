"""What was tried and did not come: signed, logged, verified, shown, and no evidence."""

import json
from pathlib import Path

import pytest

from archiver.attempts import attempt_subject
from archiver.holdings import read_statements
from archiver.log import add_pending
from archiver.statements import Statement, format_bundle, sign_statement
from archiver.store import batch, open_archive, statement_file, writing
from archiver.trust import read_trust
from archiver.writer import open_writer
from tests.authority import Authority
from tests.capturing import block, records
from tests.commandline import done, refused, run
from tests.site import Site, Stall, page, redirect
from tests.whole.conftest import write_case


@pytest.fixture
def listening():
    """Return a site, whose pages the test gives."""
    with Site({}) as site:
        yield site


def closed() -> tuple[str, str]:
    """Return the URL and the address of a place where nobody listens."""
    with Site({}) as site:
        return site.url("/gone"), site.address


def try_to_capture(archive: Path, url: str, *options: str) -> dict:
    """Capture what does not come; return what was printed of it."""
    outcome = run("capture", url, "--json", *options, archive=archive)
    refused(outcome, 4, url)
    (printed,) = map(json.loads, outcome.stdout.splitlines())
    return printed


def attempts(archive: Path) -> list:
    opened = open_archive(archive)
    return [
        each
        for each in read_statements(opened, read_trust(opened))
        if each.statement.type == "attempt"
    ]


def check_kept(archive: Path, printed: dict, kind: str, **way: str) -> None:
    """Check that an attempt is signed, logged, and holds; and that a person sees it."""
    (stored,) = attempts(archive)
    assert printed == {
        "attempt": stored.id,
        "failure": kind,
        "of": stored.statement.predicate["requestedUrl"],
        **way,
    }
    assert stored.index is not None
    assert "1 attempt," in done("verify", archive=archive)
    assert "1 attempt," in done("verify", stored.id[:12], archive=archive)
    shown = done("show", stored.id[:12], archive=archive)
    assert f"attempt    {stored.id}, entry {stored.index}\n" in shown
    assert f"\nat         {printed['of']}\n" in shown
    assert f"{kind}: " in shown
    assert "evidence of the attempt alone" in shown
    listed = done("list", "statements", archive=archive)
    assert f"{stored.id}  entry {stored.index}  attempt\n" in listed
    as_json = json.loads(done("show", stored.id, "--json", archive=archive))
    assert as_json["predicate"]["failures"][-1]["failure"] == kind


def test_a_name_that_does_not_resolve(archive):
    printed = try_to_capture(archive, "https://nowhere.invalid/page")
    check_kept(archive, printed, "dns")


def test_a_place_where_nobody_listens(archive):
    url, address = closed()
    printed = try_to_capture(archive, url, "--allow-address", address)
    check_kept(archive, printed, "connect")


def test_a_certificate_that_nobody_vouches_for(archive, tmp_path):
    authority = Authority(tmp_path)
    with Site({"/": page(b"hi")}, tls=authority.server("127.0.0.1")) as site:
        allow = ("--allow-address", site.address)
        printed = try_to_capture(archive, site.url(), *allow)
        assert site.count("/") == 0
        check_kept(archive, printed, "tls")
        (stored,) = attempts(archive)
        (failure,) = stored.statement.predicate["failures"]
        assert "certificate does not verify" in failure["reason"]
        assert failure["answers"] == ["127.0.0.1"]
        done(
            "capture",
            site.url(),
            *allow,
            "--ca-file",
            tmp_path / "root.pem",
            archive=archive,
        )


def test_a_server_that_says_nothing_in_time(archive, listening):
    listening.pages["/"] = [Stall()]
    options = ("--allow-address", listening.address, "--timeout", "0.5")
    printed = try_to_capture(archive, listening.url(), *options)
    check_kept(archive, printed, "timeout")


def test_a_server_that_closes_without_a_response(archive, listening):
    listening.pages["/"] = [b"HTTP/1.1 200"]
    options = ("--allow-address", listening.address, "--retries", "1")
    printed = try_to_capture(archive, listening.url(), *options)
    check_kept(archive, printed, "no-response")
    (stored,) = attempts(archive)
    first, second = stored.statement.predicate["failures"]
    assert first["startedOn"] <= first["finishedOn"] <= second["startedOn"]
    assert (first["peer"], first["bytesReceived"]) == ("127.0.0.1", 12)


def test_a_redirect_to_an_inner_address(archive, listening):
    listening.pages["/"] = redirect("http://10.0.0.1/")
    printed = try_to_capture(
        archive, listening.url(), "--allow-address", listening.address
    )
    check_kept(archive, printed, "refused-address", snapshot=printed["snapshot"])


def test_what_came_on_the_way_to_no_page_is_a_snapshot_and_nothing_to_quote(
    archive, listening
):
    listening.pages["/"] = redirect("/")
    allow = ("--allow-address", listening.address)
    printed = try_to_capture(archive, listening.url(), *allow)
    way = printed["snapshot"]
    check_kept(archive, printed, "redirects", snapshot=way)
    (stored,) = attempts(archive)
    assert stored.statement.predicate["snapshot"] == way
    told = done("show", stored.id, archive=archive)
    assert f"\ncame       {way}: a snapshot of what came on the way\n" in told
    kept = json.loads(done("show", way, "--json", archive=archive))
    assert (kept["mainRecord"], kept["text"]) == (None, None)
    assert (kept["labels"], kept["outcome"]) == (["no-page"], "complete")
    file = archive / f"snapshots/{way[:2]}/{way}.warc.gz"
    came = [
        block(file, each.index) for each in records(file) if each.type == "response"
    ]
    assert came == [listening.sent("/", turn) for turn in range(21)]
    shown = done("show", way, archive=archive)
    assert "none: it came to no page" in shown
    assert "none: nothing in it can be quoted" in shown
    assert "more than 20 redirects" in shown
    refused(run("quote", way, "moved", archive=archive), 1, "no text layer")


def test_an_inner_address_that_is_typed_was_not_tried_and_leaves_nothing(archive):
    refused(run("capture", "http://10.0.0.1/", archive=archive), 4, "is an inner or")
    assert attempts(archive) == []


def test_without_the_log_key_an_attempt_waits_for_it(archive):
    (key,) = archive.parent.glob("config/sourcebook/keys/*/log")
    key.rename(key.with_name("away"))
    url, address = closed()
    try_to_capture(archive, url, "--allow-address", address)
    (stored,) = attempts(archive)
    assert stored.index is None
    assert "waits for the log" in done("show", stored.id, archive=archive)
    outcome = run("verify", archive=archive)
    assert (outcome.code, "pending" in outcome.stdout) == (1, True)
    key.with_name("away").rename(key)
    done("log", "add", archive=archive)
    assert "1 attempt," in done("verify", archive=archive)


def test_an_attempt_is_quoted_by_nobody(archive):
    url, address = closed()
    try_to_capture(archive, url, "--allow-address", address)
    (stored,) = attempts(archive)
    said = f"{stored.id} is an attempt at {url}, of which nothing came"
    refused(run("quote", stored.id, "words", archive=archive), 1, said, "hint: ")
    refused(run("cite", stored.id[:12], archive=archive), 1, said, "hint: ")
    outcome = run(
        *("claim", "new", "a-case/other", "--claim", "A sentence."),
        *("--snapshot", stored.id, "--quote", "words", "--lang", "fr"),
        archive=archive,
    )
    refused(outcome, 1, said)
    for sha256 in (stored.id, stored.statement.subjects[0].sha256):
        write_case(archive, sha256)
        checked = run("claim", "check", "--json", archive=archive)
        found = [json.loads(line) for line in checked.stdout.splitlines()]
        messages = [each["message"] for each in found if each.get("code") == "C05"]
        assert checked.code == 1
        assert f"a case pins {sha256}: {said}, expected a snapshot" in messages


def test_what_names_nothing_at_all_is_told_as_before(archive):
    url, address = closed()
    try_to_capture(archive, url, "--allow-address", address)
    outcome = run("quote", "0123456789abcdef", "words", archive=archive)
    refused(outcome, 1, "nothing in the archive begins with 0123456789abcdef")


def say_less(archive: Path, url: str) -> str:
    """Sign and log an attempt at ``url`` that says nothing else."""
    writer = open_writer(open_archive(archive), lambda: b"")
    predicate = {
        "salt": "5a" * 16,
        "origin": writer.archive.config.origin,
        "on": writer.on,
        "requestedUrl": url,
    }
    statement = Statement("attempt", (attempt_subject(url),), predicate)
    envelope = sign_statement(statement, writer.operator)
    with writing(writer.archive):
        with batch(writer.archive, "ab") as staged:
            staged.add(statement_file(envelope.id), format_bundle(envelope))
        add_pending(writer.archive, writer.trust, writer.log_key)
    return envelope.id


def test_an_attempt_that_says_nothing_readable_is_a_finding(archive):
    statement_id = say_less(archive, "https://a.example/")
    outcome = run("verify", "--json", archive=archive)
    found = [json.loads(line) for line in outcome.stdout.splitlines()]
    (finding,) = [each for each in found if each.get("severity") == "error"]
    assert finding["code"] == "attempt-facts"
    assert statement_id in finding["place"]
    assert "the predicate has no 'failures'" in finding["message"]
    assert found[-1]["checked"]["attempts"] == 1
    shown = run("show", statement_id, archive=archive)
    refused(shown, 3, "the predicate has no 'failures'")


def test_an_error_page_is_kept_and_its_status_is_said(archive, listening):
    listening.pages["/gone"] = page(b"It is not here.", status="404 Not Found")
    url = listening.url("/gone")
    outcome = run(
        *("capture", url, "--json", "--allow-address", listening.address),
        archive=archive,
    )
    assert outcome.code == 0, outcome
    printed = json.loads(outcome.stdout)
    assert (printed["outcome"], printed["status"]) == ("complete", 404)
    assert f"{url}: the server answered 404" in outcome.stderr
