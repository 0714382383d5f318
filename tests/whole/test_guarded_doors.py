"""Every door by which an address comes in leads past the guard.

What is let in is one server by its address and port; beside it stands another one that
was not, on the same machine.  Whatever the first one says, the second is asked nothing.
"""

import json
from collections.abc import Iterator

import pytest

from tests.commandline import Outcome, run
from tests.site import Site, page, redirect
from tests.webarchive import STAMP, Answer, WebArchive, saved
from tests.whole.conftest import write_case

HTML = "Content-Type: text/html"
WORDS = b"<p>Semyon Bazhukov avait le statut de demandeur d'asile.</p>"


@pytest.fixture
def inner() -> Iterator[Site]:
    """Return a server that nobody was allowed to ask."""
    with Site({"/": page(b"secret of the house"), "/x": page(b"another")}) as site:
        yield site
        assert site.log() == []


def spellings(port: int) -> list[str]:
    """Return addresses of this machine, as a server may spell them in a redirect."""
    hosts = (
        *("127.0.0.1", "127.0.0.1.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"),
        *("localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
        *("[0:0:0:0:0:ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        *("0.0.0.0", "0", "127.0.0.1%00.a.example", "①②⑦.⓪.⓪.①", "127。0。0。1"),  # noqa: S104
        *("a@127.0.0.1", "[::1%25lo]", "127.0.0.1\\@a.example", "１２７.0.0.1"),
    )
    # A field is bytes: these are read as UTF-8.
    return [f"//{host}:{port}/".encode().decode("latin-1") for host in hosts]


def capture(archive, site, path, *words) -> Outcome:
    allowed = ("--allow-address", site.address)
    return run("capture", site.url(path), *allowed, *words, archive=archive)


def test_no_spelling_of_an_inner_address_in_a_redirect_leads_there(archive, inner):
    targets = spellings(inner.port)
    pages = {f"/{place}": redirect(to) for place, to in enumerate(targets)}
    with Site(pages) as site:
        for place, target in enumerate(targets):
            outcome = capture(archive, site, f"/{place}")
            assert outcome.code == 4, (target, outcome)
            assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    "fields",
    [
        "Refresh: 0; url={url}",
        "Link: <{url}>; rel=canonical",
        "Content-Location: {url}",
        "Alt-Svc: h2={netloc}",
        "Location: {url}",  # with 200: no redirect
        "URI: {url}",
    ],
)
def test_the_plain_client_follows_nothing_but_a_redirect(archive, inner, fields):
    named = fields.format(url=inner.url(), netloc=f'"{inner.address}"')
    markup = f'<meta http-equiv="refresh" content="0; url={inner.url()}">'.encode()
    with Site({"/": page(WORDS + markup, HTML, named)}) as site:
        assert capture(archive, site, "/").code == 0


def test_robots_and_pages_of_a_list_lead_past_the_guard(archive, inner, tmp_path):
    leads = tmp_path / "leads.csv"
    pages = {"/": page(WORDS, HTML), "/robots.txt": redirect(inner.url("/x"))}
    with Site({**pages, "/away": redirect(inner.url())}) as site:
        urls = (site.url(), site.url("/away"), inner.url(), inner.url("/x"))
        leads.write_text("url\n" + "".join(f"{url}\n" for url in urls))
        words = ("--from", leads, "--delay", "0", "--retries", "0")
        for robots in ("record", "obey"):
            outcome = run(
                *("capture", *words, "--robots", robots),
                *("--allow-address", site.address),
                archive=archive,
            )
            assert outcome.code in {3, 4}, outcome


def test_a_web_archive_leads_nowhere_else(archive, inner):
    with WebArchive() as web, Site({"/": page(WORDS, HTML)}) as site:
        moved = Answer(302, {"Location": inner.url()}, b"moved")
        web.pages["/web/memento"] = moved
        allowed = ("--allow-address", web.address)
        deposited = run(
            "deposit", "--memento", f"{web.url}/web/memento", *allowed, archive=archive
        )
        assert deposited.code == 4, deposited
        config = archive / "archive.toml"
        text = config.read_text().replace("https://web.archive.org", web.url)
        config.write_text(text)
        web.states = [saved(inner.url())]
        web.pages[f"/web/{STAMP}id_/{inner.url()}"] = moved
        for save in (None, moved):
            web.saves = [save] if save else web.saves
            also = ("--also", "wayback", "--also-timeout", "10", *allowed)
            outcome = capture(archive, site, "/", *also)
            assert "Traceback" not in outcome.stderr


def test_what_is_captured_again_leads_past_the_guard(archive, inner):
    with Site({"/": page(WORDS, HTML)}) as site:
        took = json.loads(capture(archive, site, "/", "--json").stdout)
        write_case(archive, took["snapshot"])
        site.pages["/"] = redirect(inner.url())
        allowed = ("--allow-address", site.address)
        outcome = run("recheck", "a-case", *allowed, archive=archive)
    assert "not reached" in outcome.stdout, outcome
    # Nor is what was allowed once allowed for ever: it is not read from the statement.
    outcome = run("recheck", "a-case", archive=archive)
    assert "inner or special address" in outcome.stdout + outcome.stderr, outcome
