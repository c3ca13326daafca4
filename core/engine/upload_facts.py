"""What the two looks at an upload found, at its table and at its model: read as hostile, like all that a job writes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.images.thumbnails import FILE as THUMBNAILS
from core.data.images.thumbnails import are_thumbnails
from core.data.profile import PROFILE, Profile
from core.engine.results import checked_format, checked_notes
from core.jobs.untrusted import FACTS_CAP, LONGEST_TEXT, believing_nothing, checked_array, checked_json, checked_texts
from core.metrics.words.notes import text
from core.models import FORMATS
from core.models.refusals.snippets import SNIPPETS

_PROFILE_CAP = 64 << 20


@dataclass(frozen=True)
class ModelFacts:
    """What the inspection of a model found, for the page to show and to suggest from.

    `format` is the row of `core.models.FORMATS` that it was opened as, `format_words` what a page calls that;
    `inputs` pairs each input's name with its column, None where the table has none; `output_columns`, `low` and
    `high` describe what it gave for the first rows; `problem` is the message an audit would end with,
    `asks` the key of the plan's [decision], "features" or "text", that would answer it, and `snippet` the row of
    SNIPPETS that would help;
    `image` is the width and height of what a model of images takes; `classes_are_numbers` says that a plan writes the
    classes as numbers; `leaks` are notes, as JSON values, of inputs that are suspected to know the answer.
    """

    format: str
    format_words: str
    device: str
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
    snippet: str = ""
    leaks: tuple[Any, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The facts as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> ModelFacts:
        """The facts from `to_json`'s values."""
        known = {key: document[key] for key in cls.__dataclass_fields__ if key in document}
        inputs = tuple((name, column) for name, column in document["inputs"])
        listed = {key: tuple(document[key]) for key in ("missing", "classes", "warnings")}
        image = document.get("image")
        leaks = tuple(document.get("leaks", ()))
        given = {"inputs": inputs, "image": None if image is None else tuple(image), "leaks": leaks}
        called = {"format": document.get("format") or _format_called(document["format_words"])}
        return cls(**{**known, **given, **listed, **called})


def _format_called(words: str) -> str:
    """The format that a page calls so, "" where there is none: older facts have these words alone."""
    return next((row.name for row in FORMATS.values() if row.words == words), "")


def collect_model_facts(out: Path) -> ModelFacts:
    """What the inspect job wrote. Raises JobError where it is not that."""
    with believing_nothing():
        found = checked_json(out / "model.json", FACTS_CAP)
        outputs = found["outputs"] or {"columns": None, "low": None, "high": None}
        output, chosen = found["suggested_output"], found["suggested_favourable_class"]
        if output not in (None, "probability", "logit", "class") or not isinstance(chosen, int | str | list | None):
            raise ValueError("it suggests what no plan can say")
        return ModelFacts(
            format=checked_format(found["format"]),
            format_words=FORMATS[found["format"]].words,
            device="cuda" if found["device"] == "cuda" else "cpu",
            inputs=tuple((str(i["name"]), None if i["column"] is None else str(i["column"])) for i in found["inputs"]),
            missing=checked_texts(found["missing"]),
            classes=checked_texts(found["classes"] or []),
            output_columns=None if outputs["columns"] is None else int(outputs["columns"]),
            low=None if outputs["low"] is None else float(outputs["low"]),
            high=None if outputs["high"] is None else float(outputs["high"]),
            suggested_output=output,
            suggested_favourable_class=chosen,
            warnings=tuple(map(text, checked_notes(found["warnings"]))),
            problem=None if found["problem"] is None else str(found["problem"])[:LONGEST_TEXT],
            image=_image(found.get("image")),
            classes_are_numbers=found.get("classes_are_numbers") is True,
            asks=found["asks"] if found.get("asks") in ("features", "text") else "",
            snippet=found["snippet"] if found.get("snippet") in SNIPPETS else "",
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


def collect_profile(out: Path, name: str, sha256: str) -> Profile:
    """The profile that a job wrote of the upload with this digest. Raises JobError where it is not one."""
    with believing_nothing():
        profile = Profile.from_json(checked_json(out / PROFILE, _PROFILE_CAP))
        if profile.sha256 != sha256:
            raise ValueError("it describes another file")
        if profile.rows < 1 or not profile.columns or len(set(profile.names)) < len(profile.columns):
            raise ValueError("it has no rows, no columns, or two columns of one name")
        if profile.files and sum(file.rows for file in profile.files) != profile.rows + len(profile.left_out):
            raise ValueError("its files have more or fewer rows than the table")
        return replace(profile, name=name)
