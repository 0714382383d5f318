"""The source file: a person, an organisation or a channel that says things.

``sources/{person,org,channel}/<id>.toml`` holds the names in several scripts, the
publisher family, and whether a person may be named.  The file's place is its id.  A
name variant is not evidence of identity.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from archiver.findings import Finding
from archiver.strict import show
from claims.faults import open_struct, read_struct
from claims.mismatches import Fault
from claims.model import Language, Text
from claims.patterns import SCRIPT, SLUG, SOURCE_ID

Naming = Literal["public", "press", "withheld"]
Script = Annotated[str, Meta(pattern=SCRIPT.regex)]
Family = Annotated[str, Meta(pattern=SLUG.regex)]

UNNAMED: Final = "unnamed-"  # how the slug of a source begins that nobody names
_FILE = re.compile(r"(?:.*/)?sources/((?:person|org|channel)/[^/]*)\.toml", re.DOTALL)


class SourceName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One name: how it is written, and by which scheme it was put into that script."""

    text: Text
    lang: Language
    script: Script = ""
    scheme: Text = ""
    seen_in: Text = ""


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One who says things.  ``naming`` is required of a person, and else ``public``.

    ``id`` may stand in the file; the file's place is what counts, and both must agree.
    """

    names: Annotated[tuple[SourceName, ...], Meta(min_length=1)]
    id: Annotated[str, Meta(pattern=SOURCE_ID.regex)] = ""
    family: Family = ""
    naming: Naming | None = None
    note: Text = ""

    @property
    def kind(self) -> str:
        """The kind of source: person, org or channel."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The first of its names."""
        return self.names[0].text

    @property
    def unnamed(self) -> bool:
        """Whether it stands for somebody whom its witnesses do not name."""
        return self.id.partition("/")[2].startswith(UNNAMED)


def read_source(data: bytes, file: str) -> Source | Finding:
    """Read a source file, or say what is wrong with it and where."""
    match = _FILE.fullmatch(file)
    place = match[1] if match else ""
    if not re.search(SOURCE_ID.regex, place):
        message = f"the file's place is {show(file)}, expected sources/ and a source id"
        return Finding("C19", f"{file}:1", message, hint=SOURCE_ID.words)

    def check(source: Source) -> Iterator[Fault]:
        if source.id and source.id != place:
            message = f"id is {source.id!r}, expected {place!r}, the file's place"
            yield Fault(("id",), message, code="C19")
        if place.startswith("person/") and source.naming is None:
            hint = "where it is not certain that they may be named, say 'withheld'"
            message = "a person has no key 'naming', expected public, press or withheld"
            yield Fault((), message, hint)

    source = read_struct(data, file, Source, check=check)
    if isinstance(source, Finding):
        return source
    return msgspec.structs.replace(source, id=place, naming=source.naming or "public")


def parse_source(data: bytes, file: str) -> Source:
    """Parse a source file (docs/schemas/source.json).

    Raises:
        MalformedError: the bytes are no source file, or ``file`` is no source's place;
            the message begins ``file:line:``.
    """
    return open_struct(read_source(data, file))
