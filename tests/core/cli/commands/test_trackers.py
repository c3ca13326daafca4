"""`--mlflow` and `--tensorboard` write the figures of result.json and series.json, and read back they are the same."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.cli.trackers.figures import RunFigures, of_audit
from core.plan.parts import ReportPlan
from core.report.documents.json import result
from tests.worlds.loan_files import put_loans
from tests.worlds.people import plan_of, selections
from tests.worlds.records import record_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put_loans(tmp_path, 160, 158, 162, 161)


def read_events(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """The numbers of the one run in a folder, by TensorBoard's own reader."""
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="the extra tensorboard is not installed"
    )
    (run,) = folder.iterdir()
    events = reader.EventAccumulator(str(run), size_guidance={"scalars": 0})
    events.Reload()
    return {tag: [(each.step, each.value) for each in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def numbers_of(document: dict[str, Any]) -> list[float]:
    """Every number of result.json that a tracker is given."""
    found = [document["rows"]["kept"], *(group["n"] for group in document["groups"])]
    holders = [*(e for group in document["groups"] for e in group["metrics"].values()), *document["gaps"]]
    return [
        n for n in (*found, *(each.get(end) for each in holders for end in ("value", "low", "high"))) if n is not None
    ]


@pytest.mark.jobs
def test_an_audit_s_figures_are_read_back_from_tensorboard(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tensorboard", reason="the extra tensorboard is not installed")
    board = folder / "board"
    options = ("--out", str(folder / "out"), "--tensorboard", str(board))
    assert main(["audit", str(folder / "plan.toml"), *options]) == 0
    found, document = read_events(board), json.loads((folder / "out" / "result.json").read_text())
    written = [value for points in found.values() for _, value in points]
    assert sorted(written) == pytest.approx(sorted(numbers_of(document)), rel=1e-6)
    (gap,) = (gap for gap in document["gaps"] if gap["measure"] == "disparate_impact")
    name = "gap/disparate_impact/sex.F"
    assert [found[f"{name}{end}"][0] for end in ("", "/low", "/high")] == [
        (0, pytest.approx(gap[key])) for key in ("value", "low", "high")
    ]
    assert found["people/sex.F"] == [(0, 400.0)] and str(board) in capsys.readouterr().out


@pytest.mark.jobs
def test_a_series_is_one_run_with_a_step_for_each_audit_however_often_it_is_written(folder: Path) -> None:
    pytest.importorskip("tensorboard", reason="the extra tensorboard is not installed")
    board, out = folder / "board", folder / "out"
    for last in (3, 4, 4):
        data = str(folder / f"loans-2026-0[1-{last}].csv")
        command = ["monitor", str(folder / "plan.toml"), "--data", data, "--out", str(out)]
        assert main([*command, "--tensorboard", str(board)]) == 0
    found, document = read_events(board), json.loads((out / "series.json").read_text())
    (gap,) = document["gaps"]
    name = f"gap/{gap['measure']}/sex.F"
    assert found[name] == [(i, pytest.approx(point["value"])) for i, point in enumerate(gap["points"], start=1)]
    assert found[f"{name}/band_low"] == [(4, pytest.approx(gap["points"][3]["band"][0]))]
    assert found["people"] == [(step, 800.0) for step in (1, 2, 3, 4)]


@pytest.mark.jobs
def test_a_table_that_cannot_be_audited_keeps_no_figure_of_the_others_back(folder: Path) -> None:
    pytest.importorskip("tensorboard", reason="the extra tensorboard is not installed")
    (folder / "loans-2026-05.csv").write_text("sex,other\nF,1\n")
    command = ["monitor", str(folder / "plan.toml"), "--data", str(folder / "loans-*.csv")]
    assert main([*command, "--out", str(folder / "out"), "--tensorboard", str(folder / "board")]) == 2
    assert [step for step, _ in read_events(folder / "board")["people"]] == [1, 2, 3, 4]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
        yield f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'runs.db'}"


def read_runs(uri: str) -> list[Any]:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("plumbline")
    return [] if experiment is None else list(client.search_runs([experiment.experiment_id]))


@pytest.mark.jobs
@pytest.mark.filterwarnings("ignore")  # MLflow's own, of its database
def test_an_audit_s_figures_are_read_back_from_mlflow(folder: Path, database: str) -> None:
    options = ("--out", str(folder / "out"), "--mlflow", database)
    assert main(["audit", str(folder / "plan.toml"), *options]) == 0
    document = json.loads((folder / "out" / "result.json").read_text())
    (run,) = read_runs(database)
    assert sorted(run.data.metrics.values()) == pytest.approx(sorted(numbers_of(document)))
    assert run.info.run_name == "Loans" and run.info.status == "FINISHED"


def history(uri: str, run: Any, name: str) -> list[tuple[int, float]]:
    """Every number that was ever written under a name, in order of its steps."""
    from mlflow import MlflowClient

    found = MlflowClient(tracking_uri=uri).get_metric_history(run.info.run_id, name)
    return sorted((each.step, each.value) for each in found)


@pytest.mark.jobs
@pytest.mark.filterwarnings("ignore")
def test_a_series_has_each_step_once_in_mlflow_though_a_month_comes_later_or_in_between(
    folder: Path, database: str
) -> None:
    def written(months: str) -> str:
        command = ["monitor", str(folder / "plan.toml"), "--data", str(folder / f"loans-{months}.csv")]
        assert main([*command, "--out", str(folder / "out"), "--mlflow", database]) == 0
        document = json.loads((folder / "out" / "series.json").read_text())
        key = f"series {document['question_sha256']}"
        (run,) = (run for run in read_runs(database) if run.data.tags["plumbline.key"] == key)
        (gap,) = document["gaps"]
        values = [(step, pytest.approx(point["value"])) for step, point in enumerate(gap["points"], start=1)]
        assert history(database, run, f"gap/{gap['measure']}/sex.F") == values
        assert history(database, run, "people") == [
            (step, each["people"]) for step, each in enumerate(document["audits"], 1)
        ]
        return str(run.info.run_id)

    first = written("2026-0[1-2]")
    assert [written("2026-0[1-4]") for _ in range(2)] == [first, first]
    (folder / "loans-2025-12.csv").write_bytes((folder / "loans-2026-01.csv").read_bytes() + b"F,yes\n")
    assert written("20*") != first, "what stood at step 1 is another number now"


@pytest.mark.filterwarnings("ignore")
def test_the_same_audit_is_one_run_and_hostile_names_stay_apart(database: str) -> None:
    from core.cli.trackers.mlflow import write_run

    names = ["../..", "/etc", "a b", "a_b", "a/b", "a:b", "女性", "x" * 300, "x" * 299, "<script>", "", ".", "Ж\n"]
    record = record_of(plan_of(), selections({name: (30 + i, 100) for i, name in enumerate(names)}))
    figures = of_audit(record)
    assert len({each.name for each in figures.numbers}) == len(figures.numbers)
    runs = {write_run(database, figures) for _ in range(2)}
    assert len(runs) == 1
    (run,) = (run for run in read_runs(database) if run.info.run_id in runs)
    assert run.data.metrics == pytest.approx({each.name: each.value for each in figures.numbers})


def test_what_is_hidden_in_the_results_is_in_no_figure() -> None:
    hidden = replace(plan_of(), report=ReportPlan(hide_small=True))
    record = record_of(hidden, selections({"a": (40, 100), "b": (50, 120), "c": (2, 60), "d": (30, 80)}))
    figures, document = of_audit(record), result(record)
    assert sorted(each.value for each in figures.numbers) == pytest.approx(sorted(numbers_of(document)))
    shown = {each.name for each in of_audit(record_of(plan_of(), record.counts)).numbers}
    assert {each.name for each in figures.numbers} < shown and "rate/selection_rate/g.c" in shown
    assert "rate/selection_rate/g.c" not in {each.name for each in figures.numbers}
    assert record.digest not in figures.key


@pytest.mark.parametrize("option", ["mlflow", "tensorboard"])
def test_an_extra_that_is_not_installed_is_named_before_anything_is_computed(
    option: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.cli.trackers.find_spec", lambda _: None)
    for command in (["audit"], ["monitor", "--data", str(folder / "*.csv")]):
        given = [command[0], str(folder / "plan.toml"), *command[1:], "--out", str(folder / "out"), f"--{option}", "x"]
        assert main(given) == 2
        extra = f'pip install --editable ".[{option}]", in the clone.'
        assert capsys.readouterr().err == f"plumbline: --{option} needs an extra: {extra}\n"
    assert not (folder / "out").exists()


@pytest.mark.filterwarnings("ignore")
def test_an_mlflow_that_is_not_there_is_said_without_its_address(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    from core.cli.trackers.mlflow import write_run
    from core.errors import PlumblineError

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert main(["audit", str(folder / "plan.toml"), "--mlflow"]) == 2
    assert "--mlflow does not know where. Give an address, or set MLFLOW_TRACKING_URI." in capsys.readouterr().err
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    for uri in ("http://me:s3cret@127.0.0.1:1", "nonsense://s3cret", "sqlite:////proc/s3cret/x.db"):
        with pytest.raises(PlumblineError) as refusal:
            write_run(uri, RunFigures("k", "n", ()))
        assert "could not be written to" in str(refusal.value) and "s3cret" not in str(refusal.value)
