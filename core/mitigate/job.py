"""The mitigate job: a folder in, the files of a search for fixes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.data.profile import SECOND
from core.data.progress import Progress
from core.engine.job import open_table
from core.engine.run import timed
from core.mitigate.candidate import Mitigated
from core.mitigate.results import write
from core.mitigate.run import mitigate, refuse_unaskable
from core.mitigate.settings import Settings
from core.plan.plan import Plan


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The mitigate job: what request["with"] names is tried on request["plan"], and what came of it stands in out.

    The table is in/table.parquet with in/profile.json, or else the upload in/table; the second table that
    `[mitigate] evaluate` names is in/second_table, and so on; the model, where the plan names one, is in/model.
    """
    plan, names = Plan.from_toml(str(request["plan"])), [str(name) for name in request["with"]]
    write(search_folder(folder / "in", folder / "out", plan, names, progress), folder / "out")


def search_folder(given: Path, out: Path, plan: Plan, names: Sequence[str], progress: Progress) -> Mitigated:
    """Search what lies in a job's folder of inputs; trained models, and profiles that are taken, go to `out`."""
    refuse_unaskable(plan, names)
    opening: dict[str, float] = {}
    with timed(opening, "divide"):
        dataset, second = open_table(given, out, plan, progress), None
        evaluate = Settings.of(plan).evaluate
        if evaluate is not None:
            named = replace(plan, data=replace(plan.data, file=evaluate))
            second = open_table(given, out, named, progress, SECOND)
    model = given / "model"
    found = mitigate(plan, dataset, second, model if model.exists() else None, out, progress, names)
    divided = round(opening["divide"] + found.seconds["divide"], 3)
    return replace(found, seconds=found.seconds | {"divide": divided})
