"""Both models asked about the same people, from the Compare page: in one job, kept as counts."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.counts.counts import Ints
from core.errors import DataError, PlumblineError
from core.metrics.stated_rule import stated_rule
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.glossary.entry import address
from core.samples import SAMPLES
from core.store.pairs import KeptPair
from core.store.workspace import Workspace
from tests.pages.compare.test_compare import files as files
from tests.pages.compare.test_compare import pick
from tests.pages.test_words_explained import explained
from tests.pages.whole_app import ME, audited, finished, labels, opened, press, said, tables, widget
from tests.worlds.people import csv_text, plan_of

pytestmark = pytest.mark.jobs

ROWS = [("ab"[i % 2], i % 3 % 2, (i * 7 % 20) / 20) for i in range(400)]
TABLE = csv_text(("g", "y", "s"), ROWS)
PLAN = plan_of(label=True, decision='score = "s"\nthreshold = 0.5')


def at_threshold(limit: float) -> Plan:
    return replace(PLAN, decision=replace(PLAN.decision, threshold=limit))


@pytest.fixture
def two(space: Workspace) -> tuple[str, str]:
    """Audits of one table at two thresholds."""
    first, second = (audited(space, at_threshold(limit), TABLE) for limit in (0.5, 0.6))
    return first, second


def flipped() -> int:
    return sum(0.5 <= s < 0.6 for _, _, s in ROWS)


def test_both_are_asked_at_a_click_and_whose_decisions_flip_is_counted(space: Workspace, two: tuple[str, str]) -> None:
    first, second = two
    before = space.record(second)
    at = pick(opened("compare"), first, second)
    assert "ranges are wider than necessary" in said(at)
    shown = [getattr(each, "label", "") or getattr(each, "value", "") for each in at.main]
    assert shown.index("Ask both about the same people") < shown.index("What changed"), "where its lack is said"
    press(at, "Ask both about the same people")
    finished(space, second)
    at = pick(opened("compare"), first, second)
    words = said(at)
    assert f"{flipped()} of 400 decisions flip: 0 newly selected, {flipped()} newly turned down." in words
    tips = explained(at) + str([head.proto for head in at.header])
    assert [name for name in ("flip", "same_people", "plausible_range") if f"term={address(name)}" not in tips] == []
    (numbers,) = [table for table in tables(at) if "Flip" in table]
    assert sum(map(int, numbers["Flip"])) == flipped()
    assert space.record(second) == before, "the audit's own evidence stays as it was"


def test_what_comes_while_the_two_are_compared_is_shown(
    space: Workspace, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    at, paired = pick(opened("compare"), first, second), space.paired

    def a_moment_too_early(audit_id: str, other: str) -> KeptPair | None:
        found = paired(audit_id, other)
        finished(space, second)
        return found

    monkeypatch.setattr(space, "paired", a_moment_too_early)
    press(at, "Ask both about the same people")
    assert f"{flipped()} of 400 decisions flip" in said(at)


def test_other_people_are_asked_about_again_and_that_is_said(space: Workspace) -> None:
    first = audited(space, PLAN, csv_text(("g", "y", "s"), ROWS[:150]))
    second = audited(space, at_threshold(0.6), TABLE)
    space.pair(second, first)
    finished(space, second)
    at = pick(opened("compare"), first, second)
    assert "What decides in the first audit was asked again about the people of the second." in said(at)
    assert f"{flipped()} of 400 decisions flip" in said(at)


@pytest.mark.parametrize("hiding", ["first", "second"])
def test_where_small_numbers_are_hidden_nobodys_flips_are_told(
    space: Workspace, files: dict[str, str], hiding: str
) -> None:
    """A group of 6, all of whom flip: with one more decision known, each of theirs would be."""
    table = csv_text(("g", "y", "s"), [*ROWS, *[("few", i % 2, 0.55) for i in range(6)]])
    plans = {"first": PLAN, "second": at_threshold(0.6)}
    plans[hiding] = replace(plans[hiding], report=replace(PLAN.report, hide_small=True))
    first, second = (audited(space, plan, table) for plan in plans.values())
    space.pair(second, first)
    finished(space, second)
    at = pick(opened("compare"), first, second)
    words, document = said(at), json.loads(files["comparison.json"])
    assert "newly" not in words and "how few flip is one of them" in words
    assert "with them whose decisions flip" in words and "Ask both about the same people" not in labels(at)
    assert not [table for table in tables(at) if "Flip" in table]
    assert document["flips"] == [] == document["people"] and document["paired"] is False


def test_a_pair_is_of_what_was_decided_then(space: Workspace, two: tuple[str, str]) -> None:
    first, second = two
    space.pair(second, first)
    finished(space, second)
    assert space.paired(second, first) is not None and space.paired(first, second) is None
    space.run(second, at_threshold(0.7))
    finished(space, second)
    assert space.paired(second, first) is None


def test_without_rows_nobody_can_be_asked_and_what_was_found_stays(
    space: Workspace, home: Path, two: tuple[str, str]
) -> None:
    first, second = two
    space.pair(second, first)
    finished(space, second)
    space.delete_rows(second)
    kept = space.paired(second, first)
    assert kept is not None and kept.paired.joint.n.sum() == 400 and kept.before.notes == ()
    with pytest.raises(DataError, match="deleted after a day"):
        space.pair(second, first)
    (home / "audits" / second / "pairs" / f"{first}.json").write_text('{"of": 1')
    with pytest.raises(PlumblineError, match="cannot be read"):
        space.paired(second, first)
    assert "cannot be read" in said(pick(opened("compare"), first, second))
    third = audited(space, at_threshold(0.7), TABLE)
    space.delete_rows(third)
    at = pick(opened("compare"), first, third)
    assert "The rows of the second audit are not here" in said(at) and "swap the two" in said(at)
    assert "--against RECORD does it" in said(pick(opened("compare"), second, third))
    assert "Ask both about the same people" not in labels(at)


def test_the_model_of_the_first_audit_is_asked_too(space: Workspace) -> None:
    first = finished(space, space.open_sample(SAMPLES["loans"], ME).id)
    record = space.record(first)
    assert record is not None
    second = space.duplicate(first, "Stricter").id
    space.run(second, replace(record.plan, decision=replace(record.plan.decision, threshold=0.56)))
    space.pair(finished(space, second), first)
    kept = space.paired(finished(space, second), first)
    assert kept is not None and kept.before.decided_sha256 == record.decided_sha256
    stricter = space.record(second)
    assert stricter is not None
    at = pick(opened("compare"), first, second)
    n = kept.paired.joint.n
    assert f"{n[:, :, 1, 0].sum():,} newly turned down" in said(at)
    assert (n[:, :, 1].sum(axis=2) == selected(record)).all() and (
        n[:, :, :, 1].sum(axis=2) == selected(stricter)
    ).all()


def selected(record: AuditRecord) -> Ints:
    """How many of each group and outcome a record selects, shape (groups, 3)."""
    rule = stated_rule(record.counts, record.plan).selected.astype(np.int64)
    return np.asarray(record.counts.n @ rule)


def test_the_audit_of_a_fix_leads_here_and_its_original_is_asked_about_those_held_out(space: Workspace) -> None:
    original = audited(space, PLAN, TABLE)
    record = space.record(original)
    assert record is not None
    fixed = replace(at_threshold(0.6), data=replace(PLAN.data, held_out=0.5), name="Fixed")
    fix = finished(space, space.audit_fix(original, fixed, None, record.digest).id)
    at = press(opened("audit", fix), "Compare with the original")
    chosen = [widget(at, "selectbox", name).value for name in ("first", "second")]
    assert chosen == [original, fix] and "Other rows are left out." in said(at)
    press(at, "Ask both about the same people")
    finished(space, fix)
    kept, after = space.paired(fix, original), space.record(fix)
    assert kept is not None and after is not None
    assert (
        kept.paired.joint.n.sum() == after.counts.people < len(ROWS)
        and kept.before.counts.people == after.counts.people
    )
    at = pick(opened("compare"), original, fix)
    assert "asked again about the people of the second" in said(at) and "Other rows are left out." not in said(at)


def test_both_must_have_come_to_a_result(space: Workspace) -> None:
    with pytest.raises(DataError, match="must have come to a result"):
        space.pair(audited(space, PLAN, TABLE), space.new().id)
