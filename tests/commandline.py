"""The command line as a user has it: run it, and see that a refusal is one clear error.

``run`` runs it in this process.  ``shell`` runs a real one, with pipes.  ``forked``
runs it in a child that first gives up a right, or sets a bound on its files.
"""

import ctypes
import os
import resource
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from click.testing import CliRunner

from sourcebook import cli
from tests.forking import CONTEXT, start_child, wait_for

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds
ERRORS = ("sourcebook: error: ", "Error: ")
_CAPABILITIES = 0x20080522  # of capget(2), version 3
_OVERRIDES = (1 << 1) | (1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    stdout: str
    stderr: str

    @property
    def errors(self) -> list[str]:
        """The lines that tell an error."""
        return [each for each in self.stderr.splitlines() if each.startswith(ERRORS)]


def run(*words: str | Path, archive: Path | None = None, **given) -> Outcome:
    """Run a command in this process; ``given`` goes to click's runner."""
    result = CliRunner().invoke(cli, _words(words, archive), **given)
    told = result.stderr
    if result.exception and not isinstance(result.exception, SystemExit):
        told += "".join(traceback.format_exception(result.exception))
    return Outcome(result.exit_code, result.stdout, told)


def done(*words: str | Path, archive: Path | None = None, **given) -> str:
    """Run a command that must succeed; return what it printed."""
    outcome = run(*words, archive=archive, **given)
    assert outcome.code == 0, outcome
    return outcome.stdout


def start(*words: str | Path, archive: Path | None = None, **given) -> subprocess.Popen:
    """Start a command in a process of its own; ``given`` goes to Popen."""
    return subprocess.Popen(
        [sys.executable, "-m", "sourcebook", *_words(words, archive)],
        **{
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "env": {**os.environ, "PYTHONPATH": str(ROOT)},
            **given,
        },
    )


def shell(*words: str | Path, archive: Path | None = None, **given) -> Outcome:
    """Run a command in a process of its own, to its end."""
    return ended(start(*words, archive=archive, **given))


def ended(process: subprocess.Popen) -> Outcome:
    """Wait for a process, and return what it came to."""
    stdout, stderr = process.communicate(timeout=PATIENCE)
    return Outcome(process.returncode, stdout or "", stderr or "")


def forked(
    before: Callable[[], None], *words: str | Path, archive: Path | None = None
) -> Outcome:
    """Run a command in a child that first does ``before``."""
    pipes = CONTEXT.Pipe(duplex=False), CONTEXT.Pipe(duplex=False)
    writes = [write for _, write in pipes]
    child = start_child(_in_child, before, _words(words, archive), *writes)
    for write in writes:
        write.close()
    told = []  # what is printed is far shorter than a pipe is deep
    code = wait_for(child)
    for read, _ in pipes:
        with os.fdopen(os.dup(read.fileno()), "rb") as stream:
            told.append(stream.read().decode())
        read.close()
    return Outcome(code, *told)


def _in_child(
    before: Callable[[], None], words: list[str], out: Connection, err: Connection
) -> None:
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    out.close()
    err.close()
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    before()
    cli.main(words, prog_name="sourcebook")


def no_override() -> None:
    """Obey the modes of files, as everybody but root does.

    Root without these two capabilities is an owner like others, so a read-only folder
    is read-only.
    """
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(head, sets) == 0
    sets[0] &= ~_OVERRIDES
    assert libc.capset(head, sets) == 0


def full_at(size: int) -> Callable[[], None]:
    """Return what lets no file grow beyond ``size`` bytes, as a full disk would."""
    return partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))


def refused(outcome: Outcome, code: int, *parts: str) -> None:
    """Check that a command was refused as designed: one error, that says ``parts``.

    A refusal for usage says how the command is used; every other one is two lines at
    most: the error and a hint.
    """
    assert outcome.code == code, outcome
    assert "Traceback" not in outcome.stderr, outcome.stderr
    assert len(outcome.errors) == 1, outcome.stderr
    for part in parts:
        assert part in outcome.stderr, outcome.stderr
    if code != 2:
        at = outcome.stderr.index(outcome.errors[0])
        lines = outcome.stderr[at:].splitlines()
        assert all(line.startswith("sourcebook: ") for line in lines), lines
        assert len(lines) <= 2, lines


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file and folder below ``folder``, with what is in it."""
    return {
        place.relative_to(folder).as_posix(): (
            place.read_bytes() if place.is_file() and not place.is_symlink() else b""
        )
        for place in sorted(folder.rglob("*"))
    }


def _words(words: tuple[str | Path, ...], archive: Path | None) -> list[str]:
    named = ["--archive", str(archive)] if archive else []
    return [*named, *map(str, words)]
