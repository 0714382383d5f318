"""Second custody: the same page in somebody else's hands as well.

Our own capture rests on our word that a server sent those bytes.  A web archive that
saved the page too is another word, and its memento, deposited beside the capture, says
whether the bodies are the same.  Nothing here can delay or lose a capture: it is in
the archive and in the log before a web archive is asked.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from archiver.elsewhere.bodies import body_sha256
from archiver.elsewhere.memento import Memento, OwnCapture, same_url
from archiver.elsewhere.memento_deposit import Fetched, WantedMemento, fetch_memento
from archiver.elsewhere.service_keys import read_keys
from archiver.elsewhere.wayback import KEPT, PAUSE, Errand, Job, Service
from archiver.errors import (
    ArchiveError,
    MalformedError,
    NetworkError,
    UnreachedError,
)
from archiver.facts import CaptureFacts
from archiver.failures import Failure
from archiver.records import walk_records
from archiver.snapshots import Draft
from archiver.store import snapshot_file
from archiver.wire.guard import Address, ParsedUrl, check_address, parse_url
from archiver.wire.messages import OK
from archiver.wire.observation import CaptureOptions, Observation
from archiver.wire.tls import is_address
from archiver.writer import Taken, Writer, take_attempt, take_draft

TIMEOUT = 300.0  # seconds for all of it

# A capture that came in, and what was seen at it, or what its statement says of that.
CameIn = tuple[Taken, Observation | CaptureFacts]

# Names that no public resolver answers for (RFC 6761, 6762, 7686, 8375, 9476), and the
# endings that inner networks are given.
_INNER = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan"
    r"|test|invalid|onion|alt|arpa)"
)


@dataclass(frozen=True, slots=True)
class DepositedMemento:
    """A memento that came into the archive, as a deposit by the web archive.

    ``said`` is what a person should know of it before resting anything on it.
    """

    taken: Taken
    memento: Memento
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long second custody may take in all, and between two questions; seconds."""

    timeout: float = TIMEOUT
    pause: float = PAUSE


def take_memento(writer: Writer, url: str, options: CaptureOptions) -> DepositedMemento:
    """Make a snapshot of a web archive's memento, as a deposit that says whose it is.

    Raises:
        MalformedError: what is there is no memento, or none that can be deposited.
        UnreachedError: nothing came, or the web archive has none; the attempt is signed
            and logged, and named in the error.
        NetworkError: the URL is an inner address; nothing was tried.
        ArchiveError: the archive could not be written.
    """
    found: list[Fetched] = []

    def make(folder: Path) -> Draft:
        fetched = fetch_memento(
            WantedMemento(url), options, folder, clock=writer.now, token=writer.token
        )
        found.append(fetched)
        return fetched.draft

    with _attempted(writer, url):
        taken = take_draft(writer, make)
    return DepositedMemento(taken, found[0].memento, found[0].said)


def second_custody(
    writer: Writer,
    taken: Taken,
    seen: Observation | CaptureFacts,
    options: CaptureOptions,
    patience: Patience | None = None,
) -> DepositedMemento:
    """Have a page that was captured saved by a web archive too; deposit its memento.

    ``seen`` is what was seen at its capture, or what its statement says of that.

    Raises:
        NetworkError: the page is not public as far as can be told, so nobody was told
            of it.
        UnreachedError: the web archive did not save it, or does not show it in time;
            the attempt is signed and logged, and named in the error.
        ArchiveError: the keys for it, or the archive, cannot be read or written.
    """
    url = writer.archive.config.wayback.url
    if why := why_not_public(taken, seen):
        raise NetworkError(f"{seen.final_url} is not submitted to {url}: {why}")
    service = _service(url, options, writer, patience or Patience())
    page = parse_url(seen.final_url).url
    body = _captured_body(writer, taken)
    found: list[Fetched] = []

    def make(folder: Path) -> Draft:
        errand = Errand(service)
        job = errand.save(page, errors=seen.status != OK)
        beside = OwnCapture(job.job, taken.stored.sha256, body)
        found.append(_await_memento(errand, job, beside, writer, folder))
        return found[0].draft

    with _attempted(writer, f"{url}/save/{page}"):
        second = take_draft(writer, make)
    return DepositedMemento(second, found[0].memento, _said(found[0], page))


def _service(
    url: str, options: CaptureOptions, writer: Writer, patience: Patience
) -> Service:
    return Service(
        url=url,
        keys=read_keys(url),
        options=options,
        clock=writer.now,
        deadline=time.monotonic() + patience.timeout,
        pause=patience.pause,
    )


def why_not_public(taken: Taken, seen: Observation | CaptureFacts) -> str:
    """Say why a captured page may not be shown to others, or "".

    A web archive publishes what it is told, address and all, and for ever.
    """
    labels = {*taken.stored.facts["labels"]}
    if isinstance(seen, Observation):
        labels |= {*seen.labels}
    if labels & {"logged-in", "secret"}:
        return "it was captured with a login or a secret, expected a page for all"
    if seen.redactions:
        return "something secret was taken out of the capture, expected nothing secret"
    if seen.allowed_addresses:
        return "inner addresses were allowed for its capture, expected none"
    for url in (seen.requested_url, seen.final_url):
        parsed = parse_url(url)
        if _is_inner(parsed):
            return (
                f"{parsed.host} is an inner host, expected one of the public Internet"
            )
    return ""


def _is_inner(url: ParsedUrl) -> bool:
    if not is_address(url.host):
        name = url.host.rstrip(".")
        return "." not in name or _INNER.fullmatch(name) is not None
    try:
        check_address(Address(str(ip_address(url.host)), url.port), ())
    except NetworkError:
        return True
    return False


def _captured_body(writer: Writer, taken: Taken) -> str | None:
    """Hash the body of the capture, as the archive holds it; None where it is cut.

    Raises:
        ArchiveError: the snapshot cannot be read.
        MalformedError, VerificationError: it is not what was stored.
    """
    stored = taken.stored
    place = writer.archive.path(snapshot_file(stored.sha256, ".warc.gz"))
    try:
        with place.open("rb") as stream:
            records = list(walk_records(stream))
            return body_sha256(stream, records, stored.facts["mainRecord"])
    except OSError as error:
        raise ArchiveError(f"{place} cannot be read: {error.strerror}") from error


def _await_memento(
    errand: Errand, job: Job, beside: OwnCapture, writer: Writer, folder: Path
) -> Fetched:
    """Fetch the memento of a job, as soon as the web archive shows that very one.

    What it has just saved is shown after a while; before, another one may come for it.

    Raises:
        UnreachedError: it is not shown by the deadline, or no memento is shown.
    """
    saved = job.saved
    address = f"{errand.service.url}/web/{saved.stamp}id_/{saved.original}"
    turn = 0
    while True:
        turn += 1
        fetched = _fetch(errand, WantedMemento(address, beside), writer, folder)
        if fetched and fetched.memento.moment == saved.moment:
            return fetched
        if fetched:
            fetched.draft.file.unlink()
            dated = fetched.memento.datetime
            _unlike(errand, address, f"what it shows at {address} is dated {dated}")
        if not errand.wait(errand.backoff(turn)):
            raise errand.given_up(
                f"it may be shown later: 'sourcebook deposit --memento {address}'"
            )


def _fetch(
    errand: Errand, wanted: WantedMemento, writer: Writer, folder: Path
) -> Fetched | None:
    """Fetch a memento in what is left of the time; None where that failed for now."""
    service = errand.service
    left = max(0.1, service.deadline - time.monotonic())
    options = replace(
        service.options,
        timeout=min(left, service.options.timeout),
        retries=0,
        login=None,
    )
    try:
        return fetch_memento(
            wanted, options, folder, clock=writer.now, token=writer.token
        )
    except UnreachedError as error:
        errand.failures += error.failures
        return None
    except (MalformedError, NetworkError) as error:
        _unlike(errand, wanted.url, str(error))
        raise errand.given_up() from error


def _unlike(errand: Errand, url: str, reason: str) -> None:
    """Note that what is shown is not what was saved."""
    now = errand.service.clock()
    errand.failures.append(
        Failure(url=url, kind="service", reason=reason, started=now, finished=now)
    )


def _said(fetched: Fetched, page: str) -> tuple[str, ...]:
    """Add what the comparison with our capture shows."""
    memento = fetched.memento
    more = []
    if not same_url(page, memento.original):
        more.append(f"the capture is of {page}, the memento of {memento.original}")
    same = fetched.draft.facts["memento"]["sameBody"]
    more.append(
        {
            True: "its body is the same as the capture's, byte for byte",
            False: "its body is another than the capture's; pages change, and servers"
            " tell clients apart",
            None: "the capture has no whole body to compare it with",
        }[same]
    )
    return (*fetched.said, *more)


@contextmanager
def _attempted(writer: Writer, url: str) -> Iterator[None]:
    """Sign and log what was tried, where nothing came of it."""
    try:
        yield
    except UnreachedError as error:
        error.failures = error.failures[-KEPT:]
        error.statement_id = take_attempt(writer, url, error)
        raise
