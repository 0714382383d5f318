"""The revisions of each claim in one release: which there are, and which is in force.

``release`` copies each claim whose content is new to ``revisions/<claim id>/<n>.toml``.
The revision in force is the copy of the claim file.  In a draft a claim file may be
newer than its last copy: it is then the next revision, which is in no release yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archiver.errors import VerificationError
from archiver.jsonobject import JsonObject
from claims.dossier import WRITTEN, Dossier
from claims.model import Claim
from claims.places import Places
from claims.published.claim_rows import Since
from claims.published.released import Release


@dataclass(frozen=True, slots=True)
class Known:
    """One revision of a claim, as its file has it; ``places`` are of that file."""

    claim: Claim
    number: int
    case: str
    slug: str
    file: str
    data: bytes
    places: Places
    since: Since | None


def list_revisions(release: Release, dossier: Dossier) -> dict[str, list[Known]]:
    """Return the revisions of every claim, the oldest first, by claim id.

    A claim file that was taken away leaves its revisions, whose addresses stay.

    Raises:
        VerificationError: a released claim file is not the newest of its revisions.
    """
    files = {file.path: file.data for file in release.files}
    since = dict(_first_listed(release))
    found: dict[str, list[Known]] = {}
    for known in _copies(files, dossier, since):
        found.setdefault(known.claim.id, []).append(known)
    for name, folder in dossier.cases.items():
        for each in folder.claims:
            copies = found.setdefault(each.claim.id, [])
            data = files[each.file]
            if copies and copies[-1].data == data:
                last = copies.pop()
                file, number = last.file, last.number
            elif release.draft:
                file, number = each.file, 1 + (copies[-1].number if copies else 0)
            else:
                raise _not_copied(each.file, copies)
            first = since.get((file, data))
            copies.append(
                Known(
                    each.claim, number, name, each.slug, file, data, each.places, first
                )
            )
    return found


def _copies(
    files: Mapping[str, bytes],
    dossier: Dossier,
    since: Mapping[tuple[str, bytes], Since],
) -> Iterator[Known]:
    """Yield each copied revision, by number."""
    matches = (WRITTEN.fullmatch(file) for file in files)
    copies = [match for match in matches if match and match["revision"]]
    for match in sorted(copies, key=lambda match: int(match["number"])):
        number, file = int(match["number"]), match.string
        data = files[file]
        claim = dossier.revisions[match["revision"]][number]
        yield Known(
            claim=claim,
            number=number,
            case=match["folder"],
            slug=claim.id,
            file=file,
            data=data,
            places=Places(file),
            since=since.get((file, data)),
        )


def _first_listed(release: Release) -> Iterator[tuple[tuple[str, bytes], Since]]:
    """Yield each file as it is now, with the first release that lists it so."""
    now = {(file.path, file.sha256): file.data for file in release.files}
    for logged in release.of_type("release"):
        predicate = JsonObject(logged.statement.predicate, "the release")
        number = predicate.integer("number", low=1)
        since = Since(number, logged.index, predicate.text("on"))
        for subject in logged.statement.subjects:
            data = now.pop((subject.name, subject.sha256), None)
            if data is not None:
                yield (subject.name, data), since


def _not_copied(file: str, copies: list[Known]) -> VerificationError:
    newest = f"revision {copies[-1].number}" if copies else "none at all"
    return VerificationError(
        f"{file} has no revision of its own in the release, the newest is {newest}",
        hint="'sourcebook release' copies each new claim to its revisions",
    )
