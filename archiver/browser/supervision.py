"""Waiting for a browser, and never for ever: at the end of its time it is killed.

The visit has a thread with an event loop of its own.  Whoever waits for it is free to
be interrupted, and a browser that no longer answers anybody is ended by the system.
"""

import asyncio
import gc
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

from archiver.browser.chromium import START, does_not_start
from archiver.browser.ledger import Ledger
from archiver.browser.visit import Visited, VisitPlan, visit_page
from archiver.errors import SourcebookError

GRACE: Final = 5.0  # seconds after the deadline, after which the browser is killed
PATIENCE: Final = 5.0  # seconds for the visit to notice that its browser is gone
TICK: Final = 0.2


def supervise(plan: VisitPlan, ledger: Ledger, visited: Visited) -> None:
    """Have a visit, and see to it that it ends; ``visited`` has what it brought.

    Raises:
        UnavailableError: the browser does not start.
        MalformedError: it takes no such cookies.
    """
    ended: list[BaseException | None] = []
    thread = Thread(
        target=lambda: ended.append(asyncio.run(_outcome(plan, ledger, visited))),
        daemon=True,
    )
    thread.start()
    last = plan.deadline + START  # starting it is no part of the page's time
    killed = True
    try:
        while thread.is_alive() and time.monotonic() < last:
            thread.join(TICK)
            last = plan.deadline + (GRACE if visited.process else START)
    finally:
        killed = _end(visited)
        if thread.is_alive() and not visited.process:
            _kill_children(thread)  # what was to start the browser, and hangs
        thread.join(PATIENCE)
    for error in filter(None, ended):
        if isinstance(error, SourcebookError) or not killed:
            raise error
    if not visited.process:
        why = next(filter(None, ended), TimeoutError("it did not answer in time"))
        raise does_not_start(plan.launch["executable_path"], why) from why
    if killed:
        visited.error = visited.error or "the browser did not answer, and was killed"


async def _outcome(
    plan: VisitPlan, ledger: Ledger, visited: Visited
) -> BaseException | None:
    """Return how a visit failed, None where it did not."""
    visit = visit_page(plan, ledger, visited)
    (error,) = await asyncio.gather(visit, return_exceptions=True)
    if error is not None and not visited.process:
        error.__traceback__ = None
        asyncio.get_running_loop().set_exception_handler(_say_nothing)
        gc.collect()  # what is half started is closed while there is a loop for it
        await asyncio.sleep(TICK)
    return error


def _say_nothing(*_: object) -> None:
    """Say nothing of what else failed: why a browser did not start is told once."""


def _kill_children(thread: Thread) -> None:
    """Kill what a thread started, where the system tells what that is (Linux)."""
    with suppress(OSError):
        place = Path(f"/proc/self/task/{thread.native_id}/children")
        for child in place.read_text(encoding="ascii").split():
            os.kill(int(child), signal.SIGKILL)


def _end(visited: Visited) -> bool:
    """Kill what is left of the browser; tell whether anything was."""
    if visited.closed or not visited.process:
        return not visited.closed
    with suppress(ProcessLookupError):
        leads = os.getpgid(visited.process) == visited.process
        kill = os.killpg if leads else os.kill
        kill(visited.process, signal.SIGKILL)
    return True
