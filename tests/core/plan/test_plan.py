"""The plan: read strictly, written so that it reads the same, and identified by its question."""

import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.plan.parts import MitigationPlan, RuleContent, RulePath
from core.plan.plan import Condition, DataPlan, Decision, GroupsPlan, Keep, Limit, Plan, PolicyPlan, Run
from core.plan.values import DEFAULT_MISSING

NAMES = st.text(min_size=1, max_size=8).filter(lambda text: not re.search(r"[\ud800-\udfff]", text))
FLOATS = st.floats(-1e300, 1e300)
VALUES = NAMES | st.integers(-(2**63), 2**63 - 1) | FLOATS
LISTS = st.lists(VALUES, min_size=1, max_size=3).map(tuple)
BOUNDS = FLOATS.map(lambda x: Condition(at_least=x)) | FLOATS.map(lambda x: Condition(below=x))
LISTED = LISTS.map(lambda values: Condition(values=values))
RISING = st.lists(FLOATS, min_size=1, max_size=4, unique=True).map(sorted).map(tuple)

KEEPS = st.one_of(
    st.builds(lambda c, ends: Keep(c, between=(min(ends), max(ends))), NAMES, st.tuples(FLOATS, FLOATS)),
    st.builds(lambda c, values, negated: Keep(c, values=values, negated=negated), NAMES, LISTS, st.booleans()),
    st.builds(
        lambda c, year, month: Keep(c, month=f"{year}-{month:02}"), NAMES, st.integers(1900, 2199), st.integers(1, 12)
    ),
)
DATA = st.builds(
    lambda file, keep, outcome, missing, known: DataPlan(file, keep, *outcome, missing, known),
    NAMES,
    st.lists(KEEPS, max_size=2).map(tuple),
    st.just((None, None)) | st.tuples(NAMES, LISTED | BOUNDS),
    st.just(DEFAULT_MISSING) | st.lists(st.text(max_size=4), max_size=3).map(tuple),
    st.sampled_from([None, True, False]),
)
COLOURS = st.just((0.5, 0.5, 0.5)) | st.lists(FLOATS, min_size=3, max_size=3).map(tuple)
SPREADS = st.just((0.5, 0.5, 0.5)) | st.lists(st.floats(1e-9, 9), min_size=1, max_size=1).map(tuple)
CLASSES = st.integers(0, 9) | NAMES | st.lists(st.integers(0, 9) | NAMES, min_size=1, max_size=3).map(tuple)
DECISIONS = st.one_of(
    st.builds(
        Decision,
        model=NAMES,
        favourable_class=CLASSES,
        output=st.sampled_from([None, "probability", "logit"]),
        threshold=st.none() | st.floats(0, 1),
        features=st.lists(NAMES, max_size=3).map(tuple),
    ),
    st.builds(Decision, model=NAMES, favourable_class=CLASSES, output=st.just("class")),
    st.builds(Decision, model=NAMES, image=NAMES, images=NAMES, image_mean=COLOURS, image_std=SPREADS),
    st.builds(Decision, score=NAMES, threshold=FLOATS, edges=st.just(()) | RISING),
    st.builds(Decision, score=NAMES, favourable=BOUNDS, edges=st.just(()) | RISING),
    st.builds(Decision, prediction=NAMES, favourable=LISTED),
    st.builds(Decision, score=NAMES, prediction=NAMES, favourable=LISTED, lower_is_better=st.booleans()),
)


@st.composite
def all_groups(draw: st.DrawFn) -> GroupsPlan:
    sensitive = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    some = st.lists(st.sampled_from(sensitive), unique=True)
    named = {column: draw(VALUES) for column in draw(some)}
    return GroupsPlan(
        tuple(sensitive),
        draw(st.integers(1, 4)),
        {column: draw(RISING) for column in draw(some)},
        named if named else draw(st.sampled_from(["largest", "most_selected"])),
    )


LIMITS = st.lists(
    st.builds(lambda name, share: Limit(name, most=share), NAMES, st.floats(0, 1))
    | st.builds(lambda name, share: Limit(name, least=share), NAMES, st.floats(1e-9, 1)),
    max_size=3,
    unique_by=lambda limit: limit.measure,
).map(tuple)
MITIGATIONS = st.sampled_from(
    [
        MitigationPlan(),
        MitigationPlan(goal="equal_opportunity", at_most=0, by=("sex",), leave_out=(), holdout=0.25),
        MitigationPlan(cost="price", price={"wrongly_granted": 5, "wrongly_denied": 1.5}),
        MitigationPlan(price={"wrongly_denied": 1, "wrongly_granted": 2}, evaluate="b.csv", features=("age", "merit")),
    ]
)
PLANS = st.builds(
    Plan,
    data=DATA,
    decision=DECISIONS,
    groups=all_groups(),
    name=st.text(max_size=5),
    policy=st.builds(PolicyPlan, st.lists(NAMES, max_size=2).map(tuple), LIMITS, NAMES),
    run=st.builds(Run, st.integers(0, 2**40), st.floats(0.5, 0.9999)),
    mitigate=MITIGATIONS,
)


@settings(max_examples=150)
@given(PLANS)
def test_a_plan_is_written_so_that_it_reads_the_same(plan: Plan) -> None:
    again = Plan.from_toml(plan.to_toml())
    assert again == plan
    assert (again.sha256, again.question_sha256) == (plan.sha256, plan.question_sha256)
    assert again.to_toml() == plan.to_toml()


MINIMAL = """plumbline = 1
[data]
file = "a.csv"
label = "y"
favourable = 1
[decision]
score = "s"
threshold = 0.5
[groups]
sensitive = ["sex", "age"]
bins = {age = [25, 40]}
"""


def test_defaults_are_the_documented_ones() -> None:
    plan = Plan.from_toml(MINIMAL)
    assert plan.data.missing == ("", "NA", "N/A", "NaN", "null")
    assert (plan.groups.intersections, plan.groups.reference) == (2, "largest")
    assert plan.policy == PolicyPlan((), (), "disparate_impact")
    assert plan.run == Run(0, 0.95)
    assert plan.data.favourable == Condition(values=(1,))


def test_one_value_and_a_list_of_one_ask_the_same() -> None:
    assert Plan.from_toml(MINIMAL) == Plan.from_toml(MINIMAL.replace("favourable = 1", "favourable = [1]"))


def test_whole_numbers_serve_as_numbers() -> None:
    plan = Plan.from_toml(MINIMAL.replace("threshold = 0.5", "threshold = 1"))
    assert isinstance(plan.decision.threshold, float)
    assert plan.groups.bins == {"age": (25.0, 40.0)}


# ---------------------------------------------------------------- the identity of a question

SAME_QUESTION: dict[str, Any] = {
    "name": lambda p: replace(p, name="another"),
    "file": lambda p: replace(p, data=replace(p.data, file="b.csv")),
    "seed": lambda p: replace(p, run=Run(seed=7)),
    "confidence": lambda p: replace(p, run=Run(confidence=0.9)),
    "edges": lambda p: replace(p, decision=replace(p.decision, edges=(0.0, 0.5, 1.0))),
}
OTHER_QUESTION: dict[str, Any] = {
    "keep": lambda p: replace(p, data=replace(p.data, keep=(Keep("x", values=("a",)),))),
    "month": lambda p: replace(p, data=p.data.in_month("x", "2026-03")),
    "label": lambda p: replace(p, data=replace(p.data, label="z")),
    "good value": lambda p: replace(p, data=replace(p.data, favourable=Condition(values=(0,)))),
    "missing": lambda p: replace(p, data=replace(p.data, missing=("?",))),
    "known": lambda p: replace(p, data=replace(p.data, refused_known=True)),
    "score": lambda p: replace(p, decision=replace(p.decision, score="t")),
    "threshold": lambda p: replace(p, decision=replace(p.decision, threshold=0.4)),
    "prediction": lambda p: replace(p, decision=Decision(prediction="s", favourable=Condition(values=(1,)))),
    "a model": lambda p: replace(p, decision=Decision(model="m.onnx", threshold=0.5)),
    "sensitive": lambda p: replace(p, groups=replace(p.groups, sensitive=("sex",), bins={})),
    "order of sensitive": lambda p: replace(p, groups=replace(p.groups, sensitive=("age", "sex"))),
    "intersections": lambda p: replace(p, groups=replace(p.groups, intersections=1)),
    "bins": lambda p: replace(p, groups=replace(p.groups, bins={"age": (25.0, 41.0)})),
    "reference": lambda p: replace(p, groups=replace(p.groups, reference="most_selected")),
    "policy": lambda p: replace(p, policy=PolicyPlan(use=("four_fifths",))),
    "limits": lambda p: replace(p, policy=PolicyPlan(limits=(Limit("disparate_impact", least=0.9),))),
    "headline": lambda p: replace(p, policy=PolicyPlan(headline="accuracy_difference")),
    "mitigate": lambda p: replace(p, mitigate=MitigationPlan(at_most=0.01)),
}


@pytest.mark.parametrize("what", SAME_QUESTION)
def test_the_same_question(what: str) -> None:
    plan = Plan.from_toml(MINIMAL)
    changed = SAME_QUESTION[what](plan)
    assert changed.question_sha256 == plan.question_sha256
    assert changed.sha256 != plan.sha256


@pytest.mark.parametrize("what", OTHER_QUESTION)
def test_another_question(what: str) -> None:
    plan = Plan.from_toml(MINIMAL)
    assert OTHER_QUESTION[what](plan).question_sha256 != plan.question_sha256


@pytest.mark.parametrize(
    "change",
    [{"favourable_class": 0}, {"output": "logit"}, {"threshold": 0.4}, {"features": ("age",)}, {"model": "other.onnx"}],
)
def test_the_questions_of_models(change: dict[str, Any]) -> None:
    plan = replace(Plan.from_toml(MINIMAL), decision=Decision(model="m.onnx"))
    changed = replace(plan, decision=replace(plan.decision, **change))
    assert (changed.question_sha256 == plan.question_sha256) is (list(change) == ["model"])


def test_the_mark_of_a_windows_editor_is_no_part_of_the_plan() -> None:
    assert Plan.from_toml("\ufeff" + MINIMAL) == Plan.from_toml(MINIMAL)


# What a search is asked -> the plan's digest, and that of the file as it is written: both are kept beside results.
DIGESTS = {
    'goal = "demographic_parity"\nat_most = 0\nholdout = 0.25\nevaluate = "b.csv"\n': (
        "8cc76380ef434cb5144ce5b392d46adc2ccc91e86b5442852bcb501530eb060e",
        "c29cedd1ecde1475dfac6b1e9d4001bae3090effeee99714b6746c608a570140",
    ),
    "at_most = 0.0\n": (
        "3e51a59d412c658d6cbae356f131d797f4549860ca3a45c1b64a3acc1029cee1",
        "88f587ab3b07804013f306cebebf4c014ed7a254de0c46ec52c30f9f1981af0a",
    ),
    'price = {wrongly_granted = 5, wrongly_denied = 1.5}\ncost = "price"\nby = ["age"]\nleave_out = []\n': (
        "a5ac8e4e573ebdbc83e006a22f82c55d12c4e40ada2962ea10f7fc83f2409cab",
        "9f6c4f9b7d6beaaadef26eec42965b908460edddeaf3392fdc0b62c493403074",
    ),
}


@pytest.mark.parametrize("asked", DIGESTS)
def test_the_digest_of_what_a_search_is_asked_is_of_the_numbers_as_they_are_written(asked: str) -> None:
    plan = Plan.from_toml(f"{MINIMAL}[mitigate]\n{asked}")
    assert (plan.sha256, hashlib.sha256(plan.to_toml().encode()).hexdigest()) == DIGESTS[asked]


# The path of a rule file, or what it holds: digests taken when both were one text.
RULES = {
    "rule.json": (RulePath("rule.json"), "8ca36a49d981d71ff692bb17a8181ba94d32ec21758892ee80ef6cedd4d28faf"),
    '{"plumbline": 1, "by": []}': (
        RuleContent('{"plumbline": 1, "by": []}'),
        "9748efb2debe47fd127e5fa1954c834fa5d15f913af155bb19c527986479b7b3",
    ),
}


@pytest.mark.parametrize("text", RULES)
def test_a_rules_path_and_its_content_are_one_key_of_the_file_and_two_types(text: str) -> None:
    plan = Plan.from_toml(MINIMAL.replace("threshold = 0.5", f"rule = {json.dumps(text)}"))
    rule, digest = RULES[text]
    assert plan.decision.rule == rule and plan.sha256 == digest
    assert Plan.from_toml(plan.to_toml()) == plan
