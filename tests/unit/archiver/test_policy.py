"""The policy: its syntax, and which checkpoints it lets count (A13, A16, A17)."""

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.errors import MalformedError, VerificationError
from archiver.notes import (
    COSIGNATURE,
    ED25519,
    Note,
    NoteSignature,
    VerifierKey,
    format_note,
    format_vkey,
    sign_cosignature,
    sign_note,
)
from archiver.policy import (
    MAX_POLICY,
    Group,
    LogKey,
    Policy,
    Witness,
    format_policy,
    open_checkpoint,
    parse_policy,
)

LOG = "example.com/log"
TIME = 1_700_000_000
LOG_SEED, OTHER_LOG_SEED, STRANGER_SEED = 1, 2, 3
WITNESS_SEEDS = {"W1": 11, "W2": 12, "W3": 13, "W4": 14}


def private(seed):
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32))


def vkey(name, algorithm, seed):
    return VerifierKey(name, algorithm, private(seed).public_key().public_bytes_raw())


def log_key(name=LOG, seed=LOG_SEED):
    return vkey(name, ED25519, seed)


def witness_key(name):
    return vkey(f"{name.lower()}.example", COSIGNATURE, WITNESS_SEEDS[name])


L = format_vkey(log_key())
W = {name: format_vkey(witness_key(name)) for name in WITNESS_SEEDS}


def policy_of(*lines):
    return parse_policy("".join(f"{line}\n" for line in lines).encode())


def checkpoint_text(origin=LOG, size=3):
    return format_checkpoint(Checkpoint(origin, size, bytes(range(32))))


def note(*witnesses, text=None, seed=LOG_SEED, name=LOG):
    text = text or checkpoint_text()
    cosigned = (
        sign_cosignature(
            text, witness_key(w).name, private(WITNESS_SEEDS[w]), time=TIME + place
        )
        for place, w in enumerate(witnesses)
    )
    signed = sign_note(text, name, private(seed)).signatures
    return format_note(Note(text, (*signed, *cosigned)))


WITNESSES = [f"witness {name} {key}" for name, key in W.items()]


def test_a_policy_has_logs_witnesses_groups_and_a_quorum():
    policy = policy_of(
        f"log {L} https://example.com/log/",
        *WITNESSES[:3],
        f"witness W4 {W['W4']} https://w4.example/",
        "group two 2 W1 W2 W3",
        "group one any W4",
        "group both all two one",
        "quorum both",
    )
    assert policy == Policy(
        (LogKey(log_key(), "https://example.com/log/"),),
        (
            *(Witness(name, witness_key(name)) for name in ("W1", "W2", "W3")),
            Witness("W4", witness_key("W4"), "https://w4.example/"),
        ),
        (
            Group("two", 2, ("W1", "W2", "W3")),
            Group("one", 1, ("W4",)),
            Group("both", 2, ("two", "one")),
        ),
        "both",
    )
    assert policy.vkeys == (log_key(), *map(witness_key, W))


def test_comments_empty_lines_tabs_and_spaces_mean_nothing():
    policy = policy_of(
        "# a comment with é and \t a tab",
        " \t# another",
        "",
        " \t ",
        f"\tlog \t {L} ",
        f"witness\t#W1  {W['W1']}",
        "\tquorum   #W1\t",
    )
    assert policy == Policy(
        (LogKey(log_key()),), (Witness("#W1", witness_key("W1")),), (), "#W1"
    )


def test_a_policy_needs_only_its_quorum_and_its_lines_come_in_any_order():
    assert policy_of("quorum none") == Policy(())
    assert policy_of("quorum none", f"log {L}") == Policy((LogKey(log_key()),))


def test_a_name_is_octets_and_never_folded():
    data = b"".join(
        b"witness %b %b\n" % (name, key.encode())
        for name, key in zip(
            (b"K", "\u212a".encode(), b"\xff\xfe"), W.values(), strict=False
        )
    )
    policy = parse_policy(data + b"group g 2 K \xe2\x84\xaa \xff\xfe\nquorum g\n")
    assert [witness.name for witness in policy.witnesses] == [
        "K",
        "\u212a",
        "\udcff\udcfe",
    ]
    assert b" \xff\xfe\n" in format_policy(policy)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], "no line 'quorum'"),
        ([f"log {L}"], "no line 'quorum'"),
        (["quorum none", "quorum none"], "line 2 of the policy: a second quorum"),
        (["quorum W1", WITNESSES[0]], "'W1' is not defined yet"),
        (["quorum nobody"], "'nobody' is not defined yet"),
        (["quorum"], "expected 'log <vkey>"),
        (["quorum none none"], "expected 'log <vkey>"),
        (["log"], "expected 'log <vkey>"),
        ([f"log {L} url more"], "expected 'log <vkey>"),
        ([f"Log {L}"], "expected 'log <vkey>"),
        (["witness W1"], "expected 'log <vkey>"),
        ([f"witness W1 {W['W1']} url more"], "expected 'log <vkey>"),
        ([WITNESSES[0], "group g"], "expected 'log <vkey>"),
        ([WITNESSES[0], "group g any"], "expected 'log <vkey>"),
        (["group g any W1"], "'W1' is not defined yet"),
        (["group g any g"], "'g' is not defined yet"),
        (["group g any none"], "'none' is not defined yet"),
        ([WITNESSES[0], "group g 0 W1"], "a group of 1 needs 0, expected 1 to 1"),
        ([WITNESSES[0], "group g 2 W1"], "a group of 1 needs 2, expected 1 to 1"),
        ([WITNESSES[0], "group g 01 W1"], "expected a decimal"),
        ([WITNESSES[0], "group g some W1"], "expected a decimal"),
        ([WITNESSES[0], "group g any W1 W1"], "'W1' is a group member twice"),
        (
            [WITNESSES[0], "group g any W1", "group h any W1"],
            "line 3 of the policy: 'W1' is a group member twice",
        ),
        ([WITNESSES[0], "group W1 any W1"], "the name 'W1' is taken"),
        ([f"witness none {W['W1']}"], "the name 'none' is taken"),
        ([WITNESSES[0], "group none any W1"], "the name 'none' is taken"),
        ([WITNESSES[0], f"witness W1 {W['W2']}"], "the name 'W1' is taken"),
        ([f"log {W['W1']}"], "the key of a log has the type 04, expected 01"),
        ([f"witness W1 {L}"], "the key of a witness has the type 01, expected 04"),
        (["log example.com/log"], r"expected name\+id\+base64"),
        (
            [f"log {L}", f"log {L}"],
            "'example.com/log' has the key of 'example.com/log'",
        ),
    ],
)
def test_what_is_no_policy_is_refused(lines, found):
    with pytest.raises(MalformedError, match=found):
        policy_of(*lines)


@pytest.mark.parametrize(
    "second",
    [
        f"log {format_vkey(log_key('example.com/other'))}",
        f"witness W {format_vkey(vkey('w.example', COSIGNATURE, LOG_SEED))}",
        f"witness W {format_vkey(vkey(LOG, COSIGNATURE, LOG_SEED))}",
    ],
    ids=["as another log", "as a witness", "as a witness of the log's own name"],
)
def test_a_log_key_in_a_second_place_is_refused(second):
    with pytest.raises(MalformedError, match=r"has the key of 'example.com/log'"):
        policy_of(f"log {L}", second)
    with pytest.raises(
        MalformedError, match=r"line 2 of the policy: .* has the key of"
    ):
        policy_of(second, f"log {L}")


def test_two_witnesses_with_one_key_are_refused():
    """A17: one witness would make a quorum of two, since it signs no name."""
    twin = format_vkey(vkey("other.example", COSIGNATURE, WITNESS_SEEDS["W1"]))
    with pytest.raises(MalformedError, match=r"'other.example' has the key of"):
        policy_of(WITNESSES[0], f"witness W2 {twin}")


def test_two_keys_that_share_name_and_id_are_refused():
    """A15: these two were found to collide; no signature line could tell them apart."""
    twins = [vkey("witness.example", COSIGNATURE, seed) for seed in (5646, 54184)]
    assert twins[0].id == twins[1].id
    with pytest.raises(
        MalformedError, match=r"a second key 'witness.example' has the id"
    ):
        policy_of(*(f"witness {key.public.hex()} {format_vkey(key)}" for key in twins))


@pytest.mark.parametrize("raw", [bytes([1, *bytes(31)]), b"\xff" * 32])
@pytest.mark.parametrize("algorithm", [ED25519, COSIGNATURE])
def test_a_weak_key_is_refused(raw, algorithm):
    key = format_vkey(VerifierKey("weak.example", algorithm, raw))
    line = f"log {key}" if algorithm == ED25519 else f"witness W {key}"
    with pytest.raises(MalformedError, match="line 1 of the policy: the Ed25519 key"):
        policy_of(line, "quorum none")


@pytest.mark.parametrize("byte", [0x00, 0x08, 0x0B, 0x0D, 0x1F, 0x7F])
def test_a_control_character_is_refused_in_a_comment_too(byte):
    with pytest.raises(MalformedError, match="byte 1 of the policy is"):
        parse_policy(b"#%c\nquorum none\n" % byte)


def test_a_last_line_without_its_newline_is_refused():
    with pytest.raises(MalformedError, match="the policy ends 'quorum none'"):
        parse_policy(b"quorum none")


def test_a_policy_has_a_mebibyte_at_most():
    line = b"quorum none\n"
    filled = b"#" * (MAX_POLICY - len(line) - 1) + b"\n" + line
    assert parse_policy(filled) == Policy(())
    with pytest.raises(MalformedError, match="1048577 bytes long"):
        parse_policy(b"#" + filled)


def test_32_logs_32_witnesses_and_32_groups_are_read():
    lines = [
        *(f"log {format_vkey(log_key(f'l{n}', 100 + n))}" for n in range(32)),
        *(
            f"witness W{n} {format_vkey(vkey(f'w{n}', COSIGNATURE, 200 + n))}"
            for n in range(32)
        ),
        *(f"group G{n} any W{n}" for n in range(31)),
        f"group G31 31 {' '.join(f'G{n}' for n in range(31))}",
        "quorum G31",
    ]
    policy = policy_of(*lines)
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (32, 32, 32)
    assert parse_policy(format_policy(policy)) == policy


@st.composite
def policies(draw):
    urls = st.none() | st.sampled_from(["https://example.com/", "http://é.example/#a"])
    logs = tuple(
        LogKey(log_key(f"example.com/{n}", 100 + n), draw(urls))
        for n in range(draw(st.integers(0, 3)))
    )
    witnesses = tuple(
        Witness(name, witness_key(name), draw(urls))
        for name in draw(st.permutations(list(W)))[: draw(st.integers(0, 4))]
    )
    free, groups = [witness.name for witness in witnesses], []
    while free and draw(st.booleans()):
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        needed = draw(st.integers(1, len(members)))
        groups.append(Group(f"G{len(groups)}", needed, tuple(members)))
        free = [name for name in free if name not in members] + [groups[-1].name]
    names = ["none", *(w.name for w in witnesses), *(g.name for g in groups)]
    return Policy(logs, witnesses, tuple(groups), draw(st.sampled_from(names)))


@given(policies())
@settings(deadline=None)
def test_a_policy_reads_back_as_it_was_written(policy):
    assert parse_policy(format_policy(policy)) == policy


@given(policies(), st.data())
@settings(deadline=None, max_examples=200)
def test_a_policy_with_a_byte_changed_is_read_or_refused_with_one_kind_of_error(
    policy, data
):
    written = bytearray(format_policy(policy))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] = data.draw(st.integers(0, 255))
    try:
        read = parse_policy(bytes(written))
    except MalformedError:
        return
    assert parse_policy(format_policy(read)) == read


@given(
    st.binary(max_size=80)
    | st.lists(
        st.sampled_from(["log", "witness", "group", "quorum", "none", "a", L, W["W1"]])
    ).map(lambda items: (" ".join(items) + "\n").encode())
)
@settings(deadline=None)
def test_random_bytes_are_refused_with_one_kind_of_error(data):
    try:
        policy = parse_policy(data)
    except MalformedError:
        return
    assert policy == Policy((), (), (), "none")


@pytest.mark.parametrize(
    "policy",
    [
        Policy((), quorum="nobody"),
        Policy((LogKey(log_key()), LogKey(log_key()))),
        Policy((LogKey(log_key(), "two urls"),)),
        Policy((LogKey(log_key(), ""),)),
        Policy((), (Witness("a b", witness_key("W1")),)),
        Policy((), (Witness("W1", witness_key("W1")),), (Group("g", 0, ("W1",)),)),
        Policy((), (Witness("W1", witness_key("W1")),), (Group("g", 0, ()),)),
    ],
)
def test_a_policy_that_would_read_differently_is_not_written(policy):
    with pytest.raises(MalformedError):
        format_policy(policy)


def test_a_checkpoint_opens_under_its_log_and_names_its_witnesses():
    policy = policy_of(f"log {L}", *WITNESSES, "quorum none")
    opened = open_checkpoint(note("W3", "W1"), policy, origin=LOG)
    assert opened.checkpoint == Checkpoint(LOG, 3, bytes(range(32)))
    assert opened.text == checkpoint_text()
    assert opened.log == log_key()
    assert opened.cosigned == (("W1", TIME + 1), ("W3", TIME))


QUORUMS = {
    "quorum none": lambda _: True,
    "quorum W1": lambda had: "W1" in had,
    "group g any W1 W2 W3 W4\nquorum g": bool,
    "group g 2 W1 W2 W3 W4\nquorum g": lambda had: len(had) >= 2,
    "group g all W1 W2 W3\nquorum g": lambda had: {"W1", "W2", "W3"} <= had,
    "group x 2 W1 W2 W3\ngroup y any W4\ngroup z all x y\nquorum z": (
        lambda had: len(had - {"W4"}) >= 2 and "W4" in had
    ),
    "group x all W1 W2\ngroup z any x W3\nquorum z": (
        lambda had: {"W1", "W2"} <= had or "W3" in had
    ),
    "group x any W1 W2\nquorum W3": lambda had: "W3" in had,
}


@pytest.mark.parametrize("lines", QUORUMS)
def test_a_checkpoint_opens_exactly_when_its_quorum_is_met(lines):
    policy = policy_of(f"log {L}", *WITNESSES, lines)
    for number in range(len(W) + 1):
        for had in itertools.combinations(W, number):
            if QUORUMS[lines](set(had)):
                opened = open_checkpoint(note(*had), policy)
                assert [name for name, _ in opened.cosigned] == list(had)
            else:
                with pytest.raises(VerificationError, match="expected the quorum"):
                    open_checkpoint(note(*had), policy)


def test_a_checkpoint_of_another_origin_is_refused():
    policy = policy_of(f"log {L}", "quorum none")
    with pytest.raises(VerificationError, match=r"is of the log 'example.com/log'"):
        open_checkpoint(note(), policy, origin="example.com/other")


def test_a_log_speaks_for_its_own_origin_only():
    other = log_key("example.com/other", OTHER_LOG_SEED)
    policy = policy_of(f"log {L}", f"log {format_vkey(other)}", "quorum none")
    data = note(seed=OTHER_LOG_SEED, name="example.com/other")
    with pytest.raises(VerificationError, match="with the name of the origin"):
        open_checkpoint(data, policy)


def test_cosignatures_do_not_stand_in_for_the_log():
    policy = policy_of(f"log {L}", WITNESSES[0], "quorum W1")
    text = checkpoint_text()
    line = sign_cosignature(text, "w1.example", private(WITNESS_SEEDS["W1"]), time=TIME)
    with pytest.raises(VerificationError, match=r"signed by 'w1.example'"):
        open_checkpoint(format_note(Note(text, (line,))), policy)


def test_a_policy_without_logs_opens_nothing():
    with pytest.raises(VerificationError, match="expected nobody"):
        open_checkpoint(note(), policy_of("quorum none"))


def test_a_log_may_change_its_key_and_keep_both_in_the_policy():
    new = log_key(seed=OTHER_LOG_SEED)
    policy = policy_of(f"log {L}", f"log {format_vkey(new)}", "quorum none")
    assert open_checkpoint(note(), policy).log == log_key()
    assert open_checkpoint(note(seed=OTHER_LOG_SEED), policy).log == new


def test_a_strangers_signature_under_the_logs_name_vouches_for_nothing():
    policy = policy_of(f"log {L}", "quorum none")
    with pytest.raises(VerificationError, match=r"expected 'example.com/log'"):
        open_checkpoint(note(seed=STRANGER_SEED), policy)


def test_a_witness_signs_once_for_a_quorum_however_often_its_line_stands_there():
    policy = policy_of(f"log {L}", *WITNESSES[:2], "group g all W1 W2", "quorum g")
    with pytest.raises(VerificationError, match=r"two signatures by 'w1.example'"):
        open_checkpoint(note("W1", "W1"), policy)


def test_a_cosignature_taken_from_another_checkpoint_refuses_the_note():
    policy = policy_of(f"log {L}", WITNESSES[0], "quorum W1")
    text, older = checkpoint_text(), checkpoint_text(size=2)
    line = sign_cosignature(
        older, "w1.example", private(WITNESS_SEEDS["W1"]), time=TIME
    )
    signed = sign_note(text, LOG, private(LOG_SEED)).signatures
    with pytest.raises(VerificationError, match="does not verify"):
        open_checkpoint(format_note(Note(text, (*signed, line))), policy)


def test_a_signed_text_that_is_no_checkpoint_is_refused():
    policy = policy_of(f"log {L}", "quorum none")
    with pytest.raises(MalformedError, match="expected three lines"):
        open_checkpoint(note(text="I agree to everything.\n"), policy)


@given(st.binary(max_size=100))
@settings(deadline=None)
def test_random_bytes_open_as_no_checkpoint(data):
    policy = policy_of(f"log {L}", "quorum none")
    with pytest.raises((MalformedError, VerificationError)):
        open_checkpoint(data, policy)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_checkpoint_with_any_bit_changed_does_not_open(data):
    policy = policy_of(f"log {L}", WITNESSES[0], "quorum W1")
    whole = bytearray(note("W1"))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedError, VerificationError)):
        open_checkpoint(bytes(whole), policy)


def test_a_line_by_an_unknown_witness_changes_nothing():
    policy = policy_of(f"log {L}", "quorum none")
    stranger = NoteSignature("w1.example", b"\0" * 4, b"\1" * 72)
    signed = sign_note(checkpoint_text(), LOG, private(LOG_SEED)).signatures
    data = format_note(Note(checkpoint_text(), (stranger, *signed)))
    assert open_checkpoint(data, policy).cosigned == ()
