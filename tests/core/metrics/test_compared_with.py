"""Other comparison groups from the counts of an audit: exactly what an audit with them gives."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from core import Plan, audit_frame
from core.errors import PlanError
from core.metrics.second_opinion import NOT_ASKED
from core.record import AuditRecord
from core.report.documents.csv import numbers_csv
from core.report.documents.json import result
from core.report.words.audit import second_opinion_note
from core.report.words.comparison import chosen_words, consequence_words

PEOPLE = pd.DataFrame(
    {
        "sex": ["12"[i % 2] for i in range(900)],
        "race": ["abc"[(i // 2) % 3] for i in range(900)],
        "good": ["yes" if (i * 7) % 5 else "no" for i in range(900)],
        "score": [((i * 37) % 100 + 12 * (i % 2) + 9 * ((i // 2) % 3)) / 130 for i in range(900)],
    }
)
ASKED: dict[str, Any] = {
    "sensitive": ["sex", "race"], "outcome": "good", "good_outcome": "yes", "score": "score", "threshold": 0.5,
}  # fmt: skip


def audited(reference: Any = "largest") -> AuditRecord:
    return audit_frame(PEOPLE, reference=reference, **ASKED)


def written(record: AuditRecord) -> dict[str, Any]:
    """What result.json holds, but for what a run alone knows."""
    document = json.loads(json.dumps(result(record)))
    del document["aif360"], document["provenance"]["seconds"]
    return document


@pytest.mark.parametrize("first", ["largest", "most_selected", {"sex": "2", "race": "c"}])
@pytest.mark.parametrize("then", ["largest", "most_selected", {"race": "b"}, {"sex": "1"}, {"sex": "2", "race": "a"}])
def test_it_is_what_a_run_gives(first: Any, then: Any) -> None:
    ran, compared = audited(then), audited(first).compared_with(then)
    assert written(compared) == written(ran)
    assert numbers_csv(compared.judgement()) == numbers_csv(ran.judgement())
    assert compared.references == ran.references and compared.plan == ran.plan
    again = AuditRecord.from_json(json.loads(json.dumps(compared.to_json())))
    assert again.digest == compared.digest and written(again) == written(compared)


def test_columns_that_are_not_named_keep_their_comparison_group() -> None:
    assert audited().reference_with({"sex": "2", "race": "a"}) == {"sex": "2"}, "a is compared with now, as the largest"
    assert audited({"race": "b"}).reference_with({"sex": "2", "race": "b"}) == {"race": "b", "sex": "2"}
    chosen = audited("most_selected")
    named = chosen.reference_with({"race": "b"})
    assert named["race"] == "b" and named["sex"] == chosen.references[("sex",)][0]


def test_nobody_to_compare_with_is_refused_and_aif360_is_not_called_a_witness() -> None:
    with pytest.raises(PlanError, match="does not occur in sex"):
        audited().compared_with({"sex": "9"})
    compared = audited().compared_with({"sex": "2"})
    assert compared.second_opinion == NOT_ASKED
    assert second_opinion_note(compared.second_opinion) == "AIF360 was not asked about these comparison groups."


def test_it_is_said_in_the_plans_words() -> None:
    record = audited().compared_with({"sex": "2"})
    plan = Plan.from_toml(f'{record.plan.to_toml()}\n[words.labels.sex]\n1 = "men"\n2 = "women"\n')
    named = replace(record, plan=plan)
    assert consequence_words(named, {"sex": "1"}).startswith("Then everything is compared with men.")
    assert chosen_words(named) == "Compared with women and people whose race is a: chosen after the audit ran."
