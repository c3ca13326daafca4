"""A new metric, measure, model format, mitigation and explainer: each is one row of one table, and a module of its own.

Nothing else is touched: what reads the tables offers, runs, checks and writes the new row by itself.
"""

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.profile import PROFILE, Profile
from core.engine import job as audit_job
from core.engine import results as audit_results
from core.engine.upload_facts import ModelFacts, collect_model_facts
from core.errors import ModelError
from core.explain import job as explain_job
from core.explain import results as explain_results
from core.explain.estimates import Subject, ways
from core.explain.methods import EXPLAINERS
from core.jobs.progress import ProgressFile
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS
from core.mitigate import job as mitigate_job
from core.mitigate.applicability import untried
from core.mitigate.candidate import Mitigated
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.results import read
from core.mitigate.search import offer, progress_words
from core.mitigate.settings import Settings
from core.models import FORMATS, open_model
from core.models import inspect as inspect_job
from core.models.refusals.glance import is_model
from core.plan.plan import Plan
from core.record import AuditRecord, Digests
from core.report.documents.json import result
from tests.worlds import toys
from tests.worlds.mitigated_people import PEOPLE, PLAN, SCORE
from tests.worlds.toys import add

PEOPLE_OF = 400
SCALES = 'model = "any.name"\nthreshold = 0.5'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A job's folder with the table in it."""
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    PEOPLE.head(PEOPLE_OF).to_csv(tmp_path / "in" / "table", index=False)
    return tmp_path


def plan_of(decision: str = SCORE) -> Plan:
    return Plan.from_toml(PLAN.format(decision=decision))


def ran(job: Any, folder: Path, plan: Plan, **more: Any) -> Path:
    """What a job leaves that runs in this process; where it lies."""
    job.run(folder, {"plan": plan.to_toml(), **more}, ProgressFile(folder / "progress.json"))
    return folder / "out"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def audited(folder: Path, plan: Plan) -> AuditRecord:
    out = ran(audit_job, folder, plan)
    return audit_results.read(out, plan, PEOPLE_OF, Digests(digest(folder / "in" / "table")))


def searched(folder: Path, plan: Plan, *names: str) -> Mitigated:
    out = ran(mitigate_job, folder, plan, **{"with": list(names)})
    return read(out, plan, (PEOPLE_OF,), Digests(digest(folder / "in" / "table")))


# ---------------------------------------------------------------- a metric: core/metrics/group_metrics.py


def test_a_metric_is_one_row(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    add(monkeypatch, METRICS, toys.DENIAL_RATE)
    record = audited(folder, plan_of())
    assert record.second_opinion.agrees, "AIF360 is not asked what it does not know"
    for group in result(record)["groups"]:
        metrics = group["metrics"]
        assert metrics["denial_rate"]["value"] == pytest.approx(1 - metrics["selection_rate"]["value"])
        assert metrics["denial_rate"]["low"] < metrics["denial_rate"]["value"] < metrics["denial_rate"]["high"]


def test_a_gap_in_it_is_one_row_more(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    add(monkeypatch, METRICS, toys.DENIAL_RATE)
    add(monkeypatch, GAPS, toys.DENIAL_DIFFERENCE)
    gaps = [gap for gap in audited(folder, plan_of()).judgement().gaps if gap.group == {"g": "b"}]
    by_name = {gap.measure: gap for gap in gaps}
    assert by_name["denial_difference"].value == pytest.approx(-by_name["statistical_parity_difference"].value)
    assert by_name["denial_difference"].verdict == by_name["statistical_parity_difference"].verdict == "gap"


# ---------------------------------------------------------------- a model format: core/models/__init__.py


@pytest.fixture
def scales(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Plan:
    """A plan of a model of the new format, which lies in the job's folder."""
    add(monkeypatch, FORMATS, toys.SCALES)
    (folder / "in" / "model").write_bytes(toys.scales({"x1": 2.0, "x2": -0.5}))
    return plan_of(SCALES)


def test_a_model_format_is_one_row(folder: Path, scales: Plan) -> None:
    record = audited(folder, scales)
    score = 2.0 * PEOPLE["x1"] - 0.5 * PEOPLE["x2"]
    expected = (score >= 0).head(PEOPLE_OF).groupby(PEOPLE["g"]).mean()
    groups = [group for group in result(record)["groups"] if "g" in group["group"]]
    rates = {group["group"]["g"]: group["metrics"]["selection_rate"]["value"] for group in groups}
    assert rates == pytest.approx(expected.to_dict()) and record.model_format == "scales"


def test_its_files_are_told_from_tables_and_named_where_one_may_choose(folder: Path, scales: Plan) -> None:
    assert is_model(io.BytesIO((folder / "in" / "model").read_bytes()))
    with pytest.raises(ModelError, match=r"scales \(a toy\)"):
        open_model(folder / "in" / "table", "people.csv")


def test_a_look_at_it_says_what_it_is(folder: Path, scales: Plan) -> None:
    out = ran(audit_job, folder, scales)
    for file in (PROFILE, "table.parquet"):
        (out / file).rename(folder / "in" / file)
    facts = collect_model_facts(ran(inspect_job, folder, scales))
    assert (facts.format, facts.format_words) == ("scales", "scales (a toy)")
    assert facts.problem is None and [name for name, _ in facts.inputs] == ["x1", "x2"]
    assert ModelFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_it_is_trained_as_its_row_says_and_saved_as_what_it_came_as(folder: Path, scales: Plan) -> None:
    found = searched(folder, scales, "reweighing")
    assert [proposal.id for proposal in found.proposals] == ["retrained", "reweighing"] and not found.refused
    for proposal in found.proposals:
        assert proposal.file is not None and proposal.file.suffix == ".scales" and not proposal.is_stand_in
        assert proposal.model_bytes().startswith(toys.MARK)
    one, other = (json.loads(p.model_bytes().removeprefix(toys.MARK)) for p in found.proposals)
    assert one != other, "the weights change what is fitted"


def test_what_needs_a_model_that_goes_on_learning_asks_its_row(
    monkeypatch: pytest.MonkeyPatch, folder: Path, scales: Plan
) -> None:
    record = audited(folder, scales)
    settings = Settings.of(scales)
    assert "go on learning" in untried(record, settings, record.model_format)["fairness_loss"]
    tuned = replace(toys.SCALES, tunes="tests.worlds.toys:RefittableScales", gradients=True)
    add(monkeypatch, FORMATS, tuned)
    assert untried(record, settings, record.model_format)["fairness_loss"] == ""
    assert "a scales file" in untried(record, settings, "onnx")["fairness_loss"]
    assert Subject.of(record, ["scales"], None, 3).gradients and not Subject.of(record, ["onnx"], None, 3).gradients


# ---------------------------------------------------------------- a mitigation: core/mitigate/mitigations.py


def test_a_mitigation_from_counts_is_one_row(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    add(monkeypatch, MITIGATIONS, toys.EVERYBODY)
    plan = plan_of()
    assert untried(audited(folder, plan), Settings.of(plan), None)["everybody"] == ""
    (fix,) = offer(searched(folder, plan, "everybody"), ("everybody",)).fixes
    assert (fix.title, fix.mechanism, fix.needs_attribute) == ("Everybody gets it", "everybody", False)
    assert "everybody" in " ".join(fix.against), "it is judged as every other fix"


def test_a_mitigation_of_a_job_is_one_row(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    add(monkeypatch, MITIGATIONS, toys.COIN)
    (fix,) = offer(searched(folder, plan_of(), "coin"), ("coin",)).fixes
    assert (fix.title, fix.draws_lots, fix.notes) == ("A coin for everybody", True, ("Lots decide.",))
    report = fix.joint["report"].n
    assert report[..., 1].sum() / report.sum() == pytest.approx(0.5, abs=0.1)
    assert progress_words("coin: rows", ["thresholds", "coin"]) == ("way 2 of 2 (a coin for everybody), ", "rows")


# ---------------------------------------------------------------- an explainer: core/explain/methods/__init__.py


def test_an_explainer_is_one_row(monkeypatch: pytest.MonkeyPatch, folder: Path, scales: Plan) -> None:
    add(monkeypatch, EXPLAINERS, toys.EVEN_SHARES)
    record = audited(folder, scales)
    offered = {way.explainer.name: way for way in ways(Subject.of(record, ["scales"], None, 3), PEOPLE_OF, 1)}
    assert offered["even_shares"].against == "" and offered["even_shares"].seconds < 60
    for file in (PROFILE, "table.parquet"):
        (folder / "out" / file).rename(folder / "in" / file)
    out = ran(explain_job, folder, scales, method="even_shares", rows=PEOPLE_OF)
    profile = Profile.from_json(json.loads((folder / "in" / PROFILE).read_text()))
    found = explain_results.read(out, scales, None, PEOPLE_OF, Digests(profile.sha256))
    assert found.explainer.title == "Even shares" and found.before.features == ("x1", "x2")
    total = found.before.sums[0].sum(axis=(0, 1))
    assert total[0] == pytest.approx(total[1]) and np.abs(total[0]) > 0
