"""What version 0.1.0 kept opens in this one: its audits, compared and explained, its fixes and its explanations."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from core.data.profile import TABLE
from core.metrics.comparison import compare_audits
from core.mitigate.effect.effect import effect
from core.mitigate.search import offer
from core.plan.plan import Plan
from core.record import AuditRecord
from core.report.documents.attribution import attribution_json
from core.report.documents.json import result
from core.samples import SAMPLES
from core.store.workspace import Workspace
from pages.components import session
from tests.pages.whole_app import WAIT_SECONDS, finished, opened, press, said, tables, widget
from tests.worlds.version_0_1_0 import OWNER, SAID, Left, unpacked

pytestmark = pytest.mark.jobs

# What an estimate and a gap say in numbers; their words are each version's own.
NUMBERS = ("value", "low", "high", "p_value", "p_adjusted", "numerator", "denominator")
CHANGE = ("before", "after", "change", "low", "high")
# Of the same people their ranges count one more flip each way since.
WIDER = ("disparate_impact", "predictive_parity_difference")
SAME = ("by", "measure", "group", "reference", "comparisons", "verdict")
MEANS = ("by", "group", "selected", "n", "mean", "mean_abs", "low", "high")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def left(home: Path) -> dict[str, Left]:
    """The audits, laid into the home before this version opens it."""
    return {name: unpacked(name, home) for name in SAID}


@pytest.fixture(scope="module")
def space(left: dict[str, Left], home: Path) -> Iterator[Workspace]:
    space = Workspace(home)
    yield space
    space.close()


@pytest.fixture(autouse=True)
def theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "owner", lambda: OWNER)


def evidence(space: Workspace, audit_id: str) -> AuditRecord:
    record = space.record(audit_id)
    assert record is not None
    return record


def near(values: list[float | None]) -> Any:
    """These numbers, but for what a network gives in blocks of another size; None where there is none."""
    return [None if value is None else pytest.approx(value, rel=1e-4, abs=1e-6) for value in values]


def numbers(document: dict[str, Any]) -> dict[str, float]:
    return {name: document[name] for name in NUMBERS if document.get(name) is not None}


def test_every_number_of_its_result_file_follows_from_its_evidence(space: Workspace, left: dict[str, Left]) -> None:
    then, now = left["audit"].said, result(evidence(space, left["audit"].id))
    assert {name: now["rows"][name] for name in then["rows"]} == then["rows"]
    assert now["references"] == then["references"]
    assert len(then["gaps"]) == len(now["gaps"]) == 370 and len(then["groups"]) == len(now["groups"])
    for old, new in zip(then["groups"], now["groups"], strict=True):
        assert (old["group"], old["n"]) == (new["group"], new["n"])
        for name, metric in old["metrics"].items():
            assert numbers(new["metrics"][name]) == pytest.approx(numbers(metric), rel=1e-12), name
    for old, new in zip(then["gaps"], now["gaps"], strict=True):
        assert {key: new[key] for key in SAME} == {key: old[key] for key in SAME}
        assert numbers(new) == pytest.approx(numbers(old), rel=1e-12)


def test_history_lists_them_with_their_verdict_and_opens_them(space: Workspace, left: dict[str, Left]) -> None:
    at = opened("history")
    assert [text.value for text in at.text] == ["Loans: 2,000 invented people"] * 3
    verdicts = [shown.proto.body for shown in at.get("html") if "Gap" in shown.proto.body]
    assert len(verdicts) == 3 and space.unreadable(OWNER) == []
    assert len(press(at, "Open").title) == 1


def test_the_audit_page_says_the_answer(left: dict[str, Left]) -> None:
    at = opened("audit", left["audit"].id)
    assert "Women are selected less often than men: 56.8 % of 968 against 76.9 % of 970." in said(at)
    assert tables(at)[0]["People"] == ["968", "62", "970"]


def test_its_evidence_compares_with_an_audit_of_now(space: Workspace, left: dict[str, Left]) -> None:
    then = evidence(space, left["audit"].id)
    now = evidence(space, finished(space, space.open_sample(SAMPLES["loans"], "b" * 32).id))
    compared = compare_audits(then.judgement(), now.judgement(), None, then.plan.run.confidence)
    assert len(compared.gaps) == 370
    assert all(gap.change == pytest.approx(0) for gap in compared.gaps if gap.before is not None)
    assert not {gap.verdict for gap in compared.gaps} & {"better", "worse"}


def test_its_model_is_explained_as_it_explained_it(space: Workspace, left: dict[str, Left]) -> None:
    audit_id, then = left["audit"].id, left["explanation"].said
    space.explain(audit_id, evidence(space, audit_id).plan)
    finished(space, audit_id)
    found = space.explanation(audit_id)
    assert found is not None
    same_means(attribution_json(found), then)


def test_its_explanation_is_shown(space: Workspace, left: dict[str, Left]) -> None:
    found = space.explanation(left["explanation"].id)
    assert found is not None
    same_means(attribution_json(found), left["explanation"].said)
    at = opened("explain", left["explanation"].id)
    assert "years_at_job" in said(at) or "years at job" in said(at)


def same_means(now: dict[str, Any], then: dict[str, Any]) -> None:
    assert (now["method"], now["features"]) == (then["method"], then["features"])
    assert len(now["groups"]) == len(then["groups"]) > 50
    for old, new in zip(then["groups"], now["groups"], strict=True):
        for name in MEANS:
            assert new[name] == (near(old[name]) if name in MEANS[4:] else old[name])


def test_its_fixes_are_shown_with_the_one_looked_at(space: Workspace, left: dict[str, Left]) -> None:
    audit_id, then = left["fixes"].id, left["fixes"].said
    search, found = space.found_by(audit_id), space.mitigation(audit_id)
    assert search is not None and found is not None
    assert (search.picked, search.looked_before) == ("reweighing", False)
    (fix,) = (fix for fix in offer(found, search.names).fixes if fix.id == "reweighing")
    now, wider = effect(found, fix).compared.to_json("", ""), list[float]()
    for old, new in zip(then["gaps"], now["gaps"], strict=True):
        assert {key: new[key] for key in SAME[:4]} == {key: old[key] for key in SAME[:4]}
        assert [new[key] for key in CHANGE[:3]] == near([old[key] for key in CHANGE[:3]])
        if old["measure"] not in WIDER or old["low"] is None:
            assert [new[key] for key in CHANGE[3:]] == near([old[key] for key in CHANGE[3:]])
        else:
            assert new["low"] <= old["low"] and old["high"] <= new["high"]
            wider.append((new["high"] - new["low"]) / (old["high"] - old["low"]))
    assert median(wider) < 1.1, "of all but few people hardly at all"
    at = opened("fix", audit_id)
    assert widget(at, "radio", "picked fix").value == "reweighing"


def test_they_stand_while_others_are_looked_for(space: Workspace, home: Path, left: dict[str, Left]) -> None:
    audit_id = left["fixes"].id
    audits = home / "audits"
    shutil.copyfile(audits / left["audit"].id / TABLE, audits / audit_id / TABLE)  # as within the day
    space.mitigate(audit_id, Plan.from_toml(space.search(audit_id).plan), ("thresholds",), "no")  # type: ignore[union-attr]
    space.cancel(audit_id)
    space.wait(audit_id, WAIT_SECONDS)
    search = space.found_by(audit_id)
    assert search is not None and (search.names, search.picked) == (("reweighing",), "reweighing")
    assert {proposal.id for proposal in space.mitigation(audit_id).proposals} == {"retrained", "reweighing"}  # type: ignore[union-attr]
    space.pick(audit_id, "retrained")
    assert space.found_by(audit_id).looked_before, "reweighing was looked at first, in version 0.1.0"  # type: ignore[union-attr]
