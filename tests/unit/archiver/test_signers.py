"""The signers: whose key holds which role, from where to where (A14, A38, A47)."""

from base64 import b64encode
from functools import cache
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import ed25519
from archiver.errors import MalformedError, VerificationError
from archiver.notes import COSIGNATURE, ED25519, VerifierKey
from archiver.policy import LogKey, Policy, Witness
from archiver.signers import (
    MAX_SIGNERS,
    ROLES,
    LogPlace,
    Signer,
    check_separate,
    format_signers,
    parse_signers,
    pin,
    signer_for,
)

START = LogPlace(1, 0)


@cache
def public(seed=1):
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32)).public_key()


KEYID = ed25519.keyid(public())
SPKI = b64encode(ed25519.spki(public())).decode()


def signer(seed=1, roles=("operator",), start=START, end=None, name="A name"):
    key = public(seed)
    return Signer(ed25519.keyid(key), key, frozenset(roles), start, end, name)


def line(
    keyid=KEYID, spki=SPKI, roles="operator,capturer", span="from 1/0", name="A name"
):
    return f"{keyid} {spki} {roles} {span} {name}\n".encode()


PLACES = st.builds(LogPlace, st.integers(1, 9), st.integers(0, 10**6))
NAMES = (
    st.text("aé Жا()-,/0", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda name: name and not name.startswith("to "))
)


@st.composite
def signer_lists(draw):
    seeds = draw(st.lists(st.integers(1, 50), min_size=1, max_size=4, unique=True))
    signers = []
    for seed in seeds:
        start = draw(PLACES)
        end = draw(st.none() | PLACES.filter(lambda place, start=start: place > start))
        roles = draw(st.sets(st.sampled_from(ROLES), min_size=1))
        signers.append(signer(seed, roles, start, end, draw(NAMES)))
    return tuple(signers)


@given(signer_lists())
@settings(deadline=None)
def test_signers_read_back_as_they_were_written(signers):
    assert parse_signers(format_signers(signers)) == signers


@given(signer_lists(), st.data())
@settings(deadline=None, max_examples=200)
def test_signers_have_one_form_so_whatever_parses_is_written_back_the_same(
    signers, data
):
    written = bytearray(format_signers(signers))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] = data.draw(st.integers(0, 255))
    try:
        read = parse_signers(bytes(written))
    except MalformedError:
        return
    assert format_signers(read) == written


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_random_bytes_are_refused_with_one_kind_of_error(data):
    with pytest.raises(MalformedError):
        parse_signers(data)


def test_a_line_is_key_roles_places_and_a_name_that_may_hold_spaces():
    data = line(span="from 1/2 to 2/0", name="Мария Иванова (desk)")
    assert parse_signers(data) == (
        Signer(
            KEYID,
            public(),
            frozenset({"operator", "capturer"}),
            LogPlace(1, 2),
            LogPlace(2, 0),
            "Мария Иванова (desk)",
        ),
    )


X25519 = b64encode(bytes.fromhex("302a300506032b656e032100") + bytes(32)).decode()
WEAK = b64encode(ed25519._SPKI + bytes([1, *bytes(31)])).decode()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "the signers end ''"),
        (b"\n", "line 1 of the signers: the line is ''"),
        (line()[:-1], "expected a newline after each line"),
        (line() + b"\n", "line 2 of the signers: the line is ''"),
        (b"# comment\n" + line(), "line 1 of the signers: the line is '# comment'"),
        (line().replace(b" ", b"\t", 1), "the line is"),
        (line().replace(b" ", b"  ", 1), "the line is"),
        (line().replace(b" from", b"  from"), "the line is"),
        (line().replace(b" from", b" since"), "the line is"),
        (line(name=""), "the line is"),
        (line(name="to 1/5"), "the line is"),
        (line(name="to nobody in particular"), "the number of a log is 'nobody'"),
        (line(span="from 1/0 to 1/5", name="to 1/6"), "the line is"),
        (line().replace(b"A name", b"A\xffname"), "is no UTF-8"),
        (line(keyid="0" * 64), "expected " + KEYID),
        (line(keyid=KEYID.upper()), "64 digits of lower-case hex"),
        (line(keyid=KEYID[:63]), "64 digits of lower-case hex"),
        (line(spki=SPKI[:-1]), "canonical base64"),
        (line(spki=SPKI.replace("M", "-")), "canonical base64"),
        (line(spki="AAAA"), "the DER of an Ed25519 key"),
        (line(spki=X25519), "the DER of an Ed25519 key"),
        (line(spki=WEAK), "point of small order"),
        (line(roles="editor"), "the roles are 'editor'"),
        (line(roles="operator,operator"), "the roles are"),
        (line(roles="capturer,operator"), "in this order"),
        (line(roles="operator,"), "the roles are"),
        (line(roles=","), "the roles are"),
        (line(span="from 1"), "an index is ''"),
        (line(span="from 0/0"), "expected a log from 1 on"),
        (line(span="from 1/01"), "an index is '01'"),
        (line(span="from 1/0/0"), "an index is '0/0'"),
        (line(span="from /0"), "the number of a log is ''"),
        (line(span="from 1/-1"), "an index is '-1'"),
        (line(span="from 1/5 to 1/5"), "counts to 1/5, expected later than 1/5"),
        (line(span="from 2/0 to 1/9"), "counts to 1/9, expected later than 2/0"),
        (line(span="from 1/0 to 1"), "an index is ''"),
        (line(name=" A name"), "no space at either end"),
        (line(name="A name "), "no space at either end"),
        (line(name="A\u00a0"), "no space at either end"),
        (line(name="A\rname"), "without controls"),
        (line(name="A\x85name"), "without controls"),
        (line(name="A\u2028name"), "without controls"),
        (line(name="A\u202ename"), "without controls"),
        (line(name="A\u2067name"), "without controls"),
        (line(name="a" * 201), "at most 200 characters"),
        (
            line() + line(name="Another name"),
            "line 2 of the signers: the key .* second",
        ),
    ],
)
def test_what_is_no_line_of_signers_is_refused(data, found):
    with pytest.raises(MalformedError, match=found):
        parse_signers(data)


def test_the_same_key_under_another_name_or_role_is_still_a_duplicate():
    again = line(roles="reviewer", span="from 1/9", name="Somebody else")
    with pytest.raises(MalformedError, match="stands a second time, expected once"):
        parse_signers(line() + again)


def test_the_file_has_a_mebibyte_at_most():
    with pytest.raises(MalformedError, match="1048577 bytes long, expected 1048576"):
        parse_signers(b" " * (MAX_SIGNERS + 1))


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "to 1/5 Bob"},
        {"name": "two\nlines"},
        {"name": "half \ud800"},
        {"roles": ()},
        {"roles": ("editor",)},
        {"start": LogPlace(0, 0)},
        {"start": LogPlace(1, -1)},
        {"end": START},
    ],
)
def test_a_signer_that_would_read_differently_is_not_written(changed):
    with pytest.raises(MalformedError):
        format_signers([signer(**changed)])


def test_a_signer_under_another_keys_id_is_not_written():
    with pytest.raises(MalformedError, match="that of the key"):
        format_signers(
            [Signer(KEYID, public(2), frozenset({"root"}), START, None, "n")]
        )


def test_an_unknown_role_beside_a_known_one_is_not_lost_in_writing():
    with pytest.raises(MalformedError, match="read differently when they are written"):
        format_signers([signer(roles=("operator", "editor"))])


def test_no_signers_are_not_written():
    with pytest.raises(MalformedError, match="the signers end"):
        format_signers([])


def test_places_are_in_order_of_the_log_first():
    places = [LogPlace(2, 0), LogPlace(1, 9), LogPlace(1, 10), LogPlace(1, 0)]
    assert [str(place) for place in sorted(places)] == ["1/0", "1/9", "1/10", "2/0"]


SIGNERS = (
    signer(1, ("operator", "capturer"), name="first"),
    signer(2, ("capturer",), LogPlace(1, 5), LogPlace(2, 3), "second"),
)


@pytest.mark.parametrize("place", [LogPlace(1, 0), LogPlace(1, 4), LogPlace(7, 0)])
def test_a_key_without_an_end_counts_from_its_start_on(place):
    assert signer_for(SIGNERS, KEYID, "operator", place) is SIGNERS[0]
    assert signer_for(SIGNERS, KEYID, "capturer", place) is SIGNERS[0]


@pytest.mark.parametrize("place", [LogPlace(1, 5), LogPlace(1, 999), LogPlace(2, 2)])
def test_a_key_counts_up_to_its_end(place):
    assert signer_for(SIGNERS, SIGNERS[1].keyid, "capturer", place) is SIGNERS[1]


@pytest.mark.parametrize("place", [LogPlace(1, 4), LogPlace(2, 3), LogPlace(3, 0)])
def test_a_key_counts_neither_before_its_start_nor_from_its_end_on(place):
    with pytest.raises(VerificationError, match="expected one from 1/5 to before 2/3"):
        signer_for(SIGNERS, SIGNERS[1].keyid, "capturer", place)


def test_a_key_before_its_start_says_where_it_begins():
    late = [signer(start=LogPlace(1, 7))]
    with pytest.raises(VerificationError, match=r"entry 1/6, expected one from 1/7$"):
        signer_for(late, KEYID, "operator", LogPlace(1, 6))


def test_a_role_that_a_key_does_not_hold_is_refused():
    with pytest.raises(VerificationError, match="is operator,capturer, expected root"):
        signer_for(SIGNERS, KEYID, "root", START)


def test_a_key_that_is_not_among_the_signers_is_refused():
    with pytest.raises(VerificationError, match="is not among the signers"):
        signer_for(SIGNERS, ed25519.keyid(public(3)), "capturer", START)


def policy_with(log_seed, witness_seed):
    log = VerifierKey("example.com/log", ED25519, ed25519.raw(public(log_seed)))
    witness = VerifierKey("w.example", COSIGNATURE, ed25519.raw(public(witness_seed)))
    return Policy((LogKey(log),), (Witness("w", witness),))


def test_a_key_signs_either_notes_or_statements():
    check_separate(policy_with(8, 9), SIGNERS)
    with pytest.raises(VerificationError, match=r"note key of 'example\.com/log'"):
        check_separate(policy_with(2, 9), SIGNERS)
    with pytest.raises(VerificationError, match=r"'second' has the note key of 'w\.ex"):
        check_separate(policy_with(8, 2), SIGNERS)


def test_the_pin_is_over_both_files_and_where_one_ends():
    assert pin(b"ab", b"c") == sha256(b"2\nab1\nc").hexdigest()
    assert (
        len({pin(b"ab", b"c"), pin(b"a", b"bc"), pin(b"c", b"ab"), pin(b"", b"")}) == 4
    )
