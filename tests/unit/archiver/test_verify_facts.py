"""A stranger's file cannot stop the comparison of its facts, nor make it endless."""

import time
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pytest

from archiver.findings import Report
from archiver.records import walk_records
from archiver.verifying.captures import MAX_ACCOUNT, capture_faults
from archiver.verifying.facts import verify_facts
from archiver.verifying.recorded import RecordedFile
from archiver.warcfile import RecordHead, WarcFile
from tests.newsroom import BEGINNING
from tests.snapshot_facts import facts

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"
URI = "https://a.example/"
RESPONSE = UUID(int=7, version=4)


def opened(stream):
    stream.seek(0)
    return RecordedFile(stream, list(walk_records(stream)))


def begun(stream):
    warc = WarcFile(stream)
    first = RecordHead(record_id=UUID(int=1, version=4), date=BEGINNING)
    warc.write_warcinfo(first, software="test", nonce="00" * 16)
    return warc


def recorded(*metadata, response=HEAD, fields_type="application/warc-fields"):
    """Write a file with one response, and metadata beside it as a stranger likes."""
    stream = BytesIO()
    warc = begun(stream)
    head = RecordHead(record_id=RESPONSE, date=BEGINNING, uri=URI)
    warc.write_response(head, BytesIO(response))
    for number, block in enumerate(metadata):
        beside = RecordHead(
            record_id=UUID(int=100 + number, version=4),
            date=BEGINNING,
            uri=URI,
            concurrent_to=(RESPONSE,),
        )
        warc.write_metadata(beside, BytesIO(block), fields_type)
    return opened(stream)


def observed(**changed):
    said = facts(custody="observed")
    capture = replace(
        said.exchange,
        requested_url=URI,
        started_on="2026-02-03T09:00:00.000000Z",
        allowed_addresses=(),
        tls=None,
        **changed,
    )
    return replace(said, main_record=1, text=None, exchange=capture)


def codes(file, said):
    report = Report()
    verify_facts(file, said, (), "a.warc.gz", report)
    return [each.code for each in report.findings]


def test_a_file_without_a_second_account_is_compared_as_far_as_it_goes():
    assert codes(recorded(), observed()) == []
    assert codes(recorded(), observed(status=404)) == ["facts"]


@pytest.mark.parametrize(
    "block",
    [
        b"\xff\xfe\r\n",
        b"no field\r\n",
        b"outcome: complete\r\ntls-version: x\r\ntls-certificate: !!!\r\n",
        b"outcome: complete\r\nvia: https://b.example/\r\n",
        b"outcome: \r\n",
        b"redacted: something\r\n",
        b"",
    ],
)
def test_metadata_that_are_none_are_a_finding(block):
    assert {*codes(recorded(block), observed())} == {"facts"}


def test_two_accounts_of_one_response_are_a_finding():
    file = recorded(b"outcome: complete\r\n", b"outcome: truncated\r\n")
    assert codes(file, observed())[0] == "facts"


@pytest.mark.parametrize(
    "account",
    [b"[]", b"7", b'{"product": 7, "requests": {}, "notMade": []}', b"{", b"\xff"],
)
def test_a_browsers_account_that_is_none_is_a_finding_or_compared_in_part(account):
    file = recorded(account, fields_type="application/json")
    said = observed(driver="browser", browser={"recorded": 1, "name": "x"})
    found = codes(file, said)
    assert found == ([] if account.startswith(b'{"') else ["facts"])


def test_an_account_that_is_too_long_is_said_to_be_not_compared():
    long = b'{"asked": "' + b"x" * MAX_ACCOUNT + b'"}'
    file = recorded(long, fields_type="application/json")
    said = observed(driver="browser", browser={"recorded": 1})
    assert codes(file, said) == ["judged-otherwise"]


def test_a_response_whose_head_does_not_end_is_a_finding():
    assert codes(recorded(response=b"HTTP/1.1 200 OK\r\n"), observed()) == ["facts"]
    assert codes(recorded(response=b"\x00" * 5000), observed()) == ["facts"]


def test_a_request_that_is_none_is_a_finding():
    stream = BytesIO()
    warc = begun(stream)
    warc.write_response(
        RecordHead(record_id=RESPONSE, date=BEGINNING, uri=URI), BytesIO(HEAD)
    )
    beside = RecordHead(
        record_id=UUID(int=3, version=4),
        date=BEGINNING,
        uri=URI,
        concurrent_to=(RESPONSE,),
    )
    warc.write_request(beside, BytesIO(b"none"))
    file = opened(stream)
    assert codes(file, observed()) == ["facts"]


def test_a_way_of_thousands_of_hops_is_not_gone_to_its_end():
    stream = BytesIO()
    warc = begun(stream)
    for number in range(1, 3001):
        one = UUID(int=2 * number, version=4)
        head = RecordHead(record_id=one, date=BEGINNING, uri=URI)
        warc.write_response(head, BytesIO(HEAD))
        other = UUID(int=2 * number + 1, version=4)
        beside = replace(head, record_id=other, concurrent_to=(one,))
        lines = f"outcome: complete\r\nvia: {URI}\r\n".encode()
        warc.write_metadata(beside, BytesIO(lines))
    file = opened(stream)
    said = replace(observed(), main_record=5999)
    started = time.process_time()
    assert any("TLS" in each for each in capture_faults(file, said, said.exchange))
    assert time.process_time() - started < 30
