"""One person's explanation: the decision, what it rests on, and what would turn it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.explain.person.coloured_original import Original


@dataclass(frozen=True)
class Counterfactual:
    """A change of a person's own columns that turns the decision.

    `now` and `then` are the cells' texts, one for each of `columns`; `score` is what the model would give.
    """

    columns: tuple[str, ...]
    now: tuple[str, ...]
    then: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class PersonSide:
    """What one model says of the person.

    Attributes
    ----------
    score, selected
        The score of the good outcome, and the decision.
    base
        The score that the values add up from.
    values
        By how much each feature moved the score, in the order of the person's features.
    spread
        The standard error of each value where the method draws samples; None where it does not.
    changes
        Small changes that turn the decision, the smallest first; empty where one or two columns cannot.
    """

    score: float
    selected: bool
    base: float
    values: tuple[float, ...]
    spread: tuple[float, ...] | None
    changes: tuple[Counterfactual, ...]


@dataclass(frozen=True)
class Person:
    """One row of the table, explained.

    `row` is its index from 0; `group` names the value of each sensitive column; `cells` are the features' texts as
    they stand in the file; `sides` holds one model, or the one before and the one after. `original` is the text or the
    image itself, None for a table's row and in what older versions kept.
    """

    row: int
    group: dict[str, str]
    features: tuple[str, ...]
    cells: tuple[str, ...]
    sides: tuple[PersonSide, ...]
    original: Original | None = None

    @property
    def alone(self) -> Person:
        """The same by the first model alone."""
        original = None if self.original is None else replace(self.original, maps=self.original.maps[:1])
        return replace(self, sides=self.sides[:1], original=original)

    def weighing(self) -> tuple[int, ...]:
        """The places of the features that moved a score at all, those first that moved it most; all where none did."""
        moving = [f for f in self.by_weight() if any(side.values[f] for side in self.sides)]
        return tuple(moving) or self.by_weight()

    def by_weight(self) -> tuple[int, ...]:
        """The features' places, those first that moved a score most."""
        most = [max(abs(side.values[f]) for side in self.sides) for f in range(len(self.features))]
        return tuple(sorted(range(len(most)), key=lambda f: -most[f]))
