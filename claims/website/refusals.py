"""Which requests are refused before Datasette sees them, and why.

GET and HEAD are answered; of Datasette's own ``/-/`` pages only the static files; of
the fields that it knows in a query only those that filter, sort and turn pages.  The
others (``_where``, ``_through``, ``_stream``, ``_timelimit``, facets of any column, raw
full-text syntax) cost time or show more than we mean to offer.  A field is judged on
every address, since a table's has several spellings.
"""

import json
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]

REFUSAL: Final = "sourcebook_refusal"  # the key of the scope with the reason
REFUSED_PATH: Final = "/-/refused"  # the route that says it

_KNOWN_ARGUMENTS: Final = frozenset(
    (
        "_col",
        "_dl",
        "_facet_size",
        "_filter_column",
        "_filter_op",
        "_filter_value",
        "_header",
        "_labels",
        "_next",
        "_nl",
        "_nocol",
        "_search",
        "_shape",
        "_size",
        "_sort",
        "_sort_by_desc",
        "_sort_desc",
    )
)
_FILTER_ARGUMENT = re.compile(r"_filter_(?:column|op|value)_[0-9]{1,2}")
MAX_ARGUMENTS = 40
MAX_QUERY = 4000  # bytes


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What of the headers depends on where the site stands."""

    base_url: str = "/"
    cache_seconds: int = 0
    https: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let through."""

    status: int
    message: str


def refuse(method: str, path: str, query: bytes) -> Refusal | None:
    """Return why a request is refused, or None.

    ``path`` is as it came, percent-encoded, without the base URL.
    """
    if method not in allowed_methods(path):
        return Refusal(
            HTTPStatus.METHOD_NOT_ALLOWED,
            f"{method} is not answered here, only GET and HEAD.",
        )
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        return Refusal(HTTPStatus.NOT_FOUND, "There is no such address.")
    if path == "/-" or (path.startswith("/-/") and not _is_static(path)):
        return Refusal(HTTPStatus.NOT_FOUND, "There is no such address.")
    if len(query) > MAX_QUERY:
        return Refusal(
            HTTPStatus.BAD_REQUEST,
            f"The query has {len(query)} bytes, at most {MAX_QUERY}.",
        )
    return _refuse_arguments(query)


def local_path(scope: Scope, settings: SiteSettings) -> str:
    """Return the path as it came, percent-encoded, without the base URL."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    try:
        path = raw.decode("ascii").partition("?")[0]
    except UnicodeDecodeError:
        return ""
    if settings.base_url != "/" and path.startswith(settings.base_url):
        return "/" + path[len(settings.base_url) :]
    return path


def _is_static(path: str) -> bool:
    return path.startswith(("/-/static/", "/-/static-plugins/")) and ".." not in path


def allowed_methods(path: str) -> tuple[str, ...]:
    """Return the methods that an address answers."""
    if path.startswith("/archive/"):
        return ("GET", "HEAD", "OPTIONS")
    return ("GET", "HEAD")


def _refuse_arguments(query: bytes) -> Refusal | None:
    """Refuse what Datasette's tables would take in a query beyond filters and order."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_ARGUMENTS,
        )
    except (UnicodeDecodeError, ValueError):
        return Refusal(
            HTTPStatus.BAD_REQUEST,
            f"The query is not UTF-8 with up to {MAX_ARGUMENTS} fields.",
        )
    for name, value in pairs:
        plain = not name.startswith("_") or "__" in name[1:]
        if not (plain or name in _KNOWN_ARGUMENTS or _FILTER_ARGUMENT.fullmatch(name)):
            return Refusal(
                HTTPStatus.BAD_REQUEST,
                f"{name!r} is not a field that this site answers.",
            )
        if "\0" in name + value:
            return Refusal(HTTPStatus.BAD_REQUEST, "The query holds a zero character.")
        if name.endswith(("__in", "__notin")) and not _is_list(value):
            return Refusal(HTTPStatus.BAD_REQUEST, f"{value!r} is not a list.")
    return None


def _is_list(value: str) -> bool:
    """Tell whether a value is a list as Datasette takes it: words, or JSON."""
    if not value.startswith("["):
        return True
    try:
        return isinstance(json.loads(value), list)
    except (ValueError, RecursionError):
        return False
