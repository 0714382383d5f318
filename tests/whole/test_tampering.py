"""Every file of an archive, changed in every simple way: each is found and named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commandline import run

Findings = Callable[[Path], list[dict[str, str]]]


def files(archive: Path) -> Iterator[Path]:
    """Yield every file of the archive."""
    yield from sorted(place for place in archive.rglob("*") if place.is_file())


def flip(place: Path) -> None:
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    write(place, bytes(data))


def cut(place: Path) -> None:
    write(place, place.read_bytes()[:-1])


def grow(place: Path) -> None:
    write(place, place.read_bytes() + b"\n")


def empty(place: Path) -> None:
    write(place, b"")


def remove(place: Path) -> None:
    place.unlink()


def write(place: Path, data: bytes) -> None:
    place.chmod(0o644)
    place.write_bytes(data)


def test_an_untouched_archive_has_no_finding(archive: Path, findings: Findings) -> None:
    assert [each for each in findings(archive) if each["severity"] == "error"] == []


@pytest.mark.parametrize("tamper", [flip, cut, grow, empty, remove])
def test_a_change_to_any_file_is_found_and_the_file_is_named(
    archive: Path, findings: Findings, tamper: Callable[[Path], None]
) -> None:
    for place in files(archive):
        rel = place.relative_to(archive).as_posix()
        if rel == "archive.toml":
            continue  # has tests of its own: without it there is no archive
        before = place.read_bytes()
        tamper(place)
        found = findings(archive)
        named = [each for each in found if rel in each["place"]]
        assert [each for each in named if each["severity"] == "error"], (rel, found)
        write_back(place, before)
    assert [each for each in findings(archive) if each["severity"] == "error"] == []


@pytest.mark.parametrize(
    "rel",
    [
        "note.txt",
        "sources/org/another.toml",
        "cases/a-case/claims/another.toml",
        "trust/note.txt",
        "trust/2/policy",
        "snapshots/00/note",
        "snapshots/note",
        "statements/00/note",
        "logs/note",
        "logs/1/tile/0/001",
        "logs/1/tile/entries/000",
    ],
)
def test_a_file_that_was_added_anywhere_is_found_and_named(
    archive: Path, findings: Findings, rel: str
) -> None:
    place = archive / rel
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"a stranger's file")
    found = findings(archive)
    assert any(each["place"].startswith(rel) for each in found), found


def test_a_link_in_place_of_a_file_is_found(archive: Path, findings: Findings) -> None:
    place = next(archive.glob("snapshots/??/*.warc.gz"))
    elsewhere = archive.parent / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    assert any(place.name in each["place"] for each in findings(archive))


def test_five_bytes_in_five_folders_are_five_findings(
    archive: Path, findings: Findings
) -> None:
    places = [
        next(archive.glob("snapshots/??/*.warc.gz")),
        next(archive.glob("statements/??/*.tlog-proof")),
        next(archive.glob("logs/1/tile/0/*.p/*")),
        archive / "cases/a-case/claims/status.toml",
        archive / "sources/org/outlet.toml",
    ]
    for place in places:
        flip(place)
    named = {each["place"].split(" ")[0].split(":")[0] for each in findings(archive)}
    assert named >= {place.relative_to(archive).as_posix() for place in places}


def write_back(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.chmod(0o644)
    place.write_bytes(data)


def test_a_person_is_shown_the_first_of_many_consequences_and_how_many_more(
    archive: Path,
) -> None:
    flip(next(archive.glob("snapshots/??/*.warc.gz")))
    claim = archive / "cases/a-case/claims/status.toml"
    block = claim.read_text().partition("[[evidence]]")[2]
    more = (block.replace('"e1"', f'"e{number}"') for number in range(2, 6))
    claim.write_text(claim.read_text() + "".join(f"\n[[evidence]]{b}" for b in more))
    result = run("verify", archive=archive)
    assert result.code == 1
    assert result.stdout.count("error  C05") == 3
    assert "C05: 7 more; --json tells each" in result.stdout
