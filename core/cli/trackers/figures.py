"""The numbers of an audit or a series as trackers take them: one name, one number, one step each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.record import AuditRecord

_LONGEST_PART, _LONGEST_NAME, _MARK = 60, 240, 6
# Letters of any script, digits and a few signs: what MLflow and TensorBoard both take. Names are strangers' texts.
_NOT_TAKEN = re.compile(r"[^\w.-]+")
_ENDS = ("value", "low", "high")


@dataclass(frozen=True)
class Figure:
    """One number: what it is of, at which step, and when the audit was made, in seconds since 1970."""

    name: str
    value: float
    step: int
    moment: float


@dataclass(frozen=True)
class RunFigures:
    """The numbers of one audit, or of one series; `key` is the same however often they are written, `name` is shown."""

    key: str
    name: str
    numbers: tuple[Figure, ...]

    @property
    def folder(self) -> str:
        """A name for a folder, of letters that every system takes."""
        return f"{_part(self.name)}-{hashlib.sha256(self.key.encode()).hexdigest()[:12]}"


def of_audit(record: AuditRecord) -> RunFigures:
    """What result.json holds of an audit: rates by group, and gaps, with their ends."""
    from core.report.documents.json import result

    found, moment = result(record), _moment(record.created)
    numbers = [Figure("people", float(found["rows"]["kept"]), 0, moment)]
    for group in found["groups"]:
        if group["n"] is not None:
            numbers.append(Figure(_name("people", group["group"]), float(group["n"]), 0, moment))
        for metric, estimate in group["metrics"].items():
            numbers += _three(_name(metric, group["group"]), estimate, 0, moment)
    for gap in found["gaps"]:
        numbers += _three(_name(gap["measure"], gap["group"], "gap"), gap, 0, moment)
    return RunFigures(f"audit {record.provenance.data_sha256} {record.created}", record.plan.name, tuple(numbers))


def of_series(document: Mapping[str, Any]) -> RunFigures:
    """What series.json holds of a series: each watched gap with its ends and band, and how many people, by audit."""
    numbers: list[Figure] = []
    for step, audit in enumerate(document["audits"], start=1):
        moment = _moment(audit["created"])
        numbers.append(Figure("people", float(audit["people"]), step, moment))
        for gap in document["gaps"]:
            point, name = gap["points"][step - 1], _name(gap["measure"], gap["group"], "gap")
            numbers += _three(name, point, step, moment)
            for end, value in zip(("band_low", "band_high"), point["band"] or (), strict=False):
                numbers.append(Figure(f"{name}/{end}", value, step, moment))
    return RunFigures(f"series {document['question_sha256']}", document["name"], tuple(numbers))


def _three(name: str, holder: Mapping[str, Any], step: int, moment: float) -> Iterator[Figure]:
    """A number and the ends of its range, those that are there."""
    for end in _ENDS:
        if holder.get(end) is not None:
            yield Figure(name if end == "value" else f"{name}/{end}", float(holder[end]), step, moment)


def _name(measure: str, group: Mapping[str, str], what: str = "rate") -> str:
    """Such as `gap/disparate_impact/sex.F`; short, and another one for each group, whatever it is called."""
    of = " ".join(f"{_part(column)}.{_part(value)}" for column, value in group.items())
    name = "/".join(("people", of) if measure == "people" else (what, measure, of))
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - _MARK - 1]}-{_mark(name)}"


def _part(text: str) -> str:
    """A text in letters that are taken; where that is not the text itself a mark of it follows."""
    plain = _NOT_TAKEN.sub("_", text).strip(".")[:_LONGEST_PART]
    return plain if plain == text and plain else f"{plain}-{_mark(text)}"


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]


def _moment(created: str) -> float:
    return datetime.fromisoformat(created).timestamp()


def steps(numbers: Iterable[Figure]) -> dict[tuple[int, float], dict[str, float]]:
    """The numbers by step and moment, in order."""
    found: dict[tuple[int, float], dict[str, float]] = {}
    for figure in numbers:
        found.setdefault((figure.step, figure.moment), {})[figure.name] = figure.value
    return dict(sorted(found.items()))
