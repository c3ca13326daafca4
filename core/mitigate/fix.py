"""One fix that a search found: what it decides, what speaks against it, and what of it can be taken away."""

from __future__ import annotations

from dataclasses import dataclass

from core.counts.rule_file import RuleFile
from core.metrics.joint import JointCounts
from core.mitigate.mitigations import MITIGATIONS, Kind
from core.mitigate.plans import STAND_IN_FORMAT
from core.mitigate.results import RETRAINED, Decided, Proposed
from core.mitigate.rules.solution import Solution


@dataclass(frozen=True, eq=False)
class Fix:
    """One fix, whole.

    Attributes
    ----------
    id
        Its own among the fixes of one search.
    mechanism
        A row of MITIGATIONS, or RETRAINED for the same training without the mitigation.
    title
        What a page calls it.
    decided
        What it decides about every part.
    joint
        The present decisions and these, on the parts "choose" and "report".
    against
        Why it is not recommended, as sentences.
    rule, proposed, solution
        The rule to take away, the job's proposal, and what the search for thresholds gave, where there is one.
    notes
        What a reader must know of it.
    suspected
        Why it is suspected to have learned the answer, as sentences; `against` holds them too.
    is_too_good
        Whether it is so seldom wrong that it is suspected, which only a person's word can settle.
    is_wider
        Whether it was fitted to a wider gap than the accepted one, to show what that would cost.
    """

    id: str
    mechanism: str
    title: str
    decided: Decided
    joint: dict[str, JointCounts]
    against: tuple[str, ...] = ()
    rule: RuleFile | None = None
    proposed: Proposed | None = None
    solution: Solution | None = None
    notes: tuple[str, ...] = ()
    is_wider: bool = False
    suspected: tuple[str, ...] = ()
    is_too_good: bool = False

    @property
    def needs_attribute(self) -> bool:
        """Whether the sensitive value must be known when somebody is decided about."""
        return self.mechanism != RETRAINED and MITIGATIONS[self.mechanism].needs_attribute

    @property
    def kind(self) -> Kind:
        """What it changes: the same rule for all, one for each group, or the model."""
        return "retrained" if self.mechanism == RETRAINED else MITIGATIONS[self.mechanism].kind

    @property
    def draws_lots(self) -> bool:
        """Whether two people with the same score can get different answers."""
        return self.rule is not None and self.rule.draws_lots

    @property
    def gives_weights(self) -> bool:
        """Whether Reweighing's weights are taken away with it."""
        return self.mechanism != RETRAINED and MITIGATIONS[self.mechanism].gives_weights

    def model_format(self, own: str | None) -> str | None:
        """The row of FORMATS that its model is of, where `own` is that of the model which decides now.

        A model that is trained here is saved as what it came as.
        """
        is_stand_in = self.proposed is not None and self.proposed.is_stand_in
        return STAND_IN_FORMAT.name if is_stand_in else own

    @property
    def is_recommended(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against
