"""Whatever a hostile server sends, through the browser's proxy: the oracle is the log.

All answers at once, each over a connection of its own: what reaches the browser, what
stands in the file, and the verdict are those of the plain client.
"""

from concurrent.futures import ThreadPoolExecutor

from tests.capturing import block, records
from tests.hostile_answers import CUT, NO_RESPONSE, WHOLE, WRONG
from tests.proxying import ask, proxying, read_or_lose
from tests.site import Reset, Site, Stall

OUTCOMES = {
    **dict.fromkeys(WHOLE, "complete"),
    **dict.fromkeys(CUT, "truncated"),
    **dict.fromkeys(WRONG, "malformed"),
    **dict.fromkeys(NO_RESPONSE, "failed"),
}
ANSWERS = {**WHOLE, **CUT, **WRONG, **NO_RESPONSE}
THREADS = 16


def test_each_answer_reaches_the_browser_and_the_file_to_the_byte(tmp_path):
    # A server that keeps the connection leaves a browser waiting: it closes.
    kinds = {f"/{number}": kind for number, kind in enumerate(ANSWERS)}
    pages = {
        path: [step for step in ANSWERS[kind] if not isinstance(step, Stall)]
        for path, kind in kinds.items()
    }

    with (
        Site(pages) as site,
        proxying(tmp_path, site.address, seconds=60, size=1 << 28) as bench,
        ThreadPoolExecutor(THREADS) as pool,
    ):

        def have(path):
            with bench.to(site) as sock:
                return read_or_lose(sock, ask(path, host=site.address))

        came = dict(zip(pages, pool.map(have, pages), strict=True))
        sent = {path: site.sent(path) for path in pages}
    found = {
        entry.url.removeprefix(site.url()[:-1]): (
            entry.answer.completeness.outcome if entry.answer else entry.state
        )
        for entry in bench.entries
    }
    assert found == {path: OUTCOMES[kind] for path, kind in kinds.items()}
    responses = {
        each.uri: block(bench.warc, each.index)
        for each in records(bench.warc)
        if each.type == "response"
    }
    for path, kind in kinds.items():
        # A reset takes with it what the browser has not read.
        broke = any(isinstance(step, Reset) for step in pages[path])
        assert sent[path].startswith(came[path]), kind
        assert broke or came[path] == sent[path], kind
        if kind in NO_RESPONSE:
            assert site.url(path) not in responses
        else:
            assert responses[site.url(path)] == sent[path], kind
