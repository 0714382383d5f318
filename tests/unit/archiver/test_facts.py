"""What a snapshot's statement says: each fact with its type, or the whole refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.facts import (
    CaptureFacts,
    Deposit,
    TextFacts,
    WarcFacts,
    check_extractor,
    parse_snapshot,
)
from archiver.statements import Statement, Subject

SHA = "ab" * 32
COMMON = {
    "salt": "00112233445566778899aabbccddeeff",
    "origin": "sourcebook.internal/example/00000000",
    "on": "2026-01-31T23:59:59Z",
    "mainRecord": 1,
    "outcome": "complete",
    "reason": None,
    "labels": ["consent-wall"],
    "tool": {"name": "sourcebook", "version": "0.1.0"},
    "warc": {"length": 900, "recordCount": 4, "recordsRoot": "11" * 32},
    "text": {"record": 1, "extractor": "html@1", "length": 30, "commit": "22" * 32},
}
OBSERVED = COMMON | {
    "custody": "observed",
    "requestedUrl": "http://a.example/",
    "finalUrl": "https://a.example/",
    "status": 200,
    "startedOn": "2026-01-31T23:59:57Z",
    "finishedOn": "2026-01-31T23:59:58.5Z",
    "allowedAddresses": ["127.0.0.1:80"],
    "redactions": [],
    "tls": None,
}
DOCUMENT = {"name": "page.txt", "mediaType": "text/plain", "length": 5}
SUPPLIED = COMMON | {
    "custody": "supplied",
    "suppliedBy": "a reader",
    "claimedUrl": None,
    "document": DOCUMENT | {"sha256": "33" * 32},
}


def statement(predicate, *, name=f"{SHA}.warc.gz", kind="snapshot"):
    return Statement(kind, (Subject(name, SHA),), predicate)


def test_a_capture_says_how_it_was_had():
    facts = parse_snapshot(statement(OBSERVED | {"tls": {"version": "TLSv1.3"}}))
    assert (facts.custody, facts.sha256, facts.file) == (
        "observed",
        SHA,
        SHA + ".warc.gz",
    )
    assert facts.exchange == CaptureFacts(
        requested_url="http://a.example/",
        final_url="https://a.example/",
        status=200,
        started_on="2026-01-31T23:59:57Z",
        finished_on="2026-01-31T23:59:58.5Z",
        allowed_addresses=("127.0.0.1:80",),
        redactions=(),
        tls={"version": "TLSv1.3"},
    )
    assert facts.deposit is None
    assert facts.unknown == ()
    assert facts.warc == WarcFacts(900, 4, "11" * 32)
    assert facts.text == TextFacts(1, "html@1", 30, "22" * 32)
    assert (facts.main_record, facts.outcome, facts.reason) == (1, "complete", None)
    assert (facts.labels, facts.on) == (("consent-wall",), "2026-01-31T23:59:59Z")
    assert (facts.tool_name, facts.tool_version) == ("sourcebook", "0.1.0")
    assert facts.origin == COMMON["origin"]


def test_a_capture_over_plain_http_has_no_tls():
    exchange = parse_snapshot(statement(OBSERVED)).exchange
    assert exchange is not None
    assert exchange.tls is None


def test_a_deposit_says_who_supplied_it():
    facts = parse_snapshot(statement(SUPPLIED))
    assert facts.custody == "supplied"
    assert facts.exchange is None
    assert facts.deposit == Deposit(
        "a reader", None, "page.txt", "text/plain", 5, "33" * 32
    )


def test_a_deposit_that_claims_an_exchange_does_not_get_one():
    facts = parse_snapshot(
        statement(SUPPLIED | {"status": 200, "finalUrl": "http://a/"})
    )
    assert facts.exchange is None
    assert set(facts.unknown) == {"status", "finalUrl"}


def test_a_file_whose_records_cannot_be_told_apart_has_no_main_record_and_no_text():
    facts = parse_snapshot(statement(SUPPLIED | {"mainRecord": None, "text": None}))
    assert (facts.main_record, facts.text) == (None, None)


@pytest.mark.parametrize("suffix", ["", ".warc", ".warc.gz", ".wacz"])
def test_a_file_is_named_by_its_hash_and_a_suffix(suffix):
    assert parse_snapshot(statement(SUPPLIED, name=SHA + suffix)).file == SHA + suffix


@pytest.mark.parametrize(
    "name",
    [
        "page.warc.gz",
        "../../etc/passwd",
        f"{SHA}/../x",
        f"{SHA}.warc.gz/x",
        f"{SHA}.WARC",
        f"{SHA}.",
        f"{SHA}\x00",
        "ac" * 32,
    ],
)
def test_a_file_with_another_name_is_refused(name):
    with pytest.raises(
        MalformedError, match=r"the subject is named .*, expected its SHA"
    ):
        parse_snapshot(statement(SUPPLIED, name=name))


def test_a_statement_of_another_type_or_of_two_files_is_refused():
    with pytest.raises(
        MalformedError, match="is a release with 1 subjects, expected a"
    ):
        parse_snapshot(statement(SUPPLIED, kind="release"))
    two = Statement("snapshot", (Subject("a", SHA), Subject("b", SHA)), SUPPLIED)
    with pytest.raises(MalformedError, match="is a snapshot with 2 subjects"):
        parse_snapshot(two)


@pytest.mark.parametrize("whole", [OBSERVED, SUPPLIED])
def test_each_fact_is_needed(whole):
    for key in set(whole) - {"salt"}:  # the salt is checked before, with the statement
        without = {name: value for name, value in whole.items() if name != key}
        with pytest.raises(MalformedError, match=f"the predicate has no '{key}'"):
            parse_snapshot(statement(without))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"custody": "witnessed"}, "custody is 'witnessed', expected one of observed"),
        ({"custody": ["observed"]}, "custody is .*, expected one of"),
        ({"mainRecord": 4}, "mainRecord is 4, expected 0 to 3"),
        ({"mainRecord": -1}, "mainRecord is -1, expected 0 to 3"),
        ({"mainRecord": True}, "mainRecord is True, expected an integer"),
        ({"outcome": "perfect"}, "outcome is 'perfect', expected one of complete"),
        ({"reason": 5}, "reason is 5, expected a string"),
        ({"labels": "x"}, "labels is 'x', expected an array"),
        ({"labels": [1]}, r"labels\[0\] is 1, expected a string"),
        ({"tool": None}, "tool is None, expected an object"),
        ({"tool": {"name": "x", "version": ""}}, "tool.version is '', expected a non"),
        ({"warc": COMMON["warc"] | {"length": 0}}, "warc.length is 0, expected 1 to"),
        ({"warc": COMMON["warc"] | {"recordCount": 0}}, "warc.recordCount is 0"),
        ({"warc": COMMON["warc"] | {"recordsRoot": "x"}}, "warc.recordsRoot is 'x'"),
        ({"text": COMMON["text"] | {"record": 4}}, "text.record is 4, expected 0 to 3"),
        (
            {"text": COMMON["text"] | {"extractor": "html"}},
            "text.extractor is 'html'",
        ),
        ({"text": COMMON["text"] | {"commit": None}}, "text.commit is None"),
        ({"on": "2026-01-31"}, "on is '2026-01-31', expected a time"),
        ({"status": 99}, "status is 99, expected 100 to 999"),
        ({"startedOn": "now"}, "startedOn is 'now', expected a time"),
        ({"requestedUrl": ""}, "requestedUrl is '', expected a non-empty"),
        ({"allowedAddresses": None}, "allowedAddresses is None, expected an array"),
        ({"tls": "TLSv1.3"}, "tls is 'TLSv1.3', expected an object"),
    ],
)
def test_a_fact_of_another_type_is_refused(changed, said):
    with pytest.raises(MalformedError, match=f"^the predicate.{said}"):
        parse_snapshot(statement(OBSERVED | changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"suppliedBy": ""}, "suppliedBy is '', expected a non-empty"),
        ({"claimedUrl": 1}, "claimedUrl is 1, expected a string"),
        ({"document": None}, "document is None, expected an object"),
        ({"document": DOCUMENT}, "document has no 'sha256'"),
        ({"document": DOCUMENT | {"length": "5"}}, "document.length is '5', expected"),
    ],
)
def test_a_fact_of_a_deposit_of_another_type_is_refused(changed, said):
    with pytest.raises(MalformedError, match=f"^the predicate.{said}"):
        parse_snapshot(statement(SUPPLIED | changed))


@pytest.mark.parametrize("text", ["html@1", "plain@12", "pdf-text@3"])
def test_an_extractor_has_a_name_and_a_number(text):
    check_extractor(text, "it")


@pytest.mark.parametrize("text", ["", "html", "html@0", "HTML@1", "html@1\n", "@1"])
def test_any_other_name_is_no_extractor(text):
    with pytest.raises(MalformedError, match=r"^it is .*, expected a name as html@1"):
        check_extractor(text, "it")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


@given(st.sampled_from([OBSERVED, SUPPLIED]), st.data())
def test_any_value_in_any_place_is_read_or_refused_with_one_kind_of_error(whole, data):
    key = data.draw(st.sampled_from(sorted(whole)))
    value = data.draw(JSON)
    try:
        facts = parse_snapshot(statement(whole | {key: value}))
    except MalformedError:
        return
    assert facts.custody == whole["custody"]
