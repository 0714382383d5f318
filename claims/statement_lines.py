"""A statement of any type as an object and in lines: what it says, as it was signed."""

import json
from collections.abc import Iterator

from archiver.holdings import StoredStatement


def statement_object(stored: StoredStatement) -> dict[str, object]:
    """Return a statement as one JSON object."""
    return {
        "statement": stored.id,
        "type": stored.statement.type,
        "index": stored.index,
        "keyid": stored.envelope.keyid,
        "subjects": [subject.name for subject in stored.statement.subjects],
        "predicate": stored.statement.predicate,
    }


def statement_line(stored: StoredStatement) -> str:
    """Return a statement in one line: its id, its place in the log, its type."""
    place = "pending" if stored.index is None else f"entry {stored.index}"
    return f"{stored.id}  {place}  {stored.statement.type}"


def statement_lines(stored: StoredStatement) -> Iterator[str]:
    """Yield what a statement says: each subject, and each fact as JSON."""
    place = "waits for the log" if stored.index is None else f"entry {stored.index}"
    yield f"statement  {stored.id}, {place}"
    yield f"type       {stored.statement.type}"
    yield f"signed by  {stored.envelope.keyid}"
    for subject in stored.statement.subjects:
        yield f"subject    {subject.sha256}  {subject.name}"
    for key, value in stored.statement.predicate.items():
        yield f"{key:10} {json.dumps(value, ensure_ascii=False)}"
