"""What stands open on the page of a series is in plain words, and the words of the trade are one click away."""

from dataclasses import replace

import pytest

from core.plan.parts import MonitorPlan, Watch
from core.store.workspace import Workspace
from tests.pages.over_time.test_over_time import brought, records
from tests.pages.surface import sentences
from tests.pages.whole_app import ME, opened, said
from tests.worlds.months import PLAN, SEX, month, selected

pytestmark = pytest.mark.jobs


@pytest.mark.parametrize("n", [2, 12])
def test_what_stands_open_has_no_word_of_the_trade_and_each_sign_leads_to_its_word_in_help(
    space: Workspace, n: int
) -> None:
    at = opened("over_time", brought(space, records()[:n])[0])
    shown = " ".join(sentences(at)).lower()
    assert [word for word in ("baseline", "plausible range", "control band", "confidence") if word in shown] == []
    tips = " ".join(caption.help or "" for caption in at.caption)
    assert all(f"term={word}" in tips for word in ("plausible-range", "control-band", "baseline", "alarm"))
    for audit in space.owned_by(ME):
        space.delete(audit.id)


def test_a_month_whose_outcomes_are_still_to_come_has_its_bar_explained(space: Workspace) -> None:
    watch = Watch("equal_opportunity_difference", SEX, ("Female",))
    plan = replace(PLAN, monitor=MonitorPlan((watch,)))
    tables = [selected(700 + n, 800) for n in range(4)]
    late = {sex: (*(n // 2 for n in counts), 350, 650) for sex, counts in tables[3].items()}
    for awaits, expected in ((tables[3], False), (late, True)):
        months = [
            month(table, f"loans-2026-0{at}.csv", plan=plan, made=at)
            for at, table in enumerate([*tables[:3], awaits], 1)
        ]
        at = opened("over_time", brought(space, months)[0])
        assert ("A wide bar is what the gap can be" in said(at)) is expected
        for audit in space.owned_by(ME):
            space.delete(audit.id)
