"""What holds of every answer: who is named as worse off, which interval is said, in which order, under which names."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.counts.rules import Rule
from core.metrics.findings.group_pairs import pairs
from core.metrics.findings.ordering import findings
from core.metrics.findings.sentences import sentence
from core.metrics.gaps import GAPS
from core.metrics.verdicts import Judgement, judge
from core.metrics.words import group_words, mean_rate
from core.plan.plan import Plan
from core.report.words.by_group import gap_range_words, standings
from tests.worlds.people import labelled, plan_of

NAMES = st.lists(
    st.sampled_from(["Female", "F", "female", "Male", "M", "missing", "(missing)", "x"]), min_size=2, max_size=4,
    unique=True,
)  # fmt: skip
CELLS = st.tuples(*[st.integers(0, 150)] * 4).filter(any)
TABLES = NAMES.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, CELLS)))
NUMBER = r"(just (under|over) )?(\d[\d.]*)"


def judged(table: dict[str, tuple[int, ...]], reference: str | None = None) -> tuple[Judgement, Plan]:
    plan = plan_of(("sex",), label=True, groups="" if reference is None else f'reference = {{sex = "{reference}"}}')
    counts = labelled(table, ("sex",))
    return judge(counts, plan, Rule.as_decided(counts.axis)), plan


def holds_equality(range_words: str, equality: int) -> bool:
    """Whether a printed range contains equality: its ends, "just under 0" being under it."""
    if "the other way" in range_words:
        return True
    ends = [
        float(number) + {"under": -1e-9, "over": 1e-9, "": 0.0}[side]
        for _, side, number in re.findall(NUMBER, range_words.replace("+", ""))
    ]
    return min(ends) <= equality and (len(ends) == 1 or equality <= max(ends))


@settings(max_examples=12)
@given(TABLES)
def test_whoever_is_said_to_be_selected_less_often_is_whatever_the_reference(table: dict[str, tuple[int, ...]]) -> None:
    for reference in (name for name in table if name != "(missing)"):
        judgement, plan = judged(table, reference)
        found = pairs(judgement, plan)
        tables = {pair.question: standings(judgement, plan, pair.by, pair.measure) for pair in found}
        for pair in found:
            (_, mine), (_, theirs) = pair.subject, pair.other
            lower = mean_rate(mine) <= mean_rate(theirs)
            assert lower if pair.measure.worse == "lower" else mean_rate(mine) >= mean_rate(theirs)
            shown = tables[pair.question]
            assert shown is not None
            if pair.verdict == "gap":
                marked = {row.name for row in shown.rows if row.mark == "gap"}
                assert ", ".join(pair.subject[0].values()) in marked
                words = next(row.verdict_words for row in shown.rows if row.mark == "gap")
                assert ("worse off" in words) is pair.measure.harms


@settings(max_examples=12)
@given(TABLES)
def test_a_sentence_and_its_row_come_from_one_interval(table: dict[str, tuple[int, ...]]) -> None:
    judgement, plan = judged(table)
    found = pairs(judgement, plan)
    shown = {pair.question: standings(judgement, plan, pair.by, pair.measure) for pair in found}
    for pair in found:
        if pair.verdict == "not_measurable":
            continue
        row = next(row for row in shown[pair.question].rows if row.gaps == pair.gaps)
        gap, equality = pair.lead, pair.measure.equality
        inside = (gap.low is None or gap.low <= equality) and (gap.high is None or equality <= gap.high)
        said = sentence(pair, plan).replace("\u00a0", " ")
        printed = re.search(r"plausible range ([^)]*?)[);]", said)
        assert row.gap is gap and row.sentence == sentence(pair, plan) and printed is not None
        assert holds_equality(printed[1], equality) is inside, (said, gap.low, gap.high)
        in_row = gap_range_words(gap)
        signs = {"−" if "−" in end else "+" for end in re.findall(r"[−+][^−+]*", in_row)}
        if gap.band.is_ratio:
            assert holds_equality(in_row, equality) is inside, (in_row, gap.low, gap.high)
        elif gap.low and gap.high:
            assert (len(signs) == 2) is inside, (in_row, gap.low, gap.high)
        assert ("times" in printed[1]) is gap.band.is_ratio is ("times" in in_row)


@settings(max_examples=12)
@given(TABLES)
def test_what_concerns_most_people_comes_first_and_every_gap_is_told_once(table: dict[str, tuple[int, ...]]) -> None:
    judgement, plan = judged(table)
    found, by_place = findings(judgement, plan), {pair.places[0]: pair for pair in pairs(judgement, plan)}
    told = sorted(place for one in found for place in one.gaps)
    assert told == [place for place, gap in enumerate(judgement.gaps) if gap.verdict is not None]
    gaps = [one for one in found if one.headline and one.verdict == "gap"]
    sizes = [by_place[one.gap].affected for one in gaps]
    assert sizes == sorted(sizes, reverse=True)
    headline = [one for one in found if one.headline]
    assert list(found[: len(headline)]) == headline
    for one, other in pairwise(headline):
        assert not (one.verdict != "gap" and other.verdict == "gap")
        assert not (one.is_small and other.verdict == "no_gap")


@settings(max_examples=12)
@given(TABLES)
def test_no_two_groups_of_a_sentence_have_one_name(table: dict[str, tuple[int, ...]]) -> None:
    judgement, plan = judged(table)
    for one in findings(judgement, plan):
        groups = [
            group for place in one.gaps for group in (judgement.gaps[place].group, judgement.gaps[place].reference)
        ]
        named = {tuple(group.values()): group_words(group) for group in groups}
        assert len(set(named.values())) == len(named)
        assert all(name.lower() in one.text.lower() for name in named.values()), one.text


# ProPublica's truth tables of COMPAS (compas_propublica.json): their "positive" is "re-offends".
COMPAS = {"African-American": (990, 532, 805, 1369), "Caucasian": (1139, 461, 349, 505)}


@pytest.mark.parametrize("reference", COMPAS)
def test_compas_says_what_was_published_whoever_is_the_reference(reference: str) -> None:
    plan = plan_of(("race",), label=True, groups=f'reference = {{race = "{reference}"}}')
    counts = labelled(COMPAS, ("race",))
    judgement = judge(counts, plan, Rule.as_decided(counts.axis))
    said = {judgement.gaps[f.gap].measure: f.text.replace("\u00a0", " ") for f in findings(judgement, plan)}
    assert said["false_negative_rate_difference"].startswith(
        "African-American people are wrongly denied more often than Caucasian people: 44.8"
    )
    assert "of 1,795 against 23.5 % of 1,488" in said["false_negative_rate_difference"]
    granted = said["false_positive_rate_difference"]
    assert granted.startswith("Caucasian people are wrongly granted more often than African-American people")
    assert "47.7 % of 966 against 28.0 % of 1,901" in granted and "worse" not in granted
    shown = standings(judgement, plan, ("race",), GAPS["disparate_impact"])
    assert shown is not None
    assert [(row.name, row.mark) for row in shown.rows] == [
        ("African-American", "gap"),
        ("Caucasian", "reference" if reference == "Caucasian" else "better_off"),
    ]


@settings(max_examples=8)
@given(TABLES)
def test_a_finding_opens_with_who_fares_so_less_often_than_whom(table: dict[str, tuple[int, ...]]) -> None:
    judgement, plan = judged(table)
    for one in findings(judgement, plan):
        assert one.text == f"{one.opening} {one.rest}".lstrip()
        assert one.opening or one.verdict != "gap"
