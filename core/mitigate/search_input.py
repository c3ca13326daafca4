"""What every mitigation of one job starts from, and what it proposes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import FAVOURABLE, UNKNOWN, Groups
from core.counts.rule_file import RuleFile
from core.data.dataset import Dataset
from core.data.leaks.levels import foretold
from core.data.leaks.predictive_power import FOLDS
from core.data.leaks.suspects import is_sample, suspects
from core.data.progress import Progress
from core.metrics.group_metrics import overall_auc_range
from core.metrics.verdicts import plan_rule
from core.metrics.words.naming.terms import Terms
from core.mitigate.counted_decisions import Observed, observe
from core.mitigate.rules.levels import cell_places
from core.mitigate.rules.solution import Question
from core.mitigate.settings import Settings
from core.mitigate.splits import CHOOSE, FIT, REPORT, Divided
from core.mitigate.training.reweighing import Weights, reweigh
from core.mitigate.training.rows import TrainingRows, training_rows
from core.models.inputs.binding import Binding
from core.notes import Note
from core.plan.plan import Plan

RETRAINED = "retrained"
MOST_ASKED = 50_000


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
    rests_on
        Columns that it learned from and that are suspected to know the answer.
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
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Share:
    """Which of the prices on the gap a job trains with: each `of`-th from `place` on; all of them by default.

    Those of a large model too where each job has a GPU of its own (`of_large`).
    """

    place: int = 0
    of: int = 1
    of_large: bool = False

    def prices(self, every: tuple[float, ...], is_small: bool) -> tuple[float, ...]:
        """Those of `every` price: a large model takes all cores by itself, so the first job trains it with all."""
        if is_small or self.of_large:
            return every[self.place :: self.of]
        return every if self.place == 0 else ()


ALL_PRICES = Share()


@dataclass(frozen=True, eq=False)
class Work:
    """What every mitigation of one job starts from: the people, the present decisions, the model, where results go.

    `shared` keeps the proposals that several mitigations are compared with, so that each is made once;
    `leaks` has the notes of columns that are suspected to know the answer, by name, of all that were asked; `names` is
    all that is tried, `trained` what each training cost that came to its end, in rows that went through the model.
    `share` says which prices on the gap are tried here, where other jobs try the others.
    """

    divided: Divided
    plan: Plan
    settings: Settings
    present: Observed
    model: Path | None
    out: Path
    progress: Progress
    shared: dict[str, Proposal] = field(default_factory=dict)
    leaks: dict[str, Note] = field(default_factory=dict)
    foretold: set[str] = field(default_factory=set)
    names: tuple[str, ...] = ()
    share: Share = ALL_PRICES
    trained: list[float] = field(default_factory=list)

    @property
    def question(self) -> Question:
        """What a rule is asked, on the people it is fitted on."""
        counts = self.present.counts(FIT)
        return self.settings.question(counts, plan_rule(counts, self.plan), Terms.of(self.plan))

    @property
    def weights(self) -> Weights:
        """Reweighing's weights, from the people it is fitted on."""
        return reweigh(self.present.counts(FIT), self.settings.by)

    @property
    def dataset(self) -> Dataset:
        """The table that is trained on."""
        return self.divided.tables[0].dataset

    @property
    def groups(self) -> Groups:
        """The groups that are made equal, as the fit part has them."""
        return self.present.counts(FIT).places(self.settings.by)[0]

    def rows(self, binding: Binding, part: int) -> TrainingRows:
        """The people of one part as a model takes them; their groups are those of the fit part."""
        people = self.divided.tables[0]
        return training_rows(people, part, binding, cell_places(people.groups, self.groups))

    def suspected(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Which of these columns are suspected to know the answer and were not confirmed to be known beforehand.

        They are asked of the people whom fixes are fitted and chosen on, of very many of a share.
        """
        new = tuple(name for name in columns if name not in self.foretold)
        if new:
            self.foretold.update(new)
            self.leaks.update({str(note.facts["column"]): note for note in self._suspects(new)})
        confirmed = self.plan.data.confirmed
        return tuple(name for name in columns if name in self.leaks and self.leaks[name].key not in confirmed)

    def _suspects(self, columns: tuple[str, ...]) -> tuple[Note, ...]:
        people, progress = self.divided.tables[0], self.progress
        progress(0, 0, "asking each column how well it foretells the outcome")
        asked = (people.part != REPORT) & (people.label != UNKNOWN)
        asked &= is_sample(people.hashes, MOST_ASKED)
        good = people.label[asked] == FAVOURABLE
        folds = (people.hashes[asked] % np.uint64(FOLDS)).astype(np.int64)
        batches = ((batch, asked[where]) for batch, where in people.batches(columns))
        found = foretold(batches, columns, self.dataset.profile, good, folds)
        now, _, _ = overall_auc_range(self.present.counts(FIT) + self.present.counts(CHOOSE))
        return suspects(found, good, now)

    def judged(self, proposal_id: str, mechanism: str, plan: Plan, file: str, **more: Any) -> Proposal:
        """A saved model as a proposal: opened as an upload is, and asked about everybody."""
        observed = observe(self.divided, plan, self.out / file, self.progress, f"{proposal_id}: rows scored")
        return Proposal(proposal_id, mechanism, observed, file, **more)
