"""Prices on the gap that are tried side by side, in processes of their own: what is found is what one would find."""

import json
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import Plan, find_fixes
from core.cli import main
from core.errors import DataError, JobError, ModelError, PlanError
from core.jobs.machine import DEVICE
from core.mitigate import api
from core.mitigate.candidate import Mitigated
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.search_input import Share
from core.mitigate.side_by_side import joined
from core.models.export import save_pt2
from tests.worlds.jobs.forked import short_trainings
from tests.worlds.jobs.supervised import jobs_in, until
from tests.worlds.mitigated_people import PLAN, people

pytestmark = pytest.mark.jobs
PRICES = MITIGATIONS["fairness_loss"].prices
ROUNDS = 3


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan about a network that can go on learning."""
    folder = tmp_path_factory.mktemp("side_by_side")
    people(400).to_csv(folder / "people.csv", index=False)
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1), torch.nn.Sigmoid())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns about its own parts while it exports
        save_pt2(net, 2, folder / "net.pt2")
    (folder / "plan.toml").write_text(PLAN.format(decision='model = "net.pt2"\nfeatures = ["x1", "x2"]'))
    return folder / "plan.toml"


def without_times(document: Any) -> Any:
    """A result without what differs from run to run, and without the digests of all of it."""
    if isinstance(document, dict):
        passing = (
            {"seconds", "created", "parent", "before", "after"}
            if "created" in document or "gaps" in document
            else {"seconds"}
        )
        return {key: without_times(value) for key, value in document.items() if key not in passing}
    return document


def written(plan: Path, out: Path, *options: str) -> dict[str, Any]:
    """What the command leaves: every file by its path."""
    with short_trainings(ROUNDS):
        assert main(["mitigate", str(plan), "--with", "fairness_loss", *options, "--out", str(out)]) == 0
    files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    texts = {
        name: without_times(json.loads(path.read_text())) for name, path in files.items() if path.suffix == ".json"
    }
    return {name: path.read_bytes() for name, path in files.items() if path.suffix == ".pt2"} | texts


def test_the_files_of_three_processes_are_those_of_one(plan: Path, tmp_path: Path) -> None:
    one, three = written(plan, tmp_path / "one"), written(plan, tmp_path / "three", "--devices", "cpu,cpu,cpu")
    assert {"model.pt2", "comparison.json", "before/result.json", "after/record.json"} <= set(one)
    assert one == three
    assert len(one["comparison.json"]["choose"]) == len(PRICES)


@pytest.fixture(scope="module")
def told() -> set[str]:
    """What the processes of `found` are said to have worked on."""
    return set()


@pytest.fixture(scope="module")
def found(plan: Path, told: set[str]) -> dict[int, Mitigated]:
    """What one process and two find by three ways."""
    ways = ["reweighing", "fairness_loss", "thresholds"]

    def search(workers: int) -> Mitigated:
        tell = (lambda *step: told.add(step[2].split(":")[0])) if workers > 1 else None
        return find_fixes(Plan.load(plan), ways=ways, isolated=True, workers=workers, progress=tell).found

    with short_trainings(ROUNDS):
        return {workers: search(workers) for workers in (1, 2)}


def test_other_ways_are_tried_once_and_stand_in_their_order(found: dict[int, Mitigated]) -> None:
    one, two = found.values()
    assert [each.id for each in two.proposals] == [each.id for each in one.proposals]
    assert [each.strength for each in two.proposals if each.strength is not None] == list(PRICES)
    for mine, other in zip(one.proposals, two.proposals, strict=True):
        assert (mine.facts, mine.baseline, mine.rests_on) == (other.facts, other.baseline, other.rests_on)
        assert mine.model_bytes() == other.model_bytes()
        assert all((mine.retrained[part].n == other.retrained[part].n).all() for part in mine.retrained)


@pytest.mark.usefixtures("found")
def test_how_far_each_process_is_is_told(told: set[str]) -> None:
    """One training may be over between two looks at its process; all of them are not."""
    assert told & {f"fairness_loss_{price:g}" for price in PRICES}


def test_a_way_that_one_process_cannot_try_is_refused_and_the_others_stay(found: dict[int, Mitigated]) -> None:
    whole = found[1]
    failed = replace(whole, proposals=whole.proposals[:1], refused={"fairness_loss": ModelError("It broke.")})
    made = joined([whole, failed])
    assert made is not None
    assert str(made.refused["fairness_loss"]) == "It broke."
    assert [each.id for each in made.proposals] == ["retrained", "reweighing"]
    alone = replace(whole, proposals=tuple(each for each in whole.proposals if each.mechanism != "reweighing"))
    made = joined([alone, failed])
    assert made is not None and made.proposals == ()


def test_processes_that_disagree_on_what_both_did_are_not_joined(found: dict[int, Mitigated]) -> None:
    whole = found[1]
    counts = whole.present.counts["fit"]
    other = replace(whole.present, counts={**whole.present.counts, "fit": replace(counts, n=np.flip(counts.n, -1))})
    assert joined([whole, replace(whole, present=other)]) is None
    trained = replace(whole.proposals[0], decided=other)
    assert joined([whole, replace(whole, proposals=(trained, *whole.proposals[1:]))]) is None


def test_processes_that_read_other_tables_or_scores_are_not_joined(found: dict[int, Mitigated]) -> None:
    whole = found[1]
    second = replace(whole, proposals=whole.proposals[:1])
    assert joined([whole, second]) is not None
    (table,) = whole.tables
    renamed = replace(table.groups, values=tuple(values[::-1] for values in table.groups.values))
    for other in (replace(table, groups=renamed), replace(table, dropped=(*table.dropped, 1))):
        assert joined([whole, replace(second, tables=(other,))]) is None
    counts = whole.present.counts["fit"]
    moved = replace(counts, axis=replace(counts.axis, lower_is_better=True))
    present = replace(whole.present, counts={**whole.present.counts, "fit": moved})
    assert joined([whole, replace(second, present=present)]) is None


def test_processes_that_propose_a_thing_twice_or_too_many_are_refused(found: dict[int, Mitigated]) -> None:
    whole = found[1]
    priced = [each for each in whole.proposals if each.strength is not None]
    first = replace(whole, proposals=tuple(each for each in whole.proposals if each is not priced[-1]))
    assert joined([first, replace(whole, proposals=(priced[-1],))]) is not None
    many = tuple(replace(priced[-1], id=f"fairness_loss_{number}") for number in range(60))
    for proposals in ((priced[0],), many):
        with pytest.raises(JobError, match="it proposes a thing twice, or too many things"):
            joined([first, replace(whole, proposals=proposals)])


def test_where_they_disagree_one_process_tries_all_and_a_gpu_that_fails_is_said(
    plan: Path, found: dict[int, Mitigated], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "joined", lambda _: None)
    with short_trainings(ROUNDS):
        again = find_fixes(Plan.load(plan), ways=["fairness_loss"], devices=["cuda:98", "cuda:99"]).found
    assert [each.strength for each in again.proposals] == [None, *PRICES]
    facts = {each.id: each.facts for each in found[1].proposals}
    assert all(each.facts == facts[each.id] for each in again.proposals)
    assert "because the GPU (cuda:98) failed" in str(again.present.warnings)


def test_a_large_model_which_takes_all_cores_is_trained_by_one_process_unless_each_has_a_gpu() -> None:
    assert [Share(place, 2).prices(PRICES, is_small=False) for place in range(2)] == [PRICES, ()]
    on_gpus = [Share(place, 2, of_large=True).prices(PRICES, is_small=False) for place in range(2)]
    assert on_gpus == [PRICES[::2], PRICES[1::2]]


def test_what_all_processes_refuse_is_said_once_in_its_own_words(plan: Path) -> None:
    with pytest.raises(DataError, match="fewer than 30 say nothing"):
        find_fixes(Plan.load(plan), people(20).to_dict("list"), ways=["fairness_loss"], workers=3)


def kill_one(home: Path) -> None:
    os.kill(next(iter(jobs_in(home))), signal.SIGKILL)


def interrupt(_: Path) -> None:
    raise KeyboardInterrupt


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("end", "error", "words"),
    [(kill_one, JobError, "The run was ended by the system"), (interrupt, KeyboardInterrupt, None)],
)
def test_whether_one_process_is_killed_or_all_are_cancelled_none_is_left(
    plan: Path,
    tmp_path: Path,
    end: Callable[[Path], None],
    error: type[BaseException],
    words: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended: list[bool] = []

    def at_the_first_step(*_: object) -> None:
        if not ended:
            until(lambda: len(jobs_in(tmp_path)) == 2)
            ended.append(True)
            end(tmp_path)

    with pytest.raises(error, match=words):
        find_fixes(Plan.load(plan), ways=["fairness_loss"], workers=2, progress=at_the_first_step)
    assert ended and jobs_in(tmp_path) == {} and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workers", "0"], "is no number of processes"),
        (["--devices", "cpu,cuda:0"], "names the CPU beside a GPU"),
        (["--devices", "cuda:0,cuda:0"], "names cuda:0 2 times"),
        (["--devices", "cuda:0,cuda:1", "--workers", "2"], "not allowed with argument --workers"),
        (["--devices", "cuda:0,cuda:1", "--device", "cuda:0"], "not allowed with argument --device."),
        (["--workers", "2", "--with", "thresholds"], "--workers trains with several prices side by side"),
    ],
)
def test_what_makes_no_sense_is_refused(
    plan: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cpu")  # what --device sets is taken back with it
    try:
        code: object = main(["mitigate", str(plan), "--with", "fairness_loss", *options])
    except SystemExit as ended:
        code = ended.code
    assert code == 2 and words in capsys.readouterr().err


def test_python_refuses_what_makes_no_sense_too(plan: Path) -> None:
    for workers in (0, 513, True, 2.5, "2"):
        with pytest.raises(PlanError, match=f"workers is {workers!r}. Give how many processes train side by side"):
            find_fixes(Plan.load(plan), ways=["fairness_loss"], workers=workers)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match="goes without workers"):
        find_fixes(Plan.load(plan), ways=["fairness_loss"], workers=2, devices=["cuda:0"])
