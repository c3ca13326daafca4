"""A search for fixes in files, for whoever waits for it: in a sandboxed job, or in this process."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from core.data.progress import ProgressReporter, Tell
from core.engine.plan_files import Files
from core.engine.shards.asked import check_workers, checked_devices
from core.engine.working import WorkDone, work_laid_out, works_done
from core.errors import PlanError, PlumblineError
from core.jobs.run_one import TIME_LIMIT
from core.mitigate.candidate import Decided, Mitigated
from core.mitigate.effect.effect import Effect, effect
from core.mitigate.fix import Fix
from core.mitigate.job import search_folder
from core.mitigate.results import read
from core.mitigate.search import offer
from core.mitigate.side_by_side import joined, shared_requests
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


def find_fixes(
    plan: Plan,
    files: Files,
    ways: Sequence[str],
    *,
    isolated: bool,
    workers: int | None = None,
    devices: Sequence[str] | None = None,
    tell: Tell | None = None,
) -> Fixes:
    """Every fix by these ways; trained models stay on disk until the result is let go of.

    With `workers` or `devices` the prices of a training are tried side by side, in so many sandboxed jobs, or one on
    each device. Raises PlanError where that makes no sense.
    """
    if workers is not None:
        check_workers(workers, "train side by side")
    if workers is not None and devices is not None:
        raise PlanError("devices starts a process for each device, so it goes without workers. Leave one out.")
    with ExitStack() as stack:
        if isolated or workers is not None or devices is not None:
            named = () if devices is None else checked_devices(devices)
            searching = search_isolated(plan, files, ways, tell=tell, workers=workers or 1, devices=named)
        else:
            searching = search_here(plan, files, ways, tell)
        found = stack.enter_context(searching)
        offered = offer(found, tuple(ways))
        fixes = Fixes(found, offered.fixes, offered.refused)
        weakref.finalize(found, stack.pop_all().close)
        return fixes


@contextmanager
def search_isolated(
    plan: Plan,
    files: Files,
    ways: Sequence[str],
    time_limit: float = TIME_LIMIT,
    tell: Tell | None = None,
    workers: int = 1,
    devices: Sequence[str] = (),
) -> Iterator[Mitigated]:
    """Search in a sandboxed job, as the app does; what it found stands, models included, until the context ends.

    `ways` are rows of MITIGATIONS; `time_limit` is in seconds. The prices of a training with a price on the gap are
    tried by so many `workers` side by side, or by one on each of the `devices`: jobs that find what one would. Where
    they do not agree on what all of them did, one tries all.
    """
    request = {"plan": files.named(plan).to_toml()}
    shared = shared_requests(request, ways, len(devices) or workers, of_large=bool(devices) and "cpu" not in devices)
    with works_done("mitigate", shared, files, time_limit, tell, devices=devices) as all_done:
        found = joined([_collected(done, plan) for done in all_done])
        if found is not None:
            yield found
            return
    with works_done("mitigate", shared_requests(request, ways, 1), files, time_limit, tell, devices=devices) as (done,):
        yield _collected(done, plan)


@contextmanager
def search_here(plan: Plan, files: Files, ways: Sequence[str], tell: Tell | None = None) -> Iterator[Mitigated]:
    """Search in this process, where the model file is opened and trained; what it found stands until the end."""
    with work_laid_out(files, tell) as folder:
        found = search_folder(folder / "in", folder / "out", files.named(plan), ways, ProgressReporter(tell))
        proposals = tuple(replace(each, decided=_of(plan, each.decided)) for each in found.proposals)
        yield replace(found, present=_of(plan, found.present), proposals=proposals)


def _of(plan: Plan, decided: Decided) -> Decided:
    """What was decided, by a plan that calls its tables as the one that was asked does."""
    data = decided.plan.data.in_file(plan.data.file, plan.data.files)
    return replace(decided, plan=replace(decided.plan, data=data, mitigate=plan.mitigate))


def _collected(done: WorkDone, plan: Plan) -> Mitigated:
    rows = [profile.rows for profile in (done.profile, done.second) if profile is not None]
    digests = done.digests
    judged = digests.get("second_table", digests["table"])
    return read(done.out, plan, tuple(rows), Digests(judged, digests.get("model"), digests.get("images")))
