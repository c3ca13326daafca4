"""What is said of how a model meets a table: its good class, its threshold, values it never saw, what it was fed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.dataset import Dataset
from core.engine.counting import count
from core.engine.sources import source
from core.errors import ModelError
from core.metrics.words.notes import text, told
from core.models.inputs.binding import bind
from core.models.inputs.fed_columns import FirstFed
from core.models.model import Input, Model, Outputs
from core.models.model_notes import doubted
from core.models.outputs.classes import settled
from core.notes import Note
from core.plan.plan import Plan

MakeDataset = Callable[[str | Path], Dataset]
MakePlan = Callable[..., Plan]
ROWS = 40
TABLE = "sex,job,code,flag,y\n" + "".join(
    f"{'FM'[i % 2]},{'nurse' if i % 4 else 'retired'},{1 + i % 2}.0,{'TrueFalse'[0:4] if i % 3 else 'False'},{i % 2}\n"
    for i in range(ROWS)
)


def model_of(*inputs: Input, classes: Any = (0, 1), **more: Any) -> Model:
    run = lambda cells: Outputs(np.full((len(next(iter(cells.values()))), 2), 0.5), None)  # noqa: E731
    return Model(format="skops", run=run, inputs=inputs, classes=classes, **more)


@pytest.fixture
def notes_of(dataset_of: MakeDataset) -> Callable[..., dict[str, Note]]:
    """The notes on a model and a plan, by kind; each can be said."""

    def make(model: Model, plan: Plan, table: str = TABLE) -> dict[str, Note]:
        profile = dataset_of(table).profile
        found = list(doubted(model, bind(model, profile, plan), profile, plan, settled(plan, model)))
        assert all(len(text(note)) > 40 for note in found)
        return {note.kind: note for note in found}

    return make


Notes = Callable[..., dict[str, Note]]
JOB = Input("job", "text", categories=frozenset({"nurse", "retired"}))


def test_a_model_that_fits_has_nothing_said_of_it(notes_of: Notes, plan_of: MakePlan) -> None:
    assert notes_of(model_of(JOB), plan_of(label="y")) == {}


def test_values_that_the_model_never_saw_are_named_with_their_column(notes_of: Notes, plan_of: MakePlan) -> None:
    known = Input("job", "text", categories=frozenset({"nurse"}))
    note = notes_of(model_of(known, Input("code", "text", categories=frozenset({"1", "2"}))), plan_of())
    assert set(note) == {"unknown_column"}  # the last of each kind
    assert note["unknown_column"].facts["column"] == "code"
    assert note["unknown_column"].facts["cells"] == note["unknown_column"].facts["filled"] == ROWS
    few = Input("job", "text", categories=frozenset({"nurse", "clerk"}))
    table = TABLE.replace("retired", "nurse").replace("nurse", "astronaut", 1)
    note = notes_of(model_of(few), plan_of(), table)
    assert set(note) == {"unknown_values"}
    assert "“astronaut” (1 cell)" in text(note["unknown_values"])
    assert notes_of(model_of(Input("code", "number", categories=frozenset({1.0, 2.0}))), plan_of()) == {}


def test_of_values_that_are_known_but_for_spaces_the_note_on_spaces_tells(notes_of: Notes, plan_of: MakePlan) -> None:
    spaced = TABLE.replace("nurse", " nurse").replace("retired", " retired")
    assert notes_of(model_of(JOB), plan_of(), spaced) == {}
    assert "unknown_column" in notes_of(model_of(JOB), plan_of(), spaced.replace(" nurse", " astronaut"))


def test_a_choice_against_the_outcomes_good_value_is_asked_with_the_change(notes_of: Notes, plan_of: MakePlan) -> None:
    found = notes_of(model_of(JOB, classes=(1, 2)), plan_of(label="y", favourable=1, favourable_class=2))
    (change,) = found["class_against_outcome"].changes
    assert (change.section, change.key, change.value) == ("decision", "favourable_class", 1)
    assert notes_of(model_of(JOB), plan_of(label="y", favourable=1, favourable_class=1)) == {}


def test_a_class_by_its_place_is_said_by_its_name(notes_of: Notes, plan_of: MakePlan) -> None:
    found = notes_of(model_of(JOB, classes=("approve", "deny")), plan_of(favourable_class=1))
    assert "“deny” counts as good" in text(found["good_class"])
    found = notes_of(model_of(JOB, classes=("approve", "deny")), plan_of(label="y", favourable="approve"))
    assert "“approve” counts as good" in text(found["good_class"]), "left out, and not the second"


def test_a_threshold_of_the_models_own_stands_beside_the_plans(notes_of: Notes, plan_of: MakePlan) -> None:
    own = model_of(JOB, threshold=0.75)
    found = notes_of(own, plan_of())["own_threshold"]
    (change,) = found.changes
    assert change.value == 0.75
    assert "output" not in text(found), "a page has a button, and a choice of what the model gives"
    lines = 'In a plan file: threshold = 0.75 under [decision], or output = "class" under [decision].'
    assert told(found, ()) == f"{text(found)} {lines}"
    (change,) = notes_of(own, plan_of(favourable_class=0, threshold=0.75))["own_threshold"].changes
    assert change.value == 0.25
    assert notes_of(own, plan_of(threshold=0.75)) == notes_of(own, plan_of(output="class")) == {}


def test_true_and_false_are_1_and_0_where_the_model_computes(
    dataset_of: MakeDataset, notes_of: Notes, plan_of: MakePlan
) -> None:
    model = model_of(Input("flag", "number"))
    assert notes_of(model, plan_of())["truths_as_numbers"].facts["columns"] == ["flag"]
    dataset = dataset_of(TABLE)
    batch = next(dataset.batches(dataset.profile.names))
    cells = bind(model, dataset.profile, plan_of()).features(batch)
    assert isinstance(cells, dict)
    np.testing.assert_array_equal(cells["flag"], [float(i % 3 > 0) for i in range(ROWS)])


@pytest.mark.parametrize(
    ("name", "first", "step", "is_one"),
    [("customer_id", 1007, 13, True), ("row", 1, 1, True), ("income", 1007, 13, False), ("PersonNr", 5, 2, True)],
)
def test_a_number_of_the_person_is_no_feature(
    notes_of: Notes, plan_of: MakePlan, name: str, first: int, step: int, is_one: bool
) -> None:
    table = f"sex,{name}\n" + "".join(f"{'FM'[i % 2]},{first + step * i}\n" for i in range(ROWS))
    found = notes_of(model_of(Input(name, "number")), plan_of(), table)
    assert list(found) == (["identifier_fed"] if is_one else [])


def test_what_was_fed_is_kept_by_place_with_its_first_cell(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    dataset = dataset_of(TABLE)
    binding = bind(model_of(Input("code", "number"), JOB), dataset.profile, plan_of())
    batches = dataset.batches(dataset.profile.names, 7)
    first, *later = [FirstFed.of(binding.columns_used, batch) for batch in batches]
    assert all(each + first == first + each == first for each in later)
    assert (first.columns, first.cells) == (("code", "job"), ("1.0", "retired"))


def test_ties_at_one_half_are_the_models_own_to_break(
    dataset_of: MakeDataset, plan_of: MakePlan, tmp_path: Path
) -> None:
    """Four neighbours, two of each class: predict takes the first class, a threshold of 0.5 the good one."""
    import skops.io
    from sklearn.neighbors import KNeighborsClassifier

    numbers = np.array([[0.0], [0.0], [1.0], [1.0]])
    path = tmp_path / "model.skops"
    skops.io.dump(KNeighborsClassifier(4, algorithm="brute").fit(numbers, [0, 1, 0, 1]), path)
    dataset = dataset_of("sex,x,y\n" + "F,0,1\nM,1,0\n" * 20)
    by_score, own = plan_of(features=["x"]), plan_of(features=["x"], output="class")
    counted = [count(source(p, dataset, path), dataset, p, lambda *step: None) for p in (by_score, own)]
    assert counted[0].counts.n[:, :, 0].sum() == 0
    assert counted[1].counts.n[:, :, 1].sum() == 0
    (note,) = [note for note in counted[0].notes(dataset.profile) if note.kind == "own_decision"]
    assert (note.facts["differ"], note.facts["rows"]) == (40, 40)


def test_a_model_of_quantities_is_told_from_logits(dataset_of: MakeDataset, plan_of: MakePlan) -> None:
    from core.models.outputs.scale import is_far_from_logits, no_logits

    quantities = np.linspace(200, 1000, 40)[:, None]
    assert is_far_from_logits(quantities) and is_far_from_logits(-quantities)
    assert not is_far_from_logits(quantities - 600)
    assert not is_far_from_logits(quantities[:5])
    assert "score = " in str(no_logits(quantities))
    assert isinstance(no_logits(quantities), ModelError)
