"""A memento becomes a deposit that says whose it is, beside what we saw of it."""

import gzip
import itertools
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from fastwarc.warc import ArchiveIterator as FastWarc
from warcio.archiveiterator import ArchiveIterator as Warcio

from archiver.elsewhere.memento import OwnCapture
from archiver.elsewhere.memento_deposit import WantedMemento, fetch_memento
from archiver.errors import MalformedError, NetworkError, UnreachedError
from archiver.layers import derive_text
from archiver.records import read_block, walk_records
from archiver.wire.observation import CaptureOptions
from tests.webarchive import STAMP, TOOLBAR, Answer, WebArchive

PAGE = "https://example.org/news/article.html"
HTML = "<!doctype html><title>Мақала</title><p>Әділет пен шындық.</p>".encode()
CUSTODY = (
    "custody: supplied: what the page said at that time is the web archive's word;"
    " observed is that the web archive answered so"
)


def _clock():
    start = datetime(2026, 2, 3, 9, tzinfo=UTC)
    ticks = itertools.count()
    return lambda: start + timedelta(seconds=next(ticks))


@pytest.fixture
def web():
    with WebArchive() as archive:
        yield archive


@pytest.fixture
def fetch(web, tmp_path):
    """Return a function that fetches a memento from the stub."""

    def get(url, comparison=None, **options):
        settings = {"allow_addresses": (web.address,), "timeout": 10} | options
        return fetch_memento(
            WantedMemento(url, comparison or OwnCapture()),
            CaptureOptions(**settings),
            tmp_path,
            clock=_clock(),
            token=secrets.token_bytes,
        )

    return get


def records_of(fetched):
    with fetched.draft.file.open("rb") as stream:
        return list(walk_records(stream))


def block_of(fetched, index) -> bytes:
    with fetched.draft.file.open("rb") as stream:
        return read_block(stream, list(walk_records(stream))[index], 1 << 20)


def claimed(fetched) -> list[str]:
    return block_of(fetched, fetched.draft.main + 1).decode().split("\r\n")


def test_a_memento_is_deposited_in_the_bytes_that_were_recorded(web, fetch):
    address = web.put(PAGE, HTML)
    raw = address.replace(STAMP, f"{STAMP}id_")
    fetched = fetch(address)
    digest = sha256(HTML).hexdigest()
    host = "127.0.0.1"
    assert fetched.draft.facts == {
        "custody": "supplied",
        "suppliedBy": f"a memento by {host} of {PAGE}, dated 2026-02-03T08:00:00Z",
        "claimedUrl": PAGE,
        "document": {
            "name": "article.html",
            "mediaType": "text/html",
            "length": len(HTML),
            "sha256": digest,
        },
        "outcome": "complete",
        "reason": None,
        "labels": [],
        "labelReasons": {},
        "tool": fetched.draft.facts["tool"],
        "memento": {
            "uri": raw,
            "asked": address,
            "original": PAGE,
            "datetime": "2026-02-03T08:00:00Z",
            "archive": host,
            "status": 200,
            "raw": True,
            "allowedAddresses": [web.address],
            "jobId": None,
            "comparedWith": None,
            "sameBody": None,
        },
    }
    assert fetched.said == (f"{host} is no web archive that this version knows",)
    assert [asked.path for asked in web.asked] == [raw.removeprefix(web.url)]


def test_the_file_holds_the_body_what_is_claimed_and_what_we_saw(web, fetch):
    fetched = fetch(web.put(PAGE, HTML))
    records = records_of(fetched)
    kinds = [record.type for record in records]
    assert kinds == [
        *("warcinfo", "response", "request", "metadata"),
        *("resource", "metadata"),
    ]
    main, about = records[fetched.draft.main], records[fetched.draft.main + 1]
    assert main.type == "resource"
    assert main.uri.startswith("urn:uuid:")  # not the page's: that is not observed
    assert main.block == fetched.draft.facts["document"]["sha256"]
    assert main.field("WARC-Concurrent-To") == records[1].field("WARC-Record-ID")
    assert about.uri == main.uri
    lines = claimed(fetched)
    assert CUSTODY in lines
    assert f"claimed-url: {PAGE}" in lines
    assert "claimed-url-named-by: Link" in lines
    assert "claimed-datetime: 2026-02-03T08:00:00Z" in lines
    assert f"timegate: {web.url}/web/{PAGE}" in lines
    assert f"timemap: {web.url}/web/timemap/link/{PAGE}" in lines
    hop = block_of(fetched, 3).decode()
    assert f"typed-url: {web.url}/web/{STAMP}/{PAGE}\r\n" in hop
    assert f"allowed-address: {web.address}\r\n" in hop


def test_other_readers_find_the_same_records(web, fetch):
    fetched = fetch(web.put(PAGE, HTML))
    mine = [(each.type, each.field("WARC-Record-ID")) for each in records_of(fetched)]
    data = fetched.draft.file.read_bytes()
    theirs = [
        (each.rec_type, each.rec_headers.get_header("WARC-Record-ID"))
        for each in Warcio(BytesIO(data), check_digests="raise")
    ]
    assert theirs == mine
    fast = []
    for each in FastWarc(BytesIO(data), parse_http=False):
        assert each.verify_block_digest()
        fast.append(each.headers["WARC-Record-ID"])
    assert fast == [record_id for _, record_id in mine]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("windows-1251", "windows-1251"), ("utf-8", '"UTF-8"'), ("koi8-r", "KOI8-R")],
)
def test_the_text_is_read_by_the_charset_of_the_memento(web, fetch, charset, declared):
    words = "Правда и справедливость"
    fields = {"Content-Type": f"text/html; charset={declared}"}
    fetched = fetch(web.put(PAGE, f"<p>{words}</p>".encode(charset), fields=fields))
    main = records_of(fetched)[fetched.draft.main]
    assert main.field("Content-Type") == f"text/html; charset={charset}"
    with fetched.draft.file.open("rb") as stream:
        layer = derive_text(stream, main)
    assert layer is not None
    assert layer.text.strip() == words


@pytest.mark.parametrize("charset", ["", "a;b", "ä", "x" * 65])
def test_a_charset_that_is_none_is_left_out(web, fetch, charset):
    fields = {"Content-Type": f'text/html; charset="{charset}"'}
    fetched = fetch(web.put(PAGE, HTML, fields=fields))
    main = records_of(fetched)[fetched.draft.main]
    assert main.field("Content-Type") == "text/html"


def test_a_body_is_deposited_without_its_coding(web, fetch):
    packed = gzip.compress(HTML, mtime=0)
    fetched = fetch(web.put(PAGE, packed, fields={"Content-Encoding": "gzip"}))
    assert block_of(fetched, fetched.draft.main) == HTML
    assert block_of(fetched, 1).endswith(packed)  # what came is kept as it came
    assert fetched.draft.facts["document"]["length"] == len(HTML)


def test_the_way_from_an_undated_address_is_recorded_and_ends_at_the_raw_form(
    web, fetch
):
    web.put(PAGE, b"older", "20250101000000")
    web.put(PAGE, HTML)
    fetched = fetch(f"{web.url}/web/{PAGE}")
    assert [asked.path for asked in web.asked] == [
        f"/web/{PAGE}",
        f"/web/{STAMP}/{PAGE}",
        f"/web/{STAMP}id_/{PAGE}",
    ]
    kinds = [record.type for record in records_of(fetched)]
    assert kinds.count("response") == 3
    assert block_of(fetched, fetched.draft.main) == HTML
    assert TOOLBAR not in block_of(fetched, fetched.draft.main)


def test_where_there_is_no_raw_form_the_page_is_taken_as_shown_and_that_is_told(
    web, fetch
):
    fields = {
        "Memento-Datetime": "Tue, 03 Feb 2026 08:00:00 GMT",
        "Link": f'<{PAGE}>; rel="original"',
    }
    web.pages["/Abc12"] = Answer(200, fields, HTML)
    fetched = fetch(f"{web.url}/Abc12")
    assert not fetched.memento.raw
    assert fetched.said[-1].startswith("it is the page as 127.0.0.1 shows it")
    assert f"remark: {fetched.said[-1]}" in claimed(fetched)


def test_a_memento_of_another_page_is_told(web, fetch):
    other = '<https://other.example/>; rel="original"'
    fetched = fetch(web.put(PAGE, HTML, fields={"Link": other}))
    told = f"asked for the memento of {PAGE}, and got one of https://other.example/"
    assert fetched.said[0] == told
    assert fetched.draft.facts["claimedUrl"] == "https://other.example/"
    assert f"remark: {told}" in claimed(fetched)


def test_what_was_recorded_may_be_an_error_and_that_is_told(web, fetch):
    fetched = fetch(web.put(PAGE, HTML, status=404))
    assert fetched.memento.status == 404
    assert "what was recorded is a response with status 404" in fetched.said


def test_what_it_was_compared_with_stands_in_the_file_as_well(web, fetch):
    digest = sha256(HTML).hexdigest()
    fetched = fetch(web.put(PAGE, HTML), OwnCapture("spn2-1", "a" * 64, digest))
    facts = fetched.draft.facts["memento"]
    assert (facts["jobId"], facts["comparedWith"]) == ("spn2-1", "a" * 64)
    assert facts["sameBody"] is True
    lines = claimed(fetched)
    assert "job-id: spn2-1" in lines
    assert f"compared-with: sha256:{'a' * 64}" in lines
    assert "same-body: yes" in lines
    other = fetch(web.put(PAGE, HTML), OwnCapture("spn2-1", "a" * 64, "b" * 64))
    assert other.draft.facts["memento"]["sameBody"] is False
    assert "same-body: no" in claimed(other)


def test_a_page_that_is_no_memento_is_refused_and_nothing_is_left(web, fetch, tmp_path):
    web.pages["/article"] = Answer(200, {"Content-Type": "text/html"}, HTML)
    with pytest.raises(MalformedError, match="without Memento-Datetime") as caught:
        fetch(f"{web.url}/article")
    assert "sourcebook capture" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [404, 403, 429, 503])
def test_a_web_archive_that_has_none_has_failed_the_attempt(web, fetch, status):
    web.pages[f"/web/{STAMP}id_/{PAGE}"] = Answer(status)
    with pytest.raises(UnreachedError, match=f"answered {status}") as caught:
        fetch(f"{web.url}/web/{STAMP}/{PAGE}")
    (failure,) = caught.value.failures
    assert failure.kind == "service"
    assert failure.url == f"{web.url}/web/{STAMP}id_/{PAGE}"
    assert failure.peer == "127.0.0.1"


def test_redirects_without_an_end_have_failed_the_attempt(web, fetch):
    web.pages["/a"] = Answer(302, {"Location": "/a"})
    with pytest.raises(UnreachedError) as caught:
        fetch(f"{web.url}/a")
    assert caught.value.failures[-1].kind == "redirects"


def test_an_inner_address_is_not_asked(web, fetch):
    with pytest.raises(NetworkError, match="inner or special"):
        fetch(web.put(PAGE, HTML), allow_addresses=())
    assert web.asked == []


def test_a_cut_memento_is_kept_as_such(web, fetch):
    fetched = fetch(web.put(PAGE, HTML, length=len(HTML) + 10))
    assert fetched.draft.facts["outcome"] == "truncated"
    assert str(len(HTML) + 10) in fetched.draft.facts["reason"]
    assert block_of(fetched, fetched.draft.main) == HTML


@pytest.mark.parametrize(
    ("body", "fields", "message"),
    [
        (b"", {}, "is empty"),
        (HTML, {"Content-Encoding": "zstd"}, "its coding is zstd"),
        (HTML, {"Content-Encoding": "gzip"}, "cannot be read without doubt"),
        (HTML, {"Memento-Datetime": "yesterday"}, "Memento-Datetime is"),
        (HTML, {"Memento-Datetime": "Tue, 03 Feb 2099 08:00:00 GMT"}, "a time before"),
    ],
)
def test_what_no_document_can_be_made_of_is_refused(web, fetch, body, fields, message):
    address = web.put(PAGE, body, fields=fields)
    with pytest.raises(MalformedError, match=message):
        fetch(address)


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ("https://example.org/a/b.pdf?x=/c", "b.pdf"),
        ("https://example.org/a/", "a"),
        ("https://example.org/", "example.org"),
        ("https://example.org/%D2%93", "ғ"),
        ("https://example.org/a%0Ab", "memento"),
        ("https://[/", "memento"),
        ("https://example.org/" + "x" * 300, "x" * 200),
    ],
)
def test_a_document_is_named_by_the_end_of_its_address(web, fetch, original, name):
    fields = {"Link": f'<{original}>; rel="original"'}
    fetched = fetch(web.put(PAGE, HTML, fields=fields))
    assert fetched.draft.facts["document"]["name"] == name


@pytest.mark.parametrize("where", ["asked", "original"])
def test_an_address_that_lets_others_in_is_not_signed(web, fetch, tmp_path, where):
    secret = f"{PAGE}?access_token=abcdef0123456789"
    link = f'<{secret if where == "original" else PAGE}>; rel="original"'
    address = web.put(
        PAGE if where == "original" else secret, HTML, fields={"Link": link}
    )
    with pytest.raises(MalformedError, match="holds a secret") as caught:
        fetch(address)
    assert "abcdef" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_no_document(web, fetch):
    bomb = gzip.compress(bytes(20 << 20), mtime=0)
    address = web.put(PAGE, bomb, fields={"Content-Encoding": "gzip"})
    with pytest.raises(MalformedError, match="times its size"):
        fetch(address)
