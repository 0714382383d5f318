"""An archive's own configuration: ``archive.toml``.

One table of facts about the archive, the access that each custody gives, and limits.
Unknown keys are refused: a misspelt ``access`` would publish what was meant to be
sealed.
"""

import re
import tomllib
from typing import Literal

import msgspec

from archiver.errors import MalformedError
from archiver.wire.guard import parse_url

SCHEMA = "sourcebook/archive@1"
INTERNAL = (
    "sourcebook.internal"  # a top-level name that nobody can buy (docs/formats.md)
)
Level = Literal["public", "quotes", "sealed"]

MOST_BYTES = 1 << 53  # of one capture; what JSON can count
MOST_SECONDS = 10**6  # of one capture; what a socket can wait
WAYBACK = "https://web.archive.org"

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TEMPLATE = """\
schema   = "{schema}"
id       = {id}
title    = {title}
operator = {operator}
origin   = {origin}
contact  = {contact}  # in captures, for the owner of a site who wants to ask

# What the public may have of a snapshot, by its custody: "public" (the bytes),
# "quotes" (the quotes with a little context, and the proofs) or "sealed" (the log
# entry and its receipt).  A case file may say otherwise for one snapshot, with a
# reason.
[access]
captures  = "{access.captures}"
deposits  = "{access.deposits}"
logged-in = "{access.logged_in}"

[limits]
max-bytes = {limits.max_bytes}  # of one capture, on the wire
timeout   = {limits.timeout}  # seconds, of one capture in all

# Where 'capture --also wayback' has a page saved by somebody else as well.
[wayback]
url = {wayback}
"""


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the public may have, by custody."""

    captures: Level = "public"
    deposits: Level = "quotes"
    logged_in: Level = "sealed"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Bounds of one capture: bytes on the wire, and seconds in all."""

    max_bytes: int = 100 * 1024 * 1024
    timeout: int = 60


class Wayback(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The web archive that is asked to save a page as well: its Save Page Now."""

    url: str = WAYBACK


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of ``archive.toml``."""

    schema: str = SCHEMA
    id: str
    title: str
    operator: str
    origin: str
    contact: str = ""
    access: Access = Access()
    limits: Limits = Limits()
    wayback: Wayback = Wayback()


def default_origin(archive_id: str, log_key_sha256: str) -> str:
    """Name a log that has no domain of its own: no other archive can have this name."""
    return f"{INTERNAL}/{archive_id}/{log_key_sha256[:8]}"


def check_id(archive_id: str) -> None:
    """Check that ``archive_id`` may stand in addresses and in a log's origin.

    Raises:
        MalformedError: it is not 1 to 63 of a-z, 0-9 and -, beginning with no dash.
    """
    if not _ID.fullmatch(archive_id):
        raise MalformedError(
            f"the archive's id is {archive_id!r}, expected 1 to 63 of a-z, 0-9 and '-'"
        )


def parse_config(data: bytes) -> Config:
    """Parse ``archive.toml``.

    Raises:
        MalformedError: it is not UTF-8 or not TOML, has an unknown, missing or wrongly
            typed key, states another schema, a limit is out of bounds, or no path can
            be added to the URL of the web archive.
    """
    try:
        table = tomllib.loads(data.decode())
        config = msgspec.convert(table, Config)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"archive.toml: {error}") from error
    if config.schema != SCHEMA:
        raise MalformedError(
            f"archive.toml: schema is {config.schema!r}, expected {SCHEMA!r}"
        )
    check_id(config.id)
    _check_limit("max-bytes", config.limits.max_bytes, MOST_BYTES)
    _check_limit("timeout", config.limits.timeout, MOST_SECONDS)
    _check_wayback(config.wayback.url)
    return config


def format_config(config: Config) -> bytes:
    """Write ``archive.toml`` with a comment on each choice that it offers."""
    text = _TEMPLATE.format(
        schema=config.schema,
        id=_quoted(config.id),
        title=_quoted(config.title),
        operator=_quoted(config.operator),
        origin=_quoted(config.origin),
        contact=_quoted(config.contact),
        access=config.access,
        limits=config.limits,
        wayback=_quoted(config.wayback.url),
    )
    return text.encode()


def _check_limit(name: str, limit: int, most: int) -> None:
    if not 1 <= limit <= most:
        raise MalformedError(
            f"archive.toml: limits.{name} is {limit}, expected 1 to {most}"
        )


def _check_wayback(url: str) -> None:
    try:
        parsed = parse_url(url)
    except MalformedError as error:
        raise MalformedError(f"archive.toml: wayback.url: {error}") from error
    if parsed.fragment or "?" in url or url.endswith("/"):
        raise MalformedError(
            f"archive.toml: wayback.url is {url!r}, expected such as {WAYBACK}, without"
            " a slash, query or fragment at its end"
        )


def _quoted(text: str) -> str:
    # a JSON string is a TOML basic string, but for DEL, which TOML wants escaped
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
