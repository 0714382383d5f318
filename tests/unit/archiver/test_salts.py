"""The salts: private, only added to, and enough to prove by."""

import json
import os
from datetime import UTC, datetime

import pytest

from archiver.errors import ArchiveError
from archiver.redacting.redaction import Redaction, Secrets, check_value
from archiver.redacting.salts import keep_salts, salts_file

ON = datetime(2026, 2, 3, 9, tzinfo=UTC)


def redaction(value: bytes) -> Redaction:
    secrets = Secrets(lambda size: b"s" * size)
    secrets.learn_url(f"http://a/?token={value.decode()}")
    (found,) = secrets.note(secrets.redact_url(f"?token={value.decode()}"))
    return found


def test_salts_are_added_line_by_line_in_a_file_of_the_owner_alone():
    first, second = redaction(b"one-token"), redaction(b"two-token")
    keep_salts([], ON)
    assert not salts_file().exists()
    keep_salts([first], ON)
    salts_file().chmod(0o644)
    keep_salts([second, first], ON)
    assert salts_file().stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in salts_file().read_text().splitlines()]
    assert [line["commitment"] for line in lines] == [
        first.commitment,
        second.commitment,
        first.commitment,
    ]
    assert set(lines[0]) == {"commitment", "salt", "what", "on"}
    assert lines[0]["on"] == "2026-02-03T09:00:00.000000Z"
    assert b"one-token" not in salts_file().read_bytes()
    check_value(b"one-token", bytes.fromhex(lines[0]["salt"]), lines[0]["commitment"])


def test_a_state_folder_that_takes_no_file_is_told():
    salts_file().parent.parent.mkdir(parents=True, exist_ok=True)
    salts_file().parent.write_text("in the way")
    with pytest.raises(ArchiveError, match=r"redactions\.jsonl cannot be written"):
        keep_salts([redaction(b"one-token")], ON)


def test_the_file_of_the_salts_is_on_the_disk_and_its_name_too(monkeypatch):
    flushed = set()
    really = os.fsync

    def fsync(handle):
        flushed.add(os.fstat(handle).st_ino)
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    keep_salts([redaction(b"one-token")], ON)
    place = salts_file()
    assert {each.stat().st_ino for each in (place, *place.parents[:2])} <= flushed
