"""What a pass over some rows found: everything that a result says of them, and it adds up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.counts.counts import UNKNOWN, Counts, Ints
from core.data.images.usable import FaultyImages
from core.data.profile import Profile
from core.engine.model_answers import ModelAnswers
from core.engine.sampling_sums import Beside
from core.errors import MergeError
from core.metrics.sampling.sampled import Sampled
from core.notes import Note, as_notes


@dataclass(frozen=True, eq=False)
class Counted:
    """Some rows of one table, counted by one `Pass`.

    A table cut into any parts, counted in any order and added gives what the whole gives: each field adds up by
    integers, by joining, or by keeping what comes first in the table.

    Attributes
    ----------
    counts
        The people.
    lines, read
        How many rows there are, and how many people: the same, or what a column of counts says.
    left_out
        How many people of each group each sieve left out: int64 of shape (sieves, groups).
    near_threshold, on_threshold
        How many scores lie so near to a limit that other hardware could decide otherwise, and how many exactly on it.
    faulty
        The images that could not be used.
    answers
        What a model's answers showed.
    beside
        What stands beside the counts where rows weigh differently or repeat a person.
    known
        What was to be said before a row was read: the same in every part.
    outcome
        The column of outcomes, where the plan names one.
    """

    counts: Counts
    lines: int
    read: int
    left_out: Ints
    near_threshold: int
    on_threshold: int
    faulty: FaultyImages
    answers: ModelAnswers
    beside: Beside
    known: tuple[str | Note, ...]
    outcome: str | None

    def __add__(self, other: Counted) -> Counted:
        """The rows of both, which have none in common. Raises MergeError where they were not counted alike."""
        if self.known != other.known or self.outcome != other.outcome or self.left_out.shape != other.left_out.shape:
            raise MergeError("Rows that were counted by different plans cannot be added: audit both with the same one.")
        return Counted(
            counts=self.counts + other.counts,
            lines=self.lines + other.lines,
            read=self.read + other.read,
            left_out=self.left_out + other.left_out,
            near_threshold=self.near_threshold + other.near_threshold,
            on_threshold=self.on_threshold + other.on_threshold,
            faulty=self.faulty + other.faulty,
            answers=self.answers + other.answers,
            beside=self.beside + other.beside,
            known=self.known,
            outcome=self.outcome,
        )

    @property
    def dropped(self) -> tuple[int, ...]:
        """How many people each sieve left out."""
        return tuple(self.left_out.sum(axis=1).tolist())

    @property
    def kept(self) -> int:
        """How many people were counted."""
        return self.counts.people

    @cached_property
    def sampled(self) -> Sampled:
        """What rates and their variances follow from, beside the counts."""
        return self.beside.sampled(self.counts)

    def notes(self, profile: Profile) -> tuple[Note, ...]:
        """What a reader must know. Raises ModelError where a model's answers make none, see `ModelAnswers.notes`."""
        return as_notes([*self.known, *self.faulty.said(profile), *self.answers.notes(), *self._of_outcomes()])

    def _of_outcomes(self) -> tuple[str, ...]:
        """What to say where all outcomes are alike."""
        if self.outcome is None:
            return ()
        bad, good = np.sum(self.counts.n[:, :UNKNOWN], axis=(0, 2)).tolist()
        if bad and good:
            return ()
        kind = "has the good outcome" if good else "is without the good outcome" if bad else "is known"
        people = "everyone whose outcome is known" if good or bad else "nobody's outcome"
        return (f'{people} {kind} in column "{self.outcome}": check which value is the good one',)
