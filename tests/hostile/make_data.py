"""Make the files of data/ and signed/: ``python -m tests.hostile.make_data``.

signed/ holds one good capture: its WARC, its statement, its openings and its log entry.
Each file of data/ is one of these four after one attack, named by it; the letters are
those of the list of attacks in the threat model.

The files are committed.  They change with the version of zlib, so make them again only
for a new attack; a file that is put into data/ by hand is a test like the others.
"""

from pathlib import Path

from archiver.openings import format_openings
from archiver.statements import format_bundle, format_entry
from tests.hostile.attacks_on_statements import bundles, entries, openings
from tests.hostile.attacks_on_warcs import plain_warcs, warcs
from tests.hostile.good_capture import GOOD, OPENINGS, WARC

HERE = Path(__file__).parent
KINDS = {
    ".warc.gz": warcs,
    ".warc": plain_warcs,
    ".sigstore.json": bundles,
    ".records.jsonl": openings,
    ".entry": entries,
}
SIGNED = {
    "capture.warc.gz": WARC,
    "capture.sigstore.json": format_bundle(GOOD),
    "capture.records.jsonl": format_openings(OPENINGS, None),
    "capture.entry": format_entry("snapshot", GOOD),
}


def attacks() -> dict[str, bytes]:
    """Return every hostile file by its name; no two of them share one."""
    found: dict[str, bytes] = {}
    for suffix, make in KINDS.items():
        for name, data in make():
            assert f"{name}{suffix}" not in found
            found[f"{name}{suffix}"] = data
    return found


def main() -> None:
    """Write both folders."""
    for name, data in attacks().items():
        (HERE / "data" / name).write_bytes(data)
    for name, data in SIGNED.items():
        (HERE / "signed" / name).write_bytes(data)


if __name__ == "__main__":
    main()
