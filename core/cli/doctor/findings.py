"""What `plumbline doctor` found: a finding for each check, and the report of all of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

State = Literal["ok", "note", "missing"]


@dataclass(frozen=True)
class MachineFinding:
    """What a check found: "ok", "note" where something is worth knowing, or "missing"; what that is; what to do.

    `detail` is what only who runs this installation need read: paths, and the words of systems and libraries. Nothing
    of that kind stands in `says`, which every visitor of a shared app may read.
    """

    state: State
    says: str
    do: str = ""
    detail: str = ""

    @property
    def in_full(self) -> str:
        """What was found, with its details."""
        return f"{self.says} {self.detail}".rstrip()


@dataclass(frozen=True)
class CheckResult:
    """The finding of one check: `check` is its name, `title` what a page calls it."""

    check: str
    title: str
    needed: bool
    finding: MachineFinding


@dataclass(frozen=True)
class MachineReport:
    """What this machine can do and what is missing, check by check."""

    results: tuple[CheckResult, ...]

    @property
    def lacking(self) -> tuple[CheckResult, ...]:
        """What is missing and needed: an audit cannot run safely without it."""
        return tuple(each for each in self.results if each.needed and each.finding.state == "missing")

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        checks = [
            {"check": each.check, "title": each.title, "needed": each.needed, **asdict(each.finding)}
            for each in self.results
        ]
        return {"safe": not self.lacking, "checks": checks}

    @classmethod
    def from_json(cls, document: Any) -> MachineReport:
        """The report from `to_json`'s values. Raises TypeError, KeyError, ValueError where it is none."""
        results = tuple(
            CheckResult(
                str(each["check"]),
                str(each["title"]),
                bool(each["needed"]),
                MachineFinding(_state(each["state"]), str(each["says"]), str(each["do"]), str(each["detail"])),
            )
            for each in document["checks"]
        )
        if not results:
            raise ValueError("it reports no check")
        return cls(results)


def _state(said: object) -> State:
    if said not in get_args(State):
        raise ValueError("it reports a state that is none")
    return cast(State, said)
