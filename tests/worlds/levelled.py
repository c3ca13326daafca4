"""People whose groups come nearer in two ways: both are selected less often, or the group worse off more often."""

from dataclasses import replace
from pathlib import Path

from core.plan.parts import MitigationPlan
from tests.worlds.people import csv_text, plan_of

# Of each score in tenths so many of 20 people, and how many of them have the good outcome. At 5 and more a is selected
# 11 times in 20 and b 7 times: at 7 and more both are less often, and b alone is more often from 3 on. The first
# needs no group when deciding; the second is right more often.
SCORES = {
    "a": {2: (6, 0), 4: (3, 0), 6: (5, 2), 8: (6, 6)},
    "b": {2: (9, 0), 4: (4, 4), 6: (1, 0), 8: (6, 6)},
}
REPEATS = 50
ROWS = [
    (group, str(int(i < good)), str(tenths / 10))
    for group, scores in SCORES.items()
    for tenths, (people, good) in scores.items()
    for i in range(people)
    for _ in range(REPEATS)
]
TABLE = csv_text(("g", "y", "s"), ROWS)
PLAN = replace(
    plan_of(decision='score = "s"\nthreshold = 0.5', label=True),
    mitigate=MitigationPlan(goal="demographic_parity", by=("g",), at_most=0.1),
)


def laid_down(folder: Path) -> Path:
    """The table and its plan as files; returns the plan's."""
    (folder / PLAN.data.file).write_bytes(TABLE.encode())
    path = folder / "plan.toml"
    path.write_text(PLAN.to_toml())
    return path
