"""Bands that alarm: the last audit, and the means of the last two and three, held against a baseline.

In which nothing changes, at most 5 % of series of twelve audits raise any alarm, over everything that is watched. A
change lasts, so the mean of three may spend most of these: it finds small changes soonest.

Months may vary by more than chance. From the seventh audit on bands are wider by what the first six show of that, all
watched gaps together, as if one more gap had shown chance alone. Each gap's own five degrees of freedom are too few:
bands wide enough for their noise no longer find a step of 5 points within three audits. The further gap keeps a step
among the six, which looks like variation, from hiding itself. Limits are then a little higher too, since what is so
estimated falls short in half of all series; before, they are lower, as few looks are left to go wrong.
tests/core/metrics/over_time/test_false_alarms.py holds all that must be so at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WINDOWS = (1, 2, 3)
FIRST_SIX = 6
# By how many gaps are watched, a limit for each window: up to the sixth audit, and from the seventh on. From seeded
# simulation with a baseline of three; gaps that move apart are the worst case (Sidak 1967).
_EARLY = {1: (3.04, 2.72, 2.51), 2: (3.29, 2.95, 2.72), 3: (3.39, 3.04, 2.80)}
_LATE = {1: (3.16, 2.83, 2.61), 2: (3.43, 3.07, 2.83), 3: (3.60, 3.22, 2.97)}
# A baseline that is known better leaves the looks less alike, so more of them can go wrong.
_EXACT_BASELINE = 0.036
_CHANCE_ALONE = 5


@dataclass(frozen=True, eq=False)
class Looks:
    """What was seen of one gap, audit by audit; leading axes may hold many series.

    Attributes
    ----------
    baseline
        The lowest and the highest that the baseline's mean can be: shape (..., 2).
    beyond
        By how many bands' half-widths a mean lies outside, signed, 0 where it may be inside: shape (..., audits, 3).
        NaN where a window reaches into the baseline.
    half
        The half-width of the band for one audit alone, shape (..., audits); NaN within the baseline.
    """

    baseline: Floats
    beyond: Floats
    half: Floats

    @property
    def outside(self) -> npt.NDArray[np.bool_]:
        """Whether a mean lies outside its band, shape (..., audits, 3)."""
        return np.abs(np.nan_to_num(self.beyond)) > 1


def look(low: Floats, high: Floats, se: Floats, baseline: int, watched: int, extra: Floats | None = None) -> Looks:
    """Hold each audit of a gap against its first ones.

    Parameters
    ----------
    low, high, se
        Bounds of each audit's gap, the same number where it is known, and its standard error: shape (..., audits).
    baseline
        How many audits come first.
    watched
        How many gaps are watched together.
    extra
        The variance between audits beyond chance that each look takes for granted, shape (..., audits); None for none.
    """
    audits = low.shape[-1]
    beyond = np.full((*low.shape, len(WINDOWS)), np.nan)
    half = np.full(low.shape, np.nan)
    more = np.zeros_like(low) if extra is None else extra
    first = slice(0, baseline)
    ends = np.stack([low[..., first].mean(axis=-1), high[..., first].mean(axis=-1)], axis=-1)
    for at in range(baseline, audits):
        known = (np.square(se[..., first]).sum(axis=-1) / baseline + more[..., at]) / baseline
        for place, window in enumerate(WINDOWS):
            if at - window + 1 < baseline:
                continue
            last = slice(at - window + 1, at + 1)
            own = (np.square(se[..., last]).mean(axis=-1) + more[..., at]) / window
            limit = (_LATE if is_late(at, baseline) else _EARLY)[watched][place]
            sure = np.maximum(0, 1 - 3 * known / (own * window))
            width = limit * (1 + _EXACT_BASELINE * sure) * np.sqrt(own + known)
            above = low[..., last].mean(axis=-1) - ends[..., 1]
            below = ends[..., 0] - high[..., last].mean(axis=-1)
            beyond[..., at, place] = np.where(above > 0, above, np.where(below > 0, -below, 0.0)) / width
            if window == 1:
                half[..., at] = width
    return Looks(ends, beyond, half)


def extra_variance(middle: Floats, se: Floats, baseline: int) -> Floats:
    """The variance between audits beyond chance, by the first six audits or a longer baseline: shape (..., gaps).

    `middle` and `se` have shape (..., gaps, audits); NaN where a gap has no value. Cochran's Q of each gap over its
    degrees of freedom, pooled over the gaps; 0 where they vary no more than chance, and where there are fewer audits.
    """
    first = max(FIRST_SIX, baseline)
    if middle.shape[-1] < first:
        return np.zeros(middle.shape[:-1])
    values, errors = middle[..., :first], np.square(se[..., :first])
    there = ~np.isnan(values)
    weight = np.where(there, 1 / errors, 0.0)
    mean = np.nansum(weight * np.nan_to_num(values), axis=-1) / np.maximum(weight.sum(axis=-1), 1e-300)
    q = np.where(there, weight * np.square(np.nan_to_num(values) - mean[..., None]), 0.0).sum(axis=-1)
    freedom = np.maximum(there.sum(axis=-1) - 1, 0)
    factor = (q.sum(axis=-1) + _CHANCE_ALONE) / (freedom.sum(axis=-1) + _CHANCE_ALONE)
    typical = np.where(there, errors, 0.0).sum(axis=-1) / np.maximum(there.sum(axis=-1), 1)
    return np.asarray(np.maximum(0.0, factor - 1)[..., None] * typical)


def is_late(place: int, baseline: int) -> bool:
    """Whether the audit at this place, from 0, comes after those that extra variation is estimated from."""
    return place >= max(FIRST_SIX, baseline)


def extra_by_audit(variance: Floats, audits: int, baseline: int) -> Floats:
    """The extra variance that each look takes for granted: none up to the sixth audit. Shape (..., audits)."""
    late = np.array([is_late(at, baseline) for at in range(audits)])
    return np.where(late, np.asarray(variance)[..., None], 0.0)
