"""Which ways of explaining an audit's model there are, what each takes and lacks, and why the rest cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass

from core.collect import ModelFacts
from core.explain.explainers import EXPLAINERS, Explainer, Kind, Recommended, recommend
from core.plan import Plan
from core.record import AuditRecord

WORDS = 25
# Files whose inner workings can be followed.
_FOLLOWED = (".pt2", ".zip")
_READS = {"table": "tables", "image": "images", "text": "texts"}


@dataclass(frozen=True)
class Subject:
    """What is to be explained, as far as it is known before its model is opened.

    `features` is how many columns it reads at most, or about how many words a text has; `seconds_per_score` what
    scoring one person took in the audit, with reading and counting.
    """

    kind: Kind
    gradients: bool
    features: int
    seconds_per_score: float

    @classmethod
    def of(cls, record: AuditRecord, after: Plan | None, facts: ModelFacts | None, columns: int) -> Subject:
        """The model of an audit, beside a second plan's where there is one; `columns` is how many the table has."""
        decision = record.plan.decision
        kind: Kind = "image" if decision.image is not None else "text" if decision.text is not None else "table"
        names = [decision.model, *([] if after is None else [after.decision.model])]
        gradients = all(name is not None and name.endswith(_FOLLOWED) for name in names)
        inputs = WORDS if kind == "text" else len(decision.features) or columns
        if facts is not None:
            gradients = gradients and facts.gradients
            inputs = inputs if kind == "text" else min(inputs, len(facts.inputs) or inputs)
        seconds = record.provenance.seconds.get("count", 0.0) / max(1, record.counts.people)
        return cls(kind, gradients, inputs, seconds)

    @property
    def recommended(self) -> Recommended:
        """The way to take, and why."""
        return recommend(self.kind, self.gradients, self.features)


@dataclass(frozen=True)
class Way:
    """One row of EXPLAINERS for one model: about how long it takes, what it lacks, and why it cannot be taken ("").

    `lacks` and `against` are halves of sentences.
    """

    explainer: Explainer
    seconds: float
    lacks: str
    against: str


def ways(subject: Subject, people: int, models: int) -> tuple[Way, ...]:
    """Every way, for so many people and so many models (1, or 2 to compare)."""
    return tuple(
        Way(
            row,
            models * row.seconds(people, subject.features, subject.seconds_per_score),
            _lacks(row),
            _against(row, subject),
        )
        for row in EXPLAINERS.values()
    )


def _lacks(row: Explainer) -> str:
    lacking = [] if row.adds_up else ["its parts do not add up to the score"]
    if row.family == "slope":
        lacking.append("it sees small changes only")
    if row.draws:
        lacking.append("it draws by chance, so small parts are unsure")
    return "; ".join(lacking)


def _against(row: Explainer, subject: Subject) -> str:
    if subject.kind not in row.fits:
        return f"it is not made for {_READS[subject.kind]}"
    if row.needs != "outputs" and not subject.gradients:
        return "it needs a model that shows its inner workings, a .pt2 file or a Hugging Face folder"
    return ""
