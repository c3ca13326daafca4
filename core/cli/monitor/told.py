"""Alarms of a series, told to whom its plan names and the operator allows; what cannot be told waits in the folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.files import writing
from core.cli.terminal import complain, say
from core.errors import DataError
from core.plan.parts import MonitorPlan

if TYPE_CHECKING:
    from core.record.series import Series
    from core.store.alerts.settings import AlertSettings

OUTBOX = "alerts"


def operator_settings(monitor: MonitorPlan) -> AlertSettings:
    """What the environment allows. Raises AlertError where the plan names somebody whom it does not."""
    from core.store.alerts.settings import AlertSettings

    settings = AlertSettings.of(os.environ)
    settings.check(monitor)
    return settings


def tell(series: Series, monitor: MonitorPlan, settings: AlertSettings, folder: Path) -> bool:
    """Tell the alarms of the last audit, and what an earlier run could not; whether nothing is left to be told."""
    from core.report.documents.alarms import alarms
    from core.store.alerts.outbox import Outbox

    outbox = Outbox(folder / OUTBOX, settings)
    try:
        with writing(folder):
            outbox.put(alarms(series), monitor)
            deliveries = outbox.send()
    except DataError as error:
        complain(str(error))
        return False
    for delivery in deliveries:
        if delivery.problem:
            complain(f"{delivery.problem} The alarm waits; the next run tells it.")
        else:
            say(f"Told {delivery.to} of the alarm for {delivery.alert.period}.")
    return not any(delivery.problem for delivery in deliveries)
