"""What a job wrote is believed only where it can be true: every forgery ends in one kind of error."""

import json
import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.engine.results import FACTS_FILE, N_FILE, SUMS_FILE, read, write
from core.engine.run import audit
from core.errors import JobError
from core.metrics.words.notes import text
from core.plan.plan import Plan
from core.record import AuditRecord, Digests
from tests.worlds.jobs.honest_job import DIGEST, PLAN, ROWS
from tests.worlds.jobs.honest_job import honest as honest
from tests.worlds.jobs.honest_job import out as out
from tests.worlds.people import csv_text, dataset_of, plan_of, quiet


def collected(out: Path, plan: Plan = PLAN, rows: int = len(ROWS)) -> AuditRecord:
    return read(out, plan, rows, Digests(DIGEST))


def refused(out: Path, **others: Any) -> str:
    with pytest.raises(JobError) as refusal:
        collected(out, **others)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def facts(out: Path, **changes: Any) -> None:
    document = json.loads((out / FACTS_FILE).read_text())
    (out / FACTS_FILE).write_text(json.dumps({**document, **changes}))


def array(out: Path, name: str, change: Callable[[np.ndarray], Any]) -> None:
    np.save(out / name, change(np.load(out / name)))


def test_an_honest_job_is_believed(out: Path) -> None:
    record = collected(out)
    assert (record.rows_read, record.dropped, record.counts.people) == (60, (9,), 51)
    assert record.provenance.data_sha256 == DIGEST
    assert record.plan.decision.edges == record.counts.axis.edges, "the first audit of a score column writes its edges"
    assert record.references == {("g",): ("b",)}
    assert record.second_opinion.agrees
    assert AuditRecord.from_json(json.loads(json.dumps(record.to_json()))).judgement() == record.judgement()


@pytest.mark.parametrize(
    "data", ["", 'keep = [{column = "k", not_in = ["z"]}]', 'count = "n"', 'weight = "n"', 'person = "who"']
)
def test_what_an_audit_gives_is_what_is_read_from_its_files(tmp_path: Path, data: str) -> None:
    """Compute, write and read: one type, and nothing of it is lost on the way."""
    rows = [(*row, str(i % 4 + 1), f"p{i // 2}") for i, row in enumerate(ROWS)]
    plan = plan_of(decision='score = "s"\nthreshold = 0.5', label=True, data=data)
    dataset = dataset_of(csv_text(("g", "y", "s", "k", "n", "who"), rows), tmp_path)
    record = audit(plan, dataset, None, quiet)  # type: ignore[arg-type]
    (tmp_path / "job" / "out").mkdir(parents=True)
    write(record, tmp_path / "job" / "out")
    digests = Digests(record.provenance.data_sha256)
    again = read(tmp_path / "job" / "out", plan, len(rows), digests)
    assert replace(again, created=record.created).to_json() == record.to_json()
    assert again.judgement() == record.judgement()


def test_the_same_question_is_kept_by_the_edges(out: Path) -> None:
    assert collected(out).plan.question_sha256 == PLAN.question_sha256


# ---------------------------------------------------------------- counts


def put(place: tuple[int, ...], value: int) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array[place] = value
        return array

    return change


def move(array: np.ndarray) -> np.ndarray:
    """The same total, with a negative cell."""
    array[0, 0, 0] -= 50
    array[0, 1, 0] += 50
    return array


def overflow(array: np.ndarray) -> np.ndarray:
    """Four times 2^62 is 0 in int64, so the total stays right."""
    array[0, 0, :4] += 2**62
    return array


@pytest.mark.parametrize(
    "forge",
    [
        lambda n: n + 1,
        lambda n: n * 0,
        put((0, 0, 0), -1),
        put((0, 0, 0), 2**62),
        move,
        overflow,
        lambda n: n.astype(np.float64),
        lambda n: n.astype(np.int32),
        lambda n: n.astype(np.uint64),
        lambda n: n.astype(object),
        lambda n: n[:, :, :-1],
        lambda n: n[None],
        lambda n: n[:0],
        lambda n: np.concatenate([n, n]),
        lambda n: n.byteswap().view(n.dtype.newbyteorder()),
    ],
)
def test_forged_counts_are_refused(out: Path, forge: Callable[[np.ndarray], Any]) -> None:
    array(out, N_FILE, forge)
    refused(out)


@pytest.mark.parametrize(
    "forge",
    [
        put((0, 0, 0), 2**62),
        put((0, 0, 0), -(2**63)),
        put((1, 0, 0), -1),
        put((1, 0, 0), 2**55),
        lambda sums: sums.astype(np.float64),
        lambda sums: sums[:1],
        lambda sums: sums[:, :1],
    ],
)
def test_forged_sums_are_refused(out: Path, forge: Callable[[np.ndarray], Any]) -> None:
    array(out, SUMS_FILE, forge)
    refused(out)


def test_counts_of_people_without_known_outcomes_must_have_none(out: Path) -> None:
    plan = plan_of(decision='score = "s"\nthreshold = 0.5', data='keep = [{column = "k", not_in = ["z"]}]')
    assert "outcomes though the plan names none" in refused(out, plan=plan)


# ---------------------------------------------------------------- what stands beside them


@pytest.mark.parametrize("rows", [0, 59, 61])
def test_every_row_of_the_table_must_have_been_read(out: Path, rows: int) -> None:
    refused(out, rows=rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"read": 59},
        {"read": None},
        {"dropped": [8]},
        {"dropped": [69, -60]},
        {"dropped": [9, 0]},
        {"dropped": []},
        {"dropped": 9},
        {"warnings": 5},
        {"left_out": None},
        {"left_out": [[0, 0, 10]]},
        {"left_out": [[0, 9, 9]]},
        {"left_out": [[1, 0, 9]]},
        {"left_out": [[0, 0, -9], [0, 1, 18]]},
        {"device": None, "seconds": {"count": "long"}},
        {"versions": [1]},
        {"near_threshold": "many"},
        {"batch_size": "x"},
        {"aif360": {}},
        {"aif360": {"measures": 1, "numbers": 1, "largest_difference": "x", "agrees": True}},
        {"axis": {}},
        {"axis": {"edges": [1, 0], "dtype": "float64", "kind": "score", "lower_is_better": False, "decided": False}},
        {"axis": {"edges": [0, 1], "dtype": "float64", "kind": "score", "lower_is_better": False, "decided": False}},
        {"groups": {"attributes": ["g"], "values": [["a", "b"]], "cells": [[0], [9]]}},
        {"groups": {"attributes": ["h"], "values": [["a", "b"]], "cells": [[0], [1]]}},
        {"groups": {"attributes": ["g"], "values": [["a", "b"]], "cells": [[0]]}},
        {"groups": None},
    ],
)
def test_forged_facts_are_refused(out: Path, changes: dict[str, Any]) -> None:
    facts(out, **changes)
    refused(out)


def test_unchanged_facts_are_believed(out: Path) -> None:
    facts(out)
    collected(out)


@pytest.mark.parametrize("agrees", ["yes", 1, None])
def test_aif360_agrees_only_where_the_job_says_true(out: Path, agrees: Any) -> None:
    facts(out, aif360={"measures": 1, "numbers": 1, "largest_difference": 0.0, "agrees": agrees})
    assert collected(out).second_opinion.agrees is False


def test_what_the_job_says_is_bounded(out: Path) -> None:
    facts(out, warnings=["x" * 9_000] * 500, versions={"v" * 500: "w" * 500}, device="<script>")
    record = collected(out)
    assert (len(record.notes), len(text(record.notes[0]))) == (100, 2_000)
    assert record.provenance.versions == {"v" * 100: "w" * 100}
    assert record.provenance.device == "cpu"


def test_other_groups_than_the_plans_are_refused(out: Path) -> None:
    assert "groups are not the plan's" in refused(
        out, plan=plan_of(("h",), label=True, decision='score = "s"\nthreshold = 0.5')
    )


def test_other_rules_than_the_plans_are_refused(out: Path) -> None:
    refused(out, plan=plan_of(label=True, decision='score = "s"\nthreshold = 0.5'))


# ---------------------------------------------------------------- the files themselves


@pytest.mark.parametrize("name", [FACTS_FILE, N_FILE, SUMS_FILE])
def test_files_that_are_not_there_or_not_plain_are_refused(out: Path, tmp_path: Path, name: str) -> None:
    content = (out / name).read_bytes()
    (out / name).unlink()
    refused(out)
    (tmp_path / "elsewhere").write_bytes(content)
    (out / name).symlink_to(tmp_path / "elsewhere")
    refused(out)
    (out / name).unlink()
    os.link(tmp_path / "elsewhere", out / name)
    refused(out)
    (out / name).unlink()
    (out / name).mkdir()
    refused(out)
    (out / name).rmdir()
    (out / name).write_bytes(content[: len(content) // 2])
    refused(out)


class Canary:
    """A pickle that makes a folder when it is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.folder),))


@pytest.mark.parametrize("name", [N_FILE, SUMS_FILE])
def test_pickles_are_never_opened(out: Path, tmp_path: Path, name: str) -> None:
    canary = tmp_path / "canary"
    np.save(out / name, np.array([Canary(canary)], dtype=object), allow_pickle=True)
    refused(out)
    (out / name).write_bytes(pickle.dumps(Canary(canary)))
    refused(out)
    assert not canary.exists()


@pytest.mark.parametrize(
    "text",
    ['{"read": NaN}', '{"read": Infinity}', '{"read": 1e999}', "[" * 100_000, "nothing", "[]", '"x"', "\xff", ""],
)
def test_json_that_no_honest_job_writes_is_refused(out: Path, text: str) -> None:
    (out / FACTS_FILE).write_bytes(text.encode("latin-1"))
    refused(out)
