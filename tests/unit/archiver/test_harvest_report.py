"""What a person reads of a harvest."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from archiver.errors import MalformedError, NetworkError, UnreachedError
from archiver.facts import SnapshotFacts, WarcFacts
from archiver.failures import Failure, FailureKind
from archiver.harvesting.acts import Ended
from archiver.harvesting.harvest import HarvestState
from archiver.harvesting.pacing import Wait
from archiver.harvesting.report import (
    ProgressBar,
    SummaryRow,
    going_on,
    print_summary,
    row_before,
    row_left,
    row_of,
)
from archiver.harvesting.seeds import Line, collect_seeds
from archiver.labels.page import LABELS

NOW = datetime(2026, 2, 3, tzinfo=UTC)
(SEED,) = collect_seeds([Line("https://a.example/x?token=Zx81QkP0aLw93mN")]).seeds
SHOWN = "https://a.example/x?token=redacted"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (HarvestState(0, 0, (), None, 0), ""),
        (HarvestState(1, 1, ("a", "b"), None, 0), "1 failed; asking a, b"),
        (
            HarvestState(1, 0, ("a", "b", "c", "d", "e"), None, 0),
            "asking a, b, c and 2 more",
        ),
        (
            HarvestState(1, 0, (), Wait("a", 12.4, "it asked"), 2),
            "waiting 10 s for a: it asked",
        ),
        (HarvestState(1, 0, (), Wait("a", 2, "it asked"), 2), ""),
        (HarvestState(1, 0, ("b",), Wait("a", 9, "it asked"), 2), "asking b"),
        (HarvestState(0, 0, ("a\x1b[2J",), None, 0), "asking a\\x1b[2J"),
    ],
)
def test_what_is_going_on_is_who_is_asked_or_waited_for(view, said):
    assert going_on(view) == said


def failed(kind: FailureKind) -> SummaryRow:
    failure = Failure(
        url=SEED.url, kind=kind, reason="a reason", started=NOW, finished=NOW
    )
    error = UnreachedError("x", [failure], hint="ask them")
    error.requested_url = SHOWN
    return row_of(Ended(SEED, error=error))


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_each_way_to_fail_is_told_with_what_to_do(kind, capsys):
    row = failed(kind)
    assert row == SummaryRow(SHOWN, "failed", ((kind, "a reason"),), row.hint)
    print_summary([row], [])
    first, named, why, advice = capsys.readouterr().err.splitlines()
    assert first == "1 URL: 1 failed."
    assert named.split() == ["failed", SHOWN]
    assert why.strip() == f"{kind}: a reason"
    assert advice.strip().startswith("-> ")


@pytest.mark.parametrize("label", [*LABELS, "logged-in", "secret"])
def test_each_label_is_told_with_what_to_do(label, capsys):
    print_summary([SummaryRow("https://a.example/", "complete", ((label, "why"),))], [])
    first, _, why, advice = capsys.readouterr().err.splitlines()
    assert first == "1 URL: 1 complete, 1 of the complete ones to look at."
    assert why.strip() == f"{label}: why"
    assert advice.strip().startswith("-> ")


@pytest.mark.parametrize(
    "error", [MalformedError("bad", hint="mend"), NetworkError("no")]
)
def test_an_error_without_an_attempt_is_told_without_the_secrets_of_the_url(error):
    row = row_of(Ended(SEED, error=error))
    assert row == SummaryRow(SHOWN, "failed", (("error", str(error)),), error.hint)


FACTS = SnapshotFacts(
    sha256="0" * 64, file="x", custody="observed", on="", origin="", main_record=1,
    outcome="truncated", reason="cut off", labels=("paywall", "empty"), tool_name="",
    tool_version="", warc=WarcFacts(1, 1, ""), text=None, exchange=None, deposit=None,
    unknown=(), label_reasons=(("paywall", "it asks for money"),),
)  # fmt: skip


def test_what_was_captured_before_is_told_like_the_rest():
    row = row_before(SEED, FACTS)
    assert row.url == SHOWN
    assert row.notes == (
        ("cut", "cut off"),
        ("paywall", "it asks for money"),
        ("empty", ""),
    )
    assert row_before(SEED, replace(FACTS, outcome="complete", labels=())).notes == ()


def test_what_was_not_asked_for_is_told_with_its_reason(capsys):
    print_summary([row_left(SEED, ""), row_left(SEED, "its host was busy")], [])
    told = capsys.readouterr().err
    assert "2 URLs: 2 not asked." in told
    assert "not asked: the run ended before its turn" in told
    assert "not asked: its host was busy" in told
    assert told.count("-> run the command again for it") == 2


def test_nothing_of_a_page_acts_on_the_terminal(capsys):
    print_summary(
        [SummaryRow("https://a/\x1b[2J", "failed", (("dns", "\x1b[31m\n"),))], []
    )
    assert "\x1b" not in capsys.readouterr().err


def test_where_stderr_is_no_terminal_there_is_no_bar(capsys):
    progress = ProgressBar(3, 1)
    progress.show(HarvestState(1, 0, ("a",), None, 0))
    with progress.aside():
        print("a line")  # noqa: T201 - beside the bar
    progress.close()
    assert capsys.readouterr() == ("a line\n", "")
