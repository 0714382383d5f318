"""No secret survives in what is written, and each leaves what proves it later."""

import base64
import hashlib
import itertools
import re
import string
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archiver.errors import VerificationError
from archiver.redacting.redaction import (
    MOST_SOUGHT,
    Secrets,
    check_value,
    credential_parts,
    is_redacted,
)
from archiver.redacting.urlsecrets import CREDENTIAL_FIELDS

MARKER = r"redacted-[0-9a-f]{16}"
TOKEN = "s3cret-T0ken/+=="  # noqa: S105 - it opens nothing


def secrets_of(url: str = "", **login: str) -> Secrets:
    turns = itertools.count(1)
    secrets = Secrets(lambda size: hashlib.shake_256(b"%d" % next(turns)).digest(size))
    secrets.learn_credentials(login.items())
    secrets.learn_url(url)
    return secrets


def pattern(template: str) -> str:
    """Turn a template with M for a marker into a pattern."""
    return re.escape(template).replace("M", MARKER)


def test_a_typed_token_leaves_the_url_as_it_is_but_for_a_marker():
    url = f"http://a/p?b=1&access_token={TOKEN}&c=2#sid={TOKEN}"
    secrets = secrets_of(url)
    shown = secrets.redact_url(url)
    assert re.fullmatch(pattern("http://a/p?b=1&access_token=M&c=2#sid=M"), shown)
    assert TOKEN not in shown
    assert is_redacted(shown)
    assert not is_redacted(url)
    assert secrets.redact_url(shown) == shown
    assert secrets.redact_url("http://a/p?b=1") == "http://a/p?b=1"


def test_one_value_has_one_marker_however_it_is_spelt_and_other_captures_another():
    secrets = secrets_of("http://a/?token=%41bcdef7")
    assert secrets.redact_url("?token=Abcdef7") == secrets.redact_url(
        "?token=%41%62cdef7"
    )
    other = secrets_of("http://b/?x=1", Cookie="b=1")
    other.learn_url("http://a/?token=Abcdef7")
    assert other.redact_url("?token=Abcdef7") != secrets.redact_url("?token=Abcdef7")


def test_a_known_secret_goes_from_any_key_and_stays_in_no_query():
    secrets = secrets_of(f"http://a/?token={TOKEN}")
    escaped = TOKEN.replace("/", "%2f").replace("+", "%2B")
    for url in (
        f"http://a/?other={TOKEN}",
        f"http://a/?{escaped}",
        f"http://a/?next=http%3A%2F%2Fb%2F%3Fq%3D{escaped}&c=2",
        f"http://a/#/{TOKEN}/",
    ):
        shown = secrets.redact_url(url)
        assert is_redacted(shown)
        assert "s3cret" not in shown


def test_host_and_path_stay_since_the_place_would_be_another_one():
    secrets = secrets_of("http://a/?token=example.org")
    url = "http://example.org/example.org/?q=1"
    assert secrets.redact_url(url) == url


def test_in_an_address_at_which_nothing_came_the_path_is_redacted_too():
    secrets = secrets_of(f"http://a/?token={TOKEN}&sid=example.org-1")
    url = f"http://example.org-1/in/{TOKEN}/?x={TOKEN}#y"
    shown = secrets.redact_address(url)
    assert re.fullmatch(pattern("http://example.org-1/in/M/?x=M#y"), shown)
    assert re.fullmatch(
        pattern("no URL: M"), secrets.redact_address(f"no URL: {TOKEN}")
    )


def test_a_value_that_is_an_escaped_url_with_a_secret_goes_as_a_whole():
    url = f"http://a/?next=%2Fb%3Ftoken%3D{TOKEN.replace('/', '%252F')}&c=2"
    secrets = secrets_of(url)
    assert re.fullmatch(pattern("http://a/?next=M&c=2"), secrets.redact_url(url))
    assert TOKEN.encode() in secrets.sought
    assert set(secrets.sought.values()) == {"query key next"}


def test_a_short_secret_goes_by_its_key_and_is_not_looked_for():
    secrets = secrets_of("http://a/?token=1&page=1")
    assert re.fullmatch(
        pattern("/?token=M&page=1"), secrets.redact_url("/?token=1&page=1")
    )
    assert secrets.sought == {}
    assert secrets.redact_bytes(b"1") == b"1"


def test_what_a_site_gives_to_everybody_is_no_secret():
    hop = f"http://cdn.example/a.pdf?X-Amz-Signature={TOKEN}"
    anonymous = secrets_of("http://a/document?id=5")
    anonymous.learn_hop(hop)
    assert anonymous.redact_url(hop) == hop
    assert anonymous.sought == {}
    for brought in (secrets_of("http://a/?token=x"), secrets_of(Cookie="id=5")):
        brought.learn_hop(hop)
        assert is_redacted(brought.redact_url(hop))
        assert TOKEN.encode() in brought.sought


def test_a_request_is_what_was_sent_but_for_its_secrets():
    secrets = secrets_of(f"http://a/?token={TOKEN}")
    sent = (
        f"GET /p?token={TOKEN} HTTP/1.1\r\n"
        "Host: a\r\n"
        "COOKIE:  id=5; b=6 \r\n"
        "x-api-key:key-1\r\n"
        "Authorization: Bearer abc\r\n\tdef\r\n"
        f"Referer: http://a/?token={TOKEN}\r\n"
        f"X-Echo: before {TOKEN} after\r\n"
        "Accept: */*\r\n"
        "no colon\r\n"
        "Cookie: \r\n"
        "\r\n"
    ).encode()
    shown = secrets.redact_request(sent).decode()
    expected = (
        "GET /p?token=M HTTP/1.1\r\nHost: a\r\nCOOKIE:  M \r\nx-api-key:M\r\n"
        "Authorization: M\r\nReferer: http://a/?token=M\r\nX-Echo: before M after\r\n"
        "Accept: */*\r\nno colon\r\nCookie: \r\n\r\n"
    )
    assert re.fullmatch(pattern(expected), shown)
    assert [each.what for each in secrets.note(shown)] == [
        "query key token",
        "request header Cookie",
        "request header X-Api-Key",
        "request header Authorization",
    ]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nX: caf\xe9\r\n\r\n",
        b"GET",
        b"GET /caf\xe9",
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"no request\r\nat all",
    ],
)
def test_a_request_without_secrets_stays_to_the_byte(sent):
    assert secrets_of("http://a/?token=another-one").redact_request(sent) == sent


def test_the_host_stays_even_where_it_is_in_a_secret():
    secrets = secrets_of("http://a/?token=example.org")
    sent = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
    assert secrets.redact_request(sent) == sent


NAMES = st.sampled_from(sorted(CREDENTIAL_FIELDS)).flatmap(
    lambda name: st.tuples(*(st.sampled_from((c, c.upper())) for c in name)).map(
        "".join
    )
)
VALUES = st.text(string.ascii_letters + string.digits + "/+=_.~;, -", min_size=12).map(
    str.strip
)
SPACES = st.text(" \t", max_size=3)


@given(
    st.lists(
        st.tuples(NAMES, SPACES, SPACES, VALUES.filter(lambda v: len(v) >= 12), SPACES),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["\r\n", "\n"]),
    st.booleans(),
)
def test_no_credential_survives_in_a_request_whatever_its_spelling(fields, end, folded):
    lines = ["GET / HTTP/1.1", "Host: a"]
    for name, before, after, value, behind in fields:
        half = len(value) // 2
        shown = f"{value[:half]}{end}\t{value[half:]}" if folded else value
        lines.append(f"{name}{before}:{after}{shown}{behind}")
    sent = end.join([*lines, "X-Last: 1", "", ""]).encode()
    secrets = secrets_of()
    written = secrets.redact_request(sent)
    for name, *_, value, _ in fields:
        assert value.encode() not in written
        assert value[len(value) // 2 :].encode() not in written
        assert name.encode() in written
    assert written.count(b"redacted-") == len(fields)
    assert written.startswith(f"GET / HTTP/1.1{end}Host: a{end}".encode())
    assert written.endswith(f"X-Last: 1{end}{end}".encode())
    assert secrets.redact_request(b"") == b""


@given(
    st.text(string.ascii_letters + string.digits + "-._~/+%?=;:@!$'()*,", min_size=8),
    st.sampled_from(
        ["token", "access_token", "API_KEY", "user[pwd]", "X-Amz-Signature"]
    ),
    st.sampled_from(["http://a/p?{}", "http://a/p?b=1&{}&c=2", "http://a/#{}"]),
)
def test_no_typed_secret_survives_in_a_url_a_field_or_a_message(value, key, template):
    assume(value not in "redacted-")  # the word that stands in its place
    url = template.format(f"{key}={value}")
    secrets = secrets_of(url)
    fields = [("typed-url", url), ("fragment", url.partition("#")[2]), ("via", url)]
    written = [
        secrets.redact_url(url),
        secrets.redact_request(f"GET {url} HTTP/1.1\r\n\r\n".encode()).decode(),
        secrets.conceal(f"{url}: no connection; redirected to {url!r}"),
        *(value for _, value in secrets.redact_fields(fields)),
    ]
    assert all(value not in text for text in written)


def test_fields_of_metadata_are_redacted_by_what_they_hold():
    secrets = secrets_of(f"http://a/?token={TOKEN}#access_token=x")
    fields = [
        ("typed-url", f"http://a/?token={TOKEN}#access_token=x"),
        ("fragment", "access_token=x"),
        ("reason", f"it says {TOKEN[:-2]}… and ?pwd=1 again"),
        ("oddity", f"odd {TOKEN}"),
        ("outcome", "complete"),
    ]
    expected = [
        "http://a/?token=M#access_token=M",
        "access_token=M",
        "it says M… and ?pwd=redacted again",
        "odd M",
        "complete",
    ]
    for (_, shown), template in zip(
        secrets.redact_fields(fields), expected, strict=True
    ):
        assert re.fullmatch(pattern(template), shown)


def test_a_message_loses_secrets_that_are_whole_cut_short_or_known_by_key_alone():
    secrets = secrets_of(f"http://a/?token={TOKEN}")
    shown = secrets.conceal(f"{TOKEN} {TOKEN[:9]}… http://b/?sid=abc123&c s3cre")
    assert re.fullmatch(pattern("M M… http://b/?sid=redacted&c s3cre"), shown)
    assert secrets.conceal("nothing here") == "nothing here"


def test_an_account_is_concealed_through_and_through():
    secrets = secrets_of(f"http://a/?token={TOKEN}")
    account = {
        "requests": 5,
        "blocked": [{"url": f"http://a/?q={TOKEN}"}, None],
        "errors": (f"at {TOKEN}", True),
    }
    shown = secrets.conceal_all(account)
    assert TOKEN not in str(shown)
    assert (shown["requests"], shown["errors"][1]) == (5, True)
    assert shown["blocked"][1] is None


def test_text_of_any_script_goes_through_unharmed():
    url = "http://a/ж?token=ключик&б=ң#ж"
    secrets = secrets_of(url)
    shown = secrets.redact_url(url)
    assert re.fullmatch(pattern("http://a/ж?token=M&б=ң#ж"), shown)
    assert "ключик" not in secrets.conceal("сказано: ключик")
    assert is_redacted(secrets.redact_url("?q=%D0%BA%D0%BB%D1%8E%D1%87%D0%B8%D0%BA"))
    half = secrets_of("http://a/?token=%BAabcdefg")
    assert half.conceal("кabcdefg ң").endswith(" ң")
    assert secrets.conceal("half \ud800 of a pair") == "half \ud800 of a pair"


def test_a_value_with_percent_signs_of_its_own_is_known_in_any_spelling():
    secrets = secrets_of(Cookie="id=a%2Fb%2Fc%2Fd")
    for spelt in (b"a%2Fb%2Fc%2Fd", b"%61%2Fb%2Fc%2Fd", b"a%252Fb%252Fc%252Fd"):
        shown = secrets.redact_bytes(b"<" + spelt + b">")
        assert re.fullmatch(pattern("<M>").encode(), shown)


def test_a_login_is_sought_as_a_whole_and_in_its_parts():
    basic = base64.b64encode(b"user:pass:word").decode()
    secrets = secrets_of(
        Cookie='id=five-six; theme="dark-blue"',
        Authorization=f"Basic {basic}",
        **{"X-Api-Key": "key-12345"},
    )
    assert secrets.sought == {
        b'id=five-six; theme="dark-blue"': "request header Cookie",
        b"five-six": "request header Cookie",
        b"dark-blue": "request header Cookie",
        f"Basic {basic}".encode(): "request header Authorization",
        basic.encode(): "request header Authorization",
        b"pass:word": "request header Authorization",
        b"key-12345": "request header X-Api-Key",
    }
    assert list(credential_parts("authorization", b"Bearer a.b")) == [
        b"Bearer a.b",
        b"a.b",
        b"",
    ]


def test_a_field_that_a_site_filled_is_redacted_and_not_sought():
    secrets = secrets_of()
    shown = secrets.redact_request(
        b"GET / HTTP/1.1\r\nCookie: given=by-the-site\r\n\r\n"
    )
    assert b"by-the-site" not in shown
    assert secrets.sought == {}


def test_what_is_noted_is_what_was_written_and_each_once():
    secrets = secrets_of("http://a/?token=secret-1&sid=secret-22")
    assert secrets.used == ()
    shown = secrets.redact_url("?token=secret-1")
    first = secrets.note(shown, shown, "redacted-0123456789abcdef")
    assert [each.what for each in first] == ["query key token"]
    assert secrets.used == first
    both = secrets.note(shown, secrets.redact_url("?sid=secret-22"))
    assert secrets.used == both
    assert [each.what for each in both] == ["query key token", "query key sid"]


def test_the_operator_can_prove_what_was_sent_and_nobody_can_say_otherwise():
    secrets = secrets_of("http://a/?token=se%63ret-1")
    (redaction,) = secrets.note(secrets.redact_url("?token=secret-1"))
    inner = hashlib.sha256(b"secret-1").digest()
    assert len(redaction.salt) == 16
    commitment = hashlib.sha256(redaction.salt + inner).hexdigest()
    assert redaction.commitment == commitment
    assert redaction.marker == f"redacted-{commitment[:16]}"
    assert redaction.line == f"query key token sha256:{commitment}"
    check_value(b"secret-1", redaction.salt, commitment)
    with pytest.raises(VerificationError, match=f"expected {commitment}"):
        check_value(b"secret-2", redaction.salt, commitment)


def test_of_thousands_of_secrets_the_first_are_sought_and_all_go_from_urls():
    secrets = secrets_of(f"http://a/?token={TOKEN}")
    many = "&".join(f"token=thousands{place:05}" for place in range(3000))
    before = time.process_time()
    secrets.learn_hop(f"http://a/?{many}")
    shown = secrets.redact_url(f"http://a/?{many}")
    assert time.process_time() - before < 10
    assert "thousands" not in shown
    assert len(secrets.sought) == MOST_SOUGHT
    assert TOKEN.encode() in secrets.sought
    assert secrets.overflowed
    assert not secrets_of(f"http://a/?token={TOKEN}").overflowed


def test_a_secret_in_another_spelling_is_known_and_half_a_pair_is_no_secret():
    secrets = secrets_of(f"http://a/?token={TOKEN}")
    coded = base64.b64encode(f"next={TOKEN}".encode()).decode()
    assert secrets.conceal(f"it led to /{coded}") == f"it led to /{coded}"
    assert secrets.stand_in(f"it led to /{coded}")
    assert not secrets.stand_in("it led to /\ud800")
