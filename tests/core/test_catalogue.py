from dataclasses import dataclass

import pytest

from core.catalogue import table
from core.errors import PlanError


@dataclass(frozen=True)
class Fruit:
    name: str


def test_rows_keep_their_order_and_are_found_by_name() -> None:
    fruits = table(Fruit("pear"), Fruit("apple"))
    assert list(fruits) == ["pear", "apple"]
    assert fruits["apple"] == Fruit("apple")
    assert "plum" not in fruits
    assert fruits.get("pear") == Fruit("pear")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(PlanError, match='no fruit named "plum"; known are pear, apple'):
        table(Fruit("pear"), Fruit("apple"))["plum"]


def test_a_name_stands_in_a_table_once() -> None:
    with pytest.raises(ValueError, match="pear"):
        table(Fruit("pear"), Fruit("pear"))
