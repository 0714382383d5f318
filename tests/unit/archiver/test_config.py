"""An archive's configuration: what is written is read, and no key is misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.config import (
    Access,
    Config,
    Limits,
    Wayback,
    check_id,
    default_origin,
    format_config,
    parse_config,
)
from archiver.errors import MalformedError

CONFIG = Config(
    id="desk", title="A desk", operator="The Desk", origin="desk.example/log"
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
LEVEL = st.sampled_from(["public", "quotes", "sealed"])
SHORT = 'id = "a"\ntitle = "A"\noperator = "A"\norigin = "a"'


@given(
    st.builds(
        Config,
        id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
        title=TEXT,
        operator=TEXT,
        origin=TEXT,
        contact=st.text(st.characters(exclude_categories=["Cs"])),
        access=st.builds(Access, captures=LEVEL, deposits=LEVEL, logged_in=LEVEL),
        limits=st.builds(
            Limits,
            max_bytes=st.integers(1, 2**53),
            timeout=st.integers(1, 10**6),
        ),
        wayback=st.builds(
            Wayback,
            url=st.sampled_from(
                ["https://web.archive.org", "http://127.0.0.1:8000/spn"]
            ),
        ),
    )
)
def test_whatever_is_written_is_read_back_the_same(config):
    assert parse_config(format_config(config)) == config


def test_what_is_not_said_has_the_careful_defaults():
    keys = {"schema": "sourcebook/archive@1", "id": "a", "title": "t"}
    keys |= {"operator": "o", "origin": "x"}
    text = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    config = parse_config(text.encode())
    assert (config.access.captures, config.access.deposits) == ("public", "quotes")
    assert config.access.logged_in == "sealed"
    assert config.contact == ""
    assert config.wayback.url == "https://web.archive.org"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[access]", "[acces]", "acces"),
        ('deposits  = "quotes"', 'deposit = "sealed"', "deposit"),
        ('deposits  = "quotes"', 'deposits = "secret"', "secret"),
        ('id       = "desk"', "", "id"),
        ('id       = "desk"', "id = 7", "int"),
        ('id       = "desk"', 'id = "Desk"', "'Desk'"),
        ('id       = "desk"', 'id = "desk"\nid = "d"', "archive.toml: "),
        ("archive@1", "archive@2", "sourcebook/archive@1"),
        ("timeout   = 60", 'timeout = "60"', "timeout"),
    ],
)
def test_a_key_that_is_wrong_is_refused_by_name(old, new, message):
    text = format_config(CONFIG).decode()
    assert old in text
    with pytest.raises(MalformedError, match=message):
        parse_config(text.replace(old, new).encode())


@pytest.mark.parametrize("data", [b"\xff", b"x" * 3, b"a = " + b"[" * 5000, b"\0"])
def test_bytes_that_are_no_toml_are_refused(data):
    with pytest.raises(MalformedError, match=r"^archive\.toml: "):
        parse_config(data)


@pytest.mark.parametrize("name", ["", "-a", "a" * 64, "a/b", "..", "A", "a\n", "é"])
def test_an_id_that_cannot_stand_in_an_address_is_refused(name):
    with pytest.raises(MalformedError, match="expected 1 to 63"):
        check_id(name)


def test_a_log_without_a_domain_is_named_by_its_key():
    origin = default_origin("desk", "0123456789ab" + "0" * 52)
    assert origin == "sourcebook.internal/desk/01234567"


@pytest.mark.parametrize("name", ["max-bytes", "timeout"])
@pytest.mark.parametrize("limit", [0, -1, 10**17])
def test_a_limit_under_which_nothing_can_be_had_is_refused(name, limit):
    text = f"{SHORT}\n[limits]\n{name} = {limit}\n"
    with pytest.raises(
        MalformedError, match=rf"limits\.{name} is {limit}, expected 1 to"
    ):
        parse_config(text.encode())


@pytest.mark.parametrize("name", ["max-bytes", "timeout"])
def test_the_smallest_limit_is_one(name):
    assert parse_config(f"{SHORT}\n[limits]\n{name} = 1\n".encode())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "web.archive.org",
        "ftp://web.archive.org",
        "https://web.archive.org/",
        "https://web.archive.org/?a",
        "https://web.archive.org#a",
        "https://user:word@web.archive.org",
        "https://web.archive.org:6000",
    ],
)
def test_a_web_archive_is_named_by_a_url_that_a_path_can_be_added_to(url):
    text = f'{SHORT}\n[wayback]\nurl = "{url}"\n'
    with pytest.raises(MalformedError, match=r"^archive\.toml: wayback\.url"):
        parse_config(text.encode())
