"""The peers of the threshold search, in an environment of their own: `thresholds.py` starts this file and asks it.

One request a line, one answer a line, both JSON. Needs fairlearn 0.15, error-parity 0.3.12, oxonfair 0.3, aif360 0.6.1.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout

import numpy as np

MOST_MEMORY = 6 << 30
AT_MOST = 0.01
PARITY = {
    "demographic_parity": "demographic_parity",
    "equal_opportunity": "true_positive_rate_parity",
    "predictive_equality": "false_positive_rate_parity",
    "equalized_odds": "equalized_odds",
}
DIFFERENCES = {
    "demographic_parity": "Statistical parity difference",
    "equal_opportunity": "Equal opportunity difference",
    "equalized_odds": "Average odds difference",
}

# (group, score) of people to (chance of being selected).
Chances = Callable[[np.ndarray, np.ndarray], np.ndarray]


def world(rows: int, groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seeded people: group and label as uint8 codes, a float64 score; groups differ in how often the label is 1."""
    draw = np.random.default_rng(0)
    group = draw.choice(groups, rows).astype(np.uint8)
    merit = draw.normal(0, 1, rows) + draw.normal(0, 0.4, groups)[group]
    label = (draw.random(rows) < 1 / (1 + np.exp(-1.5 * merit))).astype(np.uint8)
    return group, label, 1 / (1 + np.exp(-(merit + draw.normal(0, 1, rows))))


def fairlearn(group: np.ndarray, label: np.ndarray, score: np.ndarray, goal: str) -> Chances:
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Scored(ClassifierMixin, BaseEstimator):
        """A fitted model whose probability is the first column."""

        classes_ = np.array([0, 1])

        def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> Scored:
            return self

        def predict_proba(self, X: np.ndarray) -> np.ndarray:
            return np.stack([1 - np.asarray(X)[:, 0], np.asarray(X)[:, 0]], axis=1)

        def __sklearn_is_fitted__(self) -> bool:
            return True

    fitted = ThresholdOptimizer(
        estimator=Scored(),
        constraints=PARITY[goal],
        objective="accuracy_score",
        prefit=True,
        predict_method="predict_proba",
    ).fit(score.reshape(-1, 1), label, sensitive_features=group)
    return lambda g, s: fitted._pmf_predict(s.reshape(-1, 1), sensitive_features=g)[:, 1]


def error_parity(group: np.ndarray, label: np.ndarray, score: np.ndarray, goal: str) -> Chances:
    from error_parity import RelaxedThresholdOptimizer

    fitted = RelaxedThresholdOptimizer(predictor=lambda X: X[:, 0], constraint=PARITY[goal], tolerance=0.0)
    fitted.fit(X=score.reshape(-1, 1), y=label.astype(int), group=group.astype(int))
    return lambda g, s: fitted.predict(s.reshape(-1, 1), group=g.astype(int))


def oxonfair(group: np.ndarray, label: np.ndarray, score: np.ndarray, goal: str) -> Chances:
    from oxonfair import FairPredictor
    from oxonfair import group_metrics as gm

    def people(g: np.ndarray, y: np.ndarray, s: np.ndarray) -> dict[str, np.ndarray]:
        return {"data": np.stack([1 - s, s], axis=1), "target": y.astype(int), "groups": g}

    fitted = FairPredictor(None, people(group, label, score), None)
    fitted.fit(gm.accuracy, getattr(gm, goal), AT_MOST)
    return lambda g, s: np.asarray(fitted.predict(people(g, np.arange(len(g)) % 2, s)), dtype=float)


def aif360_set(group: np.ndarray, label: np.ndarray, score: np.ndarray) -> object:
    import pandas as pd
    from aif360.datasets import BinaryLabelDataset

    frame = pd.DataFrame({"group": group.astype(float), "label": label.astype(float)})
    made = BinaryLabelDataset(df=frame, label_names=["label"], protected_attribute_names=["group"])
    made.scores = score.reshape(-1, 1).astype(float)
    return made


def reject_option(group: np.ndarray, label: np.ndarray, score: np.ndarray, goal: str) -> Chances:
    from aif360.algorithms.postprocessing import RejectOptionClassification

    selected = (score >= 0.5).astype(int)
    worse = min((0, 1), key=lambda g: selected[group == g].mean())
    fitted = RejectOptionClassification(
        [{"group": float(worse)}],
        [{"group": float(1 - worse)}],
        num_class_thresh=50,
        num_ROC_margin=10,
        metric_name=DIFFERENCES[goal],
        metric_ub=AT_MOST,
        metric_lb=-AT_MOST,
    ).fit(aif360_set(group, label, score), aif360_set(group, selected, score))
    return lambda g, s: fitted.predict(aif360_set(g, s >= 0.5, s)).labels.ravel()


def eq_odds(group: np.ndarray, label: np.ndarray, score: np.ndarray, goal: str) -> Chances:
    from aif360.algorithms.postprocessing import EqOddsPostprocessing

    given = aif360_set(group, label, score), aif360_set(group, score >= 0.5, score)
    solved = EqOddsPostprocessing([{"group": 0.0}], [{"group": 1.0}], seed=0).fit(*given).model_params.x
    kept, lifted = np.array([[solved[2], solved[3]], [solved[0], solved[1]]]).T
    return lambda g, s: np.where(s >= 0.5, kept[g], lifted[g])


PEERS = {
    "fairlearn ThresholdOptimizer": (fairlearn, tuple(PARITY)),
    "error-parity": (error_parity, tuple(PARITY)),
    "OxonFair": (oxonfair, ("demographic_parity", "equal_opportunity", "equalized_odds")),
    "AIF360 RejectOption": (reject_option, tuple(DIFFERENCES)),
    "AIF360 EqOdds": (eq_odds, ("equalized_odds",)),
}


def timed(request: dict) -> dict:
    """Seconds that one peer takes from arrays to thresholds, on the world of the request."""
    people = world(request["rows"], request["groups"])
    start = time.perf_counter()
    PEERS[request["peer"]][0](*people, request["goal"])
    return {"seconds": time.perf_counter() - start}


def fitted(request: dict) -> dict:
    """Fit on the file's people, and write the chances of those asked about beside it.

    In a process that ends with it: AIF360 remembers every result it ever computed, gigabytes after some splits.
    """
    child = os.fork()
    if child:
        return {} if os.waitpid(child, 0)[1] == 0 else {"error": "the fit failed; see above"}
    try:
        given = np.load(request["file"])
        chances = PEERS[request["peer"]][0](given["group"], given["label"], given["score"], request["goal"])
        np.save(request["out"], np.asarray(chances(given["asked_group"], given["asked_score"]), dtype=float))
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def answer(request: dict) -> dict:
    try:
        return {"time": timed, "fit": fitted}[request["do"]](request)
    except (MemoryError, ImportError, ValueError, IndexError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answers = sys.stdout
    for fit, goals in PEERS.values():
        fit(*world(500, 2), goals[0])  # what they import is not timed, nor imported again by every fit
    with redirect_stdout(sys.stderr):
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), file=answers, flush=True)
