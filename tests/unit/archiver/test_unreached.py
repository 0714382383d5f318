"""An attempt is published: no spelling of a secret stands in it."""

import base64
from datetime import UTC, datetime

import pytest

from archiver.failures import Failure
from archiver.redacting.redaction import Secrets
from archiver.redacting.unreached import LEFT_OUT, redact_failure

TOKEN = "tok-5e1f-SECRET"  # noqa: S105 - it opens nothing
CODED = base64.b64encode(f"back to {TOKEN}".encode()).decode()
NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://a/next?of=1", "http://a/next?of=1"),
        (f"http://a/{CODED}?of=1", "http://a/redacted"),
        (f"http://a/?next={CODED}", "http://a/redacted"),
        (f"http://{TOKEN.encode().hex()}.invalid/x", "redacted"),
    ],
)
def test_an_address_that_holds_a_secret_in_another_spelling_is_cut(url, shown):
    secrets = Secrets(bytes)
    secrets.learn_url(f"http://a/?token={TOKEN}")
    failed = Failure(
        url=url,
        kind="redirects",
        reason=f"redirected to {url}",
        started=NOW,
        finished=NOW,
    )
    found = redact_failure(secrets, failed)
    assert found.url == shown
    said = failed.reason if url == shown else LEFT_OUT
    assert found.reason == said
