"""The command ``verify``: an archive, some things of it, or one WARC file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from tqdm import tqdm

from archiver.errors import SourcebookError, VerificationError
from archiver.findings import Finding
from archiver.hashing import hash_stream
from archiver.keys import parse_pin
from archiver.records import Record, walk_records
from archiver.signers import pin as pin_of
from archiver.store import Archive
from archiver.terminal import (
    act_on_each,
    arguments,
    count_of,
    counts_of,
    json_option,
    named_archive,
    print_json,
    visible,
    worst,
)
from archiver.trust import POLICY, SIGNERS
from archiver.verify import Scope, Verified, verify_pin
from archiver.verifying.heads import verify_known_heads
from claims.verify import concerning, verify_whole

MAX_TRUST_FILE = 1 << 20  # bytes
MOST_JOBS = 64
SHOWN = 3  # findings of one rule of the claims that a person is shown
_RULE = re.compile(r"C[0-9]{2}")
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
@click.option(
    "--quick",
    is_flag=True,
    help="Read no snapshot and judge no claim; the last line says what is left out.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, MOST_JOBS),
    default=1,
    show_default=True,
    help="So many processes for the snapshots.",
)
@json_option
def verify(
    things: tuple[str, ...],
    trust: str | None,
    self_consistent: bool,
    quick: bool,
    jobs: int,
    as_json: bool,
) -> None:
    """Check every byte, signature and claim again, to the end.

    That is bytes, records, signatures, log, release, then claims; and whether the log
    goes on from the newest head that was seen of it. With IDs only what concerns them
    is told, and no other snapshot is read; a FILE is a WARC to check by itself.

    Exit status: 0 all of it holds, 1 something does not or could not be checked. With
    --quick, or with IDs, 0 says that of what was looked at: the last line tells what
    was not.

    Example: sourcebook verify --trust sha256:5f0c… --jobs 4
    """
    pin = _read_pin(trust)
    ids = [thing for thing in things if _ID.fullmatch(thing)]
    files = [_file(thing) for thing in things if thing not in ids]
    if quick:
        _check_quick(ids, files)
    code = act_on_each(files, lambda file: _verify_file(file, as_json=as_json))
    if not files or ids:
        asked = _Asked(ids, pin, _scope(ids, jobs, quick=quick), self_consistent)
        code = worst((code, _verify_named(asked, as_json=as_json)))
    click.get_current_context().exit(code)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of an archive is asked for, by whose keys, and how much of it."""

    ids: list[str]
    pin: str | None
    scope: Scope
    self_consistent: bool


def _scope(ids: list[str], jobs: int, *, quick: bool) -> Scope:
    """Return how much has to be read; a claim may rest on any snapshot."""
    claims = any(thing.startswith("c-") for thing in ids)
    return Scope(quick, jobs, () if claims else tuple(ids))


def _check_quick(ids: list[str], files: list[Path]) -> None:
    """Check that nothing is asked for that a quick verification leaves out."""
    if files:
        raise click.UsageError(
            f"--quick reads no snapshot, and {visible(str(files[0]))} has nothing else"
            " to be checked by"
        )
    claims = [thing for thing in ids if thing.startswith("c-")]
    if claims:
        raise click.UsageError(
            f"--quick judges no claim, and {claims[0]} is one: verify it without"
        )


def _verify_named(asked: _Asked, *, as_json: bool) -> int:
    """Verify the archive, and print what concerns the ids; return the exit code."""
    archive = named_archive()
    verified = _verify_archive(archive, asked.scope)
    whose = verify_pin(archive, verified, asked.pin)
    report = verified.report
    verify_known_heads(archive, verified.trust, verified.log, report)
    findings = report.findings
    if asked.ids:
        findings = concerning(archive, verified, asked.ids)
    if asked.self_consistent:
        findings = [each for each in findings if each.code != "not-pinned"]
    _print(archive, verified, findings, whose, as_json=as_json)
    return int(any(each.severity == "error" for each in findings))


def _file(thing: str) -> Path:
    """Return the file that is meant: one that is named as an ID is would hide it."""
    if not Path(thing).is_file():
        raise click.UsageError(
            f"{visible(thing)} is neither a file nor an id (8 to 64 digits of a"
            " SHA-256, or c-… of a claim)"
        )
    return Path(thing)


def _verify_archive(archive: Archive, scope: Scope) -> Verified:
    with tqdm(desc="verifying", unit=" snapshots", leave=False, disable=None) as bar:

        def progress(kind: str, done: int, total: int) -> None:
            bar.unit, bar.total = f" {kind}", total
            bar.update(done - bar.n)

        return verify_whole(archive, progress, scope)


def _read_pin(trust: str | None) -> str | None:
    """Return the pin that ``--trust`` names; of a folder, the one it hashes to."""
    if trust is None or trust.startswith("sha256:"):
        with arguments():
            return parse_pin(trust) if trust else None
    files = [Path(trust) / "1" / name for name in (POLICY, SIGNERS)]
    try:
        policy, signers = (file.read_bytes()[:MAX_TRUST_FILE] for file in files)
    except OSError as error:
        raise click.UsageError(
            f"--trust {visible(trust)}: it is neither sha256:… nor a copy of a trust"
            f" folder ({visible(str(error.filename))}: {error.strerror})"
        ) from error
    return pin_of(policy, signers)


def _has_digest(record: Record) -> bool:
    return record.field("WARC-Block-Digest") is not None


def _count_digests(found: Sequence[bool]) -> str:
    """Say of how many records the file itself tells whether they were changed."""
    if all(found):
        return f"{len(found)} records, each as its digest says"
    with_one, without = found.count(True), found.count(False)
    return f"{len(found)} records: {with_one} as their digests say, {without} with none"


def _verify_file(file: Path, *, as_json: bool) -> int:
    """Walk one WARC, each digest in it checked; raise at its first fault."""
    try:
        with file.open("rb") as stream:
            sha256, _ = hash_stream(stream)
            stream.seek(0)
            found = [_has_digest(record) for record in walk_records(stream)]
    except SourcebookError as error:
        raise type(error)(f"{file}: {error}", hint=error.hint) from error
    except OSError as error:
        raise VerificationError(f"{file} cannot be read: {error.strerror}") from error
    if as_json:
        told = {"records": len(found), "withoutDigest": found.count(False)}
        print_json({"file": str(file), "sha256": sha256, **told})
    else:
        click.echo(f"{visible(str(file))}: {_count_digests(found)}")
        click.echo(f"sha256 {sha256}; nothing that is signed was checked")
    return 0


def _print(
    archive: Archive,
    verified: Verified,
    findings: Iterable[Finding],
    whose: str,
    *,
    as_json: bool,
) -> None:
    findings, checked = list(findings), verified.report.checked
    if as_json:
        for finding in findings:
            print_json(finding.as_dict())
        print_json(
            {
                "checked": checked,
                "notChecked": verified.left_out,
                "keys": whose,
                "time": "no outside time",
            }
        )
        return
    for line in _lines(findings):
        click.echo(line)
    click.echo(f"looked at: {counts_of(checked)}")
    line = _last_line(archive, findings, whose, quick=bool(verified.left_out))
    left_out = "; ".join(verified.left_out)
    click.echo(f"{line}; NOT CHECKED: {left_out}" if left_out else line)


def _lines(findings: list[Finding]) -> Iterator[str]:
    """Yield findings in lines; of one rule the first few, for one cause breaks many."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.code] += 1
        if _RULE.fullmatch(finding.code) and seen[finding.code] > SHOWN:
            continue
        yield f"{finding.severity}  {finding.code}  {visible(finding.place)}"
        yield f"    {visible(finding.message)}"
        if finding.hint:
            yield f"    hint: {visible(finding.hint)}"
    for code, number in seen.items():
        if _RULE.fullmatch(code) and number > SHOWN:
            yield f"{code}: {number - SHOWN} more; --json tells each"


def _last_line(
    archive: Archive, findings: list[Finding], whose: str, *, quick: bool
) -> str:
    errors = [each for each in findings if each.severity == "error"]
    warnings = sum(each.severity == "warning" for each in findings)
    told = f"{count_of(warnings, 'warning')}; no outside time"
    name = archive.config.id
    if not errors:
        held = "what was looked at holds" if quick else "all of it holds"
        return f"{name}: {held}; {told}; {whose}"
    if {each.code for each in errors} == {"not-pinned"}:
        return f"{name}: consistent with itself; keys not pinned"
    return f"{name}: {count_of(len(errors), 'fault')}; {told}; {whose}"
