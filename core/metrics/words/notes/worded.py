"""How one kind of note is said, and where it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.metrics.words.naming.terms import Terms
from core.notes import SAID

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Worded:
    """One kind of note.

    Attributes
    ----------
    words
        Its sentences, from its facts.
    first
        Whether it could make the answer meaningless: then it stands before the answer, and asks.
    step
        The step of the Data page at which it is asked before an audit runs; None where only counts tell.
    button
        What the button says that applies the note's changes.
    must_be_answered
        Whether no audit runs before it is answered, by its changes or by a person's word.
    in_plan
        What answers it in a plan file where no change of the note does: the command says it, a page has a control.
    in_terms
        The same sentences in the words of a plan, where they name the decision or values of groups.
    quotes
        Whether its facts hold cells of columns that the plan does not name: then it goes when the table goes.
    """

    words: Callable[[Facts], str]
    first: bool = False
    step: int | None = None
    button: Callable[[Facts], str] | None = None
    must_be_answered: bool = False
    in_plan: Callable[[Facts], str] | None = None
    in_terms: Callable[[Facts, Terms], str] | None = None
    quotes: bool = False

    def said(self, facts: Facts, terms: Terms) -> str:
        """Its sentences, in the words of a plan."""
        return self.words(facts) if self.in_terms is None else self.in_terms(facts, terms)


SAID_WORDS = {SAID: Worded(lambda facts: str(facts["text"]))}
