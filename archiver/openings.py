"""Openings of a snapshot's commitments: ``<sha256>.records.jsonl``, a line a record.

A statement signs one root over the commitments of all records, SHA-256(salt ||
SHA-256(record)), so that each record can be proven alone, and one that was taken down
stays in the proof without its bytes.  A commitment proves a record's place, its hash
and its salt; the rest of a line is an index, and counts only once it was compared with
the bytes (:func:`check_openings`).  The last line opens the text layer, if any.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from archiver.errors import MalformedError, VerificationError
from archiver.facts import check_extractor
from archiver.jsonobject import JsonObject
from archiver.merkle import HASH_SIZE, leaf_hash, tree_root
from archiver.records import Record
from archiver.strict import parse_json, show

ZONES: Final = ("heading", "body", "caption")
SALT_SIZE: Final = 16  # bytes

Zone = tuple[int, int, str]  # start, end (code points of the text layer), one of ZONES

_OPENING_KEYS = ("i", "sha256", "salt", "type", "uri", "offset", "length", "member")
_WITHHELD_KEYS = ("i", "commit", "withheld")
_TEXT_KEYS = ("extractor", "sha256", "salt", "length", "zones")


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens one record's commitment, and where the record lies in the file."""

    index: int
    sha256: str
    salt: bytes
    type: str
    uri: str
    offset: int
    length: int
    member: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A record that was taken down: its commitment, and the tombstone that says so."""

    index: int
    commit: bytes
    tombstone: str


@dataclass(frozen=True, slots=True)
class TextOpening:
    """What opens the text layer's commitment; ``length`` and zones in code points."""

    extractor: str
    sha256: str
    salt: bytes
    length: int
    zones: tuple[Zone, ...]


def commit(salt: bytes, digest: str) -> bytes:
    """Commit to bytes with the hex SHA-256 ``digest``: SHA-256(salt || digest)."""
    if len(salt) != SALT_SIZE:
        raise ValueError(f"the salt has {len(salt)} bytes, expected {SALT_SIZE}")
    return sha256(salt + bytes.fromhex(digest)).digest()


def records_root(commits: Sequence[bytes]) -> bytes:
    """Hash the commitments, in the order of the records, to the root that is signed."""
    return tree_root([leaf_hash(each) for each in commits])


def format_openings(
    openings: Sequence[Opening | Withheld], text: TextOpening | None
) -> bytes:
    """Write the openings as JSON lines."""
    lines = [_format_line(opening) for opening in openings]
    if text:
        lines.append({"text": _format_text(text)})
    dumped = (
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines
    )
    return "".join(f"{line}\n" for line in dumped).encode()


def parse_openings(
    data: bytes,
) -> tuple[tuple[Opening | Withheld, ...], TextOpening | None]:
    """Parse JSON lines of openings: the very bytes that :func:`format_openings` writes.

    Raises:
        MalformedError: a line is no strict JSON or lacks a member, the records do not
            count from 0 or do not lie end to end, a zone is outside the text, or the
            bytes are not the ones that we write for what they say.
    """
    if not data.endswith(b"\n"):
        raise MalformedError("the openings do not end in LF, expected whole lines")
    lines = [
        JsonObject(parse_json(line, f"line {number}"), f"line {number}")
        for number, line in enumerate(data[:-1].split(b"\n"), 1)
    ]
    text = _parse_text(lines.pop()) if "text" in lines[-1].members else None
    openings = tuple(_parse_line(line, index) for index, line in enumerate(lines))
    _check_contiguous(openings)
    if format_openings(openings, text) != data:
        raise MalformedError("the openings are not spelled as we write them")
    return openings, text


def check_root(openings: Sequence[Opening | Withheld], root: str, count: int) -> None:
    """Check that the openings lead to the signed ``root`` over ``count`` records.

    Raises:
        VerificationError: they are another number, or lead to another root.
    """
    if len(openings) != count:
        raise VerificationError(
            f"there are {len(openings)} openings, expected {count} as signed"
        )
    found = records_root([_commitment(opening) for opening in openings]).hex()
    if found != root:
        raise VerificationError(
            f"the openings lead to the root {found}, expected {root} as signed",
            hint="A record's hash, salt or place in this file was changed.",
        )


def check_openings(
    openings: Sequence[Opening | Withheld],
    records: Sequence[Record],
    root: str,
    count: int,
) -> None:
    """Check ``records``, walked from the bytes, against the signed ``root``.

    The first record that differs is named.  A record that is withheld is passed over:
    its commitment is in the root, and nothing more can be checked of it.

    Raises:
        VerificationError: the openings do not lead to the root, a record is missing or
            too many, is another one, or lies or is packed otherwise than is said.
    """
    check_root(openings, root, count)
    found = {record.index: record for record in records}
    for opening in openings:
        record = found.pop(opening.index, None)
        if isinstance(opening, Opening):
            _check_record(opening, record)
    if found:
        extra = found[min(found)]
        raise VerificationError(
            f"record {extra.index} at byte {extra.offset} is in the file and not in the"
            f" statement, expected {count} records"
        )


def _check_record(opening: Opening, record: Record | None) -> None:
    if record is None:
        raise VerificationError(
            f"record {opening.index} at byte {opening.offset} is not in the file,"
            f" expected one with the SHA-256 {opening.sha256}"
        )
    where = f"record {record.index} at byte {record.offset}"
    if record.sha256 != opening.sha256:
        raise VerificationError(
            f"{where}: its SHA-256 is {record.sha256}, expected {opening.sha256}"
        )
    for name in ("type", "uri"):
        if getattr(record, name) != getattr(opening, name):
            raise VerificationError(
                f"{where}: the openings say its {name} is"
                f" {show(getattr(opening, name))}, expected"
                f" {show(getattr(record, name))} as the record says"
            )
    for name in ("offset", "length", "member"):
        if getattr(record, name) != getattr(opening, name):
            raise VerificationError(
                f"{where}: its {name} is {getattr(record, name)}, expected"
                f" {getattr(opening, name)}; its content is intact",
                hint="The container was changed: the records were packed anew.",
            )


def _commitment(opening: Opening | Withheld) -> bytes:
    if isinstance(opening, Withheld):
        return opening.commit
    return commit(opening.salt, opening.sha256)


def _format_line(opening: Opening | Withheld) -> dict[str, Any]:
    if isinstance(opening, Withheld):
        values = (opening.index, opening.commit.hex(), opening.tombstone)
        return dict(zip(_WITHHELD_KEYS, values, strict=True))
    return {
        "i": opening.index,
        "sha256": opening.sha256,
        "salt": opening.salt.hex(),
        "type": opening.type,
        "uri": opening.uri,
        "offset": opening.offset,
        "length": opening.length,
        "member": opening.member,
    }


def _format_text(text: TextOpening) -> dict[str, Any]:
    return {
        "extractor": text.extractor,
        "sha256": text.sha256,
        "salt": text.salt.hex(),
        "length": text.length,
        "zones": text.zones,
    }


def _parse_line(line: JsonObject, index: int) -> Opening | Withheld:
    found = line.integer("i")
    if found != index:
        raise MalformedError(f"{line.place('i')} is {found}, expected {index}")
    if "withheld" in line.members:
        line.check_no_more(_WITHHELD_KEYS)
        digest = bytes.fromhex(line.hex("commit", digits=2 * HASH_SIZE))
        return Withheld(index, digest, line.hex("withheld"))
    line.check_no_more(_OPENING_KEYS)
    return Opening(
        index=index,
        sha256=line.hex("sha256"),
        salt=_parse_salt(line),
        type=line.text("type"),
        uri=line.text("uri", empty=True),
        offset=line.integer("offset"),
        length=line.integer("length", low=1),
        member=line.hex("member"),
    )


def _parse_text(line: JsonObject) -> TextOpening:
    line.check_no_more(("text",))
    text = line.object("text")
    text.check_no_more(_TEXT_KEYS)
    extractor = text.text("extractor")
    check_extractor(extractor, text.place("extractor"))
    length = text.integer("length")
    return TextOpening(
        extractor=extractor,
        sha256=text.hex("sha256"),
        salt=_parse_salt(text),
        length=length,
        zones=_parse_zones(text, length),
    )


def _parse_salt(line: JsonObject) -> bytes:
    return bytes.fromhex(line.hex("salt", digits=2 * SALT_SIZE))


def _parse_zones(text: JsonObject, length: int) -> tuple[Zone, ...]:
    """Parse zones: in order, none empty, none over another, all inside the text."""
    zones = []
    last = 0
    for index, value in enumerate(text.array("zones")):
        what = f"{text.place('zones')}[{index}]"
        zone = _parse_zone(value, what)
        if not last <= zone[0] < zone[1] <= length:
            raise MalformedError(
                f"{what} is {show(value)}, expected a start from {last} and an end"
                f" behind it, up to {length}"
            )
        last = zone[1]
        zones.append(zone)
    return tuple(zones)


def _parse_zone(value: object, what: str) -> Zone:
    match value:
        case [int() as start, int() as end, str() as zone] if zone in ZONES:
            if not isinstance(start, bool) and not isinstance(end, bool):
                return start, end, zone
    raise MalformedError(
        f"{what} is {show(value)}, expected [start, end, one of {', '.join(ZONES)}]"
    )


def _check_contiguous(openings: Sequence[Opening | Withheld]) -> None:
    """Check that the records lie end to end from byte 0, as far as all are known."""
    end: int | None = 0
    for opening in openings:
        if isinstance(opening, Withheld):
            end = None
            continue
        if end is not None and opening.offset != end:
            raise MalformedError(
                f"the opening of record {opening.index} says byte {opening.offset},"
                f" expected {end}, where the record before it ends"
            )
        end = opening.offset + opening.length
