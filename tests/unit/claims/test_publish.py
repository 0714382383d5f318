"""What is published: all of a release, the same bytes each time, and nothing else."""

import re
import shutil
from base64 import b64encode
from dataclasses import replace

import pytest

from archiver.errors import ArchiveError, VerificationError
from archiver.openings import Withheld
from archiver.store import open_archive, receipt_file, snapshot_file
from claims.elision import Elider
from claims.publish import FILE_NAME, default_output, publish
from claims.published.held import read_held, read_records
from claims.published.released import read_release
from tests.newsroom import Newsroom
from tests.pdfs import text_page
from tests.quay import (
    ALIAS,
    DIARY,
    NAME,
    SENSITIVE,
    SOURCES,
    claim,
    everything,
    fill,
    rows,
)

ALLOWED = 'access = "public"\nreason = "a public page"\n'


@pytest.fixture
def desk(tmp_path):
    desk = Newsroom(tmp_path / "desk")
    desk.hashes = fill(desk)
    desk.release_case("the quay")
    return desk


@pytest.fixture
def output(tmp_path):
    return tmp_path / "site" / FILE_NAME


def change(desk, rel, old, new):
    place = desk.archive.path(rel)
    data = place.read_bytes()
    assert old in data
    place.chmod(0o644)
    place.write_bytes(data.replace(old, new))


def test_the_same_release_gives_the_same_bytes_on_another_machine(
    tmp_path, monkeypatch
):
    made = []
    for machine, order in (("one", 1), ("two", -1)):
        for kind in ("CONFIG", "STATE", "CACHE"):
            monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / machine / kind))
        desk = Newsroom(tmp_path / machine / "desk")
        fill(desk, order)
        desk.release_case()
        made.append(publish(desk.archive, tmp_path / machine / "x.db"))
    assert made[0].sha256 == made[1].sha256
    assert made[0].path.read_bytes() == made[1].path.read_bytes()


def test_what_comes_after_the_release_changes_no_byte(desk, output):
    before = publish(desk.archive, output)
    desk.deposit("later.txt", b"Later.\n")
    release = rows(output, "select release_statement from about")[0][0]
    place = desk.archive.path(receipt_file(release))
    line = b64encode(b"\0\1\2\3" + bytes(72)).decode()
    place.chmod(0o644)
    place.write_bytes(place.read_bytes() + f"— witness.example {line}\n".encode())
    shutil.rmtree(desk.archive.path("../desk.work").resolve())
    assert publish(desk.archive, output).sha256 == before.sha256


def test_the_encoding_is_told_where_it_takes_the_same_time_everywhere(desk, output):
    change(desk, "archive.toml", b'deposits  = "quotes"', b'deposits  = "public"')
    words = "Порт закрыт с утра, и людей туда не пускают. ".encode("koi8-r")
    page = desk.deposit("page.html", b"<meta charset=koi8-r><p>" + words)
    paper = desk.deposit("paper.pdf", text_page(b"The port is shut."))
    desk.release_case()
    publish(open_archive(desk.archive.root), output)
    found = dict(rows(output, "select sha256, charset from snapshots"))
    assert found[page] == '{"doubts":[],"name":"koi8-r","source":"document"}'
    assert found[paper] is None


def test_the_database_says_what_it_was_made_from(desk, output):
    made = publish(desk.archive, output)
    [about] = rows(
        output,
        "select archive, draft, release, release_index, release_changes,"
        " checkpoint_size, checkpoint_note, policy, pin from about",
    )
    policy = desk.archive.path("trust/1/policy").read_text()
    assert about[:6] == ("desk", 0, 2, 6, "the quay", 7)
    assert about[6].startswith("desk.example/log\n7\n")
    assert about[7:] == (policy, desk.trust.pin)
    assert (made.number, made.checkpoint_size, made.path) == (2, 7, output)
    assert rows(output, "select count(*) from log_entries") == [(7,)]
    assert rows(output, "pragma foreign_key_check") == []


@pytest.mark.parametrize(
    "secret",
    [
        NAME,
        "Haddad",
        "haddad",
        "Lives at the quay",
        "the quay was open",
        "I saw that",
        "letter-from-inside",
        SENSITIVE,
    ],
)
def test_no_secret_is_anywhere_in_the_file(desk, output, secret):
    publish(desk.archive, output)
    assert secret.encode() not in everything(output)


def test_where_quotes_alone_are_public_there_is_little_beside_them(desk, output):
    publish(desk.archive, output)
    sha256 = desk.hashes["minutes"]
    data = everything(output)
    assert data.count(b"Nobody may read this line.") <= 5
    [row] = rows(
        output, "select access, text, text_sha256 from snapshots where sha256=?", sha256
    )
    assert row == ("quotes", None, None)
    [(after,)] = rows(output, "select after from quotes where claim = 'c-00000002'")
    assert len(after) <= 120
    assert rows(output, "select path from files where path like ?", f"%{sha256}%") == []


def test_of_a_sealed_snapshot_there_is_its_log_entry_and_its_receipt(desk, output):
    publish(desk.archive, output)
    sha256 = desk.hashes["letter-from-inside"]
    assert sha256.encode() not in everything(output)
    [sealed] = rows(output, "select sealed from evidence where claim = 'c-00000003'")
    [row] = rows(
        output, "select sealed, payload, receipt from statements where id = ?", *sealed
    )
    assert row[:2] == (1, None)
    assert row[2].startswith("c2sp.org/tlog-proof@v1\n")
    [files] = rows(
        output,
        "select group_concat(kind) from files where path like ?",
        f"%{sealed[0]}%",
    )
    assert files == ("receipt",)
    toml = "select toml from claim_revisions where claim = 'c-00000003'"
    assert rows(output, toml) == [("",)]
    assert rows(output, "select * from quotes where claim = 'c-00000003'") == []
    assert rows(output, "select path from files where path like '%open%'") == []


def test_a_text_that_names_somebody_withheld_is_shown_without_the_name(desk, output):
    publish(desk.archive, output)
    sha256 = desk.hashes["diary"]
    [row] = rows(
        output,
        "select text, text_elided, statement from snapshots where sha256=?",
        sha256,
    )
    assert row[:2] == (DIARY.replace(NAME, "▒" * len(NAME)), 1)
    assert rows(output, "select sealed from statements where id = ?", row[2]) == [(1,)]
    assert rows(output, "select path from files where path like ?", f"%{sha256}%") == []
    [quote] = rows(
        output, "select quote, matched from quotes where claim = 'c-00000005'"
    )
    assert quote == ("▒▒▒▒▒▒▒▒▒▒▒▒ saw the quay",) * 2
    [name] = rows(output, "select name, note from sources where naming = 'withheld'")
    assert name == (None, "")
    assert rows(output, "select path from files where path like '%7q2k%'") == []


@pytest.mark.parametrize(
    ("quote", "more"),
    [
        ("Haddad saw the quay", "prefix = '''Monday. Layla'''"),
        ("Haddad saw the quay", ""),
        ("saw the quay from", "prefix = '''Haddad'''"),
        ("Monday. Layla", "suffix = '''Haddad saw'''"),
        ("Monday. Layla", ""),
    ],
)
def test_half_of_a_withheld_name_is_taken_out_of_a_quote_as_well(
    desk, output, quote, more
):
    half = claim(6, "The quay was seen.", "diary", quote, role="context")
    half = half.replace("zone     =", f"{more}\nzone     =")
    desk.write({"cases/quay/claims/half.toml": half})
    desk.release_case("half a name")
    publish(desk.archive, output)
    data = everything(output).lower()
    assert b"layla" not in data
    assert b"haddad" not in data
    found = rows(output, "select status from quotes where claim = 'c-00000006'")
    assert found == [("exact",)]
    assert rows(output, "select path from files where path like '%half%'") == []


def test_a_page_that_names_somebody_beside_its_text_is_not_given_out(desk, output):
    html = f"<p>A plain page.</p><img src=x.png alt='{NAME}'>"
    sha256 = desk.deposit("page.html", html.encode())
    case = desk.archive.path("cases/quay/case.toml")
    public = ALIAS.format(alias="named", sha256=sha256) + ALLOWED
    desk.write({"cases/quay/case.toml": case.read_text() + public})
    desk.release_case("a page")
    publish(desk.archive, output)
    sql = "select access, text, text_elided, text_sha256 from snapshots where sha256=?"
    assert rows(output, sql, sha256) == [("public", "A plain page.", 1, None)]
    assert rows(output, "select path from files where path like ?", f"%{sha256}%") == []


def test_what_lets_somebody_in_is_left_out_of_the_address_of_a_lead(desk, output):
    publish(desk.archive, output)
    path = ("cases/quay/leads.csv",)
    assert path in rows(output, "select path from files")
    place = desk.archive.path(*path)
    more = "lead/door-2,https://a.example/?n=1&token=0123456789abcdefXYZ,A,en,,b,c\n"
    desk.write({path[0]: place.read_text() + more})
    desk.release_case("a lead")
    publish(desk.archive, output)
    assert b"0123456789abcdefXYZ" not in everything(output)
    found = rows(output, "select url from leads where id = 'lead/door-2'")
    assert found == [("https://a.example/?n=1&token=redacted",)]
    assert path not in rows(output, "select path from files")


def test_a_sensitive_claim_that_nobody_seconded_is_not_there(desk, output):
    made = publish(desk.archive, output)
    ids = ["c-00000001", "c-00000002", "c-00000003", "c-00000005"]
    for sql in (
        "select distinct id from claims order by 1",
        "select distinct claim from claim_revisions order by 1",
        "select distinct claim from evidence order by 1",
    ):
        assert [each for (each,) in rows(output, sql)] == ids
    assert rows(output, "select * from related") == []
    assert rows(output, "select path from files where path like '%00000004%'") == []
    assert {each.severity for each in made.findings} <= {"warning"}


def test_claims_stand_in_the_order_of_reading(desk, output):
    more = {
        "a": claim(6, "It has a title.", "page", "Titre"),
        "b": claim(7, "A day.", "page", "dimanche, dit le"),
        "c": claim(8, "No such words.", "page", "rien de tel ici"),
    }
    desk.write({f"cases/quay/claims/{name}.toml": text for name, text in more.items()})
    publish(desk.archive, output, draft=True)
    order = "select id from claims order by position"
    assert [each for (each,) in rows(output, order)] == [
        "c-00000005",  # diary
        "c-00000002",  # minutes
        "c-00000006",  # page, from its beginning on
        "c-00000001",
        "c-00000007",
        "c-00000003",  # in what is sealed: its place and its alias are not told
        "c-00000008",  # nowhere
    ]


def test_every_public_file_is_listed_with_its_hash(desk, output):
    publish(desk.archive, output)
    listed = dict(rows(output, "select path, sha256 from files where sha256 notnull"))
    page = desk.hashes["page"]
    for suffix in (".warc.gz", ".records.jsonl", ".text"):
        assert snapshot_file(page, suffix) in listed
    assert "cases/quay/claims/closed.toml" in listed
    assert "cases/quay/revisions/c-00000001/1.toml" in listed
    assert "cases/quay/case.toml" not in listed  # it names the sealed snapshot
    assert {"archive.toml", "trust/1/policy", "sources/org/port.toml"} <= set(listed)


def test_search_finds_a_claim_in_any_of_its_languages(desk, output):
    publish(desk.archive, output)
    sql = (
        "select distinct s.kind from search_fts f join search s on s.id = f.rowid"
        " where f.folded match ? order by 1"
    )
    assert rows(output, sql, '"quai trois"') == [("quote",), ("snapshot",)]
    assert rows(output, sql, '"haddad"') == []


@pytest.mark.parametrize("rel", ["cases/quay/claims/shut.toml", "archive.toml"])
def test_what_changed_since_the_release_is_refused_and_the_old_database_stays(
    desk, output, rel
):
    before = publish(desk.archive, output)
    change(desk, rel, b" = ", b"  = ")
    with pytest.raises(VerificationError, match=re.escape(rel)):
        publish(open_archive(desk.archive.root), output)
    assert output.read_bytes() == before.path.read_bytes()
    assert [place.name for place in output.parent.iterdir()] == [FILE_NAME]


def test_a_draft_says_so_and_shows_what_is_not_released(desk, output):
    change(
        desk, "cases/quay/claims/shut.toml", b"third quay is shut.", b"quay is shut."
    )
    desk.write(
        {"cases/quay/claims/new.toml": claim(6, "New.", "page", "Le quai trois est")}
    )
    made = publish(desk.archive, output, draft=True)
    assert rows(output, "select draft, release from about") == [(1, 2)]
    assert rows(
        output,
        "select claim, revision, since_release, file from claim_revisions"
        " where claim in ('c-00000002', 'c-00000006') order by 1, 2",
    ) == [
        ("c-00000002", 1, 2, "cases/quay/revisions/c-00000002/1.toml"),
        ("c-00000002", 2, None, "cases/quay/claims/shut.toml"),
        ("c-00000006", 1, None, "cases/quay/claims/new.toml"),
    ]
    assert rows(output, "select revision from claims where id = 'c-00000002'") == [(2,)]
    assert made.number == 2


def test_every_revision_keeps_its_place_and_the_first_release_that_lists_it(
    desk, output
):
    change(
        desk, "cases/quay/claims/shut.toml", b"third quay is shut.", b"quay is shut."
    )
    desk.release_case("said otherwise")
    publish(desk.archive, output)
    assert rows(
        output,
        "select revision, since_release, sentence from claim_revisions"
        " where claim = 'c-00000002' order by 1",
    ) == [(1, 2, "The third quay is shut."), (2, 3, "The quay is shut.")]


def test_a_claim_file_without_its_revision_is_refused(desk, output):
    change(
        desk, "cases/quay/claims/shut.toml", b"third quay is shut.", b"quay is shut."
    )
    desk.release("by hand")
    with pytest.raises(
        VerificationError, match=r"shut.toml has no revision .* revision 1"
    ):
        publish(desk.archive, output)
    desk.write(
        {"cases/quay/claims/new.toml": claim(6, "New.", "page", "Le quai trois est")}
    )
    desk.release_case()
    shutil.rmtree(desk.archive.path("cases/quay/revisions/c-00000006"))
    desk.release("by hand")
    with pytest.raises(VerificationError, match=r"new.toml has no revision .* none"):
        publish(desk.archive, output)


def test_a_claim_that_was_taken_away_keeps_the_addresses_of_its_revisions(desk, output):
    desk.archive.path("cases/quay/claims/closed.toml").unlink()
    desk.release("taken away")
    publish(desk.archive, output)
    assert rows(
        output, "select slug, revision from claims where id = 'c-00000001'"
    ) == [("c-00000001", 1)]


@pytest.mark.parametrize(
    ("slug", "old", "new"),
    [
        ("open", b"the quay was open", b"the quay was opened"),
        ("d", b"depuis dimanche, dit", b"depuis dimanches, dit"),
    ],
)
def test_what_is_found_in_a_claim_that_was_taken_away_stays_withheld(
    desk, output, slug, old, new
):
    change(desk, f"cases/quay/claims/{slug}.toml", old, new)
    desk.release_case("with a quote that does not stand")
    desk.archive.path(f"cases/quay/claims/{slug}.toml").unlink()
    desk.release("taken away")
    made = publish(desk.archive, output)
    assert [each.code for each in made.findings if each.severity == "error"] == ["C04"]
    told = rows(output, "select message from findings where severity = 'error'")
    about = "what was found is withheld, since the claim rests on words that are"
    assert told == ([(about,)] if slug == "open" else [])
    assert new not in everything(output)
    assert b"letter-from-inside" not in everything(output)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'snapshot = "page"\nlang', b'snapshot = "pages"\nlang', "C05"),
        (b'about  = ["org/port"]', b'about  = ["org/nobody"]', "C18"),
        (b'id     = "c-00000001"', b'id     = "c-0000000i"', "C19"),
        (b'kind   = "fact"', b'kind   = "fact"\nkin = "x"', "C20"),
        (b'kind   = "fact"', b'kind   = "fact"\nholds = "2026-13"', "C17"),
        (b'lead = "lead/radio-1", knows', b"knows", "C06"),
    ],
)
def test_a_broken_rule_without_which_there_is_no_page_is_one_clear_refusal(
    desk, output, old, new, code
):
    change(desk, "cases/quay/claims/closed.toml", old, new)
    with pytest.raises(VerificationError, match=rf"closed.toml:\d+: {code}: ") as it:
        publish(desk.archive, output, draft=True)
    assert it.value.hint
    assert not output.exists()


def test_a_quote_that_does_not_stand_there_is_published_as_what_it_is(desk, output):
    change(desk, "cases/quay/claims/closed.toml", b"quai trois est", b"quai trois sera")
    made = publish(desk.archive, output, draft=True)
    assert [each.code for each in made.findings if each.severity == "error"] == ["C04"]
    assert rows(
        output, "select code, claim from findings where severity = 'error'"
    ) == [("C04", "c-00000001")]
    [row] = rows(
        output,
        "select status, start from quotes where claim = 'c-00000001' and revision = 2",
    )
    assert row == ("changed", None)
    assert rows(output, "select ceiling from claims where id = 'c-00000001'") == [
        ("open",)
    ]


def test_a_snapshot_that_is_not_the_one_signed_is_refused(desk, output):
    for alias in ("page", "letter-from-inside"):
        place = desk.archive.path(snapshot_file(desk.hashes[alias], ".warc.gz"))
        data = bytearray(place.read_bytes())
        data[-20] ^= 1
        place.chmod(0o644)
        place.write_bytes(data)
        with pytest.raises(VerificationError):
            publish(desk.archive, output)


def test_a_snapshot_that_no_case_pins_is_checked_too(desk, output):
    sha256 = desk.deposit("alone.txt", b"Alone.\n")
    desk.release_case()
    place = desk.archive.path(snapshot_file(sha256, ".warc.gz"))
    place.chmod(0o644)
    whole = place.read_bytes()
    place.write_bytes(whole + b"x")
    with pytest.raises(VerificationError, match=f"{sha256}.warc.gz: its SHA-256"):
        publish(desk.archive, output)
    place.unlink()
    with pytest.raises(ArchiveError, match="cannot be read"):
        publish(desk.archive, output)


def test_a_file_without_records_or_text_is_published_as_one_whole(desk, output):
    sha256 = desk.deposit("site.wacz", b"PK, or so it says")
    case = desk.archive.path("cases/quay/case.toml").read_text()
    alias = ALIAS.format(alias="wacz", sha256=sha256)
    access = 'access = "public"\nreason = "a public site"\n'
    desk.write({"cases/quay/case.toml": case + alias + access})
    desk.release_case()
    publish(desk.archive, output)
    sql = "select text, extractor, main_record from snapshots where sha256 = ?"
    assert rows(output, sql, sha256) == [(None, None, None)]
    sql = "select type, date, length from records where snapshot = ?"
    assert rows(output, sql, sha256) == [("file", "", 17)]
    files = rows(output, "select kind from files where path like ?", f"%{sha256}%")
    assert sorted(files) == [("openings",), ("snapshot",)]


def test_a_record_taken_down_leaves_nothing_to_walk(desk):
    release = read_release(desk.archive, desk.trust)
    held = read_held(release, (), (), Elider([]))[desk.hashes["page"]]
    gone = Withheld(0, b"\1" * 32, "99" * 32)
    held = replace(held, openings=(gone, *held.openings[1:]))
    assert read_records(desk.archive.root, held) == {}


def test_a_snapshot_that_is_pinned_and_not_in_the_log_is_refused(desk, output):
    change(desk, "cases/quay/case.toml", desk.hashes["page"].encode(), b"0" * 64)
    with pytest.raises(VerificationError, match=r"case.toml:\d+: the snapshot 0{64}"):
        publish(desk.archive, output, draft=True)


def test_an_address_that_holds_a_withheld_name_is_refused_without_repeating_it(
    desk, output
):
    desk.write(
        {
            "sources/person/layla-haddad.toml": SOURCES[
                "sources/person/unnamed-7q2k.toml"
            ]
        }
    )
    with pytest.raises(VerificationError, match="holds a name that is withheld") as it:
        publish(desk.archive, output, draft=True)
    assert "layla" not in str(it.value).lower()


def test_a_database_never_lies_in_the_archive(desk):
    for place in ("x.db", "snapshots/x.db", "../desk/x.db"):
        with pytest.raises(ArchiveError, match="lies in the archive"):
            publish(desk.archive, desk.archive.root / place)
    assert not desk.archive.path("x.db").exists()


def test_without_a_place_it_lies_in_the_cache_under_the_archive_s_id(
    desk, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert (
        default_output(desk.archive) == tmp_path / "cache/sourcebook/desk/sourcebook.db"
    )


def test_the_shipped_archive_says_on_every_page_that_it_is_an_example(root, tmp_path):
    archive = open_archive(root / "archives" / "kz-handover-2026")
    made = publish(archive, tmp_path / "x.db")
    [(notice, draft)] = rows(made.path, "select notice, draft from about")
    assert "may be made again" in notice
    assert draft == 0
    assert made.findings == ()
    [counts] = rows(
        made.path, "select count(*), count(strength), max(ceiling) from claims"
    )
    assert counts == (55, 0, "reported")
    assert rows(made.path, "select distinct ceiling from claims") == [("reported",)]
    for sql in (
        "select count(*) from search where text like '%▒%'",
        "select count(*) from claim_revisions where toml like '%▒%'",
        "select count(*) from snapshots where text_elided",
    ):
        assert rows(made.path, sql) == [(0,)]
