"""Which of a model's classes are good for the person: what the plan's `favourable_class` means for this model."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from core.errors import ModelError, quoted
from core.models.model import Model
from core.plan.parts import Class, Position
from core.plan.plan import Condition, Decision, Plan
from core.plan.values import Key, key, keys

_KEY = "another favourable_class, under [decision]"
_BINARY = keys((0, 1))
_TRUTHS = {"false": key(0), "true": key(1)}


def class_name(value: object) -> str:
    """A class, or a label that a model gave, as a plan names it: whole numbers without a fraction, truths in words."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def are_whole(classes: Collection[object]) -> bool:
    """Whether every class is a whole number, which a plan writes without quotation marks."""
    return all(isinstance(one, int) or (isinstance(one, float) and one.is_integer()) for one in classes) and not any(
        isinstance(one, bool) for one in classes
    )


def written(classes: tuple[str | int | float, ...] | None, place: int) -> int | str:
    """A class as a plan names it: a whole number as it is, others by name; its place where it has no name."""
    if classes is None:
        return place
    name = class_name(classes[place])
    return int(name) if are_whole(classes) else name


def settled(plan: Plan, model: Model) -> Decision:
    """The plan's decision with the good class of this model in it, also where the plan leaves it out.

    Left out, it is the class that is called as the outcome's good value is, else 1 of 0 and 1. Raises ModelError
    listing the classes where that leaves it open, or where the plan names one that is not there.
    """
    decision, classes = plan.decision, model.classes
    if classes is not None:
        places = favourable_indices(decision, classes, len(classes)) if _is_said(decision) else _told(plan, classes)
        return replace(decision, favourable_class=tuple(Position(place) for place in places))
    if _is_said(decision):
        return decision
    good = called_good(plan.data.favourable, (0, 1))
    return replace(decision, favourable_class=0) if good == (0,) else decision


def suggested(plan: Plan, classes: tuple[str | int | float, ...] | None, count: int) -> tuple[int, ...]:
    """The places of the classes that are good where the plan says nothing; none where only a person can tell."""
    if classes is None:
        return called_good(plan.data.favourable, tuple(range(count))) or ((1,) if count == 2 else ())
    try:
        return _told(plan, classes)
    except ModelError:
        return ()


def called_good(favourable: Condition | None, classes: Iterable[object]) -> tuple[int, ...]:
    """The places of the classes that are called as the outcome's good values are; none where all or none of them are.

    Cells and classes are equal as a plan's value and a cell are.
    """
    names = [key(class_name(one)) for one in classes]
    good = keys(favourable.values if favourable is not None else ())
    places = tuple(place for place, name in enumerate(names) if name in good)
    return places if len(places) < len(names) else ()


def favourable_indices(
    decision: Decision, classes: tuple[str | int | float, ...] | None, count: int
) -> tuple[int, ...]:
    """Places of the favourable classes among `count`. Raises ModelError listing the classes there are.

    Of classes that are numbers an integer is that class; of others it is a place, from 0. Where the plan leaves it
    out, the second of two.
    """
    chosen = decision.favourable_class
    if chosen is None:
        if count == 2 and (classes is None or second_of_binary(classes)):
            return (1,) if classes is None else (second_of_binary(classes) or (1,))
        raise _open_question(classes, count)
    listed = chosen if isinstance(chosen, tuple) else (chosen,)
    wanted = tuple(dict.fromkeys(_index(one, classes, count) for one in listed))
    if len(wanted) == count:
        raise ModelError(
            "Every class of the model counts as good, so nobody could be refused. Name only those that are good for"
            " the person.",
            in_plan=_KEY,
        )
    return wanted


def _is_said(decision: Decision) -> bool:
    return decision.favourable_class is not None


def _told(plan: Plan, classes: tuple[str | int | float, ...]) -> tuple[int, ...]:
    """The good classes by the outcome's good value, else 1 of 0 and 1. Raises ModelError where neither tells."""
    places = called_good(plan.data.favourable, classes) or second_of_binary(classes)
    if not places:
        raise _open_question(classes, len(classes))
    return places


def second_of_binary(classes: tuple[str | int | float, ...]) -> tuple[int, ...]:
    """The place of 1 where the classes are 0 and 1, or false and true."""
    found: list[Key] = [_TRUTHS.get(class_name(one).casefold(), key(class_name(one))) for one in classes]
    return (found.index(key(1)),) if len(found) == 2 and set(found) == _BINARY else ()


def _index(chosen: Class, classes: tuple[str | int | float, ...] | None, count: int) -> int:
    names = [class_name(one) for one in classes] if classes is not None and len(classes) == count else []
    if isinstance(chosen, Position):
        if not 0 <= chosen.position < count:
            raise _none_such(f"at position {chosen.position}", classes, count)
        return chosen.position
    if isinstance(chosen, str):
        return _named(chosen, names, classes, count)
    if names and not any(isinstance(one, str) for one in classes or ()):
        return _valued(chosen, classes or (), count)
    if not 0 <= chosen < count:
        raise _none_such(str(chosen), classes, count)
    if str(chosen) in names and names.index(str(chosen)) != chosen:
        raise ModelError(
            f'The good class, {chosen}, could be the class "{chosen}" or the one at position {chosen}, which is '
            f'"{names[chosen]}". Say which of the two it is.',
            in_plan=f'favourable_class = "{chosen}", or {{position = {chosen}}}, under [decision]',
        )
    return chosen


def _named(chosen: str, names: list[str], classes: tuple[str | int | float, ...] | None, count: int) -> int:
    if chosen in names:
        return names.index(chosen)
    raise _not_among(f'The model has no class named "{chosen}".', classes, count)


def _valued(chosen: int, classes: tuple[str | int | float, ...], count: int) -> int:
    """The place of the class that is this number."""
    if chosen in classes:
        return classes.index(chosen)
    raise _none_such(str(chosen), classes, count)


def _none_such(chosen: str, classes: tuple[str | int | float, ...] | None, count: int) -> ModelError:
    return _not_among(f"The good class, {chosen}, is none of the model's classes.", classes, count)


def _not_among(problem: str, classes: tuple[str | int | float, ...] | None, count: int) -> ModelError:
    listed, in_plan = _class_words(classes, count)
    return ModelError(f"{problem} {listed}", in_plan=in_plan)


def _open_question(classes: tuple[str | int | float, ...] | None, count: int) -> ModelError:
    if not classes or len(classes) != count:
        return ModelError(
            f"The model gives {count} numbers for each person, and it is not said which of them is good for the "
            f"person. Name that one.",
            in_plan=f"favourable_class = a number from 0 to {count - 1}, under [decision]",
        )
    names = [class_name(one) for one in classes]
    example = names[0] if not isinstance(classes[0], str) else f'"{names[0]}"'
    return ModelError(
        f"It is not said which of the model's classes is good for the person: {quoted(names)}. Name the good one.",
        in_plan=f"favourable_class = {example}, or another of them, under [decision]",
    )


def _class_words(classes: tuple[str | int | float, ...] | None, count: int) -> tuple[str, str]:
    """The classes that there are, and how a plan names one of them."""
    if not classes or len(classes) != count:
        return f"The model does not name its classes: give a number from 0 to {count - 1}.", _KEY
    if not any(isinstance(one, str) for one in classes):
        return f"Its classes are {', '.join(map(class_name, classes))}: choose one.", f"{_KEY}, or {{position = 0}}"
    listed = ", ".join(f'{i} = "{class_name(one)}"' for i, one in enumerate(classes))
    return (
        f"Its classes are {listed}: choose one.",
        f"{_KEY}, a number without quotation marks or a name in them",
    )
