"""Second custody: a captured page in a web archive's hands too, and what can fail.

The web archive is a stub on loopback.  So is the page, whose address had to be allowed
for its capture; no test can reach a public one, so ``public`` takes that mark away.
"""

import os
import signal
import time
from dataclasses import replace
from hashlib import sha256
from threading import Event
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

from archiver.attempts import parse_attempt
from archiver.elsewhere.second_custody import (
    Patience,
    second_custody,
    take_memento,
    why_not_public,
)
from archiver.elsewhere.service_keys import key_place, read_keys
from archiver.errors import ArchiveError, MalformedError, NetworkError, UnreachedError
from archiver.facts import parse_snapshot
from archiver.keys import LOG, OPERATOR, key_folder
from archiver.statements import open_statement, parse_bundle
from archiver.store import open_archive, statement_file
from archiver.trust import read_trust
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from tests.authority import Authority
from tests.commandline import run
from tests.forking import start_child, wait_for
from tests.newsroom import Newsroom
from tests.site import Site, page
from tests.webarchive import (
    JOB,
    STAMP,
    Answer,
    WebArchive,
    answer,
    pending,
    refused,
    saved,
)

HTML = b"<!doctype html><title>A page</title><p>What was said.</p>"
HOST = "news.example.org"
QUICK = Patience(timeout=5, pause=0.02)
SHORT = Patience(timeout=1.5, pause=0.02)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["http"])
def web(request, authority):
    tls = authority.server("127.0.0.1") if request.param == "https" else None
    with WebArchive(tls) as archive:
        yield archive


@pytest.fixture
def site():
    shown = {"/article": page(HTML, "Content-Type: text/html; charset=utf-8")}
    with Site(shown) as server:
        yield server


def to_loopback(*_):
    return ("127.0.0.1",)


@pytest.fixture
def desk(tmp_path, web, site, authority):
    """A newsroom whose second custody is the stub; with what a test needs of it."""
    room = Newsroom(tmp_path / "archive")
    config = room.archive.path("archive.toml").read_text(encoding="utf-8")
    named = config.replace("https://web.archive.org", web.url)
    assert named != config
    room.write({"archive.toml": named})
    room.release()
    archive = open_archive(room.archive.root)
    writer = Writer(
        archive, room.trust, room.operator, room.log_key, room.now, room.token
    )
    options = CaptureOptions(
        timeout=5,
        allow_addresses=(web.address, site.address),
        ca_file=authority.ca_file,
        resolve=to_loopback,
    )
    url = site.url("/article", HOST)
    return SimpleNamespace(writer=writer, options=options, url=url, web=web)


@pytest.fixture
def captured(desk):
    taken, seen = take_capture(desk.writer, desk.url, desk.options)
    return taken, public(seen)


def public(seen):
    """Return what was seen as if no inner address had been allowed for it."""
    return replace(seen, allowed_addresses=())


def second(desk, captured, patience=QUICK):
    return second_custody(desk.writer, *captured, desk.options, patience)


def statement_of(desk, statement_id):
    data = desk.writer.archive.path(statement_file(statement_id)).read_bytes()
    return open_statement(parse_bundle(data), desk.writer.trust.keys)


def failed(desk, captured, patience=QUICK):
    """Fail to have second custody; return the error and the signed attempt."""
    with pytest.raises(UnreachedError) as caught:
        second(desk, captured, patience)
    facts = parse_attempt(statement_of(desk, caught.value.statement_id))
    assert facts.requested_url == f"{desk.web.url}/save/{desk.url}"
    verified(desk)
    return caught.value, facts


def verified(desk):
    outcome = run("verify", archive=desk.writer.archive.root)
    assert outcome.code == 0, outcome


def test_a_page_that_is_saved_is_deposited_beside_its_capture(desk, captured):
    desk.web.put(desk.url, HTML)
    desk.web.states = [pending(), pending(), saved(desk.url)]
    kept = second(desk, captured)
    facts = parse_snapshot(statement_of(desk, kept.taken.stored.statement_id))
    assert facts.custody == "supplied"
    assert facts.unknown == ()
    assert facts.deposit.claimed_url == desk.url
    assert facts.deposit.sha256 == sha256(HTML).hexdigest()
    memento = facts.deposit.memento
    assert memento["uri"] == f"{desk.web.url}/web/{STAMP}id_/{desk.url}"
    assert memento["jobId"] == JOB
    assert memento["comparedWith"] == captured[0].stored.sha256
    assert memento["sameBody"] is True
    assert any("byte for byte" in remark for remark in kept.said)
    verified(desk)


def test_the_service_is_asked_as_its_documentation_says(desk, captured):
    desk.web.put(desk.url, HTML)
    desk.web.states = [saved(desk.url)]
    second(desk, captured)
    save, state, fetched = desk.web.asked
    assert (save.method, save.path) == ("POST", "/save")
    assert parse_qs(save.body.decode()) == {
        "url": [desk.url],
        "skip_first_archive": ["1"],
    }
    assert save.fields["Accept"] == "application/json"
    assert save.fields["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in save.fields
    assert (state.method, state.path) == ("GET", f"/save/status/{JOB}")
    assert fetched.path == f"/web/{STAMP}id_/{desk.url}"


def test_a_page_with_an_error_is_saved_with_it(desk, site):
    site.pages["/gone"] = page(b"gone", status="404 Not Found")
    url = site.url("/gone", HOST)
    taken, seen = take_capture(desk.writer, url, desk.options)
    desk.web.put(url, b"gone", status=404)
    desk.web.states = [saved(url)]
    kept = second(desk, (taken, public(seen)))
    assert parse_qs(desk.web.asked[0].body.decode())["capture_all"] == ["1"]
    assert "what was recorded is a response with status 404" in kept.said


def test_another_body_is_told_and_no_failure(desk, captured):
    desk.web.put(desk.url, HTML + b"<!-- for another client -->")
    desk.web.states = [saved(desk.url)]
    kept = second(desk, captured)
    assert kept.taken.stored.facts["memento"]["sameBody"] is False
    assert any("another than the capture's" in remark for remark in kept.said)


def test_a_memento_of_another_page_is_told(desk, captured):
    other = "https://other.example.org/"
    desk.web.put(other, HTML)
    desk.web.states = [saved(other)]
    kept = second(desk, captured)
    assert f"the capture is of {desk.url}, the memento of {other}" in kept.said


def test_a_cut_capture_is_compared_with_nothing(desk, site):
    site.pages["/cut"] = [page(HTML)[0][:-5]]
    url = site.url("/cut", HOST)
    taken, seen = take_capture(desk.writer, url, desk.options)
    desk.web.put(url, HTML)
    desk.web.states = [saved(url)]
    kept = second(desk, (taken, public(seen)))
    assert kept.taken.stored.facts["memento"]["sameBody"] is None
    assert any("no whole body" in remark for remark in kept.said)


def test_a_capture_that_is_no_longer_there_is_told(desk, captured):
    sha256 = captured[0].stored.sha256
    place = desk.writer.archive.path(f"snapshots/{sha256[:2]}/{sha256}.warc.gz")
    place.unlink()
    with pytest.raises(ArchiveError, match="cannot be read"):
        second(desk, captured)
    assert desk.web.asked == []


def test_a_memento_that_is_shown_only_later_is_awaited(desk, captured):
    desk.web.put(desk.url, b"an older one", "20250101000000")
    desk.web.states = [saved(desk.url)]
    raw = f"/web/20250101000000id_/{desk.url}"
    answer_to = desk.web.answer_to

    def later(asked):
        if asked.path == raw:
            desk.web.put(desk.url, HTML)
        return answer_to(asked)

    desk.web.answer_to = later
    kept = second(desk, captured)
    assert kept.memento.datetime == "2026-02-03T08:00:00Z"
    assert kept.taken.stored.facts["memento"]["sameBody"] is True


def test_a_memento_that_is_never_shown_is_a_failed_attempt(desk, captured):
    desk.web.put(desk.url, b"an older one", "20250101000000")
    desk.web.states = [saved(desk.url)]
    error, facts = failed(desk, captured, SHORT)
    assert "dated 2025-01-01T00:00:00Z" in str(error)
    assert f"deposit --memento {desk.web.url}/web/{STAMP}id_/" in error.hint
    assert {each.kind for each in facts.failures} == {"service"}


def test_what_is_shown_in_its_place_and_is_no_memento_fails_at_once(desk, captured):
    desk.web.pages[f"/web/{STAMP}id_/{desk.url}"] = Answer(200, {}, HTML)
    desk.web.states = [saved(desk.url)]
    error, _ = failed(desk, captured)
    assert "without Memento-Datetime" in str(error)


def test_an_error_of_the_service_is_told_in_its_words(desk, captured):
    desk.web.saves = [refused("error:blocked-url", "This URL is on a list.")]
    error, facts = failed(desk, captured)
    assert "error:blocked-url: This URL is on a list." in str(error)
    (failure,) = facts.failures
    assert (failure.kind, failure.url) == ("service", f"{desk.web.url}/save")
    assert len(desk.web.asked) == 1


def test_a_job_that_fails_is_told_in_its_words(desk, captured):
    desk.web.states = [pending(), refused("error:no-access", "Forbidden (403)")]
    error, _ = failed(desk, captured)
    assert f"error:no-access: Forbidden (403) (its job {JOB})" in str(error)


def test_a_job_that_never_ends_is_given_up(desk, captured):
    began = time.monotonic()
    error, facts = failed(desk, captured, SHORT)
    assert f"(its job {JOB})" in str(error)
    assert facts.failures[-1].kind == "timeout"
    assert time.monotonic() - began < 5


def test_too_many_requests_are_asked_again_when_the_service_says(desk, captured):
    desk.web.put(desk.url, HTML)
    later = answer({}, 429, Retry_After="0")
    desk.web.saves = [
        later,
        later,
        refused("error:user-session-limit", "Limit"),
        answer({"url": desk.url, "job_id": JOB}),
    ]
    desk.web.states = [later, answer({}, 502), saved(desk.url)]
    kept = second(desk, captured)
    assert kept.memento.original == desk.url
    assert [asked.method for asked in desk.web.asked].count("POST") == 4


def test_a_service_that_wants_more_patience_than_there_is_is_left_alone(desk, captured):
    desk.web.saves = [answer({}, 429, Retry_After="3600")]
    error, _ = failed(desk, captured)
    assert "it answered 429, and to ask again in 3600 s" in str(error)
    assert len(desk.web.asked) == 1


def test_an_answer_that_is_cut_is_asked_for_again(desk, captured):
    desk.web.put(desk.url, HTML)
    cut = saved(desk.url)
    cut.length = len(cut.body) + 9
    desk.web.states = [cut, saved(desk.url)]
    assert second(desk, captured).memento.original == desk.url


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(b"<html>a captcha</html>"), "no JSON"),
        (answer(b"[" * 100_000), "no JSON"),
        (answer(b"\xff"), "no JSON"),
        (answer([]), "expected an object"),
        (answer({"job_id": "../../web/x"}), "the job's id is"),
        (answer({"job_id": None, "message": "come back\x1b[2J"}), "come back [2J"),
        (answer(b" " * (5 << 20)), "the limit of bytes"),
        (answer({}, 404), "it answered 404"),
        (answer({"message": "You need to be logged in."}, 401), "logged in"),
        (answer({}, 302, Location="https://other.example/"), "it answered 302"),
    ],
)
def test_an_answer_that_is_none_fails_and_says_why(desk, captured, given, told):
    desk.web.saves = [given]
    error, _ = failed(desk, captured)
    assert told in str(error)
    assert ("access key:secret" in error.hint) == (given.status == 401)
    assert len(desk.web.asked) == 1


@pytest.mark.parametrize(
    "given",
    [
        answer({"status": "success"}),
        answer({"status": "success", "timestamp": "x", "original_url": "y"}),
        saved("http://169.254.169.254/latest"),
        saved("file:///etc/passwd"),
    ],
)
def test_a_result_that_is_none_fails(desk, captured, given):
    desk.web.states = [given]
    failed(desk, captured, SHORT)


def test_a_service_that_is_not_there_fails(desk, captured):
    desk.web.__exit__()
    error, facts = failed(desk, captured, SHORT)
    assert facts.failures[-1].kind == "connect"
    assert "no connection" in str(error)
    desk.web.__init__()  # so that the fixture has one to close
    desk.web.__enter__()


def test_a_service_at_an_inner_address_that_nobody_allowed_is_not_asked(desk, captured):
    desk.options = replace(desk.options, allow_addresses=())
    _, facts = failed(desk, captured)
    assert facts.failures[-1].kind == "refused-address"
    assert desk.web.asked == []


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": ("logged-in",)},
        {"labels": ("secret",)},
        {"redactions": ("cookie",)},
        {"allowed_addresses": ("10.0.0.1:80",)},
        {"requested_url": "http://127.0.0.1:8000/"},
        {"requested_url": "http://[::1]:8000/"},
        {"final_url": "http://10.0.0.1/"},
        {"final_url": "http://intranet/"},
        {"final_url": "https://wiki.newsroom.internal/"},
        {"final_url": "https://printer.local./"},
        {"final_url": "http://expyuzz4wqqyqhjn.onion/"},
    ],
)
def test_a_page_that_is_not_public_is_told_to_nobody(desk, captured, changed):
    taken, seen = captured
    with pytest.raises(NetworkError, match="is not submitted to"):
        second(desk, (taken, replace(seen, **changed)))
    assert desk.web.asked == []


def test_what_is_sealed_by_its_statement_is_told_to_nobody(captured):
    taken, seen = captured
    stored = replace(taken.stored, facts=taken.stored.facts | {"labels": ["logged-in"]})
    assert "login" in why_not_public(replace(taken, stored=stored), seen)


@pytest.mark.parametrize(
    "url", ["https://example.org/", "http://8.8.8.8/", "http://[2606:4700::1111]/"]
)
def test_a_page_of_the_public_internet_may_be_told(captured, url):
    taken, seen = captured
    assert why_not_public(taken, replace(seen, requested_url=url)) == ""


def test_a_page_whose_address_was_allowed_is_not_public(desk):
    taken, seen = take_capture(desk.writer, desk.url, desk.options)
    with pytest.raises(NetworkError, match="inner addresses were allowed"):
        second(desk, (taken, seen))


def ask_for_custody(root, options, captured):
    archive = open_archive(root)
    folder = key_folder(archive.config.origin)
    keys = (folder.read(name, lambda: b"") for name in (OPERATOR, LOG))
    trust = read_trust(archive)
    writer = Writer(archive, trust, *keys, lambda: captured[1].finished, os.urandom)
    second_custody(writer, *captured, options, Patience(timeout=30, pause=1))


def test_a_kill_while_the_service_is_asked_leaves_the_capture_whole(desk, captured):
    asked = Event()
    desk.web.on_save = asked.set
    root = desk.writer.archive.root
    child = start_child(ask_for_custody, root, desk.options, captured)
    assert asked.wait(30)
    child.kill()
    assert wait_for(child) == -signal.SIGKILL
    listed = run("list", "snapshots", archive=desk.writer.archive.root)
    assert captured[0].stored.sha256[:8] in listed.stdout
    verified(desk)


# Keys


def write_keys(url, text="access:s3cr3t\n", mode=0o600):
    place = key_place(url)
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    place.chmod(mode)


@pytest.mark.parametrize("web", ["https"], indirect=True)
def test_keys_go_to_their_service_alone_and_stand_nowhere(desk, captured):
    write_keys(desk.web.url)
    desk.web.put(desk.url, HTML)
    desk.web.states = [saved(desk.url)]
    second(desk, captured)
    save, state, fetched = desk.web.asked
    assert save.fields["Authorization"] == "LOW access:s3cr3t"
    assert state.fields["Authorization"] == "LOW access:s3cr3t"
    assert "Authorization" not in fetched.fields
    for place in desk.writer.archive.root.rglob("*"):
        assert not place.is_file() or b"s3cr3t" not in place.read_bytes()
    verified(desk)


@pytest.mark.parametrize("web", ["https"], indirect=True)
def test_keys_stand_in_no_failure(desk, captured):
    write_keys(desk.web.url)
    desk.web.saves = [answer({"message": "bad keys"}, 403)]
    error, facts = failed(desk, captured)
    assert "s3cr3t" not in f"{error} {error.hint} {facts} {error.failures}"


def test_keys_do_not_go_over_the_network_in_clear(desk, captured):
    write_keys(desk.web.url)
    with pytest.raises(ArchiveError, match="expected https"):
        second(desk, captured)
    assert desk.web.asked == []


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("access:s3cr3t", 0o640, "others could read it"),
        ("access:s3cr3t", 0o604, "others could read it"),
        ("s3cr3t", 0o600, "holds no keys"),
        ("", 0o600, "holds no keys"),
        ("a:b\nX-Other: c", 0o600, "holds no keys"),
        ("ключ:b", 0o600, "holds no keys"),
    ],
)
def test_keys_that_are_none_or_open_to_others_are_refused(text, mode, told):
    url = "https://web.archive.org"
    write_keys(url, text, mode)
    with pytest.raises(ArchiveError, match=told) as caught:
        read_keys(url)
    assert "s3cr3t" not in str(caught.value)


def test_without_keys_there_are_none():
    assert read_keys("https://web.archive.org") is None


def test_keys_are_of_one_host_and_port():
    places = {
        key_place(url)
        for url in (
            "https://web.archive.org",
            "https://web.archive.org:8443",
            "https://web.archive.org.evil.example",
        )
    }
    assert len(places) == 3
    assert key_place("https://web.archive.org/a") in places


# A memento by itself


def test_a_memento_is_deposited_and_verifies(desk):
    url = desk.web.put("https://example.org/a", HTML)
    kept = take_memento(desk.writer, url, desk.options)
    facts = parse_snapshot(statement_of(desk, kept.taken.stored.statement_id))
    assert facts.deposit.memento["asked"] == url
    assert facts.text is not None
    verified(desk)


def test_what_a_web_archive_recorded_is_labelled_like_what_we_capture(desk):
    url = desk.web.put("https://example.org/a", b"<html><body></body></html>")
    kept = take_memento(desk.writer, url, desk.options)
    facts = parse_snapshot(statement_of(desk, kept.taken.stored.statement_id))
    assert facts.labels == ("empty",)
    assert [word for word, _ in facts.label_reasons] == ["empty"]


def test_a_memento_that_is_not_there_is_a_failed_attempt(desk):
    url = f"{desk.web.url}/web/{STAMP}/https://example.org/a"
    with pytest.raises(UnreachedError, match="answered 404") as caught:
        take_memento(desk.writer, url, desk.options)
    facts = parse_attempt(statement_of(desk, caught.value.statement_id))
    assert facts.requested_url == url
    verified(desk)


def test_a_page_that_is_no_memento_leaves_nothing(desk):
    desk.web.pages["/a"] = Answer(200, {}, HTML)
    before = len(list(desk.writer.archive.root.rglob("*")))
    with pytest.raises(MalformedError, match="without Memento-Datetime"):
        take_memento(desk.writer, f"{desk.web.url}/a", desk.options)
    assert len(list(desk.writer.archive.root.rglob("*"))) == before
