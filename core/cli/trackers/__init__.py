"""`--mlflow` and `--tensorboard`: the figures of an audit or a series, also where a team keeps its experiments.

They hold what result.json and series.json do, so a number that is hidden there is in no tracker.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.terminal import say
from core.errors import PlumblineError

if TYPE_CHECKING:
    from core.cli.trackers.figures import RunFigures
    from core.record import AuditRecord

MLFLOW_URI = "MLFLOW_TRACKING_URI"


def add_trackers(command: argparse.ArgumentParser) -> None:
    """Add the options to a command."""
    command.add_argument(
        "--mlflow",
        nargs="?",
        const="",
        metavar="URI",
        help=f"also write the figures to this MLflow server or database; without URI to that of {MLFLOW_URI}",
    )
    command.add_argument(
        "--tensorboard", type=Path, metavar="DIR", help="also write the figures as TensorBoard's event files"
    )


@dataclass(frozen=True)
class Trackers:
    """Where figures go besides the files of results: the address of an MLflow, a folder of TensorBoard's."""

    mlflow: str | None
    tensorboard: Path | None

    @classmethod
    def asked(cls, chosen: argparse.Namespace) -> Trackers:
        """Those of a command line. Raises PlumblineError where an extra is not installed, or no address is known."""
        for option, package in (("mlflow", "mlflow"), ("tensorboard", "tensorboard")):
            if getattr(chosen, option) is not None and find_spec(package) is None:
                raise PlumblineError(f'--{option} needs an extra: pip install --editable ".[{option}]", in the clone.')
        uri = chosen.mlflow
        if uri is not None and not (uri or os.environ.get(MLFLOW_URI)):
            raise PlumblineError(f"--mlflow does not know where. Give an address, or set {MLFLOW_URI}.")
        return cls(uri if uri is None else uri or os.environ[MLFLOW_URI], chosen.tensorboard)

    def audit(self, record: AuditRecord) -> None:
        """Write the figures of an audit."""
        from core.cli.trackers.figures import of_audit

        if self._are_any:
            self._write(of_audit(record))

    def series(self, document: dict[str, Any]) -> None:
        """Write the figures of series.json, each audit a step."""
        from core.cli.trackers.figures import of_series

        if self._are_any:
            self._write(of_series(document))

    @property
    def _are_any(self) -> bool:
        return self.mlflow is not None or self.tensorboard is not None

    def _write(self, figures: RunFigures) -> None:
        """Write to each. Raises PlumblineError in words where one cannot be written to."""
        if self.tensorboard is not None:
            from core.cli.trackers.tensorboard import write_events

            say(f"Wrote {write_events(self.tensorboard, figures)}")
        if self.mlflow is not None:
            from core.cli.trackers.mlflow import write_run

            say(f"Wrote MLflow run {write_run(self.mlflow, figures)}")
