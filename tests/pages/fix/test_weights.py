"""Weights that nothing here can be trained with, on the Fix page and by the command: they are there all the same."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli import main
from core.plan.parts import MitigationPlan
from core.store.workspace import Workspace
from tests.pages.whole_app import audited, finished, opened, said, tables
from tests.worlds.people import csv_text, plan_of

pytestmark = pytest.mark.jobs

# Nothing but group, outcome and score: (people with the other outcome, with the good one).
PEOPLE = {"a": (40, 80), "b": (100, 60)}
ROWS = [
    (group, str(good), f"{(i + good / 3) / sizes[good]:.4f}")
    for group, sizes in PEOPLE.items()
    for good in (0, 1)
    for i in range(sizes[good])
]
PLAN = replace(
    plan_of(decision='score = "s"\nthreshold = 0.5', label=True),
    mitigate=MitigationPlan(goal="demographic_parity", by=("g",), holdout=0.5),
)
NO_COLUMN = "no column that a stand-in could learn from"


def command(folder: Path, rows: list[tuple[str, ...]]) -> int:
    (folder / "t.csv").write_text(csv_text(("g", "y", "s"), rows))
    (folder / "plan.toml").write_text(PLAN.to_toml())
    return main(["mitigate", str(folder / "plan.toml"), "--with", "reweighing", "--out", str(folder / "out")])


def test_the_command_writes_the_weights_and_says_that_nothing_was_trained_with_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, ROWS) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["weights.csv"]
    printed = capsys.readouterr().out
    assert "Nothing could be trained with these weights here" in printed and NO_COLUMN in printed
    weights = list(csv.DictReader(io.StringIO((tmp_path / "out" / "weights.csv").read_text())))
    n = {(row["g"], row["outcome"]): int(row["people"]) for row in weights}
    everybody = sum(n.values())
    for row in weights:  # Kamiran and Calders 2012: as many as there would be, were group and outcome unrelated
        of_group = sum(size for (group, _), size in n.items() if group == row["g"])
        of_outcome = sum(size for (_, outcome), size in n.items() if outcome == row["outcome"])
        own = n[row["g"], row["outcome"]]
        assert float(row["weight"]) == pytest.approx(of_group * of_outcome / everybody / own, abs=1e-12)
    assert 0 < everybody < len(ROWS) / 2  # those it would be fitted on


def test_where_a_group_has_nobody_of_one_outcome_there_are_no_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, [row for row in ROWS if row[:2] != ("b", "1")]) == 2
    assert "there is nobody with the good outcome in b" in capsys.readouterr().err
    assert not (tmp_path / "out" / "weights.csv").exists()


def test_the_page_gives_the_weights_under_what_could_not_be_tried(space: Workspace) -> None:
    audit_id = audited(space, replace(PLAN, mitigate=MitigationPlan()), csv_text(("g", "y", "s"), ROWS))
    space.mitigate(audit_id, PLAN, ("reweighing", "thresholds"), "no")
    finished(space, audit_id)
    at = opened("fix", audit_id)
    assert NO_COLUMN in said(at) and "The weights themselves are there" in said(at)
    assert "The weights (CSV)" in [button.proto.label for button in at.get("download_button")]
    (shown,) = (table for table in tables(at) if "Good outcome" in table)
    assert sorted(shown["Group"]) == ["a", "b"]
