"""The explanation of one audit, in its folder: what was asked, what came out, and the one person last looked at."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.collect_explanation import CHANGED_FILE, FACTS_FILE, PERSON_FILE, collect_explanation, collect_person
from core.explain.person_found import Person
from core.explain.telling import FILE as TELLING_FILE
from core.explain.telling import PIXELS_FILE
from core.explanation import Explanation
from core.plan import Plan
from core.progress import replace_json

# The files of a job are read from a folder of this name only.
_ASKED, _FOUND, _SECOND = "explain.json", "explanation/out", "explanation/model_after"
_PERSON, _PERSON_ASKED = "explanation/person/out", "explanation/person.json"


@dataclass(frozen=True)
class Against:
    """What a model is compared with: the name that the page shows, its plan, and its file where it is another model."""

    name: str
    plan: Plan
    model: Path | bytes | None = None


@dataclass(frozen=True)
class Asked:
    """What was asked of the explain job.

    Attributes
    ----------
    id
        The job.
    plan, plan_after
        The question, and what it is compared with, as TOML text; None where only one model is explained.
    method
        A row of EXPLAINERS; None for the recommended one.
    rows
        How many people to explain at most; None for as many as usual.
    against
        A name for the second model, as the page shows it.
    """

    id: str
    plan: str
    plan_after: str | None = None
    method: str | None = None
    rows: int | None = None
    against: str | None = None

    @classmethod
    def of(cls, plan: Plan, method: str | None, rows: int | None, against: Against | None) -> Asked:
        """A question that no job works on yet."""
        if against is None:
            return cls("", plan.to_toml(), None, method, rows)
        return cls("", plan.to_toml(), against.plan.to_toml(), method, rows, against.name)

    def request(self) -> dict[str, Any]:
        """What the job is given."""
        return {"plan": self.plan, "plan_after": self.plan_after, "method": self.method, "rows": self.rows}


class KeptExplanation:
    """The explanation in one audit's folder."""

    def __init__(self, folder: Path) -> None:
        """That of the audit that is kept in `folder`."""
        self._asked, self._found, self._second = folder / _ASKED, folder / _FOUND, folder / _SECOND
        self._person, self._person_asked = folder / _PERSON, folder / _PERSON_ASKED

    @property
    def asked(self) -> Asked | None:
        """What was last asked; None where nothing was."""
        return Asked(**json.loads(self._asked.read_text(encoding="utf-8"))) if self._asked.is_file() else None

    @property
    def inputs(self) -> dict[str, Path]:
        """What a job is given besides the audit's own files: the second model, where there is one."""
        return {"model_after": self._second} if self._second.is_file() else {}

    def keep_second(self, model: Path | bytes | None) -> None:
        """Keep the second model for the job, and for people looked at later; None where the first serves both."""
        self.forget()
        if model is None:
            return
        self._second.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if isinstance(model, bytes):
            self._second.write_bytes(model)
            return
        try:
            os.link(model, self._second)
        except OSError:  # on another disk
            shutil.copyfile(model, self._second)

    def begin(self, asked: Asked) -> None:
        """Keep what is asked now."""
        replace_json(self._asked, asdict(asked))

    def take_over(self, out: Path, rows: int, data_sha256: str, model_sha256: str | None) -> None:
        """Keep what a job wrote in `out`, once it stands up to every check."""
        asked = self.asked
        assert asked is not None
        _collected(out, asked, rows, data_sha256, model_sha256)
        self._found.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in out.iterdir():
            if path.name in (FACTS_FILE, CHANGED_FILE, TELLING_FILE) or path.suffix == ".npy":
                os.replace(path, self._found / path.name)

    def found(self, rows: int, data_sha256: str, model_sha256: str | None) -> Explanation | None:
        """What was found, checked again; None where nothing was yet."""
        asked = self.asked
        if asked is None or not (self._found / FACTS_FILE).is_file():
            return None
        return _collected(self._found, asked, rows, data_sha256, model_sha256)

    def begin_person(self, row: int) -> None:
        """Keep which row is asked about now, and forget the one before."""
        shutil.rmtree(self._person, ignore_errors=True)
        self._person_asked.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_json(self._person_asked, row)

    def take_over_person(self, out: Path) -> None:
        """Keep what a job wrote of one person, once it stands up to every check."""
        self._collected_person(out)
        self._person.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(out / PERSON_FILE, self._person / PERSON_FILE)

    def person(self) -> Person | None:
        """The person last asked about, checked again; None where nobody was."""
        return self._collected_person(self._person) if (self._person / PERSON_FILE).is_file() else None

    def forget(self) -> None:
        """Remove what was asked and found."""
        self._asked.unlink(missing_ok=True)
        shutil.rmtree(self._found.parent, ignore_errors=True)

    def forget_people(self) -> None:
        """Remove what is told of single people and the second model, as uploaded rows are; the sums stay."""
        self._second.unlink(missing_ok=True)
        self._person_asked.unlink(missing_ok=True)
        shutil.rmtree(self._person.parent, ignore_errors=True)
        for name in (TELLING_FILE, PIXELS_FILE):
            (self._found / name).unlink(missing_ok=True)
        if (self._found / CHANGED_FILE).is_file():
            replace_json(self._found / CHANGED_FILE, [])

    def _collected_person(self, out: Path) -> Person:
        asked = self.asked
        assert asked is not None
        row = int(json.loads(self._person_asked.read_text(encoding="utf-8")))
        return collect_person(out, Plan.from_toml(asked.plan), row, 1 if asked.plan_after is None else 2)


def _collected(out: Path, asked: Asked, rows: int, data_sha256: str, model_sha256: str | None) -> Explanation:
    after = None if asked.plan_after is None else Plan.from_toml(asked.plan_after)
    return collect_explanation(out, Plan.from_toml(asked.plan), after, rows, data_sha256, model_sha256)
