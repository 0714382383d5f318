"""A browser's account in a statement, made again from the whole one in the file.

The statement has the beginning of each list, each text cut short; the file has all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from archiver.browser.brief import shorten
from archiver.redacting.urlsecrets import hide_secrets
from archiver.strict import show

SaidAccount = Mapping[str, Any]


def account_faults(
    said: SaidAccount, account: SaidAccount, recorded: int, *, redacted: bool
) -> Iterator[str]:
    """Yield each fact in which ``said`` differs from the whole ``account``.

    ``recorded`` responses are in the file.  Where secrets were replaced, the texts may
    be spelt in two ways, and only their number counts.  A fact that the account does
    not have is left out: it is an account of another version.
    """
    if said.get("recorded") != recorded:
        yield f"browser.recorded is {said.get('recorded')}, expected {recorded}"
    for key, make in _MADE.items():
        try:
            made = make(account)
        except (KeyError, TypeError, AttributeError):
            continue
        if key in said and _comparable(said[key], redacted) != _comparable(
            made, redacted
        ):
            yield f"browser.{key} is {show(said[key])}, expected {show(made)}"


def _comparable(thing: Any, redacted: bool) -> Any:  # noqa: FBT001
    """Return what counts of a fact: secrets in addresses are hidden in a statement."""
    if isinstance(thing, str):
        return hide_secrets(thing, prose=True)
    if isinstance(thing, dict):
        return {key: _comparable(each, redacted) for key, each in thing.items()}
    if isinstance(thing, list):
        return (
            len(thing) if redacted else [_comparable(each, redacted) for each in thing]
        )
    return thing


def _product(place: int) -> Callable[[SaidAccount], Any]:
    return lambda account: account["product"].partition("/")[place]


def _same(key: str) -> Callable[[SaidAccount], Any]:
    return lambda account: account[key]


def _short(
    make: Callable[[SaidAccount], Sequence[Any]],
) -> Callable[[SaidAccount], list[Any]]:
    """Return what makes a list as short as it is in a statement."""

    def made(account: SaidAccount) -> list[Any]:
        return shorten(make(account))

    return made


def _named(key: str) -> Callable[[SaidAccount], list[str]]:
    return lambda account: [f"{each['method']} {each['url']}" for each in account[key]]


def _console(account: SaidAccount) -> list[dict[str, Any]]:
    errors = [each for each in account["console"] if each["type"] == "error"]
    return [{key: each[key] for key in ("text", "url", "line")} for each in errors]


_MADE: Final[dict[str, Callable[[SaidAccount], Any]]] = {
    "name": _product(0),
    "version": _product(2),
    "sandbox": _same("sandbox"),
    "settled": _same("settled"),
    "requests": lambda account: len(account["requests"]),
    "onlyBrowser": _short(_named("onlyBrowser")),
    "onlyProxy": _short(_named("onlyProxy")),
    "blocked": _short(_same("blocked")),
    "failed": _short(lambda account: [*account["failed"], *account["unanswered"]]),
    "cut": _short(_same("cut")),
    "consoleErrors": _short(_console),
    "pageErrors": _short(
        lambda account: [each["text"] for each in account["pageErrors"]]
    ),
    "notMade": _short(
        lambda account: [f"{what}: {why}" for what, why in account["notMade"].items()]
    ),
}
