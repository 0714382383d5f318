"""Time ``sourcebook verify`` beside programs that check the same WARC files.

All look at the same files in the same run, in turn.  Printed are the medians of the
time by the clock and of processor time, the most memory that one process had, and the
ratio of processor time to ours with one job.  Only ours checks signatures, the log and
texts; the others check the digests that a file says of itself.
"""

import argparse
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from archiver.warcfile import RecordHead, WarcFile

WORDS = ("a", "claim", "is", "tied", "quote", "by", "quote", "to", "bytes", "seen")
BEGUN = datetime(2026, 2, 3, tzinfo=UTC)
HASH_ALL = """
import hashlib, sys
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        hashlib.file_digest(file, "sha256")
"""
# As its own `fastwarc check` does, which takes one file at a time.
FASTWARC = """
import sys
from fastwarc.warc import ArchiveIterator
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            if "WARC-Block-Digest" in record.headers:
                assert record.verify_block_digest(), name
"""


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds by the clock, of the processor, and MiB."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Make an archive, time them all, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=int, default=200)
    parser.add_argument("--words", type=int, default=5000, help="of each document")
    parser.add_argument("--files", type=int, default=0, help="large WARC files, too")
    parser.add_argument("--records", type=int, default=120, help="of each such file")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ |= {f"XDG_{kind}_HOME": folder for kind in ("CONFIG", "STATE")}
        documents = [*write_documents(home, given.snapshots, given.words)]
        documents += write_warcs(home, given.files, given.records)
        archive = make(home, documents)
        files = sorted(archive.glob("snapshots/??/*.warc.gz"))
        table(acts(archive, [*map(str, files)]), files, given.runs)


def acts(archive: Path, files: list[str]) -> dict[str, Callable[[], Cost]]:
    """Return what is timed, ours first."""
    python = Path(sys.executable).name
    return {
        "verify": lambda: ours(archive, "verify"),
        "verify --jobs 2": lambda: ours(archive, "verify", "--jobs", "2"),
        "verify --quick": lambda: ours(archive, "verify", "--quick"),
        "warcio check": lambda: run("warcio", "check", *files),
        "FastWARC": lambda: run(python, "-c", FASTWARC, *files),
        "SHA-256 alone": lambda: run(python, "-c", HASH_ALL, *files),
    }


def write_documents(home: Path, number: int, words: int) -> Iterator[str]:
    """Write so many plain documents of so many words."""
    chance = random.Random(1)  # noqa: S311 - the same documents at each run
    for place in range(number):
        document = home / f"{place}.txt"
        document.write_text(" ".join(chance.choices(WORDS, k=words)), encoding="utf-8")
        yield str(document)


def write_warcs(home: Path, number: int, records: int) -> Iterator[str]:
    """Write WARC files as a browser leaves them: a page, its pictures, its scripts."""
    chance = random.Random(2)  # noqa: S311
    for place in range(number):
        file = home / f"{place}.warc.gz"
        with file.open("wb") as stream:
            warc = WarcFile(stream)
            warc.write_warcinfo(head(chance), software="benchmark", nonce="00" * 16)
            for index in range(records):
                uri = f"https://page.example/{place}/{index}"
                warc.write_response(head(chance, uri), response(chance, index))
        yield str(file)


def head(chance: random.Random, uri: str = "") -> RecordHead:
    """Return the head of a record."""
    number = UUID(int=chance.getrandbits(128), version=4)
    return RecordHead(record_id=number, date=BEGUN, uri=uri)


def response(chance: random.Random, index: int) -> io.BytesIO:
    """Return a response: first a page, then two pictures for each script."""
    picture = index % 3 > 0
    length = chance.randrange(20_000, 300_000)
    body = chance.randbytes(length)
    if not picture:
        body = " ".join(chance.choices(WORDS, k=length // 6)).encode()
    media_type = "image/jpeg" if picture else "text/javascript"
    told = f"Content-Type: {media_type if index else 'text/html'}\r\n"
    told += f"Content-Length: {len(body)}\r\n\r\n"
    return io.BytesIO(b"HTTP/1.1 200 OK\r\n" + told.encode() + body)


def make(home: Path, documents: list[str]) -> Path:
    """Make an archive of these deposits."""
    archive = home / "archive"
    run("sourcebook", "init", str(archive), "--no-passphrase")
    ours(archive, "deposit", "--source", "a benchmark", *documents)
    return archive


def ours(archive: Path, *words: str) -> Cost:
    """Run one of our commands on the archive."""
    return run("sourcebook", "--archive", str(archive), *words)


def run(program: str, *words: str) -> Cost:
    """Run a program that is installed beside this Python; it must succeed."""
    command = [str(Path(sys.executable).with_name(program)), *words]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{program} ended with {process.returncode}")
    wall = time.perf_counter() - begun
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def table(timed: dict[str, Callable[[], Cost]], files: list[Path], runs: int) -> None:
    """Time each act in turn, so that a busy minute meets them all; print medians."""
    costs: dict[str, list[Cost]] = {name: [] for name in timed}
    for _ in range(runs):
        for name, act in timed.items():
            costs[name].append(act())
    size = sum(file.stat().st_size for file in files)
    print(f"{len(files)} snapshots, {size:,} bytes of WARC, {runs} runs each")
    first = statistics.median(each.cpu for each in costs["verify"])
    for name, found in costs.items():
        wall = statistics.median(each.wall for each in found)
        cpu = statistics.median(each.cpu for each in found)
        memory = max(each.memory for each in found)
        print(
            f"{name:16} {wall:7.2f} s clock {cpu:7.2f} s processor"
            f" {cpu / first:5.2f} x {memory:5.0f} MiB"
        )


if __name__ == "__main__":
    main()
