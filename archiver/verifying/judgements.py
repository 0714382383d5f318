"""Judging a page again by the rules of today: is it whole, what is it in its place.

A judgement is signed as it was made.  Rules get better, and what is signed stays: so a
difference is told and fails nothing.  Where the version that judged is this one, there
is none, unless the statement says what its signer would have liked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, get_args

from archiver.elsewhere.memento import original_in
from archiver.facts import SnapshotFacts
from archiver.labels.glance import Page
from archiver.labels.page import LABELS, label_page
from archiver.records import Record
from archiver.text import TextLayer
from archiver.verifying.captures import MAX_ACCOUNT, find_account
from archiver.verifying.recorded import RecordedFile, value
from archiver.wire.messages import Message
from archiver.wire.responses import Completeness, End
from archiver.wire.secondhand import judge_block

_ENDS: Final[tuple[End, ...]] = get_args(End)


@dataclass(frozen=True, slots=True)
class _SeenPage:
    """A page as a label judges it: of which addresses, by which response."""

    response: Record
    message: Message
    requested_url: str
    final_url: str
    status: int


def judgement_remarks(
    file: RecordedFile, facts: SnapshotFacts, layer: TextLayer | None
) -> Iterator[str]:
    """Yield each judgement that differs from what would be judged today.

    ``layer`` is the text that was derived again.
    """
    seen = _find_seen(file, facts)
    if seen is None:
        return
    account = find_account(file, seen.response)
    if account and account.block_length > MAX_ACCOUNT:
        yield (
            f"the browser's account in record {account.index} has"
            f" {account.block_length} bytes, and is not compared"
        )
    judged = _judge(file, seen.response)
    if judged and judged.outcome != facts.outcome:
        yield (
            f"outcome is {facts.outcome}; by the rules of this version record"
            f" {seen.response.index} is {judged.outcome}: {judged.reason}"
        )
    yield from _label_remarks(file, facts, seen, layer)


def _label_remarks(
    file: RecordedFile, facts: SnapshotFacts, seen: _SeenPage, layer: TextLayer | None
) -> Iterator[str]:
    """Yield each label that is signed and would not be given today, or otherwise."""
    document = file.document(file.records[facts.main_record or 0])
    if document is None:
        return
    page = Page(
        requested_url=seen.requested_url,
        final_url=seen.final_url,
        status=seen.status,
        fields=seen.message.fields,
        media_type=document.media_type,
        document=document.data,
        charset=document.charset,
        text=layer.text if layer else None,
        zones=layer.zones if layer else (),
    )
    found = {label.word: label.why for label in label_page(page)}
    said = {word for word in facts.labels if word in LABELS}
    for word in sorted(said ^ {*found}):
        yield (
            f"the label {word} is {'' if word in said else 'not '}signed; by the rules"
            f" of this version the page is {found.get(word) or 'no such page'}"
        )


def _find_seen(file: RecordedFile, facts: SnapshotFacts) -> _SeenPage | None:
    """Return the response that a capture or a memento is judged by."""
    if facts.main_record is None:
        return None
    main = file.records[facts.main_record]
    if facts.exchange:
        response = file.referred(main) if main.type == "conversion" else main
        urls = facts.exchange.requested_url, facts.exchange.final_url
        return _seen(file, response, *urls, facts.exchange.status)
    if facts.deposit and facts.deposit.memento:
        answers = [each for each in file.base(main) if each.type == "response"]
        return _seen_memento(file, answers[:1], facts.deposit.memento)
    return None


def _seen_memento(
    file: RecordedFile, answers: list[Record], memento: dict[str, Any]
) -> _SeenPage | None:
    original, asked = str(memento.get("original")), str(memento.get("asked"))
    status = memento.get("status")
    if not answers or not isinstance(status, int):
        return None
    return _seen(file, answers[0], original_in(asked) or original, original, status)


def _seen(
    file: RecordedFile,
    response: Record | None,
    requested_url: str,
    final_url: str,
    status: int,
) -> _SeenPage | None:
    if response is None or response.type != "response":
        return None
    message = file.message(response)
    if message is None:
        return None
    return _SeenPage(response, message, requested_url, final_url, status)


def _judge(file: RecordedFile, response: Record) -> Completeness | None:
    """Judge a response by its bytes, and by how its connection ended.

    None where nobody wrote that down, or by a word that is not known here.
    """
    said = value(file.fields(response, first=True) or [], "connection-end")
    end = next((each for each in _ENDS if each == said), None)
    if end is None:
        return None
    return judge_block(partial(file.pass_block, response), end)
