"""Programs that tests need: asked for by a mark, and never passed over in silence.

A test says ``@pytest.mark.needs("chromium", "openssl")``.  On a desk where one is
missing the test is left out and named at the end of the output.  In CI (``CI=true``)
it fails, and so does the whole run if any test was skipped.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PROGRAMS = {
    "chromium": (
        "chromium",
        "google-chrome",
        "google-chrome-stable",
        "chromium-browser",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    "openssl": ("openssl",),
    "ssh-keygen": ("ssh-keygen",),
}
# The machine may be busy with something else: a deadline would say nothing of us.
settings.register_profile(
    "ours", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ours")

ROOT = Path(__file__).parent.parent
IN_CI = os.environ.get("CI") == "true"
LEFT_OUT = pytest.StashKey[list[str]]()


def find_program(name: str) -> str | None:
    """Return the path of a program that PROGRAMS knows, or None."""
    found = (shutil.which(candidate) for candidate in PROGRAMS[name])
    return next((path for path in found if path), None)


def lacks(item: pytest.Item) -> list[str]:
    """Return the programs that a test needs and that are not here."""
    names = [name for mark in item.iter_markers("needs") for name in mark.args]
    return sorted(name for name in names if not find_program(name))


def skipped(config: pytest.Config) -> list[str]:
    """Return the tests, and files of tests, that skipped themselves."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    return [report.nodeid for report in terminal.stats.get("skipped", ())]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium or Chrome, for tests that need it."""
    path = find_program("chromium")
    assert path, "no Chromium is here: mark the test with needs('chromium')"
    return path


@pytest.fixture(autouse=True)
def own_folders(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep every test away from the keys, locks and pins of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    monkeypatch.delenv("SOURCEBOOK_ARCHIVE", raising=False)


def pytest_configure() -> None:
    """Heed the signals that whatever started this run ignores, as a shell does with &.

    Programs that tests start would ignore them as well, and some have to be ended so.
    """
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            is_interrupt = number is signal.SIGINT
            signal.signal(
                number, signal.default_int_handler if is_interrupt else signal.SIG_DFL
            )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out the tests that cannot run here; in CI leave none out.

    Tests in a browser come last: Playwright keeps an event loop running until the end,
    and others run loops of their own.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)
    left_out = [] if IN_CI else [item for item in items if lacks(item)]
    config.stash[LEFT_OUT] = [
        f"{item.nodeid} needs {', '.join(lacks(item))}" for item in left_out
    ]
    if not left_out:
        return
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    coverage = config.pluginmanager.get_plugin("_cov")
    if coverage:  # what those tests reach was not reached: the bound says nothing here
        coverage.options.cov_fail_under = 0


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test in CI whose programs are missing (elsewhere it was left out)."""
    if missing := lacks(item):
        pytest.fail(
            f"not found: {', '.join(missing)}; CI runs every test", pytrace=False
        )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run in CI that skipped anything."""
    if IN_CI and exitstatus == pytest.ExitCode.OK and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Iterator[None]:
    """Name the tests that did not run, in the last lines of the output."""
    yield
    left_out = config.stash.get(LEFT_OUT, [])
    for title, lines in (
        ("left out: a program is missing here", left_out),
        ("skipped, which fails the run in CI", skipped(config)),
    ):
        if lines:
            terminalreporter.section(title)
        for line in lines:
            terminalreporter.line(line)
