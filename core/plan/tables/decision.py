"""`[decision]`: what is audited, a model or columns of the table, and from where on a person is selected."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.errors import PlanError
from core.plan.parts import IMAGE_MIDDLE, Class, Decision, Position, rule_written
from core.plan.reader import Section
from core.plan.tables.conditions import condition_document, read_condition
from core.plan.values import LARGEST_SCORE, in_figures


def read_decision(decision: Section) -> Decision:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    plan = Decision(
        model=decision.take("model", str, default=None),
        score=decision.take("score", str, default=None),
        prediction=decision.take("prediction", str, default=None),
        favourable=read_condition(decision),
        favourable_class=_read_classes(decision),
        output=decision.take_choice("output", ("probability", "logit", "class")),
        threshold=decision.take("threshold", float, default=None),
        above=decision.take("above", bool, default=False),
        edges=decision.take_list("edges", float, default=()),
        lower_is_better=decision.take("lower_is_better", bool, default=False),
        features=decision.take_list("features", str, default=()),
        rule=None if (rule := decision.take("rule", str, default=None)) is None else rule_written(rule),
        text=decision.take("text", str, default=None),
        image=decision.take("image", str, default=None),
        images=decision.take("images", str, default=None),
        image_mean=decision.take_list("image_mean", float, default=IMAGE_MIDDLE),
        image_std=decision.take_list("image_std", float, default=IMAGE_MIDDLE),
    )
    decision.done()
    return plan


def _read_classes(decision: Section) -> Class | tuple[Class, ...] | None:
    """`favourable_class`: a class or a list of classes, each a name, a number or a place; None where it is left out."""
    if decision.holds("favourable_class", list):
        listed = decision.take_list("favourable_class", int, str, dict)
        return tuple(_read_class(decision, one) for one in listed)
    given = decision.take("favourable_class", int, str, dict, default=None)
    return None if given is None else _read_class(decision, given)


def _read_class(decision: Section, given: int | str | dict[str, Any]) -> Class:
    if not isinstance(given, dict):
        return given
    place = Section(f"{decision.name} favourable_class", given)
    position = place.take("position", int)
    place.done()
    if position < 0:
        raise PlanError(f"{place.name} position counts from 0; it is {position}.")
    return Position(position)


def check_decision(decision: Decision) -> None:
    """Refuse keys that need or exclude each other, by PlanError."""
    _check_source(decision)
    _check_above(decision)
    _check_rule(decision)
    _check_images(decision)
    _check_text(decision)
    _check_threshold(decision)
    if decision.prediction is not None:
        _check_prediction(decision)
    elif decision.score is not None:
        _check_score(decision)
    elif decision.favourable is not None:
        raise PlanError(
            "[decision] favourable belongs to a score or prediction column; a model takes favourable_class and"
            " threshold."
        )
    _check_owners(decision)
    _check_numbers(decision)


def _check_source(decision: Decision) -> None:
    """What is audited: one of a model, a score column, and a prediction column with or without its score."""
    if decision.model is None and decision.score is None and decision.prediction is None:
        raise PlanError("[decision] names nothing to audit: give a model file, a score column or a prediction column.")
    if decision.model is not None and (decision.score is not None or decision.prediction is not None):
        raise PlanError("[decision] names a model and also a score or prediction column: audit one of them at a time.")


def _check_threshold(decision: Decision) -> None:
    """A threshold applies to scores; a model's are probabilities."""
    if decision.output == "class" and decision.threshold is not None:
        raise PlanError(
            '[decision] threshold applies to a score, and output = "class" takes the decisions as they are: remove one'
            " of the two."
        )
    if decision.model is not None and decision.threshold is not None and not 0 <= decision.threshold <= 1:
        raise PlanError(
            f"[decision] threshold is {in_figures(decision.threshold)}; a model's scores are probabilities from 0 to"
            " 1, logits turned into such first: give a number from 0 to 1. Numbers on another scale, such as credit"
            f' scores, are put into a column of the table and audited as a score: score = "...", threshold ='
            f" {in_figures(decision.threshold)}."
        )


def _check_prediction(decision: Decision) -> None:
    """A column of decisions says by its values who is selected."""
    condition = decision.favourable
    if condition is None or not condition.values:
        raise PlanError('[decision] favourable must list the good values of the prediction column, such as ["Low"].')
    if decision.threshold is not None:
        raise PlanError(
            "[decision] threshold cannot stand beside a prediction column: decisions come from that column."
        )


def _check_score(decision: Decision) -> None:
    """A column of scores needs one bound, from which on or below which a person is selected."""
    condition = decision.favourable
    if [decision.threshold, condition, decision.rule].count(None) != 2:
        raise PlanError(
            "[decision] a score column needs one of threshold = 0.5, favourable = {at_least = 5} (or {below = 5})"
            ' and rule = "rule.json".'
        )
    if condition is not None and condition.values:
        raise PlanError(
            "[decision] favourable of a score column is {at_least = 5} or {below = 5}, not a list of values."
        )
    if decision.lower_is_better:
        raise PlanError(
            "[decision] lower_is_better belongs beside a prediction column; for a score alone say favourable ="
            " {below = 5}."
        )


def _check_owners(decision: Decision) -> None:
    """Keys that belong to a model, or to a column of scores, and stand where there is none."""
    if decision.model is None:
        for key in ("output", "features", "favourable_class", "text", "image"):
            given = getattr(decision, key)
            if given != getattr(Decision(), key) and (key, given) != ("favourable_class", 1):
                raise PlanError(f"[decision] {key} belongs to a model, and this plan names none: remove it.")
    if decision.score is None:
        for key in ("edges", "lower_is_better"):
            if getattr(decision, key) != getattr(Decision(), key):
                raise PlanError(f"[decision] {key} belongs to a score column, and this plan names none: remove it.")


def _check_numbers(decision: Decision) -> None:
    """Thresholds and edges that can be computed with, and classes that are some."""
    condition = decision.favourable
    bounds = (decision.threshold, condition and condition.at_least, condition and condition.below, *decision.edges)
    if max((abs(bound) for bound in bounds if bound), default=0.0) > LARGEST_SCORE:
        raise PlanError(
            f"A threshold, or an edge between scores, lies beyond {LARGEST_SCORE:g}. Give a smaller number.",
            in_plan="threshold, favourable or edges under [decision]",
        )
    if decision.favourable_class == ():
        raise PlanError("[decision] favourable_class lists no class: name at least one, such as [1].")
    if any(low >= high for low, high in zip(decision.edges, decision.edges[1:], strict=False)):
        raise PlanError("[decision] edges must be numbers in strictly rising order.")


def _check_above(decision: Decision) -> None:
    """`above` says on which side of a threshold those stand who are exactly on it."""
    takes = decision.threshold is not None or decision.model is not None
    if decision.above and (not takes or decision.rule is not None or decision.output == "class"):
        raise PlanError("[decision] above belongs to a threshold, and none decides here: remove it.")


def _check_rule(decision: Decision) -> None:
    """A rule file takes the place of a threshold, and needs a score to apply to."""
    if decision.rule is None:
        return
    if decision.prediction is not None or decision.output == "class":
        raise PlanError("[decision] rule applies to a score, and here decisions are given as they are: remove it.")
    if decision.threshold is not None:
        raise PlanError("[decision] rule stands in place of a threshold: remove one of the two.")


def _check_images(decision: Decision) -> None:
    """A column of file names and the archive that holds the files go together, and need a colour scale."""
    if decision.image is None:
        for key in ("images", "image_mean", "image_std"):
            if getattr(decision, key) != getattr(Decision(), key):
                raise PlanError(f'[decision] {key} belongs to a column of images: name it, such as image = "file".')
        return
    if decision.images is None:
        raise PlanError('[decision] image needs the files that it names: add images = "images.zip" (or a folder).')
    if decision.features:
        raise PlanError("[decision] features are columns of numbers, and this model reads images: remove one of them.")
    for key in ("image_mean", "image_std"):
        if len(getattr(decision, key)) not in (1, 3):
            raise PlanError(
                f"[decision] {key} takes three numbers, for red, green and blue, such as [0.5, 0.5, 0.5]; or one for"
                " grey."
            )
    if min(decision.image_std) <= 0:
        raise PlanError("[decision] image_std divides each colour, so its numbers must be above 0.")


def _check_text(decision: Decision) -> None:
    """A model of texts reads one column and nothing else."""
    for key in ("features", "image"):
        if decision.text is not None and getattr(decision, key):
            raise PlanError(f"[decision] text is all that a model of texts reads: remove it, or remove {key}.")


def decision_document(decision: Decision) -> dict[str, Any]:
    """The part as a plan file holds it: defaults are left out."""
    blank = Decision()
    written = {key: value for key, value in asdict(decision).items() if value != getattr(blank, key)}
    if decision.favourable is not None:
        written["favourable"] = condition_document(decision.favourable)
    if decision.rule is not None:
        written["rule"] = decision.rule.written
    return {key: list(value) if isinstance(value, tuple) else value for key, value in written.items()}
