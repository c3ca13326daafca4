"""The plan: read strictly, written so that it reads the same, and identified by its question."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cells import DEFAULT_MISSING
from core.errors import PlanError
from core.plan import Condition, DataPlan, Decision, Groups, Keep, Limit, Plan, Policy, Run

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
def all_groups(draw: st.DrawFn) -> Groups:
    sensitive = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    some = st.lists(st.sampled_from(sensitive), unique=True)
    named = {column: draw(VALUES) for column in draw(some)}
    return Groups(
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
PLANS = st.builds(
    Plan,
    data=DATA,
    decision=DECISIONS,
    groups=all_groups(),
    name=st.text(max_size=5),
    policy=st.builds(Policy, st.lists(NAMES, max_size=2).map(tuple), LIMITS, NAMES),
    run=st.builds(Run, st.integers(0, 2**40), st.floats(0.5, 0.9999)),
    mitigate=st.sampled_from([{}, {"goal": "equal_opportunity", "at_most": 0.01, "by": ["sex"], "price": {"a": 1}}]),
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
    assert plan.policy == Policy((), (), "disparate_impact")
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
    "policy": lambda p: replace(p, policy=Policy(use=("four_fifths",))),
    "limits": lambda p: replace(p, policy=Policy(limits=(Limit("disparate_impact", least=0.9),))),
    "headline": lambda p: replace(p, policy=Policy(headline="accuracy_difference")),
    "mitigate": lambda p: replace(p, mitigate={"at_most": 0.01}),
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


# ---------------------------------------------------------------- what is refused, and what the message says


def with_lines(**tables: str) -> str:
    """A plan whose tables are these lines, the others as they should be."""
    lines = {
        "data": 'file = "a.csv"',
        "decision": 'prediction = "p"\nfavourable = [1]',
        "groups": 'sensitive = ["sex"]',
        **tables,
    }
    return "plumbline = 1\n" + "\n".join(f"[{table}]\n{text}" for table, text in lines.items())


MODEL, SCORE, PREDICTION = 'model = "m.onnx"', 'score = "s"', 'prediction = "p"'
IMAGE = MODEL + '\nimage = "file"\nimages = "a.zip"'
REFUSED = {
    "no toml": ("plumbline = = 1", "not valid TOML"),
    "nothing": ("", "the plan lacks plumbline (a whole number): add it."),
    "another format": ("plumbline = 2", 'must say "plumbline = 1"'),
    "no tables": ("plumbline = 1", "the plan lacks data (a table)"),
    "unknown table": (with_lines(grups=""), 'unknown key "grups"; did you mean "groups"?'),
    "unknown key": (with_lines(data='file = "a"\nlable = "y"'), 'unknown key "lable"; did you mean "label"?'),
    "stranger": (with_lines(data='file = "a"\nqqq = 1'), "it knows file, keep, label"),
    "no file": (with_lines(data=""), "[data] lacks file (a text in quotes): add it."),
    "file of another type": (with_lines(data="file = 3"), "[data] file is 3; it takes a text in quotes."),
    "true is no value": (with_lines(data='file = "a"\nlabel = "y"\nfavourable = true'), "is true; it takes"),
    "not finite": (with_lines(decision=SCORE + "\nthreshold = nan"), "it takes a finite number"),
    "infinite": (with_lines(decision=SCORE + "\nthreshold = inf"), "it takes a finite number"),
    "date": (with_lines(decision=SCORE + "\nthreshold = 2020-01-01"), "it takes a number"),
    "label alone": (with_lines(data='file = "a"\nlabel = "y"'), "label and favourable go together"),
    "favourable alone": (with_lines(data='file = "a"\nfavourable = 1'), "label and favourable go together"),
    "no good value": (with_lines(data='file = "a"\nlabel = "y"\nfavourable = []'), "at least one value that is good"),
    "two bounds": (
        with_lines(data='file = "a"\nlabel = "y"\nfavourable = {at_least = 1, below = 2}'),
        "exactly one of at_least",
    ),
    "person": (with_lines(data='file = "a"\nperson = "id"'), "cannot honour it yet"),
    "weight": (with_lines(data='file = "a"\nweight = "w"'), "cannot honour it yet"),
    "keep without a way": (with_lines(data='file = "a"\nkeep = [{column = "x"}]'), "exactly one of between, in and"),
    "keep in two ways": (
        with_lines(data='file = "a"\nkeep = [{column = "x", in = [1], not_in = [2]}]'),
        "exactly one of between, in",
    ),
    "between backwards": (
        with_lines(data='file = "a"\nkeep = [{column = "x", between = [2, 1]}]'),
        "the smaller first",
    ),
    "between one": (with_lines(data='file = "a"\nkeep = [{column = "x", between = [2]}]'), "takes two numbers"),
    "in nothing": (with_lines(data='file = "a"\nkeep = [{column = "x", in = []}]'), "in lists no value"),
    "nothing to audit": (with_lines(decision=""), "names nothing to audit"),
    "model and score": (with_lines(decision=f"{MODEL}\n{SCORE}"), "audit one of them at a time"),
    "prediction without good values": (with_lines(decision=PREDICTION), "must list the good values"),
    "prediction with a bound": (with_lines(decision=PREDICTION + "\nfavourable = {below = 5}"), "must list the good"),
    "prediction with a threshold": (
        with_lines(decision=PREDICTION + "\nfavourable = [1]\nthreshold = 0.5"),
        "threshold cannot stand beside",
    ),
    "score without a threshold": (with_lines(decision=SCORE), "threshold = 0.5, favourable"),
    "score with two": (
        with_lines(decision=SCORE + "\nthreshold = 1\nfavourable = {below = 5}"),
        "threshold = 0.5, favourable",
    ),
    "score with a list": (with_lines(decision=SCORE + "\nfavourable = [1]"), "not a list of values"),
    "score with a direction": (
        with_lines(decision=SCORE + "\nthreshold = 1\nlower_is_better = true"),
        "say favourable = {below = 5}",
    ),
    "model with good values": (
        with_lines(decision=MODEL + "\nfavourable = [1]"),
        "takes favourable_class",
    ),
    "output without a model": (
        with_lines(decision=SCORE + '\nthreshold = 1\noutput = "logit"'),
        "belongs to a model",
    ),
    "features without a model": (
        with_lines(decision=SCORE + '\nthreshold = 1\nfeatures = ["a"]'),
        "belongs to a model",
    ),
    "class without a model": (
        with_lines(decision=PREDICTION + "\nfavourable = [1]\nfavourable_class = 0"),
        "belongs to a model",
    ),
    "edges without a score": (
        with_lines(decision=PREDICTION + "\nfavourable = [1]\nedges = [1.0]"),
        "edges belongs to a score column",
    ),
    "direction without a score": (with_lines(decision=MODEL + "\nlower_is_better = true"), "belongs to a score column"),
    "no class": (with_lines(decision=MODEL + "\nfavourable_class = []"), "favourable_class lists no class"),
    "unknown output": (with_lines(decision=MODEL + '\noutput = "odds"'), "it takes one of probability, logit, class"),
    "class with a threshold": (
        with_lines(decision=MODEL + '\noutput = "class"\nthreshold = 0.5'),
        "takes the decisions as they are",
    ),
    "threshold on logits": (with_lines(decision=MODEL + "\nthreshold = -0.5"), "give a number from 0 to 1"),
    "threshold out of reach": (with_lines(decision=SCORE + "\nthreshold = 1e301"), "beyond 1e+300"),
    "edge out of reach": (with_lines(decision=SCORE + "\nthreshold = 1\nedges = [1, 1e301]"), "beyond 1e+300"),
    "number of many digits": (with_lines(decision=f"{SCORE}\nthreshold = 1{'0' * 400}"), "has 401 digits"),
    "number of too many digits": (with_lines(run=f"seed = 1{'0' * 5000}"), "not valid TOML"),
    "brackets without end": (with_lines(run=f"seed = {'[' * 5000}{']' * 5000}"), "brackets go too deep"),
    "date among prices": (with_lines(mitigate="price = {wrongly_denied = 2020-01-01}"), "holds 2020-01-01"),
    "endless price": (with_lines(mitigate="price = {wrongly_denied = nan}"), "finite numbers"),
    "edges not rising": (with_lines(decision=SCORE + "\nthreshold = 1\nedges = [1, 1]"), "strictly rising"),
    "image without files": (with_lines(decision=MODEL + '\nimage = "file"'), 'add images = "images.zip"'),
    "files without image": (with_lines(decision=MODEL + '\nimages = "a.zip"'), "belongs to a column of images"),
    "colours without image": (with_lines(decision=MODEL + "\nimage_mean = [0]"), "belongs to a column of images"),
    "image without a model": (
        with_lines(decision=SCORE + '\nthreshold = 1\nimage = "file"\nimages = "a.zip"'),
        "image belongs to a model",
    ),
    "image and features": (with_lines(decision=IMAGE + '\nfeatures = ["a"]'), "remove one of them"),
    "two colours": (with_lines(decision=IMAGE + "\nimage_mean = [0.5, 0.5]"), "takes three numbers"),
    "no spread": (with_lines(decision=IMAGE + "\nimage_std = [0.5, 0, 0.5]"), "must be above 0"),
    "colour in words": (with_lines(decision=IMAGE + '\nimage_std = ["a"]'), "it takes a number"),
    "text and columns": (with_lines(decision=MODEL + '\ntext = "a"\nfeatures = ["b"]'), "text is all that"),
    "text without a model": (with_lines(decision=SCORE + '\nthreshold = 1\ntext = "a"'), "text belongs to a model"),
    "nobody sensitive": (with_lines(groups="sensitive = []"), "name at least one"),
    "sensitive twice": (with_lines(groups='sensitive = ["a", "a"]'), "names a column twice"),
    "no intersections": (with_lines(groups='sensitive = ["a"]\nintersections = 0'), "1 for single columns"),
    "bins of a stranger": (
        with_lines(groups='sensitive = ["a"]\nbins = {b = [1]}'),
        'cuts "b", which is not',
    ),
    "bins not rising": (with_lines(groups='sensitive = ["a"]\nbins = {a = [2, 1]}'), "rising order"),
    "no cut points": (with_lines(groups='sensitive = ["a"]\nbins = {a = []}'), "rising order"),
    "reference of a stranger": (with_lines(groups='sensitive = ["a"]\nreference = {b = 1}'), "not among the sensitive"),
    "unknown reference": (
        with_lines(groups='sensitive = ["a"]\nreference = "best"'),
        "one of largest, most_selected",
    ),
    "limit without a bound": (with_lines(policy='limits = [{measure = "x"}]'), "give most for a difference, or least"),
    "limit with two": (
        with_lines(policy='limits = [{measure = "x", most = 0.1, least = 0.8}]'),
        "give most for",
    ),
    "limit over one": (with_lines(policy='limits = [{measure = "x", most = 5}]'), "between 0 and 1"),
    "least of nothing": (with_lines(policy='limits = [{measure = "x", least = 0}]'), "between 0 and 1"),
    "limit twice": (
        with_lines(policy='limits = [{measure = "x", most = 0.1}, {measure = "x", most = 0.2}]'),
        "one limit",
    ),
    "confidence": (with_lines(run="confidence = 95"), "from 0.5 to just under 1"),
    "seed": (with_lines(run="seed = 1.5"), "it takes a whole number"),
    "mitigate": (with_lines(mitigate='gaol = "x"'), 'unknown key "gaol"; did you mean "goal"?'),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused_and_why(why: str) -> None:
    text, words = REFUSED[why]
    with pytest.raises(PlanError) as refusal:
        Plan.from_toml(text)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
