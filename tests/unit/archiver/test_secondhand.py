"""A response in a stranger's WARC is judged by its bytes, whatever he calls it."""

import gzip
from io import BytesIO

import pytest

from archiver.records import walk_records
from archiver.wire.secondhand import judge_recorded
from tests.hostile_answers import CODED, CUT, GZIP, HTML, TEXT, WHOLE, WRONG, http
from tests.warcs import packed, record


def judge(block, kind="response", **changes):
    warc = BytesIO(packed([record(kind, block, changes=tuple(changes.items()))]))
    (found,) = walk_records(warc)
    return judge_recorded(warc, found)


def sent(answers):
    """Return what of the answers is bytes, but those that an end of their own cuts."""
    return {
        name: b"".join(steps)
        for name, steps in answers.items()
        if all(isinstance(step, bytes) for step in steps)
    }


@pytest.mark.parametrize("name", sent(WHOLE))
def test_what_is_whole_on_the_wire_is_whole_in_a_warc(name):
    assert judge(sent(WHOLE)[name]).outcome == "complete"


@pytest.mark.parametrize("name", sent(CUT))
def test_what_is_cut_is_cut_whoever_recorded_it(name):
    assert judge(sent(CUT)[name]).outcome == "truncated"


@pytest.mark.parametrize("name", sent(WRONG))
def test_what_contradicts_itself_is_malformed(name):
    assert judge(sent(WRONG)[name]).outcome == "malformed"


def test_a_record_that_says_it_was_cut_is_taken_at_its_word():
    block = http(HTML + b"Content-Length: %d\r\n" % len(TEXT), TEXT)
    for kind in ("response", "resource"):
        found = judge(block, kind, **{"WARC-Truncated": "length\u202e"})
        assert found.outcome == "truncated"
        assert found.reason.startswith("its WARC-Truncated says 'length\\u202e'")


def test_a_resource_is_whole_and_what_is_no_response_is_malformed():
    assert judge(b"no response", "resource").outcome == "complete"
    assert judge(b"no response").outcome == "malformed"
    assert judge(b"HTTP/1.1 200 OK\r\nX: y").outcome == "truncated"


def test_a_body_that_its_recorder_unpacked_is_not_what_its_head_says():
    block = http(CODED + b"Content-Length: %d\r\n" % len(GZIP), gzip.decompress(GZIP))
    assert judge(block).outcome == "malformed"
