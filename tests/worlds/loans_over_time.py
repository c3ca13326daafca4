"""Makes the loan sample over time: twelve months of invented applicants, and what an audit of each counts.

    python -m tests.worlds.loans_over_time

It stands here and not beside the other samples, which nothing of the core is below. The applicants are those of
`make_loans`, drawn anew for each month. From September on the officers like part-time work
less, so women, who work part time more often, are approved less often than before: that is the planted step.
"""

import gzip
import json
from dataclasses import replace

import numpy as np

from core import audit_frame
from core.record import AuditRecord
from core.samples import LOANS_OVER_TIME
from core.samples.make_loans import SEED, draw, draw_people, solidity

PEOPLE, MONTHS, STEP_FROM = 3000, 12, 9
DISLIKE, MORE_DISLIKE = 1.3, 2.6


def record_of(month: int) -> AuditRecord:
    """The audit of the applicants of one month of 2026."""
    rng = np.random.default_rng([SEED, month])
    people = draw_people(PEOPLE, rng)
    dislike = MORE_DISLIKE if month >= STEP_FROM else DISLIKE
    liking = 0.24 * np.minimum(people["years_at_job"], 12) - dislike * (people["employment"] == "part time")
    people["approved"] = np.where(draw(solidity(people) + liking - 1.7, rng), "yes", "no")
    record = audit_frame(
        people[["gender", "region", "approved"]],
        sensitive=["gender", "region"],
        decision="approved",
        good_decision="yes",
        intersections=1,
    )
    plan = record.plan
    named = replace(
        plan,
        name="Loans: 3,000 invented people a month",
        data=replace(plan.data, file=f"loans-2026-{month:02}.csv"),
        words=replace(plan.words, selected="approved", turned_down="turned down"),
    )
    return replace(record, plan=named, created=f"2026-{month:02}-28T12:00:00+00:00")


def main() -> None:
    """Writes the twelve records, without rows, beside the other samples."""
    records = [record_of(month).to_json() for month in range(1, MONTHS + 1)]
    LOANS_OVER_TIME.write_bytes(gzip.compress(json.dumps(records, ensure_ascii=False).encode(), mtime=0))


if __name__ == "__main__":
    main()
