"""The plan: the question an audit answers. Frozen; TOML in and out (design.md 5)."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from core.errors import PlanError
from core.plan.data_part import DataPlan, Keep
from core.plan.file import plan_text
from core.plan.parts import (
    Condition,
    Decision,
    GroupsPlan,
    Limit,
    MitigationPlan,
    MonitorPlan,
    Output,
    PolicyPlan,
    ReportPlan,
    Run,
    Value,
    Watch,
    WordsPlan,
)
from core.plan.reader import Section, why_unreadable
from core.plan.tables.data import check_data, data_document, read_data
from core.plan.tables.decision import check_decision, decision_document, read_decision
from core.plan.tables.groups import check_groups, groups_document, read_groups, refuse_nobody
from core.plan.tables.mitigate import read_mitigate
from core.plan.tables.monitor import check_monitor, monitor_document, read_monitor
from core.plan.tables.policy import check_policy, policy_document, read_policy
from core.plan.tables.report import read_report, report_document
from core.plan.tables.run import read_run
from core.plan.tables.words import check_words, read_words, words_document

__all__ = [
    "Condition",
    "DataPlan",
    "Decision",
    "GroupsPlan",
    "Keep",
    "Limit",
    "MitigationPlan",
    "MonitorPlan",
    "Output",
    "Plan",
    "PolicyPlan",
    "ReportPlan",
    "Run",
    "Value",
    "Watch",
    "WordsPlan",
]

# One edit of a plan: [table] key = value.
Edit = tuple[str, str, Any]


@dataclass(frozen=True)
class Plan:
    """The question: files, columns and their roles, rule, groups, policy, seed, what a search for fixes is for, words.

    `report` says what is printed of the answer, `monitor` what is watched over time. `folder` is where the plan was
    loaded from, to which its paths are relative; it is no part of the question, and so of no digest.
    """

    data: DataPlan
    decision: Decision
    groups: GroupsPlan
    policy: PolicyPlan = PolicyPlan()
    run: Run = Run()
    name: str = ""
    mitigate: MitigationPlan = MitigationPlan()
    words: WordsPlan = WordsPlan()
    report: ReportPlan = ReportPlan()
    monitor: MonitorPlan = MonitorPlan()
    folder: Path | None = field(default=None, compare=False, repr=False)

    @classmethod
    def load(cls, path: str | Path) -> Plan:
        """Read a plan file. Raises PlanError, which names the file, where it cannot be read or is no plan."""
        path = Path(path)
        text = plan_text(path)
        try:
            return replace(cls.from_toml(text), folder=path.parent)
        except PlanError as error:
            raise PlanError(f"{path.name}: {error}") from None

    @classmethod
    def from_toml(cls, text: str, whole: bool = True) -> Plan:
        """Read a plan file's text. Raises PlanError naming the table and key that is wrong.

        Of a plan that is not `whole` it may be open what is audited, and for which groups: it serves a look at a table
        or a model, and no audit.
        """
        try:
            document = tomllib.loads(text.removeprefix("\ufeff"))  # the mark that Windows editors put first
        except RecursionError:
            raise PlanError("The plan is not valid TOML: its brackets go too deep. Remove some.") from None
        except ValueError as error:  # also a number of more digits than Python reads
            raise PlanError(f"The plan is not valid TOML: {why_unreadable(text, str(error))}") from None
        return _read_plan(Section("the plan", document), whole)

    def to_toml(self) -> str:
        """Write the plan so that `from_toml` reads the same plan again."""
        return tomli_w.dumps(_document(self))

    @property
    def sha256(self) -> str:
        """Digest of the whole plan."""
        return _digest(self)

    @property
    def question_sha256(self) -> str:
        """Digest of the question: the plan without what names, files, words, reports and watches it, run, and edges."""
        model, images = (None if name is None else "" for name in (self.decision.model, self.decision.images))
        decision = replace(self.decision, edges=(), model=model, images=images)
        data = replace(self.data.in_file(""), confirmed=())
        blank = replace(self, name="", run=Run(), words=WordsPlan(), report=ReportPlan(), monitor=MonitorPlan())
        return _digest(replace(blank, data=data, decision=decision))

    @property
    def series_sha256(self) -> str:
        """Digest of what audits over time share: the question, whomever groups are compared with, in whatever month."""
        groups = replace(self.groups, reference="largest")
        return replace(self, data=self.data.in_all_months(), groups=groups).question_sha256

    def changed(self, changes: Iterable[Edit], whole: bool = True) -> Plan:
        """The plan with these edits; a table is laid over the one there. Raises PlanError as `from_toml` does."""
        document = _document(self)
        for table, key, value in changes:
            section = document.setdefault(table, {})
            kept = section.get(key)
            section[key] = kept | value if isinstance(value, dict) and isinstance(kept, dict) else value
        return Plan.from_toml(tomli_w.dumps(document), whole)

    def with_edges(self, edges: tuple[float, ...]) -> Plan:
        """The plan with these edges where it audits a score column and has none: later audits of it reuse them."""
        if self.decision.score is None or self.decision.edges:
            return self
        return replace(self, decision=replace(self.decision, edges=edges))

    @property
    def sieves(self) -> int:
        """How many things can leave a row out: each `keep` rule, an image that cannot be read, `held_out`."""
        return len(self.data.keep) + (self.decision.image is not None) + (self.data.held_out is not None)


def _read_plan(top: Section, whole: bool) -> Plan:
    if top.take("plumbline", int) != 1:
        raise PlanError('The plan must say "plumbline = 1" in its first line.')
    plan = Plan(
        name=top.take("name", str, default=""),
        data=read_data(top.section("data")),
        decision=read_decision(top.section("decision")),
        groups=read_groups(top.section("groups")),
        policy=read_policy(top.section("policy", optional=True)),
        run=read_run(top.section("run", optional=True)),
        mitigate=read_mitigate(top.section("mitigate", optional=True)),
        words=read_words(top.section("words", optional=True)),
        report=read_report(top.section("report", optional=True)),
        monitor=read_monitor(top.section("monitor", optional=True)),
    )
    top.done()
    _check(plan, whole)
    return plan


def _check(plan: Plan, whole: bool) -> None:
    """What no single key can show: keys that need or exclude each other."""
    check_data(plan.data)
    if whole or plan.decision.is_named:
        check_decision(plan.decision)
    if whole:
        refuse_nobody(plan.groups)
    check_groups(plan.groups)
    check_policy(plan.policy)
    check_words(plan.words, plan.groups)
    check_monitor(plan.monitor, plan.groups)


def _document(plan: Plan) -> dict[str, Any]:
    """The plan as a TOML document: defaults that say nothing are left out."""
    document: dict[str, Any] = {
        "plumbline": 1,
        "name": plan.name,
        "data": data_document(plan.data),
        "decision": decision_document(plan.decision),
        "groups": groups_document(plan.groups),
        "policy": policy_document(plan.policy),
        "run": asdict(plan.run),
    }
    if mitigate := plan.mitigate.document():
        document["mitigate"] = mitigate
    if words := words_document(plan.words):
        document["words"] = words
    if report := report_document(plan.report):
        document["report"] = report
    if monitor := monitor_document(plan.monitor):
        document["monitor"] = monitor
    return document


def _digest(plan: Plan) -> str:
    document = _document(plan)
    if plan.decision.model is not None:
        document["decision"].setdefault("favourable_class", 1)  # left out, plans were written with 1: digests stay
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
