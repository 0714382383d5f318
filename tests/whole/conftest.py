"""A small archive that was made with the commands, once, and copied for each test."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sourcebook import cli

PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Une page</title>
<h1>Astana livre des Russes</h1>
<p>Semyon Bazhukov avait le statut de demandeur d'asile dans la république.</p>"""
CLAIM = """\
schema = "sourcebook/claim@1"
id     = "c-7k3m9q2p"
case   = "a-case"
author = "the project"
kind   = "fact"
claim  = "Semyon Bazhukov held asylum-seeker status."
about  = ["person/semyon-bazhukov"]

[[evidence]]
id       = "e1"
added    = 2026-11-25
role     = "supports"
snapshot = "page"
lang     = "fr"
quote    = '''Semyon Bazhukov avait le statut de demandeur d'asile'''
translation = { en = "Semyon Bazhukov had asylum-seeker status", by = "machine" }
chain    = [{ by = "org/outlet", snapshot = "page", knows = "unstated" }]
"""
CASE = """\
id       = "a-case"
title    = "A case"
language = "en"

[snapshots.page]
sha256    = "{sha256}"
publisher = "org/outlet"
language  = "fr"
published = "2026-02-02/.."
"""
OUTLET = """\
names  = [{ text = "Outlet", lang = "en" }]
family = "outlet"
naming = "public"
"""
PERSON = """\
names  = [{ text = "Semyon Bazhukov", lang = "en" }]
naming = "press"
"""
LEADS = "id,url,publisher,language,published,about,bears_on\n"


def run(*arguments: str | Path, archive: Path | None = None) -> Result:
    """Run the command line in this process."""
    before = ["--archive", str(archive)] if archive else []
    return CliRunner().invoke(cli, [*before, *map(str, arguments)])


def done(*arguments: str | Path, archive: Path | None = None) -> str:
    """Run the command line, which must succeed; return what it printed."""
    result = run(*arguments, archive=archive)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.stdout


def write_case(archive: Path, sha256: str) -> None:
    """Write a case with one claim on the snapshot ``sha256``."""
    files = {
        "cases/a-case/case.toml": CASE.format(sha256=sha256),
        "cases/a-case/leads.csv": LEADS,
        "cases/a-case/claims/status.toml": CLAIM,
        "sources/org/outlet.toml": OUTLET,
        "sources/person/semyon-bazhukov.toml": PERSON,
    }
    for rel, text in files.items():
        place = archive / rel
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an archive with a deposit, a case and a release, and its keys beside it."""
    home = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        _at_home(patch, home)
        archive = home / "archive"
        done("init", archive, "--no-passphrase")
        page = home / "page.html"
        page.write_text(PAGE, encoding="utf-8")
        printed = done(
            "deposit", page, "--source", "a reader", "--json", archive=archive
        )
        write_case(archive, json.loads(printed)["snapshot"])
        done("release", "-m", "a first claim", archive=archive)
    return home


@pytest.fixture
def archive(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the made archive, on a machine that has its keys."""
    home = tmp_path / "home"
    shutil.copytree(made, home, symlinks=True)
    _at_home(monkeypatch, home)
    return home / "archive"


@pytest.fixture
def findings() -> Callable[[Path], list[dict[str, str]]]:
    """Return what verifies an archive and gives its findings."""

    def verify(archive: Path) -> list[dict[str, str]]:
        result = run("verify", "--json", archive=archive)
        assert result.exit_code in (0, 1), result.output + repr(result.exception)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        found = [line for line in lines if "code" in line]
        failed = any(line["severity"] == "error" for line in found)
        assert result.exit_code == int(failed)
        return found

    return verify


def _at_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    patch.delenv("SOURCEBOOK_ARCHIVE", raising=False)
