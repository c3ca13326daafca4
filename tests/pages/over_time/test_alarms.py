"""The page of a series has its alarms told to whom the plan names, once, and says what became of that."""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.plan.parts import MonitorPlan
from core.record.series import Series
from core.record.series.alert import Alert
from core.report.documents.alarms import alarms
from core.store.alerts.post import AlertPost
from core.store.workspace import Workspace
from tests.pages.over_time.test_over_time import PLAN, brought, month, records
from tests.pages.whole_app import ME, audited, opened, said
from tests.worlds.jobs.forked import holding_jobs
from tests.worlds.jobs.supervised import until
from tests.worlds.people import csv_text
from tests.worlds.receivers import TOKEN, Receiver, web_server

pytestmark = pytest.mark.jobs


@pytest.fixture
def receiver(space: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Who is called ops; an app whose operator has named it."""
    with web_server(None) as opened:
        post = AlertPost(tmp_path, {"PLUMBLINE_WEBHOOKS": f"ops=http://127.0.0.1:{opened.port}{TOKEN}"})
        monkeypatch.setattr(space, "alerts", post)
        yield opened
        post.close()
    for audit in space.owned_by(ME):
        space.delete(audit.id)


def series(space: Workspace, months: int, **monitor: Any) -> str:
    """The first audit of a series that tells, of so many months of the sample, the ninth of which raises an alarm."""
    told = [replace(each, plan=replace(each.plan, monitor=MonitorPlan(**monitor))) for each in records()[:months]]
    return brought(space, told)[0]


def test_an_alarm_is_told_once_and_a_quiet_series_says_who_would_be(space: Workspace, receiver: Receiver) -> None:
    first = series(space, 8, webhook="ops")
    assert "An alarm would be told to “ops”" in said(opened("over_time", first)) and receiver.bodies == []
    for audit in space.owned_by(ME):
        space.delete(audit.id)
    first = series(space, 12, webhook="ops")
    opened("over_time", first)
    until(lambda: "“ops” was told of this alarm" in said(opened("over_time", first)))
    assert len(receiver.bodies) == len(set(receiver.keys))
    (body,) = receiver.bodies
    assert body["sentence"].startswith("Since September 2026 the gap between women and men has grown")
    assert "t0ken" not in json.dumps(receiver.bodies) + said(opened("over_time", first))


def test_while_tables_are_audited_nothing_is_told(space: Workspace, receiver: Receiver) -> None:
    """A year of which some months are not audited yet may raise an alarm that the whole does not."""
    first = series(space, 12, webhook="ops")
    with holding_jobs():
        begun = space.batches.begin(first, [(io.BytesIO(b"gender,region,approved\nf,Coast,yes\n"), "2027-01.csv")])
        assert "“ops”" not in said(opened("over_time", first)) and receiver.bodies == []
        space.batches.cancel(begun.batch)
    until(lambda: "“ops” was told of this alarm" in said(opened("over_time", first)))


def test_where_the_disk_is_full_it_is_said(space: Workspace, receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "alerts").touch()
    assert "Alarms cannot be kept (File exists). Free some space" in said(
        opened("over_time", series(space, 12, webhook="ops"))
    )


def test_who_cannot_be_told_is_said(space: Workspace, receiver: Receiver) -> None:
    receiver.statuses = [404] * 3
    first = series(space, 12, webhook="ops")
    until(lambda: "(127.0.0.1) answers 404. It is tried again." in said(opened("over_time", first)))


def test_a_plan_alone_tells_nobody(space: Workspace, receiver: Receiver) -> None:
    assert "is not in the setting PLUMBLINE_WEBHOOKS" in said(opened("over_time", series(space, 12, webhook="other")))
    assert receiver.bodies == []


def test_a_drop_that_has_ended_is_told_of_once_and_nobody_need_open_the_page(
    space: Workspace, receiver: Receiver
) -> None:
    first = audited(space, replace(PLAN, monitor=MonitorPlan(webhook="ops")), month(0).decode())
    quiet = [(io.BytesIO(month(number)), f"2026-0{number}.csv") for number in (2, 3, 4)]
    turned = csv_text(("g", "p"), [("ab"[i % 2], i % 2) for i in range(120)]).encode()
    space.batches.begin(first, [*quiet, (io.BytesIO(turned), "2026-05.csv")], owner=ME)
    until(lambda: receiver.bodies)
    assert [body["period"] for body in receiver.bodies] == ["2026-05"]
    until(lambda: "“ops” was told of this alarm" in said(opened("over_time", first)))
    space.batches.begin(first, [(io.BytesIO(b"g,q\n"), "2026-06.csv")], owner=ME)
    until(lambda: all(space.batches.progress(audit.batch) is None for audit in space.owned_by(ME)))
    assert "“ops” was told of this alarm" in said(opened("over_time", first)) and len(receiver.bodies) == 1


def test_of_a_drop_that_ended_before_a_kill_the_next_app_tells_and_nobody_need_open_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    killed: list[Series] = []
    with web_server(None) as receiver:
        monkeypatch.setenv("PLUMBLINE_WEBHOOKS", f"ops=http://127.0.0.1:{receiver.port}{TOKEN}")

        def kill(series: Series) -> Sequence[Alert]:
            killed.append(series)
            raise RuntimeError("the telling ends here, as by a kill")

        with closing(Workspace(root, alarms=kill)) as space:
            first = audited(space, replace(PLAN, monitor=MonitorPlan(webhook="ops")), month(0).decode())
            quiet = [(io.BytesIO(month(number)), f"2026-0{number}.csv") for number in (2, 3, 4)]
            turned = csv_text(("g", "p"), [("ab"[i % 2], i % 2) for i in range(120)]).encode()
            space.batches.begin(first, [*quiet, (io.BytesIO(turned), "2026-05.csv")], owner=ME)
            until(lambda: killed)
        assert receiver.bodies == []
        with closing(Workspace(root, alarms=alarms)):
            until(lambda: receiver.bodies)
        assert [body["period"] for body in receiver.bodies] == ["2026-05"]
        assert list((root / "untold").iterdir()) == [], "the next start has nothing to tell"
