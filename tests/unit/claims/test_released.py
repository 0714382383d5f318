"""One release is read back whole, or not at all."""

import shutil
from base64 import b64encode

import pytest

from archiver import log
from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.errors import VerificationError
from archiver.merkle import leaf_hash, tree_root
from archiver.notes import format_note, parse_note, sign_note
from archiver.receipts import open_receipt, parse_receipt
from archiver.release import NewRelease, sign_release
from archiver.statements import parse_entry
from archiver.store import receipt_file, statement_file, writing
from archiver.tiles import bundles_of, tiles_of
from claims.published import released
from claims.published.released import read_release
from tests.newsroom import Newsroom


@pytest.fixture
def desk(tmp_path):
    desk = Newsroom(tmp_path / "desk")
    desk.deposit("page.txt", b"Elle n'est pas coupable.\n")
    desk.write({"cases/a/case.toml": 'id = "a"\n'})
    desk.release("a case")
    return desk


def test_a_release_holds_the_log_up_to_itself_and_the_files_it_lists(desk):
    release = read_release(desk.archive, desk.trust)
    assert release.number == 2
    assert release.index == len(release.entries) - 1 == len(release.logged) - 1
    assert [each.statement.type for each in release.logged] == [
        "policy",
        "release",
        "snapshot",
        "release",
    ]
    assert [file.path for file in release.files] == [
        "archive.toml",
        "cases/a/case.toml",
        "trust/1/policy",
        "trust/1/signers",
    ]
    assert list(release.of_type("snapshot")) == [release.logged[2]]
    assert {each.signer for each in release.logged} == {"The Desk"}


def test_every_receipt_proves_its_statement_against_the_release_s_checkpoint(desk):
    release = read_release(desk.archive, desk.trust)
    for logged, entry in zip(release.logged, release.entries, strict=True):
        receipt = parse_receipt(logged.receipt)
        opened = open_receipt(receipt, entry, desk.trust.policy)
        assert opened.checkpoint == release.checkpoint
        assert opened.text == release.note
        assert receipt.index == logged.index


def test_what_is_logged_after_the_release_changes_nothing_of_it(desk):
    before = read_release(desk.archive, desk.trust)
    desk.deposit("later.txt", b"Later.\n")
    after = read_release(desk.archive, desk.trust)
    assert after == before


def test_cosignatures_in_the_receipt_change_nothing(desk):
    before = read_release(desk.archive, desk.trust)
    place = desk.archive.path(receipt_file(before.statement.id))
    data = place.read_bytes()
    line = b64encode(b"\0\1\2\3" + bytes(72)).decode()
    stranger = f"— witness.example/w {line}\n".encode()
    place.chmod(0o644)
    place.write_bytes(data + stranger)
    assert len(parse_note(parse_receipt(place.read_bytes()).note).signatures) == 2
    assert read_release(desk.archive, desk.trust) == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda place: place.write_text('id = "b"\n'), "changed"),
        (lambda place: place.unlink(), "missing"),
        (lambda place: place.with_name("leads.csv").write_text("id\n"), "not-released"),
    ],
)
def test_what_is_not_released_is_named_and_refused(desk, change, code):
    change(desk.archive.path("cases/a/case.toml"))
    with pytest.raises(
        VerificationError, match=rf"1 files.*cases/a/.*\({code}\)"
    ) as it:
        read_release(desk.archive, desk.trust)
    assert "--draft" in it.value.hint


def test_of_many_differences_the_first_are_named_and_the_rest_counted(desk):
    desk.write({f"cases/a/{number}": "x" for number in range(8)})
    with pytest.raises(VerificationError, match=r"cases/a/4 .* and 3 more"):
        read_release(desk.archive, desk.trust)


def test_a_draft_is_of_the_files_and_the_log_as_they_are(desk):
    desk.write({"cases/a/case.toml": 'id = "b"\n'})
    desk.deposit("later.txt", b"Later.\n")
    draft = read_release(desk.archive, desk.trust, draft=True)
    assert draft.draft
    assert draft.number == 2
    assert len(draft.logged) == 5 == draft.checkpoint.size
    assert [f.data for f in draft.files if f.path.endswith("case.toml")] == [
        b'id = "b"\n'
    ]


def test_a_statement_that_is_not_the_one_logged_is_refused(desk):
    entry = parse_entry(read_release(desk.archive, desk.trust).entries[2])
    place = desk.archive.path(statement_file(entry.statement_id))
    other = desk.archive.path(
        statement_file(read_release(desk.archive, desk.trust).statement.id)
    )
    place.chmod(0o644)
    shutil.copyfile(other, place)
    with pytest.raises(VerificationError, match="expected the one it is named for"):
        read_release(desk.archive, desk.trust)


def test_a_receipt_of_another_statement_does_not_stand_in_for_the_release_s(desk):
    release = read_release(desk.archive, desk.trust)
    place = desk.archive.path(receipt_file(release.statement.id))
    place.chmod(0o644)
    place.write_bytes(desk.archive.path(release.logged[1].receipt_file).read_bytes())
    with pytest.raises(VerificationError):
        read_release(desk.archive, desk.trust)


def test_a_log_shorter_than_the_release_s_checkpoint_is_refused(desk):
    with writing(desk.archive):
        new = NewRelease("a release and a page, logged together", desk.on(), {})
        sign_release(desk.archive, desk.trust, desk.operator, new, desk.token)
    desk.deposit("later.txt", b"Later.\n")
    release = read_release(desk.archive, desk.trust)
    assert (release.index, release.checkpoint.size) == (4, 6)
    shorten(desk, 5)
    with pytest.raises(VerificationError, match="size 6, but the published log has 5"):
        read_release(desk.archive, desk.trust)


def shorten(desk, size):
    """Sign a smaller head of the log, as a copy of an older state has it."""
    entries = log.read_published(desk.archive, desk.trust.policy).entries[:size]
    shutil.rmtree(desk.archive.path("logs/1/tile"))
    leaves = [leaf_hash(entry) for entry in entries]
    head = Checkpoint(desk.archive.config.origin, size, tree_root(leaves))
    note = sign_note(format_checkpoint(head), head.origin, desk.log_key)
    files = {**tiles_of(leaves), **bundles_of(entries), "checkpoint": format_note(note)}
    desk.write({f"logs/1/{rel}": data for rel, data in files.items()})


def test_a_log_without_a_release_has_nothing_to_publish(desk):
    entries = read_release(desk.archive, desk.trust).entries
    with pytest.raises(VerificationError, match="none of the log's 1 entries"):
        released._find_last(entries[:1])


def test_entries_that_do_not_lead_to_the_release_s_checkpoint_are_refused(desk):
    release = read_release(desk.archive, desk.trust)
    receipt = parse_receipt(release.logged[-1].receipt)
    entries = (release.entries[1], *release.entries[1:])
    with pytest.raises(VerificationError, match="first 4 entries lead to"):
        released._open_head(receipt.note, desk.archive, desk.trust.policy, entries)


def test_an_entry_that_says_otherwise_than_the_statement_is_refused(desk):
    release = read_release(desk.archive, desk.trust)
    receipt = parse_receipt(release.logged[-1].receipt)
    head = released._open_head(
        receipt.note, desk.archive, desk.trust.policy, release.entries
    )
    entry = release.entries[2].replace(b"type snapshot", b"type text")
    with pytest.raises(VerificationError, match="is not what entry 2 of the log says"):
        released._read_logged(desk.archive, desk.trust, 2, entry, head)


def test_a_file_that_changes_while_it_is_read_is_noticed(desk):
    release = read_release(desk.archive, desk.trust)
    desk.write({"cases/a/case.toml": 'id = "b"\n'})
    with pytest.raises(VerificationError, match="was changed while it was read"):
        list(released._read_files(desk.archive, release.statement))
