"""One edition: everything of a release that may be published, put together.

The rules are applied anew to every revision that is shown, so that what a page says of
a claim follows from the release, and from nothing that was stored beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from archiver.errors import VerificationError
from archiver.findings import Finding
from archiver.holdings import StoredStatement, read_snapshot
from claims.assessed import (
    Judgement,
    effective,
    may_be_published,
    parse_judgement,
)
from claims.case import make_holding, pinned
from claims.citing import Imprint, format_csl, format_plain, refer_claim
from claims.dossier import Dossier, check_dossier, read_dossier
from claims.elision import Elider
from claims.holdings import Context, Holding
from claims.model import Case
from claims.published.claim_rows import Revision, Surroundings
from claims.published.held import find_authenticated, read_held
from claims.published.record_rows import HeldSnapshot
from claims.published.released import Release
from claims.published.revised import Known, list_revisions
from claims.rules import Examined, examine
from claims.verdicts import State

T = TypeVar("T")

# Where one of these is broken there is no page to make, or one that would mislead.
REFUSED: Final = ("C01", "C03", "C05", "C06", "C08", "C17", "C18", "C19", "C20")


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim that may be shown: its revisions, of which the last one is in force.

    ``judged`` are the judgements of these revisions, ``counting`` those that count;
    ``forced`` is the state that the evidence asks for.
    """

    case: str
    slug: str
    revisions: tuple[Revision, ...]
    judged: tuple[Judgement, ...]
    counting: tuple[Judgement, ...]
    forced: State

    @property
    def last(self) -> Revision:
        """The revision in force."""
        return self.revisions[-1]


@dataclass(frozen=True, slots=True)
class Edition:
    """What is published of one release; ``findings`` are of all of it."""

    release: Release
    dossier: Dossier
    elider: Elider
    held: Mapping[str, HeldSnapshot]
    surroundings: Mapping[str, Surroundings]  # by case
    shown: Mapping[str, Shown]
    hidden: frozenset[str]  # claims that may not be published yet
    findings: tuple[Finding, ...]

    def around(self, case: str) -> Surroundings:
        """Return the snapshots that a case's claims quote, by alias."""
        return self.surroundings[case]


def make_edition(release: Release) -> Edition:
    """Put together what is published of ``release``.

    Raises:
        ArchiveError: a file is absent or unreadable.
        MalformedError: a statement or a file is not what its format says.
        VerificationError: a snapshot, text or revision is not the one that was signed,
            or a rule is broken without which there is no page.
    """
    dossier = read_dossier({file.path: file.data for file in release.files})
    findings = list(check_dossier(dossier))
    _refuse(findings)
    elider = Elider(_withheld_names(dossier))
    _check_keys(dossier, elider)
    cases = [folder.case for folder in dossier.cases.values()]
    authenticated = find_authenticated(release)
    held = read_held(release, cases, authenticated, elider)
    _check_pins(dossier, held)
    examiner = _Examiner(
        release, dossier, _read_holdings(release, dossier, authenticated)
    )
    shown: dict[str, Shown] = {}
    hidden = set()
    for claim_id, revisions in examiner.revisions.items():
        found = examiner.show(revisions)
        findings += examiner.findings.pop(claim_id, ())
        if found is None:
            hidden.add(claim_id)
        else:
            shown[claim_id] = found
    return Edition(
        release,
        dossier,
        elider,
        held,
        _surroundings(dossier, held, elider),
        shown,
        frozenset(hidden),
        tuple(findings),
    )


def _surroundings(
    dossier: Dossier, held: Mapping[str, HeldSnapshot], elider: Elider
) -> dict[str, Surroundings]:
    """Return what the claims of each case are written against."""
    return {
        name: Surroundings(_by_alias(folder.case, held), elider)
        for name, folder in dossier.cases.items()
    }


def _by_alias(case: Case, found: Mapping[str, T]) -> dict[str, T]:
    """Return what was found of a case's snapshots, by its names for them."""
    return {alias: found[each.sha256] for alias, each in case.snapshots.items()}


class _Examiner:
    """Examines the revisions of each claim against what the release holds."""

    def __init__(
        self, release: Release, dossier: Dossier, holdings: Mapping[str, Holding]
    ) -> None:
        self.release = release
        self.dossier = dossier
        self.holdings = {
            name: _by_alias(folder.case, holdings)
            for name, folder in dossier.cases.items()
        }
        self.revisions = list_revisions(release, dossier)
        self.claims = {
            claim_id: revisions[-1].claim
            for claim_id, revisions in self.revisions.items()
        }
        self.judgements = [
            parse_judgement(each) for each in release.of_type("assessment")
        ]
        self.findings: dict[str, tuple[Finding, ...]] = {}
        self._check_judgements()

    def show(self, revisions: Iterable[Known]) -> Shown | None:
        """Return a claim as it may be shown; None where no revision of it may be."""
        allowed = []
        judged: list[Judgement] = []
        counting: list[Judgement] = []
        for known in revisions:
            examined = self._examine(known)
            self.findings[known.claim.id] = examined.findings
            if not may_be_published(known.claim, known.number, self.judgements):
                continue
            ours = self._judgements_of(known)
            judged += ours
            counting += effective(ours, known.claim, known.number)
            allowed.append((known, examined))
        if not allowed:
            return None
        known, examined = allowed[-1]
        return Shown(
            case=known.case,
            slug=known.slug,
            revisions=tuple(self._revision(*each) for each in allowed),
            judged=tuple(judged),
            counting=tuple(counting),
            forced=examined.state,
        )

    def _examine(self, known: Known) -> Examined:
        case = self.dossier.cases[known.case].case
        context = Context(
            case,
            self.holdings[known.case],
            self.dossier.sources,
            self.dossier.leads,
            self.claims,
        )
        facts = [judgement.facts for judgement in self._judgements_of(known)]
        examined = examine(known.claim, context, known.places, facts)
        _refuse(examined.findings)
        return examined

    def _revision(self, known: Known, examined: Examined) -> Revision:
        case = self.dossier.cases[known.case].case
        config = self.release.archive.config
        imprint = Imprint(config.title, config.operator, config.origin)
        ceiling = examined.ceiling
        reference = refer_claim(known.claim, case, ceiling, known.number, imprint)
        judged = effective(self.judgements, known.claim, known.number)
        if judged:
            verdict = judged[-1]
            state = "" if verdict.state == "none" else f", {verdict.state}"
            note = f"Assessed by {verdict.signer}: {verdict.strength}{state}."
            reference = replace(reference, note=note)
        return Revision(
            claim=known.claim,
            number=known.number,
            file=known.file,
            data=known.data,
            since=known.since,
            anchors=examined.anchors,
            ceiling=ceiling,
            citation=format_plain(reference),
            csl=format_csl(reference),
        )

    def _judgements_of(self, known: Known) -> list[Judgement]:
        key = (known.claim.id, known.number)
        return [each for each in self.judgements if (each.claim, each.revision) == key]

    def _check_judgements(self) -> None:
        """Check that each assessment judges a revision that is here as it was."""
        files = {file.path: file.sha256 for file in self.release.files}
        for judgement in self.judgements:
            if files.get(judgement.file) != judgement.sha256:
                raise VerificationError(
                    f"{judgement.place} judges {judgement.file} with the SHA-256"
                    f" {judgement.sha256}, expected that revision in the release"
                )


def _refuse(findings: Iterable[Finding]) -> None:
    """Refuse to publish where a rule is broken without which there is no page."""
    broken = [
        each for each in findings if each.severity == "error" and each.code in REFUSED
    ]
    for first in broken[:1]:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise VerificationError(
            f"{first.place}: {first.code}: {first.message}{more}",
            hint=first.hint or "'sourcebook claim check' says what is wrong",
        )


def _withheld_names(dossier: Dossier) -> Iterator[str]:
    for source in dossier.sources.values():
        if source.naming == "withheld":
            yield from (name.text for name in source.names)


def _check_keys(dossier: Dossier, elider: Elider) -> None:
    """Check that no address holds a name that is withheld."""
    keys = [*dossier.sources, *dossier.leads, *dossier.cases]
    for folder in dossier.cases.values():
        keys += folder.case.snapshots
    for key in keys:
        if elider.is_named_in(key):
            raise VerificationError(
                f"the id {elider.elide(key)!r} holds a name that is withheld, expected"
                " one that tells nothing: it stands in addresses",
                hint="give a person who must not be named an id such as unnamed-4t9x",
            )


def _check_pins(dossier: Dossier, held: Mapping[str, HeldSnapshot]) -> None:
    """Check that every snapshot that a case pins is in the log up to the release."""
    for name, folder in dossier.cases.items():
        for alias, each in folder.case.snapshots.items():
            if each.sha256 not in held:
                raise VerificationError(
                    f"{folder.places.at('snapshots', alias)}: the snapshot"
                    f" {each.sha256} of case {name} is not in the log up to the"
                    " release",
                    hint="'sourcebook log add' if it is pending, then release again",
                )


def _read_holdings(
    release: Release, dossier: Dossier, authenticated: Iterable[str]
) -> dict[str, Holding]:
    """Read what the rules may know of each snapshot that a case pins."""
    wanted = pinned(dossier)
    known = frozenset(authenticated)
    found: dict[str, Holding] = {}
    for logged in release.of_type("snapshot"):
        sha256 = logged.statement.subjects[0].sha256
        if sha256 in wanted and sha256 not in found:
            stored = StoredStatement(logged.envelope, logged.statement, logged.index)
            snapshot = read_snapshot(release.archive, release.trust, stored)
            holding = make_holding(release.archive, snapshot)
            found[sha256] = replace(holding, authenticated=sha256 in known)
    return found
