"""Founding: the keys and the pin are on the disk before there is an archive of them."""

import os

from archiver import keys
from tests.newsroom import Newsroom


def test_keys_and_pin_are_on_the_disk_before_the_archive_is_in_place(
    tmp_path, monkeypatch
):
    flushed = {}
    really = os.fsync

    def fsync(handle):
        found = os.fstat(handle)
        at = found.st_dev, found.st_ino
        flushed.setdefault(at, []).append((tmp_path / "desk").exists())
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    room = Newsroom(tmp_path / "desk")
    folder = keys.key_folder(room.archive.config.origin).folder
    pins = keys.config_folder() / "pins"
    (pin,) = pins.iterdir()
    own = [folder / keys.LOG, folder / keys.OPERATOR, *folder.parents[:3], pin, pins]
    for place in (folder, *own):
        found = place.stat()
        assert flushed[found.st_dev, found.st_ino][0] is False, place
    found = tmp_path.stat()
    assert flushed[found.st_dev, found.st_ino][-1] is True
