"""Time captures beside plain requests, warcio's capture_http and ``wget --warc-file``.

All ask the same server on loopback, each in a process of its own and in turn, so that a
busy minute meets them all; medians are printed, with ratios to plain requests, which
keep nothing.  What each archiver wrote is read again afterwards: one that lost a
response is named.  ``observe`` is our recorder alone; ``sourcebook capture`` is the
whole command, that signs, stores and logs each page.

Bare loopback answers at once, so it shows what a program itself costs, and nothing that
several jobs are for.  Therefore the same pages are asked of a site that takes 50 ms to
answer, as one on the Internet does, by every program alike.

``--beside DIR`` measures ours of another checkout as well, such as that of the last
release: two runs of a busy machine cannot be compared.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from benchmarks.loopback import Server, serving

HERE = Path(__file__).resolve().parents[1]
ASKING = HERE / "benchmarks" / "asking"
SOURCEBOOK = [sys.executable, "-P", "-m", "sourcebook"]  # of PYTHONPATH, first


@dataclass(frozen=True)
class Workload:
    """Pages that are asked for, and with how many jobs."""

    title: str
    paths: tuple[str, ...]
    jobs: int
    rounds: int


@dataclass(frozen=True)
class Run:
    """What one run took: seconds by the clock and of the processor, and memory."""

    seconds: float
    processor: float
    peak: int  # bytes, of the largest process


@dataclass
class Program:
    """How a program is started for a workload in an empty folder; what its runs took.

    ``words`` returns the command, whose standard input are the URLs, one a line.
    ``prepare`` is not timed.
    """

    name: str
    words: Callable[[Path, Sequence[str], int], list[str]]
    archives: bool = True
    checkout: Path = HERE  # whose modules it imports
    prepare: Callable[[Path], None] = lambda _: None
    runs: list[Run] = field(default_factory=list)
    first: list[Run] = field(default_factory=list)  # of one page alone
    lost: int = 0

    @property
    def seconds(self) -> float:
        """The median of a run, by the clock."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        """The median of a run's seconds of the processor, beyond those of one page."""
        first = statistics.median(run.processor for run in self.first)
        return statistics.median(run.processor for run in self.runs) - first


def main() -> None:
    """Run every workload with every program, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5, help="of the small pages")
    parser.add_argument("--far", type=int, default=3, help="rounds; 0: none")
    parser.add_argument("--large", type=int, default=3, help="rounds; 0: none")
    parser.add_argument("--beside", type=Path, metavar="DIR", help="another checkout")
    given = parser.parse_args()
    for name in [name for name in os.environ if "proxy" in name.lower()]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(folder) / kind.lower())
        for workload in workloads(given.pages, given.rounds, given.far, given.large):
            measure(workload, server, Path(folder), programs(given.beside))
    used = server.seconds / server.answers * 1000
    print(f"The server gave {server.answers} answers, {used:.2f} ms of processor each.")


def workloads(pages: int, rounds: int, far: int, large: int) -> list[Workload]:
    """List what is asked for."""
    media = tuple(f"/media/{number}" for number in range(8))
    found = []
    for kind, name, turns in (
        ("page", "small pages", rounds),
        ("far", "small pages of a site that takes 50 ms", far),
    ):
        paths = tuple(f"/{kind}/{number}" for number in range(pages))
        found += [
            Workload(f"{pages} {name}, {jobs} job(s)", paths, jobs, turns)
            for jobs in (1, 8)
            if turns
        ]
    if large:
        found += [
            Workload("64 MiB of words, 1 job", ("/words/0",), 1, large),
            Workload("2 x 64 MiB of media, 1 job", media[:2], 1, large),
            Workload("8 x 64 MiB of media, 8 jobs", media, 8, large),
        ]
    return found


def programs(beside: Path | None) -> list[Program]:
    """List the programs; a missing one is left out and named."""
    found = [
        Program("requests", asking("requests"), archives=False),
        Program("requests, kept connections", asking("session"), archives=False),
        Program("warcio.capture_http", asking("warcio")),
    ]
    if wget := shutil.which("wget"):
        found.append(Program("wget --warc-file", by_wget(wget)))
    else:
        print("wget is missing: it was not measured.")
    found += ours(HERE, "")
    return [*found, *ours(beside.resolve(), f" of {beside}")] if beside else found


def ours(checkout: Path, where: str) -> list[Program]:
    """List our own programs, as a checkout has them."""
    return [
        Program(f"observe{where}", asking("observe"), checkout=checkout),
        Program(f"sourcebook capture{where}", capture, prepare=init, checkout=checkout),
    ]


def asking(name: str) -> Callable[[Path, Sequence[str], int], list[str]]:
    """Return how one of our small programs is started."""
    file = str(ASKING / f"with_{name}.py")
    return lambda folder, urls, jobs: [
        *(sys.executable, file, str(jobs), str(folder)),
        *urls,
    ]


def by_wget(wget: str) -> Callable[[Path, Sequence[str], int], list[str]]:
    """Return how wget is started: one process, or ``xargs -P`` of them."""

    def words(folder: Path, urls: Sequence[str], jobs: int) -> list[str]:
        quiet = f"{wget} --quiet --tries=1 --output-document=/dev/null"
        if jobs == 1:
            return [*quiet.split(), f"--warc-file={folder}/0", "--input-file=-"]
        each = f'{quiet} --warc-file={folder}/$$ "$@"'
        share = max(1, len(urls) // jobs)
        return ["xargs", f"-P{jobs}", f"-n{share}", "sh", "-c", each, "sh"]

    return words


def capture(folder: Path, urls: Sequence[str], jobs: int) -> list[str]:
    """Return how our command is started; it takes the list, as wget does.

    It asks one host at a time, with a pause, and its robots.txt first: neither is part
    of what is compared, so there are many hosts, no pause and no such question.
    """
    listed = folder / "urls.txt"
    listed.write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
    words = [*SOURCEBOOK, "--archive", f"{folder}/archive", "capture"]
    words += ["--from", str(listed), "--jobs", str(jobs)]
    words += ["--delay", "0", "--robots", "ignore"]
    for netloc in sorted({url.split("/")[2] for url in urls}):
        words += ["--allow-address", netloc]
    return words


def init(folder: Path) -> None:
    """Make an archive, whose keys have no passphrase."""
    run_to_end(*SOURCEBOOK, "init", f"{folder}/archive", "--no-passphrase")


def run_to_end(*words: str) -> bytes:
    """Run a command that must succeed; return what it printed."""
    return subprocess.run(words, check=True, capture_output=True).stdout  # noqa: S603


def measure(
    workload: Workload, server: Server, home: Path, found: list[Program]
) -> None:
    """Time one workload with every program in turn, and print its table."""
    urls = [server.url(path, place) for place, path in enumerate(workload.paths)]
    for _ in range(workload.rounds):
        for program in found:
            program.first.append(run_once(program, [server.url("/page/x")], 1, home))
            program.runs.append(run_once(program, urls, workload.jobs, home))
    print_table(workload, found)


def run_once(program: Program, urls: Sequence[str], jobs: int, home: Path) -> Run:
    """Run a program in an empty folder, and look at what it wrote."""
    os.environ["PYTHONPATH"] = str(program.checkout)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        program.prepare(Path(folder))
        words = program.words(Path(folder), urls, jobs)
        given = home / "urls"
        given.write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
        run = run_timed(words, given)
        if program.archives:
            program.lost += len(urls) - count_responses(Path(folder))
    return run


def run_timed(words: list[str], given: Path) -> Run:
    """Run a program that must succeed, and measure it."""
    start = time.perf_counter()
    with given.open("rb") as stream:
        process = subprocess.Popen(  # noqa: S603 - words of our own
            words, stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert process.stderr  # noqa: S101 - it was asked for
        told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[:4]} exited {process.returncode}: {told.decode()}")
    processor = usage.ru_utime + usage.ru_stime
    return Run(seconds, processor, usage.ru_maxrss * 1024)


def count_responses(folder: Path) -> int:
    """Count the responses in all WARCs of a folder that warcio reads to their ends."""
    count = 0
    for file in folder.rglob("*.warc.gz"):
        with file.open("rb") as stream:
            try:
                for record in ArchiveIterator(stream, no_record_parse=True):
                    count += record.rec_type == "response"
            except (ArchiveLoadFailed, OSError):
                continue
    return count


def print_table(workload: Workload, found: list[Program]) -> None:
    """Print the medians of a workload as a table in Markdown.

    The processor's time is what a busy machine does not change; of the pages after the
    first, since starting is no part of what a page costs.
    """
    print(f"\n**{workload.title}**, {workload.rounds} rounds\n")
    print("| program | seconds in all | x | processor, ms each page more | x | peak |")
    print("|---|---|---|---|---|---|")
    base = found[0]
    more = len(workload.paths) - 1 or 1
    for program in found:
        least = min(run.seconds for run in program.runs)
        most = max(run.seconds for run in program.runs)
        lost = f", {program.lost} responses lost" if program.lost else ""
        cells = [
            program.name + lost,
            f"{program.seconds:.2f} ({least:.2f}-{most:.2f})",
            f"{program.seconds / base.seconds:.2f}",
            f"{program.processor / more * 1000:.2f}",
            f"{program.processor / base.processor:.2f}",
            f"{max(run.peak for run in program.runs) / 1e6:.0f} MB",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
