"""The settings without which a site is open, and the check that they are in force.

Datasette reads ``settings.json`` only where its command line gives no setting at all,
and goes by the name of the database for what ``metadata.yaml`` denies: one more option,
or another file name, opens what was closed.  So the site refuses to start unless it is
closed.
"""

from typing import Any, Final

from claims.publication import DATABASE

OFF: Final = (
    "default_allow_sql",
    "allow_download",
    "allow_csv_stream",
    "allow_facet",
    "suggest_facets",
    "template_debug",
    "trace_debug",
)
AT_MOST: Final = {
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 500,
    "max_csv_mb": 100,
}
DENIED: Final = (
    "search",
    "search_fts",
    "search_fts_config",
    "search_fts_data",
    "search_fts_docsize",
    "search_fts_idx",
)
_INNER: Final = "_internal"


def find_openings(datasette: Any) -> list[str]:
    """Return every setting, database or rule that leaves the site open, in words."""
    return [
        *_open_settings(datasette),
        *_other_databases(datasette),
        *_open_tables(datasette),
        *_open_doors(datasette),
    ]


def _open_settings(datasette: Any) -> list[str]:
    found = [
        f"the setting {name} is {datasette.setting(name)}, expected off"
        for name in OFF
        if datasette.setting(name)
    ]
    return found + [
        f"the setting {name} is {datasette.setting(name)}, expected 1 to {most}"
        for name, most in AT_MOST.items()
        if not 1 <= datasette.setting(name) <= most
    ]


def _other_databases(datasette: Any) -> list[str]:
    """The rules go by name: another database would have none."""
    names = sorted(set(datasette.databases) - {_INNER})
    if names == [DATABASE]:
        return []
    return [f"the databases are {', '.join(names)}, expected {DATABASE} alone"]


def _open_tables(datasette: Any) -> list[str]:
    return [
        f"the table {table} may be read, expected 'allow: false' in the metadata"
        for table in DENIED
        if datasette.metadata("allow", DATABASE, table, fallback=False) is not False
    ]


def _open_doors(datasette: Any) -> list[str]:
    found = []
    if datasette.cors:
        found.append("--cors is on, expected off: it lets other sites send credentials")
    if datasette.pdb:
        found.append("--pdb is on, expected off")
    return found
