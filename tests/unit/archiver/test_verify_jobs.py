"""Several processes verify what one does; one that dies passes nothing over."""

import os
import resource
import signal
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from archiver.errors import UnavailableError
from archiver.findings import Report
from archiver.statements import parse_bundle
from archiver.verifying.crew import AHEAD, SMALL, Crew
from archiver.verifying.worker import format_report, parse_report
from tests.commandline import PATIENCE, ended, forked, run, shell, start
from tests.newsroom import Newsroom

NUMBER = 9


@pytest.fixture
def room(tmp_path):
    room = Newsroom(tmp_path / "desk")
    for number in range(NUMBER):
        room.deposit(f"{number}.txt", f"The port of {number} is closed.".encode())
    room.release()
    return room


def payloads(room):
    """Return the statements of the snapshots as processes are told of them."""
    found = sorted(room.archive.root.glob("statements/*/*.sigstore.json"))
    verified = run("verify", "--json", archive=room.archive.root)
    assert verified.code == 0, verified
    assert len(found) == NUMBER + 3  # and a policy, and two releases
    from_disk = [_payload(place) for place in found]
    return [each for each in from_disk if b"/ns/snapshot/" in each]


def _payload(place):
    return parse_bundle(place.read_bytes()).payload


def damage(room, suffix):
    for place in sorted(room.archive.root.glob(f"snapshots/*/*{suffix}"))[::2]:
        data = bytearray(place.read_bytes())
        data[len(data) // 2] ^= 1
        place.chmod(0o644)
        place.write_bytes(bytes(data))


def children(pid):
    """Return the processes that a process has started, by their numbers."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(each) for each in text.split()]


def wait_until(holds):
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.01)
    return found


def is_running(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.mark.parametrize("jobs", ["2", "5", "64"])
def test_several_processes_find_the_same_in_the_same_order_as_one(room, jobs):
    damage(room, ".warc.gz")
    damage(room, ".text")
    damage(room, ".records.jsonl")
    alone = run("verify", "--json", archive=room.archive.root)
    many = run("verify", "--json", "--jobs", jobs, archive=room.archive.root)
    assert alone.code == many.code == 1
    assert alone.stdout.count('"code"') > NUMBER
    assert many.stdout == alone.stdout


def test_a_whole_archive_holds_in_several_processes_too(room):
    assert shell("verify", "--jobs", "2", archive=room.archive.root).code == 0


def test_a_process_that_is_killed_is_told_with_what_it_was_at(room):
    tasks = payloads(room)
    crew = Crew(room.archive.root, tasks, 1)
    lost, found = [], []
    with closing(crew.answers()) as answers:
        for place, answer, how in answers:
            if answer is None:
                lost.append((place, how))
                continue
            found.append(place)
            assert not parse_report(answer).findings
            if len(found) == 1:  # it is at the next one, or has done it
                (worker,) = crew._workers.values()
                os.kill(worker.process.pid, signal.SIGKILL)
                assert 0 < len(worker.given) < AHEAD
                worker.process.wait()
    assert sorted([*found, *(place for place, _ in lost)]) == [*range(len(tasks))]
    assert len(lost) <= 1
    assert {how for _, how in lost} <= {"was killed by signal 9 (Killed)"}


def test_what_a_killed_process_was_at_is_never_green(room, monkeypatch):
    """It is stopped first, so that it is certain to be at something."""
    supply = Crew._supply

    def stop_then_kill(crew, worker):
        first = worker.ready and len(crew._todo) == NUMBER
        if first:
            os.kill(worker.process.pid, signal.SIGSTOP)
        supply(crew, worker)
        if first:
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(Crew, "_supply", stop_then_kill)
    outcome = run("verify", "--jobs", "2", archive=room.archive.root)
    assert outcome.code == 1
    assert outcome.stdout.count("not-checked") == 1
    assert "was killed by signal 9" in outcome.stdout
    assert ": 1 fault; " in outcome.stdout
    assert f"{NUMBER - 1} snapshots" in outcome.stdout


def test_memory_that_does_not_suffice_is_a_finding(room):
    room.deposit("long.txt", b"a b " * (24 << 20))
    room.release()
    outcome = forked(
        partial(limit_memory, 600 << 20),
        *("verify", "--jobs", "2"),
        archive=room.archive.root,
    )
    assert outcome.code == 1, outcome
    assert outcome.stdout.count("not-checked") == 1
    assert "ran out of memory" in outcome.stdout, outcome.stdout
    assert "Traceback" not in outcome.stderr


def test_processes_that_cannot_begin_are_one_error(room, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    outcome = run("verify", "--jobs", "2", archive=room.archive.root)
    assert outcome.code == 1
    (told,) = outcome.errors
    assert told == (
        "sourcebook: error: the processes that were asked for with --jobs cannot work:"
        " one ended with code 1 before it did anything"
    )
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(UnavailableError, match="No such file"):
        list(Crew(room.archive.root, [b"{}"], 1).answers())


def test_a_long_statement_is_told_of_alone(room):
    tasks = payloads(room)
    long = tasks[0].replace(b"}", b"}" + b" " * SMALL, 1)
    crew = Crew(room.archive.root, [long] * 4, 1)
    held = []
    with closing(crew.answers()) as answers:
        for _, answer, _ in answers:
            assert parse_report(answer).checked["snapshots"] == 1
            held += [len(worker.given) for worker in crew._workers.values()]
    assert max(held) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_end_leaves_no_process(room, number):
    process = start("verify", "--jobs", "2", archive=room.archive.root)
    workers = wait_until(lambda: stopped_workers(process.pid))
    process.send_signal(number)
    outcome = ended(process)
    assert outcome.code == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert "Traceback" not in outcome.stderr
    assert not [worker for worker in workers if is_running(worker)]


def stopped_workers(pid):
    """Stop the two processes of a verification; return them once it waits for them.

    Each is stopped once it runs its own program: one that was only just forked would
    hold who forks it, for ever.
    """
    begun = [each for each in children(pid) if b"archiver.verifying.worker" in of(each)]
    for each in begun:
        os.kill(each, signal.SIGSTOP)  # so that it does not end by itself
    if len(begun) != 2:
        return None
    states = [time.sleep(0.02) or state_of(pid) for _ in range(5)]
    return begun if {*states} == {"S"} else None


def of(pid):
    """Return the command line of a process; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def state_of(pid):
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()[0]


def test_reports_are_read_as_they_were_sent():
    report = Report()
    report.add("changed", "snapshots/aa/\udcff", "found \u2028, expected none")
    report.count("records", 3)
    assert parse_report(format_report(report)) == report


def limit_memory(size):
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
