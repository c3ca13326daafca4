"""Words for doubts about what the cells of a column mean."""

from __future__ import annotations

from core.metrics.words.notes.worded import Facts, Worded

_WHAT = {"data": "what really happened", "decision": "what was decided"}


def _counted(values: list[list[object]], most: int = 12) -> str:
    """Values with their counts: “NULL” (12), “.” (5)."""
    shown = ", ".join(f"“{text or '(empty)'}” ({n:,})" for text, n in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown


def _others(facts: Facts) -> str:
    more = f" and {facts['more']:,} more" if facts["more"] else ""
    return f"{_counted(facts['others'])}{more}"


def _good(facts: Facts) -> str:
    return " or ".join(f"“{value}”" for value in facts["good"]) or "the good value"


def _codes_for_missing(facts: Facts) -> str:
    return (
        f"“{facts['column']}” says {_WHAT[facts['section']]}, and {_counted(facts['codes'])} there may mean “not "
        f"known”. Left as they are, they count as not good. Besides {_good(facts)} it holds {_others(facts)}."
    )


def _spellings_of_good(facts: Facts) -> str:
    return (
        f"“{facts['column']}” says {_WHAT[facts['section']]}, and {_counted(facts['spellings'])} may be other "
        f"spellings of {_good(facts)}. Left as they are, they count as not good. Besides {_good(facts)} it holds "
        f"{_others(facts)}."
    )


def _other_values(facts: Facts) -> str:
    return (
        f"“{facts['column']}” holds more than two values. Besides {_good(facts)} these count as not good: "
        f"{_others(facts)}."
    )


def _numbers_as_decisions(facts: Facts) -> str:
    name = facts["column"]
    return (
        f"“{name}” is named as a column of decisions and holds {facts['numbers']:,} different numbers, from "
        f"{facts['low']:g} to {facts['high']:g}, like a score. Name it as a column of scores with a threshold instead."
    )


def _score_in_plan(facts: Facts) -> str:
    return f'score = "{facts["column"]}" and a threshold under [decision] instead of prediction'


def _spaces(facts: Facts) -> str:
    columns = ", ".join(f"“{name}”" for name in facts["columns"])
    more = f" and {facts['more']} more" if facts["more"] else ""
    return (
        f"{facts['cells']:,} cells of {columns}{more}, such as “{facts['example']}”, stand with spaces around them, "
        "and the model gets them so. A model that was trained without the spaces takes each for a value that it has "
        "never seen, and what it decides is then meaningless."
    )


def _points(facts: Facts) -> str:
    sign = "point" if facts["decimal"] == "." else "comma"
    whole = facts["example"].replace(facts["decimal"], "")
    return (
        f"Every {sign} in “{facts['column']}” stands before three digits, as in “{facts['example']}”. It is read as a "
        f"decimal sign; if it parts thousands, {facts['example']} means {whole}."
    )


def _spellings_of_a_group(facts: Facts) -> str:
    sets = "; ".join(_counted(spellings) for spellings in facts["spellings"])
    return f"“{facts['column']}” may spell one group in several ways: {sets}. Each is a group of its own until joined."


def _codes_joined(facts: Facts) -> str:
    sets = "; ".join(_counted(codes) for codes in facts["codes"])
    return f"“{facts['column']}” holds whole numbers, and these are one group each, being equal as numbers: {sets}."


def _codes_apart(facts: Facts) -> str:
    sets = "; ".join(_counted(codes) for codes in facts["codes"])
    return f"“{facts['column']}” holds codes, and these stay groups of their own although equal as numbers: {sets}."


def _unknown_groups(facts: Facts) -> str:
    return (
        f"{_counted(facts['codes'])} in “{facts['column']}” may mean “not known”, and is compared as a group of its "
        "own until it is listed as missing."
    )


WORDS = {
    "codes_for_missing": Worded(
        _codes_for_missing, first=True, step=2, button=lambda facts: "Count them as not known", must_be_answered=True
    ),
    "spellings_of_good": Worded(
        _spellings_of_good, first=True, step=2, button=lambda facts: f"They mean {_good(facts)}", must_be_answered=True
    ),
    "numbers_as_decisions": Worded(
        _numbers_as_decisions, first=True, step=3, must_be_answered=True, in_plan=_score_in_plan
    ),
    "other_values": Worded(_other_values),
    "spaces_for_a_model": Worded(_spaces, first=True, step=3, button=lambda facts: "Take the spaces away", quotes=True),
    "points_of_thousands": Worded(
        _points, first=True, step=4, button=lambda facts: f"It parts thousands, as in {facts['style']}"
    ),
    "spellings_of_a_group": Worded(
        _spellings_of_a_group, first=True, step=4, button=lambda facts: "Join these spellings"
    ),
    "codes_joined": Worded(_codes_joined),
    "codes_apart": Worded(_codes_apart),
    "unknown_groups": Worded(_unknown_groups, step=4, button=lambda facts: "Count them as not known"),
}
