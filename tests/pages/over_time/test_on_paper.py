"""The report of an audit that is one of a series says what became of it over time."""

import pytest

from core.store.workspace import Workspace
from tests.pages.over_time.test_over_time import brought, records
from tests.pages.report.test_report import preview
from tests.pages.whole_app import opened, widget

pytestmark = pytest.mark.jobs


def test_the_report_of_one_of_its_audits_has_it_on_paper(space: Workspace) -> None:
    ids = brought(space, records())
    at = opened("report", ids[0])
    widget(at, "button_group", "report/readers").set_value(["policy"]).run()
    shown = preview(at)
    assert "Since September 2026 the gap between women and men has grown by" in shown
    assert "12 audits of this question, from January 2026 to December 2026." in shown
    space.delete(ids[11])
    assert "11 audits of this question" in preview(at.run()), "it is drawn anew"
