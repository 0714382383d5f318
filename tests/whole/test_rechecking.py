"""The command ``recheck``: a case on real pages that change between two captures."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commandline import (
    Outcome,
    contents,
    done,
    ended,
    forked,
    full_at,
    run,
    start,
)
from tests.site import Cut, Pause, Site, Stall, page, redirect

HTML = "Content-Type: text/html; charset=utf-8"
CASE = 'id = "house"\ntitle = "The house"\nlanguage = "en"\n'
ALIAS = """
[snapshots.{alias}]
sha256    = "{sha256}"
publisher = "org/paper"
language  = "{lang}"
published = "2026-02-02/.."
"""
PAPER = 'names = [{ text = "Paper", lang = "en" }]\nnaming = "public"\n'
CLAIM = """\
schema = "sourcebook/claim@1"
id     = "{id}"
case   = "house"
author = "the project"
kind   = "fact"
claim  = "The door of the house was open."
"""
EVIDENCE = """
[[evidence]]
id       = "{id}"
added    = 2026-11-25
role     = "supports"
snapshot = "{alias}"
lang     = "{lang}"
{zone}{quote}
chain    = [{{ by = "org/paper", snapshot = "{alias}", knows = "unstated" }}]
"""
IDS = [f"c-0000000{number}" for number in range(1, 10)]
DOOR = "The door of the house was open on 2 February, said the witness Anna Ivanova."
RIVER = "Three boats lay in the harbour, and nobody was on board of any of them."
FRAME = "The paper has been printed in this town since 1911, and is read in all of it."


def html(*paragraphs: str, title: str = "A house by the river") -> list:
    """Return a page with enough words on it to be one."""
    blocks = "".join(f"<p>{each}</p>" for each in (*paragraphs, FRAME, FRAME * 2))
    text = f"<!doctype html><title>{title}</title><h1>{title}</h1>{blocks}"
    return page(text.encode(), HTML)


class Desk:
    """An archive with one case, and the site that it quotes."""

    def __init__(self, root: Path, site: Site) -> None:
        self.root = root
        self.site = site
        self.aliases: dict[str, str] = {}
        done("init", root, "--no-passphrase")
        self.write("sources/org/paper.toml", PAPER)
        self.write("cases/house/case.toml", CASE)

    def write(self, rel: str, text: str) -> None:
        place = self.root / rel
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def capture(self, path: str, alias: str) -> str:
        """Capture a page of the site, and pin it."""
        words = ("capture", self.site.url(path), "--allow-address", self.site.address)
        told = done(*words, "--json", archive=self.root)
        return self.pin(alias, json.loads(told)["snapshot"])

    def pin(self, alias: str, sha256: str, more: str = "") -> str:
        pinned = ALIAS.format(alias=alias, sha256=sha256, lang="en") + more
        self.aliases[alias] = sha256
        case = self.root / "cases/house/case.toml"
        case.write_text(case.read_text() + pinned, encoding="utf-8")
        return sha256

    def claim(self, slug: str, *quotes: tuple[str, str]) -> str:
        """Write a claim with one piece of evidence for each (alias, quote)."""
        number = len(list(self.root.glob("cases/house/claims/*.toml")))
        text = CLAIM.format(id=IDS[number])
        for at, (alias, quote) in enumerate(quotes, start=1):
            written = quote if "=" in quote else f"quote = '''{quote}'''"
            text += EVIDENCE.format(
                id=f"e{at}", alias=alias, quote=written, lang="en", zone=""
            )
        self.write(f"cases/house/claims/{slug}.toml", text)
        return IDS[number]

    def recheck(self, *words: str, delay: str = "0") -> Outcome:
        """Run the command as it is run against this site."""
        allowed = ("--allow-address", self.site.address, "--delay", delay)
        return run("recheck", *words, *allowed, archive=self.root)

    def objects(self, *words: str) -> tuple[int, list[dict]]:
        """Run the command; return its exit code and what it printed."""
        outcome = self.recheck("--json", *words)
        assert "Traceback" not in outcome.stderr, outcome.stderr
        return outcome.code, [json.loads(each) for each in outcome.stdout.splitlines()]

    def quotes(self, *words: str) -> tuple[int, list[dict]]:
        """Run the command; return its exit code and what became of each quote."""
        code, found = self.objects(*words)
        assert found[-1]["exit"] == code
        return code, [each for each in found if "verdict" in each]

    def written(self) -> dict[str, bytes]:
        """Return every file that people write."""
        return contents(self.root / "cases") | contents(self.root / "sources")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/house": html(DOOR, RIVER)}) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Desk:
    """Return a desk whose one claim quotes one page of the site."""
    made = Desk(tmp_path / "desk", site)
    made.capture("/house", "page")
    made.claim("door", ("page", DOOR))
    return made


def verify(desk: Desk) -> set[str]:
    """Return the codes of all errors that ``verify`` finds."""
    told = run("verify", "--json", archive=desk.root)
    found = [json.loads(each) for each in told.stdout.splitlines()]
    return {each["code"] for each in found if each.get("severity") == "error"}


def test_a_page_that_is_as_it_was_is_told_to_stand(desk, site):
    before, listed = desk.written(), done("list", "snapshots", archive=desk.root)
    outcome = desk.recheck("house")
    assert outcome.code == 0, outcome
    assert f"    stands          e1 supports  “{DOOR}”" in outcome.stdout
    assert "1 quote on 1 page: 1 stands\n" in outcome.stdout
    assert "claims to look at" not in outcome.stdout
    assert outcome.stderr == ""
    assert desk.written() == before
    assert site.count("/house") == 2
    now = done("list", "snapshots", archive=desk.root)
    assert now.startswith(listed)
    assert len(now.splitlines()) == 2
    done("release", "-m", "all of it", archive=desk.root)
    assert verify(desk) == set()


def test_one_word_that_changed_is_shown_in_place(desk, site):
    site.pages["/house"] = html(DOOR.replace("open", "closed"), RIVER)
    before = desk.written()
    outcome = desk.recheck()
    assert outcome.code == 1
    lines = [each.strip() for each in outcome.stdout.splitlines()]
    end = "said the witness Anna …"
    assert lines[lines.index(f"changed         e1 supports  “{DOOR}”") + 1 :][:2] == [
        f"was  The door of the house was [-open-] on 2 February, {end}",
        f"now  The door of the house was {{+closed+}} on 2 February, {end}",
    ]
    assert "claims to look at:\n  c-00000001  house/door: 1 changed\n" in outcome.stdout
    assert "stay evidence of what the pages said" in outcome.stderr
    assert desk.written() == before
    (_, told, _) = desk.objects()[1]
    assert (told["verdict"], told["was"], told["status"]) == (
        *("changed", "exact", "changed"),
    )
    assert ["quote", "open", ""] in told["diff"]
    assert ["page", "closed", ""] in told["diff"]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (DOOR.replace("2 Feb", "12 Feb"), "number   2 → 12"),
        (DOOR.replace("was open", "was not open"), "negation none → not"),
        (DOOR.replace("Anna", "Hanna"), "name     Anna → Hanna"),
    ],
)
def test_a_number_a_negation_and_a_name_are_pointed_out(desk, site, now, told):
    site.pages["/house"] = html(now, RIVER)
    outcome = desk.recheck()
    assert outcome.code == 1
    assert f"        {told}\n" in outcome.stdout


def test_a_quote_that_is_nowhere_on_the_page_is_gone(desk, site):
    site.pages["/house"] = html(RIVER)
    code, (told,) = desk.quotes()
    assert (code, told["verdict"], told["reason"]) == (1, "gone", "nowhere")
    assert told["diff"] == []


def test_a_quote_that_moved_stands_and_its_new_zone_is_told(desk, site):
    site.pages["/house"] = html(RIVER, FRAME, DOOR)
    code, (told,) = desk.quotes()
    assert (code, told["verdict"], told["notes"]) == (0, "stands", [])
    site.pages["/house"] = html(RIVER, title=DOOR.rstrip("."))
    desk.claim("lede", ("page", DOOR.rstrip(".")))
    told = desk.quotes("house/lede")[1][0]
    assert told["verdict"] == "ambiguous"  # the title and the heading have it
    once = f"<!doctype html><p>{FRAME * 3}</p><h1>{DOOR}</h1>"
    site.pages["/house"] = page(once.encode(), HTML)
    code, (told,) = desk.quotes("house/door")
    assert (code, told["verdict"]) == (0, "stands")
    assert told["notes"] == ["it stood in the body, now it stands in the heading"]


def test_a_quote_that_now_stands_twice_is_ambiguous(desk, site):
    site.pages["/house"] = html(DOOR, RIVER, DOOR)
    code, (told,) = desk.quotes()
    assert (code, told["verdict"], len(told["places"])) == (1, "ambiguous", 2)
    assert "why  it stands in several places" in desk.recheck().stdout


def test_a_quote_inside_a_longer_word_and_one_in_another_context_changed(desk, site):
    site.pages["/house"] = html("The police had lethal weapons there.", RIVER)
    desk.capture("/house", "arms")
    desk.claim("arms", ("arms", "lethal weapons there"))
    context = "quote = 'had lethal weapons'\nprefix = 'The police'"
    desk.claim("whose", ("arms", context))
    site.pages["/house"] = html("The thieves had non-lethal weapons there.", RIVER)
    _, (edge,) = desk.quotes("house/arms")
    assert (edge["verdict"], edge["reason"]) == ("changed", "edge")
    assert ["quote", "lethal", ""] in edge["diff"]
    assert ["page", "non-lethal", "negation"] in edge["diff"]
    site.pages["/house"] = html("The thieves had lethal weapons there.", RIVER)
    _, (context,) = desk.quotes("house/whose")
    assert (context["verdict"], context["reason"]) == ("changed", "context")
    assert [each[:2] for each in context["diff"]] == [
        *(["same", "The "], ["quote", "police"], ["page", "thieves"]),
        ["same", " had lethal weapons"],
    ]
    assert "now  The {+thieves+} had lethal" in desk.recheck("house/whose").stdout


def test_parts_that_changed_their_order_are_told_apart(desk, site):
    desk.claim("both", ("page", f"quotes = ['''{DOOR}''', '''{RIVER}''']"))
    site.pages["/house"] = html(RIVER, DOOR)
    code, (first, second) = desk.quotes("house/both")
    assert (code, first["verdict"], second["verdict"]) == (1, "stands", "changed")
    assert (first["part"], second["part"], second["reason"]) == (0, 1, "order")
    assert "why  it stands before an earlier part" in desk.recheck("house/both").stdout


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_page_that_the_server_says_is_not_there_is_gone(desk, site, status):
    body = f"<title>{status}</title><h1>{status}</h1><p>{FRAME * 3}</p>"
    site.pages["/house"] = page(body.encode(), HTML, status=status)
    code, (told,) = desk.quotes()
    assert (code, told["verdict"]) == (1, "gone")
    assert told["why"] == f"the server says that there is no such page ({status[:3]})"


@pytest.mark.parametrize("status", ["403 Forbidden", "429 Wait", "503 Busy"])
def test_a_refusal_says_nothing_of_the_quote(desk, site, status):
    site.pages["/house"] = page(f"<p>{FRAME * 3}</p>".encode(), HTML, status=status)
    code, (told,) = desk.quotes()
    assert (code, told["verdict"]) == (4, "cannot-tell")
    assert f"the server answered {status[:3]}" in told["why"]


@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden"])
def test_a_bot_check_says_nothing_of_the_quote(desk, site, status):
    body = b"""<!doctype html><title>Just a moment...</title>
    <h1>Checking your browser before accessing the site</h1>
    <p>Please enable JavaScript and cookies to continue</p>
    <script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>"""
    fields = ("Server: cloudflare", "CF-Mitigated: challenge", HTML)
    site.pages["/house"] = page(body, *fields, status=status)
    outcome = desk.recheck()
    assert outcome.code == 4
    assert "  note     it is labelled bot-check; words that are not" in outcome.stdout
    assert "    cannot tell     e1" in outcome.stdout
    assert "says nothing of the page" in outcome.stderr
    assert "stay evidence" not in outcome.stderr


def test_a_cut_page_cannot_tell_of_what_is_not_in_it_and_is_kept(desk, site):
    whole = html(RIVER, DOOR)[0]
    site.pages["/house"] = [whole[: whole.index(b"The door")], Cut()]
    code, (told,) = desk.quotes()
    assert (code, told["verdict"]) == (4, "cannot-tell")
    assert "truncated" in told["why"]
    site.pages["/house"] = [whole[: whole.rindex(FRAME.encode())], Cut()]
    code, found = desk.objects()
    assert (code, found[1]["verdict"]) == (4, "stands")
    assert found[0]["outcome"] == "truncated"
    assert len(done("list", "snapshots", archive=desk.root).splitlines()) == 3


def test_words_that_stand_twice_in_a_cut_page_are_ambiguous(desk, site):
    whole = html(DOOR, DOOR)[0]
    site.pages["/house"] = [whole[: whole.rindex(FRAME.encode())], Cut()]
    code, (told,) = desk.quotes()
    assert (code, told["verdict"]) == (1, "ambiguous")


def test_an_address_that_leads_elsewhere_is_told(desk, site):
    site.pages["/new"] = html(DOOR, RIVER)
    site.pages["/house"] = redirect("/new")
    code, found = desk.objects()
    assert (code, found[1]["verdict"]) == (0, "stands")
    assert found[0]["finalUrl"] == site.url("/new")
    assert found[0]["notes"] == [
        f"it was led elsewhere: {site.url('/new')} answered, not {site.url('/house')}"
    ]


def test_a_page_that_does_not_come_is_an_attempt(desk, site):
    site.pages["/house"] = [Stall()]
    outcome = desk.recheck("--timeout", "0.5", "--json")
    assert outcome.code == 4
    whole, told, end = (json.loads(each) for each in outcome.stdout.splitlines())
    assert (whole["new"], told["verdict"], end["exit"]) == (None, "not-reached", 4)
    shown = json.loads(done("show", whole["attempt"], "--json", archive=desk.root))
    assert shown["type"] == "attempt"
    assert shown["predicate"]["requestedUrl"] == site.url("/house")
    told = desk.recheck("--timeout", "0.5")
    assert "    not reached     e1" in told.stdout
    assert "  attempt  " in told.stdout
    done("release", "-m", "all of it", archive=desk.root)
    assert verify(desk) == set()


def test_a_refused_connection_is_an_attempt_and_an_inner_address_is_not_asked(desk):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    letter = desk.root.parent / "letter.html"
    letter.write_bytes(html(DOOR)[0].partition(b"\r\n\r\n")[2])
    for at, url in enumerate((f"http://127.0.0.1:{port}/a", "http://10.1.2.3/b")):
        told = done(
            *("deposit", letter, "--source", "a reader", "--url", url, "--json"),
            archive=desk.root,
        )
        letter.write_bytes(letter.read_bytes() + b"\n")
        desk.pin(f"letter-{at}", json.loads(told)["snapshot"])
        desk.claim(f"letter-{at}", (f"letter-{at}", DOOR))
    code, found = desk.objects(
        "house/letter-0", "house/letter-1", "--allow-address", f"127.0.0.1:{port}"
    )
    assert code == 4
    pages = [each for each in found if "new" in each]
    assert [each["claimed"] for each in pages] == [True, True]
    assert [bool(each["attempt"]) for each in pages] == [True, False]
    assert "10.1.2.3" in pages[1]["why"]
    assert {each["verdict"] for each in found if "verdict" in each} == {"not-reached"}


def test_a_page_is_asked_once_for_all_claims_and_snapshots_of_it(desk, site):
    site.pages["/house"] = html(DOOR, RIVER, "It rained.")
    desk.capture("/house", "later")
    desk.claim("boats", ("later", RIVER), ("page", RIVER))
    before = site.count("/house")
    outcome = desk.recheck()
    assert outcome.code == 0
    assert site.count("/house") == before + 1
    assert outcome.stdout.count("  in hand  ") == 2
    assert "3 quotes on 1 page: 3 stand\n" in outcome.stdout
    assert outcome.stdout.count("house/boats") == 1


def test_what_is_claimed_of_an_address_is_said_to_be_claimed(desk, site):
    letter = desk.root.parent / "letter.html"
    letter.write_bytes(html(RIVER)[0].partition(b"\r\n\r\n")[2])
    words = ("deposit", letter, "--source", "a reader", "--url", site.url("/house"))
    told = done(*words, "--json", archive=desk.root)
    desk.pin("letter", json.loads(told)["snapshot"])
    claim = desk.claim("boats", ("letter", RIVER))
    outcome = desk.recheck(claim)
    assert outcome.code == 0
    assert "  note     the address is claimed, by a reader\n" in outcome.stdout
    assert "all of the new one, until a case that pins it" in outcome.stdout


def test_what_may_not_or_cannot_be_asked_is_left_out_and_named(desk, site):
    site.pages["/secret"] = html(RIVER)
    desk.capture("/secret", "secret")
    case = desk.root / "cases/house/case.toml"
    case.write_text(case.read_text() + 'access = "sealed"\nreason = "a source"\n')
    letter = desk.root.parent / "letter.txt"
    for at, url in enumerate(((), ("--url", "ftp://files.example/a"))):
        letter.write_text(f"{RIVER} {at}", encoding="utf-8")
        words = ("deposit", letter, "--source", "a reader", *url, "--json")
        sha256 = json.loads(done(*words, archive=desk.root))["snapshot"]
        desk.pin(f"letter-{at}", sha256)
    desk.claim("boats", *((alias, RIVER) for alias in list(desk.aliases)[1:]))
    outcome = desk.recheck()
    assert outcome.code == 0
    assert site.count("/secret") == 1
    assert f"left out: {site.url('/secret')}\n" in outcome.stdout
    for why in ("it is sealed\n", "no address of it is known\n", "its address cannot"):
        assert f"  why      {why}" in outcome.stdout
    so = "  so       1 quote of 1 claim not looked for:\n           house/boats\n"
    assert outcome.stdout.count(so) == 3
    assert "1 quote on 1 page: 1 stands; 3 quotes left out\n" in outcome.stdout
    found = [each for each in desk.objects()[1] if "leftOut" in each]
    assert {each["snapshot"] for each in found} == set(desk.aliases.values()) - {
        desk.aliases["page"]
    }
    assert not any(each["fault"] for each in found)


def test_a_snapshot_that_is_not_there_and_a_claim_that_cannot_be_read_are_told(desk):
    desk.pin("lost", "ab" * 32)
    desk.claim("lost", ("lost", DOOR), ("nobody", DOOR))
    outcome = desk.recheck()
    assert outcome.code == 1
    assert f"  in hand  {'ab' * 32}\n" in outcome.stdout
    assert "  in hand  house:nobody\n" in outcome.stdout
    assert "it is no snapshot of this archive" in outcome.stdout
    desk.write("cases/house/claims/broken.toml", "schema = 1\n")
    desk.write("cases/other/claims/broken.toml", "schema = 1\n")
    outcome = desk.recheck("--dry-run")
    assert outcome.code == 3
    assert "cases/house/claims/broken.toml:1: C20: " in outcome.stderr
    assert "cases/other/case.toml:1: C20: " in outcome.stderr
    assert "; it is not looked at" in outcome.stderr
    assert "other" not in desk.recheck("house", "--dry-run").stderr


def test_a_dry_run_says_whom_it_would_ask_and_asks_nobody(desk, site):
    before, asked = contents(desk.root), site.count("/house")
    outcome = desk.recheck("--dry-run")
    assert outcome.code == 0
    assert outcome.stdout.startswith(f"{site.url('/house')}\n  in hand  ")
    assert "  to ask   by the client; 1 quote of 1 claim\n" in outcome.stdout
    (told,) = desk.objects("--dry-run")[1]
    assert told == {
        "page": site.url("/house"),
        "driver": "client",
        "claimed": False,
        "snapshots": [desk.aliases["page"]],
        "quotes": 1,
    }
    assert site.count("/house") == asked
    assert contents(desk.root) == before


def test_a_later_snapshot_in_hand_is_compared_without_asking(desk, site):
    site.pages["/house"] = html(DOOR.replace("open", "closed"), RIVER)
    words = ("capture", site.url("/house"), "--allow-address", site.address, "--json")
    later = json.loads(done(*words, archive=desk.root))["snapshot"]
    before, asked = contents(desk.root), site.count("/house")
    code, (told,) = desk.quotes("--against", later[:8])
    assert (code, told["verdict"]) == (1, "changed")
    assert site.count("/house") == asked
    assert contents(desk.root) == before
    outcome = desk.recheck("--against", desk.aliases["page"])
    assert (outcome.code, len(outcome.errors)) == (1, 1)
    assert "expected another snapshot of a page that is cited" in outcome.stderr
    assert desk.recheck("--against", "xyz").code == 2
    assert desk.recheck(delay="nan").code == 2
    desk.pin("lost", "ab" * 32)
    desk.claim("lost", ("lost", DOOR))
    told = desk.recheck("--against", later).stderr
    assert "of the pages cited, 1 more were not looked at\n" in told
    assert desk.recheck("--against", later, "--dry-run").code == 2


def test_a_case_that_is_none_and_an_address_that_is_none_are_refused(desk):
    outcome = desk.recheck("hose")
    assert (outcome.code, len(outcome.errors)) == (1, 1)
    assert "the cases are: house" in outcome.stderr
    assert run("recheck", "--allow-address", "here", archive=desk.root).code == 2


def test_a_host_is_asked_again_after_the_delay_only(desk, site):
    site.pages["/boats"] = html(RIVER)
    desk.capture("/boats", "boats")
    desk.claim("boats", ("boats", RIVER))
    began = time.monotonic()
    assert desk.recheck(delay="0.5").code == 0
    assert time.monotonic() - began >= 0.5


DIFFERENCES = {
    "a Russian negation": (
        "Свидетель сказал, что дверь дома была открыта второго февраля.",
        "Свидетель сказал, что дверь дома не была открыта второго февраля.",
        "что дверь дома была открыта",
        "что дверь дома {+не +}была открыта",
    ),
    "a Russian number": (
        "Суд приговорил его к 12 годам колонии строгого режима.",
        "Суд приговорил его к 2 годам колонии строгого режима.",
        "его к [-12-] годам",
        "его к {+2+} годам",
    ),
    "an Arabic word": (
        "قال الشاهد إن باب البيت كان مفتوحا في الثاني من شباط",
        "قال الشاهد إن باب البيت كان مغلقا في الثاني من شباط",
        "كان [-مفتوحا-] في",
        "كان {+مغلقا+} في",
    ),
}


@pytest.mark.parametrize("kind", DIFFERENCES)
def test_a_difference_is_shown_in_any_script(desk, site, kind):
    was, now, lost, come = DIFFERENCES[kind]
    site.pages["/other"] = html(was)
    desk.capture("/other", "other")
    desk.claim("other", ("other", was))
    site.pages["/other"] = html(now)
    outcome = desk.recheck("house/other")
    assert outcome.code == 1
    lines = outcome.stdout.splitlines()
    (before,) = (each for each in lines if each.startswith("        was  "))
    (after,) = (each for each in lines if each.startswith("        now  "))
    assert lost in before
    assert come in after


def test_a_full_disk_stops_it_and_what_was_found_is_told(desk, site):
    site.pages["/boats"] = html(RIVER)
    desk.capture("/boats", "boats")
    desk.claim("last", ("boats", RIVER))
    site.pages["/boats"] = page(os.urandom(1 << 20), HTML)
    allowed = ("--allow-address", site.address, "--delay", "0")
    outcome = forked(full_at(1 << 19), "recheck", *allowed, archive=desk.root)
    assert (outcome.code, len(outcome.errors)) == (5, 1), outcome
    assert "1 quote on 1 page: 1 stands\n" in outcome.stdout
    assert desk.recheck("house/door").code == 0


def test_an_archive_without_claims_has_nothing_to_ask_for(tmp_path):
    done("init", tmp_path / "new", "--no-passphrase")
    outcome = run("recheck", archive=tmp_path / "new")
    assert (outcome.code, outcome.stdout) == (0, "0 quotes on 0 pages\n")
    outcome = run("recheck", "--dry-run", archive=tmp_path / "new")
    assert (outcome.code, outcome.stdout) == (0, "")
    assert "no page to ask for again" in outcome.stderr


@contextmanager
def waiting_page(site: Site, path: str) -> Iterator[threading.Event]:
    """Let a page of the site answer nothing; the event is set when it was asked."""
    asked = threading.Event()
    kept, site.pages[path] = site.pages[path], [Pause(0), Stall()]
    count = site.count(path)

    def watch() -> None:
        while site.count(path) == count and not asked.is_set():
            time.sleep(0.01)
        asked.set()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield asked
    asked.set()
    thread.join()
    site.pages[path] = kept


def test_a_kill_between_two_captures_leaves_all_whole(desk, site):
    site.pages["/boats"] = html(RIVER)
    desk.capture("/boats", "boats")
    desk.claim("last", ("boats", RIVER))
    done("release", "-m", "two claims", archive=desk.root)
    before = contents(desk.root)
    allowed = ("--allow-address", site.address, "--delay", "0")
    with waiting_page(site, "/boats") as asked:
        process = start("recheck", *allowed, archive=desk.root)
        assert asked.wait(30)
        process.send_signal(signal.SIGKILL)
        ended(process)
    assert verify(desk) == set()
    after = contents(desk.root)
    kept = [rel for rel in before if not rel.startswith("logs/")]
    assert {rel: after[rel] for rel in kept} == {rel: before[rel] for rel in kept}
    assert len(done("list", "snapshots", archive=desk.root).splitlines()) == 3
    assert desk.recheck().code == 0
    assert verify(desk) == set()
