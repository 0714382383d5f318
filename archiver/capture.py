"""Capture of one URL by the plain client: ask, follow redirects, write what was seen.

The last response on the way is the main one; where the words of a page stand at a
further address, as those of a Telegram post, it is the one from there.  A way that
comes to no page says so by an error: what was tried is in it, and what came on the way,
such as redirects without end, is in a file as well.  Where nothing came there is no
file.
"""

from pathlib import Path

from archiver.chance import Clock, Token
from archiver.errors import UnreachedError
from archiver.wire.guard import parse_url
from archiver.wire.observation import CaptureOptions, Observation
from archiver.wire.recording import Recording
from archiver.wire.routes import check_private, keeping, open_route
from archiver.wire.ways import Way


def observe(
    url: str, options: CaptureOptions, workdir: Path, *, clock: Clock, token: Token
) -> Observation:
    """Capture ``url``, and write what came into a WARC in ``workdir``.

    A transfer that was cut is an observation too: its outcome says so.

    Raises:
        MalformedError: ``url`` is no URL for a capture, an allowed address is none,
            the file of certificates has none, or a login would go over plain http.
        NetworkError: ``url`` itself is an inner address; nothing was tried.
        UnreachedError: it came to no page; the message says of what, and why not, and
            ``seen`` is what came on the way.
        ArchiveError: what came cannot be kept.
    """
    first = parse_url(url)
    route = open_route(first, options)
    if options.login:
        check_private(first, route)
    with (
        keeping(workdir),
        Recording(workdir, started=clock(), token=token) as recording,
    ):
        way = Way(route, options, recording, clock, url)
        way.log_in(first)
        try:
            came = way.reach(first)
        except UnreachedError as error:
            error.seen = way.leave(error)
            raise
        return way.end(way.go_further(came))
