"""Files of the archive and recorded pages, as they are given out."""

import shutil
from hashlib import sha256

import pytest

from archiver.tiles import layout
from claims.website.archive_view import favicon
from claims.website.recorded import POLICY as PAGE_POLICY
from tests.publication_client import ask, ask_as_it_stands, open_site
from tests.publication_harbour import (
    HARBOUR_PAGE,
    HARBOUR_TEXT,
    make_publication,
    tiny_png,
)


@pytest.fixture(scope="module")
def sha(harbour_site):
    """Return the snapshot that was captured."""
    claim = ask(harbour_site, "/claim/c-har60001.json").json()
    return claim["evidence"][0]["snapshot"]


@pytest.fixture(scope="module")
def address(sha):
    return f"/archive/snapshots/{sha[:2]}/{sha}.warc.gz"


@pytest.fixture
def own_site(tmp_path):
    """Return a site whose archive may be changed, and the folder."""
    archive = tmp_path / "archive"
    return open_site(make_publication(archive), archive), archive


def test_a_file_is_the_file_with_its_hash_for_an_etag(harbour_site, address, sha):
    answer = ask(harbour_site, address)
    assert answer.status_code == 200
    assert sha256(answer.content).hexdigest() == sha
    headers = answer.headers
    assert headers["etag"] == f'"sha256:{sha}"'
    assert headers["content-type"] == "application/warc"
    assert headers["content-length"] == str(len(answer.content))
    assert headers["accept-ranges"] == "bytes"
    assert headers["cache-control"].endswith("immutable, no-transform")
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["content-disposition"] == "attachment"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["access-control-allow-origin"] == "*"
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-4", -4, None)],
)
def test_a_part_is_answered_206_with_its_place(
    harbour_site, address, asked, start, end
):
    whole = ask(harbour_site, address).content
    answer = ask(harbour_site, address, headers={"range": asked})
    part = whole[start:end]
    first = start if start >= 0 else len(whole) + start
    assert answer.status_code == 206
    assert answer.content == part
    assert answer.headers["content-length"] == str(len(part))
    assert answer.headers["content-range"] == (
        f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    )


def test_a_suffix_longer_than_the_file_is_all_of_it(harbour_site, address):
    whole = ask(harbour_site, address).content
    answer = ask(harbour_site, address, headers={"range": "bytes=-65558"})
    assert (answer.status_code, answer.content) == (206, whole)


def test_several_ranges_are_answered_with_the_whole(harbour_site, address):
    answer = ask(harbour_site, address, headers={"range": "bytes=0-1,3-4"})
    assert answer.status_code == 200


def test_a_range_behind_the_end_is_416_with_the_length(harbour_site, address):
    length = len(ask(harbour_site, address).content)
    answer = ask(harbour_site, address, headers={"range": f"bytes={length}-"})
    assert answer.status_code == 416
    assert answer.content == b""
    assert answer.headers["content-range"] == f"bytes */{length}"


def test_if_range_of_another_file_gives_the_whole(harbour_site, address, sha):
    asked = {"range": "bytes=0-9", "if-range": '"sha256:00"'}
    assert ask(harbour_site, address, headers=asked).status_code == 200
    asked["if-range"] = f'"sha256:{sha}"'
    assert ask(harbour_site, address, headers=asked).status_code == 206


def test_who_has_the_file_is_told_so(harbour_site, address, sha):
    headers = {"if-none-match": f'"sha256:{sha}"', "range": "bytes=0-9"}
    answer = ask(harbour_site, address, headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


def test_head_tells_of_the_file_and_sends_none_of_it(harbour_site, address):
    whole = ask(harbour_site, address)
    head = ask(harbour_site, address, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers


def test_a_preflight_lets_ranges_through(harbour_site, address):
    answer = ask(harbour_site, address, "OPTIONS")
    assert answer.status_code == 204
    assert "range" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "/archive/../sourcebook.db",
        "/archive/snapshots/../../sourcebook.db",
        "/archive/%2e%2e/sourcebook.db",
        "/archive/..%2Fsourcebook.db",
        "/archive//etc/passwd",
        "/archive/%2Fetc%2Fpasswd",
        "/archive/archive.toml%00",
        "/archive/ARCHIVE.TOML",
        "/archive/./archive.toml",
        "/archive/archive.toml/",
        "/archive/logs/1/../../archive.toml",
        "/archive/logs/1/tile/../checkpoint",
        "/archive/logs/1/checkpoint%0a",
        "/archive/logs/1/.staging-x/checkpoint",
        "/archive/keys/operator",
        "/archive/%FF",
        "/archive/snapshots",
        "/archive/",
        "/archive/\xff",
    ],
)
def test_nothing_is_reached_but_what_the_database_lists(harbour_site, path):
    status, headers, body = ask_as_it_stands(harbour_site, path.encode())
    assert status == 404 or headers[b"location"] == b"/archive"
    assert b"SQLite format" not in body
    assert b"root:" not in body


def test_what_is_not_public_is_not_given_out(harbour_site):
    claim = ask(harbour_site, "/claim/c-har60005.json").json()
    minutes = claim["evidence"][0]["snapshot"]
    for suffix in (".warc.gz", ".text", ".records.jsonl"):
        path = f"/archive/snapshots/{minutes[:2]}/{minutes}{suffix}"
        assert ask(harbour_site, path).status_code == 404
    assert ask(harbour_site, f"/snapshot/{minutes}/raw").status_code == 404


def test_the_log_is_given_out_whole(harbour_site):
    size = ask(harbour_site, "/log.json").json()["archive"]["checkpoint_size"]
    for path in ("checkpoint", *layout(size)):
        answer = ask(harbour_site, f"/archive/logs/1/{path}")
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] == "no-cache, no-transform"
    checkpoint = ask(harbour_site, "/archive/logs/1/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert "content-disposition" not in checkpoint.headers


def test_a_file_that_is_not_what_the_release_lists_is_not_served(own_site):
    site, archive = own_site
    place = archive / "archive.toml"
    assert ask(site, "/archive/archive.toml").status_code == 200
    place.write_bytes(place.read_bytes().replace(b"test", b"best"))
    answer = ask(site, "/archive/archive.toml")
    assert answer.status_code == 500
    assert "Not served: archive.toml: its SHA-256 is" in answer.text
    place.unlink()
    assert ask(site, "/archive/archive.toml").status_code == 404


def test_a_link_out_of_the_archive_is_not_followed(own_site, tmp_path):
    site, archive = own_site
    secret = tmp_path / "secret"
    shutil.copyfile(archive / "archive.toml", secret)
    (archive / "archive.toml").unlink()
    (archive / "archive.toml").symlink_to(secret)
    assert ask(site, "/archive/archive.toml").status_code == 404
    shutil.move(archive / "logs", tmp_path / "elsewhere")
    (archive / "logs").symlink_to(tmp_path / "elsewhere")
    assert ask(site, "/archive/logs/1/checkpoint").status_code == 404


def test_a_folder_is_no_file(own_site):
    site, archive = own_site
    (archive / "logs" / "1" / "checkpoint").unlink()
    (archive / "logs" / "1" / "checkpoint").mkdir()
    assert ask(site, "/archive/logs/1/checkpoint").status_code == 404


def test_a_server_without_the_archive_says_so(harbour_database, address, sha):
    site = open_site(harbour_database)
    for path in (address, f"/snapshot/{sha}/raw"):
        answer = ask(site, path)
        assert answer.status_code == 404
        assert "This server has the database alone" in answer.text
    page = ask(site, f"/snapshot/{sha}").text
    assert "/archive/" not in page.replace('"$SITE/archive/', "")
    assert f"/snapshot/{sha}/raw" not in page


def test_the_recorded_page_is_served_inert(harbour_site, sha):
    answer = ask(harbour_site, f"/snapshot/{sha}/raw")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert "x-frame-options" not in answer.headers
    assert answer.text == HARBOUR_PAGE.replace("<link", "<xink")


def test_a_page_that_names_somebody_withheld_is_not_shown(
    harbour_database, harbour_archive, sha, edit_copy
):
    database = edit_copy(harbour_database, "update snapshots set text_elided = 1")
    site = open_site(database, harbour_archive)
    answer = ask(site, f"/snapshot/{sha}/raw")
    assert answer.status_code == 404
    assert "names a person whose name is withheld" in answer.text
    page = ask(site, f"/snapshot/{sha}").text
    assert f"/snapshot/{sha}/raw" not in page
    assert "marked: ▒" in page


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update snapshots set main_record = null", "no record of it is the main one"),
        (
            "update snapshots set main_record = 7",
            "record of the page is not in the file",
        ),
        ("update snapshots set main_record = 0", "of a type that is not shown here"),
    ],
)
def test_a_record_that_is_no_page_is_not_shown(
    harbour_archive, sha, edit_copy, change, reason
):
    database = edit_copy(harbour_archive.parent / "sourcebook.db", change)
    answer = ask(open_site(database, harbour_archive), f"/snapshot/{sha}/raw")
    assert answer.status_code == 404
    assert reason in answer.text


@pytest.fixture(scope="module")
def browsed(harbour_site):
    """Return the snapshot that a browser captured."""
    lead = ask(harbour_site, "/lead/harbour-recording.json").json()
    return lead["snapshots"][0]["sha256"]


def test_the_main_record_of_a_browser_is_served_as_any_page(harbour_site, browsed):
    answer = ask(harbour_site, f"/snapshot/{browsed}/raw")
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert answer.text == HARBOUR_PAGE.replace("<link", "<xink")
    text = ask(harbour_site, f"/snapshot/{browsed}/text")
    assert text.text == HARBOUR_TEXT


def test_a_picture_of_the_page_is_served_as_a_picture_and_nothing_else(
    harbour_site, browsed
):
    answer = ask(harbour_site, f"/snapshot/{browsed}/screenshot")
    assert answer.status_code == 200
    assert answer.content == tiny_png()
    headers = answer.headers
    assert headers["content-type"] == "image/png"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "content-disposition" not in headers


def test_a_pdf_of_the_page_is_given_to_be_saved_and_not_opened(harbour_site, browsed):
    answer = ask(harbour_site, f"/snapshot/{browsed}/pdf")
    assert answer.content == b"%PDF-1.7 invented"
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == (
        f'attachment; filename="{browsed[:12]}.pdf"'
    )
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-frame-options"] == "DENY"


def test_a_recorded_document_that_is_a_pdf_is_given_to_be_saved_too(
    harbour_database, harbour_archive, edit_copy, browsed
):
    change = "update snapshots set main_record = 3 where driver = 'browser'"
    site = open_site(edit_copy(harbour_database, change), harbour_archive)
    answer = ask(site, f"/snapshot/{browsed}/raw")
    assert answer.content == b"%PDF-1.7 invented"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


def test_a_view_has_one_address_and_a_page_without_it_says_so(
    harbour_site, browsed, sha
):
    answer = ask(harbour_site, f"/snapshot/{browsed[:9]}/screenshot")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/snapshot/{browsed}/screenshot"
    answer = ask(harbour_site, f"/snapshot/{sha}/pdf")
    assert answer.status_code == 404
    assert "holds no pdf of the page" in answer.text
    assert "As the browser showed it" not in ask(harbour_site, f"/snapshot/{sha}").text


TAKE_RECORD = """update records set
    offset = (select offset from records r
        where r.snapshot = records.snapshot and r.position = {0}),
    length = (select length from records r
        where r.snapshot = records.snapshot and r.position = {0})
    where position = 2"""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update snapshots set access = 'quotes', text = null", "Withheld by the"),
        ("update snapshots set text_elided = 1", "whose name is withheld"),
        ("delete from records where position > 1", "holds no screenshot"),
        ("update records set uri = 'https://a.example/x.png'", "holds no screenshot"),
        (TAKE_RECORD.format(0), "does not hold"),
        ("update records set length = 9 where position = 2", "cannot be shown"),
        ("update records set length = 1 << 40 where position = 2", "at most"),
        ("update records set offset = 1 << 40 where position = 2", "ends inside"),
        (TAKE_RECORD.format(1), "does not hold"),
    ],
)
def test_no_more_of_a_view_is_shown_than_of_its_page(
    harbour_archive, browsed, edit_copy, change, reason
):
    database = edit_copy(harbour_archive.parent / "sourcebook.db", change)
    site = open_site(database, harbour_archive)
    answer = ask(site, f"/snapshot/{browsed}/screenshot")
    assert answer.status_code == 404
    assert reason in answer.text


def test_a_page_names_no_view_that_may_not_be_had(
    harbour_database, harbour_archive, browsed, edit_copy
):
    shown = ask(open_site(harbour_database, harbour_archive), f"/snapshot/{browsed}")
    assert f'src="/snapshot/{browsed}/screenshot"' in shown.text
    assert f'href="/snapshot/{browsed}/pdf"' in shown.text
    for change, archive in (
        ("update snapshots set access = 'quotes', text = null", harbour_archive),
        ("update snapshots set text_elided = 1", harbour_archive),
        ("select 1", None),
    ):
        site = open_site(edit_copy(harbour_database, change), archive)
        page = ask(site, f"/snapshot/{browsed}").text
        assert "/screenshot" not in page
        assert "/pdf" not in page


def test_the_site_has_an_icon_of_its_own(harbour_site):
    answer = ask(harbour_site, "/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")
    assert favicon.__doc__
