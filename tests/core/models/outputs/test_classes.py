"""Which class is good: what a plan says of a model's classes, and what stands in for it where it says nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.errors import ModelError
from core.models.model import Model, Outputs
from core.models.outputs.classes import settled
from core.plan.parts import Position
from core.plan.plan import Plan

MakePlan = Callable[..., Plan]


def model_of(classes: Any) -> Model:
    return Model(format="skops", run=lambda features: Outputs(None, None), classes=classes)


@pytest.mark.parametrize(
    ("classes", "favourable", "good"),
    [
        ((1, 2), 1, 0),
        ((1, 2), 2, 1),
        (("approve", "deny"), "approve", 0),
        ((0, 1), "yes", 1),
        ((0, 1), 0, 0),
        ((False, True), "yes", 1),
        ((0.0, 1.0), "yes", 1),
        (("1", "2"), 1, 0),
    ],
)
def test_left_out_the_good_class_is_called_as_the_good_outcome_is_else_it_is_1_of_0_and_1(
    plan_of: MakePlan, classes: Any, favourable: Any, good: int
) -> None:
    plan = plan_of(label="y", favourable=favourable)
    assert settled(plan, model_of(classes)).favourable_class == (Position(good),)


@pytest.mark.parametrize("classes", [("approve", "deny"), (1, 2), (-1, 1), ("a", "b", "c"), (0, 1, 2)])
def test_left_out_where_nothing_tells_it_is_asked_with_the_classes(plan_of: MakePlan, classes: Any) -> None:
    with pytest.raises(ModelError, match=f'good for the person.*"{classes[0]}", "{classes[1]}".*favourable_class = '):
        settled(plan_of(label="y", favourable="yes"), model_of(classes))


def test_a_model_that_names_no_classes_is_taken_for_0_and_1(plan_of: MakePlan) -> None:
    assert settled(plan_of(label="y", favourable=0), model_of(None)).favourable_class == 0
    assert settled(plan_of(label="y", favourable=1), model_of(None)).favourable_class is None


def test_a_plan_that_leaves_the_class_out_keeps_the_digest_it_had_when_1_was_written_for_it(plan_of: MakePlan) -> None:
    silent, said = plan_of(), plan_of(favourable_class=1)
    place = replace(said, decision=replace(said.decision, favourable_class=Position(1)))
    assert silent.question_sha256 == said.question_sha256 != place.question_sha256
    assert "favourable_class" not in silent.to_toml()
    assert Plan.from_toml(silent.to_toml()) == silent != said
    assert Plan.from_toml(place.to_toml()).decision.favourable_class == Position(1)
