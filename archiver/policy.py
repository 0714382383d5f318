"""The policy by which a checkpoint counts: logs, witnesses, quorum (C2SP tlog-policy).

::

    log sourcebook.internal/example/1d7a21ee+0f37ae5b+AZXq…  https://example.com/log/
    witness first  witness.example+5fe2d2b2+BJ1d…
    witness second cosigner.example+a3d20f21+BK8s…
    group both all first second
    quorum both

A checkpoint counts when a log of the policy signed it under its own origin, and enough
witnesses cosigned it.  The file is octets: names are compared byte by byte, so bytes
that are no UTF-8 are carried through as Python carries them (``surrogateescape``).
"""

import re
from dataclasses import dataclass, field
from typing import Final

from archiver.checkpoints import Checkpoint, parse_checkpoint
from archiver.errors import MalformedError, VerificationError
from archiver.notes import (
    COSIGNATURE,
    ED25519,
    Note,
    VerifierKey,
    cosignature_time,
    format_vkey,
    open_note,
    parse_vkey,
)
from archiver.strict import parse_decimal, show

MAX_POLICY: Final = 1024 * 1024  # bytes
NO_QUORUM: Final = "none"

_REFUSED = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_SPACE = re.compile(r"[ \t]+")  # no other white space parts the items of a line


@dataclass(frozen=True, slots=True)
class LogKey:
    """A log that is accepted: its key, whose name is its origin, and its address."""

    vkey: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its name in this policy, its key, and its address."""

    name: str
    vkey: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which at least ``needed`` must have cosigned."""

    name: str
    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which checkpoints count.  A group names only witnesses and groups before it."""

    logs: tuple[LogKey, ...]
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NO_QUORUM

    @property
    def vkeys(self) -> tuple[VerifierKey, ...]:
        """The keys of all logs, then those of all witnesses."""
        logs = tuple(log.vkey for log in self.logs)
        return logs + tuple(witness.vkey for witness in self.witnesses)


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that the policy bears out, and who stands behind it.

    ``cosigned`` holds each known witness, by its name in the policy, with the Unix time
    that it signed for; the quorum may need fewer.
    """

    checkpoint: Checkpoint
    text: str
    log: VerifierKey
    cosigned: tuple[tuple[str, int], ...]


def parse_policy(data: bytes) -> Policy:
    """Parse a policy file.

    Stricter than the specification: one key is neither two witnesses nor a log and a
    witness (a cosignature does not name its witness), and weak keys are refused.

    Raises:
        MalformedError: a line is none of ``log``, ``witness``, ``group``, ``quorum``,
            has a key of the wrong kind, a name or a key a second time or a name not yet
            defined, or there is not exactly one quorum.
    """
    reader = _Reader()
    for number, line in enumerate(_lines(data), 1):
        items = [item for item in _SPACE.split(line) if item]
        if not items or items[0].startswith("#"):
            continue
        try:
            reader.read(items)
        except MalformedError as error:
            raise MalformedError(
                f"line {number} of the policy: {error}", hint=error.hint
            ) from error
    return reader.finish()


def format_policy(policy: Policy) -> bytes:
    """Return ``policy`` as a file that :func:`parse_policy` reads as the same policy.

    Raises:
        MalformedError: ``policy`` is none that could be read.
    """
    lines = [
        *(_line("log", format_vkey(log.vkey), log.url) for log in policy.logs),
        *(
            _line("witness", witness.name, format_vkey(witness.vkey), witness.url)
            for witness in policy.witnesses
        ),
        *(
            _line("group", group.name, _needed(group), *group.members)
            for group in policy.groups
        ),
        _line("quorum", policy.quorum),
    ]
    data = "".join(lines).encode(errors="surrogateescape")
    if parse_policy(data) != policy:
        raise MalformedError(
            f"the policy {show(data)} reads differently when it is written,"
            " expected the same"
        )
    return data


def open_checkpoint(
    note: bytes, policy: Policy, origin: str | None = None
) -> OpenedCheckpoint:
    """Open a checkpoint that a log of ``policy`` signed and its quorum cosigned.

    1. Each signature by a key of the policy verifies (:func:`open_note`).
    2. The text is a checkpoint, of ``origin`` where one is given.
    3. One signature is by a log of the policy whose key has the name of that origin.
    4. The witnesses that cosigned satisfy the quorum.

    Raises:
        MalformedError: the bytes are no note, or its text is no checkpoint.
        VerificationError: one of the steps fails.
    """
    opened = open_note(note, policy.vkeys)
    checkpoint = parse_checkpoint(opened.text)
    if origin is not None and checkpoint.origin != origin:
        raise VerificationError(
            f"the checkpoint is of the log {show(checkpoint.origin)},"
            f" expected {show(origin)}"
        )
    log = _find_log(opened, checkpoint.origin, policy)
    cosigned = _find_witnesses(opened, policy)
    _check_quorum(policy, [name for name, _ in cosigned])
    return OpenedCheckpoint(checkpoint, opened.text, log, cosigned)


def _find_log(opened: Note, origin: str, policy: Policy) -> VerifierKey:
    signed = {(line.name, line.key_id) for line in opened.signatures}
    for log in policy.logs:
        if log.vkey.name == origin and (origin, log.vkey.id) in signed:
            return log.vkey
    raise VerificationError(
        f"the checkpoint of {show(origin)} is signed by"
        f" {', '.join(show(name) for name, _ in sorted(signed))},"
        " expected a log of the policy with the name of the origin"
    )


def _find_witnesses(opened: Note, policy: Policy) -> tuple[tuple[str, int], ...]:
    signed = {(line.name, line.key_id): line.signature for line in opened.signatures}
    return tuple(
        (witness.name, cosignature_time(signed[place]))
        for witness in policy.witnesses
        if (place := (witness.vkey.name, witness.vkey.id)) in signed
    )


def _check_quorum(policy: Policy, cosigned: list[str]) -> None:
    witnessed = {NO_QUORUM, *cosigned}
    for group in policy.groups:
        if sum(member in witnessed for member in group.members) >= group.needed:
            witnessed.add(group.name)
    if policy.quorum not in witnessed:
        raise VerificationError(
            "the checkpoint is cosigned by"
            f" {', '.join(map(show, cosigned)) or 'nobody'},"
            f" expected the quorum {show(policy.quorum)} of the policy",
            hint="Take the log's newest checkpoint: cosignatures may come later.",
        )


def _lines(data: bytes) -> list[str]:
    if len(data) > MAX_POLICY:
        raise MalformedError(
            f"the policy is {len(data)} bytes long, expected {MAX_POLICY} at most"
        )
    refused = _REFUSED.search(data)
    if refused:
        raise MalformedError(
            f"byte {refused.start()} of the policy is {refused.group()!r},"
            " expected no control character but tab and newline"
        )
    *lines, rest = data.decode(errors="surrogateescape").split("\n")
    if rest:
        raise MalformedError(
            f"the policy ends {show(rest)}, expected a newline after each line"
        )
    return lines


def _line(*items: str | None) -> str:
    return " ".join(item for item in items if item is not None) + "\n"


def _needed(group: Group) -> str:
    if group.needed == len(group.members):
        return "all"
    return "any" if group.needed == 1 else str(group.needed)


@dataclass(slots=True)
class _Reader:
    """The policy as far as it is read: what the next line may refer to."""

    logs: list[LogKey] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=set)  # of witnesses and groups
    members: set[str] = field(default_factory=set)  # names that are in a group
    keys: dict[bytes, str] = field(default_factory=dict)  # the name on each
    lines: set[tuple[str, bytes]] = field(default_factory=set)  # as signature lines

    def read(self, items: list[str]) -> None:
        keyword, *rest = items
        match keyword, len(rest):
            case "log", 1 | 2:
                self._read_log(*rest)
            case "witness", 2 | 3:
                self._read_witness(*rest)
            case "group", number if number > len(("name", "needed")):
                self._read_group(*rest)
            case "quorum", 1:
                self._read_quorum(*rest)
            case _:
                raise MalformedError(
                    f"the line is {show(' '.join(items))}, expected 'log <vkey> [url]',"
                    " 'witness <name> <vkey> [url]',"
                    " 'group <name> all|any|<k> <member>…' or 'quorum <name>|none'"
                )

    def finish(self) -> Policy:
        if self.quorum is None:
            raise MalformedError("the policy has no line 'quorum', expected one")
        return Policy(
            tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum
        )

    def _read_log(self, vkey: str, url: str | None = None) -> None:
        self.logs.append(LogKey(self._key(vkey, ED25519, "a log"), url))

    def _read_witness(self, name: str, vkey: str, url: str | None = None) -> None:
        self._define(name)
        key = self._key(vkey, COSIGNATURE, "a witness")
        self.witnesses.append(Witness(name, key, url))

    def _read_group(self, name: str, needed: str, *members: str) -> None:
        for member in members:
            self._check_defined(member)
            if member in self.members:
                raise MalformedError(
                    f"{show(member)} is a group member twice, expected once at most"
                )
            self.members.add(member)
        self.groups.append(Group(name, _parse_needed(needed, len(members)), members))
        self._define(name)

    def _read_quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise MalformedError(
                f"a second quorum {show(name)} after {show(self.quorum)}, expected one"
            )
        if name != NO_QUORUM:
            self._check_defined(name)
        self.quorum = name

    def _define(self, name: str) -> None:
        if name == NO_QUORUM or name in self.names:
            raise MalformedError(f"the name {show(name)} is taken, expected a new one")
        self.names.add(name)

    def _check_defined(self, name: str) -> None:
        if name not in self.names:
            raise MalformedError(
                f"{show(name)} is not defined yet, expected a witness or group above"
            )

    def _key(self, vkey: str, algorithm: int, what: str) -> VerifierKey:
        key = parse_vkey(vkey)
        if key.algorithm != algorithm:
            raise MalformedError(
                f"the key of {what} has the type {key.algorithm:02x},"
                f" expected {algorithm:02x}"
            )
        if key.public in self.keys:
            raise MalformedError(
                f"{show(key.name)} has the key of {show(self.keys[key.public])},"
                " expected one of its own"
            )
        if (key.name, key.id) in self.lines:
            raise MalformedError(
                f"a second key {show(key.name)} has the id {key.id.hex()},"
                " expected one that can be told apart"
            )
        self.keys[key.public] = key.name
        self.lines.add((key.name, key.id))
        return key


def _parse_needed(text: str, members: int) -> int:
    if text in ("all", "any"):
        return members if text == "all" else 1
    needed = parse_decimal(text, "the number that a group needs")
    if not 1 <= needed <= members:
        raise MalformedError(
            f"a group of {members} needs {needed}, expected 1 to {members}"
        )
    return needed
