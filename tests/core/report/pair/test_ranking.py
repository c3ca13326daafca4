"""Several audits in one table: what stands beside a verdict does not contradict it, in the plan's own words."""

from dataclasses import replace

from core.plan.parts import WordsPlan
from core.record import AuditRecord
from core.report.pair.ranking import in_order, orders, ranked, ranked_table
from tests.worlds.people import plan_of, selections
from tests.worlds.records import decided, record_of

PLAN = plan_of(groups='reference = {g = "b"}')
HIRED = WordsPlan(selected="hired")


def hiring(of_a: int, words: WordsPlan = HIRED) -> AuditRecord:
    """So many of 10,000 of one group are selected, and 5,000 of 10,000 of the other."""
    return record_of(replace(PLAN, words=words), selections({"a": (of_a, 10_000), "b": (5_000, 10_000)}))


def test_a_gap_is_not_rounded_across_the_limit_that_it_is_judged_by() -> None:
    shown = ranked_table(ranked([("One", hiring(3_998))], "disparate_impact", ("g",)))
    assert shown["Verdict"] == ["Gap"] and shown["Widest gap"] == ["0.7996\u00a0times"]
    assert shown["Plausible"] == ["0.78 to 0.82\u00a0times"]


def test_the_decision_is_called_what_all_plans_call_it() -> None:
    rows = ranked([("One", hiring(3_000)), ("Other", hiring(4_000))], "disparate_impact", ("g",))
    assert ranked_table(rows)["How often hired"] == ["40.0\u00a0%", "45.0\u00a0%"]
    assert "most often hired first" in orders(rows)
    assert [row.name for row in in_order(rows, "most often hired first")] == ["Other", "One"]
    rows = ranked([("One", hiring(3_000)), ("Other", hiring(4_000, WordsPlan()))], "disparate_impact", ("g",))
    assert "How often selected" in ranked_table(rows) and "most often selected first" in orders(rows)
    assert "How often right" not in ranked_table(rows), "no outcome is known"
    assert "How often right" in ranked_table(ranked([("One", decided())], "disparate_impact", ("g",)))


def test_where_small_numbers_are_hidden_no_total_gives_them_away() -> None:
    rows = ranked([("One", decided()), ("Other", decided().without_small_cells())], "disparate_impact", ("g",))
    shown = ranked_table(rows)
    for column in ("How often selected", "How often right"):
        assert shown[column][0].endswith("%") and shown[column][1] == "–"
