"""The plan: the question an audit answers. Frozen; TOML in and out (design.md 5)."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import tomli_w

from core.cells import DEFAULT_MISSING
from core.errors import PlanError
from core.plan_reader import Section

Value = str | int | float

Output = Literal["probability", "logit", "class"]


@dataclass(frozen=True)
class Condition:
    """Which cells count: those equal to one of `values`, those at least `at_least`, or those below `below`."""

    values: tuple[Value, ...] = ()
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class Keep:
    """Which rows take part: those whose cell lies between two numbers, is one of, or is none of some values."""

    column: str
    between: tuple[float, float] | None = None
    values: tuple[Value, ...] = ()
    negated: bool = False


@dataclass(frozen=True)
class DataPlan:
    """`[data]`: the table and what really happened.

    `refused_known` is the person's answer to "is the outcome known for people who were turned down?".
    """

    file: str
    keep: tuple[Keep, ...] = ()
    label: str | None = None
    favourable: Condition | None = None
    missing: tuple[str, ...] = DEFAULT_MISSING
    refused_known: bool | None = None


@dataclass(frozen=True)
class Decision:
    """`[decision]`: what is audited, a model or columns of the table, and from where on a person is selected."""

    model: str | None = None
    score: str | None = None
    prediction: str | None = None
    favourable: Condition | None = None
    favourable_class: int | str | tuple[int | str, ...] = 1
    output: Output | None = None
    threshold: float | None = None
    edges: tuple[float, ...] = ()
    lower_is_better: bool = False
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Groups:
    """`[groups]`: the sensitive columns, how they are cut and crossed, and whom each group is compared with."""

    sensitive: tuple[str, ...]
    intersections: int = 2
    bins: dict[str, tuple[float, ...]] = field(default_factory=dict)
    reference: str | dict[str, Value] = "largest"


@dataclass(frozen=True)
class Limit:
    """The acceptable values of one measure: at most this difference, or at least this ratio."""

    measure: str
    most: float | None = None
    least: float | None = None


@dataclass(frozen=True)
class Policy:
    """`[policy]`: named policies, limits of the plan's own, and the measure that stands in the answer."""

    use: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    headline: str = "disparate_impact"


@dataclass(frozen=True)
class Run:
    """`[run]`: what makes a run repeatable."""

    seed: int = 0
    confidence: float = 0.95


@dataclass(frozen=True)
class Plan:
    """The question: files, columns and their roles, rule, groups, policy, seed.

    `mitigate` is kept as the plan states it, for the commands that read it.
    """

    data: DataPlan
    decision: Decision
    groups: Groups
    policy: Policy = Policy()
    run: Run = Run()
    name: str = ""
    mitigate: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, text: str) -> Plan:
        """Read a plan file's text. Raises PlanError naming the table and key that is wrong."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PlanError(f"The plan is not valid TOML: {error}. Correct that line and try again.") from None
        return _read_plan(Section("the plan", document))

    def to_toml(self) -> str:
        """Write the plan so that `from_toml` reads the same plan again."""
        return tomli_w.dumps(_document(self))

    @property
    def sha256(self) -> str:
        """Digest of the whole plan."""
        return _digest(_document(self))

    @property
    def question_sha256(self) -> str:
        """Digest of the question: the plan without name, file names, model, run and stored score edges."""
        decision = replace(self.decision, edges=(), model=None if self.decision.model is None else "")
        data = replace(self.data, file="")
        return _digest(_document(replace(self, name="", data=data, decision=decision, run=Run())))


def _read_plan(top: Section) -> Plan:
    if top.take("plumbline", int) != 1:
        raise PlanError('The plan must say "plumbline = 1" in its first line.')
    plan = Plan(
        name=top.take("name", str, default=""),
        data=_read_data(top.section("data")),
        decision=_read_decision(top.section("decision")),
        groups=_read_groups(top.section("groups")),
        policy=_read_policy(top.section("policy", optional=True)),
        run=_read_run(top.section("run", optional=True)),
        mitigate=_read_mitigate(top.section("mitigate", optional=True)),
    )
    top.done()
    _check(plan)
    return plan


def _read_data(data: Section) -> DataPlan:
    data.refuse_yet("person", "weight")
    plan = DataPlan(
        file=data.take("file", str),
        keep=tuple(_read_keep(keep) for keep in data.sections("keep")),
        label=data.take("label", str, default=None),
        favourable=_read_condition(data),
        missing=data.take_list("missing", str, default=DEFAULT_MISSING),
        refused_known=data.take("refused_known", bool, default=None),
    )
    data.done()
    return plan


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
            raise PlanError(f"{section.name} favourable: give exactly one of at_least and below, such as {{below = 5}}.")
        return Condition(at_least=at_least, below=below)
    if section.holds("favourable", list):
        values = section.take_list("favourable", str, int, float)
    else:
        values = (section.take("favourable", str, int, float),)
    if not values:
        raise PlanError(f"{section.name} favourable: name at least one value that is good for the person.")
    return Condition(values=values)


def _read_decision(decision: Section) -> Decision:
    decision.refuse_yet("rule", "text", "image", "images", "image_mean", "image_std")
    if decision.holds("favourable_class", list):
        favourable_class: Any = decision.take_list("favourable_class", int, str)
    else:
        favourable_class = decision.take("favourable_class", int, str, default=1)
    plan = Decision(
        model=decision.take("model", str, default=None),
        score=decision.take("score", str, default=None),
        prediction=decision.take("prediction", str, default=None),
        favourable=_read_condition(decision),
        favourable_class=favourable_class,
        output=decision.take_choice("output", ("probability", "logit", "class")),
        threshold=decision.take("threshold", float, default=None),
        edges=decision.take_list("edges", float, default=()),
        lower_is_better=decision.take("lower_is_better", bool, default=False),
        features=decision.take_list("features", str, default=()),
    )
    decision.done()
    return plan


def _read_groups(groups: Section) -> Groups:
    bins = groups.section("bins", optional=True)
    cuts = {column: bins.take_list(column, float) for column in bins.keys()}
    if groups.holds("reference", dict):
        named = groups.section("reference")
        reference: Any = {column: named.take(column, str, int, float) for column in named.keys()}
    else:
        reference = groups.take_choice("reference", ("largest", "most_selected")) or "largest"
    plan = Groups(
        sensitive=groups.take_list("sensitive", str),
        intersections=groups.take("intersections", int, default=2),
        bins=cuts,
        reference=reference,
    )
    groups.done()
    return plan


def _read_policy(policy: Section) -> Policy:
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
        raise PlanError(f"{limit.name} {plan.measure}: a limit lies between 0 and 1, such as most = 0.05 or least = 0.8.")
    return plan


def _read_run(run: Section) -> Run:
    plan = Run(seed=run.take("seed", int, default=0), confidence=run.take("confidence", float, default=0.95))
    run.done()
    if not 0.5 <= plan.confidence < 1:
        raise PlanError("[run] confidence is a number from 0.5 to just under 1, such as 0.95.")
    return plan


_MITIGATE_KEYS = ("goal", "at_most", "by", "cost", "price", "holdout", "evaluate")


def _read_mitigate(mitigate: Section) -> dict[str, Any]:
    kinds = (str, int, float, list, dict)
    taken = {key: mitigate.take(key, *kinds) for key in _MITIGATE_KEYS if mitigate.has(key)}
    mitigate.done()
    return taken


def _check(plan: Plan) -> None:
    """What no single key can show: keys that need or exclude each other."""
    data, decision, groups = plan.data, plan.decision, plan.groups
    if (data.label is None) != (data.favourable is None):
        raise PlanError("[data] label and favourable go together: name the outcome column and its good value, or neither.")
    _check_decision(decision)
    if not groups.sensitive:
        raise PlanError("[groups] sensitive names no column: name at least one, such as sensitive = [\"sex\"].")
    if len(set(groups.sensitive)) < len(groups.sensitive):
        raise PlanError("[groups] sensitive names a column twice: name each once.")
    if groups.intersections < 1:
        raise PlanError("[groups] intersections is 1 for single columns, 2 for pairs too, and so on.")
    for column, cuts in groups.bins.items():
        if column not in groups.sensitive:
            raise PlanError(f'[groups] bins cuts "{column}", which is not among the sensitive columns {list(groups.sensitive)}.')
        if not cuts or any(low >= high for low, high in zip(cuts, cuts[1:], strict=False)):
            raise PlanError(f'[groups] bins for "{column}" must be numbers in rising order, such as [25, 40, 60].')
    if isinstance(groups.reference, dict):
        strangers = [column for column in groups.reference if column not in groups.sensitive]
        if strangers:
            raise PlanError(f"[groups] reference names {strangers}, not among the sensitive columns {list(groups.sensitive)}.")


def _check_decision(decision: Decision) -> None:
    if decision.model is None and decision.score is None and decision.prediction is None:
        raise PlanError("[decision] names nothing to audit: give a model file, a score column or a prediction column.")
    if decision.model is not None and (decision.score is not None or decision.prediction is not None):
        raise PlanError("[decision] names a model and also a score or prediction column: audit one of them at a time.")
    condition, bounded = decision.favourable, decision.favourable is not None and not decision.favourable.values
    if decision.prediction is not None:
        if condition is None or bounded:
            raise PlanError('[decision] favourable must list the good values of the prediction column, such as ["Low"].')
        if decision.threshold is not None:
            raise PlanError("[decision] threshold cannot stand beside a prediction column: decisions come from that column.")
    elif decision.score is not None:
        if (decision.threshold is None) == (condition is None):
            raise PlanError("[decision] a score column needs either threshold = 0.5 or favourable = {at_least = 5} (or {below = 5}).")
        if condition is not None and not bounded:
            raise PlanError("[decision] favourable of a score column is {at_least = 5} or {below = 5}, not a list of values.")
        if decision.lower_is_better:
            raise PlanError("[decision] lower_is_better belongs beside a prediction column; for a score alone say favourable = {below = 5}.")
    elif condition is not None:
        raise PlanError("[decision] favourable belongs to a score or prediction column; a model takes favourable_class and threshold.")
    if decision.model is None:
        for key, given in (("output", decision.output), ("features", decision.features)):
            if given:
                raise PlanError(f"[decision] {key} belongs to a model, and this plan names none: remove it.")
    if any(low >= high for low, high in zip(decision.edges, decision.edges[1:], strict=False)):
        raise PlanError("[decision] edges must be numbers in strictly rising order.")


def _document(plan: Plan) -> dict[str, Any]:
    """The plan as a TOML document: defaults that say nothing are left out."""
    data: dict[str, Any] = {"file": plan.data.file}
    if plan.data.keep:
        data["keep"] = [_keep_document(keep) for keep in plan.data.keep]
    if plan.data.label is not None:
        data |= {"label": plan.data.label, "favourable": _condition_document(plan.data.favourable)}
    data["missing"] = list(plan.data.missing)
    if plan.data.refused_known is not None:
        data["refused_known"] = plan.data.refused_known
    groups = plan.groups
    document: dict[str, Any] = {
        "plumbline": 1,
        "name": plan.name,
        "data": data,
        "decision": _decision_document(plan.decision),
        "groups": {"sensitive": list(groups.sensitive), "intersections": groups.intersections, "reference": groups.reference},
        "policy": {
            "use": list(plan.policy.use),
            "limits": [{k: v for k, v in asdict(limit).items() if v is not None} for limit in plan.policy.limits],
            "headline": plan.policy.headline,
        },
        "run": asdict(plan.run),
    }
    if groups.bins:
        document["groups"]["bins"] = {column: list(cuts) for column, cuts in groups.bins.items()}
    if plan.mitigate:
        document["mitigate"] = plan.mitigate
    return document


def _decision_document(decision: Decision) -> dict[str, Any]:
    blank = Decision()
    written = {key: value for key, value in asdict(decision).items() if value != getattr(blank, key)}
    if decision.favourable is not None:
        written["favourable"] = _condition_document(decision.favourable)
    if decision.model is not None:
        written["favourable_class"] = decision.favourable_class
    return {key: list(value) if isinstance(value, tuple) else value for key, value in written.items()}


def _condition_document(condition: Condition | None) -> Any:
    if condition is None:
        return None
    if condition.at_least is not None:
        return {"at_least": condition.at_least}
    if condition.below is not None:
        return {"below": condition.below}
    return list(condition.values)


def _keep_document(keep: Keep) -> dict[str, Any]:
    if keep.between is not None:
        return {"column": keep.column, "between": list(keep.between)}
    return {"column": keep.column, "not_in" if keep.negated else "in": list(keep.values)}


def _digest(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
