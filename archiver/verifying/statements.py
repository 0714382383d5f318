"""Verifying the statements of an archive, one by one: names, signatures, roles."""

from dataclasses import dataclass

from archiver.errors import SourcebookError, VerificationError
from archiver.findings import RESTORE, Report
from archiver.holdings import MAX_STATEMENT, StoredStatement
from archiver.receipts import MAX_RECEIPT, Receipt, parse_receipt
from archiver.statements import (
    Envelope,
    Statement,
    format_bundle,
    open_statement,
    parse_bundle,
    parse_statement,
)
from archiver.store import (
    BUNDLE,
    Archive,
    list_statements,
    read_file,
    receipt_file,
    statement_file,
)
from archiver.trust import Trust

UNLOGGED = 2**53  # the place of what is in no log yet: behind all that is
# A stranger's statement is parsed before it is refused, and kept to the end: he is not
# given much room.  Of our own, only a release is longer.
_MAX_UNSIGNED = 1 << 20  # bytes


@dataclass(slots=True)
class CheckedStatement:
    """A statement that could be read; ``sound`` while nothing is wrong with it."""

    file: str
    envelope: Envelope
    statement: Statement
    receipt: Receipt | None
    sound: bool

    @property
    def stored(self) -> StoredStatement:
        """The statement as the rest of the archiver knows it."""
        index = self.receipt.index if self.receipt else None
        return StoredStatement(self.envelope, self.statement, index)


def verify_statements(
    archive: Archive, trust: Trust | None, report: Report
) -> dict[str, CheckedStatement]:
    """Verify each bundle in statements/; return those that could be read, by id.

    A statement whose signature fails is among them, unsound: so that its files are
    still compared, and nothing is called ``unknown`` that is merely damaged.
    """
    found: dict[str, CheckedStatement] = {}
    for rel in list_statements(archive):
        checked = _verify_one(archive, trust, rel, report)
        report.count("statements")
        if checked is not None:
            found[_name(rel)] = checked
    return found


def _verify_one(
    archive: Archive, trust: Trust | None, rel: str, report: Report
) -> CheckedStatement | None:
    name = _name(rel)
    signed, fault = True, ""
    try:
        if rel != statement_file(name):
            raise VerificationError(f"it lies there, expected {statement_file(name)}")
        data = read_file(archive, rel, MAX_STATEMENT)
        envelope = parse_bundle(data)
        try:
            _check_signed(archive, trust, envelope, data)
        except SourcebookError as error:
            signed, fault = False, str(error)
            _check_small(envelope, fault)
        statement = parse_statement(envelope.payload)
    except SourcebookError as error:
        report.add("statement", rel, str(error), hint=RESTORE)
        return None
    receipt = _read_receipt(archive, rel, report)
    checked = CheckedStatement(rel, envelope, statement, receipt, sound=signed)
    try:
        if not signed:
            raise VerificationError(fault)
        _check_place(trust, checked, name)
    except SourcebookError as error:
        report.add("statement", rel, str(error), hint=RESTORE)
        checked.sound = False
    return checked


def _check_signed(
    archive: Archive, trust: Trust | None, envelope: Envelope, data: bytes
) -> None:
    """Check the signature, and that the file holds nothing that it does not cover."""
    if trust is not None:
        open_statement(envelope, trust.keys, archive.config.origin)
    if data != format_bundle(envelope):
        raise VerificationError("the bundle holds more than its one spelling")


def _check_small(envelope: Envelope, fault: str) -> None:
    if len(envelope.payload) > _MAX_UNSIGNED:
        raise VerificationError(
            f"{fault}; its {len(envelope.payload)} bytes are not looked at"
        )


def _check_place(trust: Trust | None, checked: CheckedStatement, name: str) -> None:
    """Check the statement's name, and that its signer holds the role at its place."""
    if checked.envelope.id != name:
        raise VerificationError(
            f"it is named for another statement than {checked.envelope.id}"
        )
    if trust is not None:
        index = checked.receipt.index if checked.receipt else UNLOGGED
        trust.find_signer(checked.envelope.keyid, checked.statement.type, index)


def _name(rel: str) -> str:
    return rel.rpartition("/")[2].removesuffix(BUNDLE)


def _read_receipt(archive: Archive, rel: str, report: Report) -> Receipt | None:
    name = receipt_file(_name(rel))
    if not archive.path(name).exists():
        return None
    try:
        return parse_receipt(read_file(archive, name, MAX_RECEIPT))
    except SourcebookError as error:
        report.add("receipt", name, str(error), hint=RESTORE)
        return None
