"""``list`` and ``show`` of what captures, deposits and attempts came to."""

import io
import json
from uuid import UUID

import pytest

from archiver.attempts import attempt_subject
from archiver.log import add_pending
from archiver.statements import Statement, format_bundle, sign_statement
from archiver.store import batch, open_archive, statement_file, writing
from archiver.warcfile import RecordHead, WarcFile
from archiver.writer import open_writer
from tests.authority import Authority
from tests.commandline import done, refused, run
from tests.newsroom import BEGINNING
from tests.site import Cut, Site, page

HTML = "Content-Type: text/html; charset=utf-8"
WORDS = b"<title>News</title><p>" + b"The quay is shut and nobody may land there. " * 9
ACTING = "\x1b]0;owned\x07\u202e"
POST = """<div class="tgme_widget_message" data-post="pier_of_maren/42">
<div class="tgme_widget_message_forwarded_from">Forwarded from
<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/harbour/12"
>Har\u202ebour</a></div>
<a class="tgme_widget_message_photo_wrap" style="background-image:url('https://c.d/e')"
></a><div class="tgme_widget_message_text">The quay is shut.</div>
<span class="tgme_widget_message_meta">edited <a class="tgme_widget_message_date"
><time datetime="2031-05-02T06:07:08+00:00">06:07</time></a></span></div>"""


@pytest.fixture
def site():
    pages = {
        "/": page(WORDS, HTML),
        "/wall": page(b"<title>Just a moment...</title>", HTML, status="403 Forbidden"),
        "/cut": [b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nnot all", Cut()],
        "/robots.txt": page(b"User-agent: *\nDisallow: /x\n"),
    }
    with Site(pages) as server:
        yield server


def capture(archive, site, path, *words, code=0):
    """Capture a page; return its id and how it is shown, as lines and as an object."""
    words = ("--allow-address", site.address, *words)
    outcome = run("capture", site.url(path), *words, "--json", archive=archive)
    assert outcome.code == code, outcome
    return look(archive, json.loads(outcome.stdout)["snapshot"])


def look(archive, snapshot):
    lines = done("show", snapshot, archive=archive)
    assert "None" not in lines
    return (
        snapshot,
        lines,
        json.loads(done("show", snapshot, "--json", archive=archive)),
    )


def test_a_wall_is_listed_and_shown_with_its_reason_and_what_follows(archive, site):
    snapshot, lines, thing = capture(archive, site, "/wall")
    (why,) = thing["labelReasons"].values()
    assert thing["labels"] == ["bot-check"]
    assert (
        f"\nlabel       bot-check: a test, not the page\n            Why: {why}\n"
        in (lines)
    )
    assert "What follows: Evidence from it permits nothing above reported" in lines
    assert f"let through to {site.address}," in lines
    listed = done("list", "snapshots", archive=archive).splitlines()
    words = f"{thing['on']}  observed, status 403, bot-check"
    assert listed[-1] == f"{snapshot}  {words}  {site.url('/wall')}"


def test_a_cut_transfer_is_listed_and_shown_as_cut(archive, site):
    snapshot, lines, thing = capture(archive, site, "/cut", code=4)
    assert f"\noutcome     truncated: {thing['reason']}\n" in lines
    listed = done("list", archive=archive)
    words = f"{thing['on']}  observed, truncated"
    assert f"{snapshot}  {words}  {site.url('/cut')}\n" in listed


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/wall", 0, "The snapshot is labelled bot-check."),
        ("/half", 4, "The snapshot is truncated: "),
    ],
)
def test_a_quote_of_what_is_not_all_of_the_page_is_never_printed_silently(
    archive, site, path, code, said
):
    half = f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 4000\r\n\r\n".encode()
    site.pages["/half"] = [half + b"<p>Just a moment. " + WORDS, Cut()]
    snapshot, *_ = capture(archive, site, path, code=code)
    outcome = run("quote", snapshot, "Just a moment", archive=archive)
    assert (outcome.code, outcome.stdout.startswith("[[evidence]]")) == (0, True)
    assert said in outcome.stderr
    assert "permits nothing above reported" in outcome.stderr
    told = run("quote", snapshot, "Just a moment", "--json", archive=archive)
    found = json.loads(told.stdout)
    assert (found["outcome"], found["labels"]) != ("complete", [])
    outcome = run("quote", snapshot, "quite another thing", archive=archive)
    refused(outcome, 1, "not-searchable (doubtful)", "says nothing of the page")


def test_robots_and_their_capture_are_shown(archive, site):
    _, lines, thing = capture(archive, site, "/", "--robots", "record")
    assert thing["robots"]["verdict"] == "allowed"
    assert (
        "\nrobots.txt  It allows this page to be fetched.\n"
        f"            at {site.url('/robots.txt')}\n"
        f"            captured {thing['robots']['sha256']}\n"
    ) in lines
    look(archive, thing["robots"]["sha256"])


def test_a_secret_of_the_address_is_shown_as_redacted(archive, site):
    site.pages[path := "/?token=a-very-long-secret-value"] = page(WORDS, HTML)
    _, lines, thing = capture(archive, site, path)
    assert [each.split(" sha256:")[0] for each in thing["redactions"]] == [
        "query key token"
    ]
    assert "\nredacted    query key token" in lines
    assert "a-very-long-secret-value" not in lines + json.dumps(thing)


def test_a_connection_is_shown_with_its_version_and_verdict(archive, tmp_path):
    authority = Authority(tmp_path)
    with Site({"/": page(WORDS, HTML)}, tls=authority.server("127.0.0.1")) as site:
        roots = ("--ca-file", str(tmp_path / "root.pem"))
        _, lines, thing = capture(archive, site, "/", *roots)
    assert thing["tls"]["verdict"] == "verified"
    assert f"\ntls         {thing['tls']['version']}, verified\n" in lines


@pytest.mark.needs("chromium")
def test_a_browser_is_shown_with_its_list_against_the_record(archive, site):
    script = b"<script>console.error('oh \x1b[31m no')</script><img src=/none.png>"
    site.pages["/b"] = page(WORDS + script, HTML)
    _, lines, thing = capture(archive, site, "/b", "--browser")
    browser = thing["browser"]
    assert f"\nbrowser     {browser['name']} {browser['version']}\n" in lines
    assert f"            Requests on its own list: {browser['requests']}\n" in lines
    assert f"            Exchanges recorded: {browser['recorded']}\n" in lines
    assert f"            Failed: {len(browser['failed'])}\n" in lines
    assert site.url("/none.png") in lines
    assert r"oh \x1b[31m no" in lines


def test_a_deposit_is_shown_with_what_the_public_may_have(archive):
    (thing,) = map(
        json.loads,
        done("list", "snapshots", "--json", archive=archive).splitlines(),
    )
    _, lines, shown = look(archive, thing["snapshot"])
    assert "\nsupplied by a reader\n" in lines
    assert "\nsaid from   no address was supplied with it\n" in lines
    assert lines.endswith(
        "\naccess      quotes: the quotes with a little context, and the proofs\n"
        "            So says archive.toml of deposits.\n"
    )
    assert shown["access"] == "quotes"
    case = archive / "cases/a-case/case.toml"
    before = case.read_text(encoding="utf-8")
    case.write_text(before + 'access = "public"\nreason = "It is a leaflet."\n')
    lines = look(archive, thing["snapshot"])[1]
    assert lines.endswith(
        "\naccess      public: the bytes\n"
        "            So says a case: It is a leaflet.\n"
    )
    person = archive / "sources/person/semyon-bazhukov.toml"
    named = person.read_text(encoding="utf-8")
    person.write_text(named.replace('"press"', '"withheld"'), encoding="utf-8")
    lines = look(archive, thing["snapshot"])[1]
    assert "It names somebody whose name is withheld: no bytes are given out" in lines
    case.write_text("access = ", encoding="utf-8")
    lines = look(archive, thing["snapshot"])[1]
    assert "A case file cannot be read, and may say otherwise" in lines


@pytest.mark.parametrize(
    ("field", "label", "why"),
    [("Cookie: id=abcdefgh12345678", "logged-in", "of captures with a login")],
)
def test_a_capture_with_a_login_is_shown_as_sealed(archive, site, field, label, why):
    login = archive.parent / "login"
    login.write_text(f"{field}\n", encoding="utf-8")
    login.chmod(0o600)
    _, lines, thing = capture(archive, site, "/", "--login", str(login))
    assert (thing["labels"], thing["access"]) == ([label], "sealed")
    assert f"            So says archive.toml {why}.\n" in lines


def test_a_capture_that_holds_a_secret_is_shown_as_sealed(archive, site):
    site.pages["/s?token=a-very-long-secret-value"] = page(
        WORDS + b"a-very-long-secret-value", HTML
    )
    _, lines, thing = capture(archive, site, "/s?token=a-very-long-secret-value")
    assert (thing["labels"], thing["access"]) == (["secret"], "sealed")
    assert "It holds a secret, whatever else is said." in lines


def test_what_waits_for_the_log_is_listed_and_shown_as_waiting(archive, site):
    (key,) = archive.parent.glob("config/sourcebook/keys/*/log")
    key.rename(key.with_name("away"))
    snapshot, lines, thing = capture(archive, site, "/")
    assert lines.startswith(f"snapshot    {snapshot}, waits for the log\n")
    assert "Until the log holds it, nothing counts as observed." in lines
    assert (thing["custody"], thing["custodySaid"]) == ("supplied", "observed")
    assert thing["access"] == "public"  # as it will be
    listed = done("list", "snapshots", archive=archive)
    words = f"{thing['on']}  supplied, waits for the log"
    assert f"{snapshot}  {words}  {site.url('/')}\n" in listed


def supply_post(archive):
    """Deposit a WARC of a page of Telegram; return the snapshot's id."""
    stream = io.BytesIO()
    warc = WarcFile(stream)
    first = RecordHead(record_id=UUID(int=1, version=4), date=BEGINNING)
    warc.write_warcinfo(first, software="test", nonce="00" * 16)
    uri = "https://t.me/pier_of_maren/42?embed=1&mode=tme"
    head = RecordHead(record_id=UUID(int=2, version=4), date=BEGINNING, uri=uri)
    response = f"HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n{POST}".encode()
    warc.write_response(head, io.BytesIO(response))
    file = archive.parent / "post.warc.gz"
    file.write_bytes(stream.getvalue())
    words = ("deposit", file, "--source", "a reader", "--json")
    return json.loads(done(*words, archive=archive))["snapshot"]


def test_the_posts_of_a_page_of_telegram_are_shown_with_their_facts(archive):
    _, lines, thing = look(archive, supply_post(archive))
    assert thing["text"] == "telegram@1"
    assert lines.endswith(
        "\npost        t.me/pier_of_maren/42\n"
        "            dated         2031-05-02T06:07:08+00:00\n"
        "            mark          edited\n"
        "            forwarded     Forwarded from Har\\u202ebour\n"
        "            from          Har\\u202ebour https://t.me/harbour/12\n"
        "            photo         https://c.d/e\n"
        "            words         The quay is shut.\n"
    )
    (post,) = thing["posts"]
    assert (post["channel"], post["id"]) == ("pier_of_maren", 42)
    assert (post["edited"], post["date"]) == ("edited", "2031-05-02T06:07:08+00:00")
    assert post["forwardedUrl"] == "https://t.me/harbour/12"
    assert post["media"][0]["kind"] == "photo"
    assert post["text"] == "The quay is shut."
    raw = done("show", thing["snapshot"], "--json", archive=archive)
    assert r"Har\u202ebour" in raw


def test_claims_that_cannot_be_read_are_named_and_not_said_to_be_none(archive):
    claims = archive / "cases/a-case/claims"
    (claims / "other.toml").write_text("no claim\nat all\n")
    outcome = run("list", "claims", archive=archive)
    refused(outcome, 3, "cases/a-case/claims/other.toml:1: no TOML", "hint")
    assert outcome.stdout.startswith("c-7k3m9q2p  ")
    (archive / "cases/a-case/case.toml").write_text("title")
    outcome = run("list", "claims", archive=archive)
    assert (outcome.code, outcome.stdout, len(outcome.errors)) == (3, "", 2)
    assert "cases/a-case/case.toml:1: no TOML" in outcome.errors[1]
    assert "no claims yet" not in outcome.stderr


def test_the_text_that_quotes_are_anchored_in_is_printed(archive, site):
    snapshot, _, thing = capture(archive, site, "/")
    printed = done("show", snapshot, "--text", archive=archive)
    path = thing["path"].replace(".warc.gz", ".text")
    assert printed == (archive / path).read_text() + "\n"
    done("quote", snapshot[:8], printed.splitlines()[0], archive=archive)
    outcome = run("show", snapshot, "--text", "--json", archive=archive)
    refused(outcome, 2, "do not go together")
    site.pages["/picture"] = page(b"\x89PNG\r\n", "Content-Type: image/png")
    picture, *_ = capture(archive, site, "/picture")
    outcome = run("show", picture, "--text", archive=archive)
    refused(outcome, 1, "has no text layer", "hint")


def test_posts_of_a_file_that_was_changed_or_is_gone_are_not_shown(archive):
    snapshot = supply_post(archive)
    (file,) = archive.glob(f"snapshots/*/{snapshot}.warc.gz")
    data = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(data[:-9] + b"\0" * 9)
    refused(run("show", snapshot, archive=archive), 3, f"{snapshot}.warc.gz")
    file.unlink()
    refused(run("show", snapshot, archive=archive), 5, f"{snapshot}.warc.gz")


def attempt(archive, predicate, url):
    """Sign and log an attempt at ``url`` that says ``predicate``."""
    writer = open_writer(open_archive(archive), lambda: b"")
    predicate = {
        "salt": "5a" * 16,
        "origin": writer.archive.config.origin,
        "on": writer.on,
        "requestedUrl": url,
    } | predicate
    statement = Statement("attempt", (attempt_subject(url),), predicate)
    envelope = sign_statement(statement, writer.operator)
    with writing(writer.archive):
        with batch(writer.archive, "ab") as staged:
            staged.add(statement_file(envelope.id), format_bundle(envelope))
        add_pending(writer.archive, writer.trust, writer.log_key)
    return envelope.id


def test_attempts_are_listed_with_their_date_address_and_failure(archive):
    with Site({}) as closed:
        url, address = closed.url("/gone"), closed.address
    for _ in range(2):
        run("capture", url, "--allow-address", address, archive=archive)
    first, second = done("list", "attempts", archive=archive).splitlines()
    one, _ = map(
        json.loads, done("list", "attempts", "--json", archive=archive).splitlines()
    )
    assert first == f"{one['attempt']}  {one['startedOn']}  connect  {url}"
    assert first.split()[1] < second.split()[1]
    assert (one["of"], one["failure"], one["requests"]) == (url, "connect", 1)
    assert one["driver"] == "client"
    shown = done("show", one["attempt"], archive=archive)
    assert shown.startswith(f"attempt    {one['attempt']}, entry {one['index']}\n")
    assert "None" not in shown


def test_an_attempt_that_cannot_be_read_hides_no_other(archive):
    failure = {
        "url": "https://a.example/",
        "failure": "dns",
        "reason": f"no such name {ACTING}",
        "startedOn": "2026-02-03T09:00:00Z",
        "finishedOn": "2026-02-03T09:00:01Z",
        "answers": [],
        "peer": None,
        "bytesReceived": 0,
    }
    said = {
        "startedOn": "2026-02-03T09:00:00Z",
        "finishedOn": "2026-02-03T09:00:01Z",
        "driver": "client",
        "failures": [failure],
        "tool": {"name": "x", "version": "1"},
    }
    bad = attempt(archive, {}, "https://b.example/")
    good = attempt(archive, said, "https://a.example/")
    outcome = run("list", "attempts", archive=archive)
    refused(outcome, 3, bad, "the predicate has no 'failures'")
    assert outcome.stdout == f"{good}  2026-02-03T09:00:00Z  dns  https://a.example/\n"
    shown = done("show", good, archive=archive)
    assert ACTING not in shown
    assert r"no such name \x1b]0;owned\x07\u202e" in shown


def test_a_statement_of_any_type_is_shown_with_what_it_says(archive):
    listed = done("list", "statements", archive=archive).splitlines()
    release = next(line.split()[0] for line in listed[::-1] if line.endswith("release"))
    shown = done("show", release, archive=archive).splitlines()
    assert shown[1] == "type       release"
    assert 'changes    "a first claim"' in shown
    assert any(line.endswith("  archive.toml") for line in shown)


def test_nothing_that_acts_on_a_terminal_is_printed(archive):
    leads = archive / "cases/a-case/leads.csv"
    row = "lead/quay,https://a.example/,org/outlet,fr,2026-02-02/..,,"
    leads.write_text(f"{leads.read_text()}{row}\n", encoding="utf-8")
    claim = archive / "cases/a-case/claims/status.toml"
    text = claim.read_text(encoding="utf-8")
    acting = text.replace("avait le statut", f"avait{ACTING[-1]} le\\u001b[2J statut")
    assert acting != text
    claim.write_text(acting.replace("'''", '"""'), encoding="utf-8")
    for words in (("show", "c-7k3m9q2p"), ("claim", "show", "c-7k3m9q2p")):
        printed = run(*words, archive=archive).stdout
        assert r"avait\u202e le\x1b[2J statut" in printed
        assert "\x1b" not in printed
        assert "\u202e" not in printed
    assert done("list", "leads", archive=archive) == done(
        "show", "lead/quay", archive=archive
    )
