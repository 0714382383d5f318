"""What a capture of a list takes down of the rules that it met with on its way."""

import sys
from threading import Barrier, Thread

from archiver.harvesting.manners import Asking


def driver(*_, **__):
    """Come to nothing."""
    raise AssertionError("nothing is asked for here")


def test_what_many_threads_note_of_redirects_is_all_taken_down():
    asking = Asking(driver, {"verdict": "allowed"})

    together = Barrier(8)

    def note_many(number):
        together.wait()
        for each in range(2000):
            asking.note({"url": f"https://{number}.example/{each}"})

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=note_many, args=(number,)) for number in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    finally:
        sys.setswitchinterval(before)
    said = asking.said
    assert said["verdict"] == "allowed"
    assert len({each["url"] for each in said["redirects"]}) == 8 * 2000


def test_where_no_rules_were_asked_for_nothing_is_said_of_redirects():
    asking = Asking(driver)
    asking.note({"url": "https://one.example/robots.txt"})
    assert asking.said is None
    assert Asking(driver, {"verdict": "allowed"}).said == {"verdict": "allowed"}
