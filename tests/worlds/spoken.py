"""What the answer says of one gap, for the tests of sentences."""

import re

from core.counts.rules import Rule
from core.metrics.findings.group_pairs import pairs
from core.metrics.findings.sentences import sentence
from core.metrics.gaps import GAPS
from core.metrics.verdicts import judge
from core.plan.plan import Plan
from tests.worlds.people import labelled, plan_of, selections

BREAKABLE = re.compile(r"\d (%|points?\b)")
SEX = ("sex",)
Table = dict[str, tuple[int, ...]]


def spoken(table: Table, measure: str = "disparate_impact", plan: Plan | None = None, group: str | None = None) -> str:
    """The sentence on one group's gap to "Male"."""
    plan = plan or plan_of(SEX, groups='reference = {sex = "Male"}', label=len(next(iter(table.values()))) > 2)
    counts = labelled(table, SEX) if plan.data.label else selections(table, SEX)
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    name = group or next(name for name in table if name != "Male")
    asked = GAPS[measure].metrics
    (found,) = (p for p in pairs(judgement, plan) if p.question == asked and p.lead.group["sex"] == name)
    said = sentence(found, plan)
    assert not BREAKABLE.search(said), "no line may break between a number and its unit"
    return said.replace("\u00a0", " ")
