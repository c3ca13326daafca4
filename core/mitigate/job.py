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
from core.mitigate.publishing import Publisher
from core.mitigate.run import Publish, mitigate, refuse_unaskable, unpublished
from core.mitigate.search_input import ALL_PRICES, Share
from core.mitigate.settings import Settings
from core.plan.plan import Plan


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The mitigate job: what request["with"] names is tried on request["plan"], and what comes of it stands in out.

    It stands there as far as it came while the job works (`core.mitigate.publishing`). The table is in/table.parquet
    with in/profile.json, or else the upload in/table; the second table that `[mitigate] evaluate` names is
    in/second_table, and so on; the model, where the plan names one, is in/model. Where request["share"] is there, it
    says which prices on the gap are tried here.
    """
    plan, names = Plan.from_toml(str(request["plan"])), [str(name) for name in request["with"]]
    publisher = Publisher(folder / "out")
    publisher.whole(
        search_folder(folder / "in", folder / "out", plan, names, progress, publisher.part, _share(request))
    )


def search_folder(
    given: Path,
    out: Path,
    plan: Plan,
    names: Sequence[str],
    progress: Progress,
    publish: Publish = unpublished,
    share: Share = ALL_PRICES,
) -> Mitigated:
    """Search what lies in a job's folder of inputs; trained models, and profiles that are taken, go to `out`."""
    refuse_unaskable(plan, names)
    opening: dict[str, float] = {}
    with timed(opening, "divide"):
        dataset, second = open_table(given, out, plan, progress), None
        evaluate = Settings.of(plan).evaluate
        if evaluate is not None:
            named = replace(plan, data=plan.data.in_file(evaluate))
            second = open_table(given, out, named, progress, SECOND)
    model = given / "model" if (given / "model").exists() else None

    def with_opening(found: Mitigated) -> Mitigated:
        divided = round(opening["divide"] + found.seconds["divide"], 3)
        return replace(found, seconds=found.seconds | {"divide": divided})

    def publish_opened(by_now: Mitigated) -> None:
        publish(with_opening(by_now))

    return with_opening(mitigate(plan, dataset, second, model, out, progress, names, publish_opened, share))


def _share(request: dict[str, Any]) -> Share:
    return Share(**request["share"]) if "share" in request else ALL_PRICES
