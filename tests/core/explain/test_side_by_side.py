"""People explained side by side, in processes of their own: every number is that of one process, to the last bit."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import Plan, explain_model
from core.cli import main
from core.errors import JobError, PlanError
from core.explain import api, share
from core.explain.explanation import Explanation
from core.explain.job import run
from core.explain.results import read
from core.explain.share import ExplainedShare
from core.explain.side_by_side import joined, shared_requests
from core.jobs.machine import DEVICE
from core.record import Digests
from core.samples import SAMPLES
from tests.core.explain.compared_explanations import differing
from tests.worlds import image_worlds
from tests.worlds.explained_people import NETWORK, PEOPLE, PLAN, N
from tests.worlds.jobs.tampered import Tamper, change_array, change_json
from tests.worlds.models.hobby_network import network

pytestmark = pytest.mark.jobs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network whose score can be followed back, and its people: three chunks of them."""
    folder = tmp_path_factory.mktemp("side_by_side")
    (folder / "net.pt2").write_bytes(network(0.5, 3.0))
    PEOPLE.to_csv(folder / "people.csv", index=False)
    (folder / "plan.toml").write_text(PLAN.format(decision=NETWORK))
    return folder


def apart(one: Explanation, other: Explanation) -> list[str]:
    """What differs besides how long it took."""
    return [name for name in differing(one, other) if name != "seconds"]


@pytest.mark.parametrize("method", ["integrated_gradients", "saliency", "shapley_sampling"])
def test_two_processes_and_three_find_what_one_finds(folder: Path, method: str) -> None:
    plan = Plan.load(folder / "plan.toml")
    one, *others = (explain_model(plan, method=method, isolated=True, workers=number) for number in (1, 2, 3))
    assert one.before.people == N and [check.name for check in one.checks]
    assert [apart(one, other) for other in others] == [[], []]


def test_processes_that_nobody_is_left_for_change_nothing(folder: Path) -> None:
    plan = Plan.load(folder / "plan.toml")
    one, five = (explain_model(plan, method="feature_ablation", workers=number) for number in (1, 5))
    assert apart(one, five) == []


def test_words_of_texts_are_those_of_one_process() -> None:
    plan = Plan.load(SAMPLES["comments"].plan)
    one, two = (explain_model(plan, method="feature_ablation", people=600, workers=number) for number in (1, 2))
    assert one.before.people == 600 and len(one.features) > 10
    assert apart(one, two) == []


def written(folder: Path, out: Path, *options: str) -> dict[str, Any]:
    """What the command leaves, without how long it took."""
    assert main(["explain", str(folder / "plan.toml"), "--out", str(out), *options]) == 0
    found = dict(json.loads((out / "attribution.json").read_text()))
    found["provenance"].pop("seconds")
    return found


def test_the_command_writes_the_same_file_and_explains_as_many_as_are_asked_for(folder: Path, tmp_path: Path) -> None:
    one = written(folder, tmp_path / "one", "--people", "520")
    three = written(folder, tmp_path / "three", "--people", "520", "--devices", "cpu,cpu,cpu")
    assert one == three and one["people"] == {"kept": N, "explained": 520}
    fewer = written(folder, tmp_path / "fewer", "--people", "100", "--workers", "4")
    assert fewer["people"] == {"kept": N, "explained": 100}


# ---------------------------------------------------------------- shares as jobs leave them


def job(given: Path, folder: Path, request: dict[str, Any], **inputs: Path) -> Path:
    """What a job leaves that is asked in this process."""
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    for name, path in inputs.items():
        shutil.copy(given / path, folder / "in" / name)
    run(folder, request, lambda done, total, what: None)
    return folder / "out"


def shares(
    given: Path, tmp_path: Path, request: dict[str, Any], rows: int, of: int, **inputs: Path
) -> tuple[Explanation, list[Explanation]]:
    """What one job finds, and what so many find of their shares."""
    plan, after = (None if request.get(key) is None else Plan.from_toml(request[key]) for key in ("plan", "plan_after"))
    assert plan is not None
    whole = job(given, tmp_path / "whole", request, **inputs)
    found = []
    for place in range(of):
        asked = {**request, "share": {"place": place, "of": of}}
        out = job(given, tmp_path / str(place), asked, **inputs)
        found.append(read(out, plan, after, rows, Digests("0" * 64), ExplainedShare.asked(asked)))
    return read(whole, plan, after, rows, Digests("0" * 64)), found


@pytest.mark.parametrize("decision", ["fairer.pt2", "net.pt2"])
def test_a_second_model_or_cut_off_and_who_changed_are_joined(folder: Path, tmp_path: Path, decision: str) -> None:
    (folder / "fairer.pt2").write_bytes(network(0.5, 0.3))
    after = NETWORK.replace("net.pt2", decision) + ("\nthreshold = 0.8" if decision == "net.pt2" else "")
    request = {"plan": PLAN.format(decision=NETWORK), "plan_after": PLAN.format(decision=after)}
    inputs = {"table": Path("people.csv"), "model": Path("net.pt2")}
    if decision == "fairer.pt2":
        inputs["model_after"] = Path(decision)
    one, found = shares(folder, tmp_path, request, N, 2, **inputs)
    together = joined(found, 2_000)
    assert together is not None and together.paired is not None and together.after is not None
    assert len(one.changed) == 50 and len(one.checks_after) == 5
    assert apart(one, together) == []


def test_the_most_telling_images_of_all_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "CHUNK_ROWS", 50)
    given = tmp_path / "given"
    given.mkdir()
    image_worlds.brightness(given / "model.pt2")
    (given / "people.csv").write_text(image_worlds.table())
    (given / "images.zip").write_bytes(image_worlds.archive())
    inputs = {"table": Path("people.csv"), "model": Path("model.pt2"), "images": Path("images.zip")}
    one, found = shares(given, tmp_path, {"plan": image_worlds.PLAN, "method": "saliency"}, 240, 2, **inputs)
    assert all(each.telling for each in found) and len(one.telling) == 6
    together = joined(found, 2_000)
    assert together is not None and apart(one, together) == []
    (person, *_) = found[1].telling
    other = replace(person, row=0, image=person.image[:4])
    assert joined([found[0], replace(found[1], telling=(other,))], 2_000) is None


@pytest.fixture(scope="module")
def found(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Explanation]:
    """What two jobs found of their shares."""
    request = {"plan": PLAN.format(decision=NETWORK), "method": "saliency"}
    here = tmp_path_factory.mktemp("shares")
    return shares(folder, here, request, N, 2, table=Path("people.csv"), model=Path("net.pt2"))[1]


def test_what_does_not_fit_together_is_not_joined(found: list[Explanation]) -> None:
    first, second = found
    assert joined(found, 2_000) is not None
    other = second.before.groups
    renamed = replace(other, values=tuple(values[::-1] for values in other.values))
    for change in (
        {"method": "deep_lift"},
        {"kept": N + 1},
        {"base": (0.25,)},
        {"proxies": {**second.proxies, "town": tuple(1.0 for _ in second.features)}},
        {"device": "cuda"},
        {"before": replace(second.before, features=("merit", "hobby", "more"))},
        {"before": replace(second.before, groups=renamed)},
    ):
        assert joined([first, replace(second, **change)], 2_000) is None  # type: ignore[arg-type]


def test_people_who_are_missing_or_explained_twice_are_not_joined(found: list[Explanation]) -> None:
    first, second = found
    assert joined([first, first], 2_000) is None and joined([first, second, second], 2_000) is None
    assert joined(found, 300) is None


def test_where_they_disagree_one_process_explains_all_and_a_gpu_that_fails_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "joined", lambda *_: None)
    plan = Plan.load(folder / "plan.toml")
    again = explain_model(plan, method="saliency", devices=["cuda:98", "cuda:99"])
    assert again.before.people == N and again.device == "cpu"
    assert "because the GPU (cuda:98) failed" in str(again.warnings)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda out: (out / "before_sums1.npy").unlink(),
        change_array("before_sums0.npy", lambda s: s * np.nan),
        change_array("before_sums0.npy", lambda s: s + 1e9),
        change_array("before_sums0.npy", lambda s: s + 1e305),
        change_array("before_sums0.npy", lambda s: s[:1]),
        change_array("before_sums2.npy", lambda s: s.astype(np.int64)),
        change_array("before_n.npy", lambda n: n * 0),
        change_json("explanation.json", lambda facts: facts.update(kept=1)),
    ],
)
def test_a_share_that_does_not_fit_together_is_refused(folder: Path, tmp_path: Path, tamper: Tamper) -> None:
    request = {"plan": PLAN.format(decision=NETWORK), "method": "saliency", "share": {"place": 1, "of": 2}}
    out = job(folder, tmp_path, request, table=Path("people.csv"), model=Path("net.pt2"))
    plan = Plan.from_toml(request["plan"])  # type: ignore[arg-type]
    read(out, plan, None, N, Digests("0" * 64), ExplainedShare(1, 2))
    tamper(out)
    with pytest.raises((JobError, PlanError)):
        read(out, plan, None, N, Digests("0" * 64), ExplainedShare(1, 2))


def test_a_job_for_each_chunk_at_most_and_steps_that_make_up_all() -> None:
    for workers, people, jobs in ((3, 2_000, 3), (9, 600, 3), (2, 100, 1)):
        assert len(shared_requests({}, workers, people)) == jobs
    for total in (1, 100, 2_001):
        told = [[ExplainedShare(place, 3).steps(done, total) for done in range(total + 1)] for place in range(3)]
        assert [sum(each[-1][at] for each in told) for at in range(2)] == [total, total]
        assert all([done for done, _ in each] == sorted(done for done, _ in each) for each in told)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workers", "0"], "is no number of processes"),
        (["--devices", "cpu,cuda:0"], "names the CPU beside a GPU"),
        (["--devices", "cpu,cpu", "--workers", "2"], "not allowed with argument --workers"),
        (["--devices", "cpu,cpu", "--device", "cpu"], "not allowed with argument --device."),
        (["--people", "5"], "'5' is no number of people, from 100 to 1,000,000"),
        (["--people", "many"], "'many' is no number of people"),
    ],
)
def test_what_makes_no_sense_is_refused(
    folder: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEVICE, "cpu")  # what --device sets is taken back with it
    try:
        code: object = main(["explain", str(folder / "plan.toml"), *options])
    except SystemExit as ended:
        code = ended.code
    assert code == 2 and words in capsys.readouterr().err


def test_python_refuses_what_makes_no_sense_too(folder: Path) -> None:
    plan = Plan.load(folder / "plan.toml")
    for people in (5, 99, 1_000_001, True, 200.0, "200"):
        with pytest.raises(PlanError, match="Give how many people to explain at most, from 100 to 1,000,000"):
            explain_model(plan, people=people)  # type: ignore[arg-type]
    with pytest.raises(PlanError, match="workers is 0. Give how many processes explain side by side"):
        explain_model(plan, workers=0)
    with pytest.raises(PlanError, match="goes without workers"):
        explain_model(plan, workers=2, devices=["cpu"])
