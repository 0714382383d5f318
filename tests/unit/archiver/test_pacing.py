"""The pace of a harvest: simulated to its end, with whatever hosts and times."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.harvesting.pacing import Pacing

HOSTS = st.sampled_from("abcd")
TIMES = st.floats(0, 20, allow_nan=False)


def simulate(names, delay, durations, jobs, holds=()):
    """Run all items on a clock of our own; return host, item, begin and end of each."""
    pacing = Pacing([(name, item) for item, name in enumerate(names)], delay=delay)
    holds = dict(holds)
    now, running, log = 0.0, [], []
    while pacing.waiting or running:
        while len(running) < jobs and (item := pacing.take(now)) is not None:
            running.append((now + durations[item], now, item))
        wait = pacing.next_wait()
        moments = [end for end, _, _ in running]
        if wait and len(running) < jobs:
            moments.append(wait.until)
        assert moments, "nothing runs and nobody may be asked: the rest would starve"
        now = max(now, min(moments))
        for done in sorted(each for each in running if each[0] <= now):
            running.remove(done)
            _, begun, item = done
            log.append((names[item], item, begun, now))
            pacing.finish(names[item], now)
            if item in holds:
                pacing.hold(names[item], now + holds[item], "asked")
    return log


@given(
    st.lists(HOSTS, max_size=20),
    st.floats(0, 5, allow_nan=False),
    st.lists(TIMES, min_size=20, max_size=20),
    st.integers(1, 5),
    st.dictionaries(st.integers(0, 19), TIMES),
)
def test_each_item_is_asked_once_and_never_two_at_once_nor_too_soon(
    names, delay, durations, jobs, holds
):
    log = simulate(names, delay, durations, jobs, holds)
    assert sorted(item for _, item, _, _ in log) == list(range(len(names)))
    for name in set(names):
        ours = sorted(
            (begun, item, end) for host, item, begun, end in log if host == name
        )
        assert [item for _, item, _ in ours] == sorted(item for _, item, _ in ours)
        for (_, before, ended), (begun, _, _) in itertools.pairwise(ours):
            assert begun >= ended + max(delay, holds.get(before, 0))


@given(st.integers(2, 6), st.integers(1, 5), st.floats(0, 2, allow_nan=False))
def test_nobody_starves_beside_a_host_with_many_items(hosts, turns, delay):
    names = ["much"] * 50 + [f"h{n}" for n in range(hosts)] * turns
    log = simulate(names, delay, [1.0] * len(names), jobs=1)
    begun = {}
    for host, _, at, _ in sorted(log, key=lambda each: each[2]):
        begun.setdefault(host, at)
    round_trip = (hosts + 1) * 1.0 + delay
    assert max(begun.values()) <= round_trip


@given(st.floats(0, 3, allow_nan=False))
def test_with_enough_jobs_each_host_waits_for_none_but_itself(delay):
    names = list("abcd") * 3
    log = simulate(names, delay, [1.0] * 12, jobs=4)
    for host in "abcd":
        ours = sorted(at for name, _, at, _ in log if name == host)
        assert ours == pytest.approx([0, 1 + delay, 2 * (1 + delay)])


def test_a_host_that_asked_to_be_left_alone_is_while_others_go_on():
    pacing = Pacing([("a", 1), ("a", 2), ("b", 3), ("b", 4)], delay=1)
    assert [pacing.take(0), pacing.take(0), pacing.take(0)] == [1, 3, None]
    pacing.finish("a", 1)
    pacing.finish("b", 1)
    pacing.hold("a", 60, "it asked for that")
    assert pacing.take(2) == 4
    wait = pacing.next_wait()
    assert (wait.host, wait.until, wait.why) == ("a", 60, "it asked for that")
    assert pacing.take(59.9) is None
    assert pacing.take(60) == 2
    assert pacing.next_wait() is None


def test_a_later_time_stands_and_an_earlier_one_changes_nothing():
    pacing = Pacing([("a", 1)], delay=1)
    pacing.hold("a", 60, "long")
    pacing.hold("a", 10, "short")
    wait = pacing.next_wait()
    assert (wait.until, wait.why) == (60, "long")


def test_what_is_given_back_is_first_again_after_the_delay():
    pacing = Pacing([("a", 1), ("a", 2)], delay=2)
    assert pacing.take(0) == 1
    pacing.give_back("a", 1)
    pacing.finish("a", 5)
    assert pacing.waiting == 2
    assert pacing.take(6.9) is None
    assert [pacing.take(7), pacing.waiting] == [1, 1]


def test_without_a_request_there_is_no_delay():
    pacing = Pacing([("a", 1), ("a", 2)], delay=2)
    pacing.take(0)
    pacing.finish("a", 5, asked=False)
    assert pacing.take(5) == 2


def test_a_host_can_be_slowed_down_and_never_sped_up():
    pacing = Pacing([("a", n) for n in range(3)], delay=1)
    pacing.take(0)
    pacing.slow_down("a", 10)
    pacing.slow_down("a", 0.1)
    pacing.finish("a", 0)
    assert pacing.take(9.9) is None
    assert pacing.take(10) == 1


def test_a_host_that_was_asked_by_another_way_has_its_delay_too():
    pacing = Pacing([("a", 1)], delay=1)
    pacing.touch("a", 5)
    pacing.touch("elsewhere", 5)
    assert pacing.take(5.9) is None
    assert pacing.take(6) == 1


def test_what_is_dropped_is_not_asked_and_others_are():
    pacing = Pacing([("a", 1), ("a", 2), ("a", 3), ("b", 4)], delay=0)
    assert pacing.take(0) == 1
    assert pacing.drop("a") == [2, 3]
    pacing.finish("a", 0)
    assert [pacing.waiting, pacing.take(0), pacing.take(0)] == [1, 4, None]
    assert pacing.drop("nobody") == []
    assert pacing.drop("b") == []


def test_what_waits_can_be_dropped_before_its_host_was_asked():
    pacing = Pacing([("a", 1), ("b", 2)], delay=0)
    assert pacing.drop("a") == [1]
    assert [pacing.take(0), pacing.next_wait(), pacing.waiting] == [2, None, 0]


def test_a_hundred_thousand_hosts_are_given_out_in_their_order():
    pacing = Pacing([(f"h{n}", n) for n in range(100_000)], delay=1)
    assert [pacing.take(0) for _ in range(100_000)] == list(range(100_000))
