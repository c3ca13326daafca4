"""The sentences that a person confirms: which outcome is good, and from where on somebody is selected."""

from __future__ import annotations

from core.metrics.words.naming.terms import PLAIN, Terms
from core.plan.parts import Condition, Decision
from core.plan.values import in_figures


def outcome_sentence(column: str, condition: Condition) -> str:
    """The sentence that confirms which outcome is good for the person."""
    return f'Someone with {condition_words(condition)} in "{column}" got the good outcome.'


def decision_sentence(decision: Decision, names_class: bool = False, terms: Terms = PLAIN) -> str:
    """The sentence that confirms from where on a person is selected.

    `names_class`: calls the good class of a model by its name, where nothing else tells what its classes mean.
    `terms` is what the plan calls things.
    """
    if decision.prediction is not None and decision.favourable is not None:
        return f'Someone with {condition_words(decision.favourable)} in "{decision.prediction}" was {terms.selected}.'
    if decision.score is not None:
        condition = decision.favourable or Condition(at_least=decision.threshold)
        is_above = decision.above and condition.at_least is not None
        words = f"more than {in_figures(condition.at_least or 0.0)}" if is_above else condition_words(condition)
        return f'Someone with {words} in "{decision.score}" is {terms.selected}.'
    named = f"class {' or '.join(decision.good_classes)}" if names_class and decision.good_classes else ""
    if decision.output == "class":
        whom = "A text that" if decision.text else "Someone whom"
        return f"{whom} the model puts in {named or 'the good class'} is {terms.selected}."
    threshold = 0.5 if decision.threshold is None else decision.threshold
    least = f"more than {in_figures(threshold)}" if decision.above else f"{in_figures(threshold)} or more"
    who = "A text" if decision.text else "Someone"
    return f"{who} is {terms.selected} when the model gives {named or 'the good outcome'} a probability of {least}."


def condition_words(condition: Condition) -> str:
    """A condition as a person would say it."""
    if condition.at_least is not None:
        return f"{in_figures(condition.at_least)} or more"
    if condition.below is not None:
        return f"less than {in_figures(condition.below)}"
    return " or ".join(f'"{value}"' for value in condition.values)
