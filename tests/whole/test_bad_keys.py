"""Keys and passphrases, wrong in each way; a founding that leaves nothing behind."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.commandline import contents, done, forked, full_at, refused, run, shell

WORDS = "long and hard to guess"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Return a new machine's home, and be in it."""
    for kind in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text("a page")
    return tmp_path


def make_key(home: Path, name: str, passphrase: str = "", kind: str = "ed25519"):
    words = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(home / name)]
    subprocess.run(words, check=True)
    return home / name


def with_passphrase(passphrase: str, *words, archive=None):
    """Run a command that reads the passphrase from a pipe."""
    read, write = os.pipe()
    os.write(write, passphrase.encode() + b"\nmore that is not read\n")
    os.close(write)
    fd = ["--passphrase-fd", str(read)]
    outcome = shell(*words, *fd, archive=archive, pass_fds=(read,))
    os.close(read)
    return outcome


DEPOSIT = ["deposit", "page.txt", "--source", "a reader"]


def test_keys_lie_under_a_passphrase_and_only_with_it_is_anything_written(home):
    assert with_passphrase(WORDS, "init", "new").code == 0
    keys = [place for place in (home / "config").rglob("keys/*/*") if place.is_file()]
    assert sorted(place.name for place in keys) == ["log", "operator"]
    for place in keys:
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        words = ["ssh-keygen", "-y", "-P", "", "-f", str(place)]
        assert subprocess.run(words, capture_output=True, check=False).returncode != 0
    before = contents(home)
    refused(with_passphrase("wrong", *DEPOSIT, archive="new"), 5, "passphrase")
    refused(with_passphrase("", *DEPOSIT, archive="new"), 5, "passphrase")
    refused(shell(*DEPOSIT, archive="new"), 2, "no terminal", "--passphrase-fd")
    refused(run(*DEPOSIT, "--passphrase-fd", "990", archive="new"), 2, "990")
    assert contents(home) == before
    assert with_passphrase(WORDS, *DEPOSIT, archive="new").code == 0
    assert run("verify", archive="new").code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no terminal to ask"),
        (["--passphrase-fd", "990"], "cannot be read"),
        (["--passphrase-fd", "9" * 30], "range"),
        (["--no-passphrase", "--id", "A B"], "'A B'"),
        (["--no-passphrase", "--id", ""], "''"),
        (["--no-passphrase", "--origin", "a b"], "'a b'"),
        (["--no-passphrase", "--operator", "one\ntwo"], "expected"),
        (["--no-passphrase", "--key", "absent"], "does not exist"),
    ],
)
def test_a_founding_that_is_refused_leaves_nothing(home, options, said):
    before = contents(home)
    refused(shell("init", "new", *options), 2, said)
    left = {rel for rel in contents(home) if rel not in before}
    assert [rel for rel in left if (home / rel).is_file()] == []


def test_an_empty_passphrase_is_none(home):
    refused(with_passphrase("", "init", "new"), 2, "passphrase is empty")
    assert not (home / "new").exists()


@pytest.mark.needs("ssh-keygen")
def test_an_operators_own_key_signs_and_is_not_copied(home):
    key = make_key(home, "mine", WORDS)
    outcome = with_passphrase(WORDS, "init", "new", "--key", key)
    assert outcome.code == 0, outcome
    (link,) = (home / "config").rglob("keys/*/operator")
    assert link.resolve() == key.resolve()
    assert with_passphrase(WORDS, *DEPOSIT, archive="new").code == 0
    assert run("verify", archive="new").code == 0
    key.chmod(0o644)
    before = contents(home)
    outcome = with_passphrase(WORDS, *DEPOSIT, archive="new")
    refused(outcome, 5, "has mode 0644, expected 0600", "chmod 600")
    assert contents(home) == before


@pytest.mark.needs("ssh-keygen")
@pytest.mark.parametrize(
    ("made", "mode", "code", "said"),
    [
        (("", "rsa"), 0o600, 5, "expected Ed25519"),
        (("", "ed25519"), 0o640, 5, "mode 0640"),
        ((WORDS, "ed25519"), 0o600, 2, "there is no terminal"),
    ],
)
def test_a_key_that_cannot_sign_founds_nothing(home, made, mode, code, said):
    key = make_key(home, "mine", *made)
    key.chmod(mode)
    before = contents(home)
    refused(shell("init", "new", "--no-passphrase", "--key", key), code, said)
    assert contents(home) == before


@pytest.mark.needs("ssh-keygen")
def test_a_public_key_and_a_page_are_no_private_keys(home):
    make_key(home, "mine")
    for name in ("mine.pub", "page.txt"):
        place = home / name
        place.chmod(0o600)
        outcome = run("init", "new", "--no-passphrase", "--key", place)
        refused(outcome, 5, name, "is no key", "ssh-keygen")
    assert not (home / "new").exists()


def test_an_archive_is_never_made_over_something(home):
    taken = home / "taken"
    taken.mkdir()
    (taken / "note").write_text("mine")
    before = contents(home)
    refused(run("init", taken, "--no-passphrase"), 5, "not empty", "another folder")
    refused(run("init", home / "page.txt", "--no-passphrase"), 5, "page.txt")
    refused(run("init", home / "page.txt/new", "--no-passphrase"), 5, "page.txt")
    assert contents(home) == before
    (home / "empty").mkdir()
    done("init", home / "empty", "--no-passphrase")


@pytest.mark.parametrize("origin", ["log.example/a", "..", ".hidden", "a⽁", "x" * 250])
def test_an_origin_is_used_once_and_its_keys_lie_where_they_should(home, origin):
    done("init", "new", "--no-passphrase", "--origin", origin)
    assert len(list((home / "config").glob("sourcebook/keys/*/log"))) == 1
    assert len(list((home / "config").glob("sourcebook/pins/*"))) == 1
    before = contents(home)
    outcome = run("init", "other", "--no-passphrase", "--origin", origin)
    refused(outcome, 5, "was begun on this machine already", "another one")
    assert contents(home) == before
    assert run("verify", archive="new").code == 0


@pytest.mark.parametrize("size", [0, 200, 1000, 4096])
def test_a_founding_on_a_full_disk_leaves_nothing_and_can_be_tried_again(home, size):
    words = ["init", "new", "--no-passphrase", "--origin", "log.example/new"]
    refused(forked(full_at(size), *words), 5, "cannot be")
    left = [rel for rel in contents(home) if (home / rel).is_file()]
    assert left == ["page.txt"]
    done(*words)
    assert run("verify", archive="new").code == 0


@pytest.mark.parametrize("kind", ["CONFIG", "STATE"])
def test_a_folder_of_ones_own_that_is_a_file_is_told(home, monkeypatch, kind):
    monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / "page.txt"))
    refused(run("init", "new", "--no-passphrase"), 5, "page.txt", "your folder")
    assert not (home / "new").exists()


def test_a_damaged_pin_is_told_with_its_file(home):
    done("init", "new", "--no-passphrase")
    (pin,) = (home / "config").glob("sourcebook/pins/*")
    for damage in (b"\xff", b"", b"sha256:00"):
        pin.write_bytes(damage)
        refused(run("verify", archive="new"), 5, str(pin), "expected sha256:")
    pin.unlink()
    pin.mkdir()
    refused(run("verify", archive="new"), 5, str(pin))
