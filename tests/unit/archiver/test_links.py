"""What a statement says of another snapshot is looked for in the archive."""

import pytest

from archiver.findings import Report
from archiver.statements import Envelope, Statement, Subject
from archiver.verifying.links import verify_links
from archiver.verifying.statements import CheckedStatement

HERE, WAY, GONE = "ab" * 32, "cd" * 32, "ef" * 32


def checked(kind, sha256="00" * 32, **said):
    statement = Statement(kind, (Subject("a name", sha256),), said)
    envelope = Envelope(b"", b"", "")
    return CheckedStatement("a file", envelope, statement, None, sound=True)


def faults(*more):
    page = checked("snapshot", HERE, custody="observed", mainRecord=1)
    way = checked("snapshot", WAY, custody="observed", mainRecord=None)
    report = Report()
    named = dict(enumerate((page, way, *more)))
    verify_links({str(key): each for key, each in named.items()}, report)
    assert {(each.code, each.place) for each in report.findings} <= {("link", "a file")}
    return [each.message for each in report.findings]


@pytest.mark.parametrize(
    "statement",
    [
        checked("attempt", snapshot=WAY),
        checked("attempt", snapshot=None),
        checked("attempt"),
        checked("snapshot", robots={"sha256": HERE}),
        checked("snapshot", robots={"sha256": None}, memento=None),
        checked("snapshot", memento={"comparedWith": HERE}),
        checked("snapshot", robots={"redirects": [{"sha256": HERE}]}),
        checked("snapshot", robots={"redirects": [{"sha256": None}, 7]}),
        checked("snapshot", robots={"redirects": 7}),
        checked("snapshot", robots=[], memento={"comparedWith": 7}),
        checked("release", robots={"sha256": GONE}, snapshot=GONE),
    ],
)
def test_what_is_here_or_not_named_is_passed(statement):
    assert faults(statement) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (checked("attempt", snapshot=GONE), "snapshot"),
        (checked("snapshot", robots={"sha256": GONE}), "robots.sha256"),
        (checked("snapshot", memento={"comparedWith": GONE}), "memento.comparedWith"),
        (
            checked("snapshot", robots={"redirects": [{"sha256": GONE}]}),
            "robots.redirects.sha256",
        ),
    ],
)
def test_what_is_not_here_is_told(statement, what):
    assert faults(statement) == [
        f"{what} is {GONE}, expected a snapshot of this archive"
    ]


def test_an_attempt_names_no_page():
    (found,) = faults(checked("attempt", snapshot=HERE))
    assert found.endswith("expected one of what came to no page")
