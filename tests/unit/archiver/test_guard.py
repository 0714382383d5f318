"""Which URLs and addresses a capture may go to."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError, NetworkError
from archiver.wire.guard import (
    Address,
    check_address,
    format_address,
    join_url,
    parse_address,
    parse_url,
    plain_spelling,
    redirect_url,
)

INNER = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.255
    169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.170 192.0.2.1
    192.88.99.1
    192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.250 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 ff0e::1
    2001:db8::1 2001:2::1 2001:10::1 2001:20::1 3fff::1 5f00::1 100::1 64:ff9b:1::1
    4000::1 8000::1
"""
OUTER = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.1.1.1
    172.15.255.255 172.32.0.1 192.0.1.1 223.255.255.255
    2606:4700:4700::1111 2a00:1450:4001:82a::200e 2001:4860:4860::8888
"""
HIDDEN = """
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:100.64.0.1 ::ffff:169.254.169.254
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::6440:1
    2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101::1 2002:e000:1::
    2001:0:7f00:1:0:0:f7f7:f7f7 2001:0:808:808:0:0:80ff:fffe
    2606:4700::5efe:7f00:1 2606:4700::200:5efe:a00:1
"""


def place(ip: str, port: int = 80) -> Address:
    return Address(ip, port)


@pytest.mark.parametrize("ip", INNER.split() + HIDDEN.split())
def test_an_address_that_is_inner_or_special_is_refused(ip):
    with pytest.raises(NetworkError, match="is an inner or special address") as caught:
        check_address(place(ip), ())
    spelled = format_address(place(ip))
    assert str(caught.value).startswith(spelled)
    assert f"--allow-address {spelled}" in caught.value.hint
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("ip", OUTER.split())
def test_a_public_address_is_allowed(ip):
    check_address(place(ip), ())


@pytest.mark.parametrize(
    "ip",
    [
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001:0:808:808:0:0:f7f7:f7f7",
        "2606:4700::5efe:808:808",
    ],
)
def test_a_public_address_inside_another_is_allowed(ip):
    check_address(place(ip), ())


def test_a_scoped_address_is_refused():
    for ip in ("fe80::1%eth0", "2606:4700::1%lo", "64:ff9b::808:808%2"):
        with pytest.raises(NetworkError, match="inner or special"):
            check_address(place(ip), ())


def test_what_is_no_address_is_refused():
    with pytest.raises(NetworkError, match="'localhost' is no IP address"):
        check_address(place("localhost"), ())


def test_the_flag_lets_exactly_one_address_and_port_through():
    allowed = (parse_address("127.0.0.1:8000"),)
    check_address(place("127.0.0.1", 8000), allowed)
    for ip, port in [
        ("127.0.0.1", 8001),
        ("127.0.0.1", 80),
        ("127.0.0.2", 8000),
        ("::1", 8000),
        ("::ffff:127.0.0.1", 8000),
        ("10.0.0.1", 8000),
    ]:
        with pytest.raises(NetworkError, match="inner or special"):
            check_address(place(ip, port), allowed)


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_an_ipv4_address_counts_alike_in_every_ipv6_dress(number):
    plain = IPv4Address(number)
    dresses = [
        IPv6Address((0xFFFF << 32) + number),
        IPv6Address((0x64FF9B << 96) + number),
        IPv6Address((0x2002 << 112) + (number << 80)),
        IPv6Address((0x20010000 << 96) + (number << 64) + 0xF7F7F7F7),
    ]
    verdicts = {allowed(str(ip)) for ip in (plain, *dresses)}
    assert len(verdicts) == 1


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_or_multicast_is_ever_allowed(ip):
    if ip.is_private or ip.is_multicast or ip.is_loopback or ip.is_link_local:
        assert not allowed(str(ip)) or (ip.version == 6 and hides_public(ip))


def hides_public(ip: IPv6Address) -> bool:
    """Tell whether Python calls an address private for the dress alone."""
    inner = ip.ipv4_mapped or ip.sixtofour
    return bool(ip.teredo) or bool(inner and inner.is_global)


def allowed(ip: str) -> bool:
    try:
        check_address(place(ip), ())
    except NetworkError:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8000", Address("127.0.0.1", 8000)),
        ("[::1]:65535", Address("::1", 65535)),
        ("[0:0:0:0:0:0:0:1]:1", Address("::1", 1)),
    ],
)
def test_an_address_and_port_are_parsed(text, address):
    assert parse_address(text) == address
    assert parse_address(format_address(address)) == address


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("localhost:80", "is no address and port"),
        ("127.0.0.1", "is no address and port"),
        ("127.1:80", "is no address and port"),
        ("[::1]", "is no address and port"),
        ("", "is no address and port"),
        (":80", "is no address and port"),
        ("127.0.0.1:", "has the port ''"),
        ("127.0.0.1:0", "has the port '0'"),
        ("127.0.0.1:080", "has the port '080'"),
        ("127.0.0.1:65536", "has the port '65536'"),
        ("127.0.0.1:٨٠", "has the port"),
        ("::1:80", "brackets"),
        ("[127.0.0.1]:80", "brackets"),
    ],
)
def test_what_is_no_address_and_port_is_refused(text, message):
    with pytest.raises(MalformedError, match=message):
        parse_address(text)


@pytest.mark.parametrize(
    ("typed", "host", "port", "url"),
    [
        ("http://example.org", "example.org", 80, "http://example.org/"),
        (
            "HTTPS://Example.ORG/A?b=%2f",
            "example.org",
            443,
            "https://example.org/A?b=%2f",
        ),
        ("https://example.org:443/", "example.org", 443, "https://example.org/"),
        ("http://example.org:/x", "example.org", 80, "http://example.org/x"),
        (
            "http://example.org:8080/x#y",
            "example.org",
            8080,
            "http://example.org:8080/x",
        ),
        ("http://[::1]:8080/", "::1", 8080, "http://[::1]:8080/"),
        ("http://[0:0::1]/", "::1", 80, "http://[::1]/"),
        ("http://127.0.0.1/", "127.0.0.1", 80, "http://127.0.0.1/"),
        ("http://my_host.example.org./", "my_host.example.org.", 80, None),
        ("https://қазақстан.қаз/жаңа", "xn--80aaa0a6awh12ed.xn--80ao21a", 443, None),
        ("http://straße.de/", "xn--strae-oqa.de", 80, "http://xn--strae-oqa.de/"),
        ("http://example。org/", "example.org", 80, "http://example.org/"),
    ],
)
def test_a_url_is_read_in_the_spelling_that_is_connected_to(typed, host, port, url):
    parsed = parse_url(typed)
    assert (parsed.host, parsed.port) == (host, port)
    assert url in (None, parsed.url)
    assert parse_url(parsed.url).url == parsed.url


def test_the_fragment_is_kept_apart():
    parsed = parse_url("http://example.org/a?b#c#d")
    assert (parsed.url, parsed.fragment) == ("http://example.org/a?b", "c#d")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "has the scheme ''"),
        ("example.org/page", "has the scheme ''"),
        ("/etc/passwd", "has the scheme ''"),
        ("ftp://example.org/", "has the scheme 'ftp'"),
        ("file:///etc/passwd", "has the scheme 'file'"),
        ("javascript:alert(1)", "has the scheme 'javascript'"),
        ("gopher://127.0.0.1:6379/x", "has the scheme 'gopher'"),
        ("http://user:secret@example.org/", "names a user"),
        ("http://example.org@127.0.0.1/", "names a user"),
        ("http:///page", "is no host name"),
        ("http:example.org", "is no host name"),
        ("http://", "is no host name"),
        ("http://a..b/", "is no host name"),
        ("http://" + "a" * 64 + ".org/", "is no host name"),
        ("http://" + "a." * 127 + "org/", "is no host name"),
        ("http://%65xample.org/", "is no host name"),
        ("http://exa$mple.org/", "is no host name"),
        ("http://\u2488example.org/", "is no host name"),
        ("http://exa\u200dmple.org/", "is no host name"),
        ("http://ex\ud800ample.org/", "is no (URL|host name)"),
        ("http://example.org/\udfff", "is no URL"),
        ("http://\uff0f\uff0f.example.org/", "is no URL"),
        ("http://2130706433/", "ends in a number"),
        ("http://0x7f.1/", "ends in a number"),
        ("http://0x7f000001/", "ends in a number"),
        ("http://127.1/", "ends in a number"),
        ("http://0177.0.0.1/", "ends in a number"),
        ("http://127.0.0.1./", "ends in a number"),
        ("http://127.0.0.256/", "ends in a number"),
        ("http://example.0x/", "ends in a number"),
        ("http://[::1/", "is no URL"),
        ("http://[::1%25eth0]/", "names a network interface"),
        ("http://[::g]/", "is no (IPv6 address|URL)"),
        ("http://[v1.a]/", "is no IPv6 address"),
        ("http://[12]/", "is no (IPv6 address|URL)"),
        ("http://[]/", "is no (IPv6 address|URL)"),
        ("http://[::1]x/", "no host and port|is no URL"),
        ("http://example.org:80:80/", "no host and port"),
        ("http://example.org:-1/", "no host and port"),
        ("http://example.org:٨٠/", "no host and port"),
        ("http://example.org:0000080/", "no host and port"),
        ("http://example.org:0/", "names port 0"),
        ("http://example.org:65536/", "names port 65536"),
        ("http://example.org:22/", "names port 22"),
        ("http://example.org:25/", "names port 25"),
        ("http://example.org:6667/", "names port 6667"),
        (" http://example.org/", "holds ' '"),
        ("http://example.org/a b", "holds ' '"),
        ("http://exam\nple.org/", "holds '\\\\n'"),
        ("http://example.org\\@127.0.0.1/", "holds '\\\\\\\\'"),
        ("http://example.org/\x00", "holds '\\\\x00'"),
        ("http://example.org/\x7f", "holds '\\\\x7f'"),
        ("http://example.org/" + "a" * 70000, "a URL of 70019 characters"),
    ],
)
def test_what_is_no_plain_http_url_is_refused(url, message):
    with pytest.raises(MalformedError, match=message):
        parse_url(url)


def test_a_password_is_not_repeated_in_the_message():
    with pytest.raises(MalformedError) as caught:
        parse_url("https://me:secret@example.org/")
    assert "secret" not in str(caught.value)


def test_a_digit_of_another_script_that_maps_to_an_address_is_read_as_one():
    parsed = parse_url("http://１２７.０.０.１/")
    assert parsed.host == "127.0.0.1"
    with pytest.raises(NetworkError):
        check_address(place(parsed.host, parsed.port), ())


@given(st.text(max_size=40))
def test_any_text_is_a_url_or_refused_by_our_own_error(text):
    for url in (text, f"http://{text}", f"http://example.org/{text}"):
        try:
            parsed = parse_url(url)
        except MalformedError:
            continue
        assert re.fullmatch(r"[a-z0-9_.:-]+", parsed.host)
        assert 0 < parsed.port < 65536
        if re.fullmatch(r"[0-9.]+", parsed.host):
            assert str(ip_address(parsed.host)) == parsed.host


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://a.example?", "http://a.example/?"),
        ("http://a.example/?#f", "http://a.example/?"),
        ("http://a.example/#?", "http://a.example/"),
        ("http://a.example/??", "http://a.example/??"),
        ("http://a.example", "http://a.example/"),
    ],
)
def test_an_empty_query_is_another_address_than_none(url, asked):
    assert parse_url(url).url == asked


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("?", "http://a.example/b/c?"),
        ("d?#e", "http://a.example/b/d?"),
        ("/d?e", "http://a.example/d?e"),
        ("//b.example/?", "http://b.example/?"),
        ("#e", "http://a.example/b/c?x"),
    ],
)
def test_a_reference_leads_from_where_it_stands(reference, url):
    assert join_url("http://a.example/b/c?x", reference).url == url


def test_a_reference_that_is_none_is_refused_by_our_own_error():
    with pytest.raises(MalformedError, match="is no URL"):
        join_url("http://a.example/", "http://[::1")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (" /d ", "http://a.example/d"),
        ("a b\tc", "http://a.example/b/a%20b%09c"),
        ("?q=a b", "http://a.example/b/c?q=a%20b"),
        ("/\u00a0x", "http://a.example/%C2%A0x"),
    ],
)
def test_blanks_in_a_location_are_escaped_as_browsers_do(location, url):
    assert redirect_url("http://a.example/b/c", location).url == url


def test_a_name_that_is_not_of_the_standard_can_be_written_in_ascii():
    with pytest.raises(MalformedError, match="is no host name") as caught:
        parse_url("http://\u2603.example/")
    assert "xn--" in caught.value.hint
    assert parse_url("http://xn--n3h.example/").host == "xn--n3h.example"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("http://a.example/caf\u00e9", "http://a.example/caf%C3%A9"),
        ("http://a.example/%7ea/./b/../c%2f", "http://a.example/~a/c%2F"),
        ("http://a.example/%2e%2E/x/..", "http://a.example/"),
        ("http://a.example/100%/%d0", "http://a.example/100%25/%D0"),
        ("http://a.example/[x]?|'\"", "http://a.example/%5Bx%5D?%7C%27%22"),
        ("http://a.example//b?", "http://a.example//b?"),
        ("http://[2606:4700::1]:8080/x", "http://[2606:4700::1]:8080/x"),
    ],
)
def test_spellings_of_one_address_are_one(typed, sent):
    assert plain_spelling(typed) == plain_spelling(sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/b%2Fc", "http://a.example/b/c"),
        ("http://a.example/b?", "http://a.example/b"),
        ("http://a.example/b?c=%26d", "http://a.example/b?c=&d"),
        ("http://a.example//b", "http://a.example/b"),
        ("http://a.example/b%2520c", "http://a.example/b%20c"),
        ("http://a.example/../b", "http://b.example/../b"),
    ],
)
def test_addresses_that_are_two_stay_two(one, other):
    assert plain_spelling(one) != plain_spelling(other)


@given(st.text(max_size=40))
def test_any_address_has_one_spelling_and_it_is_ascii(text):
    spelt = plain_spelling(f"http://a.example/{text}")
    assert spelt.isascii()
    assert plain_spelling(spelt) == spelt
