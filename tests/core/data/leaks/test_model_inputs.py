"""Whether a model's own inputs know the answer, asked of real tables: COMPAS has columns that do, Adult has none."""

from pathlib import Path

import pandas as pd
import pytest

from core.data.dataset import Dataset
from core.data.leaks.model_inputs import columns_that_know
from core.data.profile import TABLE
from core.data.profiling import take_profile
from core.plan.plan import Plan
from tests.worlds.people import quiet

PUBLIC = Path(__file__).resolve().parents[5] / "shared"
if not PUBLIC.is_dir():
    PUBLIC = Path(__file__).resolve().parents[3].parent / "shared"


def opened(folder: Path, path: Path, label: str, good: str, sensitive: str) -> tuple[Dataset, Plan]:
    plan = Plan.from_toml(
        f'plumbline = 1\n[data]\nfile = "t.csv"\nlabel = "{label}"\nfavourable = "{good}"\n'
        f'[decision]\nmodel = "m.onnx"\n[groups]\nsensitive = ["{sensitive}"]\n'
    )
    profile = take_profile(path, "t.csv", folder, quiet)
    return Dataset(folder / TABLE, profile, plan.data.missing), plan


def test_a_column_that_was_filled_in_later_is_named(tmp_path: Path) -> None:
    rows = [(i % 2, (i // 2) % 7, i % 2 if i % 50 else 1 - i % 2) for i in range(600)]
    pd.DataFrame(rows, columns=["y", "x", "closed"]).to_csv(tmp_path / "t.csv", index=False)
    dataset, plan = opened(tmp_path, tmp_path / "t.csv", "y", "1", "x")
    (note,) = columns_that_know(dataset, ("x", "closed", "y"), plan)
    assert (note.key, note.facts["how"]) == ("leak:closed", "tells")


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public tables are not here")
@pytest.mark.parametrize(
    ("file", "label", "good", "sensitive", "known"),
    [
        (
            "data/compas-scores-two-years.csv", "two_year_recid", "0", "sex",
            {"is_recid", "r_charge_degree", "r_case_number", "r_offense_date", "r_jail_in", "vr_charge_degree"},
        ),
        ("models/adult/adult_test.csv", "income", ">50K", "sex", set()),
        ("data/german_codes_with_header.csv", "Class", "1", "Sex", set()),
    ],
)  # fmt: skip
def test_public_tables(tmp_path: Path, file: str, label: str, good: str, sensitive: str, known: set[str]) -> None:
    dataset, plan = opened(tmp_path, PUBLIC / file, label, good, sensitive)
    found = {note.facts["column"] for note in columns_that_know(dataset, dataset.profile.names, plan)}
    assert known <= found and (known or not found)
    honest = {"age", "priors_count", "decile_score", "score_text", "juv_fel_count", "c_charge_degree"}
    assert not found & honest
