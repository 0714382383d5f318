"""The commands of a claim: ``claim new | check | show``."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import click

from archiver.errors import VerificationError
from archiver.findings import Finding
from archiver.terminal import (
    Ordered,
    arguments,
    count_of,
    json_option,
    named_archive,
    print_json,
    say,
    visible,
)
from claims.authoring import NewClaim, NewQuote, UnfitError, write_claim
from claims.case import Checked, examine_archive
from claims.model import Kind
from claims.quote_commands import check_quote
from claims.rules import Examined, exit_code


@click.group(cls=Ordered)
def claim() -> None:
    """Write claims, check them, see what their evidence permits."""


@claim.command()
@click.argument("place", metavar="CASE/SLUG")
@click.option("--claim", "sentence", required=True, help="The sentence, in your words.")
@click.option(
    "--kind", type=click.Choice(get_args(Kind)), default="fact", show_default=True
)
@click.option("--about", multiple=True, metavar="person/…", help="Whom it is about.")
@click.option("--author", help="Who writes it; else the archive's operator.")
@click.option("--language", default="en", show_default=True, help="Of the sentence.")
@click.option("--snapshot", metavar="ID", help="The snapshot that is quoted.")
@click.option("--quote", help="The page's own words.")
@click.option("--prefix", default="", help="Words directly before the quote.")
@click.option("--suffix", default="", help="Words directly after it.")
@click.option("--lang", default="", metavar="TAG", help="The quote's language.")
@click.option("--zone", type=click.Choice(["heading", "body", "caption"]))
@click.option("--translation", default="", help="The quote in English, by the author.")
@click.option("--alias", default="", help="What the case calls the snapshot.")
@click.option("--publisher", default="", metavar="org/…", help="Whose page it is.")
@click.option("--published", default="", metavar="EDTF", help="When it was published.")
@json_option
def new(place: str, as_json: bool, **given: Any) -> None:
    """Write a claim file, and what it needs.

    The case, the alias of the snapshot and the sources are made where they are missing.
    A quote that does not stand in the snapshot, in one place, is refused, and nothing
    is written.

    \b
    Example: sourcebook claim new handover/status \\
        --claim "B. held asylum status." --snapshot 3c835783 \\
        --quote "le statut de demandeur d'asile" --lang fr
    """  # noqa: D301 - click's sign that lines stay as they are
    archive = named_archive()
    wanted = _wanted(place, archive.config.operator, given)
    if wanted.quoted:
        check_quote(archive, wanted.quoted)
    today = datetime.now(UTC).date()
    with arguments(UnfitError):
        written, files = write_claim(
            archive, wanted, today=today, token=secrets.token_bytes
        )
    _print_written(written.id, files, as_json=as_json)
    own = _findings(examine_archive(archive), [files[-1], *files])
    for finding in own:
        click.echo(_told(finding), err=True)


def _print_written(claim_id: str, files: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"claim": claim_id, "files": files})
        return
    click.echo(claim_id)
    for file in files:
        click.echo(f"    {file}")


@claim.command()
@click.argument("wanted", metavar="[ID|CASE/SLUG|CASE]...", nargs=-1)
@json_option
def check(wanted: tuple[str, ...], as_json: bool) -> None:
    """Check claims against the rules: all of them, or those named.

    Exit status: 0 no rule is broken, 1 one is, 3 a file cannot be read as it is.

    Example: sourcebook claim check handover/status
    """
    checked = examine_archive(named_archive())
    places = [place for each in wanted for place in _places(checked, each)]
    findings = _findings(checked, places) if wanted else list(checked.findings)
    for finding in findings:
        if as_json:
            print_json(finding.as_dict())
        else:
            click.echo(_told(finding))
    if not as_json:
        errors = sum(finding.severity == "error" for finding in findings)
        count = len(wanted) or len(checked.examined)
        broken = "no rule" if not errors else count_of(errors, "rule")
        say(f"{count_of(count, 'claim')} looked at, {broken} broken")
    click.get_current_context().exit(exit_code(findings))


@claim.command()
@click.argument("wanted", metavar="ID|CASE/SLUG")
@json_option
def show(wanted: str, as_json: bool) -> None:
    """Show what the evidence of a claim permits, and why not more.

    Example: sourcebook claim show handover/status
    """
    checked = examine_archive(named_archive())
    examined = find_claim(checked, wanted)
    if as_json:
        print_json(claim_object(examined))
    else:
        click.echo(format_claim(examined))


def find_claim(checked: Checked, wanted: str) -> Examined:
    """Return the claim that is meant by its id, or by CASE/SLUG.

    Raises:
        VerificationError: there is none.
    """
    slugs = {
        each.file: each.claim.id
        for folder in checked.dossier.cases.values()
        for each in folder.claims
    }
    case, _, slug = wanted.partition("/")
    claim_id = slugs.get(f"cases/{case}/claims/{slug}.toml", wanted)
    found = [each for each in checked.examined if each.claim.id == claim_id]
    if not found:
        raise VerificationError(
            f"no claim of this archive is {wanted!r}, or its file cannot be read",
            hint="'sourcebook list' shows the claims, 'claim check' their faults",
        )
    return found[0]


def claim_object(examined: Examined) -> dict[str, object]:
    """Return what is known of a claim as one JSON object."""
    claim, ceiling = examined.claim, examined.ceiling
    return {
        "claim": claim.id,
        "case": claim.case,
        "kind": claim.kind,
        "sentence": claim.claim,
        "assessed": False,
        "ceiling": ceiling.strength,
        "state": examined.state,
        "steps": [
            {"strength": step.strength, "reached": step.reached, "why": step.why}
            for step in ceiling.steps
        ],
        "caps": [{"strength": cap.strength, "why": cap.why} for cap in ceiling.caps],
        "evidence": [
            {
                "id": item.id,
                "role": item.role,
                "snapshot": item.snapshot,
                "quotes": list(item.parts),
                "status": [found.status for found in examined.anchors.get(item.id, ())],
            }
            for item in claim.evidence
        ],
        "findings": [finding.as_dict() for finding in examined.findings],
    }


def format_claim(examined: Examined) -> str:
    """Return what is known of a claim, in lines for a person."""
    claim, ceiling = examined.claim, examined.ceiling
    lines = [f"{claim.id}  {claim.kind}", f"    {claim.claim}", ""]
    lines += [
        f"Not assessed by a person. The evidence permits at most: {ceiling.strength}",
        *(
            f"  {'✓' if s.reached else '·'} {s.strength}: {s.why}"
            for s in ceiling.steps
        ),
        *(f"  at most {cap.strength}: {cap.why}" for cap in ceiling.caps),
    ]
    for item in claim.evidence:
        lines += ["", f"{item.id}  {item.role}, {item.snapshot}"]
        lines += [f"    “{part}”" for part in item.parts]
        lines += [f"    ← {link.by}" for link in item.chain]
    findings = [_told(finding) for finding in examined.findings]
    return "\n".join([*map(visible, lines), *findings])


def _wanted(place: str, operator: str, given: dict[str, Any]) -> NewClaim:
    """Return the claim that is asked for.

    Raises:
        UsageError: its place is none, or only half of a quote is given.
    """
    case, slash, slug = place.partition("/")
    if not slash:
        raise click.UsageError(f"the place is {place!r}, expected CASE/SLUG")
    return NewClaim(
        case=case,
        slug=slug,
        sentence=given["sentence"],
        kind=given["kind"],
        author=given["author"] or operator,
        about=given["about"],
        language=given["language"],
        quoted=_quoted(given),
    )


def _quoted(given: dict[str, Any]) -> NewQuote | None:
    if bool(given["snapshot"]) != bool(given["quote"]):
        raise click.UsageError(
            "--snapshot and --quote go together; one of them is missing"
        )
    if not given["snapshot"]:
        return None
    names = NewQuote.__dataclass_fields__
    return NewQuote(**{name: given[name] for name in names})


def _findings(checked: Checked, places: list[str]) -> list[Finding]:
    return [each for each in checked.findings if each.place.startswith(tuple(places))]


def _places(checked: Checked, wanted: str) -> list[str]:
    """Return where the findings of a case or a claim stand, readable or not."""
    for name in checked.dossier.cases:
        if wanted == name:
            return [f"cases/{name}/"]
    case, slash, slug = wanted.partition("/")
    file = f"cases/{case}/claims/{slug}.toml"
    if slash and any(each.place.startswith(file) for each in checked.findings):
        return [file]
    claim_id = find_claim(checked, wanted).claim.id
    return [
        each.file
        for folder in checked.dossier.cases.values()
        for each in folder.claims
        if each.claim.id == claim_id
    ]


def _told(finding: Finding) -> str:
    told = f"{finding.place}: {finding.severity} {finding.code}: {finding.message}"
    hint = f"\n    hint: {visible(finding.hint)}" if finding.hint else ""
    return f"{visible(told)}{hint}"
