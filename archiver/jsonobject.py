"""One JSON object that somebody else wrote, read member by member with its type.

A member that is absent and a member of another type are one fault each, named with the
object's place; nothing is guessed or converted.  ``true`` is no integer.
"""

from typing import Any

from archiver.errors import MalformedError
from archiver.strict import MAX_INTEGER, check_hex, show

MAX_TEXT = 1 << 16  # characters of one string


class JsonObject:
    """A parsed object; ``what`` begins every message, as in ``the predicate.warc``."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, dict):
            raise MalformedError(f"{what} is {show(value)}, expected an object")
        self.members: dict[str, Any] = value
        self.what = what

    def place(self, key: str) -> str:
        """Return the name of a member in messages."""
        return f"{self.what}.{key}"

    def value(self, key: str) -> Any:
        """Return a member of any type, null too; it must be there."""
        if key not in self.members:
            raise MalformedError(f"{self.what} has no {key!r}, expected one")
        return self.members[key]

    def text(self, key: str, *, empty: bool = False) -> str:
        """Return a string of at most ``MAX_TEXT`` characters."""
        value = self.value(key)
        if not isinstance(value, str) or (not value and not empty):
            raise MalformedError(
                f"{self.place(key)} is {show(value)}, expected a"
                f"{' ' if empty else ' non-empty '}string"
            )
        if len(value) > MAX_TEXT:
            raise MalformedError(
                f"{self.place(key)} has {len(value)} characters,"
                f" expected {MAX_TEXT} at most"
            )
        return value

    def text_or_null(self, key: str) -> str | None:
        """Return a string, which may be empty, or None for null."""
        return None if self.value(key) is None else self.text(key, empty=True)

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return a string that is one of ``allowed``."""
        value = self.value(key)
        if not isinstance(value, str) or value not in allowed:
            raise MalformedError(
                f"{self.place(key)} is {show(value)}, expected one of"
                f" {', '.join(allowed)}"
            )
        return value

    def integer(self, key: str, *, low: int = 0, high: int = MAX_INTEGER) -> int:
        """Return an integer from ``low`` to ``high``, both included."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise MalformedError(
                f"{self.place(key)} is {show(value)}, expected an integer"
            )
        if not low <= value <= high:
            raise MalformedError(
                f"{self.place(key)} is {value}, expected {low} to {high}"
            )
        return value

    def hex(self, key: str, *, digits: int = 64) -> str:
        """Return lower-case hex of exactly ``digits`` digits."""
        value = self.value(key)
        check_hex(value, self.place(key), digits=digits)
        return str(value)

    def object(self, key: str) -> "JsonObject":
        """Return a member that is an object."""
        return JsonObject(self.value(key), self.place(key))

    def object_or_null(self, key: str) -> "JsonObject | None":
        """Return a member that is an object, or None for null."""
        return None if self.value(key) is None else self.object(key)

    def array(self, key: str) -> list[Any]:
        """Return a member that is an array."""
        value = self.value(key)
        if not isinstance(value, list):
            raise MalformedError(
                f"{self.place(key)} is {show(value)}, expected an array"
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a member that is an array of strings."""
        values = self.array(key)
        for index, value in enumerate(values):
            if not isinstance(value, str) or len(value) > MAX_TEXT:
                raise MalformedError(
                    f"{self.place(key)}[{index}] is {show(value)}, expected a string"
                    f" of {MAX_TEXT} characters at most"
                )
        return tuple(values)

    def unknown(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the members that are not among ``known``."""
        return tuple(key for key in self.members if key not in known)

    def check_no_more(self, known: tuple[str, ...]) -> None:
        """Check that there is no member but the ``known``."""
        more = self.unknown(known)
        if more:
            raise MalformedError(
                f"{self.what} has {show(more[0])}, expected only {', '.join(known)}"
            )
