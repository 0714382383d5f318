"""The facts of a small snapshot, for tests that need no archive."""

from archiver.facts import (
    CaptureFacts,
    Deposit,
    SnapshotFacts,
    TextFacts,
    WarcFacts,
)

SHA, DOCUMENT_SHA = "ab" * 32, "33" * 32
SALT = bytes(range(16))
EXCHANGE = CaptureFacts(
    requested_url="http://a.example/",
    final_url="https://a.example/",
    status=200,
    started_on="2026-02-03T09:00:00Z",
    finished_on="2026-02-03T09:00:01Z",
    allowed_addresses=("127.0.0.1:80",),
    redactions=(),
    tls={"version": "TLSv1.3"},
)
DEPOSIT = Deposit("a reader", None, "page.txt", "text/plain", 30, DOCUMENT_SHA)


def facts(*, custody="supplied", labels=()):
    """Return what the statement of a deposit, or of a capture, says."""
    return SnapshotFacts(
        sha256=SHA,
        file=f"{SHA}.warc.gz",
        custody=custody,
        on="2026-02-03T09:00:02Z",
        origin="a.example/log",
        main_record=0,
        outcome="complete",
        reason=None,
        labels=labels,
        tool_name="sourcebook",
        tool_version="0.1.0",
        warc=WarcFacts(99, 1, "55" * 32),
        text=TextFacts(0, "plain@1", 30, "66" * 32),
        exchange=EXCHANGE if custody == "observed" else None,
        deposit=DEPOSIT if custody == "supplied" else None,
        unknown=(),
    )
