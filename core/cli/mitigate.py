"""`plumbline mitigate PLAN --with NAME`: a fix, judged on people that it was not fitted on, and taken away."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.device import add_device
from core.cli.files import (
    naming,
    read_plan,
    refuse_unwritable,
    write_texts,
    writing,
)
from core.cli.inside import add_inside
from core.cli.meanwhile import SECOND_OPINION, SHARES, import_meanwhile
from core.cli.table import add_data
from core.cli.terminal import say
from core.cli.time_limit import add_time_limit
from core.cli.workers import devices_named, number_of_processes, refuse_beside_devices
from core.engine.plan_files import Address, Files, Place
from core.errors import PlanError
from core.jobs.digest import sha256
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.plans import of_the_judged
from core.plan.parts import MitigationPlan, RulePath
from core.plan.plan import Plan
from core.plan.tables.data import called

if TYPE_CHECKING:
    from core.metrics.verdicts import Judgement
    from core.mitigate.candidate import Mitigated
    from core.mitigate.fix import Fix

_RULE, _WEIGHTS = "rule.json", "weights.csv"


def add_mitigate(commands: Any) -> None:
    """Add the command to the command line's own."""
    command = commands.add_parser("mitigate", help="try a fix for a plan's gaps, and take it away")
    command.add_argument("plan", type=Path, help="the plan file (TOML)")
    add_data(command)
    command.add_argument(
        "--with", dest="name", required=True, metavar="NAME", help=f"what to try: {', '.join(MITIGATIONS)}"
    )
    command.add_argument(
        "--out", type=Path, default=Path("plumbline-out"), help="where the results go (default plumbline-out)"
    )
    command.add_argument(
        "--workers",
        type=number_of_processes,
        metavar="N",
        help="train with several prices on the gap side by side, in N processes, each with an N-th of the memory"
        " (default 1); of no use to a model of a million weights or more",
    )
    command.add_argument(
        "--devices",
        type=devices_named,
        metavar="NAMES",
        help="the same, in one process for each device, with commas: cuda:0,cuda:1",
    )
    add_time_limit(command)
    add_device(command)
    add_inside(command)
    command.set_defaults(command=_mitigate)


def _mitigate(chosen: argparse.Namespace) -> int:
    from core.mitigate.api import search_isolated
    from core.mitigate.settings import Settings

    if chosen.name not in MITIGATIONS:
        raise PlanError(f'There is no mitigation named "{chosen.name}"; known are {", ".join(MITIGATIONS)}.')
    refuse_beside_devices(chosen, "workers", "device")
    _refuse_without_prices(chosen)
    plan = read_plan(chosen.plan, chosen.inside)
    with naming(chosen.plan):
        plan = _with_goal(plan, chosen.name)
        files = Files.beside(plan, chosen.plan.parent, table=chosen.data, second=Settings.of(plan).evaluate)
    refuse_unwritable(chosen.out, chosen.inside)
    import_meanwhile(SHARES, SECOND_OPINION)
    workers, devices = chosen.workers or 1, chosen.devices or ()
    running = search_isolated(plan, files, [chosen.name], chosen.time_limit, workers=workers, devices=devices)
    with naming(chosen.plan, files.model), running as found:
        if _wrote_weights_alone(found, chosen.out):
            return 0
        fix, facts = _fix(found, chosen.name)
        _write(fix, facts, found, files, chosen.out)
    return 0


def _refuse_without_prices(chosen: argparse.Namespace) -> None:
    """Raise PlanError where several processes are asked for, and there is work for one."""
    several = [name for name in ("workers", "devices") if getattr(chosen, name) is not None]
    if several and not MITIGATIONS[chosen.name].prices:
        priced = " or ".join(row.name for row in MITIGATIONS.values() if row.prices)
        raise PlanError(f"--{several[0]} trains with several prices side by side, so it goes with {priced} alone.")


def _with_goal(plan: Plan, name: str) -> Plan:
    """The plan with a goal that this mitigation knows, where it states none and the usual one is unknown to it."""
    from core.mitigate.settings import Settings

    known = MITIGATIONS[name].goals
    if plan.mitigate.goal is not None or not known or Settings.of(plan).goal.name in known:
        return plan
    return replace(plan, mitigate=replace(plan.mitigate, goal=known[0]))


def _fix(found: Mitigated, name: str) -> tuple[Fix, dict[str, Any]]:
    """The fix to take away, and how it was chosen, for comparison.json. Raises PlanError where it was refused."""
    from core.mitigate.search import offer

    offered = offer(found, (name,))
    if name in offered.refused:
        raise PlanError(offered.refused[name].message, in_plan=offered.refused[name].in_plan)
    return _chosen(found, [fix for fix in offered.fixes if fix.mechanism == name])


def _wrote_weights_alone(found: Mitigated, out: Path) -> bool:
    """Whether the weights were all there is to take away; then they are written."""
    from core.mitigate.search import weights_alone
    from core.report.documents.weights import weights_csv

    weights = weights_alone(found)
    if weights is None:
        return False
    with writing(out):
        (out / _WEIGHTS).write_text(weights_csv(weights), encoding="utf-8")
    say(
        f"Wrote {out / _WEIGHTS}",
        f"Nothing could be trained with these weights here, so there is no audit before and"
        f" after: {next(iter(found.refused.values()))}",
    )
    return True


def _chosen(found: Mitigated, fixes: list[Fix]) -> tuple[Fix, dict[str, Any]]:
    """Of thresholds the best that are not one-sided; of trainings the one that does best on the choose part.

    A training that something speaks against is taken only where something speaks against all, and one that levels down
    only where all do that reach the goal.
    """
    from core.metrics.stated_rule import stated_rule
    from core.mitigate.frontier import pick, point
    from core.mitigate.frontier.places import places

    first = fixes[0]
    if first.solution is not None:
        best = first if first.solution.instead is None else fixes[1]
        assert best.solution is not None
        return best, {"fit": {"gap": float(best.solution.outcome.gap), "cost": best.solution.outcome.cost}}
    points = []
    for fix, place in zip(fixes, places(found, fixes)[1:], strict=True):
        counts = fix.decided.counts["choose"]
        at = point(fix.id, counts, stated_rule(counts, fix.decided.plan), found.settings)
        points.append(replace(at, levels_down=bool(place.levelling)))
    recommended = [at for at, fix in zip(points, fixes, strict=True) if fix.is_recommended]
    picked = pick(recommended or points, found.settings.at_most).id
    best = next(fix for fix in fixes if fix.id == picked)
    return best, {
        "picked": picked,
        "choose": [{"id": at.id, "gap": at.gap, "cost": at.cost} for at in points],
        "training": {} if best.proposed is None else best.proposed.facts or {},
        "is_stand_in": best.proposed is not None and best.proposed.is_stand_in,
    }


def _write(fix: Fix, facts: dict[str, Any], found: Mitigated, files: Files, out: Path) -> None:
    """The folder as design.md 6 has it."""
    from core.mitigate.candidate import REPORT
    from core.mitigate.held_out_audit import held_out_audit
    from core.report.documents.json import audit_texts

    model = None if fix.proposed is None or fix.proposed.file is None else fix.proposed.model_bytes()
    with writing(out / "after"):
        taken = _take_away(fix, found, model, out)
        plan = _named(fix.decided.plan, taken)
        judged = plan if files.second is not None else of_the_judged(plan, found.settings.holdout)
        (out / "after" / "plan.toml").write_text(_plan_file(judged, files, taken, out), encoding="utf-8")
    before = held_out_audit(found, found.present, found.model_sha256)
    digest = found.model_sha256 if model is None else sha256(out / taken["model"])
    after = held_out_audit(found, replace(fix.decided, plan=plan), digest, before, fix.joint[REPORT])
    write_texts(audit_texts(before), out / "before")
    write_texts(audit_texts(after), out / "after")
    _write_comparison(fix, facts, found, (before.digest, after.digest), after.judgement(), out)


def _take_away(fix: Fix, found: Mitigated, model: bytes | None, out: Path) -> dict[str, str]:
    """Write what is taken away; returns the files' names by kind."""
    from core.mitigate.training.reweighing import reweigh
    from core.report.documents.json import as_text
    from core.report.documents.weights import weights_csv

    taken: dict[str, str] = {}
    if fix.rule is not None:
        taken["rule"] = _RULE
        (out / _RULE).write_text(as_text(fix.rule.to_json()), encoding="utf-8")
    if fix.gives_weights:
        weights = reweigh(found.present.counts["fit"], found.settings.by)
        (out / _WEIGHTS).write_text(weights_csv(weights), encoding="utf-8")
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
    """The plan that audits the fix, on the people whom it was judged on; its paths are relative to its folder."""

    def seen_from_it(path: Place) -> str:
        if isinstance(path, Address):
            return path.text
        return os.path.relpath(path.resolve(), (out / "after").resolve())

    judged = files.table if files.second is None else files.second
    model = out / taken["model"] if "model" in taken else files.model
    decision = replace(
        plan.decision,
        rule=RulePath(seen_from_it(out / taken["rule"])) if "rule" in taken else None,
        model=None if plan.decision.model is None or model is None else seen_from_it(model),
        images=None if files.images is None or plan.decision.image is None else seen_from_it(files.images),
    )
    places = tuple(map(seen_from_it, judged.places))
    data = plan.data.in_file(called(places), places if len(places) > 1 else ())
    return replace(plan, data=data, decision=decision, mitigate=MitigationPlan()).to_toml()


def _write_comparison(
    fix: Fix, facts: dict[str, Any], found: Mitigated, digests: tuple[str, str], fixed: Judgement, out: Path
) -> None:
    """Write comparison.json: `digests` are those of the two audits, `fixed` is what follows from the second."""
    from core.metrics.words.naming.terms import Terms
    from core.metrics.words.notes import told
    from core.mitigate.effect.effect import against_retrained, effect
    from core.mitigate.effect.learned_from import learned_from
    from core.mitigate.frontier.places import places
    from core.report.documents.json import as_text

    found_out = effect(found, fix)
    _, chosen = places(found, [fix])
    confirmed = found.present.plan.data.confirmed
    notes = [told(note, confirmed, Terms.of(found.present.plan)) for note in found.warnings]
    doubt = chosen.levelling and not found_out.levelling
    against = (f"On the people it was chosen by: {chosen.levelling}", *fix.against) if doubt else fix.against
    said = (*found_out.warnings, *found_out.worse, *against, *fix.notes, *notes)
    document = found_out.compared.to_json(*digests, said) | {
        "mitigation": fix.mechanism,
        "needs_attribute": fix.needs_attribute,
        "parts": found.sizes,
        "goal": found_out.goal_document(found.settings),
        "price": list(found_out.price),
        **facts,
    }
    if trained := learned_from(fix, found_out.terms):
        document["trained_on"] = trained
    without = against_retrained(found, fix, fixed)
    if without is not None:
        document["retrained"] = without.to_json("", digests[1])["gaps"]
    with writing(out):
        (out / "comparison.json").write_text(as_text(document), encoding="utf-8")
    say(f"Wrote {out / 'comparison.json'}", document["goal"]["said"], *document["price"], *document["warnings"])
