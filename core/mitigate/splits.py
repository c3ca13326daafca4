"""Honest parts: people a mitigation is fitted on, people it is chosen on, and people it is reported on.

Who is in which part follows from `core.data.splits`: rows that repeat are spread, and all parts look alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.counts.weights import Hashes
from core.data.cell_reading.advice import KEEP
from core.data.dataset import Dataset
from core.data.progress import Progress
from core.data.splits import CHOOSE as CHOOSE
from core.data.splits import FIT as FIT
from core.data.splits import PARTS as PARTS
from core.data.splits import REPORT as REPORT
from core.data.splits import People as People
from core.data.splits import cut, meet, sieves
from core.errors import DataError
from core.plan.plan import Plan

FIT_SHARE = 2 / 3
FEWEST = 30
# From so many standard errors on, equal rows are more than chance gives.
_UNUSUAL = 4


@dataclass(frozen=True, eq=False)
class Divided:
    """The tables and whose people are in which part; one table, or a second one that is the report part.

    `warnings` say what a person should know of the parts.
    """

    tables: tuple[People, ...]
    warnings: tuple[str, ...]

    def sizes(self) -> dict[str, int]:
        """How many people each part has."""
        totals = [table.sizes() for table in self.tables]
        return {name: sum(sizes[name] for sizes in totals) for name in PARTS}


def divide(plan: Plan, dataset: Dataset, holdout: float, second: Dataset | None, progress: Progress) -> Divided:
    """Put every kept person in a part: `holdout` of them in the report part, two thirds of the rest in the fit part.

    With a second table all its people are the report part. Raises DataError where a part would have almost nobody.
    """
    common = set(dataset.profile.names if second is None else second.profile.names)
    columns = tuple(sorted(common & set(dataset.profile.names)))
    people = meet(plan, dataset, sieves(plan, dataset, progress), columns, progress)
    warnings = list(people.said)
    share = holdout if second is None else 0.0
    ends = (share, share + (1 - share) * (1 - FIT_SHARE))
    people = replace(people, part=cut(people, ends))
    tables = [people]
    if second is not None:
        judged = meet(plan, second, sieves(plan, second, progress), columns, progress)
        warnings += judged.said
        tables.append(replace(judged, part=np.full(len(judged.cell), REPORT, dtype=np.uint8)))
        warnings += _seen_before(people, judged)
    divided = Divided(tuple(tables), tuple(dict.fromkeys(warnings)))
    _refuse_small(divided, dataset)
    return divided


def _seen_before(fitted: People, judged: People) -> list[str]:
    """What equal rows of both tables mean: the same people, or no more than chance gives where many rows are alike."""
    twice, chance, spread = equal_by_chance(fitted.contents, judged.contents)
    if not twice:
        return []
    first, second = fitted.dataset.profile.name, judged.dataset.profile.name
    equal = f"{twice:,} of the {len(judged.contents):,} rows of {second} also stand in {first}"
    if twice <= chance + _UNUSUAL * spread:
        return [
            f"{equal}. Chance alone would give about {chance:,.0f}, since many rows are alike: they need not be the"
            " same people."
        ]
    alone = "none" if chance < 0.5 else f"about {chance:,.0f}"
    return [
        f"{equal}, where chance alone would give {alone}. So the fix is partly judged on people it was fitted on, and"
        " may look better than it is."
    ]


def equal_by_chance(first: Hashes, second: Hashes) -> tuple[int, float, float]:
    """How many rows of the second table equal one of the first, and how many would if all were different people.

    The second figure is the coverage that Good (1953) estimates from the rows that the first table holds once: of so
    many people to come, as many equal one already met. The third is its standard error (Esty 1983), the second table's
    own chance included.

    Parameters
    ----------
    first, second
        A hash of each row's cells, shape (n,) and (m,).
    """
    n, m = len(first), len(second)
    times = np.unique(first, return_counts=True)[1]
    once, twofold = int((times == 1).sum()), int((times == 2).sum())
    covered = 1 - once / n
    variance = m * covered * (1 - covered) + m * m * max(0.0, once + 2 * twofold - once * once / n) / (n * n)
    return int(np.isin(second, first).sum()), m * covered, variance**0.5


def _refuse_small(divided: Divided, dataset: Dataset) -> None:
    sizes = divided.sizes()
    part = min(sizes, key=lambda name: sizes[name])
    if sizes[part] < FEWEST:
        raise DataError(
            f"{dataset.profile.name}: dividing its people leaves {sizes[part]} to {part} on, and fewer than {FEWEST}"
            " say nothing. Use a file with more rows, or leave fewer out.",
            in_plan=KEEP,
        )
