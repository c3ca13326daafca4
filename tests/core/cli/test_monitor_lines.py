"""What `plumbline monitor` says of tables that are copies, out of date, lacking or broken."""

from pathlib import Path

import pytest

from tests.worlds.monitored import CALM, PLAN, monitored, put, rows, series, with_months

pytestmark = pytest.mark.jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_months(tmp_path)


def test_a_copy_in_the_first_run_is_no_audit_of_before(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loans-2026-02.csv").write_bytes((folder / "loans-2026-01.csv").read_bytes())
    assert monitored(folder) == 0
    out = capsys.readouterr().out
    assert "loans-2026-02.csv: the same as loans-2026-01.csv, audited once, 800 people.\n" in out
    assert "audited before" not in out and len(series(folder)["audits"]) == 3


def test_tables_that_failed_are_named_at_the_end_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loans-2026-03.csv").write_text("")
    assert monitored(folder) == 2
    assert capsys.readouterr().out.splitlines()[-1] == "Not audited: loans-2026-03.csv."


def test_a_last_audit_that_tells_nothing_says_so_in_the_last_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert monitored(folder) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Wrote ")
    put(folder, "loans-2026-05.csv", [("M", "yes", "2026-05-01")] * 40)
    assert monitored(folder) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "The last audit does not tell whether anything has changed."


def test_where_nothing_can_be_watched_the_last_line_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plan.toml").write_text(PLAN.replace('reference = {{sex = "M"}}', "").format(more=""))
    for month in (1, 2, 3):
        put(folder, f"loans-2026-{month:02}.csv", [row for row in rows(160, month) if row[0] == "F"])
    assert monitored(folder) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Nothing can be watched: the first audit has no two")


def test_a_month_without_any_outcome_yet_is_told_as_that(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = PLAN.format(more="").replace("[decision]", 'label = "day"\nfavourable = "good"\n[decision]')
    (folder / "plan.toml").write_text(plan)
    put(folder, "loans-2026-01.csv", [(*row[:2], "good") for row in rows(160, 1)])
    put(folder, "loans-2026-02.csv", [(*row[:2], "") for row in rows(160, 2)])
    assert monitored(folder, str(folder / "loans-2026-0[12].csv")) == 2
    said = 'Every cell of column "day" is empty. Audit this table once it is filled in.'
    assert said in capsys.readouterr().err


def test_rows_in_no_month_are_counted_aloud(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep = 'keep = [{column = "sex", not_in = ["X"]}]\n[decision]'
    plan = PLAN.format(more='[monitor]\ndate = "day"').replace("[decision]", keep)
    (folder / "plan.toml").write_text(plan)
    dated = [row for month in (1, 2) for row in rows(160, month)]
    put(
        folder,
        "all.csv",
        [*dated, *[("F", "yes", "")] * 6, ("F", "no", "2026-02-30"), *[("X", "yes", "2026-01-01")] * 9],
    )
    assert monitored(folder, str(folder / "all.csv")) == 0
    assert "all.csv: audited, 2 months, 1,600 people. 7 of its 1,616 rows are in no month.\n" in capsys.readouterr().out


def test_a_table_that_holds_again_what_it_held_counts_as_it_is_now(folder: Path) -> None:
    assert monitored(folder) == 0
    first = series(folder)
    put(folder, "loans-2026-04.csv", rows(40, 4))
    assert monitored(folder) == 1
    put(folder, "loans-2026-04.csv", rows(CALM[3], 4))
    assert monitored(folder) == 0
    assert series(folder) == first


def test_an_audit_in_the_folder_of_another_table_is_refused_and_hidden_files_are_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert monitored(folder) == 0
    one, two = sorted((folder / "out" / "audits").iterdir())[:2]
    (folder / "out" / "audits" / ".DS_Store").write_text("of a desktop")
    assert monitored(folder) == 0
    (two / "record.json").write_bytes((one / "record.json").read_bytes())
    capsys.readouterr()
    assert monitored(folder) == 2
    assert f"{two} holds the audit of another table. Remove it" in capsys.readouterr().err
