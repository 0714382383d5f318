"""Rows of the published database for what was asked for: attempts, and leads visited.

An attempt is evidence of the attempt alone.  Whether a snapshot or an attempt is of the
page that a lead names goes by its address, in one spelling; what a reader is told of it
is how the two came together: it was asked for, it answered, or it is said to be so.
"""

import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from archiver.attempts import AttemptFacts, parse_attempt
from archiver.errors import MalformedError
from archiver.facts import SnapshotFacts
from archiver.wire.guard import parse_url
from claims.leads import Lead
from claims.published.record_rows import (
    Exposure,
    HeldSnapshot,
    LoggedStatement,
    Row,
    canonical,
)

_ESCAPE = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_PLAIN: Final = string.ascii_letters + string.digits + string.punctuation

Attempts = Mapping[str, AttemptFacts]  # by the statement's id, in the order of the log


def read_attempts(logged: Iterable[LoggedStatement]) -> dict[str, AttemptFacts]:
    """Read the attempts among statements, by id.

    Raises:
        MalformedError: one is not what its format says.
    """
    return {
        each.envelope.id: parse_attempt(each.statement)
        for each in logged
        if each.statement.type == "attempt"
    }


def address_of(url: str) -> str:
    """Return an address in one spelling: host, port and escapes, without fragment.

    What is no address that a capture may go to stays as it is.
    """
    try:
        plain = parse_url(url).url
    except MalformedError:
        return url
    escaped = quote(plain, safe=_PLAIN)
    return _ESCAPE.sub(lambda found: found[0].upper(), escaped)


def attempt_row(logged: LoggedStatement, facts: AttemptFacts) -> Row:
    """Return the row of one attempt; its last failure is why nothing came."""
    last = facts.failures[-1]
    failures = logged.statement.predicate["failures"]
    return {
        "statement": logged.envelope.id,
        "log_index": logged.index,
        "requested_url": facts.requested_url,
        "started_on": facts.started_on,
        "finished_on": facts.finished_on,
        "driver": facts.driver,
        "failure": last.kind,
        "reason": last.reason,
        "requests": len(facts.failures),
        "failures": canonical(failures),
        "tool": f"{facts.tool_name} {facts.tool_version}",
        "snapshot": facts.snapshot,
    }


def lead_attempt_rows(leads: Iterable[Lead], attempts: Attempts) -> Iterator[Row]:
    """Yield which attempts asked for the page of which lead."""
    named = _by_address(leads)
    found = {
        (lead, statement)
        for statement, facts in attempts.items()
        for lead in named.get(address_of(facts.requested_url), ())
    }
    for lead, statement in sorted(found):
        yield {"lead": lead, "statement": statement}


def lead_snapshot_rows(
    leads: Iterable[Lead], held: Iterable[HeldSnapshot]
) -> Iterator[Row]:
    """Yield which snapshots are of the page of which lead, and how that is known."""
    named = _by_address(leads)
    found: dict[tuple[str, str], str] = {}
    for each in held:
        if each.facts.came_to_no_page:
            continue  # the attempt beside it is what was tried
        for how, url in _addresses(each.facts):
            for lead in named.get(address_of(url), ()):
                found.setdefault((lead, each.facts.sha256), how)
    for (lead, sha256), how in sorted(found.items()):
        yield {"lead": lead, "snapshot": sha256, "how": how}


def closed_addresses(held: Iterable[HeldSnapshot]) -> set[str]:
    """Return the addresses of snapshots of which the public may have nothing."""
    return {
        address_of(url)
        for each in held
        if each.exposure.level == "sealed"
        for _, url in _addresses(each.facts)
    }


def seal_alike(
    held: Mapping[str, HeldSnapshot], addresses: set[str], named: Collection[str]
) -> Iterator[tuple[str, HeldSnapshot]]:
    """Yield snapshots by SHA-256; those of one of these addresses are sealed.

    Those that a case names, in ``named``, stay as they are: it says what they may show.
    """
    for sha256, each in held.items():
        alike = {address_of(url) for _, url in _addresses(each.facts)}
        if sha256 in named or addresses.isdisjoint(alike):
            yield sha256, each
        else:
            yield sha256, replace(each, exposure=Exposure("sealed"))


def goes_to(facts: AttemptFacts, addresses: set[str]) -> bool:
    """Say whether an attempt asked for one of these addresses, or was led there."""
    asked = {facts.requested_url, *(failure.url for failure in facts.failures)}
    return not addresses.isdisjoint(map(address_of, asked))


def _by_address(leads: Iterable[Lead]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for lead in leads:
        found.setdefault(address_of(lead.url), []).append(lead.id)
    return found


def _addresses(facts: SnapshotFacts) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a snapshot, the strongest account of it first."""
    if facts.exchange:
        yield "requested", facts.exchange.requested_url
        yield "final", facts.exchange.final_url
    if facts.deposit and facts.deposit.claimed_url:
        yield "claimed", facts.deposit.claimed_url
