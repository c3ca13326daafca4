"""Which measure to look at first where people are decided about: why, and what it cannot tell."""

from __future__ import annotations

from dataclasses import dataclass

from core.catalogue import table


@dataclass(frozen=True)
class Area:
    """One row.

    Attributes
    ----------
    name, title
        What addresses and pages call it.
    metrics
        The rows of METRICS to look at, the most important first.
    why, limits
        Why these, and what they cannot tell, in plain sentences.
    """

    name: str
    title: str
    metrics: tuple[str, ...]
    why: tuple[str, ...]
    limits: tuple[str, ...]


AREAS = table(
    Area(
        "hiring", "Hiring", ("selection_rate", "false_negative_rate"),
        ("Look first at who gets selected: whether somebody would have done well is rarely known.",
         "The four-fifths rule asks about it, too."),
        ("It does not ask who was qualified; compare people who applied for the same job.",
         "Small numbers of hires give wide ranges, and “can't tell yet” is then the honest answer."),
    ),
    Area(
        "credit", "Credit", ("false_negative_rate", "selection_rate", "positive_predictive_value"),
        ("Look first at who is wrongly denied: somebody who would repay and gets no loan bears the harm.",
         "Look at who gets selected as well, since it needs no outcome."),
        ("Of people who were refused, nobody knows whether they would have repaid.",
         "Errors are then counted among those who got a loan, and miss the rest."),
    ),
    Area(
        "triage", "Triage in health and care", ("false_negative_rate", "positive_predictive_value"),
        ("Look first at who is wrongly denied: to send away somebody in need is the worse mistake.",
         "Then ask whether a yes is equally often right."),
        ("The outcome column must say need, not past spending: who got less care before spent less.",
         "Where groups need care unequally often, equal selection is not the aim."),
    ),
    Area(
        "moderation", "Moderation of texts and images", ("false_negative_rate", "selection_rate"),
        ("Call “kept” the good answer, and look at whose harmless posts are removed: who is wrongly denied.",),
        ("The outcome is the opinion of those who labelled the posts.",
         "Dialects and reclaimed words are often labelled wrongly, and an audit repeats that."),
    ),
    Area(
        "justice", "Justice", ("false_negative_rate", "positive_predictive_value", "false_positive_rate"),
        ("Call “released” the good answer, and look at who is wrongly denied: held, and would have done nothing.",
         "Then ask whether a yes is equally often right."),
        ("Where groups differ in outcome, both can hardly be equal at once (Kleinberg, 2016; Chouldechova, 2017).",
         "An arrest is not an offence: the outcome column also measures where police look."),
    ),
)  # fmt: skip
