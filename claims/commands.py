"""The commands that look: ``list``, ``show``, ``cite``; and the list of all of ours."""

import re
from collections.abc import Iterator

import click

from archiver.errors import VerificationError
from archiver.holdings import (
    StoredSnapshot,
    log_order,
    match_id,
    read_snapshots,
    read_statements,
)
from archiver.store import Archive
from archiver.terminal import (
    act_on_each,
    arguments,
    json_option,
    named_archive,
    print_json,
    say,
    visible,
    worst,
)
from archiver.trust import read_trust
from claims.case import Checked, examine_archive
from claims.citing import (
    Imprint,
    Provenance,
    Reference,
    format_csl,
    format_plain,
    refer_claim,
    refer_snapshot,
)
from claims.claim_commands import claim, claim_object, find_claim, format_claim
from claims.listing import LISTINGS, Found, written_thing
from claims.patterns import CLAIM_ID, LEAD_ID, SLUG, SOURCE_ID
from claims.publication_commands import (
    demo,
    publish_command,
    release,
    serve_command,
)
from claims.quote_commands import quote, read_layer
from claims.rechecking.commands import recheck
from claims.showing import show_snapshot
from claims.snapshot_lines import snapshot_lines
from claims.snapshot_objects import snapshot_object
from claims.statement_lines import statement_lines, statement_object
from claims.tried import attempt_lines, check_no_attempt
from claims.verify_commands import verify

STYLES = ("plain", "csl")


@click.command("list")
@click.argument(
    "kinds",
    metavar="[KIND]...",
    nargs=-1,
    type=click.Choice(tuple(LISTINGS)),
)
@json_option
def list_command(kinds: tuple[str, ...], as_json: bool) -> None:
    """List what the archive holds.

    That is snapshots and claims, or the kinds that you name: snapshots, attempts (what
    was asked for and did not come), claims, sources, leads, statements. A line begins
    with the id by which 'show' knows the thing.

    Example: sourcebook list claims leads
    """
    archive = named_archive()
    codes = []

    def print_one(found: Found) -> int:
        thing, line = found()
        if as_json:
            print_json(thing)
        else:
            click.echo(visible(line))
        return 0

    for kind in kinds or ("snapshots", "claims"):
        listed = list(LISTINGS[kind](archive))
        codes.append(act_on_each(listed, print_one))
        if not listed:
            say(f"no {kind} yet")
    click.get_current_context().exit(worst(codes))


@click.command()
@click.argument("wanted", metavar="ID|CASE/SLUG")
@click.option("--text", is_flag=True, help="Print a snapshot's text layer, to quote.")
@json_option
def show(wanted: str, text: bool, as_json: bool) -> None:
    """Show one thing that the archive holds.

    It is a snapshot, an attempt or another statement, a claim, a source or a lead. Of a
    snapshot that is what was signed of it, and what the public may have; of a page of
    Telegram, its posts too.

    Example: sourcebook show c-7k3m9q2p

    Example: sourcebook show 3c835783 --text
    """
    if text and as_json:
        raise click.UsageError("--text and --json do not go together")
    archive = named_archive()
    if text:
        _print_text(archive, wanted)
        return
    thing, lines = _found(archive, wanted)
    if as_json:
        print_json(thing)
    else:
        click.echo(lines)


@click.command()
@click.argument("wanted", metavar="ID")
@click.option("--style", type=click.Choice(STYLES), default="plain", show_default=True)
@click.option("--site", default="", metavar="URL", help="The address of your site.")
def cite(wanted: str, style: str, site: str) -> None:
    """Print a reference to a claim or a snapshot.

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


def _print_text(archive: Archive, wanted: str) -> None:
    layer = read_layer(archive, wanted).text
    if not layer:
        raise VerificationError(
            f"the snapshot {wanted} has no text layer, expected one to print",
            hint=f"'sourcebook show {wanted}' says what it is",
        )
    for line in layer.removesuffix("\n").split("\n"):
        click.echo(visible(line))


def _found(archive: Archive, wanted: str) -> tuple[dict[str, object], str]:
    """Find what ``wanted`` names; return it as an object and as lines."""
    if re.match(SOURCE_ID.regex, wanted) or re.match(LEAD_ID.regex, wanted):
        thing, line = written_thing(examine_archive(archive), wanted)
        return thing, visible(line)
    if re.match(CLAIM_ID.regex, wanted) or _is_place(wanted):
        examined = find_claim(examine_archive(archive), wanted)
        return claim_object(examined), format_claim(examined)
    thing, lines = _signed(archive, wanted)
    return thing, "\n".join(map(visible, lines))


def _is_place(wanted: str) -> bool:
    """Tell whether a claim is meant by CASE/SLUG."""
    case, _, slug = wanted.partition("/")
    return all(re.match(SLUG.regex, each) for each in (case, slug))


def _signed(archive: Archive, wanted: str) -> tuple[dict[str, object], Iterator[str]]:
    """Find a snapshot or a statement: of several of one snapshot the first counts."""
    trust = read_trust(archive)
    known = sorted(read_statements(archive, trust), key=log_order)
    statements = {each.id: each for each in known}
    snapshots = {
        subject.sha256: each
        for each in reversed(known)
        if each.statement.type == "snapshot"
        for subject in each.statement.subjects
    }
    found = _match([*snapshots, *statements], wanted)
    if found in snapshots:
        shown = show_snapshot(archive, trust, snapshots[found])
        return snapshot_object(shown), snapshot_lines(shown)
    stored = statements[found]
    is_attempt = stored.statement.type == "attempt"
    lines = attempt_lines(stored) if is_attempt else statement_lines(stored)
    return statement_object(stored), lines


def _reference(archive: Archive, wanted: str, imprint: Imprint) -> Reference:
    checked = examine_archive(archive)
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
    taken = Provenance(
        sha256=snapshot.sha256,
        observed=snapshot.custody == "observed",
        url=url,
        supplied_by=facts.deposit.supplied_by if facts.deposit else "",
        day=facts.on[:10],
        log_index=snapshot.stored.index,
    )
    return refer_snapshot(taken, known, publisher.name if publisher else "", imprint)


def _match(names: list[str] | dict[str, StoredSnapshot], wanted: str) -> str:
    with arguments():
        return match_id(names, wanted)


COMMANDS = (
    *(list_command, show, quote, claim, release, verify, recheck),
    *(publish_command, serve_command, cite, demo),
)
