"""Verifying the attempts of an archive: each says in full what was tried."""

from collections.abc import Mapping

from archiver.attempts import parse_attempt
from archiver.errors import SourcebookError
from archiver.findings import Report
from archiver.verifying.statements import CheckedStatement


def verify_attempts(statements: Mapping[str, CheckedStatement], report: Report) -> None:
    """Read each ``attempt`` statement; it is evidence of the attempt alone."""
    for checked in statements.values():
        if checked.statement.type != "attempt":
            continue
        report.count("attempts")
        try:
            parse_attempt(checked.statement)
        except SourcebookError as error:
            report.add(
                "attempt-facts",
                checked.file,
                str(error),
                hint="a later version of sourcebook may have made it; else its signer"
                " wrote what is no attempt",
            )
