"""Who a rule selects, in words."""

from __future__ import annotations

from core.counts.rule_file import GroupRule, RuleFile
from core.metrics.words import group_words, percent
from core.metrics.words.naming.terms import PLAIN, Terms

MOST_GROUPS = 8


def scores_words(limit: float, lower_is_better: bool, above: bool = False) -> str:
    """Which scores are selected: "0.5 or more", "above 0.5", "below 5"."""
    if above:
        return f"above {limit:g}"
    return f"below {limit:g}" if lower_is_better else f"{limit:g} or more"


def rule_words(rule: RuleFile, terms: Terms = PLAIN) -> str:
    """Who is selected of each group: "0.43 or more for women, 0.51 or more for men".

    `terms` is what the plan calls things.
    """
    told = [_group_words(row, rule.lower_is_better, terms) for row in rule.groups[:MOST_GROUPS]]
    rest = len(rule.groups) - len(told)
    if rest:
        told.append(f"and for {rest} more group{'s' if rest > 1 else ''} as the plan says")
    if rule.by and rule.otherwise is not None:
        others = "anybody else" if terms.people == "people" else "any other"
        told.append(f"{scores_words(rule.otherwise, rule.lower_is_better)} for {others}")
    return ", ".join(told)


def _group_words(row: GroupRule, lower_is_better: bool, terms: Terms) -> str:
    people = terms.people
    who = group_words(row.group, terms) if row.group else "everybody" if people == "people" else f"all {people}"
    limit = row.threshold(lower_is_better)
    if limit is not None:
        return f"{scores_words(limit, lower_is_better)} for {who}"
    chances = [chance for _, chance in row.steps]
    if set(chances) == {1.0}:
        return f"any score for {who}"
    if set(chances) == {0.0}:
        return f"no score for {who}"
    lots = [f"{percent(chance, 0)} from {edge:g} on" for edge, chance in row.steps[1:]]
    return f"by lot for {who} ({'; '.join([f'{percent(chances[0], 0)} of the lowest scores', *lots])})"
