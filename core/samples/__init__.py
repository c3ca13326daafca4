"""The audits that ship with the app: invented people, a model made from them, and the plan that asks the question."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
# Twelve records of invented months, as JSON, packed: what a question looks like over time.
LOANS_OVER_TIME = HERE / "loans_over_time.json.gz"


@dataclass(frozen=True)
class Sample:
    """One audit to try: what a person reads about it, and its files.

    `trained_here` answers whether the model learned from the rows that ship: "yes", "no" or "unknown".
    """

    name: str
    title: str
    about: str
    table: Path
    model: Path
    plan: Path
    images: Path | None = None
    trained_here: str = "no"


SAMPLES = {
    "loans": Sample(
        name="loans",
        title="Loans: 2,000 invented people",
        about="A model, trained on past decisions, says who gets a loan. It never sees anyone's gender.",
        table=HERE / "loans.csv",
        model=HERE / "loans.pt2",
        plan=HERE / "loans.toml",
    ),
    "faces": Sample(
        name="faces",
        title="Faces: 600 invented drivers",
        about="A camera says who looks awake enough to drive. Every face is drawn, and one camera leaves a stamp.",
        table=HERE / "faces.csv",
        model=HERE / "faces.pt2",
        plan=HERE / "faces.toml",
        images=HERE / "faces.zip",
    ),
    "comments": Sample(
        name="comments",
        title="Comments: 1,600 invented remarks",
        about="A town's website hides what its model takes for hurtful. It learned from past removals.",
        table=HERE / "comments.csv",
        model=HERE / "comments.skops",
        plan=HERE / "comments.toml",
    ),
}
