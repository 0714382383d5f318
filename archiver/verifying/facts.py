"""Verifying what a statement says of its snapshot, fact by fact.

Which facts those are, and which rest on the word of whoever signed, is in the table of
``docs/formats.md``.
"""

from collections.abc import Iterator, Sequence

from archiver.errors import SourcebookError
from archiver.facts import SnapshotFacts
from archiver.findings import Report
from archiver.records import WHOLE_FILE
from archiver.text import TextLayer
from archiver.verifying.captures import capture_faults
from archiver.verifying.deposits import deposit_faults
from archiver.verifying.judgements import judgement_remarks
from archiver.verifying.recorded import RecordedFile

_ASK = "the statement was signed so: ask whoever signed it how that came"


def verify_facts(
    file: RecordedFile,
    facts: SnapshotFacts,
    layers: Sequence[TextLayer],
    path: str,
    report: Report,
) -> None:
    """Hold the statement's facts against the records of its file, which are as signed.

    ``layers`` has the text layer, where it was derived again.
    """
    if file.records[0].type == WHOLE_FILE:
        return
    try:
        for fault in _faults(file, facts):
            report.add("facts", path, fault, hint=_ASK)
        layer = layers[0] if layers else None
        if bool(layer) != bool(facts.text):
            return  # told: without its text a page cannot be judged
        for remark in judgement_remarks(file, facts, layer):
            report.add("judged-otherwise", path, remark, "warning")
    except SourcebookError as error:
        report.add("facts", path, f"not compared: {error}", hint=error.hint or _ASK)


def _faults(file: RecordedFile, facts: SnapshotFacts) -> Iterator[str]:
    if facts.text and facts.text.record != facts.main_record:
        yield (
            f"the text layer is of record {facts.text.record}, expected the main"
            f" record, which is {facts.main_record}"
        )
    if facts.exchange:
        yield from capture_faults(file, facts, facts.exchange)
    if facts.deposit:
        yield from deposit_faults(file, facts, facts.deposit)
