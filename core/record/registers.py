"""What people write down beside an audit: four short registers, a type a row, printed with the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, cast

from core.errors import DataError

REGISTERS_FILE = "registers.json"
MOST_ROWS, MOST_LETTERS, MOST_BYTES = 200, 2_000, 64 << 20


def _column(heading: str, tip: str = "") -> Any:
    """A text of a row, under this heading; `tip` says what belongs there."""
    return field(default="", metadata={"heading": heading, "tip": tip})


@dataclass(frozen=True)
class BiasScenario:
    """How a group could be harmed, how that is watched, and who answers for it."""

    group: str = _column("Group at risk")
    hazard: str = _column("What could happen", "Such as: turned down although they would have repaid.")
    measure: str = _column("Measured by", "The question of this audit that would show it.")
    limit: str = _column("Limit", "From where on it is too much, such as 5 points.")
    mitigation: str = _column("What is done about it")
    review_trigger: str = _column("Looked at again when", "Such as: every quarter, or with a new model.")
    owner: str = _column("Who answers for it")


@dataclass(frozen=True)
class Response:
    """What was decided on a finding, by whom, and what is left of it."""

    finding: str = _column("Finding")
    decision: str = _column("What was decided")
    person: str = _column("By whom")
    date: str = _column("Date")
    retest: str = _column("Tested again", "Such as the date, or the name of the audit.")
    residual_gap: str = _column("Gap that is left")


@dataclass(frozen=True)
class Alternative:
    """One way of deciding that was tried: how well it does, what it does to the gap, and whether it was taken."""

    candidate: str = _column("Candidate")
    performance: str = _column("How well it does", "With its plausible range.")
    disparity: str = _column("Gap", "With its plausible range.")
    difference: str = _column("Against the model in use", "On the same people, with its plausible range.")
    accepted: str = _column("Accepted", "Yes or no.")
    reason: str = _column("Why")


@dataclass(frozen=True)
class SensitiveUse:
    """Why a sensitive column was needed, who saw it, and when it went."""

    column: str = _column("Column")
    needed_for: str = _column("Needed for")
    nothing_less: str = _column("Why nothing less would do")
    who_had_access: str = _column("Who had access")
    deleted_when: str = _column("Deleted when")


RegisterRow = BiasScenario | Response | Alternative | SensitiveUse


@dataclass(frozen=True)
class Register:
    """One register: its place in `Registers`, what it is called, what it is for, and the type of its rows."""

    name: str
    title: str
    says: str
    row: type[RegisterRow]

    @property
    def columns(self) -> dict[str, str]:
        """The heading of each column, by its name."""
        return {each.name: each.metadata["heading"] for each in fields(self.row)}

    @property
    def tips(self) -> dict[str, str]:
        """What belongs in each column, by its name; empty where its heading says it."""
        return {each.name: each.metadata["tip"] for each in fields(self.row)}


_ALL = (
    Register(
        "scenarios", "What could go wrong", "Who could be harmed, how that is watched, and who answers for it.",
        BiasScenario,
    ),
    Register("responses", "What was done about it", "Each finding, what was decided, and what is left.", Response),
    Register(
        "alternatives", "What else was considered", "Every way of deciding that was tried, and why.",
        Alternative,
    ),
    Register(
        "columns", "Why sensitive columns were used", "What each was needed for, who saw it, and when it went.",
        SensitiveUse,
    ),
)  # fmt: skip
REGISTERS: Mapping[str, Register] = {register.name: register for register in _ALL}


@dataclass(frozen=True)
class Registers:
    """The registers of one audit, by their names in `REGISTERS`; rows in the order in which they were written."""

    scenarios: tuple[BiasScenario, ...] = ()
    responses: tuple[Response, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    columns: tuple[SensitiveUse, ...] = ()

    def rows(self, name: str) -> tuple[RegisterRow, ...]:
        """The rows of one register."""
        return cast(tuple[RegisterRow, ...], getattr(self, name))

    def with_rows(self, name: str, rows: Iterable[RegisterRow]) -> Registers:
        """These registers with other rows in one. Raises DataError where they are too many or too long."""
        kept = tuple(rows)
        if len(kept) > MOST_ROWS:
            raise DataError(f"A register holds at most {MOST_ROWS} entries. Take some out first.")
        for row in kept:
            for key, text in asdict(row).items():
                if len(text) > MOST_LETTERS:
                    raise DataError(
                        f"“{REGISTERS[name].columns[key]}” is longer than {MOST_LETTERS:,} letters. Shorten it."
                    )
        return replace(self, **cast(dict[str, Any], {name: kept}))

    def to_json(self) -> dict[str, list[dict[str, str]]]:
        """The registers as plain JSON values."""
        return {name: [asdict(row) for row in self.rows(name)] for name in REGISTERS}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Registers:
        """The registers from `to_json`'s values; what a newer version wrote beside them is left out.

        Raises TypeError, KeyError or AttributeError where they are none.
        """
        found = cls()
        for name, register in REGISTERS.items():
            rows = [
                register.row(**{key: str(row.get(key, "")) for key in register.columns})
                for row in document.get(name, [])
            ]
            found = replace(found, **cast(dict[str, Any], {name: tuple(rows)}))
        return found
