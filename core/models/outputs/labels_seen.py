"""The labels that a model without named classes gave over a whole run, and whether the good ones were among them."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import ModelError
from core.plan.parts import Class, Position
from core.plan.plan import Decision

MOST_LISTED = 10
_KEY = "favourable_class = a number as it is, or a word in quotation marks, under [decision]"
_BINARY = frozenset("01")


class LabelsSeen:
    """Remembers labels batch by batch: a good label that one batch lacks may stand in the next."""

    def __init__(self, decision: Decision) -> None:
        """Watch for the labels that the plan calls favourable; a model that names its classes adds none.

        Where the plan leaves them out, 1 of 0 and 1 is meant.
        """
        self._left_out = decision.favourable_class is None
        chosen = 1 if decision.favourable_class is None else decision.favourable_class
        self.wanted = tuple(dict.fromkeys(_name(c) for c in (chosen if isinstance(chosen, tuple) else (chosen,))))
        self._found: set[str] = set()
        self._others: set[str] = set()
        self._is_binary = _BINARY.issuperset(self.wanted)

    def add(self, labels: Iterable[str]) -> None:
        """Take in the labels of some rows."""
        for label in labels:
            self._is_binary = self._is_binary and label in _BINARY
            if label in self.wanted:
                self._found.add(label)
            elif len(self._others) <= MOST_LISTED:
                self._others.add(label)

    def warnings(self) -> tuple[str, ...]:
        """What to know once all rows were labelled: good labels that nobody got.

        Raises ModelError where nobody got any of them, unless the labels are 0 and 1, where that is an answer; and
        where the plan says nothing of labels other than 0 and 1.
        """
        if self._left_out and not self._is_binary:
            raise ModelError(
                f"It is not said which of the model's answers is good for the person: it gave {self._listed()}. Name"
                " the good one.",
                in_plan=_KEY,
            )
        lacking = [label for label in self.wanted if label not in self._found]
        if not lacking or not self._found | self._others:
            return ()
        words = f"nobody the good answer {' or '.join(lacking)}; it gave {self._listed()}"
        if self._found or self._is_binary:
            return (f"the model gave {words}",)
        raise ModelError(f"The model gave {words}. Name the good ones of these.", in_plan=_KEY)

    def _listed(self) -> str:
        seen = sorted(self._found | self._others)
        more = " and more" if len(seen) > MOST_LISTED else ""
        return ", ".join(f'"{label[:60]}"' for label in seen[:MOST_LISTED]) + more


def _name(chosen: Class) -> str:
    return str(chosen.position if isinstance(chosen, Position) else chosen)
