"""Plumbline's library, and its Python interface: eleven names, for a notebook or a program.

    from core import Plan, audit

    record = audit(Plan.load("loans.toml"))
    record.judgement().gaps[0]

A record shows its answer, picture and table by itself in a notebook. Everything is imported when it is first used: a
job imports this package before its sandbox is up, and numpy or torch would start threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from core.data.frames import Frame
    from core.data.progress import Tell
    from core.engine.shards.cluster.keys import ClusterKeys
    from core.errors import PlumblineError
    from core.explain.explanation import Explanation
    from core.metrics.comparison import Comparison
    from core.metrics.gate import GateVerdict
    from core.mitigate.api import Fixes
    from core.plan.plan import Plan
    from core.record import AuditRecord
    from core.record.series import Series

__all__ = [
    "AuditRecord", "ClusterKeys", "Plan", "PlumblineError",
    "audit", "audit_frame", "compare", "explain_model", "find_fixes", "follow", "gate",
]  # fmt: skip

_TYPES = {
    "AuditRecord": "core.record",
    "ClusterKeys": "core.engine.shards.cluster.keys",
    "Plan": "core.plan.plan",
    "PlumblineError": "core.errors",
}


def __getattr__(name: str) -> Any:
    """The types of the interface, imported when somebody asks for one (PEP 562)."""
    if name not in _TYPES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_TYPES[name]), name)


def audit(
    plan: Plan,
    data: str | Path | Sequence[str | Path] | Frame | None = None,
    *,
    isolated: bool = False,
    workers: int | None = None,
    devices: Sequence[str] | None = None,
    on: str | None = None,
    keys: ClusterKeys | None = None,
    progress: Tell | None = None,
) -> AuditRecord:
    """Audit what a plan asks about.

    Parameters
    ----------
    plan
        The question. The files that it names are looked for beside the file that it was loaded from, and in the working
        directory where it was not loaded from one.
    data
        A table in place of the plan's: a path or an address such as "s3://bucket/loans/" (a file, a folder, a
        pattern) or several, a DataFrame, or columns (arrays, lists) by their names.
    isolated
        Open table and model in a sandboxed process, as the app does: for files of somebody else. Else this process
        opens them itself.
    workers
        Count a large table in parts, in so many sandboxed processes side by side; the record is the same.
    devices
        In place of `workers`: one process for each device, which its model runs on, such as ("cuda:0", "cuda:1").
    on
        Count the parts on a Dask cluster: "local" starts one on this machine, of `workers` processes or one for each
        core; "tls://HOST:8786" is a scheduler's address. It needs the extra plumbline[cluster].
    keys
        The certificates for such an address; without them PLUMBLINE_TLS_CA, PLUMBLINE_TLS_CERT and PLUMBLINE_TLS_KEY
        name the files.
    progress
        A function that is told how far the work is: steps done, steps in all (0 where nobody knows yet), and what is
        being done, such as `print` or `lambda done, total, what: bar.update(...)`. Called in the thread that asks.

    Raises PlanError, DataError or ModelError where plan, table and model do not go together, and JobError where a
    sandboxed process ended without a result; all are PlumblineErrors, with a message of one line that says what to do.
    """
    from core.engine.api import audit_by_parts, audit_here, audit_isolated, counting_engine
    from core.engine.prepared_plan import asked

    engine = counting_engine(workers, devices, on, keys)
    with asked(plan, data) as (question, files):
        if engine is not None:
            return audit_by_parts(question, files, engine, tell=progress, device=devices[0] if devices else None)
        return audit_isolated(question, files, tell=progress) if isolated else audit_here(question, files, progress)


def audit_frame(
    frame: Frame,
    *,
    sensitive: str | Sequence[str],
    outcome: str | None = None,
    good_outcome: object = 1,
    decision: str | None = None,
    good_decision: object = 1,
    score: str | None = None,
    threshold: float | None = None,
    intersections: int = 2,
    reference: str | Mapping[str, object] = "largest",
    bins: Mapping[str, Sequence[float]] | None = None,
    confirmed: Sequence[str] = (),
    isolated: bool = False,
    progress: Tell | None = None,
) -> AuditRecord:
    """Audit decisions or scores that stand in a table in memory.

    Parameters
    ----------
    frame
        A DataFrame, or columns (arrays, lists) by their names; a row is a person.
    sensitive
        The columns whose groups are compared.
    outcome, good_outcome
        The column of what really happened, and its value, or values, that are good for the person.
    decision, good_decision
        The column of decisions, and its value, or values, that are good for the person.
    score, threshold
        In place of a column of decisions: a column of scores, and from which score on a person is selected.
    intersections
        1 compares single columns, 2 pairs of them too, and so on.
    reference
        Whom each group is compared with: the "largest" group, the "most_selected", or {column: value}.
    bins
        Where columns of numbers are cut into groups, such as {"age": [40, 60]}.
    confirmed
        Keys of notes of which you say that it is as it should be, as the message names them.
    isolated, progress
        As for `audit`.

    Raises as `audit` does. Whatever else a plan can say, `audit(plan, frame)` takes.
    """
    from core.engine.prepared_plan import frame_plan

    plan = frame_plan(
        frame,
        sensitive=sensitive,
        outcome=outcome,
        good_outcome=good_outcome,
        decision=decision,
        good_decision=good_decision,
        score=score,
        threshold=threshold,
        groups={"intersections": intersections, "reference": reference, "bins": bins or {}},
        confirmed=confirmed,
    )
    return audit(plan, frame, isolated=isolated, progress=progress)


def find_fixes(
    plan: Plan,
    data: str | Path | Sequence[str | Path] | Frame | None = None,
    *,
    ways: Sequence[str] = ("thresholds", "shared_threshold"),
    isolated: bool = False,
    workers: int | None = None,
    devices: Sequence[str] | None = None,
    progress: Tell | None = None,
) -> Fixes:
    """Search for fixes of the gaps that a plan asks about: fitted on one part of the people, judged on another.

    Parameters
    ----------
    plan, data, isolated, progress
        As for `audit`; `[mitigate]` in the plan says what the search is for.
    ways
        Rows of `core.mitigate.mitigations.MITIGATIONS`; the default ones take a moment, trainings take minutes.
    workers
        Train with several prices on the gap at the same time, in so many sandboxed processes; the fixes are the same.
    devices
        The same, in one process on each, such as ["cuda:0", "cuda:1"].

    Raises as `audit` does; why one of several ways could not be tried stands in the result.
    """
    from core.engine.prepared_plan import asked
    from core.mitigate import api

    with asked(plan, data, second=plan.mitigate.evaluate) as (question, files):
        return api.find_fixes(question, files, ways, isolated=isolated, workers=workers, devices=devices, tell=progress)


def explain_model(
    plan: Plan,
    data: str | Path | Sequence[str | Path] | Frame | None = None,
    *,
    method: str | None = None,
    people: int = 2_000,
    isolated: bool = False,
    workers: int | None = None,
    devices: Sequence[str] | None = None,
    progress: Tell | None = None,
) -> Explanation:
    """What a plan's model looks at, for which group, and how far that picture can be trusted.

    Parameters
    ----------
    plan, data, isolated, progress
        As for `audit`; the plan names a model.
    method
        A row of `core.explain.methods.EXPLAINERS`, such as "integrated_gradients"; the recommended one if not given.
    people
        How many people to explain at most, chosen by a hash of their rows.
    workers
        Explain them side by side, in so many sandboxed processes; the numbers are the same.
    devices
        The same, in one process on each, such as ["cuda:0", "cuda:1"].

    Raises as `audit` does.
    """
    from core.engine.prepared_plan import asked
    from core.explain.api import explain_files

    with asked(plan, data) as (question, files):
        return explain_files(
            question, files, method, people=people, isolated=isolated, workers=workers, devices=devices, tell=progress
        )


def compare(before: AuditRecord, after: AuditRecord) -> Comparison:
    """How every gap moved from one audit to another, each with the interval of its change.

    A record holds counts and no rows, so the two are compared as if they were of different people, unless one job asked
    both about the same ones (`plumbline audit --against`), or both decide alike. Raises PlanError where they have no
    sensitive column in common.
    """
    from core import record

    return record.compare(before, after)


def gate(now: AuditRecord, before: AuditRecord | None = None) -> GateVerdict:
    """Whether a build may pass, as `plumbline gate` says it: its `outcome` is "passed", "failed" or "unclear".

    Failed where a gap breaks its limit, or grew by more than chance explains since the audit `before`; each of its
    `gaps` has its figures. Without `before` the limits alone are gated. Raises PlanError where the two have no
    sensitive column in common.
    """
    from core.record.gated import gate_record

    return gate_record(now, before)


def follow(
    plan: Plan,
    tables: Sequence[str | Path] | Mapping[str, str | Path | Frame],
    *,
    isolated: bool = False,
    progress: Tell | None = None,
) -> Series:
    """Audit a table for each month, and say whether a gap has changed by more than chance.

    Parameters
    ----------
    plan
        The question; its `[monitor]` says which gaps are watched, and how many audits the baseline has.
    tables
        Paths, or tables by what they are called, such as {"2026-01": january, "2026-02": february}; in order of the
        dates in their names.
    isolated, progress
        As for `audit`.

    The series has `gaps` with their points, bands and alarms, `drift`, and `is_alarm`. Raises as `audit` does.
    """
    from core.engine.over_time import follow as followed

    return followed(plan, tables, lambda asks, table: audit(asks, table, isolated=isolated, progress=progress))
