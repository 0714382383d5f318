"""The page with the reader's verifier: its hashes, its policy, and how it is served."""

import hashlib

import pytest

from archiver.errors import ArchiveError
from claims.website import verifier_page
from claims.website.headers import PAGE_POLICY
from claims.website.verifier_page import (
    PATH,
    inline_hashes,
    page_policy,
    page_sha256,
    read_page,
)
from tests.publication_client import ask, open_site, publish_shipped

EMPTY = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    database = tmp_path_factory.mktemp("verifier") / "sourcebook.db"
    return open_site(database, publish_shipped(database))


def test_the_hashes_are_those_of_what_stands_between_the_tags():
    page = b"<style></style><p></p><script>1</script>"
    one = "sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s="
    assert inline_hashes(page) == {"style": EMPTY, "script": one}


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<script></script>",
        b"<style></style>",
        b"<script></script><script></script><style></style>",
        b"<script src='x'></script><style></style>",
    ],
)
def test_a_page_without_exactly_one_script_and_one_style_is_refused(page):
    with pytest.raises(ArchiveError, match="expected one script and one style"):
        inline_hashes(page)


def test_a_folder_without_the_page_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(verifier_page, "publication_folder", lambda: tmp_path)
    with pytest.raises(ArchiveError, match=r"verify\.html cannot be read"):
        read_page()


def test_the_page_is_served_under_a_policy_of_its_own(site):
    answer = ask(site, PATH)
    assert answer.status_code == 200
    assert answer.content == read_page()
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy == page_policy(read_page())
    assert "unsafe" not in policy
    assert "connect-src" not in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/", "/verify", "/static/verify.html/", "/nothing"])
def test_no_other_page_may_run_a_script(site, path):
    assert ask(site, path).headers["content-security-policy"] == PAGE_POLICY


def test_the_page_about_verifying_names_its_hash_and_links_to_it(site):
    text = ask(site, "/verify").text
    assert page_sha256() == hashlib.sha256(read_page()).hexdigest()
    assert page_sha256() in text
    assert f'href="{PATH}" download' in text
