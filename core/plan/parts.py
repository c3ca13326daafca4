"""The parts of a plan, one frozen type for each table of the file (design.md 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Value = str | int | float
Output = Literal["probability", "logit", "class"]
Mistake = Literal["wrongly_denied", "wrongly_granted"]
IMAGE_MIDDLE = (0.5, 0.5, 0.5)
# Whom a report is for.
READERS = ("decision", "policy", "annex")


@dataclass(frozen=True)
class Position:
    """A class of a model by its place among the classes, from 0, whatever it is called: `{position = 1}`."""

    position: int


Class = int | str | Position


@dataclass(frozen=True)
class RulePath:
    """Where the rule file lies that a plan names, relative to the plan's own folder."""

    path: str

    @property
    def written(self) -> str:
        """The rule as a plan file holds it."""
        return self.path


@dataclass(frozen=True)
class RuleContent:
    """What the rule file holds that a plan names, once it was read: a JSON object, which begins with a brace."""

    json: str

    @property
    def written(self) -> str:
        """The rule as a plan file holds it."""
        return self.json


def rule_written(text: str) -> RulePath | RuleContent:
    """The rule of a plan file: what the rule file holds, else its path."""
    return RuleContent(text) if text.lstrip().startswith("{") else RulePath(text)


@dataclass(frozen=True)
class Condition:
    """Which cells count: those equal to one of `values`, those at least `at_least`, or those below `below`."""

    values: tuple[Value, ...] = ()
    at_least: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class Decision:
    """`[decision]`: what is audited, a model or columns of the table, and from where on a person is selected.

    `favourable_class` says which of a model's classes are good for the person: by name, by number (of classes that are
    numbers that class, else its place from 0) or by place; None leaves it to the outcome's good value.
    `rule` is a rule file in place of a threshold: its path, or once it was read what it holds. `text` is the column
    that a model of texts reads. `image` is the column of file names inside `images`, a zip or a folder; a model takes
    each colour in 0 to 1, less `image_mean`, over `image_std`: three numbers for red, green and blue, or one for grey.
    With `above` a person is selected strictly above the threshold, else at or above it.
    """

    model: str | None = None
    score: str | None = None
    prediction: str | None = None
    favourable: Condition | None = None
    favourable_class: Class | tuple[Class, ...] | None = None
    output: Output | None = None
    threshold: float | None = None
    above: bool = False
    edges: tuple[float, ...] = ()
    lower_is_better: bool = False
    features: tuple[str, ...] = ()
    rule: RulePath | RuleContent | None = None
    text: str | None = None
    image: str | None = None
    images: str | None = None
    image_mean: tuple[float, ...] = IMAGE_MIDDLE
    image_std: tuple[float, ...] = IMAGE_MIDDLE

    @property
    def is_named(self) -> bool:
        """Whether it is said what is audited."""
        return {self.model, self.score, self.prediction} != {None}

    @property
    def good_classes(self) -> tuple[str, ...]:
        """The good classes as the plan names them; empty where it leaves them out, or names a place."""
        chosen = self.favourable_class
        listed = chosen if isinstance(chosen, tuple) else (chosen,)
        return tuple(str(one) for one in listed if isinstance(one, int | str))


@dataclass(frozen=True)
class GroupsPlan:
    """`[groups]`: the sensitive columns, how they are cut and crossed, and whom each group is compared with.

    `join` makes one group of several spellings: column -> the group's name -> the texts that also mean it.
    """

    sensitive: tuple[str, ...]
    intersections: int = 2
    bins: dict[str, tuple[float, ...]] = field(default_factory=dict)
    reference: str | dict[str, Value] = "largest"
    join: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """The acceptable values of one measure: at most this difference, or at least this ratio."""

    measure: str
    most: float | None = None
    least: float | None = None


@dataclass(frozen=True)
class PolicyPlan:
    """`[policy]`: named policies, limits of the plan's own, and the measure that stands in the answer."""

    use: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    headline: str = "disparate_impact"


@dataclass(frozen=True)
class MitigationPlan:
    """`[mitigate]`: what a search for fixes is to make equal, at what cost, and on whom a fix is judged.

    None is what the plan leaves to the search. `by` are the sensitive columns between whose groups the goal is asked,
    `at_most` the largest accepted gap, `leave_out` values whose groups it is not asked of, `price` what each mistake
    costs, `holdout` the share of people that a fix is judged on, `evaluate` a second table that takes their place,
    `features` the columns that a stand-in may learn from. Numbers are kept as written, whole or not, as digests of a
    plan are taken of its text.
    """

    goal: str | None = None
    at_most: float | None = None
    by: tuple[str, ...] | None = None
    leave_out: tuple[str, ...] | None = None
    cost: str | None = None
    price: dict[Mistake, float] | None = None
    holdout: float | None = None
    evaluate: str | None = None
    features: tuple[str, ...] | None = None

    def document(self) -> dict[str, Any]:
        """The part as a plan file holds it; empty where it says nothing."""
        written = {key: value for key, value in vars(self).items() if value is not None}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in written.items()}


@dataclass(frozen=True)
class WordsPlan:
    """`[words]`: what a person calls the decision, and the values of the groups. No part of the question.

    `selected` and `turned_down` are what stands for these two in sentences, "approved" and "rejected"; None leaves
    Plumbline's own. `labels` names values: column -> a group's value -> what it is called.
    """

    selected: str | None = None
    turned_down: str | None = None
    labels: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportPlan:
    """`[report]`: what the report is called, who made it for what, and who reads it. No part of the question.

    `readers` are among `READERS`, and none leaves it to the report; `sections` are those that are printed, all where
    None. `logo` is the path of a PNG or JPEG file; `valid_until` the last day on which the report holds. With
    `hide_small` no file shows a count of 1 to 4 people, nor what one could be worked out from.
    """

    title: str = ""
    author: str = ""
    purpose: str = ""
    valid_until: date | None = None
    logo: str | None = None
    readers: tuple[str, ...] = ()
    sections: tuple[str, ...] | None = None
    hide_small: bool = False


@dataclass(frozen=True)
class Watch:
    """A gap that is watched over time: a measure for the group with these values of these columns."""

    measure: str
    by: tuple[str, ...]
    group: tuple[str, ...]


@dataclass(frozen=True)
class MonitorPlan:
    """`[monitor]`: what is watched from one audit to the next. No part of the question.

    With no `watch` it is the headline's rates, in points, for the largest group of each sensitive column beside the
    comparison group, three at most. `baseline` is how many audits come first, against which later ones are held. `date`
    is the column that cuts a table into months. `webhook` and `email` say who is told of an alarm: a name that the
    operator gave an address, since a plan is kept and shown, and addresses that the operator allows.
    """

    watch: tuple[Watch, ...] = ()
    baseline: int = 3
    date: str | None = None
    webhook: str | None = None
    email: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """`[run]`: what makes a run repeatable."""

    seed: int = 0
    confidence: float = 0.95
