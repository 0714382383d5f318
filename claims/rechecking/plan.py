"""Which pages the claims of an archive cite, so that they can be asked for again.

A page is an address and a driver: asked once, however many quotes and snapshots are of
it.  What cannot or may not be asked again is left out, and named.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from archiver.config import Level
from archiver.errors import MalformedError, VerificationError
from archiver.facts import SnapshotFacts
from archiver.redacting.redaction import is_redacted
from archiver.wire.guard import parse_url
from claims.anchoring import Anchor
from claims.dossier import CaseFolder, ClaimFile, Dossier
from claims.holdings import Context, Holding
from claims.model import Case, Claim, Evidence
from claims.published.record_rows import LOGGED_IN, SEALING
from claims.published.visits import address_of
from claims.standings import anchor_claim

CLIENT: Final = "client"


@dataclass(frozen=True, slots=True)
class InHand:
    """A snapshot of the archive: what its statement says, and what it is to the rules.

    ``level`` is what the public may have of it; ``index`` its place in the log.
    """

    facts: SnapshotFacts
    custody: str
    level: Level
    holding: Holding
    statement: str
    index: int | None

    @property
    def sha256(self) -> str:
        """What it is called by."""
        return self.facts.sha256

    @property
    def requested(self) -> str:
        """The address of its page: asked for, or claimed; empty where there is none."""
        if self.facts.exchange:
            return self.facts.exchange.requested_url
        return (self.facts.deposit and self.facts.deposit.claimed_url) or ""

    @property
    def final(self) -> str:
        """The address that answered, as far as it is known."""
        exchange = self.facts.exchange
        return exchange.final_url if exchange else self.requested

    @property
    def driver(self) -> str:
        """What it was captured by; of a deposit, what its page can be asked by."""
        return self.facts.exchange.driver if self.facts.exchange else CLIENT


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote of a claim, and how it stands in the snapshot that it quotes.

    ``was`` is empty where that snapshot is not what its statement signs.
    """

    case: Case
    file: str
    claim: Claim
    item: Evidence
    was: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """A snapshot in hand, and the quotes from it."""

    held: InHand
    quoted: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page to ask for, with the snapshots of it that are quoted."""

    url: str
    driver: str
    cited: tuple[Cited, ...]

    @property
    def host(self) -> str:
        """Whom it is asked of."""
        return parse_url(self.url).host

    @property
    def quotes(self) -> int:
        """How many quotes are looked for, each part by itself."""
        return sum(len(each.item.parts) for one in self.cited for each in one.quoted)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A snapshot that is quoted and not asked for again, and why.

    ``is_fault``: it ought to be in the archive, and is not, or not as it was signed.
    """

    snapshot: str
    url: str
    why: str
    quoted: tuple[Quoted, ...]
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class RecheckPlan:
    """What is to be asked, in the order of the claims, and what is not."""

    pages: tuple[CitedPage, ...]
    left_out: tuple[LeftOut, ...]


Chosen = Sequence[tuple[CaseFolder, ClaimFile]]


def choose_claims(dossier: Dossier, wanted: Sequence[str]) -> Chosen:
    """Return the claims meant by a case, by CASE/SLUG, or by id; all of them by none.

    Raises:
        VerificationError: one of ``wanted`` means none.
    """
    named = {
        (name, file.slug): (folder, file)
        for name, folder in dossier.cases.items()
        for file in folder.claims
    }
    found = {one for one in wanted if one in dossier.cases}
    for (case, slug), (_, file) in named.items():
        found |= {case, f"{case}/{slug}", file.claim.id} & {*wanted}
    for one in wanted:
        if one not in found:
            raise VerificationError(
                f"no case and no claim of this archive is {one!r}, or its file cannot"
                " be read",
                hint=f"the cases are: {', '.join(dossier.cases) or 'none'}",
            )
    return [
        chosen
        for (case, slug), chosen in named.items()
        if not wanted or {case, f"{case}/{slug}", chosen[1].claim.id} & {*wanted}
    ]


def list_pins(chosen: Chosen) -> set[str]:
    """Return the SHA-256 of every snapshot that the claims quote, by their cases."""
    pinned = (
        folder.case.snapshots.get(item.snapshot)
        for folder, file in chosen
        for item in file.claim.evidence
    )
    return {each.sha256 for each in pinned if each}


def make_plan(chosen: Chosen, held: Mapping[str, InHand]) -> RecheckPlan:
    """Plan which pages to ask for; ``held`` are the snapshots in hand by SHA-256."""
    pages: dict[tuple[str, str], list[Cited]] = {}
    left_out = []
    for snapshot, quoted in _by_snapshot(chosen, held).items():
        in_hand = held.get(snapshot)
        if in_hand is None:
            left_out.append(_missing(snapshot, quoted))
            continue
        why = _why_not(in_hand)
        if why:
            url = in_hand.requested
            left_out.append(LeftOut(snapshot, url, why, tuple(quoted)))
            continue
        key = (address_of(in_hand.requested), in_hand.driver)
        pages.setdefault(key, []).append(Cited(in_hand, tuple(quoted)))
    asked = (
        CitedPage(cited[0].held.requested, driver, tuple(cited))
        for (_, driver), cited in pages.items()
    )
    return RecheckPlan(tuple(asked), tuple(left_out))


def find_answers(
    plan: RecheckPlan, answers: Iterable[InHand]
) -> list[tuple[CitedPage, InHand]]:
    """Pair snapshots with the pages of their addresses; a snapshot is not its own.

    Raises:
        VerificationError: a snapshot is of no page that is cited.
    """
    found = []
    for answer in answers:
        address = address_of(answer.requested)
        pages = list(_others(plan.pages, address, answer.sha256))
        if not pages:
            raise VerificationError(
                f"the snapshot {answer.sha256} is of {answer.requested or 'no address'}"
                ", expected another snapshot of a page that is cited",
                hint="'sourcebook recheck --dry-run' lists the pages",
            )
        found += [(page, answer) for page in pages]
    return found


def anchor_quote(quoted: Quoted, holding: Holding) -> tuple[Anchor, ...]:
    """Anchor a quote in ``holding`` in place of its own snapshot, part by part.

    Of a snapshot that is not what its statement signs there is none.
    """
    alone = replace(quoted.claim, evidence=(quoted.item,))
    context = Context(quoted.case, {quoted.item.snapshot: holding})
    return anchor_claim(alone, context)[quoted.item.id]


def _by_snapshot(chosen: Chosen, held: Mapping[str, InHand]) -> dict[str, list[Quoted]]:
    """Return the quotes by SHA-256, or by case and alias where nothing is pinned."""
    found: dict[str, list[Quoted]] = {}
    for folder, file in chosen:
        for item in file.claim.evidence:
            pinned = folder.case.snapshots.get(item.snapshot)
            unpinned = f"{folder.case.id}:{item.snapshot}"  # C05 speaks of it
            snapshot = pinned.sha256 if pinned else unpinned
            quoted = Quoted(folder.case, file.file, file.claim, item)
            if snapshot in held:
                was = anchor_quote(quoted, held[snapshot].holding)
                quoted = Quoted(folder.case, file.file, file.claim, item, was)
            found.setdefault(snapshot, []).append(quoted)
    return found


def _missing(snapshot: str, quoted: Sequence[Quoted]) -> LeftOut:
    why = "it is no snapshot of this archive, or cannot be read: 'sourcebook verify'"
    return LeftOut(snapshot, "", f"{why} says more", tuple(quoted), is_fault=True)


def _why_not(held: InHand) -> str:
    """Say why a page is not to be asked for again; empty where it may be."""
    labels = held.facts.labels
    reasons = (
        ("it was captured with a login", LOGGED_IN in labels),
        ("it holds a secret, and is sealed", bool(SEALING & {*labels})),
        ("it is sealed", held.level == "sealed"),
        ("no address of it is known", not held.requested),
        ("its address holds a secret, which is not kept", is_redacted(held.requested)),
    )
    found = [why for why, applies in reasons if applies]
    return found[0] if found else _why_no_url(held.requested)


def _why_no_url(url: str) -> str:
    try:
        parse_url(url)
    except MalformedError as error:
        return f"its address cannot be asked for: {error}"
    return ""


def _others(
    pages: Iterable[CitedPage], address: str, sha256: str
) -> Iterator[CitedPage]:
    """Yield the pages of an address, without what is quoted from one snapshot."""
    for page in pages:
        cited = tuple(one for one in page.cited if one.held.sha256 != sha256)
        if address_of(page.url) == address and cited:
            yield CitedPage(page.url, page.driver, cited)
