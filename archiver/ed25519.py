"""Ed25519 keys and signatures (RFC 8032), with weak keys refused when they are loaded.

The verifiers of this world take keys for which a signature proves nothing: with the key
``01 00…`` the signature ``01 00…`` holds for every message in OpenSSL, Go, Node and
Chromium.  So no key comes into this project but through :func:`load_public_key`.
A public key is 32 bytes (section 5.1.5): y, little-endian, with the sign of x in bit
255.
"""

from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archiver.errors import MalformedError, VerificationError

KEY_SIZE: Final = 32  # bytes
SIGNATURE_SIZE: Final = 64  # bytes

P: Final = 2**255 - 19  # the field (section 5.1)
_SIGN = 1 << 255
# y of the points whose order divides 8: 1 the identity, -1 order 2, 0 order 4, and the
# two of order 8.
WEAK_Y: Final = frozenset(
    {
        0,
        1,
        P - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)

# RFC 8410, section 4: SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING (32 bytes) }.
# There is one DER form, so it is compared and not parsed.
_SPKI = bytes.fromhex("302a300506032b6570032100")


def load_public_key(raw: bytes) -> Ed25519PublicKey:
    """Load a raw public key; refuse one that could vouch for what nobody signed.

    The sign bit is set aside first, since the identity passes with either sign.

    Raises:
        MalformedError: the key is not 32 bytes long, y is not below p (a second
            spelling of a key), or the point has an order of 1, 2, 4 or 8.
    """
    if len(raw) != KEY_SIZE:
        raise MalformedError(
            f"an Ed25519 key is {len(raw)} bytes long, expected {KEY_SIZE}"
        )
    y = int.from_bytes(raw, "little") & ~_SIGN
    if y >= P:
        raise MalformedError(
            f"the Ed25519 key {raw.hex()} has y = {y:#x}, expected y below 2^255-19"
        )
    if y in WEAK_Y:
        raise MalformedError(
            f"the Ed25519 key {raw.hex()} is a point of small order, expected a key"
            " that only its owner can sign with",
            hint="Nobody makes such a key by accident. Ask whoever gave it to you.",
        )
    return Ed25519PublicKey.from_public_bytes(raw)


def load_spki(der: bytes) -> Ed25519PublicKey:
    """Load a SubjectPublicKeyInfo (RFC 8410, section 4), as :func:`load_public_key`.

    Raises:
        MalformedError: the DER is not that of an Ed25519 key, or the key is weak.
    """
    if not der.startswith(_SPKI):
        raise MalformedError(
            f"a public key begins {der[: len(_SPKI)].hex()}, expected {_SPKI.hex()},"
            " the DER of an Ed25519 key"
        )
    return load_public_key(der[len(_SPKI) :])


def raw(key: Ed25519PublicKey) -> bytes:
    """Return the 32 bytes of ``key``."""
    return key.public_bytes_raw()


def spki(key: Ed25519PublicKey) -> bytes:
    """Return ``key`` as SubjectPublicKeyInfo in DER (RFC 8410, section 4)."""
    return _SPKI + raw(key)


def keyid(key: Ed25519PublicKey) -> str:
    """Return the hex SHA-256 of the SubjectPublicKeyInfo, by which a key is known."""
    return sha256(spki(key)).hexdigest()


def check_signature(key: Ed25519PublicKey, message: bytes, signature: bytes) -> None:
    """Check an Ed25519 signature over ``message`` (RFC 8032, section 5.1.7).

    Raises:
        VerificationError: the signature is not 64 bytes long, or does not verify.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise VerificationError(
            f"the signature is {len(signature)} bytes long, expected {SIGNATURE_SIZE}"
        )
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise VerificationError(
            f"the signature does not verify with the key {keyid(key)}"
        ) from error
