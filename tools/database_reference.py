"""Write docs/database.md from the schema: ``tools/database_reference.py FILE``."""

import sys
from pathlib import Path

from claims.published.database import SCHEMA

INTRODUCTION = """\
# The published database

Made from the schema by `make docs`; do not edit.

`sourcebook publish` writes one SQLite file. It is a function of the release alone: the
same release gives the same bytes on the same version of SQLite. What the public may
not have is not in it. Anyone may copy the file from a site that offers it and ask it
questions of their own:

```sh
sqlite3 sourcebook.db "select strength, ceiling, claim from claims"
```

The file is a convenience. What proves something is the archive: the signed statements,
their receipts, and the pin.
"""


def reference() -> str:
    """Return the whole page."""
    schema = SCHEMA.read_text(encoding="utf-8")
    return f"{INTRODUCTION}\n## The tables\n\n```sql\n{schema}```\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8", newline="\n")
