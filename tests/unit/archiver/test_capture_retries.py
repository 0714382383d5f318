"""Failures and retries stand in the file, each; the best answer is the main one."""

import threading
from datetime import UTC, datetime

import pytest
from fastwarc.warc import ArchiveIterator as FastWarc
from warcio.archiveiterator import ArchiveIterator as Warcio

from archiver.errors import UnreachedError
from tests.authority import Authority
from tests.capturing import block, fields, records, take
from tests.site import Pause, Reset, Site, page, redirect

LATER = page(b"later", "Retry-After: 0", status="503 Later")
CUT = [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"]


class Turns(dict):
    """Pages that change from one request to the next; the last one stays."""

    def __init__(self, path, *answers):
        super().__init__({path: answers[0]})
        self._answers = {path: list(answers)}
        self._lock = threading.Lock()

    def __getitem__(self, path):
        with self._lock:
            answers = self._answers[path]
            return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def capture(tmp_path):
    return lambda url, *sites, **options: take(tmp_path, url, *sites, **options)


def serve(*answers):
    site = Site({})
    site.pages = Turns("/", *answers)
    return site


def kinds(seen):
    return [record.type for record in records(seen.warc)]


def read_by_others(seen):
    """Check that other readers find the same records, each with a right digest."""
    with seen.warc.open("rb") as stream:
        assert [r.rec_type for r in Warcio(stream, no_record_parse=True)] == kinds(seen)
    with seen.warc.open("rb") as stream:
        assert all(r.verify_block_digest() for r in FastWarc(stream, parse_http=False))
    with seen.warc.open("rb") as stream:
        for record in Warcio(stream, check_digests=True):
            record.raw_stream.read()
            assert record.digest_checker.problems == []


def test_a_server_that_says_later_is_asked_again_and_both_answers_stand(capture):
    with serve(LATER, page(b"hello")) as site:
        seen = capture(site.url(), site, retries=2)
        assert site.count("/") == 2
        assert block(seen.warc, 1) == site.sent("/", 0)
        assert block(seen.warc, 4) == site.sent("/", 1)
    assert kinds(seen) == ["warcinfo"] + ["response", "request", "metadata"] * 2
    assert (seen.main_record, seen.status, seen.outcome) == (4, 200, "complete")
    found = records(seen.warc)
    assert found[1].uri == found[4].uri == seen.final_url
    assert found[1].date < found[4].date
    assert "retry" not in fields(seen.warc, 3)
    assert fields(seen.warc, 6)["retry"] == ["1"]
    read_by_others(seen)


def test_a_connection_that_broke_is_tried_again_and_its_request_stands(capture):
    with serve([Reset()], page(b"hello")) as site:
        seen = capture(site.url(), site, retries=1)
        assert block(seen.warc, 1) == site.received("/", 0)
    assert kinds(seen) == [
        *("warcinfo", "request", "metadata"),
        *("response", "request", "metadata"),
    ]
    found = records(seen.warc)
    assert (seen.main_record, seen.status) == (3, 200)
    assert found[1].uri == found[2].uri == found[3].uri
    assert found[1].date < found[3].date
    told = fields(seen.warc, 2)
    assert (told["outcome"], told["failure"]) == (["failed"], ["no-response"])
    assert told["reason"][0].startswith("no response: ")
    assert told["dns-answer"] == ["127.0.0.1"]
    assert told["bytes-received"] == ["0"]
    assert found[2].field("WARC-Concurrent-To") == found[1].field("WARC-Record-ID")
    assert found[1].field("WARC-IP-Address") == "127.0.0.1"
    assert fields(seen.warc, 5)["retry"] == ["1"]
    read_by_others(seen)


def test_bytes_that_are_no_response_are_in_no_record(capture):
    with serve([b"SSH-2.0-OpenSSH\r\n"], page(b"hello")) as site:
        seen = capture(site.url(), site, retries=1)
    assert fields(seen.warc, 2)["bytes-received"] == ["17"]
    assert b"SSH" not in block(seen.warc, 1)
    read_by_others(seen)


def test_where_nobody_listens_there_is_no_request_and_nothing_comes_of_it(
    capture, tmp_path
):
    with Site({}) as site:
        address, url = site.address, site.url()
    with pytest.raises(UnreachedError) as caught:
        capture(url, allow_addresses=(address,), retries=1)
    first, second = caught.value.failures
    assert {first.kind, second.kind} == {"connect"}
    assert first.url == second.url == url
    assert first.finished <= second.started
    assert (first.answers, first.peer, first.received) == (("127.0.0.1",), "", 0)
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_to_where_nobody_listens_fails_at_that_hop(capture):
    with Site({}) as gone:
        url, address = gone.url(), gone.address
    with Site({"/": redirect(url)}) as site, pytest.raises(UnreachedError) as caught:
        capture(site.url(), allow_addresses=(site.address, address))
    (failure,) = caught.value.failures
    assert (failure.kind, failure.url) == ("connect", url)


def test_a_cut_transfer_is_asked_again_and_the_whole_one_is_the_main(capture):
    with serve(CUT, page(b"whole")) as site:
        seen = capture(site.url(), site, retries=3)
        assert site.count("/") == 2
        assert block(seen.warc, 1) == site.sent("/", 0)
    assert (seen.main_record, seen.outcome) == (4, "complete")
    assert records(seen.warc)[1].field("WARC-Truncated") == "disconnect"
    read_by_others(seen)


def test_a_cut_page_is_better_than_an_answer_that_says_later(capture):
    with serve(CUT, LATER) as site:
        seen = capture(site.url(), site, retries=1)
    assert (seen.main_record, seen.status, seen.outcome) == (1, 200, "truncated")
    assert kinds(seen) == ["warcinfo"] + ["response", "request", "metadata"] * 2


def test_a_page_that_was_cut_stays_where_the_retry_came_to_nothing(capture):
    with serve(CUT, [Reset()]) as site:
        seen = capture(site.url(), site, retries=1)
    assert (seen.main_record, seen.outcome) == (1, "truncated")
    assert kinds(seen) == [
        *("warcinfo", "response", "request", "metadata"),
        *("request", "metadata"),
    ]
    assert fields(seen.warc, 5)["retry"] == ["1"]


def test_without_retries_one_request_is_made_and_the_answer_is_kept(capture):
    with serve(LATER, page(b"hello")) as site:
        seen = capture(site.url(), site)
        assert site.count("/") == 1
    assert (seen.status, seen.main_record) == (503, 1)


def test_an_answer_is_not_asked_for_again(capture):
    with serve(page(b"gone", status="404 Not Found"), page(b"hello")) as site:
        seen = capture(site.url(), site, retries=5)
        assert site.count("/") == 1
    assert seen.status == 404


@pytest.mark.parametrize("after", ["121", "Wed, 03 Feb 2100 09:00:00 GMT"])
def test_a_server_that_asks_for_too_long_a_pause_is_not_waited_for(after, capture):
    answer = page(b"later", f"Retry-After: {after}", status="503 Later")
    with serve(answer, page(b"hello")) as site:
        seen = capture(site.url(), site, retries=5)
        assert site.count("/") == 1
    assert seen.status == 503


def test_no_pause_is_longer_than_the_time_that_is_left(capture):
    answer = page(b"later", "Retry-After: 30", status="503 Later")
    with serve(answer, page(b"hello")) as site:
        before = datetime.now(UTC)
        seen = capture(site.url(), site, retries=5, timeout=5)
        assert (datetime.now(UTC) - before).total_seconds() < 4
        assert site.count("/") == 1
    assert seen.status == 503


def test_a_pause_that_was_asked_for_is_made(capture):
    answer = page(b"later", "Retry-After: 1", status="429 Too Many Requests")
    with serve(answer, page(b"hello")) as site:
        seen = capture(site.url(), site, retries=1)
    first, second = (records(seen.warc)[index].date for index in (1, 4))
    gap = datetime.fromisoformat(second) - datetime.fromisoformat(first)
    assert gap.total_seconds() >= 1


def test_every_hop_may_be_asked_again(capture):
    with Site({}) as end:
        end.pages = Turns("/", LATER, page(b"hello"))
        with serve(LATER, redirect(end.url())) as site:
            seen = capture(site.url(), site, end, retries=1)
    assert (seen.status, seen.main_record) == (200, 10)
    assert len(records(seen.warc)) == 13
    dates = [record.date for record in records(seen.warc) if record.type == "response"]
    assert dates == sorted(set(dates))
    assert fields(seen.warc, 12)["via"] == [site.url()]


def test_time_that_is_up_is_not_asked_for_again(capture):
    with serve([Pause(3)]) as site:
        with pytest.raises(UnreachedError) as caught:
            capture(site.url(), site, retries=3, timeout=0.5)
        assert site.count("/") == 1
    assert [each.kind for each in caught.value.failures] == ["timeout"]


def test_a_connection_over_tls_that_broke_says_what_was_presented(capture, tmp_path):
    folder = tmp_path / "authority"
    folder.mkdir()
    authority = Authority(folder)
    with Site({}, tls=authority.server("127.0.0.1")) as site:
        site.pages = Turns("/", [], page(b"hello"))
        seen = capture(site.url(), site, retries=1, ca_file=authority.ca_file)
    told = fields(seen.warc, 2)
    assert told["failure"] == ["no-response"]
    assert told["tls-version"] == ["TLSv1.3"]
    assert len(told["tls-certificate"]) == 2
    assert (seen.main_record, seen.status) == (3, 200)
