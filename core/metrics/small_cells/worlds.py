"""How far a hidden number can lie from itself in tables that fit everything that is published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from core.counts.counts import Floats

_TOLERANCE = 1e-6


class Worlds:
    """The tables found so far that fit what is published; hiding more leaves each of them possible."""

    def __init__(self, people: Floats) -> None:
        """Beginning with the people as they are: shape (cells x kinds,)."""
        self._is_whole = bool((people == np.rint(people)).all())
        self._found = people.reshape(1, -1)
        self._sums, self._values = csr_array((0, people.size)), np.zeros(0)
        self._at_least = csr_array((0, people.size))

    def publish(self, sums: Sequence[Floats], not_empty: Sequence[Floats]) -> None:
        """What is published from now on: these sums of the people, and that these others are of somebody."""
        size = self._found.shape[1]
        self._sums = csr_array(np.array(sums).reshape(-1, size))
        self._values = self._sums @ self._found[0]
        self._at_least = csr_array(np.array(not_empty).reshape(-1, size))

    def spread(self, number: Floats, enough: float) -> float:
        """The largest less the smallest value of a number, looked for only until that is enough."""
        for sign in (1.0, -1.0):
            known = float(np.ptp(self._found @ number))
            if known >= enough:
                return known
            self._look(sign * number)
        return float(np.ptp(self._found @ number))

    def binding(self, number: Floats) -> set[int]:
        """Which of the published sums keep a number from lying farther out, by their places."""
        bound: set[int] = set()
        limits = {"A_ub": -self._at_least, "b_ub": -np.ones(self._at_least.shape[0])} if self._at_least.shape[0] else {}
        for sign in (1.0, -1.0):
            found = linprog(sign * number, A_eq=self._sums, b_eq=self._values, bounds=(0, None), **limits)
            if found.status == 0:
                bound.update(np.flatnonzero(np.abs(found.eqlin.marginals) > _TOLERANCE).tolist())
        return bound

    def _look(self, number: Floats) -> None:
        """Keep a table in which the number is as small as it can be."""
        limits = [LinearConstraint(self._sums, self._values, self._values)]
        if self._at_least.shape[0]:
            limits.append(LinearConstraint(self._at_least, 1.0, np.inf))
        whole = np.full(number.size, int(self._is_whole))
        found = milp(number, constraints=limits, integrality=whole, bounds=Bounds(0, np.inf))
        if found.x is None:
            return
        people = np.rint(found.x) if self._is_whole else found.x
        if np.abs(self._sums @ people - self._values).max(initial=0.0) <= (0 if self._is_whole else _TOLERANCE):
            self._found = np.vstack([self._found, people])
