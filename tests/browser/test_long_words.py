"""Names, addresses and sentences without a place to break stay within a phone."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.browser.conftest import opening

LONG = "Unzerbrechlich" * 12
PAGES = (
    *("/", "/case/harbour", "/wanted", "/lead/harbour-recording", "/log"),
    *("/claim/c-har60001", "/claim/c-har60002", "/source/org/harbour-office"),
    *("/snapshot/{page}", "/snapshot/{minutes}", "/snapshot/{browsed}"),
    *("/snapshot/{memento}", "/statement/{attempt}", "/search?q=unzerbrechlich"),
    *("/sourcebook/leads", "/sourcebook/claims", "/sourcebook/snapshots"),
)
CHANGES = """
    update leads set publisher = :long, about = :long, bears_on = :long, url = :url;
    update sources set name = :long where name is not null;
    update cases set title = :long;
    update claims set claim = :long;
    update claim_revisions set sentence = :long, note = :long, author = :long;
    update snapshots set supplied_by = :long, document_name = :long, final_url = :url;
    update snapshots set outcome_reason = :long;
    update attempts set reason = :long, requested_url = :url;
    update wanted set what = :long
"""

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="module")
def long_site(serve, site, tmp_path_factory):
    """Serve the invented case with a long word in place of every text."""
    database = tmp_path_factory.mktemp("long") / "sourcebook.db"
    shutil.copyfile(site.database, database)
    with closing(sqlite3.connect(database)) as connection, connection:
        words = {"long": LONG, "url": f"https://a.example/{LONG}"}
        for sql in CHANGES.split(";"):
            connection.execute(sql, words)
    return serve(database, site.archive)


@pytest.fixture
def open_long(browser, long_site):
    """Open pages of that site."""
    yield from opening(browser, long_site)


@pytest.mark.parametrize("address", PAGES)
def test_a_word_without_an_end_does_not_make_a_page_wider(open_long, names, address):
    page = open_long(address.format(**names))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        outside = page.evaluate(
            "width => [...document.querySelectorAll('main *')].filter(one =>"
            " one.getBoundingClientRect().right > width + 1"
            " && !one.closest('.scroll, pre, .hidden')).map(one => one.outerHTML)",
            width,
        )
        assert (wide, outside) == (width, [])
