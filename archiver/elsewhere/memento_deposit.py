"""The deposit of a memento: a web archive's copy of a page, fetched from there by us.

Two accounts lie in one file and are kept apart.  The exchanges with the web archive are
recorded as those of a capture are: we observed that it answered so.  The memento's body
stands in a ``resource`` record under a ``urn:uuid``, as whatever is supplied does: what
the page said at that time is the web archive's word.
"""

import re
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from archiver.chance import Clock, Token
from archiver.elsewhere.memento import (
    Memento,
    OwnCapture,
    is_memento,
    memento_facts,
    original_in,
    raw_form,
    read_memento,
    remarks,
)
from archiver.elsewhere.memento_recording import Body, MementoRecording
from archiver.errors import MalformedError, UnreachedError
from archiver.labels.capture import judge_capture
from archiver.redacting.urlsecrets import hide_secrets
from archiver.snapshots import Draft
from archiver.strict import show
from archiver.version import TOOL_FACTS
from archiver.warcfile import FIELDS_TYPE, RecordHead, format_fields, new_record_id
from archiver.wire.exchanges import Seen, failure_at
from archiver.wire.guard import format_address, parse_url
from archiver.wire.messages import CLIENT_ERROR, media_type_and_charset
from archiver.wire.observation import CaptureOptions, Observation
from archiver.wire.recording import Recording
from archiver.wire.routes import keeping, open_route
from archiver.wire.ways import Came, Way, describe

MAX_NAME = 200  # characters of a document's name

_CHARSET = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,63}")
_CUSTODY = (
    "supplied: what the page said at that time is the web archive's word; observed is"
    " that the web archive answered so"
)


@dataclass(frozen=True, slots=True)
class WantedMemento:
    """A memento that is asked for, and the capture of ours it is compared with."""

    url: str
    own: OwnCapture = field(default_factory=OwnCapture)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A memento that was fetched, as the draft of a deposit.

    ``said`` is what a person should know of it before resting anything on it.
    """

    draft: Draft
    memento: Memento
    said: tuple[str, ...]


def fetch_memento(
    wanted: WantedMemento,
    options: CaptureOptions,
    workdir: Path,
    *,
    clock: Clock,
    token: Token,
) -> Fetched:
    """Fetch a memento, and draft its deposit in ``workdir``.

    Where its address has a form for the bytes as they were recorded, that one is asked
    for.

    Raises:
        MalformedError: its URL is none for a capture; what came is no memento, says of
            itself what cannot be, is empty, or cannot be decoded without doubt.
        NetworkError: its URL is an inner address; nothing was tried.
        UnreachedError: nothing came, or the web archive answered that it has none.
        ArchiveError: what came cannot be kept.
    """
    asked = wanted.url
    route = open_route(parse_url(raw_form(asked)), options)
    with (
        keeping(workdir),
        MementoRecording(workdir, started=clock(), token=token) as recording,
    ):
        way = Way(route, options, recording, clock, asked)
        came = _reach_memento(way, raw_form(asked))
        memento = read_memento(came[0].uri, came[0].message, clock())
        _check_public(asked, memento)
        body = recording.bodies[came[1].index]
        said = remarks(memento, asked)
        facts = _facts(memento, came[0], body)
        allowed = tuple(map(format_address, route.allowed))
        more = memento_facts(memento, asked, allowed, wanted.own, body.sha256)
        facts["memento"] = more
        main = _write(recording, came, body, _Account(memento, facts, said, token))
        draft = _finish(recording, facts, main, _observation(came, way, memento))
    return Fetched(draft, memento, tuple(said))


def _finish(
    recording: MementoRecording, facts: dict[str, Any], main: int, seen: Observation
) -> Draft:
    """Finish the file; the labels are those of the way, and of the page recorded."""
    warc = recording.finish()
    seen = recording.redact(seen)
    facts["labels"] = list(seen.labels)
    facts["labelReasons"] = dict(seen.label_reasons)
    return Draft(warc, ".warc.gz", facts, main, judge=judge_capture(seen))


def _reach_memento(way: Way, address: str) -> Came:
    """Follow the way to a memento, and on to its recorded bytes if it has that form."""
    came = way.reach(parse_url(address))
    raw = raw_form(came[0].uri)
    if is_memento(came[0].message) and raw != came[0].uri:
        came = way.reach(parse_url(raw))
    if not is_memento(came[0].message):
        _refuse(way, came[0])
    return came


def _check_public(asked: str, memento: Memento) -> None:
    """Check that no address of a memento lets others in where they should not be.

    Raises:
        MalformedError: one holds a secret, which would stand in the statement.
    """
    for url in (asked, memento.uri, memento.original):
        shown = hide_secrets(url)
        if shown != url:
            raise MalformedError(
                f"{show(shown)} holds a secret, expected an address for all",
                hint="deposit a copy of the page as a FILE, and seal it",
            )


def _observation(came: Came, way: Way, memento: Memento) -> Observation:
    """Return what was seen, as the labels of the page that was recorded need it."""
    return replace(
        describe(way.recording.path, came, way),
        requested_url=original_in(way.typed) or memento.original,
        final_url=memento.original,
        status=memento.status,
        allowed_addresses=(),
        tls=None,
    )


def _refuse(way: Way, seen: Seen) -> NoReturn:
    """Say why a response is no memento.

    Raises:
        UnreachedError: the server says that there is none, or not now.
        MalformedError: it is a page like others.
    """
    status, where = seen.message.status, show(seen.uri)
    if status < CLIENT_ERROR:
        raise MalformedError(
            f"{where} answered without Memento-Datetime, expected a memento of a web"
            " archive (RFC 7089, 2.1.1)",
            hint=f"if you want this page itself, run 'sourcebook capture {way.typed}'",
        )
    reason = f"{where} answered {status}, expected a memento"
    failure = failure_at(seen, "service", reason)
    raise UnreachedError(reason, [*way.failures, failure])


def _facts(memento: Memento, seen: Seen, body: Body) -> dict[str, Any]:
    """Return what the statement says of a memento as of any deposit.

    Raises:
        MalformedError: its body is none that a document can be made of.
    """
    completeness, codings = seen.completeness, seen.exchange.reader.framing.codings
    unknown = not seen.body.decoded_sha256 and completeness.outcome == "complete"
    if completeness.outcome == "malformed" or unknown:
        why = completeness.reason or f"its coding is {', '.join(codings)}"
        raise MalformedError(
            f"the body of {show(memento.uri)} cannot be read without doubt: {why}"
        )
    if not body.length:
        raise MalformedError(f"{show(memento.uri)} is empty, expected a document")
    return {
        "custody": "supplied",
        "suppliedBy": memento.supplied_by,
        "claimedUrl": memento.original,
        "document": {
            "name": _name(memento.original),
            "mediaType": media_type_and_charset(seen.message)[0],
            "length": body.length,
            "sha256": body.sha256,
        },
        "outcome": completeness.outcome,
        "reason": completeness.reason or None,
        "tool": TOOL_FACTS,
    }


@dataclass(frozen=True, slots=True)
class _Account:
    """What the file says of a memento."""

    memento: Memento
    facts: dict[str, Any]
    said: list[str]
    token: Token

    def fields(self) -> bytes:
        """Write it down, each fact with whose word it is."""
        memento, more = self.memento, self.facts["memento"]
        compared = more["comparedWith"]
        fields = [
            ("custody", _CUSTODY),
            ("supplied-by", memento.supplied_by),
            ("claimed-url", memento.original),
            ("claimed-url-named-by", memento.named_by),
            ("claimed-datetime", memento.datetime),
            ("memento-uri", memento.uri),
            ("memento-asked-for", more["asked"]),
            ("memento-status", str(memento.status)),
            ("timegate", memento.timegate),
            ("timemap", memento.timemap),
            ("job-id", more["jobId"] or ""),
            ("compared-with", f"sha256:{compared}" if compared else ""),
            ("same-body", {None: "", True: "yes", False: "no"}[more["sameBody"]]),
            *(("remark", remark) for remark in self.said),
        ]
        return format_fields([(name, value) for name, value in fields if value])


def _write(recording: Recording, came: Came, body: Body, account: _Account) -> int:
    """Write the memento's body and what is said of it; return the body's index."""
    seen, kept = came
    urn = new_record_id(account.token).urn
    now = recording.date(seen.finished)
    head = RecordHead(
        record_id=new_record_id(account.token),
        date=now,
        uri=urn,
        concurrent_to=(kept.record_id,),
    )
    main = recording.write_resource(head, body.spool, _content_type(seen))
    beside = RecordHead(
        record_id=new_record_id(account.token),
        date=now,
        uri=urn,
        concurrent_to=(head.record_id, kept.record_id),
    )
    recording.write_metadata(beside, BytesIO(account.fields()), FIELDS_TYPE)
    return main.index


def _content_type(seen: Seen) -> str:
    """Return the memento's media type with its charset, which its text is read by."""
    media_type, charset = media_type_and_charset(seen.message)
    if charset is None or not _CHARSET.fullmatch(charset):
        return media_type
    return f"{media_type}; charset={charset}"


def _name(original: str) -> str:
    """Name the document by the end of its address, as a browser would save it."""
    try:
        parts = urlsplit(original)
        last = unquote(parts.path).rstrip("/").rpartition("/")[2] or parts.netloc
    except ValueError:
        last = ""
    return last[:MAX_NAME] if last.isprintable() and last else "memento"
