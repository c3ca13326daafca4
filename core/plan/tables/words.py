"""`[words]`: what a person calls the decision, and the values of the groups."""

from __future__ import annotations

import unicodedata
from typing import Any

from core.errors import PlanError, quoted
from core.plan.parts import GroupsPlan, WordsPlan
from core.plan.reader import Section

MOST_LETTERS, MOST_IN_A_LABEL = 40, 60
_BESIDE_LETTERS = frozenset(" -'’")
_NO_TEXT = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])


def read_words(words: Section) -> WordsPlan:
    """The table as a part of the plan. Raises PlanError naming the key that is wrong."""
    labels = words.section("labels", optional=True)
    plan = WordsPlan(
        selected=_decided(words, "selected"),
        turned_down=_decided(words, "turned_down"),
        labels={column: named for column in labels.names() if (named := _read_labels(labels.section(column)))},
    )
    words.done()
    if plan.selected is not None and plan.selected == plan.turned_down:
        raise PlanError(f'{words.name} selected and turned_down are both "{plan.selected}": they are two answers.')
    return plan


def is_word(said: str) -> bool:
    """Whether a decision can be called so. It stands inside sentences of all kinds, so it is letters and nothing else.

    Of its length only the plan's reader asks.
    """
    plain = all(unicodedata.category(sign)[0] in "LMN" or sign in _BESIDE_LETTERS for sign in said)
    return plain and said[:1].isalpha()


def is_name(said: str) -> bool:
    """Whether a value can be called so: plain text on one line. Of its length only the plan's reader asks."""
    return said.strip() != "" and not any(unicodedata.category(sign) in _NO_TEXT for sign in said)


def _decided(words: Section, key: str) -> str | None:
    if not words.has(key):
        return None
    said: str = words.take(key, str).strip()
    if not is_word(said):
        raise PlanError(
            f"{words.name} {key} takes a word or a few in letters, without other signs, as in “people are approved”:"
            f' {key} = "approved".'
        )
    if len(said) > MOST_LETTERS:
        raise PlanError(f"{words.name} {key} has {len(said)} letters; it takes at most {MOST_LETTERS}. Shorten it.")
    return said


def _read_labels(labels: Section) -> dict[str, str]:
    """What the values of a column are called, by value."""
    read = {value.strip(): _label(labels, value) for value in labels.names()}
    names = [name.casefold() for name in read.values()]
    twice = next((name for name in read.values() if names.count(name.casefold()) > 1), None)
    if twice is not None:
        raise PlanError(f'{labels.name} calls two values "{twice}": give each its own name, or join them in [groups].')
    return read


def _label(labels: Section, value: str) -> str:
    name: str = labels.take(value, str).strip()
    if not is_name(name):
        raise PlanError(f'{labels.name} names "{value.strip()}" by no plain text on one line: write what to call it.')
    if len(name) > MOST_IN_A_LABEL:
        raise PlanError(
            f'{labels.name} names "{value.strip()}" in {len(name)} letters; it takes at most {MOST_IN_A_LABEL}.'
            " Shorten it."
        )
    return name


def check_words(words: WordsPlan, groups: GroupsPlan) -> None:
    """Refuse labels of other columns than the sensitive ones, by PlanError."""
    strangers = [column for column in words.labels if column not in groups.sensitive]
    if strangers:
        raise PlanError(
            f"[words] labels names {quoted(strangers)}, not among the sensitive columns {quoted(groups.sensitive)}."
        )


def words_document(words: WordsPlan) -> dict[str, Any]:
    """The part as a plan file holds it; empty where it says nothing."""
    written: dict[str, Any] = {
        key: said for key in ("selected", "turned_down") if (said := getattr(words, key)) is not None
    }
    if words.labels:
        written["labels"] = {column: dict(names) for column, names in words.labels.items()}
    return written
