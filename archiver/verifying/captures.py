"""Verifying what the statement of a capture says, against the records of its file.

Each fact that stands in the file a second time is held against it: in the response, and
in the metadata that were written beside it while the capture was made.  So nobody can
sign a statement that says otherwise than the file, or change one without the other.
What neither can show is in ``docs/threat-model.md``.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from archiver.errors import MalformedError
from archiver.facts import CaptureFacts, SnapshotFacts
from archiver.records import Record
from archiver.strict import decode_base64, parse_json, show
from archiver.verifying.accounts import account_faults
from archiver.verifying.recorded import (
    RecordedFile,
    value,
    values,
)
from archiver.wire.exchanges import MetadataFields
from archiver.wire.guard import plain_spelling, redirect_url
from archiver.wire.messages import redirect_location
from archiver.wire.requestheads import parse_request_head, sent_uri

MOST_HOPS: Final = 1000  # a capture follows fewer; a stranger's file may never end
MAX_ACCOUNT: Final = 16 << 20  # bytes: a page can fill it, and must not fill our memory
_ACCOUNT: Final = "application/json"
_REDACTED = re.compile(r"(.*) sha256:[0-9a-f]{64}")
_TLS: Final = ("version", "cipher", "sni", "verdict", "roots")


def capture_faults(
    file: RecordedFile, facts: SnapshotFacts, capture: CaptureFacts
) -> Iterator[str]:
    """Yield each way in which a capture's statement and its file differ."""
    yield from _begin_faults(file, capture)
    yield from _redaction_faults(file, capture)
    if facts.main_record is None:
        yield from _way_faults(file, facts, capture)
        return
    main = file.records[facts.main_record]
    response = file.referred(main) if main.type == "conversion" else main
    if response is None or response.type != "response":
        yield (
            f"the main record {main.index} is a {main.type} of no response in this"
            " file, expected a response or what was derived from one"
        )
        return
    if response.uri != main.uri:
        yield (
            f"the main record {main.index} is derived from record {response.index} of"
            f" {show(response.uri)}, expected {show(main.uri)}"
        )
    yield from _driver_faults(main, capture)
    yield from _response_faults(file, response, facts, capture)


def _begin_faults(file: RecordedFile, capture: CaptureFacts) -> Iterator[str]:
    """Compare when the file was begun, which its first record says."""
    begun = [each.date for each in file.of_type("warcinfo")[:1]]
    if begun and begun[0] != capture.started_on:
        yield (
            f"startedOn is {capture.started_on}, expected {begun[0]} as record 0 says"
        )


def _driver_faults(main: Record, capture: CaptureFacts) -> Iterator[str]:
    if main.type == "conversion" and capture.driver != "browser":
        yield (
            f"the main record {main.index} is a conversion, and the driver is"
            f" {capture.driver}, expected a browser"
        )
    if (capture.browser is None) != (capture.driver == "client"):
        yield (
            f"the driver is {capture.driver}, and a browser's account is"
            f" {'not there' if capture.browser is None else 'there'}"
        )


def _response_faults(
    file: RecordedFile, response: Record, facts: SnapshotFacts, capture: CaptureFacts
) -> Iterator[str]:
    where = f"record {response.index}"
    message = file.message(response)
    status = message.status if message else None
    if status != capture.status:
        yield f"status is {capture.status}, expected {status} as {where} says"
    yield from _request_faults(file, response, capture)
    cut = response.field("WARC-Truncated")
    if (cut is not None) != (facts.outcome == "truncated"):
        yield f"outcome is {facts.outcome}, and the WARC-Truncated of {where} is {cut}"
    if capture.driver == "browser":
        yield from _browser_faults(file, response, capture)
    told = file.fields(response)
    if told is None:
        return  # somebody else's tool; there is no second account
    said = value(told, "outcome")
    if said != facts.outcome:
        yield f"outcome is {facts.outcome}, expected {said} as is said of {where}"
    if not capture.redactions and (value(told, "reason") or None) != facts.reason:
        yield (
            f"reason is {show(facts.reason)}, expected {show(value(told, 'reason'))} as"
            f" is said of {where}"
        )
    yield from _tls_faults(told, capture, where)
    yield from _address_faults(told, capture, where)
    if capture.driver == "client":
        yield from _Way(file, capture).faults(response, told)


def _request_faults(
    file: RecordedFile, response: Record, capture: CaptureFacts
) -> Iterator[str]:
    """Compare the address of a response with the request that was sent for it."""
    scheme = response.uri.partition(":")[0]
    for request in file.beside(response, "request")[:1]:
        asked = sent_uri(scheme, parse_request_head(file.head(request)))
        if asked != response.uri and not capture.redactions:
            yield (
                f"record {response.index} is of {show(response.uri)}, expected"
                f" {show(asked)} as the request in record {request.index} asks"
            )


def _tls_faults(
    told: MetadataFields, capture: CaptureFacts, where: str
) -> Iterator[str]:
    """Compare TLS: what the statement says, the metadata say, and the address."""
    found = _tls_of(told)
    said = capture.tls and {key: capture.tls.get(key) for key in (found or capture.tls)}
    if said != found:
        yield f"tls is {show(said)}, expected {show(found)} as is said of {where}"
    secure = capture.final_url.startswith("https:")
    if secure != (found is not None):
        yield (
            f"finalUrl is {show(capture.final_url)}, and {where} came"
            f" {'without' if secure else 'over'} TLS"
        )


def _tls_of(told: MetadataFields) -> dict[str, Any] | None:
    """Return the facts of a connection as a statement has them, from metadata."""
    if value(told, "tls-version") is None:
        return None
    named = ("version", "cipher", "sni", "verdict", "roots-sha256")
    found: dict[str, Any] = {
        key: value(told, f"tls-{name}") or ""
        for key, name in zip(_TLS, named, strict=True)
    }
    found["chain"] = [
        sha256(decode_base64(each, "a certificate")).hexdigest()
        for each in values(told, "tls-certificate")
    ]
    found["wholeChain"] = value(told, "tls-chain") == "whole"
    return found


def _address_faults(
    told: MetadataFields, capture: CaptureFacts, where: str
) -> Iterator[str]:
    """Compare the inner addresses that were let through."""
    found = values(told, "allowed-address")
    if sorted(found) != sorted(capture.allowed_addresses):
        yield (
            f"allowedAddresses are {show(list(capture.allowed_addresses))}, expected"
            f" {show(found)} as is said of {where}"
        )


def _redaction_faults(file: RecordedFile, capture: CaptureFacts) -> Iterator[str]:
    """Find what is redacted in the records, and not in the statement."""
    for record in file.of_type("response"):
        for line in values(file.fields(record) or [], "redacted"):
            found = _REDACTED.fullmatch(line)
            if not found or found[1] not in capture.redactions:
                yield (
                    f"of record {record.index} something is redacted ({show(line)}),"
                    f" expected one of {show(list(capture.redactions))}"
                )
                return


def _way_faults(
    file: RecordedFile, facts: SnapshotFacts, capture: CaptureFacts
) -> Iterator[str]:
    """Compare a capture that came to no page: something of its last address came."""
    if facts.text is not None:
        yield "there is a text layer, and no main record that it is of"
    ends = [each for each in file.of_type("response") if each.uri == capture.final_url]
    statuses = [message.status for message in map(file.message, ends) if message]
    if capture.status not in statuses:
        yield (
            f"status is {capture.status}, expected that of a response of"
            f" {show(capture.final_url)}, which are {statuses}"
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of a plain client, from what was asked for to the page."""

    file: RecordedFile
    capture: CaptureFacts

    def faults(self, end: Record, told: MetadataFields) -> Iterator[str]:
        """Go back from the page to what was typed; yield the first thing amiss."""
        record, fields = end, told
        for _ in range(MOST_HOPS):
            via = value(fields, "via")
            if via is None:
                break
            before = self._before(record, via)
            if before is None:
                yield (
                    f"record {record.index} was come to from {show(via)}, and no"
                    " response of that is before it"
                )
                return
            if (value(fields, "hopsFromSeed") or "").endswith("R"):
                yield from self._hop_faults(before, record)
            record, fields = before, self.file.fields(before) or []
        typed, redacted = value(fields, "typed-url"), self.capture.redactions
        if not redacted and typed not in (None, self.capture.requested_url):
            yield (
                f"requestedUrl is {show(self.capture.requested_url)}, expected"
                f" {show(typed)} as is said of record {record.index}"
            )

    def _before(self, record: Record, uri: str) -> Record | None:
        """Return the last response of ``uri`` before ``record``."""
        found = [
            each
            for each in self.file.of_type("response")
            if each.uri == uri and each.index < record.index
        ]
        return found[-1] if found else None

    def _hop_faults(self, before: Record, record: Record) -> Iterator[str]:
        """Compare where a redirect leads with where it was followed to.

        A secret is replaced in addresses, and stands in a response as it came.
        """
        message = self.file.message(before)
        location = redirect_location(message) if message else None
        if location is None:
            yield (
                f"record {record.index} was come to by a redirect, and record"
                f" {before.index} is none"
            )
        elif not self.capture.redactions and not _leads(before, location, record):
            yield (
                f"record {before.index} redirects to {show(location)}, expected"
                f" {show(record.uri)}, which was asked for next"
            )


def _leads(before: Record, location: str, record: Record) -> bool:
    """Tell whether a redirect leads to ``record``; each client spells that its way."""
    try:
        url = redirect_url(before.uri, location).url
    except MalformedError:
        return False
    return plain_spelling(url) == plain_spelling(record.uri)


def find_account(file: RecordedFile, response: Record) -> Record | None:
    """Return the record with the account of the browser that showed ``response``."""
    for each in file.beside(response, "metadata"):
        if each.field("Content-Type") == _ACCOUNT:
            return each
    return None


def _browser_faults(
    file: RecordedFile, response: Record, capture: CaptureFacts
) -> Iterator[str]:
    """Compare a browser's account in the statement with the whole one in the file."""
    found = find_account(file, response)
    if found is None or found.block_length > MAX_ACCOUNT or capture.browser is None:
        return
    what = f"record {found.index}"
    account = parse_json(file.block(found), what, max_bytes=MAX_ACCOUNT)
    if not isinstance(account, dict):
        yield f"{what} is {show(json.dumps(account))}, expected a browser's account"
        return
    recorded = len(file.of_type("response"))
    redacted = bool(capture.redactions)
    asked = account.get("asked")
    if not redacted and asked is not None and asked != capture.requested_url:
        yield (
            f"requestedUrl is {show(capture.requested_url)}, expected {show(asked)} as"
            f" {what} says"
        )
    faults = account_faults(capture.browser, account, recorded, redacted=redacted)
    yield from (f"{fault}, as {what} says" for fault in faults)
