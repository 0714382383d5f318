"""Every kind of page is read with axe-core: wide and narrow, light and dark, both ways.

Each page is loaded once and looked at in four states, in which every two of width,
colours and direction come together: with every rule in two of them, and in the others
with the rules that width, colours and direction can bear on.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

EVERY_RULE = {}
RULES_OF_LOOKS = {
    "runOnly": [
        "color-contrast",
        "link-in-text-block",
        "scrollable-region-focusable",
        "target-size",
    ]
}
STATES = (
    (1280, "light", "ltr", EVERY_RULE),
    (1280, "dark", "rtl", RULES_OF_LOOKS),
    (320, "light", "rtl", RULES_OF_LOOKS),
    (320, "dark", "ltr", EVERY_RULE),
)
PAGES = (
    "/",
    "/case/harbour",
    "/case/harbour?strength=reported&source=org/harbour-office",
    "/claim/c-har60001",
    "/claim/c-har60001/1",
    "/claim/c-har60002",
    "/claim/c-har60004",
    "/snapshot/{page}",
    "/snapshot/{minutes}",
    "/snapshot/{browsed}",
    "/snapshot/{memento}",
    "/snapshot/{page}/records",
    "/source/org/harbour-office",
    "/source/person/unnamed-7q2k",
    "/lead/harbour-recording",
    "/log",
    "/log/4",
    "/statement/{statement}",
    "/statement/{attempt}",
    "/wanted",
    "/corrections",
    "/method",
    "/verify",
    "/search?q=%E7%A0%81%E5%A4%B4",
    "/search?q=nothing-of-the-kind",
    "/nothing",
    "/sourcebook",
    "/sourcebook/chain_links?voice=own&_sort=source",
    "/sourcebook/claims/c-har60001",
)
SHIPPED = (
    "/",
    "/case/kz-handover",
    "/claim/c-aa9vzf4n",
    "/claim/c-c7mad0m9",
    "/snapshot/{article}",
    "/sourcebook/claims",
)

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture(scope="session")
def axe():
    """Return axe-core."""
    return Axe()


def look(page, axe):
    """Return what axe finds on a page in each state, and where it is too wide."""
    found = []
    for width, scheme, direction, rules in STATES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        state = f"{width} {scheme} {direction}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{state}: the page is {wide} wide")
        found += [
            f"{state}: {fault['id']} at {node['html'][:120]}"
            for fault in axe.run(page, options=rules).response["violations"]
            for node in fault["nodes"]
        ]
    return found


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_on_a_page(open_page, axe, names, address):
    page = open_page(address.format(**names))
    assert page.locator("main h1").count() == 1
    assert look(page, axe) == []


@pytest.mark.parametrize("address", SHIPPED)
def test_axe_finds_nothing_in_the_shipped_archive(
    open_shipped, axe, shipped_names, address
):
    page = open_shipped(address.format(**shipped_names))
    assert page.locator("main h1").count() == 1
    assert look(page, axe) == []


@pytest.mark.parametrize("name", ["page", "browsed"])
def test_everything_folded_away_is_accessible_too(open_page, axe, names, name):
    page = open_page(f"/snapshot/{names[name]}")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert look(page, axe) == []
