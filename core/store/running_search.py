"""What a search for fixes has found while it works still: read anew with each thing that it publishes."""

from __future__ import annotations

from contextlib import suppress

from core.errors import JobError
from core.mitigate.results import Mitigated
from core.store.audits import Audits
from core.store.fixes import SoFar
from core.store.results import Results


class Searching:
    """The searches that work on audits. Any thread may call it."""

    def __init__(self, audits: Audits, results: Results) -> None:
        """On these audits, whose jobs' results are taken over by `results`."""
        self._audits, self._results = audits, results

    def so_far(self, audit_id: str) -> SoFar | None:
        """How far the search has come that works on the audit; None where none does, or it has found nothing yet.

        Cheap: to be asked as often as the job's status. A new `file` in it says that there is more to see.
        """
        self._results.collect(audit_id)
        job = self._audits.get(audit_id).job
        out = self._results.published(job)
        return None if job is None or out is None else self._results.fixes(audit_id).so_far(job, out)

    def found(self, audit_id: str, so_far: SoFar) -> Mitigated | None:
        """What that search had found then, checked as it is in the end; its `left` says what is still to come.

        None where it cannot be read or does not stand up to the checks: the end of the search says why.
        """
        audit, profile = self._audits.get(audit_id), self._results.profile(audit_id)
        out = self._results.published(so_far.search.id)
        if audit.table is None or profile is None or out is None:
            return None
        model = None if audit.model is None else audit.model.digest
        with suppress(JobError):
            return self._results.fixes(audit_id).found_so_far(so_far, out, profile.rows, audit.table.digest, model)
        return None
