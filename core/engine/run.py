"""One audit: from a plan, a table and a model to the record that every answer is computed from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.counts.rules import Rule
from core.data.dataset import Dataset
from core.data.leaks.model_inputs import columns_that_know
from core.data.progress import Progress
from core.engine import doubts
from core.engine.counting import Counted, Pass, count
from core.engine.decided_rows import DecidedRows
from core.engine.shards.arriving import ArrivingParts
from core.engine.shards.total import as_parts_were_cut, total
from core.engine.sources import Source, source
from core.engine.versions import versions
from core.jobs.digest import sha256
from core.metrics.aif360 import second_opinion
from core.metrics.policies import check_policy, policy_warnings
from core.metrics.sampling.unsupported import refuse_conflicts
from core.metrics.stated_rule import rule_file, stated_rule
from core.metrics.verdicts import judge
from core.notes import Note, as_notes
from core.plan.plan import Plan
from core.record import AuditRecord, Provenance


def audit(
    plan: Plan,
    dataset: Dataset,
    model: Path | None,
    progress: Progress,
    seen: DecidedRows | None = None,
    partials: Path | None = None,
    arriving: ArrivingParts | None = None,
) -> AuditRecord:
    """Audit a table: count its people, judge the gaps, ask AIF360, and say what a reader must know.

    Parameters
    ----------
    plan, dataset
        The question and the table, opened by this plan.
    model
        The plan's model file; None where the plan names none. It is opened in this process, and must be trusted or
        the process shut in.
    seen
        What is told of every row that is counted.
    partials
        What the parts of the table gave, where they were counted already (`core.engine.shards`).
    arriving
        What other jobs give of it meanwhile; None where none may help.

    Raises PlanError, DataError or ModelError where they do not go together.
    """
    refuse_unaskable(plan)
    seconds: dict[str, float] = {}
    with timed(seconds, "open"):
        stated = rule_file(plan)
        cut = plan if partials is None else as_parts_were_cut(plan, partials)
        decisions = source(cut, dataset, model, stated)
    with timed(seconds, "count"):
        if partials is not None:
            counted, ran = total(Pass.of(decisions, dataset, plan, progress, stated), partials)
            ran = decisions.facts() | ran
        elif arriving is not None:
            counted, ran = arriving.count(Pass.of(decisions, dataset, plan, progress, stated), progress)
            ran = decisions.facts() | ran
        else:
            counted, ran = count(decisions, dataset, plan, progress, stated, seen), decisions.facts()
    with timed(seconds, "judge"):
        rule = stated_rule(counted.counts, plan)
        judgement = judge(counted.counts, plan, rule, sampled=counted.sampled)
    progress(0, 0, "AIF360's second opinion")
    with timed(seconds, "aif360"):
        opinion = second_opinion(judgement, counted.counts, plan, rule, counted.sampled)
    return AuditRecord(
        plan=plan.with_edges(counted.counts.axis.edges),
        counts=counted.counts,
        references=judgement.references,
        rows_read=counted.read,
        dropped=counted.dropped,
        notes=_notes(plan, dataset, decisions, counted, rule),
        second_opinion=opinion,
        provenance=Provenance(
            data_sha256=dataset.profile.sha256,
            model_sha256=None if plan.decision.model is None or model is None else sha256(model),
            device=ran["device"],
            batch_size=ran["batch_size"],
            near_threshold=counted.near_threshold,
            versions=versions(),
            seconds=seconds,
            images_sha256=None if dataset.images is None else sha256(dataset.images.path),
        ),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sampled=counted.sampled,
        lines=None if plan.data.count is None else counted.lines,
        left_out=counted.left_out,
        fed=counted.answers.first_fed,
        model_format=ran.get("format"),
    )


def refuse_unaskable(plan: Plan) -> None:
    """Raise PlanError where the plan's policy, or what it says of rows, cannot be answered, whatever the table."""
    check_policy(plan)
    refuse_conflicts(plan)


def _notes(plan: Plan, dataset: Dataset, decisions: Source, counted: Counted, rule: Rule) -> tuple[Note, ...]:
    """What a reader must know: doubts about the question, then what was noticed on the way."""
    seen = doubts.AuditFacts(counted.counts, rule, counted.left_out, counted.on_threshold)
    asked = (*doubts.before(plan, dataset.profile), *doubts.after(seen, plan), *_known_before(plan, dataset, decisions))
    words = (*policy_warnings(plan), *dataset.profile.left_out_words())
    return as_notes([*asked, *words, *counted.notes(dataset.profile)])


def _known_before(plan: Plan, dataset: Dataset, decisions: Source) -> tuple[Note, ...]:
    """Which of a model's inputs are suspected to know the answer; texts and images are not asked."""
    if plan.decision.model is None or plan.decision.text is not None or plan.decision.image is not None:
        return ()
    return columns_that_know(dataset, decisions.columns, plan)


@contextmanager
def timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    """The seconds that a step took, kept under its name."""
    start = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - start, 3)
