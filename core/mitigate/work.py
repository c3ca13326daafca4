"""What every mitigation of one job starts from, and what it proposes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data import Dataset
from core.findings import plan_rule
from core.mitigate.candidates import cell_places
from core.mitigate.observed import Observed, observe
from core.mitigate.parts import FIT, Divided
from core.mitigate.reweighing import Weights, reweigh
from core.mitigate.rule_file import RuleFile
from core.mitigate.settings import Settings
from core.mitigate.solution import Question
from core.mitigate.training import TrainingRows, training_rows
from core.models.features import Binding
from core.plan import Plan
from core.progress import Progress

RETRAINED = "retrained"


@dataclass(frozen=True, eq=False)
class Proposal:
    """One thing proposed, judged on all parts.

    Attributes
    ----------
    id
        A name of its own among the proposals of one job.
    mechanism
        A row of MITIGATIONS, or RETRAINED for the same training without the mitigation.
    observed
        What it decides.
    file
        The model's file in the job's folder; None for a rule.
    rule
        The rule, where it is one.
    strength
        How much the gap counts in the loss; None where it is no such training.
    baseline
        The id of the same training without the mitigation.
    is_stand_in
        Whether another model stands in for the person's own.
    notes
        What a reader must know, as sentences.
    facts
        Numbers of the training, such as its losses.
    """

    id: str
    mechanism: str
    observed: Observed
    file: str | None = None
    rule: RuleFile | None = None
    strength: float | None = None
    baseline: str | None = None
    is_stand_in: bool = False
    notes: tuple[str, ...] = ()
    facts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Work:
    """What every mitigation of one job starts from: the people, the present decisions, the model, where results go.

    `shared` keeps the proposals that several mitigations are compared with, so that each is made once.
    """

    divided: Divided
    plan: Plan
    settings: Settings
    present: Observed
    model: Path | None
    out: Path
    progress: Progress
    shared: dict[str, Proposal] = field(default_factory=dict)

    @property
    def question(self) -> Question:
        """What a rule is asked, on the people it is fitted on."""
        counts = self.present.counts(FIT)
        return self.settings.question(counts, plan_rule(counts, self.plan))

    @property
    def weights(self) -> Weights:
        """Reweighing's weights, from the people it is fitted on."""
        return reweigh(self.present.counts(FIT), self.settings.by)

    @property
    def dataset(self) -> Dataset:
        """The table that is trained on."""
        return self.divided.tables[0].dataset

    def rows(self, binding: Binding, part: int) -> TrainingRows:
        """The people of one part as a model takes them; their groups are those of the fit part."""
        groups, _ = self.present.counts(FIT).places(self.settings.by)
        people = self.divided.tables[0]
        return training_rows(people, part, binding, cell_places(people.groups, groups))

    def judged(self, proposal_id: str, mechanism: str, plan: Plan, file: str, **more: Any) -> Proposal:
        """A saved model as a proposal: opened as an upload is, and asked about everybody."""
        observed = observe(self.divided, plan, self.out / file, self.progress, f"{proposal_id}: rows scored")
        return Proposal(proposal_id, mechanism, observed, file, **more)
