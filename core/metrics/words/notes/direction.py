"""Words for doubts about the direction of decisions and scores."""

from __future__ import annotations

from core.metrics.words.notes.worded import Facts, Worded

_ASKS = {
    "model": (
        "Is the model's good class the right one, is the outcome's good value, and was the model fed its own columns in"
        " their order?"
    ),
    "score": "Is the good value of the outcome the right one, and is it a high score that is good?",
    "prediction": "Is the good value of the outcome the right one, and that of the decision?",
}


def _worse(facts: Facts) -> str:
    share, commoner = (100 * facts[name] / facts["labelled"] for name in ("right", "commoner"))
    same = "yes" if facts["good"] else "no"
    return (
        f"The decisions are right for {share:.1f}\u00a0% of people. A {same} to everybody would be right more often:"
        f" for {commoner:.1f}\u00a0%."
    )


def _worse_first(facts: Facts) -> str:
    return f"{_worse(facts)} {_ASKS[facts['source']]}"


def _backwards(facts: Facts) -> str:
    return (
        "People with the good outcome tend to get the worse scores here (area under the ROC curve"
        f" {facts['auc']:.3f}; guessing would give 0.5). {_ASKS[facts['source']]}"
    )


WORDS = {
    "worse_than_one_answer": Worded(_worse_first, first=True),
    "no_better_than_one_answer": Worded(_worse),
    "backwards": Worded(_backwards, first=True),
}
