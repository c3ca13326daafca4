"""A table cut into any parts, counted in any order and added gives what the whole gives."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.rule_file import GroupRule, RuleFile
from core.counts.rules import Stated
from core.data.dataset import Dataset
from core.data.images import Images
from core.engine import own_decision
from core.engine.counting import Counted, Pass, count
from core.engine.sources import source
from core.errors import DataError, MergeError
from core.metrics.stated_rule import stating
from core.metrics.words.notes import text
from core.plan.plan import Plan
from tests.worlds import image_worlds
from tests.worlds.people import csv_text, dataset_of, plan_of, quiet
from tests.worlds.shards import counted_in_shards, facts, halved, pass_over, summed

HEADER = ("id", "g", "age", "y", "p", "s", "w", "n", "x")
SCORE = 'score = "s"\nthreshold = 0.5'
LOTS = RuleFile(("g",), (GroupRule({"g": "a"}, ((0.0, 0.25), (0.5, 1.0))),), 0.5, "the score")
BOTH = ("g", "age")
PLANS: dict[str, Plan] = {
    "decisions": plan_of(label=True),
    "an outcome that nobody has": plan_of(data='label = "x"\nfavourable = "good"'),
    "a score": plan_of(label=True, decision=SCORE),
    "a score from above on": plan_of(label=True, decision=SCORE + "\nabove = true"),
    "a score beside decisions": plan_of(label=True, decision='score = "s"\nprediction = "p"\nfavourable = 1'),
    "groups between cut points": plan_of(BOTH, label=True, groups="bins = {age = [25, 40]}\nintersections = 2"),
    "spellings taken for one": plan_of(label=True, groups='join = {g = {a = ["A"]}}'),
    "filters": plan_of(
        BOTH,
        label=True,
        decision=SCORE,
        data='keep = [{column = "x", not_in = ["bad", "never"]}, {column = "age", between = [20, 60]}]',
        groups="bins = {age = [40]}",
    ),
    "people held out": plan_of(label=True, decision=SCORE, data="held_out = 0.5"),
    "rows that count people": plan_of(
        label=True, decision=SCORE, data='count = "n"\nkeep = [{column = "x", not_in = ["bad"]}]'
    ),
    "weights": plan_of(label=True, decision=SCORE, data='weight = "w"'),
    "people with several rows": plan_of(
        BOTH, label=True, decision=SCORE, data='person = "id"', groups="bins = {age = [40]}\nintersections = 2"
    ),
    "weights of people with several rows": plan_of(label=True, data='person = "id"\nweight = "w"'),
    "a rule that draws lots": stating(plan_of(label=True, decision=SCORE), LOTS),
}

ROW = st.tuples(
    st.sampled_from(["P1", "P2", "P3", "P4"]),
    st.sampled_from(["a", "b", "A", " a", "", "NA"]),
    st.sampled_from(["18", "30", "44", "70", "old", ""]),
    st.sampled_from(["1", "0", "1.0", "odd", "", "NA"]),
    st.sampled_from(["1", "0"]),
    st.sampled_from(["0", "0.25", "0.5", "0.500001", "0.4999999", "0.75", "1"]),
    st.sampled_from(["0", "1", "2.5", "130.25"]),
    st.sampled_from(["0", "1", "3", "250"]),
    st.sampled_from(["good", "bad", "other"]),
)
# Each value of a plan occurs, so that none is refused.
ALWAYS = [
    ("P1", "a", "30", "1", "1", "0.25", "1", "1", "good"),
    ("P2", "A", "44", "0", "0", "0.5", "2.5", "2", "bad"),
    ("P2", "b", "50", "1", "0", "0.75", "2.5", "1", "other"),
]


@pytest.mark.parametrize("name", PLANS)
@settings(max_examples=12)
@given(rows=st.lists(ROW, max_size=30), seed=st.integers(0, 1_000), most=st.integers(1, 8))
def test_the_sum_of_any_parts_is_the_whole(
    tmp_path_factory: pytest.TempPathFactory, name: str, rows: list[tuple[str, ...]], seed: int, most: int
) -> None:
    plan, stated = PLANS[name], LOTS if name == "a rule that draws lots" else None
    found = dataset_of(csv_text(HEADER, [*rows, *ALWAYS]), tmp_path_factory.mktemp("sums"))
    dataset = Dataset(found.path, found.profile, found.missing, None, plan.data.count)
    check(dataset, plan, None, stated, random.Random(seed), most)


def check(
    dataset: Dataset, plan: Plan, model: Path | None, stated: Stated | None, draw: random.Random, most: int
) -> dict[str, Any]:
    """Cut the table as it is drawn, into at most so many parts, and add them in several ways; what the whole says."""
    one = Pass.of(source(plan, dataset, model, stated), dataset, plan, quiet, stated)
    whole = said(lambda: count(source(plan, dataset, model, stated), dataset, plan, quiet, stated))
    shards = counted_in_shards(one, [draw.randrange(most) for _ in range(dataset.profile.rows)])
    assert said(lambda: summed(one, shards)) == whole
    assert said(lambda: summed(one, reversed(shards))) == whole
    draw.shuffle(shards)
    assert said(lambda: one.whole(halved(shards))) == whole
    return whole


def said(counted: Callable[[], Counted]) -> dict[str, Any]:
    """Everything that a result says, or why there is none."""
    try:
        return facts(counted())
    except DataError as refusal:
        return {"refused": str(refusal)}


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_an_audit_reads_its_batches_into_one_sum(tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = PLANS["filters"]
    dataset = dataset_of(csv_text(HEADER, ALWAYS * 9), tmp_path)
    whole = facts(count(source(plan, dataset, None), dataset, plan, quiet))
    monkeypatch.setattr("core.data.dataset.BATCH_ROWS", rows)
    assert facts(count(source(plan, dataset, None), dataset, plan, quiet)) == whole
    assert whole["lines"] == 27 and sum(whole["dropped"]) == 9


def test_images_that_cannot_be_used_are_named_from_the_first_row_on(tmp_path: Path) -> None:
    replaced: dict[str, bytes | None] = {f"{i}.png": None for i in range(40, 100)} | {"7.png": b"no image"}
    (tmp_path / "images.zip").write_bytes(image_worlds.archive(replaced))
    model = tmp_path / "model.pt2"
    image_worlds.brightness(model)
    plan = Plan.from_toml(image_worlds.PLAN)
    found = dataset_of(image_worlds.table(), tmp_path)
    dataset = replace(found, images=Images(tmp_path / "images.zip", "images.zip"))
    whole = check(dataset, plan, model, None, random.Random(3), 7)
    (words,) = whole["notes"]
    assert words.startswith("61 images could not be used")
    assert "not in the archive: rows 41, 42, 43" in words and "59, 60 and 40 more" in words
    assert whole["dropped"] == (61,) and whole["fed"][0]["first"] == "0.png"


@pytest.fixture(scope="module")
def ties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four neighbours, two of each class: predict takes the first class, a threshold of 0.5 the good one."""
    import skops.io
    from sklearn.neighbors import KNeighborsClassifier

    path = tmp_path_factory.mktemp("ties") / "model.skops"
    fitted = KNeighborsClassifier(2, algorithm="brute").fit([[0.0], [0.0], [1.0], [1.0]], [0, 1, 0, 0])
    skops.io.dump(fitted, path)
    return path


def test_the_models_own_decision_is_asked_of_the_first_people_who_are_kept(
    tmp_path: Path, ties: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 60 rows every third is left out; 0 is a tie, 1 is none."""
    monkeypatch.setattr(own_decision, "MOST_ROWS", 25)
    rows = [("fm"[i % 2], i % 5 > 0, "out" if i % 3 == 0 else "in") for i in range(60)]
    dataset = dataset_of(csv_text(("g", "x", "k"), [(g, int(x), k) for g, x, k in rows]), tmp_path)
    plan = plan_of(decision='model = "m"\nfeatures = ["x"]', data='keep = [{column = "k", in = ["in"]}]')
    whole = check(dataset, plan, ties, None, random.Random(5), 6)
    (note,) = [note for note in whole["notes"] if note["kind"] == "own_decision"]
    asked = [x for _, x, k in rows if k == "in"][:25]
    assert (note["facts"]["rows"], note["facts"]["differ"]) == (25, asked.count(False))
    assert whole["fed"] == [{"position": 1, "column": "x", "first": "1"}]


def test_a_row_that_cannot_be_counted_is_refused_in_whatever_part_it_stands(tmp_path: Path) -> None:
    rows = [*ALWAYS * 5, ("P1", "a", "30", "1", "1", "", "1", "1", "good")]
    dataset = dataset_of(csv_text(HEADER, rows), tmp_path)
    one = pass_over(source(PLANS["a score"], dataset, None), dataset, PLANS["a score"])
    for parts in (1, 2, 5):
        with pytest.raises(DataError, match='row 16 below the header, column "s": no score'):
            counted_in_shards(one, [i % parts for i in range(len(rows))])


def test_what_no_part_alone_shows_is_refused_of_the_sum(tmp_path: Path) -> None:
    """Two rows that count 1.5 billion people each, and a part without anybody."""
    many = [(*row[:7], "1500000000", "good") for row in ALWAYS]
    plan = PLANS["rows that count people"]
    found = dataset_of(csv_text(HEADER, [*many, ALWAYS[1]]), tmp_path)
    dataset = Dataset(found.path, found.profile, found.missing, None, "n")
    one = pass_over(source(plan, dataset, None), dataset, plan)
    shards = counted_in_shards(one, [0, 1, 2, 3])
    assert [shard.kept for shard in shards] == [1_500_000_000] * 3 + [0] and shards[3].dropped == (2,)
    with pytest.raises(DataError, match="counts more than 2,147,483,648 people"):
        summed(one, shards)
    with pytest.raises(DataError, match="no row is left"):
        one.whole(shards[3])


def test_parts_of_other_plans_or_tables_are_never_added(tmp_path: Path) -> None:
    dataset = dataset_of(csv_text(HEADER, ALWAYS), tmp_path)
    one, *others = (
        pass_over(source(PLANS[name], dataset, None), dataset, PLANS[name]).nobody
        for name in ("a score", "decisions", "filters", "an outcome that nobody has")
    )
    for other in others:
        with pytest.raises(MergeError):
            one + other


def test_adding_changes_neither_part(tmp_path: Path) -> None:
    dataset = dataset_of(csv_text(HEADER, ALWAYS * 3), tmp_path)
    for name in ("a score", "people with several rows", "weights"):
        one = pass_over(source(PLANS[name], dataset, None), dataset, PLANS[name])
        first, second = counted_in_shards(one, [0, 1, 0] * 3)
        before = [facts(first), facts(second)]
        again = [facts(first + second), facts(second + first)]
        assert again[0] == again[1] and [facts(first), facts(second)] == before
        assert not one.nobody.kept and np.sum(one.nobody.left_out) == 0


def test_a_note_of_the_sum_is_of_all_rows(tmp_path: Path) -> None:
    """Everybody in one part has the good outcome, and nobody in the other: of the sum there is nothing to say."""
    dataset = dataset_of(csv_text(HEADER, ALWAYS), tmp_path)
    plan = PLANS["decisions"]
    one = pass_over(source(plan, dataset, None), dataset, plan)
    good, other = counted_in_shards(one, [0, 1, 0])
    assert "has the good outcome" in text(good.notes(dataset.profile)[0]) and "is without the good outcome" in text(
        other.notes(dataset.profile)[0]
    )
    assert summed(one, [good, other]).notes(dataset.profile) == ()
