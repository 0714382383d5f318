"""Each file of data/ is one attack on the good capture of signed/, and is refused.

A new file there is a new test.  Its suffix says what it stands in place of: the WARC
(``.warc.gz``, ``.warc``), the statement, the openings or the log entry.
"""

import re
from io import BytesIO
from pathlib import Path

import pytest

from archiver.errors import MalformedError, VerificationError
from archiver.facts import parse_snapshot
from archiver.merkle import check_inclusion, leaf_hash
from archiver.openings import check_openings, parse_openings
from archiver.records import check_main_record, walk_records
from archiver.statements import open_statement, parse_bundle, parse_entry
from tests.hostile.good_capture import KEYS, ORIGIN
from tests.hostile.make_data import KINDS, SIGNED, attacks

HERE = Path(__file__).parent
FILES = sorted((HERE / "data").iterdir())
# Read, not made: another zlib would pack the same records in other bytes.
GOOD = {
    path.name.removeprefix("capture."): path.read_bytes()
    for path in (HERE / "signed").iterdir()
}


def check_capture(
    *,
    warc=GOOD["warc.gz"],
    bundle=GOOD["sigstore.json"],
    lines=GOOD["records.jsonl"],
    entry=GOOD["entry"],
):
    """Check a capture as a verifier does that has one of its four files in doubt.

    The digest of the whole file is left out: it would hide what names the record.
    """
    envelope = parse_bundle(bundle, canonical=True)
    facts = parse_snapshot(open_statement(envelope, KEYS, ORIGIN))
    parse_entry(entry)
    leaf, root = leaf_hash(entry), leaf_hash(GOOD["entry"])
    check_inclusion((), index=0, size=1, leaf=leaf, root=root)
    openings, _ = parse_openings(lines)
    records = list(walk_records(BytesIO(warc)))
    check_openings(openings, records, facts.warc.records_root, facts.warc.record_count)
    check_main_record(records, facts.main_record)


RECORD = r"record \d+ at byte \d+"
# by suffix: which file it stands in place of, and what a message must name
PLACES = {
    ".warc.gz": ("warc", RECORD),
    ".warc": ("warc", RECORD),
    ".sigstore.json": (
        "bundle",
        r"the (bundle|statement|predicate|subject|signature|openings)",
    ),
    ".records.jsonl": ("lines", rf"{RECORD}|record \d+ says|line \d+|openings"),
    ".entry": ("entry", "the log entry|the proof"),
}


def suffix_of(path):
    """Return the longest suffix of a file that PLACES knows."""
    return max(filter(path.name.endswith, PLACES), key=len)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_attack_is_refused_and_its_place_is_named(path):
    place, named = PLACES[suffix_of(path)]
    with pytest.raises((MalformedError, VerificationError)) as caught:
        check_capture(**{place: path.read_bytes()})
    message = str(caught.value)
    assert re.search(named, message), message
    assert message.isprintable()
    assert len(message) < 1500
    assert caught.value.exit_code in (1, 3)


def test_the_capture_that_the_attacks_are_on_holds():
    assert {f"capture.{suffix}" for suffix in GOOD} == set(SIGNED)
    check_capture()


def test_every_attack_that_is_made_lies_in_the_folder_and_differs_from_the_good_one():
    made = attacks()
    assert set(made) <= {path.name for path in FILES}
    for path in FILES:
        assert path.read_bytes() not in GOOD.values(), path.name
    assert set(KINDS) == set(PLACES)


@pytest.mark.parametrize("attack", ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"])
def test_each_attack_on_the_records_is_tried_on_a_warc(attack):
    assert any(path.match(f"{attack}-*.warc.gz") for path in FILES)


@pytest.mark.parametrize(
    "attack", ["A9", "A10", "A11", "A12", "A13", "A14", "A32", "A34"]
)
def test_each_attack_on_a_statement_is_tried_on_a_bundle(attack):
    assert any(path.match(f"{attack}-*.sigstore.json") for path in FILES)
