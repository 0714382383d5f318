"""Children that begin without threads, for what has to be killed or to lack a right.

A fork of this process would take along, held for ever, whatever lock another thread has
at that instant: a capture that a test before gave up, say.  So Python's fork server
makes them: a process that has our modules and one thread.  What a child is to do is a
function of a module, and what it is given can be pickled.
"""

import multiprocessing
import os
import tempfile
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

PATIENCE = 60  # seconds
CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["sourcebook", "tests.commandline", "tests.newsroom"])


def start_child(act: Callable[..., object], *given: object) -> BaseProcess:
    """Start ``act`` in a child with this process's environment and working folder."""
    here = dict(os.environ), Path.cwd(), tempfile.tempdir
    child = CONTEXT.Process(target=_act, args=(*here, act, *given))
    child.start()
    return child


def wait_for(child: BaseProcess) -> int:
    """Wait for a child; return its exit code, or minus the signal that killed it."""
    child.join(PATIENCE)
    if child.exitcode is None:
        child.kill()
        child.join()
        raise AssertionError(f"a child did not end within {PATIENCE} seconds")
    return child.exitcode


def _act(
    environment: dict[str, str],
    folder: Path,
    temporary: str | None,
    act: Callable[..., object],
    *given: object,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = temporary
    act(*given)
