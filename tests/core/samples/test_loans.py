"""The shipped sample is what it says: invented, small, consistent with its own model, and it tells its story."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.plan.plan import Plan
from core.samples import SAMPLES, Sample

pytestmark = pytest.mark.jobs

loans = SAMPLES["loans"]


def people() -> list[dict[str, str]]:
    with loans.table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def selected(person: dict[str, str]) -> bool:
    return float(person["score"]) >= 0.5


def rate(group: list[bool]) -> float:
    return sum(group) / len(group)


def row_of(person: dict[str, str], columns: list[dict[str, Any]]) -> list[float]:
    """One person's matrix row, the recipe read literally."""
    row = []
    for column in columns:
        cell = person[column["name"]]
        if column["kind"] == "number":
            row.append(((float(cell) if cell else column["fill"]) - column["mean"]) / column["scale"])
        else:
            row += [float(cell == category) for category in column["categories"]]
    return row


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_its_files_ship_and_are_small(sample: Sample) -> None:
    assert sum(path.stat().st_size for path in (sample.table, sample.model, sample.plan)) < 300_000
    assert sample.images is None or sample.images.stat().st_size < 1_500_000
    assert "invented" in sample.title


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_its_plan_names_its_own_files_and_columns(sample: Sample) -> None:
    plan = Plan.from_toml(sample.plan.read_text(encoding="utf-8"))
    with sample.table.open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    assert (plan.data.file, plan.decision.model) == (sample.table.name, sample.model.name)
    assert {plan.data.label, *plan.groups.sensitive} <= set(header)
    assert plan.data.refused_known is True, "invented outcomes are known for everybody"


def test_scores_in_the_table_are_the_models() -> None:
    import torch

    extra = {"plumbline.json": ""}
    program = torch.export.load(loans.model, extra_files=extra)
    columns = json.loads(extra["plumbline.json"])["columns"]
    x = np.array([row_of(person, columns) for person in people()], dtype=np.float32)
    scores = program.module()(torch.from_numpy(x)).detach().numpy()[:, 0]
    written = np.array([float(person["score"]) for person in people()])
    assert np.abs(scores - written).max() < 2e-6
    assert ((scores >= 0.5) == (written >= 0.5)).all()


def test_the_model_sees_neither_groups_nor_the_outcome() -> None:
    import torch

    extra = {"plumbline.json": ""}
    torch.export.load(loans.model, extra_files=extra)
    seen = {column["name"] for column in json.loads(extra["plumbline.json"])["columns"]}
    assert not seen & {"gender", "age", "region", "repaid", "score", "applicant_id"}


def test_women_repay_like_men_but_are_selected_less() -> None:
    by_gender = {
        gender: [person for person in people() if person["gender"] == gender] for gender in ("Woman", "Man", "")
    }
    repaid = {g: rate([p["repaid"] == "yes" for p in group if p["repaid"]]) for g, group in by_gender.items()}
    granted = {g: rate([selected(p) for p in group]) for g, group in by_gender.items()}
    assert abs(repaid["Woman"] - repaid["Man"]) < 0.03
    assert granted["Woman"] / granted["Man"] < 0.75
    assert 30 < len(by_gender[""]) < 100


def test_one_region_is_too_small_to_tell_and_the_others_are_alike() -> None:
    by_region: dict[str, list[bool]] = {}
    for person in people():
        by_region.setdefault(person["region"], []).append(selected(person))
    small = by_region.pop("Islands")
    rates = [rate(group) for group in by_region.values()]
    assert 10 <= len(small) <= 40
    assert min(rates) / max(rates) > 0.9


def test_the_generator_makes_the_same_people_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.samples import make_loans

    monkeypatch.setattr(make_loans, "HERE", tmp_path)
    make_loans.main()
    made, shipped = ((folder / "loans.csv").read_text().splitlines() for folder in (tmp_path, loans.table.parent))
    assert [line.rsplit(",", 1)[0] for line in made] == [line.rsplit(",", 1)[0] for line in shipped]
