"""Which ways of explaining an audit's model there are, what each takes and lacks, and why the rest cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine.upload_facts import ModelFacts
from core.explain.features.grid import SIDE
from core.explain.methods import EXPLAINERS, Explainer, Recommended, recommend
from core.explain.nouns import Kind
from core.explain.sanity_checks.check import IMAGES, NUDGED, REDRAWN, ROWS
from core.models import FORMATS, followed
from core.record import AuditRecord

WORDS = 25
# What a job takes before it explains anybody: its start, the model opened, people chosen.
START_SECONDS = 2.0
# Of what an audit took for one row, what went into reading it; measured, at most three quarters.
_READING: dict[Kind, float] = {"table": 4e-6, "image": 3e-4, "text": 1.5e-5}
_READS = {"table": "tables", "image": "images", "text": "texts"}


@dataclass(frozen=True)
class Subject:
    """What is to be explained, as far as it is known before its model is opened.

    `features` is how many columns it reads at most, about how many words a text has, or the places of an image;
    `seconds_per_score` is about what the model took for one row in the audit.
    """

    kind: Kind
    gradients: bool
    features: int
    seconds_per_score: float

    @classmethod
    def of(cls, record: AuditRecord, formats: Sequence[str | None], facts: ModelFacts | None, columns: int) -> Subject:
        """The model of an audit, alone or beside a second one.

        Parameters
        ----------
        formats
            The rows of FORMATS that the models were opened as, one or two; None where a model was not opened yet.
        facts
            What an inspection of the audit's model found; None without one.
        columns
            How many columns the table has.
        """
        decision = record.plan.decision
        kind: Kind = "image" if decision.image is not None else "text" if decision.text is not None else "table"
        gradients = all(name in FORMATS and FORMATS[name].gradients for name in formats if name is not None)
        inputs = {"text": WORDS, "image": SIDE * SIDE, "table": len(decision.features) or columns}[kind]
        if facts is not None and kind == "table":
            inputs = min(inputs, len(facts.inputs) or inputs)
        seconds = record.provenance.seconds.get("count", 0.0) / max(1, record.counts.people)
        return cls(kind, gradients and None not in formats, inputs, max(seconds - _READING[kind], seconds / 4))

    @property
    def checked(self) -> int:
        """How many rows are explained besides, to see how far the picture can be trusted."""
        again = IMAGES if self.kind == "image" else ROWS
        return ROWS + again * (1 + NUDGED + (REDRAWN if self.gradients else 0))

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
            START_SECONDS + models * row.seconds(people + subject.checked, subject.features, subject.seconds_per_score),
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
        return f"it needs a model that shows its inner workings, {followed()}"
    return ""
