"""Before and after: the price in people, and what to be warned of."""

import json

from core.metrics.comparison import Comparison
from core.metrics.words.naming.terms import PLAIN, Terms
from core.mitigate.effect.consequences import got_worse, price_sentences, warnings
from core.mitigate.goals import GOALS
from tests.worlds.two_audits import CLOSING, Sides, compared, selecting, swapped, unchanged


def test_the_price_is_told_in_people() -> None:
    sentences = price_sentences(compared(CLOSING), ("sex",))
    assert (
        sentences[0] == "Of 1,000 people like these, 84 more women and 53 fewer men are selected; 169 decisions change."
    )
    assert sentences[1].startswith(
        "Among those of them whose outcome is known, as many people without the good outcome are selected"
    )
    assert "31 fewer people with the good outcome are turned down (plausible range " in sentences[2]  # 50 of 1,600
    assert sentences[1].endswith(" more).") and " fewer to " in sentences[1] and sentences[2].endswith(" fewer).")


def test_rows_that_are_no_people_are_called_what_they_are() -> None:
    said = price_sentences(compared(CLOSING), ("sex",), Terms("texts"))
    assert said[0].startswith("Of 1,000 texts like these, 84 more texts whose sex is women and ")
    assert "fewer texts with the good outcome are turned down" in said[2]
    told = warnings(compared(swapped(CLOSING)), ("sex",), GOALS["demographic_parity"], terms=Terms("texts"))
    assert told and not any("people" in text for text in told)


def test_of_many_groups_the_price_names_those_that_change_most() -> None:
    names = ("men", "women", "b", "c", "d", "e")
    sides = {name: ([[400 - 50 * i, 50 * i], [0, 100]], [[0, 0], [0, 0]]) for i, name in enumerate(names)}
    first = price_sentences(compared(sides), ("sex",))[0]
    assert "women" not in first and "more people whose sex is b, " in first
    last = "more people whose sex is e are selected, and fewer than that change in other groups; 250 decisions change."
    assert first.endswith(last)
    one: Sides = {"men": ([[999, 1], [0, 0]], [[0, 0], [0, 0]])}
    assert "1 more among men are selected" in price_sentences(compared(one), ("sex",))[0]


def test_the_document_holds_what_the_design_names() -> None:
    comparison = compared(CLOSING)
    document = json.loads(json.dumps(comparison.to_json("a" * 64, "b" * 64, ("careful",)), allow_nan=False))
    assert (document["before"], document["after"], document["warnings"]) == ("a" * 64, "b" * 64, ["careful"])
    gap = document["gaps"][0]
    assert set(gap) >= {"by", "measure", "group", "reference", "before", "after", "change", "low", "high", "paired"}
    assert gap["verdict"] in ("better", "worse", "unclear") and gap["group"] == {"sex": "women"}
    women = document["people"][0]
    assert (women["group"], women["n"], women["newly_selected"], women["newly_refused"]) == (
        {"sex": "women"},
        800,
        150,
        15,
    )
    assert women["wrongly_granted"]["more"] == 55


def test_a_fix_that_helps_without_harm_has_no_warning() -> None:
    clean: Sides = {
        "women": ([[200, 0], [0, 100]], [[100, 100], [0, 200]]),
        "men": ([[200, 0], [0, 100]], [[100, 0], [0, 300]]),
    }
    assert warnings(compared(clean), ("sex",), GOALS["equal_opportunity"]) == ()


def test_a_fix_that_hardly_moves_its_gap_is_told() -> None:
    hardly: Sides = {
        "women": ([[200, 1], [0, 100]], [[200, 1], [1, 200]]),
        "men": unchanged(CLOSING)["men"],
    }
    assert "does not help" in warnings(compared(hardly), ("sex",), GOALS["demographic_parity"])[0]


def test_a_gap_that_got_worse_is_told_wherever_it_is() -> None:
    seen = compared(swapped(CLOSING))
    assert warnings(seen, ("sex",), GOALS["demographic_parity"]) == (
        "This fix makes the gap larger that it was meant to close.",
    )
    told = list(got_worse(seen, PLAIN))
    assert any(
        "got worse (among those with the good outcome, how often women are selected, against men): from" in text
        for text in told
    )


def test_gaps_that_got_worse_are_told_once_a_measure_the_worst_first() -> None:
    worse: Sides = {
        "men": ([[200, 0], [0, 200]], [[200, 0], [0, 200]]),
        "women": ([[200, 0], [40, 160]], [[200, 0], [40, 160]]),
        "others": ([[200, 0], [120, 80]], [[200, 0], [120, 80]]),
    }
    told = list(got_worse(compared(worse), PLAIN))
    selected = [text for text in told if "how often people whose sex is others are selected, against" in text]
    assert "got worse (how often" in selected[0] and "So did 1 more of this kind" in selected[0]
    grown = [text for text in told if "got worse" in text]
    assert len(grown) == len({text.partition(":")[0] for text in grown}) <= 5


def test_a_fix_that_works_only_on_its_own_people_is_told() -> None:
    perfect: Sides = {
        "women": ([[400, 0], [0, 400]], [[400, 300], [0, 100]]),
        "men": ([[400, 0], [0, 400]], [[400, 0], [0, 400]]),
    }
    weaker: Sides = {
        "women": ([[400, 0], [0, 400]], [[600, 100], [0, 100]]),
        "men": perfect["men"],
    }
    goal = GOALS["equal_opportunity"]
    told = warnings(compared(weaker), ("sex",), goal, fit=compared(perfect))
    assert any("works less well on new people" in text and "−25.0 points, against +0.0 points" in text for text in told)
    assert not any("new people" in text for text in warnings(compared(perfect), ("sex",), goal, fit=compared(perfect)))
    assert not any("new people" in text for text in warnings(compared(perfect), ("sex",), goal, fit=compared(weaker)))


def test_a_gap_that_only_changes_sides_on_new_people_is_no_overfit() -> None:
    def ends_at(women: float, n: int) -> Comparison:
        return selecting((0.3, women), (0.5, 0.5), n)

    goal = GOALS["demographic_parity"]
    mirrored, wider = (warnings(ends_at(women, 4_000), ("sex",), goal, ends_at(0.53, 4_000)) for women in (0.46, 0.40))
    assert not any("new people" in text for text in mirrored)
    assert any("works less well on new people" in text for text in wider)
