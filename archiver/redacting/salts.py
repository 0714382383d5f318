"""The salts of redactions: kept by the operator, outside of every archive.

In the archive stand a marker and SHA-256(salt || SHA-256(value)).  With the salt of
that line, and the value, which he alone has, the operator proves what was sent:
whoever he shows both to computes the same (``redaction.check_value``).  Whoever has
only the archive cannot even try guesses.  The file is
``<state>/redactions.jsonl``, mode 0600, a line for each redaction; it is only added to,
and holds no value.
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from archiver.flushing import flush, keep_folder
from archiver.keys import own_file, state_folder
from archiver.redacting.redaction import Redaction
from archiver.warcfile import format_date

MODE = 0o600


def salts_file() -> Path:
    """Return the place of this user's salts."""
    return state_folder() / "redactions.jsonl"


def keep_salts(redactions: Iterable[Redaction], on: datetime) -> None:
    """Add the salts of a capture that began at ``on``, and bring them to the disk.

    Raises:
        ArchiveError: the file cannot be written.
    """
    lines = "".join(_format(each, on) for each in redactions).encode()
    if not lines:
        return
    place = salts_file()
    with own_file(place, "written"):
        keep_folder(place.parent, 0o700)
        handle = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, MODE)
        with os.fdopen(handle, "ab") as stream:
            os.fchmod(stream.fileno(), MODE)
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
        flush(place.parent)  # it may be new


def _format(redaction: Redaction, on: datetime) -> str:
    line = {
        "commitment": redaction.commitment,
        "salt": redaction.salt.hex(),
        "what": redaction.what,
        "on": format_date(on),
    }
    return json.dumps(line) + "\n"
