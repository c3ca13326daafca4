"""Audits before and after for the tests of the gate, of invented people who are selected so often."""

from dataclasses import replace

import numpy as np

from core.metrics.gate import GatedGap, GateVerdict
from core.record import AuditRecord
from core.record.gated import gate_record
from core.record.paired import PairedWith
from tests.worlds.people import plan_of, selections
from tests.worlds.records import record_of
from tests.worlds.two_audits import Sides, joint_of

POINTS = 'headline = "statistical_parity_difference"'
Rates = dict[str, tuple[int, int]]


def audited(table: Rates, policy: str = POINTS, groups: str = "", run: str = "") -> AuditRecord:
    """An audit of {group: (selected, people)}."""
    return record_of(plan_of(policy=policy, groups=groups, run=run), selections(table))


def drawn(
    rates: dict[str, float], sizes: dict[str, int], rng: np.random.Generator, policy: str = POINTS
) -> AuditRecord:
    """An audit of people drawn anew, each selected with the rate of the group; the first group is compared with."""
    table = {group: (int(rng.binomial(sizes[group], rate)), sizes[group]) for group, rate in rates.items()}
    return audited(table, policy, f'reference = {{g = "{next(iter(rates))}"}}')


def paired(sides: Sides, policy: str = POINTS) -> tuple[AuditRecord, AuditRecord]:
    """Two audits of the same people, the second paired with the first; the last group is compared with."""
    joint, reference = joint_of(sides, "g"), list(sides)[-1]
    plan = plan_of(policy=policy, label=True, groups=f'reference = {{g = "{reference}"}}')
    before = record_of(plan, joint.before)
    after = record_of(replace(plan, decision=replace(plan.decision, prediction="q")), joint.after)
    return before, replace(after, paired=PairedWith(before.decided_sha256, joint))


def only(verdict: GateVerdict) -> GatedGap:
    """The one gated gap."""
    (gap,) = verdict.gaps
    return gap


def gated(before: Rates, after: Rates, policy: str = POINTS) -> GateVerdict:
    """The gate on audits of different people."""
    return gate_record(audited(after, policy), audited(before, policy))
