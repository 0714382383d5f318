"""What a capture is bounded by on the command line, and what it may be asked for."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from archiver.config import MOST_BYTES, MOST_SECONDS, Config
from archiver.terminal import Seconds, give_options
from archiver.wire.guard import parse_address, parse_url
from archiver.wire.observation import CaptureOptions, format_user_agent

SECONDS = Seconds(0.1, MOST_SECONDS)
MOST_RETRIES = 10

# What bounds a capture; ``read_bounds`` reads it.
bounds_options = give_options(
    click.option(
        "--timeout",
        type=SECONDS,
        metavar="SECONDS",
        help="For one capture in all; else as archive.toml says.",
    ),
    click.option(
        "--max-bytes",
        type=click.IntRange(1, MOST_BYTES),
        metavar="N",
        help="Bytes on the wire, at most; else as archive.toml says.",
    ),
    click.option(
        "--allow-address",
        "allowed",
        multiple=True,
        metavar="HOST:PORT",
        help="Let this one inner address through; it stands in the signed statement.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Certificates to trust in place of the usual ones.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0, MOST_RETRIES),
        metavar="N",
        help="Ask again so often where a failure may pass; each stands in the file.",
    ),
)


def read_bounds(
    config: Config, asked: dict[str, Any], retries: int = 0
) -> CaptureOptions:
    """Return what a capture may do, by the command line and by the archive's limits."""
    limits = config.limits
    return CaptureOptions(
        timeout=asked["timeout"] or limits.timeout,
        max_bytes=asked["max_bytes"] or limits.max_bytes,
        allow_addresses=asked["allowed"],
        ca_file=asked["ca_file"],
        retries=retries if asked["retries"] is None else asked["retries"],
        user_agent=format_user_agent(config.contact or config.operator),
    )


def check_asked(urls: Iterable[str], addresses: Iterable[str]) -> None:
    """Check what was given to be asked for, before anything is.

    Raises:
        MalformedError: a URL is none for a capture, or an address is none.
    """
    for url in urls:
        parse_url(url)
    for address in addresses:
        parse_address(address)
