"""A search for fixes is computed, written and read: one type, and nothing of it is lost on the way."""

from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.counts.rule_file import RuleFile
from core.errors import JobError, PlumblineError
from core.mitigate.candidate import Mitigated
from core.mitigate.publishing import Publisher, newest
from core.mitigate.results import read
from core.mitigate.run import mitigate
from core.plan.plan import Plan
from core.record import Digests
from tests.worlds.jobs.tampered import change_json
from tests.worlds.mitigated_people import PLAN, SCORE, people
from tests.worlds.people import dataset_of, quiet

NAMES = ("thresholds", "threshold_mix", "reweighing", "fairness_loss")


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, tables of numbers within types that compare by identity too."""
    if isinstance(one, np.ndarray):
        return bool((one == other).all()) and one.dtype == other.dtype
    if isinstance(one, RuleFile):
        return bool(one.to_json() == other.to_json())  # in memory the first step's edge may be written otherwise
    if isinstance(one, PlumblineError):
        return str(one) == str(other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if hasattr(one, "__dataclass_fields__") and not isinstance(one, Plan):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@pytest.mark.parametrize("two", [False, True])
def test_what_is_computed_is_what_is_read_from_its_files(tmp_path: Path, two: bool) -> None:
    plan = Plan.from_toml(PLAN.format(decision=SCORE) + ('evaluate = "later.csv"\n' if two else ""))
    dataset = dataset_of(people(900).to_csv(index=False), tmp_path)
    second = dataset_of(people(600, seed=5).to_csv(index=False), tmp_path) if two else None
    out = tmp_path / "job" / "out"
    out.mkdir(parents=True)
    publisher, told = Publisher(out), list[tuple[Mitigated, str | None]]()

    def tell(found: Mitigated) -> None:
        publisher.part(found)
        told.append((found, newest(out)))

    found = mitigate(plan, dataset, second, None, out, quiet, NAMES, tell)  # type: ignore[arg-type]
    assert {each.mechanism for each in found.proposals} == {"threshold_mix", "retrained", "reweighing"}
    assert list(found.refused) == ["fairness_loss"]
    publisher.whole(found)
    told.append((found, newest(out)))
    for by_then, file in told:
        again = read(out, plan, (900, 600)[: 1 + two], Digests(found.data_sha256), str(file))
        differing = [f.name for f in fields(Mitigated) if not same(getattr(by_then, f.name), getattr(again, f.name))]
        assert differing == [] or differing == ["seconds"]  # which go on to be counted
    assert [each.left for each, _ in told if not each.proposals][0] == ("threshold_mix", "reweighing", "fairness_loss")
    assert told[-1][0].left == () and len({file for _, file in told}) == len(told)
    first = next(each for each, _ in told if each.proposals)
    assert [each.mechanism for each in first.proposals] == ["threshold_mix"] and "reweighing" in first.left


def test_facts_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    """Such as the text "nan", which JSON lets through: a page that shows them would break."""
    plan = Plan.from_toml(PLAN.format(decision=SCORE))
    out = tmp_path / "job" / "out"
    out.mkdir(parents=True)
    dataset = dataset_of(people(900).to_csv(index=False), tmp_path)
    found = mitigate(plan, dataset, None, None, out, quiet, ("reweighing",), lambda _: None)  # type: ignore[arg-type]
    publisher = Publisher(out)
    publisher.whole(found)
    file = str(newest(out))
    for key, name in (("facts", "people"), ("facts", "people_a_round"), ("seconds", "mitigate")):
        for said in ("nan", "inf", "-inf", "many"):
            publisher.whole(found)
            change_json(file, partial(tell, key=key, name=name, said=said))(out)
            with pytest.raises(JobError, match="The job's result was refused"):
                read(out, plan, (900,), Digests(found.data_sha256), file)


def tell(document: dict[str, Any], key: str, name: str, said: str) -> None:
    """Have a job tell such a fact: of a proposal, or of itself."""
    (document["proposals"][0] if key == "facts" else document)[key][name] = said
