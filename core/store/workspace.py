"""The audits of one installation on disk: what was asked, which job works on it, what came out.

Everything a page shows is read from here, so a refresh, a closed tab or a restarted server loses nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from core.data.profile import PROFILE, SECOND, TABLE
from core.errors import DataError, PlumblineError
from core.jobs.sandbox import Protection
from core.jobs.supervisor import Supervisor
from core.mitigate.settings import Settings
from core.plan.plan import Plan
from core.samples import SAMPLES
from core.store.audits import Audit as Audit
from core.store.audits import blank_audit
from core.store.disk import clock
from core.store.disk.ages import Clock
from core.store.disk.faults import point
from core.store.explanations import FOUND as EXPLANATION
from core.store.explanations import Against as Against
from core.store.explanations import Asked
from core.store.fixes import FOUND as FIXES
from core.store.fixes import Search, Second
from core.store.uploads import ANSWER, EXPLAINED, LOOK, SECOND_FILES, AuditUploads
from core.store.uploads import UPLOADS_KEPT_SECONDS as UPLOADS_KEPT_SECONDS

LOG = logging.getLogger(__name__)
SWEEP_SECONDS = 15 * 60.0


class Workspace(AuditUploads):
    """The audits under one folder, and the supervisor that runs their jobs. Any thread may call it."""

    def __init__(
        self,
        root: Path,
        supervisor: Supervisor | None = None,
        sweep_every: float = SWEEP_SECONDS,
        now: Clock = clock.now,
        turns: bool = False,
    ) -> None:
        """Use `root`, made if missing, and sweep it every so many seconds, also while nobody visits.

        `now` tells the moment, by which uploads grow old; with `turns` visitors take turns, as in a shared app.
        """
        super().__init__(root, Supervisor(root, turns=turns) if supervisor is None else supervisor, now)
        self.tidy()
        self.sweep()
        self._closed = threading.Event()
        self._sweeper = threading.Thread(
            target=self._keep_sweeping, args=(sweep_every,), name="plumbline-sweep", daemon=True
        )
        self._sweeper.start()

    # ------------------------------------------------------------ opening

    def new(self, owner: str | None = None) -> Audit:
        """An audit with nothing in it yet; what older ones uploaded and outlived its day goes now."""
        try:
            self.sweep()
        except OSError:  # a disk that is full, say: the next round comes
            LOG.exception("old uploads could not be swept")
        return super().new(owner)

    def open_sample(self, name: str, owner: str | None = None) -> Audit:
        """A new audit of a shipped sample, started at once."""
        sample = SAMPLES[name]
        plan = Plan.from_toml(sample.plan.read_text(encoding="utf-8"))
        with ExitStack() as puts:
            table, model, images = (
                None if file is None else puts.enter_context(self._store.putting(file, file.name))
                for file in (sample.table, sample.model, sample.images)
            )
            audit = replace(self.new(owner), sample=name, table=table, model=model, images=images)
            with self._lock:  # a sweep removes what it finds half written in an audit without rows
                self._save(audit)
        with self.beginning(audit.id):
            return self.run(audit.id, plan)

    @contextmanager
    def beginning(self, audit_id: str) -> Iterator[None]:
        """A block that puts into a new audit what it is to start with; where that is refused, the audit goes."""
        try:
            yield
        except PlumblineError:
            with suppress(PlumblineError, OSError):  # what was refused is what the person must read
                self.delete(audit_id)
            raise

    # ------------------------------------------------------------ what a person asks

    def inspect(self, audit_id: str, plan: Plan) -> Audit:
        """See in a job what the model expects and gives on the first rows of the table."""
        audit = self.get(audit_id)
        job = self._jobs.submit("inspect", {"plan": plan.to_toml()}, self._inputs(audit), audit.owner)
        return self._start(audit, job, "inspect", *LOOK)

    def run(self, audit_id: str, plan: Plan) -> Audit:
        """Ask the question: audit the table, and the model where the plan names one, in a job."""
        audit = self.get(audit_id)
        inputs = self._inputs(audit, with_model=plan.decision.model is not None)
        job = self._jobs.submit("audit", {"plan": plan.to_toml()}, inputs, audit.owner)
        asked = replace(audit, plan=plan.to_toml(), asked=plan.to_toml())
        return self._start(asked, job, "audit", *ANSWER, FIXES, *EXPLAINED)

    def mitigate(self, audit_id: str, plan: Plan, names: tuple[str, ...], trained_here: str) -> Audit:
        """Look for fixes in a job: what `names` says is tried on the question, whose `[mitigate]` says what for.

        `trained_here` is the person's answer whether the model was trained on these rows: "yes", "no" or "unknown".
        Where `[mitigate] evaluate` names a table, it is the second one. Raises DataError where that lacks a column.
        """
        self._collect(audit_id)  # what an earlier search found, before what was looked for is another thing
        audit = self.get(audit_id)
        inputs = dict(self._inputs(audit, with_model=plan.decision.model is not None))
        second = None
        if Settings.of(plan).evaluate is not None:
            second = self._judging(audit)
            inputs |= {name: self._folder(audit_id) / name for name in SECOND_FILES}
        job = self._jobs.submit("mitigate", {"plan": plan.to_toml(), "with": list(names)}, inputs, audit.owner)
        with self._lock:
            self._fixes(audit_id).begin(Search(job, plan.to_toml(), names, trained_here, second))
            return self._start(audit, job, "mitigate")

    def audit_fix(
        self,
        audit_id: str,
        plan: Plan,
        model: bytes | None,
        parent: str,
        second: Second | None = None,
        fix: str | None = None,
    ) -> Audit:
        """A new audit of the same table, or of the second one, with a fix in place, begun by the same browser.

        `model` is the fixed model's file, or None where the fix is a rule over the scores that are there; `parent` is
        the digest of the record that the fix is for; `second` is the table that the fix was judged on; `fix` is what
        the audit tells first of it (`core.report.pair`). Raises DataError where rows or model are not here any more.
        """
        audit = self.get(audit_id)
        self._inputs(audit, with_model=model is None and plan.decision.model is not None)
        table = audit.table
        if second is not None:
            self._judging(audit)
            table = audit.second
            if table is None or table.digest != second.sha256:
                raise DataError(f"{second.name} is not here any more. Upload it again, and find fixes again.")
        fixed = None if model is None else self._store.putting(BytesIO(model), str(plan.decision.model))
        with fixed or nullcontext(audit.model) as kept:
            blank = blank_audit(audit.owner)
            child = replace(
                blank,
                table=table,
                model=kept,
                images=audit.images,
                parent=parent,
                original=audit_id,
                plan=plan.to_toml(),
                fix=fix,
            )
            prefix = "" if second is None else SECOND
            self._begin(child, [(self._folder(audit_id) / f"{prefix}{name}", name) for name in (PROFILE, TABLE)])
            self._ages.use(self._folder(child.id) / TABLE)
        point("audit_fix: begun")
        with self.beginning(child.id):
            return self.run(child.id, plan)

    def explain(
        self,
        audit_id: str,
        plan: Plan,
        method: str | None = None,
        rows: int | None = None,
        against: Against | None = None,
    ) -> Audit:
        """Explain in a job what the audit's model looks at, beside a second one on the same people where there is one.

        `method` is a row of EXPLAINERS, the recommended one where None; `rows` is how many people to explain at most.
        """
        with self._lock:
            self._collect(audit_id)
            audit, kept = self.get(audit_id), self._explained(audit_id)
            inputs = dict(self._inputs(audit, with_model=plan.decision.model is not None))
            second = kept.keep_second(None if against is None else against.model)
            asked = replace(Asked.of(plan, method, rows, against), model=second)
            job = self._jobs.submit("explain", asked.request(), inputs | kept.second(second), audit.owner)
            kept.begin(replace(asked, id=job))
            return self._start(audit, job, "explain", EXPLANATION)

    def explain_person(self, audit_id: str, row: int, unchangeable: tuple[str, ...] = ()) -> Audit:
        """Explain in a job why one row of the table (from 0) was decided as it was, by what was last asked.

        `unchangeable` names columns that the person cannot change. Raises DataError where nothing was asked yet.
        """
        self._collect(audit_id)
        audit, kept = self.get(audit_id), self._explained(audit_id)
        asked = kept.asked
        if asked is None:
            raise DataError("Nothing was explained yet. Explain the model first, then one person.")
        inputs = {**self._inputs(audit), **kept.inputs}
        request = {**asked.request(), "row": row, "unchangeable": list(unchangeable)}
        job = self._jobs.submit("explain_person", request, inputs, audit.owner)
        kept.begin_person(row)
        return self._start(audit, job, "explain_person")

    def pick(self, audit_id: str, fix_id: str | None) -> None:
        """Keep which fix the person looks at."""
        with self._lock:
            self._fixes(audit_id).pick(fix_id)

    def save_plan(self, audit_id: str, plan: Plan) -> Audit:
        """Keep the question as it stands on the page, without asking it."""
        with self._lock:
            return self._save(replace(self.get(audit_id), plan=plan.to_toml()))

    # ------------------------------------------------------------ the installation

    @property
    def protection(self) -> Protection:
        """What keeps an upload in its job's folder on this machine."""
        return self._jobs.protection

    def close(self) -> None:
        """Let go of the folder; jobs that run go on."""
        self._closed.set()
        self._sweeper.join()
        self._jobs.close()

    def _keep_sweeping(self, every: float) -> None:
        while not self._closed.wait(every):
            try:
                self.sweep()
            except OSError:  # a file that went in between, or a disk that fails: the next round comes
                LOG.exception("old uploads could not be swept")
