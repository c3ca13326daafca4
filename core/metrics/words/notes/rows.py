"""Words for doubts about what a row is."""

from __future__ import annotations

from core.metrics.words.notes.worded import Facts, Worded


def _repeated_persons(facts: Facts) -> str:
    column, people, rows = facts["column"], facts["people"], facts["rows"]
    how_many = f"{people:,} different values in {rows:,} rows" if people is not None else "values that repeat"
    return (
        f"“{column}” reads like the number of a person and has {how_many}: several rows may be the same person. "
        "Counted as different people, they make ranges too narrow and chance look like a gap."
    )


def _counted_people(facts: Facts) -> str:
    return (
        f"“{facts['column']}” reads like a count, up to {facts['high']:,.0f} in a row: how many people stand behind "
        f"each row. Now each of the {facts['rows']:,} rows is taken for one person."
    )


def _unused_weights(facts: Facts) -> str:
    return (
        f"“{facts['column']}” reads like the weights of a survey, and they are not used: every row counts the same. "
        "Weighted shares can be quite different."
    )


def _total_rows(facts: Facts) -> str:
    return (
        f"The group “{facts['value']}” of “{facts['column']}” reads like the total of the others. Its rows are the "
        "same people once more."
    )


WORDS = {
    "repeated_persons": Worded(
        _repeated_persons, first=True, step=1, button=lambda facts: f"Rows of one “{facts['column']}” are one person"
    ),
    "counted_people": Worded(
        _counted_people, first=True, step=1, button=lambda facts: f"Count “{facts['column']}” people for each row"
    ),
    "unused_weights": Worded(
        _unused_weights, first=True, step=1, button=lambda facts: f"Weigh rows by “{facts['column']}”"
    ),
    "total_rows": Worded(
        _total_rows, first=True, step=4, button=lambda facts: f"Leave “{facts['value']}” out", quotes=True
    ),
}
