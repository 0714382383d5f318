"""The error of a capture that came to nothing, as it may be printed and signed.

An attempt is published, and no label seals it.  So its URLs hold no secret at all, in
their paths neither; what was taken out is named, with the commitment to it.  What holds
one in a spelling that no marker can stand for, such as base64, is left out as a whole.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from archiver.errors import UnreachedError
from archiver.failures import Failure
from archiver.redacting.redaction import Secrets
from archiver.redacting.salts import keep_salts
from archiver.redacting.urlsecrets import HIDDEN

LEFT_OUT: Final = "what was said holds a secret, in another spelling"


def redact_failure(secrets: Secrets, failure: Failure) -> Failure:
    """Return a failure without the secrets of the capture."""
    return replace(
        failure,
        url=_redact_address(secrets, failure.url),
        reason=_conceal(secrets, failure.reason),
    )


def redact_unreached(
    secrets: Secrets, url: str, error: UnreachedError, on: datetime
) -> None:
    """Take the secrets out of an error of a capture of ``url`` that began at ``on``.

    The salts of what is redacted are kept.

    Raises:
        ArchiveError: they cannot be.
    """
    error.requested_url = _redact_address(secrets, url)
    error.failures = tuple(redact_failure(secrets, each) for each in error.failures)
    said = str(error).replace(url, error.requested_url)
    error.args = (_conceal(secrets, said),)
    error.hint = _conceal(secrets, error.hint)
    used = secrets.note(error.requested_url, *_texts(error.failures))
    keep_salts(used, on)
    error.redactions = tuple(each.line for each in used)


def _redact_address(secrets: Secrets, url: str) -> str:
    shown = secrets.redact_address(url)
    if not secrets.stand_in(shown):
        return shown
    bare = f"{'/'.join(shown.split('/', 3)[:3])}/{HIDDEN}"
    return HIDDEN if secrets.stand_in(bare) else bare


def _conceal(secrets: Secrets, text: str) -> str:
    shown = secrets.conceal(text)
    return LEFT_OUT if secrets.stand_in(shown) else shown


def _texts(failures: Sequence[Failure]) -> list[str]:
    return [text for each in failures for text in (each.url, each.reason)]
