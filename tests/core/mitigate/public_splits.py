"""Adult by sex and COMPAS by race, scored by the models that lie beside the repository, cut into parts by seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.metrics.verdicts import plan_rule
from core.mitigate.counted_decisions import Observed, observe
from core.mitigate.goals import COSTS, GOALS
from core.mitigate.rules.solution import Question
from core.mitigate.settings import HOLDOUT
from core.mitigate.splits import Divided, divide
from core.plan.plan import Plan
from tests.worlds.people import dataset_of, quiet

PLAN = """plumbline = 1
[data]
file = "{name}_test.csv"
label = "{label}"
favourable = "{favourable}"
{keep}
[decision]
model = "{name}_lr_rawcolumns.onnx"
{selects}
[groups]
sensitive = ["{by}"]
"""
ADULT = PLAN.format(name="adult", label="income", favourable=">50K", keep="", selects="", by="sex")
COMPAS = PLAN.format(
    name="compas",
    label="two_year_recid",
    favourable="0",
    keep='[[data.keep]]\ncolumn = "race"\nin = ["African-American", "Caucasian"]',
    selects="favourable_class = 0",
    by="race",
)
PLANS = {"adult": ADULT, "compas": COMPAS}
AT_MOST = 0.01


@dataclass(frozen=True, eq=False)
class Split:
    """One seed's parts, and what the model decides about them."""

    plan: Plan
    divided: Divided
    present: Observed

    def question(self, part: int, goal: str, at_most: float = AT_MOST) -> Question:
        counts, by = self.present.counts(part), self.plan.groups.sensitive
        return Question(counts, by, GOALS[goal], COSTS["accuracy"], plan_rule(counts, self.plan), at_most)


def splits(name: str, shared: Path, folder: Path, seeds: int) -> Iterator[Split]:
    """One split a seed."""
    data = shared / "models" / name
    plan, dataset = Plan.from_toml(PLANS[name]), dataset_of((data / f"{name}_test.csv").read_bytes(), folder)
    for seed in range(seeds):
        seeded = replace(plan, run=replace(plan.run, seed=seed))
        divided = divide(seeded, dataset, HOLDOUT, None, quiet)
        yield Split(seeded, divided, observe(divided, seeded, data / str(plan.decision.model), quiet, ""))
