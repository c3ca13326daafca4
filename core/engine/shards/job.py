"""The job that counts some parts of a table: the model is opened once, and each part leaves one whole file."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from core.data.progress import Progress
from core.engine.counting import Pass
from core.engine.job import open_table
from core.engine.shards.content import content_of
from core.engine.shards.counting_key import CountingKey
from core.engine.shards.edges import EDGES, as_bytes, with_found_edges
from core.engine.shards.partial import Partial
from core.engine.shards.shard import Shard
from core.engine.sources import score_edges, source
from core.engine.versions import versions
from core.jobs.digest import sha256
from core.metrics.stated_rule import rule_file
from core.models.device import or_on_the_cpu, without_gpu
from core.plan.plan import Plan


def run(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The count job: request["shards"] of the table in folder/in become a file each in folder/out.

    request["plan"] says how they are counted, request["each"] how many rows a part has. Where a GPU fails, all of them
    are counted on the CPU; so are those whose jobs died on request["died_on"], a GPU.
    """
    died_on = request.get("died_on")
    with nullcontext() if died_on is None else without_gpu(str(died_on), "its process died"):
        or_on_the_cpu(lambda: _count(folder, request, progress))


def find_edges(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    """The edges job: where the scores of request["plan"] are cut in the table becomes out/edges.json."""
    out, plan = folder / "out", Plan.from_toml(str(request["plan"]))
    dataset = open_table(folder / "in", out, plan, progress)
    (out / EDGES).write_bytes(as_bytes(score_edges(dataset, str(plan.decision.score), progress)))


def _count(folder: Path, request: dict[str, Any], progress: Progress) -> None:
    given, out, plan = folder / "in", folder / "out", Plan.from_toml(str(request["plan"]))
    asked = [Shard(*map(int, each)) for each in request["shards"]]
    dataset, model = open_table(given, out, plan, progress), given / "model"
    stated = rule_file(plan)
    edges = given / EDGES
    cut = with_found_edges(plan, edges.read_bytes() if edges.exists() else None)
    decisions = source(cut, dataset, model if model.exists() else None, stated)
    one = Pass.of(decisions, dataset, plan, progress, stated)
    model_digest, images_digest = (sha256(each) if each.exists() else None for each in (model, given / "images"))
    version, rows_each = versions()["plumbline"], int(request["each"])
    key = CountingKey.of(plan, dataset.profile.sha256, model_digest, images_digest, version, rows_each)
    total, done = sum(shard.rows for shard in asked), 0
    for shard in asked:
        counted = one.nobody
        for batch in dataset.batches(one.columns, rows=shard.span):
            counted += one.count(batch)
            progress(done + counted.lines, total, "rows scored")
        done += shard.rows
        partial = Partial(shard, key, content_of(counted, decisions.facts()))
        _write_whole(out / shard.file, partial.to_bytes())


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees all of it or nothing."""
    part = path.with_name(f"{path.name}.writing")
    part.write_bytes(content)
    os.replace(part, path)
