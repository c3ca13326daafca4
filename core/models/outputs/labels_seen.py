"""The labels that a model without named classes gave over a whole run, and whether the good ones were among them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.errors import ModelError
from core.models.outputs.classes import class_name
from core.plan.parts import Class, Position
from core.plan.plan import Decision

MOST_LISTED = 10
_KEY = "favourable_class = a number as it is, or a word in quotation marks, under [decision]"
_BINARY = frozenset("01")

Label = str | int | float


@dataclass(frozen=True)
class LabelsSeen:
    """The labels of some rows; a good label that these lack may stand in others, and `+` joins them in any order.

    Attributes
    ----------
    wanted
        The labels that the plan calls favourable; where it leaves them out, 1 of 0 and 1 is meant.
    is_said
        Whether the plan names them.
    found
        Those of them that were given.
    others
        The first `MOST_LISTED` others and one more, numbers before texts, each as its number (infinite for a text) and
        its name.
    is_binary
        Whether no label but 0 and 1 was wanted or given.
    """

    wanted: tuple[str, ...]
    is_said: bool
    found: frozenset[str] = frozenset()
    others: tuple[tuple[float, str], ...] = ()
    is_binary: bool = True

    @classmethod
    def of(cls, decision: Decision, labels: Iterable[Label] = ()) -> LabelsSeen:
        """These labels, each once, as a plan reads them."""
        chosen = 1 if decision.favourable_class is None else decision.favourable_class
        wanted = tuple(dict.fromkeys(_name(c) for c in (chosen if isinstance(chosen, tuple) else (chosen,))))
        named = {class_name(label): label for label in labels}
        others = sorted((_number(label), name) for name, label in named.items() if name not in wanted)
        return cls(
            wanted,
            decision.favourable_class is not None,
            frozenset(name for name in named if name in wanted),
            tuple(others[: MOST_LISTED + 1]),
            _BINARY.issuperset((*wanted, *named)),
        )

    def __add__(self, other: LabelsSeen) -> LabelsSeen:
        """The labels of both, read by one plan."""
        return replace(
            self,
            found=self.found | other.found,
            others=tuple(sorted({*self.others, *other.others})[: MOST_LISTED + 1]),
            is_binary=self.is_binary and other.is_binary,
        )

    def warnings(self) -> tuple[str, ...]:
        """What to know once all rows were labelled: good labels that nobody got.

        Raises ModelError where nobody got any of them, unless the labels are 0 and 1, where that is an answer; and
        where the plan says nothing of labels other than 0 and 1.
        """
        if not self.is_said and not self.is_binary:
            raise ModelError(
                f"It is not said which of the model's answers is good for the person: it gave {self._listed()}. Name"
                " the good one.",
                in_plan=_KEY,
            )
        lacking = [label for label in self.wanted if label not in self.found]
        if not lacking or not (self.found or self.others):
            return ()
        words = f"nobody the good answer {' or '.join(lacking)}; it gave {self._listed()}"
        if self.found or self.is_binary:
            return (f"the model gave {words}",)
        raise ModelError(f"The model gave {words}. Name the good ones of these.", in_plan=_KEY)

    def _listed(self) -> str:
        seen = sorted({*self.found, *(name for _, name in self.others)})
        more = " and more" if len(seen) > MOST_LISTED else ""
        return ", ".join(f'"{label[:60]}"' for label in seen[:MOST_LISTED]) + more


def _name(chosen: Class) -> str:
    return str(chosen.position if isinstance(chosen, Position) else chosen)


def _number(label: Label) -> float:
    """The label where it is a number, else infinite."""
    return math.inf if isinstance(label, str) or label != label else float(label)
