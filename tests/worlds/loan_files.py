"""A plan about loans and a table for each month, as files: of 400 women and 400 men some are approved."""

from pathlib import Path

from tests.worlds.people import csv_text

PLAN = """plumbline = 1
name = "Loans"
[data]
file = "loans-2026-01.csv"
[decision]
prediction = "approved"
favourable = "yes"
[groups]
sensitive = ["sex"]
reference = {sex = "M"}
"""


def put_loans(folder: Path, *women: int, more: str = "") -> Path:
    """Write plan.toml, with `more` at its end, and loans-2026-01.csv onwards: so many women approved, and 180 men."""
    (folder / "plan.toml").write_text(PLAN + more)
    for month, n in enumerate(women, start=1):
        table = [(sex, "yes" if i < k else "no") for sex, k in (("F", n), ("M", 180)) for i in range(400)]
        (folder / f"loans-2026-{month:02}.csv").write_text(csv_text(("sex", "approved"), table))
    return folder
