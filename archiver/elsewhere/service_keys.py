"""Keys of the user's account with a service, such as a web archive.

They lie in the user's configuration folder under the name of the host that they are
for, are sent to no other and only over TLS, and stand in no message and in no archive:
whoever writes an archive's configuration cannot have them sent elsewhere.
"""

import re
from pathlib import Path

from archiver.errors import ArchiveError
from archiver.keys import config_folder, escape, own_file, read_private
from archiver.wire.guard import parse_url

MAX_KEYS = 1 << 10  # bytes

_KEYS = re.compile(r"[!-9;-~]+:[!-~]+")  # access key, colon, secret


def key_place(url: str) -> Path:
    """Return where the keys for the service at ``url`` lie, if there are any."""
    parsed = parse_url(url)
    return config_folder() / "wayback" / escape(f"{parsed.host}:{parsed.port}")


def read_keys(url: str) -> str | None:
    """Read the keys of the user's account with the service at ``url``, if any.

    Raises:
        ArchiveError: their file cannot be read, others may read it, it holds no keys,
            or they would go over the network in clear.
    """
    place = key_place(url)
    with own_file(place, "read"):
        if not place.exists():
            return None
    found = read_private(place, MAX_KEYS).decode("ascii", "replace").strip()
    if not _KEYS.fullmatch(found):
        raise ArchiveError(
            f"{place} holds no keys, expected one line: access key, colon, secret",
            hint=account_hint(url),
        )
    if parse_url(url).scheme != "https":
        raise ArchiveError(
            f"the keys in {place} are not sent to {url}, expected https",
            hint="name the service by https in archive.toml, or take the keys away",
        )
    return found


def account_hint(url: str) -> str:
    """Say how to make an account's keys known here."""
    return (
        "keys of an account (https://archive.org/account/s3.php) go into"
        f" {key_place(url)}, one line 'access key:secret', mode 0600"
    )
