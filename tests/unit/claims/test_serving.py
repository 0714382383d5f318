"""Serving a database on this machine."""

import json
import shutil
import signal
import socket
import threading
import urllib.request
from contextlib import closing

import pytest

from archiver.errors import ArchiveError
from claims.publication import publication_folder
from claims.website.hardening import find_openings
from claims.website.serving import make_site, serve
from tests.publication_client import ask


def test_serve_says_its_address_answers_and_ends_when_interrupted(
    harbour_database, harbour_archive
):
    found = {}

    def look(address):
        with urllib.request.urlopen(f"{address}claim/c-har60001.json") as answer:  # noqa: S310 - loopback
            found["claim"] = json.load(answer)["claim"]["id"]
            found["server"] = answer.headers["server"]
        with urllib.request.urlopen(f"{address}archive/archive.toml") as answer:  # noqa: S310 - loopback
            found["file"] = answer.read()
        signal.raise_signal(signal.SIGINT)

    def ready(address):
        found["address"] = address
        threading.Thread(target=look, args=(address,)).start()

    serve(harbour_database, "127.0.0.1", 0, archive_root=harbour_archive, ready=ready)
    assert found["address"].startswith("http://127.0.0.1:")
    assert found["claim"] == "c-har60001"
    assert found["server"] is None
    assert found["file"] == (harbour_archive / "archive.toml").read_bytes()


def test_a_port_that_is_taken_is_told(harbour_database):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ArchiveError, match=f"127.0.0.1:{port} cannot be") as caught:
            serve(harbour_database, "127.0.0.1", port, archive_root=None, ready=print)
    assert "--port" in caught.value.hint


def test_a_database_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ArchiveError, match="expected a published database") as caught:
        make_site(tmp_path / "none.db")
    assert "sourcebook publish" in caught.value.hint


def test_a_file_that_is_no_published_database_is_told(tmp_path):
    other = tmp_path / "other.db"
    other.write_bytes(b"not a database at all")
    with pytest.raises(ArchiveError, match="is no published database"):
        make_site(other)


def test_a_database_of_another_version_is_told(harbour_database, edit_copy):
    with pytest.raises(ArchiveError, match="its version is 2, expected 1"):
        make_site(edit_copy(harbour_database, "pragma user_version = 2"))


def test_a_database_of_another_name_is_attached_under_ours(harbour_database, tmp_path):
    other = tmp_path / "kz-2026.db"
    shutil.copyfile(harbour_database, other)
    site = make_site(other)
    assert set(site.databases) == {"_internal", "sourcebook"}
    assert not site.databases["sourcebook"].is_mutable
    assert ask(site, "/sourcebook/search").status_code == 403


def test_the_settings_of_the_folder_are_in_force_and_ours_beside_them(harbour_database):
    file = json.loads((publication_folder() / "settings.json").read_text())
    inside = make_site(harbour_database)
    outside = make_site(harbour_database, loopback=False)
    for name, value in file.items():
        assert outside.setting(name) == value
    assert inside.setting("force_https_urls") is False
    assert outside.setting("force_https_urls") is True
    assert inside.setting("default_cache_ttl") == 0
    assert find_openings(inside) == find_openings(outside) == []
    public = ask(outside, "/").headers
    assert public["strict-transport-security"] == "max-age=31536000"
    assert public["cache-control"] == "public, max-age=300"
    assert ask(inside, "/").headers["cache-control"] == "no-cache"


def test_every_opening_is_told(harbour_database):
    site = make_site(harbour_database)
    site.cors = site.pdb = True
    site._settings |= {"allow_facet": True, "sql_time_limit_ms": 0}
    site._metadata_local["databases"]["sourcebook"]["tables"].pop("search")
    site.add_database(site.databases["sourcebook"], name="other")
    assert find_openings(site) == [
        "the setting allow_facet is True, expected off",
        "the setting sql_time_limit_ms is 0, expected 1 to 2000",
        "the databases are other, sourcebook, expected sourcebook alone",
        "the table search may be read, expected 'allow: false' in the metadata",
        "--cors is on, expected off: it lets other sites send credentials",
        "--pdb is on, expected off",
    ]
