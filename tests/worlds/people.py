"""Small invented worlds for the tests: people, their tables, the plans that ask about them, the counts they make."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from core.counts.counts import Axis, Counts, Groups, of_selection, tally
from core.counts.rules import Confusion
from core.data.dataset import Dataset
from core.data.profiling import take_profile
from core.plan.plan import Plan
from tests.worlds.reference import People, Person

LETTERS = "abcdef"
DECILES = Axis.of(range(1, 11))


def quiet(done: int, total: int, what: str) -> None:
    """Progress that nobody watches."""


def plan_of(
    sensitive: tuple[str, ...] = ("g",), *, label: bool = False, policy: str = "", run: str = "", groups: str = "",
    decision: str = 'prediction = "p"\nfavourable = [1]', data: str = "",
) -> Plan:  # fmt: skip
    """A plan about a column of decisions, unless `decision` says otherwise; the other texts are lines of its tables."""
    outcome = 'label = "y"\nfavourable = 1' if label else ""
    columns = json.dumps(list(sensitive))
    tables = {
        "data": f'file = "t.csv"\n{outcome}\n{data}',
        "decision": decision,
        "groups": f"sensitive = {columns}\n{groups}",
        "policy": policy,
        "run": run,
    }
    return Plan.from_toml("plumbline = 1\n" + "\n".join(f"[{name}]\n{lines}" for name, lines in tables.items()))


def selections(table: Mapping[str | tuple[str, ...], tuple[int, int]], attributes: tuple[str, ...] = ("g",)) -> Counts:
    """Counts of decisions without labels from {group: (selected, people)}."""
    return labelled({group: (0, 0, 0, 0, k, n - k) for group, (k, n) in table.items()}, attributes)


def labelled(table: Mapping[str | tuple[str, ...], tuple[int, ...]], attributes: tuple[str, ...] = ("g",)) -> Counts:
    """Counts of decisions from {group: (tp, fp, fn, tn, unknown selected, unknown refused)}; the last two may lack."""
    cells = [group if isinstance(group, tuple) else (group,) for group in table]
    values = tuple(tuple(dict.fromkeys(cell[a] for cell in cells)) for a in range(len(attributes)))
    places = tuple(tuple(values[a].index(value) for a, value in enumerate(cell)) for cell in cells)
    n = np.zeros((len(cells), 3, 2), dtype=np.int64)
    for g, people in enumerate(table.values()):
        tp, fp, fn, tn, selected, refused = (*people, 0, 0)[:6]
        n[g] = [[tn, fp], [fn, tp], [refused, selected]]
    return of_selection(Groups(attributes, values, places), n)


def people_of(table: Mapping[str, tuple[int, ...]]) -> list[Person]:
    """The people whom `labelled` counts."""
    people = []
    for group, numbers in table.items():
        kinds = ((True, True), (False, True), (True, False), (False, False), (None, True), (None, False))
        for (label, selected), n in zip(kinds, numbers, strict=False):
            people += [Person((group,), label, selected)] * n
    return people


def confusion_of(tp: int, fp: int, fn: int, tn: int, selected: int = 0, refused: int = 0) -> Confusion:
    """The confusion of one group."""
    return Confusion(*(np.array([n]) for n in (tp, fp, fn, tn, selected, refused)))


def count(people: People, axis: Axis, groups: Groups) -> Counts:
    """One pass over people, as the engine makes it."""
    cells = groups.number(
        [np.array([values.index(p.group[a]) for p in people], dtype=np.int32) for a, values in enumerate(groups.values)]
    )
    labels = np.array([2 if p.label is None else int(p.label) for p in people], dtype=np.int32)
    scores = None if axis.kind == "decision" else np.array([p.score for p in people], dtype=axis.dtype)
    selected = np.array([p.selected for p in people], dtype=np.int32) if axis.decided or scores is None else None
    return tally(groups, axis, cells, labels, scores, selected)


def score_values(axis: Axis) -> st.SearchStrategy[float]:
    """Scores that the axis' dtype can hold: its edges, their neighbours, and others in between and outside."""
    edges = list(axis.edges)
    width = 64 if axis.dtype == "float64" else 32
    ends = (0.0, 1.0) if axis.kind == "probability" else (edges[0] - 1, edges[-1] + 1)
    between = st.floats(
        float(np.dtype(axis.dtype).type(ends[0])), float(np.dtype(axis.dtype).type(ends[1])), width=width
    )
    tied = st.sampled_from(edges)
    return (
        tied
        | between
        | tied.map(lambda edge: _beside(edge, axis, ends[1]))
        | tied.map(lambda e: _beside(e, axis, ends[0]))
    )


def _beside(edge: float, axis: Axis, towards: float) -> float:
    dtype = np.dtype(axis.dtype).type
    return float(np.nextafter(dtype(edge), dtype(towards)))


AXES = {
    "decisions": Axis.decisions(),
    "probabilities in float32": Axis.probabilities("float32", 1 / 3),
    "probabilities in float64": Axis.probabilities("float64", 0.4375001),
    "deciles": DECILES,
    "deciles, low is good": Axis.of(range(1, 11), lower_is_better=True),
    "negative": Axis.of([-7.5, -2.0, -1e-3, 0.0, 3.25], "float32"),
    "constant": Axis.of([0.5]),
    "two far apart": Axis.of([-1e6, 1e6]),
    "probabilities beside decisions": Axis.of([0.0, 0.25, 0.5, 1.0], "float64", "probability", decided=True),
}


def groups_of(attributes: int, values: int) -> Groups:
    """All combinations of some attributes with so many values each."""
    return Groups.product(tuple("gh"[:attributes]), (tuple(LETTERS[:values]),) * attributes)


@st.composite
def worlds(draw: st.DrawFn, axis: Axis, most: int = 40) -> tuple[Groups, list[Person]]:
    """One to six groups and people in them, with ties, unknown labels and empty cells. Decisions follow no rule."""
    groups = groups_of(draw(st.integers(1, 2)), draw(st.integers(1, 6)))
    person = st.builds(
        Person,
        st.tuples(*(st.sampled_from(values) for values in groups.values)),
        st.sampled_from([True, False, None]),
        st.booleans(),
        score_values(axis),
    )
    return groups, draw(st.lists(person, min_size=1, max_size=most))


def csv_text(header: tuple[str, ...], rows: list[tuple[Any, ...]], **options: Any) -> str:
    """A table as CSV text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **options).writerows([header, *rows])
    return text.getvalue()


def dataset_of(content: str | bytes, folder: Path, missing: tuple[str, ...] = ("", "NA")) -> Dataset:
    """A profiled table; `folder` is where its files go."""
    place = folder / f"table-{len(list(folder.iterdir()))}"
    (place / "out").mkdir(parents=True)
    upload = place / "upload"
    upload.write_bytes(content.encode() if isinstance(content, str) else content)
    return Dataset(place / "out" / "table.parquet", take_profile(upload, "t.csv", place / "out", quiet), missing)
