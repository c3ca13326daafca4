"""The table of mitigations: what each does, in plain words, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass

from core.catalogue import table


@dataclass(frozen=True)
class Mitigation:
    """One row.

    Attributes
    ----------
    name
        What plans and the command line call it.
    title, reads
        What a page calls it, and what it does, in plain words.
    needs_attribute
        Whether the sensitive value must be known when somebody is decided about.
    is_trained
        Whether a model is trained; if not, it is a rule over the scores that are there.
    draws_lots
        Whether two people with the same score can get different answers.
    formats
        The model formats whose own model it changes; empty for a rule, which any score serves.
    """

    name: str
    title: str
    reads: str
    needs_attribute: bool
    is_trained: bool = False
    draws_lots: bool = False
    formats: tuple[str, ...] = ()


MITIGATIONS = table(
    Mitigation(
        "thresholds", "A threshold for each group",
        "The score stays; each group gets a threshold of its own, chosen to meet the goal at the least cost.",
        needs_attribute=True,
    ),
    Mitigation(
        "shared_threshold", "One other threshold for everybody",
        "The score stays; everybody gets the same new threshold, chosen to meet the goal at the least cost.",
        needs_attribute=False,
    ),
    Mitigation(
        "threshold_mix", "A threshold for each group, with lots",
        "The score stays; between two thresholds of a group lots decide, chosen to meet the goal at the least cost.",
        needs_attribute=True, draws_lots=True,
    ),
    Mitigation(
        "equalized_odds_mix", "Lots between two thresholds",
        "The score stays; between a group's two thresholds lots decide. Wrong denials and wrong grants are then equally"
        " frequent in every group.",
        needs_attribute=True, draws_lots=True,
    ),
    Mitigation(
        "reweighing", "Training with weights",
        "The model is trained again, and combinations of group and outcome that are rare in the table count more.",
        needs_attribute=False, is_trained=True, formats=("pt2", "skops", "huggingface"),
    ),
    Mitigation(
        "fairness_loss", "Training with a price on the gap",
        "The model is trained on, and a gap between groups counts as a mistake: the higher its price, the more.",
        needs_attribute=False, is_trained=True, formats=("pt2", "huggingface"),
    ),
    Mitigation(
        "reject_option", "AIF360: reject option classification",
        "Near the threshold, decisions go in favour of the group that is selected less often.",
        needs_attribute=True,
    ),
    Mitigation(
        "eq_odds_postprocessing", "AIF360: equalized odds",
        "Decisions are changed by lots, so that wrong denials and wrong grants are equally frequent in both groups.",
        needs_attribute=True, draws_lots=True,
    ),
    Mitigation(
        "calibrated_eq_odds", "AIF360: calibrated equalized odds",
        "The scores of one group are replaced by its average for some people, drawn by lot.",
        needs_attribute=True, draws_lots=True,
    ),
)  # fmt: skip
