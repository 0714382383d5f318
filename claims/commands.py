"""The commands that look: ``list``, ``show``, ``cite``; and the list of all of ours."""

import re
from collections.abc import Iterator

import click

from archiver.errors import VerificationError
from archiver.holdings import (
    StoredSnapshot,
    StoredStatement,
    log_order,
    match_id,
    read_snapshots,
    read_statements,
)
from archiver.store import Archive
from archiver.terminal import (
    arguments,
    json_option,
    named_archive,
    print_json,
    say,
    visible,
)
from archiver.trust import Trust, read_trust
from claims.case import Checked, check_archive
from claims.citing import (
    Imprint,
    Reference,
    Taken,
    format_csl,
    format_plain,
    refer_claim,
    refer_snapshot,
)
from claims.claim_commands import claim, claim_object, find_claim, format_claim
from claims.patterns import CLAIM_ID, LEAD_ID, SOURCE_ID
from claims.publication_commands import COMMANDS as PUBLICATION_COMMANDS
from claims.quote_commands import quote
from claims.recheck_commands import recheck
from claims.tried import attempt_lines, check_no_attempt
from claims.verify_commands import verify

STYLES = ("plain", "csl")


@click.command("list")
@click.argument(
    "kinds",
    metavar="[snapshots|claims|sources|leads|statements]...",
    nargs=-1,
    type=click.Choice(["snapshots", "claims", "sources", "leads", "statements"]),
)
@json_option
def list_command(kinds: tuple[str, ...], as_json: bool) -> None:
    """List what the archive holds: snapshots and claims, or the kinds that you name.

    Example: sourcebook list claims leads
    """
    archive = named_archive()
    for kind in kinds or ("snapshots", "claims"):
        listed = list(_listed(archive, kind))
        for thing, line in listed:
            if as_json:
                print_json(thing)
            else:
                click.echo(visible(line))
        if not listed:
            say(f"no {kind} yet")


@click.command()
@click.argument("wanted", metavar="ID")
@json_option
def show(wanted: str, as_json: bool) -> None:
    """Show one thing: a snapshot, a statement, a claim, a source or a lead.

    Example: sourcebook show c-7k3m9q2p
    """
    archive = named_archive()
    thing, text = _found(archive, wanted)
    if as_json:
        print_json(thing)
    else:
        click.echo(text)


@click.command()
@click.argument("wanted", metavar="ID")
@click.option("--style", type=click.Choice(STYLES), default="plain", show_default=True)
@click.option("--site", default="", metavar="URL", help="The address of your site.")
def cite(wanted: str, style: str, site: str) -> None:
    """Print a reference to a claim or a snapshot: plain, or as CSL-JSON.

    Example: sourcebook cite c-7k3m9q2p --style csl
    """
    archive = named_archive()
    config = archive.config
    imprint = Imprint(config.title, config.operator, config.origin, site.rstrip("/"))
    reference = _reference(archive, wanted, imprint)
    if style == "csl":
        print_json(format_csl(reference))
    else:
        click.echo(format_plain(reference))


def _listed(archive: Archive, kind: str) -> Iterator[tuple[dict[str, object], str]]:
    """Yield each thing of a kind, as an object and as a line."""
    if kind in ("snapshots", "statements"):
        listing = _list_snapshots if kind == "snapshots" else _list_statements
        yield from listing(archive, read_trust(archive))
        return
    checked = check_archive(archive)
    if kind == "claims":
        for each in checked.examined:
            line = (
                f"{each.claim.id}  at most {each.ceiling.strength}  {each.claim.claim}"
            )
            yield claim_object(each), line
        return
    things = checked.dossier.sources if kind == "sources" else checked.dossier.leads
    for wanted in things:
        thing, text = _written(checked, wanted)
        yield thing, text.partition("\n")[0]


def _list_snapshots(
    archive: Archive, trust: Trust
) -> Iterator[tuple[dict[str, object], str]]:
    for snapshot in read_snapshots(archive, trust).values():
        thing = _snapshot_object(snapshot)
        yield thing, f"{snapshot.sha256}  {snapshot.custody}  {thing['of']}"


def _list_statements(
    archive: Archive, trust: Trust
) -> Iterator[tuple[dict[str, object], str]]:
    found = sorted(
        read_statements(archive, trust),
        key=log_order,
    )
    for stored in found:
        place = "pending" if stored.index is None else f"entry {stored.index}"
        yield (
            _statement_object(stored),
            f"{stored.id}  {place}  {stored.statement.type}",
        )


def _found(archive: Archive, wanted: str) -> tuple[dict[str, object], str]:
    """Find what ``wanted`` names; return it as an object and as lines."""
    if re.match(CLAIM_ID.regex, wanted):
        examined = find_claim(check_archive(archive), wanted)
        return claim_object(examined), format_claim(examined)
    if re.match(SOURCE_ID.regex, wanted) or re.match(LEAD_ID.regex, wanted):
        return _written(check_archive(archive), wanted)
    trust = read_trust(archive)
    snapshots = read_snapshots(archive, trust)
    statements = {each.id: each for each in read_statements(archive, trust)}
    found = _match([*snapshots, *statements], wanted)
    if found in snapshots:
        thing = _snapshot_object(snapshots[found])
    else:
        thing = _statement_object(statements[found])
        if statements[found].statement.type == "attempt":
            lines = attempt_lines(statements[found])
            return thing, "\n".join(visible(line) for line in lines)
    return thing, "\n".join(f"{key:12} {value}" for key, value in thing.items())


def _written(checked: Checked, wanted: str) -> tuple[dict[str, object], str]:
    """Find a source or a lead; a withheld person has no name here either."""
    source = checked.dossier.sources.get(wanted)
    if source is not None:
        names = [] if source.naming == "withheld" else [n.text for n in source.names]
        thing: dict[str, object] = {
            "source": wanted,
            "names": names,
            "family": source.family,
            "naming": source.naming or "public",
        }
        return thing, f"{wanted}  {', '.join(names) or 'name withheld'}"
    lead = checked.dossier.leads.get(wanted)
    if lead is None:
        raise VerificationError(
            f"nothing in this archive is {wanted!r}",
            hint="'sourcebook list sources leads' shows what there is",
        )
    thing = {"lead": wanted, "url": lead.url, "publisher": lead.publisher}
    return thing, f"{wanted}  a lead, not in hand: {lead.url}"


def _reference(archive: Archive, wanted: str, imprint: Imprint) -> Reference:
    checked = check_archive(archive)
    if re.match(CLAIM_ID.regex, wanted) or "/" in wanted:
        examined = find_claim(checked, wanted)
        folder = next(
            each
            for each in checked.dossier.cases.values()
            if each.case.id == examined.claim.case
        )
        revisions = checked.dossier.revisions.get(examined.claim.id, {})
        number = max(revisions, default=0)
        if revisions.get(number) != examined.claim:
            raise VerificationError(
                f"claim {examined.claim.id} as it stands is in no release: it has no"
                f" revision to cite (the newest is {number})",
                hint="run 'sourcebook release' first",
            )
        return refer_claim(
            examined.claim, folder.case, examined.ceiling, number, imprint
        )
    trust = read_trust(archive)
    snapshots = read_snapshots(archive, trust)
    try:
        found = snapshots[_match(snapshots, wanted)]
    except VerificationError:
        check_no_attempt(archive, trust, wanted)
        raise
    return _snapshot_reference(checked, found, imprint)


def _snapshot_reference(
    checked: Checked, snapshot: StoredSnapshot, imprint: Imprint
) -> Reference:
    pinned = (
        alias
        for folder in checked.dossier.cases.values()
        for alias in folder.case.snapshots.values()
    )
    known = next((each for each in pinned if each.sha256 == snapshot.sha256), None)
    publisher = checked.dossier.sources.get(known.publisher) if known else None
    facts = snapshot.facts
    url = facts.exchange.final_url if facts.exchange else ""
    if facts.deposit:
        url = facts.deposit.claimed_url or ""
    taken = Taken(
        sha256=snapshot.sha256,
        observed=snapshot.custody == "observed",
        url=url,
        supplied_by=facts.deposit.supplied_by if facts.deposit else "",
        day=facts.on[:10],
        log_index=snapshot.stored.index,
    )
    return refer_snapshot(taken, known, publisher.name if publisher else "", imprint)


def _snapshot_object(snapshot: StoredSnapshot) -> dict[str, object]:
    facts = snapshot.facts
    exchange, deposit = facts.exchange, facts.deposit
    thing: dict[str, object] = {
        "snapshot": snapshot.sha256,
        "path": snapshot.path,
        "custody": snapshot.custody,
        "outcome": facts.outcome,
        "reason": facts.reason,
        "on": facts.on,
        "statement": snapshot.stored.id,
        "index": snapshot.stored.index,
        "records": facts.warc.record_count,
        "text": facts.text.extractor if facts.text else None,
    }
    if exchange:
        thing |= {"of": exchange.final_url, "status": exchange.status}
    if deposit:
        thing |= {"of": deposit.name, "suppliedBy": deposit.supplied_by}
        thing |= {"claimedUrl": deposit.claimed_url, "document": deposit.sha256}
    return thing


def _statement_object(stored: StoredStatement) -> dict[str, object]:
    return {
        "statement": stored.id,
        "type": stored.statement.type,
        "index": stored.index,
        "keyid": stored.envelope.keyid,
        "subjects": [subject.name for subject in stored.statement.subjects],
        "predicate": stored.statement.predicate,
    }


def _match(names: list[str] | dict[str, StoredSnapshot], wanted: str) -> str:
    with arguments():
        return match_id(names, wanted)


COMMANDS = (
    *(list_command, show, quote, claim, verify, cite, recheck),
    *PUBLICATION_COMMANDS,
)
