"""What a decision is probably called."""

import pytest

from core.data.roles.decisions import decision_words


@pytest.mark.parametrize(
    ("decision", "roles", "names", "said"),
    [
        ("approved", (), (), ("approved", "turned down")),
        ("was_hired", (), (), ("hired", "rejected")),
        (None, ("repaid", "people.csv"), ("sex", "age"), ("approved", "turned down")),
        (None, ("y", "german_credit.csv"), ("sex",), ("approved", "turned down")),
        (None, ("two_year_recid", "compas.csv"), ("priors_count",), ("rated low risk", "rated high risk")),
        ("prediction", ("y", "t.csv"), ("applicant_age",), ("hired", "rejected")),
        (None, ("label", "t.csv"), ("comment", "author"), ("kept", "removed")),
        (None, ("benefit_granted", "t.csv"), (), ("granted", "refused")),
        (None, ("need", "triage.csv"), (), ("prioritised", "not prioritised")),
    ],
)
def test_names_tell_what_a_decision_is_called(
    decision: str | None, roles: tuple[str, ...], names: tuple[str, ...], said: tuple[str, str]
) -> None:
    found = decision_words(decision, roles, names)
    assert found is not None and (found.selected, found.turned_down) == said and found.reason


@pytest.mark.parametrize(
    ("decision", "roles", "names"),
    [
        (None, ("income", "adult.csv"), ("sex", "education", "marital-status")),
        ("prediction", ("y",), ()),
        (None, ("loan", "triage.csv"), ()),
        (None, (), ()),
    ],
)
def test_where_nothing_tells_or_two_fields_do_nothing_is_suggested(
    decision: str | None, roles: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert decision_words(decision, roles, names) is None
