"""While tables of a drop are audited, neither the page nor a report tells a finding of the others as if it were all."""

import io
from contextlib import ExitStack
from typing import Any

import pytest

from core.store.workspace import Workspace
from pages.components.over_time import followed
from tests.pages.over_time.test_over_time import PLAN, brought, headline, month, records
from tests.pages.report.test_report import preview
from tests.pages.surface import sentences
from tests.pages.whole_app import ME, audited, opened, said, widget
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import until

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


def test_a_table_whose_audit_ends_while_the_page_is_drawn_is_not_told_as_never_run(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, holding, of = audited(space, PLAN, month(0).decode()), ExitStack(), followed.of

    def end_meanwhile(asked: Any) -> Any:
        holding.close()
        until(lambda: space.batches.progress(begun.batch) is None)
        return of(asked)

    with holding:
        holding.enter_context(holding_jobs())
        begun = space.batches.begin(first, [(io.BytesIO(month(1)), "2026-02.csv")], owner=ME)
        monkeypatch.setattr(followed, "of", end_meanwhile)
        at = opened("over_time", first)
    assert "It has not been run yet" not in said(at) and headline(at).startswith("Too early to tell: 2 of the first 3")
    for audit in space.owned_by(ME):
        space.delete(audit.id)
