"""What a skops file may hold inside the types that are built: numbers that native code follows without looking.

A tree's children, a node's feature and a neighbour's row are places in memory; scikit-learn's compiled code trusts
them, so they are checked here before anything is asked. What would open files or call functions is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.errors import ModelError

LEAF = -1
MOST_PARTS = 2_000_000
# What HistGradientBoosting's lists of categories can hold: a byte.
MOST_CATEGORIES = 256


def check_parts(estimator: Any, name: str) -> None:
    """Refuse an opened estimator that would read outside its memory, open files or call functions of its own.

    Raises ModelError.
    """
    try:
        for part in _parts(estimator):
            _check(part)
    except _Broken as error:
        raise ModelError(
            f'"{name}" cannot be used: {error}. The file is damaged or was changed. Save the model again with skops.'
        ) from None
    except _Reaches as error:
        raise ModelError(f'"{name}" cannot be used: {error}') from None
    except (AttributeError, TypeError, ValueError, IndexError, KeyError) as error:
        raise ModelError(
            f'"{name}" cannot be used: a part of it is not as scikit-learn makes it ({type(error).__name__}). Save the'
            " fitted model again with skops."
        ) from None


class _Broken(Exception):
    """A part whose numbers point outside it."""


class _Reaches(Exception):
    """A part that reaches outside the model."""


def _parts(root: Any) -> Iterator[Any]:
    """Every object inside the estimator, each once, itself first."""
    seen: set[int] = set()
    pending = [root]
    while pending:
        part = pending.pop()
        if id(part) in seen or isinstance(part, str | bytes | int | float | np.generic | None):
            continue
        seen.add(id(part))
        if len(seen) > MOST_PARTS:
            raise _Broken(f"it has more than {MOST_PARTS:,} parts")
        yield part
        if isinstance(part, dict):
            pending += [inner for pair in part.items() for inner in pair]
        elif isinstance(part, list | tuple | set | frozenset):
            pending += part
        elif isinstance(part, np.ndarray):
            pending += part.ravel().tolist() if part.dtype == object else []
        elif isinstance(part, functools.partial):
            pending += [part.func, part.args, part.keywords]
        elif not isinstance(part, type):
            pending += vars(part).values() if hasattr(part, "__dict__") else []


def _check(part: Any) -> None:
    kind = type(part).__name__
    if getattr(part, "memory", None) is not None:
        raise _Reaches("its pipeline keeps files in a folder (memory). Set memory=None and save it again.")
    if type(part).__module__ == "sklearn.feature_extraction.text":
        _check_vectorizer(part)
    if kind == "FunctionTransformer":
        _check_functions(part)
    if kind == "Tree":
        _check_tree(part)
    if kind == "TreePredictor":
        _check_nodes(part)
    if kind in ("KDTree", "BallTree", "KDTree64", "BallTree64"):
        _check_neighbours(part)
    if hasattr(part, "tree_"):
        _same(part.tree_.n_features, part.n_features_in_)
    if hasattr(part, "estimators_") and not hasattr(part, "estimators_features_"):
        _check_members(part)
    if hasattr(part, "_predictors"):
        _check_boosting(part)
    if hasattr(part, "support_vectors_") and hasattr(part, "_n_support"):
        _check_support(part)


def _check_vectorizer(part: Any) -> None:
    """A vectorizer that is given texts, and cuts them by its own rules."""
    if getattr(part, "input", "content") != "content":
        raise _Reaches(
            f'its {type(part).__name__} reads files (input="{part.input}"). Set input="content" and save it again.'
        )
    for setting in ("preprocessor", "tokenizer", "analyzer"):
        if callable(getattr(part, setting, None)):
            raise _Reaches(
                f"its {type(part).__name__} calls a function ({setting}). Use scikit-learn's own settings and save it"
                " again."
            )


def _check_functions(part: Any) -> None:
    """Functions of numpy for each cell alone, and the check of numbers that scikit-learn itself puts there."""
    for function in (part.func, part.inverse_func):
        inner = function.func if isinstance(function, functools.partial) else function
        own = getattr(inner, "__name__", "") == "check_array" and inner.__module__ == "sklearn.utils.validation"
        if inner is not None and not isinstance(inner, np.ufunc) and not own and inner.__module__ != "numpy":
            raise _Reaches(
                f"it calls {inner.__module__}.{getattr(inner, '__name__', 'a function')}. Use scikit-learn's own"
                " transformers and save it again."
            )


def _check_tree(tree: Any) -> None:
    """Children come after their parent, so no path is endless; each step asks a column that there is."""
    left, right = tree.children_left, tree.children_right
    if not len(left) == len(right) == len(tree.feature) == len(tree.threshold) == tree.node_count > 0:
        raise _Broken("a tree has no nodes")
    inner = left != LEAF
    _check_children(left[inner], right[inner], np.flatnonzero(inner), tree.node_count)
    _within(tree.feature[inner], tree.n_features, "a tree asks a column")
    if tree.value.shape[0] != tree.node_count:
        raise _Broken("a tree has nodes without values")


def _check_children(left: Any, right: Any, parents: Any, count: int) -> None:
    for child in (left, right):
        if ((child <= parents) | (child >= count)).any():
            raise _Broken("a tree's branches lead outside it or back")


def _check_nodes(part: Any) -> None:
    """The nodes of one tree of HistGradientBoosting, and its lists of categories."""
    from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

    nodes = part.nodes
    if nodes.dtype != PREDICTOR_RECORD_DTYPE or nodes.ndim != 1 or not len(nodes):
        raise _Broken("a tree's nodes are not laid out as they must be")
    inner = nodes["is_leaf"] == 0
    left, right = (nodes[side][inner].astype(np.int64) for side in ("left", "right"))
    _check_children(left, right, np.flatnonzero(inner), len(nodes))
    sets = inner & (nodes["is_categorical"] != 0)
    for lists in (part.raw_left_cat_bitsets, part.binned_left_cat_bitsets):
        if lists.dtype != np.uint32 or lists.ndim != 2 or lists.shape[1] != MOST_CATEGORIES // 32:
            raise _Broken("a tree's lists of categories are not laid out as they must be")
        _within(nodes["bitset_idx"][sets].astype(np.int64), len(lists), "a tree asks a list of categories")


def _check_boosting(part: Any) -> None:
    """What HistGradientBoosting's trees ask is there, and its categories fit into a byte."""
    width = part.n_features_in_
    for tree in (tree for trees in part._predictors for tree in trees):
        inner = tree.nodes["is_leaf"] == 0
        _within(tree.nodes["feature_idx"][inner].astype(np.int64), width, "a tree asks a column")
    if any(len(trees) > part.n_trees_per_iteration_ for trees in part._predictors):
        raise _Broken("it has more trees than classes")
    mapper = part._bin_mapper
    categorical = getattr(mapper, "is_categorical_", None)
    if categorical is None:
        return
    _same(len(categorical), len(mapper.bin_thresholds_))
    _same(len(categorical), width)
    for flag, values in zip(categorical, mapper.bin_thresholds_, strict=True):
        if flag and len(values):
            _within(np.asarray(values, dtype=np.float64), MOST_CATEGORIES, "a category")


def _check_members(part: Any) -> None:
    """The trees of a forest or of boosting take what the whole takes, one for each class."""
    members = part.estimators_
    listed = list(members.ravel()) if isinstance(members, np.ndarray) else list(members)
    for member in listed:
        if hasattr(member, "tree_"):
            _same(member.tree_.n_features, part.n_features_in_)
    if isinstance(members, np.ndarray) and hasattr(part, "n_trees_per_iteration_"):
        if members.ndim != 2:
            raise _Broken("its trees are not one for each class")
        _same(members.shape[1], part.n_trees_per_iteration_)


def _check_support(part: Any) -> None:
    """A support vector machine's tables have the shapes that its compiled code goes through."""
    vectors, classes = part.support_vectors_.shape[0], len(part._n_support)
    if hasattr(part, "classes_"):
        _same(classes, len(part.classes_))
        _same(part._dual_coef_.shape[0], classes - 1)
        pairs = classes * (classes - 1) // 2
        _same(len(part._intercept_), pairs)
        for chances in (part._probA, part._probB):
            if len(chances) not in (0, pairs):
                raise _Broken("a table of a support vector machine has another size than it must")
        _same(int(np.sum(part._n_support)), vectors)
    if (np.asarray(part._n_support) < 0).any():
        raise _Broken("a table of a support vector machine has another size than it must")
    _same(part._dual_coef_.shape[1], vectors)
    _same(len(part.support_), vectors)
    if part.support_vectors_.shape[1] != part.shape_fit_[1]:
        raise _Broken("its support vectors have another width than its rows")


def _check_neighbours(part: Any) -> None:
    """The rows that a tree of neighbours names are there."""
    data, order, nodes, bounds = part.get_arrays()
    _within(np.asarray(order), len(data), "a tree of neighbours names a row")
    starts, ends = np.asarray(nodes["idx_start"]), np.asarray(nodes["idx_end"])
    if (starts < 0).any() or (starts > ends).any() or (ends > len(data)).any() or bounds.shape[1] != len(nodes):
        raise _Broken("a tree of neighbours names rows that are not there")
    places = np.flatnonzero(np.asarray(nodes["is_leaf"]) == 0)
    if len(places) and 2 * int(places.max()) + 2 >= len(nodes):
        raise _Broken("a tree of neighbours leads outside itself")


def _within(values: Any, count: int, what: str) -> None:
    """Whether all places lie from 0 to `count` - 1; not a number lies nowhere."""
    if len(values) and not bool(((values >= 0) & (values < count)).all()):
        raise _Broken(f"{what} that is not there")


def _same(one: int, other: int) -> None:
    if int(one) != int(other):
        raise _Broken("two parts of it do not fit each other in size")
