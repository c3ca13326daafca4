"""The alarms of an app's series: told from a thread of their own, so that no page waits for a server."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.plan.parts import MonitorPlan
from core.record.series.alert import Alert
from core.store.alerts.outbox import Delivery, Outbox
from core.store.alerts.settings import AlertError, AlertSettings

LOG = logging.getLogger(__name__)
_ROUND_SECONDS, _TROUBLE_SECONDS = 0.5, 60.0


class AlertPost:
    """What an installation has to tell. Any thread may call it."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        """Keep it below `root`; `environment` says where, and whom a plan may name."""
        self._problem = ""
        try:
            self._settings = AlertSettings.of(environment)
        except AlertError as error:  # the app starts all the same; whoever is to be told is named on the page
            self._settings, self._problem = AlertSettings(), str(error)
        self._outbox = Outbox(root / "alerts", self._settings)
        self._lock, self._woken, self._closed = threading.Lock(), threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, alerts: Sequence[Alert], monitor: MonitorPlan) -> tuple[Delivery, ...]:
        """Have alarms told to whom a plan names, each once, and say what became of them so far.

        Raises AlertError, naming the setting, where the plan names somebody whom the operator did not, and where the
        disk keeps nothing more.
        """
        if monitor.webhook is None and not monitor.email:
            return ()
        if self._problem:
            raise AlertError(self._problem)
        self._settings.check(monitor)
        try:
            self._outbox.put(alerts, monitor)
        except OSError as error:
            raise AlertError(f"Alarms cannot be kept ({error.strerror}). Free some space on the disk.") from None
        self.begin()
        return self._outbox.state(alerts, monitor)

    def forget(self, table: str | None) -> None:
        """Tell nothing more about the table of this digest, if that is known."""
        if table is not None:
            self._outbox.forget(table)

    def begin(self) -> None:
        """Tell what waits, and was left by an earlier app."""
        with self._lock:
            self._woken.set()
            if self._thread is None and not self._closed.is_set() and self._outbox.next_due is not None:
                self._thread = threading.Thread(target=self._work, name="plumbline-alerts", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Tell nothing more; what waits is told by the next app."""
        self._closed.set()
        self._woken.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            self._woken.clear()
            pause = self._round()
            with self._lock:
                if self._closed.is_set() or (pause is None and not self._woken.is_set()):
                    self._thread = None
                    return
            self._woken.wait(pause)

    def _round(self) -> float | None:
        """Tell what is due; gives the seconds until more is, None where nothing waits."""
        try:
            self._outbox.send(0, at_once=False)
            due = self._outbox.next_due
        except OSError as error:  # a disk that is full, say: the next round comes
            LOG.warning("alarms could not be told (%s)", error.strerror)
            return _TROUBLE_SECONDS
        return None if due is None else max(_ROUND_SECONDS, due - time.time())
