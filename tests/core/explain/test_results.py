"""An explanation is computed, written and read: one type, and nothing of it is lost on the way."""

from pathlib import Path

import pytest

from core.explain.compared_models import SecondQuestion
from core.explain.results import read, write
from core.explain.run import explain
from core.plan.plan import Plan
from core.record import Digests
from tests.core.explain.compared_explanations import differing
from tests.worlds.explained_people import NETWORK, PEOPLE, PLAN, N
from tests.worlds.models.hobby_network import network
from tests.worlds.people import dataset_of, quiet

FAIRER = NETWORK.replace("net.pt2", "fairer.pt2")


@pytest.mark.parametrize("two", [False, True])
def test_what_is_computed_is_what_is_read_from_its_files(tmp_path: Path, two: bool) -> None:
    plan, after = (Plan.from_toml(PLAN.format(decision=decision)) for decision in (NETWORK, FAIRER))
    dataset = dataset_of(PEOPLE.to_csv(index=False), tmp_path)
    for name, hobby in (("net.pt2", 3.0), ("fairer.pt2", 0.3)):
        (tmp_path / name).write_bytes(network(0.5, hobby))
    second = SecondQuestion(after, tmp_path / "fairer.pt2") if two else None
    found = explain(plan, dataset, tmp_path / "net.pt2", quiet, second=second, rows=200)  # type: ignore[arg-type]
    assert bool(found.changed) is two and (found.after is not None) is two
    (tmp_path / "job" / "out").mkdir(parents=True)
    write(found, tmp_path / "job" / "out")
    digests = Digests(found.data_sha256, found.model_sha256)
    again = read(tmp_path / "job" / "out", plan, after if two else None, N, digests)
    assert differing(found, again) == []
