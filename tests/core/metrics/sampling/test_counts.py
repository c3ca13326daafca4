"""A column of counts is read as if every row stood in the table as often as it says."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError
from core.plan.plan import Plan
from tests.core.metrics.sampling.sampled_rows import audited, rows_of
from tests.worlds.people import plan_of

KEEP = 'keep = [{column = "g", not_in = ["c"]}]'
ROWS = [*rows_of(150, seed=1), ("x", "c", "1", "1", "1", "7"), ("x", "a ", "1", "0", "1", "3")]
SCORED = [(*row[:4], f"{i % 17}", row[5]) for i, row in enumerate(ROWS)]


@pytest.mark.parametrize(
    ("rows", "decision"),
    [(ROWS, 'prediction = "p"\nfavourable = [1]'), (SCORED, 'score = "w"\nthreshold = 7')],
    ids=["decisions", "scores"],
)
def test_counts_are_those_of_the_expanded_table(
    rows: list[tuple[str, ...]], decision: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain, counting = (plan_of(label=True, decision=decision, data=KEEP + more) for more in ("", '\ncount = "n"'))
    expanded = [row for row in rows for _ in range(int(row[5]))]
    one, judged = audited(rows, counting, tmp_path_factory.mktemp("one"))
    every, as_judged = audited(expanded, plain, tmp_path_factory.mktemp("every"))
    assert one.counts.groups == every.counts.groups and one.counts.axis == every.counts.axis
    assert (one.counts.n == every.counts.n).all() and (one.counts.sums == every.counts.sums).all()
    assert (one.read, one.dropped, one.lines) == (every.read, every.dropped, len(rows)) and one.dropped == (7,)
    assert judged == as_judged and one.near_threshold == every.near_threshold


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2.5", 'row 2 below the header, column "n": “2.5” is no number of people'),
        ("-1", "“-1” is no number of people"),
        ("", "this cell is no number of people"),
        ("9e9", "is no number of people"),
        ("many", '"many" is not a number'),
    ],
)
def test_what_is_no_number_of_people_is_refused_with_its_row(cell: str, said: str, tmp_path: Path) -> None:
    rows = [ROWS[0], (*ROWS[1][:5], cell), *ROWS[2:]]
    with pytest.raises(DataError) as refused:
        audited(rows, plan_of(data='count = "n"'), tmp_path)
    assert said in str(refused.value)


def test_the_plan_keeps_what_a_row_is_and_stays_the_question_it_was() -> None:
    plain = plan_of(label=True)
    for role in ("count", "weight", "person"):
        plan = plan_of(label=True, data=f'{role} = "z"')
        assert Plan.from_toml(plan.to_toml()) == plan and plan.question_sha256 != plain.question_sha256
    assert "weight" not in plain.to_toml()


def test_a_row_of_nobody_changes_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = plan_of(data='count = "n"')
    nobody = [*ROWS, ("q", "a", "1", "", "1", "0")]  # not even a decision
    first, second = (audited(rows, plan, tmp_path_factory.mktemp("t"))[0] for rows in (ROWS, nobody))
    assert np.array_equal(first.counts.n, second.counts.n) and second.lines == first.lines + 1
