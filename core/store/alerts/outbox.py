"""Alarms on their way: each a file until it is told, so a crash loses none, and none is told twice."""

from __future__ import annotations

import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    """What became of one alarm for one receiver: told, or why not yet."""

    alert: Alert
    by: Literal["webhook", "email"]
    to: str
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
        receivers = [("webhook", monitor.webhook)] if monitor.webhook is not None else []
        receivers += [("email", address) for address in monitor.email]
        with self._locked("put"):
            for alert in alerts:
                for by, to in receivers:
                    path = self._folder / f"{_key(alert, by, to)}.json"
                    if not path.exists():
                        replace_json(path, {"alert": alert.to_json(), "by": by, "to": to, "tries": 0, "due": 0.0})

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
            replace_json(path, {**kept, "tries": kept["tries"] + 1, "due": self._now() + pause})
            return Delivery(alert, by, to, str(error))
        replace_json(path, {"told": self._moment().isoformat(timespec="seconds")})  # the rest is not needed any more
        return Delivery(alert, by, to)

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


def _key(alert: Alert, by: str, to: str) -> str:
    return hashlib.sha256(json.dumps([alert.key, by, to]).encode()).hexdigest()
