"""Verifying an archive's trust folder: each version chained to the one before it."""

from collections.abc import Iterable

from archiver.errors import SourcebookError
from archiver.findings import Report
from archiver.release import hash_file
from archiver.store import Archive
from archiver.trust import POLICY, SIGNERS, Trust, read_chain
from archiver.verifying.statements import CheckedStatement


def verify_trust(archive: Archive, report: Report) -> Trust | None:
    """Read the version of trust/ that is in force; report each that is not chained.

    With what a stranger put there left out, everything else can still be checked.
    """
    try:
        chain = read_chain(archive)
    except SourcebookError as error:
        report.add(
            "trust",
            "trust",
            f"{error}: no signature can be checked",
            hint=error.hint or "restore trust/ from a copy",
        )
        return None
    for number, fault in chain.faults:
        report.add("trust-chain", f"trust/{number}", str(fault), hint=fault.hint)
    report.count("trust folders", chain.trust.number)
    return chain.trust


def verify_policies(
    archive: Archive,
    trust: Trust | None,
    checked: Iterable[CheckedStatement],
    report: Report,
) -> None:
    """Compare trust/ with the policy statements of the log, in both directions."""
    if trust is None:
        return
    covered: set[str] = set()
    for each in checked:
        if each.statement.type != "policy" or not each.sound:
            continue
        for subject in each.statement.subjects:
            covered.add(subject.name)
            _compare(archive, subject.name, subject.sha256, report)
    for number in range(1, trust.number + 1):
        for name in (POLICY, SIGNERS):
            rel = f"trust/{number}/{name}"
            if rel not in covered:
                report.add(
                    "trust-chain",
                    rel,
                    "no policy statement in the log covers this file",
                )


def _compare(archive: Archive, rel: str, wanted: str, report: Report) -> None:
    if not rel.startswith("trust/") or ".." in rel.split("/"):
        report.add(
            "trust-chain", rel, "a policy statement covers a file outside trust/"
        )
        return
    try:
        found = hash_file(archive, rel)
    except SourcebookError as error:
        found = str(error)
    if found != wanted:
        report.add(
            "trust-chain",
            rel,
            f"found {found}, expected the SHA-256 {wanted} that a policy statement in"
            " the log covers",
            hint="restore it from a copy",
        )
