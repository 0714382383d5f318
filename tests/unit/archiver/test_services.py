"""What a browser asks for by itself, and what a page may ask of the same hosts."""

import pytest

from archiver.browser.services import asks_service, is_service


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("update.googleapis.com", True),
        ("clients2.google.com.", True),
        ("accounts.google.com", False),
        ("update.googleapis.com.evil.example", False),
    ],
)
def test_a_service_of_the_browser_is_known_by_its_host(host, expected):
    assert is_service(host) == expected


@pytest.mark.parametrize(
    ("host", "target", "expected"),
    [
        ("accounts.google.com", "/ListAccounts?gpsia=1", True),
        ("accounts.google.com", "/gsi/client", False),
        ("www.google.com", "/ListAccounts", False),
    ],
)
def test_and_where_pages_use_its_host_too_by_its_path(host, target, expected):
    assert asks_service(host, target) == expected
