"""A search for fixes: honest parts of the people, the present decisions, and what mitigations propose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from core.data.dataset import Dataset
from core.data.progress import Progress
from core.engine import doubts
from core.engine.run import timed
from core.engine.versions import versions
from core.errors import PlanError, PlumblineError
from core.jobs.digest import sha256
from core.metrics.policies import policy_warnings
from core.metrics.reference import resolve
from core.metrics.sampling.unsupported import refuse_unless_one_row_each
from core.metrics.verdicts import plan_rule
from core.mitigate.candidate import Decided, Mitigated, Proposed, SearchedTable
from core.mitigate.counted_decisions import Observed, joint, observe
from core.mitigate.mitigations import MITIGATIONS, in_order_of_work
from core.mitigate.plans import plan_of_proposal
from core.mitigate.proposals import propose
from core.mitigate.search_input import ALL_PRICES, Proposal, Share, Work
from core.mitigate.settings import Settings
from core.mitigate.splits import CHOOSE, FIT, PARTS, REPORT, Divided, divide
from core.models.device import or_on_the_cpu
from core.notes import as_notes
from core.plan.plan import Plan

Publish = Callable[[Mitigated], None]


def unpublished(found: Mitigated) -> None:
    """Nobody follows: what was found is only returned."""


def mitigate(
    plan: Plan,
    dataset: Dataset,
    second: Dataset | None,
    model: Path | None,
    out: Path,
    progress: Progress,
    names: Sequence[str],
    publish: Publish = unpublished,
    share: Share = ALL_PRICES,
) -> Mitigated:
    """Try mitigations on a plan's gaps.

    Parameters
    ----------
    plan, dataset
        The question and the table, opened by this plan.
    second
        The table that is judged on; None to judge on a part of the first.
    model
        The plan's model file; None where the plan names none. It is opened in this process, and must be trusted or
        the process shut in.
    out
        The folder that trained models are written to.
    names
        Rows of MITIGATIONS; those that fit thresholds need only what is counted here (`core.mitigate.search.offer`).
    publish
        Called with what was found by now: the present decisions first, which thresholds need no more than, then with
        each proposal.
    share
        Which prices on the gap are tried here.

    Raises PlanError, DataError or ModelError where they do not go together.
    """
    refuse_unaskable(plan, names)
    settings = Settings.of(plan)
    seconds: dict[str, float] = {}
    with timed(seconds, "divide"):
        divided = divide(plan, dataset, settings.holdout, second, progress)
    with timed(seconds, "score"):
        observed = or_on_the_cpu(lambda: observe(divided, plan, model, progress, "rows scored"))
    settings = settings.among(observed.counts(FIT) + observed.counts(CHOOSE))
    work = Work(divided, plan, settings, observed, model, out, progress, names=tuple(names), share=share)
    present = _decided(observed, plan.with_edges(observed.counts(FIT).axis.edges))
    asked = (note for table in divided.tables for note in doubts.before(plan, table.dataset.profile))
    report = present.counts[PARTS[REPORT]]
    judged = dataset if second is None else second
    in_job = tuple(name for name in names if MITIGATIONS[name].in_job)
    found = Mitigated(
        settings=settings,
        present=present,
        proposals=(),
        refused={},
        references=resolve(report, plan_rule(report, present.plan), present.plan),
        warnings=as_notes([*asked, *policy_warnings(plan), *divided.warnings]),
        versions=versions(),
        seconds=seconds,
        data_sha256=judged.profile.sha256,
        model_sha256=None if plan.decision.model is None or model is None else sha256(model),
        images_sha256=None if dataset.images is None else sha256(dataset.images.path),
        tables=tuple(SearchedTable(t.groups, t.dataset.profile.rows, tuple(t.dropped)) for t in divided.tables),
        left=in_order_of_work(in_job),
    )
    if in_job:
        publish(found)
    whole: dict[str, Proposed] = {}

    def with_these(proposals: list[Proposal], refused: dict[str, PlumblineError], left: tuple[str, ...]) -> Mitigated:
        for each in proposals:
            whole[each.id] = whole.get(each.id) or _proposed(each, proposals, observed, present, divided, out)
        made = tuple(whole[each.id] for each in proposals)
        return replace(found, proposals=made, refused=refused, leaks=tuple(work.leaks.values()), left=left)

    with timed(seconds, "mitigate"):
        proposals, refused = propose(work, in_job, lambda *by_now: publish(with_these(*by_now)))
    return with_these(proposals, refused, ())


def refuse_unaskable(plan: Plan, names: Sequence[str]) -> None:
    """Raise PlanError where no fix can be looked for, or a name is no mitigation's, whatever the table."""
    refuse_unless_one_row_each(plan, "look for a fix")
    unknown = [name for name in names if name not in MITIGATIONS]
    if unknown:
        raise PlanError(f"There is no mitigation named {unknown[0]}; known are {', '.join(MITIGATIONS)}.")


def _decided(observed: Observed, plan: Plan) -> Decided:
    counts = {called: observed.counts(part) for part, called in enumerate(PARTS)}
    return Decided(plan, counts, observed.device, observed.batch_size, observed.near_threshold, observed.warnings)


def _proposed(
    proposal: Proposal, proposals: list[Proposal], observed: Observed, present: Decided, divided: Divided, out: Path
) -> Proposed:
    """A proposal with each person's two decisions: the present one and its own, and that of the training without it."""
    without = next((other.observed for other in proposals if other.id == proposal.baseline), None)
    file = None if proposal.file is None else out / proposal.file
    plan = plan_of_proposal(present.plan, present.counts[PARTS[FIT]], proposal.rule, file, proposal.is_stand_in)
    return Proposed(
        id=proposal.id,
        mechanism=proposal.mechanism,
        decided=_decided(proposal.observed, plan),
        joint={PARTS[part]: joint(divided, observed, proposal.observed, part) for part in (CHOOSE, REPORT)},
        retrained={}
        if without is None
        else {PARTS[part]: joint(divided, without, proposal.observed, part) for part in (CHOOSE, REPORT)},
        file=file,
        rule=proposal.rule,
        strength=proposal.strength,
        baseline=proposal.baseline,
        is_stand_in=proposal.is_stand_in,
        notes=proposal.notes,
        facts=proposal.facts,
        rests_on=proposal.rests_on,
    )
