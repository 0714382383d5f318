"""A snapshot of the archive in lines for a person: the words are those of its page.

Each line begins with what it is about, in a column of its own; what belongs to the line
before is set in.  The lines hold whatever the statement holds: they are to be made
``visible`` before a terminal has them.
"""

from collections.abc import Iterator
from typing import Any, Final

from archiver.facts import CaptureFacts, Deposit
from claims.capture_words import (
    CAPPED,
    DRIVERS,
    LABELS,
    SETTLED,
    account,
    custody,
    label_name,
    memento,
    robots,
)
from claims.charset_words import charset_told
from claims.holdings import is_success
from claims.post_lines import post_lines
from claims.snapshot_objects import Allowed, ShownSnapshot

WIDTH: Final = 11  # of the first column
_OK: Final = 200
_ENTRIES: Final = 5  # of one list of the browser; --json and the statement have more
_LEVELS: Final = {
    "public": "the bytes",
    "quotes": "the quotes with a little context, and the proofs",
    "sealed": "the log entry and its receipt, nothing else",
}


def snapshot_line(shown: ShownSnapshot) -> str:
    """Return a snapshot in one line: its id, when, what stands out, what it is of."""
    facts = shown.facts
    words = [shown.custody]
    words += [facts.outcome] if facts.outcome != "complete" else []
    status = facts.exchange.status if facts.exchange else None
    words += [] if is_success(status) else [f"status {status}"]
    words += facts.labels
    words += ["waits for the log"] if shown.index is None else []
    url = facts.deposit.claimed_url if facts.deposit else None
    of = f"{shown.of}, said to be from {url}" if url else shown.of
    return f"{facts.sha256}  {facts.on}  {', '.join(words)}  {of}"


def snapshot_lines(shown: ShownSnapshot) -> Iterator[str]:
    """Yield what is known of a snapshot."""
    facts = shown.facts
    exchange, deposit = facts.exchange, facts.deposit
    yield _line("snapshot", f"{facts.sha256}, {_place(shown)}")
    yield _line("of", shown.of)
    is_memento = bool(deposit and deposit.memento is not None)
    yield _line("custody", custody(shown.custody, facts.custody, is_memento=is_memento))
    if shown.index is None and facts.custody == "observed":
        yield _under("Until the log holds it, nothing counts as observed.")
    yield _line("outcome", _told(facts.outcome, facts.reason))
    if facts.outcome != "complete":
        yield _under(f"What follows: {CAPPED}")
    yield from _label_lines(shown)
    if exchange:
        yield from _exchange_lines(exchange)
    if deposit:
        yield from _deposit_lines(deposit)
    yield from _file_lines(shown)
    yield from _allowed_lines(shown.allowed)
    if facts.unknown:
        yield _line("not read", ", ".join(facts.unknown))
    for post in shown.posts:
        yield from post_lines(post)


def _exchange_lines(exchange: CaptureFacts) -> Iterator[str]:
    if exchange.requested_url != exchange.final_url:
        yield _line("asked for", exchange.requested_url)
    yield _line("status", str(exchange.status))
    yield _line("fetched", f"{exchange.started_on} to {exchange.finished_on}")
    yield _line("by", DRIVERS[exchange.driver])
    yield from _browser_lines(exchange.browser)
    yield _line("tls", _tls(exchange))
    if exchange.robots is not None:
        yield _line("robots.txt", robots(exchange.robots))
        yield from _named(exchange.robots, "url", "at")
        yield from _named(exchange.robots, "sha256", "captured")
    for each in exchange.redactions:
        yield _line("redacted", f"{each}: a secret, which was not written")
    for each in exchange.allowed_addresses:
        yield _line("let through", f"to {each}, an inner address, for this capture")


def _browser_lines(browser: dict[str, Any] | None) -> Iterator[str]:
    found = account(browser)
    if found is None:
        return
    yield _line("browser", found["name"])
    if found["settled"] is not None:
        yield _under(f"Settled: {SETTLED[found['settled']]}")
    numbers = (
        ("requests", "Requests on its own list"),
        ("recorded", "Exchanges recorded"),
    )
    for key, what in numbers:
        if found[key] is not None:
            yield _under(f"{what}: {found[key]:,}")
    if not found["lists"]:
        yield _under(found["instead"])
    for each in found["lists"]:
        yield _under(f"{each['title']}: {each['count']:,}")
        shown = each["entries"][:_ENTRIES]
        yield from (_under(f"  {entry}") for entry in shown)
        if shown and each["count"] > len(shown):
            yield _under(f"  … and {each['count'] - len(shown):,} more")


def _deposit_lines(deposit: Deposit) -> Iterator[str]:
    yield _line("supplied by", deposit.supplied_by)
    if deposit.claimed_url:
        yield _line("said from", deposit.claimed_url)
        yield _under("So it is said; nobody here saw it there.")
    else:
        yield _line("said from", "no address was supplied with it")
    yield _line("document", f"{deposit.media_type}, {deposit.length:,} bytes")
    yield _under(f"SHA-256 {deposit.sha256}")
    if deposit.memento is not None:
        yield from _memento_lines(memento(deposit.memento))


def _memento_lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield whose memento a deposit is; what stands there is that archive's word."""
    yield _line("memento", f"by {told['archive'] or 'an archive that is not named'}")
    yield _under(f"of {told['original'] or 'an address that is not named'}")
    yield _under(f"dated {told['datetime'] or 'by nobody'}, by that archive")
    if told["uri"]:
        yield _under(f"at {told['uri']}")
    if told["raw"] is False:
        yield _under("It is the page as that archive shows it, not as recorded.")
    if told["status"] not in (None, _OK):
        yield _under(f"What was recorded there has the status {told['status']}.")
    if told["same"] is None:
        yield _under("Its bytes were compared with no capture of ours.")
    else:
        same = "are the same" if told["same"] else "are not the same"
        other = f" {told['comparedWith']}" if told["comparedWith"] else ", not named"
        yield _under(f"Its bytes {same} as those of our own capture{other}.")
    for each in told["allowed"]:
        yield _line("let through", f"to {each}, an inner address, for this deposit")


def _label_lines(shown: ShownSnapshot) -> Iterator[str]:
    reasons = dict(shown.facts.label_reasons)
    for word in shown.facts.labels:
        name = label_name(word)
        yield _line("label", word if name == word else f"{word}: {name}")
        yield _under(f"Why: {reasons.get(word) or 'the statement gives no reason'}")
        if word in LABELS:
            yield _under(f"What follows: {LABELS[word][2]}")


def _file_lines(shown: ShownSnapshot) -> Iterator[str]:
    facts = shown.facts
    count = facts.warc.record_count
    yield _line("file", f"{shown.path}, {facts.warc.length:,} bytes")
    yield _line("written by", f"{facts.tool_name} {facts.tool_version}")
    if facts.came_to_no_page:
        yield _line("main", "none: it came to no page")
    elif facts.main_record is None:
        yield _line("main", "its records cannot be told apart")
    else:
        yield _line("main", f"record {facts.main_record} of {count}, counted from 0")
    if facts.text:
        told = f"{facts.text.extractor}, {facts.text.length:,} characters"
        yield _line("text", f"{told}, of record {facts.text.record}")
        yield from _charset_lines(shown)
    elif facts.came_to_no_page:
        yield _line("text", "none: nothing in it can be quoted")
    elif facts.deposit and facts.deposit.media_type == "application/pdf":
        yield _line("text", "none: no words could be read in it, as in pictures")
    else:
        yield _line("text", "none: no text was found in it")
    yield _line("signed", f"{facts.on} by {shown.keyid}")
    yield _line("statement", shown.statement)


def _charset_lines(shown: ShownSnapshot) -> Iterator[str]:
    if shown.charset:
        told = charset_told(shown.charset)
        yield _line("charset", f"{told['name']}, {told['how']}")
        yield from map(_under, told["doubts"])
    elif shown.unread:
        yield _line("charset", f"not looked at: {shown.unread}")


def _allowed_lines(allowed: Allowed | None) -> Iterator[str]:
    if allowed is None:
        return
    yield _line("access", f"{allowed.level}: {_LEVELS[allowed.level]}")
    yield _under(allowed.why)
    if allowed.names:
        yield _under(
            "It names somebody whose name is withheld: no bytes are given out."
        )


def _place(shown: ShownSnapshot) -> str:
    return "waits for the log" if shown.index is None else f"entry {shown.index}"


def _told(outcome: str, reason: str | None) -> str:
    return f"{outcome}: {reason}" if reason else outcome


def _tls(exchange: CaptureFacts) -> str:
    if exchange.tls is None and exchange.final_url.startswith("http:"):
        return "none: plain http"
    words = [(exchange.tls or {}).get(key) for key in ("version", "verdict")]
    told = ", ".join(each for each in words if isinstance(each, str) and each)
    return told or "nothing readable is said of it"


def _named(said: dict[str, Any], key: str, word: str) -> Iterator[str]:
    if isinstance(said.get(key), str):
        yield _under(f"{word} {said[key]}")


def _line(name: str, text: str) -> str:
    return f"{name:{WIDTH}} {text}"


def _under(text: str) -> str:
    return f"{'':{WIDTH}} {text}"
