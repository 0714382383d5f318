"""A text layer is verified by the extractor that its statement names."""

import io
from dataclasses import replace
from uuid import UUID

import pytest

from archiver.findings import Report
from archiver.holdings import read_statements
from archiver.layers import extract_document
from archiver.text import extract_html
from archiver.verifying.snapshot import verify_snapshot
from archiver.warcfile import RecordHead, WarcFile
from tests.newsroom import BEGINNING, Newsroom
from tests.pdfs import text_page

POST = """<div class=tgme_widget_message data-post=pier_of_maren/7>
<div class=tgme_widget_message_text>Порт закрыт.</div></div>"""


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


def warc_of_a_post():
    """Write a WARC, as somebody else might supply it, of a page of t.me."""
    stream = io.BytesIO()
    warc = WarcFile(stream)
    first = RecordHead(record_id=UUID(int=1, version=4), date=BEGINNING)
    warc.write_warcinfo(first, software="test", nonce="00" * 16)
    head = RecordHead(
        record_id=UUID(int=2, version=4),
        date=BEGINNING,
        uri="https://t.me/pier_of_maren/7?embed=1&mode=tme",
    )
    lines = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    warc.write_response(head, io.BytesIO(f"{lines}{POST}".encode()))
    return stream.getvalue()


def verified(room):
    """Return the extractor of the one snapshot, and the codes of what was found."""
    stored = read_statements(room.archive, room.trust)
    (statement,) = (each.statement for each in stored if _is_snapshot(each.statement))
    report = Report()
    verify_snapshot(room.archive, statement, report)
    assert report.checked["records"] > 1
    codes = [finding.code for finding in report.findings]
    return statement.predicate["text"]["extractor"], codes


def _is_snapshot(statement):
    return statement.type == "snapshot"


def test_a_page_of_telegram_has_the_layer_of_its_posts(room):
    room.deposit("post.warc.gz", warc_of_a_post())
    assert verified(room) == ("telegram@1", [])


def test_a_layer_that_was_made_before_there_was_a_better_extractor_still_holds(
    room, monkeypatch
):
    """The older version knew html@1 alone; its archives are signed, and stay good."""

    def as_before(document):
        return extract_html(document.data, document.charset)

    monkeypatch.setattr("archiver.snapshots.extract_document", as_before)
    room.deposit("post.warc.gz", warc_of_a_post())
    assert verified(room) == ("html@1", [])


def test_a_layer_that_is_not_of_the_extractor_that_is_named_fails(room, monkeypatch):
    def misnamed(document):
        return replace(extract_document(document), extractor="html@1")

    monkeypatch.setattr("archiver.snapshots.extract_document", misnamed)
    room.deposit("post.warc.gz", warc_of_a_post())
    assert verified(room) == ("html@1", ["text"])


def test_the_layer_of_a_pdf_is_derived_again(room):
    room.deposit("order.pdf", text_page(b"No. 7", b"The port is closed."))
    assert verified(room) == ("pdf@1", [])


def test_a_pdf_whose_layer_says_something_else_fails(room, monkeypatch):
    def changed(document):
        return replace(extract_document(document), text="The port is open.")

    monkeypatch.setattr("archiver.snapshots.extract_document", changed)
    room.deposit("order.pdf", text_page(b"The port is closed."))
    assert verified(room) == ("pdf@1", ["text"])
