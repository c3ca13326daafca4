"""A search for fixes in files, for whoever waits for it: in a sandboxed job, or in this process."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.profile import SECOND
from core.engine.files import Files
from core.engine.looks import collect_profile
from core.errors import PlumblineError
from core.jobs.digest import sha256
from core.jobs.one_job import TIME_LIMIT, job_done, laid_out
from core.jobs.progress import Progress
from core.mitigate.effect.effect import Effect, effect
from core.mitigate.job import run
from core.mitigate.results import Mitigated, read
from core.mitigate.search import Fix, offer
from core.plan.plan import Plan
from core.record import Digests


@dataclass(frozen=True, eq=False)
class Fixes:
    """What a search for fixes came to.

    Attributes
    ----------
    found
        The people's parts, the present decisions, and what was proposed.
    fixes
        Every fix, those by thresholds first; `fix.is_recommended` says whether nothing speaks against it, and
        `fix.proposed.model_bytes()` gives the file of a trained model for as long as this is kept.
    refused
        Why a way could not be tried, by its name.
    """

    found: Mitigated
    fixes: tuple[Fix, ...]
    refused: dict[str, PlumblineError]

    def effect(self, fix: Fix) -> Effect:
        """What a fix does to the people of the report part, on whom nothing was fitted or chosen."""
        return effect(self.found, fix)


def find_fixes(plan: Plan, files: Files, ways: Sequence[str], *, isolated: bool) -> Fixes:
    """Every fix by these ways. Trained models stay on disk until the result is let go of."""
    searching = search_isolated if isolated else search_here
    with ExitStack() as stack:
        found = stack.enter_context(searching(plan, files, ways))
        offered = offer(found, tuple(ways))
        fixes = Fixes(found, offered.fixes, offered.refused)
        weakref.finalize(found, stack.pop_all().close)
        return fixes


@contextmanager
def search_isolated(
    plan: Plan, files: Files, ways: Sequence[str], time_limit: float = TIME_LIMIT
) -> Iterator[Mitigated]:
    """Search in a sandboxed job, as the app does; what it found stands, models included, until the context ends.

    `ways` are rows of MITIGATIONS; `time_limit` is in seconds.
    """
    with job_done("mitigate", _request(plan, files, ways), files.inputs, time_limit) as done:
        yield _collected(done.out, plan, files, done.digests)


@contextmanager
def search_here(plan: Plan, files: Files, ways: Sequence[str]) -> Iterator[Mitigated]:
    """Search in this process, where the model file is opened and trained; what it found stands until the end."""
    with laid_out(files.inputs) as folder:
        run(folder, _request(plan, files, ways), Progress(None))
        digests = {path.name: sha256(path) for path in (folder / "in").iterdir()}
        yield _collected(folder / "out", plan, files, digests)


def _request(plan: Plan, files: Files, ways: Sequence[str]) -> dict[str, Any]:
    return {"plan": files.named(plan).to_toml(), "with": list(ways)}


def _collected(out: Path, plan: Plan, files: Files, digests: Mapping[str, str]) -> Mitigated:
    rows = [collect_profile(out, files.table.name, digests["table"]).rows]
    if files.second is not None:
        rows.append(collect_profile(out / SECOND, files.second.name, digests["second_table"]).rows)
    judged = digests.get("second_table", digests["table"])
    return read(out, plan, tuple(rows), Digests(judged, digests.get("model"), digests.get("images")))
