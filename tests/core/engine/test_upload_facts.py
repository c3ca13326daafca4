"""What a look at a table or a model wrote is believed only where it can be true."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.data.profile import PROFILE
from core.engine.upload_facts import ModelFacts, collect_model_facts, collect_profile
from core.errors import JobError
from tests.worlds.jobs.honest_job import honest as honest
from tests.worlds.jobs.honest_job import out as out

# ---------------------------------------------------------------- profiles


def own_digest(out: Path) -> str:
    return str(json.loads((out / PROFILE).read_text())["sha256"])


def test_a_profile_takes_the_name_that_the_person_gave(out: Path) -> None:
    profile = collect_profile(out, "people.csv", own_digest(out))
    assert (profile.name, profile.rows) == ("people.csv", 60)


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d.update(rows=0),
        lambda d: d.update(rows=-5),
        lambda d: d.update(columns=[]),
        lambda d: d["columns"].append(d["columns"][0]),
        lambda d: d["columns"][0].update(kind="<b>"),
        lambda d: d.update(rows=[]),
        lambda d: d.update(head=None),
        lambda d: d.update(sha256="0" * 64),
        lambda d: d.clear(),
    ],
)
def test_forged_profiles_are_refused(out: Path, damage: Callable[[dict[str, Any]], Any]) -> None:
    digest = own_digest(out)
    document = json.loads((out / PROFILE).read_text())
    damage(document)
    (out / PROFILE).write_text(json.dumps(document))
    with pytest.raises(JobError):
        collect_profile(out, "people.csv", digest)


def test_a_profile_of_another_file_is_refused(out: Path) -> None:
    with pytest.raises(JobError, match="describes another file"):
        collect_profile(out, "people.csv", "0" * 64)


# ---------------------------------------------------------------- model facts

FACTS: dict[str, Any] = {
    "format": "onnx", "device": "cpu", "inputs": [{"name": "age", "column": "age"}],
    "missing": ["x"], "classes": ["no", "yes"], "outputs": {"columns": 2, "low": 0.0, "high": 1.0},
    "suggested_output": "probability", "suggested_favourable_class": 1, "warnings": [], "problem": None,
}  # fmt: skip


def model_facts(folder: Path, **changes: Any) -> ModelFacts:
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "model.json").write_text(json.dumps({**FACTS, **changes}))
    return collect_model_facts(folder / "out")


def test_what_a_model_expects_is_taken_over(tmp_path: Path) -> None:
    found = model_facts(tmp_path)
    assert (found.inputs, found.missing, found.classes) == ((("age", "age"),), ("x",), ("no", "yes"))
    assert (found.output_columns, found.low, found.high) == (2, 0.0, 1.0)
    assert (found.format, found.format_words) == ("onnx", "ONNX")
    assert ModelFacts.from_json(json.loads(json.dumps(found.to_json()))) == found
    bare = model_facts(tmp_path, outputs=None, classes=None, device="toaster", suggested_output=None)
    assert (bare.output_columns, bare.low, bare.classes, bare.device) == (None, None, (), "cpu")
    assert len(model_facts(tmp_path, problem="x" * 9_000).problem or "") == 2_000


def test_facts_of_before_formats_were_named_tell_the_format_by_what_a_page_called_it(tmp_path: Path) -> None:
    kept = model_facts(tmp_path, format="pt2").to_json()
    assert ModelFacts.from_json({**kept, "gradients": True}).format == "pt2"
    del kept["format"]
    assert ModelFacts.from_json({**kept, "gradients": True}).format == "pt2"
    assert ModelFacts.from_json({**kept, "format_words": "a scroll"}).format == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"suggested_output": "odds"},
        {"format": "tar"},
        {"format": None},
        {"suggested_favourable_class": {"a": 1}},
        {"suggested_favourable_class": 0.5},
        {"inputs": [{}]},
        {"inputs": None},
        {"outputs": {"columns": "two", "low": 0, "high": 1}},
        {"outputs": 5},
        {"missing": 3},
        {"warnings": None},
    ],
)
def test_forged_model_facts_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(JobError):
        model_facts(tmp_path, **changes)
