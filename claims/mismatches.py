"""What msgspec says of a document that is not of its type, in our own words.

msgspec names the fault and a path such as ``$.evidence[1].role``.  Here it becomes a
:class:`Fault` that names the key, the value found and the values expected, with the
nearest right key where one looks like a slip of the pen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import inspect

from archiver.strict import show
from claims.patterns import BY_REGEX
from claims.places import Path, words

BUILTIN: Final = (datetime, date, time)  # what tomllib makes by itself

_AT = re.compile(r"(.*?)(?: - at (`key` in )?`\$([^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_TYPE = re.compile(r"Expected `([a-z]+)(?: \| null)?`, got `[a-z]+`")
_PATTERN = re.compile(r"Expected `str` matching regex ('.*')", re.DOTALL)
_LENGTH = re.compile(r"Expected `(str|array|object)` of length >= (\d+)")
_LONGEST_KEY: Final = 40  # characters; a longer one is no slip of the pen
_TYPES: Final = {
    "str": "a string",
    "int": "an integer",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date without quotes, such as 2026-11-25",
}
_JUDGED: Final = frozenset(("strength", "state", "verdict", "confidence", "assessment"))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document, and the path at which it stands.

    ``line`` is given where the path does not lead to it.
    """

    path: Path
    message: str
    hint: str = ""
    code: str = "C20"
    line: int = 0


def nearest(word: str, candidates: tuple[str, ...]) -> str:
    """Return the question "did you mean …?" where one of ``candidates`` is near."""
    if len(word) > _LONGEST_KEY:
        return ""
    found = get_close_matches(word, candidates, n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else ""


def explain(said: str, document: Mapping[str, Any], kind: Any) -> Fault:
    """Say in our words what msgspec says of ``document``, which is no ``kind``."""
    match = _AT.fullmatch(said)
    said_alone, of_key, steps = match.groups() if match else (said, None, None)
    path = _follow(steps or "", said, document, kind, of_key=bool(of_key))
    if unknown := _UNKNOWN.fullmatch(said_alone):
        return _explain_unknown(path, unknown[1], kind)
    if missing := _MISSING.fullmatch(said_alone):
        where = words(path) or "the file"
        return Fault(path, f"{where} has no key {missing[1]!r}, which is required")
    value = path[-1] if of_key else _value(document, path)
    found = f"{words(path)} is {show(value)}, expected "
    return _explain_value(path, found, value, said_alone, kind)


def _explain_unknown(path: Path, key: str, kind: Any) -> Fault:
    known = _keys(_type_at(kind, path))
    hint = nearest(key, known)
    if not hint and key in _JUDGED:
        hint = "a judgement is a signed assessment, never a key in the file"
    where = f" in {words(path)}" if path else ""
    message = f"unknown key {show(key)}{where}, expected one of {', '.join(known)}"
    return Fault((*path, key), message, hint)


def _explain_value(
    path: Path, found: str, value: object, said: str, kind: Any
) -> Fault:
    if said.startswith("Invalid enum value"):
        expected = _choices(_type_at(kind, path))
        one_of = "one of " if len(expected) > 1 else ""
        hint = nearest(str(value), expected)
        return Fault(path, f"{found}{one_of}{', '.join(expected)}", hint)
    if match := _PATTERN.fullmatch(said):
        pattern = next(
            (known for known in BY_REGEX.values() if repr(known.regex) == match[1]),
            None,
        )
        if pattern:
            return Fault(path, found + pattern.words, code=pattern.code)
    if match := _LENGTH.fullmatch(said):
        least = "something" if match[2] == "1" else f"{match[2]} or more in it"
        return Fault(path, found + least)
    if match := _TYPE.fullmatch(said):
        return Fault(path, found + _TYPES.get(match[1], match[1]))
    return Fault(path, f"{words(path)}: {said}")


def _follow(
    steps: str, said: str, document: Mapping[str, Any], kind: Any, *, of_key: bool
) -> Path:
    """Return the path that msgspec's ``steps`` mean; they do not name a table's keys.

    Which key it is shows when the table is tried with one key at a time.
    """
    path: Path = ()
    for name, index, any_key in _STEP.findall(steps):
        if any_key:
            path = (*path, _culprit(document, path, said, kind))
        else:
            path = (*path, int(index) if index else name)
    return (*path, _culprit(document, path, said, kind)) if of_key else path


def _culprit(document: Mapping[str, Any], path: Path, said: str, kind: Any) -> str:
    """Return the key of the table at ``path`` of which msgspec says what it said."""
    keys = list(_value(document, path))
    for key in keys:
        try:
            msgspec.convert(_reduced(document, path, key), kind, builtin_types=BUILTIN)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return str(key)
    return str(keys[0])


def _reduced(value: Any, path: Path, key: str) -> Any:
    """Copy ``value`` with nothing but ``key`` in the table at ``path``."""
    if not path:
        return {key: value[key]}
    if isinstance(value, list):
        index = int(path[0])
        return [
            *value[:index],
            _reduced(value[index], path[1:], key),
            *value[index + 1 :],
        ]
    return {**value, path[0]: _reduced(value[path[0]], path[1:], key)}


def _value(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _type_at(kind: Any, path: Path) -> Iterator[inspect.Type]:
    """Yield the types that a value at ``path`` may have; none is left out for None."""
    nodes = [inspect.type_info(kind)]
    for step in path:
        nodes = [inner for node in nodes for inner in _step_into(node, step)]
    for node in nodes:
        yield from node.types if isinstance(node, inspect.UnionType) else (node,)


def _step_into(node: inspect.Type, step: str | int) -> Iterator[inspect.Type]:
    match node:
        case inspect.StructType():
            yield from (each.type for each in node.fields if each.encode_name == step)
        case inspect.DictType():
            yield node.value_type
        case inspect.VarTupleType():
            yield node.item_type


def _keys(nodes: Iterable[inspect.Type]) -> tuple[str, ...]:
    structs = (node for node in nodes if isinstance(node, inspect.StructType))
    return tuple(field.encode_name for node in structs for field in node.fields)


def _choices(nodes: Iterable[inspect.Type]) -> tuple[str, ...]:
    literals = (node for node in nodes if isinstance(node, inspect.LiteralType))
    return tuple(str(value) for node in literals for value in node.values)
