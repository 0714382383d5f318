"""Folders of captures: held by their process, and removed when it was killed."""

import os
import subprocess
import sys
import time

import pytest

from archiver.errors import ArchiveError
from archiver.workdirs import work_folder

LEFT = """
import os, signal
from archiver.workdirs import work_folder
with work_folder() as folder:
    (folder / "cookies").write_text("secret")
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def age(folder):
    then = time.time() - 3600
    os.utime(folder, (then, then))


def test_a_folder_is_there_for_its_process_and_then_no_more(temporary):
    with work_folder() as folder:
        (folder / "file").write_bytes(b"x")
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(temporary):
    killed = subprocess.run(
        [sys.executable, "-c", LEFT],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    left = temporary / os.path.basename(killed.stdout.strip())  # noqa: PTH119
    assert (left / "cookies").exists()
    age(left)
    with work_folder():
        assert not left.exists()


def test_a_folder_that_is_held_or_new_or_no_folder_of_ours_stays(temporary):
    (temporary / "target").mkdir()
    link = temporary / "sourcebook-link"
    link.symlink_to(temporary / "target")
    new = temporary / "sourcebook-new"
    new.mkdir()
    file = temporary / "sourcebook-file"
    file.write_bytes(b"")
    age(file)
    with work_folder() as held:
        age(held)
        with work_folder():
            assert held.exists()
    assert new.exists()
    assert link.is_symlink()
    assert file.exists()


def test_where_no_folder_can_be_made_the_error_names_the_remedy(temporary, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(temporary / "absent"))
    with pytest.raises(ArchiveError) as caught, work_folder():
        pass
    assert "TMPDIR" in caught.value.hint
