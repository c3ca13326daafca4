"""How numbers are computed, as a technical reader wants it: formulas, intervals, tests, the rule of verdicts."""

from __future__ import annotations

# Of each metric in the four counts of a group; `N` is everybody, also people whose outcome is not known.
FORMULAS: dict[str, str] = {
    "selection_rate": "selected / N",
    "base_rate": "(TP + FN) / (TP + FP + FN + TN)",
    "false_negative_rate": "FN / (TP + FN)",
    "false_positive_rate": "FP / (FP + TN)",
    "true_positive_rate": "TP / (TP + FN)",
    "true_negative_rate": "TN / (FP + TN)",
    "accuracy": "(TP + TN) / (TP + FP + FN + TN)",
    "error_rate": "(FP + FN) / (TP + FP + FN + TN)",
    "positive_predictive_value": "TP / (TP + FP)",
    "negative_predictive_value": "TN / (FN + TN)",
    "balanced_accuracy": "(TP / (TP + FN) + TN / (FP + TN)) / 2",
    "f1": "2 * TP / (2 * TP + FP + FN)",
}

METHODS: tuple[tuple[str, str], ...] = (
    (
        "Rates",
        "A rate's interval is Wilson's. Where rows weigh differently or repeat a person, its variance is linearised "
        "and Wilson's interval taken at the effective n = p(1 − p) / variance.",
    ),
    (
        "Gaps",
        "A difference is the group's rate less the comparison group's, with Newcombe's interval. A ratio is the "
        "group's rate over the comparison group's: Katz's log interval where all four cells are 5 or more, else "
        "MOVER-R from Wilson's limits. Average odds join two differences by MOVER.",
    ),
    (
        "Tests",
        "Equality is tested by Fisher's exact test, two-sided, for up to 10,000 people or an expected cell under 5, "
        "else by the pooled z test. Holm's correction runs over one measure in one table of groups.",
    ),
    (
        "Verdicts",
        "In this order. Not measurable: a rate has nobody to count. Can't tell yet: a group has too few people. Gap: "
        "the value lies outside the limit and the corrected p is below 1 less the confidence; where the p is not, it "
        "can't be told yet. No gap: the whole interval lies inside the limit. Else it can't be told yet.",
    ),
    (
        "Limits of a ratio",
        "A limit of L accepts L to 1 / L. Values are compared with limits exactly, as fractions.",
    ),
)
