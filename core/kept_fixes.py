"""The fixes that were found for one audit, in its folder: what was asked, what came out, and which were looked at."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.collect_mitigation import FACTS_FILE, Mitigated, collect_mitigation
from core.plan import Plan
from core.progress import replace_json

# The files of a job are read from a folder of this name only.
_SEARCH, _FOUND = "search.json", "fixes/out"
_MODELS = (".pt2", ".skops", ".zip")


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
    picked
        The fix that the person looks at.
    looked_at
        Every fix whose result on the held-out people was shown, as "search/fix", the first one first: of all searches
        on this table, which have the same people held out.
    """

    id: str
    plan: str
    names: tuple[str, ...]
    trained_here: str
    picked: str | None = None
    looked_at: tuple[str, ...] = ()

    @property
    def looked_before(self) -> bool:
        """Whether another fix's result on the held-out people was shown before the picked one's."""
        return self.picked is not None and bool(self.looked_at) and self.looked_at[0] != f"{self.id}/{self.picked}"


class KeptFixes:
    """The fixes in one audit's folder."""

    def __init__(self, folder: Path) -> None:
        """Those of the audit that is kept in `folder`."""
        self._search, self._found = folder / _SEARCH, folder / _FOUND

    @property
    def search(self) -> Search | None:
        """What was last looked for; None where nothing was."""
        if not self._search.is_file():
            return None
        document = json.loads(self._search.read_text(encoding="utf-8"))
        return Search(**{**document, **{key: tuple(document[key]) for key in ("names", "looked_at")}})

    def begin(self, search: Search) -> None:
        """Keep what is looked for now, and forget what was found before."""
        self.forget()
        before = self.search
        replace_json(self._search, asdict(replace(search, looked_at=before.looked_at if before else ())))

    def pick(self, fix_id: str | None) -> None:
        """Keep which fix is looked at; nothing happens where nothing was looked for."""
        search = self.search
        if search is None:
            return
        looks = search.looked_at if fix_id is None else (*search.looked_at, f"{search.id}/{fix_id}")
        replace_json(self._search, asdict(replace(search, picked=fix_id, looked_at=tuple(dict.fromkeys(looks)))))

    def take_over(self, out: Path, rows: int, data_sha256: str, model_sha256: str | None) -> None:
        """Keep what a job wrote in `out`, once it stands up to every check."""
        search = self.search
        assert search is not None
        found = _collected(out, search, rows, data_sha256, model_sha256)
        self._found.mkdir(mode=0o700, parents=True, exist_ok=True)
        models = {proposal.file.name for proposal in found.proposals if proposal.file is not None}
        for path in out.iterdir():
            if path.name in models or path.name == FACTS_FILE or path.suffix == ".npy":
                os.replace(path, self._found / path.name)

    def found(self, rows: int, data_sha256: str, model_sha256: str | None) -> Mitigated | None:
        """What was found, checked again; None where nothing was yet."""
        search = self.search
        if search is None or not (self._found / FACTS_FILE).is_file():
            return None
        return _collected(self._found, search, rows, data_sha256, model_sha256)

    def forget(self) -> None:
        """Remove what was found; what was looked at stays known."""
        shutil.rmtree(self._found, ignore_errors=True)

    def forget_looks(self) -> None:
        """Remove everything: the table is another one."""
        self.forget()
        self._search.unlink(missing_ok=True)

    def forget_models(self) -> None:
        """Remove the trained models, as uploaded rows are; the counts stay."""
        for path in self._found.glob("*"):
            if path.suffix in _MODELS:
                path.unlink(missing_ok=True)


def _collected(out: Path, search: Search, rows: int, data_sha256: str, model_sha256: str | None) -> Mitigated:
    plan = Plan.from_toml(search.plan)
    used = model_sha256 if plan.decision.model is not None else None
    return collect_mitigation(out, plan, (rows,), data_sha256, used)
