"""Nothing that a stranger wrote acts on the terminal, whatever command repeats it.

Escape sequences, C1 controls, separators of lines and marks of direction, in each place
that a server or a sender of files fills: heads, redirects, titles, names, addresses.
"""

import json
import re

import pytest

from tests import warcs
from tests.commandline import Outcome, run
from tests.site import Site, page, redirect

# What acts: all but the line end and the tab, which our own lines have.
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
EVIL = "\x1b]0;pwn\x07\x1b[2J\u202egnp\u2066\x9b31m\r\x08"
HTML = "Content-Type: text/html; charset=utf-8"
BODY = f"<title>t{EVIL}</title><h1>h{EVIL}</h1><p>Words {EVIL} of the page.</p>"
WORDS = BODY.encode()
PAGES = {
    "/": page(WORDS, HTML, "X: \x1b[31m"),
    "/type": page(WORDS, "Content-Type: text/\x1b[31mhtml; charset=\x1b]0;x\x07"),
    "/status": page(WORDS, HTML, status="404 \x1b]0;x\x07"),
    "/path": redirect("/\x1b]0;x\x07"),
    "/port": redirect("http://127.0.0.1:9/\x1b]0;\x9b"),
    "/scheme": redirect("\x1b[31m://a"),
    "/junk": [b"\x1b]0;pwn\x07 junk\r\n\r\n"],
    "/length": page(WORDS, HTML, "Content-Length: \x1b[31m"),
    "/transfer": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \x1b[31m\x9b\r\n\r\nhi"],
    "/coding": page(WORDS, HTML, "Content-Encoding: \x1b[31m"),
    "/chunk": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\x1b[31m\r\n"],
    "/missing": page(f"<title>404 not found {EVIL}</title>{BODY}".encode(), HTML),
    "/check": page(
        f"<title>Just a moment...{EVIL}</title>{BODY}".encode(), HTML, "Server: \x1b[0m"
    ),
    "/robots.txt": page(f"User-agent: *\nDisallow: /{EVIL}\n".encode()),
}
ADDRESSES = ("http://a/\u202egnp\u2066", "http://a/\u2028x", "http://a/\x85\x9b31m")


def check(*outcomes: Outcome) -> None:
    for outcome in outcomes:
        for printed in (outcome.stdout, outcome.stderr):
            found = ACTING.search(printed)
            assert not found, repr(printed[max(0, found.start() - 80) : found.end()])
            assert "Traceback" not in printed


def test_what_a_server_sends_acts_on_no_terminal(archive, tmp_path):
    leads = tmp_path / "leads.txt"
    with Site(PAGES) as site:
        allowed = ("--allow-address", site.address)
        for path in PAGES:
            check(run("capture", site.url(path), *allowed, archive=archive))
        listed = "".join(f"{site.url(path)}\n" for path in PAGES)
        leads.write_text(f"{listed}http://\x1b]0;\x07/\nhttp://a/\u202e\x9b\n")
        for more in ((), ("--json",)):
            words = ("capture", "--from", leads, *allowed, "--delay", "0", *more)
            check(run(*words, archive=archive))
        leads.write_text(listed)
        check(run(*words, "--robots", "obey", archive=archive))
    check(*look_at_all(archive))


def test_what_somebody_sends_acts_on_no_terminal(archive, tmp_path):
    for place, uri in enumerate(ADDRESSES):
        given = tmp_path / f"{place}.warc.gz"
        response = b"HTTP/1.1 200 \x1b[31m\r\nContent-Type: text/html\r\n\r\n" + WORDS
        of = [("WARC-Target-URI", uri)]
        named = warcs.record("response", response, changes=of)
        given.write_bytes(warcs.packed([warcs.record("warcinfo", warcs.INFO), named]))
        check(run("deposit", given, "--source", "a stranger", archive=archive))
        check(run("verify", given))
    named = tmp_path / "\x1b]0;x\x07\u202e.warc.gz"
    named.write_bytes(given.read_bytes()[:-9])
    check(run("deposit", named, "--source", "a stranger", archive=archive))
    check(run("verify", named), run("capture", "--from", named, archive=archive))
    for evil in ("x\x1b[31m", "x\u202e"):
        check(run("deposit", given, "--source", evil, archive=archive))
        check(run("capture", f"http://{evil}/", archive=archive))
    check(*look_at_all(archive))
    case = archive / "cases/\x1b[31m\u202e/case.toml"
    case.parent.mkdir()
    case.write_text("id = 'x")
    (archive / "snapshots/\x1b]0;x\x07").write_text("x")
    for words in (("verify",), ("claim", "check"), ("release", "-m", "x")):
        check(run(*words, archive=archive))


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_words_that_are_looked_for_act_on_no_terminal(archive, tmp_path, more):
    given = tmp_path / "page.html"
    given.write_bytes(WORDS)
    took = run("deposit", given, "--source", "x", "--json", archive=archive)
    snapshot = json.loads(took.stdout)["snapshot"]
    text = tmp_path / "page.txt"
    text.write_text(f"Words of \r\r the \u202epage here\x85 and {EVIL}", newline="")
    for words in ("Words", "the page", "of the page.", f"Words {EVIL} of the", EVIL):
        check(run("quote", snapshot, words, *more, archive=archive))
        check(run("quote", "--text", text, words, *more))


def look_at_all(archive):
    """Run every command that shows what an archive holds, on all of it."""
    for what in ("snapshots", "attempts"):
        for more in ((), ("--json",)):
            listed = run("list", what, *more, archive=archive)
            assert listed.code == 0, listed
            yield listed
        for line in listed.stdout.splitlines():
            held = json.loads(line)
            held = held.get("snapshot") or held.get("attempt") or held["statement"]
            yield run("show", held, archive=archive)
    yield run("verify", archive=archive)
    yield run("verify", "--json", archive=archive)
