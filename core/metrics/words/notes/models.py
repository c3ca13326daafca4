"""Words for doubts about a model: its good class, its own decision, and what it was fed."""

from __future__ import annotations

from collections.abc import Iterable

from core.metrics.words.notes.worded import Facts, Worded


def _named(names: Iterable[object], joint: str = "and") -> str:
    listed = [f"“{name}”" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {joint} {listed[-1]}" if listed else "none"


def _good_class(facts: Facts) -> str:
    why = (
        f"favourable_class = {facts['position']} is the class at that place, counted from 0"
        if facts["position"] is not None
        else "it is called as the good outcome is"
    )
    return (
        f"The model's answer {_named(facts['chosen'])} counts as good for the person, and {_named(facts['others'])}"
        f" does not: {why}."
    )


def _class_against_outcome(facts: Facts) -> str:
    return (
        f"The plan calls the model's answer {_named(facts['chosen'])} good for the person. In “{facts['column']}” the"
        f" good outcome is {_named(facts['outcome'])}, which is also an answer of the model. Which of them is good?"
    )


def _own_threshold(facts: Facts) -> str:
    here = f"{facts['threshold']:g}" + ("" if facts["stated"] else ", which the plan does not say")
    return (
        f"The model decides by itself at a threshold of {facts['own']:g}: its own predict says yes from there on. This"
        f" audit cuts at {here}. Which decision is meant?"
    )


def _own_decision(facts: Facts) -> str:
    return (
        f"For {facts['differ']:,} of the first {facts['rows']:,} people the model's own decision (its predict) is"
        f" another than a threshold of {facts['threshold']:g} gives. To audit its own decisions, take its answers as"
        " they are, and no probability."
    )


def _unknown(facts: Facts) -> str:
    values = ", ".join(f"“{text}” ({n:,} cell{'' if n == 1 else 's'})" for text, n in facts["values"])
    more = f" and {facts['distinct'] - len(facts['values']):,} more" if facts["distinct"] > len(facts["values"]) else ""
    return (
        f"The model has never seen {facts['cells']:,} of {facts['filled']:,} cells of “{facts['column']}”: {values}"
        f"{more}. It knows {_named(facts['known'])}"
        f"{'' if len(facts['known']) < 5 else ' and others'}, and takes any other text for none of these."
    )


def _unknown_column(facts: Facts) -> str:
    return (
        f"{_unknown(facts)} What it decides for these people may mean nothing: write the values as the model was"
        " trained on them."
    )


def _identifier(facts: Facts) -> str:
    return (
        f"The model is fed “{facts['column']}”, which differs in every row, as an identifier does. Was it trained on"
        " that column, and are its columns in the right order? If not, name them in their order."
    )


def _truths(facts: Facts) -> str:
    return f"True is fed to the model as 1 and False as 0 in {_named(facts['columns'][:12])}."


def _take_outcome(facts: Facts) -> str:
    return f"Take {_named(facts['outcome'])} as good"


def _take_answers(facts: Facts) -> str:
    return 'output = "class" under [decision]'


def _take_own(facts: Facts) -> str:
    return f"Cut at {facts['own']:g}"


WORDS = {
    "good_class": Worded(_good_class),
    "class_against_outcome": Worded(_class_against_outcome, first=True, button=_take_outcome),
    "own_threshold": Worded(_own_threshold, first=True, button=_take_own, in_plan=_take_answers),
    "own_decision": Worded(_own_decision, in_plan=_take_answers),
    "unknown_column": Worded(_unknown_column, first=True, quotes=True),
    "unknown_values": Worded(_unknown, quotes=True),
    "identifier_fed": Worded(_identifier, first=True, in_plan=lambda facts: "features = [...] under [decision]"),
    "truths_as_numbers": Worded(_truths),
}
