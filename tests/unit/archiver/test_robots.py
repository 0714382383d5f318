"""What robots.txt says to us, as RFC 9309 has it; and what strangers write into one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.harvesting.robots import (
    MAX_DELAY,
    MAX_ROBOTS,
    read_robots,
    robots_url,
    unreachable,
)
from archiver.wire.guard import parse_url

URL = "https://a.example/robots.txt"
SNAPSHOT = "ab" * 32


def read(text, status=200):
    data = text if isinstance(text, bytes) else text.encode()
    return read_robots(URL, status, data, SNAPSHOT)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://a.example/x/y?z", URL),
        ("https://a.example", URL),
        ("https://a.example?x/y", URL),
        ("http://A.example:8080/x", "http://a.example:8080/robots.txt"),
        ("http://[::1]:81/x", "http://[::1]:81/robots.txt"),
    ],
)
def test_it_lies_at_the_root_of_the_origin(url, where):
    assert robots_url(parse_url(url)) == where


@pytest.mark.parametrize(
    ("text", "path", "verdict"),
    [
        ("", "/", "allowed"),
        ("User-agent: *\nDisallow: /\n", "/", "disallowed"),
        ("User-agent: *\nDisallow: /\n", "/robots.txt", "allowed"),
        ("User-agent: *\nDisallow:\n", "/x", "allowed"),
        ("User-agent: *\nDisallow: /p\nAllow: /p/ublic\n", "/p/ublic/x", "allowed"),
        ("User-agent: *\nDisallow: /p\nAllow: /p/ublic\n", "/p/rivate", "disallowed"),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf", "disallowed"),
        ("User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf?y", "allowed"),
        ("User-agent: sourcebook\nDisallow: /a\n", "/a", "disallowed"),
        ("User-agent: Sourcebook\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b",
         "allowed"),
        ("User-agent: other\nDisallow: /\n", "/", "allowed"),
        ("User-agent: book\nDisallow: /\n", "/", "allowed"),
        ("User-agent: a\nUser-agent: sourcebook\nDisallow: /\n", "/", "disallowed"),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/", "disallowed"),
        ("<!doctype html><title>Home</title>", "/", "allowed"),
        (b"\xff\xfe\0\0User-agent: *\nDisallow: /\xe9\n", "/x", "allowed"),
    ],
)  # fmt: skip
def test_its_groups_are_read_for_our_product_token(text, path, verdict):
    robots = read(text)
    url = f"https://a.example{path}"
    assert robots.verdict(url) == verdict
    assert robots.facts(url) == {"url": URL, "verdict": verdict, "sha256": SNAPSHOT}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_where_there_is_none_everything_is_allowed_and_that_is_told(status):
    robots = read("User-agent: *\nDisallow: /", status)
    assert robots.verdict("https://a.example/x") == "absent"
    assert robots.why == f"its server answered {status}"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503, 599, 300, 304])
def test_a_server_in_trouble_has_said_nothing(status):
    assert read("", status).verdict("https://a.example/x") == "unreachable"


def test_one_that_never_came_names_no_snapshot():
    robots = unreachable(URL, "nobody answers")
    assert robots.facts("https://a.example/x") == {
        "url": URL,
        "verdict": "unreachable",
        "sha256": None,
    }
    assert robots.delay == 0


@pytest.mark.parametrize(
    ("asked", "delay"),
    [
        ("2", 2), ("0.5", 0.5), ("100000", MAX_DELAY), ("1e400", 0), ("nan", 0),
        ("-3", 0), ("soon", 0), ("", 0), ("9" * 5000, 0),
    ],
)  # fmt: skip
def test_its_delay_counts_within_our_bound(asked, delay):
    text = f"User-agent: *\nCrawl-delay: {asked}\nDisallow: /x\n"
    assert read(text).delay == delay


def test_of_a_long_one_the_beginning_counts():
    rule = b"User-agent: *\nDisallow: /x\n"
    padding = b"#" * MAX_ROBOTS
    assert read(rule + padding).verdict("https://a.example/x") == "disallowed"
    assert read(padding + b"\n" + rule).verdict("https://a.example/x") == "allowed"


def many(count, text):
    return "".join(text.format(n) for n in range(count))


@pytest.mark.parametrize(
    "text",
    [
        many(17_000, "user-agent:a{}\n") + "disallow:/x\n" * 20_000,
        many(40_000, "User-Agent: a{}\n"),
        many(13_000, "user agent a{}\nsitemap: x\n") + "allow:/x\n" * 1000,
        many(13_000, "useragent:a{}\nno directive\n") + "allow:/x\n" * 1000,
        many(13_000, "user-agent:a{}\n# x: y\n") + "allow:/x\n" * 1000,
    ],
)
def test_groups_that_would_fill_the_memory_are_not_read(text):
    begun = time.process_time()
    robots = read(text)
    assert time.process_time() - begun < 2
    assert robots.state == "unreachable"
    assert "more rules and agents than can be read" in robots.why


@pytest.mark.parametrize(
    "text",
    [
        "user-agent:*\ndisallow:/" + "*a" * 240_000,
        "user-agent:*\n" + "disallow:/*a*a*zz\n" * 25_000,
        "user-agent:*\n" + "disallow:/$$$$$$\n" * 25_000,
        "\n" * MAX_ROBOTS,
        "a:b\n" * 125_000,
    ],
)
def test_whatever_a_stranger_writes_is_answered_soon(text):
    begun = time.process_time()
    assert read(text).verdict("https://a.example/" + "a" * 500) == "allowed"
    assert time.process_time() - begun < 5


WORDS = st.sampled_from(
    ["User-agent", "useragent", "Disallow", "allow", "Crawl-delay", "request-rate",
     "visit-time", "host", "sitemap", ":", " ", "*", "Sourcebook", "/", "$", "%", "%zz",
     "%c3%28", "http://[", "1/0", "0-9999", "\n", "\r", "\u2028", "#", "\0", "\ud800x"]
)  # fmt: skip


@given(
    st.lists(WORDS | st.text(max_size=4), max_size=40).map("".join),
    st.sampled_from(["/", "/a%zz", "/%C3%28?x", "/[", "/a$", "//b", "/é"]),
)
def test_any_text_gets_a_verdict(text, path):
    robots = read(text.encode("utf-8", "surrogatepass"))
    assert robots.verdict(f"https://a.example{path}") in ("allowed", "disallowed")
    assert 0 <= robots.delay <= MAX_DELAY


@given(st.binary(max_size=300), st.integers(100, 999))
def test_any_answer_gets_a_verdict(data, status):
    assert read(data, status).verdict("https://a.example/x")


@pytest.mark.parametrize("path", ["/no", "/a/../no", "/./no", "/%6eo", "/a/b/../../no"])
def test_a_page_is_judged_by_the_path_that_is_asked_for_however_it_was_typed(path):
    rules = read("User-agent: *\nDisallow: /no\nDisallow: /b\n")
    asked = parse_url(f"https://a.example{path}")
    assert rules.verdict(asked.url) == "disallowed"
    assert rules.verdict("https://a.example/b/../yes") == "allowed"
