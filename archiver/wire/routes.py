"""How a capture sets out: its route, what may not go over it, and who failed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archiver.errors import ArchiveError, MalformedError, NetworkError
from archiver.redacting.urlsecrets import hide_secrets
from archiver.wire.exchanges import MetadataFields
from archiver.wire.guard import (
    Address,
    ParsedUrl,
    check_address,
    format_address,
    parse_address,
)
from archiver.wire.observation import CaptureOptions
from archiver.wire.recorder import Budget, Route
from archiver.wire.tls import is_address, read_roots


def open_route(first: ParsedUrl, options: CaptureOptions) -> Route:
    """Return how a capture that begins at ``first`` reaches servers; its time runs.

    Raises:
        MalformedError: an allowed address is none, or the file of certificates has
            none.
        NetworkError: ``first`` itself is an inner address; nothing was tried.
    """
    allowed = tuple(map(parse_address, options.allow_addresses))
    budget = Budget(options.max_bytes, time.monotonic() + options.timeout)
    route = Route(
        budget,
        allowed,
        read_roots(options.ca_file),
        options.resolve,
        connect_timeout=options.connect_timeout,
        first_byte_timeout=options.first_byte_timeout,
        why_not=options.why_not,
    )
    if is_address(first.host):  # so nothing has to be asked to know that it may not be
        with naming(hide_secrets(first.url)):
            check_address(Address(first.host, first.port), allowed)
    return route


def check_private(first: ParsedUrl, route: Route) -> None:
    """Check that nobody on the way can read a login.

    Raises:
        MalformedError: it would go over plain http, and not to an address that was
            allowed by name.
    """
    if first.scheme == "https" or Address(first.host, first.port) in route.allowed:
        return
    raise MalformedError(
        f"the login would go to {first.host} over plain http, expected https",
        hint="whoever carries the request could read it; write https://",
    )


def allowed_fields(route: Route) -> MetadataFields:
    """Return the inner addresses that were let through, as metadata name them."""
    return [("allowed-address", format_address(each)) for each in route.allowed]


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Say in a failure of the network what it happened to."""
    try:
        yield
    except NetworkError as error:
        raise NetworkError(f"{what}: {error}", hint=error.hint) from error


@contextmanager
def keeping(workdir: Path) -> Iterator[None]:
    """Tell a failure of the disk from one of the network, which has its own error."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"the capture cannot be kept in {workdir}: {error}"
        ) from error
