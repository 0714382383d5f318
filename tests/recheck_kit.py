"""Snapshots in hand, and claims that quote them, for tests of a recheck."""

from dataclasses import replace

from claims.dossier import CaseFolder, ClaimFile, Dossier
from claims.places import Places
from claims.rechecking.plan import InHand, choose_claims, make_plan
from tests.claim_kit import SHA, case, claim, holding, own
from tests.snapshot_facts import DEPOSIT, EXCHANGE, facts


def exchange(url="https://a.example/page", **keys):
    """Make how a capture of ``url`` was had."""
    return replace(EXCHANGE, **{"requested_url": url, "final_url": url, **keys})


CAPTURED = exchange()


def in_hand(name="a", *, exchange=CAPTURED, level="public", custody=None, **keys):
    """Make the snapshot ``name``: a capture, or a deposit without an ``exchange``."""
    said = "observed" if exchange else "supplied"
    deposit = None if exchange else replace(DEPOSIT, claimed_url=keys.pop("url", None))
    held = holding(name, **keys)
    return InHand(
        facts=replace(
            facts(custody=said, labels=held.labels),
            sha256=held.sha256,
            exchange=exchange,
            deposit=deposit,
            outcome=held.outcome,
            reason=None if held.outcome == "complete" else "cut",
        ),
        custody=custody or said,
        level=level,
        holding=held,
        statement="cd" * 32,
        index=7,
    )


def answer(text=None, *, exchange=CAPTURED, **keys):
    """Make what a page answered when it was asked again: snapshot ``f``."""
    given = {} if text is None else {"text": text}
    return in_hand("f", exchange=exchange, **given, **keys)


def dossier(*claims, **snapshots):
    """Make a dossier of one case with ``claims``, in files named for their ids."""
    files = tuple(
        ClaimFile(f"cases/house/claims/{one.id}.toml", one, Places()) for one in claims
    )
    folder = CaseFolder(case(**snapshots), Places(), files, ())
    return Dossier({"house": folder}, {}, {}, ())


def plan(*items, held=None, **snapshots):
    """Plan to recheck one claim that rests on ``items``; ``held`` are by name."""
    found = held or {"a": in_hand("a")}
    chosen = choose_claims(dossier(claim(*(items or (own("a"),))), **snapshots), ())
    return make_plan(chosen, {SHA[name]: one for name, one in found.items()})


def one_page(*items, **keys):
    """Return the only page of such a plan."""
    (page,) = plan(*items, **keys).pages
    return page
