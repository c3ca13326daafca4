"""A rule in a plan: it decides in place of a threshold, and is refused in one line where it cannot."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.record import AuditRecord
from tests.worlds.mitigated_people import PEOPLE, PLAN, audited, rate
from tests.worlds.mitigated_people import folder as folder

pytestmark = pytest.mark.jobs

RULE: dict[str, Any] = {
    "plumbline": 1,
    "by": ["g"],
    "groups": [{"group": {"g": "a"}, "threshold": 0.6}, {"group": {"g": "b"}, "threshold": 0.25}],
    "otherwise": 0.5,
    "score": "score",
    "direction": "at_or_above",
}
BY_RULE = 'score = "s"\nrule = "rule.json"'


def ruled(folder: Path, rule: object, decision: str = BY_RULE) -> Path:
    (folder / "rule.json").write_text(rule if isinstance(rule, str) else json.dumps(rule))
    (folder / "plan.toml").write_text(PLAN.format(decision=decision))
    return folder / "plan.toml"


def test_a_plan_can_name_a_rule_in_place_of_a_threshold(folder: Path) -> None:
    audit = audited(folder, ruled(folder, RULE))
    for group, limit in (("a", 0.6), ("b", 0.25)):
        of_group = PEOPLE[PEOPLE["g"] == group]
        assert rate(audit, group) == (int((of_group["s"] >= limit).sum()), len(of_group))
    record = json.loads((folder / "again" / "record.json").read_text())
    assert AuditRecord.from_json(record).judgement().gaps  # the record holds the rule: no file is needed


def test_lots_in_a_rule_are_drawn_about_as_often_as_it_says(folder: Path) -> None:
    lots = {**RULE, "groups": [{"group": {"g": g}, "probabilities": [[0.0, 0.3]]} for g in "ab"]}
    audit = audited(folder, ruled(folder, lots))
    selected, n = (sum(numbers) for numbers in zip(*(rate(audit, g) for g in "ab"), strict=True))
    assert selected / n == pytest.approx(0.3, abs=0.04)


@pytest.mark.parametrize(
    ("rule", "decision", "said"),
    [
        ("{", BY_RULE, "is not JSON"),
        ({"plumbline": 1}, BY_RULE, "rule.json: This is not a rule as Plumbline writes it: it lacks 'direction'"),
        ([], BY_RULE, "rule.json: This is not a rule as Plumbline writes it: a part of it is of another kind"),
        (RULE, 'score = "s"\nrule = "gone.json"', "gone.json cannot be read"),
        (RULE, BY_RULE + "\nthreshold = 0.5", "in place of a threshold|needs one of"),
        (RULE, 'prediction = "y"\nfavourable = [1]\nrule = "rule.json"', "applies to a score"),
        ({**RULE, "otherwise": None, "groups": RULE["groups"][:1]}, BY_RULE, "says nothing"),
    ],
)
def test_a_rule_that_cannot_be_applied_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], rule: object, decision: str, said: str
) -> None:
    assert main(["audit", str(ruled(folder, rule, decision)), "--out", str(folder / "out")]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1 and re.search(said, shown), shown


def test_a_mitigation_starts_from_a_threshold(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mitigate", str(ruled(folder, RULE)), "--with", "thresholds", "--out", str(folder / "out")]) == 2
    assert "a fix starts from a threshold" in capsys.readouterr().err


def test_the_plan_of_a_record_holds_the_rule_and_can_be_audited_without_its_file(folder: Path) -> None:
    first = audited(folder, ruled(folder, RULE))
    kept = AuditRecord.from_json(json.loads((folder / "again" / "record.json").read_text()))
    (folder / "rule.json").unlink()
    (folder / "plan.toml").write_text(kept.plan.to_toml())
    again = audited(folder, folder / "plan.toml")
    assert again["groups"] == first["groups"]
    assert again["provenance"]["plan_sha256"] == first["provenance"]["plan_sha256"]
