"""The error of a capture that came to nothing, as it may be printed and signed.

An attempt is published, and no label seals it.  So its URLs hold no secret at all, in
their paths neither; what was taken out is named, with the commitment to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archiver.errors import UnreachedError
from archiver.failures import Failure
from archiver.redacting.redaction import Secrets
from archiver.redacting.salts import keep_salts


def redact_failure(secrets: Secrets, failure: Failure) -> Failure:
    """Return a failure without the secrets of the capture."""
    return replace(
        failure,
        url=secrets.redact_address(failure.url),
        reason=secrets.conceal(failure.reason),
    )


def redact_unreached(
    secrets: Secrets, url: str, error: UnreachedError, on: datetime
) -> None:
    """Take the secrets out of an error of a capture of ``url`` that began at ``on``.

    The salts of what is redacted are kept.

    Raises:
        ArchiveError: they cannot be.
    """
    error.requested_url = secrets.redact_address(url)
    error.failures = tuple(redact_failure(secrets, each) for each in error.failures)
    said = str(error).replace(url, error.requested_url)
    error.args = (secrets.conceal(said),)
    error.hint = secrets.conceal(error.hint)
    used = secrets.note(error.requested_url, *_texts(error.failures))
    keep_salts(used, on)
    error.redactions = tuple(each.line for each in used)


def _texts(failures: Sequence[Failure]) -> list[str]:
    return [text for each in failures for text in (each.url, each.reason)]
