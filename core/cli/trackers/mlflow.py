"""An MLflow run: one for each audit or series, found again by a tag, so that a command may be repeated.

MLflow adds to a run and changes nothing in it. So a number that stands at its step is not written again, and where one
is another now, as when a month came in between, a new run takes the place of the old one, which goes to the trash.
"""

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
    """Write the figures that are not there yet; gives the run's id.

    Raises PlumblineError where that fails, without the address's secrets.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient
    from mlflow.entities import Metric
    from mlflow.exceptions import MlflowException

    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        client = MlflowClient(tracking_uri=uri)
        place = _experiment(client)
        earlier = _earlier(client, place, figures.key)
        there = {} if earlier is None else _there(client, earlier)
        now = {(each.name, each.step): each.value for each in figures.numbers}
        is_same_run = earlier is not None and all(now.get(at) == value for at, value in there.items())
        run = str(earlier.info.run_id) if is_same_run else _begun(client, place, figures)
        metrics = [
            Metric(each.name, each.value, int(each.moment * 1000), each.step)
            for each in figures.numbers
            if not is_same_run or (each.name, each.step) not in there
        ]
        for start in range(0, len(metrics), _AT_ONCE):
            client.log_batch(run, metrics=metrics[start : start + _AT_ONCE])
        client.set_terminated(run)
        if earlier is not None and not is_same_run:
            client.delete_run(earlier.info.run_id)
    except (MlflowException, OSError) as error:
        kind = type(error.__cause__ or error).__name__
        raise PlumblineError(f"The MLflow at --mlflow could not be written to ({kind}). Check its address.") from None
    return run


def _experiment(client: Any) -> str:
    """The experiment that runs are put into, made where there is none."""
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    experiment = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if experiment is None else experiment.experiment_id)


def _earlier(client: Any, place: str, key: str) -> Any:
    """The run that these figures were written to before; None where they were not."""
    return next(iter(client.search_runs([place], f"tags.`{TAG}` = '{key}'", max_results=1)), None)


def _begun(client: Any, place: str, figures: RunFigures) -> str:
    return str(client.create_run(place, run_name=figures.name[:200], tags={TAG: figures.key}).info.run_id)


def _there(client: Any, run: Any) -> dict[tuple[str, int], float]:
    """The numbers of a run, by name and step."""
    return {
        (each.key, each.step): each.value
        for name in run.data.metrics
        for each in client.get_metric_history(run.info.run_id, name)
    }
