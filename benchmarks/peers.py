"""Ask one hostile server with us and with peers, and compare what each kept and told.

The answers are those of ``tests/hostile_answers.py``, from a server on loopback that
logs the very bytes that it sent.  Each program is one process for each answer: it has
the same five seconds of patience, and is killed after twenty.  Nothing is guessed: what
a program kept is read from its WARC by warcio, what it told is its exit code and the
marks in that file.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from tests.authority import Authority
from tests.hostile_answers import (
    CUT,
    CUT_IN_TLS,
    NO_RESPONSE,
    UNENDING,
    WHOLE,
    WRONG,
)
from tests.site import Page, Site, page

PATIENCE = 5  # seconds that each program is told to wait
KILLED_AFTER = 20
MAX_BYTES = 1 << 20  # where a program knows a limit
WHOLE_NAMES = (
    *("clean", "chunked with extension and trailer", "gzip", "br", "chunked gzip"),
    *("HTTP/1.0 until the close", "duplicate fields", "odd case"),
    *("blanks round values", "obs-fold", "latin-1 field", "line without colon"),
    *("bare LF", "no reason", "100 first", "103 first", "3000 fields"),
    *("a field of 64 KiB and more", "two framings", "no content"),
)
CUT_NAMES = (
    *("length", "chunk", "last chunk missing", "reset in the body"),
    "gzip until the close",
)
WRONG_NAMES = ("bytes beyond", "two lengths", "a body where none may be")
REQUESTS = """
import sys, requests
url, ca, patience = sys.argv[1:]
requests.get(url, verify=ca, timeout=float(patience)).content
"""
WARCIO = """
import sys
from warcio.capture_http import capture_http
import requests  # after capture_http, as its manual says
url, ca, patience, file = sys.argv[1:]
with capture_http(file):
    requests.get(url, verify=ca, timeout=float(patience)).content
"""


@dataclass(frozen=True)
class Answer:
    """What is asked for, and what would be right.

    ``due`` is "whole", "cut" (less came than was meant), "wrong" (it contradicts
    itself), "bomb" and "loop" (the bytes are whole, the way is not), "endless", "none"
    (no HTTP response) or "refused" (not to be asked at all).
    """

    name: str
    due: str
    steps: Page
    tls: bool = False


@dataclass(frozen=True)
class Kept:
    """What a program left: response blocks in order, what is marked, its exit code.

    ``code`` is None where it had to be killed.  ``attempt``: no page, and a record of
    having tried.
    """

    blocks: tuple[bytes, ...] = ()
    marked: bool = False
    code: int | None = 0
    attempt: bool = False
    readable: bool = True


Tool = Callable[[str, Path, Site], Kept]


def main() -> None:
    """Ask every answer with every program, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="answers whose names hold this")
    wanted = parser.parse_args().only or ""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())
        authority = Authority(home)
        tools = find_tools(home, authority.ca_file)
        answers = [each for each in list_answers() if wanted in each.name]
        rows = [(each, ask(each, tools, authority, home)) for each in answers]
    print_table(rows, list(tools))


def list_answers() -> list[Answer]:
    """List the answers, by what is due."""
    found = [Answer(name, "whole", WHOLE[name]) for name in WHOLE_NAMES]
    found += [Answer(f"cut: {name}", "cut", CUT[name]) for name in CUT_NAMES]
    found += [Answer(f"cut: {n}", "cut", s, tls=True) for n, s in CUT_IN_TLS.items()]
    found += [Answer(name, "wrong", WRONG[name]) for name in WRONG_NAMES]
    found += [Answer("a gzip bomb", "bomb", WRONG["a bomb"])]
    found += [Answer("a body without end", "endless", UNENDING["a body without end"])]
    found += [Answer("a head that drips", "none", UNENDING["a head that drips"])]
    found += [Answer(name, "none", steps) for name, steps in NO_RESPONSE.items()]
    found += [Answer("a redirect to itself", "loop", moved("/"))]
    return [*found, Answer("a redirect to an inner address", "refused", [])]


def moved(location: str) -> Page:
    """Return a redirect after which no program asks again on the same connection."""
    fields = (f"Location: {location}", "Connection: close")
    return page(b"moved", *fields, status="302 Found")


def find_tools(home: Path, ca_file: Path) -> dict[str, Tool | None]:
    """Return what asks with each program; None for one that is not on this machine."""
    archive = home / "archive"
    made = ("-m", "sourcebook", "init", str(archive), "--no-passphrase")
    subprocess.run([sys.executable, *made], check=True, capture_output=True)  # noqa: S603
    wget = shutil.which("wget")
    ca = str(ca_file)
    return {
        "ours": lambda url, _, site: ours(url, archive, ca, site),
        "warcio.capture_http": lambda url, folder, _: by_warcio(url, folder, ca),
        "wget --warc-file": (lambda u, folder, _: by_wget(wget, u, folder, ca))
        if wget
        else None,
        "requests": lambda url, _, __: Kept(
            code=run(sys.executable, "-c", REQUESTS, url, ca, str(PATIENCE))[0]
        ),
    }


def ask(
    answer: Answer, tools: dict[str, Tool | None], authority: Authority, home: Path
) -> dict[str, str]:
    """Ask with every program at once; return what is said of each."""
    tls = authority.server("127.0.0.1") if answer.tls else None

    def one(name: str, tool: Tool | None) -> str:
        if tool is None:
            return "missing"
        with Site({"/secret": []}) as inner:
            steps = answer.steps or []
            if answer.due == "refused":
                steps = moved(inner.url("/secret"))
            with Site({"/": steps}, tls=tls) as site:
                with tempfile.TemporaryDirectory(dir=home) as folder:
                    kept = tool(site.url(), Path(folder), site)
                sent = [site.sent("/", turn) for turn in range(site.count("/"))]
            if answer.due == "refused":
                asked = bool(inner.count("/secret"))
                came = ", the attempt" if kept.attempt else ""
                return ("asked it" if asked else "refused") + came + told(kept)
        return describe(answer, kept, sent, archives=name != "requests")

    with ThreadPoolExecutor() as pool:
        waiting = {name: pool.submit(one, name, tool) for name, tool in tools.items()}
        return {name: each.result() for name, each in waiting.items()}


def ours(url: str, archive: Path, ca: str, site: Site) -> Kept:
    """Capture with the whole command: signed, stored, logged."""
    words = ["--archive", str(archive), "capture", url, "--json", "--ca-file", ca]
    words += ["--timeout", str(PATIENCE), "--max-bytes", str(MAX_BYTES)]
    words += ["--allow-address", site.address]
    code, printed = run(sys.executable, "-m", "sourcebook", *words)
    made = json.loads(printed) if printed else {}
    tried = "attempt" in made
    if "snapshot" not in made:
        return Kept(code=code, attempt=tried)
    sha256 = made["snapshot"]
    kept = read(archive / f"snapshots/{sha256[:2]}/{sha256}.warc.gz", code)
    return replace(kept, attempt=tried)


def by_warcio(url: str, folder: Path, ca: str) -> Kept:
    """Capture with warcio's own recorder around requests."""
    file = folder / "kept.warc.gz"
    code, _ = run(sys.executable, "-c", WARCIO, url, ca, str(PATIENCE), str(file))
    return read(file, code)


def by_wget(program: str | None, url: str, folder: Path, ca: str) -> Kept:
    """Capture with wget."""
    words = ["--quiet", "--tries=1", f"--timeout={PATIENCE}", f"--ca-certificate={ca}"]
    words += [f"--output-document={folder / 'body'}", f"--warc-file={folder / 'kept'}"]
    code, _ = run(str(program), *words, "--warc-tempdir", str(folder), url)
    return read(folder / "kept.warc.gz", code)


def run(program: str, *words: str) -> tuple[int | None, str]:
    """Run a program; return its exit code, None where it was killed, and its output."""
    environ = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    try:
        done = subprocess.run(  # noqa: S603 - words of our own
            [program, *words],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=KILLED_AFTER,
            env=environ,
            text=True,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def read(file: Path, code: int | None) -> Kept:
    """Read the responses of a WARC, and whether the file says that one is not whole."""
    blocks, marked = [], False
    try:
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, no_record_parse=True):
                block = record.content_stream().read()
                if record.rec_type == "response":
                    blocks.append(block)
                    marked |= bool(record.rec_headers.get_header("WARC-Truncated"))
                elif record.rec_type == "metadata":
                    marked |= b"\r\noutcome: malformed\r\n" in block
    except FileNotFoundError:
        return Kept(code=code)
    except (ArchiveLoadFailed, OSError, EOFError):
        return Kept(tuple(blocks), code=code, readable=False)
    return Kept(tuple(blocks), marked, code)


def describe(answer: Answer, kept: Kept, sent: list[bytes], *, archives: bool) -> str:
    """Say what was kept of what was sent, and what was told of it."""
    if not archives:
        return told(kept).removeprefix(", ") or "no error"
    return compare(answer, kept, sent) + told(kept)


def compare(answer: Answer, kept: Kept, sent: list[bytes]) -> str:
    """Say in a word how what was kept compares to what was sent."""
    if not kept.readable:
        return "unreadable"
    if not kept.blocks:
        return "the attempt" if kept.attempt else "nothing"
    if kept.blocks == (b"",):
        return "an empty record"
    pairs = zip(kept.blocks, sent, strict=False)
    begun = len(kept.blocks) == len(sent) and all(b.startswith(a) for a, b in pairs)
    if kept.blocks == tuple(sent) or (begun and answer.due == "endless"):
        return "same"
    return "part" if begun else "changed"


def told(kept: Kept) -> str:
    """Say how a program told that something is not as it should be."""
    words = ["marked"] if kept.marked else []
    if kept.code != 0:
        words.append("killed" if kept.code is None else f"exit {kept.code}")
    return "".join(f", {word}" for word in words)


def print_table(rows: list[tuple[Answer, dict[str, str]]], names: list[str]) -> None:
    """Print the answers, then the totals, as one table in Markdown."""
    print("| the server sends | due |", " | ".join(names), "|")
    print("|" + "---|" * (len(names) + 2))
    for answer, cells in rows:
        print(f"| {answer.name} | {answer.due} |", " | ".join(cells.values()), "|")
    for title, counts in TOTALS.items():
        print(f"| **{title}** | |", end="")
        for name in names:
            found = [counts(each, cells[name]) for each, cells in rows]
            meant = [each for each in found if each is not None]
            missing = name == "requests" and "told" not in title
            print(" - |" if missing else f" {sum(meant)} of {len(meant)} |", end="")
        print()


def same(answer: Answer, cell: str) -> bool | None:
    """Tell whether every response stands in the file as it was sent."""
    if answer.due in ("none", "refused"):
        return None
    return cell.split(",", maxsplit=1)[0] == "same"


def is_marked(answer: Answer, cell: str) -> bool | None:
    """Tell whether the file itself says that the response is not whole."""
    if answer.due not in ("cut", "wrong", "endless"):
        return None
    return "marked" in cell


def is_told(answer: Answer, cell: str) -> bool | None:
    """Tell whether what is not whole is marked or exits with an error by itself."""
    if answer.due in ("whole", "bomb", "refused"):
        return None
    return "marked" in cell or "exit" in cell


def no_alarm(answer: Answer, cell: str) -> bool | None:
    """Tell whether what is whole passes without an error."""
    if answer.due != "whole":
        return None
    return "exit" not in cell and "killed" not in cell and "marked" not in cell


def is_kept(_: Answer, cell: str) -> bool:
    """Tell whether anything is left of the exchange, if only that it was tried."""
    first = cell.split(",", maxsplit=1)[0]
    return "the attempt" in cell or first in ("same", "part", "changed")


TOTALS: dict[str, Callable[[Answer, str], bool | None]] = {
    "response kept to the byte": same,
    "not whole: marked in the file": is_marked,
    "not whole, or no response: told at all": is_told,
    "whole: told without a false alarm": no_alarm,
    "anything kept": is_kept,
}

if __name__ == "__main__":
    main()
