"""`plumbline monitor` where the first table's comparison group is gone, and where its folder holds another's file."""

import json
from pathlib import Path

import pytest

from tests.worlds.monitored import CALM, PLAN, monitored, put, rows, series, with_months

pytestmark = pytest.mark.jobs


def test_a_month_without_the_first_tables_comparison_group_is_named_with_the_group_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_months(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN.replace('reference = {{sex = "M"}}', "").format(more=""))
    put(tmp_path, "loans-2026-01.csv", [*rows(CALM[0], 1), ("M", "yes", "2026-01-01")])
    put(tmp_path, "loans-2026-03.csv", [("X" if sex == "M" else sex, *rest) for sex, *rest in rows(CALM[2], 3)])
    assert monitored(tmp_path) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith('plumbline: loans-2026-03.csv: The reference "M" does not occur in sex.')
    assert "the one that loans-2026-01.csv, the first table, has" in said
    assert "leave loans-2026-03.csv out of --data" in said and "plan" not in said.lower()
    assert len(series(tmp_path)["audits"]) == 3 and series(tmp_path)["failed"] == ["loans-2026-03.csv"]


@pytest.mark.parametrize("text", ["my notes", "[1]", '{"series": 1}', '{"plumbline": 1}'])
def test_a_series_json_of_somebody_else_stays_and_nothing_is_audited(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_months(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "series.json").write_text(text)
    assert monitored(tmp_path) == 2
    said = capsys.readouterr()
    assert f"{tmp_path / 'out' / 'series.json'} was not written by plumbline monitor" in said.err
    assert "Move it elsewhere, or give another folder with --out." in said.err and said.out == ""
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["series.json"]
    assert (tmp_path / "out" / "series.json").read_text() == text


@pytest.mark.parametrize("text", ["my notes", "[1]", '{"2026": ["January"]}'])
def test_a_months_json_of_somebody_else_stays_and_nothing_is_audited(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_months(tmp_path)
    (tmp_path / "plan.toml").write_text(PLAN.format(more='[monitor]\ndate = "day"'))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "months.json").write_text(text)
    assert monitored(tmp_path) == 2
    said = capsys.readouterr()
    assert f"{tmp_path / 'out' / 'months.json'} was not written by plumbline monitor" in said.err and said.out == ""
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["months.json"]
    assert (tmp_path / "out" / "months.json").read_text() == text


def test_a_series_json_of_another_question_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_months(tmp_path)
    (tmp_path / "out").mkdir()
    other = json.dumps({"plumbline": 1, "question_sha256": "0" * 64})
    (tmp_path / "out" / "series.json").write_text(other)
    assert monitored(tmp_path, str(tmp_path / "loans-2026-01.csv")) == 2
    assert "series.json is about another question than this plan asks" in capsys.readouterr().err
    assert (tmp_path / "out" / "series.json").read_text() == other
