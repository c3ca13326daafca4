"""The plan in the making: what the person answered so far, and which of its questions are still open."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath

import tomli_w

from core.data.cell_reading import as_read
from core.data.profile import Profile
from core.errors import PlanError
from core.notes import PlanEdit
from core.plan.data_part import DataPlan
from core.plan.parts import (
    Decision,
    GroupsPlan,
    MitigationPlan,
    MonitorPlan,
    PolicyPlan,
    ReportPlan,
    Run,
    WordsPlan,
)
from core.plan.plan import Plan
from core.store.workspace import Audit

# What stands in a text that is kept, where a plan file has an answer.
_OPEN = ""
# What a plan says of the columns that a model reads, and how.
READ = ("features", "text", "image", "images", "image_mean", "image_std")


@dataclass(frozen=True)
class Draft:
    """The parts of a plan as far as they are answered.

    A decision that names neither a model nor a column is open, and so are groups without a sensitive column.
    `has_outcome` says whether the person said what really happened, or that no column says it.
    """

    data: DataPlan
    decision: Decision
    groups: GroupsPlan
    policy: PolicyPlan
    run: Run
    name: str
    mitigate: MitigationPlan
    words: WordsPlan
    report: ReportPlan
    monitor: MonitorPlan
    has_outcome: bool

    @classmethod
    def of(cls, audit: Audit, profile: Profile) -> Draft:
        """What is kept of the audit's plan as far as it fits the table; what names columns not there is open again."""
        name, files = PurePath(profile.name).stem, profile.named_files
        if audit.plan is None:
            blank = Plan(
                data=DataPlan(file=profile.name, files=files),
                decision=Decision(),
                groups=GroupsPlan(sensitive=()),
                name=name,
            )
            return cls.from_plan(blank, has_outcome=False)
        kept = cls.from_toml(audit.plan)
        kept = replace(kept, data=kept.data.in_file(profile.name, files), name=kept.name or name)
        return kept._fitted(set(profile.names))

    @classmethod
    def from_plan(cls, plan: Plan, has_outcome: bool = True) -> Draft:
        """A plan to go on with."""
        question = (plan.data, plan.decision, plan.groups, plan.policy, plan.run, plan.name)
        return cls(*question, plan.mitigate, plan.words, plan.report, plan.monitor, has_outcome)

    @classmethod
    def from_toml(cls, text: str) -> Draft:
        """What was kept: a plan file, in which an empty text stands for each open question. Raises PlanError."""
        document = tomllib.loads(text)
        data, decision, groups = document["data"], document["decision"], document["groups"]
        has_outcome = data.get("label") != _OPEN
        if not has_outcome:
            del data["label"], data["favourable"]
        if decision.get("model") == _OPEN:
            del decision["model"]
        if groups["sensitive"] == [_OPEN]:
            groups["sensitive"] = []
        return cls.from_plan(Plan.from_toml(tomli_w.dumps(document), whole=False), has_outcome)

    def to_toml(self) -> str:
        """The text to keep, which `from_toml` reads. Raises PlanError where an answer can stand in no plan."""
        text = self._parts.to_toml()
        Plan.from_toml(text, whole=False)
        if self.plan is not None:
            return text
        document = tomllib.loads(text)
        if not self.has_outcome:
            document["data"] |= {"label": _OPEN, "favourable": [_OPEN]}
        if not self.has_decision:
            document["decision"]["model"] = _OPEN
        if not self.has_groups:
            document["groups"]["sensitive"] = [_OPEN]
        return tomli_w.dumps(document)

    @property
    def has_decision(self) -> bool:
        """Whether the person said what is audited."""
        return self.decision.is_named

    @property
    def has_groups(self) -> bool:
        """Whether at least one sensitive column is named."""
        return bool(self.groups.sensitive)

    @property
    def plan(self) -> Plan | None:
        """The plan, once no question is open."""
        return self._parts if self.has_outcome and self.has_decision and self.has_groups else None

    @property
    def settled(self) -> Plan:
        """What is settled so far, for a look at the table; nothing of a decision that is open."""
        return self._parts if self.has_decision else replace(self._parts, decision=Decision())

    def for_inspection(self, model: str) -> Plan:
        """What a model is looked at with: what is settled so far, and nothing that only a person can say of it."""
        read = {key: getattr(self.decision, key) for key in READ}
        return replace(self._parts, decision=Decision(model=model, **read))

    def changed(self, changes: Iterable[PlanEdit]) -> Draft:
        """The draft with these edits. Raises PlanError where an edit can stand in no plan."""
        return Draft.from_plan(self._parts.changed(changes, whole=False), self.has_outcome)

    def with_groups(self, groups: GroupsPlan) -> Draft:
        """The draft with these groups; without a sensitive column nothing is cut, joined or named."""
        labels = {column: names for column, names in self.words.labels.items() if column in groups.sensitive}
        groups = groups if groups.sensitive else replace(groups, bins={}, join={})
        return replace(self, groups=groups, words=replace(self.words, labels=labels))

    @property
    def _parts(self) -> Plan:
        question = (self.data, self.decision, self.groups, self.policy, self.run, self.name)
        return Plan(*question, self.mitigate, self.words, self.report, self._monitor)

    @property
    def _monitor(self) -> MonitorPlan:
        """What is watched over time, without gaps between groups that are not asked about any more."""
        asked, most = set(self.groups.sensitive), self.groups.intersections
        watch = tuple(one for one in self.monitor.watch if asked.issuperset(one.by) and len(one.by) <= most)
        return replace(self.monitor, watch=watch)

    def _without_outcome(self) -> Draft:
        return replace(self, data=replace(self.data, label=None, favourable=None), has_outcome=False)

    def _fitted(self, columns: set[str]) -> Draft:
        """The draft without what names other columns than these."""
        draft, decision, data = self, self.decision, self.data
        if data.label and data.label not in columns:
            draft = self._without_outcome()
        if not {decision.score, decision.prediction} - {None} <= columns:
            decision = Decision()
        if not columns.issuperset(decision.features):
            decision = replace(decision, features=())
        if not {decision.text, decision.image} - {None} <= columns:
            decision = replace(decision, **{key: getattr(Decision(), key) for key in READ})
        count, weight, person = (name if name in columns else None for name in (data.count, data.weight, data.person))
        data = replace(
            draft.data,
            keep=tuple(rule for rule in data.keep if rule.column in columns),
            count=count,
            weight=weight,
            person=person,
            numbers={column: example for column, example in data.numbers.items() if column in columns},
        )
        monitor = replace(self.monitor, date=self.monitor.date if self.monitor.date in columns else None)
        fitted = replace(draft, data=data, decision=decision, monitor=monitor)
        return fitted.with_groups(_fitted(self.groups, columns))


def lost(audit: Audit, profile: Profile) -> tuple[str, ...]:
    """The columns that the audit's plan names and the table does not have."""
    if audit.plan is None:
        return ()
    kept = Draft.from_toml(audit.plan)
    data, decision = kept.data, kept.decision
    decided = (decision.score, decision.prediction, decision.text, decision.image, *decision.features)
    named = (data.label, *decided, *kept.groups.sensitive, data.count, data.weight, data.person)
    rules = tuple(rule.column for rule in data.keep)
    return tuple(dict.fromkeys(name for name in (*named, *rules) if name and name not in profile.names))


def read(profile: Profile, draft: Draft) -> Profile:
    """The table as the draft reads it, or as it stands where its examples of numbers fit no cell."""
    try:
        return as_read(profile, draft.data)
    except PlanError:
        return profile


def _fitted(groups: GroupsPlan, columns: set[str]) -> GroupsPlan:
    """The groups without what names other columns than these."""
    here = tuple(column for column in groups.sensitive if column in columns)
    reference = groups.reference
    if isinstance(reference, dict):
        reference = {column: value for column, value in reference.items() if column in here} or "largest"
    bins = {column: cuts for column, cuts in groups.bins.items() if column in here}
    join = {column: names for column, names in groups.join.items() if column in here}
    return replace(groups, sensitive=here, bins=bins, reference=reference, join=join)
