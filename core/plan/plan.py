"""The plan: the question an audit answers. Frozen; TOML in and out (design.md 5)."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from core.errors import PlanError, quoted
from core.notes import Change
from core.plan.file import plan_text
from core.plan.parts import (
    Condition,
    DataPlan,
    Decision,
    Groups,
    Keep,
    Limit,
    MitigationPlan,
    Output,
    Policy,
    Run,
    Value,
)
from core.plan.reader import Section, why_unreadable
from core.plan.sections import read_data, read_decision, read_groups, read_mitigate, read_policy, read_run
from core.plan.values import LARGEST_SCORE

__all__ = [
    "Condition",
    "DataPlan",
    "Decision",
    "Groups",
    "Keep",
    "Limit",
    "MitigationPlan",
    "Output",
    "Plan",
    "Policy",
    "Run",
    "Value",
]


_ROW_ROLES = ("count", "weight", "person")


@dataclass(frozen=True)
class Plan:
    """The question: files, columns and their roles, rule, groups, policy, seed, and what a search for fixes is for.

    `folder` is where the plan was loaded from, to which its paths are relative; it is no part of the question, and so
    of no digest.
    """

    data: DataPlan
    decision: Decision
    groups: Groups
    policy: Policy = Policy()
    run: Run = Run()
    name: str = ""
    mitigate: MitigationPlan = MitigationPlan()
    folder: Path | None = field(default=None, compare=False, repr=False)

    @classmethod
    def load(cls, path: str | Path) -> Plan:
        """Read a plan file. Raises PlanError, which names the file, where it cannot be read or is no plan."""
        path = Path(path)
        text = plan_text(path)
        try:
            return replace(cls.from_toml(text), folder=path.parent)
        except PlanError as error:
            raise PlanError(f"{path.name}: {error}") from None

    @classmethod
    def from_toml(cls, text: str, whole: bool = True) -> Plan:
        """Read a plan file's text. Raises PlanError naming the table and key that is wrong.

        Of a plan that is not `whole` it may be open what is audited, and for which groups: it serves a look at a table
        or a model, and no audit.
        """
        try:
            document = tomllib.loads(text.removeprefix("\ufeff"))  # the mark that Windows editors put first
        except RecursionError:
            raise PlanError("The plan is not valid TOML: its brackets go too deep. Remove some.") from None
        except ValueError as error:  # also a number of more digits than Python reads
            raise PlanError(f"The plan is not valid TOML: {why_unreadable(text, str(error))}") from None
        return _read_plan(Section("the plan", document), whole)

    def to_toml(self) -> str:
        """Write the plan so that `from_toml` reads the same plan again."""
        return tomli_w.dumps(_document(self))

    @property
    def sha256(self) -> str:
        """Digest of the whole plan."""
        return _digest(self)

    @property
    def question_sha256(self) -> str:
        """Digest of the question: the plan without names, files, model, run, stored score edges and confirmations."""
        model, images = (None if name is None else "" for name in (self.decision.model, self.decision.images))
        decision = replace(self.decision, edges=(), model=model, images=images)
        data = replace(self.data, file="", confirmed=())
        return _digest(replace(self, name="", data=data, decision=decision, run=Run()))

    def changed(self, changes: Iterable[Change], whole: bool = True) -> Plan:
        """The plan with these edits. Raises PlanError where an edit makes no plan of it, as `from_toml` does."""
        document = _document(self)
        for change in changes:
            section = document.setdefault(change.section, {})
            kept = section.get(change.key)
            laid_over = isinstance(change.value, dict) and isinstance(kept, dict)
            section[change.key] = kept | change.value if laid_over else change.value
        return Plan.from_toml(tomli_w.dumps(document), whole)

    @property
    def sieves(self) -> int:
        """How many things can leave a row out: each `keep` rule, an image that cannot be read, `held_out`."""
        return len(self.data.keep) + (self.decision.image is not None) + (self.data.held_out is not None)


def _read_plan(top: Section, whole: bool) -> Plan:
    if top.take("plumbline", int) != 1:
        raise PlanError('The plan must say "plumbline = 1" in its first line.')
    plan = Plan(
        name=top.take("name", str, default=""),
        data=read_data(top.section("data")),
        decision=read_decision(top.section("decision")),
        groups=read_groups(top.section("groups")),
        policy=read_policy(top.section("policy", optional=True)),
        run=read_run(top.section("run", optional=True)),
        mitigate=read_mitigate(top.section("mitigate", optional=True)),
    )
    top.done()
    _check(plan, whole)
    return plan


def _check(plan: Plan, whole: bool) -> None:
    """What no single key can show: keys that need or exclude each other."""
    data, decision, groups = plan.data, plan.decision, plan.groups
    if (data.label is None) != (data.favourable is None):
        raise PlanError(
            "[data] label and favourable go together: name the outcome column and its good value, or neither."
        )
    _check_row_roles(data)
    if whole or {decision.model, decision.score, decision.prediction} != {None}:
        _check_decision(decision)
    if whole and not groups.sensitive:
        raise PlanError('[groups] sensitive names no column: name at least one, such as sensitive = ["sex"].')
    if len(set(groups.sensitive)) < len(groups.sensitive):
        raise PlanError("[groups] sensitive names a column twice: name each once.")
    if groups.intersections < 1:
        raise PlanError("[groups] intersections is 1 for single columns, 2 for pairs too, and so on.")
    for column, cuts in groups.bins.items():
        if column not in groups.sensitive:
            raise PlanError(
                f'[groups] bins cuts "{column}", which is not among the sensitive columns {quoted(groups.sensitive)}.'
            )
        if not cuts or any(low >= high for low, high in zip(cuts, cuts[1:], strict=False)):
            raise PlanError(f'[groups] bins for "{column}" must be numbers in rising order, such as [25, 40, 60].')
    for column in groups.join:
        if column not in groups.sensitive:
            raise PlanError(
                f'[groups] join names "{column}", which is not among the sensitive columns {quoted(groups.sensitive)}.'
            )
        if column in groups.bins:
            raise PlanError(f'[groups] join and bins both name "{column}": cut its numbers, or join its texts.')
    limited = [limit.measure for limit in plan.policy.limits]
    if len(set(limited)) < len(limited):
        raise PlanError("[policy] limits names a measure twice: give each measure one limit.")
    if isinstance(groups.reference, dict):
        strangers = [column for column in groups.reference if column not in groups.sensitive]
        if strangers:
            raise PlanError(
                f"[groups] reference names {quoted(strangers)}, not among the sensitive columns"
                f" {quoted(groups.sensitive)}."
            )


def _check_row_roles(data: DataPlan) -> None:
    """What a row is: a row that counts several people is not one of them."""
    if data.count is not None and (data.weight is not None or data.person is not None):
        raise PlanError(
            "A row that counts several people is not one of them: it can neither weigh nor belong to a person, too."
            " Keep the column that is right.",
            in_plan="count, or weight and person, under [data]",
        )
    if data.count is not None and data.held_out is not None:
        raise PlanError(
            "Only people who were held out take part, which divides rows, and here a row is several people. Write the"
            f' table with a row for each person, repeated as often as "{data.count}" says.',
            in_plan="no held_out under [data]",
        )


def _check_decision(decision: Decision) -> None:
    if decision.model is None and decision.score is None and decision.prediction is None:
        raise PlanError("[decision] names nothing to audit: give a model file, a score column or a prediction column.")
    if decision.model is not None and (decision.score is not None or decision.prediction is not None):
        raise PlanError("[decision] names a model and also a score or prediction column: audit one of them at a time.")
    _check_above(decision)
    _check_rule(decision)
    _check_images(decision)
    _check_text(decision)
    if decision.output == "class" and decision.threshold is not None:
        raise PlanError(
            '[decision] threshold applies to a score, and output = "class" takes the decisions as they are: remove one'
            " of the two."
        )
    if decision.model is not None and decision.threshold is not None and not 0 <= decision.threshold <= 1:
        raise PlanError(
            f"[decision] threshold is {decision.threshold:g}; a model's scores are probabilities from 0 to 1, logits"
            " turned into such first: give a number from 0 to 1. Numbers on another scale, such as credit scores, are"
            f' put into a column of the table and audited as a score: score = "...", threshold ='
            f" {decision.threshold:g}."
        )
    condition, bounded = decision.favourable, decision.favourable is not None and not decision.favourable.values
    if decision.prediction is not None:
        if condition is None or bounded:
            raise PlanError(
                '[decision] favourable must list the good values of the prediction column, such as ["Low"].'
            )
        if decision.threshold is not None:
            raise PlanError(
                "[decision] threshold cannot stand beside a prediction column: decisions come from that column."
            )
    elif decision.score is not None:
        if [decision.threshold, condition, decision.rule].count(None) != 2:
            raise PlanError(
                "[decision] a score column needs one of threshold = 0.5, favourable = {at_least = 5} (or {below = 5})"
                ' and rule = "rule.json".'
            )
        if condition is not None and not bounded:
            raise PlanError(
                "[decision] favourable of a score column is {at_least = 5} or {below = 5}, not a list of values."
            )
        if decision.lower_is_better:
            raise PlanError(
                "[decision] lower_is_better belongs beside a prediction column; for a score alone say favourable ="
                " {below = 5}."
            )
    elif condition is not None:
        raise PlanError(
            "[decision] favourable belongs to a score or prediction column; a model takes favourable_class and"
            " threshold."
        )
    if decision.model is None:
        for key in ("output", "features", "favourable_class", "text", "image"):
            given = getattr(decision, key)
            if given != getattr(Decision(), key) and (key, given) != ("favourable_class", 1):
                raise PlanError(f"[decision] {key} belongs to a model, and this plan names none: remove it.")
    if decision.score is None:
        for key in ("edges", "lower_is_better"):
            if getattr(decision, key) != getattr(Decision(), key):
                raise PlanError(f"[decision] {key} belongs to a score column, and this plan names none: remove it.")
    bounds = (decision.threshold, condition and condition.at_least, condition and condition.below, *decision.edges)
    if max((abs(bound) for bound in bounds if bound), default=0.0) > LARGEST_SCORE:
        raise PlanError(
            f"A threshold, or an edge between scores, lies beyond {LARGEST_SCORE:g}. Give a smaller number.",
            in_plan="threshold, favourable or edges under [decision]",
        )
    if decision.favourable_class == ():
        raise PlanError("[decision] favourable_class lists no class: name at least one, such as [1].")
    if any(low >= high for low, high in zip(decision.edges, decision.edges[1:], strict=False)):
        raise PlanError("[decision] edges must be numbers in strictly rising order.")


def _check_above(decision: Decision) -> None:
    """`above` says on which side of a threshold those stand who are exactly on it."""
    takes = decision.threshold is not None or decision.model is not None
    if decision.above and (not takes or decision.rule is not None or decision.output == "class"):
        raise PlanError("[decision] above belongs to a threshold, and none decides here: remove it.")


def _check_rule(decision: Decision) -> None:
    """A rule file takes the place of a threshold, and needs a score to apply to."""
    if decision.rule is None:
        return
    if decision.prediction is not None or decision.output == "class":
        raise PlanError("[decision] rule applies to a score, and here decisions are given as they are: remove it.")
    if decision.threshold is not None:
        raise PlanError("[decision] rule stands in place of a threshold: remove one of the two.")


def _check_text(decision: Decision) -> None:
    """A model of texts reads one column and nothing else."""
    for key in ("features", "image"):
        if decision.text is not None and getattr(decision, key):
            raise PlanError(f"[decision] text is all that a model of texts reads: remove it, or remove {key}.")


def _check_images(decision: Decision) -> None:
    """A column of file names and the archive that holds the files go together, and need a colour scale."""
    if decision.image is None:
        for key in ("images", "image_mean", "image_std"):
            if getattr(decision, key) != getattr(Decision(), key):
                raise PlanError(f'[decision] {key} belongs to a column of images: name it, such as image = "file".')
        return
    if decision.images is None:
        raise PlanError('[decision] image needs the files that it names: add images = "images.zip" (or a folder).')
    if decision.features:
        raise PlanError("[decision] features are columns of numbers, and this model reads images: remove one of them.")
    for key in ("image_mean", "image_std"):
        if len(getattr(decision, key)) not in (1, 3):
            raise PlanError(
                f"[decision] {key} takes three numbers, for red, green and blue, such as [0.5, 0.5, 0.5]; or one for"
                " grey."
            )
    if min(decision.image_std) <= 0:
        raise PlanError("[decision] image_std divides each colour, so its numbers must be above 0.")


def _document(plan: Plan) -> dict[str, Any]:
    """The plan as a TOML document: defaults that say nothing are left out."""
    data: dict[str, Any] = {"file": plan.data.file}
    if plan.data.keep:
        data["keep"] = [keep.document() for keep in plan.data.keep]
    if plan.data.label is not None:
        data |= {"label": plan.data.label, "favourable": _condition_document(plan.data.favourable)}
    data["missing"] = list(plan.data.missing)
    if plan.data.refused_known is not None:
        data["refused_known"] = plan.data.refused_known
    if plan.data.held_out is not None:
        data["held_out"] = plan.data.held_out
    if plan.data.confirmed:
        data["confirmed"] = list(plan.data.confirmed)
    if plan.data.trim:
        data["trim"] = True
    if plan.data.numbers:
        data["numbers"] = dict(plan.data.numbers)
    data |= {role: column for role in _ROW_ROLES if (column := getattr(plan.data, role)) is not None}
    groups = plan.groups
    document: dict[str, Any] = {
        "plumbline": 1,
        "name": plan.name,
        "data": data,
        "decision": _decision_document(plan.decision),
        "groups": {
            "sensitive": list(groups.sensitive),
            "intersections": groups.intersections,
            "reference": groups.reference,
        },
        "policy": {
            "use": list(plan.policy.use),
            "limits": [{k: v for k, v in asdict(limit).items() if v is not None} for limit in plan.policy.limits],
            "headline": plan.policy.headline,
        },
        "run": asdict(plan.run),
    }
    if groups.bins:
        document["groups"]["bins"] = {column: list(cuts) for column, cuts in groups.bins.items()}
    if groups.join:
        document["groups"]["join"] = {
            column: {name: list(texts) for name, texts in names.items()} for column, names in groups.join.items()
        }
    if mitigate := plan.mitigate.document():
        document["mitigate"] = mitigate
    return document


def _decision_document(decision: Decision) -> dict[str, Any]:
    blank = Decision()
    written = {key: value for key, value in asdict(decision).items() if value != getattr(blank, key)}
    if decision.favourable is not None:
        written["favourable"] = _condition_document(decision.favourable)
    if decision.rule is not None:
        written["rule"] = decision.rule.written
    return {key: list(value) if isinstance(value, tuple) else value for key, value in written.items()}


def _condition_document(condition: Condition | None) -> Any:
    if condition is None:
        return None
    if condition.at_least is not None:
        return {"at_least": condition.at_least}
    if condition.below is not None:
        return {"below": condition.below}
    return list(condition.values)


def _digest(plan: Plan) -> str:
    document = _document(plan)
    if plan.decision.model is not None:
        document["decision"].setdefault("favourable_class", 1)  # left out, plans were written with 1: digests stay
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
