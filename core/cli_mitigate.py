"""`plumbline mitigate PLAN --with NAME`: a fix, judged on people that it was not fitted on, and taken away."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.command_files import TIME_LIMIT, read_plan, refuse_unreadable, sha256, write_audit, writing
from core.errors import PlanError
from core.mitigate.mitigations import MITIGATIONS
from core.plan import Plan

if TYPE_CHECKING:
    from core.findings import Judgement
    from core.joint import JointCounts
    from core.mitigate.rule_file import RuleFile
    from core.mitigated import Decided, Mitigated, Proposed
    from core.record import AuditRecord

_RULE, _WEIGHTS = "rule.json", "weights.csv"


def add_mitigate(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("mitigate", help="try a fix for a plan's gaps, and take it away")
    command.add_argument("plan", type=Path, help="the plan file (TOML)")
    command.add_argument(
        "--with", dest="name", required=True, metavar="NAME", help=f"what to try: {', '.join(MITIGATIONS)}"
    )
    command.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the results go (default plumbline-out)"
    )
    command.set_defaults(command=_mitigate)


@dataclass(frozen=True)
class Files:
    """The files that a plan names: table, model and second table."""

    plan: Path
    data: Path
    model: Path | None
    second: Path | None

    @classmethod
    def of(cls, path: Path, plan: Plan, evaluate: str | None) -> Files:
        """Those of a plan at `path`. Raises DataError where one is not there."""
        model, second = (None if name is None else path.parent / name for name in (plan.decision.model, evaluate))
        files = cls(path, path.parent / plan.data.file, model, second)
        refuse_unreadable(*(each for each in (files.data, model, second) if each is not None))
        return files

    @property
    def inputs(self) -> dict[str, Path]:
        """The job's inputs by name."""
        named = {"table": self.data, "model": self.model, "second_table": self.second}
        return {name: path for name, path in named.items() if path is not None}


@dataclass(frozen=True, eq=False)
class Fix:
    """What is taken away, and how it is judged.

    `after` audits it and `joint` pairs it with the present decisions, both on the report part; `retrained` pairs it
    with the same training without the mitigation. `notes` are sentences for the person, `facts` for comparison.json.
    """

    after: Decided
    joint: JointCounts
    rule: RuleFile | None = None
    proposed: Proposed | None = None
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()


def _mitigate(chosen: argparse.Namespace) -> int:
    from core.mitigate.settings import Settings

    if chosen.name not in MITIGATIONS:
        raise PlanError(f'There is no mitigation named "{chosen.name}"; known are {", ".join(MITIGATIONS)}.')
    plan = read_plan(chosen.plan)
    files = Files.of(chosen.plan, plan, Settings.of(plan).evaluate)
    with mitigated(plan, files, [chosen.name]) as found:
        _write(_fix(found, chosen.name), found, files, chosen.name, chosen.out)
    return 0


@contextmanager
def mitigated(plan: Plan, files: Files, names: list[str]) -> Iterator[Mitigated]:
    """Run a mitigate job as the app does; what it found stands, models included, until the context ends."""
    from core.collect import collect_profile
    from core.collect_mitigation import collect_mitigation
    from core.jobs import Supervisor

    named = replace(plan, data=replace(plan.data, file=files.data.name))
    if files.second is not None:
        named = replace(named, mitigate={**plan.mitigate, "evaluate": files.second.name})
    with tempfile.TemporaryDirectory(prefix="plumbline-") as root:
        supervisor = Supervisor(Path(root), slots=1, warm=False, time_limit=TIME_LIMIT)
        try:
            job = supervisor.submit("mitigate", {"plan": named.to_toml(), "with": names}, files.inputs)
            digests = {name: sha256(path) for name, path in files.inputs.items()}
            status = supervisor.wait(job, TIME_LIMIT)
            if status.error is not None:
                raise status.error(status.message)
            out = supervisor.output(job)
            rows = [collect_profile(out, files.data.name, digests["table"]).rows]
            if files.second is not None:
                rows.append(collect_profile(out / "second_", files.second.name, digests["second_table"]).rows)
            judged = digests.get("second_table", digests["table"])
            yield collect_mitigation(out, plan, tuple(rows), judged, digests.get("model"))
        finally:
            supervisor.close()


def _fix(found: Mitigated, name: str) -> Fix:
    return _threshold_fix(found, name) if name in ("thresholds", "shared_threshold") else _proposed_fix(found, name)


def _threshold_fix(found: Mitigated, name: str) -> Fix:
    """Thresholds fitted on the fit part's counts, and judged from the report part's: no row is needed."""
    from core.findings import plan_threshold
    from core.joint import from_rules
    from core.mitigate.after import plan_with_rule, without_decisions
    from core.mitigate.rule_file import RuleFile
    from core.mitigate.thresholds import search, shared

    fit, report = (found.present.counts[part] for part in ("fit", "report"))
    solution = {"thresholds": search, "shared_threshold": shared}[name](
        found.settings.question(fit, found.present_rule)
    )
    notes = list(solution.notes)
    if solution.instead is not None:
        notes.append(
            "The cheapest thresholds would select nearly everybody or nearly nobody of a group, so the best that do not"
            " are used."
        )
        solution = solution.instead
    if not solution.meets:
        notes.append(
            f"No thresholds bring the gap to {found.settings.at_most:g} on the people they are fitted on; these leave"
            f" {float(solution.outcome.gap):.3f}."
        )
    rule = RuleFile.of(solution, None if fit.axis.decided else plan_threshold(found.present.plan))
    counts = {part: without_decisions(each) for part, each in found.present.counts.items()}
    plan = plan_with_rule(found.present.plan, fit, rule)
    after = replace(found.present, plan=plan, counts=counts, near_threshold=0)
    joint = from_rules(report, found.present_rule, rule.rule(report.groups, report.axis))
    facts = (("fit", {"gap": float(solution.outcome.gap), "cost": solution.outcome.cost}),)
    return Fix(after, joint, rule=rule, notes=tuple(notes), facts=facts)


def _proposed_fix(found: Mitigated, name: str) -> Fix:
    """What the job proposes; of several strengths the one that does best on the choose part."""
    from core.mitigate.frontier import pick, point
    from core.stated_rule import stated_rule

    offered = [proposal for proposal in found.proposals if proposal.mechanism == name]
    points = [
        point(p.id, p.decided.counts["choose"], stated_rule(p.decided.counts["choose"], p.decided.plan), found.settings)
        for p in offered
    ]
    best = found.named(pick(points, found.settings.at_most).id)
    facts = (
        ("picked", best.id),
        ("choose", [{"id": at.id, "gap": at.gap, "cost": at.cost} for at in points]),
        ("training", best.facts or {}),
        ("is_stand_in", best.is_stand_in),
    )
    return Fix(best.decided, best.joint["report"], best.rule, best, best.notes, facts)


def _write(fix: Fix, found: Mitigated, files: Files, name: str, out: Path) -> None:
    """The folder as design.md 6 has it."""
    model = None if fix.proposed is None or fix.proposed.file is None else fix.proposed.model_bytes()
    with writing(out / "after"):
        taken = _take_away(fix, found, name, model, out)
        plan = _named(fix.after.plan, taken)
        (out / "after" / "plan.toml").write_text(_plan_file(plan, files, taken, out), encoding="utf-8")
    before = _record(found, found.present, found.model_sha256)
    digest = found.model_sha256 if model is None else sha256(out / taken["model"])
    after = _record(found, replace(fix.after, plan=plan), digest, parent=before.digest)
    write_audit(before, out / "before")
    write_audit(after, out / "after")
    _write_comparison(fix, found, (before, after), name, out)


def _take_away(fix: Fix, found: Mitigated, name: str, model: bytes | None, out: Path) -> dict[str, str]:
    """Write what is taken away; returns the files' names by kind."""
    from core.mitigate.reweighing import reweigh
    from core.report.result_json import as_text

    taken: dict[str, str] = {}
    if fix.rule is not None:
        taken["rule"] = _RULE
        (out / _RULE).write_text(as_text(fix.rule.to_json()), encoding="utf-8")
    if name == "reweighing":
        weights = reweigh(found.present.counts["fit"], found.settings.by)
        (out / _WEIGHTS).write_text(weights.to_csv(), encoding="utf-8")
    if model is not None and fix.proposed is not None and fix.proposed.file is not None:
        called = "stand-in" if fix.proposed.is_stand_in else "model"
        taken["model"] = f"{called}{fix.proposed.file.suffix}"
        (out / taken["model"]).write_bytes(model)
    return taken


def _named(plan: Plan, taken: dict[str, str]) -> Plan:
    if "model" not in taken:
        return plan
    return replace(plan, decision=replace(plan.decision, model=taken["model"]))


def _plan_file(plan: Plan, files: Files, taken: dict[str, str], out: Path) -> str:
    """The plan that audits the fix, on the second table where one judges; its paths are relative to its folder."""

    def seen_from_it(path: Path) -> str:
        return os.path.relpath(path.resolve(), (out / "after").resolve())

    judged = files.data if files.second is None else files.second
    model = out / taken["model"] if "model" in taken else files.model
    decision = replace(
        plan.decision,
        rule=seen_from_it(out / taken["rule"]) if "rule" in taken else None,
        model=None if plan.decision.model is None or model is None else seen_from_it(model),
    )
    data = replace(plan.data, file=seen_from_it(judged))
    return replace(plan, data=data, decision=decision, mitigate={}).to_toml()


def _record(found: Mitigated, decided: Decided, model_sha256: str | None, parent: str | None = None) -> AuditRecord:
    """An audit of the report part, with AIF360's second opinion."""
    from core.aif360_check import second_opinion
    from core.stated_rule import stated_rule

    counts = decided.counts["report"]
    opinion = second_opinion(
        _judgement(found, decided, "report"), counts, decided.plan, stated_rule(counts, decided.plan)
    )
    return found.record(decided, opinion, model_sha256, parent)


def _write_comparison(
    fix: Fix, found: Mitigated, records: tuple[AuditRecord, AuditRecord], name: str, out: Path
) -> None:
    from core.compare import compare_audits
    from core.consequences import price_sentences, warnings
    from core.report.result_json import as_text

    before, after = records
    settings, confidence = found.settings, before.plan.run.confidence
    compared = compare_audits(before.judgement(), after.judgement(), fix.joint, confidence)
    fitted = compare_audits(
        _judgement(found, found.present, "fit"), _judgement(found, fix.after, "fit"), None, confidence
    )
    said = warnings(compared, settings.by, settings.goal, fitted)
    document = compared.to_json(before.digest, after.digest, (*said, *fix.notes, *found.warnings)) | {
        "mitigation": name,
        "needs_attribute": MITIGATIONS[name].needs_attribute,
        "parts": found.sizes,
        "price": list(price_sentences(compared, settings.by)),
        **dict(fix.facts),
    }
    if fix.proposed is not None and fix.proposed.retrained:
        document["retrained"] = _against_retrained(fix.proposed, found, after, confidence)
    with writing(out):
        (out / "comparison.json").write_text(as_text(document), encoding="utf-8")
    print("\n".join([f"Wrote {out / 'comparison.json'}", *document["price"], *document["warnings"]]))


def _judgement(found: Mitigated, decided: Decided, part: str) -> Judgement:
    """What follows from one part's people, judged with the report's references."""
    from core.findings import judge
    from core.stated_rule import stated_rule

    counts = decided.counts[part]
    return judge(counts, decided.plan, stated_rule(counts, decided.plan), found.references)


def _against_retrained(
    proposed: Proposed, found: Mitigated, after: AuditRecord, confidence: float
) -> list[dict[str, Any]]:
    """The gaps against the same training without the mitigation: what the mitigation itself did."""
    from core.compare import compare_audits

    without = _judgement(found, found.named(str(proposed.baseline)).decided, "report")
    comparison = compare_audits(without, after.judgement(), proposed.retrained["report"], confidence)
    return list(comparison.to_json("", after.digest)["gaps"])
