"""The app tells alarms from a thread of its own: once, after a restart too, and nothing of what was deleted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.plan.parts import MonitorPlan
from core.store.alerts.post import AlertPost
from core.store.alerts.settings import AlertError
from core.store.workspace import Workspace
from tests.core.store.alerts.test_webhook import ALERT, OPS
from tests.worlds.jobs.supervised import until
from tests.worlds.receivers import TOKEN, Receiver, web_server
from tests.worlds.workspaces import ended as ended
from tests.worlds.workspaces import opened as opened
from tests.worlds.workspaces import run as run
from tests.worlds.workspaces import space as space
from tests.worlds.workspaces import taken_over

pytestmark = pytest.mark.jobs
Opened = Callable[..., AbstractContextManager[AlertPost]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with web_server(None) as opened:
        yield opened


@pytest.fixture
def post_of(tmp_path: Path, receiver: Receiver) -> Opened:
    @contextmanager
    def opened(port: int | None = None) -> Iterator[AlertPost]:
        url = f"http://127.0.0.1:{receiver.port if port is None else port}{TOKEN}"
        post = AlertPost(tmp_path, {"PLUMBLINE_WEBHOOKS": f"ops={url}"})
        post.begin()
        yield post
        post.close()

    return opened


def test_an_alarm_is_told_once_however_often_the_page_is_drawn(post_of: Opened, receiver: Receiver) -> None:
    with post_of() as post:
        post.tell([ALERT], OPS)
        until(lambda: post.tell([ALERT], OPS)[0].is_told)
        post.tell([replace(ALERT, audit="b" * 64)], OPS)
        until(lambda: len(receiver.bodies) == 2)
    with post_of() as post:
        assert post.tell([ALERT], OPS)[0].is_told
    assert [body["id"] for body in receiver.bodies].count(ALERT.key) == 1


def test_what_could_not_be_told_is_said_and_told_by_the_next_app(post_of: Opened, receiver: Receiver) -> None:
    with post_of(port=1) as post:
        post.tell([ALERT], OPS)
        until(lambda: post.tell([ALERT], OPS)[0].problem != "")
        assert post.tell([ALERT], OPS)[0].problem == 'The webhook "ops" (127.0.0.1) could not be reached.'
    assert receiver.bodies == []
    with post_of() as post:
        until(lambda: len(receiver.bodies) == 1)
        until(lambda: post.tell([ALERT], OPS)[0].is_told)


def test_nothing_is_told_of_an_audit_that_was_deleted(
    space: Workspace, run: str, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = taken_over(space, run)
    told = AlertPost(tmp_path / "root", {"PLUMBLINE_WEBHOOKS": f"ops=http://127.0.0.1:{receiver.port}/"})
    receiver.statuses = [404, 404]
    alerts = [replace(ALERT, audit=record.provenance.data_sha256), ALERT]
    told.tell(alerts, OPS)
    until(lambda: all(each.problem for each in told.tell(alerts, OPS)))
    told.close()
    space.delete(run)
    (kept,) = (tmp_path / "root" / "alerts").glob("*.json")
    assert ALERT.audit in kept.read_text()


def test_a_plan_that_tells_nobody_and_settings_that_cannot_be_read(tmp_path: Path) -> None:
    post = AlertPost(tmp_path, {"PLUMBLINE_WEBHOOKS": "https://hooks.example.org/t0ken"})
    assert post.tell([ALERT], MonitorPlan()) == ()
    with pytest.raises(AlertError, match="lists names with addresses") as refusal:
        post.tell([ALERT], OPS)
    assert "t0ken" not in str(refusal.value)
    with pytest.raises(AlertError, match="is not in the setting PLUMBLINE_WEBHOOKS"):
        AlertPost(tmp_path, {}).tell([ALERT], OPS)
    assert not (tmp_path / "alerts").exists()
