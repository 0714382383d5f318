"""The hooks by which Datasette takes in the site: nothing else stands here.

The plugin is in every Datasette of the environment that it is installed in.  It does
nothing unless the metadata carries its key: ``plugins: {sourcebook: {...}}``.
"""

from collections.abc import Callable, Generator
from typing import Any, Final

from datasette import Forbidden
from datasette.utils import StartupError
from pluggy import HookimplMarker

from claims import capture_words, words
from claims.publication import PLUGIN
from claims.website import case_pages, headers
from claims.website.archive_view import archive_root
from claims.website.cells import link_cell
from claims.website.error_pages import answer
from claims.website.hardening import find_openings
from claims.website.refusals import SiteSettings
from claims.website.views import View, read, routes

hookimpl = HookimplMarker("datasette")

_FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "capitalize_first": words.capitalize_first,
    "context_after": words.context_after,
    "context_before": words.context_before,
    "direction": words.direction,
    "is_web_address": words.is_web_address,
    "language": words.language,
    "language_tag": words.language_tag,
    "lower_first": words.lower_first,
    "pretty_json": words.pretty_json,
    "readable_address": words.readable_address,
    "short_hash": words.short_hash,
}


def is_ours(datasette: Any) -> bool:
    """Tell whether this Datasette is meant to be a site of ours."""
    return datasette.plugin_config(PLUGIN) is not None


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, View]]:
    """Register the addresses of the site."""
    return routes() if is_ours(datasette) else []


@hookimpl
def startup(datasette: Any) -> None:
    """Refuse to start with a setting or a database that would open the site."""
    if is_ours(datasette):
        faults = find_openings(datasette)
        if faults:
            raise StartupError("; ".join(faults))


@hookimpl(trylast=True)
def asgi_wrapper(datasette: Any) -> Callable[[headers.App], headers.App]:
    """Wrap the whole of Datasette in the checks and headers of ``headers``."""
    settings = SiteSettings(
        base_url=datasette.setting("base_url"),
        cache_seconds=datasette.setting("default_cache_ttl"),
        https=datasette.setting("force_https_urls"),
    )
    ours = is_ours(datasette)
    return lambda app: headers.wrap(app, settings) if ours else app


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Give the templates their filters and words."""
    if is_ours(datasette):
        env.filters.update(_FILTERS)
        env.globals["words"] = words
        env.globals["captures"] = capture_words
        env.globals["query_with"] = words.query_with
        env.trim_blocks = env.lstrip_blocks = True


@hookimpl
def extra_template_vars(datasette: Any) -> Any:
    """Give each template the archive and the release that it shows."""

    async def variables() -> dict[str, Any]:
        if not is_ours(datasette):
            return {}
        return {
            "site": await read(datasette, case_pages.about),
            "has_files": archive_root(datasette) is not None,
        }

    return variables


@hookimpl
def render_cell(value: Any, column: str, table: str, datasette: Any) -> Any:
    """Link cells of the tables to the pages of what they name."""
    if not is_ours(datasette):
        return None
    return link_cell(table, column, value, datasette.urls.path)


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Generator[None, Any, None]:
    """Answer in place of Datasette's own handler, which prints tracebacks."""
    outcome = yield
    if is_ours(datasette):
        outcome.force_result([lambda: answer(datasette, request, exception)])


@hookimpl(tryfirst=True)
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    """Answer for what the metadata denies."""
    if not is_ours(datasette):
        return None
    return lambda: answer(datasette, request, Forbidden(message))
