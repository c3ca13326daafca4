"""What a part of a table gave, as bytes that are made and opened inside a sandbox alone: numbers, and no row."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import Counts, Ints
from core.data.dataset import Dataset
from core.data.images.usable import FaultyImages
from core.engine.counted import Counted
from core.engine.model_answers import ModelAnswers
from core.record.written_counts import axis_to_json, groups_to_json

if TYPE_CHECKING:
    from core.models.outputs.labels_seen import LabelsSeen


def content_of(counted: Counted, facts: Mapping[str, Any]) -> bytes:
    """What was counted, as bytes without the cells of any row; `facts` are of how the source was run."""
    counts, answers, weighted = counted.counts, counted.answers, counted.beside.weighted
    places = np.flatnonzero(counts.n)
    said: dict[str, Any] = {
        "made_of": _made_of(counts),
        "faulty": [[fault, count, list(rows)] for fault, (count, rows) in counted.faulty.rows.items()],
        "labels": None if answers.labels is None else _labels(answers.labels),
        "threshold": None if answers.own is None else answers.own.threshold,
        "fed": None if answers.fed is None else {"columns": list(answers.fed.columns), "row": answers.fed.row},
        "facts": {name: facts[name] for name in ("device", "batch_size")},
        "known": [words for words in counted.known if isinstance(words, str)],
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        "said": np.frombuffer(json.dumps(said).encode(), dtype=np.uint8),
        "numbers": np.asarray([counted.lines, counted.read, counted.near_threshold, counted.on_threshold]),
        "places": places,
        "n": counts.n.reshape(-1)[places],
        "sums": counts.sums,
        "left_out": counted.left_out,
    }
    if answers.own is not None:
        arrays |= {"own_rows": answers.own.rows, "own_answers": answers.own.answers}
    if weighted is not None:
        arrays |= {"w": weighted.w.reshape(-1)[places], "w2": weighted.w2.reshape(-1)[places]}
    written = io.BytesIO()
    np.savez_compressed(written, allow_pickle=False, **arrays)
    return written.getvalue()


def counted_from(content: bytes, nobody: Counted, dataset: Dataset) -> tuple[Counted, dict[str, Any]]:
    """What was counted, and how the source was run; `nobody` is what no row at all gives in the same pass.

    "known" is what that source said before it read a row, such as that a GPU failed there. Raises KeyError, TypeError,
    ValueError or zipfile.BadZipFile where the bytes are not that.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays.files}
    said = json.loads(found["said"].tobytes())
    counts = nobody.counts
    if said["made_of"] != _made_of(counts):
        raise ValueError("its groups or scores are others")
    lines, read, near, on = map(int, found["numbers"])
    places = found["places"]
    n = _spread(found["n"], places, counts)
    beside = nobody.beside
    if beside.weighted is not None:
        w, w2 = (_spread(found[name], places, counts) for name in ("w", "w2"))
        beside = replace(beside, weighted=replace(beside.weighted, w=w, w2=w2))
    counted = replace(
        nobody,
        counts=replace(counts, n=n, sums=found["sums"].reshape(counts.sums.shape)),
        lines=lines,
        read=read,
        left_out=found["left_out"].reshape(nobody.left_out.shape),
        near_threshold=near,
        on_threshold=on,
        faulty=FaultyImages({fault: (count, tuple(rows)) for fault, count, rows in said["faulty"]}),
        answers=_answers(said, found, dataset),
        beside=beside,
    )
    return counted, said["facts"] | {"known": said.get("known", [])}


def _spread(values: Ints, places: Ints, counts: Counts) -> Ints:
    table = np.zeros(counts.n.size, dtype=np.int64)
    table[places] = values
    return table.reshape(counts.n.shape)


def _made_of(counts: Counts) -> str:
    """The groups and the scores of a pass, as one digest."""
    made_of = json.dumps([groups_to_json(counts.groups), axis_to_json(counts.axis)])
    return hashlib.sha256(made_of.encode()).hexdigest()


def _labels(labels: LabelsSeen) -> dict[str, Any]:
    return asdict(labels) | {"found": sorted(labels.found)}


def _answers(said: dict[str, Any], found: dict[str, npt.NDArray[Any]], dataset: Dataset) -> ModelAnswers:
    """What a model's answers showed; the cells of the row that it was fed first are read from the table."""
    from core.engine.own_decision import OwnDecisions
    from core.models.inputs.fed_columns import FirstFed
    from core.models.outputs.labels_seen import LabelsSeen

    labels, own, fed = said["labels"], None, None
    if labels is not None:
        others = tuple((float(number), name) for number, name in labels.pop("others"))
        wanted, names = tuple(labels.pop("wanted")), frozenset(labels.pop("found"))
        labels = LabelsSeen(wanted, found=names, others=others, **labels)
    if said["threshold"] is not None:
        own = OwnDecisions(said["threshold"], found["own_rows"], found["own_answers"])
    if said["fed"] is not None:
        columns, row = tuple(said["fed"]["columns"]), int(said["fed"]["row"])
        fed = FirstFed.of(columns, next(dataset.batches(columns, rows=range(row, row + 1))))
    return ModelAnswers(labels, own, fed)
