"""AIF360's data set and measures, without scikit-learn and matplotlib, which only other parts of AIF360 use.

Their import takes a second, for which whoever waits for an audit would wait. While AIF360 is imported, its parts that
ask for them are stood in for by modules that hold the names asked for, and nothing else; a measure that needs one would
fail, and none that Plumbline asks for does. What was imported so is kept here alone: whoever else imports AIF360 gets
it whole. A process with several threads imports it whole, since another thread could meet what stands in.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

# The modules that are not imported, and what others take from them.
_STOOD_IN_FOR = {
    "aif360.algorithms.inprocessing.gerryfair.auditor": ("Auditor",),
    "aif360.algorithms.inprocessing.gerryfair.clean": (),
    "aif360.datasets.law_school_gpa_dataset": ("LawSchoolGPADataset",),
    "aif360.datasets.regression_dataset": ("RegressionDataset",),
    "sklearn.neighbors": ("NearestNeighbors",),
}


def _imported() -> tuple[Any, Any, Any]:
    """The classes, of an AIF360 that is imported whole where one is already, or where others could import meanwhile."""
    if "aif360.metrics" in sys.modules or threading.active_count() > 1:
        return _classes()
    with _standing_in():
        return _classes()


def _classes() -> tuple[Any, Any, Any]:
    root = logging.getLogger()
    root.addFilter(_is_of_others)
    try:
        from aif360.datasets import BinaryLabelDataset
        from aif360.metrics import BinaryLabelDatasetMetric, ClassificationMetric
    finally:
        root.removeFilter(_is_of_others)
    return BinaryLabelDataset, BinaryLabelDatasetMetric, ClassificationMetric


def _is_of_others(record: logging.LogRecord) -> bool:
    """Whether a warning is none of AIF360's, which tells the root logger of every library that it could use besides."""
    return "aif360" not in Path(record.pathname).parts


@contextmanager
def _standing_in() -> Iterator[None]:
    """Let modules be stood in for; afterwards nobody finds them, nor any part of AIF360 that met one."""
    before = dict(sys.modules)
    for name, asked in _STOOD_IN_FOR.items():
        if name not in before:
            module = ModuleType(name)
            vars(module).update(dict.fromkeys(asked), __all__=list(asked))
            sys.modules[name] = module
    try:
        yield
    finally:
        for name in set(sys.modules) - set(before):
            if name in _STOOD_IN_FOR or name.partition(".")[0] == "aif360":
                del sys.modules[name]


BinaryLabelDataset, BinaryLabelDatasetMetric, ClassificationMetric = _imported()
