"""Rows of the published database for log, statements, snapshots and their records.

What the public may have of a snapshot is decided here, once, by :func:`expose`; each
row is written from that answer.  What may not be had is not in the row.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from archiver.config import Access, Level
from archiver.documents.charsets import Charset
from archiver.ed25519 import spki
from archiver.facts import SnapshotFacts
from archiver.merkle import leaf_hash
from archiver.openings import Opening, TextOpening, Withheld, commit
from archiver.records import Record
from archiver.signers import Signer
from archiver.statements import Entry, Envelope, Statement
from claims.charset_words import charset_value
from claims.elision import Elider

Row = dict[str, object]

LOG: Final = 1  # the one log that an archive of this version has
# Labels that the capture itself gives: made behind a login; with a secret in it that
# could not be taken out.
LOGGED_IN: Final = "logged-in"
SEALING: Final = frozenset(("secret",))  # whatever a case says
_OPENNESS: Final[tuple[Level, ...]] = ("sealed", "quotes", "public")


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the public may have of one snapshot, and why.

    ``named``: its text names somebody whose name is withheld.  Then neither its bytes
    nor any hash of them is given out that would bear out a guessed name.
    """

    level: Level
    reason: str = ""
    named: bool = False

    @property
    def has_bytes(self) -> bool:
        """Whether the file itself may be had."""
        return self.level == "public" and not self.named

    @property
    def has_statement(self) -> bool:
        """Whether the statement may be read."""
        return self.level != "sealed" and not self.named


@dataclass(frozen=True, slots=True)
class LoggedStatement:
    """A statement in the log, with what proves that it is: ``receipt`` as published."""

    index: int
    envelope: Envelope
    statement: Statement
    signer: str
    bundle: bytes
    bundle_file: str
    receipt: bytes
    receipt_file: str


@dataclass(frozen=True, slots=True)
class HeldSnapshot:
    """A snapshot of the release; ``custody`` is as it counts under our signers.

    ``charset``: in which encoding its document was read.
    """

    facts: SnapshotFacts
    exposure: Exposure
    statement_id: str
    custody: str
    authenticated: bool
    text: str | None
    opening: TextOpening | None
    openings: tuple[Opening | Withheld, ...]
    charset: Charset | None = None

    @property
    def file(self) -> str:
        """Where its bytes lie in the archive."""
        return f"snapshots/{self.facts.sha256[:2]}/{self.facts.file}"


def expose(
    access: Access,
    custody: str,
    labels: Iterable[str],
    overrides: Sequence[tuple[Level, str]],
    *,
    named: bool,
) -> Exposure:
    """Decide what the public may have: the strictest level of a case, else the default.

    ``overrides`` are the levels that cases give this snapshot, each with its reason.
    One that holds a secret is sealed, whatever a case says.
    """
    said = frozenset(labels)
    if said & SEALING:
        return Exposure("sealed", "", named)
    if overrides:
        level, reason = min(overrides, key=lambda each: _OPENNESS.index(each[0]))
        return Exposure(level, reason, named)
    levels = [access.captures if custody == "observed" else access.deposits]
    levels += [access.logged_in] if LOGGED_IN in said else []
    return Exposure(min(levels, key=_OPENNESS.index), "", named)


def canonical(value: object) -> str:
    """Write one JSON value in the one spelling that the database has."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def signer_rows(signers: Iterable[Signer]) -> list[Row]:
    """Return a row for each line of the signers file."""
    return [
        {
            "keyid": signer.keyid,
            "position": position,
            "name": signer.name,
            "roles": ",".join(sorted(signer.roles)),
            "spki": b64encode(spki(signer.public)).decode(),
            "valid_from": str(signer.start),
            "valid_to": str(signer.end) if signer.end else None,
        }
        for position, signer in enumerate(signers)
    ]


def entry_row(index: int, data: bytes, entry: Entry) -> Row:
    """Return the row of one log entry."""
    return {
        "log": LOG,
        "idx": index,
        "type": entry.type,
        "statement": entry.statement_id,
        "keyid": entry.keyid,
        "signature": b64encode(entry.signature).decode(),
        "entry": data.decode("ascii"),
        "leaf_hash": leaf_hash(data).hex(),
    }


def statement_row(logged: LoggedStatement, *, sealed: bool) -> Row:
    """Return the row of one statement; a sealed one has its entry and receipt only."""
    envelope = logged.envelope
    return {
        "id": envelope.id,
        "type": logged.statement.type,
        "log": LOG,
        "log_index": logged.index,
        "keyid": envelope.keyid,
        "signer": logged.signer,
        "said_on": None if sealed else logged.statement.predicate["on"],
        "sealed": int(sealed),
        "payload": None if sealed else envelope.payload.decode(),
        "bundle": None if sealed else logged.bundle.decode(),
        "bundle_path": None if sealed else logged.bundle_file,
        "receipt": logged.receipt.decode(),
        "receipt_path": logged.receipt_file,
    }


def snapshot_row(held: HeldSnapshot, elider: Elider) -> Row:
    """Return the row of a snapshot that is not sealed, without what may not be had."""
    facts, exposure, opening = held.facts, held.exposure, held.opening
    public = exposure.level == "public"
    return {
        "sha256": facts.sha256,
        "path": held.file,
        "statement": held.statement_id,
        "length": facts.warc.length,
        "access": exposure.level,
        "access_reason": exposure.reason,
        "custody": held.custody,
        "custody_said": facts.custody,
        "authenticated": int(held.authenticated),
        "outcome": facts.outcome,
        "outcome_reason": facts.reason,
        "labels": canonical(facts.labels),
        "label_reasons": canonical(dict(facts.label_reasons)),
        "tool": f"{facts.tool_name} {facts.tool_version}",
        "main_record": facts.main_record,
        "record_count": facts.warc.record_count,
        "records_root": facts.warc.records_root,
        "extractor": opening.extractor if opening else None,
        "charset": _charset(held),
        "text_length": opening.length if opening else None,
        "text_sha256": opening.sha256 if opening and exposure.has_bytes else None,
        "text": elider.elide(held.text) if held.text is not None and public else None,
        "text_elided": int(public and exposure.named),
        "zones": canonical(opening.zones if opening and public else []),
        **_exchange(facts),
        **_deposit(facts, exposure),
    }


def _charset(held: HeldSnapshot) -> str | None:
    """Return in which encoding a public document was read: doubts repeat its words."""
    if held.charset is None or not held.exposure.has_bytes:
        return None
    return canonical(charset_value(held.charset))


def record_row(
    sha256: str, opening: Opening | Withheld, record: Record | None, exposure: Exposure
) -> Row:
    """Return the row of one record; its opening only where no guess could use it."""
    row: Row = {"snapshot": sha256, "position": opening.index}
    if isinstance(opening, Withheld):
        return row | {"commit": opening.commit.hex(), "withheld": opening.tombstone}
    row |= {
        "type": opening.type,
        "uri": opening.uri,
        "date": record.date if record else None,
        "media_type": record.field("Content-Type") if record else None,
        "offset": opening.offset,
        "length": opening.length,
        "commit": commit(opening.salt, opening.sha256).hex(),
        "withheld": None,
    }
    if exposure.named:
        return row
    proof = {"sha256": opening.sha256, "salt": opening.salt.hex()}
    return row | proof | {"member": opening.member}


def _exchange(facts: SnapshotFacts) -> Row:
    exchange = facts.exchange
    if exchange is None:
        return {}
    return {
        "requested_url": exchange.requested_url,
        "final_url": exchange.final_url,
        "http_status": exchange.status,
        "started_on": exchange.started_on,
        "finished_on": exchange.finished_on,
        "allowed_addresses": canonical(exchange.allowed_addresses),
        "redactions": canonical(exchange.redactions),
        "tls": _canonical_or_none(exchange.tls),
        "driver": exchange.driver,
        "browser": _canonical_or_none(exchange.browser),
        "robots": _canonical_or_none(exchange.robots),
    }


def _deposit(facts: SnapshotFacts, exposure: Exposure) -> Row:
    deposit = facts.deposit
    if deposit is None:
        return {}
    return {
        "supplied_by": deposit.supplied_by,
        "claimed_url": deposit.claimed_url,
        "document_name": deposit.name,
        "document_type": deposit.media_type,
        "document_length": deposit.length,
        "document_sha256": None if exposure.named else deposit.sha256,
        "memento": _canonical_or_none(deposit.memento),
    }


def _canonical_or_none(value: object) -> str | None:
    return None if value is None else canonical(value)
