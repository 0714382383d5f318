"""What Save Page Now answers, as the Internet Archive documents it (SPN2 API, 2023).

Asked to save a page it answers with a job, or why it will not; asked for the job it
answers that it is pending, done or failed.  An error comes with status 200 as well.
The JSON has numbers with fractions and whatever else; only what is asked of it is read.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from archiver.elsewhere.memento import parse_stamp
from archiver.errors import MalformedError
from archiver.jsonobject import JsonObject
from archiver.strict import show
from archiver.wire.guard import parse_url

MAX_ANSWER: Final = 4 << 20  # bytes; a page of very many parts has a long list of them
MAX_WORDS: Final = 300  # characters of what the service says, in a message
LATER: Final = ("error:user-session-limit",)  # which pass by themselves

_JOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")  # it goes into an address
_NOT_WORDS = re.compile(r"[^ -~\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


@dataclass(frozen=True, slots=True)
class Refused:
    """The service's own words on why it did not save a page, or not yet."""

    why: str
    later: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """The job is not done; a job that nobody knows is pending for ever, too."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The page was saved: the moment in the memento's address, and the original."""

    stamp: str
    moment: datetime
    original: str


def read_job(data: bytes) -> str | Refused:
    """Read the answer to a request to save a page: the job's id, or why there is none.

    Raises:
        MalformedError: it is no such answer.
    """
    answer = _object(data)
    job = answer.members.get("job_id")
    if job is None:
        return _refused(answer)
    if not isinstance(job, str) or not _JOB.fullmatch(job):
        raise MalformedError(
            f"the job's id is {show(job)}, expected letters, digits and dashes"
        )
    return job


def read_status(data: bytes) -> Pending | Refused | Saved:
    """Read the answer to a question for a job.

    Raises:
        MalformedError: it is no such answer.
    """
    answer = _object(data)
    status = answer.one_of("status", ("pending", "success", "error"))
    if status == "pending":
        return Pending()
    if status == "error":
        return _refused(answer)
    stamp, original = answer.text("timestamp"), answer.text("original_url")
    moment = parse_stamp(stamp)
    if moment is None:
        raise MalformedError(
            f"the timestamp is {show(stamp)}, expected a time in 14 digits"
        )
    return Saved(stamp, moment, parse_url(original).url)


def read_words(data: bytes) -> str:
    """Return what an answer says to people, if it is JSON that does; else nothing."""
    try:
        return _words(_object(data))
    except MalformedError:
        return ""


def _refused(answer: JsonObject) -> Refused:
    code = answer.members.get("status_ext")
    return Refused(_words(answer) or "it gives no reason", code in LATER)


def _words(answer: JsonObject) -> str:
    found = [answer.members.get(key) for key in ("status_ext", "message")]
    said = ": ".join(each for each in found if isinstance(each, str) and each)
    return _NOT_WORDS.sub(" ", said)[:MAX_WORDS].strip()


def _object(data: bytes) -> JsonObject:
    """Parse a JSON object as it comes: others write floats, and keys twice."""
    if len(data) > MAX_ANSWER:
        raise MalformedError(
            f"the answer has more than {MAX_ANSWER} bytes, expected fewer"
        )
    try:
        value: Any = json.loads(data.decode("utf-8"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer is no JSON: {show(data)}") from error
    return JsonObject(value, "the answer")
