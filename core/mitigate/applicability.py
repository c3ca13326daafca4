"""What can be tried on an audit, and why the rest cannot."""

from __future__ import annotations

import numpy as np

from core.counts.counts import UNKNOWN, Counts
from core.metrics.sampling.refusals import why_one_row_each
from core.metrics.words import group_words
from core.mitigate.mitigations import MITIGATIONS
from core.mitigate.settings import Settings
from core.mitigate.training.reweighing import OUTCOMES
from core.models import FORMATS, tunable
from core.record import AuditRecord

# Fewer people of one group and outcome than this stand for many others once they are weighted.
LIGHTEST = 5
# Which goals AIF360's methods know; AIF360 itself is imported in jobs only.
AIF360_GOALS = {
    "reject_option": ("demographic_parity", "equal_opportunity", "equalized_odds"),
    "eq_odds_postprocessing": ("equalized_odds", "equal_opportunity", "predictive_equality"),
    "calibrated_eq_odds": ("equal_opportunity", "predictive_equality", "equalized_odds"),
}
_LABELS = "it needs to know what really happened"
_SCORES = "it needs a score, and here are only decisions"


def untried(record: AuditRecord, settings: Settings, model_format: str | None) -> dict[str, str]:
    """Why each mitigation cannot be tried on an audit, as half a sentence; "" where it can.

    `model_format` is the row of FORMATS that its model was opened as; None where there is none, or none was opened.
    """
    return {name: _reason_against(name, record, settings, model_format) for name in MITIGATIONS}


def _reason_against(name: str, record: AuditRecord, settings: Settings, model_format: str | None) -> str:
    axis, plan = record.counts.axis, record.plan
    has_label, has_score = plan.data.label is not None, axis.kind != "decision"
    if name == "threshold_mix" and len(settings.goal.rates) > 1:
        return "for two kinds of mistake at once there are lots of their own"
    if name in ("thresholds", "shared_threshold", "threshold_mix"):
        return "" if has_score else _SCORES
    if not has_label:
        return _LABELS
    if MITIGATIONS[name].is_trained:
        if name == "fairness_loss":
            learns = _learns(plan.decision.model and model_format)
            return "" if learns else f"it needs a model that can go on learning, {tunable()}"
        fewest, who, outcome = _smallest_cell(record.counts, settings.by)
        return "" if fewest else f"nobody has {outcome} among {who}"
    if not has_score:
        return _SCORES
    if name in AIF360_GOALS and settings.goal.name not in AIF360_GOALS[name]:
        return "AIF360 has it for other goals"
    if name in AIF360_GOALS and len(settings.by) > 1:
        return "AIF360 takes one column at a time"
    return ""


def _learns(model_format: str | None) -> bool:
    """Whether models of this format can be trained on from their weights."""
    return model_format is not None and model_format in FORMATS and bool(FORMATS[model_format].tunes)


def out_of_reach(record: AuditRecord) -> str | None:
    """Why nothing at all can be tried, whatever the goal, and what would help; None where something can."""
    why_not = why_one_row_each(record.plan, "look for a fix")
    if why_not:
        return why_not
    if record.plan.data.label is not None or record.counts.axis.kind != "decision":
        return None
    return (
        "No fix can be looked for: this audit knows the decisions, not the scores behind them nor what really "
        "happened. Put in a table with a column of either, or the model itself."
    )


def doubts(record: AuditRecord, settings: Settings) -> dict[str, str]:
    """What speaks against a mitigation that can be tried, as half a sentence by its name."""
    if record.plan.data.label is None:
        return {}
    fewest, who, outcome = _smallest_cell(record.counts, settings.by)
    if not 0 < fewest < LIGHTEST:
        return {}
    have = "person has" if fewest == 1 else "people have"
    return {"reweighing": f"only {fewest} {have} {outcome} among {who}, and would weigh much"}


def _smallest_cell(counts: Counts, by: tuple[str, ...]) -> tuple[int, str, str]:
    """The fewest people of one outcome in any group that has people whose outcome is known, the group, the outcome."""
    grouped = counts.by(by)
    n = grouped.n[:, :UNKNOWN].sum(axis=2)
    known = np.flatnonzero(n.sum(axis=1))
    if not len(known):
        return 0, "these people", "a known outcome"
    place, label = np.unravel_index(int(n[known].argmin()), (len(known), UNKNOWN))
    g = int(known[place])
    return int(n[g, label]), group_words(grouped.groups.names(g)), OUTCOMES[int(label)]
