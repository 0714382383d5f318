"""Signed notes, their keys and cosignatures (A13, A15, A16)."""

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError, VerificationError
from archiver.notes import (
    COSIGNATURE,
    ED25519,
    MAX_NOTE,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    VerifierKey,
    check_name,
    cosignature_time,
    format_note,
    format_vkey,
    key_id,
    open_cosignature,
    open_note,
    parse_note,
    parse_vkey,
    sign_cosignature,
    sign_note,
)

LOG = "example.com/log"
WITNESS = "witness.example"
TEXT = "example.com/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
TIME = 1_700_000_000

LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
TEXTS = st.lists(LINES, min_size=1, max_size=6).map(
    lambda lines: "\n".join(lines) + "\n"
)
NAMES = st.text(st.characters(min_codepoint=33), min_size=1, max_size=20).filter(
    lambda name: (
        not any(c.isspace() or c == "+" or "\ud800" <= c < "\ue000" for c in name)
    )
)
SIGNATURES = st.builds(
    NoteSignature,
    NAMES,
    st.binary(min_size=4, max_size=4),
    st.binary(min_size=1, max_size=80),
)
NOTES = st.builds(Note, TEXTS, st.lists(SIGNATURES, min_size=1, max_size=5).map(tuple))
SEEDS = st.binary(min_size=32, max_size=32)


def private(seed=1):
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32))


def vkey(name=LOG, algorithm=ED25519, seed=1):
    public = private(seed).public_key().public_bytes_raw()
    return VerifierKey(name, algorithm, public)


def note_of(*signatures, text=TEXT):
    return format_note(Note(text, signatures))


def log_line(seed=1, name=LOG, text=TEXT):
    return sign_note(text, name, private(seed)).signatures[0]


def witness_line(seed=2, time=TIME, name=WITNESS, text=TEXT):
    return sign_cosignature(text, name, private(seed), time=time)


def changed(line, bit):
    signature = bytearray(line.signature)
    signature[bit // 8] ^= 1 << bit % 8
    return NoteSignature(line.name, line.key_id, bytes(signature))


@given(NOTES)
@settings(deadline=None)
def test_a_note_reads_back_as_it_was_written(note):
    assert parse_note(format_note(note)) == note


@given(NOTES, st.data())
@settings(deadline=None, max_examples=200)
def test_a_note_has_one_form_so_whatever_parses_is_written_back_the_same(note, data):
    written = bytearray(format_note(note))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] = data.draw(st.integers(0, 255))
    try:
        read = parse_note(bytes(written))
    except MalformedError:
        return
    assert format_note(read) == written


@given(st.binary(max_size=120) | st.text("— \nabA=/+\u2003\r\x00", max_size=60))
@settings(deadline=None, max_examples=300)
def test_random_bytes_are_refused_with_one_kind_of_error(data):
    raw = data if isinstance(data, bytes) else data.encode()
    try:
        note = parse_note(raw)
    except MalformedError:
        with pytest.raises(MalformedError):
            open_note(raw, [vkey()])
        return
    assert format_note(note) == raw
    with pytest.raises(VerificationError):
        open_note(raw, [vkey()])


def test_the_text_ends_at_the_last_blank_line_and_keeps_its_own_blank_lines():
    text = "one\n\n— two AAAAAAA=\n\n\n"
    assert parse_note(note_of(log_line(), text=text)).text == text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        "text\n— name AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA=".encode(),
        "text\n\n— name AAAAAAA=\n\n".encode(),
        b"text\n\n- name AAAAAAA=\n",
        "text\n\n—name AAAAAAA=\n".encode(),
        "text\n\n—  AAAAAAA=\n".encode(),
        "text\n\n— name  AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA= \n".encode(),
        "text\n\n— na+me AAAAAAA=\n".encode(),
        "text\n\n— na\u2003me AAAAAAA=\n".encode(),
        "text\n\n— na\u0085me AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA\n".encode(),
        "text\n\n— name AAAAAAB=\n".encode(),  # bits left over
        "text\n\n— name AAAAAA==\n".encode(),  # a key id and no signature
        "text\n\n— name AAAA_-A=\n".encode(),
        "text\n\n— name AAAAAAA=\njunk\n".encode(),
        "te\rxt\n\n— name AAAAAAA=\n".encode(),
        "te\txt\n\n— name AAAAAAA=\n".encode(),
        "te\x00xt\n\n— name AAAAAAA=\n".encode(),
        "text\r\n\r\n— name AAAAAAA=\r\n".encode(),
        b"\xfftext\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\xed\xa0\x80xt\n\n\xe2\x80\x94 name AAAAAAA=\n",
    ],
)
def test_what_is_no_signed_note_is_refused(data):
    with pytest.raises(MalformedError):
        parse_note(data)


def test_a_note_may_have_100_signatures_and_a_mebibyte():
    line = NoteSignature("n", b"\0" * 4, b"\1")
    assert len(parse_note(note_of(*[line] * MAX_SIGNATURES)).signatures) == 100
    with pytest.raises(MalformedError, match="has 101 signatures, expected 100"):
        note_of(*[line] * (MAX_SIGNATURES + 1))
    room = MAX_NOTE - len(note_of(line, text="\n"))
    assert len(note_of(line, text="a" * room + "\n")) == MAX_NOTE
    with pytest.raises(MalformedError, match="1048577 bytes long, expected 1048576"):
        note_of(line, text="a" * (room + 1) + "\n")


@pytest.mark.parametrize(
    "note",
    [
        Note("no newline at its end", (NoteSignature("n", b"\0" * 4, b"\1"),)),
        Note("control \x07\n", (NoteSignature("n", b"\0" * 4, b"\1"),)),
        Note("half \ud800\n", (NoteSignature("n", b"\0" * 4, b"\1"),)),
        Note("text\n", ()),
        Note("text\n", (NoteSignature("n", b"\0" * 3, b"\1"),)),
        Note("text\n", (NoteSignature("n", b"\0" * 3, b"\1\2"),)),
        Note("text\n", (NoteSignature("a b", b"\0" * 4, b"\1"),)),
        Note("text\n", (NoteSignature("", b"\0" * 4, b"\1"),)),
    ],
)
def test_a_note_that_would_read_differently_is_not_written(note):
    with pytest.raises(MalformedError):
        format_note(note)


@given(SEEDS, NAMES, st.sampled_from([ED25519, COSIGNATURE]))
@settings(deadline=None)
def test_a_verifier_key_reads_back_as_it_was_written(seed, name, algorithm):
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    key = VerifierKey(name, algorithm, public)
    assert parse_vkey(format_vkey(key)) == key


@given(st.text(max_size=60) | st.text("a+0fAB=", max_size=60))
@settings(deadline=None)
def test_a_random_verifier_key_is_refused_with_one_kind_of_error(text):
    with pytest.raises(MalformedError):
        parse_vkey(text)


def with_data(data, name=LOG):
    ident = key_id(name, data[0], data[1:]).hex()
    return f"{name}+{ident}+{b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("example.com/log", "expected name[+]id[+]base64"),
        ("example.com/log+00000000", "expected name[+]id[+]base64"),
        (format_vkey(vkey()).replace(LOG, ""), "without spaces and plus signs"),
        (format_vkey(vkey()).replace(LOG, "a b"), "without spaces and plus signs"),
        (format_vkey(vkey()).replace(LOG, "a\udcffb"), "without spaces and plus"),
        (format_vkey(vkey()).replace(LOG, "example.com/other"), "has the id"),
        (format_vkey(vkey()).upper(), "8 digits of lower-case hex"),
        (format_vkey(vkey()) + "\n", "canonical base64"),
        (format_vkey(vkey()) + "+", "canonical base64"),
        (with_data(b"\x02" + bytes(range(32))), "expected 01 or 04 and 32 bytes"),
        (with_data(b"\x06" + bytes(1312)), "expected 01 or 04 and 32 bytes"),
        (with_data(b"\x01" + bytes(31)), "expected 01 or 04 and 32 bytes"),
        (with_data(b"\x01\x01" + bytes(31)), "point of small order"),
        (with_data(b"\x04\x01" + bytes(30) + b"\x80"), "point of small order"),
        (with_data(b"\x01" + b"\xff" * 32), "expected y below"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text, found):
    with pytest.raises(MalformedError, match=found):
        parse_vkey(text)


def test_a_key_id_tells_name_type_and_key_apart():
    assert len({vkey().id, vkey("b").id, vkey(seed=2).id, vkey(algorithm=4).id}) == 4


@pytest.mark.parametrize(
    "space", ["\x1c", "\x85", "\xa0", "\u1680", "\u2028", "\u3000"]
)
def test_a_name_has_no_space_of_any_script(space):
    with pytest.raises(MalformedError, match=r"the origin is .* without spaces"):
        check_name(f"a{space}b", "the origin")


def test_a_note_opens_with_the_signatures_of_known_keys_alone():
    ours, cosigned, other = log_line(), witness_line(), log_line(3, "stranger.example")
    data = note_of(other, ours, cosigned)
    keys = [vkey(), vkey(WITNESS, COSIGNATURE, 2)]
    assert open_note(data, keys) == Note(TEXT, (ours, cosigned))
    assert open_note(data, keys[1:]).signatures == (cosigned,)
    assert open_note(data, [*keys, keys[0]]).signatures == (ours, cosigned)


def test_a_line_that_shares_only_its_name_or_its_id_with_a_known_key_is_left_out():
    ours = log_line()
    same_name = NoteSignature(LOG, b"\0" * 4, ours.signature)
    same_id = NoteSignature("stranger.example", ours.key_id, ours.signature)
    assert open_note(note_of(same_name, same_id, ours), [vkey()]).signatures == (ours,)
    with pytest.raises(VerificationError, match=r"expected 'example.com/log'"):
        open_note(note_of(same_name, same_id), [vkey()])


def test_a_note_that_no_known_key_signed_is_refused():
    with pytest.raises(
        VerificationError, match=r"signed by 'example.com/log', expected"
    ):
        open_note(note_of(log_line(3)), [vkey(), vkey("b")])
    with pytest.raises(VerificationError, match="expected nobody"):
        open_note(note_of(log_line()), [])
    with pytest.raises(VerificationError, match=r"signed by ('n', ){5}…, expected"):
        open_note(note_of(*[log_line(name="n")] * 6), [vkey()])


@given(st.integers(0, 511))
@settings(deadline=None)
def test_a_bad_signature_by_a_known_key_refuses_the_whole_note(bit):
    good, bad = log_line(), changed(witness_line(), bit + 64)
    keys = [vkey(), vkey(WITNESS, COSIGNATURE, 2)]
    with pytest.raises(VerificationError, match="does not verify"):
        open_note(note_of(good, bad), keys)
    with pytest.raises(VerificationError, match="does not verify"):
        open_note(note_of(changed(good, bit), witness_line()), keys)


def test_a_signature_over_another_text_is_refused():
    line = log_line(text=TEXT.replace("3", "4"))
    with pytest.raises(VerificationError, match="does not verify"):
        open_note(note_of(line), [vkey()])


@pytest.mark.parametrize("length", [1, 63, 65, 72])
def test_a_signature_by_a_known_key_has_the_length_of_its_type(length):
    line = NoteSignature(LOG, vkey().id, bytes(length))
    with pytest.raises(VerificationError, match="bytes long, expected 64"):
        open_note(note_of(line), [vkey()])


def test_two_signatures_by_one_known_key_are_refused():
    line = log_line()
    with pytest.raises(VerificationError, match=r"two signatures by 'example.com/log'"):
        open_note(note_of(line, line), [vkey()])


# Two keys whose ids were found to collide: 32 bits are a hint, never a proof (A15).
TWINS = (64063, 139885)


def test_a_strangers_key_with_the_id_of_a_known_one_vouches_for_nothing():
    known, stranger = (vkey(seed=seed) for seed in TWINS)
    assert known.id == stranger.id == bytes.fromhex("3a95b6d3")
    assert known != stranger
    with pytest.raises(VerificationError, match="does not verify"):
        open_note(note_of(log_line(TWINS[1])), [known])


def test_two_known_keys_that_cannot_be_told_apart_are_refused():
    keys = [vkey(seed=seed) for seed in TWINS]
    with pytest.raises(MalformedError, match=r"two keys have the name .* 3a95b6d3"):
        open_note(note_of(log_line(TWINS[0])), keys)


def test_a_weak_key_is_refused_even_if_it_came_past_its_parser():
    weak = bytes([1, *bytes(31)])
    forged = bytes([1, *bytes(63)])
    log = VerifierKey(LOG, ED25519, weak)
    witness = VerifierKey(WITNESS, COSIGNATURE, weak)
    for key, signature in ((log, forged), (witness, TIME.to_bytes(8) + forged)):
        data = note_of(NoteSignature(key.name, key.id, signature))
        with pytest.raises(MalformedError, match="point of small order"):
            open_note(data, [key])


def test_a_cosignature_gives_its_time():
    key, line = vkey(WITNESS, COSIGNATURE, 2), witness_line()
    assert open_cosignature(key, TEXT, line.signature) == TIME
    assert cosignature_time(line.signature) == TIME
    assert line.key_id == key.id


@given(st.integers(0, 575))
@settings(deadline=None)
def test_a_cosignature_with_any_bit_changed_its_time_among_them_is_refused(bit):
    line = changed(witness_line(), bit)
    with pytest.raises(VerificationError):
        open_cosignature(vkey(WITNESS, COSIGNATURE, 2), TEXT, line.signature)


def test_a_cosignature_of_another_text_is_refused():
    other = TEXT.replace("3", "4")
    with pytest.raises(VerificationError, match="does not verify"):
        open_cosignature(vkey(WITNESS, COSIGNATURE, 2), other, witness_line().signature)


@pytest.mark.parametrize("time", [0, 2**63, 2**64 - 1])
def test_a_cosignature_of_no_time_is_refused_even_if_it_is_well_signed(time):
    message = f"cosignature/v1\ntime {time}\n{TEXT}".encode()
    signature = time.to_bytes(8) + private(2).sign(message)
    with pytest.raises(VerificationError, match=f"has the time {time}, expected 1 to"):
        open_cosignature(vkey(WITNESS, COSIGNATURE, 2), TEXT, signature)


@pytest.mark.parametrize("time", [-1, 0, 2**63])
def test_a_cosignature_of_no_time_is_not_made(time):
    with pytest.raises(ValueError, match="expected 1 to 2"):
        witness_line(time=time)


@pytest.mark.parametrize("length", [0, 8, 64, 71, 73])
def test_a_cosignature_of_another_length_is_refused(length):
    with pytest.raises(VerificationError, match=f"{length} bytes long, expected 72"):
        open_cosignature(vkey(WITNESS, COSIGNATURE, 2), TEXT, bytes(length))


def test_a_cosignature_is_no_log_signature_and_the_other_way_round():
    """A13, even where one key was carelessly used for both."""
    log, witness = vkey(LOG, ED25519, 1), vkey(LOG, COSIGNATURE, 1)
    cosigned = witness_line(seed=1, name=LOG)
    as_log = NoteSignature(LOG, log.id, cosigned.signature[8:])
    as_witness = NoteSignature(LOG, witness.id, TIME.to_bytes(8) + log_line().signature)
    for line, key in ((as_log, log), (as_witness, witness)):
        with pytest.raises(VerificationError, match="does not verify"):
            open_note(note_of(line), [key])


def test_no_note_is_signed_that_reads_as_what_a_witness_signs():
    with pytest.raises(MalformedError, match="expected no cosignature"):
        sign_note(f"cosignature/v1\ntime {TIME}\n{TEXT}", LOG, private())


@pytest.mark.parametrize(
    ("text", "name"),
    [("no newline", LOG), ("text\n", "a b"), ("text\n", "\ud800"), ("\ud800\n", LOG)],
)
def test_what_can_stand_in_no_note_is_not_signed(text, name):
    with pytest.raises(MalformedError):
        sign_note(text, name, private())


def test_a_signature_line_holds_the_key_id_then_the_signature():
    line = note_of(log_line()).decode().splitlines()[-1]
    data = b64decode(line.split(" ")[2])
    assert data[:4] == vkey().id
    private().public_key().verify(data[4:], TEXT.encode())
