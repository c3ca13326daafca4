"""The jobs that a person starts on an audit: looking at the model, the audit itself, fixes and explanations."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from io import BytesIO

from core.data.profile import PROFILE, SECOND, TABLE
from core.engine.pairing import EARLIER, beside
from core.engine.shards.assistants import Assistants
from core.engine.shards.shard import shard_rows
from core.errors import DataError
from core.jobs.supervisor import Supervisor
from core.mitigate.settings import Settings
from core.plan.plan import Plan
from core.store.audits import Audit, Audits, blank_audit
from core.store.blobs import Store
from core.store.disk.crash_points import point
from core.store.disk.last_used import Ages
from core.store.explanations import FOUND as EXPLANATION
from core.store.explanations import Against, Asked
from core.store.fixes import FOUND as FIXES
from core.store.fixes import JudgingTable, Search
from core.store.pairs import KeptPair, KeptPairs
from core.store.report_files import TAKEN_FILE
from core.store.results import Results
from core.store.uploads import ANSWER, EXPLAINED, LOOK, SECOND_FILES, Uploads


class Runs:
    """Starts jobs on audits. Any thread may call it."""

    def __init__(
        self,
        audits: Audits,
        results: Results,
        uploads: Uploads,
        supervisor: Supervisor,
        store: Store,
        ages: Ages,
        assistants: Assistants,
    ) -> None:
        """On these audits, whose inputs are among the uploads."""
        self._assistants = assistants
        self._audits, self._results, self._uploads = audits, results, uploads
        self._jobs, self._store, self._ages = supervisor, store, ages

    def inspect(self, audit_id: str, plan: Plan) -> Audit:
        """See in a job what the model expects and gives on the first rows of the table."""
        audit = self._audits.get(audit_id)
        job = self._jobs.submit("inspect", {"plan": plan.to_toml()}, self._uploads.inputs(audit), audit.owner)
        return self._results.start(audit, job, "inspect", *LOOK)

    def run(self, audit_id: str, plan: Plan) -> Audit:
        """Ask the question: audit the table, and the model where the plan names one, in a job."""
        audit = self._audits.get(audit_id)
        inputs = self._uploads.inputs(audit, with_model=plan.decision.model is not None)
        profile, request = self._results.profile(audit_id), {"plan": plan.to_toml()}
        if profile is None or plan.decision.model is None:  # columns are read at the pace of the disk
            return self._started(audit, plan, self._jobs.submit("audit", request, inputs, audit.owner))
        job = self._jobs.submit("audit", {**request, "each": shard_rows(plan)}, inputs, audit.owner)
        self._assistants.watch(job, plan, profile, inputs)
        return self._started(audit, plan, job)

    def _started(self, audit: Audit, plan: Plan, job: str) -> Audit:
        asked = replace(audit, plan=plan.to_toml(), asked=plan.to_toml())
        return self._results.start(asked, job, "audit", *ANSWER, FIXES, *EXPLAINED, TAKEN_FILE)

    def mitigate(self, audit_id: str, plan: Plan, names: tuple[str, ...], trained_here: str) -> Audit:
        """Look for fixes in a job: what `names` says is tried on the question, whose `[mitigate]` says what for.

        `trained_here` is the person's answer whether the model was trained on these rows: "yes", "no" or "unknown".
        Where `[mitigate] evaluate` names a table, it is the second one. Raises DataError where that lacks a column.
        """
        self._results.collect(audit_id)  # what an earlier search found, before what was looked for is another thing
        audit = self._audits.get(audit_id)
        inputs = dict(self._uploads.inputs(audit, with_model=plan.decision.model is not None))
        second = None
        if Settings.of(plan).evaluate is not None:
            second = self._uploads.judging(audit)
            inputs |= {name: self._audits.folder(audit_id) / name for name in SECOND_FILES}
        job = self._jobs.submit("mitigate", {"plan": plan.to_toml(), "with": list(names)}, inputs, audit.owner)
        with self._results.lock:
            self._results.fixes(audit_id).begin(Search(job, plan.to_toml(), names, trained_here, second))
            return self._results.start(audit, job, "mitigate")

    def audit_fix(
        self,
        audit_id: str,
        plan: Plan,
        model: bytes | None,
        parent: str,
        second: JudgingTable | None = None,
        fix: str | None = None,
        owner: str | None = None,
    ) -> Audit:
        """A new audit of the same table, or of the second one, with a fix in place.

        `model` is the fixed model's file, or None where the fix is a rule over the scores that are there; `parent` is
        the digest of the record that the fix is for; `second` is the table that the fix was judged on; `fix` is what
        the audit tells first of it (`core.report.pair`); `owner` is the browser that begins it, None
        for that of the first. Raises DataError where rows or model are not here any more.
        """
        audit = self._audits.get(audit_id)
        self._uploads.inputs(audit, with_model=model is None and plan.decision.model is not None)
        table = audit.table
        if second is not None:
            self._uploads.judging(audit)
            table = audit.second
            if table is None or table.digest != second.sha256:
                raise DataError(f"{second.name} is not here any more. Upload it again, and find fixes again.")
        fixed = None if model is None else self._store.putting(BytesIO(model), str(plan.decision.model))
        with fixed or nullcontext(audit.model) as kept:
            blank = blank_audit(owner or audit.owner)
            child = replace(
                blank,
                table=table,
                parts=audit.parts if second is None else (),
                model=kept,
                images=audit.images,
                parent=parent,
                original=audit_id,
                plan=plan.to_toml(),
                fix=fix,
            )
            prefix = "" if second is None else SECOND
            self._audits.begin(
                child, [(self._audits.folder(audit_id) / f"{prefix}{name}", name) for name in (PROFILE, TABLE)]
            )
            self._ages.use(self._audits.folder(child.id) / TABLE)
        point("audit_fix: begun")
        with self._uploads.beginning(child.id):
            return self.run(child.id, plan)

    def pair(self, audit_id: str, earlier_id: str) -> Audit:
        """Ask in a job what decided in an earlier audit about the people of this one, beside what decides in this one.

        Raises DataError where rows or a model are not here any more, PlanError where the two cannot be paired.
        """
        with self._results.lock:
            record, earlier = self._results.record(audit_id), self._results.record(earlier_id)
            if record is None or earlier is None:
                raise DataError("Both audits must have come to a result. Run them, then compare.")
            audit, other = self._audits.get(audit_id), self._audits.get(earlier_id)
            question = beside(record.plan, earlier.plan)
            inputs = dict(self._uploads.inputs(audit, with_model=record.plan.decision.model is not None))
            if earlier.plan.decision.model is not None:
                if other.model is None:
                    raise DataError("The model of the first audit is not here. Put it into an audit of its own first.")
                inputs[EARLIER] = self._store.use(other.model.digest)
            request = {"plan": record.plan.to_toml(), "earlier": question.to_toml()}
            job = self._jobs.submit("audit", request, inputs, audit.owner)
            KeptPairs(self._audits.folder(audit_id)).begin(job, earlier_id, earlier)
            return self._results.start(audit, job, "pair")

    def paired(self, audit_id: str, earlier_id: str) -> KeptPair | None:
        """What `pair` found out of these two, once it did; None else, and where the audit was run anew since."""
        record = self._results.record(audit_id)
        return None if record is None else KeptPairs(self._audits.folder(audit_id)).kept(earlier_id, record)

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
        with self._results.lock:
            self._results.collect(audit_id)
            audit, kept = self._audits.get(audit_id), self._results.explained(audit_id)
            inputs = dict(self._uploads.inputs(audit, with_model=plan.decision.model is not None))
            second = kept.keep_second(None if against is None else against.model)
            asked = replace(Asked.of(plan, method, rows, against), model=second)
            job = self._jobs.submit("explain", asked.request(), inputs | kept.second(second), audit.owner)
            kept.begin(replace(asked, id=job))
            return self._results.start(audit, job, "explain", EXPLANATION)

    def explain_person(self, audit_id: str, row: int, unchangeable: tuple[str, ...] = ()) -> Audit:
        """Explain in a job why one row of the table (from 0) was decided as it was, by what was last asked.

        `unchangeable` names columns that the person cannot change. Raises DataError where nothing was asked yet.
        """
        self._results.collect(audit_id)
        audit, kept = self._audits.get(audit_id), self._results.explained(audit_id)
        asked = kept.asked
        if asked is None:
            raise DataError("Nothing was explained yet. Explain the model first, then one person.")
        inputs = {**self._uploads.inputs(audit), **kept.inputs}
        request = {**asked.request(), "row": row, "unchangeable": list(unchangeable)}
        job = self._jobs.submit("explain_person", request, inputs, audit.owner)
        kept.begin_person(row)
        return self._results.start(audit, job, "explain_person")
