"""What a check found, and the report of a whole verification.

A ``check_*`` function raises at the first fault.  A ``verify_*`` function goes on to
the end and returns a :class:`Report`: every fault is a :class:`Finding` with a stable
code and a place, and the report knows the exit code that its findings ask for.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]
RESTORE: Final = "restore the file from a copy"  # the hint where one is not as it was


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact from a check: a stable code, the place, what was found and expected.

    ``place`` is a path relative to the archive, with ``:line`` or `` record i`` behind
    it where there is one.  A ``warning`` or ``note`` never fails a verification.
    """

    code: str
    place: str
    message: str
    severity: Severity = "error"
    hint: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as one JSON object."""
        return {
            "code": self.code,
            "severity": self.severity,
            "place": self.place,
            "message": self.message,
            "hint": self.hint,
        }


@dataclass(slots=True)
class Report:
    """All findings of a verification, and how much of each kind was looked at."""

    findings: list[Finding] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        code: str,
        place: str,
        message: str,
        severity: Severity = "error",
        hint: str = "",
    ) -> None:
        """Append one finding."""
        self.findings.append(Finding(code, place, message, severity, hint))

    def count(self, kind: str, number: int = 1) -> None:
        """Count ``number`` more things of ``kind`` as looked at."""
        self.checked[kind] = self.checked.get(kind, 0) + number

    def merge(self, other: "Report") -> None:
        """Append what another report has: findings and counts."""
        self.findings += other.findings
        for kind, number in other.checked.items():
            self.count(kind, number)

    @property
    def errors(self) -> list[Finding]:
        """The findings that fail the verification."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def exit_code(self) -> int:
        """1 where anything failed, else 0: "not checked" is a failure too."""
        return 1 if self.errors else 0
