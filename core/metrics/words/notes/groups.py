"""Words for doubts about groups."""

from __future__ import annotations

from core.metrics.words.notes.worded import Facts, Worded
from core.plan.values import in_figures


def _uncut(facts: Facts) -> str:
    return (
        f"“{facts['column']}” holds numbers, and each of its {facts['groups']:,} numbers is a group of its own here. "
        f"Cut points make bands of them, such as {' and '.join(in_figures(cut) for cut in facts['cuts'])}."
    )


def _cut(facts: Facts) -> str:
    return f"Cut at {' and '.join(in_figures(cut) for cut in facts['cuts'])}"


WORDS = {"uncut_numbers": Worded(_uncut, step=4, button=_cut)}
