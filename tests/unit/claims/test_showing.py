"""The posts of a snapshot are read from the record that was signed, and no other."""

import gzip
import io
from dataclasses import replace
from uuid import UUID

import pytest

from archiver.errors import VerificationError
from archiver.facts import TextFacts
from archiver.holdings import read_snapshots
from archiver.openings import Withheld, commit, records_root
from archiver.warcfile import RecordHead, WarcFile
from claims.showing import read_posts
from tests.newsroom import BEGINNING, Newsroom

POST = """<div class=tgme_widget_message data-post=pier_of_maren/7>
<div class=tgme_widget_message_text>Порт закрыт.</div></div>"""


@pytest.fixture
def room(tmp_path):
    return Newsroom(tmp_path / "desk")


def supply(room, *fields):
    """Deposit a WARC, not compressed, of a page of t.me; return the snapshot."""
    stream = io.BytesIO()
    warc = WarcFile(stream)
    first = RecordHead(record_id=UUID(int=1, version=4), date=BEGINNING)
    warc.write_warcinfo(first, software="test", nonce="00" * 16)
    uri = "https://t.me/pier_of_maren/7?embed=1&mode=tme"
    head = RecordHead(record_id=UUID(int=2, version=4), date=BEGINNING, uri=uri)
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *fields]
    response = "\r\n".join([*lines, "", POST]).encode()
    warc.write_response(head, io.BytesIO(response))
    sha256 = room.deposit("post.warc", gzip.decompress(stream.getvalue()))
    return read_snapshots(room.archive, room.trust)[sha256]


def test_the_posts_are_those_of_the_page(room):
    (post,) = read_posts(room.archive, supply(room))
    assert (post.id, post.text) == (7, "Порт закрыт.")


def test_a_record_whose_header_was_changed_gives_no_posts(room):
    snapshot = supply(room)
    place = room.archive.path(snapshot.path)
    data = place.read_bytes()
    date = b"WARC-Date: 2026"
    at = data.rindex(date) + len(date)
    place.chmod(0o644)
    place.write_bytes(data[: at - 1] + b"5" + data[at:])
    with pytest.raises(VerificationError, match=r"record 1 at byte .* its SHA-256 is"):
        read_posts(room.archive, snapshot)


def test_openings_that_lead_to_another_root_give_no_posts(room):
    snapshot = supply(room)
    first, second = snapshot.openings
    changed = replace(snapshot, openings=(first, replace(second, sha256="00" * 32)))
    with pytest.raises(VerificationError, match="lead to the root"):
        read_posts(room.archive, changed)


def test_a_record_that_was_taken_down_gives_no_posts(room):
    snapshot = supply(room)
    first, second = snapshot.openings
    gone = Withheld(1, commit(second.salt, second.sha256), "99" * 32)
    commits = [commit(first.salt, first.sha256), gone.commit]
    assert records_root(commits).hex() == snapshot.facts.warc.records_root
    room.archive.path(snapshot.path).unlink()
    assert read_posts(room.archive, replace(snapshot, openings=(first, gone))) == ()


def test_a_body_that_cannot_be_decoded_gives_no_posts(room):
    """No version of ours signs such a text layer; a stranger's statement may say so."""
    snapshot = supply(room, "Content-Encoding: of-tomorrow")
    text = TextFacts(1, "telegram@1", 9, "00" * 32)
    said = replace(snapshot, facts=replace(snapshot.facts, text=text))
    assert read_posts(room.archive, said) == ()
