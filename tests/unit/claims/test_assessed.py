"""Which assessments count, and that a sensitive claim waits for the second reviewer."""

import hashlib
from dataclasses import replace

import msgspec
import pytest

from archiver.errors import MalformedError, VerificationError
from archiver.statements import Envelope, Statement, Subject
from claims.assessed import (
    assessment_row,
    effective,
    may_be_published,
    parse_judgement,
    verdict_row,
)
from claims.model import parse_claim
from claims.publish import publish
from claims.published.record_rows import LoggedStatement
from tests.newsroom import Newsroom
from tests.quay import SENSITIVE, everything, fill, rows

CLAIM = parse_claim(
    b'schema = "sourcebook/claim@1"\nid = "c-7k3m9q2p"\ncase = "quay"\n'
    b'author = "Ann"\nkind = "fact"\nclaim = "It is so."\n',
    "cases/quay/claims/x.toml",
)
FILE = "cases/quay/revisions/c-7k3m9q2p/2.toml"
PREDICATE = {
    "claim": "c-7k3m9q2p",
    "strength": "reported",
    "state": "none",
    "restsOn": ["e1"],
    "setsAside": [],
    "why": "read it",
}


def logged(index=5, signer="Bob", **changes):
    predicate = {key: v for key, v in (PREDICATE | changes).items() if v is not ...}
    payload = b"%d" % index
    return LoggedStatement(
        index=index,
        envelope=Envelope(payload, b"\0" * 64, signer),
        statement=Statement("assessment", (Subject(FILE, "ab" * 32),), predicate),
        signer=signer,
        bundle=b"",
        bundle_file=f"statements/{index}.sigstore.json",
        receipt=b"",
        receipt_file="",
    )


def judgement(index=5, signer="Bob", **changes):
    return parse_judgement(logged(index, signer, **changes))


def second(first, signer="Cid", **changes):
    return judgement(9, signer, seconds=first.statement_id, **changes)


def test_an_assessment_is_read_with_all_that_it_says():
    found = judgement(
        state="withdrawn",
        correction={"effect": "void", "reason": "our error"},
        byClaim="c-2h8w5x0r",
        seconds=None,
    )
    assert (found.claim, found.revision, found.effect) == ("c-7k3m9q2p", 2, "void")
    facts = found.facts
    assert (facts.place, facts.reviewer) == ("statements/5.sigstore.json", "Bob")
    assert facts.rests_on == ("e1",)
    row = assessment_row(found)
    assert (row["state"], row["correction_reason"]) == ("withdrawn", "our error")
    assert (row["rests_on"], row["by_claim"]) == ('["e1"]', "c-2h8w5x0r")
    assert assessment_row(judgement())["state"] is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"claim": "c-2h8w5x0r"}, "expected a revision of that claim"),
        ({"claim": ...}, "no 'claim'"),
        ({"strength": "certain"}, "expected one of open, reported"),
        ({"state": None}, "state is None"),
        ({"why": ""}, "non-empty"),
        ({"restsOn": "e1"}, "expected an array"),
        ({"correction": {"effect": "void"}}, "no 'reason'"),
    ],
)
def test_an_assessment_that_is_not_what_its_format_says_is_refused(changes, message):
    with pytest.raises(MalformedError, match=message):
        judgement(**changes)


def test_a_subject_that_is_no_revision_is_refused():
    bad = replace(
        logged(), statement=Statement("assessment", (Subject("x", ""),), PREDICATE)
    )
    with pytest.raises(MalformedError, match="'x'"):
        parse_judgement(bad)


def test_an_ordinary_verdict_counts_by_itself_and_only_for_its_revision():
    found = [judgement()]
    assert effective(found, CLAIM, 2) == found
    assert effective(found, CLAIM, 1) == []


@pytest.mark.parametrize(
    "changes",
    [{"strength": "established"}, {"state": "refuted"}, {"state": "withdrawn"}],
)
def test_the_strongest_verdicts_count_once_another_reviewer_agrees(changes):
    first = judgement(**changes)
    assert effective([first], CLAIM, 2) == []
    assert effective([first, second(first, **changes)], CLAIM, 2) == [first]


@pytest.mark.parametrize(
    "other",
    [
        lambda first: second(first, "Bob", strength="established"),
        lambda first: second(first, "Ann", strength="established"),
        lambda first: second(first, strength="reported"),
        lambda _: judgement(9, "Cid", strength="established", seconds="00" * 32),
        lambda first: judgement(
            4, "Cid", strength="established", seconds=first.statement_id
        ),
    ],
)
def test_neither_the_same_nor_the_author_nor_another_verdict_is_a_second(other):
    first = judgement(strength="established")
    candidate = other(first)
    assert first not in effective([first, candidate], CLAIM, 2)


def test_a_sensitive_claim_may_be_published_once_it_is_seconded():
    sensitive = msgspec.structs.replace(CLAIM, sensitive="why")
    first = judgement()
    assert may_be_published(CLAIM, 2, [])
    assert not may_be_published(sensitive, 2, [first])
    assert may_be_published(sensitive, 2, [first, second(first)])
    assert not may_be_published(sensitive, 3, [first, second(first)])


def test_the_newest_verdict_that_counts_is_the_claim_s():
    older, newer = judgement(), judgement(7, state="disputed", strength="attested")
    assert verdict_row([newer, older], 2, "none") == {
        "strength": "attested",
        "state": "disputed",
        "stale": 0,
    }
    assert verdict_row([older], 3, "none")["stale"] == 1
    assert verdict_row([], 2, "disputed") == {
        "strength": None,
        "state": "disputed",
        "stale": 0,
    }


@pytest.fixture
def desk(tmp_path):
    desk = Newsroom(tmp_path / "desk")
    desk.hashes = fill(desk)
    desk.bob = desk.enrol("Bob", "reviewer")
    desk.cid = desk.enrol("Cid", "reviewer")
    desk.release_case("the quay")
    return desk


def assess(desk, number, key, **changes):
    rel = f"cases/quay/revisions/c-0000000{number}/1.toml"
    sha256 = hashlib.sha256(desk.archive.path(rel).read_bytes()).hexdigest()
    predicate = PREDICATE | {"claim": f"c-0000000{number}"} | changes
    return desk.say("assessment", {rel: sha256}, predicate, key)


def test_a_verdict_is_published_and_a_second_opens_a_sensitive_claim(desk, tmp_path):
    output = tmp_path / "x.db"
    assess(desk, 1, desk.bob, why="I read the page.")
    first = assess(desk, 4, desk.bob, why="The clerk was heard.")
    desk.release_case("assessed")
    publish(desk.archive, output)
    sql = "select id, strength from claims where id in ('c-00000001', 'c-00000004')"
    assert rows(output, sql) == [("c-00000001", "reported")]
    assert b"The clerk was heard" not in everything(output)
    assert rows(output, "select why from assessments") == [("I read the page.",)]
    citation = "select citation from claim_revisions where claim = 'c-00000001'"
    assert "Assessed by Bob: reported." in rows(output, citation)[0][0]
    assess(desk, 4, desk.cid, seconds=first)
    desk.release_case("seconded")
    publish(desk.archive, output)
    assert ("c-00000004", "reported") in rows(output, sql)
    assert SENSITIVE.encode() in everything(output)
    assert len(rows(output, "select * from related")) == 1


def test_a_verdict_above_the_ceiling_is_not_published(desk, tmp_path):
    assess(desk, 1, desk.bob, strength="corroborated")
    desk.release_case("too much")
    with pytest.raises(VerificationError, match="C01"):
        publish(desk.archive, tmp_path / "x.db")


def test_an_assessment_of_another_text_of_the_revision_is_refused(desk, tmp_path):
    rel = "cases/quay/revisions/c-00000001/1.toml"
    predicate = PREDICATE | {"claim": "c-00000001"}
    desk.say("assessment", {rel: "00" * 32}, predicate, desk.bob)
    desk.release_case("other")
    with pytest.raises(
        VerificationError, match="expected that revision in the release"
    ):
        publish(desk.archive, tmp_path / "x.db")


def test_a_deposit_is_authenticated_once_a_second_reviewer_agrees(desk, tmp_path):
    output = tmp_path / "x.db"
    sha256 = desk.hashes["page"]
    subject = {f"{sha256}.warc.gz": sha256}
    sql = "select authenticated from snapshots where sha256 = ?"
    first = desk.say("authentication", subject, {"how": "asked"}, desk.bob)
    desk.say("authentication", subject, {"how": "me", "seconds": first}, desk.bob)
    other = {"x.warc.gz": desk.hashes["minutes"]}
    desk.say("authentication", other, {"how": "no", "seconds": first}, desk.cid)
    desk.release_case("asked")
    publish(desk.archive, output)
    assert rows(output, sql, sha256) == [(0,)]
    desk.say("authentication", subject, {"how": "too", "seconds": first}, desk.cid)
    desk.release_case("agreed")
    publish(desk.archive, output)
    assert rows(output, sql, sha256) == [(1,)]
