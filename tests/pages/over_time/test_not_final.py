"""While tables of a drop are audited, neither the page nor a report tells a finding of the others as if it were all."""

import io

import pytest

from core.store.workspace import Workspace
from tests.pages.over_time.test_over_time import brought, headline, records
from tests.pages.report.test_report import preview
from tests.pages.surface import sentences
from tests.pages.whole_app import ME, opened, said, widget
from tests.worlds.jobs.forked import holding_jobs

pytestmark = pytest.mark.jobs


@pytest.mark.parametrize(("audited", "finding"), [(8, "nothing has changed"), (12, "has grown by")])
def test_the_title_says_how_many_are_to_come_and_the_finding_comes_after(
    space: Workspace, audited: int, finding: str
) -> None:
    ids = brought(space, records()[:audited])
    with holding_jobs():
        put = [(io.BytesIO(f"gender,region,approved\n{n},Coast,yes\n".encode()), f"2027-0{n}.csv") for n in (1, 2)]
        begun = space.batches.begin(ids[0], put, owner=ME)
        at = opened("over_time", ids[0])
        assert headline(at) == "2 tables are still being audited."
        assert f"What stands here is of the {audited} audits that are done, and may change." in said(at)
        assert "Not final yet." in said(at)
        assert [each for each in sentences(at) if len(each.split()) > 20] == []
        at = opened("report", ids[0])
        widget(at, "button_group", "report/readers").set_value(["policy"]).run()
        assert "2 tables are still being audited." in preview(at)
        space.batches.cancel(begun.batch)
    assert finding in headline(opened("over_time", ids[0]))
    assert "still being audited" not in preview(at.run()), "it is drawn anew"
    for audit in space.owned_by(ME):
        space.delete(audit.id)
