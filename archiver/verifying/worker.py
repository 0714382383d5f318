"""A program that verifies snapshots, in a process of its own, for ``verify --jobs``.

``python -P -m archiver.verifying.worker DESCRIPTOR ARCHIVE`` reads the payload of one
``snapshot`` statement after the other from a socket, and writes the report of each: the
one that the same archive would get in one process.  It ends where nothing more comes.
"""

import json
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from archiver.findings import Finding, Report
from archiver.statements import parse_statement
from archiver.store import Archive, open_archive
from archiver.verifying.snapshot import verify_snapshot

READY: Final = b"ready"
OUT_OF_MEMORY: Final = 71  # what it then ends with; EX_OSERR of sysexits.h


def main() -> None:
    """Verify what comes, until nothing more comes."""
    line = Connection(int(sys.argv[1]))
    archive = open_archive(Path(sys.argv[2]))
    try:
        line.send_bytes(READY)
        while True:
            line.send_bytes(_verify(archive, line.recv_bytes()))
    except (EOFError, OSError):
        return  # whoever asked has gone
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def format_report(report: Report) -> bytes:
    """Write a report as it is sent."""
    found = [each.as_dict() for each in report.findings]
    return json.dumps({"findings": found, "checked": report.checked}).encode()


def parse_report(data: bytes) -> Report:
    """Read a report as it was sent."""
    sent = json.loads(data)
    return Report([Finding(**each) for each in sent["findings"]], sent["checked"])


def _verify(archive: Archive, payload: bytes) -> bytes:
    report = Report()
    verify_snapshot(archive, parse_statement(payload), report)
    return format_report(report)


if __name__ == "__main__":
    main()
