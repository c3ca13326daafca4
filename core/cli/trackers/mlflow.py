"""An MLflow run: one for each audit or series, found again by a tag, so that a command may be repeated."""

from __future__ import annotations

import logging
import os
from typing import Any

from core.cli.trackers.figures import RunFigures
from core.errors import PlumblineError

EXPERIMENT, TAG = "plumbline", "plumbline.key"
_AT_ONCE = 500
# It says nothing about itself to its makers, and a server that is not there does not hold the command up for minutes.
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


def write_run(uri: str, figures: RunFigures) -> str:
    """Write the figures; gives the run's id. Raises PlumblineError where that fails, without the address's secrets."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient
    from mlflow.entities import Metric
    from mlflow.exceptions import MlflowException

    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        client = MlflowClient(tracking_uri=uri)
        run = _run(client, figures)
        metrics = [Metric(each.name, each.value, int(each.moment * 1000), each.step) for each in figures.numbers]
        for start in range(0, len(metrics), _AT_ONCE):
            client.log_batch(run, metrics=metrics[start : start + _AT_ONCE])
        client.set_terminated(run)
    except (MlflowException, OSError) as error:
        kind = type(error.__cause__ or error).__name__
        raise PlumblineError(f"The MLflow at --mlflow could not be written to ({kind}). Check its address.") from None
    return run


def _run(client: Any, figures: RunFigures) -> str:
    """The run of these figures, begun where there is none."""
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    experiment = client.get_experiment_by_name(name)
    place = client.create_experiment(name) if experiment is None else experiment.experiment_id
    found = client.search_runs([place], f"tags.`{TAG}` = '{figures.key}'", max_results=1)
    if found:
        return str(found[0].info.run_id)
    return str(client.create_run(place, run_name=figures.name[:200], tags={TAG: figures.key}).info.run_id)
