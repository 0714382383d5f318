"""The act of deposit: take what somebody supplied, byte for byte, and say so.

A plain document goes into a ``resource`` record under a ``urn:uuid`` (WARC 1.1 keeps an
http address for what that address returned, which we did not see); the address that is
claimed for it stands in the statement and in a metadata record, as claimed.  A WARC or
WACZ is kept as it is, with its own suffix.
"""

import io
import mimetypes
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archiver.chance import Token
from archiver.errors import ArchiveError, MalformedError, SourcebookError
from archiver.hashing import hash_stream
from archiver.records import Record, walk_records
from archiver.snapshots import Draft
from archiver.version import TOOL, TOOL_FACTS, VERSION
from archiver.warcfile import (
    RecordHead,
    WarcFile,
    format_fields,
    new_record_id,
)
from archiver.wire.secondhand import judge_recorded

ARCHIVE_TYPES = {
    ".warc.gz": "application/warc",
    ".warc": "application/warc",
    ".wacz": "application/wacz+zip",
}
_MEDIA_TYPES = {".txt": "text/plain", ".html": "text/html", ".htm": "text/html"}


@dataclass(frozen=True, slots=True)
class Supplied:
    """A file that somebody supplied: by whom (free words), and what they say of it."""

    file: Path
    source: str
    url: str | None
    media_type: str | None


def draft_deposit(
    supplied: Supplied, workdir: Path, *, now: datetime, token: Token
) -> Draft:
    """Make a deposit's finished file in ``workdir``, and its statement's facts.

    Raises:
        ArchiveError: the file cannot be read.
        MalformedError: it is empty, or its name cannot be signed.
    """
    facts: dict[str, Any] = {
        "custody": "supplied",
        "suppliedBy": supplied.source,
        "claimedUrl": supplied.url,
        "document": _describe(supplied),
        "outcome": "complete",
        "reason": None,
        "labels": [],
        "tool": TOOL_FACTS,
    }
    try:
        return _keep(supplied, facts, workdir, now=now, token=token)
    except OSError as error:
        raise ArchiveError(
            f"{supplied.file} cannot be kept in {workdir}: {error.strerror}",
            hint="make room there, or name another folder for such files in TMPDIR",
        ) from error


def _keep(
    supplied: Supplied,
    facts: dict[str, Any],
    workdir: Path,
    *,
    now: datetime,
    token: Token,
) -> Draft:
    """Write the file of a deposit: a WARC around a document, else a copy."""
    suffix = _archive_suffix(supplied.file)
    if suffix is None:
        warc = workdir / "deposit.warc.gz"
        wrapped = _wrap(supplied, facts["document"], warc, now=now, token=token)
        return Draft(warc, ".warc.gz", facts, wrapped)
    kept = workdir / f"deposit{suffix}"
    shutil.copyfile(supplied.file, kept)
    _check_same(supplied.file, kept, facts["document"]["sha256"])
    if suffix == ".wacz":  # a ZIP file: it has no records of its own
        return Draft(kept, suffix, facts, None, whole=True)
    try:
        main = _main_record(kept, supplied.url)
        judged = _judge(kept, main) if main else {}
    except SourcebookError as error:
        return Draft(kept, suffix, facts | _unreadable(error), None, whole=True)
    return Draft(kept, suffix, facts | judged, main.index if main else None)


def _judge(file: Path, main: Record) -> dict[str, Any]:
    """Return whether what was recorded is whole; the file itself is, if it is not."""
    with file.open("rb") as stream:
        found = judge_recorded(stream, main)
    if found.outcome == "complete":
        return {}
    reason = f"record {main.index}, as it was supplied: {found.reason}"
    return {"outcome": found.outcome, "reason": reason}


def _describe(supplied: Supplied) -> dict[str, Any]:
    try:
        with supplied.file.open("rb") as stream:
            sha256, length = hash_stream(stream)
    except OSError as error:
        raise ArchiveError(
            f"{supplied.file} cannot be read: {error.strerror}"
        ) from error
    if not length:
        raise MalformedError(f"{supplied.file} is empty, expected a document")
    name = supplied.file.name
    if not name.isprintable():
        raise MalformedError(f"the file's name {name!r} cannot be signed; rename it")
    return {
        "name": name,
        "mediaType": supplied.media_type or _guess_type(supplied.file),
        "length": length,
        "sha256": sha256,
    }


def _guess_type(file: Path) -> str:
    suffix = _archive_suffix(file)
    if suffix:
        return ARCHIVE_TYPES[suffix]
    known = _MEDIA_TYPES.get(file.suffix.lower())
    return known or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _archive_suffix(file: Path) -> str | None:
    name = file.name.lower()
    return next((suffix for suffix in ARCHIVE_TYPES if name.endswith(suffix)), None)


def _wrap(
    supplied: Supplied,
    document: dict[str, Any],
    warc: Path,
    *,
    now: datetime,
    token: Token,
) -> int:
    """Write the WARC of a plain document; return the index of its resource record."""
    with warc.open("wb") as stream, supplied.file.open("rb") as block:
        writer = WarcFile(stream)
        writer.write_warcinfo(
            RecordHead(record_id=new_record_id(token), date=now),
            software=f"{TOOL}/{VERSION}",
            nonce=token(16).hex(),
        )
        head = RecordHead(
            record_id=new_record_id(token), date=now, uri=new_record_id(token).urn
        )
        main = writer.write_resource(head, block, document["mediaType"])
        writer.write_metadata(
            RecordHead(
                record_id=new_record_id(token),
                date=now,
                uri=head.uri,
                concurrent_to=(head.record_id,),
            ),
            io.BytesIO(_custody_fields(supplied, document)),
        )
    if _hash_again(warc, main) != document["sha256"]:
        raise _changed(supplied.file)
    return main


def _check_same(file: Path, kept: Path, sha256: str) -> None:
    with kept.open("rb") as stream:
        found, _ = hash_stream(stream)
    if found != sha256:
        raise _changed(file)


def _changed(file: Path) -> ArchiveError:
    return ArchiveError(
        f"{file} changed while it was read; deposit it when it is still"
    )


def _custody_fields(supplied: Supplied, document: dict[str, Any]) -> bytes:
    fields = [
        ("custody", "supplied: the exchange that delivered it was not observed"),
        ("supplied-by", supplied.source),
        ("document-name", document["name"]),
        ("claimed-url", supplied.url or ""),
    ]
    return format_fields([(name, value) for name, value in fields if value])


def _hash_again(warc: Path, main: int) -> str:
    with warc.open("rb") as stream:
        return list(walk_records(stream))[main].block


def _unreadable(error: SourcebookError) -> dict[str, Any]:
    """Return the facts of a WARC that is kept although it cannot be read to its end."""
    return {
        "outcome": "malformed",
        "reason": f"{error}; kept as it was supplied, under one hash over all of it",
    }


def _main_record(file: Path, url: str | None) -> Record | None:
    """Find the record to anchor quotes in: the first document of the WARC.

    Raises:
        MalformedError, VerificationError: its records cannot be told apart without
            doubt, or one is not what its digest says.
    """
    with file.open("rb") as stream:
        records = list(walk_records(stream))
    found = [record for record in records if _is_document(record, url)]
    return found[0] if found else None


def _is_document(record: Record, url: str | None) -> bool:
    kind = record.type in ("response", "resource", "conversion")
    return kind and (url is None or record.uri == url)
