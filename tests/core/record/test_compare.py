"""Any two records compared: the same one with itself, each way round, and paired where one job asked both."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.counts.counts import Groups, of_selection
from core.errors import PlanError
from core.metrics.comparison import Comparison
from core.metrics.joint import JointCounts
from core.record import AuditRecord, compare, joint_of
from core.record.paired import PairedWith
from core.report.pair.side_by_side import HIDES, SideBySide
from tests.worlds.people import plan_of, selections
from tests.worlds.records import decided, record_of, scored

OPPOSITE = {"better": "worse", "worse": "better", "same": "same", "unclear": "unclear"}
PLAN = plan_of(("sex", "race"), label=True, groups='reference = {sex = "m", race = "x"}')
GROUPS = Groups.product(("sex", "race"), (("f", "m"), ("x", "y", "z")))


def drawn(seed: int, people: int) -> JointCounts:
    """Both decisions of invented people; how often they agree, and on whom, differs from seed to seed."""
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(rng.uniform(0.2, 3, 12), len(GROUPS))
    n = np.stack([rng.multinomial(people, chance) for chance in chances]).reshape(len(GROUPS), 3, 2, 2)
    return JointCounts(GROUPS, n.astype(np.int64))


def pair(joint: JointCounts, paired: bool) -> tuple[AuditRecord, AuditRecord]:
    before, after = (record_of(PLAN, of_selection(GROUPS, n)) for n in (joint.n.sum(axis=3), joint.n.sum(axis=2)))
    if paired:
        after = replace(after, paired=PairedWith(before.decided_sha256, joint))
    return before, after


def again(record: AuditRecord) -> AuditRecord:
    """The record as a file keeps it."""
    return AuditRecord.from_json(json.loads(json.dumps(record.to_json())))


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("people", [12, 90, 4_000])
def test_swapping_the_two_flips_every_sign_and_every_verdict(people: int, paired: bool) -> None:
    seen = set()
    for seed in range(12):
        before, after = map(again, pair(drawn(seed, people), paired))
        forth, back = compare(before, after), compare(after, before)
        assert len(forth.gaps) == len(back.gaps) > 60
        for gap, other in zip(forth.gaps, back.gaps, strict=True):
            assert (gap.by, gap.measure, gap.group, gap.reference) == (
                other.by, other.measure, other.group, other.reference
            )  # fmt: skip
            assert (gap.before, gap.after, gap.paired) == (other.after, other.before, paired)
            assert other.verdict == OPPOSITE[gap.verdict], (seed, gap)
            for one, turned in ((gap.change, other.change), (gap.low, other.high), (gap.high, other.low)):
                assert (one is None) == (turned is None)
                assert one is None or one == pytest.approx(-turned, abs=1e-12)
            seen.add(gap.verdict)
    assert seen >= {"better", "worse", "unclear"} if people > 12 else seen


@pytest.mark.parametrize(
    "make",
    [
        decided,
        lambda: decided(label=False),
        scored,
        lambda: scored(model=False, below=True),
        lambda: record_of(PLAN, drawn(3, 500).before),
        lambda: record_of(plan_of(), selections({"a": (0, 40), "b": (3, 3)})),
    ],
)
def test_a_model_against_itself_differs_nowhere(make: Callable[[], AuditRecord]) -> None:
    record = make()
    found = compare(record, again(record))
    assert found.gaps
    for gap in found.gaps:
        assert gap.change in (0, None) and gap.before == gap.after
        assert gap.verdict == "same" or gap.before is None
    assert all(moved.newly_selected == moved.newly_refused == 0 for moved in found.people)
    assert found.everybody is not None and found.everybody.n == record.counts.people


def test_what_was_decided_is_the_same_whoever_is_compared_and_whatever_is_acceptable() -> None:
    record = scored()
    others = (
        replace(record, created="2027-01-01T00:00:00+00:00"),
        record.compared_with({"g": "b"}),
        replace(record, plan=replace(record.plan, name="again")),
    )
    assert {other.decided_sha256 for other in others} == {record.decided_sha256}
    moved = replace(record, plan=replace(record.plan, decision=replace(record.plan.decision, threshold=0.7)))
    assert moved.decided_sha256 != record.decided_sha256
    assert joint_of(record, moved) is None, "the same table does not tell by itself who was decided otherwise"


def ranges(found: Comparison) -> list[float]:
    return [gap.high - gap.low for gap in found.gaps if gap.high is not None and gap.low is not None]


def test_paired_ranges_are_narrower_and_outlast_the_file() -> None:
    joint = drawn(5, 2_000)
    joint = JointCounts(GROUPS, joint.n + 4_000 * np.eye(2, dtype=np.int64))  # most are decided as before
    before, after = pair(joint, paired=True)
    paired, unpaired = compare(again(before), again(after)), compare(before, replace(after, paired=None))
    assert paired.everybody is not None and unpaired.everybody is None
    assert paired.everybody.newly_selected == joint.n[:, :, 0, 1].sum()
    for narrow, wide in zip(ranges(paired), ranges(unpaired), strict=True):
        assert narrow < 0.7 * wide


@pytest.mark.parametrize("which", [0, 1])
def test_where_small_numbers_are_hidden_two_are_not_paired_whoever_knows_both_decisions(which: int) -> None:
    joint = drawn(5, 2_000)
    for known in (joint, None):
        two = list(pair(joint, paired=True))
        assert compare(*two, known).everybody is not None
        two[which] = two[which].without_small_cells()
        found = compare(*two, known)
        assert found.everybody is None and found.people == () and not any(gap.paired for gap in found.gaps)
        shown = SideBySide.of(*two, known)
        assert shown.flips == () and list(shown.flip_words()) == [] and HIDES in shown.to_json()["warnings"]


def test_a_table_of_two_decisions_must_be_of_those_who_were_counted() -> None:
    _, after = pair(drawn(1, 50), paired=True)
    document = after.to_json()
    document["paired"]["n"][0][-1] += 1
    with pytest.raises(Exception, match="not a whole record"):
        AuditRecord.from_json(document)


def test_tables_that_only_one_has_are_left_out_and_none_in_common_is_refused() -> None:
    record = record_of(PLAN, drawn(2, 300).before)
    alone = record_of(plan_of(("sex",), label=True), record.counts.by(("sex",)))
    assert {gap.by for gap in compare(record, alone).gaps} == {("sex",)} == {g.by for g in compare(alone, record).gaps}
    with pytest.raises(PlanError, match="no sensitive column in common"):
        compare(record, decided())


def test_the_first_audits_comparison_groups_are_used_for_both() -> None:
    before = record_of(PLAN, drawn(2, 300).before)
    after = before.compared_with({"sex": "f", "race": "x"})
    found = compare(before, after)
    assert {gap.reference["sex"] for gap in found.gaps if gap.by == ("sex",)} == {"m"}
    assert {gap.change for gap in found.gaps} <= {0.0, None}


def test_the_surer_of_two_confidences_holds_for_both() -> None:
    joint = drawn(4, 600)
    before, after = pair(joint, paired=False)
    surer = replace(after, plan=replace(after.plan, run=replace(after.plan.run, confidence=0.99)))
    both = [replace(r, plan=replace(r.plan, run=replace(r.plan.run, confidence=0.99))) for r in (before, after)]
    assert ranges(compare(before, surer)) == ranges(compare(*both)) == ranges(compare(surer, before))
    assert sum(ranges(compare(before, surer))) > sum(ranges(compare(before, after)))
