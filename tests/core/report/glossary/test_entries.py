"""The glossary has an entry for each row of each table of what there is, in short sentences, with a picture."""

from collections import Counter
from xml.etree import ElementTree

import pytest

from core.explain.methods import EXPLAINERS
from core.metrics.gaps import GAPS
from core.metrics.group_metrics import METRICS, SCORE_METRICS
from core.metrics.words import VERDICT_WORDS
from core.mitigate.goals import GOALS
from core.mitigate.mitigations import MITIGATIONS
from core.report.glossary.entries import entries, entry_named
from core.report.glossary.entry import PART_WORDS, found_by
from core.report.glossary.terms import TERMS
from tests.worlds import toys
from tests.worlds.toys import add

MOST_WORDS = 20
# The words of the issue that stopped a newcomer, by what they look for.
STOPPED = (
    "plausible range", "lots", "threshold", "among fixes that reach it", "price on the gap", "stand-in", "weights",
    "four-fifths", "crossed columns", "without the good outcome", "receipt", "ledger", "model card",
)  # fmt: skip


@pytest.mark.parametrize("name", [*METRICS, *SCORE_METRICS, *GAPS])
def test_each_measure_has_its_entry(name: str) -> None:
    entry = entry_named(name)
    assert entry is not None and entry.part == "measures" and name.replace("_", " ") in entry.names


@pytest.mark.parametrize(
    ("table", "part", "prefix"),
    [
        (VERDICT_WORDS, "verdicts", "verdict-"),
        (GOALS, "fixes", "goal-"),
        (MITIGATIONS, "fixes", ""),
        (EXPLAINERS, "explanations", ""),
        (TERMS, "words", ""),
    ],
)
def test_each_row_of_the_other_tables_has_its_entry(table: dict[str, object], part: str, prefix: str) -> None:
    named = {entry.name for entry in entries() if entry.part == part}
    assert {prefix + name.replace("_", "-") for name in table} <= named


def test_a_row_more_is_an_entry_more(monkeypatch: pytest.MonkeyPatch) -> None:
    before = entries()
    add(monkeypatch, METRICS, toys.DENIAL_RATE)
    add(monkeypatch, GAPS, toys.DENIAL_DIFFERENCE)
    add(monkeypatch, MITIGATIONS, toys.COIN)
    add(monkeypatch, EXPLAINERS, toys.EVEN_SHARES)
    more = {entry.name: entry for entry in entries() if entry.name not in {old.name for old in before}}
    assert set(more) == {"denial-rate", "coin", "even-shares"}
    assert more["denial-rate"].title == "Who is turned down?" and "denial difference" in more["denial-rate"].names
    assert any("5\u00a0points" in sentence for sentence in more["denial-rate"].said)
    assert any("draws lots" in sentence for sentence in more["coin"].said)


def test_every_entry_can_be_linked_and_every_link_leads_somewhere() -> None:
    names = Counter(entry.name for entry in entries())
    assert max(names.values()) == 1
    assert {name for entry in entries() for name in entry.see} <= set(names)
    assert {entry.part for entry in entries()} == set(PART_WORDS)


def test_sentences_are_short_and_say_no_verdict_on_law() -> None:
    for entry in entries():
        assert 2 <= len(entry.said) <= 5, entry.name
        for sentence in entry.said:
            assert len(sentence.split()) <= MOST_WORDS, (entry.name, sentence)
            assert sentence[-1] in ".?", (entry.name, sentence)
            assert not {"fair", "legal", "compliant"} & set(sentence.casefold().strip(".").split()), sentence


def test_every_picture_is_plain_svg_with_words_for_those_who_do_not_see_it() -> None:
    for entry in entries():
        drawn = ElementTree.fromstring(entry.picture.svg)
        kinds = {element.tag.split("}")[1] for element in drawn.iter()}
        assert kinds <= {"svg", "style", "text", "circle", "rect", "path"} and len(list(drawn)) > 2, entry.name
        assert len(entry.picture.alt.split()) > 3, entry.name


def test_a_metrics_picture_fills_those_whom_it_counts() -> None:
    denied = entry_named("false_negative_rate")
    assert denied is not None
    assert denied.picture.alt == (
        "Counted: with the good outcome and refused."
        " Among: with the good outcome and selected; with the good outcome and refused."
    )


@pytest.mark.parametrize("typed", STOPPED)
def test_the_words_that_stopped_a_newcomer_are_found_first(typed: str) -> None:
    first = found_by(typed, entries())[0]
    assert typed.casefold().replace("-", " ") in first.title.casefold().replace("-", " ")


def test_a_command_is_found_by_its_name() -> None:
    assert found_by("verify", entries())[0].name == "receipt"


def test_the_field_s_names_are_found_and_nonsense_is_not() -> None:
    assert found_by("disparate_impact", entries())[0].name == "selection-rate"
    assert found_by("Equalized ODDS", entries())
    assert found_by("xyzzy", entries()) == []
    assert entry_named("xyzzy") is None
