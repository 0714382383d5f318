"""What Chromium asks for by itself, whatever page it shows and however it is started.

Such requests are refused: they are none of the page's, and tell others of the capture.
A page may use the same hosts, so where one is in use on the web, its path decides.
"""

from typing import Final

_HOSTS: Final = """
    android.clients.google.com clients1.google.com clients2.google.com
    clients3.google.com clients4.google.com clientservices.googleapis.com
    content-autofill.googleapis.com edgedl.me.gvt1.com mtalk.google.com
    optimizationguide-pa.googleapis.com redirector.gvt1.com sb-ssl.google.com
    safebrowsing.googleapis.com update.googleapis.com
"""
HOSTS: Final = frozenset(_HOSTS.split())
PATHS: Final = (("accounts.google.com", "/ListAccounts"),)
REASON: Final = "it is a service of the browser's own, and none of the page's"


def is_service(host: str) -> bool:
    """Tell whether a connection to ``host`` is the browser's own affair."""
    return host.rstrip(".") in HOSTS


def asks_service(host: str, target: str) -> bool:
    """Tell whether a request is the browser's own, of a host that pages use as well."""
    found = host.rstrip(".")
    return any(found == name and target.startswith(path) for name, path in PATHS)
