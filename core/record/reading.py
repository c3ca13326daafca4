"""A record from a file: of this installation or of another, and not believed."""

from __future__ import annotations

import json
from datetime import datetime
from math import isfinite

from core.errors import DataError, PlumblineError
from core.metrics.words.notes import told
from core.record import AuditRecord, Provenance

MOST_BYTES = 256 << 20


def read_record(content: bytes, name: str) -> AuditRecord:
    """The record that a record.json holds, called `name` in messages.

    Raises DataError where it holds none, or one whose parts do not fit each other.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise DataError(f"{name} is not JSON. Give the record.json that an audit wrote.") from None
    if not isinstance(document, dict) or "counts" not in document or "plan" not in document:
        is_result = isinstance(document, dict) and "findings" in document
        what = "is a result, without the counts" if is_result else "holds no record of an audit"
        raise DataError(f"{name} {what}. Give the record.json that an audit wrote beside it.")
    try:
        record = AuditRecord.from_json(document)
        if record.counts.groups.attributes != record.plan.groups.sensitive:
            raise ValueError("its groups are not its plan's")
        if not record.counts.people or not record.judgement().groups:
            raise ValueError("it counts nobody")
        _check_said(record)
    except PlumblineError as error:
        raise DataError(f"{name}: {error.message}") from None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, MemoryError) as error:
        raise DataError(f"{name} cannot be judged ({error}). Give a record.json as an audit wrote it.") from None
    return record


def _check_said(record: AuditRecord) -> None:
    """What every sentence about a record takes for granted. Raises ValueError where it is otherwise."""
    datetime.fromisoformat(record.created)
    named = [each for by, values in record.references.items() for each in (*by, *values)]
    if not all(isinstance(each, str) for each in named):
        raise ValueError("a comparison group is not named by a text")
    for note in record.notes:
        told(note, record.plan.data.confirmed)
    _check_run(record.provenance)
    second = record.second_opinion
    if not all(isinstance(each, int) for each in (second.measures, second.numbers)):
        raise ValueError("what AIF360 computed is not counted by whole numbers")
    if not isinstance(second.largest_difference, int | float):
        raise ValueError("how far apart AIF360 is, is no number")
    json.dumps(record.to_json(), ensure_ascii=False).encode()  # a lone surrogate can be written nowhere


def _check_run(ran: Provenance) -> None:
    """Raise ValueError where what is said of the run is of other types than `Provenance` has."""
    texts = [ran.data_sha256, ran.device, *ran.versions, *ran.versions.values(), *ran.seconds]
    texts += [each for each in (ran.model_sha256, ran.images_sha256) if each is not None]
    sizes = [ran.near_threshold, *([] if ran.batch_size is None else [ran.batch_size])]
    if not all(isinstance(each, str) for each in texts):
        raise ValueError("a digest, a version or a device is no text")
    if not all(isinstance(each, int) for each in sizes):
        raise ValueError("a count of the run is no whole number")
    if not all(isinstance(each, int | float) and isfinite(each) for each in ran.seconds.values()):
        raise ValueError("the time of a step is no number")
