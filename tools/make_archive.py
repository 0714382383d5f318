"""Make the shipped archive from its material, with our own commands.

The keys are made for this one run, in a folder that is thrown away with them: nobody
can add to the shipped archive afterwards, and until the first release of the software
it may be made again at any time.  Run it as ``make archive``.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = "kz-handover-2026"
CASE = "kz-handover"
MATERIAL = ROOT / "archives/material" / NAME
SOURCE = (
    "supplied to the project as a UTF-8 text of an article of the French edition of"
    " Euronews; neither its address nor its publication date was supplied with it"
)
PIN_FILE = '''\
"""The pin of the archive that ships with the project; written by ``make archive``."""

ORIGIN = "{origin}"
PIN = "{pin}"
'''


def main() -> None:
    """Make the archive beside its place, verify it, then put it there."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = os.environ | {
            f"XDG_{kind}_HOME": str(home / kind.lower())
            for kind in ("CONFIG", "STATE", "CACHE", "DATA")
        }
        draft = home / NAME
        founded = found(draft, environment)
        fill(draft, environment)
        run(["verify"], draft, environment)
        shipped = ROOT / "archives" / NAME
        shutil.rmtree(shipped, ignore_errors=True)
        shutil.copytree(draft, shipped)
    pin = PIN_FILE.format(
        origin=founded["origin"], pin=founded["pin"].removeprefix("sha256:")
    )
    (ROOT / "archiver/shipped.py").write_text(pin, encoding="utf-8")
    print(f"made {shipped}, {founded['pin']}")  # noqa: T201 - a tool speaks so


def found(draft: Path, environment: dict[str, str]) -> dict[str, str]:
    """Found the archive; return what ``init`` says of it."""
    title = "Sent from Kazakhstan to Russia"
    words = [
        "init",
        str(draft),
        "--title",
        title,
        "--operator",
        "the Sourcebook project",
    ]
    printed = run([*words, "--no-passphrase", "--json"], None, environment)
    said: dict[str, str] = json.loads(printed)
    return said


def fill(draft: Path, environment: dict[str, str]) -> None:
    """Deposit the article, copy what was written about it, and release both."""
    article = MATERIAL / "given/euronews-fr.txt"
    printed = run(
        ["deposit", str(article), "--source", SOURCE, "--json"], draft, environment
    )
    for name in ("sources", "cases"):
        shutil.copytree(MATERIAL / name, draft / name)
    case = draft / "cases" / CASE / "case.toml"
    text = case.read_text(encoding="utf-8")
    snapshot = json.loads(printed)["snapshot"]
    case.write_text(text.replace("@euronews-fr@", snapshot), encoding="utf-8")
    changes = "the article as a deposit, its 55 claims, its sources and leads"
    run(["release", "-m", changes], draft, environment)


def run(words: list[str], archive: Path | None, environment: dict[str, str]) -> str:
    """Run one of our own commands, which must succeed; return what it printed."""
    named = ["--archive", str(archive)] if archive else []
    command = [sys.executable, "-m", "sourcebook", *named, *words]
    result = subprocess.run(  # noqa: S603 - our own command
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return result.stdout


if __name__ == "__main__":
    main()
