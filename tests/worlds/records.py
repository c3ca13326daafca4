"""Whole records of audits for the tests, made from counts without a job."""

import numpy as np
import numpy.typing as npt

from core.counts.counts import Axis, Counts, Groups
from core.engine.doubts import AuditFacts
from core.metrics.reference import resolve
from core.metrics.second_opinion import SecondOpinion
from core.metrics.verdicts import plan_rule
from core.notes import said
from core.plan.plan import Plan
from core.record import AuditRecord, Provenance
from tests.worlds.people import count, labelled, plan_of
from tests.worlds.reference import Person

HOSTILE = '<script>alert(1)</script> & "quoted" *stars* [link](http://evil.example) :smile: $x^2$'
THREE = {"a": (40, 20, 10, 30), "b": (10, 5, 25, 60), "c": (2, 1, 3, 1)}


def record_of(plan: Plan, counts: Counts, warnings: tuple[str, ...] = (), near: int = 0) -> AuditRecord:
    """A record of these counts, as a job on the CPU would have left it."""
    provenance = Provenance("d" * 64, None, "cpu", None, near, {"numpy": "2.4"}, {"count": 0.01})
    return AuditRecord(
        plan=plan,
        counts=counts,
        references=resolve(counts, plan_rule(counts, plan), plan),
        rows_read=counts.people,
        dropped=(),
        notes=tuple(map(said, warnings)),
        second_opinion=SecondOpinion(10, 40, 0.0, True),
        provenance=provenance,
        created="2026-11-21T02:16:15+00:00",
    )


def decided(table: dict[str, tuple[int, ...]] = THREE, label: bool = True) -> AuditRecord:
    """An audit of decisions from {group: (tp, fp, fn, tn)}."""
    return record_of(plan_of(label=label), labelled(table))


def scored(model: bool = True, below: bool = False) -> AuditRecord:
    """An audit of scores: 300 people of two groups; everybody with the good outcome scores 0.6, the others 0.4."""
    column = 'score = "s"\nfavourable = {below = 0.5}' if below else 'score = "s"\nthreshold = 0.5'
    decision = 'model = "m.onnx"\nthreshold = 0.437' if model else column
    axis = Axis.probabilities("float64", 0.437)
    if not model:
        axis = Axis.of([0.2, 0.4, 0.5, 0.6], "float64", "probability", lower_is_better=below)
    people = [Person(("ab"[i % 3 == 0],), i % 2 == 0, False, 0.6 if i % 2 == 0 else 0.4) for i in range(300)]
    counts = count(people, axis, Groups.product(("g",), (("a", "b"),)))
    return record_of(plan_of(label=True, decision=decision), counts)


def seen_in(record: AuditRecord, left_out: npt.ArrayLike = (), on_threshold: int = 0) -> AuditFacts:
    """What doubts look at, of a record; `left_out` has shape (sieves, groups)."""
    out = np.asarray(left_out, dtype=np.int64).reshape(-1, len(record.counts.groups))
    return AuditFacts(record.counts, plan_rule(record.counts, record.plan), out, on_threshold)
