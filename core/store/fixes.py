"""The fixes that were found for one audit, in its folder: what was asked, what came out, and which were looked at."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import DataError, JobError
from core.jobs.replaced_json import replace_json
from core.jobs.untrusted import erase
from core.mitigate.publishing import FACTS_FILE, newest
from core.mitigate.results import Mitigated, read
from core.plan.plan import Plan
from core.record import Digests
from core.store.disk.crash_points import point

FOUND = "fixes"
# The files of a job are read from a folder called "out" only.
_ASKED, _FOUND_BY, _FOUND, _LOOKS = "search.json", f"{FOUND}/search.json", f"{FOUND}/out", "looks.json"
_COMING = "fixes.part"
# Everything, which goes when the table is another one.
ALL = (FOUND, _ASKED, _LOOKS)
_HELD_OUT = "held out"


@dataclass(frozen=True)
class JudgingTable:
    """The table that fixes were judged on in place of people held out of the first: its name, rows and digest."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Search:
    """What was looked for.

    Attributes
    ----------
    id
        The job that looked.
    plan
        The question with its `[mitigate]`, as TOML text.
    names
        The mitigations that were tried in the job.
    trained_here
        Whether the model was trained on these rows, as the person says: "yes", "no" or "unknown".
    second
        The table that judges; None where a part of the first does.
    picked
        The fix that the person looks at.
    looked_at
        Every fix whose result on the judging people was shown, as "people/search/fix", the first one first: of all
        searches on this table, which have the same people held out.
    """

    id: str
    plan: str
    names: tuple[str, ...]
    trained_here: str
    second: JudgingTable | None = None
    picked: str | None = None
    looked_at: tuple[str, ...] = ()

    def asks(self, other: Search) -> bool:
        """Whether it asks all that the other asks."""
        return (self.plan, self.second) == (other.plan, other.second) and set(other.names) <= set(self.names)

    def look(self, fix_id: str) -> str:
        """A look at one fix's result, and at whose."""
        return f"{self._judging}/{self.id}/{fix_id}"

    @property
    def looked_before(self) -> bool:
        """Whether another fix's result on the same people was shown before the picked one's."""
        same = [look for look in self.looked_at if look.startswith(f"{self._judging}/")]
        return self.picked is not None and bool(same) and same[0] != self.look(self.picked)

    @property
    def _judging(self) -> str:
        return _HELD_OUT if self.second is None else self.second.sha256


@dataclass(frozen=True)
class SoFar:
    """How far a search has come that works still: what it looks for, and the file that it published last."""

    search: Search
    file: str


class KeptFixes:
    """The fixes in one audit's folder: those of the last search that came to its end, and what was asked since.

    A search that was stopped is kept as far as it came.
    """

    def __init__(self, folder: Path) -> None:
        """Those of the audit that is kept in `folder`."""
        self._asked, self._found_by = folder / _ASKED, folder / _FOUND_BY
        self._found, self._looks, self._coming = folder / _FOUND, folder / _LOOKS, folder / _COMING

    @property
    def search(self) -> Search | None:
        """What was last looked for, found or not; None where nothing was."""
        return _read(self._asked)

    @property
    def found_by(self) -> Search | None:
        """The search that found what is kept, with what was looked at; None where nothing is kept."""
        search = _read(self._found_by)
        return self._found_before() if search is None else self._with_looks(search, (None, search.id))

    def begin(self, search: Search) -> None:
        """Keep what is looked for now; what was found before stands until this has come to its end."""
        self._set_apart()
        replace_json(self._asked, asdict(search))

    def so_far(self, job: str, out: Path) -> SoFar | None:
        """How far the search has come that is a job which publishes in `out`; None where it has published nothing."""
        search, file = self.search, newest(out)
        if search is None or search.id != job or file is None:
            return None
        return SoFar(self._with_looks(search, (search.id,)), file)

    def pick(self, fix_id: str | None, so_far: SoFar | None = None) -> None:
        """Keep which of the fixes is looked at, of those found or of those `so_far`; nothing happens where none are."""
        self._set_apart()
        search = self.found_by if so_far is None else self._with_looks(so_far.search, ())
        if search is None:
            return
        looks = search.looked_at if fix_id is None else (*search.looked_at, search.look(fix_id))
        replace_json(self._looks, {"picked": fix_id, "of": search.id, "looked_at": list(dict.fromkeys(looks))})

    def take_over(
        self, job: str, out: Path, rows: int, data_sha256: str, model_sha256: str | None, file: str = FACTS_FILE
    ) -> None:
        """Keep what a job published in `out`, last in `file`, in place of what was found before, once it is checked.

        A part does not take the place of as much of the same. May be done again after an app was killed in the middle.
        """
        search, before = self.search, self.found_by
        if search is None or search.id != job:
            raise JobError("The search was broken off. Find fixes again.")
        if before is None or before.id != job:
            found = self._checked(search, out, file, rows, data_sha256, model_sha256)
            if found.left and before is not None and before.asks(search):
                kept = self.found(rows, data_sha256, model_sha256)
                if kept is not None and set(kept.left) <= set(found.left):
                    return
            self._bring(search, out, file, found)
        looks = self._read_looks()
        replace_json(self._looks, {**looks, "picked": looks["picked"] if looks.get("of") == job else None})

    def _checked(
        self, search: Search, out: Path, file: str, rows: int, data_sha256: str, model_sha256: str | None
    ) -> Mitigated:
        """What a job published, with what an app brought back that was killed while it moved it here."""
        if self._coming.exists():
            for path in self._coming.glob("out/*"):
                os.replace(path, out / path.name)
            erase(self._coming)
        return _collected(out, search, rows, data_sha256, model_sha256, file)

    def _bring(self, search: Search, out: Path, file: str, found: Mitigated) -> None:
        """Move what was found here: to a place beside first, so that there is always all of one search."""
        (self._coming / "out").mkdir(mode=0o700, parents=True)
        models = {proposal.file.name for proposal in found.proposals if proposal.file is not None}
        for path in list(out.iterdir()):
            if path.name in {file, *models} or path.suffix == ".npy":
                os.replace(path, self._coming / "out" / (FACTS_FILE if path.name == file else path.name))
                point("fixes: some moved")
        replace_json(self._coming / "search.json", asdict(search))
        point("fixes: all moved")
        self.forget()
        point("fixes: earlier ones gone")
        os.rename(self._coming, self._found.parent)
        point("fixes: here")

    def found(self, rows: int, data_sha256: str, model_sha256: str | None) -> Mitigated | None:
        """What was found, checked again; None where nothing was yet."""
        search = self.found_by
        return None if search is None else _collected(self._found, search, rows, data_sha256, model_sha256)

    def found_so_far(
        self, so_far: SoFar, out: Path, rows: int, data_sha256: str, model_sha256: str | None
    ) -> Mitigated:
        """What a search that works still published in `out`, checked as it will be in the end."""
        return _collected(out, so_far.search, rows, data_sha256, model_sha256, so_far.file)

    def forget(self) -> None:
        """Remove what was found; what was looked at stays known."""
        shutil.rmtree(self._found.parent, ignore_errors=True)

    def _with_looks(self, search: Search, of: tuple[str | None, ...]) -> Search:
        """The search with what was looked at, and with what is picked where that is `of` one of these searches.

        Version 0.2.0 did not say of which: it was the one that found what is kept.
        """
        looks = self._read_looks()
        picked = looks["picked"] if looks.get("of") in of else None
        return replace(search, picked=picked, looked_at=tuple(looks["looked_at"]))

    def _found_before(self) -> Search | None:
        """The search of a folder that version 0.1.0 left, which kept it apart from nothing; None where there is none.

        It forgot what was found as soon as it looked again, so the last search is the one that found.
        """
        search = self.search
        if search is None or search.second is not None or not (self._found / FACTS_FILE).is_file():
            return None
        return replace(search, looked_at=tuple(f"{_HELD_OUT}/{look}" for look in search.looked_at))

    def _set_apart(self) -> None:
        """Keep what version 0.1.0 found as this one keeps it, before anything else is looked for or at."""
        search = None if self._found_by.is_file() else self._found_before()
        if search is not None:
            replace_json(self._looks, {"picked": search.picked, "looked_at": list(search.looked_at)})
            replace_json(self._found_by, asdict(replace(search, picked=None, looked_at=())))

    def _read_looks(self) -> dict[str, Any]:
        if not self._looks.is_file():
            return {"picked": None, "looked_at": []}
        looks: dict[str, Any] = json.loads(self._looks.read_text(encoding="utf-8"))
        return looks

    def forget_models(self) -> None:
        """Remove the trained models, as uploaded rows are; the counts stay."""
        for path in self._found.glob("*"):
            if not _is_of_counts(path):
                path.unlink(missing_ok=True)


def _is_of_counts(path: Path) -> bool:
    """Whether a job's file holds facts and counts, and no model."""
    return path.name == FACTS_FILE or path.suffix == ".npy"


def _read(path: Path) -> Search | None:
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        second = document.get("second")
        listed = {key: tuple(document[key]) for key in ("names", "looked_at")}
        return Search(**{**document, **listed, "second": None if second is None else JudgingTable(**second)})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(
            f"What is kept of the last search for fixes is damaged: its file {path.name} cannot be read. Find fixes"
            " again, or delete the audit."
        ) from None


def _collected(
    out: Path, search: Search, rows: int, data_sha256: str, model_sha256: str | None, file: str = FACTS_FILE
) -> Mitigated:
    plan, second = Plan.from_toml(search.plan), search.second
    model = model_sha256 if plan.decision.model is not None else None
    if second is None:
        return read(out, plan, (rows,), Digests(data_sha256, model), file)
    return read(out, plan, (rows, second.rows), Digests(second.sha256, model), file)
