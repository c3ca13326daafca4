"""`plumbline explain`: what it finds, what it writes, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cli import main
from tests.worlds.explained_people import NETWORK, PEOPLE, PLAN, N
from tests.worlds.models.hobby_network import network

pytestmark = pytest.mark.jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.pt2").write_bytes(network(0.5, 3.0))
    PEOPLE.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN.format(decision=NETWORK))
    return tmp_path


def explained(folder: Path, *options: str) -> dict[str, Any]:
    assert main(["explain", str(folder / "plan.toml"), "--out", str(folder / "out"), *options]) == 0
    return dict(json.loads((folder / "out" / "attribution.json").read_text()))


def rows_of(found: dict[str, Any], selected: bool | None, **group: str) -> dict[str, Any]:
    (row,) = (g for g in found["groups"] if g["group"] == group and g["selected"] is selected)
    return dict(row)


def test_a_model_is_followed_whatever_its_file_is_called(folder: Path) -> None:
    (folder / "net.pt2").rename(folder / "net.model")
    (folder / "plan.toml").write_text(PLAN.format(decision=NETWORK.replace("net.pt2", "net.model")))
    assert explained(folder)["method"] == "integrated_gradients"


@pytest.mark.parametrize("method", [None, "shapley_sampling"])
def test_a_planted_proxy_is_what_most_rests_on_and_is_marked(folder: Path, method: str | None) -> None:
    found = explained(folder, *([] if method is None else ["--method", method]))
    assert found["method"] == (method or "integrated_gradients")
    for gender, sign in (("Woman", -1), ("Man", 1)):
        row = rows_of(found, None, gender=gender)
        assert max(zip(row["share"], found["features"], strict=True))[1] == "hobby"
        assert row["low"][1] <= row["mean"][1] <= row["high"][1] and sign * row["mean"][1] > 0.2
        assert row["n"] == int((PEOPLE["gender"] == gender).sum())
    along = dict(zip(found["features"], found["goes_along_with"]["gender"], strict=True))
    assert along["hobby"] > 0.7 and along["merit"] < 0.2 and along["noise"] < 0.2


def test_a_model_that_only_answers_is_explained_by_whole_columns(folder: Path) -> None:
    import skops.io
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    draw = np.random.default_rng(4)
    club = np.where(PEOPLE["hobby"] == 1, draw.choice(["chess", "darts"], N), draw.choice(["bridge", "go"], N))
    table = PEOPLE.assign(club=club)
    table.to_csv(folder / "people.csv", index=False)
    columns = make_column_transformer((OneHotEncoder(), ["club"]), remainder="passthrough")
    outcome = (table["hobby"] + 0.2 * table["merit"] > 0.5).astype(int)
    fitted = make_pipeline(columns, LogisticRegression()).fit(table[["merit", "club"]], outcome)
    skops.io.dump(fitted, folder / "model.skops")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "model.skops"'))
    found = explained(folder)
    assert found["method"] == "shapley_sampling" and sorted(found["features"]) == ["club", "merit"]
    row = rows_of(found, None, gender="Woman")
    assert row["share"][found["features"].index("club")] > 0.7


@pytest.mark.process
def test_values_of_a_group_add_up_to_its_mean_score_less_the_base(folder: Path) -> None:
    found = explained(folder)
    scores = 1 / (1 + np.exp(-(0.5 * PEOPLE["merit"] + 3 * PEOPLE["hobby"] - 1.5)))
    for gender in ("Woman", "Man"):
        row = rows_of(found, None, gender=gender)
        assert sum(row["mean"]) + found["base"] == pytest.approx(scores[PEOPLE["gender"] == gender].mean(), abs=1e-3)
        refused = rows_of(found, False, gender=gender)
        assert refused["n"] == int((scores[PEOPLE["gender"] == gender] < 0.5).sum())


@pytest.mark.parametrize("method", ["integrated_gradients", "shapley_sampling"])
def test_the_order_of_rows_changes_nothing(folder: Path, method: str) -> None:
    first = explained(folder, "--method", method)
    PEOPLE.sample(frac=1, random_state=1).to_csv(folder / "people.csv", index=False)
    again = explained(folder, "--method", method)
    for one, other in zip(first["groups"], again["groups"], strict=True):
        assert one["group"] == other["group"] and one["n"] == other["n"]
        np.testing.assert_allclose(
            np.asarray(one["mean"], dtype=float), np.asarray(other["mean"], dtype=float), atol=1e-6
        )


@pytest.mark.parametrize(
    ("decision", "method", "said"),
    [
        (NETWORK, "magic", 'no explainer named "magic"; known are integrated_gradients'),
        ('score = "merit"\nthreshold = 0', None, "a column cannot be asked why"),
        (NETWORK.replace("net", "gone"), None, "gone.pt2 is not there"),
        (NETWORK.replace("noise", "noises"), None, "In a plan file: features = [...] under [decision]"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], decision: str, method: str | None, said: str
) -> None:
    (folder / "plan.toml").write_text(PLAN.format(decision=decision))
    options = [] if method is None else ["--method", method]
    assert main(["explain", str(folder / "plan.toml"), "--out", str(folder / "out"), *options]) == 2
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1 and "Traceback" not in shown.err and said in shown.err
    assert not (folder / "out").exists()


def test_what_the_table_gives_reason_to_ask_is_said_with_the_line_that_answers_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    PEOPLE.assign(town=PEOPLE["town"].where(PEOPLE["merit"] < 1, "north")).to_csv(folder / "people.csv", index=False)
    found = explained(folder)
    (said,) = (line for line in capsys.readouterr().out.splitlines() if "may spell one group" in line)
    assert 'In a plan file: join = {town = {North = ["north"]}} under [groups].' in said
    (written,) = (line for line in found["warnings"] if "may spell one group" in line)
    assert "In a plan file" not in written, "the app shows this file's warnings, too"


@pytest.mark.process
def test_a_method_that_needs_gradients_is_refused_for_a_model_without(folder: Path) -> None:
    import skops.io
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit(PEOPLE[["merit", "hobby"]], PEOPLE["hobby"])
    skops.io.dump(fitted, folder / "model.skops")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "model.skops"'))
    assert main(["explain", str(folder / "plan.toml"), "--method", "saliency", "--out", str(folder / "out")]) == 2
