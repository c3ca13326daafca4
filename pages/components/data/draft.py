"""The plan in the making: kept on disk as a plan like any other, in which an empty text stands for an open question."""

from dataclasses import replace
from pathlib import PurePath

from core.data.profile import Profile
from core.data.reading import as_read
from core.errors import PlanError
from core.plan.parts import Condition, DataPlan, Decision, Groups
from core.plan.plan import Plan
from core.store.workspace import Audit

OPEN = ""
_OPEN_VALUES = Condition(values=(OPEN,))
_OPEN_DECISION = Decision(model=OPEN)
# What a plan says of the columns that a model reads, and how.
READ = ("features", "text", "image", "images", "image_mean", "image_std")


def of(audit: Audit, profile: Profile) -> Plan:
    """The audit's plan as far as it fits the table; questions about columns that are not there are open again."""
    plan = _blank() if audit.plan is None else Plan.from_toml(audit.plan)
    plan = replace(plan, data=replace(plan.data, file=profile.name), name=plan.name or PurePath(profile.name).stem)
    return _fitted(plan, set(profile.names))


def lost(audit: Audit, profile: Profile) -> tuple[str, ...]:
    """The columns that the audit's plan names and the table does not have."""
    if audit.plan is None:
        return ()
    plan = Plan.from_toml(audit.plan)
    data, decision = plan.data, plan.decision
    decided = (decision.score, decision.prediction, decision.text, decision.image, *decision.features)
    named = (data.label, *decided, *plan.groups.sensitive, data.count, data.weight, data.person)
    kept = tuple(rule.column for rule in data.keep)
    return tuple(dict.fromkeys(name for name in (*named, *kept) if name and name not in profile.names))


def has_outcome(plan: Plan) -> bool:
    """Whether the person said what really happened, or that no column says it."""
    return plan.data.label != OPEN


def has_decision(plan: Plan) -> bool:
    """Whether the person said what is audited."""
    return plan.decision.model != OPEN


def has_groups(plan: Plan) -> bool:
    """Whether at least one sensitive column is named."""
    return plan.groups.sensitive != (OPEN,)


def with_groups(plan: Plan, groups: Groups) -> Plan:
    """The plan with these groups; without a sensitive column the question is open."""
    return replace(plan, groups=groups if groups.sensitive else replace(groups, sensitive=(OPEN,), bins={}, join={}))


def settled(plan: Plan) -> Plan:
    """What the person has settled so far; an open question is left out, where a plan file would not allow that."""
    data, decision, groups = plan.data, plan.decision, plan.groups
    if not has_outcome(plan):
        data = replace(data, label=None, favourable=None)
    if not has_decision(plan):
        decision = Decision()
    if not has_groups(plan):
        groups = replace(groups, sensitive=())
    return replace(plan, data=data, decision=decision, groups=groups)


def read(profile: Profile, plan: Plan) -> Profile:
    """The table as the plan reads it, or as it stands where the plan's examples of numbers fit no cell."""
    try:
        return as_read(profile, plan.data)
    except PlanError:
        return profile


def without_outcome(plan: Plan) -> Plan:
    """The plan with the question of the outcome open again."""
    return replace(plan, data=replace(plan.data, label=OPEN, favourable=_OPEN_VALUES))


def for_inspection(plan: Plan, model: str) -> Plan:
    """What a model is looked at with: what is settled so far, and nothing that only a person can say of the model."""
    data = plan.data if has_outcome(plan) else replace(plan.data, label=None, favourable=None)
    read = {key: getattr(plan.decision, key) for key in READ}
    return replace(plan, data=data, decision=Decision(model=model, **read))


def _blank() -> Plan:
    data = DataPlan(file=OPEN, label=OPEN, favourable=_OPEN_VALUES)
    return Plan(data=data, decision=_OPEN_DECISION, groups=Groups(sensitive=(OPEN,)))


def _fitted(plan: Plan, columns: set[str]) -> Plan:
    if plan.data.label and plan.data.label not in columns:
        plan = without_outcome(plan)
    if not {plan.decision.score, plan.decision.prediction} - {None} <= columns:
        plan = replace(plan, decision=_OPEN_DECISION)
    if not columns.issuperset(plan.decision.features):
        plan = replace(plan, decision=replace(plan.decision, features=()))
    if not {plan.decision.text, plan.decision.image} - {None} <= columns:
        blank = {key: getattr(Decision(), key) for key in READ}
        plan = replace(plan, decision=replace(plan.decision, **blank))
    keep = tuple(rule for rule in plan.data.keep if rule.column in columns)
    count, weight, person = (
        name if name in columns else None for name in (plan.data.count, plan.data.weight, plan.data.person)
    )
    groups, here = plan.groups, tuple(column for column in plan.groups.sensitive if column in columns)
    reference = groups.reference
    if isinstance(reference, dict):
        reference = {column: value for column, value in reference.items() if column in here} or "largest"
    bins = {column: cuts for column, cuts in groups.bins.items() if column in here}
    join = {column: names for column, names in groups.join.items() if column in here}
    fitted = replace(groups, sensitive=here, bins=bins, reference=reference, join=join)
    numbers = {column: example for column, example in plan.data.numbers.items() if column in columns}
    data = replace(plan.data, keep=keep, count=count, weight=weight, person=person, numbers=numbers)
    return with_groups(replace(plan, data=data), fitted)
