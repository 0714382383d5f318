"""The files of an archive that people write, read together: cases, claims, sources.

From a map of paths to bytes, so that a folder, a release and a test are read alike.  A
file that cannot be read is a finding, and the others are read all the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from archiver.findings import Finding
from claims.holdings import Context, Holding
from claims.leads import Lead, read_leads
from claims.model import Case, Claim, read_case, read_claim
from claims.places import Places, locate
from claims.rules import Examined, examine
from claims.sharing import check_case, check_ids, check_leads_dates, check_reuse
from claims.sources import Source, read_source
from claims.verdicts import Assessment

WRITTEN: Final = re.compile(
    r"cases/(?P<folder>[^/]+)/(?:"
    r"(?P<case>case)\.toml"
    r"|(?P<leads>leads)\.csv"
    r"|claims/(?P<claim>[^/]+)\.toml"
    r"|revisions/(?P<revision>[^/]+)/(?P<number>[1-9][0-9]{0,5})\.toml"
    r")|(?P<source>sources/(?:person|org|channel)/[^/]+)\.toml"
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """A claim, and the file that holds it."""

    file: str
    claim: Claim
    places: Places

    @property
    def slug(self) -> str:
        """The file's own name, by which a person calls the claim within its case."""
        return self.file.rpartition("/")[2].removesuffix(".toml")


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """A case, with its claims in the order of their files, and its leads."""

    case: Case
    places: Places
    claims: tuple[ClaimFile, ...]
    leads: tuple[Lead, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that people wrote in one archive.

    ``cases`` are by the name of their folder, ``revisions`` by claim id and number;
    ``faults`` are of the files that cannot be read, or that lie in the wrong place.
    """

    cases: Mapping[str, CaseFolder]
    sources: Mapping[str, Source]
    revisions: Mapping[str, Mapping[int, Claim]]
    faults: tuple[Finding, ...]

    @property
    def claims(self) -> dict[str, Claim]:
        """Every claim by its id; of an id given twice the first counts."""
        files = [each for folder in self.cases.values() for each in folder.claims]
        return {each.claim.id: each.claim for each in reversed(files)}

    @property
    def leads(self) -> dict[str, Lead]:
        """Every lead by its id; of an id given twice the first counts."""
        leads = [lead for folder in self.cases.values() for lead in folder.leads]
        return {lead.id: lead for lead in reversed(leads)}


def read_dossier(files: Mapping[str, bytes]) -> Dossier:
    """Read every file that is a case's or a source's by its path, and no other."""
    reader = _Reader(files)
    sources = {source.id: source for _, source in reader.read("source", read_source)}
    cases = reader.read_cases(reader.read_claims())
    revisions = reader.read_revisions()
    return Dossier(cases, sources, revisions, tuple(reader.faults))


def examine_dossier(
    dossier: Dossier,
    holdings: Mapping[str, Holding],
    assessments: Mapping[str, Sequence[Assessment]],
) -> Iterator[Examined]:
    """Examine every claim; ``holdings`` by SHA-256, ``assessments`` by claim id.

    The assessments are those of the claims as they stand here.
    """
    claims, leads = dossier.claims, dossier.leads
    for folder in dossier.cases.values():
        pinned = folder.case.snapshots.items()
        held = {
            alias: holdings[each.sha256]
            for alias, each in pinned
            if each.sha256 in holdings
        }
        context = Context(folder.case, held, dossier.sources, leads, claims)
        for each in folder.claims:
            judged = assessments.get(each.claim.id, ())
            yield examine(each.claim, context, each.places, judged)


def check_dossier(dossier: Dossier) -> Iterator[Finding]:
    """Check what shows only across files: C17 to C19; the faults come first."""
    yield from dossier.faults
    folders = dossier.cases.values()
    yield from check_ids(
        (each.claim.id, each.places.at("id"))
        for folder in folders
        for each in folder.claims
    )
    yield from check_ids(
        (lead.id, f"{_leads_file(name)}:{lead.line}")
        for name, folder in dossier.cases.items()
        for lead in folder.leads
    )
    for name, folder in dossier.cases.items():
        yield from check_case(folder.case, folder.places, dossier.sources)
        yield from check_leads_dates(folder.leads, _leads_file(name))
        for each in folder.claims:
            earlier = dossier.revisions.get(each.claim.id, {}).values()
            yield from check_reuse(each.claim, each.places, earlier)


def _leads_file(folder: str) -> str:
    return f"cases/{folder}/leads.csv"


class _Reader:
    """Reads the files of one kind after the other, and keeps the faults."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.faults: list[Finding] = []
        found = (WRITTEN.fullmatch(file) for file in sorted(files))
        self.matches = [match for match in found if match]

    def read(
        self, kind: str, read: Callable[[bytes, str], T | Finding]
    ) -> Iterator[tuple[re.Match[str], T]]:
        """Yield the files of one kind in order, each with the match of its path."""
        for match in self.matches:
            if match[kind]:
                value = read(self.files[match.string], match.string)
                if isinstance(value, Finding):
                    self.faults.append(value)
                else:
                    yield match, value

    def read_claims(self) -> dict[str, list[ClaimFile]]:
        """Read the claims, by the folder of their case."""
        claims: dict[str, list[ClaimFile]] = {}
        for match, claim in self.read("claim", read_claim):
            file = match.string
            listed = ClaimFile(file, claim, self.locate(file))
            claims.setdefault(match["folder"], []).append(listed)
        return claims

    def read_cases(
        self, claims: Mapping[str, Sequence[ClaimFile]]
    ) -> dict[str, CaseFolder]:
        """Read the cases with their leads; a folder without a case file is a fault."""
        leads = {
            match["folder"]: rows for match, rows in self.read("leads", read_leads)
        }
        cases = {}
        for match, case in self.read("case", read_case):
            name = match["folder"]
            places = self.locate(match.string)
            self.expect(case.id, name, places)
            listed = tuple(claims.get(name, ()))
            cases[name] = CaseFolder(case, places, listed, leads.get(name, ()))
        folders = {match["folder"] for match in self.matches if match["folder"]}
        for name in sorted(folders):
            if f"cases/{name}/case.toml" not in self.files:
                message = "the case has no case.toml, expected one beside its claims"
                self.faults.append(Finding("C20", f"cases/{name}/case.toml:1", message))
        return cases

    def read_revisions(self) -> dict[str, dict[int, Claim]]:
        """Read the published revisions of each claim, by their numbers."""
        revisions: dict[str, dict[int, Claim]] = {}
        for match, claim in self.read("revision", read_claim):
            self.expect(claim.id, match["revision"], self.locate(match.string))
            revisions.setdefault(claim.id, {})[int(match["number"])] = claim
        return revisions

    def locate(self, file: str) -> Places:
        """Return the places of a file that was read."""
        return locate(self.files[file].decode(), file)

    def expect(self, found: str, expected: str, places: Places) -> None:
        """Keep a fault where the id in a file is not that of its folder."""
        if found != expected:
            message = f"id is {found!r}, expected {expected!r}, the name of its folder"
            self.faults.append(Finding("C19", places.at("id"), message))
