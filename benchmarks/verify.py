"""Time ``sourcebook verify`` beside ``warcio check`` and plain hashing.

All three look at the same WARC files in the same run, in turn, and the median of each
is printed with its ratio to ours.  Only ours checks signatures, the log and texts.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WORDS = ("a", "claim", "is", "tied", "quote", "by", "quote", "to", "bytes", "seen")
RUNS = 5


def main() -> None:
    """Make an archive, time the three, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=int, default=200)
    parser.add_argument("--words", type=int, default=5000, help="of each document")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ |= {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "STATE")}
        archive = make(home, given.snapshots, given.words)
        files = sorted(archive.glob("snapshots/??/*.warc.gz"))
        table(
            {
                "sourcebook verify": lambda: ours(archive, "verify"),
                "warcio check": lambda: run("warcio", "check", *map(str, files)),
                "SHA-256 alone": lambda: hash_all(files),
            },
            sum(file.stat().st_size for file in files),
        )


def make(home: Path, snapshots: int, words: int) -> Path:
    """Make an archive of so many deposits of so many words each."""
    archive = home / "archive"
    run("sourcebook", "init", str(archive), "--no-passphrase")
    chance = random.Random(1)  # noqa: S311 - the same documents at each run
    documents = []
    for number in range(snapshots):
        document = home / f"{number}.txt"
        document.write_text(" ".join(chance.choices(WORDS, k=words)), encoding="utf-8")
        documents.append(str(document))
    ours(archive, "deposit", "--source", "a benchmark", *documents)
    return archive


def ours(archive: Path, *words: str) -> None:
    """Run one of our commands on the archive."""
    run("sourcebook", "--archive", str(archive), *words)


def run(program: str, *words: str) -> None:
    """Run a program that is installed beside this Python; it must succeed."""
    command = [str(Path(sys.executable).with_name(program)), *words]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def hash_all(files: list[Path]) -> None:
    """Hash each file, in a process of its own like the others."""
    code = (
        "import hashlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    with open(name, 'rb') as file: hashlib.file_digest(file, 'sha256')"
    )
    run(Path(sys.executable).name, "-c", code, *map(str, files))


def table(acts: dict[str, Callable[[], None]], size: int) -> None:
    """Time each act in turn, so that a busy minute meets them all; print medians."""
    seconds: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS):
        for name, act in acts.items():
            start = time.perf_counter()
            act()
            seconds[name].append(time.perf_counter() - start)
    first = statistics.median(next(iter(seconds.values())))
    print(f"{size:,} bytes of WARC, {RUNS} runs each")
    for name, found in seconds.items():
        median = statistics.median(found)
        spread = f"{min(found):.2f}-{max(found):.2f}"
        print(f"{name:20} {median:7.2f} s  ({spread})  {median / first:5.2f} x ours")


if __name__ == "__main__":
    main()
