"""Alarms on their way: each a file until it is told, so a crash loses none, and none is told twice."""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from core.jobs.replaced_json import replace_json
from core.plan.parts import MonitorPlan
from core.record.series.alert import Alert
from core.store.alerts.mail import send_mail
from core.store.alerts.settings import AlertError, AlertSettings
from core.store.alerts.webhook import NotDelivered, post

PATIENCE = 20.0
# Seconds until it is tried again, after each failure; the last holds from then on.
_PAUSES = (1.0, 4.0, 15.0, 60.0, 300.0, 1_800.0, 6 * 3_600.0)
_LATER = 3_600.0


@dataclass(frozen=True)
class Delivery:
    """What became of one alarm for one receiver: told, or why not yet, once it was tried."""

    alert: Alert
    by: Literal["webhook", "email"]
    to: str
    is_told: bool = False
    problem: str = ""


class Outbox:
    """The alarms of one folder. Several processes may use it, one at a time."""

    def __init__(
        self,
        folder: Path,
        settings: AlertSettings,
        now: Callable[[], float] = time.time,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Use `folder`, made if missing. `now` and `pause` are the clock."""
        self._folder, self._settings, self._now, self._pause = folder, settings, now, pause

    def put(self, alerts: Iterable[Alert], monitor: MonitorPlan) -> None:
        """Have alarms told to whom the plan names; one that is here already, told or not, is left as it is."""
        with self._locked("put"):
            for each in _deliveries(alerts, monitor):
                path = self._path(each)
                if not path.exists():
                    replace_json(
                        path, {"alert": each.alert.to_json(), "by": each.by, "to": each.to, "tries": 0, "due": 0.0}
                    )

    def state(self, alerts: Iterable[Alert], monitor: MonitorPlan) -> tuple[Delivery, ...]:
        """What became of alarms, for each whom the plan names."""
        return tuple(self._seen(each) for each in _deliveries(alerts, monitor))

    def forget(self, table: str) -> None:
        """Tell nothing more about the table of this digest, which was deleted."""
        for path, kept in self._waiting():
            if str(kept["alert"]["audit"]).startswith(table):
                path.unlink(missing_ok=True)

    def send(self, patience: float = PATIENCE, at_once: bool = True) -> tuple[Delivery, ...]:
        """Tell what waits, and try again for so many seconds; what then has failed waits for the next call.

        With `at_once` everything is tried first, else only what is due. Gives what was told, and what was not with why.
        """
        ended: dict[Path, Delivery] = {}
        until = self._now() + patience
        with self._locked("send"):
            while True:
                for path, kept in self._waiting():
                    if kept["due"] <= self._now() or (at_once and path not in ended):
                        ended[path] = self._try(path, kept)
                due = [kept["due"] for path, kept in self._waiting() if path in ended or kept["due"] <= self._now()]
                if not due or min(due) > until:
                    return tuple(ended.values())
                self._pause(max(0.0, min(due) - self._now()))

    @property
    def next_due(self) -> float | None:
        """When something is to be tried next, in seconds since 1970; None where nothing waits."""
        return min((kept["due"] for _, kept in self._waiting()), default=None)

    def _try(self, path: Path, kept: dict[str, Any]) -> Delivery:
        alert, by, to = Alert.from_json(kept["alert"]), kept["by"], kept["to"]
        try:
            self._tell(alert, by, to, path.stem)
        except AlertError as error:
            soon = isinstance(error, NotDelivered) and error.soon
            pause = _PAUSES[min(kept["tries"], len(_PAUSES) - 1)] if soon else _LATER
            tried = {"tries": kept["tries"] + 1, "due": self._now() + pause, "problem": str(error)}
            if path.exists():  # else it was forgotten meanwhile
                replace_json(path, {**kept, **tried})
            return Delivery(alert, by, to, problem=str(error))
        replace_json(path, {"told": self._moment().isoformat(timespec="seconds")})  # the rest is not needed any more
        return Delivery(alert, by, to, is_told=True)

    def _seen(self, asked: Delivery) -> Delivery:
        try:
            kept = json.loads(self._path(asked).read_text(encoding="utf-8"))
            return replace(asked, is_told="told" in kept, problem=str(kept.get("problem", "")))
        except (OSError, ValueError, AttributeError, TypeError):
            return asked

    def _path(self, delivery: Delivery) -> Path:
        about = json.dumps([delivery.alert.key, delivery.by, delivery.to])
        return self._folder / f"{hashlib.sha256(about.encode()).hexdigest()}.json"

    def _tell(self, alert: Alert, by: str, to: str, key: str) -> None:
        if by == "webhook":
            post(self._settings.webhook(to), alert, key, self._settings.private)
        else:
            server, sender = self._settings.receiver(to)
            send_mail(server, sender, to, alert, key, self._moment())

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)

    def _waiting(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """What is not told yet, by name; a file that is damaged is none."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                kept = json.loads(path.read_text(encoding="utf-8"))
                if "told" not in kept:
                    Alert.from_json(kept["alert"])
                    yield path, {**kept, "due": float(kept["due"]), "tries": int(kept["tries"])}
            except (OSError, ValueError, TypeError, KeyError, AttributeError):
                continue

    @contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        """One process at a time; who puts something in does not wait for one that sends."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self._folder / f"{what}.lock", "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _deliveries(alerts: Iterable[Alert], monitor: MonitorPlan) -> Iterator[Delivery]:
    """Each alarm for each whom the plan names."""
    for alert in alerts:
        if monitor.webhook is not None:
            yield Delivery(alert, "webhook", monitor.webhook)
        for address in monitor.email:
            yield Delivery(alert, "email", address)
