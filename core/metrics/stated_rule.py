"""The rule that a plan states: its rule file, or else its decision column or threshold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from core.counts.counts import Counts
from core.counts.rule_file import RuleFile
from core.counts.rules import Rule
from core.errors import PlanError
from core.metrics.verdicts import plan_rule
from core.plan.parts import RuleContent, RulePath
from core.plan.plan import Plan

MOST_BYTES = 16 << 20


def with_rule(plan: Plan, folder: Path) -> Plan:
    """The plan with its rule file's content in place of the path, which is relative to `folder`.

    Raises PlanError where the file cannot be read, or what it or the plan itself holds is no rule.
    """
    if not isinstance(plan.decision.rule, RulePath):
        rule_file(plan)
        return plan
    path = folder / plan.decision.rule.path
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise PlanError(f"{path} is too large for a rule. Use a rule.json that a mitigation wrote.")
        document = json.loads(text)
    except OSError as error:
        raise PlanError(
            f"{path} cannot be read ({error.strerror}). Give the path of a rule.json.", in_plan="rule under [decision]"
        ) from None
    except (ValueError, RecursionError):
        raise PlanError(f"{path} is not JSON. Use a rule.json that a mitigation wrote.") from None
    try:
        rule = RuleFile.from_json(document)
    except PlanError as error:
        raise PlanError(f"{path.name}: {error}") from None
    return stating(plan, rule)


def rule_file(plan: Plan) -> RuleFile | None:
    """The rule file that the plan holds; None where it names none. Raises PlanError where it was not read yet."""
    rule = plan.decision.rule
    if rule is None:
        return None
    try:
        if isinstance(rule, RuleContent):
            return RuleFile.from_json(json.loads(rule.json))
    except (ValueError, RecursionError):
        pass
    raise PlanError(
        f"The rule {rule.written[:80]} was not read. Give the path of a rule.json.", in_plan="rule under [decision]"
    )


def stated_rule(counts: Counts, plan: Plan) -> Rule:
    """Who is selected by the plan: float64 of shape (bins,) or (groups, bins).

    Where a rule draws lots, the counts hold what was drawn. Raises PlanError for a rule without a score to apply to.
    """
    rule = rule_file(plan)
    if rule is None or counts.axis.decided:
        return plan_rule(counts, plan)
    if counts.axis.kind == "decision":
        raise PlanError(
            "A rule applies to a score, and this model gives labels alone. Audit it without the rule.",
            in_plan="no rule under [decision]",
        )
    return rule.rule(counts.groups, counts.axis)


def stating(plan: Plan, rule: RuleFile) -> Plan:
    """The plan with this rule in place of its threshold."""
    text = json.dumps(rule.to_json(), ensure_ascii=False)
    stated = replace(plan.decision, rule=RuleContent(text), threshold=None, above=False, favourable=None)
    return replace(plan, decision=stated)
