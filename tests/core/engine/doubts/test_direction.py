"""Decisions and scores that go against the outcome are asked about, in every way in."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.engine.doubts.direction import backwards, worse_than_one_answer
from core.metrics.words.notes import stands_first, text
from tests.worlds.records import decided, scored, seen_in


def test_decisions_that_are_right_less_often_than_one_answer_are_asked_about() -> None:
    """34 good and 16 bad outcomes in a; the numbers of tn and fn decide, as the sign test of those two says."""
    record = decided({"a": (10, 50, 60, 10), "b": (10, 50, 60, 10)})
    (note,) = worse_than_one_answer(seen_in(record), record.plan)
    right, labelled = note.facts["right"], note.facts["labelled"]
    assert note.kind == "worse_than_one_answer"
    assert stands_first(note, ())
    assert right < note.facts["commoner"]
    assert f"{100 * right / labelled:.1f}\u00a0%" in text(note)


def test_decisions_as_good_as_the_outcome_allows_say_nothing() -> None:
    record = decided({"a": (60, 10, 10, 50), "b": (60, 10, 10, 50)})
    assert not list(worse_than_one_answer(seen_in(record), record.plan))
    assert not list(backwards(seen_in(record), record.plan))


def test_scores_that_are_worse_for_the_good_outcome_are_asked_about() -> None:
    right, wrong = scored(), scored(model=False, below=True)
    assert not list(backwards(seen_in(right), right.plan))
    (note,) = backwards(seen_in(wrong), wrong.plan)
    assert note.facts["auc"] == pytest.approx(0)
    assert "high score that is good" in text(note)


def test_what_chance_alone_explains_is_told_and_not_asked() -> None:
    """Four refused people with the good outcome, three with the other: one fewer right than a yes to all."""
    record = decided({"a": (10, 3, 2, 1), "b": (10, 3, 2, 2)})
    assert binomtest(4, 7, alternative="greater").pvalue > 0.05
    (note,) = worse_than_one_answer(seen_in(record), record.plan)
    assert note.kind == "no_better_than_one_answer"
    assert not stands_first(note, ())
    assert np.sum(record.counts.n) == 33


def test_a_strict_rule_that_tells_good_from_bad_is_told_and_not_asked_about() -> None:
    """Of 400 good people 240 are selected, of 100 others 5: right less often than a yes to all, and nothing swapped."""
    record = decided({"a": (120, 3, 80, 47), "b": (120, 2, 80, 48)})
    (note,) = worse_than_one_answer(seen_in(record), record.plan)
    assert note.kind == "no_better_than_one_answer"
    assert "67.0\u00a0%" in text(note) and "80.0\u00a0%" in text(note)
