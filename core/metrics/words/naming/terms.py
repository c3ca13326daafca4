"""The words of one plan: what its rows, its decision and the values of its groups are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.counts.counts import GroupName
from core.plan.parts import WordsPlan
from core.plan.plan import Plan
from core.plan.values import key

SELECTED, TURNED_DOWN = "selected", "turned down"


@dataclass(frozen=True)
class Terms:
    """What sentences, pictures and documents about one plan call things: a person's own words, else Plumbline's.

    Attributes
    ----------
    people
        What rows are called: "people", "texts" or "images".
    selected, turned_down
        The decision, as it stands behind "people are".
    denied, granted
        The two mistakes: turned down in spite of the good outcome, and selected in spite of the other.
    labels
        What values of the sensitive columns are called: column -> value -> name.
    """

    people: str = "people"
    selected: str = SELECTED
    turned_down: str = TURNED_DOWN
    denied: str = "wrongly denied"
    granted: str = "wrongly granted"
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Terms:
        """The words of a plan."""
        rows = "people" if plan.decision.image is None else "images"
        return cls.called(plan.words, rows if plan.decision.text is None else "texts")

    @classmethod
    def called(cls, own: WordsPlan, people: str = "people") -> Terms:
        """What a person calls things; `people` is what rows are called."""
        terms = cls(people, labels=own.labels)
        if own.selected is None and own.turned_down is None:
            return terms
        selected = own.selected or SELECTED
        turned_down = own.turned_down or f"not {selected}"
        denied = f"wrongly {turned_down}"
        return cls(people, selected, turned_down, denied, f"wrongly {selected}", own.labels)

    def said(self, template: str) -> str:
        """A sentence of a catalogue, in which {selected}, {turned_down}, {denied} and {granted} hold a word's place."""
        return template.format(
            selected=self.selected, turned_down=self.turned_down, denied=self.denied, granted=self.granted
        )

    def label(self, column: str, value: str, among: Iterable[str] = ()) -> str | None:
        """What a value is called; None where nobody named it. `among`: the column's other values.

        A name that another value of the column is written like stands with the value itself behind it.
        """
        named = self.labels.get(column)
        if not named:
            return None
        others = [other for other in among if other != value]
        label = named.get(value.strip())
        if label is None and all(key(other) != key(value) for other in others):
            label = next((name for own, name in named.items() if key(own) == key(value)), None)
        if label is not None and any(other.casefold() == label.casefold() for other in others):
            return f"{label} ({value})"
        return label

    def value(self, column: str, value: str, among: Iterable[str] = ()) -> str:
        """What a value is called, or as it is written."""
        return self.label(column, value, among) or value

    def name(self, group: Mapping[str, str]) -> str:
        """A group's values in one line, for rows of tables and pictures."""
        among = group.among if isinstance(group, GroupName) else {}
        return ", ".join(self.value(column, value, among.get(column, ())) for column, value in group.items())


PLAIN = Terms()
