"""What Save Page Now answers, read from whatever comes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.elsewhere.savepage import (
    MAX_ANSWER,
    MAX_WORDS,
    Pending,
    Refused,
    Saved,
    read_job,
    read_status,
    read_words,
)
from archiver.errors import MalformedError
from tests.webarchive import JOB, pending, refused, saved

PAGE = "https://example.org/article"


def test_a_job_is_named_also_where_the_same_page_was_saved_lately():
    answer = {"url": PAGE, "job_id": JOB, "message": "The same snapshot had been made"}
    assert read_job(json.dumps(answer).encode()) == JOB


def test_a_page_that_is_not_taken_is_refused_in_the_services_words():
    found = read_job(refused("error:blocked-url", "This URL is on a list.").body)
    assert found == Refused("error:blocked-url: This URL is on a list.", later=False)
    assert read_job(b'{"job_id": null, "message": "Wait"}') == Refused(
        "Wait", later=False
    )
    assert read_job(b"{}") == Refused("it gives no reason", later=False)


def test_too_many_sessions_at_once_pass_by_themselves():
    found = read_job(refused("error:user-session-limit", "Limit").body)
    assert isinstance(found, Refused)
    assert found.later


@pytest.mark.parametrize(
    "job", ["", "a/../b", "a b", "-a", "a" * 101, "ä", 7.5, True, [], {}, "a\n"]
)
def test_an_id_that_could_lead_elsewhere_is_refused(job):
    with pytest.raises(MalformedError, match="the job's id is"):
        read_job(json.dumps({"job_id": job}).encode())


def test_a_job_is_pending_failed_or_done():
    assert read_status(pending().body) == Pending()
    failed = read_status(refused("error:no-access", "Forbidden").body)
    assert failed == Refused("error:no-access: Forbidden", later=False)
    done = read_status(saved(PAGE).body)
    assert isinstance(done, Saved)
    assert (done.stamp, done.original) == ("20260203080000", PAGE)


@pytest.mark.parametrize(
    "changed",
    [
        {"timestamp": None},
        {"timestamp": "2026"},
        {"timestamp": "20261303080000"},
        {"timestamp": "../../etc/passwd"},
        {"original_url": None},
        {"original_url": "file:///etc/passwd"},
        {"original_url": "https://user:word@example.org/"},
        {"original_url": "https://example.org/\ud800"},
        {"original_url": "https://example.org/" + "x" * (1 << 17)},
        {"status": "done"},
        {"status": ["success"]},
        {"status": None},
    ],
)
def test_a_result_that_is_none_is_refused(changed):
    answer = json.loads(saved(PAGE).body) | changed
    with pytest.raises(MalformedError):
        read_status(json.dumps(answer).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"<html>Too Many Requests</html>",
        b"\xff\xfe{}",
        b'{"status": ',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b" " * (MAX_ANSWER + 1),
    ],
)
@pytest.mark.parametrize("read", [read_job, read_status])
def test_what_is_no_json_object_is_refused(read, data):
    with pytest.raises(MalformedError, match="the answer"):
        read(data)


def test_words_for_people_are_one_line_of_bounded_length_that_can_be_signed():
    answer = {"message": "a\nb\x1b[31m \u202e\ud800 " + "ж" * 1000}
    words = read_words(json.dumps(answer).encode())
    assert words.startswith("a b [31m")
    assert len(words) <= MAX_WORDS
    assert words.encode()
    assert read_words(b"<html>") == ""
    assert read_words(b'{"message": 7, "status_ext": []}') == "7"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data):
    assert isinstance(read_words(data), str)
    for read in (read_job, read_status):
        with pytest.raises(MalformedError):
            read(data + b"}")
