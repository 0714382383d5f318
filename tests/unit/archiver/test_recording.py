"""The WARC of a capture while it is written: from many threads, and without secrets."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest

from archiver.errors import ArchiveError
from archiver.failures import Failure
from archiver.redacting.salts import salts_file
from archiver.warcfile import RecordHead
from archiver.wire.login import parse_login
from archiver.wire.observation import Observation
from archiver.wire.recording import Recording
from tests.capturing import block, plain, records

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
TOKEN = "tok-5e1f-secret"  # noqa: S105 - it opens nothing
URL = f"http://news.example/?token={TOKEN}"


@pytest.fixture
def recording(tmp_path):
    with Recording(tmp_path, started=NOW, token=secrets.token_bytes) as found:
        yield found


def head(uri=URL):
    return RecordHead(record_id=uuid4(), date=NOW, uri=uri)


def observation(recording, **more):
    return Observation(
        warc=recording.path,
        main_record=1,
        requested_url=URL,
        final_url=URL,
        status=200,
        started=NOW,
        finished=NOW,
        outcome="complete",
        reason=f"cut at {URL}",
        allowed_addresses=(),
        tls=None,
        media_type="text/html",
        charset=None,
        **more,
    )


def test_every_date_is_later_than_those_before_and_the_first_is_the_beginning(
    recording,
):
    earlier = NOW.replace(year=2020)
    with ThreadPoolExecutor(8) as pool:
        dates = list(pool.map(recording.date, [earlier] * 40))
    assert len(set(dates)) == 40
    assert min(dates) == NOW


def test_a_file_that_is_not_finished_is_removed(tmp_path):
    def fail():
        with Recording(tmp_path, started=NOW, token=secrets.token_bytes):
            assert list(tmp_path.iterdir())
            raise ArchiveError("stopped")

    with pytest.raises(ArchiveError, match="stopped"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_derived_records_have_the_address_without_its_secret(recording):
    recording.learn(URL)
    dom = recording.write_conversion(head(), BytesIO(b"<p>hello"), "text/html")
    view = recording.write_resource(
        head(f"urn:view:{URL}"), BytesIO(b"png"), "image/png"
    )
    told = recording.write_metadata(
        head(), BytesIO(f'{{"requests": ["{URL}"]}}'.encode()), "application/json"
    )
    warc = recording.finish()
    seen = recording.redact(observation(recording))
    assert (dom.index, view.index, told.index) == (1, 2, 3)
    assert TOKEN.encode() not in plain(warc)
    assert records(warc)[1].uri == dom.uri == seen.final_url
    assert records(warc)[2].uri == f"urn:view:{dom.uri}"
    assert dom.uri.encode() in block(warc, 3)
    assert block(warc, 1) == b"<p>hello"
    assert seen.redactions == ("query key token",)
    assert seen.labels == ()
    assert TOKEN not in seen.reason


def test_a_dom_that_holds_the_secret_is_labelled(recording):
    recording.learn(URL)
    recording.write_conversion(head(), BytesIO(f"<p>{TOKEN}".encode()), "text/html")
    recording.finish()
    seen = recording.redact(observation(recording, labels=("bot-check",)))
    assert seen.labels == ("bot-check", "secret")
    assert seen.label_reasons == (
        ("secret", "the value of query key token stands in record 1 (conversion)"),
    )


def test_the_account_of_a_browser_is_without_secrets(recording):
    recording.learn(URL)
    recording.finish()
    account = {"requests": 3, "onlyProxy": [URL], "consoleErrors": [f"at {URL}:1"]}
    seen = recording.redact(
        observation(
            recording, browser=account, robots={"url": URL, "verdict": "absent"}
        )
    )
    assert TOKEN not in repr((seen.browser, seen.robots))
    assert seen.browser["requests"] == 3
    assert recording.redact(observation(recording)).browser is None


def test_a_login_gives_its_label_and_hides_itself_in_messages(recording):
    recording.learn_login(parse_login(b"Cookie: id=cook1e-of-the-desk\n"))
    assert recording.conceal("sent: cook1e-of-the-desk").startswith("sent: redacted-")
    recording.finish()
    assert recording.redact(observation(recording)).labels == ("logged-in",)


def test_what_is_said_of_a_failure_holds_no_secret_and_its_salt_is_kept(recording):
    recording.learn(URL)
    failure = Failure(
        url=URL, kind="dns", reason=f"{URL}: no address", started=NOW, finished=NOW
    )
    shown = recording.redact_failure(failure)
    assert TOKEN not in repr(shown)
    error = recording.unreached(
        URL, OSError(f"no {URL}"), [failure, shown], hint=f"try {URL}", driver="browser"
    )
    assert TOKEN not in f"{error} {error.hint} {error.failures} {error.requested_url}"
    assert error.failures == (shown, shown)
    assert error.driver == "browser"
    (line,) = error.redactions
    assert line.rpartition(":")[2] in salts_file().read_text()


def test_without_a_place_for_the_salts_nothing_is_kept(tmp_path):
    salts_file().parent.parent.mkdir(parents=True, exist_ok=True)
    salts_file().parent.write_text("in the way")

    def fail():
        with Recording(tmp_path, started=NOW, token=secrets.token_bytes) as recording:
            recording.learn(URL)
            recording.write_conversion(head(), BytesIO(b"hello"), "text/html")
            recording.finish()

    with pytest.raises(ArchiveError, match=r"redactions\.jsonl cannot be written"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_hop_counts_only_where_something_was_brought(recording):
    hop = "http://cdn.example/?sig=abcdef123"
    recording.learn_hop(hop)
    assert recording.write_resource(head(hop), BytesIO(b""), "text/plain").uri == hop
    recording.learn(URL)
    recording.learn_hop(hop)
    kept = recording.write_resource(head(hop), BytesIO(b""), "text/plain")
    assert "abcdef123" not in kept.uri
    recording.finish()
    seen = recording.redact(observation(recording))
    assert seen.label_reasons == (
        ("secret", "the value of query key sig stands in record 1 (resource)"),
    )


def test_a_secret_that_only_the_typed_address_has_is_noted_and_its_salt_kept(recording):
    recording.learn("http://news.example/#access_token=fr4gment")
    recording.finish()
    seen = recording.redact(observation(recording))
    assert seen.redactions == ("query key access_token",)
    assert "query key access_token" in salts_file().read_text()


def test_more_secrets_than_are_looked_for_make_a_capture_one_with_a_secret(recording):
    many = "&".join(f"token=thousands{place:05}" for place in range(200))
    recording.learn(f"{URL}&{many}")
    recording.finish()
    seen = recording.redact(observation(recording))
    assert "secret" in seen.labels
    assert dict(seen.label_reasons)["secret"].endswith(
        "there are more secrets than are looked for"
    )
