"""Capture of one page by a browser: the page with all that it loads, and how it looked.

Chromium fetches, our proxy records: each exchange stands in the file as it was on the
wire, and went through the same guard as those of the plain client.  The main record is
the DOM after the page had settled, derived from the response that it refers to; where
there is none (the browser showed an image, or could no longer be asked), the response.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from archiver.browser.certificates import ThrowAwayKey
from archiver.browser.chromium import find_chromium, launch_options
from archiver.browser.ledger import Ledger
from archiver.browser.proxy import Proxy
from archiver.browser.supervision import supervise
from archiver.browser.tally import Main, Tally
from archiver.browser.views import ViewWriter, write_account, write_dom, write_views
from archiver.browser.visit import Visited, VisitPlan
from archiver.chance import Clock, Token
from archiver.errors import NetworkError, UnavailableError, UnreachedError
from archiver.failures import Failure, FailureKind
from archiver.wire.exchanges import Kept
from archiver.wire.guard import ParsedUrl, format_address, parse_url
from archiver.wire.observation import CaptureOptions, Observation, come_to_no_page
from archiver.wire.recorder import Route
from archiver.wire.recording import Recording
from archiver.wire.routes import (
    allowed_fields,
    check_private,
    keeping,
    open_route,
)

DOWNLOAD: Final = "Download is starting"  # Playwright's word for it
NO_CONTENT: Final = (204, 205)
HINT: Final = "capture it without --browser: the bytes are what there is to keep"


def observe(
    url: str, options: CaptureOptions, workdir: Path, *, clock: Clock, token: Token
) -> Observation:
    """Capture ``url`` with a browser; ``browse.observe_in_browser`` says the rest."""
    first = parse_url(url)
    program = find_chromium()
    route = open_route(first, options)
    cookies = options.login.cookies(first.url) if options.login else []
    if options.login:
        check_private(first, route)
    with (
        keeping(workdir),
        Recording(workdir, started=clock(), token=token) as recording,
    ):
        recording.learn(url)
        if options.login:
            recording.learn_login(options.login)
        visited = Visited()
        with (
            TemporaryDirectory(dir=workdir, ignore_cleanup_errors=True) as home,
            _proxied(first, route, recording, clock, workdir) as (ledger, proxy, key),
        ):
            plan = VisitPlan(
                first.url + (f"#{first.fragment}" if first.fragment else ""),
                route.budget.deadline,
                launch_options(program, proxy.port, key.spki_sha256, Path(home)),
                options.user_agent,
                tuple(cookies),
                recording.secretive,
            )
            supervise(plan, ledger, visited)
        tally = Tally(visited, ledger.entries())
        return _end(ViewWriter(recording, clock, token), tally, url, route)


@contextmanager
def _proxied(
    first: ParsedUrl, route: Route, recording: Recording, clock: Clock, workdir: Path
) -> Iterator[tuple[Ledger, Proxy, ThrowAwayKey]]:
    """Run a proxy; on leaving, all that it had is written.

    Raises:
        ArchiveError: something could not be written.
    """
    ledger = Ledger(recording, clock, allowed_fields(route))
    try:
        key = ThrowAwayKey(workdir, clock())
        with Proxy(route, recording, ledger, key, wanted=first.host) as proxy:
            yield ledger, proxy, key
        if proxy.error:
            raise proxy.error
    finally:
        ledger.close()


def _end(writer: ViewWriter, tally: Tally, url: str, route: Route) -> Observation:
    """Write what is derived of the page, and say what was seen.

    Raises:
        UnreachedError: there is no page; ``seen`` is what came on the way.
        UnavailableError: what came is no page.
    """
    try:
        main = _find_main(tally, writer.recording, url, writer.now)
    except UnreachedError as error:
        last = tally.main()
        if last:
            seen = _write(writer, tally, last, url, route)
            error.seen = come_to_no_page(seen, error)
        raise
    return _write(writer, tally, main, url, route)


def _find_main(tally: Tally, recording: Recording, url: str, clock: Clock) -> Main:
    """Return the exchange that the page came with.

    Raises:
        UnreachedError: there is none.
        UnavailableError: what came is no page.
    """
    main, visited = tally.main(), tally.visited
    status = main.answer.status if main else 0
    if main and (DOWNLOAD in visited.error or status in NO_CONTENT):
        what = f"{status} with {main.answer.media_type}, which is no page"
        raise UnavailableError(
            recording.conceal(f"{url}: the server answered {what}"), hint=HINT
        )
    if main and main.answer.location is None:
        return main
    why = visited.error or "nothing that is a page came"
    failures = tally.failures() or (
        Failure(
            url=url,
            kind=_kind_of(main, why),
            reason=why,
            started=recording.started,
            finished=max(clock(), recording.started),
        ),
    )
    error = NetworkError(failures[-1].reason)
    raise recording.unreached(url, error, failures, driver="browser")


def _kind_of(main: Main | None, why: str) -> FailureKind:
    """Return how a visit failed of which no request for a document did."""
    if main:
        return "redirects"
    return "timeout" if "imeout" in why else "no-response"  # Playwright's Timeout


def _write(
    writer: ViewWriter, tally: Tally, main: Main, url: str, route: Route
) -> Observation:
    """Write what the browser made of the page, and say what was seen."""
    recording, answer, visited = writer.recording, main.answer, tally.visited
    dom, missing = _write_page(writer, visited, main)
    write_account(writer, tally.account(url, missing), answer.kept)
    finished = recording.date(writer.now())
    warc = recording.finish()
    media_type, charset = answer.media_type, answer.charset
    if dom and visited.shown:
        media_type, charset = visited.shown.media_type, "utf-8"
    seen = Observation(
        warc=warc,
        main_record=(dom or answer.kept).index,
        requested_url=url,
        final_url=answer.kept.uri,
        status=answer.status,
        started=recording.started,
        finished=finished,
        outcome=answer.completeness.outcome,
        reason=answer.completeness.reason,
        allowed_addresses=tuple(map(format_address, route.allowed)),
        tls=answer.tls.as_dict() if answer.tls else None,
        media_type=media_type,
        charset=charset,
        driver="browser",
        browser=tally.facts(missing),
        fields=answer.fields,
    )
    return recording.redact(seen)


def _write_page(
    writer: ViewWriter, visited: Visited, main: Main
) -> tuple[Kept | None, dict[str, str]]:
    """Write the DOM and the views; return the DOM's record, and what is missing."""
    missing = dict(visited.missing)
    if not main.shown:
        why = visited.error or "the document that was shown is of no response"
        missing.setdefault("dom", why)
        return None, missing
    dom = write_dom(writer, visited, main.answer.kept)
    write_views(writer, visited, main.answer.kept)
    return dom, missing
