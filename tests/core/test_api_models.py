"""The Python interface where a model is opened: what it looks at, and what would fix it, here and in a job."""

import gc
from pathlib import Path

import numpy as np
import pytest

from core import Plan, PlumblineError, explain_model, find_fixes
from core.explain.groups.heatmap import heatmap
from core.samples import SAMPLES
from tests.worlds.explained_people import NETWORK, PEOPLE
from tests.worlds.explained_people import PLAN as HOBBY_PLAN
from tests.worlds.mitigated_people import PLAN as MITIGATED_PLAN
from tests.worlds.mitigated_people import SCORE
from tests.worlds.mitigated_people import people as applicants
from tests.worlds.models.hobby_network import network

LOANS = SAMPLES["loans"]

# ---------------------------------------------------------------- what a model looks at


@pytest.mark.jobs
def test_an_explanation_here_is_that_of_a_sandboxed_job(tmp_path: Path) -> None:
    (tmp_path / "net.pt2").write_bytes(network(0.5, 3.0))
    (tmp_path / "plan.toml").write_text(HOBBY_PLAN.format(decision=NETWORK))
    plan = Plan.load(tmp_path / "plan.toml")
    told: list[str] = []
    here = explain_model(plan, PEOPLE, progress=lambda done, total, what: told.append(what))
    apart = explain_model(plan, PEOPLE, isolated=True)
    assert "people explained" in told and "checks made" in told
    assert (here.before.n == apart.before.n).all()
    assert np.allclose(here.before.sums, apart.before.sums, rtol=1e-9)
    assert (here.plan, here.method, here.data_sha256, here.model_sha256) == (
        apart.plan, apart.method, apart.data_sha256, apart.model_sha256,
    )  # fmt: skip
    picture = heatmap(here.before, ("gender",), None, 0.95)
    assert picture.features[int(np.argmax(picture.mean_abs[0]))] == "hobby"


# ---------------------------------------------------------------- what would fix it


@pytest.mark.jobs
def test_fixes_found_here_are_those_of_a_sandboxed_job() -> None:
    plan, table = Plan.from_toml(MITIGATED_PLAN.format(decision=SCORE)), applicants(900)
    here, apart = (
        find_fixes(plan, table, ways=("thresholds", "fairness_loss"), isolated=isolated) for isolated in (False, True)
    )
    assert [fix.title for fix in here.fixes] == [fix.title for fix in apart.fixes] != []
    assert list(here.refused) == list(apart.refused) == ["fairness_loss"]
    for one, other in zip(here.fixes, apart.fixes, strict=True):
        assert one.rule is not None and other.rule is not None and one.rule.to_json() == other.rule.to_json()
        assert here.effect(one).compared == apart.effect(other).compared
    assert here.effect(here.fixes[0]).goal_then.value < here.effect(here.fixes[0]).goal_now.value


def test_a_trained_model_is_there_for_as_long_as_what_found_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    plan = Plan.from_toml(MITIGATED_PLAN.format(decision=SCORE))
    told: list[str] = []
    found = find_fixes(
        plan, applicants(900), ways=("reweighing",), progress=lambda done, total, what: told.append(what)
    )
    assert "rows scored" in told
    (fix,) = (fix for fix in found.fixes if fix.mechanism == "reweighing")
    assert fix.proposed is not None and len(fix.proposed.model_bytes()) > 1000
    del found, fix
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_way_that_there_is_not_is_answered_with_those_there_are() -> None:
    with pytest.raises(PlumblineError, match="no mitigation named magic; known are thresholds"):
        find_fixes(Plan.from_toml(MITIGATED_PLAN.format(decision=SCORE)), applicants(900), ways=("magic",))
