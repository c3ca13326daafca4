"""The explanation of one audit, in its folder: what was asked, what came out, and the one person last looked at."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import JobError
from core.explain.explanation import Explanation
from core.explain.groups.exemplars import FILE as TELLING_FILE
from core.explain.groups.exemplars import PIXELS_FILE
from core.explain.person import Person
from core.explain.person.coloured_original import FILES as ORIGINAL_FILES
from core.explain.person.results import PERSON_FILE, collect_person
from core.explain.results import CHANGED_FILE, FACTS_FILE, read
from core.jobs.replaced_json import replace_json
from core.jobs.untrusted import erase
from core.plan.plan import Plan
from core.record import Digests
from core.store.disk.crash_points import point

FOUND, ASKED = "explanation", "explain.json"
# The files of a job are read from a folder called "out" only.
_NEXT, _FOUND, _SECOND, _COMING = "explain.next.json", f"{FOUND}/out", f"{FOUND}/model_after", "explanation.part"
_PERSON, _PERSON_ASKED = f"{FOUND}/person/out", f"{FOUND}/person.json"
_MODEL = "model_after-"


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
    model
        The name of the second model's file in the audit's folder; None where the first model serves both.
    """

    id: str
    plan: str
    plan_after: str | None = None
    method: str | None = None
    rows: int | None = None
    against: str | None = None
    model: str | None = None

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
        self._folder, self._asked, self._next = folder, folder / ASKED, folder / _NEXT
        self._found, self._coming = folder / _FOUND, folder / _COMING
        self._person, self._person_asked = folder / _PERSON, folder / _PERSON_ASKED

    @property
    def asked(self) -> Asked | None:
        """What was last asked; None where nothing was."""
        return _read(self._asked)

    @property
    def inputs(self) -> dict[str, Path]:
        """What a job is given besides the audit's own files: the second model, where there is one."""
        asked = self.asked
        return {} if asked is None else self.second(asked.model)

    def second(self, name: str | None) -> dict[str, Path]:
        """The second model's file under the name that jobs know; nothing where there is none."""
        path = self._folder / (name or _SECOND)  # where it stood before it had a name of its own
        return {"model_after": path} if path.is_file() else {}

    def keep_second(self, model: Path | bytes | None) -> str | None:
        """Keep a second model for the job, and for people looked at later; its name, None where the first serves both.

        It goes again with `settle` unless what is asked next names it.
        """
        if model is None:
            return None
        path = self._folder / f"{_MODEL}{secrets.token_hex(8)}"
        if isinstance(model, bytes):
            path.write_bytes(model)
            return path.name
        try:
            os.link(model, path)
        except OSError:  # on another disk
            shutil.copyfile(model, path)
        return path.name

    def begin(self, asked: Asked) -> None:
        """Keep what is about to be asked; it is what was asked once the audit names its job, and is settled."""
        replace_json(self._next, asdict(asked))

    def settle(self, job: str | None) -> None:
        """What was asked last is what this job works on; what was begun beside it never came to be asked."""
        coming = _read(self._next)
        if coming is not None and coming.id == job:
            os.replace(self._next, self._asked)
            point("explain: asked")
        self._next.unlink(missing_ok=True)
        asked = self.asked
        for path in self._folder.glob(f"{_MODEL}*"):
            if asked is None or path.name != asked.model:
                path.unlink(missing_ok=True)

    def take_over(self, job: str, out: Path, rows: int, data_sha256: str, model_sha256: str | None) -> None:
        """Keep what a job wrote in `out`, once it stands up to every check.

        May be done again after an app was killed in the middle.
        """
        asked = self.asked
        if asked is None or asked.id != job:
            raise JobError("The explanation was broken off. Ask again.")
        if (self._found / FACTS_FILE).is_file() and not (out / FACTS_FILE).exists() and not self._coming.exists():
            return  # as far as an app came that was killed here
        if self._coming.exists():
            for path in self._coming.iterdir():
                os.replace(path, out / path.name)
        else:
            self._coming.mkdir(mode=0o700)
        _collected(out, asked, rows, data_sha256, model_sha256)
        for path in list(out.iterdir()):
            if path.name in (FACTS_FILE, CHANGED_FILE, TELLING_FILE) or path.suffix == ".npy":
                os.replace(path, self._coming / path.name)
                point("explanation: some moved")
        erase(self._found.parent)
        self._found.parent.mkdir(mode=0o700)
        point("explanation: earlier one gone")
        os.rename(self._coming, self._found)
        point("explanation: here")

    @property
    def is_found(self) -> bool:
        """Whether something was found."""
        return (self._found / FACTS_FILE).is_file()

    def found(self, rows: int, data_sha256: str, model_sha256: str | None) -> Explanation | None:
        """What was found, checked again; None where nothing was yet."""
        asked = self.asked
        if asked is None or not self.is_found:
            return None
        return _collected(self._found, asked, rows, data_sha256, model_sha256)

    def begin_person(self, row: int) -> None:
        """Keep which row is asked about now, and forget the one before."""
        shutil.rmtree(self._person, ignore_errors=True)
        self._person_asked.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_json(self._person_asked, row)

    def take_over_person(self, out: Path) -> None:
        """Keep what a job wrote of one person, once it stands up to every check; may be done again."""
        if (self._person / PERSON_FILE).is_file() and not (out / PERSON_FILE).exists():
            return
        self._collected_person(out)
        self._person.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (*ORIGINAL_FILES, PERSON_FILE):  # the last says that all are here
            if (out / name).is_file():
                os.replace(out / name, self._person / name)
        point("person: here")

    def person(self) -> Person | None:
        """The person last asked about, checked again; None where nobody was."""
        return self._collected_person(self._person) if (self._person / PERSON_FILE).is_file() else None

    def forget_people(self) -> None:
        """Remove what is told of single people and the second model, as uploaded rows are; the sums stay."""
        erase(self._folder / _SECOND)
        for path in (*self._folder.glob(f"{_MODEL}*"), self._person_asked):
            path.unlink(missing_ok=True)
        for folder in (self._coming, self._person.parent):
            if folder.exists():
                erase(folder)
        for name in (TELLING_FILE, PIXELS_FILE):
            (self._found / name).unlink(missing_ok=True)
        changed = self._found / CHANGED_FILE
        if changed.is_file() and changed.read_text(encoding="utf-8") != "[]":
            replace_json(changed, [])

    def _collected_person(self, out: Path) -> Person:
        asked = self.asked
        if asked is None or not self._person_asked.is_file():
            raise JobError("The question was broken off. Ask again.")
        row = int(json.loads(self._person_asked.read_text(encoding="utf-8")))
        return collect_person(out, Plan.from_toml(asked.plan), row, 1 if asked.plan_after is None else 2)


def _read(path: Path) -> Asked | None:
    if not path.is_file():
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    return Asked(**{name: document[name] for name in Asked.__dataclass_fields__ if name in document})


def _collected(out: Path, asked: Asked, rows: int, data_sha256: str, model_sha256: str | None) -> Explanation:
    after = None if asked.plan_after is None else Plan.from_toml(asked.plan_after)
    return read(out, Plan.from_toml(asked.plan), after, rows, Digests(data_sha256, model_sha256))
