"""Threshold search beside its peers: how long from arrays to thresholds, and how good the thresholds are.

    python -m tests.benchmarks.thresholds PEERS_PYTHON [speed | quality]

Run by hand from the project's root. PEERS_PYTHON is the python of an environment with the peers (threshold_peers.py
says which); they answer from a process of their own, in turns with ours, so read the ratios, not the seconds.

Quality: models of Adult (by sex) and COMPAS (by race), 20 seeded splits, a gap of at most 0.01. `exact` compares with
the very thresholds that a peer's answer is made of, fitted on the same bins, at the gap that they reach; `apart` is the
peer's accuracy, lots and finer thresholds included, less that of our thresholds at the same accepted gap, and then less
that of ours with lots. Above 0 the peer is better.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from core.counts.counts import Axis, Groups, tally
from core.counts.rules import Rule
from core.engine.sources import source
from core.mitigate.goals import COSTS, GOALS
from core.mitigate.rules.aif360 import good_scores
from core.mitigate.rules.randomised_odds import mix
from core.mitigate.rules.randomised_rate import rate_mix
from core.mitigate.rules.solution import Question, Solution
from core.mitigate.rules.thresholds import search
from core.mitigate.splits import FIT, REPORT
from tests.benchmarks.threshold_peers import PEERS, world
from tests.core.mitigate.public_splits import AT_MOST, PLANS, Split, splits

SHARED = Path(__file__).resolve().parents[3] / "shared"
SPEED_GOALS = ("demographic_parity", "equal_opportunity", "equalized_odds")
SPEED_PEERS = {"fairlearn ThresholdOptimizer": 10, "error-parity": 10, "OxonFair": 2}
SEEDS = 20


class Peers:
    """The process that the peers answer from."""

    def __init__(self, python: str) -> None:
        script = Path(__file__).with_name("threshold_peers.py")
        self._process = subprocess.Popen(
            [python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        print(json.dumps(request), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        return json.loads(line) if line else {"error": "the peers' process has ended: out of memory?"}


# ---------------------------------------------------------------- speed


def ours(rows: int, groups: int, goal: str) -> tuple[float, float, Solution]:
    """Median seconds to count and to search, and what was found."""
    people, axis = world(rows, groups), Axis.probabilities("float64", 0.5)
    named = Groups.product(("g",), (tuple(f"g{i}" for i in range(groups)),))
    spent = []
    for _ in range(9):
        start = time.perf_counter()
        counts = tally(named, axis, *people)
        counted = time.perf_counter()
        question = Question(counts, ("g",), GOALS[goal], COSTS["accuracy"], Rule.threshold(axis, 0.5), AT_MOST)
        found = search(question)
        spent.append((counted - start, time.perf_counter() - counted))
    counting, searching = (statistics.median(each) for each in zip(*spent[1:], strict=True))
    return counting, searching, found


def speed(peers: Peers) -> None:
    print("| rows, groups, goal | Plumbline: counting + search, ms | peers, x Plumbline |\n|---|---:|---|")
    for rows, goal in product((100_000, 1_000_000), SPEED_GOALS):
        for groups in sorted(set(SPEED_PEERS.values())):
            named = [name for name, asked in SPEED_PEERS.items() if asked == groups]
            print(_speed_row(peers, rows, groups, goal, named), flush=True)
    for groups in (3, 5):
        answer = peers.ask(do="time", peer="OxonFair", rows=100_000, groups=groups, goal="demographic_parity")
        print(f"OxonFair, 100,000 rows, {groups} groups, at most 6 GiB: {answer}", flush=True)


def _speed_row(peers: Peers, rows: int, groups: int, goal: str, named: list[str]) -> str:
    rounds, said = [], {}
    for _ in range(3 if rows < 10**6 else 2):
        rounds.append(ours(rows, groups, goal))
        for name in named:
            said.setdefault(name, []).append(peers.ask(do="time", peer=name, rows=rows, groups=groups, goal=goal))
    counting, searching = (statistics.median(each[i] for each in rounds) for i in (0, 1))
    words = [f"{name} {_seconds(answers, counting + searching)}" for name, answers in said.items()]
    left = f", optimality gap {rounds[0][2].optimality_gap:.1g}" if goal == "equalized_odds" else ""
    return f"| {rows:,}, {groups}, {goal} | {counting * 1e3:.1f} + {searching * 1e3:.1f}{left} | {', '.join(words)} |"


def _seconds(answers: list[dict[str, Any]], base: float) -> str:
    if "error" in answers[0]:
        return str(answers[0]["error"])
    seconds = statistics.median(answer["seconds"] for answer in answers)
    return f"{seconds:.2f} s ({seconds / base:.0f} x)"


# ---------------------------------------------------------------- quality


@dataclass(frozen=True)
class Judged:
    """Accuracy and signed gap (the larger of two in size) of one answer on one part."""

    accuracy: float
    gap: float


@dataclass(frozen=True, eq=False)
class Rows:
    """Group, label and the model's score of each of a part's people, and their bins."""

    group: np.ndarray
    label: np.ndarray
    score: np.ndarray

    def judged(self, chance: np.ndarray, goal: str) -> Judged:
        """By expectation over lots."""
        accuracy = np.where(self.label == 1, chance, 1 - chance).mean()
        labels = {"demographic_parity": [(0, 1)], "equal_opportunity": [(1,)], "equalized_odds": [(1,), (0,)]}[goal]
        gaps = [
            np.subtract(*(chance[(self.group == g) & np.isin(self.label, of)].mean() for g in (1, 0))) for of in labels
        ]
        return Judged(float(accuracy), float(max(gaps, key=abs)))


def rows_of(split: Split, part: int) -> Rows:
    """A part's people with unrounded scores of the good outcome, and their groups from 0."""
    table = split.divided.tables[0]
    decisions = source(split.plan, table.dataset, SHARED / "models" / _name(split) / str(split.plan.decision.model))
    score = np.concatenate([decisions.decide(batch).scores for batch, _ in table.batches(decisions.columns)])
    among = table.part == part
    return Rows(table.cell[among], table.label[among], score[among].astype(np.float64))


def _name(split: Split) -> str:
    return str(split.plan.data.file).split("_")[0]


def quality(peers: Peers) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in PLANS:
            (place := Path(folder) / name).mkdir()
            made = list(splits(name, SHARED, place, SEEDS))
            print(f"\n{name}, {SEEDS} splits, medians; exact: the worst; apart: mean and worst")
            print(
                "| goal | by | fit: gap | accuracy | exact | apart | apart, lots | held out: gap, signed | accuracy |"
            )
            print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
            for goal in SPEED_GOALS:
                _print_ours(made, goal, "Plumbline", search)
                _print_ours(made, goal, "Plumbline, with lots", _with_lots(goal))
                for peer, (_, goals) in PEERS.items():
                    if goal in goals and peer != "error-parity":  # its lots cannot be read off
                        _print_peer(peers, made, peer, goal, Path(folder))


def _print_ours(made: list[Split], goal: str, name: str, solve: Callable[[Question], Solution]) -> None:
    judged = []
    for split in made:
        found = solve(split.question(FIT, goal))
        assert found.meets
        rows = [rows_of(split, part) for part in (FIT, REPORT)]
        fitted, held_out = (r.judged(found.rule.selected[r.group, _bins(split, r.score)], goal) for r in rows)
        judged.append((fitted, held_out))
    _print_row(goal, name, judged, "", ("", ""))


def _with_lots(goal: str) -> Callable[[Question], Solution]:
    return mix if goal == "equalized_odds" else rate_mix


def _print_peer(peers: Peers, made: list[Split], peer: str, goal: str, folder: Path) -> None:
    judged, exact, apart = [], [], ([], [])
    for split in made:
        rows = [rows_of(split, part) for part in (FIT, REPORT)]
        binned = replace(rows[0], score=good_scores(split.present.counts(FIT).axis)[_bins(split, rows[0].score)])
        axis = split.present.counts(FIT).axis
        everywhere = np.repeat([0, 1], axis.bins), np.tile(good_scores(axis), 2)
        table = _chances(peers, peer, goal, binned, everywhere, folder).reshape(2, axis.bins)
        exact += [_shortfall(split, goal, rule) for rule in thresholds_of(table)]
        asked = tuple(np.concatenate(each) for each in zip(*((r.group, r.score) for r in rows), strict=True))
        chance = _chances(peers, peer, goal, rows[0], asked, folder)
        ended = [r.judged(c, goal) for r, c in zip(rows, np.split(chance, [len(rows[0].group)]), strict=True)]
        for differences, solve in zip(apart, (search, _with_lots(goal)), strict=True):
            differences.append(ended[0].accuracy - _accuracy_at(split, goal, max(AT_MOST, abs(ended[0].gap)), solve))
        judged.append((ended[0], ended[1]))
    _print_row(
        goal,
        peer,
        judged,
        f"{max(exact):+.4f}" if exact else "no thresholds",
        tuple(f"{statistics.mean(each):+.4f}, {max(each):+.4f}" for each in apart),
    )


def _print_row(goal: str, by: str, judged: list[tuple[Judged, Judged]], exact: str, apart: tuple[str, ...]) -> None:
    fitted, held_out = zip(*judged, strict=True)
    signed = statistics.mean(each.gap for each in held_out)
    gaps = [statistics.median(abs(each.gap) for each in part) for part in (fitted, held_out)]
    accuracies = [statistics.median(each.accuracy for each in part) for part in (fitted, held_out)]
    print(
        f"| {goal} | {by} | {gaps[0]:.4f} | {accuracies[0]:.4f} | {exact} | {' | '.join(apart)}"
        f" | {gaps[1]:.3f}, {signed:+.3f} | {accuracies[1]:.4f} |",
        flush=True,
    )


def _accuracy_at(split: Split, goal: str, gap: float, solve: Callable[[Question], Solution]) -> float:
    """Ours on the fit part at an accepted gap."""
    return 1 - (solve(split.question(FIT, goal, rounded_up(gap))).outcome.cost or 0.0)


def rounded_up(gap: float) -> float:
    """To the nine digits that an accepted gap has."""
    return float(np.ceil(gap * 1e9) / 1e9)


def _bins(split: Split, scores: np.ndarray) -> np.ndarray:
    axis = split.present.counts(FIT).axis
    return axis.bin(scores.astype(axis.dtype))


def _chances(
    peers: Peers, peer: str, goal: str, fit: Rows, asked: tuple[np.ndarray, np.ndarray], folder: Path
) -> np.ndarray:
    given, out = folder / "given.npz", folder / "chances.npy"
    np.savez(given, group=fit.group, label=fit.label, score=fit.score, asked_group=asked[0], asked_score=asked[1])
    said = peers.ask(do="fit", peer=peer, goal=goal, file=str(given), out=str(out))
    if "error" in said:
        raise RuntimeError(f"{peer}, {goal}: {said['error']}")
    return np.asarray(np.load(out))


def thresholds_of(chances: np.ndarray) -> list[np.ndarray]:
    """Every choice of thresholds that chances of shape (2, bins) mix: 0 or 1, same shape; none where they fall."""
    if (np.diff(chances, axis=1) < -1e-9).any():
        return []
    each = []
    for row in chances:
        starts = np.flatnonzero(np.diff(np.concatenate([[0.0], row, [1.0]])) > 1e-9)
        each.append([(np.arange(len(row)) >= start).astype(np.float64) for start in starts])
    return [np.stack(pair) for pair in product(*each)]


def _shortfall(split: Split, goal: str, rule: np.ndarray) -> float:
    """The accuracy of these thresholds less that of ours at the gap that they reach: at most 0 if ours are optimal."""
    whole = np.zeros((len(split.present.counts(FIT).groups), rule.shape[1]))
    whole[:2] = rule
    reached = split.question(FIT, goal).outcome(Rule(whole))
    question = replace(split.question(FIT, goal), at_most=rounded_up(float(reached.gap)))
    if question.at_most >= 1:
        return 0.0
    return (search(question).outcome.cost or 0.0) - (reached.cost or 0.0)


if __name__ == "__main__":
    asked = Peers(sys.argv[1])
    for part in sys.argv[2:] or ["speed", "quality"]:
        {"speed": speed, "quality": quality}[part](asked)
