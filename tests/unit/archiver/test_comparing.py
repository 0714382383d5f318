"""Two lists of requests, and what stands in one of them alone."""

from hypothesis import given
from hypothesis import strategies as st

from archiver.browser.comparing import compare_requests, wire_url

A, B = "http://a.example/", "https://b.example/"
ASKED = st.lists(st.tuples(st.sampled_from(["GET", "POST"]), st.sampled_from([A, B])))


def test_what_stands_in_one_list_alone_is_named():
    found = compare_requests(
        [("GET", A), ("GET", A), ("GET", "data:,x"), ("GET", "blob:http://a/1")],
        [("GET", A), ("POST", A), ("GET", B)],
    )
    assert found.both == 1
    assert found.only_browser == (("GET", A),)
    assert found.only_proxy == (("POST", A), ("GET", B))


def test_a_websocket_and_a_fragment_are_requests_as_on_the_wire():
    assert wire_url("ws://a.example/#x") == A
    assert wire_url("wss://b.example/") == B
    assert wire_url(A) == A


@given(ASKED, ASKED)
def test_nothing_is_lost(browser, proxy):
    found = compare_requests(browser, proxy)
    assert found.both + len(found.only_browser) == len(browser)
    assert found.both + len(found.only_proxy) == len(proxy)
