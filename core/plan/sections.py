"""The tables of a plan file, read strictly into the parts of a plan. Raises PlanError naming table and key."""

from __future__ import annotations

from typing import Any, get_args

from core.errors import PlanError
from core.plan.parts import (
    IMAGE_MIDDLE,
    Class,
    Condition,
    DataPlan,
    Decision,
    Groups,
    Keep,
    Limit,
    Mistake,
    MitigationPlan,
    Policy,
    Position,
    Run,
    rule_written,
)
from core.plan.reader import Section
from core.plan.values import DEFAULT_MISSING
from core.plan.written.numbers import style_of

MISTAKES: tuple[Mistake, ...] = get_args(Mistake)
PRICE = "price"


def read_data(data: Section) -> DataPlan:
    """`[data]` of a plan file."""
    plan = DataPlan(
        file=data.take("file", str),
        keep=tuple(_read_keep(keep) for keep in data.sections("keep")),
        label=data.take("label", str, default=None),
        favourable=_read_condition(data),
        missing=data.take_list("missing", str, default=DEFAULT_MISSING),
        refused_known=data.take("refused_known", bool, default=None),
        held_out=data.take("held_out", float, default=None),
        confirmed=data.take_list("confirmed", str, default=()),
        trim=data.take("trim", bool, default=False),
        numbers=_read_numbers(data.section("numbers", optional=True)),
        count=data.take("count", str, default=None),
        weight=data.take("weight", str, default=None),
        person=data.take("person", str, default=None),
    )
    data.done()
    if plan.held_out is not None and not 0 < plan.held_out < 1:
        raise PlanError(
            f"[data] held_out is the share of people that was held out, such as 0.5; it is {plan.held_out:g}."
        )
    return plan


def _read_numbers(numbers: Section) -> dict[str, str]:
    """How each column writes its numbers, by an example."""
    examples = {column: numbers.take(column, str) for column in numbers.names()}
    for column, example in examples.items():
        try:
            style_of(example)
        except ValueError as error:
            raise PlanError(f'[data] numbers for "{column}": {error}') from None
    return examples


def _read_keep(keep: Section) -> Keep:
    column = keep.take("column", str)
    ways = [way for way in ("between", "in", "not_in") if keep.has(way)]
    if len(ways) != 1:
        raise PlanError(f'{keep.name}: give exactly one of between, in and not_in for column "{column}".')
    if ways == ["between"]:
        bounds = keep.take_list("between", float)
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            raise PlanError(f"{keep.name}: between takes two numbers, the smaller first, such as [-30, 30].")
        filled = Keep(column, between=(bounds[0], bounds[1]))
    else:
        filled = Keep(column, values=keep.take_list(ways[0], str, int, float), negated=ways == ["not_in"])
        if not filled.values:
            raise PlanError(f"{keep.name}: {ways[0]} lists no value.")
    keep.done()
    return filled


def _read_condition(section: Section) -> Condition | None:
    if not section.has("favourable"):
        return None
    if section.holds("favourable", dict):
        bounds = section.section("favourable")
        at_least = bounds.take("at_least", float, default=None)
        below = bounds.take("below", float, default=None)
        bounds.done()
        if (at_least is None) == (below is None):
            raise PlanError(
                f"{section.name} favourable: give exactly one of at_least and below, such as {{below = 5}}."
            )
        return Condition(at_least=at_least, below=below)
    if section.holds("favourable", list):
        values = section.take_list("favourable", str, int, float)
    else:
        values = (section.take("favourable", str, int, float),)
    if not values:
        raise PlanError(f"{section.name} favourable: name at least one value that is good for the person.")
    return Condition(values=values)


def read_decision(decision: Section) -> Decision:
    """`[decision]` of a plan file."""
    plan = Decision(
        model=decision.take("model", str, default=None),
        score=decision.take("score", str, default=None),
        prediction=decision.take("prediction", str, default=None),
        favourable=_read_condition(decision),
        favourable_class=_read_classes(decision),
        output=decision.take_choice("output", ("probability", "logit", "class")),
        threshold=decision.take("threshold", float, default=None),
        above=decision.take("above", bool, default=False),
        edges=decision.take_list("edges", float, default=()),
        lower_is_better=decision.take("lower_is_better", bool, default=False),
        features=decision.take_list("features", str, default=()),
        rule=None if (rule := decision.take("rule", str, default=None)) is None else rule_written(rule),
        text=decision.take("text", str, default=None),
        image=decision.take("image", str, default=None),
        images=decision.take("images", str, default=None),
        image_mean=decision.take_list("image_mean", float, default=IMAGE_MIDDLE),
        image_std=decision.take_list("image_std", float, default=IMAGE_MIDDLE),
    )
    decision.done()
    return plan


def _read_classes(decision: Section) -> Class | tuple[Class, ...] | None:
    """`favourable_class`: a class or a list of classes, each a name, a number or a place; None where it is left out."""
    if decision.holds("favourable_class", list):
        listed = decision.take_list("favourable_class", int, str, dict)
        return tuple(_read_class(decision, one) for one in listed)
    given = decision.take("favourable_class", int, str, dict, default=None)
    return None if given is None else _read_class(decision, given)


def _read_class(decision: Section, given: int | str | dict[str, Any]) -> Class:
    if not isinstance(given, dict):
        return given
    place = Section(f"{decision.name} favourable_class", given)
    position = place.take("position", int)
    place.done()
    if position < 0:
        raise PlanError(f"{place.name} position counts from 0; it is {position}.")
    return Position(position)


def read_groups(groups: Section) -> Groups:
    """`[groups]` of a plan file."""
    bins = groups.section("bins", optional=True)
    cuts = {column: bins.take_list(column, float) for column in bins.names()}
    if groups.holds("reference", dict):
        named = groups.section("reference")
        reference: Any = {column: named.take(column, str, int, float) for column in named.names()}
    else:
        reference = groups.take_choice("reference", ("largest", "most_selected")) or "largest"
    plan = Groups(
        sensitive=groups.take_list("sensitive", str),
        intersections=groups.take("intersections", int, default=2),
        bins=cuts,
        reference=reference,
        join=_read_join(groups.section("join", optional=True)),
    )
    groups.done()
    return plan


def _read_join(join: Section) -> dict[str, dict[str, tuple[str, ...]]]:
    """Which spellings of a column are one group: column -> the group's name -> the texts that also mean it."""
    joined: dict[str, dict[str, tuple[str, ...]]] = {}
    for column in join.names():
        spellings = join.section(column)
        joined[column] = {name: spellings.take_list(name, str) for name in spellings.names()}
        texts = [text.strip() for listed in joined[column].values() for text in listed]
        names = [name.strip() for name in joined[column]]
        twice = sorted({text for text in texts if texts.count(text) > 1 or text in names})
        if twice:
            raise PlanError(f'{join.name} {column} puts "{twice[0]}" into two groups: name each spelling once.')
        if not all(joined[column].values()):
            raise PlanError(
                f'{join.name} {column} joins nothing to a group: list its spellings, such as {{"Female" = ["F"]}}.'
            )
    return joined


def read_policy(policy: Section) -> Policy:
    """`[policy]` of a plan file."""
    plan = Policy(
        use=policy.take_list("use", str, default=()),
        limits=tuple(_read_limit(limit) for limit in policy.sections("limits")),
        headline=policy.take("headline", str, default="disparate_impact"),
    )
    policy.done()
    return plan


def _read_limit(limit: Section) -> Limit:
    plan = Limit(
        measure=limit.take("measure", str),
        most=limit.take("most", float, default=None),
        least=limit.take("least", float, default=None),
    )
    limit.done()
    if (plan.most is None) == (plan.least is None):
        raise PlanError(f"{limit.name} {plan.measure}: give most for a difference, or least for a ratio.")
    bound = plan.most if plan.most is not None else plan.least
    if bound is None or not 0 <= bound <= 1 or plan.least == 0:
        raise PlanError(
            f"{limit.name} {plan.measure}: a limit lies between 0 and 1, such as most = 0.05 or least = 0.8."
        )
    return plan


def read_run(run: Section) -> Run:
    """`[run]` of a plan file."""
    plan = Run(seed=run.take("seed", int, default=0), confidence=run.take("confidence", float, default=0.95))
    run.done()
    if not 0.5 <= plan.confidence < 1:
        raise PlanError("[run] confidence is a number from 0.5 to just under 1, such as 0.95.")
    return plan


def read_mitigate(mitigate: Section) -> MitigationPlan:
    """`[mitigate]` of a plan file."""
    plan = MitigationPlan(
        goal=mitigate.take("goal", str, default=None),
        at_most=mitigate.take_number("at_most", default=None),
        by=_names(mitigate, "by"),
        leave_out=_names(mitigate, "leave_out"),
        cost=(cost := mitigate.take("cost", str, default=None)),
        price=_read_price(mitigate, cost),
        holdout=mitigate.take_number("holdout", default=None),
        evaluate=mitigate.take("evaluate", str, default=None),
        features=_names(mitigate, "features"),
    )
    mitigate.done()
    return plan


def _names(mitigate: Section, key: str) -> tuple[str, ...] | None:
    return mitigate.take_list(key, str) if mitigate.has(key) else None


def _read_price(mitigate: Section, cost: str | None) -> dict[Mistake, float] | None:
    """What each mistake costs, in the plan's order; it goes with the cost "price", which is also meant by it alone."""
    if not mitigate.has("price") and cost != PRICE:
        return None
    prices = mitigate.section("price")
    if cost not in (None, PRICE):
        raise PlanError(f'{mitigate.name} price has no part in cost = "{cost}": remove one of the two.')
    order = [*prices.names(), *MISTAKES]
    given = {mistake: prices.take_number(mistake) for mistake in sorted(MISTAKES, key=order.index)}
    prices.done()
    return given
