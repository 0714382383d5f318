"""Ed25519 keys: weak ones are refused when they are loaded (A16)."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import ed25519
from archiver.errors import MalformedError, VerificationError

SEEDS = st.binary(min_size=32, max_size=32)
MESSAGES = [b"statement %d" % number for number in range(100)]


def key_of(seed=b"\x07" * 32):
    return Ed25519PrivateKey.from_private_bytes(seed)


def with_sign_bit(raw):
    return raw[:31] + bytes([raw[31] | 0x80])


@given(SEEDS)
@settings(deadline=None)
def test_a_key_reads_back_in_both_its_forms(seed):
    public = key_of(seed).public_key()
    assert ed25519.load_public_key(ed25519.raw(public)) == public
    assert ed25519.load_spki(ed25519.spki(public)) == public


@given(SEEDS)
@settings(deadline=None)
def test_the_spki_is_the_one_that_cryptography_writes(seed):
    public = key_of(seed).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert ed25519.spki(public) == der


def test_the_keyid_is_the_hash_of_the_spki():
    # sha256sum of the 44 bytes of DER of RFC 8032, section 7.1, TEST 1.
    raw = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    key = ed25519.load_public_key(bytes.fromhex(raw))
    assert ed25519.keyid(key) == (
        "06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9"
    )


@given(SEEDS, st.binary(max_size=100), st.integers(0, 511))
@settings(deadline=None)
def test_a_signature_holds_for_its_bytes_and_fails_with_any_bit_changed(
    seed, message, bit
):
    private = key_of(seed)
    signature = private.sign(message)
    ed25519.check_signature(private.public_key(), message, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VerificationError, match="does not verify"):
        ed25519.check_signature(private.public_key(), message, bytes(changed))
    with pytest.raises(VerificationError, match="does not verify"):
        ed25519.check_signature(private.public_key(), message + b".", signature)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_another_length_is_refused(length):
    with pytest.raises(VerificationError, match=f"{length} bytes long, expected 64"):
        ed25519.check_signature(key_of().public_key(), b"", bytes(length))


@pytest.mark.parametrize("length", [0, 31, 33, 44])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(MalformedError, match=f"{length} bytes long, expected 32"):
        ed25519.load_public_key(bytes(length))


@pytest.mark.parametrize("y", sorted(ed25519.WEAK_Y))
@pytest.mark.parametrize("sign", [0, 0x80])
def test_a_point_of_small_order_is_refused_with_either_sign(y, sign):
    raw = bytearray(y.to_bytes(32, "little"))
    raw[31] |= sign
    with pytest.raises(MalformedError, match="point of small order"):
        ed25519.load_public_key(bytes(raw))
    with pytest.raises(MalformedError, match="point of small order"):
        ed25519.load_spki(ed25519._SPKI + raw)


@pytest.mark.parametrize("y", range(ed25519.P, 2**255))
@pytest.mark.parametrize("sign", [0, 0x80])
def test_a_second_spelling_of_a_key_is_refused_with_either_sign(y, sign):
    raw = bytearray(y.to_bytes(32, "little"))
    raw[31] |= sign
    with pytest.raises(MalformedError, match="expected y below 2"):
        ed25519.load_public_key(bytes(raw))


def test_the_largest_y_that_is_a_number_of_the_field_is_weak_and_the_next_is_not():
    with pytest.raises(MalformedError, match="small order"):
        ed25519.load_public_key((ed25519.P - 1).to_bytes(32, "little"))
    ed25519.load_public_key((ed25519.P - 2).to_bytes(32, "little"))


@pytest.mark.parametrize(
    "raw",
    [
        bytes([1, *bytes(31)]),
        with_sign_bit(bytes([1, *bytes(31)])),
        (ed25519.P + 1).to_bytes(32, "little"),
        with_sign_bit((ed25519.P + 1).to_bytes(32, "little")),
    ],
    ids=["identity", "identity with its sign", "y = p + 1", "y = p + 1 with its sign"],
)
def test_the_library_alone_takes_one_forged_signature_for_every_message(raw):
    """Why this module exists: nobody made this signature, and it verifies."""
    forged = bytes([1, *bytes(63)])
    for message in MESSAGES:
        Ed25519PublicKey.from_public_bytes(raw).verify(forged, message)
    with pytest.raises(MalformedError):
        ed25519.load_public_key(raw)


@pytest.mark.parametrize("y", sorted(ed25519.WEAK_Y - {1}))
def test_the_library_alone_takes_one_forged_signature_for_some_messages(y):
    raw = y.to_bytes(32, "little")
    forged = bytes([1, *bytes(63)])
    assert 0 < sum(accepts(raw, forged, message) for message in MESSAGES) < 100
    with pytest.raises(MalformedError):
        ed25519.load_public_key(raw)


def accepts(raw, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(
    "der",
    [
        b"",
        bytes.fromhex("302a300506032b656e032100") + bytes(32),  # X25519
        bytes.fromhex("302c300706032b65700500032100") + bytes(32),  # with NULL
        bytes.fromhex("30812a300506032b6570032100") + bytes(32),  # a long length
    ],
)
def test_another_der_is_refused(der):
    with pytest.raises(MalformedError, match="the DER of an Ed25519 key"):
        ed25519.load_spki(der)


def test_der_with_bytes_behind_it_is_refused():
    der = ed25519.spki(key_of().public_key())
    with pytest.raises(MalformedError, match="33 bytes long, expected 32"):
        ed25519.load_spki(der + b"\x00")


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_random_bytes_are_refused_with_one_kind_of_error_or_load(data):
    for load in (ed25519.load_spki, ed25519.load_public_key):
        try:
            key = load(data)
        except MalformedError:
            continue
        assert data.endswith(ed25519.raw(key))
