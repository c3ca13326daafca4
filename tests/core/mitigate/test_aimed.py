"""What a fix is said to have been for: the gaps of the groups that its goal is asked of, and of no others."""

from pathlib import Path

import pytest

from core.engine.plan_files import Files
from core.mitigate.api import search_isolated
from core.mitigate.effect.effect import effect
from core.mitigate.search import offer
from core.plan.plan import Plan
from tests.worlds.mitigated_people import PLAN, SCORE, people

pytestmark = pytest.mark.jobs


def test_a_group_of_whom_the_goal_is_not_asked_is_none_that_was_to_be_brought_nearer(tmp_path: Path) -> None:
    table = people(900)
    table.loc[table.index % 30 == 0, "g"] = ""
    table.to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "plan.toml").write_text(PLAN.format(decision=SCORE))
    plan = Plan.from_toml((tmp_path / "plan.toml").read_text())
    with search_isolated(plan, Files.beside(plan, tmp_path), ["thresholds"]) as found:
        assert found.settings.leave_out == ("(missing)",)
        seen = effect(found, offer(found, ("thresholds",)).fixes[0])
    assert [set(change.group.values()) for change in seen.aimed] == [{"b"}]
    assert "(missing)" in {value for change in seen.compared.gaps for value in change.group.values()}
    assert len(seen.before_ranges) == len(seen.aimed)
