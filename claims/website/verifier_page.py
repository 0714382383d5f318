"""The reader's verifier: one page that checks snapshots in the reader's own browser.

It is a static file with its script and style inside it, so that a reader can save it
and open it without us.  Only this page may run a script, and only the one that is in
it: its Content-Security-Policy names both by their hashes, computed from the file.
"""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from archiver.errors import ArchiveError
from claims.publication import publication_folder

NAME: Final = "verify.html"
PATH: Final = f"/static/{NAME}"

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def read_page() -> bytes:
    """Return the bytes of the page.

    Raises:
        ArchiveError: the publication folder does not hold it.
    """
    place = publication_folder() / "static" / NAME
    try:
        return place.read_bytes()
    except OSError as error:
        raise ArchiveError(
            f"{place} cannot be read: {error.strerror}",
            hint="install the package again: the page is part of it",
        ) from error


def page_sha256() -> str:
    """Return the hex SHA-256 of the page, by which a reader knows a saved copy."""
    return sha256(read_page()).hexdigest()


def inline_hashes(page: bytes) -> dict[str, str]:
    """Return the hash of the page's one script and one style, as a CSP names them.

    Raises:
        ArchiveError: there is not exactly one of each, without attributes.
    """
    found = _INLINE.findall(page.decode())
    kinds = sorted(kind for kind, _ in found)
    if kinds != ["script", "style"]:
        raise ArchiveError(
            f"{NAME} holds {', '.join(kinds) or 'nothing'} inline, expected one script"
            " and one style"
        )
    return {kind: _csp_hash(text) for kind, text in found}


def page_policy(page: bytes) -> str:
    """Return the Content-Security-Policy under which the page is served."""
    hashes = inline_hashes(page)
    return (
        f"default-src 'none'; script-src '{hashes['script']}';"
        f" style-src '{hashes['style']}'; img-src data:;"
        " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def _csp_hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
