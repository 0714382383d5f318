"""What is made of a finished exchange: whether it is whole, and its records in a WARC.

One writer for every driver.  An exchange becomes a response, a request and a metadata
record (WARC 1.1, 6), the blocks being the bytes of the wire.  Secrets alone are
replaced, in requests, in URIs and in metadata, which say so; a response never changes.
"""

import re
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from io import SEEK_END, BytesIO
from typing import BinaryIO, cast
from uuid import UUID

from archiver.chance import Clock, Token
from archiver.errors import NetworkError
from archiver.failures import Failure, FailureKind
from archiver.redacting.redaction import FIELD, Secrets
from archiver.warcfile import RecordHead, WarcFile, format_fields, new_record_id
from archiver.wire.codings import ContentDecoder
from archiver.wire.messages import MAX_HEAD, Message
from archiver.wire.recorder import BLOCK, Exchange
from archiver.wire.requestheads import parse_request_head, sent_uri
from archiver.wire.responses import (
    ENDS,
    Completeness,
    judge_completeness,
)
from archiver.wire.tls import TlsFacts
from archiver.wire.unpacking import MAX_DECODED, MAX_RATIO

SPOOL = 1 << 20  # bytes of a request that is written otherwise than it was sent

_HEAD_END = b"\r\n\r\n"
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

MetadataFields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """A body without its chunks, and then without its content coding."""

    length: int
    sha256: str
    decoded_length: int
    decoded_sha256: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A finished exchange that came to a response head, and what it amounts to.

    ``uri`` is what was asked for, by the bytes that were sent.
    """

    exchange: Exchange
    message: Message
    uri: str
    finished: datetime
    completeness: Completeness
    body: BodyFacts


@dataclass(frozen=True, slots=True)
class Failed:
    """An exchange that came to no response head, and what is said of it."""

    exchange: Exchange
    failure: Failure


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that was written: its index in the file, its id, and its URI there."""

    index: int
    record_id: UUID
    uri: str = ""


def drive_exchange(
    exchange: Exchange,
    drive: Callable[[], None],
    clock: Clock,
    failing: Callable[[Failed], None],
) -> Seen:
    """Have an exchange by ``drive``, close it, and judge it; it ends after it begins.

    Raises:
        NetworkError: it came to no response; what is said of that went to ``failing``.
    """
    try:
        drive()
        exchange.close()
        return judge_exchange(exchange, max(clock(), exchange.started))
    except NetworkError as error:
        exchange.close()
        finished = max(clock(), exchange.started)
        failing(judge_failure(exchange, finished, str(error)))
        raise


def judge_exchange(
    exchange: Exchange, finished: datetime, max_decoded: int = MAX_DECODED
) -> Seen:
    """Read a finished exchange again from its bytes, and judge it.

    Raises:
        NetworkError: no head of a response came.
    """
    message = exchange.reader.message
    if message is None:
        raise NetworkError(_no_response(exchange))
    codings = exchange.reader.framing.codings
    decoder = ContentDecoder(codings, max_bytes=max_decoded, max_ratio=MAX_RATIO)
    body = _measure_body(exchange, decoder)
    completeness = judge_completeness(exchange.reader, exchange.end, decoder)
    return Seen(exchange, message, _sent_uri(exchange), finished, completeness, body)


def judge_failure(exchange: Exchange, finished: datetime, reason: str) -> Failed:
    """Say what a finished exchange without a response head amounts to."""
    kind = "timeout" if exchange.end == "time" else exchange.failure
    failure = _failure(exchange, exchange.url.url, finished, kind, reason)
    return Failed(exchange, failure)


def failure_at(seen: Seen, kind: FailureKind, reason: str) -> Failure:
    """Return the failure of a way that ended at a response, and why it did."""
    return _failure(seen.exchange, seen.uri, seen.finished, kind, reason)


def write_failure(
    warc: WarcFile, failed: Failed, token: Token, more: MetadataFields, secrets: Secrets
) -> None:
    """Write an exchange without a response: its request, if any was sent, and metadata.

    What came and is no response head is in no record: only its length is told.
    """
    exchange, failure = failed.exchange, failed.failure
    request_id = new_record_id(token)
    head = RecordHead(
        record_id=request_id,
        date=exchange.started,
        uri=secrets.redact_url(failure.url),
        ip=exchange.peer,
    )
    sent = exchange.request.seek(0, SEEK_END)
    shown = _write_request(warc, head, exchange.request, secrets) if sent else ""
    fields = [*more, *_failure_fields(failure)]
    if exchange.tls:
        fields += _tls_fields(exchange.tls)
    beside = (request_id,) if sent else ()
    told = replace(head, record_id=new_record_id(token), concurrent_to=beside)
    _write_fields(warc, told, fields, secrets, shown)


def write_exchange(
    warc: WarcFile, seen: Seen, token: Token, more: MetadataFields, secrets: Secrets
) -> Kept:
    """Write the three records of an exchange; return the place of its response.

    ``more`` stands first in the metadata: what the driver knows and the wire does not.
    """
    response_id, exchange = new_record_id(token), seen.exchange
    head = _response_head(seen, response_id, secrets.redact_url(seen.uri))
    index = warc.write_response(head, exchange.response)
    beside = RecordHead(
        record_id=new_record_id(token),
        date=exchange.started,
        uri=head.uri,
        concurrent_to=(response_id,),
        ip=exchange.peer,
    )
    shown = _write_request(warc, beside, exchange.request, secrets)
    fields = [*more, *_exchange_fields(seen), *_body_fields(seen)]
    if exchange.tls:
        fields += _tls_fields(exchange.tls)
    told = replace(beside, record_id=new_record_id(token))
    _write_fields(warc, told, fields, secrets, shown)
    return Kept(index, response_id, head.uri)


def _failure(
    exchange: Exchange, url: str, finished: datetime, kind: FailureKind, reason: str
) -> Failure:
    return Failure(
        url=url,
        kind=kind,
        reason=reason,
        started=exchange.started,
        finished=finished,
        answers=exchange.answers,
        peer=exchange.peer,
        received=exchange.received,
    )


def _write_request(
    warc: WarcFile, head: RecordHead, request: BinaryIO, secrets: Secrets
) -> str:
    """Write a request as it was sent but for its secrets; return the head written."""
    request.seek(0)
    begin = request.read(MAX_HEAD)
    end = begin.find(_HEAD_END)
    sent = begin[: end + len(_HEAD_END)] if end >= 0 else begin
    shown = secrets.redact_request(sent)
    if shown == sent:
        warc.write_request(head, request)
    else:
        with tempfile.SpooledTemporaryFile(SPOOL) as spool:
            spool.write(shown)
            request.seek(len(sent))
            shutil.copyfileobj(request, spool)
            warc.write_request(head, cast("BinaryIO", spool))
    return shown.decode("latin-1")


def _write_fields(
    warc: WarcFile,
    head: RecordHead,
    fields: MetadataFields,
    secrets: Secrets,
    shown: str,
) -> None:
    """Write what is known of an exchange, and what is redacted in its records."""
    known = secrets.redact_fields((name, value) for name, value in fields if value)
    used = secrets.note(shown, head.uri, *(value for _, value in known))
    known += [(FIELD, each.line) for each in used]
    warc.write_metadata(head, BytesIO(format_fields(known)))


def _failure_fields(failure: Failure) -> MetadataFields:
    took = failure.finished - failure.started
    return [
        ("outcome", "failed"),
        ("failure", failure.kind),
        ("reason", _LINE_BREAKS.sub(" ", failure.reason).strip()),
        ("fetchTimeMs", str(int(took.total_seconds() * 1000))),
        *(("dns-answer", answer) for answer in failure.answers),
        ("bytes-received", str(failure.received)),
    ]


def _response_head(seen: Seen, response_id: UUID, uri: str) -> RecordHead:
    tls = seen.exchange.tls
    secured = (tls.version.lower().replace("tlsv", "tls/"),) if tls else ()
    return RecordHead(
        record_id=response_id,
        date=seen.exchange.started,
        uri=uri,
        ip=seen.exchange.peer,
        protocols=(seen.message.version.lower(), *secured),
        truncated=seen.completeness.truncated or "",
        payload=_payload(seen),
    )


def _payload(seen: Seen) -> str:
    """Return the digest of the payload where other readers find the same payload.

    They take all that follows the first head, chunks and all; of a response that they
    read otherwise than the RFC does, the block's digest is the only one that is given.
    """
    reader = seen.exchange.reader
    plain = reader.framing.kind in ("length", "close") and not reader.fault
    odd = reader.oddities or reader.interim or reader.surplus or reader.framing.fault
    return seen.body.sha256 if plain and not odd else ""


def _exchange_fields(seen: Seen) -> MetadataFields:
    exchange, completeness = seen.exchange, seen.completeness
    reader = exchange.reader
    took = seen.finished - exchange.started
    return [
        ("outcome", completeness.outcome),
        ("reason", completeness.reason),
        ("connection-end", exchange.end),
        ("connection-error", exchange.end_detail),
        ("fetchTimeMs", str(int(took.total_seconds() * 1000))),
        *(("dns-answer", answer) for answer in exchange.answers),
        ("bytes-received", str(exchange.received)),
        ("interim-responses", str(reader.interim or "")),
        ("surplus-bytes", str(reader.surplus or "")),
        *(("oddity", oddity) for oddity in reader.oddities),
    ]


def _body_fields(seen: Seen) -> MetadataFields:
    body, codings = seen.body, seen.exchange.reader.framing.codings
    fields = [("body-length", str(body.length)), ("body-sha256", body.sha256)]
    if codings and body.decoded_sha256:
        fields += [
            ("decoded-length", str(body.decoded_length)),
            ("decoded-sha256", body.decoded_sha256),
        ]
    return fields


def _tls_fields(tls: TlsFacts) -> MetadataFields:
    return [
        ("tls-version", tls.version),
        ("tls-cipher", tls.cipher),
        ("tls-sni", tls.sni),
        ("tls-verdict", tls.verdict),
        ("tls-roots-sha256", tls.roots),
        ("tls-chain", "whole" if tls.whole_chain else "the server's certificate alone"),
        *(("tls-certificate", b64encode(der).decode("ascii")) for der in tls.chain),
    ]


def _measure_body(exchange: Exchange, decoder: ContentDecoder) -> BodyFacts:
    """Measure the body as it came and as it decodes, piece by piece."""
    coded = sha256()
    plain = sha256() if decoder.codings else None  # else the same bytes, hashed once
    length = plain_length = 0
    for body in _body(exchange):
        coded.update(body)
        length += len(body)
        for piece in decoder.feed(body):
            plain_length += len(piece)
            if plain:
                plain.update(piece)
    whole = decoder.finished and not decoder.fault and not decoder.unknown
    decoded = (plain or coded).hexdigest() if whole else ""
    return BodyFacts(length, coded.hexdigest(), plain_length, decoded)


def _body(exchange: Exchange) -> Iterator[bytes]:
    """Yield the body from the recorded bytes, without its chunks."""
    reader = exchange.reader.again()
    exchange.response.seek(0)
    while block := exchange.response.read(BLOCK):
        yield reader.feed(block)


def _sent_uri(exchange: Exchange) -> str:
    """Return the URI that the sent request names (RFC 9110, 7.1)."""
    exchange.request.seek(0)
    head = parse_request_head(exchange.request.read(MAX_HEAD))
    return sent_uri(exchange.url.scheme, head)


def _no_response(exchange: Exchange) -> str:
    if exchange.reader.fault:
        return f"no HTTP/1.1 response: {exchange.reader.fault}"
    return (
        f"no response: {ENDS[exchange.end][1]} after {exchange.received} bytes,"
        " expected the end of a response head"
    )
