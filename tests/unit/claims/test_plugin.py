"""The hooks: nothing in a Datasette that is not ours, nothing open in one that is."""

import asyncio
import json
import logging
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli
from datasette.plugins import pm
from datasette.utils import StartupError

from claims import plugin
from claims.publication import publication_folder
from claims.website.hardening import DENIED
from tests.publication_client import ask, ask_as_it_stands, open_site

SQL = "select hex(randomblob(9))"


@pytest.fixture
def strangers_site(tmp_path):
    """Return a Datasette of somebody else, in the same environment."""
    database = tmp_path / "other.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(
            "create table claim (a); insert into claim values (1);"
        )
    return Datasette([str(database)])


def test_the_plugin_is_in_every_datasette_of_the_environment():
    assert pm.has_plugin("sourcebook") or plugin in pm.get_plugins()


def test_a_datasette_without_our_key_gets_nothing_of_us(strangers_site):
    assert plugin.register_routes(strangers_site) == []
    assert ask(strangers_site, "/verify").status_code == 404
    page = ask(strangers_site, "/other/claim")
    assert page.status_code == 200
    assert "content-security-policy" not in page.headers
    assert ask(strangers_site, "/other?sql=select+1").status_code == 200
    assert ask(strangers_site, "/-/versions.json").status_code == 200
    assert ask(strangers_site, "/nothing").status_code == 404
    assert ask(strangers_site, "/other/claim", "POST").status_code != 405


def test_a_forbidden_page_of_somebody_else_is_left_to_them():
    site = Datasette([], memory=True, metadata={"allow": False})
    assert ask(site, "/").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        f"/sourcebook?sql={SQL}",
        f"/sourcebook.json?sql={SQL}",
        f"/sourcebook.csv?sql={SQL}",
        "/sourcebook.db",
        "/sourcebook/claims?_where=1=1",
        "/sourcebook/claims.json?_facet=claim",
        "/sourcebook/claims.csv?_stream=on&_size=1",
        "/_memory?sql=select+1",
        "/_internal",
        "/_internal/databases.json",
        *(f"/sourcebook/{table}" for table in DENIED),
        *(f"/sourcebook/{table}.json" for table in DENIED),
        "/~73ourcebook/search",
        "/~73ourcebook.db",
        "/sourcebook/claims.blob",
    ],
)
def test_no_sql_no_download_no_index_table(harbour_site, address):
    answer = ask(harbour_site, address)
    assert answer.status_code in (400, 403, 404), address
    assert "SQLite format 3" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "_sort=claim",
        "_sort=nothing",
        "_sort_desc=id;drop",
        "_next=%27%22%3B",
        "_next=1,2,3",
        "_size=-1",
        "_size=x",
        "_size=99999999999999999999",
        "_shape=<script>",
        "_search=%22",
        "kind__like=%25%25%25%25%25",
        "kind__in=[[[",
        "kind__arraycontains=(",
        "nothing__exact=1",
        "_col=nothing",
        "_nocol=id",
        "_filter_column=nothing&_filter_op=exact&_filter_value=1",
        "_labels=x",
        "position__date=x",
        "'=1",
        '"]=1',
        "a%5D=1",
    ],
)
def test_a_hostile_query_is_answered_without_a_fault_of_ours(
    harbour_site, query, capfd, caplog
):
    for address in ("/sourcebook/claims", "/sourcebook/claims.json"):
        answer = ask(harbour_site, f"{address}?{query}")
        assert answer.status_code in (200, 302, 400, 404), (query, answer.text)
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    assert not caplog.records


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff", "page=%F0%9F", "q=" + "a" * 5000, "_x=1", "_where=1"]
)
def test_a_hostile_query_of_a_page_is_refused_with_a_page(harbour_site, query):
    answer = ask(harbour_site, f"/search?{query}")
    assert answer.status_code == 400
    assert "This request cannot be answered" in answer.text


def test_an_address_that_would_lead_off_the_site_is_no_redirect(harbour_site):
    for address in ("//evil.example/", "//evil.example/%2e%2e", "/\\evil.example/"):
        status, headers, _ = ask_as_it_stands(harbour_site, address.encode())
        assert status == 404
        assert b"location" not in headers


def test_a_fault_of_ours_is_a_page_and_one_line_for_the_operator(
    harbour_database, edit_copy, caplog, capfd
):
    site = open_site(edit_copy(harbour_database, "drop table wanted"))
    with caplog.at_level(logging.ERROR, logger="sourcebook"):
        answer = ask(site, "/wanted")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "no such table" not in answer.text
    assert len(caplog.records) == 1
    line = caplog.records[0].getMessage()
    assert "/wanted: OperationalError: no such table: wanted" in line
    assert "\n" not in line
    assert "Traceback" not in "".join(capfd.readouterr())
    assert ask(site, "/wanted.json").json() == {
        "ok": False,
        "status": 500,
        "title": "Something went wrong here",
        "error": "",
    }


def test_a_query_that_takes_too_long_is_ended(harbour_database):
    site = open_site(harbour_database)
    site.sql_time_limit_ms = 0.001

    def endless(connection):
        return connection.execute(
            "with recursive n(i) as (select 1 union all select i + 1 from n)"
            " select count(*) from n"
        ).fetchall()

    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        asyncio.run(plugin.read(site, endless))


def test_a_setting_that_opens_the_site_keeps_it_from_starting(harbour_database):
    site = open_site(harbour_database)
    site._settings["default_allow_sql"] = True
    site._settings["max_returned_rows"] = 99999
    with pytest.raises(StartupError) as caught:
        asyncio.run(site.invoke_startup())
    assert "default_allow_sql is True, expected off" in str(caught.value)
    assert "max_returned_rows is 99999, expected 1 to 1000" in str(caught.value)


def datasette_command(*options):
    """Run plain Datasette's command for one request."""
    return CliRunner().invoke(cli, [str(option) for option in options])


def test_plain_datasette_over_the_folder_has_sql_off(harbour_database):
    started = (publication_folder(), "-i", harbour_database)
    page = datasette_command(*started, "--get", "/claim/c-har60001.json")
    assert page.exit_code == 0, page.output
    assert json.loads(page.output)["claim"]["id"] == "c-har60001"
    for address in (f"/sourcebook.json?sql={SQL}", "/sourcebook.db", "/-/plugins.json"):
        answer = datasette_command(*started, "--get", address)
        assert answer.exit_code == 1
        assert "SQLite format 3" not in answer.output
        assert "Traceback" not in answer.output


def test_plain_datasette_takes_our_plugin_in_by_itself(harbour_database):
    command = ["-m", "datasette", publication_folder(), "-i", harbour_database]
    answer = subprocess.run(
        [sys.executable, *map(str, command), "--get", "/verify.json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(answer.stdout)["archive"]["archive"] == "test-archive"


@pytest.mark.parametrize(
    "option",
    [
        ("--setting", "base_url", "/sb/"),
        ("--setting", "default_allow_sql", "on"),
        ("--cors",),
        ("--metadata", "{}"),
        ("--crossdb",),
    ],
)
def test_an_option_that_opens_plain_datasette_is_refused(
    harbour_database, tmp_path, option
):
    if option[0] == "--metadata":
        metadata = tmp_path / "metadata.yaml"
        metadata.write_text("plugins: {sourcebook: {}}\n")
        option = ("--metadata", str(metadata))
    answer = datasette_command(
        publication_folder(),
        "-i",
        harbour_database,
        *option,
        "--get",
        "/sourcebook.json",
    )
    assert isinstance(answer.exception, StartupError)
    assert "expected" in str(answer.exception)
    assert answer.output == ""


def test_a_database_of_another_name_is_refused(harbour_database, tmp_path):
    other = tmp_path / "claims.db"
    shutil.copyfile(harbour_database, other)
    answer = datasette_command(
        publication_folder(), "-i", other, "--get", "/claims.json"
    )
    assert "the databases are claims, expected sourcebook" in str(answer.exception)
    assert answer.output == ""


def test_the_folder_and_the_file_as_two_databases_are_not_served(harbour_database):
    answer = datasette_command(
        publication_folder(), harbour_database, "--get", "/sourcebook.json"
    )
    assert answer.exit_code != 0
    assert "rows" not in answer.output


def test_every_template_is_given_the_archive(harbour_site):
    async def variables():
        return await plugin.extra_template_vars(harbour_site)()

    found = asyncio.run(variables())
    assert found["site"]["archive"] == "test-archive"
    assert found["has_files"] is True
