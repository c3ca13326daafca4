"""One pass over the people: each chunk scored, decided about and explained by every model, and added up."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from core.counts.counts import Floats, Groups
from core.data.dataset import Batch
from core.data.progress import Progress
from core.explain.compared_models import ComparedModel, keys
from core.explain.explanation import Changed, most_changed
from core.explain.groups.attribution import Attribution
from core.explain.groups.exemplars import TellingImages
from core.explain.groups.paired import Paired
from core.explain.sample import ExplainedSample
from core.explain.share import ExplainedShare

Decisions = npt.NDArray[np.bool_]


class PeoplePass:
    """Adds people up as they are explained.

    Attributes
    ----------
    features
        What is weighed, of all sides together.
    totals
        What the scores rest on, for each side by its own decisions.
    paired
        Both sides on the same people; None with one.
    telling
        The most telling images, where there are some.
    """

    def __init__(self, sides: list[ComparedModel], sample: ExplainedSample, share: ExplainedShare) -> None:
        """Nobody explained yet."""
        self.features = tuple(dict.fromkeys(name for side in sides for name in side.units.features))
        self.totals = [Attribution.empty(sample.groups, self.features) for _ in sides]
        self.paired = Paired.empty(sample.groups, self.features) if len(sides) > 1 else None
        self.telling = TellingImages(sample.groups)
        self._sides, self._sample, self._share = sides, sample, share
        self._places = [[self.features.index(name) for name in side.units.features] for side in sides]
        self._changed: list[Changed] = []

    @property
    def changed(self) -> tuple[Changed, ...]:
        """The people whose decision is another one after, those first whose score changed most."""
        return most_changed(self._changed)

    def add(self, chunk: Batch, at: slice, progress: Progress, what: str) -> None:
        """Explain a chunk of people, who stand at `at` among all; `progress` hears how many people are, and `what`."""
        groups, cells, hashes = self._sample.groups, self._sample.cells[at], self._sample.hashes[at]
        values: list[Floats] = []
        scores: list[Floats] = []
        selected: list[Decisions] = []
        for number, side in enumerate(self._sides):
            if number and side.opened is self._sides[0].opened:  # the same scores, decided about in another way
                scores.append(scores[0])
                values.append(values[0])
            else:
                rows = side.opened.binding.features(chunk)
                scores.append(side.opened.scores(rows))
                begun = at.start * len(self._sides) + number * len(chunk)
                found = side.pace.whole(rows, keys(hashes), partial(self._tell, progress, what, begun))
                values.append(np.zeros((len(chunk), len(self.features))))
                values[-1][:, self._places[number]] = found.values
            selected.append(side.decider.selected(scores[-1], cells, hashes))
            self.totals[number] += Attribution.of(groups, self.features, cells, selected[-1], values[-1])
        if self._sides[0].opened.kind == "image":
            self.telling.add(chunk, self._sides[0].opened.columns[0], cells, values[0], scores[0], selected[0])
        if self.paired is not None:
            self.paired += Paired.of(groups, self.features, cells, selected[0], values[0], values[1])
            self._changed += _changed(chunk, groups, cells, scores, selected)

    def end(self, progress: Progress, what: str) -> None:
        """Tell that everybody is explained: the last chunks may have been another job's."""
        self._tell(progress, what, len(self._sample) * len(self._sides), 0)

    def _tell(self, progress: Progress, what: str, begun: int, done: int) -> None:
        progress(*self._share.steps(begun + done, len(self._sample) * len(self._sides)), what)


def _changed(
    batch: Batch, groups: Groups, cells: npt.NDArray[np.int32], scores: list[Floats], selected: list[Decisions]
) -> list[Changed]:
    """The people of a batch whose decision is another one after."""
    return [
        Changed(
            row=int(batch.rows[i]),
            group=groups.names(int(cells[i])),
            score_before=float(scores[0][i]),
            score_after=float(scores[1][i]),
            selected_after=bool(selected[1][i]),
        )
        for i in np.flatnonzero(selected[0] != selected[1]).tolist()
    ]
