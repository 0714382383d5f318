"""The command ``verify``: an archive, some things of it, or one WARC file."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import click
from tqdm import tqdm

from archiver.errors import SourcebookError
from archiver.findings import Finding, Report
from archiver.keys import parse_pin
from archiver.records import walk_records
from archiver.signers import pin as pin_of
from archiver.store import Archive
from archiver.terminal import json_option, named_archive, print_json, visible
from archiver.trust import POLICY, SIGNERS
from archiver.verify import Verified, verify_head, verify_pin
from claims.verify import concerning, verify_whole

MAX_TRUST_FILE = 1 << 20  # bytes
_CHUNK = 1 << 20
_ID = re.compile(r"c-[0-9a-z]+|[0-9a-f]{8,64}")  # ./ before it makes it a file


@click.command()
@click.argument("things", metavar="[ID|FILE]...", nargs=-1)
@click.option(
    "--trust",
    metavar="DIR|sha256:HEX",
    help="Whose keys: a copy of the archive's trust/ that you have, or its pin.",
)
@click.option(
    "--self-consistent",
    is_flag=True,
    help="Ask for no pin: only whether the archive agrees with itself.",
)
@json_option
def verify(
    things: tuple[str, ...], trust: str | None, self_consistent: bool, as_json: bool
) -> None:
    """Check bytes, records, signatures, log, release, then claims, to the end.

    With IDs only what concerns them is told; a FILE is a WARC to check by itself.

    Exit status: 0 all of it holds, 1 something does not or could not be checked.

    Example: sourcebook verify --trust sha256:5f0c…
    """
    files = [Path(thing) for thing in things if _is_file(thing)]
    for file in files:
        _verify_file(file, as_json=as_json)
    if files and len(files) == len(things):
        return
    archive = named_archive()
    verified = _verify_archive(archive)
    whose = verify_pin(archive, verified, _read_pin(trust))
    verify_head(archive, verified)
    ids = [thing for thing in things if Path(thing) not in files]
    report = verified.report
    findings = concerning(archive, verified, ids) if ids else report.findings
    if self_consistent:
        findings = [each for each in findings if each.code != "not-pinned"]
    _print(archive, report, findings, whose, as_json=as_json)
    failed = any(each.severity == "error" for each in findings)
    click.get_current_context().exit(1 if failed else 0)


def _is_file(thing: str) -> bool:
    """Say whether a file is meant: one that is named as an ID is would hide it."""
    return not _ID.fullmatch(thing) and Path(thing).is_file()


def _verify_archive(archive: Archive) -> Verified:
    with tqdm(desc="verifying", unit=" snapshots", leave=False, disable=None) as bar:

        def progress(kind: str, done: int, total: int) -> None:
            bar.unit, bar.total = f" {kind}", total
            bar.update(done - bar.n)

        return verify_whole(archive, progress)


def _read_pin(trust: str | None) -> str | None:
    """Return the pin that ``--trust`` names; of a folder, the one it hashes to."""
    if trust is None or trust.startswith("sha256:"):
        return parse_pin(trust) if trust else None
    files = [Path(trust) / "1" / name for name in (POLICY, SIGNERS)]
    try:
        policy, signers = (file.read_bytes()[:MAX_TRUST_FILE] for file in files)
    except OSError as error:
        raise click.UsageError(
            f"--trust {trust}: it is neither sha256:… nor a copy of a trust folder"
            f" ({error.filename}: {error.strerror})"
        ) from error
    return pin_of(policy, signers)


def _verify_file(file: Path, *, as_json: bool) -> None:
    """Walk one WARC, each digest in it checked; raise at its first fault."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while data := stream.read(_CHUNK):
            digest.update(data)
        stream.seek(0)
        try:
            count = sum(1 for _ in walk_records(stream))
        except SourcebookError as error:
            raise type(error)(f"{file}: {error}", hint=error.hint) from error
    found = {"file": str(file), "sha256": digest.hexdigest(), "records": count}
    if as_json:
        print_json(found)
    else:
        click.echo(f"{file}: {count} records, each as its digest says")
        click.echo(f"sha256 {found['sha256']}; nothing that is signed was checked")


def _print(
    archive: Archive,
    report: Report,
    findings: Iterable[Finding],
    whose: str,
    *,
    as_json: bool,
) -> None:
    findings = list(findings)
    if as_json:
        for finding in findings:
            print_json(finding.as_dict())
        print_json(
            {"checked": report.checked, "keys": whose, "time": "no outside time"}
        )
        return
    for finding in findings:
        click.echo(f"{finding.severity}  {finding.code}  {visible(finding.place)}")
        click.echo(f"    {visible(finding.message)}")
        if finding.hint:
            click.echo(f"    hint: {visible(finding.hint)}")
    counted = ", ".join(f"{number} {kind}" for kind, number in report.checked.items())
    click.echo(f"looked at: {counted}")
    click.echo(_last_line(archive, findings, whose))


def _last_line(archive: Archive, findings: list[Finding], whose: str) -> str:
    errors = [each for each in findings if each.severity == "error"]
    warnings = sum(each.severity == "warning" for each in findings)
    told = f"{warnings} warnings; no outside time"
    name = archive.config.id
    if not errors:
        return f"{name}: all of it holds; {told}; {whose}"
    if {each.code for each in errors} == {"not-pinned"}:
        return f"{name}: consistent with itself; keys not pinned"
    return f"{name}: {len(errors)} things are wrong; {told}; {whose}"
