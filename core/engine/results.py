"""Taking over what a job wrote: nothing is believed before it was checked (design.md 4).

A job ran code that a model file may have taken over, so its files are read as hostile input.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.counts.counts import LABELS, SUM_UNIT, SUMS, UNKNOWN, Axis, Counts, Groups
from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.images.thumbnails import are_thumbnails
from core.data.profile import PROFILE, Profile
from core.data.sampled_rows import MOST_PEOPLE
from core.errors import JobError, PlumblineError
from core.jobs.untrusted import checked_array, checked_json
from core.metrics.reference import resolve, tables
from core.metrics.sampling import stored
from core.metrics.second_opinion import SecondOpinion
from core.metrics.stated_rule import stated_rule
from core.metrics.words.notes import text
from core.notes import SAID, Note, said
from core.plan.plan import Plan
from core.record import (
    FACTS_FILE,
    N_FILE,
    SUMS_FILE,
    AuditRecord,
    Fed,
    Provenance,
    axis_from_json,
    groups_from_json,
    left_out_from_json,
)

_PROFILE_CAP, FACTS_CAP, ARRAY_CAP = 64 << 20, 16 << 20, 256 << 20
_MOST_WARNINGS, _LONGEST_TEXT, _LARGEST_NOTE = 100, 2_000, 20_000
_LARGEST_SCORE = 2**10


@dataclass(frozen=True)
class ModelFacts:
    """What the inspection of a model found, for the page to show and to suggest from.

    `inputs` pairs each input's name with its column, None where the table has none; `output_columns`, `low` and
    `high` describe what it gave for the first rows; `problem` is the message an audit would end with,
    and `asks` the key of the plan's [decision], "features" or "text", that would answer it;
    `image` is the width and height of what a model of images takes; `classes_are_numbers` says that a plan writes the
    classes as numbers; `leaks` are notes, as JSON values, of inputs that are suspected to know the answer.
    """

    format_words: str
    device: str
    gradients: bool
    inputs: tuple[tuple[str, str | None], ...]
    missing: tuple[str, ...]
    classes: tuple[str, ...]
    output_columns: int | None
    low: float | None
    high: float | None
    suggested_output: str | None
    suggested_favourable_class: int | str | list[int | str] | None
    warnings: tuple[str, ...]
    problem: str | None
    image: tuple[int, int] | None = None
    classes_are_numbers: bool = False
    asks: str = ""
    leaks: tuple[Any, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The facts as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> ModelFacts:
        """The facts from `to_json`'s values."""
        inputs = tuple((name, column) for name, column in document["inputs"])
        listed = {key: tuple(document[key]) for key in ("missing", "classes", "warnings")}
        image = document.get("image")
        leaks = tuple(document.get("leaks", ()))
        given = {"inputs": inputs, "image": None if image is None else tuple(image), "leaks": leaks}
        return cls(**{**document, **given, **listed})


def collect_model_facts(out: Path) -> ModelFacts:
    """What the inspect job wrote. Raises JobError where it is not that."""
    with believing_nothing():
        found = checked_json(out / "model.json", FACTS_CAP)
        outputs = found["outputs"] or {"columns": None, "low": None, "high": None}
        output, chosen = found["suggested_output"], found["suggested_favourable_class"]
        if output not in (None, "probability", "logit", "class") or not isinstance(chosen, int | str | list | None):
            raise ValueError("it suggests what no plan can say")
        return ModelFacts(
            format_words=str(found["format_words"]),
            device="cuda" if found["device"] == "cuda" else "cpu",
            gradients=found["gradients"] is True,
            inputs=tuple((str(i["name"]), None if i["column"] is None else str(i["column"])) for i in found["inputs"]),
            missing=checked_texts(found["missing"]),
            classes=checked_texts(found["classes"] or []),
            output_columns=None if outputs["columns"] is None else int(outputs["columns"]),
            low=None if outputs["low"] is None else float(outputs["low"]),
            high=None if outputs["high"] is None else float(outputs["high"]),
            suggested_output=output,
            suggested_favourable_class=chosen,
            warnings=tuple(map(text, checked_notes(found["warnings"]))),
            problem=None if found["problem"] is None else str(found["problem"])[:_LONGEST_TEXT],
            image=_image(found.get("image")),
            classes_are_numbers=found.get("classes_are_numbers") is True,
            asks=found["asks"] if found.get("asks") in ("features", "text") else "",
            leaks=tuple(note.to_json() for note in checked_notes(found.get("leaks", []))),
        )


def _image(shape: list[Any] | None) -> tuple[int, int] | None:
    """Width and height of an image of shape [h, w, c]."""
    return None if shape is None else (int(shape[1]), int(shape[0]))


def collect_thumbnails(out: Path) -> npt.NDArray[np.uint8] | None:
    """The few images that the inspect job took out for the page; None where it took none.

    Raises JobError where they are anything else.
    """
    if not (out / THUMBNAILS).exists():
        return None
    with believing_nothing():
        pixels = checked_array(out / THUMBNAILS, FACTS_CAP)
        if not are_thumbnails(pixels):
            raise ValueError("its images are none")
        return pixels


def checked_texts(values: list[Any]) -> tuple[str, ...]:
    """Sentences of a job, cut to what a page can show."""
    return tuple(str(value)[:_LONGEST_TEXT] for value in values[:_MOST_WARNINGS])


def checked_notes(values: list[Any]) -> tuple[Note, ...]:
    """Notes of a job: of a kind that there is, and sayable; ready-made sentences are cut to what a page can show."""
    notes = []
    for value in values[:_MOST_WARNINGS]:
        note = Note.from_json(value)
        words = text(note)
        if note.kind == SAID:
            note = said(words[:_LONGEST_TEXT])
        elif len(words) > _LONGEST_TEXT or len(json.dumps(value)) > _LARGEST_NOTE:
            raise ValueError("one of its notes is too long")
        notes.append(note)
    return tuple(notes)


def collect_profile(out: Path, name: str, sha256: str) -> Profile:
    """The profile that a job wrote of the upload with this digest. Raises JobError where it is not one."""
    with believing_nothing():
        profile = Profile.from_json(checked_json(out / PROFILE, _PROFILE_CAP))
        if profile.sha256 != sha256:
            raise ValueError("it describes another file")
        if profile.rows < 1 or not profile.columns or len(set(profile.names)) < len(profile.columns):
            raise ValueError("it has no rows, no columns, or two columns of one name")
        return replace(profile, name=name)


def collect_record(
    out: Path,
    plan: Plan,
    rows: int,
    data_sha256: str,
    model_sha256: str | None,
    images_sha256: str | None = None,
) -> AuditRecord:
    """The record of an audit from what its job wrote.

    Parameters
    ----------
    out
        The job's output folder.
    plan, data_sha256, model_sha256, images_sha256
        The question and the digests of what was put in, as the supervisor knows them.
    rows
        Rows of the profiled table, all of which the job must have read.
    """
    with believing_nothing():
        facts = checked_json(out / FACTS_FILE, FACTS_CAP)
        groups, axis = groups_from_json(facts["groups"]), axis_from_json(facts["axis"])
        people = rows if plan.data.count is None else min(int(facts["read"]), MOST_PEOPLE)
        counts = checked_counts(out / N_FILE, out / SUMS_FILE, groups, axis, plan, people)
        dropped = tuple(map(int, facts["dropped"]))
        adds_up = int(facts["read"]) == people and counts.people == people - sum(dropped)
        if not adds_up or min(dropped, default=0) < 0 or int(facts.get("lines", rows)) != rows:
            raise ValueError("its people do not add up to the table's rows")
        if len(dropped) != plan.sieves:
            raise ValueError("its keep rules are not the plan's")
        plan = _with_edges(plan, counts)
        rule = stated_rule(counts, plan)
        return AuditRecord(
            plan=plan,
            counts=counts,
            references=resolve(counts, rule, plan),
            rows_read=people,
            dropped=dropped,
            notes=checked_notes(facts["warnings"]),
            second_opinion=_second_opinion(facts["aif360"]),
            provenance=replace(_provenance(facts, data_sha256, model_sha256), images_sha256=images_sha256),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            sampled=stored.read(
                out, facts, plan, counts, tables(plan), rule, lambda path: checked_array(path, ARRAY_CAP)
            ),
            lines=None if plan.data.count is None else rows,
            left_out=left_out_from_json({"dropped": dropped, "left_out": facts["left_out"]}, len(groups)),
            fed=_fed(facts.get("fed", [])),
        )


def _fed(listed: list[Any]) -> tuple[Fed, ...]:
    return tuple(
        Fed(place, str(each["column"])[:_LONGEST_TEXT], None if each["first"] is None else str(each["first"])[:200])
        for place, each in enumerate(listed, 1)
    )


def checked_counts(n_file: Path, sums_file: Path, groups: Groups, axis: Axis, plan: Plan, rows: int) -> Counts:
    """Counts that a job wrote, of at most `rows` people. Raises ValueError or JobError where they are not that."""
    n, sums = checked_array(n_file, ARRAY_CAP), checked_array(sums_file, ARRAY_CAP)
    if groups.attributes != plan.groups.sensitive:
        raise ValueError("its groups are not the plan's")
    if n.shape != (len(groups), LABELS, axis.bins) or sums.shape != (SUMS, len(groups), LABELS):
        raise ValueError("its counts have the wrong shape")
    if n.dtype != np.int64 or sums.dtype != np.int64 or n.min() < 0 or n.max() > rows:
        raise ValueError("its counts are not counts")
    if plan.data.label is None and n[:, :UNKNOWN].any():
        raise ValueError("it has outcomes though the plan names none")
    people = n.sum(axis=2).astype(np.float64)
    if (
        sums[1].min() < 0
        or (np.abs(sums.astype(np.float64)) > (people * (_LARGEST_SCORE + 1) ** 2 + 1) * SUM_UNIT).any()
    ):
        raise ValueError("its score sums do not fit its people")
    return Counts(groups, axis, n, sums)


def _with_edges(plan: Plan, counts: Counts) -> Plan:
    """The plan with the score edges that this first audit made: later audits of it reuse them."""
    if plan.decision.score is None or plan.decision.edges:
        return plan
    return replace(plan, decision=replace(plan.decision, edges=counts.axis.edges))


def _second_opinion(document: dict[str, Any]) -> SecondOpinion:
    return SecondOpinion(
        int(document["measures"]),
        int(document["numbers"]),
        float(document["largest_difference"]),
        document["agrees"] is True,
    )


def _provenance(facts: dict[str, Any], data_sha256: str, model_sha256: str | None) -> Provenance:
    batch_size = facts["batch_size"]
    return Provenance(
        data_sha256=data_sha256,
        model_sha256=model_sha256,
        device="cuda" if facts["device"] == "cuda" else "cpu",
        batch_size=None if batch_size is None else int(batch_size),
        near_threshold=int(facts["near_threshold"]),
        versions={str(k)[:100]: str(v)[:100] for k, v in dict(facts["versions"]).items()},
        seconds={str(k)[:100]: float(v) for k, v in dict(facts["seconds"]).items()},
    )


@contextmanager
def believing_nothing() -> Iterator[None]:
    """Whatever is wrong with a job's files is one kind of error, and no exception of a parser reaches a page."""
    try:
        yield
    except PlumblineError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise JobError(
            f"The job's result was refused: {error}. The model file may be damaged or hostile; nothing of it was kept."
        ) from None
