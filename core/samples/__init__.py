"""The audits that ship with the app: invented people, a model made from them, and the plan that asks the question."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One audit to try: what a person reads about it, and its three files."""

    name: str
    title: str
    about: str
    table: Path
    model: Path
    plan: Path


SAMPLES = {
    "loans": Sample(
        name="loans",
        title="Loans: 2,000 invented people",
        about=(
            "Invented people who asked for a loan, and a model that learned from invented past decisions. "
            "The model never sees anyone's gender."
        ),
        table=HERE / "loans.csv",
        model=HERE / "loans.pt2",
        plan=HERE / "loans.toml",
    ),
}
