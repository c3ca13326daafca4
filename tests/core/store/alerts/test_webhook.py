"""An alarm is told to a webhook once, over verified TLS, at the address that was checked, and nowhere else."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.plan.parts import MonitorPlan
from core.record.series.alert import Alert
from core.store.alerts.outbox import Delivery, Outbox
from core.store.alerts.settings import AlertError, AlertSettings
from tests.worlds.receivers import NAME, TOKEN, Receiver, server_context, web_server

ALERT = Alert(
    "5" * 64, "Loans", "2026-03", {"measure": "disparate_impact", "by": ["sex"], "group": ["f"]},
    "Since March the gap has grown.",
    {"value": 0.07, "low": 0.05, "high": float("nan"), "band": None}, "a" * 64, "d" * 64,
)  # fmt: skip
OPS = MonitorPlan(webhook="ops")


class Clock:
    """A clock that goes on only while somebody pauses."""

    def __init__(self) -> None:
        self.time, self.pauses = 1_800_000_000.0, list[float]()

    def now(self) -> float:
        return self.time

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server whose certificate is trusted, and a name that leads to it."""
    with web_server(server_context(tmp_path)) as receiver:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        yield receiver


@pytest.fixture
def leads_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Have every name lead to these addresses; gives the names that were asked for."""

    def lead(*addresses: str) -> list[str]:
        asked: list[str] = []

        real = socket.getaddrinfo

        def answer(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
            if host in addresses:
                return list(real(host, port, *rest, **named))
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        return asked

    return lead


def sent(folder: Path, url: str, clock: Clock | None = None, *, patience: float = 0, **more: str) -> Delivery:
    """What became of one alarm for a webhook at this address."""
    clock = clock or Clock()
    settings = AlertSettings.of({"PLUMBLINE_WEBHOOKS": f"other=https://example.net/ ops={url}", **more})
    outbox = Outbox(folder / "outbox", settings, clock.now, clock.pause)
    outbox.put([ALERT], OPS)
    (delivery,) = outbox.send(patience)
    return delivery


def test_an_alarm_is_told_once_whatever_is_sent_again(secure: Receiver, tmp_path: Path) -> None:
    settings = AlertSettings.of({"PLUMBLINE_WEBHOOKS": f"ops=https://localhost:{secure.port}{TOKEN}"})
    outbox = Outbox(tmp_path / "outbox", settings)
    for _ in range(2):
        outbox.put([ALERT, ALERT], OPS)
        outbox.send(0)
    Outbox(tmp_path / "outbox", settings).send(0)
    assert secure.paths == [f"localhost:{secure.port}{TOKEN}"]
    (body,) = secure.bodies
    assert body["sentence"] == ALERT.sentence and body["id"] == ALERT.key and body["record_sha256"] == "d" * 64
    assert body["numbers"] == {"value": 0.07, "low": 0.05, "high": None, "band": None}
    assert set(body) == {"plumbline", "kind", "id", "text", "sentence", "name", "period", "gap", "numbers",
                         "series_sha256", "record_sha256"}  # fmt: skip


def test_another_month_or_another_gap_is_another_alarm(secure: Receiver, tmp_path: Path) -> None:
    settings = AlertSettings.of({"PLUMBLINE_WEBHOOKS": f"ops=https://127.0.0.1:{secure.port}/"})
    outbox = Outbox(tmp_path / "outbox", settings)
    alerts = [ALERT, replace(ALERT, audit="b" * 64), replace(ALERT, gap={"by": ["race"]}), replace(ALERT, series="6")]
    outbox.put(alerts, OPS)
    assert len(outbox.send(0)) == len(set(secure.keys)) == 4


def test_a_server_that_fails_is_asked_again_by_the_same_key_later_and_later(secure: Receiver, tmp_path: Path) -> None:
    clock = Clock()
    secure.statuses = [500, 503, 429]
    told = sent(tmp_path, f"https://localhost:{secure.port}/", clock, patience=60)
    assert told.problem == "" and clock.pauses == [1.0, 4.0, 15.0]
    assert len(secure.keys) == 4 and len(set(secure.keys)) == 1


def test_what_is_not_told_in_time_waits_for_the_next_run(secure: Receiver, tmp_path: Path) -> None:
    secure.statuses = [500] * 3
    told = sent(tmp_path, f"https://localhost:{secure.port}/", patience=6)
    assert told.problem == 'The webhook "ops" (localhost) answers 500.' and len(secure.keys) == 3
    assert sent(tmp_path, f"https://localhost:{secure.port}/").problem == ""
    assert len(secure.keys) == 4 and len(set(secure.keys)) == 1


def test_a_run_that_is_killed_while_it_tells_loses_nothing(
    secure: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("core.store.alerts.outbox.post", killed)
        sent(tmp_path, f"https://localhost:{secure.port}/")
    assert sent(tmp_path, f"https://localhost:{secure.port}/").problem == "" and len(secure.keys) == 1


def test_the_app_tries_only_what_is_due(secure: Receiver, tmp_path: Path) -> None:
    clock = Clock()
    secure.statuses = [500]
    settings = AlertSettings.of({"PLUMBLINE_WEBHOOKS": f"ops=https://localhost:{secure.port}/"})
    outbox = Outbox(tmp_path / "outbox", settings, clock.now, clock.pause)
    outbox.put([ALERT], OPS)
    assert len(outbox.send(0, at_once=False)) == 1
    assert outbox.next_due == clock.time + 1.0 and outbox.send(0, at_once=False) == ()
    clock.time += 1.0
    (told,) = outbox.send(0, at_once=False)
    assert told.problem == "" and outbox.next_due is None


def test_a_redirect_is_refused_and_not_followed(tmp_path: Path) -> None:
    with ExitStack() as servers:
        other = servers.enter_context(web_server(None))
        first = servers.enter_context(web_server(None, f"http://127.0.0.1:{other.port}/"))
        first.statuses = [307]
        told = sent(tmp_path, f"http://127.0.0.1:{first.port}/", patience=30)
        assert "it answers 307, a redirect, which is not followed" in told.problem
        assert (len(first.bodies), other.bodies) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_no_is_not_asked_again_at_once(status: int, tmp_path: Path) -> None:
    with web_server(None) as receiver:
        receiver.statuses = [status]
        told = sent(tmp_path, f"http://127.0.0.1:{receiver.port}/", patience=60)
    assert told.problem == f'The webhook "ops" (127.0.0.1) answers {status}.' and len(receiver.bodies) == 1


def test_what_is_no_web_server_is_named_and_ends_nothing(tmp_path: Path) -> None:
    with web_server(None) as receiver:
        receiver.statuses = [7]  # which no answer in HTTP has
        told = sent(tmp_path, f"http://127.0.0.1:{receiver.port}/", patience=60)
    assert "what answers there is no web server; correct its address" in told.problem and len(receiver.bodies) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with web_server(server_context(tmp_path)) as receiver:
        told = sent(tmp_path, f"https://localhost:{receiver.port}/")
    assert "its certificate does not hold" in told.problem and receiver.bodies == []


def test_the_certificate_is_for_the_name_and_the_connection_to_the_checked_address(
    secure: Receiver, tmp_path: Path, leads_to: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once: what a second look-up would say does not matter."""
    asked = leads_to("127.0.0.1")
    monkeypatch.setattr("core.store.alerts.settings.Endpoint.is_loopback", True)
    assert sent(tmp_path, f"https://{NAME}:{secure.port}{TOKEN}").problem == ""
    assert asked.count(NAME) == 1 and secure.paths == [f"{NAME}:{secure.port}{TOKEN}"]
    assert "certificate" in sent(tmp_path / "2", f"https://wrong.example.org:{secure.port}/").problem


SURPRISES = {
    "loopback": (["127.0.0.1"], "no other machine's public address"),
    "mapped": (["::ffff:127.0.0.1"], "no other machine's public address"),
    "metadata": (["169.254.169.254"], "no other machine's public address"),
    "anything": (["0.0.0.0"], "no other machine's public address"),
    "private": (["10.1.2.3"], "in a private network; if that is meant, set PLUMBLINE_WEBHOOKS_PRIVATE=1"),
    "one of two": (["93.184.215.14", "192.168.0.1"], "in a private network"),
    "unique local": (["fd00::1"], "in a private network"),
}


@pytest.mark.parametrize("what", SURPRISES)
def test_a_name_that_leads_into_a_private_network_is_refused(
    what: str, tmp_path: Path, leads_to: Callable[..., list[str]]
) -> None:
    addresses, words = SURPRISES[what]
    leads_to(*addresses)
    assert words in sent(tmp_path, f"https://{NAME}/").problem


def test_a_private_network_may_be_meant_but_never_the_addresses_of_clouds(
    tmp_path: Path, leads_to: Callable[..., list[str]]
) -> None:
    tried: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            "core.store.alerts.webhook._status", lambda _w, _b, _k, addresses: tried.extend(addresses) or 200
        )
        leads_to("10.1.2.3")
        assert sent(tmp_path, f"https://{NAME}/", PLUMBLINE_WEBHOOKS_PRIVATE="1").problem == ""
        assert sent(tmp_path / "2", "https://10.1.2.3/").problem == "" and tried == ["10.1.2.3"] * 2
        leads_to("169.254.169.254")
        assert "public address" in sent(tmp_path / "3", f"https://{NAME}/", PLUMBLINE_WEBHOOKS_PRIVATE="1").problem


def test_plain_http_goes_to_this_machine_alone(tmp_path: Path, leads_to: Callable[..., list[str]]) -> None:
    with pytest.raises(AlertError, match="plain http to another machine"):
        sent(tmp_path, "http://hooks.example.org/")
    leads_to("93.184.215.14")
    assert "plain http leads to another machine" in sent(tmp_path, "http://localhost/").problem


SETTINGS = {
    "no name": ("https://hooks.example.org/t0ken", "lists names with addresses"),
    "no scheme": ("ops=hooks.example.org/t0ken", "cannot be read. It begins with https:// or http://"),
    "file": ("ops=file:///t0ken", "cannot be read"),
    "user": ("ops=https://me:t0ken@hooks.example.org/", "has a user or password"),
    "port": ("ops=https://hooks.example.org:99999/t0ken", "cannot be read"),
    "host": ("ops=https://hooks..example.org/t0ken", "cannot be read"),
    "letters": ("ops=https://h\u00f6oks.example.org/t0ken", "cannot be read"),
}


@pytest.mark.parametrize("why", SETTINGS)
def test_settings_that_cannot_be_read_are_refused_without_quoting_them(why: str) -> None:
    given, words = SETTINGS[why]
    with pytest.raises(AlertError) as refusal:
        AlertSettings.of({"PLUMBLINE_WEBHOOKS": given})
    assert words in str(refusal.value) and "t0ken" not in str(refusal.value)


def test_a_plan_alone_tells_nobody() -> None:
    with pytest.raises(AlertError, match='webhook "ops" is not in the setting PLUMBLINE_WEBHOOKS. It is not set'):
        AlertSettings.of({}).check(OPS)
    known = AlertSettings.of({"PLUMBLINE_WEBHOOKS": "Team=https://hooks.example.org/t0ken"})
    with pytest.raises(AlertError, match='It knows "team". Whoever runs this installation can add it'):
        known.check(OPS)
    known.check(MonitorPlan(webhook="TEAM"))
    assert "t0ken" not in repr(known)


def test_a_secret_stands_in_no_file_no_message_and_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with web_server(None) as receiver:
        receiver.statuses = [500, 302]
        url = f"http://127.0.0.1:{receiver.port}{TOKEN}"
        said = [sent(tmp_path, url).problem for _ in range(3)]
        said.append(sent(tmp_path / "2", url.replace(str(receiver.port), "1")).problem)
    assert said[2] == "" and "could not be reached" in said[3]
    kept = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    for secret in ("s3cret", "t0ken"):
        assert secret not in kept + caplog.text + "".join(said)


def test_what_a_chat_would_obey_in_a_name_is_spelled_out() -> None:
    name = "<!channel> @all [x](https://evil.example)\n`run`\u202e"
    alert = replace(ALERT, sentence=f"The gap of {name} has grown.", period=name)
    text = alert.message()["text"]
    assert not set("<>@`[]\n\u202e") & set(text) and "https://" not in text
    assert alert.message()["sentence"] == f"The gap of {name} has grown."
    assert Alert.from_json(json.loads(json.dumps(alert.to_json()))).key == alert.key


def test_a_damaged_file_keeps_no_other_alarm_from_being_told(secure: Receiver, tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    for i, content in enumerate(("", "[]", "{}", '{"alert": {}, "due": 0, "tries": 0}', '{"alert": 7}')):
        (tmp_path / "outbox" / f"0{i}.json").write_text(content)
    assert sent(tmp_path, f"https://localhost:{secure.port}/").problem == ""
