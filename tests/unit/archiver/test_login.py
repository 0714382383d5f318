"""A login: which files are one, and that no error repeats what stands in it."""

import pytest

from archiver.errors import ArchiveError, MalformedError
from archiver.wire.guard import parse_url
from archiver.wire.login import MAX_LOGIN, origin_of, parse_login, read_login

GOOD = b"# the desk's own\r\nCookie: id=five six; b=\r\n\nauthorization:  Bearer abc \n"


def test_a_login_is_header_fields_for_credentials():
    login = parse_login(GOOD)
    assert login.fields == (
        ("Cookie", "id=five six; b="),
        ("Authorization", "Bearer abc"),
    )
    assert login.headers() == dict(login.fields)
    assert "five" not in repr(login)
    assert "abc" not in f"{login}"


def test_a_browser_is_given_the_cookies_for_one_place():
    login = parse_login(b"Cookie: id=five six; b=; c=a=b\n")
    assert login.cookies("https://a.example/") == [
        {"name": "id", "value": "five six", "url": "https://a.example/"},
        {"name": "b", "value": "", "url": "https://a.example/"},
        {"name": "c", "value": "a=b", "url": "https://a.example/"},
    ]


def test_a_browser_takes_nothing_but_cookies():
    with pytest.raises(MalformedError, match="the login has Authorization, expected"):
        parse_login(GOOD).cookies("https://a.example/")
    with pytest.raises(MalformedError, match="is no list of name=value"):
        parse_login(b"Cookie: hush\n").cookies("https://a.example/")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the login has no lines, expected such as"),
        (b"# nothing\n", "the login has no lines"),
        (b"Cookie: a=b\n\nhush", "line 3 of the login is no header field"),
        (b"Bearer hush: hush\n", "line 1 of the login is no header field"),
        (b"Host: hush.example\n", "line 1 of the login is no header field"),
        (b"Cookie:\n", "line 1 of the login has a value for Cookie"),
        (b"Cookie: hush\x00\n", "line 1 of the login has a value for Cookie"),
        (b"Cookie: hush\xe9\n", "line 1 of the login has a value for Cookie"),
        (b"Cookie: hush\rHost: b\n", "line 1 of the login has a value for Cookie"),
        (b"Cookie: a=hush\ncookie: b=hush\n", "line 2 of the login gives Cookie again"),
        (b"Cookie: " + b"hush" * (MAX_LOGIN // 4), "the login has more than 65536"),
    ],
)
def test_what_is_no_login_is_refused_and_never_repeated(data, message):
    with pytest.raises(MalformedError) as caught:
        parse_login(data)
    assert message in str(caught.value)
    assert "hush" not in str(caught.value) + caught.value.hint


def test_a_file_is_read_only_where_nobody_else_can(tmp_path):
    file = tmp_path / "login"
    file.write_bytes(GOOD)
    for mode in (0o640, 0o604, 0o660):
        file.chmod(mode)
        with pytest.raises(ArchiveError, match=f"mode {mode:04o}, expected 0600"):
            read_login(file)
    file.chmod(0o600)
    assert read_login(file) == parse_login(GOOD)


def test_a_file_that_is_no_login_is_named(tmp_path):
    file = tmp_path / "login"
    with pytest.raises(ArchiveError, match="login cannot be read: No such file"):
        read_login(file)
    file.write_bytes(b"hush")
    file.chmod(0o600)
    with pytest.raises(MalformedError, match=f"^{file}: line 1 of the login"):
        read_login(file)


def test_an_origin_is_scheme_host_and_port():
    assert origin_of(parse_url("https://A.example/b")) == ("https", "a.example", 443)
    assert origin_of(parse_url("http://a.example:81/")) == ("http", "a.example", 81)
