"""An answer in a person's own words: every sentence, picture and document has them, and no number is another."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from core.metrics.findings.ordering import findings
from core.metrics.gaps import GAPS
from core.plan.parts import WordsPlan
from core.record import AuditRecord
from core.report.charts import standings_chart
from core.report.documents.csv import numbers_csv
from core.report.documents.html import answer_html
from core.report.documents.json import result
from core.report.documents.notebook import notebook_html
from core.report.words.audit import left_out_table, near_note, question_notes
from core.report.words.by_group import measures, standings
from core.report.words.questions import question, question_in_unit
from tests.worlds.records import HOSTILE, decided, scored

OWN = WordsPlan("hired", "sent home", {"g": {"a": "Apples", "b": "Pears"}})
PLUMBLINES = re.compile(r"\bselect|turned down|refused|wrongly (denied|granted)|\bden(ied|ial)|\bgrant", re.IGNORECASE)
TABLES = {
    "gaps": {"a": (80, 20, 10, 90), "b": (20, 10, 70, 100), "c": (2, 1, 3, 1)},
    "nobody": {"a": (0, 0, 40, 60), "b": (20, 10, 70, 100), "c": (0, 5, 0, 90)},
}


def worded(record: AuditRecord, words: WordsPlan = OWN) -> AuditRecord:
    return replace(record, plan=replace(record.plan, words=words))


def records() -> list[AuditRecord]:
    return [*(decided(table) for table in TABLES.values()), decided(label=False), scored(), scored(model=False)]


@pytest.mark.parametrize("record", [worded(record) for record in records()])
def test_no_sentence_keeps_plumblines_word(record: AuditRecord) -> None:
    judgement = record.judgement()
    said = [f.text for f in findings(judgement, record.plan)]
    said += [*question_notes(record, judgement), near_note(record), *map(str, left_out_table(record))]
    said += [f"{e.reason}" for g in judgement.groups for e in g.metrics.values()]
    said += [gap.reason for gap in judgement.gaps]
    for measure in measures(judgement, record.plan):
        shown = standings(judgement, record.plan, ("g",), measure)
        assert shown is not None
        said += [question(measure, shown.terms), question_in_unit(measure, shown.terms)]
        said += [row.sentence for row in shown.rows] + [json.dumps(standings_chart(shown).to_dict())]
        html = answer_html(record, shown)
        said.append(html[: html.index("<pre>")])  # behind it stands the plan, whose keys are Plumbline's
    said.append(notebook_html(record))
    for text in said:
        assert not PLUMBLINES.search(text), text
    assert any("hired" in text for text in said)


@pytest.mark.parametrize("record", records())
def test_no_number_is_another(record: AuditRecord) -> None:
    plain, own = (json.loads(json.dumps(result(one))) for one in (record, worded(record)))
    for document in (plain, own):
        for found in document["findings"]:
            del found["text"]
        for part in (*document["gaps"], *(e for g in document["groups"] for e in g["metrics"].values())):
            part.pop("reason", None)
        del document["provenance"]["plan_sha256"]
    assert own == plain


def test_groups_are_called_by_their_names_and_files_keep_the_values() -> None:
    record = worded(decided(TABLES["gaps"]))
    shown = standings(record.judgement(), record.plan, ("g",), GAPS["disparate_impact"])
    assert shown is not None
    assert {row.name: row.written for row in shown.rows} == {"Apples": "a", "Pears": "b", "c": "c"}
    drawn = json.dumps(standings_chart(shown).to_dict())
    assert "In the table: a." in drawn and "In the table: c." not in drawn, "what is pointed at says the value, too"
    assert findings(record.judgement(), record.plan)[0].text.startswith(
        "People whose g is Pears are hired less often than people whose g is Apples: 15.0"
    )
    rows = list(csv.DictReader(io.StringIO(numbers_csv(record.judgement()), newline="")))
    assert {row["group"] for row in rows} == {"a", "b", "c", ""} and {
        g["group"]["g"] for g in result(record)["groups"]
    } == {"a", "b", "c"}


def test_a_name_that_would_be_a_formula_or_markup_is_text() -> None:
    record = worded(decided(TABLES["nobody"]), replace(OWN, labels={"g": {"a": "=1+1", "b": HOSTILE[:60]}}))
    cells = [cell for row in csv.reader(io.StringIO(numbers_csv(record.judgement()), newline="")) for cell in row]
    assert any("=1+1" in cell for cell in cells), "in the reason why nothing can be divided"
    assert not [
        cell for cell in cells if cell.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"-?[\d.e-]+", cell)
    ]
    html = answer_html(record)
    assert "<script>" not in html and "&lt;script&gt;" in html
