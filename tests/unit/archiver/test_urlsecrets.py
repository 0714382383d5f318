"""Which parts of a URL are secrets, and which are a public address."""

import time

import pytest

from archiver.redacting.urlsecrets import (
    CREDENTIAL_FIELDS,
    SECRET_KEYS,
    find_secrets,
    hide_secrets,
    holds_secret,
    inner_secrets,
)

HEX = "9f86d081884c7d65"


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("http://a/?token=x", "http://a/?token=redacted"),
        (
            "http://a/p?b=1&access_token=x&c=2",
            "http://a/p?b=1&access_token=redacted&c=2",
        ),
        ("http://a/?Access-Token=x", "http://a/?Access-Token=redacted"),
        ("http://a/?%74oken=x", "http://a/?%74oken=redacted"),
        ("http://a/?user[password]=x", "http://a/?user[password]=redacted"),
        ("http://a/?X-Amz-Signature=x#t", "http://a/?X-Amz-Signature=redacted#t"),
        ("http://a/#access_token=x&b=1", "http://a/#access_token=redacted&b=1"),
        ("http://a/#/in?id_token=x", "http://a/#/in?id_token=redacted"),
        ("http://a/p;jsessionid=x/q?b=1", "http://a/p;jsessionid=redacted/q?b=1"),
        ("http://a/?b=1;token=x;y&c=2", "http://a/?b=1;token=redacted&c=2"),
        ("http://a/?token=x?y;z=/w&c=2", "http://a/?token=redacted&c=2"),
        ("http://a/?token=x&token=y", "http://a/?token=redacted&token=redacted"),
        (f"http://a/?sid={HEX}", "http://a/?sid=redacted"),
        ("http://a/?session=abc123", "http://a/?session=redacted"),
        ("http://a/?session=correct-horse-battery", "http://a/?session=redacted"),
        ("http://a/?key=AIzaSyD4n0tARealKey1", "http://a/?key=redacted"),
        ("http://a/?code=4/0AY0e-g7abcdefgh1", "http://a/?code=redacted"),
        ("http://a/?next=%2Fb%3Ftoken%3Dx&c=2", "http://a/?next=redacted&c=2"),
        ("http://a/?next=%252Fb%253Ftoken%253Dx", "http://a/?next=redacted"),
        ("?token=x", "?token=redacted"),
    ],
)
def test_a_secret_is_hidden_and_nothing_beside_it(url, hidden):
    assert hide_secrets(url) == hidden


@pytest.mark.parametrize(
    "url",
    [
        "http://a/",
        "http://a/token=x",
        "http://a/?token=",
        "http://a/?token",
        "http://a/?tokens=5&my.token.count=3",
        "http://a/?session=45&sid=4711",
        "http://a/?sid=24/11/25/0012",
        "http://a/?session=plenary&pass=no",
        "http://a/?session=1234567890",
        "http://a/?key=semyon-bazhukov-in-astana",
        "http://a/?key=article7&code=kz",
        "http://a/?resourcekey=0-abcdefghijklmnop1&authkey=abc123",
        "http://a/?next=%2Fb%3Fpage%3D2%25",
        "http://a/?token=redacted-0123456789abcdef",
        "no URL at all",
    ],
)
def test_a_public_address_stays_as_it_is(url):
    assert hide_secrets(url) == url
    assert list(find_secrets(url)) == []


def test_what_is_found_says_its_key_in_plain_characters_and_its_place():
    url = "http://a/?x=1&user%5Bpass%0Aword%5D=s%20t"
    (found,) = find_secrets("http://a/?x=1&user%5Bpassword%5D=s%20t")
    assert (found.key, found.value) == ("user[password]", "s%20t")
    assert list(find_secrets(url)) == []
    text = f"http://a/?{'a' * 100}[token]=s"
    (found,) = find_secrets(text)
    assert found.key == "a" * 64
    assert text[found.start : found.end] == "s"
    (found,) = find_secrets("http://a/?ключ[token]=s")
    assert found.key == "????[token]"


def test_the_secrets_inside_of_an_escaped_url_are_found_as_well():
    value = "http%3A%2F%2Fb%2F%3Ftoken%3Dx%26next%3D%252F%253Fpwd%253Dy"
    assert set(inner_secrets(value)) == {"x", "%2F%3Fpwd%3Dy", "y"}
    assert list(inner_secrets("plain?token=x")) == []
    five_times = "%3Ftoken%3Dx".replace("%", "%25252525")
    assert list(inner_secrets(five_times)) == []


def test_in_prose_a_value_ends_where_a_message_goes_on():
    prose = "'http://a/?token=x': more; \"?pwd=y\" (see http://a/?sid=abc123…)"
    assert hide_secrets("http://a/?token=x;y: it (?pwd=x).", prose=True) == (
        "http://a/?token=redacted: it (?pwd=redacted)."
    )
    assert hide_secrets(prose, prose=True) == (
        "'http://a/?token=redacted': more; \"?pwd=redacted\""
        " (see http://a/?sid=redacted…)"
    )


def test_an_empty_value_is_no_secret_and_the_lists_are_in_one_spelling():
    assert not holds_secret("token", "")
    assert all(name == name.lower() for name in CREDENTIAL_FIELDS)
    assert all(key.isalnum() and key == key.lower() for key in SECRET_KEYS)


@pytest.mark.parametrize(
    "url",
    [
        "?" + "&" * 65_000,
        "?" + ";a=1%25" * 9_000,
        "?a=" + "%25" * 20_000,
        "?key=" * 13_000,
        "?a=%3Fa%3D%253Fa%253D" * 3_000,
        "?next=%3Ftoken%3D" * 4_000,
    ],
)
def test_a_url_made_to_take_long_does_not(url):
    before = time.process_time()
    hide_secrets(url)
    assert time.process_time() - before < 2
