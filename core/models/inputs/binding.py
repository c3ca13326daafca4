"""Which columns of a table become which inputs of a model."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from core.data.dataset import Batch
from core.data.profile import Column, Profile
from core.errors import ModelError, quoted
from core.models.inputs.booleans import are_truths, numeric_cells
from core.models.inputs.images import ImageColumn, image_column
from core.models.library_errors import FEATURES
from core.models.model import Array, Features, Input, Model
from core.models.recipe import Recipe
from core.plan.plan import Plan
from core.plan.values import keys

# How far a name in the model may be from the column's: nothing, then spaces and capitals, then what exporters replace.
SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    lambda name: name.strip().casefold(),
    lambda name: re.sub(r"\W|_", "_", name.strip().casefold(), flags=re.ASCII),
)


class Fill(Protocol):
    """How one batch becomes what the model takes."""

    def __call__(self, batch: Batch) -> Features:
        """Features of the batch's rows."""
        ...


@dataclass(frozen=True)
class Wire:
    """One named input and the column that feeds it."""

    input: str
    column: str
    kind: Literal["number", "text"]
    blank_is_missing: bool = False

    def cells(self, batch: Batch) -> Array:
        """The column's cells as the input takes them: float64 with NaN for missing, or texts as written, shape (n,)."""
        if self.kind == "number":
            return numeric_cells(batch, self.column)
        texts = batch.text(self.column)
        if self.blank_is_missing:
            texts[batch.is_missing(self.column)] = np.nan
        return texts


@dataclass(frozen=True)
class Binding:
    """A model's inputs bound to a table's columns.

    `columns_used` are the columns to read, in the order of the inputs; `wires` is empty for a model of one matrix;
    `images` is there for a model that reads images.
    """

    columns_used: tuple[str, ...]
    wires: tuple[Wire, ...] = ()
    recipe: Recipe | None = None
    images: ImageColumn | None = None
    dtype: npt.DTypeLike = np.float32
    warnings: tuple[str, ...] = ()

    @property
    def most_rows(self) -> int | None:
        """How many rows may be held as features at once; None for any number."""
        return None if self.images is None else self.images.picture.most_rows

    def features(self, batch: Batch) -> Features:
        """What the model takes for n rows: one array of shape (n,) per input, or a matrix of shape (n, width).

        Raises DataError, naming row and column, where a cell that must be a number is none.
        """
        if self.wires:
            return {wire.input: wire.cells(batch) for wire in self.wires}
        if self.recipe is not None:
            return self.recipe.apply(batch)
        if self.images is not None:
            return self.images.tensor(batch)
        return np.column_stack([numeric_cells(batch, column) for column in self.columns_used]).astype(self.dtype)


@dataclass(frozen=True)
class Match:
    """What a comparison of wanted names with a table's columns gave: pairs, and what is left over on both sides."""

    columns: dict[str, str]
    missing: tuple[str, ...]
    extra: tuple[str, ...]


def bind(model: Model, profile: Profile, plan: Plan) -> Binding:
    """Bind a model's inputs to the columns of a table. Raises ModelError listing what is missing and what is extra."""
    if plan.decision.text is not None:
        return _bind_text(model, plan.decision.text, profile, plan)
    images = image_column(model.picture, model.dtype, profile, plan)
    if images is not None:
        return Binding((images.column,), images=images, dtype=model.dtype)
    if model.inputs is not None:
        return _bind_inputs(model.inputs, profile, plan)
    if plan.decision.features:
        return _bind_matrix(model, plan.decision.features, profile, plan)
    if model.recipe is not None:
        return _bind_recipe(model, model.recipe, profile, plan)
    if model.columns and model.width == len(model.columns) and not match(model.columns, profile.names).missing:
        return _bind_matrix(model, tuple(match(model.columns, profile.names).columns.values()), profile, plan)
    return _bind_matrix(model, _fitting_numbers(model, profile, plan), profile, plan)


def match(wanted: Iterable[str], columns: Iterable[str]) -> Match:
    """Pair each wanted name with a column: equal first, then without regard to capitals, then as exporters rename.

    Raises ModelError where a name fits several columns equally well.
    """
    wanted, columns = tuple(wanted), tuple(columns)
    pairs = {name: name for name in wanted if name in columns}
    for spell in SPELLINGS[1:]:
        free = [column for column in columns if column not in pairs.values()]
        for name in [name for name in wanted if name not in pairs]:
            fitting = [column for column in free if spell(column) == spell(name)]
            if len(fitting) > 1:
                raise ModelError(
                    f'The model\'s input "{name}" could be any of the columns {quoted(fitting)}. Rename the '
                    f'column it should read to "{name}".'
                )
            if fitting:
                pairs[name] = fitting[0]
    if len(set(pairs.values())) < len(pairs):
        raise ModelError(
            f"Several of the model's inputs would read the same column: {quoted(pairs)}. Give the columns the inputs' "
            "names."
        )
    return Match(
        {name: pairs[name] for name in wanted if name in pairs},
        tuple(name for name in wanted if name not in pairs),
        tuple(column for column in columns if column not in pairs.values()),
    )


def numeric_columns(profile: Profile, plan: Plan) -> tuple[str, ...]:
    """The table's columns of numbers, in order, less those that have another role in the plan."""
    roles = {plan.data.label, plan.decision.score, plan.decision.prediction, *plan.groups.sensitive}
    return tuple(column.name for column in profile.columns if column.kind == "number" and column.name not in roles)


def _fitting_numbers(model: Model, profile: Profile, plan: Plan) -> tuple[str, ...]:
    """The columns of numbers that make the matrix: with the sensitive ones where the model only fits with them.

    Columns of true and false, which dummy variables are written as, take part where it only fits with those.
    """
    free = replace(plan, groups=replace(plan.groups, sensitive=()))
    without = numeric_columns(profile, plan)
    ways = (without, numeric_columns(profile, free), _with_truths(profile, plan), _with_truths(profile, free))
    return next((columns for columns in ways if model.width == len(columns)), without)


def _with_truths(profile: Profile, plan: Plan) -> tuple[str, ...]:
    """The columns of numbers and those of true and false, in the table's order."""
    roles = {plan.data.label, *plan.groups.sensitive}
    absent = keys(plan.data.missing)
    truths = {column.name for column in profile.columns if are_truths(column, absent) and column.name not in roles}
    return tuple(name for name in profile.names if name in truths.union(numeric_columns(profile, plan)))


def _bind_inputs(inputs: tuple[Input, ...], profile: Profile, plan: Plan) -> Binding:
    names = tuple(i.name for i in inputs)
    if plan.decision.features:
        columns = _stated(plan.decision.features, len(inputs), profile)
        pairs = dict(zip(names, columns, strict=True))
    else:
        found = match(names, profile.names)
        if found.missing:
            raise _no_text(profile) if inputs[0].kind == "text" and len(inputs) == 1 else _mismatch(found)
        pairs = found.columns
    wires = tuple(
        Wire(i.name, pairs[i.name], i.kind or _kind(profile.column(pairs[i.name])), i.blank_is_missing) for i in inputs
    )
    return Binding(tuple(pairs.values()), wires, warnings=_label_warning(pairs.values(), plan))


def _bind_text(model: Model, column: str, profile: Profile, plan: Plan) -> Binding:
    """The column that the plan's `text` names feeds the model's one input, whatever that is called."""
    if not model.reads_text or model.inputs is None:
        raise ModelError(
            "A column of texts is named, and this model reads other inputs than one text. Name no column of texts.",
            in_plan="no text under [decision]",
        )
    if column not in profile.names:
        raise ModelError(
            f'The table has no column "{column}", named as the one that holds the texts. Its columns are'
            f" {quoted(profile.names)}.",
            in_plan="another column for text, under [decision]",
        )
    (takes,) = model.inputs
    wire = Wire(takes.name, column, "text", takes.blank_is_missing)
    return Binding((column,), (wire,), warnings=_label_warning((column,), plan))


def _no_text(profile: Profile) -> ModelError:
    return ModelError(
        f"The model reads one text, and it is not said which column that is. The table's columns are"
        f" {quoted(profile.names)}.",
        in_plan='text = "..." under [decision]',
        asks="text",
    )


def _bind_recipe(model: Model, recipe: Recipe, profile: Profile, plan: Plan) -> Binding:
    found = match(recipe.names, profile.names)
    if found.missing:
        raise _mismatch(found)
    if model.width is not None and model.width != recipe.width:
        raise ModelError(
            f"The recipe in the model makes {recipe.width} columns, but the model takes {model.width}. Export both "
            "again together."
        )
    return Binding(
        tuple(found.columns.values()),
        recipe=recipe.renamed(found.columns),
        warnings=(*_label_warning(found.columns.values(), plan),),
    )


def _bind_matrix(model: Model, columns: tuple[str, ...], profile: Profile, plan: Plan) -> Binding:
    if plan.decision.features:
        columns = _stated(columns, model.width, profile)
    elif model.width not in (None, len(columns)) or not columns:
        raise ModelError(
            f"The model takes a matrix of {model.width or 'several'} columns, and the table has {len(columns)} "
            f"columns of numbers besides label and groups: {quoted(columns) or 'none'}. Name the model's columns in "
            "their order, or embed a recipe in the model (core.models.export).",
            in_plan=FEATURES,
            asks="features",
        )
    return Binding(columns, dtype=model.dtype, warnings=_label_warning(columns, plan))


def _stated(features: tuple[str, ...], width: int | None, profile: Profile) -> tuple[str, ...]:
    """The columns that the plan's `features` names. Raises ModelError where they cannot be the model's."""
    unknown = [name for name in features if name not in profile.names]
    if unknown:
        raise ModelError(
            f"The table has no column {quoted(unknown)}, named as one that the model reads. Its columns are"
            f" {quoted(profile.names)}.",
            in_plan=FEATURES,
        )
    if width not in (None, len(features)):
        raise ModelError(
            f"{len(features)} columns are named for the model to read, and it takes {width}. Name each of its inputs"
            " once, in order.",
            in_plan=FEATURES,
            asks="features",
        )
    return features


def _mismatch(found: Match) -> ModelError:
    return ModelError(
        f"The table lacks {len(found.missing)} column(s) that the model reads: {quoted(found.missing)}. Columns of "
        f"the table that the model does not read: {quoted(found.extra) or 'none'}. Rename or add them as the model "
        "expects, or list the model's columns in its order.",
        in_plan=FEATURES,
        asks="features",
    )


def _kind(column: Column) -> Literal["number", "text"]:
    return "number" if column.kind == "number" else "text"


def _label_warning(columns: Iterable[str], plan: Plan) -> tuple[str, ...]:
    if plan.data.label is None or plan.data.label not in columns:
        return ()
    return (
        f'The model reads "{plan.data.label}", the outcome that it is meant to predict: its results will look better '
        "than they are.",
    )
