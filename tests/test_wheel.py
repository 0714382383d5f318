"""The wheel holds all that the command needs, and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DATA = {"claims/_publication": "datasette", "claims/_demo": "archives/kz-handover-2026"}


def files_below(folder):
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--quiet", "--no-compile"]
    command = [sys.executable, "-m", "pip", "install", *options, "-t", folder, wheel]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_wheel_holds_the_code_the_publication_and_the_first_case(wheel):
    expected = {"sourcebook.py"}
    for package in ("archiver", "claims"):
        expected |= {f"{package}/{name}" for name in files_below(ROOT / package)}
    for inside, outside in DATA.items():
        expected |= {f"{inside}/{name}" for name in files_below(ROOT / outside)}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == expected


def test_the_wheel_names_its_command_its_plugin_and_its_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [info] = {n.split("/")[0] for n in archive.namelist() if ".dist-info/" in n}
        entries = archive.read(f"{info}/entry_points.txt").decode()
        assert (
            "License-Expression: Apache-2.0"
            in archive.read(f"{info}/METADATA").decode()
        )
        assert (
            archive.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        )
    assert "sourcebook = sourcebook:main" in entries
    assert "sourcebook = claims.plugin" in entries


def test_the_installed_command_runs_outside_the_checkout(installed, tmp_path):
    run = subprocess.run(
        [installed / "bin" / "sourcebook", "--version"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.split()[-1] == "0.1.0"


def test_the_installed_command_knows_the_pin_of_its_own_first_case(installed, tmp_path):
    run = subprocess.run(
        [
            *(installed / "bin" / "sourcebook", "--archive"),
            *(installed / "claims" / "_demo", "verify"),
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "keys pinned: sha256:" in run.stdout.splitlines()[-1]
