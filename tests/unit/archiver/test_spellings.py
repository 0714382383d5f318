"""A secret is found in whatever escape, and however the bytes come in pieces."""

import base64
import html
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.redacting.spellings import Search, either_spelling, needles

SECRET = b'pa"ss/w&rd+=1\xd2\xa3'
VALUES = st.binary(min_size=6, max_size=40)


def found(text: bytes, *secrets: bytes, size: int = 1 << 16) -> set[str]:
    search = Search({secret: f"number {i}" for i, secret in enumerate(secrets)})
    for start in range(0, len(text), size):
        search.feed(text[start : start + size])
    return search.found


@pytest.mark.parametrize(
    "spelt",
    [
        SECRET,
        quote(SECRET).encode(),
        quote(SECRET, safe="").lower().encode(),
        "".join(f"%{byte:02X}" for byte in SECRET).encode(),
        html.escape(SECRET.decode()).encode(),
        SECRET.replace(b"/", b"&#x2F;").replace(b"=", b"&#61;"),
        json.dumps(SECRET.decode(), ensure_ascii=False).encode(),
        json.dumps(SECRET.decode(), ensure_ascii=False).replace("/", "\\/").encode(),
        SECRET.replace(b"&", b"\\u0026").replace(b"=", b"\\x3d"),
        "".join(f"\\u{{{byte:x}}}" for byte in SECRET).encode(),
        quote(quote(SECRET, safe=""), safe="").encode(),
        quote(quote(quote(SECRET, safe=""), safe=""), safe="").encode(),
        json.dumps(json.dumps(SECRET.decode("latin-1"))).encode(),
        html.escape(quote(SECRET)).replace("%", "&#37;").encode(),
        SECRET.hex().encode(),
        SECRET.hex().upper().encode(),
        b"\0".join(bytes([byte]) for byte in SECRET),
        SECRET.decode("latin-1").encode("utf-16"),
        quote(SECRET).encode("utf-16-be"),
        base64.b64encode(SECRET).decode().encode("utf-16-le"),
        b"\r\n".join(base64.b64encode(SECRET)[at : at + 7] for at in range(0, 40, 7)),
        SECRET[:8] + b"\n" + SECRET[8:],
        base64.b64encode(SECRET),
        base64.urlsafe_b64encode(b"a:" + SECRET),
        base64.b64encode(b"user name:" + SECRET + b"!"),
    ],
)
def test_an_escape_hides_nothing(spelt):
    text = b"before " + spelt + b" after"
    assert found(text, SECRET) == {"number 0"}
    assert found(text, SECRET, size=1) == {"number 0"}
    assert found(text.replace(spelt, b""), SECRET) == set()


def test_a_value_that_is_percent_encoded_is_found_without_that():
    assert found(b"token: aB+cd/ef==", b"aB%2Bcd%2Fef%3D%3D") == {"number 0"}
    assert found(b"abc", b"%61%62%63") == set()  # three characters stand anywhere


@given(st.binary(max_size=30), VALUES, st.binary(max_size=30), st.integers(1, 20))
def test_a_secret_is_found_wherever_the_bytes_are_cut(before, secret, after, size):
    assert found(before + secret + after, secret, size=size) == {"number 0"}
    coded = base64.b64encode(before + secret + after)
    assert found(coded, secret, size=size) == {"number 0"}
    spelt = "".join(f"%{byte:02x}" for byte in secret).encode()
    assert found(b"?a=" + spelt, secret, size=size) == {"number 0"}


def test_each_secret_is_named_and_only_those_that_are_there():
    text = b"<p>first-secret and third-secret</p>"
    secrets = b"first-secret", b"second-secret", b"third-secret"
    assert found(text, *secrets) == {"number 0", "number 2"}


def test_what_is_short_is_not_looked_for():
    assert list(needles(b"12345")) == []
    assert found(b"12345", b"12345") == set()
    assert either_spelling([b"12345"]) is None


@given(VALUES, st.data())
def test_either_spelling_is_matched_byte_by_byte(value, data):
    spelt = b"".join(
        data.draw(st.sampled_from([bytes([b]), b"%%%02x" % b, b"%%%02X" % b]))
        for b in value
    )
    pattern = either_spelling([b"another", value])
    assert pattern.fullmatch(spelt)
    assert pattern.sub(b"", b"<" + spelt + b">") == b"<>"
